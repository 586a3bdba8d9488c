"""The pack on paper: what it says, the same bytes for the same pack, and nothing of a text is ever markup."""

from __future__ import annotations

import io
import re
from datetime import date

import pypdf
import pytest

from arcore.company import service as settings
from arcore.reports.board.paper import first_page
from arcore.reports.board.paper import pdf
from arcore.store.unit import Actor

ANNA = Actor("anna")
NOTE = '#import "x": y\n$ \\int $ *bold* _it_ `raw` @ref <label> = Heading // comment 東京'


def pages(content: bytes) -> list[str]:
    """Return the text of each page, blanks folded."""
    return [re.sub(r"\s+", " ", page.extract_text()) for page in pypdf.PdfReader(io.BytesIO(content)).pages]


@pytest.fixture
def noted(october):
    """Give the small month with a note that looks like markup."""
    settings.save_note(october.engine, month=date(2026, 10, 1), text=NOTE, actor=ANNA)
    return october


def test_the_first_page_has_the_answer(noted, make):
    first = pages(pdf(make(noted)))[0]
    assert "Receivables, October 2026" in first
    assert "As of 31 October 2026" in first
    assert "Customers owed €1,550 on 31 October 2026, 3.3% more than a month before." in first
    for words in ("1,550 1,500 +50", "1,100 1,000 +100", "71.3", "worse", "Not compared with a general ledger"):
        assert words in first, words


def test_every_part_has_its_page(noted, make):
    told = pages(pdf(make(noted)))
    titles = ("Receivables, October", "Trends", "Aging", "What moved the balance", "Top risks",
              "Targets, agreement and notes", "Appendix: what the figures mean", "Appendix: all other")  # fmt: skip
    for place, words in enumerate(titles):
        assert words in told[place], words
        assert f"{place + 1} / {len(told)}" in told[place]
        assert "ledger version" in told[place]
    assert "All customers 500 500 600 – – −50 1,550" in told[2]
    assert "1 item overdue, the oldest 52 days late" in told[4]


def test_text_is_printed_as_it_was_typed(noted, make):
    told = pages(pdf(make(noted)))
    assert '#import "x": y' in told[5]
    assert "*bold* _it_ `raw` @ref <label> = Heading // comment ??" in told[5]
    assert '=HYPERLINK("http://tracker.example","#strong[Cedar]") ??' in told[2]


def test_same_pack_same_bytes(noted, make):
    made = make(noted)
    assert pdf(made) == pdf(make(noted))
    assert first_page(made).startswith(b"\x89PNG")


def test_a_running_month_and_a_frozen_one_say_so(noted, make):
    running = pages(pdf(make(noted, month=date(2026, 11, 1))))
    assert "As of 20 November 2026; the month still runs" in running[0]
    settings.freeze_month(noted.engine, day=date(2026, 10, 31), today=date(2026, 11, 5), actor=ANNA)
    noted.invoice("BIRCH", date(2026, 10, 30), date(2026, 11, 30), 250, number="LATE-9")
    frozen = pages(pdf(make(noted)))
    assert re.search(r"as frozen .* by anna", frozen[0])
    assert "1 document; the balance would change by +250.00 EUR in main" in frozen[0]
    assert "LATE-9" in frozen[5]


def test_books_that_know_nothing_yet_still_print(sqlite_company, make):
    settings.save_profile(sqlite_company.engine, actor=ANNA, name="New Ltd", currency="EUR")
    told = pages(pdf(make(sqlite_company)))
    assert "The open balance can't be told" in told[0] or "Customers owed €0" in told[0]
    assert "Nothing is overdue, over a limit, in dispute or promised in vain." in told[4]
