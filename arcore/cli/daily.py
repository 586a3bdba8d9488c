"""Do what is due today, once: send reminders, and settle messages that a program left behind. For a timer."""

from __future__ import annotations

from typing import Any

import typer

from arcore.cli import frame

EXAMPLE = "python -m arcore --store sqlite:///data/sample.db daily"
FAILED = 1


def run() -> None:
    """Do what is due today; running it again on the same day, or on two machines at once, does nothing twice.

    As long as reminders are not live it sends nothing and says so. It names the measures that left their band too.
    """
    from arcore.cli import goals
    from arcore.company import queries
    from arcore.dunning.service import daily
    from arcore.reports.filters import Filters
    from arcore.reports.targets import alerts
    from arcore.written import Format

    with frame.books() as engine:
        done = daily(engine, as_of=frame.today(engine), actor=frame.actor())
        found = alerts(engine, Filters(frame.today(engine)))
        say = Format(queries.profile(engine).locale)
    answer: dict[str, Any] = done.as_facts() | {"alerts": [goals.document(status) for status in found]}
    frame.show(answer, done.in_words(), *goals.alert_lines(found, say, done.day))
    if done.stopped:
        frame.say(done.stopped)
        raise typer.Exit(FAILED)
