"""Show how targets stand: met or not, how far off, on the way or behind, and which measure left its band."""

from __future__ import annotations

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
    from decimal import Decimal

    from arcore.reports.targets import Status
    from arcore.written import Format

EXAMPLE = "python -m arcore --store sqlite:///data/sample.db goals --fail"
STANDS = 1
"""The exit code under --fail while an alert stands."""


def run(
    as_of: AsOf = None,
    known_at: KnownAt = None,
    basis: Basis = "original",
    fail: Annotated[bool, typer.Option("--fail", help="Exit with 1 while a measure is outside of its band.")] = False,
) -> None:
    """Show every target with its measure now; `--fail` lets a timer raise the alarm."""
    from arcore.company import queries
    from arcore.reports.targets import statuses
    from arcore.written import Format

    with frame.books() as engine:
        filters = filters_of(engine, as_of, known_at, basis)
        found = statuses(engine, filters)
        say = Format(queries.profile(engine).locale)
    outside = sum(status.alert is not None for status in found)
    answer = {"as_of": filters.as_of, "targets": [document(status) for status in found], "alerts": outside}
    frame.show(answer, *_for_people(found, say, filters.as_of))
    if fail and outside:
        raise typer.Exit(STANDS)


def document(status: Status) -> dict[str, Any]:
    """Return one target as scripts get it; figures as text, amounts with the digits of their currency."""
    from arcore.analytics.figures import MONEY
    from arcore.cli.kpi import written

    goal, figure = status.goal, status.figure
    currency = figure.currency if figure.unit == MONEY else ""

    def text(value: Decimal | None) -> Any:
        return None if value is None else written(value, currency)

    return {
        "measure": goal.name,
        "label": goal.kpi.label,
        "segment": goal.segment or None,
        "as_of": figure.as_of,
        "value": text(figure.exact),
        "undefined": figure.undefined,
        "target": text(goal.value),
        "unit": figure.unit,
        "currency": currency,
        "state": status.state,
        "gap": text(status.gap),
        "missing": text(status.missing),
        "expected": text(status.expected),
        "progress": None if status.progress is None else written(status.progress),
        "owner": goal.owner,
        "due_on": goal.due_on,
        "valid_from": goal.valid_from,
        "low": text(goal.low),
        "high": text(goal.high),
        "note": goal.note,
        "alert": alert(status, currency),
    }


def alert(status: Status, currency: str) -> dict[str, Any] | None:
    """Return the alert of a target as scripts get it; None while the measure is in its band."""
    from arcore.cli.kpi import written

    stands = status.alert
    if stands is None:
        return None
    return {
        "side": stands.side,
        "limit": written(stands.limit, currency),
        "since": stands.since,
        "beyond": written(stands.beyond, currency),
    }


def _for_people(found: tuple[Status, ...], say: Format, today: Any) -> list[Any]:
    from arcore.analytics import written
    from arcore.reports import target_words

    if not found:
        return ["No target is set. They are set on the page Trends."]
    columns = {
        "Measure": "left", "For": "left", "Now": "right", "Target": "right", "Gap": "left", "State": "left",
        "Due": "left", "Owner": "left",
    }  # fmt: skip
    rows = [
        [
            status.goal.kpi.label, target_words.whose(status.goal), written.with_unit(status.figure, say),
            target_words.amount(status.goal.value, status.figure, say), target_words.distance(status, say),
            status.words, status.goal.due_on, status.goal.owner,
        ]
        for status in found
    ]  # fmt: skip
    return [frame.table("Targets", columns, rows), *alert_lines(found, say, today)]  # type: ignore[arg-type]


def alert_lines(found: tuple[Status, ...], say: Format, today: Any) -> list[str]:
    """Return a sentence for each measure that is outside of its band."""
    from arcore.reports import target_words

    return [
        f"Outside of its band: {target_words.alert(status, status.alert, say, today)}"
        for status in found
        if status.alert is not None
    ]
