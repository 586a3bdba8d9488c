"""Build the sample company in a store of its own, to look around in."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from arcore.cli import frame

EXAMPLE = "python -m arcore demo --today 2026-10-30"


def run(
    force: Annotated[bool, typer.Option("--force", help="Build it again where a sample already is.")] = False,
    today: Annotated[
        date | None, typer.Option(parser=frame.day, metavar="DATE", help="The last day of its calendar; else today.")
    ] = None,
) -> None:
    """Build the sample company: 150 customers, three currencies, 36 months that end today; all names are invented.

    It goes to data/sample.db, or to the store given by --store. A sample that is there is kept without --force; a store
    that holds anything else is refused, with --force too.
    """
    from arcore.sample import service
    from arcore.settings import settings

    made = service.make(frame.store_url(settings().sample_url), today=today or service.current_day(), force=force)
    document = {"store": made.store, "built": made.built, "today": made.day}
    word = "Built" if made.built else "Kept (say --force to build it again):"
    frame.show(document, f"{word} the sample company up to {made.day:%d %b %Y} in {made.store}")
