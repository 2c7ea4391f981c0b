"""Charts with their data, drawn in many looks: for tests and benchmarks, and to train on.

Three hands draw: matplotlib, reportlab's graphics and plain Pillow, so that nothing is fitted to
the look of one of them. All is seeded.
"""

from __future__ import annotations

import io
import random
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from docvision.results.model import ChartKind
from training import text

Pixels = npt.NDArray[np.uint8]

_KINDS = (
    ChartKind.BAR,
    ChartKind.BAR,
    ChartKind.GROUPED_BAR,
    ChartKind.STACKED_BAR,
    ChartKind.LINE,
    ChartKind.LINE,
    ChartKind.PIE,
)
_PALETTES = (
    ("#1f77b4", "#ff7f0e", "#2ca02c", "#d62728", "#9467bd", "#8c564b", "#e377c2"),
    ("#4e79a7", "#f28e2b", "#e15759", "#76b7b2", "#59a14f", "#edc948", "#b07aa1"),
    ("#003f5c", "#ffa600", "#bc5090", "#58508d", "#ff6361", "#2f9e9e", "#7a9e2f"),
    ("#4472c4", "#ed7d31", "#a5a5a5", "#ffc000", "#5b9bd5", "#70ad47", "#264478"),
    ("#08306b", "#2171b5", "#6baed6", "#9ecae1", "#41ab5d", "#f16913", "#807dba"),
    ("#c0392b", "#2980b9", "#27ae60", "#f39c12", "#8e44ad", "#16a085", "#2c3e50"),
)
_CATEGORIES = (
    ("Q1", "Q2", "Q3", "Q4"),
    ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug"),
    ("North", "South", "East", "West", "Centre"),
    ("Germany", "France", "Italy", "Spain", "Poland", "Austria"),
    ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    ("Books", "Music", "Games", "Films", "Toys"),
    ("Rail", "Road", "Air", "Sea"),
    ("18-24", "25-34", "35-44", "45-54", "55-64"),
    ("Coal", "Gas", "Wind", "Solar", "Hydro", "Nuclear"),
)
_NAMES = (
    ("2023", "2024", "2025"),
    ("Online", "Shops", "Export"),
    ("Men", "Women", "Children"),
    ("Plan", "Actual", "Forecast"),
    ("Import", "Export", "Transit"),
)
_TITLES = ("Revenue by quarter", "Visitors", "Output of the plant", "Share of sales", "Units sold")
_Y_TITLES = ("Revenue in EUR", "Visitors", "Share (%)", "Tonnes", "Units", "Million EUR")


@dataclass(frozen=True, kw_only=True)
class DrawnChart:
    """What a chart shows: `values[s][c]` is series s at category c, all of one length."""

    kind: ChartKind
    title: str | None
    categories: tuple[str, ...]
    names: tuple[str, ...]
    values: tuple[tuple[float, ...], ...]
    y_title: str | None
    labels: bool
    horizontal: bool
    palette: tuple[str, ...]


def draw_data(rng: random.Random, *, labels: bool) -> DrawnChart:
    """Return the random data of a chart; with `labels` its values are written in it."""
    kind = rng.choice(_KINDS)
    several = kind in (ChartKind.GROUPED_BAR, ChartKind.STACKED_BAR)
    count = rng.randint(2, 3) if several else rng.randint(1, 3) if kind is ChartKind.LINE else 1
    categories = _categories(rng, 6 if kind is ChartKind.PIE else 4 if several else 8)
    names = rng.choice(_NAMES)[:count] if count > 1 else (rng.choice(("Sales", "Count", "Total")),)
    palette = list(rng.choice(_PALETTES))
    if rng.random() < 0.5:
        rng.shuffle(palette)
    return DrawnChart(
        kind=kind,
        title=rng.choice(_TITLES) if rng.random() < 0.8 else None,
        categories=categories,
        names=names,
        values=_values(rng, kind, count, len(categories)),
        y_title=rng.choice(_Y_TITLES) if rng.random() < 0.5 else None,
        labels=labels,
        horizontal=kind in (ChartKind.BAR, ChartKind.GROUPED_BAR, ChartKind.STACKED_BAR)
        and rng.random() < 0.25,
        palette=tuple(palette),
    )


def _categories(rng: random.Random, most: int) -> tuple[str, ...]:
    if rng.random() < 0.2:
        first = rng.randint(1995, 2020)
        return tuple(str(first + at) for at in range(rng.randint(3, most)))
    if rng.random() < 0.2:
        made = dict.fromkeys(text.word(rng).title() for _ in range(most + 4))
        short = [word for word in made if word.isascii() and 2 < len(word) < 10]
        if len(short) >= 3:
            return tuple(short[:most])
    known = rng.choice(_CATEGORIES)
    return known[: rng.randint(3, min(most, len(known)))]


def _values(
    rng: random.Random, kind: ChartKind, count: int, length: int
) -> tuple[tuple[float, ...], ...]:
    top = rng.choice((10, 50, 100, 500, 1000, 20_000))
    digits = 1 if top <= 100 and rng.random() < 0.5 else 0
    if kind is ChartKind.PIE:
        parts = [rng.uniform(0.12, 1.0) for _ in range(length)]
        return (tuple(round(100 * part / sum(parts), 1) for part in parts),)
    drawn = tuple(
        tuple(round(rng.uniform(0.1, 1.0) * top, digits) for _ in range(length))
        for _ in range(count)
    )
    if digits == 0:
        return tuple(tuple(float(max(1, value)) for value in series) for series in drawn)
    return drawn


def number_text(value: float) -> str:
    """Return a value as its label shows it."""
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.1f}"


def draw_with_matplotlib(
    chart: DrawnChart, rng: random.Random, *, dpi: int = 110, format: str = "raw"
) -> Pixels | bytes:
    """Return the picture of a chart, RGB (height, width, 3), or a PDF page for `format="pdf"`."""
    # Slow to import, and only here.
    import matplotlib as mpl  # noqa: PLC0415

    mpl.use("Agg")
    from matplotlib import pyplot as plt  # noqa: PLC0415

    with plt.style.context(_look(rng)):
        figure, axes = plt.subplots(
            figsize=(rng.uniform(5.0, 7.5), rng.uniform(3.4, 4.8)), dpi=dpi, layout="constrained"
        )
        try:
            if chart.kind is ChartKind.PIE:
                _mpl_pie(axes, chart, rng)
            elif chart.kind is ChartKind.LINE:
                _mpl_lines(axes, chart, rng)
            else:
                _mpl_bars(axes, chart, rng)
            if chart.title:
                axes.set_title(chart.title)
            return _mpl_picture(figure, format)
        finally:
            plt.close(figure)


def _look(rng: random.Random) -> dict[str, Any]:
    grid = rng.random() < 0.6
    return {
        "font.family": rng.choice(("DejaVu Sans", "DejaVu Serif", "Liberation Sans")),
        "font.size": rng.choice((9, 10, 11)),
        "axes.grid": grid,
        "axes.grid.axis": "y" if rng.random() < 0.6 else "both",
        "axes.axisbelow": True if rng.random() < 0.6 else "line",
        "grid.linestyle": rng.choice(("-", "--", ":")),
        "grid.color": rng.choice(("#b0b0b0", "#dddddd")),
        "axes.spines.top": rng.random() < 0.5,
        "axes.spines.right": rng.random() < 0.5,
        "axes.facecolor": rng.choice(("white", "white", "white", "#eaeaf2", "#f7f7f7")),
        "legend.frameon": rng.random() < 0.6,
    }


def _mpl_picture(figure: Any, format: str) -> Pixels | bytes:
    if format == "pdf":
        out = io.BytesIO()
        figure.savefig(out, format="pdf")
        return out.getvalue()
    figure.canvas.draw()
    return np.ascontiguousarray(np.asarray(figure.canvas.buffer_rgba())[:, :, :3])


def _mpl_pie(axes: Any, chart: DrawnChart, rng: random.Random) -> None:
    values = chart.values[0]
    legend = rng.random() < 0.4
    sign = rng.choice(("%", " %", ""))
    wedges = axes.pie(
        values,
        labels=None if legend else chart.categories,
        colors=chart.palette,
        autopct=(lambda share: f"{share:.1f}{sign}") if chart.labels else None,
        pctdistance=rng.choice((0.6, 0.75)),
        startangle=rng.choice((0, 90, 140)),
        counterclock=rng.random() < 0.5,
        wedgeprops={"linewidth": rng.choice((0, 1)), "edgecolor": "white"},
    )[0]
    if legend:
        axes.legend(wedges, chart.categories, loc="center left", bbox_to_anchor=(1.0, 0.5))


def _mpl_lines(axes: Any, chart: DrawnChart, rng: random.Random) -> None:
    marker = rng.choice((None, "o", "s", "o"))
    width = rng.choice((1.5, 2.0, 2.5))
    for at, (name, values) in enumerate(zip(chart.names, chart.values, strict=True)):
        axes.plot(
            chart.categories,
            values,
            color=chart.palette[at],
            marker=marker,
            linewidth=width,
            label=name,
        )
        if chart.labels:
            for x, value in enumerate(values):
                axes.annotate(
                    number_text(value),
                    (x, value),
                    textcoords="offset points",
                    xytext=(0, 7),
                    ha="center",
                    fontsize=8,
                )
    if rng.random() < 0.7:
        axes.set_ylim(0, 1.15 * max(max(series) for series in chart.values))
    _mpl_rest(axes, chart, rng)


def _mpl_bars(axes: Any, chart: DrawnChart, rng: random.Random) -> None:
    places = np.arange(len(chart.categories))
    stacked = chart.kind is ChartKind.STACKED_BAR
    whole = rng.uniform(0.55, 0.85)
    size = whole if stacked or len(chart.names) == 1 else whole / len(chart.names)
    base = np.zeros(len(places))
    for at, (name, values) in enumerate(zip(chart.names, chart.values, strict=True)):
        shift = 0.0 if stacked else (at - (len(chart.names) - 1) / 2) * size
        kwargs = {"color": chart.palette[at], "label": name}
        if chart.horizontal:
            bars = axes.barh(places + shift, values, size, left=base, **kwargs)
        else:
            bars = axes.bar(places + shift, values, size, bottom=base, **kwargs)
        if chart.labels:
            axes.bar_label(
                bars,
                [number_text(value) for value in values],
                label_type="center" if stacked else "edge",
                padding=0 if stacked else 2,
                fontsize=8,
                color="white" if stacked and rng.random() < 0.5 else "black",
            )
        if stacked:
            base = base + np.asarray(values)
    if chart.horizontal:
        axes.set_yticks(places, chart.categories)
        if rng.random() < 0.5:
            axes.invert_yaxis()
        axes.margins(x=0.12)
    else:
        axes.set_xticks(places, chart.categories)
        axes.margins(y=0.12)
    _mpl_rest(axes, chart, rng)


def _mpl_rest(axes: Any, chart: DrawnChart, rng: random.Random) -> None:
    """Put axis titles, the legend, and the numbers' format."""
    if len(chart.names) > 1 or rng.random() < 0.2:
        place = rng.choice(("best", "upper right", "outside", "below"))
        if place == "outside":
            axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
        elif place == "below":
            axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.12), ncols=len(chart.names))
        else:
            axes.legend(loc=place)
    value_axis = axes.xaxis if chart.horizontal else axes.yaxis
    if chart.y_title:
        (axes.set_xlabel if chart.horizontal else axes.set_ylabel)(chart.y_title)
    if max(max(series) for series in chart.values) >= 1000 and rng.random() < 0.6:
        value_axis.set_major_formatter("{x:,.0f}")
