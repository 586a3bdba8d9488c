"""Find customers that may be the same; merge them, or split them again."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING
from typing import Annotated
from typing import Any

import typer

from arcore.cli import frame
from arcore.cli.aging import AsOf
from arcore.cli.aging import filters_of

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from arcore.reports.tidy.same import Alike
    from arcore.reports.tidy.same import Side

EXAMPLE = "python -m arcore --store sqlite:///data/sample.db customers alike"
Code = Annotated[str, typer.Argument(metavar="CODE", help="The customer's code.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only say what it would move.")]


def alike(
    as_of: AsOf = None,
    merged: Annotated[bool, typer.Option("--merged", help="List the customers that were merged instead.")] = False,
) -> None:
    """List pairs of customers that look alike by name, tax number, e-mail or phone, the surest first."""
    from arcore.reports.tidy.same import same_customers

    with frame.books() as engine:
        filters = filters_of(engine, as_of, None, "original")
        found = same_customers(engine, filters)
    pairs = found.merged if merged else found.asked
    answer = {"as_of": filters.as_of, "pairs": [_pair(pair) for pair in pairs]}
    rows = ((str(p.score or ""), p.one.code, p.one.name, p.other.code, p.other.name, p.why) for p in pairs)
    columns: Any = {"score": "right", "code": "left", "customer": "left", "like": "left", "name": "left", "why": "left"}
    title = "Merged customers" if merged else "Customers that may be the same"
    frame.show(answer, frame.table(title, columns, rows))


def merge(
    code: Code,
    into: Annotated[str, typer.Argument(metavar="INTO", help="The code of the customer that stays.")],
    as_of: AsOf = None,
    dry_run: DryRun = False,
) -> None:
    """Let a customer live on in another one; no booked document is touched, and `split` takes it back."""
    from arcore.customers.merging import merge_many
    from arcore.reports.tidy.same import moves

    with frame.books() as engine:
        filters = filters_of(engine, as_of, None, "original")
        one, other = _id(engine, code), _id(engine, into)
        found = moves(engine, filters, one, other)
        merge_many(engine, pairs={one: other}, actor=frame.actor(), dry_run=dry_run)
    answer = {
        "merged": not dry_run,
        "customer": _side(found.one),
        "into": _side(found.into),
        "together": _amounts(found.together),
        "conflicts": [{"fact": name, "of_merged": mine, "counts": theirs} for name, mine, theirs in found.conflicts],
        "contacts": found.contacts,
        "promises": found.promises,
        "plans": found.plans,
        "disputes": found.disputes,
    }
    word = "would live on in" if dry_run else "lives on in"
    owed = " + ".join(f"{one['amount']} {one['currency']}" for one in _amounts(found.together)) or "nothing"
    frame.show(answer, f"{found.one.name} ({code}) {word} {found.into.name} ({into}); together they owe {owed}")


def split(code: Code, dry_run: DryRun = False) -> None:
    """Let a merged customer be on its own again, with the documents that were booked for its code."""
    from arcore.customers.merging import merge_many
    from arcore.errors import RuleBroken

    with frame.books() as engine:
        number = _id(engine, code)
        done = merge_many(engine, pairs={number: None}, actor=frame.actor(), dry_run=True)
        if done["before"][str(number)] is None:
            msg = f"{code} is not merged into another customer"
            raise RuleBroken(msg, code=code)
        if not dry_run:
            merge_many(engine, pairs={number: None}, actor=frame.actor())
    frame.show({"split": not dry_run, "customer": code}, f"{code} {'would be' if dry_run else 'is'} on its own again")


def _id(engine: Engine, code: str) -> int:
    """Return the customer of a code itself, not the one it was merged into. Raises NotFound."""
    from arcore.customers.queries import id_of

    return id_of(engine, code)


def _pair(pair: Alike) -> dict[str, Any]:
    return {"customer": _side(pair.one), "like": _side(pair.other), "score": pair.score, "why": pair.why}


def _side(side: Side) -> dict[str, Any]:
    return {"code": side.code, "name": side.name, "open_items": side.items, "open": _amounts(side.open)}


def _amounts(held: Any) -> list[dict[str, str]]:
    from arcore.money import plain

    return [{"currency": code, "amount": plain(units, code)} for code, units in sorted(held.items())]


COMMANDS: dict[str, Callable[..., None]] = {"alike": alike, "merge": merge, "split": split}
