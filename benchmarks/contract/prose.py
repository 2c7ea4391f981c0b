"""The words of a long services agreement. Its parties, places and sums are made up.

`TERMS` are what a reader asks for; `TOPICS` become its other clauses, written with `SENTENCES`.
"""

from __future__ import annotations

TITLE = "MASTER SERVICES AGREEMENT"
OPENING = (
    'This Agreement is made on 14 March 2025 between Brackenfell Rail Freight plc (the "Customer") '
    'and Ostrava Signal Works Limited (the "Supplier").',
    "The Customer operates a network of freight terminals and wishes to have its signalling "
    "equipment maintained, renewed and monitored. The Supplier has represented that it has the "
    "skill, the staff and the resources to do so. The parties have therefore agreed as follows.",
)
TERMS: dict[int, tuple[str, str]] = {
    2: (
        "Commencement and duration",
        "This Agreement shall commence on 1 May 2025 and shall continue for seven years, ending "
        "on 30 April 2032, unless it is terminated earlier in accordance with its terms.",
    ),
    11: (
        "Charges",
        "In consideration of the Services the Customer shall pay the Supplier a total of "
        "GBP 6,420,000.00, in quarterly instalments and against an invoice for each of them.",
    ),
    19: (
        "Late payment",
        "If a sum that is due is not paid, it shall bear interest at 4 per cent a year above the "
        "base rate from the day on which it fell due until it is paid.",
    ),
    27: (
        "Insurance",
        "The Supplier shall maintain public liability insurance of not less than "
        "GBP 10,000,000.00 for each claim with an insurer of good standing.",
    ),
    34: (
        "Limit of liability",
        "Save as set out in this clause, the liability of the Supplier in each contract year is "
        "limited to GBP 2,500,000.00 in aggregate, however it arises.",
    ),
    46: (
        "Termination",
        "Either party may terminate this Agreement by giving nine months' written notice to the "
        "other, such notice not to expire before the second anniversary of its commencement.",
    ),
    58: (
        "Adjudication",
        "A dispute that the executives cannot settle within thirty days shall be referred to an "
        "adjudicator nominated by the Institute of Railway Arbiters in Sheffield.",
    ),
    71: (
        "Governing law",
        "This Agreement and any dispute arising out of it shall be governed by the laws of England "
        "and Wales.",
    ),
}
"""By clause number: what a reader asks for stands there and nowhere else."""

TOPICS = (
    "Interpretation", "Scope of the Services", "Standard of performance", "Service levels",
    "Service credits", "Customer sites", "Access to the track", "Safety of the railway",
    "Equipment", "Spare parts", "Software", "Invoicing", "Indexation", "Expenses", "Taxes",
    "Records", "Audit", "Open book reporting", "Benchmarking", "Key personnel",
    "Employees of the Supplier", "Subcontractors", "Training", "Quality assurance", "Testing",
    "Acceptance", "Warranties", "Defects", "Indemnities", "Claims by third parties",
    "Intellectual property", "Licences", "Escrow of source code", "Confidentiality",
    "Announcements", "Data protection", "Information security", "Business continuity",
    "Force majeure", "Change control", "Governance", "Contract managers", "Reports",
    "Escalation", "Remediation plans", "Step-in", "Suspension", "Partial termination",
    "Consequences of termination", "Exit plan", "Transfer of staff", "Return of property",
    "Assignment", "Change of control", "Anti-bribery", "Modern slavery", "Environment",
    "Waste", "Equality", "Whistle-blowing", "Notices", "Waiver", "Severance",
    "Entire agreement", "Variation", "Counterparts", "Third party rights", "Further assurance",
    "Costs", "Set-off", "No partnership", "Survival", "Language", "Execution",
)  # fmt: skip

SENTENCES = (
    "In respect of {topic}, the Supplier shall act with the skill and care that may reasonably be "
    "expected of an experienced contractor in the same trade.",
    "The Customer may from time to time issue written instructions concerning {topic}, and the "
    "Supplier shall follow them so far as they are lawful and within the scope of the Services.",
    "Where a matter of {topic} affects the safe running of trains, the Supplier shall inform the "
    "controller of the terminal without delay and shall confirm what it has done in writing.",
    "Nothing in this clause relieves either party of a duty that it has under statute, and no "
    "approval given by the Customer shall lessen the responsibility of the Supplier.",
    "The Supplier shall keep complete and accurate records of {topic} and shall produce them to "
    "the Customer, or to an auditor whom it appoints, on reasonable request.",
    "If the parties do not agree on a question of {topic}, each of them shall continue to perform "
    "its obligations while the question is being settled.",
    "A failure that is caused by an act or omission of the Customer shall not be treated as a "
    "breach by the Supplier, provided that the Supplier has given prompt warning of it.",
    "The Supplier shall bear the cost of complying with this clause, save where a change to it was "
    "requested by the Customer under the change control procedure.",
    "The contract managers shall review {topic} at each of their regular meetings and shall record "
    "in the minutes what has been agreed, by whom it is to be done and by when.",
    "References in this clause to a person include companies, partnerships and public bodies, and "
    "references to writing include electronic mail but not messages sent by telephone.",
    "The Supplier shall procure that each of its subcontractors accepts duties in respect of "
    "{topic} that are no less strict than those set out in this clause.",
    "Neither party shall be entitled to rely on its own default, and a party that suffers a loss "
    "shall take reasonable steps to keep it small.",
    "Any consent that is required under this clause shall not be unreasonably withheld, but may be "
    "made subject to conditions that protect the legitimate interests of the party that gives it.",
    "Documents that concern {topic} shall be written in English and shall be kept in a form in "
    "which they can be read without special software.",
    "The rights of the Customer under this clause are in addition to those which it has under the "
    "general law, and the exercise of one of them does not exclude the others.",
    "Where this clause requires something to be done promptly, it shall be done as soon as is "
    "practicable having regard to the working hours of the terminal concerned.",
)
