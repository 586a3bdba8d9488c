"""The main job, as a user does it: open the sample, upload a file, book it, take a payment, ask why, undo."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from arcore.settings import ROOT
from arcore.store.engine import open_engine
from tools.live import Live

pytestmark = pytest.mark.journey

EXPORT = ROOT / "data" / "samples" / "quickbooks-ar-aging-detail.csv"
CUSTOMER = "Brightharrow Dental"
"""One of the file's customers: it owes a single invoice, 2313 of 4,937.99, and nothing in the sample."""


@pytest.fixture(scope="module")
def story(serve: Callable[[], tuple[str, Path]]) -> tuple[str, Path]:
    """Return a server of its own and its data folder: these tests write."""
    return serve()


def test_the_main_job(story: tuple[str, Path], new_tab: Callable[..., Live]) -> None:
    address, data = story
    tab = new_tab(address)
    before = _tile(tab, "open")

    _upload(tab)
    _answer_and_book(tab)
    _pay(tab, "1,000.00")
    paid = _money(data, "payment")
    assert paid == [-100_000], "two clicks, one payment"

    after = _tile(tab, "open")
    assert after != before
    _explain(tab)
    _undo(tab)
    # The payment is ours, not the file's: it stays, on the customer's account.
    assert _money(data, "payment") == [-100_000]
    assert _owed(data) == -100_000


def _tile(tab: Live, name: str) -> str:
    tab.open("/")
    return tab.page.locator(f".st-key-tile_{name} [data-testid=stMetricValue]").inner_text()


def _upload(tab: Live) -> None:
    tab.open("/imports")
    tab.act(lambda: tab.page.locator("input[type=file]").set_input_files(EXPORT))
    tab.act(lambda: tab.page.get_by_role("radio", name="Try it in the sample").click())
    tab.act(lambda: tab.page.locator(".st-key-read button").click())
    said = tab.text()
    assert "09/31/2026" in said or "515.00" in said, "the refused line is not told"


def _answer_and_book(tab: Live) -> None:
    """The file names no currency, which the page asks for; then the plan, then the books."""
    page = tab.page
    currency = page.locator("[class*=st-key-currency_0] input")
    currency.fill("USD")
    page.get_by_role("option", name=re.compile("^USD")).wait_for()
    tab.act(lambda: currency.press("Enter"))
    tab.act(lambda: page.locator(".st-key-to_difference button").click())
    said = tab.text()
    assert "Book 48 changes" in said
    assert "US$182,026.01" in said
    book = page.locator(".st-key-book button")
    tab.act(lambda: book.click(click_count=2, delay=30))
    page.get_by_text("Booked 48 changes from quickbooks-ar-aging-detail.csv").wait_for(timeout=30_000)
    tab.settle()


def _pay(tab: Live, amount: str) -> None:
    page = tab.page
    tab.open("/customers?books=Sample+company")
    search = page.locator(".st-key-q input")
    tab.act(lambda: search.fill(CUSTOMER.split(maxsplit=1)[0]))
    first = page.get_by_test_id("glide-cell-0-0").filter(has_text=CUSTOMER)
    first.wait_for(state="attached")
    tab.act(lambda: page.locator(".st-key-directory .dvn-scroller").click(position={"x": 60, "y": 52}))
    page.get_by_role("heading", name=CUSTOMER).wait_for()
    tab.act(lambda: page.locator(".st-key-record button").click())
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Amount").fill(amount)
    tab.act(lambda: dialog.get_by_label("Amount").press("Enter"))
    assert "3,937.99" in dialog.inner_text(), "no preview of what it leaves"
    button = dialog.get_by_role("button", name=re.compile("^Record"))
    box = button.bounding_box()
    assert box is not None

    def twice() -> None:
        for _ in range(2):
            page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
            page.wait_for_timeout(150)

    tab.act(twice)
    assert re.search(r"Booked: payment of .*1,000\.00", tab.text())


def _explain(tab: Live) -> None:
    tab.act(lambda: tab.page.locator(".st-key-explain_open button").first.click())
    said = tab.page.get_by_role("dialog").inner_text()
    assert "2026" in said
    assert "EUR" in said


def _undo(tab: Live) -> None:
    page = tab.page
    tab.open("/imports?books=Sample+company")
    tab.act(page.locator("[class*=st-key-undo_] button").first.click)
    tab.act(lambda: page.get_by_role("dialog").get_by_role("button", name="Undo the import").click())
    assert "is undone" in tab.text()


def _money(data: Path, kind: str) -> list[int]:
    """Return the amounts of the customer's documents of a kind, read from the store itself."""
    return _numbers(data, f"d.kind = '{kind}' AND d.reverses_id IS NULL", "d.amount")


def _owed(data: Path) -> int:
    return sum(_numbers(data, "1 = 1", "d.amount"))


def _numbers(data: Path, where: str, what: str) -> list[int]:
    engine = open_engine(f"sqlite:///{data}/sample.db")
    query = f"SELECT {what} FROM document d JOIN customer c ON c.id = d.customer_id WHERE c.name = :name AND {where}"
    with engine.connect() as connection:
        found = [int(row[0]) for row in connection.execute(text(query), {"name": CUSTOMER})]
    engine.dispose()
    return found
