"""What a schema's checks say of data."""

from __future__ import annotations

from typing import Any

from docvision.schemas.checks import parse_checks, run_checks
from docvision.schemas.formats import FORMAT_CHECKS


def outcome(check: dict[str, Any], data: Any) -> list[tuple[bool, tuple[str, ...]]]:
    return [(one.passed, one.fields) for one in run_checks(parse_checks([check]), data)]


LINES = {"kind": "sum", "parts": ["/lines/*/amount"], "equals": ["/net", "/total"]}


def test_line_items_add_up_to_one_of_the_totals() -> None:
    data = {"lines": [{"amount": 1.1}, {"amount": 2.2}], "net": 3.3, "total": 4.0}
    ((passed, fields),) = outcome(LINES, data)
    assert passed
    assert fields == ("/lines/0/amount", "/lines/1/amount", "/net")


def test_a_sum_that_is_off_names_all_that_may_be_wrong() -> None:
    data = {"lines": [{"amount": 1}, {"amount": 2}], "net": None, "total": 30}
    assert outcome(LINES, data) == [(False, ("/lines/0/amount", "/lines/1/amount", "/total"))]


def test_what_is_not_there_is_not_checked() -> None:
    assert outcome(LINES, {"lines": [], "net": 3, "total": 4}) == []
    tax = {"kind": "sum", "parts": ["/net", "/tax"], "equals": ["/total"]}
    assert outcome(tax, {"net": 10, "tax": None, "total": 12}) == []


def test_a_balance_is_not_compared_where_no_movement_is_there() -> None:
    check = {"kind": "sum", "parts": ["/open", "/moves/*/in", "-/moves/*/out"], "equals": ["/end"]}
    assert outcome(check, {"open": 10, "moves": [{"amount": 2}], "end": 12}) == []


def test_what_is_taken_away_has_a_minus() -> None:
    balance = {"kind": "sum", "parts": ["/open", "/in/*", "-/out/*"], "equals": ["/close"]}
    assert outcome(balance, {"open": 10, "in": [5], "out": [2, 1], "close": 12})[0][0]


def test_a_quantity_times_its_price_is_the_amount_to_the_cent() -> None:
    check = {"kind": "product", "each": "/lines", "factors": ["n", "price"], "equals": "amount"}
    data = {
        "lines": [
            {"n": 3, "price": 1.333, "amount": 4.0},
            {"n": 2, "price": 1.5, "amount": 30.0},
            {"n": None, "price": 1.5, "amount": 30.0},
        ]
    }
    assert [passed for passed, _ in outcome(check, data)] == [True, False]


RUNNING = {
    "kind": "running",
    "each": "/rows",
    "balance": "left",
    "moves": [["paid_in", "-out"], ["amount"]],
    "opening": "/first",
    "closing": "/last",
}
MOVED = [
    {"paid_in": 5, "left": 15},
    {"out": 3, "left": 12},
    {"amount": -2, "left": 10},
    {"out": -1, "left": 9},
]


def test_each_balance_follows_from_the_one_before_it() -> None:
    right = {"rows": MOVED, "first": 10, "last": 9}
    assert [passed for passed, _ in outcome(RUNNING, right)] == [True] * 5
    # newest first
    turned = {"rows": MOVED[::-1], "first": 10, "last": 9}
    assert [passed for passed, _ in outcome(RUNNING, turned)] == [True] * 5


def test_a_figure_that_breaks_the_run_of_balances_is_named() -> None:
    wrong = [*MOVED[:1], {"out": 30, "left": 12}, *MOVED[2:]]
    failed = [fields for passed, fields in outcome(RUNNING, {"rows": wrong}) if not passed]
    assert failed == [("/rows/1/out", "/rows/1/left")]


def test_the_ends_are_told_only_by_rows_that_all_follow() -> None:
    assert outcome(RUNNING, {"rows": MOVED, "first": 4, "last": 9})[-2:] == [
        (False, ("/first", "/rows/0/paid_in", "/rows/0/left")),
        (True, ("/last",)),
    ]
    gap = [*MOVED[:1], {"out": 3, "left": None}, *MOVED[2:]]
    assert [at for _, at in outcome(RUNNING, {"rows": gap, "first": 4})] == [
        ("/rows/3/out", "/rows/3/left")
    ]


def test_dates_stand_in_order_and_in_their_range() -> None:
    order = {"kind": "order", "fields": ["/from", "/until"]}
    assert not outcome(order, {"from": "2024-05-01", "until": "2024-04-01"})[0][0]
    assert outcome(order, {"from": "2024-05-01", "until": None}) == []
    between = {"kind": "between", "field": "/from", "from": "1990-01-01", "to": "today"}
    assert outcome(between, {"from": "2020-05-01"})[0][0]
    assert not outcome(between, {"from": "2920-05-01"})[0][0]


def test_check_digits_tell_a_misread_account_from_a_true_one() -> None:
    iban, vat = FORMAT_CHECKS["iban"], FORMAT_CHECKS["vat-id"]
    right, wrong = iban("DE89370400440532013000"), iban("DE89370400440532013001")
    assert right is not None
    assert right.passed
    assert wrong is not None
    assert not wrong.passed
    assert vat("12345") is None
    told = vat("ATU13585627")
    assert told is not None
    assert told.passed
