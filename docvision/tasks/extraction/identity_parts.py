"""What an identity document says without labels: its kind, who issued it, its readable zone."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from docvision.tasks.extraction.beside import Labelled
from docvision.tasks.extraction.mrz import zone_of
from docvision.tasks.extraction.segments import Segment, segments_of
from docvision.tasks.passage import Passage

TYPE, STATE = "identity.type", "identity.state"
"""What a schema says of a leaf under `x-docvision-place`: the kind of document, whose it is."""
ZONE: Mapping[str, str] = {
    f"identity.{name}": name
    for name in ("number", "birth", "expiry", "sex", "nation", "surname", "given")
}
"""The same for fields of the machine-readable zone; see `mrz.zone_of`."""

_PROVEN, _READ = 0.97, 0.8
"""How sure a field of the zone is with its check digit, and without one."""
_LIKELY = 0.85
_HEAD = 8
"""Segments among which a document says what it is."""
_KINDS = re.compile(
    r"(?:national )?identity card|passport(?: card)?|driving licen[cs]e|driver'?s? licen[cs]e|"
    r"residence permit|travel document|"
    r"reisepass|personalausweis|führerschein|aufenthaltstitel|"
    r"carte nationale d'identité|carte d'identité|passeport|permis de conduire|titre de séjour|"
    r"documento nacional de identidad|pasaporte|permiso de (?:conducción|conducir|residencia)|"
    r"licencia de conducir|carta d'identità|passaporto|patente di guida|permesso di soggiorno|"
    r"identiteitskaart|paspoort|rijbewijs|verblijfs(?:document|vergunning)",
    re.IGNORECASE,
)
_STATES = re.compile(
    r".*\b(?:republic|kingdom|commonwealth|federation|united states|principality|bundesrepublik|"
    r"republik|königreich|république|royaume|confédération|república|reino|repubblica|"
    r"koninkrijk|republiek)\b.*",
    re.IGNORECASE,
)
_OTHER_WORDS = re.compile(r"\s*[/|·]\s*")


def identity_part(passage: Passage, place: str) -> Labelled | None:
    """Return what a leaf's place on an identity document holds, if anything."""
    if place in ZONE:
        return _in_zone(passage, ZONE[place])
    head = segments_of(passage)[:_HEAD]
    return _kind(passage, head) if place == TYPE else _state(passage, head)


def _in_zone(passage: Passage, name: str) -> Labelled | None:
    field = zone_of(passage).get(name)
    if field is None or field.proven is False:
        return None
    sure = _PROVEN if field.proven else _READ
    return Labelled(run=field.run, text=field.value, sure=sure)


def _kind(passage: Passage, head: Sequence[Segment]) -> Labelled | None:
    """Return the first words that name a kind of document."""
    for segment in head:
        if match := _KINDS.search(segment.text):
            return _within(passage, segment, match[0])
    return None


def _state(passage: Passage, head: Sequence[Segment]) -> Labelled | None:
    """Return the state that a document's head names, in its first language."""
    for segment in head:
        text = _OTHER_WORDS.split(_KINDS.sub("", segment.text).strip())[0]
        if _STATES.fullmatch(text):
            return _within(passage, segment, text)
    return None


def _within(passage: Passage, segment: Segment, text: str) -> Labelled | None:
    start = passage.flat.find(text, passage.words[segment.run.first].start)
    if start < 0:
        return None
    return Labelled.at(passage, start, text, _LIKELY)
