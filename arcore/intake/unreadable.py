"""Cells that can't be read, each with the reason that its row is refused for."""

from __future__ import annotations

from collections.abc import Mapping

from arcore.intake.cells import Amounts
from arcore.intake.cells import Days
from arcore.intake.cells import text_of
from arcore.intake.dates import BadDate
from arcore.intake.layout import Table

LABELS = {
    "issue_date": "Date",
    "due_date": "Due date",
    "paid_date": "Payment date",
    "delivery_date": "Delivery date",
    "amount": "Amount",
    "open_amount": "Open amount",
    "paid_amount": "Paid amount",
    "tax_amount": "Tax",
    "line_amount": "Line amount",
    "quantity": "Quantity",
    "unit_price": "Unit price",
    "debit": "Debit",
    "credit": "Credit",
}
"""What the fields are called in sentences."""


def problems(
    table: Table, at: Mapping[str, int], dates: Mapping[str, Days], money: Mapping[str, Amounts]
) -> dict[int, tuple[str, str, str]]:
    """Return column, value and reason of the first cell that can't be read, of each row that has one."""
    found: dict[int, tuple[str, str, str]] = {}
    for name, column in dates.items():
        if BadDate in set(map(type, column)):
            for index, day in enumerate(column):
                if isinstance(day, BadDate):
                    value = text_of(table.rows[index][at[name]])
                    found.setdefault(index, (table.header[at[name]], value, f"{LABELS[name]} {value} {day.why}"))
    for name in _checked_amounts(money):
        cells, values = table.column(at[name]), money[name].values
        if values.count(None) == cells.count(""):
            continue
        for index, (cell, amount) in enumerate(zip(cells, values, strict=True)):
            if amount is None and cell != "":
                why = f"{LABELS[name]} {text_of(cell)} is not an amount"
                found.setdefault(index, (table.header[at[name]], text_of(cell), why))
    return found


def _checked_amounts(money: Mapping[str, Amounts]) -> list[str]:
    """Return the columns that must be readable: line items only where no column has the whole amount, tax never."""
    whole = [money[name].values for name in ("amount", "open_amount", "debit", "credit") if name in money]
    has_whole = any(value is not None for values in whole for value in values)
    unchecked = {"tax_amount", *(("line_amount", "quantity", "unit_price") if has_whole else ())}
    return [name for name in money if name not in unchecked]
