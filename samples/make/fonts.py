"""The fonts of the samples: Debian's `fonts-liberation`, `fonts-crosextra-carlito`, `-caladea`,
`fonts-lato` and `fonts-paratype`, embedded as subsets in what is made.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

FOLDER = Path("/usr/share/fonts/truetype")
FILES = {
    "sans": "liberation/LiberationSans-Regular.ttf",
    "sans-bold": "liberation/LiberationSans-Bold.ttf",
    "narrow": "liberation/LiberationSansNarrow-Regular.ttf",
    "serif": "liberation/LiberationSerif-Regular.ttf",
    "serif-bold": "liberation/LiberationSerif-Bold.ttf",
    "serif-italic": "liberation/LiberationSerif-Italic.ttf",
    "carlito": "crosextra/Carlito-Regular.ttf",
    "carlito-bold": "crosextra/Carlito-Bold.ttf",
    "caladea": "crosextra/Caladea-Regular.ttf",
    "caladea-bold": "crosextra/Caladea-Bold.ttf",
    "caladea-italic": "crosextra/Caladea-Italic.ttf",
    "lato": "lato/Lato-Regular.ttf",
    "lato-bold": "lato/Lato-Bold.ttf",
    "lato-light": "lato/Lato-Light.ttf",
    "mono": "liberation/LiberationMono-Regular.ttf",
    "mono-bold": "liberation/LiberationMono-Bold.ttf",
    "receipt": "paratype/PTM55F.ttf",
    "receipt-bold": "paratype/PTM75F.ttf",
}


@dataclass(frozen=True, kw_only=True)
class Style:
    """How text is set: a name from `FILES`, the size in points and the colour."""

    font: str
    size: float
    color: str = "#1c1c1c"


def register() -> None:
    """Make the fonts known to reportlab; raises TTFError naming the one that is not installed."""
    for name, file in FILES.items():
        pdfmetrics.registerFont(TTFont(name, str(FOLDER / file)))


def width(text: str, style: Style) -> float:
    """Return how wide the text is in points."""
    return float(pdfmetrics.stringWidth(text, style.font, style.size))


def extent(style: Style) -> tuple[float, float]:
    """Return how far the font reaches above and below its baseline in points."""
    above, below = pdfmetrics.getAscentDescent(style.font, style.size)
    return float(above), float(-below)
