"""Who a board should know of, and why."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from arcore.arrangements.service import record_promise
from arcore.disputes.service import open_dispute
from arcore.reports.filters import Filters
from arcore.reports.items import items
from arcore.store.unit import Actor

ANNA = Actor("anna")


def test_the_largest_amount_comes_first_with_its_reasons(october, make):
    october.fact("BIRCH", "credit_limit", "10000", date(2026, 1, 1))
    october.change(code="BIRCH", currency="EUR")
    rows = make(october).risks.rows
    assert [(risk.code, risk.overdue, risk.over_limit) for risk in rows] == [
        ("ALDER", 60000, 0),
        ("BIRCH", 50000, 35000),
    ]
    assert rows[0].why == ("1 item overdue, the oldest 52 days late",)
    assert rows[1].why[-1] == "350 EUR over its credit limit"


def test_nothing_is_added_up_where_amounts_overlap(october, make):
    risk = make(october).risks.rows[0]
    assert risk.at_risk == max(risk.overdue, risk.over_limit, risk.broken, risk.disputed) == 60000


def test_a_customer_who_is_in_time_is_no_risk(october, make):
    assert "CEDAR" not in {risk.code for risk in make(october).risks.rows}


def test_broken_promises_and_disputes_are_told(october, make):
    record_promise(
        october.engine, customer_id=october.ids["ALDER"], entity="main", currency="EUR", amount=Decimal(150),
        made_on=date(2026, 10, 21), due_on=date(2026, 10, 24), grace_days=0, actor=ANNA,
    )  # fmt: skip
    [birch] = [
        row for row in items(october.engine, Filters(as_of=date(2026, 10, 31)), customer="BIRCH") if row.amount > 0
    ]
    open_dispute(
        october.engine, customer_id=october.ids["BIRCH"], document_id=birch.document_id,
        opened_on=date(2026, 10, 28), reason="price", amount=Decimal(120), actor=ANNA,
    )  # fmt: skip
    october.payment("CEDAR", date(2026, 10, 31), 1)
    alder, birch_risk = make(october).risks.rows
    assert (alder.broken, birch_risk.disputed) == (15000, 12000)
    assert alder.why[0].startswith("Promise of 150 broken on")
    assert birch_risk.why[-1] == "120 EUR in dispute"
