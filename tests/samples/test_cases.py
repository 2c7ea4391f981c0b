"""The dataset of the samples says what their expected content says."""

from __future__ import annotations

from docvision.evaluation.cases import load_cases


def test_the_dataset_agrees_with_what_is_expected(folder, expected):
    for case in load_cases(folder / "expected" / "cases.jsonl"):
        content = expected[case.file.removeprefix("../")]
        if case.task == "ocr":
            pages = content["pages"]
            lines = [line for page in pages for line in [*page["lines"], *page["furniture"]]]
            assert case.expected.text == "\n".join(line["text"] for line in lines)
        else:
            total = content["values"].get("gross_total", content["values"].get("total"))
            assert f"{case.expected.data['total']:.2f}" == total
            assert len(case.expected.data["line_items"]) == len(content["values"]["items"])
