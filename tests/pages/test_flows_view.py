"""Flows between buckets on the Aging page: bands, table, the documents of a flow.

The small books from 28 February to 31 March 2026: INV-1 (100) came and is not due; INV-2 (200, due 11 March) rolled to
1-30 but for 50 paid; INV-4 (80) went from 1-30 to 31-60; INV-3 (300) from 61-90 to 91+.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from sqlalchemy import Engine
from streamlit.testing.v1 import AppTest

from pages.ui import sankey

Open = Callable[..., AppTest]
AS_OF, SINCE = "2026-03-31", "2026-02-28"


def opened(open_page: Open, **query: str) -> AppTest:
    at = open_page("aging.py", **query)
    at.session_state["flows_open"] = True
    at.run()
    assert not at.exception
    assert not at.error
    return at


def flows(at: AppTest) -> pd.DataFrame:
    return next(frame.value for frame in at.dataframe if "Share of from" in frame.value)


def bands(at: AppTest) -> list[dict[str, Any]]:
    specs = (json.loads(chart.proto.spec) for chart in at.get("vega_lite_chart"))
    (spec,) = (spec for spec in specs if any(layer.get("name") == "bands" for layer in spec.get("layer", [])))
    rows = [row for layer in spec["layer"] if "name" in layer for row in layer["data"]["values"] if row["x"] < 0.1]
    return [row for row in rows if row["x"] == sankey.EDGE]


def texts(at: Any) -> str:
    return "\n".join(m.value for m in at.markdown).replace("\\", "").replace("\u2060", "")


def test_the_flows_of_a_month_by_hand(open_page: Open, small_books: Engine) -> None:
    at = opened(open_page, as_of=AS_OF, since=SINCE)
    table = flows(at)
    assert table.iloc[:, :3].to_numpy().tolist() == [
        ["61–90", "91+", 300.0],
        ["1–30", "31–60", 80.0],
        ["Not due", "1–30", 150.0],
        ["Not due", "Paid", 50.0],
        ["Invoiced and charged", "Not due", 100.0],
    ]
    assert table["Share of from"].tolist() == [100, 100, 75, 25, 100]
    assert table["Customers"].tolist() == [1, 1, 1, 1, 1]
    said = "open debit items 580.00 + came in 100.00 = open debit items 630.00 + left 50.00"
    assert said in texts(at)


def test_the_bands_are_those_of_the_table(open_page: Open, small_books: Engine) -> None:
    at = opened(open_page, as_of=AS_OF, since=SINCE)
    drawn = {(row["source"], row["target"]): row["y2"] - row["y"] for row in bands(at)}
    assert set(drawn) == set(zip(flows(at)["From"], flows(at)["To"], strict=True))
    # 680 in all are 270 pixels.
    assert drawn["61–90", "91+"] == pytest.approx(300 / 680 * sankey.BODY, abs=0.1)
    at.session_state["flows_by"] = "Customers"
    at.run()
    assert {round(row["y2"] - row["y"]) for row in bands(at)} == {round(sankey.BODY / 5)}


def test_a_flow_leads_to_its_documents_and_customers(open_page: Open, small_books: Engine) -> None:
    at = opened(open_page, as_of=AS_OF, since=SINCE)
    at.session_state["flow_clicked"] = ("EUR", "not due", "collected")
    at.run()
    (dialog,) = at.get("dialog")
    assert dialog.dataframe[0].value["document"].tolist() == ["INV-2"]
    assert dialog.dataframe[0].value["amount"].tolist() == [50.0]
    assert "50.00 EUR" in texts(dialog)
    assert len(at.run().get("dialog")) == 0


def test_hostile_names_in_the_drawer_stay_text(open_page: Open, small_books: Engine) -> None:
    at = opened(open_page, as_of=AS_OF, since=SINCE)
    at.session_state["flow_clicked"] = ("EUR", "1-30", "31-60")
    at.run()
    (dialog,) = at.get("dialog")
    assert dialog.dataframe[0].value["name"].tolist()[0].startswith("*Cedar* <b>")
    assert not any("![x](" in m.value for m in dialog.markdown)


def test_other_buckets_flow_too(open_page: Open, small_books: Engine) -> None:
    table = flows(opened(open_page, as_of=AS_OF, since=SINCE, buckets="15 · 30 · 60 · 90"))
    assert ["Not due", "16–30", 150.0] in table.iloc[:, :3].to_numpy().tolist()
    assert ["1–15", "31–60", 80.0] in table.iloc[:, :3].to_numpy().tolist()


def test_before_the_first_invoice_nothing_flows(open_page: Open, small_books: Engine) -> None:
    at = opened(open_page, as_of="2020-03-31")
    assert any("Nothing was open and nothing moved" in caption.value for caption in at.caption)


def test_the_sample_company_flows_from_month_to_month(open_page: Open, sample_books: Path) -> None:
    at = opened(open_page, books="Sample company")
    table = flows(at)
    assert len(table) > 8
    assert (table.iloc[:, 2] > 0).all()
    at = opened(open_page, books="Sample company", currency="document")
    assert len(flows(at)) > 4


def test_bands_of_a_side_never_overlap_and_words_have_room() -> None:
    given = [sankey.Band("a", "x", 1000.0, ""), sankey.Band("b", "x", 0.01, ""), sankey.Band("b", "y", 1.0, "")]
    spec = sankey.sankey(given, {"a": "A", "b": "B"}, {"x": "X", "y": "Y"}, ["a"], "pick")
    words = [layer["data"]["values"] for layer in spec["layer"] if layer["mark"]["type"] == "text"]
    for side in words:
        places = [row["y"] for row in side]
        assert all(below - above >= sankey.SLOT for above, below in pairwise(places))
        assert 0 <= min(places) <= max(places) <= spec["height"]
