from __future__ import annotations

from collections import Counter
from datetime import timedelta

from arcore.arrangements.queries import plans
from arcore.arrangements.queries import promises
from arcore.disputes.queries import disputes
from arcore.sample import collecting
from arcore.store.engine import reading
from arcore.worklist.queries import talks_in

LATELY = timedelta(days=collecting.LAST - 5)


def test_promises_were_kept_one_was_broken_and_one_runs(whole, today):
    lately = [row for row in promises(whole.engine, today) if row.made_on > today - LATELY]
    states = Counter(row.state for row in lately)

    assert states["kept"] >= 3
    assert states["broken"] == 1
    assert states["open"] == 1


def test_of_one_plan_the_first_instalment_did_not_come_the_other_is_all_to_come(whole, today):
    found = {tuple(part.state for part in row.instalments) for row in plans(whole.engine, today)}

    assert found == {("broken", "coming", "coming"), ("coming",) * 4}


def test_two_invoices_are_contested_for_less_than_is_open(whole, today):
    rows = disputes(whole.engine, today)

    assert sorted(row.reason for row in rows) == ["price", "quantity"]
    assert all(0 < row.counts == row.amount < row.open for row in rows)


def test_customers_were_called_lately(whole, today):
    with reading(whole.engine) as session:
        outcomes = Counter(talk.outcome for talk in talks_in(session, range(1, 400), since=today - LATELY))

    assert outcomes["promise"] >= 5
    assert outcomes["no_answer"] + outcomes["message_left"] + outcomes["reached"] == 12
