"""What another way of counting would make of a figure, before anybody chooses it."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import Engine

from arcore.analytics.figures import Figure
from arcore.analytics.headline import headline
from arcore.analytics.headline import months_of
from arcore.analytics.kpi import Kpi
from arcore.analytics.kpis import BY_NAME
from arcore.analytics.measure import measure
from arcore.analytics.variants import Variants
from arcore.analytics.wording import MONTHS
from arcore.reports.filters import Filters
from arcore.reports.inputs import Inputs
from arcore.reports.kpis import Lenses


def meant(engine: Engine, filters: Filters, name: str) -> Kpi:
    """Return the measure of a name, in the variant the company chose where none is named. Raises BadInput."""
    return Lenses.of(engine, filters).kpi(name)


def counted(engine: Engine, filters: Filters, name: str, variants: Variants) -> Figure:
    """Measure a KPI ("dso", "dso.countback") on the as-of day as it would be counted with these choices.

    Raises BadInput for an unknown name.
    """
    lenses, day = Lenses.of(engine, filters), filters.as_of
    kpi = headline(name, variants)

    def made() -> Figure:
        inputs: Inputs = lenses.seen.book.remembered(
            ("choices", filters.key(), variants), lambda: Inputs(lenses.seen, engine, variants)
        )
        return measure(replace(lenses.lens(day), variants=variants, more=inputs.sources), kpi, day)

    figure: Figure = lenses.seen.book.remembered(("choice", filters.key(), kpi.key, variants), made)
    return figure


def tail(engine: Engine, filters: Filters, name: str, usual: str) -> str:
    """Return the grey words behind the title of a measure: the usual ones, with the variant and window chosen."""
    variants = Lenses.of(engine, filters).inputs.variants
    kpi = headline(name, variants)
    if BY_NAME[kpi.name] is not kpi and "." not in name:
        return f"{kpi.label.partition(', ')[2] or kpi.label}; {usual.partition(',')[0]}"
    return usual.replace("three months", MONTHS.get(months_of(kpi, variants), "three months"))
