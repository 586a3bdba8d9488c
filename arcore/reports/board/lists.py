"""What the lists of the board pack say: aging, movement, risks, agreement, notes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from arcore.analytics import written as measures
from arcore.money import from_minor
from arcore.reports.aging import AgingReport
from arcore.reports.aging import AgingRow
from arcore.reports.board.contents import Pack
from arcore.reports.board.printed import moment
from arcore.reports.board.printed import posted_sentence
from arcore.reports.board.printed import short
from arcore.reports.board.printed import whole
from arcore.reports.board.story import agreement_sentence
from arcore.reports.targets import Status
from arcore.written import NONE
from arcore.written import Format

DEBTORS = 14
RISKS = 15
ENTRIES = 10
"""Rows of the lists; the workbook has them all."""


def aged(pack: Pack, say: Format) -> dict[str, Any]:
    """Lay the aging out: by bucket on three days, as bars, and by customer."""
    month, currency = pack.month, pack.currency
    reports = (pack.aging, pack.aging_before, pack.aging_year_before)
    days = (month.last, month.before, month.year_before)
    totals = [_total(report, currency) for report in reports]
    names = ["Not due", *(f"{name} days" for name in pack.aging.columns[1:-1]), "Unapplied credits"]
    return {
        "names": names,
        "days": [say.day(day) for day in days],
        "rows": [_bucket_row(place, name, totals, currency, say) for place, name in enumerate(names)],
        "total": ["Open balance", *_compared([row.open for row in totals], totals[0].open, currency, say)],
        "bars": [_bar(day, row, currency, say) for day, row in zip(days, totals, strict=True) if row.items],
        "debtors": _debtors(pack, say),
        "others": [_other(row, say) for row in pack.aging.totals if row.currency != currency],
        "incomplete": pack.aging.incomplete or "",
        "checked": checked(pack, say),
    }


def cells(row: AgingRow) -> tuple[int, ...]:
    """Return not due, the buckets and unapplied."""
    return (row.not_due, *row.buckets, row.unapplied)


def _total(report: AgingReport, currency: str) -> AgingRow:
    empty = AgingRow("total", "Total", currency, 0, (0,) * (len(report.columns) - 2), 0, 0, 0, 0)
    return next((row for row in report.totals if row.currency == currency), empty)


def _bucket_row(place: int, name: str, totals: Sequence[AgingRow], currency: str, say: Format) -> list[str]:
    return [name, *_compared([cells(row)[place] for row in totals], totals[0].open, currency, say)]


def _compared(units: Sequence[int], whole: int, currency: str, say: Format) -> list[str]:
    now, before, year = units
    share = say.percent(100 * now / whole) if whole else NONE
    whole_units = {"decimals": 0}
    return [
        say.amount(now, currency, **whole_units),
        share,
        say.amount(before, currency, **whole_units),
        say.signed(now - before, currency, **whole_units),
        say.amount(year, currency, **whole_units),
        say.signed(now - year, currency, **whole_units),
    ]


def _bar(day: date, row: AgingRow, currency: str, say: Format) -> dict[str, Any]:
    return {
        "day": say.day(day),
        "parts": [float(from_minor(units, currency)) for units in cells(row)[:-1]],
        "total": short(row.not_due + row.overdue, currency, say),
    }


def _debtors(pack: Pack, say: Format) -> dict[str, Any]:
    currency = pack.currency
    rows = [row for row in pack.aging.cells if row.currency == currency]
    largest, others = rows[:DEBTORS], rows[DEBTORS:]
    listed = [[row.name, *whole((*cells(row), row.open), currency, say)] for row in largest]
    if others:
        sums = [sum(each) for each in zip(*(cells(row) for row in others), strict=True)]
        name = f"{say.number(len(others))} other customer{'s' * (len(others) != 1)}"
        listed.append([name, *whole((*sums, sum(row.open for row in others)), currency, say)])
    total = _total(pack.aging, currency)
    heads = ["Customer", "Not due", *pack.aging.columns[1:-1], "Unapplied", "Open"]
    return {
        "heads": heads,
        "rows": listed,
        "total": ["All customers", *whole((*cells(total), total.open), currency, say)],
    }


def _other(row: AgingRow, say: Format) -> str:
    amounts = f"{say.amount(row.open, row.currency)} open, {say.amount(row.overdue, row.currency)} of it past due"
    return f"Not converted, and not in these figures: {row.currency} {amounts}."


def checked(pack: Pack, say: Format) -> str:
    """Say whether what is open equals the documents, added up by another road."""
    off = [control for control in pack.aging.control if control.difference]
    if off:
        parts = ", ".join(f"{control.currency} {say.amount(control.difference, control.currency)}" for control in off)
        return f"The documents add up to another balance: {parts} more."
    return "Adds up to the documents by another road, difference 0.00 in every currency."


def movement(pack: Pack, say: Format) -> dict[str, Any]:
    """Lay out the way of every bucket from the end of the month before."""
    currency = pack.currency
    part = next((one for one in pack.movement.parts if one.currency == currency), None)
    heads = ["", "Not due", *pack.movement.columns[1:-1], "Unapplied", "Open"]
    if part is None:
        return {"heads": heads, "rows": [], "total": [], "unit": currency}
    lines = [(say.day(pack.month.before), part.opening), *((line.label, line) for line in part.lines)]
    return {
        "heads": heads,
        "unit": currency,
        "rows": [[label, *whole((*line.amounts, line.total), currency, say)] for label, line in lines],
        "total": [say.day(pack.month.last), *whole((*part.closing.amounts, part.closing.total), currency, say)],
    }


def risks(pack: Pack, say: Format) -> dict[str, Any]:
    """Lay out the riskiest customers."""
    currency, rows = pack.currency, pack.risks.rows
    return {
        "heads": ["", "Customer", "Overdue", "Over 90 days", "Over limit", "Promise broken", "In dispute", "Why"],
        "rows": [
            [str(number), risk.name, f"{risk.code}{f' · {risk.owner}' if risk.owner else ''}",
             *whole((risk.overdue, risk.over_90, risk.over_limit, risk.broken, risk.disputed), currency, say),
             "; ".join(risk.why)]
            for number, risk in enumerate(rows[:RISKS], 1)
        ],
        "more": max(0, len(rows) - RISKS),
    }  # fmt: skip


def goals(pack: Pack, say: Format) -> dict[str, Any]:
    """Lay out how every target stands, and which measures left their band."""
    heads = ["Measure", "Of", "Value", "Target", "", "To be met by", "Answers for it", "Alert"]
    rows = [
        [status.goal.kpi.label, status.goal.segment or "all customers", measures.in_full(status.figure, say),
         told(float(status.goal.value), status, say), status.words,
         "always" if status.goal.due_on is None else say.day(status.goal.due_on), status.goal.owner, alert(status, say)]
        for status in pack.statuses
    ]  # fmt: skip
    return {"heads": heads, "rows": rows}


def told(value: float, status: Status, say: Format) -> str:
    """Write a target or limit in the unit of its measure."""
    return measures.in_full(replace(status.figure, exact=Decimal(str(value))), say)


def alert(status: Status, say: Format) -> str:
    """Say which limit a measure passed and since when; "" while it is in its band."""
    found = status.alert
    if found is None:
        return ""
    return f"{found.side} {told(float(found.limit), status, say)} since {say.day(found.since)}"


def ledger(pack: Pack, say: Format) -> dict[str, Any]:
    """Lay out our balance beside that of the general ledger."""
    rows = []
    for one in pack.agreement:
        stated = one.stated
        rows.append(
            [
                one.entity,
                one.currency,
                say.amount(one.ours, one.currency),
                NONE if stated is None else say.amount(stated.amount, one.currency),
                NONE if one.difference is None else say.signed(one.difference, one.currency),
                "not compared" if stated is None else "agrees" if one.agrees
                else "differs, explained" if one.rest == 0 else "differs",
                "" if stated is None else stated.source,
            ]
        )  # fmt: skip
    heads = ["Entity", "Currency", "Open balance", "General ledger", "Difference", "", "Source"]
    return {"sentence": agreement_sentence(pack.agreement, say), "heads": heads, "rows": rows}


def posted(pack: Pack, say: Format) -> dict[str, Any]:
    """Lay out what was recorded after the month was frozen."""
    later = pack.posted
    heads = ["Document", "Customer", "Dated", "Counts from", "Effect", "Recorded", "By"]
    found: dict[str, Any] = {"sentence": posted_sentence(pack, say), "heads": heads, "rows": [], "more": 0}
    if later is None:
        return found
    rows = [
        [e.document, e.name, say.day(e.document_date), say.day(e.effective_on),
         f"{say.signed(e.amount, e.currency)} {e.currency}", say.day(e.recorded_at.date()), e.recorded_by]
        for e in later.entries[:ENTRIES]
    ]  # fmt: skip
    return found | {"rows": rows, "more": max(0, later.count - len(rows))}


def note(pack: Pack, say: Format) -> dict[str, Any]:
    """Return what the managers say, and who said it when."""
    if pack.note is None:
        return {"text": "", "by": ""}
    return {"text": pack.note.text, "by": f"{pack.note.recorded_by}, {moment(pack, pack.note.recorded_at, say)}"}
