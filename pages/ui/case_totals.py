"""Totals of promises, plans, messages and files that stand on the overview: each with its explanation."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import Any

from sqlalchemy import Engine

from arcore.arrangements.queries import PromiseRow
from arcore.reports import arranged
from arcore.reports.arranged import NEWS_DAYS
from arcore.reports.filters import Filters
from arcore.reports.news import LABELS
from arcore.reports.news import Kind
from arcore.reports.news import working_day_before
from arcore.reports.news_cases import OF_CASES
from arcore.reports.news_cases import news_cases
from arcore.reports.totals import Entry
from pages.ui import plan_totals
from pages.ui import shell
from pages.ui.total_drawer import Explained

NEWS = "news_"
"""How the key of a line of the news begins."""
MEANT: dict[Kind, tuple[str, str, tuple[str, str], str]] = {
    "promise_broken": (
        "What did not come of promises whose grace ended in these days, or that became known as broken in them.",
        "promised less received, of every promise that was broken in these days", ("promise", "promises"), "For",
    ),
    "reminded": (
        "What the reminders asked for that left in these days and arrived, or may have.",
        "what every reminder sent in these days asked for", ("reminder", "reminders"), "Message",
    ),
    "import": (
        "Files that were booked in these days and not undone since.", "one for every file booked in these days",
        ("file", "files"), "File",
    ),
}  # fmt: skip
PAGES: dict[Kind, tuple[str, str, dict[str, str]]] = {
    "promise_broken": ("plans.py", "All promises", {"view": "Promises"}),
    "reminded": ("reminders.py", "The outbox", {"tab": "outbox"}),
    "import": ("imports.py", "All imports", {}),
}
"""Where these are listed."""


def known(frame: shell.Frame, key: str) -> Explained | None:
    """Return a total of the overview by its key."""
    engine = frame.books.engine
    kind = next((kind for kind in OF_CASES if key == f"{NEWS}{kind}"), None)
    if kind is not None:
        return _news(frame, kind)
    if key == "promises_lately":
        return Explained(
            key, "Broken promises", f"What did not come of the promises that were broken in the last {NEWS_DAYS} days.",
            f"promised less received, of every promise broken in the {NEWS_DAYS} days to the day", plan_totals.PROMISE,
            partial(_lately, engine), "By", "For", rests_on="promises judged by the receipts that are known on the day",
            page=PAGES["promise_broken"],
        )  # fmt: skip
    return {**plan_totals.of_plans(engine, _every), **plan_totals.of_promises(engine, _every)}.get(key)


def _every(rows: Sequence[Any]) -> Sequence[Any]:
    return rows


def _news(frame: shell.Frame, kind: Kind) -> Explained:
    as_of, say = frame.filters.as_of, frame.say
    meaning, formula, nouns, what = MEANT[kind]
    return Explained(
        f"{NEWS}{kind}", LABELS[kind], meaning, formula, nouns, partial(_of_days, frame.books.engine, kind), "On", what,
        window=f"{say.day(working_day_before(as_of))} to {say.day(as_of)}, both days counted, compared with the same "
        "the working day before",
        rests_on="all that is recorded of these days", compared=working_day_before(as_of), dated=kind != "import",
        page=PAGES[kind],
    )  # fmt: skip


def _of_days(engine: Engine, kind: Kind, filters: Filters) -> list[Entry]:
    return news_cases(engine, filters, working_day_before(filters.as_of), kind)


def _lately(engine: Engine, filters: Filters) -> list[Entry]:
    since = filters.as_of - timedelta(days=NEWS_DAYS)

    def counts(row: PromiseRow) -> bool:
        return row.broken_on is not None and row.broken_on > since

    return plan_totals.promised(row for row in arranged.promises(engine, filters).rows if counts(row))
