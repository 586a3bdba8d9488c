"""The benchmarks on a tiny book: peers say the same as we, and what is kept has one shape."""

from __future__ import annotations

import io
import json
from dataclasses import replace

import numpy as np
import openpyxl
import pytest

from arcore.reports.book import book as current
from arcore.reports.book import forget
from benchmarks import aging_by_customer
from benchmarks import export
from benchmarks import history_by_day
from benchmarks import history_by_month
from benchmarks import importing
from benchmarks import kpi_table
from benchmarks import reruns
from benchmarks import run
from benchmarks import scale
from benchmarks import store
from benchmarks import stored
from benchmarks.book import KINDS
from benchmarks.book import LAST_DAY
from benchmarks.book import make
from benchmarks.peers import tables
from benchmarks.results import Differs
from benchmarks.results import at_least
from benchmarks.results import compared
from benchmarks.results import equal
from benchmarks.results import within
from benchmarks.timing import Pace
from benchmarks.timing import Timed

ONCE = Pace(turns=1, seconds=0.0)
CLAIMS = {
    ("daily history", "DuckDB, 36 as-of queries", "≥ 30×"),
    ("daily history", "Polars, 36 as-of queries", "≥ 30×"),
    ("daily history", "pandas, 36 as-of queries", "≥ 30×"),
    ("daily history", "DuckDB, the same in one SQL", "≥ 1×"),
    ("daily history", "numpy, plain sums", "≤ 20×"),
    ("aging by customer", "DuckDB, one query", "≥ 5×"),
    ("all measures by segment", "DuckDB, 36 queries", "≥ 20×"),
    ("all measures by segment", "DuckDB, one SQL for it all", "≥ 1×"),
    ("load a store in use", "ADBC, closed file to Arrow", "≤ 2×"),
    ("after one payment", "ours, loading afresh", "≥ 50×"),
    ("CSV to books", "barest load, Polars", "≤ 4×"),
    ("CSV to books, lock held", "10 seconds", "≤ 1×"),
    ("CSV to books, memory", "the file", "≤ 12×"),
    ("XLSX to books", "barest load, calamine", "≤ 4×"),
    ("XLSX to books, lock held", "10 seconds", "≤ 1×"),
    ("XLSX to books, memory", "barest load's peak", "≤ 2×"),
}


@pytest.fixture(scope="module")
def loaded(tmp_path_factory):
    """Return the columns of a tiny store and the same rows in every peer's form."""
    path = tmp_path_factory.mktemp("bench") / "store.db"
    engine = store.write(make(600), path)
    found = current(engine)
    engine.dispose()
    yield found, tables.load(stored.read(path))
    forget()


@pytest.mark.bench
def test_a_quick_run_checks_every_peer_and_keeps_one_shape(tmp_path, capsys):
    out = tmp_path / "results.json"
    assert run.main(["--quick", "--rows", "1500", "--out", str(out)]) == 0
    kept = json.loads(out.read_text(encoding="utf-8"))
    assert {(found["name"], found["peer"], found["target"]) for found in kept["results"]} == CLAIMS
    for found in kept["results"]:
        assert min(found["ours"], found["peer_figure"], found["ratio"], found["rows"], found["checked"]) > 0
        assert found["met"] is None, "so small a book proves nothing about speed"
    assert kept["book"]["documents"]["invoice"] == 1500
    assert set(kept["book"]["documents"]) == set(KINDS)
    assert {"python", "duckdb", "polars", "pandas", "numpy", "numba"} <= set(kept["versions"])
    assert kept["machine"]["cores"] > 0
    assert kept["first_figures"]["cold"] > 0
    assert "daily history" in capsys.readouterr().out


def test_the_book_has_what_real_ones_have():
    made = make(5_000)
    assert 0.9 < np.count_nonzero(made.kind == KINDS.index("payment")) / 5_000 < 1.1
    assert all(np.count_nonzero(made.kind == kind) > 0 for kind in range(len(KINDS)))
    assert len(np.unique(made.currency)) == 3
    settled = np.bincount(made.app_to, made.app_amount, len(made.item_due))
    debits = made.item_amount > 0
    assert np.count_nonzero(debits & (settled > 0) & (settled < made.item_amount)) > 50, "part payments"
    used = np.bincount(made.app_from, made.app_amount, len(made.item_due))
    assert np.count_nonzero(~debits & (used < -made.item_amount)) > 50, "unapplied"
    assert np.bincount(made.item_document).max() == 3, "instalments"
    assert np.bincount(made.app_from).max() > 1, "one payment for several invoices"
    again = make(5_000)
    assert np.array_equal(made.app_amount, again.app_amount)


def test_a_store_that_breaks_a_rule_is_refused(tmp_path):
    made = make(50)
    wrong = made.item_amount.copy()
    wrong[0] += 1
    engine = store.write(replace(made, item_amount=wrong), tmp_path / "store.db")
    with pytest.raises(store.BrokenBook, match="add up"):
        store.check(engine)
    engine.dispose()


@pytest.mark.bench
@pytest.mark.parametrize("claim", [history_by_month, history_by_day, aging_by_customer])
def test_a_peer_with_another_figure_stops_the_run(loaded, claim):
    book, peers = loaded
    assert claim.compare(book, peers, ONCE)
    wrong = book.columns.amount.copy()
    wrong[0] += 1
    with pytest.raises(Differs, match="figures differ"):
        claim.compare(replace(book, columns=replace(book.columns, amount=wrong)), peers, ONCE)


@pytest.mark.bench
def test_a_small_import_leaves_what_the_barest_load_leaves(tmp_path, monkeypatch):
    found = importing.compare(300, tmp_path, ONCE)
    assert len(found) == 6
    assert all(one.checked == 18 and one.ours > 0 for one in found)
    assert [one.unit for one in found] == ["s", "s", "MB"] * 2
    once = importing._once

    def less(way, file):
        told = once(way, file)
        return told if way == "ours" else {**told, "holds": [*told["holds"][:-1], 0]}

    monkeypatch.setattr(importing, "_once", less)
    with pytest.raises(Differs, match="store after csv"):
        importing.compare(30, tmp_path, ONCE)


def test_an_export_is_the_same_each_time_and_has_open_paid_and_partly_paid_lines():
    made = list(export.lines(2_000))
    assert export.as_csv(made) == export.as_csv(list(export.lines(2_000)))
    total, owed = export.HEADER.index("Total Amount"), export.HEADER.index("Open Amount")
    shares = [line[owed] / line[total] for line in made]
    assert 0.45 < sum(share == 0 for share in shares) / 2_000 < 0.55
    assert 0.05 < sum(0 < share < 1 for share in shares) / 2_000 < 0.15
    assert len({line[3] for line in made}) == 2_000
    sheet = openpyxl.load_workbook(io.BytesIO(export.as_xlsx(made[:3])), read_only=True)["Invoices"]
    assert [str(cell) for cell in next(sheet.iter_rows(values_only=True))] == list(export.HEADER)


def test_a_ratio_says_who_is_faster():
    def timed(seconds):
        return Timed(seconds, seconds, 1, None)

    faster = compared("x", 1, timed(2.0), "peer", timed(60.0), target=at_least(30), checked=1)
    assert (faster.ratio, faster.met) == (30.0, True)
    slower = compared("x", 1, timed(2.0), "peer", timed(59.0), target=at_least(30), checked=1)
    assert slower.met is False
    near = compared("x", 1, timed(3.0), "peer", timed(2.0), target=within(1.4), checked=1)
    assert (near.ratio, near.met) == (1.5, False)


def test_what_was_not_compared_is_refused():
    timed = Timed(1.0, 1.0, 1, None)
    with pytest.raises(Differs, match="nothing was compared"):
        compared("x", 1, timed, "peer", timed, target=None, checked=0)
    with pytest.raises(Differs, match="1 figures differ, first 2 and 3"):
        equal(np.array([1, 2]), np.array([1, 3]), "x")
    with pytest.raises(Differs, match="here"):
        equal(np.array([1]), np.array([1, 3]), "x")


def test_the_curve_says_what_grows_faster_than_the_book():
    def size(invoices, load, peak_mb):
        return {"invoices": invoices, "cpu": dict.fromkeys(scale.STEPS, 1.0) | {"load": load}, "peak_mb": peak_mb}

    assert scale.worse_than_linear([size(1_000, 1.0, 100), size(10_000, 10.0, 900)]) == []
    assert scale.worse_than_linear([size(1_000, 1.0, 100), size(10_000, 13.0, 100)]) == [
        "load took 13.0 times the processor time for 10 times the invoices"
    ]
    assert scale.worse_than_linear([size(1_000, 1.0, 100), size(2_000, 1.0, 26_000)]) == [
        "memory grew faster than the book from 1,000 invoices on",
        "2,000 invoices took 26,000 MB",
    ]


def test_a_value_that_is_missing_on_one_side_is_no_equal_figure():
    cell = (LAST_DAY, "Segment 01", "dso.period_end")
    assert kpi_table.alike({cell: 1.0}, {cell: 1.0 + 1e-12}, "x") == 1
    for other in (None, 1.000001):
        with pytest.raises(Differs, match=r"dso\.period_end"):
            kpi_table.alike({cell: 1.0}, {cell: other}, "x")


@pytest.mark.bench
def test_reruns_are_measured_page_by_page(tmp_path):
    out = tmp_path / "reruns.json"
    reruns.main(["--rows", "3000", "--runs", "2", "--out", str(out)])
    kept = json.loads(out.read_text(encoding="utf-8"))
    assert set(kept["times"]) == set(reruns.PAGES)
    assert all(kept["large"][page]["elements"] > reruns.LEAST_ELEMENTS for page in reruns.PAGES)


@pytest.mark.bench
def test_a_small_curve_has_every_step(tmp_path):
    out = tmp_path / "scale.json"
    scale.main(["--rows", "500", "2000", "--out", str(out)])
    kept = json.loads(out.read_text(encoding="utf-8"))
    for clock in ("seconds", "cpu"):
        assert [set(each[clock]) for each in kept["curve"]] == [set(scale.STEPS)] * 2
