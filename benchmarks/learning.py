"""Does a model get better by what people correct? One supplier's receipts, from end to end.

`python -m benchmarks.learning` makes receipts of one look that nano does not know (a ferry's
counters with words of their own), sends some of them to a real stack, settles every value over REST
as a person would who has the paper in hand, exports the corrections, runs `docvision finetune` on
them, and `docvision eval` before and after on other receipts of that look. In the end the stack is
started with the tuned checkpoint switched on for `extract`. Exits 1 where after is not better.
"""

from __future__ import annotations

import argparse
import io
import json
import random
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import httpx

from docvision.evaluation.cases import Case, load_cases, write_cases
from docvision.evaluation.run import evaluate
from docvision.evaluation.summary import summarise
from docvision.evaluation.values import accepted
from docvision.local import Reader
from docvision.schemas.pointer import find
from docvision.settings import Settings
from docvision.stack.stack import Stack
from training import text
from training.cases.pages import write_pdf
from training.cases.truth import by_schema, seen_values
from training.model import seeded
from training.sheet import Sheet, text_width

WIDTH, LEFT, LEAD, SIZE = 420.0, 30.0, 22.0, 14.0
WAIT_SECONDS = 1800.0
GOODS = ("Adult, return", "Child, return", "Bicycle", "Dog", "Cabin bag", "Car up to 5 m", "Van",
         "Day pass", "Island map", "Breakfast", "Coffee", "Evening crossing")  # fmt: skip


def main() -> None:
    """Make, send, correct, learn, measure, switch on."""
    parser = argparse.ArgumentParser(description="What corrections teach.")
    parser.add_argument("--correct", type=int, default=50, help="Receipts that are corrected.")
    parser.add_argument(
        "--measure", type=int, default=20, help="Others, measured before and after."
    )
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--folder", type=Path, help="A new folder for all that is made.")
    chosen = parser.parse_args()
    folder = chosen.folder or Path(tempfile.mkdtemp(prefix="learning-"))
    learnt, others = folder / "learnt", folder / "others"
    make(learnt, range(chosen.correct))
    make(others, range(1000, 1000 + chosen.measure))
    with stack(folder / "data") as running:
        corrected = correct_all(running, load_cases(learnt / "cases.jsonl"), learnt)
        print(corrected, flush=True)
        export(running, folder / "corrections")
    before = evaluated(others / "cases.jsonl", "nano")
    run("finetune", folder / "corrections" / "cases.jsonl", "--to", folder / "tuned",
        "--held-out", "0", "--epochs", str(chosen.epochs))  # fmt: skip
    after = evaluated(others / "cases.jsonl", str(folder / "tuned"))
    for name, old in before.items():
        print(f"{name:<24} {old:.4f} -> {after[name]:.4f}")
    with stack(folder / "data", tuned=f"extract={folder / 'tuned'}") as running:
        print("with it switched on for extract:", *models(running, others))
    sys.exit(0 if after["value_f1"] > before["value_f1"] else "NOT BETTER")


def make(folder: Path, numbers: Sequence[int]) -> None:
    """Write receipts as PDFs, and `cases.jsonl` with what is on them."""
    folder.mkdir(parents=True)
    cases = []
    for number in numbers:
        sheet, file = receipt(seeded("learning", number)), f"receipt-{number:04}.pdf"
        (boxes,) = write_pdf([sheet], folder / file)
        expected = by_schema("receipt", seen_values(sheet, boxes))
        cases.append(
            Case(
                id=file, file=file, task="extract", options={"schema": "receipt"}, expected=expected
            )
        )
    write_cases(folder / "cases.jsonl", cases)


def receipt(rng: random.Random) -> Sheet:
    """Draw a receipt of the one look: its own words for everything, and items on two lines."""
    sheet = Sheet(width=WIDTH + 2 * LEFT)
    y = 30.0

    def line(*parts: tuple[str, str, str], right: bool = False) -> None:
        nonlocal y
        for number, (path, before, value) in enumerate(parts):
            wide = text_width(before + value, SIZE)
            x = LEFT + WIDTH - wide if right and number else LEFT + number * WIDTH / 2
            if path:
                sheet.put_value((path,), value, x, y, SIZE, before=before)
            else:
                sheet.put(before + value, x, y, SIZE)
        y += LEAD

    line(("", "Passage voucher of the fleet", ""))
    line(("receipt_number", "Voyage paper ", f"{rng.randint(10, 99)}/{rng.randint(1000, 9999)}"),
         ("", "Pier ", str(rng.randint(1, 9))))  # fmt: skip
    line(("issue_date", "Stamped ", text.written(text.past_day(rng), 0)),
         ("time", "at ", text.clock(rng)))  # fmt: skip
    line(("cashier", "Your purser: ", text.name(rng)))
    y += LEAD / 2
    total = 0.0
    for number, name in enumerate(rng.sample(GOODS, rng.randint(1, 5))):
        count, price = rng.randint(1, 6), rng.randint(90, 4900) / 100
        total += round(count * price, 2)
        path = ("line_items", number)
        sheet.put_value((*path, "description"), name, LEFT, y, SIZE)
        amount = f"{count * price:.2f}"
        x = LEFT + WIDTH - text_width(amount, SIZE)
        sheet.put_value((*path, "amount"), amount, x, y, SIZE)
        y += LEAD
        sheet.put_value((*path, "quantity"), str(count), LEFT + 20, y, SIZE, after=" head at")
        x = LEFT + 20 + text_width(f"{count} head at ", SIZE)
        sheet.put_value((*path, "unit_price"), f"{price:.2f}", x, y, SIZE)
        y += LEAD
    y += LEAD / 2
    tax = round(total * 0.1, 2)
    given = total + rng.choice((0.0, 0.5, 5.0, 12.5))
    sums = (("subtotal", "Bare fare", total - tax), ("tax", "Harbour dues", tax),
            ("total", "Settle at the pier", total), ("paid", "Handed over", given),
            ("change", "Into your palm", given - total))  # fmt: skip
    for path_name, label, value in sums:
        line(("", label, ""), (path_name, "", f"{value:.2f}"), right=True)
    y += LEAD / 2
    line(("seller", "", f"{rng.choice(('North', 'South', 'Isle'))} Strait Lines"),
         ("phone", "Ring us ", text.phone(rng)))  # fmt: skip
    line(("seller_street", "Moored at ", text.street(rng)))
    sheet.height = y + 40
    return sheet


def stack(data: Path, **engine: Any) -> Stack:
    """Return the service on these data; one worker, so that a benchmark is not a rush."""
    said = {"data_dir": data, "engine": engine, "api": {"port": 0}, "worker": {"processes": 1}}
    return Stack(Settings.model_validate(said))


def correct_all(running: Stack, cases: Sequence[Case], folder: Path) -> str:
    """Send all and settle every value; returns what was done, in words."""
    started, counts = time.monotonic(), {"accept": 0, "correct": 0, "absent": 0}
    with httpx.Client(base_url=running.url, timeout=120, trust_env=False) as http:
        jobs = [(case, send(http, folder / case.file)) for case in cases]
        for case, job in jobs:
            decisions = list(settled(wait(http, job), case))
            for decision in decisions:
                counts[decision["action"]] += 1
            answer = http.post(f"/v1/jobs/{job}/reviews", json={"decisions": decisions})
            answer.raise_for_status()
    words = ", ".join(f"{count} {name}" for name, count in counts.items())
    return f"{len(cases)} receipts: {words}; {time.monotonic() - started:.0f} s"


def send(http: httpx.Client, path: Path) -> str:
    """Send a receipt and return its job's id."""
    answer = http.post(
        "/v1/jobs",
        files={"file": (path.name, path.read_bytes())},
        data={"task": "extract", "options": json.dumps({"schema": "receipt"})},
    )
    answer.raise_for_status()
    return str(answer.json()["id"])


def wait(http: httpx.Client, job: str) -> dict[str, Any]:
    """Wait for a job's end and return its extraction."""
    deadline = time.monotonic() + WAIT_SECONDS
    while not (seen := http.get(f"/v1/jobs/{job}", params={"wait": 20}).json())["finished"]:
        if time.monotonic() > deadline:
            sys.exit(f"{job} is still {seen['state']}")
    result = http.get(f"/v1/jobs/{job}/result").json()
    extraction: dict[str, Any] = result["documents"][0]["extraction"]
    return extraction


def settled(extraction: dict[str, Any], case: Case) -> Iterator[dict[str, Any]]:
    """Yield what a person with the paper in hand decides about each value that was read.

    A list with too few or too many rows is written anew.
    """
    data, expected = extraction["data"], case.expected
    rows = expected.data["line_items"]
    if len(data["line_items"]) != len(rows):
        yield {"pointer": "/line_items", "action": "correct", "value": rows}
        data = {name: value for name, value in data.items() if name != "line_items"}
    for pointer in leaves(data):
        found, right = (next(v for _, v in find(one, pointer)) for one in (data, expected.data))
        if right is None:
            yield {"pointer": pointer, "action": "accept" if found is None else "absent"}
        elif accepted(right, found):
            yield {"pointer": pointer, "action": "accept"}
        else:
            decision = {"pointer": pointer, "action": "correct", "value": right}
            place = expected.places.get(pointer)
            if place is not None and place.bbox is not None:
                decision["words"] = {"page": 1, "boxes": [place.bbox], "quote": str(right)}
            yield decision


def leaves(value: Any, pointer: str = "") -> Iterator[str]:
    """Yield the JSON Pointers of all single values."""
    if isinstance(value, dict | list):
        inner = value.items() if isinstance(value, dict) else enumerate(value)
        for step, one in inner:
            yield from leaves(one, f"{pointer}/{step}")
    else:
        yield pointer


def export(running: Stack, folder: Path) -> None:
    """Fetch the data set, as the workbench does."""
    answer = httpx.get(f"{running.url}/v1/corrections", timeout=600, trust_env=False)
    answer.raise_for_status()
    zipfile.ZipFile(io.BytesIO(answer.content)).extractall(folder)


def evaluated(dataset: Path, model: str) -> dict[str, float]:
    """Return the figures of `docvision eval DATASET --model MODEL`."""
    settings = Settings.model_validate({"engine": {"model": model}})
    with Reader(settings) as reader:
        (summary,) = summarise(list(evaluate(reader, load_cases(dataset), dataset.parent)))
    return {name: figure.value for name, figure in summary.figures.items()}


def models(running: Stack, folder: Path) -> Iterator[str]:
    """Yield the model that a receipt is read by, and what it is for plain reading."""
    path = next(folder.glob("*.pdf"))
    with httpx.Client(base_url=running.url, timeout=120, trust_env=False) as http:
        job = send(http, path)
        wait(http, job)
        yield http.get(f"/v1/jobs/{job}/result").json()["model"]


def run(*words: object) -> None:
    """Run the `docvision` command."""
    subprocess.run([sys.executable, "-m", "docvision.cli", *map(str, words)], check=True)


if __name__ == "__main__":
    main()
