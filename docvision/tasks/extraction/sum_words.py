"""Words that tell of sums, taxes and payment, rather than of what was bought."""

from __future__ import annotations

import re

SUMMARY = re.compile(
    r"\b(sub[- ]?total|total|totals|sum|balance (brought|carried) (forward|down)|"
    r"(brought|carried) forward|(opening|closing|starting|ending|previous|new) balance|"
    r"zwischensumme|gesamt|gesamtbetrag|summe|übertrag|anfangssaldo|endsaldo|saldovortrag|"
    r"net à payer|à payer|zu zahlen|te betalen|da pagare|a pagar|amount due|balance due|do zapłaty|"
    r"sous-total|somme|report|solde|totale|subtotale|riporto|saldo|subtotaal|totaal|beginsaldo|"
    r"eindsaldo|totali|totais|totales|totaux|razem|valor líquido|"
    r"net total|net amount|nettobetrag|nettosumme|base imponible|suma|summa|delsumma|totalt|i alt|"
    r"att betala|at betale|å betale|celkem|összesen|yhteensä)\b",
    re.IGNORECASE,
)
"""Of totals and what is carried over."""
BALANCE = re.compile(
    r"\W*(?:(?:opening|closing|starting|beginning|ending|previous|new|initial|final) balance|"
    r"balance (?:brought|carried)|saldo (?:iniziale|finale|precedente|inicial|final|anterior|"
    r"actual|disponibile|contabile|początkowe|końcowe|overført|primo|ultimo|alt|neu|vorher)|saldovortrag|"
    r"(?:anfangs|end|schluss|alter|neuer|letzter|begin|eind|slot|oud|nieuw|vorig|ny|nytt|gammel|"
    r"gammalt|forrige|start|slut) ?(?:saldo|kontostand)|kontostand (?:am|vom|alt|neu)|"
    r"solde (?:initial|final|précédent|antérieur|au|créditeur|débiteur)|(?:ancien|nouveau) solde|"
    r"(?:in|ut|ud)gående (?:saldo|balans)|(?:počáteční|konečný) zůstatek)\b",
    re.IGNORECASE,
)
"""What begins a line of a statement that tells a balance, and is no movement."""
_PAYING = re.compile(
    r"^\W*(?:(?:incl|inkl|plus|zzgl|davon|total|sales)\b\W*)?(?:\d+(?:[.,]\d+)?\s?%\W*)?"
    r"(tax|vat|gst|mwst|mehrwertst\w*|ust|tva|iva|btw|mastercard|amount due|tendered|to pay|"
    r"zu zahlen|rückgeld|wechselgeld|kartenzahlung|net|netto|cash|card|visa|bar|tot|bargeld|"
    r"gegeben|change|paid|rounding|payment|kreditkarte|bankkort|kontant|växel|dankort|betalt|"
    r"karte|zurück|posten|anzahl|ptu|moms|dph|suma|łącznie|"
    r"sprzed\w*\.? opod\w*|karta płatnicza|gotówka|reszta|tip|trinkgeld|pourboire)\b",
    re.IGNORECASE,
)
"""What such a line begins with."""


def tells_of_sums(text: str) -> bool:
    """Whether a line or a cell is about sums, taxes or payment rather than an item."""
    return bool(SUMMARY.search(text) or _PAYING.search(text))


def is_label(text: str) -> bool:
    """Whether a text names the figure behind it, rather than what was bought."""
    return text.rstrip().endswith(":") or tells_of_sums(text)
