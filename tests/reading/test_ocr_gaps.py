"""A space that was nearly seen parts two words; a letter that hardly was makes one doubtful."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from docvision.reading.ocr_gaps import with_gaps

LETTERS = "-abcdefghijklmnopqrstuvwxyz "
"""Nothing first, a space last, as the recogniser has them."""


def line(text: str, spaces: dict[int, float], usual: float = 0.001) -> NDArray[np.float32]:
    """Return the probabilities of one line: letters with a blank column behind each.

    `spaces` has the chance of a space behind letters, by their places; all others have `usual`.
    """
    told = np.zeros((1, 2 * len(text), len(LETTERS)), dtype=np.float32)
    for at, letter in enumerate(text):
        told[0, 2 * at, LETTERS.index(letter)] = 0.9
        chance = spaces.get(at, usual)
        told[0, 2 * at + 1, 0], told[0, 2 * at + 1, -1] = 1 - chance, chance
    return told


def read(told: NDArray[np.float32]) -> str:
    return "".join(LETTERS[at] for at in told[0].argmax(axis=1) if at)


def test_a_space_that_was_nearly_seen_stands_between_two_words() -> None:
    told = line("soaplemon", {3: 0.3})
    assert read(told) == "soaplemon"
    assert read(with_gaps(told)) == "soap lemon"


def test_letters_that_are_printed_wide_apart_stay_one_word() -> None:
    assert read(with_gaps(line("logo", {1: 0.3}, usual=0.2))) == "logo"


def test_a_mark_may_stand_a_little_apart_from_its_letters() -> None:
    told = line("soaplemon", {3: 0.3, 4: 0.3})
    assert read(with_gaps(told, {LETTERS.index("l")})) == "soaplemon"


def test_what_may_be_two_words_is_doubted_where_the_second_would_begin() -> None:
    told = with_gaps(line("soaplemon", {3: 0.05}))
    assert read(told) == "soaplemon"
    sure = told[0].max(axis=1)[::2]
    assert sure[4] == pytest.approx(0.63)
    assert [one for at, one in enumerate(sure) if at != 4] == pytest.approx([0.9] * 8)


def test_what_was_read_with_its_spaces_is_left_alone() -> None:
    told = line("dish soap", {})
    assert np.array_equal(with_gaps(told), told)
    assert read(with_gaps(line("a", {0: 0.4}))) == "a"


def test_a_word_is_doubted_in_which_a_letter_was_hardly_seen() -> None:
    told = line("gehren", {})
    told[0, 5, 0], told[0, 5, LETTERS.index("o")] = 0.95, 0.05
    told[0, 7, 0], told[0, 7, LETTERS.index("r")] = 0.7, 0.3
    found = with_gaps(told)
    assert read(found) == "gehren"
    assert found[0].max(axis=1)[::2] == pytest.approx([0.9, 0.9, 0.9, 0.63, 0.9, 0.9])
