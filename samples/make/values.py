"""Fixed values shared by the samples. Every company, person and account is made up."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

CENT = Decimal("0.01")


def iban(country: str, account: str) -> str:
    """Return an IBAN in groups of four, its check digits by ISO 7064 (mod 97-10)."""
    letters = "".join(str(int(sign, 36)) for sign in account + country + "00")
    number = f"{country}{98 - int(letters) % 97:02d}{account}"
    return " ".join(number[i : i + 4] for i in range(0, len(number), 4))


def money(value: Decimal) -> str:
    """Write an amount as in `1,234.50`."""
    return f"{value.quantize(CENT, ROUND_HALF_UP):,}"


@dataclass(frozen=True, kw_only=True)
class Item:
    """A line of an invoice: net price of one, and the VAT rate in percent."""

    position: int
    article: str
    description: str
    quantity: int
    unit: str
    price: Decimal
    vat: int

    @property
    def net(self) -> Decimal:
        """The net amount of the line."""
        return (self.price * self.quantity).quantize(CENT, ROUND_HALF_UP)

    def to_json(self) -> dict[str, Any]:
        """Return the line's values; amounts as strings with two decimals."""
        return {
            "position": self.position,
            "article": self.article,
            "description": self.description,
            "quantity": self.quantity,
            "unit": self.unit,
            "unit_price": str(self.price),
            "vat_rate": self.vat,
            "net": str(self.net),
        }


SELLER = "Brückner & Vale Instruments GmbH"
BUYER = "Halden Maritime Research B.V."
SELLER_IBAN = iban("DE", "990200300048271530")
ITEMS = tuple(
    Item(
        position=at,
        article=article,
        description=text,
        quantity=count,
        unit=unit,
        price=Decimal(price),
        vat=vat,
    )
    for at, (article, text, count, unit, price, vat) in enumerate(
        [
            ("CTD-4410", "Conductivity probe, titanium, 600 m", 4, "pcs", "1248.00", 19),
            ("CAL-0200", "Factory calibration with certificate", 4, "pcs", "165.50", 19),
            ("CBL-1107", "Underwater cable, 8 pin, 25 m", 6, "pcs", "89.90", 19),
            ("HSG-0031", "Spare O-ring set, nitrile", 12, "sets", "14.25", 19),
            ("MAN-0007", "Field manual, printed, English", 5, "pcs", "32.00", 7),
            ("SRV-0900", "On-site training in Delfzijl", 2, "days", "940.00", 19),
            ("LOG-0512", "Data logger, 32 GB, IP68", 3, "pcs", "417.60", 19),
            ("FRT-0001", "Insured freight, DAP Delfzijl", 1, "flat", "128.75", 19),
        ],
        start=1,
    )
)


def totals() -> dict[str, Any]:
    """Return the net sum, the VAT by rate and the gross sum of the invoice."""
    net = sum((item.net for item in ITEMS), Decimal(0))
    vat = {
        rate: (
            sum((item.net for item in ITEMS if item.vat == rate), Decimal(0)) * rate / 100
        ).quantize(CENT, ROUND_HALF_UP)
        for rate in sorted({item.vat for item in ITEMS})
    }
    return {"net": net, "vat": vat, "gross": net + sum(vat.values(), Decimal(0))}
