"""Put a copy made by `backup` back in place of the books."""

from __future__ import annotations

from datetime import UTC
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from arcore.cli import frame
from arcore.errors import NeedsAnswer

EXAMPLE = "python -m arcore --store sqlite:///data/sample.db restore sample-backup.db --yes"


def run(
    file: Annotated[Path, typer.Argument(help="A file made by `backup`.")],
    yes: Annotated[bool, typer.Option("--yes", help="Don't ask.")] = False,
) -> None:
    """Put the copy in FILE back in place of the books; what was there is kept in a file beside them.

    A copy goes back to the engine it came from. The app may go on running: open pages show the restored books.
    """
    from arcore.store.backup import restore
    from arcore.store.migrate import head_of

    with frame.books() as engine:
        writes = head_of(engine).audit_seq
        if writes and not frame.confirm(f"Replace the books, which hold {writes} writes, by {file}?", yes=yes):
            raise NeedsAnswer("The books hold something: say --yes to replace them", writes=writes)
        restored = restore(engine, file, now=datetime.now(UTC))
    kept = restored.kept.path if restored.kept else None
    frame.show(
        {"file": str(file), "writes": restored.writes, "kept": kept},
        f"Restored {restored.writes} writes from {file}" + (f"; the books before are in {kept}" if kept else ""),
    )
