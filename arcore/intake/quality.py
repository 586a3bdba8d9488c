"""How good the data of a file are: the share of its rows without a flaw, and which flaws cost how many."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from typing import NamedTuple

from arcore.intake.understood import CUSTOMERS
from arcore.intake.understood import NOT_COUNTED
from arcore.intake.understood import SALES_KINDS
from arcore.intake.understood import CustomerRow
from arcore.intake.understood import Row
from arcore.intake.understood import Understood

LONGEST_TERM = 180
"""Days from invoice to due date; more is odd."""
FLAWS: Mapping[str, tuple[str, str]] = {
    "refused": ("can't be booked", "can't be booked"),
    "duplicate": ("repeats another", "repeat another"),
    "no_number": ("has no number", "have no number"),
    "no_due_date": ("has no due date", "have no due date"),
    "odd_terms": ("is due before its date or after half a year", "are due before their date or after half a year"),
    "no_currency": ("names no currency", "name no currency"),
    "no_email": ("has no e-mail address", "have no e-mail address"),
}
"""What may be wrong with a row, said of one and of several."""


@dataclass(frozen=True)
class Quality:
    """The rows of a file, those without any flaw, and how many have each; a row may have several."""

    rows: int
    clean: int
    flaws: Mapping[str, int] = field(default_factory=dict)

    @property
    def score(self) -> int | None:
        """The share of clean rows in percent, rounded down, so that 100 means all; None without rows."""
        return self.clean * 100 // self.rows if self.rows else None

    def __add__(self, other: Quality) -> Quality:
        """Take two files together."""
        return Quality(
            self.rows + other.rows, self.clean + other.clean, dict(Counter(self.flaws) + Counter(other.flaws))
        )


class Flawed(NamedTuple):
    """A row with something wrong: its line, 1-based, what it is, names of FLAWS, and why it is refused, if it is."""

    line: int
    number: str
    customer: str
    flaws: tuple[str, ...]
    reason: str = ""


def quality_of(understood: Understood) -> Quality:
    """Look at every row that holds data: those that are used, refused, or repeat another."""
    flaws: Counter[str] = Counter()
    clean = 0
    found = [_customer(row) for row in understood.customers] if understood.kind == CUSTOMERS else []
    found += [_document(row) for row in understood.rows]
    for row in found:
        flaws.update(row)
        clean += not row
    lost = {
        "refused": len({row.line for row in understood.refused}),
        "duplicate": understood.left_out.get("duplicate", 0),
    }
    flaws.update({name: count for name, count in lost.items() if count})
    return Quality(len(found) + sum(lost.values()), clean, {name: flaws[name] for name in FLAWS if flaws[name]})


def flawed(understood: Understood) -> list[Flawed]:
    """Return the rows with a flaw in the order of the file; of a row that repeats another only the number is known."""
    people = understood.customers if understood.kind == CUSTOMERS else ()
    found = [Flawed(row.line, row.code, row.name, tuple(_customer(row))) for row in people]
    found += [
        Flawed(row.line, row.number, row.customer_name or row.customer_code, tuple(_document(row)))
        for row in understood.rows
    ]
    lost = {r.line: Flawed(r.line, r.number, r.customer, ("refused",), r.reason) for r in understood.refused}
    return sorted([*(row for row in found if row.flaws), *lost.values()], key=lambda row: row.line)


def _customer(row: CustomerRow) -> list[str]:
    return [] if row.email else ["no_email"]


def _document(row: Row) -> list[str]:
    """Name what is wrong with a document; only what is sold has a due date, and what is void is not looked at."""
    if row.status in NOT_COUNTED:
        return []
    found = [] if row.currency else ["no_currency"]
    if row.kind in SALES_KINDS:
        if not row.number:
            found.append("no_number")
        if row.due_date is None:
            found.append("no_due_date")
        elif row.document_date is not None and not 0 <= (row.due_date - row.document_date).days <= LONGEST_TERM:
            found.append("odd_terms")
    return found
