"""Show what is open by age: not due, in buckets, unapplied; by customer or another dimension, on any day."""

from __future__ import annotations

from datetime import date
from datetime import datetime
from typing import TYPE_CHECKING
from typing import Annotated
from typing import Any

import typer

from arcore.cli import frame

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Iterator

    from arcore.reports.aging import AgingReport
    from arcore.reports.aging import AgingRow
    from arcore.reports.rates import Gap

EXAMPLE = "python -m arcore --store sqlite:///data/sample.db aging --by segment"

AsOf = Annotated[date | None, typer.Option(parser=frame.day, metavar="DATE", help="Last day that counts; today.")]
KnownAt = Annotated[
    datetime | None, typer.Option(parser=frame.moment, metavar="MOMENT", help="Only what was recorded by then (UTC).")
]
Basis = Annotated[str, typer.Option(help="Age from the contractual due date, the agreed one, or the document's.")]
Edges = Annotated[str, typer.Option(help="Last day of each bucket but the open-ended one.")]
Currency = Annotated[
    str, typer.Option(help='"document" as booked, "customer" in that of each customer, or the code to convert into.')
]
Entity = Annotated[str, typer.Option(metavar="NAME", help="Only this company of ours; all of them.")]
Intercompany = Annotated[str, typer.Option(metavar="out|in|only", help="Whether companies of our own group count.")]


def run(
    as_of: AsOf = None,
    known_at: KnownAt = None,
    basis: Basis = "original",
    edges: Edges = "30,60,90",
    by: Annotated[
        str, typer.Option(help="customer, family, rollup, segment, owner, entity, currency or none.")
    ] = "customer",
    currency: Currency = "document",
    entity: Entity = "",
    intercompany: Intercompany = "out",
) -> None:
    """Show what is open by age, and whether it adds up to the documents."""
    from arcore.reports.aging import aging

    with frame.books() as engine:
        filters = filters_of(engine, as_of, known_at, basis, currency, entity, intercompany)
        report = aging(engine, filters, by=dimension(by), edges=edge_days(edges))
    frame.show(document(report), *_for_people(report))


def filters_of(
    engine: Any,
    as_of: date | None,
    known_at: datetime | None = None,
    basis: Any = "original",
    currency: str = "document",
    entity: str = "",
    intercompany: Any = "out",
) -> Any:
    """Return the filters that the options mean; the as-of day is the company's today unless given."""
    from arcore.reports.filters import MANY
    from arcore.reports.filters import Filters

    return Filters(
        as_of=as_of or frame.today(engine),
        currency=currency if currency in MANY else currency.upper(),
        basis=basis,
        known_at=known_at,
        entity=entity or None,
        intercompany=intercompany,
    )


def gaps(found: Iterable[Gap]) -> list[dict[str, Any]]:
    """Return missing rates as scripts get them, with what waits for each."""
    from arcore.money import plain

    return [
        {
            "currency": gap.currency,
            "into": gap.reporting,
            "day": gap.day,
            "amount": None if gap.units is None else plain(gap.units, gap.currency),
        }
        for gap in found
    ]


def gap_line(gap: Gap) -> str:
    """Say which rate is missing and how much waits for it."""
    from arcore.money import plain

    waiting = "" if gap.units is None else f"; {plain(gap.units, gap.currency)} {gap.currency} stands as booked"
    return f"Missing: {gap}{waiting}. Rates are added in Settings, Exchange rates"


def dimension(by: str) -> Any:
    """Return the dimension a report is split by. Raises BadInput for another word."""
    from arcore.errors import BadInput
    from arcore.reports.filters import DIMENSIONS

    if by not in DIMENSIONS:
        raise BadInput(f"{by!r} is nothing to split by; one of {', '.join(DIMENSIONS)}", by=by)
    return by


def edge_days(text: str) -> tuple[int, ...]:
    """Read "30,60,90". Raises BadInput for anything but ascending numbers."""
    from arcore.analytics.buckets import checked_edges
    from arcore.errors import BadInput

    try:
        days = [int(part) for part in text.split(",")]
    except ValueError as error:
        raise BadInput(f"{text!r} are no bucket edges; write them as 30,60,90", edges=text) from error
    return checked_edges(days)


def document(report: AgingReport) -> dict[str, Any]:
    """Return an aging as scripts get it: amounts as text with the digits of their currency."""
    from arcore.money import plain

    return {
        "as_of": report.as_of,
        "known_at": report.known_at,
        "basis": report.filters.basis,
        "edges": list(report.edges),
        "by": report.by,
        "currency": report.filters.currency,
        "entity": report.filters.entity,
        "rows": [{"key": row.key, "name": row.name, **_amounts(row), "redated": plain(row.redated, row.currency),
                  **({"depth": row.depth, "below": row.below} if report.by == "rollup" else {})}
                 for row in report.cells],
        "totals": [_amounts(row) | {"redated": plain(row.redated, row.currency)} for row in report.totals],
        "intercompany": [_amounts(row) | {"key": row.key} for row in report.intercompany],
        "intercompany_counts": report.filters.intercompany,
        "intercompany_customers": report.left_out,
        "control": [
            {
                "currency": control.currency,
                "total": plain(control.total, control.currency),
                "difference": plain(control.difference, control.currency),
                "agrees": control.agrees,
            }
            for control in report.control
        ],
        "incomplete": report.incomplete,
        "missing_rates": [str(gap) for gap in report.gaps],
        "gaps": gaps(report.gaps),
        "ledger_version": report.version[1],
    }  # fmt: skip


def _amounts(row: AgingRow) -> dict[str, Any]:
    from arcore.money import plain

    return {
        "currency": row.currency,
        "not_due": plain(row.not_due, row.currency),
        "buckets": [plain(units, row.currency) for units in row.buckets],
        "unapplied": plain(row.unapplied, row.currency),
        "open": plain(row.open, row.currency),
    }


def _for_people(report: AgingReport) -> list[Any]:
    from arcore.money import plain

    names = {report.by.capitalize(): "left", "Currency": "left"} | dict.fromkeys([*report.columns, "open"], "right")
    rows = [
        [name, row.currency, *(plain(units, row.currency) for units in
         (row.not_due, *row.buckets, row.unapplied, row.open))]
        for name, row in _named(report)
    ]  # fmt: skip
    drawn = frame.table(f"Aging as of {report.as_of}, from the {report.filters.basis} date", names, rows)  # type: ignore[arg-type]
    return [drawn, *(_control_line(control) for control in report.control), *map(gap_line, report.gaps)]


def _named(report: AgingReport) -> Iterator[tuple[str, AgingRow]]:
    """Name the rows: who holds others says so, what was left out and what all add up to stand below."""
    for row in report.cells:
        held = f" and {row.below} below" if row.below else ""
        yield f"{'  ' * row.depth}{row.name}{held}", row
    for row in report.totals:
        yield row.name, row
    for row in report.intercompany:
        of = "" if row.key == "intercompany" else f" of {row.name}"
        yield f"Intercompany{of}, left out", row


def _control_line(control: Any) -> str:
    from arcore.money import plain

    total, difference = (plain(units, control.currency) for units in (control.total, control.difference))
    word = "foots" if control.difference == 0 else "DOES NOT FOOT"
    compared = "not compared with a ledger"
    if control.agrees is not None:
        compared = f"{'agrees' if control.agrees else 'does not agree'} with {control.compared_with}"
    return f"{control.currency}: documents add up to {total}, difference {difference}: {word}; {compared}"
