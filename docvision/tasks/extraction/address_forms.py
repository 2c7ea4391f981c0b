"""What the lines of an address look like, country by country: streets, towns, firms, titles."""

from __future__ import annotations

import re

_WAYS = (
    r"road|street|st|lane|avenue|ave|rd|ln|drive|dr|close|square|terrace|place|court|way|parkway|"
    r"pkwy|boulevard|blvd|quay|row|rue|quai|allée|chemin|route|cours|impasse|calle|c/|avda|plaza|"
    r"paseo|via|viale|piazza|corso|\w*(?:straße|strasse|str|weg|allee|platz|gasse|damm|ufer|"
    r"straat|laan|plein|kade|gracht|singel|gade|vej|gatan|vägen|gate|veien)|"
    r"crescent|grove|gardens|mews|highway|hwy|circle|bd|"
    r"ul\.|al\.|os\.|pl\.|rua|avenida|av\.|travessa|praça|largo|estrada|rambla|ronda|camino|ctra|"
    r"carrer|polígono|vicolo|strada|piazzale"
)
NUMBERED_STREET = re.compile(
    r"[^\d;:@]{3,} \d{1,5}(?:\s?[-/]\s?\d{1,4})?\s?[a-z]?|\d{1,5}[a-z]?,? [^\W\d][^@:]{2,}"
)
NAMED_STREET = re.compile(rf"(?:.*\s)?(?:{_WAYS})\.?(?:\s.*)?", re.IGNORECASE)
TOWN = re.compile(
    r"(?:[A-Z]{1,3}-)?\d{4,6},? ?(?:[A-Z]{2} )?[^\W\d].*"
    r"|(?:[A-Z]{1,2}-)?(?:\d{2}-\d{3}|\d{4}-\d{3}|\d{3} \d{2}) [^\W\d].*"
    r"|[^\W\d].*\b[A-Z]{2},? \d{5}(?:-\d{4})?(?:,? (?:USA?|United States))?"
    r"|(?:[^\W\d].*)?\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}(?:\..*)?"
)
POSTAL_CODE = re.compile(r"[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}")
PLACE = re.compile(r"[^\W\d_]{3,}(?:[ -][^\W\d_]+){0,2}")
TITLE = re.compile(
    r"(?:mr|mrs|ms|miss|dr|herrn?|frau|firma|eheleute|familie|monsieur|madame|m|mme|sr|sra|"
    r"spett\.?le|spettabile|dhr|mevr|aan|"
    r"(?:gent\.?(?:le|ma|mo)?|egr\.?|spett\.?|ill\.?(?:mo|ma)) (?:sig\.?(?:ra|na)?|dott\.?(?:ssa)?)"
    r")\.?",
    re.IGNORECASE,
)
ADDRESSED = re.compile(
    r"(?:mr|mrs|ms|miss|herrn?|frau|monsieur|madame|mme|mlle|sr|sra|sig|sig\.ra|dhr|de heer|"
    r"mevr|mevrouw|pan|pani|exm[oa]\.? sr\.?ª?|don|doña)\b\.? \S",
    re.IGNORECASE,
)
"""How a person is addressed who is written to."""
BANKS = re.compile(
    r".*(?:\bbank|bank\b|sparkasse|banque|crédit|caisse d'épargne|\bbanco\b|\bcaja\b|\bbanca\b|"
    r"cassa di risparmio|building society|credit union|kreditanstalt|andelskasse|sparekasse|"
    r"sparbank|spořiteln|osuuspankki|\bcaixa\b|raiffeisenkasse).*",
    re.IGNORECASE,
)
BRANCH = re.compile(
    r"(?:agence|filiale|geschäftsstelle|zweigstelle|agenzia|agencia|sucursal|oficina|kantoor|"
    r"balcão|oddział|succursale|guichet)\b|.*\bbranch\b",
    re.IGNORECASE,
)
"""What the branch of a bank is called."""
CARE = re.compile(
    r"(?:attn|att|attention|fao|for the attention|t\.?\s?a\.?\s?v|z\.?\s?hd|c/o|à l'attention)\b",
    re.IGNORECASE,
)
RUN_BY = re.compile(
    r"(?:di|by|von|inh\.|inhaber(?:in)?|prop\.|proprietor|t/a|titolare|titular|exploité par|"
    r"gérée? par|eigenaar|uitbater|ägare|v/)[: ]",
)
"""What begins the line of who runs a shop, below its name."""
_FORMS = (
    r"ag|kg|ohg|e\.k|ug|ltd|limited|plc|llc|pllc|inc|corp|co|s\.?a\.?r?\.?l|s\.?a\.?s?|s\.?a\.?u|"
    r"s\.?l\.?u?|s\.?p\.?a|s\.?r\.?l|s\.?n\.?c|lda|b\.?v|n\.?v|sp\. z o\.? ?o|ab|a/s|aps"
)
FIRM = re.compile(rf"(?:gmbh|mbh|\b(?:{_FORMS}))\W*$", re.IGNORECASE)
"""How the name of a firm ends."""
FORM = re.compile(rf"(?:{_FORMS})\W*", re.IGNORECASE)
HOUSE = re.compile(r"\d{1,4} ?[a-z]?", re.IGNORECASE)
ROOM = re.compile(
    r"(?:room|suite|ste|unit|floor|apt|flat|bldg|building|piso|local|étage|interno|zimmer|raum)\b",
    re.IGNORECASE,
)
MARKS = re.compile(r"^[^\w(\"'„“]+\s")
"""A mark of a firm before its name."""
