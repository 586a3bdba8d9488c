"""Explain what moved a balance or a ratio between two days, in causes that add up to the change."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING
from typing import Annotated
from typing import Any

import typer

from arcore.cli import frame
from arcore.cli.aging import Basis
from arcore.cli.aging import Currency
from arcore.cli.aging import Entity
from arcore.cli.aging import Intercompany
from arcore.cli.aging import KnownAt
from arcore.cli.aging import filters_of

if TYPE_CHECKING:
    from arcore.analytics.figures import Figure
    from arcore.reports.bridges import Bridge
    from arcore.reports.bridges import BridgeReport
    from arcore.reports.ratio_bridges import RatioBridge

EXAMPLE = "python -m arcore --store sqlite:///data/sample.db bridge --from 2026-09-30 --to 2026-10-31 --measure dso"

First = Annotated[
    date | None, typer.Option("--from", parser=frame.day, metavar="DATE", help="The end of this day; of last month.")
]
Last = Annotated[
    date | None, typer.Option("--to", parser=frame.day, metavar="DATE", help="The end of this day; of today.")
]


def run(
    since: First = None,
    until: Last = None,
    measure: Annotated[str, typer.Option(help="open, overdue, dso, cei, or a variant: dso.countback.")] = "open",
    basis: Basis = "original",
    currency: Currency = "document",
    known_at: KnownAt = None,
    entity: Entity = "",
    intercompany: Intercompany = "out",
) -> None:
    """Explain a change; opening and causes add up to closing exactly."""
    from arcore.errors import BadInput
    from arcore.reports.bridges import BALANCES
    from arcore.reports.bridges import balance_bridge
    from arcore.reports.ratio_bridges import RATIOS
    from arcore.reports.ratio_bridges import ratio_bridge
    from arcore.reports.view import month_before

    plain = measure.partition(".")[0]
    if measure not in BALANCES and plain not in RATIOS:
        raise BadInput(f"{measure!r} has no bridge; one of {', '.join((*BALANCES, *RATIOS))}", measure=measure)
    with frame.books() as engine:
        filters = filters_of(engine, until, known_at, basis, currency, entity, intercompany)
        first = since or month_before(filters.as_of)
        said = {"measure": measure, "from": first, "to": filters.as_of, "basis": basis, "currency": currency}
        if plain in RATIOS:
            ratio = ratio_bridge(engine, filters, first, measure)
            frame.show(said | ratio_document(ratio), *_ratio_words(ratio, measure))
            return
        report = balance_bridge(engine, filters, first, "overdue" if measure == "overdue" else "open")
    frame.show(said | document(report), *(_table(part, report) for part in report.parts), *map(_gap, report.gaps))


def document(report: BridgeReport) -> dict[str, Any]:
    """Return the bridges of a balance as scripts get them: one for each currency."""
    from arcore.money import plain

    return {
        "bridges": [
            {
                "currency": part.currency,
                "opening": plain(part.opening, part.currency),
                "lines": [
                    {
                        "key": line.key,
                        "label": line.label,
                        "amount": plain(line.amount, part.currency),
                        "documents": line.documents,
                    }
                    for line in part.lines
                ],
                "closing": plain(part.closing, part.currency),
            }
            for part in report.parts
        ],
        "missing_rates": [str(gap) for gap in report.gaps],
        "ledger_version": report.version[1],
    }


def ratio_document(found: RatioBridge) -> dict[str, Any]:
    """Return the bridge of a ratio as scripts get it: both values, and what each cause did."""
    from arcore.cli.kpi import written

    return {
        "unit": found.after.unit,
        "before": _value(found.before),
        "after": _value(found.after),
        "causes": [
            {"key": cause.key, "then": written(cause.then), "now": written(cause.now), "effect": written(cause.effect)}
            for cause in found.causes
        ],
        "undefined": found.undefined,
        "left_out": dict(found.left_out),
    }


def _value(figure: Figure) -> Any:
    from arcore.cli.kpi import written

    return None if figure.exact is None else written(figure.exact)


def _table(part: Bridge, report: BridgeReport) -> Any:
    from arcore.money import plain

    rows: list[list[object]] = [[f"End of {report.since}", plain(part.opening, part.currency), ""]]
    rows += [[line.label, plain(line.amount, part.currency), line.documents or ""] for line in part.lines]
    rows.append([f"End of {report.filters.as_of}", plain(part.closing, part.currency), ""])
    title = "Overdue balance" if report.measure == "overdue" else "Open balance"
    return frame.table(title, {"What": "left", part.currency: "right", "Documents": "right"}, rows)


def _gap(gap: object) -> str:
    return f"Missing: {gap}"


def _ratio_words(found: RatioBridge, measure: str) -> list[Any]:
    before, after = (_value(figure) or "–" for figure in (found.before, found.after))
    line = f"{measure.upper()} from {before} to {after} {found.after.unit}"
    if not found.causes:
        return [line, f"No causes: {found.undefined}"]
    rows = [[cause.key.replace("_", " "), f"{cause.effect:+.2f}"] for cause in found.causes]
    return [line, frame.table("Because of", {"Cause": "left", found.after.unit.capitalize(): "right"}, rows)]
