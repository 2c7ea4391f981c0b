"""Generated examples are the same for the same seed, and labelled right."""

import json
import random

import llguidance
import numpy as np
import pytest

from docvision.engines.grammar import words_grammar
from docvision.tasks.prompts import words_text
from training.extraction import asking, extraction, from_words, wanted_schema
from training.regions import LEVELS, region, region_batch
from training.render import draw_sheet
from training.sheet import Sheet, read_sheet


@pytest.mark.parametrize("make", [extraction, asking])
@pytest.mark.parametrize("level", [0.0, 2.0, 5.0])
def test_a_seed_gives_one_example(make, level):
    assert make(random.Random(5), level) == make(random.Random(5), level)


@pytest.mark.parametrize("level", [0.0, 1.0, 2.0, 3.0, 4.0, 5.0])
def test_every_copied_value_stands_where_its_label_says(level):
    for seed in range(40):
        for example in (extraction(random.Random(seed), level), asking(random.Random(seed), level)):
            for copy in example.copies:
                length = copy.end - copy.start
                source = example.prompt[copy.source : copy.source + length]
                assert source == example.answer[copy.start : copy.end]


def test_answers_are_json_in_the_shape_that_the_prompt_asks_for():
    for seed in range(60):
        example = extraction(random.Random(seed), 4.0)
        for key in json.loads(example.answer):
            assert f'"{key}": ' in example.prompt.rsplit("\n\n", 1)[1]


def test_the_grammar_accepts_the_right_answer_and_refuses_an_invented_value(tokenizer):
    example = extraction(random.Random(3), 1.0)
    words = example.prompt.rsplit("\n\n", 1)[0]
    grammar = words_grammar(words, wanted_schema(example.answer))
    wrapped = llguidance.LLTokenizer(tokenizer.to_str(), eos_token=2)

    def accepted(answer: str) -> bool:
        matcher = llguidance.LLMatcher(wrapped, llguidance.LLMatcher.grammar_from_lark(grammar))
        assert not matcher.is_error(), matcher.get_error()
        ids = tokenizer.encode(answer, add_special_tokens=False).ids
        return matcher.validate_tokens(ids) == len(ids)

    value = next(one for one in json.loads(example.answer).values() if one)
    assert accepted(example.answer)
    assert not accepted(example.answer.replace(value, "Wanderlust Zebra"))


def test_columns_of_a_sheet_are_parted_by_two_spaces():
    sheet = Sheet()
    sheet.put("Total due", 50, 100)
    sheet.put_value(("total",), "12.50", 300, 101)
    sheet.put("Thank you", 50, 130)

    reading = read_sheet(sheet, random.Random(0))

    assert reading.text == "Total due  12.50\nThank you"
    assert reading.values == {("total",): ("12.50", 11)}


def test_words_in_fractions_of_a_page_are_laid_out_as_in_pixels():
    pixels = [("Total", (100, 50, 160, 70)), ("9.00", (190, 50, 240, 70))]
    shares = [(text, (a / 400, b / 800, c / 400, d / 800)) for text, (a, b, c, d) in pixels]
    assert words_text(pixels) == "Total  9.00"
    assert words_text(shares, aspect=400 / 800) == "Total  9.00"


@pytest.mark.parametrize("level", range(7))
def test_a_region_has_one_column_range_for_each_character(level):
    rng = random.Random(level)
    example = region(rng, LEVELS[level], 256, 2)
    assert example.image is not None
    assert example.image.shape == (64, 256, 3)
    assert len(example.columns) == len(example.answer)
    assert all(left <= right <= 270 for left, right, _, _ in example.columns)


def test_a_batch_of_regions_has_one_size_and_is_the_same_for_a_seed():
    batches = [region_batch(random.Random(9), 4.5, 40000) for _ in range(2)]
    assert len({example.image.shape for example in batches[0]}) == 1
    assert [one.answer for one in batches[0]] == [one.answer for one in batches[1]]
    assert np.array_equal(batches[0][0].image, batches[1][0].image)


def test_evaluation_draws_pages_with_held_out_fonts():
    rng = random.Random(1)
    made = from_words(rng, held_out=True)
    pixels = draw_sheet(made.sheet, rng, held_out=True, faults=0.5)
    assert pixels.shape[2] == 3
    assert pixels.min() < 80 < 200 < pixels.mean()
    assert made.example("other words").prompt.startswith("other words\n\nExtract")
