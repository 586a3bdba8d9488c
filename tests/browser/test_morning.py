"""A morning on new books: the first form, a call with a promise, a plan with its paper, going live, two reminders."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from playwright.sync_api import Locator
from playwright.sync_api import expect
from pypdf import PdfReader
from sqlalchemy import Engine

from arcore.arrangements.queries import plans
from arcore.arrangements.queries import promises
from arcore.customers import service as customers
from arcore.dunning.queries import outbox
from arcore.ledger import service as ledger
from arcore.reports.customer import find
from arcore.store.unit import Actor
from arcore.worklist import service as worklist
from tools.live import Live
from tools.served import TODAY
from tools.served import Served

ANNA = Actor("anna")
DAY = date.fromisoformat(TODAY)
OWED = {"Alder Ltd": 1000, "Birch plc": 500, "Cedar GmbH": 600, "Dogwood SA": 900}
AT_MOST = 3
"""Clicks that a frequent job may take once its page is open."""


class Clicks:
    """Clicks of one job, counted as the user makes them."""

    def __init__(self, live: Live) -> None:
        self.live = live
        self.made = 0

    def on(self, place: Locator) -> None:
        """Click, and wait until the app has answered."""
        self.made += 1
        self.live.act(place.click)

    def button(self, name: str | re.Pattern[str], within: Locator | None = None, *, writes: bool = False) -> None:
        """Click a button by its words; one that writes does not come as the second half of another write."""
        self.made += 1
        (self.live.write if writes else self.live.press)(name, within)


@pytest.fixture
def books(served: Served) -> Engine:
    """Return my own books without a company: four customers, each with one invoice that is 30 days late."""
    for place, (name, amount) in enumerate(OWED.items(), start=1):
        code = f"C{place}"
        customers.create_customer(served.mine, code=code, name=name, currency="EUR", language="en", actor=ANNA)
        number = find(served.mine, code)
        customers.save_contact(
            served.mine, customer_id=number, role="payables", name=f"Pat {name.split()[0]}",
            email=f"pay@{name.split()[0].lower()}.example", actor=ANNA,
        )  # fmt: skip
        ledger.post_invoice(
            served.mine, customer_id=number, document_date=date(2026, 9, 1), currency="EUR",
            instalments=[(Decimal(amount), date(2026, 10, 1))], details={"number": f"INV-{place}"}, actor=ANNA,
        )  # fmt: skip
    return served.mine


def test_from_the_first_form_to_two_reminders_and_no_third(books: Engine, live: Live, served: Served) -> None:
    fill_in_the_first_form(live)
    log_a_call_with_a_promise(live, "C3")
    [promised] = promises(books, DAY)
    assert (promised.name, promised.amount, promised.state) == ("Cedar GmbH", 60000, "open")

    agree_a_plan(live, "C4")
    [plan] = plans(books, DAY)
    assert [part.amount for part in plan.instalments] == [30000, 30000, 30000]

    go_live(live)
    send_what_is_due(live, served.folder)
    sent = outbox(books)
    assert sorted(row.name for row in sent) == ["Alder Ltd", "Birch plc"]
    assert {row.state for row in sent} == {"sent"}

    # The same again, on the page and from a scheduler: nothing goes out twice.
    live.open("/reminders?books=My+books")
    expect(live.page.locator(".st-key-send_all button").first).to_be_disabled()
    assert remind_again(served)["message_ids"] == []
    assert len(outbox(books)) == 2

    live.open("/?books=My+books")
    live.says("Promises")
    told = live.text()
    assert "€600" in told
    cancel_the_plan(live)
    [plan] = plans(books, DAY)
    assert plan.state == "cancelled"
    live.open("/?books=My+books")
    assert live.complaints == []
    # Dogwood's 900 are overdue again, by its first due date: the friendly letter is due, and only that one.
    again = remind_again(served, "--dry-run")
    assert [(each["customer"], each["step"]) for each in again["send"]] == [("C4", 1)]
    assert {each["customer"]: each["code"] for each in again["held"]} == {
        "C1": "minimum_gap", "C2": "minimum_gap", "C3": "promised",
    }  # fmt: skip


@pytest.mark.usefixtures("books")
def test_why_a_customer_got_none_takes_three_clicks_at_most(live: Live) -> None:
    fill_in_the_first_form(live)
    log_a_call_with_a_promise(live, "C3")
    live.open("/reminders?books=My+books")
    clicks = Clicks(live)
    clicks.on(live.page.get_by_role("radio", name=re.compile("^Held back")))
    live.says("Promise")
    live.says("Cedar GmbH")
    assert clicks.made <= AT_MOST


def test_what_was_said_in_march_takes_three_clicks_at_most(books: Engine, live: Live) -> None:
    number = find(books, "C1")
    for day, text in ((date(2026, 2, 27), "February words"), (date(2026, 3, 5), "March words"),
                      (date(2026, 4, 2), "April words")):  # fmt: skip
        worklist.log_talk(books, customer_id=number, on=day, outcome="reached", text=text, actor=ANNA)
    live.open("/customer?books=My+books&customer=C1")
    clicks = Clicks(live)
    clicks.made += 1
    live.page.locator(".st-key-month").get_by_role("combobox").click()
    clicks.on(live.page.get_by_role("option", name="March 2026"))
    live.gone("April words")
    live.gone("February words")
    live.says("March words")
    assert clicks.made <= AT_MOST


@pytest.mark.usefixtures("books")
def test_the_second_of_two_people_on_one_customer_is_told(live: Live, another: Callable[..., Live]) -> None:
    second = another()
    for tab in (live, second):
        tab.open("/customer?books=My+books&customer=C1")
        tab.press("Log call")
    live.write("No answer", live.dialog)
    live.closed()
    second.write("Reached", second.dialog)
    expect(second.dialog).to_contain_text("wrote here while you were looking")


# --- the pieces of a morning ------------------------------------------------------------------------------------------


def fill_in_the_first_form(live: Live) -> None:
    """Tell who we are: letters need a sender and where to pay."""
    live.open("/settings?books=My+books")
    for label, text in (
        ("Company", "Harbour Supplies Ltd"),
        ("Sender of letters", "Harbour Supplies Ltd\nAccounts receivable\nar@harbour.example"),
        ("Bank details for letters", "IBAN DE89 3704 0044 0532 0130 00"),
    ):
        live.page.get_by_role("textbox", name=label, exact=True).fill(text)
    live.write("Save company")
    live.says("Harbour Supplies Ltd")


def log_a_call_with_a_promise(live: Live, code: str) -> None:
    """Record what was promised in a call: open, say that it is a promise, save."""
    live.open(f"/customer?books=My+books&customer={code}")
    clicks = Clicks(live)
    clicks.button("Log call")
    clicks.on(live.dialog.get_by_role("radio", name="Promise to pay"))
    clicks.button(re.compile("^Save call and promise of €600"), live.dialog, writes=True)
    live.closed()
    live.says("Recorded: call, promise of €600.00")
    assert clicks.made <= AT_MOST


def agree_a_plan(live: Live, code: str) -> None:
    """Agree three parts as they are offered, with the paper for the customer."""
    live.open(f"/customer?books=My+books&customer={code}")
    clicks = Clicks(live)
    clicks.button("Plan", live.page.locator(".st-key-item_actions"))
    paper = live.dialog.get_by_role("button", name=re.compile("PDF"))
    name, content = live.download(paper.click)
    words = "".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    assert name.endswith(".pdf")
    assert "900.00" in words
    assert words.count("300.00") >= 3
    clicks.button(re.compile("^Agree plan"), live.dialog, writes=True)
    live.closed()
    assert clicks.made <= AT_MOST


def go_live(live: Live) -> None:
    """Confirm what stands on one page; nothing leaves by it."""
    live.open("/reminders?books=My+books")
    live.says("preview")
    live.press(re.compile("Go live$"))
    live.write(re.compile("Confirm and go live"))
    live.says("Reminders are live")


def send_what_is_due(live: Live, folder: Path) -> None:
    """Send all that is listed, as a double click would."""
    live.open("/reminders?books=My+books")
    clicks = Clicks(live)
    clicks.made += 1
    live.twice(live.page.get_by_role("button", name=re.compile("Send 2 reminders")))
    live.says("Wrote 2 reminders")
    assert clicks.made <= AT_MOST
    files = sorted((folder / "outbox").glob("*.eml"))
    assert len(files) == 2
    assert sum(b"pay@alder.example" in file.read_bytes() for file in files) == 1


def cancel_the_plan(live: Live) -> None:
    """Cancel the one plan on the page Plans."""
    live.open("/plans?books=My+books")
    live.press("Cancel")
    live.write("Cancel the plan", live.dialog)
    live.closed()
    live.says("cancelled")


def remind_again(served: Served, *more: str) -> dict[str, list[dict[str, str]]]:
    """Run `remind` beside the server, as a scheduler would."""
    environment = os.environ | {"ARCORE_DATA_DIR": str(served.folder), "ARCORE_TODAY": TODAY}
    done = subprocess.run(
        [sys.executable, "-m", "arcore", "remind", "--as-of", TODAY, "--yes", "--json", *more],
        env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    answer: dict[str, list[dict[str, str]]] = json.loads(done.stdout)
    return answer
