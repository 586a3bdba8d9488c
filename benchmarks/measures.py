"""All measures of every segment at every month-end, as the command line and pages ask for them."""

from __future__ import annotations

from sqlalchemy import Engine

from arcore.reports.filters import Filters
from arcore.reports.kpis import Measured
from arcore.reports.kpis import kpis
from benchmarks.book import LAST_DAY
from benchmarks.book import MONTHS

FILTERS = Filters(as_of=LAST_DAY, currency="EUR")


def all_by_segment(engine: Engine) -> tuple[Measured, ...]:
    """Return every measure of every segment at every month-end, each explained."""
    return kpis(engine, FILTERS, by="segment", history=MONTHS)
