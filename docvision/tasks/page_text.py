"""The blocks of a page from its surest reader: the text layer, or OCR and the model.

Every task that needs a document's words goes through `read_pages`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from docvision.documents.base import Document, Kind, PageInfo, TextLayer
from docvision.errors import InputError
from docvision.jobs.model import Problem
from docvision.reading.layout import blocks_of
from docvision.reading.text_layer import judge, without_hidden, words_of
from docvision.results.model import Block, Chart, Page, Source, Usage
from docvision.tasks.base import Tools, unread_page
from docvision.tasks.options import Reader
from docvision.tasks.page_charts import charts_on
from docvision.tasks.sight import Seen, Sight, check, read_sights
from docvision.views.reader import reader_size

THUMBNAIL_HEIGHT = 480
"""Pixels; enough to see where there is ink."""

DOUBTFUL = 0.3
"""Confidence in the words of a text layer that is not trusted."""

UNMAPPED = "\ufffd"
"""What stands for a character that a PDF does not say the meaning of."""

PAGES_AT_ONCE = 2
"""Pages whose lines go through OCR together: more lines of one width in a batch."""


@dataclass(frozen=True, kw_only=True)
class PageText:
    """A page as read with its charts, what the model spent, and why it was not read, if so."""

    index: int
    page: Page
    usage: Usage
    charts: tuple[Chart, ...] = ()
    problem: Problem | None = None


def read_pages(
    document: Document,
    indexes: Sequence[int],
    reader: Reader,
    tools: Tools,
    cancelled: Callable[[], bool],
) -> Iterator[PageText]:
    """Read pages; those with a trusted text layer at once, the others a few at a time.

    A page that cannot be read yields its problem and does not end the others.

    Raises:
        Cancelled: `cancelled()` was true.
    """
    waiting: dict[int, TextLayer] = {}
    for index in indexes:
        check(cancelled)
        try:
            layer = _layer(document, index)
            found = _from_layer(document, index, layer) if reader is Reader.AUTO else None
        except InputError as error:
            yield _unreadable(index, error)
            continue
        if found:
            yield found
        else:
            waiting[index] = layer
        if len(waiting) == PAGES_AT_ONCE:
            yield from _look(document, waiting, reader, tools, cancelled)
            waiting = {}
    if waiting:
        yield from _look(document, waiting, reader, tools, cancelled)


def _from_layer(document: Document, index: int, layer: TextLayer) -> PageText | None:
    """Return the page as its text layer has it, or None where that cannot be trusted."""
    if not layer.words:
        return None
    info = document.page(index)
    width = max(1, round(THUMBNAIL_HEIGHT * info.width / info.height))
    thumbnail = document.render(index, width, THUMBNAIL_HEIGHT)
    if not judge(layer, thumbnail).trusted:
        return None
    large = partial(document.render, index, *reader_size(info))
    words = words_of(without_hidden(layer, thumbnail, large))
    charts = charts_on(
        info,
        partial(document.render, index),
        thumbnail,
        words,
        source=Source.TEXT_LAYER,
        number=index + 1,
    )
    blocks = blocks_of(
        words,
        page=info,
        source=Source.TEXT_LAYER,
        rules=layer.rules,
        images=layer.images,
        charts=[chart.bbox for chart in charts],
    )
    return _page_text(index, info, Seen(blocks=blocks, charts=charts))


def _look(
    document: Document,
    layers: Mapping[int, TextLayer],
    reader: Reader,
    tools: Tools,
    cancelled: Callable[[], bool],
) -> Iterator[PageText]:
    """Look at pages together; where one cannot be drawn, at each that is left by itself."""
    left = list(layers)
    try:
        sights = [_sight(document, index, layer) for index, layer in layers.items()]
        for sight, seen in zip(sights, read_sights(sights, reader, tools, cancelled), strict=True):
            if not seen.blocks:
                seen = replace(seen, blocks=_last_resort(layers[left[0]], sight, reader))
            yield _page_text(left.pop(0), sight.info, seen)
    except InputError as error:
        if len(layers) == 1:
            yield from (_unreadable(index, error) for index in layers)
            return
        for index in left:
            yield from _look(document, {index: layers[index]}, reader, tools, cancelled)


def _last_resort(layer: TextLayer, sight: Sight, reader: Reader) -> tuple[Block, ...]:
    """Return what a distrusted text layer says where nobody else saw a word, as a doubtful guess.

    Such is a script that OCR does not know. Invisible words stay out: on a blank page they are
    somebody's mistake.
    """
    if reader is not Reader.AUTO:
        return ()
    visible = tuple(word for word in layer.words if not word.invisible)
    readable = tuple(word for word in visible if UNMAPPED not in word.text)
    words = [
        word.model_copy(update={"confidence": DOUBTFUL})
        for word in words_of(TextLayer(words=readable))
    ]
    return blocks_of(words, page=sight.info, source=Source.TEXT_LAYER, rules=sight.rules)


def _sight(document: Document, index: int, layer: TextLayer) -> Sight:
    return Sight(
        info=document.page(index),
        draw=partial(document.render, index),
        number=index + 1,
        rules=layer.rules,
        images=layer.images,
    )


def _layer(document: Document, index: int) -> TextLayer:
    # Only a PDF has one; not asking saves a short job a round trip.
    return document.text_layer(index) if document.info.kind is Kind.PDF else TextLayer()


def _page_text(index: int, info: PageInfo, seen: Seen) -> PageText:
    page = Page(
        number=index + 1, width=info.width, height=info.height, unit=info.unit, blocks=seen.blocks
    )
    return PageText(index=index, page=page, usage=seen.usage + Usage(pages=1), charts=seen.charts)


def _unreadable(index: int, error: InputError) -> PageText:
    problem = Problem.model_validate(error.to_wire())
    page = unread_page(index + 1, problem)
    return PageText(index=index, page=page, usage=Usage(), problem=problem)
