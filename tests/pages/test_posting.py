"""The posting list on Imports and its alert on the overview: exported, downloaded, taken back, by clicks."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import Engine
from sqlalchemy import text
from streamlit.testing.v1 import AppTest

from arcore.company import service as company
from arcore.intake import paper_pages
from arcore.intake import papers
from arcore.intake.plan import plan
from arcore.intake.posting.queries import batches
from arcore.intake.posting.service import again
from arcore.intake.reading import understand
from arcore.intake.service import commit
from arcore.ledger import service as ledger
from arcore.settings import settings
from arcore.store.engine import open_engine
from arcore.store.migrate import migrate
from arcore.store.unit import Actor

ANNA = Actor("anna")
Open = Callable[..., AppTest]
INVOICES = """Invoice number,Customer,Invoice date,Due date,Currency,Amount,Balance
I-1,*Cedar* :red[PAID],2026-10-01,2026-10-31,EUR,100.00,100.00
I-2,*Cedar* :red[PAID],2026-10-05,2026-11-04,EUR,250.00,250.00
"""


@pytest.fixture
def books(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """Return my own books: two invoices that a file told, and a receipt of 40.00 for the first that it did not."""
    monkeypatch.setattr("pages.ui.forms.PAUSE", 0.0)
    # Whatever the day of the test is, the receipt has waited long enough.
    monkeypatch.setenv("ARCORE_TODAY", "2099-01-01")
    settings.cache_clear()
    engine = open_engine(f"sqlite:///{data_dir / 'arcore.db'}")
    migrate(engine)
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


def said(at: AppTest) -> str:
    """Return what the page says."""
    assert not at.exception, at.exception[0].stack_trace
    parts = [*at.markdown, *at.error, *at.success, *at.caption]
    return "\n".join(part.value for part in parts).replace("\\", "").replace("\u2060", "")


def test_the_overview_leads_to_what_waits_too_long(books: Engine, open_page: Open) -> None:
    assert "1 booking waits" in said(open_page("overview.py", books="My books"))


def test_the_net_is_explained_as_the_list_shows_it_whatever_day_it_is(
    books: Engine, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ARCORE_TODAY", "2026-11-10")  # the clock of the books is ahead of the day that is looked at
    settings.cache_clear()
    at = open_page("imports.py", books="My books", section="Posting list", posting="To post")
    at.button(key="explain_total_posting_To-post_EUR").click().run()
    assert "−€40.00 = **−€40.00**" in said(at)


def test_a_receipt_is_exported_downloaded_and_taken_back(books: Engine, open_page: Open) -> None:
    at = open_page("imports.py", books="My books", section="Posting list")
    assert "credit 40.00 · net **−40.00**" in said(at)
    grid = next(frame.value for frame in at.dataframe if "against" in frame.value.columns)
    assert grid[["kind", "credit", "against"]].to_numpy().tolist() == [["Payment", 40.0, "I-1"]]
    at.button(key="explain_total_posting_To-post_EUR").click().run()
    assert "−€40.00 = **−€40.00**" in said(at)
    assert "Payment" in next(frame.value for frame in at.dataframe if "what" in frame.value.columns)["what"].iloc[0]
    export = next(button for button in at.button if button.label == "Export 1 line")
    export.click().run()
    [one] = batches(books)
    assert (one.profile, one.size) == ("generic", 1)
    assert f"1 line is exported as {one.number}" in said(at)
    assert any(button.label == "Export 0 lines" and button.disabled for button in at.button)
    next(button for button in at.button if button.label == "Not posted").click().run()
    assert batches(books) == []
    assert "1 lines are to post again" in said(at)


def test_books_without_a_source_say_why_nothing_is_here(data_dir: Path, open_page: Open) -> None:
    engine = open_engine(f"sqlite:///{data_dir / 'arcore.db'}")
    migrate(engine)
    company.save_profile(engine, actor=ANNA, name="Harbour Supplies", currency="EUR")
    assert "no booking waits for the accounting system" in said(
        open_page("imports.py", books="My books", section="Posting list")
    )


def test_papers_are_dropped_matched_and_one_is_placed_by_hand(books: Engine, open_page: Open) -> None:
    at = open_page("imports.py", books="My books", section="Papers")
    place = next(n for n, one in enumerate(at.file_uploader) if "PDFs" in one.label)
    at.file_uploader[place].upload("I-1.pdf", b"%PDF-1.4 broken")
    at.file_uploader[place].upload("scan.pdf", b"%PDF-1.4 broken too").run()
    next(button for button in at.button if button.label == "Keep the papers").click().run()
    assert "2 kept, 1 of them at their document" in said(at)
    assert "can't be read: the file is damaged or locked" in said(at)
    next(field for field in at.text_input if field.label == "Number or customer").input("I-2").run()
    next(button for button in at.button if button.label == "It belongs there").click().run()
    assert "The paper is at its document." in said(at)
    assert "Without a document" not in said(at)
    undo(at)
    assert "Without a document" in said(at), "what was given by hand is taken back"


def undo(at: AppTest) -> None:
    """Press the undo of the last write."""
    next(button for button in at.button if button.label.startswith("Undo")).click().run()


def test_a_paper_is_looked_at_taken_off_and_removed_each_with_its_undo(
    books: Engine, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    papers.add(books, files=[("I-1.pdf", b"%PDF-1.4 broken")], actor=ANNA)
    out = io.BytesIO()
    Image.new("L", (40, 60)).save(out, "PNG")
    drawn: list[int] = []

    def draw(_content: bytes, page: int) -> bytes:
        drawn.append(page)
        return out.getvalue()

    monkeypatch.setattr(paper_pages, "picture", draw)
    at = open_page("imports.py", books="My books", section="Documents")  # as links of before named it
    at.button(key="paper_look_1").click().run()
    assert drawn == [1]
    assert not at.exception
    assert at.get("image")
    at.button(key="paper_look_1").click().run()
    assert not at.get("image")
    for icon, gone in (("link_off", (1, 1)), ("delete", (0, 0))):
        next(button for button in at.button if button.proto.icon == f":material/{icon}:").click().run()
        assert papers.count(books) == gone
        undo(at)
        assert papers.count(books) == (1, 0)
    assert papers.papers(books)[0].matched_by == "name"


def test_an_export_by_a_profile_of_ones_own(books: Engine, open_page: Open) -> None:
    at = open_page("imports.py", books="My books", section="Posting list")
    at.selectbox(key="posting_profile").set_value("A profile of your own (TOML)").run()
    assert next(button for button in at.button if button.label == "Export 1 line").disabled
    own = next(one for one in at.file_uploader if one.label == "Your profile")
    own.upload("ours.toml", b"title = 1").run()
    assert next(button for button in at.button if button.label == "Export 1 line").disabled
    own = next(one for one in at.file_uploader if one.label == "Your profile")
    own.upload("ours.toml", b'title = "Ours"\n[[columns]]\nname = "Wert"\nvalue = "amount"\n').run()
    next(button for button in at.button if button.label == "Export 1 line").click().run()
    [one] = batches(books)
    assert one.profile == "ours"
    assert again(books, batch=one.number, today=date(2099, 1, 1)).content == b"Wert\n40.00\n"
