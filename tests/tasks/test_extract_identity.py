"""What a user gets from identity documents, with a model that knows none of them."""

from __future__ import annotations

import pytest

from docvision.tasks.extraction.mrz import check_digit, zone_of
from docvision.tasks.passage import passage_of_text
from tests.tasks.papers import paper
from tests.tasks.test_extract_receipts import flagged, read

PASSPORT = (
    "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
    "L898902C36UTO7408122F1204159ZE184226B<<<<<10",
)
CARD = (
    "I<UTOD231458907<<<<<<<<<<<<<<<",
    "7408122F1204159UTO<<<<<<<<<<<6",
    "ERIKSSON<<ANNA<MARIA<<<<<<<<<<",
)


@pytest.mark.parametrize(("lines", "number"), [(PASSPORT, "L898902C3"), (CARD, "D23145890")])
def test_a_readable_zone_tells_what_stands_nowhere_else(
    lines: tuple[str, ...], number: str
) -> None:
    data = read(paper("Utopia", *lines), "identity_document").data
    assert data["document_number"] == number
    assert (data["surname"], data["given_names"]) == ("ERIKSSON", "ANNA MARIA")
    assert (data["date_of_birth"], data["expiry_date"]) == ("1974-08-12", "2012-04-15")
    assert (data["sex"], data["nationality"]) == ("F", "UTO")


def test_a_number_that_the_zone_proves_is_believed_and_one_that_it_contradicts_is_not() -> None:
    same = read(paper("Passport No: L898902C3", *PASSPORT), "identity_document")
    assert "/document_number" not in flagged(same)
    other = read(paper("Passport No: L898902G3", *PASSPORT), "identity_document")
    assert other.data["document_number"] == "L898902C3"


def test_a_zone_whose_check_digits_are_wrong_says_nothing() -> None:
    line = PASSPORT[1].replace("L898902C3", "L898902G3").replace("740812", "740813")
    line = line.replace("120415", "120416")
    assert not zone_of(passage_of_text(f"{PASSPORT[0]}\n{line}"))


def test_check_digits_are_those_of_the_standard() -> None:
    assert [check_digit(one) for one in ("D23145890", "740812", "AB2134<<<")] == [7, 2, 5]


def test_a_licence_is_read_by_the_numbers_of_its_fields() -> None:
    data = read(
        paper(
            "FÜHRERSCHEIN BUNDESREPUBLIK MUSTERLAND",
            "1. Hoffmeister",
            "2. Clemens Otto",
            "3. 05.12.1979 Rostock",
            "4a. 21.08.2019 4c. Landkreis Rostock",
            "4b. 20.08.2034",
            "5. J10200FR1S7",
        ),
        "identity_document",
    ).data
    assert data["document_type"] == "FÜHRERSCHEIN"
    assert (data["surname"], data["given_names"]) == ("Hoffmeister", "Clemens Otto")
    assert (data["date_of_birth"], data["place_of_birth"]) == ("1979-12-05", "Rostock")
    assert (data["issue_date"], data["expiry_date"]) == ("2019-08-21", "2034-08-20")
    assert (data["issuing_authority"], data["document_number"]) == (
        "Landkreis Rostock",
        "J10200FR1S7",
    )


def test_a_card_says_what_it_is_and_whose_in_its_head() -> None:
    data = read(
        paper(
            "REPUBLIC OF VALORIA  IDENTITY CARD",
            "Surname / Nom",
            "MARCHETTI",
            "Date of birth / Date de naissance",
            "17.02.1991",
        ),
        "identity_document",
    ).data
    assert (data["document_type"], data["issuing_authority"]) == (
        "IDENTITY CARD",
        "REPUBLIC OF VALORIA",
    )
    assert (data["surname"], data["date_of_birth"]) == ("MARCHETTI", "1991-02-17")
