"""Pages under test: app.py as the entry, a data folder of their own, no caches from the test before."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from decimal import Decimal
from pathlib import Path
from secrets import token_hex

import pytest
import streamlit as st
from sqlalchemy import Engine
from sqlalchemy import insert
from streamlit.runtime.pages_manager import PagesManager
from streamlit.testing.v1 import AppTest

from arcore.customers import service as customers
from arcore.ledger import service as ledger
from arcore.sample import service as sample
from arcore.settings import DATABASE_FILE
from arcore.settings import ROOT
from arcore.settings import settings
from arcore.store.engine import open_engine
from arcore.store.migrate import migrate
from arcore.store.sources import Coverage
from arcore.store.unit import Actor
from pages.ui import cached

TODAY = date(2026, 11, 20)
HOSTILE = "*Cedar* <b>Co</b> ![x](http://tracker.example/x.png) :red[PAID] $x$"


@pytest.fixture(autouse=True)
def _through_app(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """Run every page through app.py, as the served app does; AppTest alone begins in the old pages/ mode."""
    if "legacy" in request.keywords:
        return
    begin = PagesManager.__init__

    def patched(self: PagesManager, *args: object, **kwargs: object) -> None:
        begin(self, *args, **kwargs)  # type: ignore[arg-type]
        PagesManager.uses_pages_directory = False

    monkeypatch.setattr(PagesManager, "__init__", patched)


@pytest.fixture(autouse=True)
def data_dir(tmp_path: Path, sqlite_template: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Give the app a data folder with empty books of my own and forget what other tests cached.

    The books are a copy under an id of their own: `migrate` finds nothing to do there, which saves every test its time.
    """
    mine = shutil.copyfile(sqlite_template, tmp_path / DATABASE_FILE)
    with closing(sqlite3.connect(mine)) as store, store:
        store.execute("UPDATE ledger_head SET store_id = ?", (token_hex(8),))
    monkeypatch.setenv("ARCORE_DATA_DIR", str(tmp_path))
    monkeypatch.delenv("ARCORE_DATABASE_URL", raising=False)
    settings.cache_clear()
    st.cache_data.clear()
    st.cache_resource.clear()
    cached.forget()
    yield tmp_path
    settings.cache_clear()


@pytest.fixture
def open_page() -> Callable[..., AppTest]:
    """Return a function that opens a page by its file, with query parameters."""

    def opened(file: str = "", **query: str) -> AppTest:
        at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=30)
        for name, value in query.items():
            at.query_params[name] = value
        return at.switch_page(f"pages/{file}").run() if file else at.run()

    return opened


@pytest.fixture
def small_books(data_dir: Path) -> Engine:
    """Fill my own books with three customers and six documents, EUR, best looked at as of 31 March 2026.

    Not due 100; 1-30 days 150; 31-60 days 80; 91+ days 300; unapplied -40; open 590.
    """
    engine = open_engine(f"sqlite:///{data_dir / 'arcore.db'}")
    migrate(engine)
    anna = Actor("anna")
    alder, birch, cedar = (
        customers.create_customer(engine, code=code, name=name, actor=anna)["customer"]
        for code, name in (("C1", "Alder Ltd"), ("C2", "Birch GmbH"), ("C3", HOSTILE))
    )
    for customer, owner in ((alder, "Ana"), (birch, "Bo"), (cedar, "Ana")):
        customers.set_fact(
            engine, customer_id=customer, name="owner", value=owner, valid_from=date(2020, 1, 1), actor=anna
        )

    def invoice(customer: int, number: str, amount: str, dated: date, due: date) -> int:
        facts = ledger.post_invoice(
            engine, customer_id=customer, document_date=dated, currency="EUR", actor=anna,
            instalments=[(Decimal(amount), due)], details={"number": number},
        )  # fmt: skip
        item: int = facts["items"][0]
        return item

    invoice(alder, "INV-1", "100.00", date(2026, 3, 16), date(2026, 4, 15))
    second = invoice(alder, "INV-2", "200.00", date(2026, 2, 9), date(2026, 3, 11))
    invoice(birch, "INV-3", "300.00", date(2025, 11, 20), date(2025, 12, 20))
    invoice(cedar, "INV-4", "80.00", date(2026, 1, 21), date(2026, 2, 20))
    ledger.record_payment(
        engine, customer_id=alder, received_on=date(2026, 3, 20), currency="EUR", amount=Decimal(50), actor=anna,
        apply_to=[(second, Decimal(50))],
    )  # fmt: skip
    ledger.record_payment(
        engine, customer_id=birch, received_on=date(2026, 3, 25), currency="EUR", amount=Decimal(40), actor=anna
    )
    return engine


@pytest.fixture
def complete_books(small_books: Engine) -> Engine:
    """Declare the small books complete from 1 November 2025 on, so that every measure has a value."""
    with small_books.execution_options(write=True).begin() as connection:
        connection.execute(
            insert(Coverage),
            [
                {"entity": "main", "currency": "EUR", "what": what, "complete_from": date(2025, 11, 1)}
                for what in ("balances", "sales", "receipts")
            ],
        )
    return small_books


@pytest.fixture(scope="session")
def sample_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the sample company once, ending on TODAY; each test that wants it gets a copy."""
    path = tmp_path_factory.mktemp("sample") / "sample.db"
    sample.make(f"sqlite:///{path}", today=TODAY)
    return path


@pytest.fixture
def sample_books(sample_file: Path, data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put the sample company into the data folder, and let today be its last day."""
    monkeypatch.setenv("ARCORE_TODAY", TODAY.isoformat())
    settings.cache_clear()
    shutil.copy(sample_file, data_dir / "sample.db")
    return data_dir / "sample.db"
