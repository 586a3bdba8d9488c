"""Measure DSO, CEI and the other KPIs: the value with its formula, inputs, window and coverage."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING
from typing import Annotated
from typing import Any

import typer

from arcore.cli import frame
from arcore.cli.aging import AsOf
from arcore.cli.aging import Basis
from arcore.cli.aging import Entity
from arcore.cli.aging import Intercompany
from arcore.cli.aging import KnownAt
from arcore.cli.aging import dimension
from arcore.cli.aging import filters_of

if TYPE_CHECKING:
    from arcore.analytics.figures import Figure
    from arcore.reports.kpis import Measured

EXAMPLE = "python -m arcore --store sqlite:///data/sample.db kpi dso cei --history 12"
WINDOWS = {"": None, "1m": 1, "3m": 3, "12m": 12}


def run(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[NAME…|all]", help="dso, dso.countback, cei, …; all when none.")
    ] = None,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    basis: Basis = "original",
    window: Annotated[str, typer.Option(metavar="1m|3m|12m", help="Another window than a KPI's own.")] = "",
    by: Annotated[str, typer.Option(help="none, customer, family, segment, owner, entity or currency.")] = "none",
    currency: Annotated[
        str,
        typer.Option(metavar="CODE", help='Count in this currency; the company\'s own. "customer": each in its own.'),
    ] = "",
    entity: Entity = "",
    intercompany: Intercompany = "out",
    history: Annotated[int, typer.Option(metavar="MONTHS", min=0, help="At the last so many month-ends too.")] = 0,
) -> None:
    """Measure KPIs; one that can't be had says why."""
    from arcore.errors import BadInput
    from arcore.reports.kpis import kpis

    if window not in WINDOWS:
        raise BadInput(f"{window!r} is no window; one of 1m, 3m, 12m", window=window)
    with frame.books() as engine:
        filters = filters_of(engine, as_of, known_at, basis, currency or "document", entity, intercompany)
        found = kpis(engine, filters, names or (), by=dimension(by), months=WINDOWS[window], history=history)
    frame.show({"kpis": [document(measured) for measured in found]}, _for_people(found))


def document(measured: Measured) -> dict[str, Any]:
    """Return one KPI as scripts get it."""
    figure = measured.figure
    return {
        "name": figure.name,
        "variant": figure.variant,
        "label": measured.kpi.label,
        "segment": measured.key if measured.key or measured.name else None,
        "as_of": figure.as_of,
        "value": None if figure.exact is None else written(figure.exact, figure.currency if _is_money(figure) else ""),
        "unit": figure.unit,
        "currency": figure.currency,
        "undefined": figure.undefined,
        "formula": figure.formula,
        "inputs": _inputs(figure),
        "window": None if figure.window is None else list(figure.window),
        "coverage": figure.coverage,
        "flags": list(figure.flags),
    }


def written(number: Any, currency: str = "") -> Any:
    """Write a figure as text: money with the digits of its currency, others with up to six; counts stay numbers."""
    from arcore.money import digits

    if isinstance(number, tuple | list):
        return [written(part, currency) for part in number]
    if not isinstance(number, Decimal):
        return number
    if currency:
        return format(round(number, digits(currency)) + 0, "f")
    text = format(round(number, 6) + 0, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _inputs(figure: Figure) -> Mapping[str, Any]:
    weights = ("_amount_days", "_amount_days_late")
    return {
        name: written(value, "" if name.endswith(weights) or "days" in name else figure.currency)
        for name, value in figure.inputs.items()
    }


def _is_money(figure: Figure) -> bool:
    from arcore.analytics.figures import MONEY

    return figure.unit == MONEY


def _for_people(found: tuple[Measured, ...]) -> Any:
    columns = {
        "KPI": "left",
        "Of": "left",
        "As of": "left",
        "Value": "right",
        "Unit": "left",
        "How, or why not": "left",
    }
    rows = []
    for measured in found:
        figure = measured.figure
        value = "–"
        if figure.exact is not None:
            value = written(figure.exact, figure.currency) if _is_money(figure) else f"{figure.exact:.1f}"
        unit = figure.currency if _is_money(figure) else figure.unit
        why = figure.undefined or figure.formula
        rows.append([measured.kpi.label, measured.name, figure.as_of, value, unit, why])
    return frame.table("KPIs", columns, rows)  # type: ignore[arg-type]
