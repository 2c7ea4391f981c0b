"""A chart's words as text: numbers with the words and colours they stand by."""

from __future__ import annotations

import numpy as np

from docvision.documents.base import Pixels
from docvision.reading.charts.beside import Beside, Measured, told_beside
from docvision.reading.charts.look import look_at
from docvision.results.model import Word
from docvision.tasks.chart_lists import COLUMNS, PAIRS, ROWS
from docvision.tasks.chart_words import LEGEND, ChartWords, chart_words
from docvision.tasks.prompts import Box, PlacedWord


def at(text: str, x: float, y: float) -> PlacedWord:
    """A word 20 px high around a point."""
    half = len(text) * 5.5
    return (text, (x - half, y - 10, x + half, y + 10))


def lines(said: ChartWords, heading: str) -> list[str]:
    body = said.text.split(f"{heading}\n")[1]
    return body.split("\n\n")[0].split("\n")


TICKS = [at(text, 30, y) for text, y in [("60", 100), ("40", 200), ("20", 300), ("0", 400)]]
MONTHS = [at(text, x, 430) for text, x in [("Jan", 120), ("Feb", 260), ("Mar", 400)]]


def test_a_standing_bars_number_stands_beside_its_category() -> None:
    values = [at("55", 120, 110), at("12", 260, 320), at("38", 400, 195)]

    said = chart_words([*TICKS, *MONTHS, *values, at("Visitors", 260, 40)])

    assert lines(said, COLUMNS) == ["Jan  55", "Feb  12", "Mar  38"]
    assert ROWS not in said.lists  # ticks and what happens to be as high
    assert said.text.startswith("Visitors\n")


def test_each_piece_says_where_it_stands_in_the_text() -> None:
    said = chart_words([*MONTHS, at("7", 120, 110), at("9", 400, 195)])

    for line in said.lists[COLUMNS]:
        for piece in (line.head, *line.cells):
            assert piece is not None
            assert said.text[piece.at :].startswith(piece.text)
    assert lines(said, COLUMNS) == ["Jan  7", "Feb", "Mar  9"]


def test_a_lying_bars_number_stands_beside_its_category() -> None:
    names = [at(text, 50, y) for text, y in [("North", 100), ("South", 200), ("East", 300)]]
    values = [at("130", 420, 100), at("90", 300, 200), at("210", 600, 300)]
    ticks = [at(text, x, 400) for text, x in [("0", 120), ("100", 340), ("200", 560)]]

    said = chart_words([*names, *values, *ticks])

    assert lines(said, ROWS) == ["North  130", "South  90", "East  210"]
    assert COLUMNS not in said.lists


def test_the_legends_colours_give_the_order_and_show_what_is_missing() -> None:
    legend = [at("2023", 500, 60), at("2024", 500, 90)]
    values = [at("11", 120, 300), at("52", 120, 150), at("33", 260, 250), at("44", 400, 200)]
    words = [*MONTHS, *legend, *values]
    beside = Beside(names=((3,), (4,)), colours={5: 1, 6: 0, 7: 1, 8: 0})

    said = chart_words(words, beside=beside)

    assert lines(said, LEGEND) == ["2023", "2024"]
    assert lines(said, COLUMNS) == ["Jan  52  11", "Feb  -  33", "Mar  44  -"]


def test_without_colours_stacked_numbers_go_up_and_neighbours_to_the_right() -> None:
    stacked = [at("5", 120, 350), at("8", 120, 250), at("3", 120, 150)]
    grouped = [at("70", 240, 300), at("90", 290, 200)]

    said = chart_words([*MONTHS, *stacked, *grouped])

    assert lines(said, COLUMNS)[:2] == ["Jan  5  8  3", "Feb  70  90"]


def test_a_pies_shares_stand_with_the_nearest_names() -> None:
    names = [at("Rail", 420, 120), at("Road", 80, 180), at("Air", 300, 420)]
    shares = [at("41.2%", 350, 160), at("33.3%", 160, 210), at("25.5%", 280, 340)]

    said = chart_words([*names, *shares])

    assert sorted(lines(said, PAIRS)) == ["Air  25.5%", "Rail  41.2%", "Road  33.3%"]


def test_words_without_numbers_have_no_lists() -> None:
    assert chart_words(MONTHS).text == "Jan  Feb  Mar"
    assert chart_words([]).lists == {}


def word(text: str, box: Box, width: int, height: int) -> Word:
    x0, y0, x1, y1 = box
    bbox = (x0 / width, y0 / height, x1 / width, y1 / height)
    return Word(text=text, bbox=bbox, confidence=1.0)


def told(picture: Pixels, words: list[Word]) -> Beside:
    return told_beside(look_at(picture, words), len(words))


def test_a_number_has_the_colour_of_the_bar_below_it_or_left_of_it() -> None:
    blue, orange = (31, 119, 180), (255, 127, 14)
    for turned in (False, True):
        # given two bars with numbers at their ends, and a legend
        picture = np.full((400, 400, 3), 255, np.uint8)
        bars = [((60, 200, 100, 380), blue), ((100, 120, 140, 380), orange)]
        if turned:
            bars = [((20, 60, 200, 100), blue), ((20, 100, 280, 140), orange)]
        for (x0, y0, x1, y1), colour in [
            *bars, ((300, 20, 330, 32), blue), ((300, 45, 330, 57), orange)
        ]:  # fmt: skip
            picture[y0:y1, x0:x1] = colour
        ends = [(64, 180, 96, 196), (104, 100, 136, 116)]
        if turned:
            ends = [(204, 72, 236, 88), (284, 112, 316, 128)]
        boxes = [("Plan", (336, 16, 380, 36)), ("Actual", (336, 41, 390, 61)),
                 *zip(("12", "34"), ends, strict=True)]  # fmt: skip

        found = told(picture, [word(text, box, 400, 400) for text, box in boxes])

        assert found.names == ((0,), (1,))
        assert found.colours == {2: 0, 3: 1}


def test_a_chart_without_a_legend_has_no_colours() -> None:
    picture = np.full((100, 100, 3), 255, np.uint8)
    assert told(picture, []) == Beside()


def test_bars_without_numbers_are_measured_on_the_scale_and_listed_with_a_sign() -> None:
    # given three bars beside a scale from 0 to 30, 100 pixels for every ten
    picture = np.full((400, 400, 3), 255, np.uint8)
    for left, top in ((100, 120), (200, 250), (300, 185)):
        picture[top:350, left : left + 50] = (31, 119, 180)
    ticks = [(str(10 * at), (40, 340 - 100 * at, 60, 360 - 100 * at)) for at in range(4)]
    months = [(name, (100 + 100 * at, 360, 150 + 100 * at, 380)) for at, name in enumerate("JFM")]
    words = [word(text, box, 400, 400) for text, box in [*ticks, *months]]

    # when the chart's words are laid out
    beside = told(picture, words)
    said = chart_words([(one.text, one.bbox) for one in words], beside=beside)

    # then each bar's height stands by its month, and the text says what the sign means
    assert lines(said, COLUMNS) == ["J  ~23", "F  ~10", "M  ~16.5"]
    assert said.text.endswith("~ measured on the picture")


def test_measured_values_keep_three_digits_and_their_colours_order() -> None:
    boxes = [(0.25, 0.3), (0.35, 0.3), (0.75, 0.3), (0.85, 0.3)]
    measured = tuple(
        Measured(value=value, box=(x - 0.01, y - 0.01, x + 0.01, y + 0.01), colour=colour)
        for value, (x, y), colour in zip((12345.6, 0.0123, 7, -2), boxes, (1, 0, 0, 1), strict=True)
    )
    months = [(name, (x - 0.05, 0.9, x + 0.05, 0.93)) for name, x in (("A", 0.3), ("B", 0.8))]
    names = [(name, (0.4, y, 0.5, y + 0.02)) for name, y in (("One", 0.05), ("Two", 0.1))]
    more = [("C", (1.25, 0.9, 1.35, 0.93))]

    said = chart_words(
        [*months, *names, *more], beside=Beside(names=((2,), (3,)), measured=measured)
    )

    assert lines(said, COLUMNS) == ["A  ~0.0123  ~12300", "B  ~7  ~-2", "C  -  -"]
