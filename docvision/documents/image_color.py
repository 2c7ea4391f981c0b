"""Any Pillow mode to RGB, the way a viewer would show it: on white, scaled, never clipped."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image, ImageCms

_TRANSPARENT = frozenset({"RGBA", "RGBa", "LA", "La", "PA"})
_DEEP = frozenset({"I", "F", "I;16", "I;16L", "I;16B", "I;16N"})
_SIXTEEN_BITS = 65535


def to_rgb(image: Image.Image) -> Image.Image:
    """Return the picture in mode RGB.

    What is transparent is laid on white. 16 bits a channel are scaled to 8; whole numbers of 32
    bits and fractions are stretched from their least to their greatest. CMYK goes through the
    picture's own ICC profile where it has one that fits.
    """
    if image.mode in _DEEP:
        return _from_deep(image).convert("RGB")
    if image.mode in _TRANSPARENT or "transparency" in image.info:
        return _on_white(image.convert("RGBA"))
    if image.mode in ("CMYK", "LAB"):
        return _through_profile(image)
    return image if image.mode == "RGB" else image.convert("RGB")


def _on_white(image: Image.Image) -> Image.Image:
    white = Image.new("RGB", image.size, "white")
    white.paste(image, mask=image.getchannel("A"))
    return white


def _from_deep(image: Image.Image) -> Image.Image:
    values = np.nan_to_num(np.asarray(image, dtype=np.float32))
    low, high = _range(values, image.mode)
    scaled = (values - low) * (255.0 / max(high - low, 1e-12))
    return Image.fromarray(np.clip(np.rint(scaled), 0, 255).astype(np.uint8))


def _range(values: np.ndarray, mode: str) -> tuple[float, float]:
    if mode.startswith("I;16"):
        return 0.0, _SIXTEEN_BITS
    low, high = float(values.min()), float(values.max())
    # A 16-bit picture can come as 32-bit numbers; one that is all white must stay white.
    if mode == "I" and low >= 0 and 255 < high <= _SIXTEEN_BITS:
        return 0.0, _SIXTEEN_BITS
    if low >= 0 and high <= (255 if mode == "I" else 1):
        return 0.0, 255.0 if mode == "I" else 1.0
    return low, high


def _through_profile(image: Image.Image) -> Image.Image:
    embedded = image.info.get("icc_profile")
    try:
        source = (
            ImageCms.ImageCmsProfile(io.BytesIO(embedded))
            if embedded
            else ImageCms.createProfile("LAB")
            if image.mode == "LAB"
            else None
        )
        if source is not None:
            target = ImageCms.createProfile("sRGB")
            shown = ImageCms.profileToProfile(image, source, target, outputMode="RGB")
            if shown is not None:
                return shown
    except (ImageCms.PyCMSError, OSError):
        pass  # a broken profile, or one of another colour space: the plain formula serves
    return image.convert("RGB")
