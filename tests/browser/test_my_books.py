"""Two snapshots into my own books: a question is answered, a payment recorded, and both imports are taken back."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tools.live import Live

HEADER = "Customer,Transaction type,Num,Date,Due date,Amount,Open balance,Currency\n"
SEPTEMBER = f"""A/R Aging Detail
"As of September 30, 2026"

{HEADER}Alder Ltd,Invoice,A-1,08/01/2026,08/31/2026,"1,000.00","1,000.00",EUR
Alder Ltd,Invoice,A-2,08/15/2026,09/14/2026,"2,000.00","2,000.00",EUR
Alder Ltd,Invoice,A-3,09/20/2026,10/20/2026,"3,000.00","3,000.00",EUR
Birch plc,Invoice,B-1,08/05/2026,09/04/2026,500.00,500.00,EUR
Birch plc,Invoice,B-2,09/05/2026,10/05/2026,700.00,700.00,EUR
"""
OCTOBER = f"""A/R Aging Detail
"As of October 29, 2026"

{HEADER}Alder Ltd,Invoice,A-2,08/15/2026,09/14/2026,"2,000.00","1,500.00",EUR
Alder Ltd,Invoice,A-3,09/20/2026,10/20/2026,"3,000.00","3,000.00",EUR
"""


def upload(tab: Live, name: str, text: str) -> None:
    """Drop a file for my own books and read it."""
    tab.open("/imports?books=My+books")
    tab.upload(name, text.encode())
    tab.act(tab.page.get_by_role("radio", name="My books").click)
    tab.act(tab.page.locator(".st-key-read button").click)
    tab.act(tab.page.locator(".st-key-to_difference button").click)


def book(tab: Live, name: str) -> None:
    """Press the one button twice, as a double click, and wait until it says what was booked."""
    tab.twice(tab.page.locator(".st-key-book button"), 60)
    tab.page.get_by_text(re.compile(rf"^Booked .* from {name}")).wait_for()
    tab.settle()


def undo(tab: Live, name: str) -> None:
    """Undo the import of a file."""
    entry = tab.page.locator("[class*=st-key-import_]").filter(has_text=name)
    tab.press("Undo", entry)
    tab.write("Undo the import", tab.dialog)
    tab.closed()
    expect(entry).to_contain_text("undone")


def test_two_snapshots_a_payment_and_the_way_back(live: Live) -> None:
    upload(live, "september.csv", SEPTEMBER)
    assert live.metric("New") == "5"
    book(live, "september.csv")
    assert live.page.get_by_text("5 new").count() == 1  # the double click booked once

    # All of Birch and a third of the balance are gone: that is a question, never an assumption.
    upload(live, "october.csv", OCTOBER)
    assert live.page.locator(".st-key-book button").is_disabled()
    asked = live.page.locator("[class*=st-key-answer_]")
    for place in range(asked.count()):
        live.act(asked.nth(place).locator("label").click)
    assert (live.metric("Settled"), live.metric("Part paid")) == ("3", "1")
    book(live, "october.csv")

    # Alder owes 1,500 of A-2 and 3,000 of A-3.
    live.open("/customers?books=My+books")
    live.says("€4,500.00")
    directory = live.grid("directory")
    live.act(lambda: directory.click(directory.row("Alder Ltd"), "Customer"))
    assert live.metric("Open balance") == "€4,500"
    live.press("Record payment")
    live.fill("Amount", "1500")
    live.twice(live.dialog.get_by_role("button", name=re.compile("^Record")))
    live.closed()
    assert live.metric("Open balance") == "€3,000"

    # The newest first; a later import stands on the earlier one.
    live.open("/imports?books=My+books")
    undo(live, "october.csv")
    undo(live, "september.csv")
    live.open("/customers?books=My+books")
    live.says("−€1,500.00")  # the payment stays, unapplied
