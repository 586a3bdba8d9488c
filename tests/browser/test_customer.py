"""Customers, one customer and Settings as somebody uses them: clicks are real, figures come from the store."""

from __future__ import annotations

import re
from collections.abc import Callable
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator
from playwright.sync_api import expect
from sqlalchemy import Engine

from arcore.company import queries as our_company
from arcore.company import service as company
from arcore.customers import service as customers
from arcore.ledger import service as ledger
from arcore.reports.customer import standing
from arcore.reports.customer import who
from arcore.reports.filters import Filters
from arcore.reports.items import items
from arcore.reports.story import story
from arcore.reports.timeline import timeline
from arcore.store.engine import open_engine
from arcore.store.unit import Actor
from pages.ui import forms
from tools.live import Live

pytestmark = pytest.mark.journey

ANNA = Actor("anna")
EVER = Filters(as_of=date(2099, 12, 31), currency="EUR")
HOSTILE = "*Cedar* ![x](http://tracker.example/x.png) :red[PAID] http://evil.example $x^2$ <img src=//t.example/y.png>"


@dataclass
class Desk:
    """A server of its own with my own books, which the tests write into beside it."""

    address: str
    folder: Path
    engine: Engine
    made: list[int] = field(default_factory=list)

    def customer(self, name: str = "", **values: Any) -> str:
        """Make a customer that owes 100 (INV-n-1, due 31 Jan 2026) and 200 (INV-n-2, due 28 Feb); return its code."""
        number = len(self.made) + 1
        code = f"C{number}"
        made = customers.create_customer(
            self.engine, code=code, name=name or f"Alder {number} Ltd", currency="EUR", actor=ANNA, **values
        )
        self.made.append(made["customer"])
        for place, amount, due in ((1, 100, date(2026, 1, 31)), (2, 200, date(2026, 2, 28))):
            ledger.post_invoice(
                self.engine, customer_id=made["customer"], document_date=date(2026, 1, 1), currency="EUR",
                instalments=[(Decimal(amount), due)], details={"number": f"INV-{number}-{place}"}, actor=ANNA,
            )  # fmt: skip
        return code

    def owes(self, code: str) -> int:
        """Return what a customer owes once everything counts, in cents."""
        return standing(self.engine, EVER, int(code[1:])).open


@pytest.fixture(scope="module")
def desk(serve: Callable[[], tuple[str, Path]]) -> Iterator[Desk]:
    """Start the server; its own books belong to the tests."""
    address, folder = serve()
    engine = open_engine(f"sqlite:///{folder / 'arcore.db'}")
    company.save_profile(engine, actor=ANNA, name="Harbour Supplies", currency="EUR")
    yield Desk(address, folder, engine)
    engine.dispose()


@pytest.fixture
def tab(desk: Desk, new_tab: Callable[..., Live]) -> Live:
    """Return a tab on that server."""
    return new_tab(desk.address)


def at(tab: Live, code: str) -> None:
    """Open a customer by its address, as a link in a mail would."""
    tab.open(f"/customer?books=My+books&customer={code}")


def press(tab: Live, name: str | re.Pattern[str], within: Any = None) -> None:
    """Click a button by its words."""
    place = within or tab.page
    tab.act(lambda: place.get_by_role("button", name=name).first.click())


def write(tab: Live, name: str | re.Pattern[str], within: Any = None) -> None:
    """Click a button that writes; what follows a write at once is taken for the second half of a double click."""
    tab.page.wait_for_timeout(1000 * forms.PAUSE)
    press(tab, name, within)


def undo(tab: Live, words: str) -> None:
    """Click the Undo of what was done last."""
    write(tab, re.compile(f"Undo.*{words}"))


def tick(tab: Live, row: int) -> None:
    """Tick a row of the items."""
    grid = tab.page.locator("[class*=st-key-items_C] .dvn-scroller")
    tab.act(lambda: grid.click(position={"x": 15, "y": 35 + 32 * row + 16}))


def dialog(tab: Live) -> Locator:
    """Return the dialog that is open."""
    return tab.page.get_by_role("dialog")


def fill(tab: Live, label: str, text: str) -> None:
    """Type into a field of the dialog, and wait until the preview followed."""
    box = dialog(tab).get_by_label(label, exact=True)
    tab.act(lambda: box.fill(text))


def closed(tab: Live) -> None:
    """Wait until the dialog has closed after its write."""
    expect(dialog(tab)).to_have_count(0)
    tab.settle()


def test_a_customer_is_found_opened_by_a_click_and_left_by_the_back_button(desk: Desk, tab: Live) -> None:
    code = desk.customer("Zebrano Timber Ltd")
    tab.open("/customers?books=My+books")
    tab.act(lambda: tab.page.locator(".st-key-q input").fill("zebra"))
    tab.page.get_by_test_id("glide-cell-0-0").filter(has_text="Zebrano").wait_for(state="attached")
    tab.act(lambda: tab.page.locator(".st-key-directory .dvn-scroller").click(position={"x": 60, "y": 52}))
    tab.page.get_by_role("heading", name="Zebrano Timber Ltd").wait_for()
    assert f"customer={code}" in tab.page.url
    tab.act(tab.page.go_back)
    tab.page.get_by_test_id("glide-cell-0-0").filter(has_text="Zebrano").wait_for(state="attached")
    assert "q=zebra" in tab.page.url
    assert tab.complaints == []


def test_a_search_can_be_linked_to(desk: Desk, tab: Live) -> None:
    desk.customer("Quince & Sons")
    tab.open("/customers?books=My+books&q=quince")
    tab.page.get_by_test_id("glide-cell-0-0").filter(has_text="Quince & Sons").wait_for(state="attached")
    assert "€300.00 open" in tab.text()


@pytest.mark.parametrize("pause", [30, 120, 500])
def test_a_payment_clicked_twice_is_recorded_once_and_undone(desk: Desk, tab: Live, pause: int) -> None:
    code = desk.customer()
    at(tab, code)
    press(tab, "Record payment")
    fill(tab, "Amount", "150")
    assert "INV" in dialog(tab).inner_text()
    box = dialog(tab).get_by_role("button", name="Record €150.00").bounding_box()
    assert box is not None

    def twice() -> None:
        for _ in range(2):
            tab.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
            tab.page.wait_for_timeout(pause)

    tab.act(twice)
    closed(tab)
    assert desk.owes(code) == 15000
    taken_back = tab.page.get_by_role("button", name=re.compile("Undo.*payment of €150.00"))
    tab.act(lambda: taken_back.click(click_count=2, delay=30))
    assert desk.owes(code) == 30000
    expect(taken_back).to_have_count(0)


def test_what_is_ticked_is_written_off_dated_anew_credited_and_each_is_undone(desk: Desk, tab: Live) -> None:
    code = desk.customer()
    at(tab, code)
    tick(tab, 0)
    press(tab, "Write off")
    press(tab, "Write off €100.00", dialog(tab))
    closed(tab)
    assert desk.owes(code) == 20000
    undo(tab, "write-off")
    assert desk.owes(code) == 30000

    tick(tab, 0)
    press(tab, "New due date")
    dialog(tab).get_by_label("day, New due date").click()
    tab.page.keyboard.type("31012027")
    tab.act(lambda: dialog(tab).get_by_role("heading").click())
    write(tab, "Agree 31 Jan 2027", dialog(tab))
    closed(tab)
    [first, *_] = [m.document_id for m in timeline(desk.engine, int(code[1:])) if m.kind == "redate"]
    assert first is not None
    assert story(desk.engine, first).agreed == (date(2027, 1, 31),)
    undo(tab, "INV")
    assert story(desk.engine, first).agreed == ()

    tick(tab, 0)
    press(tab, "Credit note")
    fill(tab, "Amount", "30")
    write(tab, "Post credit note of €30.00", dialog(tab))
    closed(tab)
    assert desk.owes(code) == 27000
    undo(tab, "credit note")
    assert desk.owes(code) == 30000


def test_from_why_is_it_open_to_the_payment_its_match_and_its_bounce(desk: Desk, tab: Live) -> None:
    code = desk.customer()
    first = next(iter(story_items(desk, code)))
    ledger.record_payment(
        desk.engine, customer_id=int(code[1:]), received_on=date(2026, 3, 1), currency="EUR", amount=Decimal(60),
        apply_to=[(first, Decimal(60))], details={"number": "RCT-1"}, actor=ANNA,
    )  # fmt: skip
    at(tab, code)
    tick(tab, 0)
    press(tab, "Why is it open?")
    assert "Settled by Payment RCT-1" in dialog(tab).inner_text()
    press(tab, "Take back", dialog(tab))
    expect(dialog(tab)).to_contain_text("Take a match back")
    press(tab, "Take back", dialog(tab))
    closed(tab)
    assert desk.owes(code) == 24000
    assert standing(desk.engine, EVER, int(code[1:])).unapplied == -6000
    undo(tab, "match")
    assert standing(desk.engine, EVER, int(code[1:])).unapplied == 0

    tick(tab, 0)
    press(tab, "Why is it open?")
    tab.act(lambda: dialog(tab).locator("[class*=st-key-story_other] button").first.click())
    expect(dialog(tab)).to_contain_text("It bounced")
    press(tab, "It bounced", dialog(tab))
    expect(dialog(tab)).to_contain_text("There is no undo")
    write(tab, "Record that it bounced", dialog(tab))
    closed(tab)
    assert desk.owes(code) == 30000


def story_items(desk: Desk, code: str) -> list[int]:
    """Return the open items of a customer, oldest due first."""
    return [row.item_id for row in items(desk.engine, EVER, customer=code)]


def test_a_second_tab_is_told_that_its_preview_is_stale(desk: Desk, tab: Live, new_tab: Callable[..., Live]) -> None:
    code = desk.customer()
    other = new_tab(desk.address)
    for each in (tab, other):
        at(each, code)
        press(each, "Record payment")
        fill(each, "Amount", "40")
    press(tab, "Record €40.00", dialog(tab))
    closed(tab)
    press(other, "Record €40.00", dialog(other))
    assert "The books changed since this preview was made" in dialog(other).inner_text()
    assert desk.owes(code) == 26000
    assert "60.00" in dialog(other).inner_text()  # the preview is made anew
    press(other, "Record €40.00", dialog(other))
    closed(other)
    assert desk.owes(code) == 22000


def test_notes_contacts_and_details(desk: Desk, tab: Live) -> None:
    code = desk.customer()
    number = int(code[1:])
    at(tab, code)
    tab.page.locator(".st-key-note input").fill("Pays on Fridays")
    press(tab, "Add", tab.page.locator(".st-key-note"))
    assert "Pays on Fridays" in tab.text()
    tab.page.wait_for_timeout(1000 * forms.PAUSE)
    tab.act(lambda: tab.page.locator(".st-key-timeline [class*=st-key-customer_write_button] button").first.click())
    assert "Pays on Fridays" not in tab.text()
    undo(tab, "note withdrawn")
    assert "Pays on Fridays" in tab.text()

    press(tab, "Add", tab.page.locator(".st-key-contacts"))
    dialog(tab).get_by_label("Name").fill("Ana Ortiz")
    dialog(tab).get_by_label("E-mail").fill("ap@alder.example")
    write(tab, "Save contact", dialog(tab))
    closed(tab)
    assert "ap@alder.example" in tab.text()
    press(tab, re.compile("^edit"), tab.page.locator(".st-key-contacts"))
    write(tab, "Forget this contact", dialog(tab))
    closed(tab)
    assert who(desk.engine, EVER, number).contacts == ()

    press(tab, "Change", tab.page.locator(".st-key-details"))
    dialog(tab).get_by_label("Credit limit, EUR").fill("250.00")
    dialog(tab).get_by_label("Terms").fill("net 30")
    write(tab, "Save details", dialog(tab))
    closed(tab)
    assert who(desk.engine, EVER, number).facts == {"credit_limit": "25000", "terms": "net 30"}
    assert "Over its limit by €50" in tab.text()
    undo(tab, "terms and credit limit")
    assert who(desk.engine, EVER, number).facts == {}


def test_a_dialog_closed_without_writing_leaves_nothing_behind(desk: Desk, tab: Live) -> None:
    code = desk.customer()
    at(tab, code)
    press(tab, "Record payment")
    fill(tab, "Amount", "77")
    tab.page.keyboard.press("Escape")
    expect(dialog(tab)).to_have_count(0)
    tick(tab, 0)
    press(tab, "Write off")
    assert dialog(tab).get_by_label("Amount, EUR").input_value() == "100.00"
    assert desk.owes(code) == 30000


def test_hostile_words_make_no_request_and_read_as_written(desk: Desk, tab: Live, hosts_of: Any) -> None:
    code = desk.customer(HOSTILE, region=HOSTILE)
    number = int(code[1:])
    customers.add_note(desk.engine, customer_id=number, text=HOSTILE, actor=ANNA)
    customers.save_contact(
        desk.engine, customer_id=number, role="billing", name=HOSTILE, phone=HOSTILE, email="a@b.example", actor=ANNA
    )
    for name in ("owner", "segment", "terms"):
        customers.set_fact(
            desk.engine, customer_id=number, name=name, value=HOSTILE, valid_from=date(2020, 1, 1), actor=ANNA
        )
    first = story_items(desk, code)[0]
    ledger.record_payment(
        desk.engine, customer_id=number, received_on=date(2026, 3, 1), currency="EUR", amount=Decimal(60),
        apply_to=[(first, Decimal(60))], details={"number": HOSTILE}, actor=Actor(HOSTILE),
    )  # fmt: skip
    tab.clear()
    tab.open("/customers?books=My+books")
    at(tab, code)
    told = tab.text()
    assert told.count("![x](http") >= 5
    tick(tab, 0)
    press(tab, "Why is it open?")
    assert "![x](http" in dialog(tab).inner_text()
    tab.act(lambda: dialog(tab).locator("[class*=st-key-story_other] button").first.click())
    press(tab, "Void", dialog(tab))
    assert "![x](http" in dialog(tab).inner_text()
    tab.open("/settings?books=My+books")
    assert hosts_of(tab.requests) == {"127.0.0.1"}
    assert tab.complaints == []
    assert tab.page.locator("img[src*=example], a[href*=example]").count() == 0


@pytest.mark.parametrize("size", [(1440, 900), (1920, 1080)])
def test_the_figures_stand_high_on_the_page_and_nothing_is_cut(
    desk: Desk, new_tab: Callable[..., Live], size: tuple[int, int]
) -> None:
    code = desk.customer()
    tab = new_tab(desk.address, viewport={"width": size[0], "height": size[1]})
    at(tab, code)
    tiles = tab.page.locator(".st-key-tiles [data-testid=stMetric]")
    boxes = [tiles.nth(place).bounding_box() for place in range(6)]
    assert {round(box["y"]) for box in boxes if box} <= set(range(138, 143))
    assert len({round(box["height"]) for box in boxes if box}) == 1
    cut = tab.page.evaluate(
        "[...document.querySelectorAll('.st-key-tiles [data-testid=stMetric] *, button p')]"
        ".filter(e => e.children.length === 0 && e.scrollWidth > e.clientWidth + 1).map(e => e.innerText)"
    )
    assert cut == []


def test_rates_are_uploaded_and_owners_given_in_settings(desk: Desk, tab: Live) -> None:
    code = desk.customer("Aaron First Ltd")  # among the first by name: its row is on the screen
    tab.open("/settings?books=My+books")
    tab.page.locator("[class*=st-key-company_name] input").fill("Harbour & Sons")
    press(tab, "Save company")
    assert our_company.profile(desk.engine).name == "Harbour & Sons"
    tab.page.get_by_role("tab", name="Exchange rates").click()
    table = {"name": "rates.csv", "mimeType": "text/csv", "buffer": b"day,currency,rate\n2026-01-02,USD,0.9\n"}
    tab.page.locator("input[type=file]").set_input_files(table)  # type: ignore[arg-type]
    tab.page.get_by_text("rates.csv").wait_for()
    write(tab, "Add rates")
    assert "1 rate added" in tab.text()
    tab.page.get_by_role("tab", name="Owners and segments").click()
    cell = tab.page.locator("[class*=st-key-people_grid] .dvn-scroller")
    name = cell.locator("[data-testid^=glide-cell-1-]").filter(has_text="Aaron")
    name.wait_for(state="attached")
    row = int(str(name.get_attribute("data-testid")).rpartition("-")[2])
    box = cell.bounding_box()
    assert box is not None
    cell.dblclick(position={"x": box["width"] - 60, "y": 37 + 32 * row + 15})
    typed = tab.page.locator("#portal textarea")
    typed.fill("Ana")
    tab.act(lambda: typed.press("Enter"))
    write(tab, "Save owners and segments")
    assert who(desk.engine, EVER, int(code[1:])).facts == {"owner": "Ana"}


def test_a_store_that_is_gone_for_a_while_is_told_and_taken_up_again(desk: Desk, tab: Live) -> None:
    code = desk.customer()
    at(tab, code)
    press(tab, "Record payment")
    fill(tab, "Amount", "40")
    away = desk.folder / "away"
    away.mkdir()
    files = list(desk.folder.glob("arcore.db*"))
    for file in files:
        file.rename(away / file.name)
    try:
        press(tab, "Record €40.00", dialog(tab))
        assert "file is gone" in tab.page.inner_text("body")
    finally:
        for file in files:
            (away / file.name).rename(file)
    at(tab, code)
    assert "€300" in tab.text()
    assert desk.owes(code) == 30000
