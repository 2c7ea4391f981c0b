"""`archive.zip`: what a customer sends at the end of the month, one broken file among it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

from samples.make.expected import Sample

MEMBERS = {  # name in the archive: the sample
    "2025-11/invoices/Brückner 2025-04817.pdf": "invoice.pdf",
    "2025-11/receipts/IMG_2041.jpg": "receipt.jpg",
    "2025-11/fax/order PSB-2512.tiff": "fax.tiff",
    "2025-11/bank/statement Q3.pdf": "statement.pdf",
}
NOTE = "Papers for November. The invoice of the harbour office follows by post.\n"
BROKEN = "2025-11/invoices/harbour office.pdf"
NOTE_NAME = "2025-11/read me.txt"


def make(samples: Mapping[str, bytes]) -> Sample:
    """Pack the samples, a text file, and a PDF of which half is missing."""
    stream = io.BytesIO()
    invoice = samples["invoice.pdf"]
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as pack:
        for name, sample in MEMBERS.items():
            _add(pack, name, samples[sample])
        _add(pack, BROKEN, invoice[: len(invoice) // 2])
        _add(pack, NOTE_NAME, NOTE.encode())
    return Sample(
        name="archive.zip",
        media_type="application/zip",
        look="archive",
        data=stream.getvalue(),
        values={"members": MEMBERS, "broken": [BROKEN], "unsupported": [NOTE_NAME]},
    )


def _add(pack: zipfile.ZipFile, name: str, data: bytes) -> None:
    entry = zipfile.ZipInfo(name, date_time=(2025, 12, 1, 9, 0, 0))
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    pack.writestr(entry, data)
