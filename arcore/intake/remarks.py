"""What is remarkable about the documents of a file and hides no row: odd dates, rounding, repetitions."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from arcore.intake.understood import INVOICES
from arcore.intake.understood import NOT_COUNTED
from arcore.intake.understood import PAYMENTS
from arcore.intake.understood import REMITTANCE
from arcore.intake.understood import SALES_KINDS
from arcore.intake.understood import Row
from arcore.money import ZERO
from arcore.money import digits
from arcore.money import from_minor
from arcore.money import nearest_minor

SEVERAL = 5
"""From so many invoices on it is remarkable that none is settled."""
NOTHING_SETTLED = (
    "Nothing in this list is settled. If it names only what is open, say of which day: then it is compared with the"
    " list before it, and its invoices are not taken for all that was sold."
)


def remarks(rows: Sequence[Row], kind: str) -> list[str]:
    """Return one sentence for each remarkable thing, with how many rows it concerns."""
    said = []
    invoices = [row for row in rows if row.kind in SALES_KINDS and row.status not in NOT_COUNTED]
    early = sum(1 for row in invoices if row.due_date and row.document_date and row.due_date < row.document_date)
    if early:
        said.append(f"{early} of {len(invoices)} invoices are due before they are issued.")
    more = sum(1 for row in invoices if row.open_amount is not None and row.open_amount > row.amount)
    if more:
        said.append(f"{more} invoices have more open than they amount to.")
    less = sum(1 for row in invoices if row.open_amount is not None and row.open_amount < ZERO)
    if less:
        said.append(f"{less} invoices are paid more than they amount to.")
    if kind == INVOICES and len(invoices) >= SEVERAL and all(row.open_amount for row in rows):
        said.append(NOTHING_SETTLED)
    said.extend(_rounding(rows))
    if kind in (PAYMENTS, REMITTANCE):
        again = sum(1 for row in rows if "#" in row.key.rsplit("|", 1)[-1])
        if again:
            said.append(
                f"{again} payments are like another in customer, invoice, date and amount; all are taken as real."
            )
    elif any("|" in row.key and row.key.count("|") > 2 and row.number for row in rows):
        shared = sum(1 for row in rows if row.number and row.key.count("|") > 2)
        said.append(
            f"{shared} documents share their number with another of the same customer; date and amount part them."
        )
    return said


def _rounding(rows: Sequence[Row]) -> list[str]:
    """Say what rounding to the digits of the currency does, per currency."""
    count: dict[str, int] = {}
    moved: dict[str, Decimal] = {}
    for row in rows:
        exponent = row.amount.as_tuple().exponent
        if not row.currency or not isinstance(exponent, int) or -exponent <= digits(row.currency):
            continue
        rounded = from_minor(nearest_minor(row.amount, row.currency), row.currency)
        if rounded != row.amount:
            count[row.currency] = count.get(row.currency, 0) + 1
            moved[row.currency] = moved.get(row.currency, ZERO) + rounded - row.amount
    return [
        f"{number} amounts have more decimals than {currency}; each is rounded when booked, which moves the sum by"
        f" {from_minor(nearest_minor(moved[currency], currency), currency):,}."
        for currency, number in count.items()
    ]
