"""List open items on any day: what was invoiced, what is left of it, how late it is."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING
from typing import Annotated
from typing import Any

import typer

from arcore.cli import frame
from arcore.cli.aging import AsOf
from arcore.cli.aging import Basis
from arcore.cli.aging import Currency
from arcore.cli.aging import Entity
from arcore.cli.aging import Intercompany
from arcore.cli.aging import KnownAt
from arcore.cli.aging import filters_of
from arcore.cli.aging import gap_line
from arcore.cli.aging import gaps

if TYPE_CHECKING:
    from arcore.reports.items import ItemRow
    from arcore.reports.items import ItemsReport

PAUSED = ("disputed", "promised")
"""Columns that people see only where there is something in them."""
EXAMPLE = "python -m arcore --store sqlite:///data/sample.db items --customer C0001"


def run(
    as_of: AsOf = None,
    known_at: KnownAt = None,
    basis: Basis = "original",
    customer: Annotated[str, typer.Option(metavar="CODE", help="Only this customer.")] = "",
    family: Annotated[bool, typer.Option("--family", help="With --customer: everybody under it too.")] = False,
    currency: Currency = "document",
    entity: Entity = "",
    intercompany: Intercompany = "out",
    settled: Annotated[bool, typer.Option("--all", help="Also what was settled by then.")] = False,
) -> None:
    """List open items, oldest due first; credits are negative."""
    from arcore.reports.items import items

    with frame.books() as engine:
        filters = filters_of(engine, as_of, known_at, basis, currency, entity, intercompany)
        split: Any = ("rollup" if family else "customer") if customer else "none"
        report = items(engine, filters, by=split, key=customer or None, settled=settled)
        answer = document(report)
        missing = [gap_line(gap) for gap in report.gaps]
    frame.show(answer, _for_people(answer), *missing)


def document(report: ItemsReport) -> dict[str, Any]:
    """Return items as scripts get them: amounts as text with the digits of their currency."""
    from arcore.money import plain

    def sums(totals: dict[str, int]) -> list[dict[str, str]]:
        return [{"currency": code, "open": plain(units, code)} for code, units in totals.items()]

    asked = report.filters.currency != "document"
    return {
        "as_of": report.filters.as_of,
        "known_at": report.filters.known_at,
        "rows": [
            {
                "document": row.document,
                "kind": row.kind,
                "customer": row.customer,
                "name": row.name,
                "entity": row.entity,
                "currency": row.currency,
                "date": row.document_date,
                "due_date": row.due_date,
                "original_due_date": row.original_due_date,
                "amount": plain(row.amount, row.currency),
                "open": plain(row.open, row.currency),
                "days_past_due": row.days_past_due,
                "bucket": row.bucket,
                "disputed": plain(row.disputed, row.currency),
                "promised": plain(row.promised, row.currency),
                **(_converted(row) if asked else {}),
            }
            for row in report
        ],
        "totals": sums(report.totals),
        **({"converted_totals": sums(report.asked_totals)} if asked else {}),
        "gaps": gaps(report.gaps),
        "ledger_version": report.version[1],
    }


def _converted(row: ItemRow) -> dict[str, Any]:
    """Return the open balance in the currency asked for; null without a rate."""
    from arcore.money import plain

    there = row.in_reporting is not None
    return {
        "converted": plain(row.in_reporting or 0, row.asked) if there else None,
        "converted_to": row.asked if there else None,
    }


def _for_people(answer: dict[str, Any]) -> Any:
    columns = {
        "document": "left",
        "kind": "left",
        "customer": "left",
        "date": "left",
        "due_date": "left",
        "days_past_due": "right",
        "bucket": "left",
        "amount": "right",
        "open": "right",
        **{name: "right" for name in PAUSED if any(Decimal(row[name]) for row in answer["rows"])},
        "currency": "left",
        **({"converted": "right", "converted_to": "left"} if "converted_totals" in answer else {}),
    }
    rows = ([row[name] for name in columns] for row in answer["rows"])
    named = {name.replace("_", " "): side for name, side in columns.items()}
    return frame.table(f"Items as of {answer['as_of']}", named, rows)  # type: ignore[arg-type]
