"""What a user gets from payslips: two lists that share a table, each with its own rows."""

from __future__ import annotations

from typing import Any

import pytest

from docvision.results.model import Extraction
from docvision.schemas.library import NAMES
from docvision.tasks.sorting.classifier import classify
from docvision.tasks.sorting.cues import kinds_of
from tests.tasks.papers import desk, paper
from tests.tasks.test_extract import table
from tests.tasks.test_extract_likened import NUMBER, TEXT, rows
from tests.tasks.test_extract_likened import read as read_own
from tests.tasks.test_extract_receipts import flagged, read

EARNED = [["Salary", 2650.0], ["Overtime", 118.75]]
TAKEN = [["Income tax", 339.2], ["Pension", 132.5]]


def listed(got: Extraction, name: str) -> list[list[Any]]:
    return [[item["description"], item["amount"]] for item in got.data[name]]


@pytest.mark.parametrize(
    "page",
    [
        table(
            ("Salary", "2,650.00", "Income tax", "339.20", ""),
            ("Overtime", "118.75", "Pension", "132.50", ""),
            ("Gross pay", "2,768.75", "Total deductions", "471.70", ""),
            head=("Payments", "Amount", "Deductions", "Amount", ""),
        ),
        table(
            ("R1", "Salary", "2,650.00", "", ""),
            ("R2", "Overtime", "118.75", "", ""),
            ("D1", "Income tax", "", "339.20", ""),
            ("D2", "Pension", "", "132.50", "198.75"),
            ("", "Employer levy", "", "", "14.00"),
            ("", "Totals", "2,768.75", "471.70", "212.75"),
            head=("Code", "Descripción", "Devengos", "Deducciones", "Empresa"),
        ),
        table(
            ("Brutto-Bezüge", "", "", "", ""),
            ("Salary", "", "2,650.00", "", ""),
            ("Overtime", "8.00", "118.75", "", ""),
            ("Gesamt-Brutto", "", "2,768.75", "", ""),
            ("Abzüge", "", "", "", ""),
            ("Income tax", "", "339.20", "", ""),
            ("Pension", "", "132.50", "", ""),
            ("Summe Abzüge", "", "471.70", "", ""),
            ("Employer pension", "", "198.75", "", ""),
            head=("Bezeichnung", "Stunden", "Betrag", "", ""),
        ),
        table(
            ("Salary", "2,650.00", "", "", ""),
            ("Overtime", "118.75", "", "", ""),
            ("Gesamtbrutto", "2,768.75", "", "", ""),
            ("Income tax", "339.20", "", "", ""),
            ("Pension", "132.50", "", "", ""),
            ("Auszahlungsbetrag", "2,297.05", "", "", ""),
            head=("Lohnart", "Betrag", "", "", ""),
        ),
        paper(
            "Description  Payments  Deductions",
            "Salary  2,650.00",
            "Overtime  118.75",
            "Income tax            339.20",
            "Pension            132.50",
        ),
    ],
    ids=["halves", "columns of amounts", "headings", "totals", "lines"],
)
def test_each_list_of_a_table_has_its_own_rows(page: Any) -> None:
    got = read(page, "payslip")
    assert (listed(got, "earnings"), listed(got, "deductions")) == (EARNED, TAKEN)


def test_lists_that_no_built_in_schema_knows_are_told_by_their_names() -> None:
    page = table(
        ("Dues", "4,180.00", "Hall hire", "2,100.00", ""),
        ("Fair", "1,265.40", "Insurance", "418.75", ""),
        ("Total income", "5,445.40", "Total expenditure", "2,518.75", ""),
        head=("Income", "£", "Expenditure", "£", ""),
    )
    item = {"what": TEXT, "sum_paid": NUMBER}
    got = read_own(page, income=rows(**item), expenditure=rows(**item))
    assert [list(one.values()) for one in got.data["income"]] == [["Dues", 4180], ["Fair", 1265.4]]
    assert [one["what"] for one in got.data["expenditure"]] == ["Hall hire", "Insurance"]


YEAR_BESIDE = table(
    ("Salary", "2,650.00", "35,280.00", "", ""),
    ("Overtime", "118.75", "1,837.50", "", ""),
    ("Gross pay", "2,768.75", "37,117.50", "", ""),
    ("Deductions", "This period", "Year to date", "", ""),
    ("State income tax", "48.16", "791.20", "", ""),
    ("Federal income tax", "339.20", "3,518.40", "", ""),
    ("Total deductions", "387.36", "4,309.60", "", ""),
    ("Net pay", "2,381.39", "32,807.90", "", ""),
    head=("Earnings", "This period", "Year to date", "", ""),
)


def test_totals_are_those_that_the_rows_add_up_to_and_not_those_of_the_year() -> None:
    got = read(YEAR_BESIDE, "payslip")
    told = [got.data[name] for name in ("gross_pay", "total_deductions", "net_pay")]
    assert told == [2768.75, 387.36, 2381.39]
    assert got.evidence["/gross_pay"].quote == "2,768.75"


def test_the_income_tax_is_that_row_of_the_deductions() -> None:
    assert read(YEAR_BESIDE, "payslip").data["income_tax"] == 339.2


def test_what_is_taken_off_has_no_minus_unless_some_of_it_is_given_back() -> None:
    def taken(*amounts: str) -> Extraction:
        rows = [(name, amount, "", "", "") for name, amount in zip("AB", amounts, strict=True)]
        return read(table(*rows, head=("Abzüge", "Betrag", "", "", "")), "payslip")

    assert listed(taken("-339.20", "-132.50"), "deductions") == [["A", 339.2], ["B", 132.5]]
    assert listed(taken("339.20", "-32.50"), "deductions") == [["A", 339.2], ["B", -32.5]]


def test_a_total_that_the_rows_do_not_add_up_to_is_named() -> None:
    page = table(
        ("Salary", "2,650.00", "Income tax", "339.20", ""),
        ("Overtime", "118.75", "Pension", "132.50", ""),
        ("Gross pay", "2,868.75", "Total deductions", "471.70", ""),
        head=("Payments", "Amount", "Deductions", "Amount", ""),
    )
    got = read(page, "payslip")
    assert {"/gross_pay", "/earnings/0/amount", "/earnings/1/amount"} <= flagged(got)


def test_a_label_that_goes_on_to_name_a_sum_has_no_name_behind_it() -> None:
    got = read(paper("Employer pension  233.33", "Employee NI  169.65"), "payslip")
    assert (got.data["employer_name"], got.data["employee_name"]) == (None, None)


def test_a_payslip_is_known_as_one() -> None:
    page = paper("Entgeltabrechnung", "Personalnummer  00271", "Lohnsteuer  398,16", "Abzüge")
    found, _ = classify([page], kinds_of(NAMES), desk(None))
    assert found.kind == "payslip"
