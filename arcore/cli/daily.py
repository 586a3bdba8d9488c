"""Do what is due today, once: send reminders, and settle messages that a program left behind. For a timer."""

from __future__ import annotations

from typing import Any

import typer

from arcore.cli import frame

EXAMPLE = "python -m arcore --store sqlite:///data/sample.db daily"
FAILED = 1


def run() -> None:
    """Do what is due today; running it again on the same day, or on two machines at once, does nothing twice.

    As long as reminders are not live it does nothing and says so.
    """
    from arcore.dunning.service import daily

    with frame.books() as engine:
        done = daily(engine, as_of=frame.today(engine), actor=frame.actor())
        answer: dict[str, Any] = done.as_facts()
    frame.show(answer, done.in_words())
    if done.stopped:
        frame.say(done.stopped)
        raise typer.Exit(FAILED)
