"""Valid small files of every type, hostile ones made on purpose, and mutations of all of them."""

from __future__ import annotations

import io
import random
from collections.abc import Iterator, Mapping
from pathlib import Path

import pikepdf
from PIL import Image

from tests.documents import archives, make

EXTREMES = (b"\0\0\0\0", b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\xff\xff\xff\x7f", b"\0\0\0\1")
_PLAYLISTS = {
    "m3u8": b"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n",
    "ffconcat": b"ffconcat version 1.0\nfile '/etc/passwd'\n",
    "dash": b"<?xml version='1.0'?><MPD><BaseURL>file:///etc/passwd</BaseURL></MPD>",
    "sdp": b"v=0\no=- 0 0 IN IP4 127.0.0.1\nm=video 1 RTP/AVP 96\n",
}


def valid(folder: Path) -> dict[str, bytes]:
    """Return small valid files of every supported type, by name."""
    seeds: dict[str, bytes] = {}
    document = make.pdf_pages(folder / "a.pdf", [["Total due 37.31", "Thank you"], ["Page 2"]])
    seeds["pdf"] = document.read_bytes()
    with pikepdf.open(document) as opened:
        opened.save(folder / "b.pdf", encryption=pikepdf.Encryption(owner="o", user="u"))
    seeds["pdf locked"] = (folder / "b.pdf").read_bytes()
    for kind, options in {
        "PNG": {},
        "JPEG": {},
        "WEBP": {},
        "TIFF": {"compression": "tiff_lzw"},
        "GIF": {},
        "BMP": {},
        "HEIF": {},
        "AVIF": {},
    }.items():
        seeds[kind.lower()] = make.encoded(make.noise(), kind, **options)
    pictures = [make.noise(seed=seed).convert("P") for seed in range(5)]
    for kind in ("GIF", "TIFF"):
        out = io.BytesIO()
        pictures[0].save(out, kind, save_all=True, append_images=pictures[1:])
        seeds[f"{kind.lower()} pages"] = out.getvalue()
    for name, codec in {
        "mp4": "libx264",
        "mov": "libx264",
        "mkv": "libx264",
        "webm": "libvpx",
    }.items():
        clip = make.video(folder / f"a.{name}", codec=codec, seconds=2, size=(64, 48))
        seeds[name] = clip.read_bytes()
    files = {"in/a.png": seeds["png"], "b.pdf": seeds["pdf"], "c.txt": b"text"}
    seeds["zip"] = archives.zip_of(files)
    for mode in ("w", "w:gz", "w:bz2", "w:xz"):
        seeds[f"tar {mode}"] = archives.tar_of(files, mode)
    seeds["tar zst"] = archives.zst_of(files)
    seeds["7z"] = archives.seven_zip_of(files)
    seeds["7z locked"] = archives.seven_zip_of(files, "pass")
    return seeds


def made(folder: Path, seeds: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return hostile files that are made on purpose, by name."""
    found: dict[str, bytes] = {"zero bytes": b"", "one byte": b"\0"}
    for name, (width, height) in {
        "wide": (100_000, 100_000),
        "long": (2**31 - 1, 1),
        "square": (65_535, 65_535),
        "nothing": (0, 0),
    }.items():
        found[f"png {name}"] = make.png_with_size(folder / "x", width, height).read_bytes()
        found[f"tiff {name}"] = make.tiff_with_size(folder / "x", width, height).read_bytes()
    found["pdf of 10000 pages"] = _many_pages(folder / "many.pdf", seeds["pdf"], 10_000)
    found["pdf picture bomb"] = _picture_bomb(folder / "bomb.pdf")
    found["gif flood"] = _flood(4000)
    found |= {f"playlist {name}": data for name, data in _PLAYLISTS.items()}
    for name, data in _PLAYLISTS.items():
        found[f"playlist {name} in mp4"] = seeds["mp4"][:32] + data + seeds["mp4"][32:]
    found["zip overlapping"] = archives.overlapping_zip(copies=200, size=50_000_000)
    found["zip links"] = archives.zip_link()
    found["tar links"] = archives.links()
    found["tar bomb"] = archives.bomb(200 * 1024 * 1024)
    found["zip bomb"] = archives.zip_of({f"{n}": bytes(30_000_000) for n in range(10)})
    nested = seeds["png"]
    for depth in range(12):
        nested = archives.zip_of({f"{depth}.zip": nested})
    found["zip nested"] = nested
    found["zip of 20000 files"] = archives.zip_of({f"{n}": b"" for n in range(20_000)})
    found["zip wrong crc"] = archives.with_wrong_crc(seeds["zip"])
    found["zip locked"] = archives.locked_zip("a.pdf", seeds["pdf"])
    climbing = {"../../../tmp/hostile-was-here": b"x", "/tmp/hostile-was-here": b"x"}
    found["tar traversal"] = archives.tar_of(climbing)
    found["zip traversal"] = archives.zip_of(climbing)
    found["polyglot"] = seeds["pdf"] + seeds["zip"]
    found["polyglot picture"] = seeds["jpeg"] + seeds["pdf"]
    return found


def mutated(seeds: Mapping[str, bytes], count: int, seed: int) -> Iterator[tuple[str, bytes]]:
    """Yield so many mutations of valid files, each type in its turn."""
    dice = random.Random(seed)
    names = sorted(seeds)
    for number in range(count):
        name = names[number % len(names)]
        data = bytearray(seeds[name])
        for _ in range(dice.choice((1, 1, 2, 4))):
            data = _mutation(data, bytearray(seeds[dice.choice(names)]), dice)
        yield f"{name} #{number}", bytes(data)


def _mutation(data: bytearray, other: bytearray, dice: random.Random) -> bytearray:
    at, to = sorted(dice.randrange(len(data) + 1) for _ in range(2))
    near = dice.randrange(min(len(data), 256) + 1)
    extreme = bytearray(dice.choice(EXTREMES))
    return dice.choice(
        (
            lambda: data[:at],
            lambda: _flipped(data, dice),
            lambda: data[:at] + other[at:to] + data[to:],
            lambda: data[:at] + data[to:],
            lambda: data[:to] + data[at:],
            lambda: data[:near] + extreme + data[near + 4 :],
            lambda: data[:at] + extreme + data[at + 4 :],
            lambda: data[:at] + bytearray(dice.randbytes(min(64, to - at))) + data[to:],
            lambda: data + other,
        )
    )()


def _flipped(data: bytearray, dice: random.Random) -> bytearray:
    for _ in range(dice.choice((1, 4, 16, 64)) if data else 0):
        data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)
    return data


def _many_pages(path: Path, data: bytes, count: int) -> bytes:
    with pikepdf.open(io.BytesIO(data)) as document:
        page = document.pages[0]
        for _ in range(count - len(document.pages)):
            document.pages.append(page)
        document.save(path)
    return path.read_bytes()


def _picture_bomb(path: Path) -> bytes:
    """Return a PDF of a few KB that draws a picture of 400 million grey pixels."""
    document = pikepdf.new()
    document.add_blank_page(page_size=(300, 300))
    side = 20_000
    picture = pikepdf.Stream(document, bytes(1024 * 1024))
    picture.update(
        pikepdf.Dictionary(
            Type=pikepdf.Name.XObject,
            Subtype=pikepdf.Name.Image,
            Width=side,
            Height=side,
            BitsPerComponent=8,
            ColorSpace=pikepdf.Name.DeviceGray,
        )
    )
    page = document.pages[0]
    page.Resources = pikepdf.Dictionary(
        XObject=pikepdf.Dictionary(P=document.make_indirect(picture))
    )
    page.Contents = pikepdf.Stream(document, b"300 0 0 300 0 0 cm /P Do")
    document.save(path, compress_streams=True, recompress_flate=True)
    return path.read_bytes()


def _flood(frames: int) -> bytes:
    out = io.BytesIO()
    first, second = Image.new("P", (16, 16), 0), Image.new("P", (16, 16), 1)
    pictures = [second if number % 2 else first for number in range(frames)]
    first.save(out, "GIF", save_all=True, append_images=pictures)
    return out.getvalue()
