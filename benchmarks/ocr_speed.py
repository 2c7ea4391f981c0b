"""How fast OCR reads a scanned document, beside plain RapidOCR on the same pages in the same run.

    python -m benchmarks.ocr_speed [--pages 20]

The pages are made here from fixed text: letters and lists at 200 dpi, a little turned, blurred
and noisy. Plain RapidOCR is called page by page with its default settings; ours is given as many
pages at once as the `ocr` task does. The two take turns, so that whatever else runs on the
machine slows both alike; the ratio is of the sums of their times.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont
from rapidocr import RapidOCR

from docvision.documents.base import Pixels
from docvision.reading.ocr import Ocr

WIDTH, HEIGHT = 1654, 2339
PAGES_AT_ONCE = 2
BAR = 1.3
PROSE = (  # noqa: SIM905 (a literal list could not be read)
    "The annual meeting of the cooperative was held on 14 March 2024 in the town hall of "
    "Lindenberg. Of the 312 members entitled to vote, 187 were present or represented by proxy; "
    "the quorum laid down in article 9 of the statutes was therefore reached. The chair, Ms. Helga "
    "Brandt, opened the meeting at 18:30 and thanked all those who had worked for the dairy "
    "through a difficult winter. Milk deliveries rose by 4.2 % to 18,450 tonnes, while the average "
    "price paid to farmers fell from 0.47 to 0.44 EUR per litre. The board proposes to carry "
    "forward a surplus of 128,906.55 EUR and to invest 75,000.00 EUR in a second cooling line. "
    "Invoice no. 2024-0871 of Kessler & Sons remains unpaid because the pump delivered on 2 "
    "February leaked at both flanges (see annex B, p. 12). The auditors found no fault with the "
    "accounts and recommend that the members discharge the board."
).split()
ITEMS = (
    ("Cooling pump, stainless", "2", "1,248.00"),
    ("Gasket set DN 50", "14", "36.40"),
    ("Inspection and report", "1", "890.00"),
    ("Milk filter, 100 pieces", "6", "58.75"),
    ("Travel and accommodation", "1", "412.30"),
)


def main() -> None:
    """Measure and print; exit 1 where ours is not 1.3 times as fast."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pages", type=int, default=20)
    count = parser.parse_args().pages
    drawn = [draw_page(number) for number in range(count)]
    pages, truth = [page for page, _ in drawn], [words for _, words in drawn]
    plain, ours = RapidOCR(params={"Global.log_level": "error"}), Ocr()
    plain(pages[0][:400, :, ::-1])
    ours.read([pages[0][:400]])
    spent = {"plain RapidOCR": 0.0, "docvision": 0.0}
    read: dict[str, list[list[str]]] = {name: [] for name in spent}
    for start in range(0, count, PAGES_AT_ONCE):
        some = pages[start : start + PAGES_AT_ONCE]
        began = time.perf_counter()
        read["plain RapidOCR"] += [plain_words(plain, page) for page in some]
        between = time.perf_counter()
        read["docvision"] += [[word.text for word in words] for words in ours.read(some)]
        spent["plain RapidOCR"] += between - began
        spent["docvision"] += time.perf_counter() - between
    ours.close()
    raise SystemExit(int(report(spent, read, truth, count) < BAR))


def report(
    spent: dict[str, float],
    read: dict[str, list[list[str]]],
    truth: Sequence[Sequence[str]],
    count: int,
) -> float:
    """Print speed and accuracy of both and how far their words agree; return the ratio."""
    for name, seconds in spent.items():
        accuracy = mean_f1(read[name], truth)
        print(f"{name:15} {count / seconds:6.3f} pages/s   word F1 {accuracy:.4f}")
    ratio = spent["plain RapidOCR"] / spent["docvision"]
    print(f"ratio {ratio:.2f}")
    both = (read["plain RapidOCR"], read["docvision"])
    print(f"words alike: F1 {mean_f1(*both):.4f}")
    print(f"of the words that plain RapidOCR reads right, docvision reads {kept(*both, truth):.4f}")
    return ratio


def kept(
    plain: Sequence[Sequence[str]], ours: Sequence[Sequence[str]], truth: Sequence[Sequence[str]]
) -> float:
    """Return the share of what plain RapidOCR reads right that ours reads as well."""
    right = shared = 0
    for theirs, mine, words in zip(plain, ours, truth, strict=True):
        correct = Counter(theirs) & Counter(words)
        right += correct.total()
        shared += (correct & Counter(mine)).total()
    return shared / max(1, right)


def plain_words(engine: RapidOCR, page: Pixels) -> list[str]:
    """Return what plain RapidOCR reads; it takes an array for BGR."""
    lines: tuple[str, ...] = getattr(engine(page[:, :, ::-1]), "txts", None) or ()
    return [word for line in lines for word in line.split()]


def mean_f1(found: Sequence[Sequence[str]], expected: Sequence[Sequence[str]]) -> float:
    """Return the mean over pages of the F1 of their words, each counted as often as it is there."""
    scores = []
    for some, wanted in zip(found, expected, strict=True):
        shared = sum((Counter(some) & Counter(wanted)).values())
        scores.append(2 * shared / max(1, len(some) + len(wanted)))
    return sum(scores) / len(scores)


def draw_page(number: int) -> tuple[Pixels, list[str]]:
    """Return a page that looks scanned, and the words on it."""
    image = Image.new("L", (WIDTH, HEIGHT), 250)
    draw = ImageDraw.Draw(image)
    font = ImageFont.load_default(size=30)
    words: list[str] = []

    def put(x: float, y: float, text: str) -> None:
        draw.text((x, y), text, font=font, fill=25)
        words.extend(text.split())

    put(160, 150, f"Dairy Cooperative Lindenberg - Minutes no. {number + 1}")
    y, at = 240.0, number * 23
    while y < HEIGHT - 420:
        line: list[str] = []
        while draw.textlength(" ".join([*line, PROSE[at % len(PROSE)]]), font=font) < WIDTH - 330:
            line.append(PROSE[at % len(PROSE)])
            at += 1
        put(160, y, " ".join(line))
        y += 78 if at % 5 == number % 5 else 46
    for name, pieces, price in ITEMS:
        put(160, y + 20, name)
        put(940, y + 20, pieces)
        put(1280, y + 20, price)
        y += 46
    return scanned(image, number), words


def scanned(image: Image.Image, seed: int) -> Pixels:
    """Turn a clean page a little, blur it and add noise; always alike for one seed."""
    random = np.random.default_rng(seed)
    angle = float(random.uniform(-0.6, 0.6))
    image = image.rotate(angle, resample=Image.Resampling.BICUBIC, fillcolor=250)
    image = image.filter(ImageFilter.GaussianBlur(0.6))
    noisy = np.asarray(image, dtype=np.float32) + random.normal(0, 7, (HEIGHT, WIDTH))
    gray = noisy.clip(0, 255).astype(np.uint8)
    return np.repeat(gray[:, :, None], 3, axis=2)


if __name__ == "__main__":
    main()
