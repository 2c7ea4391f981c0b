"""Lessons in charts are labelled right, and a right answer passes the product's own grammar."""

import csv
import io
import random
import re

import llguidance
import numpy as np
import pytest

from docvision.engines.base import Answer, Text
from docvision.geometry import WHOLE
from docvision.reading.charts.labels import parse_number
from docvision.results.model import ChartKind, Word
from docvision.tasks.chart_lists import MEASURED
from docvision.tasks.chart_model import laid_out, words_request
from docvision.tasks.chart_table import chart_of, table_grammar
from training.chart_lessons import MAX_LEVEL, chart_lesson, lesson_of
from training.chart_places import CATEGORY, VALUE, place_chart
from training.charts import draw_data
from training.evaluate_charts import ChartCase, score_cases


def rows_of(answer: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(answer)))


@pytest.mark.parametrize("level", range(MAX_LEVEL + 1))
def test_every_cell_that_is_copied_stands_where_the_lesson_says(level):
    for seed in range(30):
        example = chart_lesson(random.Random(seed), level)
        assert example == chart_lesson(random.Random(seed), level)
        for copy in example.copies:
            source = example.prompt[copy.source : copy.source + copy.end - copy.start]
            assert source == example.answer[copy.start : copy.end]


def test_answers_are_tables_of_numbers_or_null():
    answers = [chart_lesson(random.Random(seed), MAX_LEVEL).answer for seed in range(80)]
    tables = [rows_of(answer) for answer in answers if answer != "null"]

    assert 40 <= len(tables) < 80
    measured = sum(MEASURED in answer for answer in answers)
    assert 0.2 * len(tables) < measured < 0.6 * len(tables)
    for head, *body in tables:
        assert len(body) >= 2
        assert {len(row) for row in body} == {len(head)}
        cells = [cell.removeprefix(MEASURED) for row in body for cell in row[1:]]
        numbers = [parse_number(cell) for cell in cells if cell != "null"]
        # A misread one may be none.
        assert sum(number is not None for number in numbers) >= 0.8 * len(numbers)


def test_easy_lessons_hold_all_values_in_their_categories_rows():
    for seed in range(30):
        rng = random.Random(seed)
        chart = draw_data(rng, labels=True)
        if chart.kind is not ChartKind.BAR:
            continue
        placed = place_chart(chart, rng)
        owners = [owner for _, _, owner in placed]
        assert sum(owner.kind == VALUE for owner in owners) >= len(chart.categories) - 1
        assert {owner.category for owner in owners if owner.kind == CATEGORY} == set(
            range(len(chart.categories))
        )


def test_the_grammar_accepts_the_right_table_and_no_invented_number(tokenizer):
    words = [
        Word(text=text, bbox=(x - 0.02, y - 0.02, x + 0.02, y + 0.02), confidence=1.0)
        for text, x, y in [
            ("Jan", 0.2, 0.9), ("12", 0.2, 0.6), ("Feb", 0.5, 0.9), ("7", 0.5, 0.7),
            ("Mar", 0.8, 0.9), ("31", 0.8, 0.2),
        ]
    ]  # fmt: skip
    request = words_request(laid_out(np.full((400, 600, 3), 255, np.uint8), words), 256)
    assert request is not None
    assert request.grammar is not None
    grammar = llguidance.LLMatcher.grammar_from_lark(request.grammar)
    wrapped = llguidance.LLTokenizer(tokenizer.to_str(), eos_token=2)

    def accepted(answer: str) -> bool:
        matcher = llguidance.LLMatcher(wrapped, grammar)
        assert not matcher.is_error(), matcher.get_error()
        ids = tokenizer.encode(answer, add_special_tokens=False).ids
        return matcher.validate_tokens(ids) == len(ids)

    table = '"category","value"\n"Jan","12"\n"Feb","7"\n"Mar",null'
    assert accepted(table)
    assert accepted("null")
    assert not accepted(table.replace("12", "13"))
    assert not accepted(table.replace("Feb", "June"))
    assert not accepted(table.replace("7", "12")), "it stands by another word"
    assert not accepted(f'{table}\n"Jan","12"'), "no row comes twice"
    (message,) = request.messages
    (part,) = message.parts
    assert isinstance(part, Text)
    assert re.search("Jan  12\nFeb  7\nMar  31\n", part.text)


def test_right_answers_of_all_lessons_pass_the_grammar(tokenizer):
    wrapped = llguidance.LLTokenizer(tokenizer.to_str(), eos_token=2)
    for seed in range(60):
        example, said = lesson_of(random.Random(seed), MAX_LEVEL)
        grammar = table_grammar(said)
        if grammar is None:
            assert example.answer == "null"
            continue
        matcher = llguidance.LLMatcher(wrapped, llguidance.LLMatcher.grammar_from_lark(grammar))
        ids = tokenizer.encode(example.answer, add_special_tokens=False).ids
        assert matcher.validate_tokens(ids) == len(ids), example.answer


def test_the_measure_gives_a_right_table_one_and_silence_nothing():
    chart = next(
        drawn
        for seed in range(50)
        if (drawn := draw_data(random.Random(seed), labels=True)).kind is ChartKind.BAR
    )
    rows = zip(chart.categories, chart.values[0], strict=True)
    said = '"category","value"\n' + "\n".join(f'"{name}","{value:,}"' for name, value in rows)
    case = ChartCase(drawn=chart, request=None)

    right = chart_of(Answer(text=said), WHOLE, 1)
    assert right is not None
    assert right.series[0].name is None
    assert score_cases([case, case], [Answer(text=said), Answer(text="null")]) == [1.0, 0.0]
