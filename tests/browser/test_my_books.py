"""Two snapshots into my own books: a question is answered, a payment recorded, and both imports are taken back."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tools.live import Live

pytestmark = pytest.mark.journey

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


@pytest.fixture(scope="module")
def address(serve: Callable[[], tuple[str, Path]]) -> str:
    """Return the address of a server of its own: this story writes."""
    return serve()[0]


def upload(tab: Live, name: str, text: str) -> None:
    """Drop a file for my own books and read it."""
    tab.open("/imports?books=My+books")
    file = {"name": name, "mimeType": "text/csv", "buffer": text.encode()}
    tab.act(lambda: tab.page.locator("input[type=file]").set_input_files(file))
    tab.act(lambda: tab.page.get_by_role("radio", name="My books").click())
    tab.act(lambda: tab.page.locator(".st-key-read button").click())
    tab.act(lambda: tab.page.locator(".st-key-to_difference button").click())


def book(tab: Live) -> None:
    """Press the one button twice, as a double click, and wait until it says what was booked."""
    tab.act(lambda: tab.page.locator(".st-key-book button").dblclick(delay=30))
    tab.page.get_by_text(re.compile("^Booked ")).wait_for(timeout=30_000)
    tab.settle()


def metric(tab: Live, label: str) -> str:
    """Return the value on a tile."""
    tile = tab.page.get_by_test_id("stMetric").filter(has=tab.page.get_by_text(label, exact=True))
    return str(tile.get_by_test_id("stMetricValue").inner_text())


def undo(tab: Live, name: str) -> None:
    """Undo the import of a file."""
    entry = tab.page.locator("[class*=st-key-import_]").filter(has_text=name)
    tab.act(lambda: entry.get_by_role("button", name="Undo").click())
    tab.act(lambda: tab.page.get_by_role("dialog").get_by_role("button", name="Undo the import").click())
    tab.page.get_by_role("dialog").wait_for(state="hidden")
    tab.settle()
    assert "is undone" in tab.text()


def test_two_snapshots_a_payment_and_the_way_back(address: str, new_tab: Callable[..., Live]) -> None:
    tab = new_tab(address)
    upload(tab, "september.csv", SEPTEMBER)
    assert metric(tab, "New") == "5"
    book(tab)
    assert tab.page.get_by_text("5 new").count() == 1  # the double click booked once

    # All of Birch and a third of the balance are gone: that is a question, never an assumption.
    upload(tab, "october.csv", OCTOBER)
    assert tab.page.locator(".st-key-book button").is_disabled()
    asked = tab.page.locator("[class*=st-key-answer_]")
    for place in range(asked.count()):
        tab.act(asked.nth(place).locator("label").click)
    assert (metric(tab, "Settled"), metric(tab, "Part paid")) == ("3", "1")
    book(tab)

    # Alder owes 1,500 of A-2 and 3,000 of A-3.
    tab.open("/customers?books=My+books")
    assert "€4,500.00" in tab.text()
    tab.act(lambda: tab.page.locator(".st-key-directory .dvn-scroller").click(position={"x": 15, "y": 52}))
    assert metric(tab, "Open balance") == "€4,500"
    tab.act(lambda: tab.page.locator(".st-key-record button").click())
    dialog = tab.page.get_by_role("dialog")
    dialog.get_by_label("Amount").fill("1500")
    tab.act(lambda: dialog.get_by_label("Amount").press("Enter"))
    tab.act(lambda: dialog.get_by_role("button", name=re.compile("^Record")).dblclick(delay=30))
    dialog.wait_for(state="hidden")
    tab.settle()
    assert metric(tab, "Open balance") == "€3,000"

    # The newest first; a later import stands on the earlier one.
    tab.open("/imports?books=My+books")
    undo(tab, "october.csv")
    undo(tab, "september.csv")
    tab.open("/customers?books=My+books")
    assert "−€1,500.00" in tab.text()  # the payment stays, unapplied
