"""Lengths of time in words: `eighteen months`, `fünf Jahre`, `thirty (30) days`."""

from __future__ import annotations

import re

TERM, NOTICE = "contract.term", "contract.notice"
"""What a schema says of a leaf under `x-docvision-place` whose value is a length of time."""

START, END = "period.start", "period.end"
"""The same of one whose value is the first or the last day of a period."""

_NUMBER = (
    r"\d{1,4}(?:[.,]\d)?|an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|"
    r"fifteen|eighteen|twenty(?:[- ]four)?|thirty(?:[- ]six)?|forty[- ]eight|sixty|ninety|"
    r"eine[mnrs]?|ein|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|zwölf|achtzehn|"
    r"vierundzwanzig|dreißig|sechsunddreißig|sechzig|neunzig|"
    r"une?|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|douze|trente|soixante|quatre-vingt-dix|"
    r"un[oa]?|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|doce|quince|dieciocho|veinticuatro|treinta|sesenta|"
    r"noventa|cento|ciento|hundert|cent|"
    r"due|tre|quattro|cinque|sei|sette|otto|nove|dieci|dodici|diciotto|trenta|sessanta|novanta|"
    r"één|een|twee|drie|vier|vijf|zes|zeven|acht|negen|tien|twaalf|dertig|zestig|negentig"
)
_UNIT = (
    r"days?|weeks?|months?|years?|tage?n?|wochen?|monate?n?|jahre?n?|jours?|semaines?|mois|"
    r"an(?:née)?s?|d[ií]as?|semanas?|mes(?:es)?|años?|giorn[oi]|settiman[ae]|mes[ei]|ann[oi]|"
    r"dagen|dag|weken|week|maanden|maand|jaar|jaren"
)
PERIOD = re.compile(
    rf"(?<![\w.,-])(?:{_NUMBER})(?: ?\(\w+\))? (?:(?:calendar|business|working|full) )?"
    rf"(?:{_UNIT})(?!\w)",
    re.IGNORECASE,
)
