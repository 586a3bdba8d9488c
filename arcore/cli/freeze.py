"""Freeze a month, so that what is posted into it later shows as later; or open it again."""

from __future__ import annotations

from typing import TYPE_CHECKING
from typing import Annotated
from typing import Any

import typer

from arcore.cli import frame

if TYPE_CHECKING:
    from datetime import date

    from arcore.company.queries import Close

EXAMPLE = "python -m arcore --store sqlite:///data/sample.db freeze --month 2026-10"


def run(
    month: Annotated[
        str, typer.Option(metavar="YYYY-MM", help="A month that is over; none lists what is frozen.")
    ] = "",
    reopen: Annotated[
        bool, typer.Option("--reopen", help="Open it again; the freeze stays in the audit trail.")
    ] = False,
) -> None:
    """Freeze a month as the books know it now; nothing is locked."""
    from arcore.company import service
    from arcore.errors import BadInput

    if reopen and not month:
        raise BadInput("Say which month to open again: --month 2026-10")
    with frame.books() as engine:
        if month:
            day = _month_end(month)
            if reopen:
                service.reopen_month(engine, day=day, actor=frame.actor())
            else:
                service.freeze_month(engine, day=day, today=frame.today(engine), actor=frame.actor())
        found = _frozen(engine)
    done = f"{month} is {'open again' if reopen else 'frozen'}." if month else ""
    rows = [[f"{close.day:%Y-%m}", close.at.date(), close.by, close.seq] for close in found]
    heads: Any = {"Month": "left", "Frozen on": "left", "By": "left", "Ledger version": "right"}
    frame.show(
        {"month": month or None, "reopened": reopen, "frozen": [document(close) for close in found]},
        frame.table("Frozen months", heads, rows),
        *([done] if done else []),
    )


def document(close: Close) -> dict[str, Any]:
    """Return a frozen month as scripts get it, with what was open when it was frozen."""
    from arcore.money import plain

    return {
        "month": f"{close.day:%Y-%m}",
        "day": close.day,
        "at": close.at,
        "by": close.by,
        "ledger_version": close.seq,
        "balances": [
            {"entity": entity, "currency": currency, "open": plain(units, currency)}
            for (entity, currency), units in close.balances.items()
        ],
    }


def _frozen(engine: Any) -> list[Close]:
    from arcore.company.queries import closes
    from arcore.store.engine import reading

    with reading(engine) as session:
        return list(closes(session).values())


def _month_end(text: str) -> date:
    from arcore.dates import month_end
    from arcore.reports.board.period import read_month

    return month_end(read_month(text))
