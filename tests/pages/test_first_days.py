"""The first days with the app: no books yet, then a few invoices in a currency that nobody told a rate for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy import insert
from streamlit.testing.v1 import AppTest

from arcore.company import service as company
from arcore.company.rates import QuotedRate
from arcore.customers import service as customers
from arcore.ledger import service as ledger
from arcore.store.engine import open_engine
from arcore.store.migrate import migrate
from arcore.store.sources import Coverage
from arcore.store.unit import Actor
from pages.ui.shell import MENU
from pages.ui.shell import Entry

Open = Callable[..., AppTest]
AS_OF = "2026-03-31"
OWN_WORDS = {"imports.py", "settings.py"}
"""Pages that one works on before there are books."""


def plain(text: str) -> str:
    """Return what a text reads as."""
    return text.replace("\\", "").replace("\u2060", "")


def said(at: AppTest) -> str:
    """Return all that a page says in text."""
    return plain("\n".join(element.value for element in (*at.markdown, *at.caption, *at.warning)))


def owed_dollars(data_dir: Path) -> Engine:
    """Fill my own books with one customer who owes 1,000 US dollars, 30 days late on 31 March 2026; no rate."""
    engine = open_engine(f"sqlite:///{data_dir / 'arcore.db'}")
    migrate(engine)
    anna = Actor("anna")
    customer = customers.create_customer(engine, code="C1", name="Alder Inc.", actor=anna)["customer"]
    ledger.post_invoice(
        engine, customer_id=customer, document_date=date(2026, 3, 1), currency="USD", actor=anna,
        instalments=[(Decimal(1000), date(2026, 3, 1))], details={"number": "INV-1"},
    )  # fmt: skip
    return engine


@pytest.fixture
def dollars(data_dir: Path) -> Engine:
    """Return my own books with what `owed_dollars` puts there."""
    return owed_dollars(data_dir)


@pytest.mark.parametrize("entry", [one for one in MENU if one.file not in OWN_WORDS], ids=lambda one: str(one.file))
def test_without_books_a_page_says_what_it_will_show_and_leads_to_the_upload(entry: Entry, open_page: Open) -> None:
    at = open_page(entry.file, books="My books")
    assert entry.help in said(at)
    assert "It needs invoices: upload" in said(at)
    assert [button.label for button in at.button if button.proto.type == "primary"] == ["Upload a file"]
    assert not at.dataframe
    assert not at.get("vega_lite_chart")


def test_books_in_one_currency_without_a_rate_are_shown_in_it(dollars: Engine, open_page: Open) -> None:
    at = open_page("overview.py", as_of=AS_OF)
    assert "all amounts in USD" in said(at)
    assert plain(at.metric[0].value) == "US$1k"
    assert "No rate" not in said(at)
    assert next(grid.value for grid in at.dataframe if "Why now" in grid.value)["Overdue"].tolist() == [1000.0]
    assert "1 customer · 1 owes us" in said(open_page("customers.py", as_of=AS_OF))


def test_with_a_rate_they_are_shown_in_the_reporting_currency(dollars: Engine, open_page: Open) -> None:
    rate = QuotedRate(date(2026, 1, 1), "USD", "EUR", Decimal("0.5"))
    company.save_rates(dollars, rates=[rate], actor=Actor("anna"))
    assert "all amounts in EUR" in said(open_page("overview.py", as_of=AS_OF))


def test_a_currency_that_was_not_chosen_follows_the_first_import(data_dir: Path, open_page: Open) -> None:
    at = open_page("aging.py", books="My books", as_of=AS_OF)
    assert "all amounts in EUR" in said(at)
    owed_dollars(data_dir)
    assert "all amounts in USD" in said(at.run())


def test_nobody_is_called_up_to_date_where_a_rate_is_missing(dollars: Engine, open_page: Open) -> None:
    at = open_page("overview.py", as_of=AS_OF, currency="All in EUR")
    assert "Nobody is overdue" not in said(at)
    assert "No rate to rank by" in said(at)
    assert "no EUR rate for USD on 31 Mar 2026" in said(at)


def test_one_month_is_a_figure_and_no_line(dollars: Engine, open_page: Open) -> None:
    with dollars.execution_options(write=True).begin() as connection:
        words = [
            {"entity": "main", "currency": "USD", "what": what, "complete_from": date(2026, 3, 31)}
            for what in ("balances", "sales", "receipts")
        ]
        connection.execute(insert(Coverage), words)
    at = open_page("trends.py", as_of=AS_OF)
    assert "one month so far" in said(at)
