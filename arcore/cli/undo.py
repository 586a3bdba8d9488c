"""Undo an import: the books stand as if it had never come; what it would take along is said before."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping
from typing import Annotated
from typing import Any

import typer

from arcore.cli import frame

EXAMPLE = "python -m arcore --store sqlite:///data/sample.db undo 1 --dry-run"
BACKWARDS = {
    "new": "removed",
    "changed": "changed back",
    "settled": "open again",
    "part_paid": "open again in part",
    "reopened": "settled again",
}
"""What an undo does to each kind of change."""
MOST = 20
"""Rows of a list that are printed for people; --json has them all."""


def run(
    import_id: Annotated[int, typer.Argument(metavar="IMPORT_ID", help="The import, as `import` named it.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what it would take along.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Undo without asking on a terminal.")] = False,
) -> None:
    """Undo an import and print its plan backwards; payments that came later stay, unapplied.

    With --dry-run, and on a terminal before it asks, it names what would go along: write-offs, reminders that left,
    promises, plans and disputes, bookings to post, months that were frozen.
    """
    from arcore.intake.undo import undo

    asking = not dry_run and not yes and frame.can_ask()
    with frame.books(dry=dry_run) as engine:
        facts = undo(engine, import_id, actor=frame.actor(), dry_run=dry_run or asking)
        done = not dry_run
        told = _told(facts)
        if asking:
            frame.show(_document(import_id, facts, told, done=False), *_for_people(import_id, facts, told))
            done = frame.confirm(f"Undo import {import_id}?")
            if done:
                facts = undo(engine, import_id, actor=frame.actor())
    ending = f"Import {import_id} is undone." if done else "Nothing was changed."
    if asking:
        frame.say(ending)
        return
    ending = "Nothing was changed: a dry run." if dry_run else ending
    frame.show(_document(import_id, facts, told, done=done), *_for_people(import_id, facts, told), ending)


def _document(
    import_id: int, facts: Mapping[str, Any], told: Mapping[str, Any] | None, *, done: bool
) -> dict[str, Any]:
    document = {
        "import_id": import_id,
        "undone": done,
        "plan": facts["plan"],
        "documents": facts["documents"],
        "restored": facts["restored"],
        "customers_kept": facts["customers_kept"],
        "bounced_kept": facts["bounced_kept"],
        "change": facts["change"],
    }
    return document if told is None else document | {"consequences": told}


def _told(facts: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the consequences as JSON: amounts as strings, signed as the books sign them; None after the undo."""
    from arcore.money import plain

    found = facts.get("consequences")
    if found is None:
        return None
    return {
        **{name: [_sum(one) for one in getattr(found, name)] for name in ("leaving", "back")},
        **{name: [_moved(one) for one in getattr(found, name)] for name in ("along", "freed", "owed", "bounced")},
        "messages": [
            {
                "id": one.message_id, "customer": one.customer, "to": one.to, "at": one.at, "step": one.step,
                "documents": list(one.documents),
                "asked": {currency: plain(units, currency) for currency, units in one.asked.items()},
            }
            for one in found.sent
        ],
        "agreed": [
            {
                "what": one.what, "id": one.id, "customer": one.customer, "currency": one.currency,
                "amount": plain(one.amount, one.currency), "on": one.on, "documents": list(one.documents),
            }
            for one in found.agreed
        ],
        "postings": [
            {
                "id": one.subject, "kind": one.kind, "number": one.number, "customer": one.customer,
                "currency": one.currency, "amount": plain(one.amount, one.currency), "batch": one.batch,
                "becomes": "unconfirmed" if one.confirmed else "to_take_back",
            }
            for one in found.postings
        ],
        "papers": found.papers,
        "months": [
            {
                "month": f"{one.day:%Y-%m}", "entity": one.entity, "currency": one.currency,
                "change": plain(one.change, one.currency),
            }
            for one in found.months
        ],
        "builds_on": list(found.builds_on),
        "customers_hidden": list(found.hidden),
        "notes_hidden": found.notes,
        "past_kept": list(found.past),
    }  # fmt: skip


def _sum(one: Any) -> dict[str, Any]:
    from arcore.money import plain

    amount = plain(one.amount, one.currency)
    return {"kind": one.kind, "currency": one.currency, "documents": one.documents, "amount": amount}


def _moved(one: Any) -> dict[str, Any]:
    from arcore.money import plain

    amounts = {name: plain(getattr(one, name), one.currency) for name in ("amount", "before", "after")}
    return {
        "document": one.number or str(one.document_id), "kind": one.kind, "customer": one.customer, "on": one.on,
        "currency": one.currency, "by": one.by, "import": one.import_id, **amounts,
    }  # fmt: skip


# --- for people -------------------------------------------------------------------------------------------------------


def _for_people(import_id: int, facts: Mapping[str, Any], told: Mapping[str, Any] | None) -> list[Any]:
    rows = [(BACKWARDS[kind], facts["plan"][kind]) for kind in BACKWARDS if facts["plan"].get(kind)]
    parts: list[Any] = [frame.table(f"Import {import_id}, backwards", {"What": "left", "Documents": "right"}, rows)]
    if told:
        if consequences := list(_rows(told)):
            columns: Any = {"Goes along": "left", "What": "left", "Customer": "left", "Amount": "right", "": "left"}
            parts.append(frame.table("What it takes along", columns, consequences[:MOST]))
            if len(consequences) > MOST:
                parts.append(f"… and {len(consequences) - MOST} more: --json has them all")
        if told["builds_on"]:
            later = told["builds_on"]
            parts.append(f"Import{'s' * (len(later) > 1)} {', '.join(map(str, later))} came later and paid what goes")
        if told["past_kept"]:
            names = ", ".join(told["past_kept"][:MOST])
            parts.append(f"Past days of matches that had ended may stay as they are: {names}")
    return [*parts, *(f"Open balance {amount} {currency}" for currency, amount in facts["change"].items())]


def _rows(told: Mapping[str, Any]) -> Iterator[tuple[str, str, str, str, str]]:
    heads = {"along": "goes too", "freed": "unapplied again", "owed": "owed again", "bounced": "stays with its bounce"}
    for name, head in heads.items():
        for one in told[name]:
            amount = one["amount"] if name in {"along", "bounced"} else one["after"]
            kind = one["kind"].replace("_", " ")
            yield head, f"{kind} {one['document']}", one["customer"], amount, one["currency"]
    for one in told["messages"]:
        asked = ", ".join(f"{amount} {currency}" for currency, amount in one["asked"].items())
        what = f"reminder {one['step']} of {one['at']:%Y-%m-%d} to {one['to']}: {', '.join(one['documents'])}"
        yield "was sent", what, one["customer"], asked, ""
    for one in told["agreed"]:
        what = f"{one['what']} of {one['on']} on {', '.join(one['documents'])}"
        yield "loses its documents", what, one["customer"], one["amount"], one["currency"]
    for one in told["postings"]:
        head = "not confirmed any more" if one["becomes"] == "unconfirmed" else "to take back in the ledger"
        what = f"{one['kind'].replace('_', ' ')} {one['number']}"
        yield head, what, one["customer"], one["amount"], one["currency"]
    for one in told["months"]:
        yield "frozen month changes", one["month"], one["entity"], one["change"], one["currency"]
    if told["papers"]:
        yield "loses its document", f"{told['papers']} papers", "", "", ""
    for name in told["customers_hidden"]:
        yield "leaves the lists", "customer", name, "", ""
    if told["notes_hidden"]:
        yield "leaves the lists", f"{told['notes_hidden']} notes and talks", "", "", ""
