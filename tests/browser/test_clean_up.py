"""Three things put right from the list to the last sentence, with the clicks counted; each can be taken back."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

import pytest
from playwright.sync_api import expect
from sqlalchemy import Engine

from arcore.ledger.verify import verify
from arcore.reports.filters import Filters
from arcore.reports.tidy.summary import summary
from arcore.store.unit import Actor
from tools.live import Live
from tools.served import TODAY
from tools.served import Served

ANNA = Actor("anna")
DAY = date.fromisoformat(TODAY)


@pytest.fixture
def books(served: Served, untidy: Callable[[Engine], None]) -> Engine:
    untidy(served.mine)
    return served.mine


def counts(engine: Engine) -> dict[str, int]:
    return {one.name: one.count for one in summary(engine, Filters(as_of=DAY, currency="EUR"), DAY)}


def section(live: Live, name: str) -> None:
    """Choose a section."""
    live.act(live.page.get_by_role("radio", name=re.compile(name)).click)


def test_cash_is_applied_settlements_explained_and_a_duplicate_voided_in_nine_clicks(books: Engine, live: Live) -> None:
    live.open("/clean_up?books=My+books")
    expect(live.page.get_by_text("10 things to look at")).to_be_visible()
    live.press(re.compile("Apply all 2"))  # click 1
    expect(live.dialog).to_contain_text("€80.00 of 2 credits pays 1 open item")
    live.write(re.compile("Apply €80.00"), live.dialog)  # click 2
    live.closed()
    live.says("€80.00 applied to 1 open item")
    assert counts(books)["unapplied"] == 1

    section(live, "Unexplained")  # click 3
    assert "section=unexplained" in live.page.url
    live.press(re.compile("Explain all 2"))  # click 4
    expect(live.dialog).to_contain_text("€250.00")
    live.write(re.compile("Explain 2 settlements as cash"), live.dialog)  # click 5
    live.closed()
    live.says("2 settlements explained as cash")
    assert counts(books)["unexplained"] == 0
    expect(live.page.get_by_text("every debt that left the files is explained")).to_be_visible()

    section(live, "Duplicates")  # click 6
    grid = live.page.get_by_test_id("stDataFrame").first
    expect(grid).to_be_visible()
    box = grid.bounding_box()
    assert box is not None
    live.act(lambda: live.page.mouse.click(box["x"] + 16, box["y"] + 35 + 16))  # click 7: the row
    live.press("Void one of the two")  # click 8
    expect(live.dialog).to_contain_text("inv 1")
    live.write(re.compile("Void 1 document"), live.dialog)  # click 9
    live.closed()
    live.says("1 document void")
    assert counts(books)["duplicates"] == 0

    live.write(re.compile("Undo"))
    live.says("Undone")
    assert counts(books)["duplicates"] == 1
    assert all(found.ok for found in verify(books))


def test_a_link_leads_to_a_section_and_back_leads_to_the_one_before(books: Engine, live: Live) -> None:
    live.open("/clean_up?books=My+books&section=gaps")
    expect(live.page.get_by_text("2 missing numbers")).to_be_visible()
    section(live, "Oddities")
    expect(live.page.get_by_text("2 odd documents")).to_be_visible()
    assert "section=oddities" in live.page.url
    live.act(live.page.reload)
    expect(live.page.get_by_text("2 odd documents")).to_be_visible()


def test_a_double_click_explains_once(books: Engine, live: Live) -> None:
    live.open("/clean_up?books=My+books&section=unexplained")
    live.press(re.compile("Explain all 2"))
    live.twice(live.dialog.get_by_role("button", name=re.compile("Explain 2 settlements")))
    live.says("2 settlements explained as cash")
    assert counts(books)["unexplained"] == 0
