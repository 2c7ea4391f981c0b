"""The parts of a page that stand without labels: its title, a letter's date, subject, signature.

Nantes, le 2 septembre 2025          the date: alone on its line, but for a town
Dear Mrs Whitlock                    a greeting: the subject stands below it, or above
Sale of 22 Priory Close
Yours sincerely                      a closing: who signs stands below it
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from docvision.schemas.shape import Leaf
from docvision.tasks.extraction.beside import Labelled
from docvision.tasks.extraction.candidates import runs_of
from docvision.tasks.extraction.label_places import TITLE, label_places
from docvision.tasks.extraction.segments import Segment, segments_of
from docvision.tasks.normalise import Conventions, to_date
from docvision.tasks.passage import Passage, Run

DATE, SUBJECT, SIGNATORY = "letter.date", "letter.subject", "letter.signatory"
"""What a schema says of a leaf under `x-docvision-place`."""

_SURE, _LIKELY = 0.85, 0.75
_GREETING = re.compile(
    r"(dear|sehr geehrte\w*|liebe[rs]?|guten tag|hallo|madame|monsieur|cher|chère|estimad[oa]s?|"
    r"muy señor\w*|gentile|egregi\w*|spettabile|geachte|beste)\b.{0,50}",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"(yours (sincerely|faithfully|truly)|(kind|best|warm) regards|sincerely|"
    r"mit (freundlich\w+|besten|herzlichen) gr(ü|u|ue)(ß|ss)en|hochachtungsvoll|"
    r".*salutations (distinguées|les meilleures)|cordialement|.*sentiments distingués|"
    r"atentamente|(reciba|saludos).*|(cordiali|distinti) saluti|met vriendelijke groet\w*|"
    r"hoogachtend)\W*",
    re.IGNORECASE,
)
_FUNCTION = re.compile(
    r"\b(?:responsabile|dirigente|direttore|direttrice|il |la |director[ae]?|directeur|directrice|"
    r"gerente|manager|officer|head of|president\w*|präsident\w*|vorstand\w*|geschäftsführ\w*|"
    r"\w*leit(?:er|ung|erin)|prokurist\w*|prezes|dyrektor|voorzitter|directie|secretary|treasurer|"
    r"le |the |team|department|abteilung|servicio|service)\b",
    re.IGNORECASE,
)
"""Words of what somebody is, rather than of a name."""
_MOST_WORDS = 12
"""Words of a subject at most."""
_HEAD, _LETTERS = 12, 3
"""Segments of a page's head, and letters that a title has more of."""
_BESIDE_DATE = 3
"""Words beside a date at most, such as a town's."""
_BELOW = 3
"""Segments below a closing among which is who signs."""


def letter_part(
    passage: Passage, leaf: Leaf, leaves: Sequence[Leaf], conventions: Conventions
) -> Labelled | None:
    """Return the part of a letter that a leaf's place names, if the first page shows it.

    `leaves` are all fields: a date that one of their labels names is not the letter's.
    """
    if leaf.place == DATE:
        return _date(passage, leaf, leaves, conventions)
    segments = segments_of(passage)
    if leaf.place == TITLE:
        return _title(segments)
    if leaf.place == SIGNATORY:
        return _signatory(segments)
    return _subject(segments, conventions)


def _date(
    passage: Passage, leaf: Leaf, leaves: Sequence[Leaf], conventions: Conventions
) -> Labelled | None:
    runs = runs_of(passage, leaf, conventions) or []
    labels = {place.first for place in label_places(passage, leaves)}
    for segment in segments_of(passage):
        words = range(segment.run.first, segment.run.last)
        if labels.intersection(words) or ":" in segment.text:
            continue
        inside = [
            run for run in runs if segment.run.first <= run.first and run.last <= segment.run.last
        ]
        if len(inside) == 1:
            run = inside[0]
            beside = (segment.run.last - segment.run.first) - (run.last - run.first)
            if beside <= _BESIDE_DATE and run.last == segment.run.last:
                return Labelled(run=run, text=passage.quote(run), sure=_SURE)
    return None


def _title(segments: Sequence[Segment]) -> Labelled | None:
    """Return the largest words at the head of a page."""
    head = [one for one in segments[:_HEAD] if sum(map(str.isalpha, one.text)) > _LETTERS]
    if not head:
        return None
    largest = max(head, key=lambda one: round(one.box[3] - one.box[1], 3))
    return Labelled(run=largest.run, text=largest.text, sure=_LIKELY)


def _subject(segments: Sequence[Segment], conventions: Conventions) -> Labelled | None:
    greeting = next(
        (at for at, one in enumerate(segments) if _GREETING.fullmatch(one.text) and at), None
    )
    if greeting is None:
        return None
    for at in (greeting + 1, greeting - 1):
        one = segments[at] if at < len(segments) else None
        if one and _is_heading(one.text) and to_date(one.text, conventions) is None:
            label, colon, text = one.text.partition(": ")
            if not colon or len(label.split()) > 1:
                return Labelled(run=one.run, text=one.text, sure=_LIKELY)
            run = Run(first=one.run.first + 1, last=one.run.last)
            return Labelled(run=run, text=text, sure=_LIKELY)
    return None


def _is_heading(text: str) -> bool:
    """Whether a line is no sentence, and more than a word."""
    words = text.split()
    return 1 < len(words) <= _MOST_WORDS and text[0].isupper() and text[-1] not in ".,;:"


def _signatory(segments: Sequence[Segment]) -> Labelled | None:
    closing = next(
        (at for at, one in enumerate(segments) if _CLOSING.fullmatch(one.text.strip())), None
    )
    if closing is None:
        return None
    below = segments[closing + 1 : closing + 1 + _BELOW]
    persons = [one for one in below if _is_person(one.text)]
    # What somebody is may stand over the name.
    named = [one for one in persons if not _FUNCTION.search(one.text)] or persons
    return Labelled(run=named[0].run, text=named[0].text, sure=_SURE) if named else None


def _is_person(text: str) -> bool:
    words = text.split()
    names = all(word[0].isupper() or len(word) <= 3 or word.endswith(".") for word in words)
    return 1 < len(words) <= 5 and names and not any(map(str.isdigit, text))
