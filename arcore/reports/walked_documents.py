"""The payments or open items behind one step of the process review, each with every day of its way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
from sqlalchemy import Engine

from arcore.analytics.columns import Bools
from arcore.analytics.columns import Ints
from arcore.analytics.firsts import NEVER
from arcore.analytics.quarter import Period
from arcore.analytics.step_days import STEPS
from arcore.dates import from_day
from arcore.errors import BadInput
from arcore.ledger.kinds import KINDS
from arcore.money import digits
from arcore.reports.filters import Filters
from arcore.reports.process import By
from arcore.reports.process import Side
from arcore.reports.process import disputes_of
from arcore.reports.process import parts
from arcore.reports.process import sides
from arcore.reports.texts import DocumentText
from arcore.reports.texts import document_texts
from arcore.reports.walked import WHY
from arcore.reports.walked import Of
from arcore.reports.walked import Walked

WHOLE = {"whole": "start", "late": "due"}
"""What spans all steps: its name, and where it begins."""
_NO_TEXT = DocumentText("", "", "")


@dataclass(frozen=True, eq=False)
class StepDocuments:
    """What went through a step, most amount × days first.

    Attributes:
        rows: entries of `walked`.
        days: what the step took of each, in the same order.
    """

    engine: Engine
    walked: Walked
    rows: Ints
    days: Ints

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def amount(self) -> int:
        """Return what they add up to, minor units."""
        return int(self.walked.amount[self.rows].sum())

    @property
    def amount_days(self) -> int:
        """Return amount × days of all, minor units."""
        return int((self.walked.amount[self.rows] * self.days).sum())

    def table(self, start: int = 0, count: int | None = None) -> pa.Table:
        """Return some of the rows, or all, for a grid; amounts in whole units of the currency, no day as None."""
        part = slice(start, None if count is None else start + count)
        at, walked = self.rows[part], self.walked
        columns, customers = walked.seen.columns, walked.seen.book.around.customers
        texts = document_texts(self.engine, walked.document[at])
        kinds = columns.kind[columns.root[walked.row[at]]].tolist()
        who, paths = walked.customer[at].tolist(), walked.paths
        contact = np.minimum(paths.contact, paths.promise)
        amount = walked.amount[at] * 10.0 ** -digits(walked.currency)
        names = list(WHY.values())
        found: dict[str, Any] = {
            "document": [
                texts.get(number, _NO_TEXT).label(number, KINDS[kind].name)
                for number, kind in zip(walked.document[at].tolist(), kinds, strict=True)
            ],
            "customer": [customers.codes[place] for place in who],
            "name": [customers.names[place] for place in who],
            "delivered": _days(paths.delivered[at], paths.end[at]),
            "invoice_date": _dates(paths.invoice[at]),
            "due_date": _dates(paths.due[at]),
            "first_contact": _days(contact[at], paths.end[at]),
            "promise": _days(paths.promise[at], paths.end[at]),
            "end": _dates(paths.end[at]),
            "days": self.days[part],
            "amount": amount,
            "amount_days": amount * self.days[part],
            "reason": [names[code] for code in walked.why[at].tolist()],
        }
        return pa.table(found)


def step_documents(
    engine: Engine,
    filters: Filters,
    period: Period,
    step: str,
    *,
    of: Of = "paid",
    by: By = "reason",
    key: str | None = None,
) -> StepDocuments:
    """Return what went through a step in a period; `key` keeps one part of a cut, None all. Raises BadInput."""
    side, _ = sides(engine, filters, period, of)
    at, days = entries_of(side, step, by, key)
    order = np.lexsort((at, -(side.walked.amount[at] * days)))
    return StepDocuments(engine, side.walked, at[order], days[order])


def entries_of(side: Side, step: str, by: By, key: str | None) -> tuple[Ints, Ints]:
    """Return the entries of a side that went through a step, and the days it took of each. Raises BadInput."""
    days, passed = _days_of(side.walked, step)
    at = side.chosen[_inside(side, by, key)]
    at = at[passed[at]]
    return at, days[at]


def disputed_documents(engine: Engine, filters: Filters, period: Period, reason: str, *, of: Of = "paid") -> pa.Table:
    """Return the disputes behind their step in a period, of one reason or of all (""), most amount × days first."""
    side, _ = sides(engine, filters, period, of)
    walked = side.walked
    rows = sorted(disputes_of(walked, period, of).get(reason, []), key=lambda row: (-row[0] * row[1], row[2]))
    texts, customers = (
        document_texts(engine, np.array([row[2] for row in rows], np.int64)),
        walked.seen.book.around.customers,
    )
    places = customers.positions(np.array([row[3] for row in rows], np.int64)).tolist() if rows else []
    unit = 10.0 ** -digits(walked.currency)
    return pa.table(
        {
            "document": [texts.get(row[2], _NO_TEXT).label(row[2], "invoice") for row in rows],
            "customer": [customers.codes[place] for place in places],
            "name": [customers.names[place] for place in places],
            "days": pa.array([row[0] for row in rows], pa.int64()),
            "amount": pa.array([row[1] * unit for row in rows], pa.float64()),
            "amount_days": pa.array([row[0] * row[1] * unit for row in rows], pa.float64()),
        }
    )


def _days_of(walked: Walked, step: str) -> tuple[Ints, Bools]:
    paths, every = walked.paths, np.ones(len(walked.row), np.bool_)
    if step in WHOLE:
        return paths.end - getattr(paths, WHOLE[step]), every
    if step == "recorded":
        return walked.recorded, walked.recorded < NEVER
    if step == "applied":
        return walked.applied, every
    if step not in STEPS:
        raise BadInput(f"{step!r} is no step", step=step, known=[*STEPS, *WHOLE, "recorded", "applied"])
    return walked.steps.of(step)


def _inside(side: Side, by: By, key: str | None) -> Bools:
    if key is None:
        return np.ones(len(side.chosen), np.bool_)
    codes, keys, _ = parts(side, by)
    if key not in keys:
        raise BadInput(f"There is no {by} {key!r} here", key=key)
    return np.asarray(codes == list(keys).index(key))


def _dates(days: Ints) -> list[date]:
    return [from_day(day) for day in days.tolist()]


def _days(days: Ints, end: Ints) -> list[date | None]:
    return [from_day(day) if day <= last else None for day, last in zip(days.tolist(), end.tolist(), strict=True)]
