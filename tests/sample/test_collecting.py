"""A year of calls in the sample company, so that its process can be reviewed."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from arcore.analytics.quarter import last_complete
from arcore.arrangements.queries import promises
from arcore.reports.filters import Filters
from arcore.reports.process import process
from arcore.store.engine import reading
from arcore.worklist.queries import talks_in


def test_customers_were_called_all_year_and_most_promises_were_kept(whole, today):
    with reading(whole.engine) as session:
        days = [talk.on for talk in talks_in(session, range(1, 400))]
    before = Counter(row.state for row in promises(whole.engine, today) if row.made_on < today - timedelta(days=60))

    assert len([day for day in days if day < today - timedelta(days=100)]) > 150
    assert before["kept"] > 2 * before["broken"] > 0
    assert not before["open"]


def test_the_review_finds_what_the_sample_company_does_better(whole, today):
    found = process(whole.engine, Filters(as_of=today), last_complete(today))
    steps = {step.key: step for step in found.chain}

    assert set(steps) >= {"terms", "unattended", "contact", "after_contact", "promise", "promised", "kept"}
    assert steps["contact"].verdict == "better"
    assert steps["contact"].now.mean < steps["contact"].before.mean - 2
