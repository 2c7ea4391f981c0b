"""What a user gets from contracts in six languages, with a model that knows none of them."""

from __future__ import annotations

import pytest

from tests.tasks.papers import paper
from tests.tasks.test_extract_receipts import flagged, read

PARTIES = [
    (
        (
            'This Agreement is made on 1 June 2025 between Osprey Surveys Ltd (the "Client") and',
            'Dr Helena Brandt (the "Consultant").',
        ),
        [("Osprey Surveys Ltd", "Client"), ("Dr Helena Brandt", "Consultant")],
    ),
    (
        (
            "Mietvertrag zwischen",
            "Hafenspeicher GmbH, Kaistraße 4, 23552 Lübeck – nachfolgend „Vermieterin“ –",
            "und Rösterei Bohnsack OHG, 23552 Lübeck – nachfolgend Mieterin“ –",
        ),
        [("Hafenspeicher GmbH", "Vermieterin"), ("Rösterei Bohnsack OHG", "Mieterin")],
    ),
    (
        (
            "Entre les soussignés : La société Lumière & Fils SARL, dont le siège est à Nantes,",
            "ci-après dénommée « le Client », et Mme Odile Garnier, ci-après « le Prestataire ».",
        ),
        [("Lumière & Fils SARL", "Client"), ("Mme Odile Garnier", "Prestataire")],
    ),
    (
        (
            "This Lease is entered into by and between Harbor Row Holdings, LLC, a Delaware",
            'company ("Landlord"), and Maria Lopez ("Tenant") for the home (the "Premises").',
        ),
        [("Harbor Row Holdings, LLC", "Landlord"), ("Maria Lopez", "Tenant")],
    ),
    (
        ("Opdrachtgever: Van Dijk Beheer B.V.", "Opdrachtnemer: J. Bakker"),
        [("Van Dijk Beheer B.V.", "Opdrachtgever"), ("J. Bakker", "Opdrachtnemer")],
    ),
    (
        (
            "(1) Fen Finance plc incorporated and registered in England (Lender)",
            "(2) Tom Hale of 9 Mill Lane (Borrower)",
        ),
        [("Fen Finance plc", "Lender"), ("Tom Hale", "Borrower")],
    ),
    (
        ("Agreement between Ace Tools Inc. and Bob Builder.",),
        [("Ace Tools Inc.", None), ("Bob Builder", None)],
    ),
    (("We are open between Monday and Friday.",), []),
]


@pytest.mark.parametrize(("lines", "expected"), PARTIES)
def test_the_parties_are_told_by_how_contracts_name_them(
    lines: tuple[str, ...], expected: list[tuple[str, str | None]]
) -> None:
    lines = ("PARTIES", *lines) if lines[0].startswith("(1)") else lines
    got = read(paper(*lines), "contract")
    assert [(one["name"], one["role"]) for one in got.data["parties"]] == expected


SENTENCES = [
    (
        (
            "It shall continue for eighteen months from that date.",
            "Either party may terminate it by giving 60 days written notice.",
            "It is governed by the laws of Scotland.",
        ),
        ("eighteen months", "60 days", "the laws of Scotland"),
    ),
    (
        (
            "Die Laufzeit beträgt fünf Jahre. § 4 Kündigung",
            "Die Kündigungsfrist beträgt sechs Monate. § 5 Recht",
            "Es gilt deutsches Recht.",
        ),
        ("fünf Jahre", "sechs Monate", "deutsches Recht"),
    ),
    (
        (
            "Le contrat est conclu pour une durée de douze mois.",
            "Il peut être résilié avec un préavis de trois mois.",
            "Il est régi par le droit français.",
        ),
        ("douze mois", "trois mois", "droit français"),
    ),
    (
        (
            "The term of this lease is two (2) years. It ends on thirty (30) days notice.",
            "It shall be governed by and construed in accordance with the laws of the State",
            "of Ohio, without regard to conflicts of law.",
        ),
        ("two (2) years", "thirty (30) days", "the laws of the State of Ohio"),
    ),
]


@pytest.mark.parametrize(("lines", "expected"), SENTENCES)
def test_what_sentences_say_is_no_sentence(
    lines: tuple[str, ...], expected: tuple[str, str, str]
) -> None:
    got = read(paper("Contract", *lines), "contract")
    found = tuple(got.data[key] for key in ("term", "notice_period", "governing_law"))
    assert found == expected
    assert not flagged(got) & {"/term", "/notice_period", "/governing_law"}


def test_of_several_periods_the_first_is_to_be_looked_at() -> None:
    lines = ("The initial term is one year.", "The term is then extended by six months.")
    got = read(paper(*lines), "contract")
    assert got.data["term"] == "one year"
    assert "/term" in flagged(got)
