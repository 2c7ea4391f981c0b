"""DocVQA: questions over scanned pages.

Layout: `val_v1.0.json` (or `val_v1.0_withQT.json`) anywhere, its pictures in `documents` or in
`spdocvqa_images`. Where a set lies there in both forms its questions are taken once. The test set
has no answers and gives no cases.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from docvision.evaluation.cases import Case, Expected, Place
from docvision.evaluation.convert.common import pictures, read_json, relative, some


def docvqa(folder: Path, base: Path) -> Iterator[Case]:
    """Yield an `ask` case for each question with answers whose picture is there."""
    found = pictures(folder)
    files = sorted(path for path in folder.rglob("*.json") if "_v1.0" in path.name)
    some([str(path) for path in files], folder, "DocVQA")
    taken: set[int] = set()
    for path in files:
        for one in read_json(path)["data"]:
            picture = found.get(Path(one["image"]).stem)
            if picture and one.get("answers") and one["questionId"] not in taken:
                taken.add(one["questionId"])
                yield Case(
                    id=f"docvqa-{one['questionId']}",
                    file=relative(picture, base),
                    task="ask",
                    options={"questions": [one["question"]]},
                    expected=Expected(answers=tuple(one["answers"]), place=Place(page=1)),
                )
