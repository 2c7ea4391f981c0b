"""How well tables were read: TEDS, the similarity of two tables' trees."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from apted import APTED, Config
from lxml import html
from rapidfuzz.distance import Levenshtein
from scipy.optimize import linear_sum_assignment

from docvision.evaluation.ratio import Ratio
from docvision.evaluation.text import one_spaced
from docvision.results.model import Table
from docvision.results.render.html import table_html

Html = str | Table
"""A table as HTML, or as the result has it."""


@dataclass(kw_only=True)
class Node:
    """A node of a table's tree: the table, a row, or a cell with its spans and its text."""

    tag: str
    spans: tuple[int, int] = (1, 1)
    text: str = ""
    children: list[Node] = field(default_factory=list)


class _Costs(Config):  # type: ignore[misc]  # apted is not typed
    """The costs of TEDS: 1 for a node more or less, for another tag or other spans."""

    def __init__(self, *, structure: bool) -> None:
        self._structure = structure

    def rename(self, one: Node, other: Node) -> float:
        """Return what it costs to make one node the other."""
        if one.tag != other.tag or one.spans != other.spans:
            return 1.0
        if self._structure or one.tag != "td" or one.text == other.text:
            return 0.0
        return float(Levenshtein.normalized_distance(one.text, other.text))

    def children(self, node: Node) -> list[Node]:
        """Return a node's children."""
        return node.children


def teds(expected: Html, found: Html) -> float:
    """Return the tree-edit-distance-based similarity of two tables, 0…1.

    `1 - d / max(|A|, |B|)`, d by APTED with a cost of 1 for adding, removing or changing a node,
    and for cells with equal spans the normalised edit distance of their texts.
    Source: Zhong et al., "Image-based table recognition", ECCV 2020. As usual since, header
    cells count as cells and `thead` and `tbody` do not count.
    """
    return _similarity(expected, found, structure=False)


def teds_structure(expected: Html, found: Html) -> float:
    """Return TEDS-S: TEDS without the texts, so rows, cells and spans alone."""
    return _similarity(expected, found, structure=True)


def score_tables(
    expected: Sequence[Html], found: Sequence[Html], score: Callable[[Html, Html], float] = teds
) -> Ratio:
    """Return the mean score of tables, paired to the greatest sum; one too few or many scores 0."""
    count = max(len(expected), len(found))
    if not (expected and found):
        return Ratio(0.0, count)
    scores = np.array([[score(one, other) for other in found] for one in expected])
    rows, columns = linear_sum_assignment(scores, maximize=True)
    return Ratio(float(scores[rows, columns].sum()), count)


def tree(table: Html) -> Node:
    """Return the tree of a table, or of the first one in HTML; an empty one where there is none."""
    text = table_html(table) if isinstance(table, Table) else table
    found = html.fragment_fromstring(text or " ", create_parent="div").find(".//table")
    if found is None:
        return Node(tag="table")
    return Node(tag="table", children=[_row(row) for row in found.iter("tr")])


def _row(row: html.HtmlElement) -> Node:
    return Node(tag="tr", children=[_cell(cell) for cell in row if cell.tag in ("td", "th")])


def _cell(cell: html.HtmlElement) -> Node:
    spans = (_span(cell.get("rowspan")), _span(cell.get("colspan")))
    return Node(tag="td", spans=spans, text=one_spaced(cell.text_content()))


def _span(text: str | None) -> int:
    return int(text) if text and text.isdigit() else 1


def _similarity(expected: Html, found: Html, *, structure: bool) -> float:
    one, other = tree(expected), tree(found)
    size = max(_size(one), _size(other))
    distance = APTED(one, other, _Costs(structure=structure)).compute_edit_distance()
    return float(max(0.0, 1 - distance / size))


def _size(node: Node) -> int:
    return 1 + sum(_size(child) for child in node.children)
