"""The totals above the lists of the Plans page: each with its explanation."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from functools import partial
from typing import Any

from sqlalchemy import Engine

from arcore.arrangements.queries import Instalment
from arcore.arrangements.queries import PlanRow
from arcore.arrangements.queries import PromiseRow
from arcore.reports import arranged
from arcore.reports.filters import Filters
from arcore.reports.totals import Entry
from pages.ui.total_drawer import Explained

Narrow = Callable[[Sequence[Any]], Sequence[Any]]
"""Keeps the rows that the list shows."""
ON_ACCOUNT = "the account"
LATE = ("late", "broken")
PLAN = ("instalment and invoice", "instalments and invoices")
PROMISE = ("promise", "promises")


def of_plans(engine: Engine, narrow: Narrow) -> Mapping[str, Explained]:
    """Return the totals of the plans that the list shows."""

    def read(add: Callable[[PlanRow], Iterable[Entry]], filters: Filters) -> list[Entry]:
        running = [row for row in narrow(arranged.plans(engine, filters).rows) if row.state == "active"]
        return [entry for row in running for entry in add(row) if entry.amount]

    made = (
        Explained(
            "plans_left", "Left in running plans", "What the running plans in the list still ask for.",
            "what is left of every instalment of the running plans in the list", PLAN, partial(read, _left),
            rests_on="plans that were agreed by the day and run on it",
        ),
        Explained(
            "plans_late", "Late in running plans",
            "The part of what running plans still ask for whose day has passed, grace included or not.",
            "what is left of every instalment of running plans that was due before the day", PLAN,
            partial(read, _late), rests_on="plans that were agreed by the day and run on it",
        ),
        Explained(
            "plans_paid", "Paid in running plans",
            "What money took off the instalments of the running plans in the list; credits and write-offs stand apart.",
            "what was paid of every instalment of the running plans in the list", PLAN, partial(read, _paid),
            rests_on="plans that were agreed by the day and run on it",
        ),
    )  # fmt: skip
    return {one.key: one for one in made}


def of_promises(engine: Engine, narrow: Narrow) -> Mapping[str, Explained]:
    """Return the totals of the promises that the list shows."""

    def read(counts: Callable[[PromiseRow], bool], filters: Filters) -> list[Entry]:
        return promised(row for row in narrow(arranged.promises(engine, filters).rows) if counts(row))

    rests = "promises made by the day, judged by the receipts that are known on it"
    made = (
        Explained(
            "promises_open", "Still expected of promises", "What has not come yet of the promises whose day is ahead.",
            "promised less received, of every promise in the list that runs", PROMISE,
            partial(read, lambda row: row.state == "open"), day_is="By", what_is="For", rests_on=rests,
        ),
        Explained(
            "promises_unknown", "Not known yet of promises",
            "What is missing of promises whose day has passed, while no receipts of that day were read yet.",
            "promised less received, of every promise in the list that is not judged", PROMISE,
            partial(read, lambda row: row.state == "unknown"), day_is="By", what_is="For", rests_on=rests,
        ),
        Explained(
            "promises_missing", "Missing of broken promises",
            "What did not come of promises that were broken, or kept in part only.",
            "promised less received, of every promise in the list that was broken", PROMISE,
            partial(read, lambda row: row.broken_on is not None), day_is="By", what_is="For", rests_on=rests,
        ),
    )  # fmt: skip
    return {one.key: one for one in made}


def promised(rows: Iterable[PromiseRow]) -> list[Entry]:
    """Return what is left of promises, by promise."""
    return [
        Entry(
            f"promise:{row.promise_id}", row.code, row.name, ", ".join(row.documents) or ON_ACCOUNT, row.due_on,
            row.left, row.currency,
        )
        for row in rows
        if row.left
    ]  # fmt: skip


def _left(row: PlanRow) -> Iterator[Entry]:
    for one in row.instalments:
        yield from _parts(row, one)


def _late(row: PlanRow) -> Iterator[Entry]:
    for one in row.instalments:
        if one.state in LATE:
            yield from _parts(row, one)


def _parts(row: PlanRow, one: Instalment) -> Iterator[Entry]:
    """Give what is left of an instalment, by the invoices that it pays."""
    for part in one.parts:
        key = f"plan:{row.plan_id}:{one.number}:{part.document_id}"
        yield Entry(key, row.code, row.name, f"{part.document}, no. {one.number}", one.due_on, part.left, row.currency)


def _paid(row: PlanRow) -> Iterator[Entry]:
    for one in row.instalments:
        documents = ", ".join(dict.fromkeys(part.document for part in one.parts))
        key = f"plan:{row.plan_id}:{one.number}"
        yield Entry(key, row.code, row.name, f"no. {one.number}: {documents}", one.due_on, one.paid, row.currency)
