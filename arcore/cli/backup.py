"""Copy the books into one file while the app goes on running."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from arcore.cli import frame
from arcore.errors import NotFound

EXAMPLE = "python -m arcore --store sqlite:///data/sample.db backup sample-backup.db"


def run(
    file: Annotated[Path, typer.Argument(help="Where the copy goes; its folder must exist.")],
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
) -> None:
    """Copy the books into FILE, all of one moment; readers and writers go on meanwhile.

    SQLite copies itself; for PostgreSQL its own program pg_dump must be installed.
    """
    from arcore.store.backup import backup

    url = frame.store_url()
    if frame.is_missing(url):
        raise NotFound("There are no books here yet, so there is nothing to copy", store=url)
    with frame.books() as engine:
        copy = backup(engine, file, replace=force)
    document = {"file": str(copy.path), "bytes": copy.size, "writes": copy.writes}
    frame.show(document, f"Copied {copy.writes} writes into {copy.path} ({copy.size / 1e6:.1f} MB)")
