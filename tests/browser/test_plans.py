"""A payment plan from its first click to its end: agreed with a paper, seen on Plans, changed, cancelled."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import NamedTuple

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader
from sqlalchemy import Engine

from arcore.arrangements import queries
from arcore.company import service as company
from arcore.customers import service as customers
from arcore.ledger import service as ledger
from arcore.ledger.verify import verify
from arcore.reports.aging import aging
from arcore.reports.filters import Filters
from arcore.store.unit import Actor
from tools.live import Live
from tools.served import TODAY
from tools.served import Served

ANNA = Actor("anna")
DAY = date.fromisoformat(TODAY)
HOSTILE = "*Cedar* ![x](http://tracker.example/x.png) :red[PAID] $x^2$ <img src=//t.example/y.png>"


class Office(NamedTuple):
    """My own books on the day of the server, 31 October 2026, with a customer that owes 100, 200 and, not due, 50."""

    engine: Engine

    def plans(self) -> list[str]:
        """Return the states of the plans, newest first."""
        return [row.state for row in queries.plans(self.engine, DAY)]

    def aged(self) -> list[int]:
        """Return what is open by agreed due date in whole euros: not due, 1-30, 31-60 and so on."""
        [total] = aging(self.engine, Filters(as_of=DAY, currency="EUR", basis="due"), by="none").totals
        return [units // 100 for units in (total.not_due, *total.buckets)]


@pytest.fixture
def office(served: Served) -> Office:
    company.save_profile(served.mine, actor=ANNA, name="Harbour Supplies", currency="EUR")
    customers.create_customer(served.mine, code="C1", name=HOSTILE, currency="EUR", actor=ANNA)
    for place, amount, due in ((1, 100, date(2026, 9, 10)), (2, 200, date(2026, 10, 10)), (3, 50, date(2026, 12, 30))):
        ledger.post_invoice(
            served.mine, customer_id=1, document_date=date(2026, 8, 1), currency="EUR",
            instalments=[(Decimal(amount), due)], details={"number": f"INV-{place}"}, actor=ANNA,
        )  # fmt: skip
    return Office(served.mine)


def text_of(content: bytes) -> str:
    """Return what stands on a paper."""
    return " ".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)


def test_a_three_part_plan_with_its_paper_is_agreed_seen_changed_and_cancelled(office: Office, live: Live) -> None:
    live.open("/customer?books=My+books&customer=C1")
    assert office.aged()[:3] == [50, 200, 100]
    live.press("Plan")  # click 1
    expect(live.dialog).to_contain_text("With the plan")
    name, paper = live.download(live.dialog.get_by_role("button", name="PDF for the customer").click)  # click 2
    assert name == "plan-C1.pdf"
    assert "300.00" in text_of(paper)
    assert office.plans() == []
    live.write(re.compile("Agree plan of €300.00 in 3"), live.dialog)  # click 3
    live.closed()
    live.says("Agreed: plan of €300.00 in 3 instalments.")
    assert office.plans() == ["active"]
    assert office.aged()[:3] == [350, 0, 0]
    live.act(live.page.get_by_role("link", name="Open the plan").click)
    plans = live.grid("plan_list")
    assert plans.rows()[plans.row("Cedar")]["State"] == "Running"
    assert "plan=1" in live.page.url
    name, paper = live.download(live.page.get_by_role("button", name="PDF").click)
    assert name == "plan-C1-1.pdf"
    assert "16 November 2026" in text_of(paper)

    live.press("Change")
    live.act(live.dialog.get_by_role("button", name="Decrement").first.click)
    live.write(re.compile("Agree €300.00 in 2"), live.dialog)
    live.closed()
    live.says("€300.00 in 2 instalments")
    assert office.plans() == ["active", "replaced"]
    assert "plan=2" in live.page.url

    live.press("Cancel")
    expect(live.dialog).to_contain_text("moves back to the first due dates")
    live.write("Cancel the plan", live.dialog)
    live.closed()
    live.says("€300.00 moved back")
    assert office.plans() == ["cancelled", "replaced"]
    assert office.aged()[:3] == [50, 200, 100]
    live.write(re.compile("Undo.*cancelled"))
    live.says("Undone")
    assert office.plans() == ["active", "replaced"]
    assert all(check.ok for check in verify(office.engine))
    assert live.complaints == []
    assert not [address for address in live.requests if "example" in address]


def test_a_double_click_agrees_one_plan(office: Office, live: Live) -> None:
    live.open("/customer?books=My+books&customer=C1")
    live.press("Plan")
    live.twice(live.dialog.get_by_role("button", name=re.compile("Agree plan of")))
    live.closed()
    live.says("Agreed: plan of")
    assert office.plans() == ["active"]
    live.write(re.compile("Undo.*plan of"))
    live.says("Undone")
    assert office.plans() == ["withdrawn"]


def test_a_table_edited_by_hand_says_both_sums_until_it_adds_up(office: Office, live: Live) -> None:
    live.open("/customer?books=My+books&customer=C1")
    live.press("Plan")
    table = live.grid("customer_write_table")
    live.act(lambda: table.write(0, "Amount, EUR", "50"))
    expect(live.dialog).to_contain_text(
        re.compile(r"The instalments add up to 250\.00 EUR, but 300\.00 EUR are open:\W*50\.00 missing")
    )
    live.press("Add €50.00 to the last instalment", live.dialog)
    expect(live.dialog).to_contain_text("With the plan")
    live.write(re.compile("Agree plan of"), live.dialog)
    live.closed()
    [plan] = queries.plans(office.engine, DAY)
    assert [one.amount for one in plan.instalments] == [5000, 10000, 15000]


def test_the_second_of_two_people_is_told(office: Office, live: Live) -> None:
    live.open("/customer?books=My+books&customer=C1")
    live.press("Plan")
    customers.set_fact(office.engine, customer_id=1, name="owner", value="Bo", valid_from=DAY, actor=Actor("bo"))
    live.write(re.compile("Agree plan of"), live.dialog)
    live.dialog.get_by_role("alert").last.wait_for()
    assert office.plans() == []


def test_overview_leads_to_a_broken_promise_and_to_its_customer(live: Live) -> None:
    live.open("/?books=Sample+company")
    arranged = live.page.locator(".st-key-arranged")
    live.act(arranged.get_by_role("link", name=re.compile("^Promises: .*broken")).click)
    promises = live.grid("promise_list")
    assert {row["State"] for row in promises.rows()} >= {"Kept"}
    live.says("by number")
    live.act(lambda: promises.tick(promises.row("Kept", "State")))
    assert "promise=" in live.page.url
    live.act(live.page.locator(".st-key-promise_panel").get_by_role("link").first.click)
    live.says("Open items")
    assert live.complaints == []
