"""Draw the papers in Chromium, wear them, and write the cases for `docvision eval`."""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
import cv2
import numpy as np
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.papers.paper import Paper, Question, papers, questions
from benchmarks.papers.wear import QUALITY, Warp, wear
from docvision.geometry import Box, clip

_BOXES = """() => Object.fromEntries([...document.querySelectorAll('[data-at]')].map((element) => {
  const range = document.createRange();
  range.selectNodeContents(element);
  const {left, top, right, bottom} = range.getBoundingClientRect();
  return [element.dataset.at, [left, top, right, bottom]];
}))"""
_A4 = 1123
"""CSS pixels down an A4 page that is 794 across."""

Boxes = Mapping[str, Box]
Places = Mapping[str, tuple[int, Box]]
"""The page of each value, from 1, and its box in fractions of it."""


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
def main(folder: Path) -> None:
    """Write the papers to FOLDER, with cases for `docvision eval`.

    `seen.jsonl` and `kept.jsonl` ask for what the papers say, `ask-seen.jsonl` and `ask-kept.jsonl`
    ask questions.
    """
    folder.mkdir(parents=True, exist_ok=True)
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        raise click.ClickException("the papers are drawn in Chromium: apt install chromium")
    cases: dict[str, list[str]] = {name: [] for name in ("seen", "kept", "ask-seen", "ask-kept")}
    files: dict[str, str] = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for paper in papers():
            case = _case(browser, paper, folder)
            files[paper.name] = case["file"]
            cases["kept" if paper.kept_back else "seen"].append(json.dumps(case) + "\n")
        browser.close()
    for at, question in enumerate(questions()):
        asked = _asked(question, at, files[question.paper])
        cases["ask-kept" if question.kept_back else "ask-seen"].append(json.dumps(asked) + "\n")
    for name, some in cases.items():
        (folder / f"{name}.jsonl").write_text("".join(some), encoding="utf-8")
        click.echo(f"{len(some)} cases: docvision eval {folder / name}.jsonl")


def _asked(question: Question, at: int, file: str) -> dict[str, Any]:
    """Return a question as a case."""
    expected: dict[str, Any] = {"answers": list(question.answers)}
    if question.page is not None:
        expected["place"] = {"page": question.page}
    return {
        "id": f"{question.paper}-{at}",
        "file": file,
        "task": "ask",
        "options": {"questions": [question.question]},
        "expected": expected,
    }


def _case(browser: Browser, paper: Paper, folder: Path) -> dict[str, Any]:
    """Write one paper; return its case, boxes in fractions of the page, origin top left."""
    page = browser.new_page(
        viewport={"width": paper.width, "height": paper.height}, device_scale_factor=2
    )
    if paper.worn == "pdf":
        page.emulate_media(media="print")
    page.set_content(paper.html)
    drawn: Boxes = page.evaluate(_BOXES)
    file, found = (_pdf if paper.worn == "pdf" else _picture)(page, paper, drawn, folder)
    page.close()
    places = {
        at: {"page": number, "bbox": [round(side, 4) for side in clip(box)]}
        for at, (number, box) in found.items()
    }
    return {
        "id": paper.name,
        "file": file.name,
        "task": "extract",
        "options": {"schema": paper.schema},
        "expected": {"data": paper.data, "places": places},
    }


def _pdf(page: Page, paper: Paper, drawn: Boxes, folder: Path) -> tuple[Path, Places]:
    file = folder / f"{paper.name}.pdf"
    pages = max(1, round(paper.height / _A4))
    page.pdf(
        path=file,
        width="794px",
        height=f"{_A4}px",
        print_background=True,
        page_ranges=f"1-{pages}",
    )
    return file, {at: _on_its_page(box, paper.width) for at, box in drawn.items()}


def _on_its_page(box: Box, wide: int) -> tuple[int, Box]:
    left, top, right, bottom = box
    before = int(top // _A4)
    down = before * _A4
    return before + 1, (left / wide, (top - down) / _A4, right / wide, (bottom - down) / _A4)


def _picture(page: Page, paper: Paper, drawn: Boxes, folder: Path) -> tuple[Path, Places]:
    shot = Image.open(io.BytesIO(page.screenshot(full_page=True))).convert("RGB")
    pixels, warp = wear(np.asarray(shot), paper.worn, np.random.default_rng(5))
    quality = QUALITY.get(paper.worn)
    file = folder / f"{paper.name}{'.jpg' if quality else '.png'}"
    Image.fromarray(pixels).save(file, quality=quality or 75)
    scale = shot.width / paper.width
    high, wide = pixels.shape[:2]
    return file, {at: (1, _moved(box, scale, warp, wide, high)) for at, box in drawn.items()}


def _moved(box: Box, scale: float, warp: Warp, wide: int, high: int) -> Box:
    left, top, right, bottom = (side * scale for side in box)
    corners = np.array(
        [[[left, top]], [[right, top]], [[right, bottom]], [[left, bottom]]], dtype=np.float32
    )
    seen = cv2.perspectiveTransform(corners, warp)[:, 0] / (wide, high)
    left, top, right, bottom = (*seen.min(0).tolist(), *seen.max(0).tolist())
    return left, top, right, bottom


if __name__ == "__main__":
    main()
