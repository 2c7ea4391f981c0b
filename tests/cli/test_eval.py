"""`docvision eval` measures a folder of cases with the real reader."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner
from PIL import Image, ImageDraw

from docvision.cli.eval import command
from docvision.cli.main import main
from docvision.evaluation.cases import Case, Expected, write_cases
from docvision.evaluation.rows import read_rows


@pytest.fixture
def dataset(tmp_path):
    """Two empty pages: nothing is expected of one, and something that is not there of the other."""
    cases = []
    for name, text in (("blank", ""), ("lost", "hello")):
        page = Image.new("RGB", (200, 100), "white")
        ImageDraw.Draw(page).line((10, 90, 190, 90), fill="white")
        page.save(tmp_path / f"{name}.png")
        cases.append(Case(id=name, file=f"{name}.png", task="ocr", expected=Expected(text=text)))
    write_cases(tmp_path / "d.jsonl", cases)
    return tmp_path / "d.jsonl"


def test_figures_rows_and_a_report_come_of_a_dataset(dataset):
    # when a dataset is measured
    rows, report = dataset.parent / "out" / "rows.jsonl", dataset.parent / "out" / "report.html"
    args = [str(dataset), "--model", "none", "--out", str(rows), "--report", str(report)]
    done = CliRunner().invoke(command, args)

    # then the figures are printed, and the rows and the report lie where they should
    assert done.exit_code == 0, done.output
    assert "ocr: 2 cases" in done.output
    assert "word_f1" in done.output
    assert [row.id for row in read_rows(rows)] == ["blank", "lost"]
    assert "<h3>lost</h3>" in report.read_text(encoding="utf-8")


def test_an_option_comes_before_the_dataset_too(dataset):
    done = CliRunner().invoke(command, ["--limit", "1", "--model", "none", str(dataset)])
    assert done.exit_code == 0, done.output
    assert "ocr: 1 cases" in done.output


def test_a_wrong_dataset_or_task_is_told_before_anything_is_loaded(dataset, capsys):
    for args in (["eval", str(dataset), "--task", "ask"],):
        with pytest.raises(SystemExit) as ended:
            main(args)
        assert ended.value.code == 2
        assert "no case of that task" in capsys.readouterr().err


def test_a_public_folder_becomes_a_dataset(tmp_path):
    (tmp_path / "png").mkdir()
    Image.new("RGB", (9, 9)).save(tmp_path / "png" / "1.png")
    questions = [{"imgname": "1.png", "query": "How many?", "label": "3"}]
    (tmp_path / "test_human.json").write_text(json.dumps(questions))
    to = tmp_path / "sets" / "c.jsonl"

    done = CliRunner().invoke(command, ["convert", "chartqa", str(tmp_path), "--to", str(to)])

    assert done.exit_code == 0, done.output
    assert "1 cases" in done.output
    assert json.loads(to.read_text())["file"] == "../png/1.png"
