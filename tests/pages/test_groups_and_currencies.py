"""Families, companies of our own group, entities and currencies as people meet them on the pages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Engine
from streamlit.testing.v1 import AppTest

from arcore.company import service as company
from arcore.customers import service as customers
from arcore.ledger import service as ledger
from arcore.reports.customers import directory
from arcore.reports.filters import Filters
from arcore.settings import settings
from arcore.store.company import Rate
from arcore.store.engine import open_engine
from arcore.store.migrate import migrate
from arcore.store.unit import Actor
from arcore.store.unit import commit

ANNA = Actor("anna")
TODAY = date(2026, 10, 31)
Open = Callable[..., AppTest]


@pytest.fixture
def group(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """North sold 100 EUR to Oak, 40 USD to Elm below it, 1000 EUR to So, one of us; south 7 EUR to Oak. 1 USD = .5."""
    monkeypatch.setenv("ARCORE_TODAY", TODAY.isoformat())
    monkeypatch.setattr("pages.ui.forms.PAUSE", 0.0)  # a test clicks faster than people
    settings.cache_clear()
    engine = open_engine(f"sqlite:///{data_dir / 'arcore.db'}")
    migrate(engine)
    company.save_profile(engine, actor=ANNA, name="Harbour Supplies", currency="EUR")
    ids = {}
    for code, currency, ours in (("OAK", "EUR", False), ("ELM", "USD", False), ("SO", "EUR", True), ("FIR", "", False)):
        ids[code] = customers.create_customer(
            engine, code=code, name=code.title(), currency=currency, intercompany=ours, actor=ANNA
        )["customer"]
    customers.set_parent(engine, customer_id=ids["ELM"], parent_id=ids["OAK"], actor=ANNA)
    for code, amount, currency, entity in (
        ("OAK", "100", "EUR", "north"), ("ELM", "40", "USD", "north"), ("SO", "1000", "EUR", "north"),
        ("OAK", "7", "EUR", "south"),
    ):  # fmt: skip
        ledger.post_invoice(
            engine, customer_id=ids[code], document_date=date(2026, 9, 1), currency=currency,
            instalments=[(Decimal(amount), date(2026, 10, 1))], details={"entity": entity}, actor=ANNA,
        )  # fmt: skip

    def rates(unit):
        for day, rate in ((date(2026, 8, 31), "0.40"), (TODAY, "0.50")):
            unit.session.add(Rate(currency="USD", reporting="EUR", day=day, rate=rate, audit_seq=unit.audit_seq))
        return {}

    commit(engine, rates, actor=ANNA, verb="save_rates")
    return engine


def sound(at: AppTest) -> AppTest:
    assert not at.exception, at.exception[0].stack_trace
    return at


def said(at: AppTest) -> str:
    parts = [*at.markdown, *at.caption, *at.success, *at.error, *at.warning]
    return "\n".join(part.value for part in parts).replace("\\", "").replace("\u2060", "")


def grid(at: AppTest, *columns: str) -> list[tuple[object, ...]]:
    table = at.dataframe[0].value
    return list(table[list(columns)].itertuples(index=False, name=None))


def test_aging_by_entity_shows_what_our_own_group_was_left_out_and_the_way_back_in(
    group: Engine, open_page: Open
) -> None:
    at = sound(open_page("aging.py", books="My books", by="Entity"))
    assert grid(at, "Name", "Open balance") == [
        ("Consolidated, 2 entities", 127.0),
        ("Intercompany, left out", 1000.0),
        ("Intercompany of north, left out", 1000.0),
        ("north", 120.0),
        ("south", 7.0),
    ]
    assert "Intercompany, left out: 1 customer, €1,000.00" in said(at)
    at.button(key="group_in").click().run()
    assert grid(sound(at), "Name", "Open balance")[0] == ("Consolidated, 2 entities", 1127.0)
    assert at.selectbox(key="intercompany").value == "in"
    at.button(key="group_out").click().run()
    assert grid(sound(at), "Name", "Open balance")[0] == ("Consolidated, 2 entities", 127.0)


def test_the_documents_of_our_own_group(group: Engine, open_page: Open) -> None:
    at = sound(open_page("aging.py", books="My books"))
    at.button(key="group_documents").click().run()
    [listed] = [table.value for table in sound(at).dataframe if "document" in table.value]
    assert listed["name"].tolist() == ["So"]


def test_families_in_the_aging(group: Engine, open_page: Open) -> None:
    at = sound(open_page("aging.py", books="My books", by="Family"))
    assert ("Oak", 127.0) in grid(at, "Name", "Open balance")
    at.segmented_control(key="families").set_value("Rolled up").run()
    assert grid(sound(at), "Name", "Open balance") == [
        ("Total, each customer once", 127.0),
        ("Intercompany, left out", 1000.0),
        ("Oak +1", 127.0),
        ("\u2003Elm", 20.0),
    ]


def test_every_customer_in_its_own_currency(group: Engine, open_page: Open) -> None:
    at = sound(open_page("customers.py", books="My books", currency="Customers' own"))
    assert grid(at, "Customer", "Currency", "Open")[:3] == [
        ("So", "EUR", 1000.0),
        ("Oak", "EUR", 107.0),
        ("Elm", "USD", 40.0),
    ]
    assert "€107.00 + US$40.00** :gray[open]" in said(at)
    at = sound(open_page("customer.py", books="My books", customer="ELM", currency="Customers' own"))
    assert "all amounts in USD" in said(at)


@pytest.mark.parametrize("asked", ["As invoiced", "Customers' own"])
def test_tiles_say_what_they_add_up(group: Engine, open_page: Open, asked: str) -> None:
    at = sound(open_page("overview.py", books="My books", currency=asked))
    assert "all amounts in EUR" in said(at)
    assert "= €107 + US$40" in said(at)
    at = sound(open_page("overview.py", books="My books", currency="All in EUR"))
    assert "€107 +" not in said(at)


def test_a_rolled_up_list_of_customers_counts_each_once(group: Engine, open_page: Open) -> None:
    at = sound(open_page("customers.py", books="My books", level="Rolled up"))
    assert ("Oak +1", 127.0) in grid(at, "Customer", "Open, EUR")
    assert "**€127.00** :gray[open]" in said(at)


def test_a_customer_with_those_below_it(group: Engine, open_page: Open) -> None:
    at = sound(open_page("customer.py", books="My books", customer="OAK"))
    assert at.metric[0].value.replace("\\", "") == "€107"
    at.segmented_control(key="whose").set_value("With those below").run()
    assert sound(at).metric[0].value.replace("\\", "") == "€127"
    assert at.dataframe[0].value["Whose"].tolist() == ["Oak", "Elm", "Oak"]
    assert "Exposure €127.00" in said(at)


def parents(engine: Engine) -> dict[str, str]:
    table = directory(engine, Filters(as_of=TODAY)).table
    return {str(code): str(parent) for code, parent in zip(table["code"], table["parent"], strict=True) if parent}


def choose_parent(at: AppTest, code: str) -> None:
    next(box for box in at.selectbox if box.label == "Belongs to").set_value(code)
    next(button for button in at.button if button.label == "Save parent").click().run()


def test_a_parent_is_set_refused_in_a_circle_and_undone(group: Engine, open_page: Open) -> None:
    at = sound(open_page("customer.py", books="My books", customer="FIR"))
    at.button(key="parent").click().run()
    choose_parent(at, "ELM")
    assert parents(group) == {"ELM": "OAK", "FIR": "ELM"}
    assert "belongs to ELM" in said(sound(at))
    [undo] = [button for button in at.button if button.label.startswith("Undo")]
    undo.click().run()
    assert parents(group) == {"ELM": "OAK"}
    at = sound(open_page("customer.py", books="My books", customer="OAK"))
    at.button(key="parent").click().run()
    choose_parent(at, "ELM")
    assert "Oak can't belong to Elm, which stands below it" in said(at)
    assert parents(group) == {"ELM": "OAK"}


def test_a_missing_rate_leads_to_the_rates(group: Engine, open_page: Open) -> None:
    at = sound(open_page("aging.py", books="My books", currency="All in USD"))
    assert "No rate" not in said(at)
    at = sound(open_page("aging.py", books="My books", as_of="2026-08-01"))
    assert "No rate" not in said(at), "nothing was open then"


def test_revalued_opens_what_each_currency_did(group: Engine, open_page: Open) -> None:
    at = sound(open_page("trends.py", books="My books", view="Bridge", bridge_from="2026-09-30"))
    table = at.dataframe[0].value
    # 40 USD: 16.00 EUR at the end of September, 20.00 at the end of October
    assert dict(zip(table["What"], table["EUR"], strict=True))["Revalued"] == 4.0
    at.session_state["bridge_clicked"] = ("revalued", "EUR")
    at.run()
    text = said(sound(at))
    assert "**USD**" in text
    assert "€4.00" in text
