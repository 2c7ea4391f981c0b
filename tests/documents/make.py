"""Makes the documents that the tests open: small, of known content, of every type."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pikepdf
import pillow_heif
from PIL import Image
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

pillow_heif.register_heif_opener()

Color = tuple[int, int, int]

RED, GREEN, BLUE, WHITE, BLACK = (
    (255, 0, 0),
    (0, 255, 0),
    (0, 0, 255),
    (255, 255, 255),
    (0, 0, 0),
)
PALETTE: tuple[Color, ...] = (
    (200, 30, 30),
    (30, 180, 40),
    (40, 60, 200),
    (220, 200, 40),
    (120, 40, 140),
    (30, 170, 180),
    (240, 240, 240),
    (20, 20, 20),
)


def pdf(path: Path, draw: Callable[[Canvas], None], size: tuple[float, float] = A4) -> Path:
    canvas = Canvas(str(path), pagesize=size)
    draw(canvas)
    canvas.save()
    return path


def pdf_pages(path: Path, pages: Sequence[Sequence[str]]) -> Path:
    def draw(canvas: Canvas) -> None:
        for lines in pages:
            for number, line in enumerate(lines):
                canvas.setFont("Helvetica", 11)
                canvas.drawString(60, 780 - 14 * number, line)
            canvas.showPage()

    return pdf(path, draw)


def edited(path: Path, edit: Callable[[pikepdf.Pdf], None], **save: object) -> Path:
    with pikepdf.open(path, allow_overwriting_input=True) as document:
        edit(document)
        document.save(path, **save)
    return path


def turned_and_cropped(path: Path, rotation: int) -> Path:
    """Words all over an A4 page, shown turned, with a margin cropped away on each side."""

    def draw(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", 24)
        for column in range(3):
            for row in range(8):
                canvas.drawString(90 + 150 * column, 120 + 80 * row, f"W{column}x{row}")
        canvas.drawString(5, 5, "hidden")

    def edit(document: pikepdf.Pdf) -> None:
        page = document.pages[0]
        page.Rotate = rotation
        page.CropBox = [50, 80, 560, 800]

    return edited(pdf(path, draw), edit)


def halves(size: tuple[int, int] = (40, 20), mode: str = "RGB") -> Image.Image:
    """The left half is red, the right half blue."""
    image = Image.new("RGB", size, RED)
    image.paste(BLUE, (size[0] // 2, 0, size[0], size[1]))
    return image.convert(mode)


def png_with_size(path: Path, width: int, height: int) -> Path:
    """A PNG of a few hundred bytes that says to be as large as asked, all of one colour."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        crc = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", crc)

    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    rows = zlib.compress(bytes(1024 * 1024), 9)
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    )
    return path


def tiff_with_size(path: Path, width: int, height: int) -> Path:
    """A TIFF that names a huge picture and holds none of it."""
    entries = [(256, 4, 1, width), (257, 4, 1, height), (258, 3, 1, 8), (259, 3, 1, 1)]
    entries += [(262, 3, 1, 1), (273, 4, 1, 8), (277, 3, 1, 1), (278, 4, 1, height), (279, 4, 1, 8)]
    directory = struct.pack("<H", len(entries))
    directory += b"".join(struct.pack("<HHII", *entry) for entry in entries)
    path.write_bytes(b"II*\x00" + struct.pack("<I", 16) + bytes(8) + directory + bytes(4))
    return path


def video(
    path: Path,
    *,
    codec: str = "libx264",
    format: str | None = None,
    seconds: int = 8,
    fps: int = 10,
    size: tuple[int, int] = (160, 96),
    keyframe_every: int = 20,
    rotation: int = 0,
    options: dict[str, str] | None = None,
) -> Path:
    """Each second shows its own colour of PALETTE (from the first again after eight)."""
    with av.open(str(path), "w", format=format, options=options or {}) as container:
        stream = container.add_stream(codec, rate=fps)
        stream.width, stream.height = size
        stream.pix_fmt = "yuv420p"
        stream.codec_context.gop_size = keyframe_every
        if rotation:
            stream.set_display_rotation(rotation)
        for number in range(seconds * fps):
            color = PALETTE[(number // fps) % len(PALETTE)]
            picture = np.empty((size[1], size[0], 3), np.uint8)
            picture[:] = color
            # A white corner, top left, to tell which way is up.
            picture[: size[1] // 4, : size[0] // 4] = WHITE
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts = number
            frame.time_base = Fraction(1, fps)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def noise(size: tuple[int, int] = (64, 48), seed: int = 7) -> Image.Image:
    values = np.random.default_rng(seed).integers(0, 256, (size[1], size[0], 3), np.uint8)
    return Image.fromarray(values)


def encoded(image: Image.Image, format: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, format, **options)
    return out.getvalue()
