"""The bars of nano on held-out fonts, templates and seeds, beside other readers.

Everything goes through docvision's own engine and reader, as it does in the product.
"""

import io
import json
import os
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from docvision.engines.base import Answer, Engine, Message, Picture, Request, Text
from docvision.engines.grammar import words_grammar
from docvision.engines.registry import load_engine
from docvision.evaluation.text import character_errors
from docvision.reading.ocr import Ocr
from docvision.settings import EngineSettings
from docvision.tasks.prompts import words_text
from training.example import Example
from training.extraction import asking, from_words, wanted_schema
from training.model import seeded
from training.regions import LEVELS, region
from training.render import draw_sheet, placed_words
from training.scoring import f1, value_counts

Say = Callable[[Sequence[Example]], Sequence[str]]


@dataclass(frozen=True, kw_only=True)
class Case:
    """An example with what its answer must look like, and its words."""

    example: Example
    schema: dict[str, Any]
    words: str


def load(folder: Path) -> Engine:
    """Return the engine of a checkpoint folder."""
    engine = load_engine(EngineSettings(model=str(folder)))
    if engine is None:
        raise FileNotFoundError(f"no checkpoint in {folder}")
    return engine


def answer(engine: Engine, cases: Sequence[Case]) -> list[str]:
    """Return the engine's answers under grammars of each document's own words."""
    requests = [
        Request(
            messages=(Message(role="user", parts=(Text(text=case.example.prompt),)),),
            grammar=words_grammar(case.words, case.schema),
            max_tokens=1024,
        )
        for case in cases
    ]
    return [one.text for one in ask_in_batches(engine, requests)]


def ask_in_batches(engine: Engine, requests: Sequence[Request], size: int = 16) -> list[Answer]:
    """Return the answers to many requests, some at a time."""
    answers: list[Answer] = []
    for start in range(0, len(requests), size):
        answers += engine.generate(requests[start : start + size])
    return answers


def measure_extraction(engine: Engine, count: int, *, read: bool) -> dict[str, float]:
    """Return value F1; with `read` the words come from RapidOCR on degraded renderings."""
    cases = read_cases(count) if read else [words_case(number) for number in range(count)]
    started = time.perf_counter()
    said = answer(engine, cases)
    seconds = time.perf_counter() - started
    counts = [
        value_counts(case.example.answer, text) for case, text in zip(cases, said, strict=True)
    ]
    fields, items = ([one[kind] for one in counts] for kind in ("fields", "items"))
    return {
        "value_f1": f1([*fields, *items]),
        "fields_f1": f1(fields),
        "items_f1": f1(items),
        "valid": sum(is_json(text) for text in said) / len(said),
        "seconds_each": seconds / len(said),
    }


def words_case(number: int) -> Case:
    """Return a case of a whole held-out document from its own words, some misread."""
    rng = seeded("eval", "words", number)
    made = from_words(rng, held_out=True, noise=0.004)
    return case_of(made.asked)


def read_cases(count: int) -> list[Case]:
    """Return extraction cases whose words a reader took from a picture of the page."""
    reader = Ocr()
    cases = []
    for number in range(count):
        rng = seeded("eval", "read", number)
        made = from_words(rng, held_out=True)
        pixels = draw_sheet(made.sheet, rng, held_out=True, faults=0.6)
        (words,) = reader.read([pixels])
        text = words_text(placed_words([(word.text, word.bbox) for word in words], pixels))
        cases.append(case_of(made.example(text)))
    return cases


def case_of(example: Example) -> Case:
    """Return an example with its schema and words, taken from its prompt and answer."""
    return Case(
        example=example,
        schema=wanted_schema(example.answer),
        words=example.prompt.rsplit("\n\n", 1)[0],
    )


def measure_answers(engine: Engine, count: int) -> dict[str, float]:
    """Return exact match of answerable questions, and the share of others refused."""
    cases = [
        case_of(asking(seeded("eval", "ask", number), 5.0, held_out=True))
        for number in range(count)
    ]
    said = answer(engine, cases)
    asked: list[bool] = []
    refused: list[bool] = []
    for case, text in zip(cases, said, strict=True):
        right = value_counts(case.example.answer, text)["fields"][0] == 1
        (refused if case.example.answer.endswith(": null}") else asked).append(right)
    return {"exact_match": float(np.mean(asked)), "refused": float(np.mean(refused))}


def region_examples(count: int, *, faults: bool) -> list[Example]:
    """Return held-out line pictures, clean or degraded."""
    hard = LEVELS[5] if faults else LEVELS[1]
    made = []
    for number in range(count):
        rng = seeded("eval", "region", number)
        width = (96, 160, 256, 384)[number % 4]
        clean = type(hard)(width=width, variety=1.0, faults=0.0, mixed=1.0, lines=1)
        made.append(region(rng, hard if faults else clean, width, held_out=True))
    return made


def measure_regions(readers: dict[str, Say], count: int) -> dict[str, float]:
    """Return the character error rate of each reader on the same crops."""
    found: dict[str, float] = {}
    for name, say in readers.items():
        for kind, faults in (("clean", False), ("degraded", True)):
            examples = region_examples(count, faults=faults)
            errors = [
                character_errors(example.answer, text)
                for example, text in zip(examples, say(examples), strict=True)
            ]
            edits, letters = (sum(column) for column in zip(*errors, strict=True))
            found[f"{name}_{kind}_cer"] = edits / letters
    return found


def nano_reads(engine: Engine) -> Say:
    """Return nano as a reader of regions; what it could not end it does not count as read."""

    def say(examples: Sequence[Example]) -> list[str]:
        requests = [
            Request(
                messages=(
                    Message(
                        role="user",
                        parts=(Picture(pixels=_pixels(one)), Text(text=one.prompt)),
                    ),
                ),
                max_tokens=96,
            )
            for one in examples
        ]
        replies = ask_in_batches(engine, requests, 32)
        return [reply.text if reply.finish == "stop" else "" for reply in replies]

    return say


def rapidocr_reads(examples: Sequence[Example]) -> list[str]:
    """Return what docvision's reader (RapidOCR) makes of line pictures."""
    pictures = [np.pad(_pixels(one), ((16, 16), (16, 16), (0, 0)), mode="edge") for one in examples]
    return [" ".join(word.text for word in words) for words in Ocr().read(pictures)]


def tesseract_reads(examples: Sequence[Example]) -> list[str]:
    """Return what tesseract (one text line, English) makes of line pictures."""
    return [_tesseract(_pixels(one)) for one in examples]


def _tesseract(pixels: Any) -> str:
    picture = io.BytesIO()
    Image.fromarray(pixels).save(picture, "PNG")
    done = subprocess.run(
        ["tesseract", "-", "-", "--psm", "7"],
        input=picture.getvalue(),
        capture_output=True,
        check=True,
        env={**os.environ, "OMP_THREAD_LIMIT": "1"},
    )
    return done.stdout.decode()


def measure_speed(engine: Engine) -> dict[str, float]:
    """Return regions a second in batches, and the milliseconds of one region alone."""
    examples = region_examples(64, faults=True)
    say = nano_reads(engine)
    say(examples[:4])
    started = time.perf_counter()
    say(examples)
    batched = len(examples) / (time.perf_counter() - started)
    started = time.perf_counter()
    for one in examples[:8]:
        say([one])
    return {
        "regions_per_second": batched,
        "region_alone_ms": (time.perf_counter() - started) / 8 * 1000,
    }


def is_json(text: str) -> bool:
    """Return whether an answer parses."""
    try:
        json.loads(text)
    except json.JSONDecodeError:
        return False
    return True


def _pixels(example: Example) -> Any:
    if example.image is None:
        raise ValueError("not a region example")
    return example.image
