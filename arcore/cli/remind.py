"""Send the reminders that are due today; without --yes, list what would go, and why the others get none."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING
from typing import Annotated
from typing import Any

import typer

from arcore.cli import frame
from arcore.errors import BadInput
from arcore.errors import NotFound

if TYPE_CHECKING:
    from rich.console import RenderableType
    from sqlalchemy import Engine

    from arcore.dunning.queries import ForAll
    from arcore.dunning.queries import Row
    from arcore.dunning.service import Run

EXAMPLE = "python -m arcore --store sqlite:///data/sample.db remind"
FAILED = 1


def run(
    as_of: Annotated[date | None, typer.Option(parser=frame.day, metavar="DATE", help="The day; today.")] = None,
    customer: Annotated[str, typer.Option(metavar="CODE", help="Only this customer.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would go.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Send without asking.")] = False,
    papers: Annotated[bool, typer.Option("--papers", help="Attach the papers kept of what each asks for.")] = False,
) -> None:
    """Show who is due a reminder, what it asks and why, and why the others get none; with --yes, send them.

    Nothing leaves before somebody confirmed on the page Reminders that it may, and nothing leaves twice.
    """
    sends, asking = yes and not dry_run, not yes and not dry_run and frame.can_ask()
    with frame.books(dry=not (sends or asking)) as engine:
        today = frame.today(engine)
        day = today if as_of is None else as_of
        _check(engine, day, today, sends=sends)
        due, held, live = _listed(engine, day, customer)
        kept = _papers(engine, due) if papers else None
        answer = _document(day, due, held, live=live, papers=kept)
        done = None
        if asking:
            frame.show(answer, *_for_people(answer))
        if due and live and day == today and (sends or (asking and frame.confirm(_question(len(due))))):
            done = _send(engine, day, due, kept)
            answer = _after(engine, day, customer, due, done)
    if done is not None or not asking:
        frame.show(answer, *_for_people(answer))
    if done is not None and done.stopped:
        frame.say(done.stopped)
        raise typer.Exit(FAILED)


def _check(engine: Engine, day: date, today: date, *, sends: bool) -> None:
    """Refuse a future day; and to send before reminders are live, or as of a day that is over."""
    if day > today:
        raise BadInput(f"{day.isoformat()} is in the future: what is due then is not known yet", as_of=day.isoformat())
    if sends:
        from arcore.dunning.service import check_day

        check_day(engine, day)


def _listed(engine: Engine, day: date, customer: str) -> tuple[list[Row], list[Row], bool]:
    """Return what would go and what is held back, of all or of one customer (under the code it lives on with)."""
    from arcore.dunning.queries import reminders
    from arcore.dunning.queries import survivor_code

    found = reminders(engine, day)
    if not customer:
        return list(found.due), list(found.held), found.live
    code = survivor_code(engine, customer)
    if code is None:
        raise NotFound(f"There is no customer {customer!r}", customer=customer)
    due = [row for row in found.due if row.who.code == code]
    held = [row for row in found.held if row.who.code == code]
    return due, held, found.live


def _question(count: int) -> str:
    return f"Send {count} {'reminder' if count == 1 else 'reminders'}?"


def _papers(engine: Engine, due: Iterable[Row]) -> ForAll:
    """Return the papers kept of what each reminder asks for."""
    from arcore.dunning.queries import Send
    from arcore.dunning.queries import for_all

    sends = {row.place: row.decision for row in due if isinstance(row.decision, Send)}
    asked = {place: {one.claim.debt.document_id for one in decision.asked} for place, decision in sends.items()}
    return for_all(engine, asked)


def _send(engine: Engine, day: date, due: Iterable[Row], papers: ForAll | None) -> Run:
    from arcore.dunning.service import send_due

    places = [row.place for row in due]
    ids = {place: [one.id for one in mine] for place, mine in papers.of.items()} if papers else None
    return send_due(engine, as_of=day, actor=frame.actor(), only=places, papers=ids, progress=_progress)


def _progress(done: int, of: int) -> None:
    if done == of or done % 10 == 0:
        frame.say(f"{done} of {of}")


def _after(engine: Engine, day: date, customer: str, due: Iterable[Row], done: Run) -> dict[str, Any]:
    """Answer with what left, and with what is held back now."""
    fates = {(one.customer_id, one.entity): one for one in done.outcomes}
    left = {place: one for place, one in fates.items() if one.message_id is not None}
    failed = {place: one for place, one in fates.items() if one.state == "failed"}
    names = {row.place: row for row in due}
    still_due, held, live = _listed(engine, day, customer)
    document = _document(day, [], [row for row in held if row.place not in left], live=live)
    return document | {
        "send": [
            _row(names[place]) | {"message_id": one.message_id, "state": one.state, "words": one.words}
            for place, one in left.items()
        ],
        "message_ids": list(done.message_ids),
        "failed": [
            {"customer": names[place].who.code, "entity": place[1], "code": one.code, "why": one.words}
            for place, one in failed.items()
        ],
        "not_tried": [_row(row) for row in still_due if row.place not in left and row.place not in failed],
    }


def _document(
    day: date, due: Iterable[Row], held: Iterable[Row], *, live: bool, papers: ForAll | None = None
) -> dict[str, Any]:
    return {
        "as_of": day,
        "live": live,
        "send": [_row(row) | _papers_of(row, papers) for row in due],
        "held": [
            {
                "customer": row.who.code,
                "name": row.who.name,
                "entity": row.entity,
                "code": row.code,
                "why": row.why,
                "overdue": _amounts(row.overdue),
            }
            for row in held
        ],
        "message_ids": [],
    }


def _papers_of(row: Row, papers: ForAll | None) -> dict[str, Any]:
    """Name the papers that would go with a message; nothing where nobody asked for them."""
    if papers is None:
        return {}
    mine = papers.of.get(row.place, ())
    return {
        "papers": [{"name": one.name, "kind": one.kind, "document": one.number, "bytes": one.size} for one in mine],
        "papers_left_out": papers.too_much.get(row.place, 0),
    }


def _row(row: Row) -> dict[str, Any]:
    """Return a message that would go, as scripts get it."""
    from arcore.dunning.queries import CHANNEL
    from arcore.dunning.queries import Send
    from arcore.money import plain

    proof = row.decision.proof if isinstance(row.decision, Send) else row.proof
    return {
        "customer": row.who.code,
        "name": row.who.name,
        "entity": row.entity,
        "step": row.step,
        "channel": CHANNEL,
        "language": row.language,
        "amounts": _amounts(row.asked),
        "items": [
            {
                "document": claim.debt.document,
                "currency": claim.debt.currency,
                "due_date": claim.debt.due_date,
                "open": plain(claim.debt.open, claim.debt.currency),
                "claimed": plain(claim.claimed, claim.debt.currency),
            }
            for claim in proof.claims
        ],
        "why": row.why,
    }


def _amounts(amounts: Iterable[tuple[str, int]]) -> list[dict[str, str]]:
    from arcore.money import plain

    return [{"currency": currency, "amount": plain(units, currency)} for currency, units in amounts]


def _for_people(answer: dict[str, Any]) -> list[RenderableType]:
    count, day = len(answer["send"]), answer["as_of"]
    title = f"{count} {'reminder' if count == 1 else 'reminders'} as of {day.isoformat()}"
    if not answer["live"]:
        title += ": a preview, reminders are not live yet"
    elif answer["message_ids"]:
        title += ", sent"
    send = frame.table(
        title,
        {"Customer": "left", "Name": "left", "Entity": "left", "Step": "right", "Asks": "right", "Why": "left"},
        ([r["customer"], r["name"], r["entity"], r["step"], _sum(r["amounts"]), _why(r)] for r in answer["send"]),
    )
    held = frame.table(
        f"{len(answer['held'])} held back",
        {"Customer": "left", "Name": "left", "Entity": "left", "Overdue": "right", "Code": "left", "Why": "left"},
        ([r["customer"], r["name"], r["entity"], _sum(r["overdue"]), r["code"], r["why"]] for r in answer["held"]),
    )
    return [send, held]


def _sum(amounts: Iterable[dict[str, str]]) -> str:
    return ", ".join(f"{one['amount']} {one['currency']}" for one in amounts)


def _why(row: dict[str, Any]) -> str:
    return str(row["why"]) if row.get("state", "sent") == "sent" else f"{row['state']}: {row['words']}"
