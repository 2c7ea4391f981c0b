"""A page or a frame that has to be looked at, and its blocks as OCR and the model read them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from docvision.documents.base import PageInfo, Pixels
from docvision.engines.profile import Reads
from docvision.errors import Cancelled
from docvision.geometry import Box
from docvision.reading.ink import has_ink, has_little_ink
from docvision.reading.layout import blocks_of
from docvision.reading.rules import rules_of
from docvision.results.model import Block, Chart, Source, Usage, Word
from docvision.tasks.base import Draw, Tools
from docvision.tasks.options import Reader
from docvision.tasks.page_charts import charts_on
from docvision.tasks.second_look import look_again
from docvision.tasks.whole_page import PageReading, read_whole_page
from docvision.views.reader import reader_size


@dataclass(frozen=True, kw_only=True)
class Sight:
    """Something to look at. `rules` and `images` are what a PDF says is drawn on the page.

    Where it says nothing of rules, they are looked for in the picture. `number` is its page's.
    """

    info: PageInfo
    draw: Draw
    number: int = 1
    rules: tuple[Box, ...] = ()
    images: tuple[Box, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What was read on a sight: its blocks, the charts among them, and what the model spent."""

    blocks: tuple[Block, ...] = ()
    charts: tuple[Chart, ...] = ()
    usage: Usage = field(default_factory=Usage)


def read_sights(
    sights: Sequence[Sight], reader: Reader, tools: Tools, cancelled: Callable[[], bool]
) -> Iterator[Seen]:
    """Yield what is read on each sight.

    Their lines go through OCR together, which is faster than page by page. Then comes the model,
    as far as it can read: whole pages, doubtful lines only, or nothing. A blank page is shown to
    neither: there is nothing to read on it, and a model might invent something.

    Raises:
        Cancelled: `cancelled()` was true.
    """
    pictures = [sight.draw(*reader_size(sight.info)) for sight in sights]
    inked = [index for index, picture in enumerate(pictures) if has_ink(picture)]
    alone = reader is Reader.MODEL and _reads(tools, reader) is Reads.PAGE
    seen = {} if alone else _seen(pictures, inked, tools, cancelled)
    for index, sight in enumerate(sights):
        check(cancelled)
        if index not in inked:
            yield Seen()
            continue
        ruled = replace(sight, rules=sight.rules or rules_of(pictures[index]))
        if alone:
            yield _model_alone(ruled, pictures[index], tools, cancelled)
        else:
            yield _with_model(ruled, pictures[index], seen[index], reader, tools, cancelled)
        check(cancelled)


def check(cancelled: Callable[[], bool]) -> None:
    """Raise Cancelled if the work is no longer wanted."""
    if cancelled():
        raise Cancelled("The job was cancelled.")


def _seen(
    pictures: Sequence[Pixels],
    inked: Sequence[int],
    tools: Tools,
    cancelled: Callable[[], bool],
) -> dict[int, tuple[Word, ...]]:
    wanted = [pictures[index] for index in inked]
    words = tools.ocr.read(wanted, cancelled) if inked else []
    return dict(zip(inked, words, strict=True))


def _reads(tools: Tools, reader: Reader) -> Reads:
    if tools.engine is None or reader is Reader.OCR:
        return Reads.NOTHING
    return tools.engine.profile.reads


def _model_alone(
    sight: Sight, picture: Pixels, tools: Tools, cancelled: Callable[[], bool]
) -> Seen:
    if has_little_ink(picture) and not any(tools.ocr.read([picture], cancelled)):
        # Specks, punch holes, grain: a model might find words in them.
        return Seen()
    said = _ask(sight, None, tools, cancelled)
    if said.words:
        return _by_model(sight, picture, said)
    (words,) = tools.ocr.read([picture], cancelled)
    return _left(_laid_out(sight, picture, words, Source.OCR, said.usage), said)


def _with_model(
    sight: Sight,
    picture: Pixels,
    words: Sequence[Word],
    reader: Reader,
    tools: Tools,
    cancelled: Callable[[], bool],
) -> Seen:
    reads = _reads(tools, reader)
    if reads is Reads.PAGE and words:
        said = _ask(sight, words, tools, cancelled)
        if said.words:
            return _by_model(sight, picture, said)
        return _left(_laid_out(sight, picture, words, Source.OCR, said.usage), said)
    seen = _laid_out(sight, picture, words, Source.OCR, Usage())
    if reads is Reads.REGION and tools.engine:
        blocks, spent = look_again(
            sight.info, sight.draw, seen.blocks, tools.engine, tools.engine_settings, cancelled
        )
        return replace(seen, blocks=blocks, usage=spent)
    return seen


def _ask(
    sight: Sight, seen: Sequence[Word] | None, tools: Tools, cancelled: Callable[[], bool]
) -> PageReading:
    assert tools.engine is not None
    said = read_whole_page(
        sight.info, sight.draw, seen, tools.engine, tools.engine_settings, cancelled
    )
    # An answer that was broken off is no reason to ask OCR.
    check(cancelled)
    return said


def _by_model(sight: Sight, picture: Pixels, said: PageReading) -> Seen:
    return _left(_laid_out(sight, picture, said.words, Source.MODEL, said.usage), said)


def _left(seen: Seen, said: PageReading) -> Seen:
    """Return what was seen with the rung of the ladder that it was read on, if any."""
    if said.rung is None:
        return seen
    blocks = tuple(block.model_copy(update={"rung": said.rung}) for block in seen.blocks)
    return replace(seen, blocks=blocks)


def _laid_out(
    sight: Sight, picture: Pixels, words: Sequence[Word], source: Source, spent: Usage
) -> Seen:
    charts = charts_on(sight.info, sight.draw, picture, words, source=source, number=sight.number)
    blocks = blocks_of(
        words,
        page=sight.info,
        source=source,
        rules=sight.rules,
        images=sight.images,
        charts=[chart.bbox for chart in charts],
    )
    return Seen(blocks=blocks, charts=charts, usage=spent)
