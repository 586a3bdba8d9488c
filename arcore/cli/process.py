"""Review where days are lost between invoice, due date, first contact, promise and cash, against the period before."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING
from typing import Annotated
from typing import Any

import typer

from arcore.cli import frame
from arcore.cli.aging import AsOf
from arcore.cli.aging import Basis
from arcore.cli.aging import KnownAt
from arcore.cli.aging import filters_of

if TYPE_CHECKING:
    from arcore.analytics.quarter import Period
    from arcore.reports.process import Cut
    from arcore.reports.process import Process
    from arcore.reports.process import Step

EXAMPLE = "python -m arcore --store sqlite:///data/sample.db process --by owner"
VERDICTS = {"better": "quicker", "worse": "slower", "chance": "not clear", "few": "too few"}


def run(
    as_of: AsOf = None,
    quarter: Annotated[str, typer.Option(metavar="2026-Q3", help="Cash of this quarter; the last that is over.")] = "",
    first: Annotated[
        date | None, typer.Option("--from", parser=frame.day, metavar="DATE", help="Cash from this day on instead …")
    ] = None,
    last: Annotated[
        date | None, typer.Option("--to", parser=frame.day, metavar="DATE", help="… to this one, both inclusive.")
    ] = None,
    overdue: Annotated[bool, typer.Option("--overdue", help="What is overdue now, instead of what was paid.")] = False,
    by: Annotated[str, typer.Option(help="reason, owner, customer, segment, entity or month.")] = "reason",
    known_at: KnownAt = None,
    basis: Basis = "original",
    currency: Annotated[str, typer.Option(metavar="CODE", help="Count in this currency; the company's own.")] = "",
) -> None:
    """Say where days are lost, step by step; a step of which nothing is known is left out."""
    from arcore.reports.process import cut
    from arcore.reports.process import process

    of: Any = "overdue" if overdue else "paid"
    with frame.books() as engine:
        filters = filters_of(engine, as_of, known_at, basis, currency or "document")
        period = _period(filters.as_of, quarter, first, last)
        found = process(engine, filters, period, of=of)
        parted = cut(engine, filters, period, by, of=of)  # type: ignore[arg-type]
    frame.show(document(found, parted), *_for_people(found, parted))


def document(found: Process, parted: Cut) -> dict[str, Any]:
    """Return a review as scripts get it: amounts as text, days as numbers with up to six decimals."""
    from arcore.money import plain

    return {
        "of": found.of,
        "period": list(found.period),
        "before": list(found.before),
        "currency": found.currency,
        "gaps": [str(gap) for gap in found.gaps],
        "on_record": {"reminders": found.reminders, "talks": found.talks, "promises": found.promises},
        "most_lost": None if found.worst is None else found.worst.key,
        "whole": _step(found.whole, found.currency),
        "late": _step(found.late, found.currency),
        "steps": [_step(step, found.currency) for step in found.chain],
        "beside": [_step(step, found.currency) for step in found.beside],
        "by": parted.by,
        "rows": [
            {
                "key": row.key,
                "name": row.name,
                "invoices": row.invoices,
                "amount": plain(row.amount, found.currency),
                "days": _rounded(row.whole),
                "days_before": _rounded(row.whole_before),
                "steps": {key: _rounded(row.days(place)) for place, key in enumerate(parted.steps)},
                "amount_days_lost": plain(parted.lost(row), found.currency),
            }
            for row in parted.rows
        ],
    }


def _period(as_of: date, quarter: str, first: date | None, last: date | None) -> Period:
    """Return the period that the options mean. Raises BadInput for a quarter or days that can't be."""
    from arcore.analytics import quarter as quarters
    from arcore.errors import BadInput

    if quarter and (first or last):
        raise BadInput("Give either --quarter or --from and --to", quarter=quarter)
    if first or last:
        if first is None or last is None or last < first:
            raise BadInput("--from and --to go together, the earlier day first")
        return quarters.Period(first, min(last, as_of))
    if not quarter:
        return quarters.last_complete(as_of)
    found = re.fullmatch(r"((?:19|2[01])\d\d)-?[qQ]([1-4])", quarter)
    if not found:
        raise BadInput(f"{quarter!r} is no quarter; write it as 2026-Q3", quarter=quarter)
    whole = quarters.quarter(date(int(found[1]), int(found[2]) * 3, 1))
    if whole.first > as_of:
        raise BadInput(f"{quarter} begins after {as_of.isoformat()}", quarter=quarter)
    return quarters.Period(whole.first, min(whole.last, as_of))


def _step(step: Step, currency: str) -> dict[str, Any]:
    from arcore.money import plain

    now, before = step.now, step.before
    return {
        "step": step.key,
        "label": step.label,
        "invoices": now.invoices,
        "payments": now.payments,
        "customers": now.customers,
        "amount": plain(now.amount, currency),
        "mean_days": _rounded(now.mean),
        "median_days": _rounded(now.median),
        "p90_days": _rounded(now.p90),
        "amount_days": plain(now.amount_days, currency),
        "days_of_whole": _rounded(step.share),
        "mean_days_before": _rounded(before.mean),
        "invoices_before": before.invoices,
        "change_days": _rounded(step.change),
        "standard_error": _rounded(now.error),
        "verdict": step.verdict,
    }


def _rounded(days: float | None) -> float | None:
    return None if days is None else round(days, 6)


def _for_people(found: Process, parted: Cut) -> tuple[Any, ...]:
    from arcore.money import grouped

    heads: dict[str, frame.Side] = {"Step": "left", "Inv.": "right", "Days": "right", "90th": "right"}
    heads |= {"Before": "right", "Change": "right", "": "left"}

    def cells(step: Step) -> list[object]:
        days = [_days(value) for value in (step.now.mean, step.now.p90, step.before.mean, step.change)]
        return [step.label, step.now.invoices, *days, VERDICTS[step.verdict]]

    kind = "Cash" if found.of == "paid" else "Overdue"
    title = f"{kind} {found.period.first} to {found.period.last}, before: {found.before.first} to {found.before.last}"
    steps = frame.table(title, heads, [cells(step) for step in (*found.chain, found.whole, *found.beside)])
    columns: dict[str, frame.Side] = {parted.by.title(): "left", "Invoices": "right", "Days": "right"}
    columns |= {"Before": "right", f"{found.currency} × days lost": "right"}
    rows = [
        [row.name, row.invoices, _days(row.whole), _days(row.whole_before),
         grouped(parted.lost(row), found.currency).partition(".")[0]]
        for row in parted.rows
    ]  # fmt: skip
    nothing = () if found.recorded else ("No calls, promises or reminders are recorded: those steps are left out.",)
    return (steps, frame.table(f"By {parted.by}", columns, rows), *nothing, *map(str, found.gaps))


def _days(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f}"
