"""The main job, as a user does it: open the sample, upload a file, book it, take a payment, ask why, undo."""

from __future__ import annotations

import re

from playwright.sync_api import expect
from sqlalchemy import text

from arcore.settings import ROOT
from tools.live import Live
from tools.served import Served

EXPORT = ROOT / "data" / "samples" / "quickbooks-ar-aging-detail.csv"
CUSTOMER = "Brightharrow Dental"
"""One of the file's customers: it owes a single invoice, 2313 of 4,937.99, and nothing in the sample."""


def test_the_main_job(live: Live, served: Served) -> None:
    before = _tile(live, "open")

    _upload(live)
    _answer_and_book(live)
    _pay(live, "1,000.00")
    paid = _money(served, "payment")
    assert paid == [-100_000], "two clicks, one payment"

    after = _tile(live, "open")
    assert after != before
    _explain(live)
    _undo(live)
    # The payment is ours, not the file's: it stays, on the customer's account.
    assert _money(served, "payment") == [-100_000]
    assert _owed(served) == -100_000


def _tile(tab: Live, name: str) -> str:
    tab.open("/")
    return tab.page.locator(f".st-key-tile_{name} [data-testid=stMetricValue]").inner_text()


def _upload(tab: Live) -> None:
    tab.open("/imports")
    tab.upload(EXPORT.name, EXPORT.read_bytes())
    tab.act(tab.page.get_by_role("radio", name="Try it in the sample").click)
    tab.act(tab.page.locator(".st-key-read button").click)
    said = tab.text()
    assert "09/31/2026" in said or "515.00" in said, "the refused line is not told"


def _answer_and_book(tab: Live) -> None:
    """The file names no currency, which the page asks for; then the plan, then the books."""
    page = tab.page
    currency = page.locator("[class*=st-key-currency_0] input")
    currency.fill("USD")
    page.get_by_role("option", name=re.compile("^USD")).wait_for()
    tab.act(lambda: currency.press("Enter"))
    tab.act(page.locator(".st-key-to_difference button").click)
    tab.says("Book 48 changes")
    tab.says("US$182,026.01")
    tab.twice(page.locator(".st-key-book button"), 60)
    tab.says("Booked 48 changes from quickbooks-ar-aging-detail.csv")
    tab.settle()


def _pay(tab: Live, amount: str) -> None:
    page = tab.page
    tab.open("/customers?books=Sample+company")
    tab.act(lambda: page.locator(".st-key-q input").fill(CUSTOMER.split(maxsplit=1)[0]))
    directory = tab.grid("directory")
    tab.act(lambda: directory.click(directory.row(CUSTOMER), "Customer"))
    page.get_by_role("heading", name=CUSTOMER).wait_for()
    tab.act(page.locator(".st-key-record button").click)
    tab.fill("Amount", amount)
    expect(tab.dialog).to_contain_text("3,937.99")  # what it leaves
    tab.twice(tab.dialog.get_by_role("button", name=re.compile("^Record")), 30)
    tab.closed()
    assert re.search(r"Booked: payment of .*1,000\.00", tab.text())


def _explain(tab: Live) -> None:
    tab.act(tab.page.locator(".st-key-explain_open button").first.click)
    expect(tab.dialog).to_contain_text("2026")
    expect(tab.dialog).to_contain_text("EUR")


def _undo(tab: Live) -> None:
    tab.open("/imports?books=Sample+company")
    tab.act(tab.page.locator("[class*=st-key-undo_] button").first.click)
    tab.write("Undo the import", tab.dialog)
    tab.says("is undone")


def _money(served: Served, kind: str) -> list[int]:
    """Return the amounts of the customer's documents of a kind, read from the store itself."""
    return _numbers(served, f"d.kind = '{kind}' AND d.reverses_id IS NULL")


def _owed(served: Served) -> int:
    return sum(_numbers(served, "1 = 1"))


def _numbers(served: Served, where: str) -> list[int]:
    query = f"SELECT d.amount FROM document d JOIN customer c ON c.id = d.customer_id WHERE c.name = :name AND {where}"
    with served.sample.connect() as connection:
        return [int(row[0]) for row in connection.execute(text(query), {"name": CUSTOMER})]
