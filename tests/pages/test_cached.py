"""What pages remember: asked for once per version and filters, drawn again without asking, never mixed up."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import Engine
from streamlit.dataframe_util import convert_arrow_bytes_to_pandas_df
from streamlit.testing.v1 import AppTest

from arcore.ledger import service as ledger
from arcore.reports import book as books
from arcore.reports.aging import aging
from arcore.reports.filters import Filters
from arcore.reports.overview import tiles
from arcore.store.migrate import position_of
from arcore.store.unit import Actor
from pages.ui import aging_sheet
from pages.ui import cached

Open = Callable[..., AppTest]
AS_OF = "2026-03-31"
FILTERS = Filters(date(2026, 3, 31), "EUR")
PAGES = ("overview.py", "aging.py", "trends.py")


def looks(at: AppTest) -> list[tuple[str, ...]]:
    """Everything that is on the page, in its order, as text."""
    assert not at.exception
    found = [(element.type, str(element.value)) for element in (*at.markdown, *at.metric, *at.dataframe, *at.table)]
    charts = [chart.proto for chart in at.get("vega_lite_chart")]
    found += [(proto.spec, *(str(data.data.data) for data in proto.datasets), proto.alt) for proto in charts]
    return [tuple(each) for each in found]


def late_invoice(engine: Engine) -> None:
    """Post an invoice over 1,000 that is three weeks late on the day that is looked at."""
    ledger.post_invoice(
        engine, actor=Actor("anna"), key="late", customer_id=1, document_date=date(2026, 3, 2), currency="EUR",
        instalments=[(Decimal(1000), date(2026, 3, 9))],
    )  # fmt: skip


@pytest.mark.parametrize("file", PAGES)
def test_a_page_looks_the_same_when_it_is_drawn_again(open_page: Open, complete_books: Engine, file: str) -> None:
    at = open_page(file, as_of=AS_OF)
    first = looks(at)
    assert looks(at.run()) == first
    assert looks(open_page(file, as_of=AS_OF)) == first, "another visitor sees what was drawn for the first one"
    cached.forget()
    assert looks(open_page(file, as_of=AS_OF)) == first, "and what is drawn afresh"


@pytest.mark.parametrize("file", PAGES)
def test_what_was_drawn_asks_nothing_again(
    open_page: Open, complete_books: Engine, file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = open_page(file, as_of=AS_OF)
    asked: list[object] = []

    def counted(_opened: object, make: Callable[[], object]) -> object:
        asked.append(make)
        return make()

    monkeypatch.setattr(cached, "_asked", counted)
    at.run()
    assert not asked


@pytest.mark.parametrize("file", PAGES)
def test_another_day_and_a_new_document_are_seen_at_once(open_page: Open, complete_books: Engine, file: str) -> None:
    at = open_page(file, as_of=AS_OF)
    first = looks(at)
    at.date_input(key="as_of").set_value(date(2026, 2, 28)).run()
    assert looks(at) != first
    at.date_input(key="as_of").set_value(date(2026, 3, 31)).run()
    assert looks(at) == first
    late_invoice(complete_books)
    assert looks(at.run()) != first


def test_pinned_books_do_not_move_while_somebody_writes(small_books: Engine) -> None:
    at, before = position_of(small_books), aging(small_books, FILTERS)
    with books.pinned(small_books, at):
        late_invoice(small_books)
        assert aging(small_books, FILTERS).totals == before.totals
    assert aging(small_books, FILTERS).totals[0].open == before.totals[0].open + 1000_00
    with books.pinned(small_books, at):
        assert books.book(small_books).seq > at.audit_seq, "a version that is gone is not brought back"


def test_a_long_aging_is_shown_page_by_page(
    open_page: Open, small_books: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(aging_sheet, "ROWS", 2)
    at = open_page("aging.py", as_of=AS_OF)
    first = next(frame.value for frame in at.dataframe if "Overdue" in frame.value)
    assert first["Name"].tolist()[:1] == ["Total, 3 customers"]
    assert len(first) == 3
    assert any("1 to 2 of 3 customers, largest first" in text.value.replace("\\", "") for text in at.markdown)
    at.session_state["aging_page_customer_2"] = 2
    second = next(frame.value for frame in at.run().dataframe if "Overdue" in frame.value)
    assert len(second) == 2
    assert any("3 to 3 of 3 customers" in text.value.replace("\\", "") for text in at.markdown)
    last = aging_sheet.sheet(small_books, FILTERS, "customer", (30, 60, 90), 2)
    assert second["Name"].tolist() == last.table["Name"].to_pylist()
    names = [*first["Name"][1:], *last.table["Name"].to_pylist()[1:]]
    assert names == [row.name for row in aging(small_books, FILTERS).cells]
    assert last.table["Open balance"][0].as_py() == first["Open balance"][0] == 590.0
    assert aging_sheet.sheet(small_books, FILTERS, "customer", (30, 60, 90), 9).number == 2, "no page beyond the last"


def test_rows_of_charts_reach_the_browser_as_they_were(open_page: Open, complete_books: Engine) -> None:
    at = open_page("overview.py", as_of=AS_OF)
    spark = next(chart.proto for chart in at.get("vega_lite_chart") if "over the last" in chart.proto.alt)
    rows = convert_arrow_bytes_to_pandas_df(spark.data.data)
    (tile,) = tiles(complete_books, FILTERS, names=["open"])
    assert list(rows["x"]) == list(range(len(tile.history)))
    assert [None if math.isnan(y) else y for y in rows["y"]] == list(tile.history)
