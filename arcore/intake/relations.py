"""What columns say of each other: open is at most the amount, the amount is paid and open, due comes after issue."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from typing import NamedTuple

from arcore.intake.basis import Basis
from arcore.intake.columns import ASKED
from arcore.intake.columns import BY_HAND
from arcore.intake.dates import read_date
from arcore.intake.layout import Table
from arcore.intake.lines import Reading
from arcore.intake.numbers import read_amount
from arcore.intake.understood import GUESSED
from arcore.intake.understood import ColumnMatch
from arcore.intake.understood import Question
from arcore.intake.workbook import Cell

LOOKED_AT = 300
MOST_TOLD = 4
"""So many reasons are told of a guess; with fewer it is said that little is known."""
LEAST = 4
"""Rows that must speak before columns are weighed against each other."""
RAISED = 0.03
LOWERED = 0.55


class _Evidence(NamedTuple):
    """What was seen: the field it speaks of, for or against it, and the words."""

    field: str
    good: bool
    words: str


def weigh(matches: Sequence[ColumnMatch], table: Table, at: Mapping[str, int], reading: Reading) -> list[ColumnMatch]:
    """Raise or lower the scores of columns by what they say of each other; what a person chose stays as it is."""
    found = [one for one in _seen(table, at, reading) if one is not None]
    weighed = []
    for match in matches:
        mine = [one for one in found if one.field == match.field]
        if not mine or match.why.startswith(BY_HAND):
            weighed.append(match)
            continue
        against = not all(one.good for one in mine)
        score = max(0.05, match.score - LOWERED) if against else min(1.0, match.score + RAISED)
        why = "; ".join([match.why, *(one.words for one in mine)])
        weighed.append(replace(match, score=round(score, 2), why=why))
    return weighed


def doubts(matches: Sequence[ColumnMatch]) -> list[Question]:
    """Ask about columns whose content speaks against what they are called."""
    weak = [match for match in matches if match.field and match.score < ASKED and not match.why.startswith(BY_HAND)]
    if not weak:
        return []
    named = " and ".join(f"“{match.column}” ({match.why})" for match in weak[:3])
    what = "column is" if len(weak) == 1 else "columns are"
    return [Question("columns", f"Their content speaks against what {len(weak)} {what} taken for: {named}. Right so?")]


def guessed(basis: Basis, matches: Sequence[ColumnMatch], *, documents: bool) -> Question:
    """Ask whether a table is what its content was taken for, with what speaks for it and how little that is."""
    missing = "The file has no header" if basis.place < 0 else "No name in the header is known"
    if any(match.field and not match.why.startswith(GUESSED) for match in matches):
        missing = "Few names in the header are known"
    seen = f" ({', '.join(basis.evidence[:MOST_TOLD])})" if basis.evidence else ""
    weak = [match for match in matches if match.why.startswith(GUESSED) and match.score < ASKED]
    named = " and ".join(f"“{match.column}” as {match.field.replace('_', ' ')}" for match in weak[:3])
    least = f" Least sure: {named}." if weak else ""
    little = "Little is known of it: its" if len(basis.evidence) < MOST_TOLD else "Its"
    what = "what your customers owe, not payments, suppliers' bills, quotes or bank lines"
    asked = what if documents else "your customers, not suppliers or people who work here"
    text = (
        f"{missing}. {little} columns are guessed from their content{seen}.{least}"
        f" Is this a list of {asked}, and is each column taken for what it is?"
    )
    return Question("no_header", text)


def _seen(table: Table, at: Mapping[str, int], reading: Reading) -> list[_Evidence | None]:
    rows = table.rows[:LOOKED_AT]
    money = {name: _amounts(rows, at, name, reading) for name in ("amount", "open_amount", "paid_amount")}
    days = {name: _days(rows, at, name, reading) for name in ("issue_date", "due_date")}
    amount, owed, paid = money["amount"], money["open_amount"], money["paid_amount"]
    return [
        _share("open_amount", _pairs(owed, amount), lambda a, b: abs(a) <= abs(b), "at most the amount"),
        _sum(amount, paid, owed),
        _share("due_date", _pairs(days["due_date"], days["issue_date"]), lambda a, b: a >= b, "not before the date"),
        _number(rows, at),
    ]


def _share(
    field: str, pairs: Sequence[tuple[Any, Any]], holds: Callable[[Any, Any], bool], words: str
) -> _Evidence | None:
    """Weigh a column by the share of rows in which it holds what is expected beside another."""
    if len(pairs) < LEAST:
        return None
    good = sum(1 for one, other in pairs if holds(one, other))
    said = f"{words} in {good} of {len(pairs)}"
    if good * 20 >= len(pairs) * 19:
        return _Evidence(field, good=True, words=said)
    return _Evidence(field, good=False, words=said) if good * 5 < len(pairs) else None


def _sum(
    amount: Sequence[Decimal | None], paid: Sequence[Decimal | None], owed: Sequence[Decimal | None]
) -> _Evidence | None:
    """See whether amounts are what is paid and what is open; that they are not says nothing: credits may count too."""
    rows = [
        (whole, part, rest)
        for whole, part, rest in zip(amount, paid, owed, strict=True)
        if whole is not None and part is not None and rest is not None
    ]
    good = sum(1 for whole, part, rest in rows if abs(whole) == abs(part) + abs(rest))
    if len(rows) < LEAST or good * 10 < len(rows) * 9:
        return None
    return _Evidence("amount", good=True, words=f"paid and open together in {good} of {len(rows)}")


def _number(rows: Sequence[Sequence[Cell]], at: Mapping[str, int]) -> _Evidence | None:
    """See whether numbers tell documents apart; on lines of items they repeat."""
    if "invoice_no" not in at:
        return None
    numbers = [str(row[at["invoice_no"]]) for row in rows if row[at["invoice_no"]] != ""]
    different = len(set(numbers))
    if len(numbers) < LEAST * 2:
        return None
    days = {str(row[at["issue_date"]]) for row in rows} if "issue_date" in at else set()
    if different == 1 and len(days) < 2:
        return None
    if different == 1:
        return _Evidence("invoice_no", good=False, words=f"the same in all {len(numbers)} rows")
    return _Evidence("invoice_no", good=True, words=f"{different} different in {len(numbers)} rows")


def _pairs(one: Sequence[Any], other: Sequence[Any]) -> list[tuple[Any, Any]]:
    return [(a, b) for a, b in zip(one, other, strict=True) if a is not None and b is not None]


def _amounts(
    rows: Sequence[Sequence[Cell]], at: Mapping[str, int], name: str, reading: Reading
) -> list[Decimal | None]:
    if name not in at:
        return [None] * len(rows)
    read = (read_amount(row[at[name]], reading.mark) for row in rows)
    return [one.value if one is not None else None for one in read]


def _days(rows: Sequence[Sequence[Cell]], at: Mapping[str, int], name: str, reading: Reading) -> list[date | None]:
    if name not in at:
        return [None] * len(rows)
    order = reading.orders.get(name)
    first = order is None or order.day_first is not False
    read = (None if row[at[name]] == "" else read_date(row[at[name]], day_first=first) for row in rows)
    return [day if isinstance(day, date) else None for day in read]
