"""Extraction and question examples: a document's words, a schema, the JSON answer.

Difficulty runs from 0 to MAX_LEVEL: a few labelled lines first, then more lines and other
layouts, then whole documents, then whole documents as a reader misreads them.
"""

import json
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from docvision.schemas.library import get_schema
from docvision.tasks.prompts import extract_prompt
from training import text
from training.documents import (
    COLUMN_VALUES,
    COLUMNS,
    CONCEPT_VALUES,
    CONCEPTS,
    FORM_LABELS,
    MAKERS,
    Concept,
    draw_items,
    draw_look,
    key_of,
    put_items,
    put_pairs,
    template_of,
)
from training.example import Copy, Example
from training.sheet import Reading, Sheet, read_sheet

MAX_LEVEL = 5
ITEM_KEYS: dict[str, tuple[str, ...]] = {
    "description": ("description", "name", "item", "article"),
    "quantity": ("quantity", "qty", "count"),
    "unit_price": ("unit_price", "price", "unitPrice", "rate"),
    "amount": ("amount", "total", "line_total", "price_total"),
}
QUESTIONS = (
    "What is the {}?", "What is the {} on this document?", "{}?", "Which {} is given?",
    "Tell me the {}.", "Find the {}.", "What {} does it state?", "Please give the {}.",
)  # fmt: skip

Found = tuple[str, int | None]


class Answer:
    """A JSON answer being written, remembering where each copied value stands."""

    def __init__(self) -> None:
        """Start with nothing written."""
        self.text = ""
        self.copies: list[Copy] = []
        self.decisions: list[tuple[int, int]] = []

    def write(self, piece: str) -> None:
        """Write form: braces, keys, commas."""
        self.text += piece

    def decide(self, piece: str) -> None:
        """Write form that the model must choose: null, or whether a list goes on."""
        self.decisions.append((len(self.text), len(self.text) + len(piece)))
        self.text += piece

    def value(self, found: Found | None) -> None:
        """Write a value that was found, or null."""
        if found is None:
            self.decide("null")
            return
        # Whether there is a value at all is as much a decision as which.
        self.decide('"')
        escaped = json.dumps(found[0], ensure_ascii=False)[1:-1]
        start = len(self.text)
        self.text += escaped
        if found[1] is not None and escaped == found[0]:
            self.copies.append(Copy(start=start, end=len(self.text), source=found[1]))
        else:
            self.decisions.append((start, len(self.text)))
        self.text += '"'


def extraction(rng: random.Random, level: float, held_out: bool = False) -> Example:
    """Return an extraction example at a difficulty (fractions mix two neighbours)."""
    step = int(level) + (rng.random() < level % 1)
    if rng.random() < 0.3:
        step = rng.randint(0, step)
    if rng.random() < 0.15:
        return items_alone(rng, min(step, 3), held_out)
    if step <= 2 and rng.random() < 0.5:
        return concept_pairs(rng, step)
    if step <= 2:
        return _flat_example(rng, read_sheet(pairs_sheet(rng, step), rng))
    sheet, kind = document(rng, held_out, brief=step == 3)
    reading = read_sheet(sheet, rng, 0.004 if step >= MAX_LEVEL else 0.0)
    if kind == "form":
        return _flat_example(rng, reading)
    return _document_example(rng, reading, kind, items=0.4 if step >= 4 else 0.0)


def concept_pairs(rng: random.Random, step: int) -> Example:
    """Return a list of labelled fields of business papers, asked for under their keys.

    Short, and every line is asked for: the densest way to learn which key means which label.
    One list in four is a table's row as the product shows it, each cell under its heading.
    """
    concepts, values = CONCEPTS, CONCEPT_VALUES
    is_row = rng.random() < 0.25
    if is_row:
        concepts, values = COLUMNS, COLUMN_VALUES
    sheet, look = Sheet(), draw_look(rng)
    names = rng.sample(sorted(values), rng.randint(3, min((5, 8, 12)[step], len(values) - 2)))
    labels: dict[str, str] = {}
    for name in names:
        label = rng.choice(concepts[name].labels)
        if label not in labels.values():
            labels[name] = label
    rows = [(name, label, values[name](rng)) for name, label in labels.items()]
    how = "inline" if step == 0 else rng.choice(("inline", "column", "right", "below", "across"))
    put_pairs(sheet, rng, look, rows, 50, 50, "inline" if is_row else how, 400)
    asked = [*labels, *rng.sample(sorted(set(values) - set(names)), rng.choice((0, 1, 2)))]
    rng.shuffle(asked)
    return _asked_example(rng, read_sheet(sheet, rng), asked, None, concepts)


def items_alone(rng: random.Random, step: int, held_out: bool) -> Example:
    """Return a table or a receipt's list of 2 to 4 items (more later), asked for as a list."""
    sheet, look = Sheet(), draw_look(rng)
    items, _ = draw_items(rng, rng.randint(2, 4 + 2 * step), rng.choice(("us", "eu", "plain")))
    put_items(sheet, rng, look, items, 50, template_of(rng, held_out))
    reading = read_sheet(sheet, rng)
    return _write(reading, {}, "extract", _item_rows(rng, reading), noted=rng.random() < 0.5)


def asking(rng: random.Random, level: float, held_out: bool = False) -> Example:
    """Return questions over a document (one, if held out), one in five without an answer."""
    if level < 3:
        reading, kind = read_sheet(pairs_sheet(rng, int(level)), rng), "form"
    else:
        sheet, kind = document(rng, held_out, brief=level < 4)
        reading = read_sheet(sheet, rng, 0.004 if level >= MAX_LEVEL else 0.0)
    fields: dict[str, tuple[Found | None, str]] = {}
    for _ in range(1 if held_out else rng.randint(1, 5)):
        path = _asked_path(rng, reading, kind)
        fields[question_about(rng, path, kind)] = (reading.values.get((path,)), "")
    return _write(reading, fields, "ask", None)


def question_about(rng: random.Random, path: str, kind: str) -> str:
    """Return a question after a field, by its label or by what it means."""
    wording = path if kind == "form" else rng.choice(CONCEPTS[path].labels[:6])
    if kind != "form" and CONCEPTS[path].note and rng.random() < 0.5:
        wording = CONCEPTS[path].note
    return rng.choice(QUESTIONS).format(wording.lower() if rng.random() < 0.7 else wording)


def _asked_path(rng: random.Random, reading: Reading, kind: str) -> str:
    """Return the path to ask for: mostly one that is there."""
    there = [str(path[0]) for path in reading.values if len(path) == 1]
    everything = sorted(FORM_LABELS) if kind == "form" else KIND_FIELDS[kind]
    absent = [path for path in everything if path not in there]
    return rng.choice(absent if absent and (not there or rng.random() < 0.3) else there)


def document(rng: random.Random, held_out: bool, *, brief: bool = False) -> tuple[Sheet, str]:
    """Return a whole document and its kind; a brief one has two items or lines at most."""
    kind = rng.choice(sorted(MAKERS))
    template = template_of(rng, held_out)
    return (MAKERS[kind](rng, template, 2) if brief else MAKERS[kind](rng, template)), kind


def pairs_sheet(rng: random.Random, step: int) -> Sheet:
    """Return a sheet of labelled values: 2-4 short lines at step 0, more later."""
    sheet, look = Sheet(), draw_look(rng)
    count = rng.randint(2, 4) if step == 0 else rng.randint(3, 8 if step == 1 else 14)
    labels = rng.sample(sorted(FORM_LABELS), count)
    rows = [(label, label, _pair_value(rng, label, step)) for label in labels]
    how = "inline" if step == 0 else rng.choice(("inline", "inline", "column", "right"))
    if step >= 2:
        how = rng.choice(("inline", "column", "right", "below", "across"))
    put_pairs(sheet, rng, look, rows, 50, 50, how, 400)
    return sheet


def _pair_value(rng: random.Random, label: str, step: int) -> str:
    if step == 0 or rng.random() < 0.3:
        return text.phrase(rng, 1, 3) if rng.random() < 0.6 else str(rng.randint(1, 9999))
    return FORM_LABELS[label](rng)


@dataclass(frozen=True, kw_only=True)
class Made:
    """A document on a sheet, and the extraction that is asked of it."""

    sheet: Sheet
    asked: Example

    def example(self, words: str) -> Example:
        """Return the same task with a reader's words in place of the sheet's own."""
        task = self.asked.prompt.rsplit("\n\n", 1)[1]
        return replace(self.asked, prompt=f"{words}\n\n{task}", copies=(), decisions=())


def from_words(rng: random.Random, *, held_out: bool, noise: float = 0.0) -> Made:
    """Return a whole document together with its sheet, so that it can be drawn and read."""
    sheet, kind = document(rng, held_out)
    reading = read_sheet(sheet, rng, noise)
    if kind == "form":
        return Made(sheet=sheet, asked=_flat_example(rng, reading))
    return Made(sheet=sheet, asked=_document_example(rng, reading, kind, items=0.6))


def wanted_schema(answer: str) -> dict[str, Any]:
    """Return a schema with the fields of an answer, every leaf a string."""

    def shape(value: Any) -> dict[str, Any]:
        if isinstance(value, dict):
            return {"type": "object", "properties": {key: shape(one) for key, one in value.items()}}
        if isinstance(value, list):
            return {"type": "array", "items": shape(value[0])}
        return {"type": "string"}

    return shape(json.loads(answer))


def _flat_example(rng: random.Random, reading: Reading) -> Example:
    """Return an example that asks for most of the values of a form, and some absent ones."""
    labels = [str(path[0]) for path in reading.values]
    asked = rng.sample(labels, rng.randint(min(2, len(labels)), len(labels)))
    absent = [label for label in sorted(FORM_LABELS) if label not in labels]
    asked += rng.sample(absent, rng.choice((0, 1, 1, 2)))
    rng.shuffle(asked)
    keys = {label: key_of(label, rng) for label in asked}
    keys = {label: key for label, key in keys.items() if list(keys.values()).count(key) == 1}
    fields = {key: (reading.values.get((label,)), "") for label, key in keys.items()}
    return _write(reading, fields, "extract", None)


#: What a schema of each kind may ask for.
KIND_FIELDS: dict[str, list[str]] = {
    "receipt": [
        "seller", "seller_street", "phone", "issue_date", "time", "receipt_number", "cashier",
        "vat_id", "subtotal", "tax", "total", "paid", "change",
    ],
    "invoice": [
        "invoice_number", "issue_date", "due_date", "order_number", "customer_number", "seller",
        "seller_street", "buyer", "payment_terms", "subtotal", "tax", "total", "iban", "vat_id",
        "phone", "email",
    ],
    "letter": ["seller", "recipient", "issue_date", "reference", "subject", "signatory"],
}  # fmt: skip


def _document_example(rng: random.Random, reading: Reading, kind: str, *, items: float) -> Example:
    """Return an example with a schema of this kind of document, its keys in many wordings.

    Some ask as the product does for its own schemas: all the leaves, or the list alone.
    """
    how = rng.random()
    if how < 0.3:
        return _built_in_example(reading, kind)
    if how < 0.3 + items * 0.4 and (rows := _item_rows(rng, reading)):
        return _write(reading, {}, "extract", rows, noted=rng.random() < 0.5)
    names = KIND_FIELDS[kind]
    asked = [name for name in names if rng.random() < 0.7] or names[:3]
    if rng.random() < 0.4:
        rng.shuffle(asked)
    rows = _item_rows(rng, reading) if rng.random() < items else None
    return _asked_example(rng, reading, asked, rows)


def _asked_example(
    rng: random.Random,
    reading: Reading,
    asked: Sequence[str],
    rows: Sequence[Mapping[str, Found]] | None,
    concepts: Mapping[str, Concept] = CONCEPTS,
) -> Example:
    """Return an example that asks for concepts, each under one of its keys."""
    fields: dict[str, tuple[Found | None, str]] = {}
    for name in asked:
        concept = concepts[name]
        note = concept.note if rng.random() < 0.4 else ""
        fields.setdefault(_pick_key(rng, concept.keys), (reading.values.get((name,)), note))
    return _write(reading, fields, "extract", rows)


def _built_in_example(reading: Reading, kind: str) -> Example:
    """Return the question that the product asks for the leaves of a built-in schema."""
    fields: dict[str, tuple[Found | None, str]] = {}
    for leaf in get_schema(kind).shape.leaves:
        concept = next((name for name in CONCEPTS if leaf.key in CONCEPTS[name].keys), None)
        found = (
            _currency(reading) if leaf.key == "currency" else reading.values.get((concept or "",))
        )
        fields[leaf.key] = (found, leaf.about)
    return _write(reading, fields, "extract", None)


def _currency(reading: Reading) -> Found | None:
    """Return the sign or code that stands with the total."""
    total, at = reading.values.get(("total",), ("", None))
    for sign in text.CURRENCIES:
        if sign in total:
            return sign, None if at is None else at + total.index(sign)
    return None


def _pick_key(rng: random.Random, keys: Sequence[str]) -> str:
    """Return a key, the usual one half of the time."""
    return keys[0] if rng.random() < 0.5 else rng.choice(keys)


def _item_rows(rng: random.Random, reading: Reading) -> list[dict[str, Found]] | None:
    """Return line items with their columns under some of the usual keys."""
    count = 1 + max((int(path[1]) for path in reading.values if len(path) == 3), default=-1)
    if not count:
        return None
    columns = [
        column for column in ITEM_KEYS
        if all(("line_items", row, column) in reading.values for row in range(count))
    ]  # fmt: skip
    keys = {column: _pick_key(rng, ITEM_KEYS[column]) for column in columns}
    return [
        {keys[column]: reading.values[("line_items", row, column)] for column in columns}
        for row in range(count)
    ]


def _write(
    reading: Reading,
    fields: Mapping[str, tuple[Found | None, str]],
    task: str,
    rows: Sequence[Mapping[str, Found]] | None,
    *,
    noted: bool = False,
) -> Example:
    """Return the example: schema into the prompt, values into the answer."""
    schema: dict[str, Any] = {"type": "object", "properties": {}}
    for key, (_, note) in fields.items():
        schema["properties"][key] = {"type": "string", **({"description": note} if note else {})}
    answer = Answer()
    answer.write("{")
    for number, (key, (found, _)) in enumerate(fields.items()):
        answer.write(f'{", " if number else ""}"{key}": ')
        answer.value(found)
    if rows:
        schema["properties"]["line_items"] = _list_schema(rows[0], noted=noted)
        answer.write(f'{", " if fields else ""}"line_items": [')
        for number, row in enumerate(rows):
            answer.decide(", {" if number else "{")
            _write_row(answer, row)
        answer.decide("]")
    answer.write("}")
    return _finish(task, extract_prompt(reading.text, schema), answer)


def _list_schema(keys: Iterable[str], *, noted: bool) -> dict[str, Any]:
    """Return the schema of a list of items, with the product's descriptions or without any."""
    notes = {key: concept.note for concept in COLUMNS.values() for key in concept.keys}
    columns = {
        key: {"type": "string", **({"description": notes[key]} if noted else {})} for key in keys
    }
    about = {"description": "Goods and services, one item for each line"} if noted else {}
    return {"type": "array", "items": {"type": "object", "properties": columns}, **about}


def _write_row(answer: Answer, row: Mapping[str, Found]) -> None:
    for number, (key, found) in enumerate(row.items()):
        answer.write(f'{", " if number else ""}"{key}": ')
        answer.value(found)
    answer.write("}")


def _finish(task: str, prompt: str, answer: Answer) -> Example:
    return Example(
        task=task,
        prompt=prompt,
        answer=answer.text,
        copies=tuple(answer.copies),
        decisions=tuple(answer.decisions),
    )
