"""What a file is, told from its first bytes and never from its name.

Pure and light: the API imports this module, so it needs nothing beyond the standard library.
"""

from __future__ import annotations

from docvision.errors import Empty, UnsupportedType

HEAD_BYTES = 8192
"""No more than this many first bytes are ever looked at."""

PDF = "application/pdf"
PNG = "image/png"
JPEG = "image/jpeg"
WEBP = "image/webp"
TIFF = "image/tiff"
BMP = "image/bmp"
GIF = "image/gif"
HEIC = "image/heic"
AVIF = "image/avif"
MP4 = "video/mp4"
MOV = "video/quicktime"
MKV = "video/x-matroska"
WEBM = "video/webm"

IMAGES = frozenset({PNG, JPEG, WEBP, TIFF, BMP, GIF, HEIC, AVIF})
VIDEOS = frozenset({MP4, MOV, MKV, WEBM})
SUPPORTED = IMAGES | VIDEOS | {PDF}

ZIP = "application/zip"
TAR = "application/x-tar"
GZIP = "application/gzip"
BZIP2 = "application/x-bzip2"
XZ = "application/x-xz"
ZSTD = "application/zstd"
SEVEN_ZIP = "application/x-7z-compressed"

ARCHIVES = frozenset({ZIP, TAR, GZIP, BZIP2, XZ, ZSTD, SEVEN_ZIP})
"""What a batch can come in; a compressed file counts as an archive where it holds a tar."""
UNKNOWN = "application/octet-stream"

_PREFIXES: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"\xff\xd8\xff", JPEG),
    (b"GIF87a", GIF),
    (b"GIF89a", GIF),
    (b"II*\x00", TIFF),
    (b"MM\x00*", TIFF),
    (b"II+\x00", TIFF),
    (b"MM\x00+", TIFF),
)
_ARCHIVES: tuple[tuple[int, bytes, str, str], ...] = (
    (0, b"PK\x03\x04", ZIP, "ZIP"),
    (0, b"PK\x05\x06", ZIP, "ZIP"),
    (0, b"\x1f\x8b", GZIP, "gzip"),
    (0, b"7z\xbc\xaf\x27\x1c", SEVEN_ZIP, "7z"),
    (0, b"Rar!\x1a\x07", "", "RAR"),
    (0, b"BZh", BZIP2, "bzip2"),
    (0, b"\xfd7zXZ\x00", XZ, "xz"),
    (0, b"\x28\xb5\x2f\xfd", ZSTD, "zstd"),
    (257, b"ustar", TAR, "tar"),
)
_OFFICE = (b"[Content_Types].xml", b"_rels/", b"mimetype", b"META-INF/", b"docProps/")
"""How the first entry of an office document (OOXML, ODF, EPUB) is called; it is a ZIP inside."""
_HEIC_BRANDS = frozenset(
    {b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"hevm", b"hevs", b"mif1", b"msf1"}
)
_AVIF_BRANDS = frozenset({b"avif", b"avis"})
_QUICKTIME_ATOMS = frozenset({b"moov", b"mdat", b"wide", b"pnot"})
_BMP_HEADER_SIZES = frozenset({12, 16, 40, 52, 56, 64, 108, 124})
_EBML_DOCTYPE = b"\x42\x82"


def sniff(head: bytes) -> str:
    """Return the media type of a file that begins with `head` (its first 8 KiB are enough).

    Raises:
        Empty: There are no bytes.
        UnsupportedType: The bytes begin no type that docvision reads.
    """
    head = head[:HEAD_BYTES]
    if not head:
        raise Empty("The file is empty.")
    found = _by_prefix(head) or _iso_media(head) or _ebml(head) or _pdf(head)
    if found:
        return found
    archive = _archive(head)
    if archive:
        raise UnsupportedType(
            f"This is a {archive} file. Archives, and office documents that are archives inside, "
            "are not read as a document: send an archive as a batch.",
            found=archive,
        )
    raise UnsupportedType("The file is no PDF, picture or video that docvision reads.")


def archive_type(head: bytes) -> str | None:
    """Return the media type of an archive that begins with `head`, None for anything else.

    Office documents count as anything else: nobody wants the parts of a spreadsheet read.
    """
    for at, magic, media_type, _ in _ARCHIVES:
        if head[at : at + len(magic)] == magic:
            office = media_type == ZIP and head[30:].startswith(_OFFICE)
            return None if office else media_type or None
    return None


def planned_type(head: bytes) -> str:
    """Return the media type of a document or an archive; raises Empty, UnsupportedType."""
    return archive_type(head) or sniff(head)


def batch_type(head: bytes) -> str:
    """Return the media type of a file of a batch, UNKNOWN for what no job will be able to read."""
    try:
        return planned_type(head)
    except (Empty, UnsupportedType):
        return UNKNOWN


def _by_prefix(head: bytes) -> str | None:
    for magic, media_type in _PREFIXES:
        if head.startswith(magic):
            return media_type
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return WEBP
    # "BM" alone begins many a text; the size of the header that follows tells them apart.
    if head[:2] == b"BM" and int.from_bytes(head[14:18], "little") in _BMP_HEADER_SIZES:
        return BMP
    return None


def _iso_media(head: bytes) -> str | None:
    atom = head[4:8]
    if atom in _QUICKTIME_ATOMS:
        return MOV
    if atom != b"ftyp":
        return None
    size = min(int.from_bytes(head[:4], "big"), len(head))
    major = head[8:12]
    brands = {major, *(head[at : at + 4] for at in range(16, size - 3, 4))}
    if major in _AVIF_BRANDS or (major in (b"mif1", b"msf1") and brands & _AVIF_BRANDS):
        return AVIF
    if major in _HEIC_BRANDS:
        return HEIC
    return MOV if major == b"qt  " else MP4


def _ebml(head: bytes) -> str | None:
    if not head.startswith(b"\x1a\x45\xdf\xa3"):
        return None
    at = head.find(_EBML_DOCTYPE, 0, 256)
    doctype = head[at + 3 : at + 11] if at >= 0 else b""
    if doctype.startswith(b"webm"):
        return WEBM
    return MKV if doctype.startswith(b"matroska") else None


def _pdf(head: bytes) -> str | None:
    # Readers accept the header anywhere in the first 1024 bytes (ISO 32000-1, annex H.3.4.1).
    return PDF if b"%PDF-" in head[:1024] else None


def _archive(head: bytes) -> str | None:
    for at, magic, _, name in _ARCHIVES:
        if head[at : at + len(magic)] == magic:
            return name
    return None
