"""The task `chart`: data in every format, the model as second reader, honest refusals."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from reportlab.pdfgen.canvas import Canvas

from docvision.documents.base import Pixels
from docvision.documents.sandbox import Sandbox
from docvision.engines.base import Engine
from docvision.engines.scripted import Scripted
from docvision.errors import InvalidRequest
from docvision.pipeline import read_document
from docvision.results.model import BlockKind, ChartKind, DocumentResult, Result, Source, Word
from docvision.results.render import render
from docvision.settings import EngineSettings, Limits
from docvision.tasks.base import Tools
from docvision.tasks.options import validate_options
from docvision.tasks.registry import get_task
from tests.reading.plots import drawn, pdf_of

PORTS = ("North", "South", "East")
VALUES = (420, 130, 275)


class BlindOcr:
    """An OCR reader that sees no word."""

    def read(self, pictures: Sequence[Pixels], cancelled: Any = None) -> list[tuple[Word, ...]]:
        return [() for _ in pictures]


@pytest.fixture(scope="module")
def sandbox():
    pool = Sandbox(Limits(), size=1)
    yield pool
    pool.close()


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("chart") / "page.pdf"
    path.write_bytes(pdf_of(drawn(ChartKind.BAR, PORTS, VALUES)))
    return path


def read(
    sandbox: Sandbox, path: Path, engine: Engine | None = None, task: str = "chart", **options: Any
) -> DocumentResult:
    tools = Tools(
        engine=engine,
        ocr=BlindOcr(),  # type: ignore[arg-type]
        engine_settings=EngineSettings(),
        limits=Limits(),
    )
    with sandbox.open(path) as document:
        found, _ = read_document(
            path.name, document, get_task(task), validate_options(task, options), tools
        )
    return found


def rendered(found: DocumentResult, format: str) -> str:
    result = Result(task="chart", model="none", documents=(found,))
    return render(result, format).data.decode()


def test_the_data_comes_as_json_csv_and_markdown(sandbox: Sandbox, page: Path) -> None:
    found = read(sandbox, page)

    (chart,) = found.charts
    assert (chart.page, chart.kind) == (1, ChartKind.BAR)
    rows = [line.split(",") for line in rendered(found, "csv").split()]
    assert [row[0] for row in rows[1:]] == list(PORTS)
    assert [float(row[1]) for row in rows[1:]] == pytest.approx(VALUES, rel=0.03)
    assert "*Chart:* Visitors" in rendered(found, "md")
    assert "| North |" in rendered(found, "md")
    assert "<figcaption>Visitors</figcaption>" in rendered(found, "html")


def test_ocr_notes_the_chart_at_its_place_in_the_text(sandbox: Sandbox, page: Path) -> None:
    found = read(sandbox, page, task="ocr")

    kinds = [block.kind for block in found.pages[0].blocks]
    assert kinds.count(BlockKind.CHART) == 1
    at = kinds.index(BlockKind.CHART)
    assert BlockKind.PARAGRAPH in kinds[:at]
    assert BlockKind.CAPTION in kinds[at:]


def test_a_part_of_the_page_can_be_named(sandbox: Sandbox, page: Path) -> None:
    (whole,) = read(sandbox, page).charts
    found = read(sandbox, page, bbox=whole.bbox)
    nothing = read(sandbox, page, bbox=(0.0, 0.9, 1.0, 1.0))

    assert [chart.bbox for chart in found.charts] == [whole.bbox]
    assert nothing.charts == ()


@pytest.mark.parametrize("bbox", [(0.5, 0.1, 0.4, 0.9), (0, 0, 2, 1), (0, 0, 1)])
def test_a_part_that_is_none_is_refused(bbox: tuple[float, ...]) -> None:
    with pytest.raises(InvalidRequest, match="bbox"):
        validate_options("chart", {"bbox": bbox})


def test_a_model_that_agrees_makes_sure(sandbox: Sandbox, page: Path) -> None:
    said = "Port,Visitors\nNorth,420\nSouth,130\nEast,275"

    (alone,) = read(sandbox, page).charts
    (chart,) = read(sandbox, page, Scripted({"answers": [{"text": said}]})).charts

    assert chart.confidence > max(0.95, alone.confidence)
    assert chart.source is Source.TEXT_LAYER
    assert all(point.bbox for point in chart.series[0].points)


def test_a_model_that_disagrees_is_for_a_person_to_judge(sandbox: Sandbox, page: Path) -> None:
    said = "Port,Visitors\nNorth,20\nSouth,330\nEast,75"

    found = read(sandbox, page, Scripted({"answers": [{"text": said}]}))

    (chart,) = found.charts
    assert chart.source is Source.MODEL
    assert chart.confidence < 0.5
    assert [reason.code for reason in chart.review] == ["uncertain"]
    assert Result(task="chart", model="scripted", documents=(found,)).needs_review


@pytest.mark.parametrize("said", ["I see a nice chart.", "", "a,b\nc,d"])
def test_an_answer_that_is_no_table_changes_nothing(
    sandbox: Sandbox, page: Path, said: str
) -> None:
    assert (
        read(sandbox, page, Scripted({"answers": [{"text": said}]})).charts
        == read(sandbox, page).charts
    )


WORDS_ONLY = {"reads": "nothing", "charts": True}
TABLE = '"category","value"\n"North","420"\n"South","130"\n"East","275"'


@pytest.fixture(scope="module")
def dots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Numbers above their ports, and no mark that could be measured."""
    path = tmp_path_factory.mktemp("chart") / "dots.pdf"
    canvas = Canvas(str(path), pagesize=(400, 300))
    for at, (port, value) in enumerate(zip(PORTS, VALUES, strict=True)):
        canvas.drawCentredString(80 + 120 * at, 40, port)
        canvas.drawCentredString(80 + 120 * at, 60 + value / 2, str(value))
    canvas.save()
    return path


def test_a_model_of_words_tells_a_chart_that_cannot_be_measured(
    sandbox: Sandbox, dots: Path
) -> None:
    whole = (0.0, 0.0, 1.0, 1.0)
    engine = Scripted(
        {
            "profile": WORDS_ONLY,
            "answers": [{"text": TABLE, "when": "North  420\nSouth  130\nEast  275"}],
        }
    )

    assert read(sandbox, dots, bbox=whole).charts == ()
    (chart,) = read(sandbox, dots, engine, bbox=whole).charts

    assert [(point.x, point.y) for point in chart.series[0].points] == list(
        zip(PORTS, VALUES, strict=True)
    )
    assert chart.source is Source.MODEL
    assert chart.series[0].name is None
    assert chart.confidence < 0.8
    assert [reason.code for reason in chart.review] == ["uncertain"]


def test_a_page_of_text_is_no_chart_whatever_a_model_of_words_says(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    # given three numbers above three words, and far more words than such a chart has
    canvas = Canvas(str(tmp_path / "page.pdf"), pagesize=(400, 800))
    for at, (port, value) in enumerate(zip(PORTS, VALUES, strict=True)):
        canvas.drawCentredString(80 + 120 * at, 40, port)
        canvas.drawCentredString(80 + 120 * at, 60 + value / 2, str(value))
    for line in range(20):
        canvas.drawString(40, 400 + 18 * line, "The goods remain ours until paid in full.")
    canvas.save()
    engine = Scripted({"profile": WORDS_ONLY, "answers": [{"text": TABLE}]})

    whole = (0.0, 0.0, 1.0, 1.0)
    assert read(sandbox, tmp_path / "page.pdf", engine, bbox=whole).charts == ()


def test_a_model_of_words_is_not_asked_for_what_was_measured(sandbox: Sandbox, page: Path) -> None:
    engine = Scripted({"profile": WORDS_ONLY, "answers": []})

    assert read(sandbox, page, engine).charts == read(sandbox, page).charts


@pytest.fixture(scope="module")
def far_names(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Bars on a scale, whose ports stand too far below for the geometry to trust."""
    path = tmp_path_factory.mktemp("chart") / "far.pdf"
    canvas = Canvas(str(path), pagesize=(400, 400))
    canvas.setFontSize(10)
    for tick in range(0, 500, 100):
        canvas.drawRightString(50, 97 + tick / 2, str(tick))
    canvas.setFillColorRGB(0.12, 0.47, 0.71)
    for at, value in enumerate(VALUES):
        canvas.rect(90 + 100 * at, 100, 50, value / 2, stroke=0, fill=1)
    canvas.setFillColorRGB(0, 0, 0)
    for at, port in enumerate(PORTS):
        canvas.drawCentredString(115 + 100 * at, 40, port)
    canvas.save()
    return path


def test_a_model_of_words_names_what_was_measured_and_a_person_looks_at_it(
    sandbox: Sandbox, far_names: Path
) -> None:
    # given a chart whose values are measured and whose categories have no names
    whole = (0.0, 0.0, 1.0, 1.0)
    (bare,) = read(sandbox, far_names, bbox=whole).charts
    assert [point.x for point in bare.series[0].points] == ["1", "2", "3"]
    values = [point.y for point in bare.series[0].points]
    assert values == pytest.approx(VALUES, rel=0.02)

    # when a model of words is told the heights and says whose they are
    table = '"category","value"\n"North","~{}"\n"South","~{}"\n"East","~{}"'
    answers = [{"text": table.format(*(f"{value:.3g}" for value in values)), "when": "North  ~"}]
    engine = Scripted({"profile": WORDS_ONLY, "answers": answers})
    (chart,) = read(sandbox, far_names, engine, bbox=whole).charts

    # then the measured values have names and boxes, and the chart is to be looked at
    assert [(point.x, point.y) for point in chart.series[0].points] == list(
        zip(PORTS, values, strict=True)
    )
    assert all(point.bbox for point in chart.series[0].points)
    assert "uncertain" in [reason.code for reason in chart.review]

    # but one that tells other values names nothing
    answers[0]["text"] = table.format(420, 130, 99)
    (left,) = read(sandbox, far_names, Scripted({"profile": WORDS_ONLY, "answers": answers}),
                   bbox=whole).charts  # fmt: skip
    assert left == bare


def test_words_without_numbers_are_no_question(sandbox: Sandbox, page: Path) -> None:
    engine = Scripted({"profile": WORDS_ONLY, "answers": []})

    assert read(sandbox, page, engine, bbox=(0.0, 0.9, 1.0, 1.0)).charts == ()
