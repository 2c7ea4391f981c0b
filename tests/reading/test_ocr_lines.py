"""What was recognised of a line, as words; letters that look alike are told by what stands near."""

from __future__ import annotations

import pytest
from rapidocr.ch_ppocr_rec.typings import WordInfo, WordType

from docvision.reading.ocr_lines import Reading, reading_of


def reading(text: str) -> Reading:
    """What a line of evenly spaced letters comes to that were recognised so."""
    words = text.split()
    starts = [text.index(word) for word in words]
    info = WordInfo(
        words=[list(word) for word in words],
        word_cols=[list(range(at, at + len(word))) for at, word in zip(starts, words, strict=True)],
        word_types=[WordType.EN_NUM] * len(words),
        line_txt_len=float(len(text)),
        confs=[0.9] * len("".join(words)),
    )
    return reading_of(text, 0.9, info)


@pytest.mark.parametrize(
    ("seen", "meant"),
    [
        ("Diesel 20 I", "Diesel 20 l"),
        ("Chlorine 25 Ib bucket", "Chlorine 25 lb bucket"),
        ("Rossi S.r.I.", "Rossi S.r.l."),
        ("Part I of 2", "Part I of 2"),
        ("IBM 370", "IBM 370"),
    ],
)
def test_a_large_i_is_a_small_l_where_only_that_can_be_meant(seen: str, meant: str) -> None:
    assert reading(seen).words == tuple(meant.split())


def test_words_stand_where_their_letters_do() -> None:
    found = reading("ab cd")
    assert found.starts == pytest.approx((0.0, 0.6))
    assert found.ends == pytest.approx((0.4, 1.0))
    assert found.confidences == (0.9, 0.9)
