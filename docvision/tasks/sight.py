"""A page or a frame that has to be looked at, and its blocks as OCR and the model read them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from docvision.documents.base import PageInfo
from docvision.engines.profile import Reads
from docvision.errors import Cancelled
from docvision.geometry import Box
from docvision.reading.layout import blocks_of
from docvision.results.model import Block, Source, Usage, Word
from docvision.tasks.base import Draw, Tools
from docvision.tasks.options import Reader
from docvision.tasks.second_look import look_again
from docvision.tasks.whole_page import read_whole_page
from docvision.views.reader import reader_size


@dataclass(frozen=True, kw_only=True)
class Sight:
    """Something to look at. `rules` and `images` are known of a PDF page, else empty."""

    info: PageInfo
    draw: Draw
    rules: tuple[Box, ...] = ()
    images: tuple[Box, ...] = ()


def read_sights(
    sights: Sequence[Sight], reader: Reader, tools: Tools, cancelled: Callable[[], bool]
) -> Iterator[tuple[tuple[Block, ...], Usage]]:
    """Yield each sight's blocks and what the model spent on them.

    Their lines go through OCR together, which is faster than page by page. Then comes the model,
    as far as it can read: whole pages, doubtful lines only, or nothing.

    Raises:
        Cancelled: `cancelled()` was true.
    """
    seen = tools.ocr.read([sight.draw(*reader_size(sight.info)) for sight in sights])
    for sight, words in zip(sights, seen, strict=True):
        check(cancelled)
        yield _with_model(sight, words, reader, tools, cancelled)
        check(cancelled)


def check(cancelled: Callable[[], bool]) -> None:
    """Raise Cancelled if the work is no longer wanted."""
    if cancelled():
        raise Cancelled("The job was cancelled.")


def _with_model(
    sight: Sight,
    words: Sequence[Word],
    reader: Reader,
    tools: Tools,
    cancelled: Callable[[], bool],
) -> tuple[tuple[Block, ...], Usage]:
    engine = None if reader is Reader.OCR else tools.engine
    reads = engine.profile.reads if engine else Reads.NOTHING
    spent = Usage()
    if engine and reads is Reads.PAGE:
        said, spent = read_whole_page(
            sight.info, sight.draw, words, engine, tools.engine_settings, cancelled
        )
        if said:
            return _blocks(sight, said, Source.MODEL), spent
    blocks = _blocks(sight, words, Source.OCR)
    if engine and reads is Reads.REGION:
        return look_again(sight.info, sight.draw, blocks, engine, tools.engine_settings, cancelled)
    return blocks, spent


def _blocks(sight: Sight, words: Sequence[Word], source: Source) -> tuple[Block, ...]:
    return blocks_of(words, page=sight.info, source=source, rules=sight.rules, images=sight.images)
