"""Aging: the grid foots, the movement explains the change, a click leads to the items."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date

import pandas as pd
import pytest
from sqlalchemy import Engine
from streamlit.testing.v1 import AppTest

from arcore.reports.aging import aging
from arcore.reports.filters import Filters
from pages.ui import aging_view

Open = Callable[..., AppTest]
AS_OF = "2026-03-31"
FILTERS = Filters(date(2026, 3, 31), "EUR")
BUCKETS = ["Not due", "1–30", "31–60", "61–90", "91+", "Unapplied"]


def grid(at: AppTest) -> pd.DataFrame:
    """Return the aging grid, empty cells as 0."""
    frame: pd.DataFrame = next(table.value for table in at.dataframe if "Open balance" in table.value)
    return frame.fillna(0.0)


def texts(at: AppTest) -> str:
    return "\n".join(m.value for m in at.markdown).replace("\\", "").replace("\u2060", "")


def test_the_grid_holds_the_figures_one_can_add_up(open_page: Open, small_books: Engine) -> None:
    table = grid(open_page("aging.py", as_of=AS_OF)).set_index("Name")
    assert table.loc["Total, 3 customers", [*BUCKETS, "Open balance"]].tolist() == [100, 150, 80, 0, 300, -40, 590]
    assert table.loc["Birch GmbH", [*BUCKETS, "Open balance"]].tolist() == [0, 0, 0, 0, 300, -40, 260]
    assert table.loc["Alder Ltd", "Overdue"] == pytest.approx(60)


def test_rows_add_up_to_the_total_and_columns_to_the_open_balance(open_page: Open, small_books: Engine) -> None:
    table = grid(open_page("aging.py", as_of=AS_OF))
    numbers = table[[*BUCKETS, "Open balance", "Items"]]
    assert numbers.iloc[1:].sum().tolist() == numbers.iloc[0].tolist()
    assert table[BUCKETS].sum(axis=1).tolist() == table["Open balance"].tolist()


def test_it_says_that_it_foots_and_was_not_compared(open_page: Open, small_books: Engine) -> None:
    said = texts(open_page("aging.py", as_of=AS_OF))
    assert "not due 100.00 + overdue 530.00 + unapplied −40.00 = open balance 590.00" in said
    assert "foots to the sum of documents, difference 0 · general ledger: not compared" in said


@pytest.mark.parametrize(("word", "rows"), [("Owner", ["Ana", "Bo"]), ("Currency", ["EUR"]), ("Entity", ["main"])])
def test_any_split_has_the_same_total(open_page: Open, small_books: Engine, word: str, rows: list[str]) -> None:
    table = grid(open_page("aging.py", as_of=AS_OF, by=word))
    assert sorted(table["Name"][1:]) == rows
    assert table["Open balance"].iloc[0] == 590


def test_it_ages_as_of_another_day(open_page: Open, small_books: Engine) -> None:
    table = grid(open_page("aging.py", as_of="2026-03-15")).set_index("Name")
    # INV-1 is of the 16th, both payments came later; INV-2 fell due on the 11th.
    assert table.loc["Total, 3 customers", [*BUCKETS, "Open balance"]].tolist() == [0, 280, 0, 300, 0, 0, 580]


def opened_table(at: AppTest) -> AppTest:
    """Open the movement as a table."""
    at.session_state["moved_by"] = True
    return at.run()


def test_the_movement_leads_from_one_balance_to_the_other(open_page: Open, small_books: Engine) -> None:
    at = opened_table(open_page("aging.py", as_of=AS_OF, since="2026-02-28"))
    metrics = {metric.label: metric.value.replace("\\", "") for metric in at.metric}
    assert metrics == {"Before": "€580", "Now": "€590", "Change": "+€10"}
    bridge = next(table.value for table in at.dataframe if "What" in table.value).set_index("What")
    assert bridge["Open balance"].fillna(0).to_dict() == {
        "Before": 580.0, "Invoiced": 100.0, "Cash in": -90.0, "Fell due and grew older": 0.0, "Now": 590.0,
    }  # fmt: skip


def test_a_cell_of_the_movement_leads_to_the_documents_that_add_up_to_it(open_page: Open, small_books: Engine) -> None:
    at = opened_table(open_page("aging.py", as_of=AS_OF, since="2026-02-28", buckets="15 · 30 · 60 · 90"))
    bridge = next(table.value for table in at.dataframe if "What" in table.value).set_index("What")
    names = ["Not due", "1–15", "16–30", "31–60", "61–90", "91+", "Unapplied"]
    assert list(bridge.columns) == [*names, "Open balance"]
    paid = bridge.loc["Cash in"].dropna()
    assert len(paid) > 1
    for name, amount in paid.items():
        bucket = None if name == "Open balance" else str(name).replace("–", "-").lower()
        at.session_state["moved_clicked"] = ("EUR", "collected", bucket)
        (dialog,) = at.run().get("dialog")
        assert dialog.dataframe[0].value["amount"].sum() == amount
        assert "behind=moved" in dialog.code[0].value


def test_a_link_opens_what_was_clicked(open_page: Open, small_books: Engine) -> None:
    at = open_page("aging.py", as_of=AS_OF, behind="items:1-30:C1")
    (dialog,) = at.get("dialog")
    assert dialog.dataframe[0].value["document"].tolist() == ["INV-2"]
    assert "behind=items%3A1-30%3AC1" in dialog.code[0].value
    assert len(at.run().get("dialog")) == 0, "only once"
    at = open_page("aging.py", as_of=AS_OF, since="2026-02-28", behind="moved:EUR:invoiced:")
    assert at.get("dialog")[0].dataframe[0].value["amount"].sum() == 100
    for wrong in ("moved:EUR", "moved:EUR:nonsense:", "items", "other:1"):
        at = open_page("aging.py", as_of=AS_OF, behind=wrong)
        assert (len(at.get("dialog")), len(at.exception)) == (0, 0)


def test_the_drawer_says_what_moved_the_amount(open_page: Open, small_books: Engine) -> None:
    at = open_page("aging.py", as_of=AS_OF, since="2026-02-28", behind="items::")
    (why,) = (table.value for table in at.get("dialog")[0].table)
    assert why["EUR"].tolist() == [58_000, 10_000, -9_000, 59_000]


def test_a_cell_leads_to_its_items(open_page: Open, small_books: Engine) -> None:
    at = open_page("aging.py", as_of=AS_OF)
    at.session_state["aging_clicked"] = ("C1", "1-30")
    at.run()
    (dialog,) = at.get("dialog")
    (items,) = dialog.dataframe
    assert items.value["document"].tolist() == ["INV-2"]
    assert items.value["open"].tolist() == [150.0]
    assert "€150.00" in "\n".join(m.value for m in dialog.markdown).replace("\\", "")
    assert len(at.run().get("dialog")) == 0


def test_other_buckets_reach_chart_and_grid(open_page: Open, small_books: Engine) -> None:
    # 20 days late 150, 39 days 80, 101 days 300.
    at = open_page("aging.py", as_of=AS_OF, since="2026-02-28", buckets="20 · 40 · 100")
    names = ["Not due", "1–20", "21–40", "41–100", "101+", "Unapplied"]
    table = grid(at).set_index("Name")
    assert table.loc["Total, 3 customers", [*names, "Open balance"]].tolist() == [100, 150, 80, 0, 300, -40, 590]
    chart = json.loads(at.get("vega_lite_chart")[0].proto.spec)
    assert chart["encoding"]["color"]["legend"]["values"] == names[:-1]


def test_a_cell_of_other_buckets_leads_to_their_items(open_page: Open, small_books: Engine) -> None:
    at = open_page("aging.py", as_of=AS_OF, buckets="15 · 30 · 60 · 90")
    at.session_state["aging_clicked"] = (None, "16-30")
    at.run()
    (items,) = at.get("dialog")[0].dataframe
    assert items.value["document"].tolist() == ["INV-2"]


def test_a_bucket_less_or_more_keeps_the_sum(open_page: Open, small_books: Engine) -> None:
    for typed, oldest in (("30", "31+"), ("15 · 30 · 60 · 90", "91+"), ("1,2,3,4,5,6", "7+")):
        table = grid(open_page("aging.py", as_of=AS_OF, buckets=typed))
        assert oldest in table
        assert table["Open balance"].iloc[0] == 590


@pytest.mark.parametrize("typed", ["90 · 30", "ninety", "0 · 30", "1 2 3 4 5 6 7", "30.5", "99999"])
def test_what_can_not_be_buckets_is_answered(open_page: Open, small_books: Engine, typed: str) -> None:
    at = open_page("aging.py", as_of=AS_OF, buckets=typed)
    assert "can't be buckets" in at.warning[0].value.replace("\\", "")
    assert BUCKETS[1] in grid(at)


def test_the_file_has_the_buckets_of_the_screen(small_books: Engine) -> None:
    report = aging(small_books, FILTERS, edges=aging_view.edges_of("7-14"))
    assert list(aging_view.for_download(report).columns)[3:7] == ["Not due", "1–7", "8–14", "15+"]


def test_the_total_leads_to_all_items(open_page: Open, small_books: Engine) -> None:
    at = open_page("aging.py", as_of=AS_OF)
    at.session_state["aging_clicked"] = (None, None)
    at.run()
    (items,) = at.get("dialog")[0].dataframe
    assert sum(items.value["open"]) == 590.0


def test_hostile_names_stay_what_they_are(open_page: Open, small_books: Engine) -> None:
    at = open_page("aging.py", as_of=AS_OF)
    at.session_state["aging_clicked"] = ("C3", None)
    at.run()
    marks = [m.value for m in at.get("dialog")[0].markdown]
    assert not any("](" in mark.replace("\\]\\(", "") or ":red[" in mark for mark in marks)
    assert "*Cedar*" in "".join(grid(at)["Name"])


def test_the_page_shows_what_the_query_says(open_page: Open, small_books: Engine) -> None:
    report = aging(small_books, FILTERS)
    table = grid(open_page("aging.py", as_of=AS_OF))
    assert [round(100 * value) for value in table["Open balance"]] == [
        *(total.open for total in report.totals),
        *(row.open for row in report.cells),
    ]
