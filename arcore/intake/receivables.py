"""A general ledger's lines on its receivables accounts: a debit is an invoice, a credit the payment of one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from collections.abc import Sequence
from decimal import Decimal

from arcore.intake.cells import text_of
from arcore.intake.layout import Table
from arcore.intake.lines import Line
from arcore.intake.understood import SALES_KINDS
from arcore.intake.understood import Row
from arcore.money import ZERO

_ACCOUNT = re.compile(
    r"accounts? receivable|trade (?:receivables|debtors)|\bdebtors\b|debitoren|forderungen|^clients$|créances clients"
    r"|cuentas por cobrar|crediti verso clienti|debiteuren",
    re.IGNORECASE,
)


def keep_receivables(table: Table, at: Mapping[str, int], lines: list[Line], beginnings: tuple[str, ...] = ()) -> int:
    """Keep the lines on receivables accounts, in place; return how many were on others.

    `beginnings`: what the numbers of these accounts begin with, where the system has numbers and no names.
    """
    position = at["ledger_account"]
    account = {line: text_of(row[position]) for row, line in zip(table.rows, table.lines, strict=True)}
    kept = [line for line in lines if _is_receivable(account[line.line], beginnings)]
    others = len(lines) - len(kept)
    lines[:] = kept
    return others


def _is_receivable(account: str, beginnings: tuple[str, ...]) -> bool:
    return account.startswith(beginnings) if beginnings else bool(_ACCOUNT.search(account))


def settle(rows: Sequence[Row]) -> list[Row]:
    """Let payments pay the invoice of the same customer whose number they carry, and say what is left open."""
    paid: dict[tuple[str, str], Decimal] = {}
    for row in rows:
        if row.kind == "payment" and row.number:
            place = (row.customer_code or row.customer_name, row.number)
            paid[place] = paid.get(place, ZERO) + row.amount
    found = []
    for row in rows:
        place = (row.customer_code or row.customer_name, row.number)
        if row.kind == "payment":
            found.append(row._replace(applies_to=row.number, number="", open_amount=None, status=""))
        elif row.kind in SALES_KINDS:
            owed = max(row.amount - paid.get(place, ZERO), ZERO) if row.open_amount is None else row.open_amount
            found.append(row._replace(open_amount=owed, status="open" if owed else "paid"))
        else:
            found.append(row)
    return found
