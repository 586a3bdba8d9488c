"""Write, list or remove notes at a day, which all charts over time show."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from typing import Any

import typer

from arcore.cli import frame

EXAMPLE = 'python -m arcore --store sqlite:///data/sample.db note add 2026-09-01 "New terms for retail"'


def add(
    day: Annotated[date, typer.Argument(parser=frame.day, metavar="DATE")],
    text: Annotated[str, typer.Argument(metavar="TEXT", help="A few words.")],
    segment: Annotated[str, typer.Option(help="Only where customers of this segment are shown.")] = "",
) -> None:
    """Write a few words at a day."""
    from arcore.goals import service

    with frame.books() as engine:
        service.add_annotation(engine, day=day, text=text, segment=segment, actor=frame.actor())
        _show(engine)


def list_() -> None:
    """List the notes, the oldest day first."""
    with frame.books() as engine:
        _show(engine)


def remove(note: Annotated[int, typer.Argument(metavar="ID", help="As `note list` names it.")]) -> None:
    """Take a note off the charts; what it said stays as history."""
    from arcore.goals import service

    with frame.books() as engine:
        service.remove_annotation(engine, annotation_id=note, actor=frame.actor())
        _show(engine)


COMMANDS = {"add": add, "list": list_, "remove": remove}


def _show(engine: Any) -> None:
    from arcore.goals.queries import chart_notes

    found = [
        {"id": note.id, "day": note.day, "text": note.text, "segment": note.segment or None, "by": note.recorded_by}
        for note in chart_notes(engine)
    ]
    columns: Any = {"id": "right", "day": "left", "text": "left", "segment": "left", "by": "left"}
    rows = ([note[name] or "" for name in columns] for note in found)
    frame.show({"notes": found}, frame.table("Notes", columns, rows) if found else "There is no note.")
