"""Write a report as XLSX or CSV, or the books themselves as the exchange pair."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated
from typing import Any

import typer

from arcore.cli import frame
from arcore.cli.aging import AsOf
from arcore.cli.aging import Basis
from arcore.cli.aging import Currency
from arcore.cli.aging import Edges
from arcore.cli.aging import Entity
from arcore.cli.aging import Intercompany
from arcore.cli.aging import KnownAt
from arcore.cli.aging import dimension
from arcore.cli.aging import edge_days
from arcore.cli.aging import filters_of

EXAMPLE = "python -m arcore --store sqlite:///data/sample.db export aging.xlsx --report aging"
REPORTS = ("aging", "items", "kpi")
GROUP_WORDS = {"out": "left out", "in": "counted", "only": "nothing else"}


def run(
    file: Annotated[Path | None, typer.Argument(metavar="FILE.xlsx|FILE.csv")] = None,
    report: Annotated[str, typer.Option(help="aging, items or kpi.")] = "",
    books: Annotated[Path | None, typer.Option(metavar="DIR", help="Write the exchange pair into this folder.")] = None,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    basis: Basis = "original",
    edges: Edges = "30,60,90",
    by: Annotated[str, typer.Option(help="What aging and KPIs are split by.")] = "",
    currency: Currency = "document",
    entity: Entity = "",
    intercompany: Intercompany = "out",
    customer: Annotated[str, typer.Option(metavar="CODE", help="Only this customer's items.")] = "",
    history: Annotated[int, typer.Option(metavar="MONTHS", min=0, help="KPIs at the last so many month-ends too.")] = 0,
    force: Annotated[bool, typer.Option("--force", help="Write over what is there.")] = False,
) -> None:
    """Write one report (FILE and --report) or the books (--books DIR)."""
    from arcore.errors import BadInput

    if (file is None) == (books is None):
        raise BadInput("Give a file and --report, or --books and a folder")
    if books is not None:
        _books(books, force=force)
        return
    assert file is not None  # noqa: S101  one of the two is there
    if report not in REPORTS:
        raise BadInput(f"{report!r} is no report; one of {', '.join(REPORTS)}", report=report)
    frame.refuse_existing(file, force=force)
    with frame.books() as engine:
        filters = filters_of(engine, as_of, known_at, basis, currency, entity, intercompany)
        table, notes = {
            "aging": lambda: _aging(engine, filters, by or "customer", edges),
            "items": lambda: _items(engine, filters, customer),
            "kpi": lambda: _kpis(engine, filters, by or "none", history),
        }[report]()
    _write(file, table, report, filters, notes, sums=by != "rollup")


def _aging(engine: Any, filters: Any, by: str, edges: str) -> Any:
    from arcore.reports.aging import aging

    found = aging(engine, filters, by=dimension(by), edges=edge_days(edges))
    return found.frame(), found.notes()


def _items(engine: Any, filters: Any, customer: str) -> Any:
    from arcore.reports.items import items

    return items(engine, filters, customer=customer or None).frame(), []


def _kpis(engine: Any, filters: Any, by: str, history: int) -> Any:
    import pandas as pd

    from arcore.reports.kpis import kpis

    rows = [
        {
            "kpi": found.kpi.label,
            "name": found.kpi.name,
            "variant": found.kpi.variant,
            "of": found.name,
            "as of": found.figure.as_of,
            "value": found.figure.exact,
            "unit": found.figure.unit,
            "currency": found.figure.currency,
            "undefined": found.figure.undefined or "",
            "formula": found.figure.formula,
            "coverage": found.figure.coverage,
        }
        for found in kpis(engine, filters, by=dimension(by), history=history)
    ]
    return pd.DataFrame(rows), []


def _write(file: Path, table: Any, report: str, filters: Any, notes: list[str], *, sums: bool) -> None:
    from arcore.reports.export import write

    facts = [
        f"As of {filters.as_of.isoformat()}",
        f"Currency: {filters.currency}",
        f"Aged from: {filters.basis} date",
        f"Entity: {filters.entity or 'all'}",
        f"Companies of our own group: {GROUP_WORDS[filters.intercompany]}",
    ]
    content = write(file.name, table, f"arcore {report}", [*facts, *notes], sums=sums)
    frame.save(file, content)
    frame.show({"file": file, "report": report, "rows": len(table), "bytes": len(content)}, f"Wrote {file}")


def _books(folder: Path, *, force: bool) -> None:
    from arcore.intake.exchange_out import write_books

    for name in ("documents.csv", "applications.csv"):
        frame.refuse_existing(folder / name, force=force)
    with frame.books() as engine:
        written = write_books(engine)
    for name, content in written.items():
        frame.save(folder / name, content)
    rows = {name: content.count(b"\n") - 1 for name, content in written.items()}
    frame.show({"folder": folder, "files": [folder / name for name in written], "rows": rows}, f"Wrote {folder}")
