"""Fonts from Debian packages, those of the training set and those held out.

Packages: fonts-dejavu, fonts-liberation, fonts-freefont-ttf, fonts-urw-base35,
fonts-noto-core, fonts-open-sans, fonts-roboto-unhinted, fonts-linuxlibertine,
fonts-hack, fonts-firacode, fonts-paratype, fonts-quicksand, fonts-oldstandard and,
held out, fonts-lato, fonts-crosextra-caladea, fonts-crosextra-carlito,
fonts-inconsolata, fonts-ebgaramond, fonts-cantarell.
"""

import functools
import random
from pathlib import Path

from PIL import ImageFont

FONT_ROOT = Path("/usr/share/fonts")

_TRAIN = [
    "DejaVuSans",
    "DejaVuSans-Bold",
    "DejaVuSans-Oblique",
    "DejaVuSansCondensed",
    "DejaVuSansMono",
    "DejaVuSansMono-Bold",
    "DejaVuSerif",
    "DejaVuSerif-Bold",
    "DejaVuSerif-Italic",
    "LiberationMono-Regular",
    "LiberationMono-Bold",
    "LiberationSans-Regular",
    "LiberationSans-Bold",
    "LiberationSans-Italic",
    "LiberationSans-BoldItalic",
    "LiberationSansNarrow-Regular",
    "LiberationSansNarrow-Bold",
    "LiberationSerif-Regular",
    "LiberationSerif-Bold",
    "LiberationSerif-Italic",
    "LiberationSerif-BoldItalic",
    "FreeMono",
    "FreeMonoBold",
    "FreeSans",
    "FreeSansBold",
    "FreeSerif",
    "FreeSerifBold",
    "FreeSerifItalic",
    "NimbusMonoPS-Regular",
    "NimbusMonoPS-Bold",
    "NimbusRoman-Regular",
    "NimbusRoman-Bold",
    "NimbusRoman-Italic",
    "NimbusSans-Regular",
    "NimbusSans-Bold",
    "NimbusSans-Italic",
    "NimbusSansNarrow-Regular",
    "P052-Roman",
    "P052-Bold",
    "P052-Italic",
    "URWBookman-Light",
    "URWBookman-Demi",
    "URWGothic-Book",
    "URWGothic-Demi",
    "NotoSans-Regular",
    "NotoSans-Bold",
    "NotoSans-Italic",
    "NotoSerif-Regular",
    "NotoSerif-Bold",
    "NotoSerif-Italic",
    "NotoSansMono-Regular",
    "NotoSansMono-Bold",
    "OpenSans-Regular",
    "OpenSans-Bold",
    "OpenSans-Italic",
    "OpenSans-Semibold",
    "OpenSans-CondBold",
    "Roboto-Regular",
    "Roboto-Bold",
    "Roboto-Italic",
    "Roboto-Medium",
    "RobotoCondensed-Regular",
    "RobotoCondensed-Bold",
    "LinLibertine_R",
    "LinLibertine_RB",
    "LinLibertine_RI",
    "LinBiolinum_R",
    "LinBiolinum_RB",
    "Hack-Regular",
    "Hack-Bold",
    "FiraCode-Regular",
    "FiraCode-Bold",
    "PTS55F",
    "PTS75F",
    "PTS56F",
    "PTM55F",
    "PTF55F",
    "PTF75F",
    "Quicksand-Regular",
    "Quicksand-Bold",
    "OldStandard-Regular",
]
_HELD_OUT = [
    "Lato-Regular",
    "Lato-Bold",
    "Lato-Italic",
    "Caladea-Regular",
    "Caladea-Bold",
    "Caladea-Italic",
    "Carlito-Regular",
    "Carlito-Bold",
    "Carlito-Italic",
    "Inconsolata",
    "EBGaramond12-Regular",
    "EBGaramond12-Bold",
    "Cantarell-Regular",
    "Cantarell-Bold",
    "C059-Roman",
    "C059-Bold",
]


@functools.cache
def font_files(held_out: bool) -> tuple[Path, ...]:
    """Return the font files of one split, sorted by name; raises where hardly any is there."""
    by_stem = {path.stem: path for path in FONT_ROOT.rglob("*.[ot]tf")}
    found = tuple(by_stem[name] for name in (_HELD_OUT if held_out else _TRAIN) if name in by_stem)
    if len(found) < 4:
        raise FileNotFoundError(f"too few fonts under {FONT_ROOT}: see training/fonts.py")
    return found


@functools.lru_cache(maxsize=2048)
def load_font(path: Path, size: int) -> ImageFont.FreeTypeFont:
    """Return a font at `size` pixels per em, opened once."""
    return ImageFont.truetype(str(path), size, layout_engine=ImageFont.Layout.BASIC)


def pick_font(
    rng: random.Random, size: int, *, held_out: bool = False, variety: float = 1.0
) -> ImageFont.FreeTypeFont:
    """Return a random font of a split; `variety` 0…1 is the share of the split in use."""
    files = font_files(held_out)
    return load_font(files[rng.randrange(max(1, round(variety * len(files))))], size)
