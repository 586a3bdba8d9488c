"""The sheets of the workbook that hold figures: measures, aging, bridges, movement, course, items.

Each returns the cells that checks on the first sheet compare, by the key of the check.
"""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from typing import TypeAlias

from arcore.analytics.figures import MONEY
from arcore.analytics.figures import Figure
from arcore.analytics.wording import INPUTS
from arcore.analytics.written import UNIT_WORDS
from arcore.money import digits
from arcore.reports.board.cells import Amount
from arcore.reports.board.cells import Cell
from arcore.reports.board.cells import Formula
from arcore.reports.board.cells import Number
from arcore.reports.board.cells import Sheet
from arcore.reports.board.cells import cell
from arcore.reports.board.cells import major
from arcore.reports.board.cells import span
from arcore.reports.board.checks import ITEMS_MOST
from arcore.reports.board.contents import Pack
from arcore.reports.board.figures import Outcome
from arcore.reports.board.formulas import over_cells
from arcore.reports.board.printed import capital
from arcore.reports.board.printed import title
from arcore.reports.board.story import RATIO_CAUSES
from arcore.reports.bridges import Bridge
from arcore.reports.bridges import BridgeReport
from arcore.reports.movement import Movement
from arcore.reports.ratio_bridges import RatioBridge

Refs: TypeAlias = dict[tuple[str, str], str]
"""Cells by what they hold."""
_WHEN = ("now", "before", "year_before")


# --- measures ---------------------------------------------------------------------------------------------------------


def measures(sheet: Sheet, pack: Pack) -> Refs:
    """Write every measure as a formula over its inputs, which stand below it, on three days."""
    month = pack.month
    sheet.heads(
        ["Measure", "Unit", f"{month.last}", f"{month.before}", f"{month.year_before}", "Change", "Change in a year",
         "Target", "Formula", "Window", "Rests on, or why there is no value"], left=2, freeze=True,
    )  # fmt: skip
    refs: Refs = {}
    for one in pack.outcomes:
        row = sheet.row
        for column, key in ((2, "value"), (3, "before"), (4, "year"), (5, "change"), (6, "change of year")):
            refs[key, f"{one.kpi.name}.{one.kpi.variant}"] = sheet.at(row, column)
        _measure(sheet, one)
    for name in ("open", "overdue"):
        refs[name, pack.currency] = refs["value", f"{name}.{pack.outcome(name).kpi.variant}"]
    return refs


def _measure(sheet: Sheet, one: Outcome) -> None:
    figures = [getattr(one, when) for when in _WHEN]
    names = list(dict.fromkeys(name for figure in figures for name in figure.inputs if _shown(figures, name)))
    row = sheet.row
    cells = {name: row + 1 + place for place, name in enumerate(names)}
    values = [_value(figure, {name: cell(at, 2 + place) for name, at in cells.items()})
              for place, figure in enumerate(figures)]  # fmt: skip
    places = _places(one.now)
    changes = [
        None if change is None else Formula(f"={cell(row, 2)}-{cell(row, 3 + place)}", float(change), places)
        for place, change in enumerate((one.change, one.change_of_year))
    ]
    window = "" if one.now.window is None else f"{one.now.window[0]} to {one.now.window[1]}"
    sheet.add(
        [
            title(one.kpi), unit(one.now), *values, *changes,
            None if one.target is None else Number(one.target, places), one.now.formula, window,
            one.now.undefined or ("" if one.now.coverage == "complete" else one.now.coverage),
        ],
        bold=True,
    )  # fmt: skip
    for name in names:
        sheet.add([f"    {INPUTS.get(name, name)}", name, *(_input(figure, name) for figure in figures)])
    sheet.skip()


def _value(figure: Figure, cells: Mapping[str, str]) -> Cell:
    if figure.exact is None:
        return None
    text, places = over_cells(figure, cells), _places(figure)
    return Number(figure.exact, places) if text is None else Formula(text, float(figure.exact), places)


def _shown(figures: Sequence[Figure], name: str) -> bool:
    return any(isinstance(figure.inputs.get(name), int | float | Decimal) for figure in figures)


def _input(figure: Figure, name: str) -> Cell:
    value = figure.inputs.get(name)
    if not isinstance(value, int | float | Decimal):
        return None
    return Number(value, 0 if isinstance(value, int) else digits(figure.currency) if figure.currency else 2)


def _places(figure: Figure) -> int:
    return digits(figure.currency) if figure.unit == MONEY else 2


def unit(figure: Figure) -> str:
    """Return what a figure is counted in."""
    return figure.currency if figure.unit == MONEY else UNIT_WORDS.get(figure.unit, figure.unit)


# --- aging ------------------------------------------------------------------------------------------------------------


def aging(sheet: Sheet, pack: Pack) -> Refs:
    """Write what every customer owes by bucket; what is open, overdue and all totals are formulas."""
    report = pack.aging
    width = len(report.columns)
    heads = [
        "Number",
        "Customer",
        "Currency",
        "Not due",
        *report.columns[1:-1],
        "Unapplied",
        "Open",
        "Overdue",
        "Overdue %",
    ]
    sheet.heads(heads, left=3, freeze=True)
    first = sheet.row
    for row in report.cells:
        parts = (row.not_due, *row.buckets, row.unapplied)
        amounts = [Amount(units, row.currency) for units in parts]
        whole = _sums(sheet.row, width, row.currency, row.open, row.overdue, row.not_due)
        sheet.add([row.key, row.name, row.currency, *amounts, *whole])
    last = max(first, sheet.row - 1)
    if len(report.cells):
        sheet.filtered(first, last, len(heads))
    refs: Refs = {}
    sheet.skip()
    for row in report.totals:
        parts = (row.not_due, *row.buckets, row.unapplied)
        at = sheet.row
        sums: list[Cell] = [
            Formula(f'=SUMIF({span(first, last, 2)},"{row.currency}",{span(first, last, 3 + place)})',
                    major(units, row.currency), digits(row.currency))
            for place, units in enumerate(parts)
        ]  # fmt: skip
        whole = _sums(at, width, row.currency, row.open, row.overdue, row.not_due)
        sheet.add(["", "All customers", row.currency, *sums, *whole], bold=True)
        refs["aged", row.currency] = sheet.at(at, 3 + width)
        refs["late", row.currency] = sheet.at(at, 4 + width)
    _earlier(sheet, pack, refs)
    return refs


def _sums(row: int, width: int, currency: str, opened: int, overdue: int, not_due: int) -> list[Cell]:
    """Return what is open, what of it is overdue, and its share of the debit items, as formulas over the row."""
    places, debits = digits(currency), overdue + not_due
    late = cell(row, 4 + width)
    return [
        Formula(f"=SUM({cell(row, 3)}:{cell(row, 2 + width)})", major(opened, currency), places),
        Formula(f"=SUM({cell(row, 4)}:{cell(row, 1 + width)})", major(overdue, currency), places),
        Formula(f"=IF({cell(row, 3)}+{late}>0,{late}/({cell(row, 3)}+{late})*100,0)",
                100 * overdue / debits if debits > 0 else 0.0, 1),
    ]  # fmt: skip


def _earlier(sheet: Sheet, pack: Pack, refs: Refs) -> None:
    """Write the totals of the month before and the year before."""
    width = len(pack.aging.columns)
    for name, report in (("before", pack.aging_before), ("year before", pack.aging_year_before)):
        for row in report.totals:
            at = sheet.row
            amounts = [Amount(units, row.currency) for units in (row.not_due, *row.buckets, row.unapplied)]
            whole = _sums(at, width, row.currency, row.open, row.overdue, row.not_due)
            sheet.add(["", f"All customers on {report.as_of}", row.currency, *amounts, *whole])
            refs[f"aged {name}", row.currency] = sheet.at(at, 3 + width)


# --- bridges and movement ---------------------------------------------------------------------------------------------


def bridges(sheet: Sheet, pack: Pack) -> Refs:
    """Write the bridges: the end is the sum of the beginning and the lines."""
    refs: Refs = {}
    for report in pack.bridges:
        for part in report.parts:
            _bridge(sheet, pack, report, part, refs)
    for ratio in pack.ratios.values():
        _ratio(sheet, pack, ratio)
    return refs


def _bridge(sheet: Sheet, pack: Pack, report: BridgeReport, part: Bridge, refs: Refs) -> None:
    name, currency = f"{report.measure.capitalize()} balance", part.currency
    sheet.heads([name, currency, "Documents"])
    first = sheet.add([f"{report.since}", Amount(part.opening, currency)], bold=True)
    for line in part.lines:
        sheet.add([line.label, Amount(line.amount, currency), line.documents])
    last = sheet.row - 1
    reached = major(part.opening + sum(line.amount for line in part.lines), currency)
    total = Formula(f"=SUM({span(first, last, 1)})", reached, digits(currency))
    at = sheet.add([f"{pack.month.last}", total], bold=True)
    counted = sheet.add(["The same, measured on the day", Amount(part.closing, currency)])
    refs[f"bridge {report.measure}", currency] = sheet.at(at, 1)
    refs[f"measured {report.measure}", currency] = sheet.at(counted, 1)
    refs[f"began {report.measure}", currency] = sheet.at(first, 1)
    sheet.skip()


def _ratio(sheet: Sheet, pack: Pack, ratio: RatioBridge) -> None:
    unit = UNIT_WORDS.get(ratio.after.unit, ratio.after.unit)
    sheet.heads([f"Why {ratio.after.name.upper()} changed", unit])
    if ratio.before.exact is None or ratio.after.exact is None or not ratio.causes:
        sheet.add([ratio.undefined or "No causes can be told apart"])
        sheet.skip()
        return
    first = sheet.add([f"{pack.month.before}", Number(ratio.before.exact, 4)], bold=True)
    for cause in ratio.causes:
        sheet.add([capital(RATIO_CAUSES[cause.key]), Number(cause.effect, 4)])
    formula = Formula(f"=SUM({span(first, sheet.row - 1, 1)})", float(ratio.after.exact), 4)
    sheet.add([f"{pack.month.last}", formula], bold=True)
    sheet.skip()


def movement(sheet: Sheet, pack: Pack) -> Refs:
    """Write the way of every bucket: the end of each is the sum of its column."""
    refs: Refs = {}
    for part in pack.movement.parts:
        _way(sheet, pack, part, refs)
    return refs


def _way(sheet: Sheet, pack: Pack, part: Movement, refs: Refs) -> None:
    names, currency = pack.movement.columns, part.currency
    width = len(names)
    sheet.heads([currency, "Not due", *names[1:-1], "Unapplied", "Open"])
    first = sheet.row
    for label, line in ((f"{pack.month.before}", part.opening), *((line.label, line) for line in part.lines)):
        total = Formula(
            f"=SUM({cell(sheet.row, 1)}:{cell(sheet.row, width)})", major(line.total, currency), digits(currency)
        )
        sheet.add([label, *(Amount(units, currency) for units in line.amounts), total], bold=line is part.opening)
    last = sheet.row - 1
    sums = [
        Formula(f"=SUM({span(first, last, 1 + place)})", major(units, currency), digits(currency))
        for place, units in enumerate((*part.closing.amounts, part.closing.total))
    ]
    at = sheet.add([f"{pack.month.last}", *sums], bold=True)
    refs["movement", currency] = sheet.at(at, 1 + width)
    sheet.skip()


# --- course and items -------------------------------------------------------------------------------------------------


def course(sheet: Sheet, pack: Pack) -> Refs:
    """Write the course of the headline over the last month-ends."""
    heads = [f"{one.kpi.label}, {unit(one.figures[-1])}" for one in pack.courses]
    sheet.heads(["Day", *heads], freeze=True)
    for place, day in enumerate(pack.courses[0].days):
        figures = [one.figures[place] for one in pack.courses]
        sheet.add([day, *(None if f.exact is None else Number(f.exact, _places(f)) for f in figures)])
    sheet.skip()
    sheet.add(["Target", *(None if one.target is None else Number(one.target, _places(one.figures[-1]))
                           for one in pack.courses)])  # fmt: skip
    return {}


def items(sheet: Sheet, pack: Pack) -> Refs:
    """Write the open items, as booked and converted, oldest due first; no more than ITEMS_MOST of them."""
    listed, currency = pack.items, pack.currency
    heads = ["Document", "Kind", "Number", "Customer", "Owner", "Entity", "Currency", "Document date", "Due date",
             "Days past due", "Bucket", "Amount", "Open", "In dispute", "Promised", f"Open in {currency}"]  # fmt: skip
    sheet.heads(heads, left=7, freeze=True)
    first, count = sheet.row, min(len(listed), ITEMS_MOST)
    for cells in _item_rows(pack, count):
        sheet.add(cells)
    last = max(first, sheet.row - 1)
    if count:
        sheet.filtered(first, last, len(heads))
    refs: Refs = {}
    sheet.skip()
    if count < len(listed):
        return refs
    total = Formula(f"=SUM({span(first, last, 15)})", major(listed.reporting_total or 0, currency), digits(currency))
    at = sheet.add(["All items that are converted", *[None] * 14, total], bold=True)
    refs["items", currency] = sheet.at(at, 15)
    for code, units in listed.totals.items():
        text = f'=SUMIF({span(first, last, 6)},"{code}",{span(first, last, 12)})'
        at = sheet.add(
            [f"All items in {code}", *[None] * 11, Formula(text, major(units, code), digits(code))], bold=True
        )
        refs["listed", code] = sheet.at(at, 12)
    return refs


def _item_rows(pack: Pack, count: int) -> Any:
    """Give the cells of the items one by one, read a part at a time."""
    basis, currency = pack.month.filters.basis, pack.currency
    for start in range(0, count, 10_000):
        for row in pack.items.rows(start, min(10_000, count - start)):
            due = row.original_due_date if basis == "original" else row.due_date
            amounts = [Amount(units, row.currency) for units in (row.amount, row.open, row.disputed, row.promised)]
            yield [
                row.document, row.kind.replace("_", " "), row.customer, row.name, row.owner, row.entity, row.currency,
                row.document_date, due, row.days_past_due, row.bucket, *amounts,
                None if row.in_reporting is None else Amount(row.in_reporting, currency),
            ]  # fmt: skip
