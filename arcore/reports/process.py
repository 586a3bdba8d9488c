"""Process review: where days are lost between delivery, invoice, due date, first contact, promise and cash.

Two populations. "paid": every payment of an invoice received in a period, weighed by what it settled, the same as
behind days to pay. "overdue": every item past due on the as-of day, weighed by what is open, its way so far; compared
with the end of the quarter before. The steps of one population add up to its days from
delivery, or where that is not known from the invoice, to the end.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from sqlalchemy import Engine

from arcore.analytics.columns import Bools
from arcore.analytics.columns import Ints
from arcore.analytics.firsts import NEVER
from arcore.analytics.quarter import ONE_DAY
from arcore.analytics.quarter import Period
from arcore.analytics.quarter import quarter
from arcore.analytics.step_days import AGREED
from arcore.analytics.step_days import STEPS
from arcore.analytics.step_sums import StepSum
from arcore.analytics.step_sums import Verdict
from arcore.analytics.step_sums import step_sum
from arcore.analytics.step_sums import verdict
from arcore.dates import add_months
from arcore.disputes.queries import REASONS
from arcore.errors import BadInput
from arcore.reports.filters import Filters
from arcore.reports.promised import customers_in
from arcore.reports.rates import Gap
from arcore.reports.view import view
from arcore.reports.walked import WHY
from arcore.reports.walked import Of
from arcore.reports.walked import Walked
from arcore.reports.walked import month_names
from arcore.reports.walked import overdue
from arcore.reports.walked import paid

By = Literal["reason", "owner", "customer", "segment", "entity", "month"]
CUTS: tuple[By, ...] = ("reason", "owner", "customer", "segment", "entity", "month")
"""What the steps can be cut by; a month is that of the cash, or for what is overdue that of the due date."""
BACK = 27
"""Payments of so many months are walked at once, so that another period costs nothing more."""

LABELS = {
    "billing": "Delivery to invoice",
    "terms": "Invoice to due date",
    "early": "Due date to cash, in time",
    "unattended": "Due date to cash, no contact",
    "contact": "Due date to first contact",
    "after_contact": "Contact to cash, no promise",
    "promise": "Contact to promise",
    "promised": "Promise to promised day",
    "kept": "Promised day to cash",
    "whole": "Invoice to cash",
    "late": "Due date to cash",
    "recorded": "Invoice to recording",
    "applied": "Cash to application",
    "disputed": "Dispute opened to closed",
}
OPEN_LABELS = {
    "unattended": "Due date to today, no contact",
    "after_contact": "Contact to today, no promise",
    "kept": "Promised day to today",
    "whole": "Invoice to today",
    "late": "Due date to today",
    "disputed": "Dispute opened to today",
}
"""The same for what is still open."""


@dataclass(frozen=True)
class Step:
    """One step now and in the period before.

    Attributes:
        share, share_before: days it takes of the whole population's mean; those of the chain add up to the whole.
        verdict: whether the change of the mean of those that went through it is more than chance.
    """

    key: str
    label: str
    now: StepSum
    before: StepSum
    share: float = 0.0
    share_before: float = 0.0

    @property
    def verdict(self) -> Verdict:
        """Say whether it became quicker or slower."""
        return verdict(self.now, self.before)

    @property
    def change(self) -> float | None:
        """Return how many days more its mean is than before; None where one is missing."""
        if self.now.mean is None or self.before.mean is None:
            return None
        return self.now.mean - self.before.mean


@dataclass(frozen=True)
class Process:
    """The review of one period.

    Attributes:
        before: what it is compared with.
        whole, late: from delivery or invoice, and from the due date, to the end.
        chain: the steps that somebody went through, in their order; they add up to `whole`.
        beside: steps that run alongside: recording, application, disputes in all and by reason.
        reminders, talks, promises: how many are on record.
    """

    of: Of
    period: Period
    before: Period
    currency: str
    gaps: tuple[Gap, ...]
    whole: Step
    late: Step
    chain: tuple[Step, ...]
    beside: tuple[Step, ...]
    reminders: int
    talks: int
    promises: int

    @property
    def recorded(self) -> bool:
        """Tell whether any contact is on record."""
        return bool(self.reminders or self.talks or self.promises)

    @property
    def worst(self) -> Step | None:
        """Return the step with most amount × days, agreed terms apart; None where no days are lost."""
        lost = [step for step in self.chain if step.key not in AGREED and step.now.amount_days > 0]
        return max(lost, key=lambda step: step.now.amount_days, default=None)


@dataclass(frozen=True)
class CutRow:
    """One part of the population.

    Attributes:
        amount_days: amount × days of each step of the chain, minor units, in the order of `Cut.steps`.
        whole_before: days from the start to the end in the period before; None where there was nothing.
    """

    key: str
    name: str
    invoices: int
    amount: int
    amount_days: tuple[int, ...]
    whole_before: float | None

    @property
    def whole(self) -> float:
        """Return days from delivery or invoice to the end, weighed by amount."""
        return sum(self.amount_days) / self.amount if self.amount else 0.0

    def days(self, place: int) -> float:
        """Return what a step takes of them: over all places they add up to `whole`."""
        return self.amount_days[place] / self.amount if self.amount else 0.0


@dataclass(frozen=True)
class Cut:
    """The population cut by one dimension, most amount × days past the agreed terms first; months in their order."""

    by: By
    steps: tuple[str, ...]
    rows: tuple[CutRow, ...]

    def lost(self, row: CutRow) -> int:
        """Return amount × days after the agreed terms, minor units; what came early is not set off."""
        return sum(each for step, each in zip(self.steps, row.amount_days, strict=True) if step not in AGREED)


def process(engine: Engine, filters: Filters, period: Period, *, of: Of = "paid") -> Process:
    """Review a period; what is overdue is reviewed as of the day, whatever the period. Raises BadInput, Unavailable."""
    key = ("process", filters.key(), period, of)
    return view(engine, filters).book.remembered(key, lambda: _process(engine, filters, period, of))


def cut(engine: Engine, filters: Filters, period: Period, by: By, *, of: Of = "paid") -> Cut:
    """Cut a period by one dimension. Raises BadInput for another word."""
    if by not in CUTS:
        msg = f"{by!r} is nothing to cut by; one of {', '.join(CUTS)}"
        raise BadInput(msg, by=by)
    key = ("process cut", filters.key(), period, by, of)
    return view(engine, filters).book.remembered(key, lambda: _cut(engine, filters, period, by, of))


@dataclass(frozen=True, eq=False)
class Side:
    """The population of a period: which entries of what was walked."""

    walked: Walked
    chosen: Ints

    def sum(self, days: Ints, passed: Bools) -> StepSum:
        """Sum up one step over those that went through it."""
        at, walked = self.chosen[passed[self.chosen]], self.walked
        return step_sum(days[at], walked.amount[at], walked.document[at], walked.customer[at])

    @property
    def amount(self) -> int:
        """Return the amount of all."""
        return int(self.walked.amount[self.chosen].sum())


def sides(engine: Engine, filters: Filters, period: Period, of: Of) -> tuple[Side, Side]:
    """Return the population of a period and the one that it is compared with."""
    if period.last < period.first:
        raise BadInput("The period ends before it begins", period=[str(day) for day in period])
    if of == "overdue":
        earlier = filters.on(quarter(filters.as_of).first - ONE_DAY)
        return _all(overdue(engine, filters)), _all(overdue(engine, earlier))
    usual = quarter(add_months(filters.as_of, -BACK)).first
    walked = paid(engine, filters, min(usual, period.before.first))
    return _within(walked, period), _within(walked, period.before)


def _all(walked: Walked) -> Side:
    return Side(walked, np.arange(len(walked.row)))


def _within(walked: Walked, period: Period) -> Side:
    return Side(walked, np.flatnonzero(walked.within(*period)))


def _process(engine: Engine, filters: Filters, period: Period, of: Of) -> Process:
    now, before = sides(engine, filters, period, of)
    known = now.walked.known
    words = LABELS | (OPEN_LABELS if of == "overdue" else {})
    chain = [_step(key, words[key], now, before) for key in STEPS]
    ends = {"whole": "start", "late": "due"}
    if any(step.key == "billing" and step.now.payments for step in chain):
        words |= {"whole": words["whole"].replace("Invoice", "Delivery")}
    whole, late = (Step(key, words[key], _between(now, start), _between(before, start)) for key, start in ends.items())
    if of == "overdue":
        compared = (Period(filters.as_of, filters.as_of), Period(*[before.walked.seen.filters.as_of] * 2))
    else:
        compared = (period, period.before)
    return Process(
        of=of,
        period=compared[0],
        before=compared[1],
        currency=now.walked.currency,
        gaps=now.walked.gaps,
        whole=whole,
        late=late,
        chain=tuple(step for step in chain if step.now.payments or step.before.payments),
        beside=tuple(_beside(now, before, compared, of, words)),
        reminders=known.reminders,
        talks=known.talks,
        promises=len(known.promises),
    )


def _step(key: str, label: str, now: Side, before: Side) -> Step:
    first, then = (side.sum(*side.walked.steps.of(key)) for side in (now, before))
    shares = [each.amount_days / max(1, side.amount) for each, side in ((first, now), (then, before))]
    return Step(key, label, first, then, *shares)


def _between(side: Side, start: str) -> StepSum:
    paths = side.walked.paths
    return side.sum(paths.end - getattr(paths, start), np.ones(len(paths.end), np.bool_))


def _beside(now: Side, before: Side, periods: Sequence[Period], of: Of, words: dict[str, str]) -> list[Step]:
    """Return the steps that run alongside and of which anything is known."""
    learnt, before_learnt = (side.sum(side.walked.recorded, side.walked.recorded < NEVER) for side in (now, before))
    found = [Step("recorded", words["recorded"], learnt, before_learnt)]
    if of == "paid":
        every = [np.ones(len(side.walked.row), np.bool_) for side in (now, before)]
        waited, then = (side.sum(side.walked.applied, each) for side, each in zip((now, before), every, strict=True))
        found.append(Step("applied", words["applied"], waited, then))
    found += _disputed(now, before, periods, of, words["disputed"])
    # Where every day is 0 the files tell no other day than that of the invoice or of the money.
    return [step for step in found if any(each.amount_days for each in (step.now, step.before))]


def _disputed(now: Side, before: Side, periods: Sequence[Period], of: Of, label: str) -> list[Step]:
    each = [disputes_of(side.walked, period, of) for side, period in zip((now, before), periods, strict=True)]
    keys = [key for key in ("", *REASONS) if any(len(sums.get(key, ())) for sums in each)]
    steps = []
    for key in keys:
        first, then = (step_sum(*np.array(side.get(key, []), np.int64).reshape(-1, 4).T) for side in each)
        steps.append(Step(f"disputed:{key}" if key else "disputed", REASONS[key] if key else label, first, then))
    return steps


def disputes_of(walked: Walked, period: Period, of: Of) -> dict[str, list[tuple[int, int, int, int]]]:
    """Return (days, amount, document, customer) of disputes by reason and in all ("")."""
    seen, currency = walked.seen, walked.currency
    inside = customers_in(seen, (row.customer_id for row in walked.known.disputes))
    found: dict[str, list[tuple[int, int, int, int]]] = {}
    for row in walked.known.disputes:
        counts = row.state == "open" if of == "overdue" else row.closed_on is not None
        on = row.closed_on or seen.filters.as_of
        factor = seen.book.around.rates.factor(row.currency, currency, seen.filters.as_of)
        here = row.customer_id in inside and seen.filters.entity in (None, row.entity)
        if here and counts and factor is not None and period.first <= on <= period.last:
            entry = (row.days, round(row.amount * factor), row.document_id, row.customer_id)
            found.setdefault(row.reason, []).append(entry)
            found.setdefault("", []).append(entry)
    return found


def _cut(engine: Engine, filters: Filters, period: Period, by: By, of: Of) -> Cut:
    now, before = sides(engine, filters, period, of)
    steps = tuple(key for key in STEPS if now.walked.steps.of(key)[1][now.chosen].any())
    codes, keys, names = parts(now, by)
    count = len(keys)
    amounts = _sums(codes, count, now.walked.amount[now.chosen])
    products = [
        _sums(codes, count, now.walked.amount[now.chosen] * now.walked.steps.of(key)[0][now.chosen]) for key in steps
    ]
    pairs = np.unique(codes * (1 << 40) + now.walked.document[now.chosen]) >> 40
    invoices = np.bincount(pairs, minlength=count)
    earlier = _whole_by_key(before, by)
    rows = [
        CutRow(
            key=keys[code],
            name=names[code],
            invoices=int(invoices[code]),
            amount=int(amounts[code]),
            amount_days=tuple(int(product[code]) for product in products),
            whole_before=earlier.get(keys[code]),
        )
        for code in np.flatnonzero(invoices).tolist()
    ]
    made = Cut(by, steps, tuple(rows))
    if by == "month":
        return made
    return Cut(by, steps, tuple(sorted(rows, key=lambda row: (-made.lost(row), row.name))))


def parts(side: Side, by: By) -> tuple[Ints, Sequence[str], Sequence[str]]:
    """Return the part of each entry of a side, as a code, with what parts are called in scripts and for people."""
    walked, at = side.walked, side.chosen
    if by == "reason":
        return walked.why[at], list(WHY), list(WHY.values())
    if by == "month":
        paths = walked.paths
        codes, months = month_names(paths.due[at] if walked.running else paths.end[at])
        names = [f"{month:%Y-%m}" for month in months]
        return codes, names, names
    groups = walked.seen.groups(by)
    return groups.codes[walked.row[at]].astype(np.int64), groups.keys, groups.names


def _whole_by_key(side: Side, by: By) -> dict[str, float]:
    if by == "month":
        return {}
    codes, keys, _ = parts(side, by)
    walked, at = side.walked, side.chosen
    amounts = _sums(codes, len(keys), walked.amount[at])
    products = _sums(codes, len(keys), walked.amount[at] * (walked.paths.end[at] - walked.paths.start[at]))
    return {keys[code]: int(products[code]) / int(amounts[code]) for code in np.flatnonzero(amounts).tolist()}


def _sums(codes: Ints, count: int, values: Ints) -> Ints:
    sums = np.zeros(count, np.int64)
    np.add.at(sums, codes, values)
    return sums
