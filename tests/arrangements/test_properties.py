"""Random plans, payments and ends: sums hold, aging on the original basis never moves, the books stay whole."""

from __future__ import annotations

import shutil
from datetime import date
from datetime import timedelta
from decimal import Decimal

from hypothesis import HealthCheck
from hypothesis import Phase
from hypothesis import example
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from arcore.arrangements import queries
from arcore.arrangements.rules import RHYTHMS
from arcore.arrangements.rules import split
from arcore.store.engine import open_engine

AGREED = date(2026, 3, 1)
CONTRACTUAL = "original_due_date"

invoices = st.lists(st.tuples(st.integers(1, 50_000), st.integers(0, 120)), min_size=1, max_size=4)
"""Cents and days from 1 January to the due day."""
payments = st.lists(
    st.tuples(st.integers(0, 20), st.integers(1, 30_000), st.integers(0, 150), st.booleans()), max_size=6
)
"""Which item of the plan, cents, days after agreeing, and whether it bounces ten days later."""


def euros(units: int) -> str:
    return str(Decimal(units).scaleb(-2))


def cents(amount: str) -> int:
    return int(Decimal(amount).scaleb(2))


@settings(
    max_examples=30,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    owed=invoices,
    count=st.integers(1, 5),
    every=st.sampled_from(sorted(RHYTHMS)),
    money=payments,
    end=st.sampled_from(["cancel", "change", "withdraw", "none"]),
    after=st.integers(0, 160),
)
@example(  # a bounce known before the plan is cancelled for a day before it
    owed=[(9021, 24), (24, 65), (242, 98), (291, 44)],
    count=5,
    every="two_weeks",
    money=[(12, 150, 140, True)],
    end="cancel",
    after=69,
)
def test_a_plan_moves_dates_and_nothing_else(
    owed, count, every, money, end, after, sqlite_template, office_of, tmp_path_factory
):
    path = tmp_path_factory.mktemp("plan") / "books.db"
    shutil.copyfile(sqlite_template, path)
    engine = open_engine(f"sqlite:///{path}")
    office = office_of(engine)
    try:
        items = [
            office.invoice(euros(amount), "01-01", date(2026, 1, 1) + timedelta(days=due), number=f"INV-{n}")
            for n, (amount, due) in enumerate(owed)
        ]
        total = sum(amount for amount, _ in owed)
        days = [AGREED + timedelta(days=days) for days in (0, after, 200)]
        before = [office.aging(day, CONTRACTUAL) for day in days]
        agreed_before = office.aging(days[1])
        parts = split(total, AGREED + timedelta(days=5), min(count, total), every)
        plan = office.plan(items, AGREED, *((day, euros(amount)) for day, amount in parts))

        row = queries.plan(engine, plan, AGREED)
        assert sum(one.amount for one in row.instalments) == total == row.left
        assert all(sum(part.amount for part in one.parts) == one.amount for one in row.instalments)
        assert [office.aging(day, CONTRACTUAL) for day in days] == before

        paid = pay(office, plan, money)
        for day in days[1:]:
            seen = queries.plan(engine, plan, day)
            assert all(one.amount == one.paid + one.otherwise + one.left for one in seen.instalments)
            assert seen.left == sum(cents(office.open(item, day)) for item in office.items(plan))
        cancelled = finish(office, plan, end, days[1], paid=paid)
        if cancelled:
            settled = max([days[1], *(AGREED + timedelta(days=late + 10) for _, _, late, _ in money)])
            assert office.aging(settled) == office.aging(settled, CONTRACTUAL)
        if end == "withdraw" and not paid:
            assert office.aging(days[1]) == agreed_before
        assert office.broken() == []
    finally:
        engine.dispose()


def pay(office, plan, money) -> bool:
    """Pay items of a plan as far as they are open; tell whether anything came."""
    items, came = office.items(plan), False
    for place, most, after, bounces in money:
        item = items[place % len(items)]
        day = AGREED + timedelta(days=after)
        amount = min(most, cents(office.open(item)))
        if amount:
            credit = office.payment(euros(amount), day, (item, euros(amount)))
            came = True
            if bounces:
                office.bounce(credit, day + timedelta(days=10))
    return came


def finish(office, plan, end, on, *, paid) -> bool:
    """End the plan in one of the ways, where that way is open; tell whether it was cancelled."""
    items = office.items(plan)
    if end == "withdraw" and not paid:
        office.do("withdraw_plan", plan_id=plan)
    # What later money takes already stays with it.
    left = sum(min(cents(office.open(item, day)) for day in {on, *office.days(item)} if day >= on) for item in items)
    if end == "change" and left:
        new = office.change(plan, on, (on + timedelta(days=30), euros(left)))
        assert queries.plan(office.engine, new, on).left == left
    if end != "cancel" or not left:
        return False
    before = [office.open(item) for item in items]
    office.cancel(plan, on)
    assert office.said["left"] == euros(left)
    after = [office.open(item) for item in items]
    office.do("resume_plan", plan_id=plan)
    assert [office.open(item) for item in items] == before
    office.cancel(plan, on)
    assert [office.open(item) for item in items] == after
    return True
