"""A ten-minute slide recording: is every slide seen once, and when, and how fast is it decoded?

`python -m benchmarks.slides` films 40 slides (1280 x 720, 25 frames a second, H.264, fades, a
pointer that moves and rests, a speaker who never keeps still in a corner) and reads them as
docvision does. Some slides differ from the one before by a single line or number, and some come
back later as they were. Filming takes minutes; `--file` keeps the film for the next time.
"""

from __future__ import annotations

import argparse
import random
import resource
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
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
from docvision.views.scenes import THUMBNAIL, sample_times
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


SAME_LINE = 85
"""Likeness (0-100) from which a line of a slide has been read."""


@dataclass(frozen=True, kw_only=True)
class Slide:
    """A slide: its lines, what only it says, and when it is whole on screen (seconds)."""

    lines: tuple[str, ...]
    key: str
    start: float = 0.0
    end: float = 0.0


def make_slides(count: int, seconds: float) -> list[Slide]:
    """Return slides of unequal length that fill the time."""
    rng = seeded("benchmarks", "slides")
    slides: list[Slide] = []
    while len(slides) < count:
        slides.append(_next(rng, slides))
    ends = np.cumsum([rng.uniform(0.4, 1.6) for _ in slides])
    starts = [0.0, *ends[:-1]]
    scale = seconds / ends[-1]
    return [
        replace(slide, start=float(start * scale), end=float(end * scale))
        for slide, start, end in zip(slides, starts, ends, strict=True)
    ]


def _next(rng: random.Random, slides: Sequence[Slide]) -> Slide:
    """Return a new slide; each fifth differs little from the one before, or is an older one."""
    kind = len(slides) % 20
    if kind == 5:
        return _with_number(slides[-1], rng)
    if kind == 10:
        line = text.phrase(rng, 3, 6).capitalize()
        return replace(slides[-1], lines=(*slides[-1].lines, line), key=line)
    if kind == 15:
        return slides[-7]
    title = f"{len(slides) + 1}. {text.phrase(rng, 2, 4).title()}"
    lines = [text.phrase(rng, 4, 8).capitalize() for _ in range(rng.randint(2, 4))]
    return _with_number(Slide(lines=(title, *lines, ""), key=title), rng, key=title)


def _with_number(slide: Slide, rng: random.Random, key: str | None = None) -> Slide:
    """Return a slide with another number on its last line."""
    line = f"Result: {rng.randint(100, 999) / 10:.1f} %"
    return replace(slide, lines=(*slide.lines[:-1], line), key=key or line)


@cache
def draw(lines: tuple[str, ...]) -> Pixels:
    """Return a slide's picture."""
    page = Image.new("RGB", (WIDE, HIGH), (250, 249, 246))
    pen = ImageDraw.Draw(page)
    path = sorted(font_files(held_out=True))[0]
    pen.rectangle((0, 0, 16, HIGH), fill=(190, 70, 50))
    pen.text((80, 60), lines[0], font=load_font(path, 46), fill=(25, 35, 45))
    for row, line in enumerate(lines[1:]):
        pen.text((110, 180 + 80 * row), line, font=load_font(path, 30), fill=(40, 50, 60))
    return np.asarray(page)


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
        here, there = draw(one.lines), draw(other.lines)
        for number in range(round(one.start * FPS), round(one.end * FPS)):
            part = (number / FPS - one.end + FADE) / FADE
            if part <= 0 or other is one:
                yield here.copy()
            else:
                yield cv2.addWeighted(there, part, here, 1 - part, 0)


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
    """Draw the pointer; of ten seconds it rests six."""
    rounds, within = divmod(seconds, 10)
    moved = 10 * rounds + max(0.0, within - 6) * 2.5
    x = int(620 + 380 * np.sin(0.45 * moved) + 50 * np.sin(2.1 * moved))
    y = int(380 + 230 * np.cos(0.6 * moved))
    shape = np.array([[0, 0], [0, 25], [6, 20], [10, 29], [14, 27], [10, 18], [18, 18]])
    arrow = shape + np.array([x, y])
    cv2.fillPoly(pixels, [arrow.astype(np.int32)], (255, 255, 255))
    cv2.polylines(pixels, [arrow.astype(np.int32)], True, (20, 20, 20), 1, cv2.LINE_AA)


def decoding(path: Path) -> tuple[float, int]:
    """Return the processor seconds of looking at the whole video as often as is done for scenes.

    Beside it stands how many frames were looked at.
    """
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with Sandbox(Limits(), size=1) as sandbox, sandbox.open(path) as document:
        times = sample_times(0.0, document.info.duration or 0.0)
        groups = [times[first : first + 240] for first in range(0, len(times), 240)]
        count = sum(1 for group in groups for _ in document.frames(group, *THUMBNAIL))
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, count


def report(slides: Sequence[Slide], pages: Sequence[Page]) -> bool:
    """Print which slides were seen, and how well their times fit; return whether all were."""
    seen: dict[int, list[Page]] = {at: [] for at in range(len(slides))}
    for page in pages:
        seen[max(seen, key=lambda at: _shared(slides[at], page))].append(page)
    once = 0
    worst = 0.0
    for at, found in seen.items():
        if len(found) == 1 and (missing := _missing(slides[at], found[0])) is None:
            once += 1
            time = found[0].time or 0.0
            worst = max(worst, time - slides[at].start, slides[at].start - FADE - time)
            continue
        span = f"slide {at + 1} ({slides[at].start:.1f}-{slides[at].end:.1f} s, {slides[at].key!r})"
        times = ", ".join(f"{page.time:.1f}-{page.until:.1f}" for page in found)
        print(f"  {span}: pages at [{times}]" + (f", not read: {missing!r}" if found else ""))
    print(f"seen once, with every line: {once} of {len(slides)}; pages: {len(pages)}")
    print(f"worst start, beyond the fade: {worst:.2f} s (one sampled frame is {SAMPLED} s)")
    return once == len(pages) == len(slides) and worst <= SAMPLED + 1 / FPS


def _shared(slide: Slide, page: Page) -> float:
    """Return how many seconds a page and a slide share."""
    return min(slide.end, page.until or 0.0) - max(slide.start, page.time or 0.0)


def _missing(slide: Slide, page: Page) -> str | None:
    """Return the first line of a slide that a page does not have; numbers must be exact."""
    read = [line.text for block in page.blocks for line in block.lines]
    for wanted in slide.lines:
        near = max(read, key=lambda one: fuzz.ratio(one, wanted), default="")
        if fuzz.ratio(near, wanted) < SAME_LINE or digits(near) != digits(wanted):
            return wanted
    return None


def digits(line: str) -> str:
    """Return the digits of a line."""
    return "".join(letter for letter in line if letter.isdigit())


def main() -> None:
    """Film, decode, read."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--slides", type=int, default=40)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--file", type=Path, help="keep the recording here, or take it from here")
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
        before = time.process_time(), time.monotonic()
        with Reader(Settings(engine=EngineSettings(model="none"))) as reader:
            pages = reader.read(path).documents[0].pages
        spent = time.process_time() - before[0]
        print(f"reading: {spent:.0f} s of processor time beside the decoding, "
              f"{time.monotonic() - before[1]:.0f} s in all")  # fmt: skip
    good = report(slides, pages)
    sys.exit(0 if good and ratio >= 20 else 1)


if __name__ == "__main__":
    main()
