"""Reminders as somebody works with them: live once, what is due sent, who got none and why, what left."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from playwright.sync_api import expect
from sqlalchemy import Engine

from arcore.company import service as company
from arcore.customers import service as customers
from arcore.dunning import queries as dunning
from arcore.dunning import service
from arcore.ledger import service as ledger
from arcore.store.unit import Actor
from tools.live import Live
from tools.served import TODAY
from tools.served import Served

ANNA = Actor("anna")
DAY = date.fromisoformat(TODAY)
MINE = "/reminders?books=My+books"
HOSTILE = "*Cedar* ![x](http://tracker.example/x.png) :red[PAID] <img src=//t.example/y.png>"


@pytest.fixture
def mine(served: Served) -> Engine:
    """Return my own books: Alder and hostile Cedar are due a reminder, Birch has no address."""
    engine = served.mine
    company.save_profile(
        engine, actor=ANNA, name="Harbour Supplies", currency="EUR", sender="Harbour", bank_details="X"
    )
    for number, (name, amount, email) in enumerate(
        (("Alder Ltd", 300, "ap@alder.example"), ("Birch GmbH", 200, ""), (HOSTILE, 100, "ap@cedar.example")), 1
    ):
        made = customers.create_customer(engine, code=f"C{number}", name=name, currency="EUR", actor=ANNA)["customer"]
        if email:
            customers.save_contact(engine, customer_id=made, role="payables", email=email, actor=ANNA)
        ledger.post_invoice(
            engine, customer_id=made, document_date=date(2026, 9, 1), currency="EUR", actor=ANNA,
            instalments=[(Decimal(amount), date(2026, 10, 1))], details={"number": f"INV-{number}"},
        )  # fmt: skip
    return engine


@pytest.fixture
def live_books(mine: Engine) -> Engine:
    """Let reminders of my own books leave."""
    service.go_live(mine, opening={}, daily_limit=0, actor=ANNA)
    return mine


def letters(served: Served) -> list[Path]:
    """Return the letters that became files."""
    return sorted((served.folder / "outbox").rglob("*.eml"))


def due(tab: Live) -> list[str]:
    """Return the names in the list of what is due."""
    return [row["Customer"] for row in tab.grid("reminders_due").rows()]


def test_the_sample_company_goes_live_and_sends_once(live: Live, served: Served) -> None:
    live.open("/reminders?books=Sample+company")
    live.says("This is a preview: nothing leaves before")
    live.press(re.compile("^.*Go live$"), live.page.get_by_test_id("stMain"))
    live.says("Before the first one leaves")
    limit = live.page.get_by_role("spinbutton", name="Messages a day, at most")
    limit.fill("3")
    live.act(lambda: limit.press("Enter"))
    live.write("Confirm and go live")
    live.says("Reminders are live. Nothing has left yet")
    assert not letters(served)
    live.act(lambda: live.page.get_by_role("radio", name="Due today").click())
    live.rest()
    live.twice(live.page.get_by_role("button", name="Send 3 reminders").first)
    live.says("Wrote 3 reminders. The Outbox shows each as it left.")
    assert len(letters(served)) == 3
    assert all(letter.parent.name == "sample" for letter in letters(served))
    live.open("/reminders?books=Sample+company")
    live.says("Nobody is due a reminder")
    assert len(dunning.outbox(served.sample)) == 3
    assert live.complaints == []


def test_what_is_due_is_sent_with_one_click(live: Live, live_books: Engine, served: Served) -> None:
    live.open(MINE)
    live.write("Send 2 reminders")
    live.says("Wrote 2 reminders")
    assert len(letters(served)) == 2
    assert {row.code for row in dunning.outbox(live_books)} == {"C1", "C3"}


def test_one_is_sent_once_though_it_is_clicked_twice(live: Live, live_books: Engine, served: Served) -> None:
    live.open(MINE)
    assert due(live) == ["Alder Ltd", HOSTILE]
    live.twice(live.page.get_by_role("button", name="Send this one").first)
    live.says("Alder Ltd: reminder written to")
    assert [row.code for row in dunning.outbox(live_books)] == ["C1"]
    live.rest()
    live.write("Send this one")
    assert [row.code for row in dunning.outbox(live_books)] == ["C3", "C1"]


def test_why_did_this_customer_get_none_takes_two_clicks(live: Live, live_books: Engine) -> None:
    live.open(MINE)
    live.page.get_by_role("combobox", name="Find a customer").click()
    live.act(lambda: live.page.get_by_role("option", name="Birch GmbH").click())
    live.says("Nobody's e-mail address is known")
    assert "customer=C2" in live.page.url
    assert "tab=held" in live.page.url
    live.open(live.page.url.removeprefix(live.base))  # the address leads there again
    live.says("Nobody's e-mail address is known")


def test_an_address_typed_beside_the_list_makes_the_reminder_due(live: Live, live_books: Engine) -> None:
    live.open(f"{MINE}&tab=held")
    live.page.get_by_label("E-mail", exact=True).fill("ap@birch.example")
    live.write("Save contact")
    live.says("Birch GmbH: letters go to ap@birch.example")
    live.act(lambda: live.page.get_by_role("radio", name="Due today").click())
    assert due(live) == ["Alder Ltd", "Birch GmbH", HOSTILE]
    live.write(re.compile("Undo"))
    assert due(live) == ["Alder Ltd", HOSTILE]


def test_a_row_is_chosen_by_a_click_anywhere_and_by_the_arrows(live: Live, live_books: Engine) -> None:
    live.open(MINE)
    grid = live.grid("reminders_due")
    live.act(lambda: grid.click(grid.row("Cedar"), "Customer"))
    live.says("ap@cedar.example")
    assert "customer=C3" in live.page.url
    live.press("The one before" if live.page.get_by_role("button", name="The one before").count() else "chevron_left")
    live.says("ap@alder.example")


def test_a_hostile_name_stays_text_wherever_it_stands(live: Live, live_books: Engine) -> None:
    live.open(f"{MINE}&customer=C3")
    live.says("![x](http://tracker.example/x.png)")
    live.write("Send this one")
    for name in ("Outbox", "Held back"):
        live.act(live.page.get_by_role("radio", name=name).click)
        expect(live.page.get_by_test_id("stMain").locator("img")).to_have_count(0)
    assert not [address for address in live.requests if "tracker" in address or "t.example" in address]


def test_a_message_is_shown_as_it_left_and_comes_as_a_file(live: Live, live_books: Engine, served: Served) -> None:
    service.send_due(live_books, as_of=DAY, actor=ANNA)
    live.open(f"{MINE}&tab=outbox&customer=C1")
    live.says("INV-1")
    name, raw = live.download(lambda: live.page.get_by_role("button", name="The message as it left").click())
    assert name.endswith(".eml")
    assert b"ap@alder.example" in raw
    name, pdf = live.download(lambda: live.page.get_by_role("button", name=re.compile(r"Statement-C1.*pdf")).click())
    assert pdf.startswith(b"%PDF")
    live.write("Came back")
    live.says("Marked: the message to Alder Ltd came back")
    assert dunning.counts(live_books) == {"sent": 1, "bounced": 1}


def test_the_list_comes_as_csv(live: Live, live_books: Engine) -> None:
    live.open(MINE)
    live.page.get_by_test_id("stPopover").get_by_role("button", name=re.compile("Download")).first.click()
    name, content = live.download(lambda: live.page.get_by_role("button", name="CSV").click())
    assert name == "reminders_due.csv"
    assert "Alder Ltd" in content.decode()


def test_a_second_tab_sees_the_run_of_the_first(
    live: Live, another: Callable[..., Live], live_books: Engine, served: Served
) -> None:
    live.open(MINE)
    second = another()
    second.open(MINE)
    live.write("Send 2 reminders")
    live.says("Wrote 2 reminders")
    second.press("Send 2 reminders")
    second.says("Nobody is due a reminder")
    assert len(dunning.outbox(live_books)) == 2
