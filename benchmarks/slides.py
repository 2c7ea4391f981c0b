"""A ten-minute slide recording: is every slide seen once, and when, and how fast is it decoded?

`python -m benchmarks.slides` films 40 slides (1280 x 720, 25 frames a second, H.264, fades, a
moving pointer, a speaker who never keeps still in a corner) and reads them as docvision does.
"""

from __future__ import annotations

import argparse
import random
import resource
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import av
import cv2
import numpy as np
from PIL import Image, ImageDraw
from rapidfuzz import fuzz

from docvision.documents.base import Pixels
from docvision.documents.sandbox import Sandbox
from docvision.local import Reader
from docvision.results.model import Page
from docvision.settings import EngineSettings, Limits, Settings
from docvision.views.scenes import THUMBNAIL, coarse_times
from training import text
from training.fonts import font_files, load_font
from training.model import seeded

WIDE, HIGH, FPS = 1280, 720, 25
FADE = 0.6
"""Seconds of a cross-fade; the slide that comes is whole when it ends."""
SAMPLED = 0.5
"""Seconds between two frames that docvision looks at."""
HEAD = (1040, 540, 1280, 720)
"""Where the speaker is seen: left, top, right, bottom."""


@dataclass(frozen=True, kw_only=True)
class Slide:
    """A slide: its title, its picture, and when it is whole on screen (seconds)."""

    title: str
    pixels: Pixels
    start: float
    end: float


def make_slides(count: int, seconds: float) -> list[Slide]:
    """Return slides of unequal length that fill the time."""
    rng = seeded("benchmarks", "slides")
    lengths = [rng.uniform(0.4, 1.6) for _ in range(count)]
    ends = np.cumsum(lengths) / sum(lengths) * seconds
    starts = [0.0, *ends[:-1]]
    return [
        Slide(title=title, pixels=pixels, start=float(start), end=float(end))
        for (title, pixels), start, end in zip(
            (draw(rng, number) for number in range(1, count + 1)), starts, ends, strict=True
        )
    ]


def draw(rng: random.Random, number: int) -> tuple[str, Pixels]:
    """Return a slide's title and picture."""
    page = Image.new("RGB", (WIDE, HIGH), (250, 249, 246))
    pen = ImageDraw.Draw(page)
    path = sorted(font_files(held_out=True))[0]
    title = f"{number}. {text.phrase(rng, 2, 4).title()}"
    pen.rectangle((0, 0, 16, HIGH), fill=(190, 70, 50))
    pen.text((80, 60), title, font=load_font(path, 46), fill=(25, 35, 45))
    for row in range(rng.randint(2, 5)):
        line = text.phrase(rng, 4, 8).capitalize()
        pen.text((110, 180 + 80 * row), line, font=load_font(path, 30), fill=(40, 50, 60))
    return title, np.asarray(page)


def film(slides: Sequence[Slide], target: Path) -> None:
    """Write the recording."""
    rng = np.random.default_rng(7)
    with av.open(target, "w", format="mp4") as container:
        track = container.add_stream("libx264", rate=FPS, options={"preset": "superfast"})
        track.width, track.height, track.pix_fmt = WIDE, HIGH, "yuv420p"
        track.codec_context.gop_size = 10 * FPS
        for number, pixels in enumerate(frames(slides)):
            speak(pixels, number, rng)
            point(pixels, number / FPS)
            container.mux(track.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        container.mux(track.encode())


def frames(slides: Sequence[Slide]) -> Iterator[Pixels]:
    """Yield the slides frame by frame, each fading into the next at its end."""
    for one, other in pairwise([*slides, slides[-1]]):
        for number in range(round(one.start * FPS), round(one.end * FPS)):
            part = (number / FPS - one.end + FADE) / FADE
            if part <= 0 or other is one:
                yield one.pixels.copy()
            else:
                yield cv2.addWeighted(other.pixels, part, one.pixels, 1 - part, 0)


def speak(pixels: Pixels, number: int, rng: np.random.Generator) -> None:
    """Draw a speaker who moves all the time."""
    left, top, right, bottom = HEAD
    pixels[top:bottom, left:right] = (70, 80, 95)
    sway = (rng.normal(0, 2) + 14 * np.sin(number / 9), rng.normal(0, 2) + 6 * np.cos(number / 7))
    x, y = int((left + right) / 2 + sway[0]), int((top + bottom) / 2 + sway[1])
    cv2.ellipse(pixels, (x, bottom), (86, 70), 0, 0, 360, (40, 60, 110), -1)
    cv2.circle(pixels, (x, y), 44, (215, 170, 145), -1)
    cv2.ellipse(pixels, (x, y + 20), (14, 3 + number % 9), 0, 0, 360, (120, 40, 40), -1)


def point(pixels: Pixels, seconds: float) -> None:
    """Draw the pointer."""
    x = int(620 + 380 * np.sin(0.45 * seconds) + 50 * np.sin(2.1 * seconds))
    y = int(380 + 230 * np.cos(0.6 * seconds))
    shape = np.array([[0, 0], [0, 25], [6, 20], [10, 29], [14, 27], [10, 18], [18, 18]])
    arrow = shape + np.array([x, y])
    cv2.fillPoly(pixels, [arrow.astype(np.int32)], (255, 255, 255))
    cv2.polylines(pixels, [arrow.astype(np.int32)], True, (20, 20, 20), 1, cv2.LINE_AA)


def decoding(path: Path) -> tuple[float, int]:
    """Return the processor seconds of looking for scenes in the whole video, and its frames."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with Sandbox(Limits(), size=1) as sandbox, sandbox.open(path) as document:
        duration = document.info.duration or 0.0
        count = sum(1 for _ in document.frames(coarse_times(duration), *THUMBNAIL))
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, count


def report(slides: Sequence[Slide], pages: Sequence[Page]) -> bool:
    """Print which slides were seen, and how well their times fit; return whether all were."""
    seen: dict[int, list[Page]] = {at: [] for at in range(len(slides))}
    strange = 0
    for page in pages:
        said = " ".join(block.text for block in page.blocks)
        likes = [fuzz.partial_ratio(slide.title, said) for slide in slides]
        best = int(np.argmax(likes))
        if likes[best] < 80:
            strange += 1
            print(f"  no slide: {page.time:.1f}-{page.until:.1f} s {said[:60]!r}")
        else:
            seen[best].append(page)
    once = sum(len(found) == 1 for found in seen.values())
    never = sum(not found for found in seen.values())
    print(f"seen once: {once} of {len(slides)}; never: {never}; no slide at all: {strange}")
    late = [
        max(0.0, (found[0].time or 0.0) - slides[at].start, slides[at].start - FADE
            - (found[0].time or 0.0))
        for at, found in seen.items() if found
    ]  # fmt: skip
    worst = max(late, default=0.0)
    print(f"worst start, beyond the fade: {worst:.2f} s (one sampled frame is {SAMPLED} s)")
    return once == len(slides) and not strange and worst <= SAMPLED + 1 / FPS


def main() -> None:
    """Film, decode, read."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--slides", type=int, default=40)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--file", type=Path, help="keep the recording here")
    options = parser.parse_args()
    slides = make_slides(options.slides, options.seconds)
    with tempfile.TemporaryDirectory() as folder:
        path = options.file or Path(folder) / "slides.mp4"
        if not path.exists():
            film(slides, path)
        cpu, count = decoding(path)
        ratio = options.seconds / cpu
        print(f"decoding: {count} frames looked at, {cpu:.1f} s of processor time for "
              f"{options.seconds:.0f} s of video: {ratio:.1f} times real time")  # fmt: skip
        settings = Settings(engine=EngineSettings(model="none"))
        with Reader(settings) as reader:
            pages = reader.read(path).documents[0].pages
    good = report(slides, pages)
    sys.exit(0 if good and ratio >= 20 else 1)


if __name__ == "__main__":
    main()
