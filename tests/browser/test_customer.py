"""Customers, one customer and Settings as somebody uses them: clicks are real, figures come from the store."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import expect
from sqlalchemy import Engine

from arcore.company import queries as our_company
from arcore.company import service as company
from arcore.customers import service as customers
from arcore.ledger import service as ledger
from arcore.reports.customer import find
from arcore.reports.customer import standing
from arcore.reports.customer import who
from arcore.reports.filters import Filters
from arcore.reports.items import items
from arcore.reports.story import story
from arcore.reports.timeline import timeline
from arcore.store.unit import Actor
from tools.live import Live
from tools.served import Served

ANNA = Actor("anna")
EVER = Filters(as_of=date(2099, 12, 31), currency="EUR")
HOSTILE = "*Cedar* ![x](http://tracker.example/x.png) :red[PAID] http://evil.example $x^2$ <img src=//t.example/y.png>"


class Desk:
    """My own books, which a test writes into beside the server."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.made = 0

    def customer(self, name: str = "", **values: Any) -> str:
        """Make a customer that owes 100 (INV-n-1, due 31 Jan 2026) and 200 (INV-n-2, due 28 Feb); return its code."""
        self.made += 1
        code = f"C{self.made}"
        customers.create_customer(
            self.engine, code=code, name=name or f"Alder {self.made} Ltd", currency="EUR", actor=ANNA, **values
        )
        for place, amount, due in ((1, 100, date(2026, 1, 31)), (2, 200, date(2026, 2, 28))):
            ledger.post_invoice(
                self.engine, customer_id=self.id(code), document_date=date(2026, 1, 1), currency="EUR",
                instalments=[(Decimal(amount), due)], details={"number": f"INV-{self.made}-{place}"}, actor=ANNA,
            )  # fmt: skip
        return code

    def id(self, code: str) -> int:
        """Return the id of a customer."""
        return find(self.engine, code)

    def owes(self, code: str) -> int:
        """Return what a customer owes once everything counts, in cents."""
        return standing(self.engine, EVER, self.id(code)).open

    def unapplied(self, code: str) -> int:
        """Return what a customer has in unapplied credits, in cents below zero."""
        return standing(self.engine, EVER, self.id(code)).unapplied

    def items(self, code: str) -> list[int]:
        """Return the open items of a customer, oldest due first."""
        return [row.item_id for row in items(self.engine, EVER, customer=code)]


@pytest.fixture
def desk(served: Served) -> Desk:
    """Return my own books: a company without customers."""
    company.save_profile(served.mine, actor=ANNA, name="Harbour Supplies", currency="EUR")
    return Desk(served.mine)


def at(tab: Live, code: str) -> None:
    """Open a customer by its address, as a link in a mail would."""
    tab.open(f"/customer?books=My+books&customer={code}")


def undo(tab: Live, words: str) -> None:
    """Click the Undo of what was done last."""
    tab.write(re.compile(f"Undo.*{words}"))


def tick(tab: Live, row: int) -> None:
    """Tick a row of the items."""
    tab.act(lambda: tab.grid("items_C").tick(row))


def test_a_customer_is_found_opened_by_a_click_and_left_by_the_back_button(desk: Desk, live: Live) -> None:
    desk.customer("Acacia Ltd")
    code = desk.customer("Zebrano Timber Ltd")
    live.open("/customers?books=My+books")
    live.act(lambda: live.page.locator(".st-key-q input").fill("zebra"))
    live.says("1 of 2")
    directory = live.grid("directory")
    live.act(lambda: directory.click(directory.row("Zebrano"), "Customer"))
    live.page.get_by_role("heading", name="Zebrano Timber Ltd").wait_for()
    assert f"customer={code}" in live.page.url
    live.act(live.page.go_back)
    directory.row("Zebrano")
    live.says("1 of 2")
    assert [row["Customer"] for row in directory.rows()] == ["Zebrano Timber Ltd"]
    assert "q=zebra" in live.page.url
    assert live.complaints == []


def test_the_last_of_many_customers_is_scrolled_to_and_opened(live: Live) -> None:
    live.open("/customers?books=Sample+company")
    directory = live.grid("directory")
    last = len(directory.rows()) - 1
    name = directory.rows()[last]["Customer"]
    assert last > 100
    live.act(lambda: directory.click(last, "Customer"))
    live.page.get_by_role("heading", name=name).wait_for()


def test_a_search_can_be_linked_to(desk: Desk, live: Live) -> None:
    desk.customer("Acacia Ltd")
    desk.customer("Quince & Sons")
    live.open("/customers?books=My+books&q=quince")
    live.says("€300.00 open")
    live.grid("directory").row("Quince & Sons")


@pytest.mark.parametrize("pause", [30, 120, 500])
def test_a_payment_clicked_twice_is_recorded_once_and_undone(desk: Desk, live: Live, pause: int) -> None:
    code = desk.customer()
    at(live, code)
    live.press("Record payment")
    live.fill("Amount", "40")  # so that the ledger would take it twice
    expect(live.dialog).to_contain_text("INV-1-1")
    live.twice(live.dialog.get_by_role("button", name="Record €40.00"), pause)
    live.closed()
    assert desk.owes(code) == 26000
    taken_back = live.page.get_by_role("button", name=re.compile("Undo.*payment of €40.00"))
    live.twice(taken_back, pause)
    expect(taken_back).to_have_count(0)
    live.says("Undone: payment of €40.00")
    assert desk.owes(code) == 30000


def more(live: Live, name: str) -> None:
    """Press one of the rarer actions, which stand under "More"."""
    live.page.get_by_test_id("stPopover").get_by_role("button").click()
    live.press(name)


def test_what_is_ticked_is_written_off_dated_anew_credited_and_each_is_undone(desk: Desk, live: Live) -> None:
    code = desk.customer()
    at(live, code)
    tick(live, 0)
    more(live, "Write off")
    live.write("Write off €100.00", live.dialog)
    live.closed()
    assert desk.owes(code) == 20000
    undo(live, "write-off")
    assert desk.owes(code) == 30000

    tick(live, 0)
    more(live, "New due date")
    live.dialog.get_by_label("day, New due date").click()
    live.page.keyboard.type("31012027")
    live.act(lambda: live.dialog.get_by_role("heading").click())
    live.write("Agree 31 Jan 2027", live.dialog)
    live.closed()
    [first, *_] = [m.document_id for m in timeline(desk.engine, desk.id(code)) if m.kind == "redate"]
    assert first is not None
    assert story(desk.engine, first).agreed == (date(2027, 1, 31),)
    undo(live, "INV")
    assert story(desk.engine, first).agreed == ()

    tick(live, 0)
    more(live, "Credit note")
    live.fill("Amount", "30")
    live.write("Post credit note of €30.00", live.dialog)
    live.closed()
    assert desk.owes(code) == 27000
    undo(live, "credit note")
    assert desk.owes(code) == 30000


def test_from_why_is_it_open_to_the_payment_its_match_and_its_bounce(desk: Desk, live: Live) -> None:
    code = desk.customer()
    ledger.record_payment(
        desk.engine, customer_id=desk.id(code), received_on=date(2026, 3, 1), currency="EUR", amount=Decimal(60),
        apply_to=[(desk.items(code)[0], Decimal(60))], details={"number": "RCT-1"}, actor=ANNA,
    )  # fmt: skip
    at(live, code)
    tick(live, 0)
    live.press("Why is it open?")
    expect(live.dialog).to_contain_text("Settled by Payment RCT-1")
    live.press("Take back", live.dialog)
    expect(live.dialog).to_contain_text("Take a match back")
    live.write("Take back", live.dialog)
    live.closed()
    assert desk.owes(code) == 24000
    assert desk.unapplied(code) == -6000
    undo(live, "match")
    assert desk.unapplied(code) == 0

    tick(live, 0)
    live.press("Why is it open?")
    live.act(lambda: live.dialog.locator("[class*=st-key-story_other] button").first.click())
    expect(live.dialog).to_contain_text("It bounced")
    live.press("It bounced", live.dialog)
    expect(live.dialog).to_contain_text("There is no undo")
    live.write("Record that it bounced", live.dialog)
    live.closed()
    assert desk.owes(code) == 30000


def test_a_second_tab_is_told_that_its_preview_is_stale(desk: Desk, live: Live, another: Callable[..., Live]) -> None:
    code = desk.customer()
    other = another()
    for each in (live, other):
        at(each, code)
        each.press("Record payment")
        each.fill("Amount", "40")
    live.write("Record €40.00", live.dialog)
    live.closed()
    other.write("Record €40.00", other.dialog)
    expect(other.dialog).to_contain_text("The books changed since this preview was made")
    assert desk.owes(code) == 26000
    expect(other.dialog).to_contain_text("60.00")  # the preview is made anew
    other.write("Record €40.00", other.dialog)
    other.closed()
    assert desk.owes(code) == 22000


def test_notes_contacts_and_details(desk: Desk, live: Live) -> None:
    code = desk.customer()
    number = desk.id(code)
    at(live, code)
    live.page.locator(".st-key-note input").fill("Pays on Fridays")
    live.write("Add", live.page.locator(".st-key-note"))
    live.says("Pays on Fridays")
    live.write(re.compile(""), live.page.locator(".st-key-timeline [class*=st-key-customer_write_button]"))
    expect(live.page.locator(".st-key-timeline")).not_to_contain_text("Pays on Fridays")
    undo(live, "note withdrawn")
    live.says("Pays on Fridays")

    live.press("Add", live.page.locator(".st-key-contacts"))
    live.dialog.get_by_label("Name").fill("Ana Ortiz")
    live.dialog.get_by_label("E-mail").fill("ap@alder.example")
    live.write("Save contact", live.dialog)
    live.closed()
    live.says("ap@alder.example")
    live.press(re.compile("^edit"), live.page.locator(".st-key-contacts"))
    live.write("Forget this contact", live.dialog)
    live.closed()
    assert who(desk.engine, EVER, number).contacts == ()

    live.press("Change", live.page.locator(".st-key-details"))
    live.dialog.get_by_label("Credit limit, EUR").fill("250.00")
    live.dialog.get_by_label("Terms").fill("net 30")
    live.write("Save details", live.dialog)
    live.closed()
    assert who(desk.engine, EVER, number).facts == {"credit_limit": "25000", "terms": "net 30"}
    live.says("Over its limit by €50")
    undo(live, "terms and credit limit")
    assert who(desk.engine, EVER, number).facts == {}


def test_a_dialog_closed_without_writing_leaves_nothing_behind(desk: Desk, live: Live) -> None:
    code = desk.customer()
    at(live, code)
    live.press("Record payment")
    live.fill("Amount", "77")
    live.page.keyboard.press("Escape")
    live.closed()
    tick(live, 0)
    more(live, "Write off")
    expect(live.dialog.get_by_label("Amount, EUR")).to_have_value("100.00")
    assert desk.owes(code) == 30000


def test_hostile_words_make_no_request_and_read_as_written(desk: Desk, live: Live, hosts_of: Any) -> None:
    code = desk.customer(HOSTILE, region=HOSTILE)
    number = desk.id(code)
    customers.add_note(desk.engine, customer_id=number, text=HOSTILE, actor=ANNA)
    customers.save_contact(
        desk.engine, customer_id=number, role="billing", name=HOSTILE, phone=HOSTILE, email="a@b.example", actor=ANNA
    )
    for name in ("owner", "segment", "terms"):
        customers.set_fact(
            desk.engine, customer_id=number, name=name, value=HOSTILE, valid_from=date(2020, 1, 1), actor=ANNA
        )
    ledger.record_payment(
        desk.engine, customer_id=number, received_on=date(2026, 3, 1), currency="EUR", amount=Decimal(60),
        apply_to=[(desk.items(code)[0], Decimal(60))], details={"number": HOSTILE}, actor=Actor(HOSTILE),
    )  # fmt: skip
    live.open("/customers?books=My+books")
    at(live, code)
    told = live.text()
    assert told.count("![x](http") >= 5
    tick(live, 0)
    live.press("Why is it open?")
    expect(live.dialog).to_contain_text("![x](http")
    live.act(lambda: live.dialog.locator("[class*=st-key-story_other] button").first.click())
    live.press("Void", live.dialog)
    expect(live.dialog).to_contain_text("![x](http")
    live.open("/settings?books=My+books")
    assert hosts_of(live.requests) == {"127.0.0.1"}
    assert live.complaints == []
    assert live.page.locator("img[src*=example], a[href*=example]").count() == 0


@pytest.mark.parametrize("size", [(1440, 900), (1920, 1080)])
def test_the_figures_stand_high_on_the_page_and_nothing_is_cut(desk: Desk, live: Live, size: tuple[int, int]) -> None:
    code = desk.customer()
    live.page.set_viewport_size({"width": size[0], "height": size[1]})
    live.open(f"/customer?books=My+books&customer={code}", quiet=250)
    tiles = live.page.locator(".st-key-tiles [data-testid=stMetric]")
    boxes = [tiles.nth(place).bounding_box() for place in range(6)]
    assert {round(box["y"]) for box in boxes if box} <= set(range(190, 198))  # below their names, which explain them
    assert len({round(box["height"]) for box in boxes if box}) == 1
    cut = live.page.evaluate(
        "[...document.querySelectorAll('.st-key-tiles [data-testid=stMetric] *, button p')]"
        ".filter(e => e.children.length === 0 && e.scrollWidth > e.clientWidth + 1).map(e => e.innerText)"
    )
    assert cut == []


def test_rates_are_uploaded_and_owners_given_in_settings(desk: Desk, live: Live) -> None:
    for name in (HOSTILE, "Aspen Ltd", "Birch Ltd"):
        code = desk.customer(name)
    live.open("/settings?books=My+books")
    live.page.locator("[class*=st-key-company_name] input").fill("Harbour & Sons")
    live.write("Save company")
    live.says("Saved. It counts from now on.")
    assert our_company.profile(desk.engine).name == "Harbour & Sons"
    live.page.get_by_role("tab", name="Exchange rates").click()
    live.upload("rates.csv", b"day,currency,rate\n2026-01-02,USD,0.9\n", form=True)
    live.write("Add rates")
    live.says("1 rate added")
    live.page.get_by_role("tab", name="Owners and segments").click()
    people = live.grid("people_grid")
    live.act(lambda: people.write(people.row("Birch Ltd", "Customer"), "Owner", "Ana"))
    live.write("Save customers")
    live.says("1 customer changed")
    assert who(desk.engine, EVER, desk.id(code)).facts == {"owner": "Ana"}


def test_a_store_that_is_gone_for_a_while_is_told_and_taken_up_again(desk: Desk, live: Live, served: Served) -> None:
    code = desk.customer()
    at(live, code)
    live.press("Record payment")
    live.fill("Amount", "40")
    away = served.folder / "away"
    away.mkdir()
    files = list(served.folder.glob("arcore.db*"))
    for file in files:
        file.rename(away / file.name)
    try:
        live.press("Record €40.00", live.dialog)
        expect(live.page.locator("body")).to_contain_text("file is gone")
    finally:
        for file in files:
            (away / file.name).rename(file)
        away.rmdir()
    at(live, code)
    live.says("€300")
    assert desk.owes(code) == 30000
