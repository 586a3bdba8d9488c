"""Set, list or end targets: what a measure should be, by when, and who answers for it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING
from typing import Annotated
from typing import Any

import typer

from arcore.cli import frame

if TYPE_CHECKING:
    from decimal import Decimal

    from arcore.goals.queries import Goal

EXAMPLE = "python -m arcore --store sqlite:///data/sample.db target set dso 42 --owner Ana --by 2027-06-30"

Measure = Annotated[str, typer.Argument(metavar="MEASURE", help="dso, cei.cash, overdue, …")]
Segment = Annotated[str, typer.Option(help="Only for customers of this segment.")]
Day = typer.Option(parser=frame.day, metavar="DATE")


def set_(
    measure: Measure,
    value: Annotated[str, typer.Argument(metavar="VALUE", help="In the unit of the measure.")],
    segment: Segment = "",
    low: Annotated[str, typer.Option(help="Below this an alert stands.")] = "",
    high: Annotated[str, typer.Option(help="Above this an alert stands.")] = "",
    currency: Annotated[str, typer.Option(help="Of amounts; the company's where none is given.")] = "",
    owner: Annotated[str, typer.Option(help="Who answers for it.")] = "",
    by: Annotated[date | None, Day] = None,
    since: Annotated[date | None, Day] = None,
    note: Annotated[str, typer.Option(help="A few words.")] = "",
) -> None:
    """Set a target in place of the one that stood for the same measure and segment."""
    from arcore.analytics.headline import headline
    from arcore.company import queries
    from arcore.goals import service
    from arcore.goals.queries import AMOUNTS
    from arcore.goals.queries import name_of

    with frame.books() as engine:
        amount = name_of(headline(measure, queries.variants(engine))) in AMOUNTS
        service.set_target(
            engine, measure=measure, value=_number(value, "VALUE"), segment=segment,
            low=_number(low, "--low") if low else None, high=_number(high, "--high") if high else None,
            currency=(currency or queries.profile(engine).currency) if amount else "", owner=owner, due_on=by,
            valid_from=since, note=note, actor=frame.actor(),
        )  # fmt: skip
        _show(engine)


def list_() -> None:
    """List the targets that stand; `goals` shows how far each is from being met."""
    with frame.books() as engine:
        _show(engine)


def end(measure: Measure, segment: Segment = "") -> None:
    """Take a target away; what it was stays as history."""
    from arcore.analytics.headline import headline
    from arcore.company import queries
    from arcore.errors import NotFound
    from arcore.goals import service
    from arcore.goals.queries import goals

    with frame.books() as engine:
        kpi = headline(measure, queries.variants(engine))
        found = [goal for goal in goals(engine) if goal.kpi is kpi and goal.segment == segment]
        if not found:
            raise NotFound(f"No target stands for {measure}{f' of {segment}' if segment else ''}", measure=measure)
        service.withdraw_target(engine, target_id=found[0].id, actor=frame.actor())
        _show(engine)


COMMANDS = {"set": set_, "list": list_, "end": end}


def _number(text: str, what: str) -> Decimal:
    from decimal import Decimal
    from decimal import InvalidOperation

    from arcore.errors import BadInput

    try:
        return Decimal(text)
    except InvalidOperation as error:
        raise BadInput(f"{what} is a number such as 42.5, not {text!r}", value=text) from error


def _show(engine: Any) -> None:
    from arcore.goals.queries import goals

    found = [_document(goal) for goal in goals(engine)]
    columns: Any = dict.fromkeys(("measure", "segment", "target", "low", "high", "currency", "owner", "due_on"), "left")
    rows = ([goal[name] or "" for name in columns] for goal in found)
    frame.show({"targets": found}, frame.table("Targets", columns, rows) if found else "No target stands.")


def _document(goal: Goal) -> dict[str, Any]:
    from arcore.cli.kpi import written

    def text(value: Decimal | None) -> Any:
        return None if value is None else written(value, goal.currency)

    return {
        "measure": goal.name, "segment": goal.segment or None, "target": text(goal.value), "low": text(goal.low),
        "high": text(goal.high), "currency": goal.currency, "owner": goal.owner, "due_on": goal.due_on,
        "valid_from": goal.valid_from, "note": goal.note,
    }  # fmt: skip
