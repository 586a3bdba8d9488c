"""The board pack as a workbook: what is a total is a formula, and checks on the first sheet give zero."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import UTC
from datetime import datetime
from datetime import time
from typing import Any

from arcore.money import digits
from arcore.reports.board import sheets
from arcore.reports.board.appendix import rests_on
from arcore.reports.board.cells import Amount
from arcore.reports.board.cells import Cell
from arcore.reports.board.cells import Formula
from arcore.reports.board.cells import Number
from arcore.reports.board.cells import Sheet
from arcore.reports.board.cells import Styles
from arcore.reports.board.cells import cell
from arcore.reports.board.cells import major
from arcore.reports.board.cells import span
from arcore.reports.board.checks import ITEMS_MOST
from arcore.reports.board.checks import Check
from arcore.reports.board.checks import all_items
from arcore.reports.board.checks import checks
from arcore.reports.board.contents import Pack
from arcore.reports.board.figures import HEADLINE
from arcore.reports.board.lists import alert
from arcore.reports.board.printed import facts
from arcore.reports.board.printed import meaning
from arcore.reports.board.printed import moment
from arcore.reports.board.printed import posted_sentence
from arcore.reports.board.printed import title
from arcore.reports.board.story import agreement_sentence
from arcore.reports.board.story import paragraphs
from arcore.reports.export import MANY_ROWS
from arcore.written import Format

_PAIRS = {
    "items": (("items",), ("aged",)),
    "documents": ((), ("listed",)),
    "open": (("aged",), ("open",)),
    "overdue": (("late",), ("overdue",)),
    "bridge open": (("bridge open",), ("measured open",)),
    "bridge overdue": (("bridge overdue",), ("measured overdue",)),
    "closing": (("measured open",), ("aged",)),
    "opening": (("began open",), ("aged before",)),
    "movement": (("movement",), ("aged",)),
}
"""Which cells each check compares; a side without one is a figure from another road, and stands there as a number."""


def xlsx(pack: Pack) -> bytes:
    """Write the workbook; same pack, same bytes."""
    import xlsxwriter  # noqa: PLC0415  only when a file is asked for

    content = io.BytesIO()
    options = {
        "in_memory": True, "constant_memory": len(pack.items) > MANY_ROWS, "strings_to_formulas": False,
        "strings_to_urls": False, "strings_to_numbers": False, "nan_inf_to_errors": True,
    }  # fmt: skip
    with xlsxwriter.Workbook(content, options) as book:
        # The day of the figures, not that of writing: the same pack gives the same file.
        created = datetime.combine(pack.month.last, time(), UTC).replace(tzinfo=None)
        name = f"Receivables, {pack.month.name}"
        book.set_properties({"title": name, "company": pack.company, "created": created})
        _fill(book, pack)
    return content.getvalue()


def _fill(book: Any, pack: Pack) -> None:
    styles, say = Styles(book, {}), Format(pack.locale)
    covered = [" · ".join([pack.company, *facts(pack, say), f"ledger version {say.number(pack.ledger)}"])]
    wide = [16] * 12

    def sheet(name: str, heading: str, widths: list[int], *more: str) -> Sheet:
        made = Sheet(book, styles, name, widths)
        made.top(heading, [*covered, *more])
        return made

    month = say.month(pack.month.last)
    summary = sheet("Summary", f"Receivables, {month}", [34, *wide])
    refs = sheets.measures(
        sheet(
            "KPIs", f"Measures, {month}", [46, 18, *[17] * 6, 60, 26, 60], "Each is a formula over the inputs below it"
        ),
        pack,
    )
    refs |= sheets.aging(sheet("Aging", f"Aging, {month}", [12, 40, 10, *wide]), pack)
    refs |= sheets.bridges(sheet("Bridge", f"What moved the balance, {month}", [48, 18, 12]), pack)
    refs |= sheets.movement(sheet("Movement", f"Bucket by bucket, {month}", [36, *wide]), pack)
    sheets.course(sheet("Trend", f"The last month-ends up to {month}", [14, *[22] * 10]), pack)
    refs |= sheets.items(
        sheet("Items", f"Open items, {month}", [18, 14, 12, 36, 16, 12, 9, *[14] * 9], *_left_out(pack)), pack
    )
    _risks(sheet("Risks", f"Top risks, {month}", [12, 40, 18, *[16] * 6, 90],
                 "Amounts overlap and are not added up"), pack)  # fmt: skip
    if pack.statuses:
        _targets(sheet("Targets", f"Targets, {month}", [34, 18, 8, *[16] * 5, 18, 40, 60]), pack, say)
    _ledger(sheet("Ledger", f"Agreement with the general ledger, {month}", [14, 10, 18, 18, 18, 24, 40],
                  agreement_sentence(pack.agreement, say)), pack)  # fmt: skip
    if pack.posted is not None:
        _posted(sheet("Posted since", f"Posted into {month} since it was frozen", [20, 40, 10, 14, 14, 16, 14, 16],
                      posted_sentence(pack, say)), pack)  # fmt: skip
    _notes(sheet("Notes", f"Notes of the managers, {month}", [24, *wide]), pack, say)
    _about(sheet("About", "What the figures mean and rest on", [34, 120]), pack, say)
    _summary(summary, pack, refs, say)


def _left_out(pack: Pack) -> list[str]:
    if all_items(pack):
        return []
    month, known = pack.month, pack.month.filters.known_at
    options = f"--report items --as-of {month.last} --currency {pack.currency} --basis {month.filters.basis}"
    if known is not None:
        options += f" --known-at {known.isoformat()}"
    command = f"python -m arcore export items-{month.name}.csv {options}"
    return [f"The first {ITEMS_MOST:,} of {len(pack.items):,} open items. All customers' items as a file: {command}"]


# --- the first sheet --------------------------------------------------------------------------------------------------


def _summary(sheet: Sheet, pack: Pack, refs: Mapping[tuple[str, str], str], say: Format) -> None:
    for text in paragraphs(pack):
        sheet.paragraph(text, last=7)
    sheet.skip()
    month = pack.month
    days = [f"{month.last}", f"{month.before}", "Change", f"{month.year_before}", "Change"]
    sheet.heads(["Measure", "Unit", *days, "Target"], left=2)
    for one in pack.outcomes[: len(HEADLINE)]:
        name = f"{one.kpi.name}.{one.kpi.variant}"
        places = digits(one.now.currency) if one.now.unit == "money" else 2
        told = (("value", one.now.exact), ("before", one.before.exact), ("change", one.change),
                ("year", one.year_before.exact), ("change of year", one.change_of_year))  # fmt: skip
        values: list[Cell] = [
            None if worth is None else Formula(f"={refs[key, name]}", float(worth), places) for key, worth in told
        ]
        target = None if one.target is None else Number(one.target, places)
        sheet.add([one.kpi.label, sheets.unit(one.now), *values, target])
    sheet.skip()
    sheet.heads(["Checks: every difference is zero", "Currency", "One road", "Another road", "Difference"], left=2)
    made = checks(pack)
    first = sheet.row
    for check in made:
        _check(sheet, check, refs)
    off = sum(not check.ok for check in made)
    if made:
        text = f"=SUMPRODUCT(--(ABS({cell(first, 4)}:{cell(sheet.row - 1, 4)})>=0.0005))"
        sheet.add(["Checks that are not zero", "", None, None, Formula(text, off, 0)], bold=True)
    sheet.skip()
    sheet.add([agreement_sentence(pack.agreement, say)])
    for line in (posted_sentence(pack, say), *pack.gaps):
        if line:
            sheet.add([line])


def _check(sheet: Sheet, check: Check, refs: Mapping[tuple[str, str], str]) -> None:
    kind, currency = check.key
    sides = []
    for names, units in zip(_PAIRS[kind], (check.ours, check.other), strict=True):
        ref = refs.get((names[0], currency)) if names else None
        places = digits(currency)
        sides.append(Amount(units, currency) if ref is None else Formula(f"={ref}", major(units, currency), places))
    row = sheet.row
    difference = Formula(
        f"=ROUND({cell(row, 2)}-{cell(row, 3)},{digits(currency)})", major(check.difference, currency), digits(currency)
    )
    sheet.add([check.name, currency, *sides, difference])


# --- lists ------------------------------------------------------------------------------------------------------------


def _risks(sheet: Sheet, pack: Pack) -> None:
    heads = [
        "Number",
        "Customer",
        "Owner",
        "Open",
        "Overdue",
        "Over 90 days",
        "Over limit",
        "Promise broken",
        "In dispute",
    ]
    sheet.heads([*heads, "Why"], left=3, freeze=True)
    for risk in pack.risks.rows:
        amounts = (risk.open, risk.overdue, risk.over_90, risk.over_limit, risk.broken, risk.disputed)
        sheet.add([risk.code, risk.name, risk.owner, *(Amount(units, risk.currency) for units in amounts),
                   "; ".join(risk.why)])  # fmt: skip


def _targets(sheet: Sheet, pack: Pack, say: Format) -> None:
    heads = ["Measure", "Of", "Unit", "Value", "Target", "Value less target", "State", "To be met by", "Answers for it"]
    sheet.heads([*heads, "Alert", "Note"], left=3)
    for status in pack.statuses:
        goal, figure, row = status.goal, status.figure, sheet.row
        places = digits(figure.currency) if figure.unit == "money" else 2
        value = None if figure.exact is None else Number(figure.exact, places)
        less = f"={cell(row, 3)}-{cell(row, 4)}"
        gap = None if status.gap is None else Formula(less, float(status.gap), places)
        target = Number(goal.value, places)
        sheet.add([goal.kpi.label, goal.segment or "all customers", sheets.unit(figure), value, target,
                   gap, status.words, goal.due_on or "always", goal.owner, alert(status, say), goal.note])  # fmt: skip


def _ledger(sheet: Sheet, pack: Pack) -> None:
    sheet.heads(
        ["Entity", "Currency", "Open balance", "General ledger", "Difference", "Not explained", "Source"], left=2
    )
    for one in pack.agreement:
        row, currency = sheet.row, one.currency
        if one.stated is None:
            sheet.add([one.entity, currency, Amount(one.ours, currency), None, None, None, "not compared"])
            continue
        text = f"={cell(row, 3)}-{cell(row, 2)}"
        sheet.add(
            [one.entity, currency, Amount(one.ours, currency), Amount(one.stated.amount, currency),
             Formula(text, major(one.difference or 0, currency), digits(currency)), Amount(one.rest, currency),
             one.stated.source]
        )  # fmt: skip


def _posted(sheet: Sheet, pack: Pack) -> None:
    posted = pack.posted
    if posted is None:
        return
    sheet.heads(["Document", "Customer", "Currency", "Dated", "Counts from", "Effect", "Recorded", "By"], left=5)
    first = sheet.row
    for e in posted.entries:
        sheet.add([e.document, e.name, e.currency, e.document_date, e.effective_on, Amount(e.amount, e.currency),
                   e.recorded_at.date(), e.recorded_by])  # fmt: skip
    last = max(first, sheet.row - 1)
    sheet.skip()
    for currency in sorted({e.currency for e in posted.entries}):
        units = sum(e.amount for e in posted.entries if e.currency == currency)
        text = f'=SUMIF({span(first, last, 2)},"{currency}",{span(first, last, 5)})'
        total = Formula(text, major(units, currency), digits(currency))
        sheet.add([f"All in {currency}", None, None, None, None, total], bold=True)


def _notes(sheet: Sheet, pack: Pack, say: Format) -> None:
    if pack.note is None:
        sheet.add(["No notes were written for this month."])
        return
    sheet.add([f"{pack.note.recorded_by}, {moment(pack, pack.note.recorded_at, say)}"])
    sheet.skip()
    for line in pack.note.text.split("\n"):
        sheet.paragraph(line, last=7)


def _about(sheet: Sheet, pack: Pack, say: Format) -> None:
    for label, words in rests_on(pack, say):
        sheet.add([label, words])
    sheet.skip()
    sheet.heads(["Measure", "What it means"], left=2)
    for one in pack.outcomes:
        if words := meaning(one.kpi):
            sheet.add([title(one.kpi), words])
