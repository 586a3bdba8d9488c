"""Every figure on every page has a way to its explanation: all pages are walked, exceptions are named with a reason."""

from __future__ import annotations

import re
from collections.abc import Callable
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from typing import NamedTuple

import pytest
from sqlalchemy import Engine
from sqlalchemy import text
from streamlit.testing.v1 import AppTest

from arcore.company import service as company
from arcore.intake.plan import plan
from arcore.intake.reading import understand
from arcore.intake.service import commit
from arcore.ledger import service as ledger
from arcore.settings import DATABASE_FILE
from arcore.settings import settings
from arcore.store.engine import open_engine
from arcore.store.unit import Actor

ANNA = Actor("anna")
INVOICES = """Invoice number,Customer,Invoice date,Due date,Currency,Amount,Balance
I-1,Cedar,2026-10-01,2026-10-31,EUR,100.00,100.00
I-2,Cedar,2026-10-05,,EUR,250.00,250.00
"""
Open = Callable[..., AppTest]

PAGES: tuple[tuple[str, dict[str, str]], ...] = (
    ("overview.py", {}),
    ("aging.py", {}),
    *(("aging.py", {"by": name}) for name in ("Family", "Segment", "Owner", "Entity", "Currency")),
    ("aging.py", {"by": "Family", "families": "Rolled up"}),
    ("trends.py", {}),
    *(("trends.py", {"view": "Bridge", "bridge_of": name}) for name in ("Open balance", "Overdue", "DSO", "CEI")),
    ("trends.py", {"view": "Targets"}),
    ("customers.py", {}),
    *(("customers.py", {"level": name}) for name in ("Rolled up", "Consolidated")),
    ("customer.py", {"customer": "C1001"}),
    ("reminders.py", {}),
    ("reminders.py", {"tab": "held"}),
    ("reminders.py", {"tab": "coming"}),
    ("reminders.py", {"tab": "outbox"}),
    ("reminders.py", {"tab": "golive"}),
    ("plans.py", {}),
    ("plans.py", {"view": "Promises"}),
    *(("clean_up.py", {"section": name}) for name in ("unapplied", "credit_balances", "unexplained", "duplicates",
                                                      "gaps", "oddities", "same_customers")),
    ("process.py", {}),
    ("process.py", {"process_by": "Owner"}),
    ("process.py", {"process_of": "Overdue now"}),
    ("month_end.py", {}),
    ("month_end.py", {"part": "Board pack"}),
    ("imports.py", {}),
    ("imports.py", {"section": "Posting list"}),
    ("imports.py", {"section": "Papers"}),
    *(("settings.py", {"tab": name}) for name in ("Company", "Targets", "Measures", "Exchange rates",
                                                  "Owners and segments", "Reminders", "Letters", "Delivery")),
)  # fmt: skip
"""Every page with each of its views that shows other figures."""

FIGURE = re.compile(
    r"[€$£]\s?\d|\b[A-Z]{3}\s\d|\d\s?(?:%|EUR|USD|GBP|CHF)|\d\s(?:days|points)\b|\*\*[−+]?\d[\d.,]*k?m?\b", re.ASCII
)
"""Text that states a figure: money, a share, days, a bold number."""
WAYS = ("explain_", "trend_", "group_documents", "see_held", "goals_explain", "alert_")
"""How the keys of buttons begin that lead to an explanation or to what a figure is made of."""
CLOSE = 2
"""So many boxes around a figure are searched for its way."""


EXCEPTIONS: tuple[tuple[str, str, str], ...] = (
    (
        "reminders.py",
        r"^:small\[:gray\[Run of",
        "told again by the tabs Due today and Held back, explained there",
    ),
    (
        "process.py",
        r"^:(?:green|red)\[|^:small\[:gray\[:material/check: ",
        "the same days stand in table and grid",
    ),
    (
        "aging.py",
        r"^(?:Before|Now|Change) ",
        "the link in the card opens the bridge, where balances and bars open",
    ),
    ("trends.py", r"^(?:\d+ \w+ \d+|Change) ", "lines of the table below, or buttons under it, open the same balances"),
    ("customer.py", r"^Last receipt, Days", "the tile “Pays after” lists the same invoices in its explanation"),
    ("customer.py", r"^:material/", "a document of the timeline, no figure; its story opens beside it"),
    (
        "reminders.py",
        r"^(?:Please pay|Bitte überweisen)|^value$",
        "the letter as it leaves, its proof beside it",
    ),
    ("reminders.py", r"^Day, Reminders, ", "the sum above it opens them all, each with its day"),
    ("settings.py", r"^Day, Currency, In, Rate|^\*\*\d+ customers|^value$|^Variable, ", "typed in, no figure"),
    ("settings.py", r"^As kept: ", "the rules as they are set, no figure"),
    (
        "settings.py",
        r"^Please pay |^:small.*Subject|[Cc]ould you pay|^Document, Invoiced",
        "the letter as it leaves; Reminders has its proof",
    ),
    ("imports.py", r"^Line, (?:Kind|Number|Name)|^What, Line, ", "rows of the file themselves; sums of them open"),
    ("imports.py", r"can't be booked\*\*", "the tile “Refused” above it opens the same lines"),
    ("trends.py", r"^:small\[\*\*\d+\*\* ", "a note that somebody wrote at a day"),
)
"""Page, words, and why such a figure needs no way of its own."""


class Found(NamedTuple):
    """A figure without a way: what kind of element, and its words."""

    kind: str
    words: str


def walk(node: Any, around: tuple[Any, ...] = ()) -> Iterator[tuple[Any, tuple[Any, ...]]]:
    """Give every element with the blocks around it, the nearest last."""
    for child in getattr(node, "children", {}).values():
        yield child, (*around, node)
        yield from walk(child, (*around, node))


def plain(words: str) -> str:
    return words.replace("\\", "").replace("\u2060", "")


def leads(element: Any) -> bool:
    """Tell whether an element leads on from a figure: a button, a link, a grid or chart that can be clicked."""
    if element.type == "button":
        return (element.key or "").startswith(WAYS) and not element.disabled
    if element.type in ("page_link", "link_button"):
        return True
    proto = getattr(element, "proto", None)
    return bool(getattr(proto, "selection_mode", None))


def figures(at: AppTest) -> Iterator[Found]:
    """Give the figures of the main part of a page that nothing near them leads on from."""
    for element, around in walk(at.main):
        kind, words = element.type, ""
        if kind == "metric":
            words = f"{element.label} {element.value}"
        elif kind in ("markdown", "caption", "header", "subheader"):
            words = plain(element.value)
            if not FIGURE.search(words):
                continue
        elif kind in ("table", "arrow_table"):
            words = ", ".join(map(str, element.value.columns))
        elif kind in ("dataframe", "arrow_data_frame"):
            numbers = element.value.select_dtypes("number").columns
            words = ", ".join(map(str, element.value.columns))
            if not len(numbers) or leads(element):
                continue
        else:
            continue
        near = around[max(1, len(around) - CLOSE) :]
        if not any(leads(other) for block in near for other, _ in walk(block)):
            yield Found(kind, words[:160])


def test_each_exception_is_one_and_says_why() -> None:
    pages = {page for page, _ in PAGES}
    assert all(page in pages and len(reason) > 10 for page, _, reason in EXCEPTIONS)


def test_a_figure_without_a_way_is_found() -> None:
    def script() -> None:
        import streamlit as st

        with st.container(), st.container(), st.container():
            st.metric("Open", "€12.00")
        with st.container(), st.container(), st.container():
            st.metric("Overdue", "€3.00")
            st.button("How", key="explain_overdue")
        with st.container(), st.container(), st.container():
            st.markdown("**€7.00** late")

    found = list(figures(AppTest.from_function(script).run()))
    assert [one.words for one in found] == ["Open €12.00", "**€7.00** late"]


def unexplained(at: AppTest, page: str) -> list[Found]:
    """Return the figures of a page that have no way and are no exception."""
    assert not at.exception
    excused = [re.compile(words) for file, words, _ in EXCEPTIONS if file == page]
    return [found for found in figures(at) if not any(words.search(found.words) for words in excused)]


@pytest.fixture
def booked(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """Return my own books: a file of which a row is not clean, and a receipt that the source does not have."""
    monkeypatch.setenv("ARCORE_TODAY", "2026-11-20")
    settings.cache_clear()
    engine = open_engine(f"sqlite:///{data_dir / DATABASE_FILE}")
    company.save_profile(engine, actor=ANNA, name="Harbour Supplies", currency="EUR")
    files = [("invoices.csv", INVOICES.encode())]
    commit(engine, plan(engine, understand(files), contents=dict(files)), actor=ANNA)
    with engine.connect() as connection:
        item, customer = connection.execute(text("SELECT id, customer_id FROM item ORDER BY id LIMIT 1")).one()
    ledger.record_payment(
        engine, customer_id=customer, received_on=date(2026, 11, 2), currency="EUR", amount=Decimal("40.00"),
        apply_to=[(item, Decimal("40.00"))], actor=ANNA,
    )  # fmt: skip
    return engine


@pytest.mark.parametrize("section", ["History", "Posting list"])
def test_every_figure_of_what_was_imported_leads_to_its_explanation(
    booked: Engine, open_page: Open, section: str
) -> None:
    at = open_page("imports.py", books="My books", section=section)
    assert any("% clean" in button.label for button in at.button) == (section == "History")
    assert not unexplained(at, "imports.py")


@pytest.mark.parametrize("name", ["quickbooks-ar-aging-detail", "invoices-and-payments"])
def test_every_figure_of_an_upload_leads_to_its_explanation(sample_books: Path, open_page: Open, name: str) -> None:
    at = open_page("imports.py", books="Sample company")
    at.button(key=f"try_{name}").click().run(timeout=60)
    assert not unexplained(at, "imports.py")
    at.button(key="to_difference").click().run(timeout=60)
    assert at.metric
    assert not unexplained(at, "imports.py")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("customers.csv", "Customer No,Customer Name,E-mail\n1,Alder,a@alder.example\n2,Birch,\n"),
        ("balances.csv", "Customer,Balance\nCedar,310.00\nBirch,5.00\n"),
    ],
)
def test_every_figure_of_customers_and_balances_leads_to_its_explanation(
    booked: Engine, open_page: Open, name: str, content: str
) -> None:
    at = open_page("imports.py", books="My books")
    at.file_uploader[0].upload(name, content.encode())
    at.segmented_control(key="into").set_value("My books").run()
    at.button(key="read").click().run()
    assert not unexplained(at, "imports.py")
    at.button(key="to_difference").click().run()
    assert at.metric
    assert not unexplained(at, "imports.py")


@pytest.mark.parametrize(("page", "query"), PAGES, ids=str)
def test_every_figure_leads_to_its_explanation(
    sample_books: Path, open_page: Open, page: str, query: dict[str, str]
) -> None:
    assert not unexplained(open_page(page, **query), page)
