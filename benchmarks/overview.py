"""What the Overview asks for when somebody opens it: the same queries, in the same order."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine

from arcore.reports.aging import aging
from arcore.reports.filters import Filters
from arcore.reports.kpis import trend
from arcore.reports.news import since
from arcore.reports.overview import counts
from arcore.reports.overview import tiles
from arcore.reports.priorities import customers_that_matter
from arcore.reports.view import month_before
from benchmarks.book import LAST_DAY

FILTERS = Filters(as_of=LAST_DAY, currency="EUR")


def figures(engine: Engine) -> dict[str, Any]:
    """Return everything on the page: counts, tiles, aging with the month before, DSO and CEI, whom to call, news."""
    before = FILTERS.on(month_before(FILTERS.as_of))
    return {
        "counts": counts(engine, FILTERS),
        "tiles": tiles(engine, FILTERS),
        "aging": aging(engine, FILTERS, by="none"),
        "before": aging(engine, before, by="none", control=False),
        "dso": trend(engine, FILTERS, "dso"),
        "bpdso": trend(engine, FILTERS, "bpdso"),
        "cei": trend(engine, FILTERS, "cei"),
        "matter": customers_that_matter(engine, FILTERS),
        "since": since(engine, FILTERS),
    }


def plain(found: dict[str, Any]) -> list[Any]:
    """Return every figure as a number or text that can be compared with that of another version."""
    shown: list[Any] = [found["counts"].customers, found["counts"].items]
    for tile in found["tiles"]:
        shown += [tile.figure.exact, tile.before.exact, *tile.history]
    for name in ("aging", "before"):
        for row in found[name].totals:
            shown += [row.currency, row.not_due, *row.buckets, row.unapplied, row.open, row.items]
    shown += [control.difference for control in found["aging"].control]
    for name in ("dso", "bpdso", "cei"):
        shown += [figure.exact for figure in found[name]]
    for row in found["matter"].rows:
        shown += [row.code, row.overdue, row.points]
    for row in found["since"].rows:
        shown += [row.kind, row.amount, row.count]
    return shown
