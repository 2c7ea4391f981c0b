"""Receipts, invoices, forms and letters laid out at random, with their values marked.

Templates numbered below HELD_OUT_FROM train; the others only evaluate. A template fixes
where blocks stand and how labels meet their values (beside, in a column, below).
"""

import datetime
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from training import text
from training.sheet import Mark, Sheet, text_width

TEMPLATES = 12
HELD_OUT_FROM = 9


@dataclass(frozen=True, kw_only=True)
class Concept:
    """A field: the label wordings it goes by on paper, the keys it has in schemas."""

    labels: tuple[str, ...]
    keys: tuple[str, ...]
    note: str = ""


def _concept(labels: str, keys: str, note: str = "") -> Concept:
    return Concept(labels=tuple(labels.split("|")), keys=tuple(keys.split("|")), note=note)


CONCEPTS: dict[str, Concept] = {
    "invoice_number": _concept(
        "Invoice No|Invoice Number|Invoice #|Invoice no.|Inv. No|Bill No|Invoice ID|Rechnung Nr.|"
        "Facture no|Document No",
        "invoice_number|invoice_no|invoiceNumber|invoice_id|number",
        "number of the invoice",
    ),
    "receipt_number": _concept(
        "Receipt No|Receipt #|Receipt|Ticket|Ticket No|Bill No|Trans #|Transaction|Slip|Order #",
        "receipt_number|receipt_no|receiptNumber|ticket_number|transaction_id|number",
        "number of the receipt",
    ),
    "issue_date": _concept(
        "Date|Invoice Date|Issue Date|Date of issue|Issued|Dated|Datum|Bill date|Date issued",
        "date|issue_date|invoice_date|issueDate|document_date",
        "date of issue",
    ),
    "due_date": _concept(
        "Due Date|Due|Payment Due|Pay by|Due on|Payable by|Payment due date|Zahlbar bis",
        "due_date|dueDate|payment_due|pay_by",
        "date by which to pay",
    ),
    "time": _concept("Time|Hour|Printed at", "time|time_of_sale|clock"),
    "order_number": _concept(
        "PO Number|P.O. No|Purchase Order|Order No|Order Number|Your order|PO #|Order ref",
        "order_number|po_number|purchase_order|orderNumber",
        "number of the order",
    ),
    "customer_number": _concept(
        "Customer No|Customer ID|Account No|Client No|Account|Customer number|Client ID",
        "customer_number|customer_id|account_number|customerNumber|client_id",
        "the customer's number",
    ),
    "vat_id": _concept(
        "VAT No|VAT ID|Tax ID|VAT Reg No|USt-IdNr.|GST No|TVA|Tax No",
        "vat_id|vat_number|tax_id|seller_vat_id",
        "the seller's tax number",
    ),
    "subtotal": _concept(
        "Subtotal|Sub-total|Sub Total|Net|Net amount|Total excl. VAT|Netto|Total net|Goods",
        "subtotal|net_total|net|subTotal|net_amount",
        "sum before tax",
    ),
    "tax": _concept(
        "Tax|VAT|VAT 20%|Sales Tax|GST|MwSt 19%|TVA|VAT 21%|Tax 8%|Total VAT",
        "tax|vat|tax_amount|total_tax|vat_amount",
        "amount of tax",
    ),
    "total": _concept(
        "Total|TOTAL|Total due|Amount due|Grand Total|Balance due|Total amount|Gesamt|Amount|"
        "Total to pay|Total incl. VAT|Total payable",
        "total|total_amount|amount_due|grand_total|totalAmount|total_due",
        "sum to pay",
    ),
    "paid": _concept(
        "Cash|Paid|Tendered|Amount paid|Card|VISA|Received",
        "paid|amount_paid|cash|tendered",
        "amount paid",
    ),
    "change": _concept("Change|Change due|Cash back|Your change", "change|change_due"),
    "currency": _concept("Currency", "currency|currency_code"),
    "iban": _concept("IBAN|Account IBAN|Bank account", "iban|bank_account|IBAN"),
    "payment_terms": _concept(
        "Terms|Payment terms|Conditions|Payment", "payment_terms|terms|conditions"
    ),
    "phone": _concept(
        "Tel|Phone|Tel.|Telephone|Ph|Mobile|Call", "phone|telephone|phone_number|tel"
    ),
    "email": _concept("E-mail|Email|Mail|E-Mail", "email|e_mail|email_address"),
    "cashier": _concept(
        "Cashier|Served by|Operator|Clerk|Staff|Server|You were served by",
        "cashier|served_by|clerk|operator",
    ),
    "seller": _concept(
        "From|Seller|Supplier|Vendor|Bill from|Issued by",
        "seller_name|seller|vendor|vendor_name|merchant|supplier_name|store_name|company",
        "who sells",
    ),
    "buyer": _concept(
        "Bill to|Billed to|Customer|Buyer|To|Invoice to|Client|Sold to|Ship to",
        "buyer_name|buyer|customer|customer_name|bill_to|client_name",
        "who buys",
    ),
    "seller_street": _concept("Address", "seller_address|address|seller_street|street"),
    "reference": _concept(
        "Our ref|Ref|Reference|Your ref|File no|Case no|Ref.|Re. no",
        "reference|ref|reference_number|case_number|file_number",
        "reference of the letter",
    ),
    "subject": _concept(
        "Subject|Re|Regarding|RE|Concerning|Betreff", "subject|regarding|topic|re"
    ),
    "sender": _concept("From|Sender", "sender|sender_name|from|author", "who writes"),
    "recipient": _concept(
        "To|Attention|Attn|Dear", "recipient|recipient_name|to|addressee", "who is written to"
    ),
    "signatory": _concept("Signed|Sincerely", "signatory|signed_by|signature", "who signs"),
}  # fmt: skip

#: The columns of tables: what a row says under each heading, and the keys it goes by.
COLUMNS: dict[str, Concept] = {
    "description": _concept(
        "Description|Item|Article|Details|Service|Product|Text|Booking text|Bezeichnung",
        "description|name|item|article|text|details",
        "what it is",
    ),
    "quantity": _concept(
        "Qty|Quantity|Units|Menge|Pcs|Count|Hours", "quantity|qty|count|hours", "how many"
    ),
    "unit_price": _concept(
        "Unit price|Price|Rate|Each|Unit cost|Einzelpreis|Price each",
        "unit_price|price|unitPrice|rate",
        "price of one",
    ),
    "amount": _concept(
        "Amount|Total|Line total|Sum|Net amount|Betrag|Value",
        "amount|total|line_total|price_total",
        "price of the line",
    ),
    "position": _concept("Pos|No|#|Line|Pos.", "position|line|pos|number"),
    "sku": _concept("SKU|Article No|Code|Item No|Part No|Ref", "sku|code|article_number"),
    "tax_rate": _concept("VAT %|Tax|VAT|MwSt|Tax rate", "tax_rate|vat_rate|vat|tax"),
    "booked": _concept(
        "Date|Booking date|Posted|Posting date|Transaction date|Datum",
        "date|booking_date|posted|transaction_date",
        "day of booking",
    ),
    "valued": _concept("Value date|Valuta|Value|Effective", "value_date|valuta|effective_date"),
    "debit": _concept("Debit|Paid out|Withdrawals|Out|Soll", "debit|paid_out|withdrawal"),
    "credit": _concept("Credit|Paid in|Deposits|In|Haben", "credit|paid_in|deposit"),
    "balance": _concept("Balance|Running balance|Saldo", "balance|running_balance|saldo"),
}  # fmt: skip

#: How the value of each concept is made where it stands in a plain list of pairs.
CONCEPT_VALUES: dict[str, Callable[[random.Random], str]] = {
    **dict.fromkeys(
        ("invoice_number", "receipt_number", "order_number", "customer_number", "vat_id",
         "reference"),
        text.code,
    ),
    **dict.fromkeys(("issue_date", "due_date"), text.date),
    **dict.fromkeys(
        ("subtotal", "tax", "total", "paid", "change"),
        lambda rng: text.money(rng.uniform(1, 3000), rng.choice(("us", "eu", "plain")),
                               rng.choice(("", "", *text.CURRENCIES))),
    ),
    **dict.fromkeys(("seller", "buyer"), text.company),
    **dict.fromkeys(("cashier", "sender", "recipient", "signatory"), text.name),
    "time": text.clock,
    "currency": lambda rng: rng.choice(text.CURRENCIES),
    "iban": text.iban,
    "payment_terms": lambda rng: rng.choice(("30 days", "Net 14", "on receipt", "2% 10 days")),
    "phone": text.phone,
    "email": text.email,
    "seller_street": text.street,
    "subject": lambda rng: text.phrase(rng, 2, 6).capitalize(),
}  # fmt: skip

#: The same for the cells of a table.
COLUMN_VALUES: dict[str, Callable[[random.Random], str]] = {
    "description": lambda rng: text.phrase(rng, 1, 5).capitalize(),
    "quantity": lambda rng: str(rng.choice((1, 1, 2, 3, rng.randint(1, 400)))),
    "position": lambda rng: str(rng.randint(1, 60)),
    "sku": text.code,
    "tax_rate": lambda rng: rng.choice(("20%", "19 %", "7%", "8.5 %", "0%")),
    **dict.fromkeys(("booked", "valued"), text.date),
    **dict.fromkeys(
        ("unit_price", "amount", "debit", "credit", "balance"),
        lambda rng: text.money(rng.uniform(0.5, 3000), rng.choice(("us", "eu", "plain"))),
    ),
}  # fmt: skip

#: Labels of forms: what the value is decides how it is drawn.
FORM_LABELS: dict[str, Callable[[random.Random], str]] = {
    **dict.fromkeys(
        ("Name", "Full name", "Applicant", "Surname", "Contact", "Manager", "Next of kin",
         "Owner", "Patient", "Doctor", "Guardian", "Driver", "Tenant", "Insured"),
        text.name,
    ),
    **dict.fromkeys(
        ("Date of birth", "Date", "Valid until", "Start date", "End date", "Expiry date",
         "Hire date", "Arrival", "Departure", "Date of visit", "Inspection date"),
        text.date,
    ),
    **dict.fromkeys(
        ("Policy number", "Passport No", "Licence", "Case ID", "Member ID", "Serial No", "Reg. No",
         "Employee No", "Form No", "Vehicle", "Meter No", "Batch", "Room", "Locker", "Claim No"),
        text.code,
    ),
    **dict.fromkeys(("Address", "Street", "Home address", "Delivery address"), text.street),
    **dict.fromkeys(("City", "Town", "Place of birth", "Post code"), text.city),
    **dict.fromkeys(("Phone", "Mobile", "Fax", "Home phone", "Emergency phone"), text.phone),
    **dict.fromkeys(("Email", "E-mail", "Contact e-mail"), text.email),
    **dict.fromkeys(("Company", "Employer", "School", "Bank", "Insurer", "Agency"), text.company),
    **dict.fromkeys(("Occupation", "Position", "Job title", "Profession"), text.job),
    **dict.fromkeys(
        ("Comments", "Purpose", "Remarks", "Description", "Notes", "Diagnosis", "Reason",
         "Department", "Colour", "Model", "Nationality", "Category", "Status", "Species"),
        lambda rng: text.phrase(rng, 1, 4).capitalize(),
    ),
    **dict.fromkeys(
        ("Amount", "Salary", "Deposit", "Fee", "Rent", "Price", "Weight", "Height", "Distance",
         "Balance", "Premium", "Mileage", "Income"),
        lambda rng: text.money(rng.uniform(1, 9000), rng.choice(("us", "eu", "plain")),
                               rng.choice(("", *text.CURRENCIES))),
    ),
}  # fmt: skip

Row = tuple[str, str, str]


def key_of(label: str, rng: random.Random) -> str:
    """Return a schema key made from a label: snake_case, camelCase or the label itself."""
    words = [
        "".join(letter for letter in part if letter.isalnum()).lower() for part in label.split()
    ]
    words = [word for word in words if word] or ["field"]
    style = rng.random()
    if style < 0.7:
        return "_".join(words)
    return words[0] + "".join(word.title() for word in words[1:]) if style < 0.85 else label


@dataclass(frozen=True, kw_only=True)
class Look:
    """How one document is set: sizes, the joint between label and value, margins."""

    size: float
    lead: float
    joint: str
    left: float
    upper: bool

    def label(self, wording: str) -> str:
        """Return a label in this document's letter case."""
        return wording.upper() if self.upper else wording


def draw_look(rng: random.Random) -> Look:
    """Return a random look."""
    size = rng.choice((11, 12, 13, 14, 15))
    return Look(
        size=size,
        lead=size * rng.uniform(1.3, 2.0),
        joint=rng.choice((":", ":", ":", "", " :", ".", " -")),
        left=rng.uniform(30, 90),
        upper=rng.random() < 0.15,
    )


def template_of(rng: random.Random, held_out: bool) -> int:
    """Return the number of a template of one split."""
    return rng.randrange(HELD_OUT_FROM, TEMPLATES) if held_out else rng.randrange(HELD_OUT_FROM)


def put_pairs(
    sheet: Sheet,
    rng: random.Random,
    look: Look,
    rows: Sequence[Row],
    x: float,
    y: float,
    how: str,
    width: float = 300,
) -> float:
    """Place label/value rows and return the y below them.

    `how`: inline "Label: value"; column (values left-aligned in a second column); right
    (values right-aligned at x + width); below (each label above its value); across (labels
    in one row, values in the row below).
    """
    if how == "across":
        return _put_across(sheet, look, rows, x, y, width)
    column = x + max((text_width(row[1], look.size) for row in rows), default=0) + 24
    for path, label, value in rows:
        wording = look.label(label)
        if how == "inline":
            sheet.put_value((path,), value, x, y, look.size, before=f"{wording}{look.joint} ")
        elif how == "below":
            sheet.put(wording + look.joint, x, y, look.size * 0.85)
            y += look.size * 1.25
            sheet.put_value((path,), value, x, y, look.size)
        else:
            sheet.put(wording + look.joint, x, y, look.size)
            right = x + width - text_width(value, look.size)
            at = max(column, right) if how == "right" else column
            sheet.put_value((path,), value, at, y, look.size)
        y += look.lead * (1.5 if how == "below" else 1)
    return y


def _put_across(
    sheet: Sheet, look: Look, rows: Sequence[Row], x: float, y: float, width: float
) -> float:
    """Place labels in a row with their values below, as many rows as the width asks for."""
    at = x
    for path, label, value in rows:
        wide = max(text_width(label, look.size), text_width(value, look.size)) + 28
        if at > x and at + wide > x + max(width, 520):
            at, y = x, y + look.lead * 2.6
        sheet.put(look.label(label), at, y, look.size)
        sheet.put_value((path,), value, at, y + look.lead, look.size)
        at += wide
    return y + look.lead * 2.6


def rows_for(rng: random.Random, drawn: dict[str, str]) -> list[Row]:
    """Return (path, label, value) rows of concepts, each under one of its wordings."""
    return [(name, rng.choice(CONCEPTS[name].labels), value) for name, value in drawn.items()]


def draw_items(rng: random.Random, count: int, style: str) -> tuple[list[dict[str, str]], float]:
    """Return line items (description, quantity, unit_price, amount) and their sum."""
    items, total = [], 0.0
    for _ in range(count):
        quantity = rng.choice((1, 1, 1, 2, 3, rng.randint(1, 40)))
        unit = round(rng.uniform(0.3, rng.choice((10, 90, 900))), 2)
        total += quantity * unit
        items.append(
            {
                "description": text.phrase(rng, 1, 4).capitalize(),
                "quantity": str(quantity),
                "unit_price": text.money(unit, style),
                "amount": text.money(quantity * unit, style),
            }
        )
    return items, total


def draw_dates(rng: random.Random) -> tuple[str, str]:
    """Return a day in the past and a later one by which to pay, in one style."""
    issued, style = text.past_day(rng), rng.randrange(text.DATE_STYLES)
    due = issued + datetime.timedelta(days=rng.choice((7, 14, 30, 30, 60, 90)))
    return text.written(issued, style), text.written(due, style)


def receipt(rng: random.Random, template: int, most: int = 8) -> Sheet:
    """Return a shop's receipt of at most so many items."""
    look = draw_look(rng)
    width = rng.uniform(300, 420)
    sheet = Sheet(width=width + 60)
    y = _shop_head(sheet, rng, look, width, 30, center=template % 2 == 0)
    style, currency = rng.choice(("us", "eu", "plain")), rng.choice(("", "", *text.CURRENCIES))
    issued, _ = draw_dates(rng)
    meta = {"issue_date": issued, "time": text.clock(rng), "receipt_number": text.code(rng)}
    if rng.random() < 0.5:
        meta["cashier"] = (
            text.name(rng) if rng.random() < 0.6 else rng.choice(("Anna", "07", "Sam"))
        )
    if rng.random() < 0.3:
        meta["vat_id"] = text.code(rng)
    rows = [row for row in rows_for(rng, meta) if rng.random() < 0.85]
    rng.shuffle(rows)
    low = template % 3 == 2
    if not low:
        y = _receipt_meta(sheet, rng, look, rows, y, width, template)
    items, total = draw_items(rng, rng.randint(1, most), style)
    y = _receipt_items(sheet, rng, look, items, y + look.lead * 0.5, width, template)
    y = _sums(sheet, rng, look, total, y, 30, width, style, currency, paid=True)
    if low:
        y = _receipt_meta(sheet, rng, look, rows, y, width, template)
    sheet.put(rng.choice(("Thank you!", "THANK YOU FOR SHOPPING", "Goodbye")), 60, y, look.size)
    sheet.height = y + 60
    return sheet


def _shop_head(
    sheet: Sheet, rng: random.Random, look: Look, width: float, y: float, *, center: bool
) -> float:
    """Place a shop's name, address and telephone."""
    lines: list[tuple[str, str, str]] = [("seller", "", text.company(rng))]
    if rng.random() < 0.8:
        lines.append(("seller_street", "", text.street(rng)))
    if rng.random() < 0.6:
        lines.append(("", "", text.city(rng)))
    if rng.random() < 0.6:
        lines.append(("phone", rng.choice((*CONCEPTS["phone"].labels, "")), text.phone(rng)))
    for path, label, value in lines:
        before = f"{label}{look.joint or ':'} " if label else ""
        x = 30 + max(0.0, (width - text_width(before + value, look.size)) / 2) if center else 30.0
        if path:
            sheet.put_value((path,), value, x, y, look.size, before=before)
        else:
            sheet.put(value, x, y, look.size)
        y += look.lead
    return y + look.lead * 0.4


def _receipt_meta(
    sheet: Sheet,
    rng: random.Random,
    look: Look,
    rows: Sequence[Row],
    y: float,
    width: float,
    template: int,
) -> float:
    how = ("inline", "column", "right", "inline", "bare")[template % 5]
    if how != "bare":
        return put_pairs(sheet, rng, look, rows, 30, y, how, width)
    x = 30.0
    for path, label, value in rows:
        before = "" if path in ("issue_date", "time") else f"{look.label(label)}{look.joint} "
        wide = text_width(before + value, look.size) + 26
        if x > 30 and x + wide > width + 30:
            x, y = 30.0, y + look.lead
        sheet.put_value((path,), value, x, y, look.size, before=before)
        x += wide
    return y + look.lead


def put_items(
    sheet: Sheet,
    rng: random.Random,
    look: Look,
    items: Sequence[dict[str, str]],
    y: float,
    template: int,
) -> float:
    """Place items as a receipt's list or as an invoice's table."""
    if rng.random() < 0.5:
        return _receipt_items(sheet, rng, look, items, y, rng.uniform(300, 420), template)
    return _invoice_items(sheet, rng, look, items, y, template)


def _receipt_items(
    sheet: Sheet,
    rng: random.Random,
    look: Look,
    items: Sequence[dict[str, str]],
    y: float,
    width: float,
    template: int,
) -> float:
    """Place a receipt's items in one of four ways."""
    way = template % 4
    for number, item in enumerate(items):
        row = ("line_items", number)
        amount_x = 30 + width - text_width(item["amount"], look.size)
        x = 30.0
        if way == 1:
            sheet.put_value((*row, "quantity"), item["quantity"], x, y, look.size)
            x += 40
        if way == 2:
            sheet.put_value(
                (*row, "quantity"), item["quantity"], x, y, look.size,
                after=f" x {item['description']}",
            )  # fmt: skip
            mark = len(item["quantity"]) + 3
            _mark_last(sheet, (*row, "description"), mark, mark + len(item["description"]))
        else:
            sheet.put_value((*row, "description"), item["description"], x, y, look.size)
        if way == 3:
            y += look.lead
            joint = rng.choice((" x ", " @ "))
            sheet.put_value(
                (*row, "quantity"), item["quantity"], 50, y, look.size,
                after=joint + item["unit_price"],
            )  # fmt: skip
            mark = len(item["quantity"]) + len(joint)
            _mark_last(sheet, (*row, "unit_price"), mark, mark + len(item["unit_price"]))
        sheet.put_value((*row, "amount"), item["amount"], amount_x, y, look.size)
        y += look.lead
    return y + look.lead * 0.5


def _mark_last(sheet: Sheet, path: tuple[str | int, ...], start: int, end: int) -> None:
    """Mark another value in the text that was placed last."""
    sheet.marks.append(Mark(path=path, item=len(sheet.items) - 1, start=start, end=end))


def _sums(
    sheet: Sheet,
    rng: random.Random,
    look: Look,
    total: float,
    y: float,
    x: float,
    width: float,
    style: str,
    currency: str,
    *,
    paid: bool,
) -> float:
    """Place subtotal, tax, total and what was paid, some of them left out."""
    tax = round(total * rng.choice((0.05, 0.08, 0.19, 0.2, 0.21)), 2)
    drawn: dict[str, str] = {}
    if rng.random() < 0.7:
        drawn["subtotal"] = text.money(total, style)
    if rng.random() < 0.75:
        drawn["tax"] = text.money(tax, style)
    drawn["total"] = text.money(total + tax, style, currency)
    if paid and rng.random() < 0.5:
        given = round(total + tax) + rng.randint(0, 20)
        drawn["paid"] = text.money(given, style)
        if rng.random() < 0.7:
            drawn["change"] = text.money(abs(given - total - tax), style)
    rows = _distinct(rows_for(rng, drawn))
    how = rng.choice(("right", "right", "column", "inline"))
    return put_pairs(sheet, rng, look, rows, x, y, how, width)


def _distinct(rows: Sequence[Row]) -> list[Row]:
    """Return the rows whose label is not used twice."""
    seen: dict[str, Row] = {}
    for row in rows:
        seen.setdefault(row[1].lower(), row)
    return list(seen.values())


def invoice(rng: random.Random, template: int, most: int = 7) -> Sheet:
    """Return an invoice on A4 of at most so many items."""
    look = draw_look(rng)
    sheet = Sheet()
    style, currency = rng.choice(("us", "eu", "plain")), rng.choice(("", *text.CURRENCIES))
    if template % 3 != 1:
        sheet.put(rng.choice(("INVOICE", "Invoice", "TAX INVOICE", "Rechnung")), 600, 40, 20)
    y = _party(sheet, rng, look, "seller", look.left, 50, labelled=template % 4 == 3)
    issued, due = draw_dates(rng)
    meta = {"invoice_number": text.code(rng), "issue_date": issued}
    for name, make, chance in (
        ("due_date", lambda _: due, 0.6),
        ("order_number", text.code, 0.4),
        ("customer_number", text.code, 0.4),
        (
            "payment_terms",
            lambda r: r.choice(("30 days", "Net 14", "on receipt", "2% 10 days")),
            0.3,
        ),
    ):
        if rng.random() < chance:
            meta[name] = make(rng)
    rows = _distinct(rows_for(rng, meta))
    rng.shuffle(rows)
    how = ("inline", "column", "right", "across", "below")[template % 5]
    if template % 2 and how != "across":
        put_pairs(sheet, rng, look, rows, 480, 80, how, 300)
        y = _party(sheet, rng, look, "buyer", look.left, y + 20, labelled=True)
        y = max(y, 80 + look.lead * 1.6 * len(rows))
    else:
        y = _party(sheet, rng, look, "buyer", look.left, y + 20, labelled=template % 4 != 0)
        y = put_pairs(sheet, rng, look, rows, look.left, y + 10, how, 340)
    items, total = draw_items(rng, rng.randint(1, most), style)
    y = _invoice_items(sheet, rng, look, items, y + 20, template)
    y = _sums(sheet, rng, look, total, y + 10, 440, 320, style, currency, paid=False)
    _bank(sheet, rng, look, look.left, y + 20)
    return sheet


def _party(
    sheet: Sheet, rng: random.Random, look: Look, who: str, x: float, y: float, *, labelled: bool
) -> float:
    """Place a seller's or a buyer's block of name and address."""
    value = text.company(rng) if who == "seller" or rng.random() < 0.6 else text.name(rng)
    label = rng.choice(CONCEPTS[who].labels)
    if labelled and rng.random() < 0.5:
        sheet.put_value((who,), value, x, y, look.size, before=f"{look.label(label)}{look.joint} ")
    else:
        if labelled:
            sheet.put(look.label(label) + look.joint, x, y, look.size)
            y += look.lead
        sheet.put_value((who,), value, x, y, look.size, bold=True)
    y += look.lead
    street = text.street(rng)
    if who == "seller":
        sheet.put_value(("seller_street",), street, x, y, look.size)
    else:
        sheet.put(street, x, y, look.size)
    sheet.put(text.city(rng), x, y + look.lead, look.size)
    return y + look.lead * 2.2


def _invoice_items(
    sheet: Sheet,
    rng: random.Random,
    look: Look,
    items: Sequence[dict[str, str]],
    y: float,
    template: int,
) -> float:
    """Place a table of line items under its header row."""
    heads = {
        "description": ("Description", "Item", "Article", "Details", "Service"),
        "quantity": ("Qty", "Quantity", "Units", "Menge"),
        "unit_price": ("Unit price", "Price", "Rate", "Each"),
        "amount": ("Amount", "Total", "Line total", "Sum"),
    }
    orders = (
        ("description", "quantity", "unit_price", "amount"),
        ("quantity", "description", "unit_price", "amount"),
        ("description", "amount"),
        ("description", "unit_price", "quantity", "amount"),
        ("quantity", "description", "amount"),
    )
    columns = orders[template % len(orders)]
    places = dict(zip(columns, _column_places(columns, look), strict=True))
    for column in columns:
        sheet.put(rng.choice(heads[column]), places[column], y, look.size, bold=True)
    for number, item in enumerate(items):
        y += look.lead
        for column in columns:
            path = ("line_items", number, column)
            sheet.put_value(path, item[column], places[column], y, look.size)
    return y + look.lead


def _column_places(columns: Sequence[str], look: Look) -> list[float]:
    """Return each column's x: the description takes what the others leave."""
    widths = [330 if column == "description" else 100 for column in columns]
    return [look.left + sum(widths[:index]) for index in range(len(columns))]


def _bank(sheet: Sheet, rng: random.Random, look: Look, x: float, y: float) -> None:
    """Place the foot of an invoice: bank, tax number, telephone, e-mail."""
    foot = {
        name: make(rng)
        for name, make in (
            ("iban", text.iban), ("vat_id", text.code), ("phone", text.phone), ("email", text.email)
        )
        if rng.random() < 0.45
    }  # fmt: skip
    put_pairs(sheet, rng, look, rows_for(rng, foot), x, y, rng.choice(("inline", "column")), 300)


def letter(rng: random.Random, template: int, most: int = 6) -> Sheet:
    """Return a business letter of at most so many lines."""
    look = draw_look(rng)
    sheet = Sheet()
    x = look.left
    sender, recipient = text.name(rng), text.name(rng)
    y = 50.0
    blocks: list[Callable[[float], float]] = [
        lambda at: _address(sheet, rng, look, "seller", text.company(rng), x, at),
        lambda at: _address(sheet, rng, look, "recipient", recipient, x, at),
    ]
    for block in blocks if template % 2 else blocks[::-1]:
        y = block(y) + look.lead * 0.5
    if template % 3 == 0:
        sheet.put_value(("issue_date",), draw_dates(rng)[0], 560, y, look.size)
    else:
        label = rng.choice(CONCEPTS["issue_date"].labels)
        sheet.put_value(("issue_date",), draw_dates(rng)[0], x, y, look.size, before=f"{label}: ")
    y += look.lead
    if rng.random() < 0.6:
        label = rng.choice(CONCEPTS["reference"].labels)
        sheet.put_value(("reference",), text.code(rng), x, y, look.size, before=f"{label}: ")
        y += look.lead
    if rng.random() < 0.8:
        label = rng.choice(CONCEPTS["subject"].labels)
        subject = text.phrase(rng, 2, 6).capitalize()
        sheet.put_value(("subject",), subject, x, y, look.size, before=f"{label}: ", bold=True)
        y += look.lead
    y = _prose(sheet, rng, look, x, y, recipient, most)
    sheet.put(rng.choice(("Sincerely,", "Kind regards,", "Yours faithfully,")), x, y, look.size)
    sheet.put_value(("signatory",), sender, x, y + look.lead * 1.5, look.size)
    return sheet


def _address(
    sheet: Sheet, rng: random.Random, look: Look, path: str, value: str, x: float, y: float
) -> float:
    sheet.put_value((path,), value, x, y, look.size)
    sheet.put(text.street(rng), x, y + look.lead, look.size)
    sheet.put(text.city(rng), x, y + 2 * look.lead, look.size)
    return y + 3.2 * look.lead


def _prose(
    sheet: Sheet,
    rng: random.Random,
    look: Look,
    x: float,
    y: float,
    recipient: str,
    most: int,
) -> float:
    sheet.put(f"Dear {recipient},", x, y + look.lead * 0.5, look.size)
    y += look.lead * 2
    for _ in range(rng.randint(1, most)):
        sheet.put(text.sentence(rng)[: int((780 - x) / look.size / 0.52)].strip(), x, y, look.size)
        y += look.lead
    return y + look.lead


def form(rng: random.Random, template: int, most: int = 14) -> Sheet:
    """Return a filled form of 3 to `most` labels and values; paths are the labels."""
    look = draw_look(rng)
    sheet = Sheet()
    y = 40.0
    if rng.random() < 0.7:
        sheet.put(text.phrase(rng, 1, 3).title() + " Form", look.left, y, 18, bold=True)
        y += 40
    labels = rng.sample(sorted(FORM_LABELS), rng.randint(3, max(3, most)))
    rows = [(label, label, FORM_LABELS[label](rng)) for label in labels]
    how = ("inline", "column", "below", "across", "right")[template % 5]
    if template % 2 and len(rows) > 5:
        half = len(rows) // 2
        put_pairs(sheet, rng, look, rows[:half], look.left, y, how, 320)
        put_pairs(sheet, rng, look, rows[half:], 460, y, how if how != "across" else "below", 320)
    else:
        put_pairs(sheet, rng, look, rows, look.left, y, how, 420)
    return sheet


MAKERS: dict[str, Callable[..., Sheet]] = {
    "receipt": receipt,
    "invoice": invoice,
    "form": form,
    "letter": letter,
}
