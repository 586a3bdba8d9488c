"""Lines of one document folded into it: repeated totals are taken once, line items are added up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from arcore.intake.lines import Line
from arcore.money import ZERO

ONCE = "once"
"""Every line repeats the amount of its document."""
SUMMED = "summed"
"""The amounts are those of the lines: a document is their sum."""
ITEMS = "items"
"""No column has the amount; it is line total or quantity × price, summed."""


class Mode(NamedTuple):
    """How the amounts of a file's lines make documents, and the evidence."""

    name: str
    why: str = ""


@dataclass(slots=True)
class Document:
    """Lines that belong together, with what they come to; `amount` is signed, None when no line has one."""

    lines: list[Line]
    amount: Decimal | None = None
    open: Decimal | None = None
    paid: Decimal | None = None
    tax: Decimal | None = None

    @property
    def head(self) -> Line:
        """Return the first line."""
        return self.lines[0]


class Folded(NamedTuple):
    """Documents in the order of their first lines, and how they were made."""

    documents: list[Document]
    mode: Mode


def fold(lines: Sequence[Line], *, apart: bool, total_named: bool, line_level: bool) -> Folded:
    """Fold lines into documents.

    Args:
        lines: all good lines of a table.
        apart: every line is a document of its own (payments).
        total_named: the amount column calls itself a total.
        line_level: the table has columns of line items.
    """
    groups = [[line] for line in lines] if apart else _groups(lines)
    mode = _mode(groups, total_named=total_named, line_level=line_level)
    return Folded([_document(group, mode.name) for group in groups], mode)


def _document(group: list[Line], mode: str) -> Document:
    if len(group) > 1:
        document = _add_up(group, mode)
    else:
        line = group[0]
        amount = line.amount if line.amount is not None and mode != ITEMS else line.value
        document = Document(group, amount, line.open, line.paid, line.tax)
    if not document.amount and document.open:
        # Some reports list payments with what is left of them only.
        document.amount = document.open
    return document


def _groups(lines: Sequence[Line]) -> list[list[Line]]:
    """Group by system id, else by customer, number, dates and currency; a line with neither stands alone."""
    rough: dict[object, list[Line]] = {}
    for position, line in enumerate(lines):
        name = line.system_id or (line.number and (line.code or line.name, line.number)) or position
        rough.setdefault(name, []).append(line)
    groups: list[list[Line]] = []
    for group in rough.values():
        if len(group) == 1:
            groups.append(group)
            continue
        exact: dict[object, list[Line]] = {}
        for line in group:
            exact.setdefault(identity(line), []).append(line)
        groups.extend(exact.values())
    return groups


def identity(line: Line) -> object:
    """Return what lines of one document share; None when the line has neither id nor number."""
    if line.system_id:
        return line.system_id
    if line.number:
        return (line.entity, line.code or line.name, line.kind, line.number, line.issue, line.due, line.currency)
    return None


def _mode(groups: Sequence[Sequence[Line]], *, total_named: bool, line_level: bool) -> Mode:
    if not any(line.amount is not None for group in groups for line in group):
        if any(line.value is not None for group in groups for line in group):
            return Mode(ITEMS, "no total is filled in; the amount is the sum of its lines")
        return Mode(ONCE)
    several = [group for group in groups if len(group) > 1]
    summed = _evidence_of_lines(several, total_named=total_named, line_level=line_level)
    if summed:
        return Mode(SUMMED, summed)
    return Mode(ONCE, "every line repeats the amount of its document, so it is taken once" if several else "")


def _evidence_of_lines(several: Sequence[Sequence[Line]], *, total_named: bool, line_level: bool) -> str:
    """Say what shows that the amounts are those of lines; "" when nothing does."""
    for group in several:
        if len({line.amount for line in group if line.amount is not None}) > 1:
            number = group[0].number or group[0].system_id
            return f"lines of one document ({number}) have different amounts, so they are added up"
    if total_named:
        return ""
    for group in several:
        total = sum((line.amount or ZERO for line in group), ZERO)
        opens = {line.open for line in group}
        if len(opens) == 1 and total and opens == {total} and opens != {group[0].amount}:
            return "the open amount is the sum of the lines, so they are added up"
    if not line_level and any(_differ(group) for group in several):
        return "lines of one document have different texts, so they are added up"
    return ""


def _differ(group: Sequence[Line]) -> bool:
    return len({line.reference for line in group}) > 1


def _add_up(lines: list[Line], mode: str) -> Document:
    if mode == ITEMS:
        amount = _sum([line.value for line in lines])
    elif mode == SUMMED:
        amount = _sum([line.amount for line in lines])
    else:
        amount = _once([line.amount for line in lines])
    return Document(
        lines,
        amount,
        _once([line.open for line in lines]),
        _once([line.paid for line in lines]),
        _once([line.tax for line in lines]),
    )


def _sum(amounts: Sequence[Decimal | None]) -> Decimal | None:
    known = [amount for amount in amounts if amount is not None]
    return sum(known, ZERO) if known else None


def _once(amounts: Sequence[Decimal | None]) -> Decimal | None:
    """Return the one amount that the lines repeat; where they differ, they are parts and are added up."""
    known = [amount for amount in amounts if amount is not None]
    if len(set(known)) <= 1:
        return known[0] if known else None
    return sum(known, ZERO)


def keys(bases: list[str], detail: Callable[[int], str]) -> list[str]:
    """Make keys unique: a base that several documents share gets its details behind it, then "#2", "#3", ….

    The order of the rows decides only between documents that are alike in every detail; `detail` is asked by place.
    """
    if len(set(bases)) == len(bases):
        return bases
    shared = Counter(bases)
    named = [
        f"{base}|{more}" if shared[base] > 1 and (more := detail(place)) else base for place, base in enumerate(bases)
    ]
    seen: Counter[str] = Counter()
    found = []
    for key in named:
        seen[key] += 1
        found.append(key if seen[key] == 1 else f"{key}#{seen[key]}")
    return found
