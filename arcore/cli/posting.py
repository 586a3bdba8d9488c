"""List what was booked here and the source has not; write it as a file for the general ledger, or take that back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated
from typing import Any

import typer

from arcore.cli import frame

EXAMPLE = "python -m arcore --store sqlite:///data/sample.db posting"


def run(
    export: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write what is to post, and mark it exported.")
    ] = None,
    profile: Annotated[str, typer.Option(help="How the ledger wants it: generic, datev, or a TOML file.")] = "generic",
    undo: Annotated[int | None, typer.Option(metavar="BATCH", help="This export was not posted after all.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Write over a file that is there.")] = False,
    fail: Annotated[bool, typer.Option("--fail", help="End with 1 when something waits too long.")] = False,
) -> None:
    """List receipts, matches, write-offs and credit notes booked here, with what the source made of them since."""
    from arcore.intake.posting import queries
    from arcore.intake.posting import service
    from arcore.intake.posting.files import load

    written, batch = None, None
    with frame.books() as engine:
        today = frame.today(engine)
        if undo is not None:
            service.withdraw(engine, batch=undo, actor=frame.actor())
        if export is not None:
            frame.refuse_existing(export, force=force)
            chosen = load(profile)
            written, batch = service.export(engine, profile=chosen, today=today, actor=frame.actor())
            try:
                frame.save(export, written.content)
            except Exception:
                # Nobody has the file, so nobody can post it.
                service.withdraw(engine, batch=batch, actor=frame.actor())
                raise
        lines = queries.posting_list(engine, today)
        days = queries.days_allowed(engine)
    late = queries.overdue(lines, days)
    document = {
        "lines": [_line(line) for line in lines],
        "totals": _totals([line for line in lines if line.status != "confirmed"]),
        "days": days,
        "overdue": [line.subject for line in late],
        "export": None
        if written is None
        else {"file": str(export), "batch": batch, "lines": len(written.lines), "left_out": list(written.left_out),
              "totals": _totals(written.lines)},
    }  # fmt: skip
    frame.show(document, *_for_people(document, len(late), days))
    if fail and late:
        raise typer.Exit(1)


def _line(line: Any) -> dict[str, Any]:
    from arcore.money import plain

    return {
        "id": line.subject, "kind": line.kind, "number": line.number, "customer": line.code or line.customer,
        "entity": line.entity, "currency": line.currency, "date": line.on, "amount": plain(line.amount, line.currency),
        "against": list(line.against), "reason": line.reason, "takes_back": line.takes_back, "status": line.status,
        "batch": line.batch, "confirmed_by": line.confirmed_by, "days": line.days, "by": line.recorded_by,
    }  # fmt: skip


def _totals(lines: Any) -> list[dict[str, Any]]:
    from arcore.intake.posting.files import totals
    from arcore.money import plain

    return [
        {
            "currency": one.currency, "count": one.size, "debit": plain(one.debit, one.currency),
            "credit": plain(one.credit, one.currency), "net": plain(one.net, one.currency),
        }
        for one in totals(lines)
    ]  # fmt: skip


def _for_people(document: dict[str, Any], late: int, days: int) -> list[Any]:
    columns: Any = {
        "Date": "left", "Kind": "left", "Number": "left", "Customer": "left", "Amount": "right", "Currency": "left",
        "Applied to": "left", "Status": "left", "Days": "right",
    }  # fmt: skip
    rows = [
        (
            one["date"], one["kind"].replace("_", " "), one["number"], one["customer"], one["amount"], one["currency"],
            ", ".join(one["against"]), one["status"].replace("_", " "), one["days"],
        )
        for one in document["lines"]
    ]  # fmt: skip
    parts: list[Any] = (
        [frame.table("Booked here", columns, rows)] if rows else ["Nothing was booked here since a source tells."]
    )
    parts += [f"{t['currency']}: debit {t['debit']}, credit {t['credit']}, net {t['net']}" for t in document["totals"]]
    if late:
        parts.append(f"{late} are not confirmed after {days} days")
    if (out := document["export"]) is not None:
        parts += [*out["left_out"], f"{out['lines']} lines written to {out['file']} as export {out['batch']}"]
    return parts
