"""The app under load, on a small scale: the tabs speak as browsers do, and what is judged is judged rightly."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date

import pytest

from benchmarks.load import bare
from benchmarks.load import run
from benchmarks.load.clicks import KINDS
from benchmarks.load.clicks import Days
from benchmarks.load.clicks import Taken
from benchmarks.load.clicks import Window
from benchmarks.load.results import all_met
from benchmarks.load.results import best
from benchmarks.load.results import both_sides
from benchmarks.load.results import judged
from benchmarks.load.tab import Answer

OCT = date(2026, 10, 31)


@pytest.mark.bench
@pytest.mark.timeout(400)
def test_a_quick_run_clicks_on_every_page_and_on_its_bare_one(tmp_path, capsys):
    out = tmp_path / "results.json"
    assert run.main(["--quick", "--sessions", "2", "--out", str(out)]) == 0
    kept = json.loads(out.read_text(encoding="utf-8"))
    assert set(kept["pages"]) == {"Overview", "Aging", "Trends"}
    assert kept["met"] is None, "so few clicks prove nothing about speed"
    for page in kept["pages"].values():
        assert page["elements"]["vega_lite_chart"] > 1
        assert set(page["sessions"]) == {"1", "2"}
        for found in page["sessions"].values():
            for line in found["clicks"].values():
                assert 0 < line["p50_ms"] <= line["p95_ms"]
                assert line["kb_a_click"] > 1
            assert found["both_sides"]["page"]["client_cores"] > 0
        alone = page["sessions"]["1"]["clicks"]
        assert alone["new"]["clicks_a_round"] == alone["repeat"]["clicks_a_round"] == run.QUICK.single / 2
        assert min(alone[kind]["server_cpu_ms"] for kind in KINDS) > 0
    shown = capsys.readouterr().out
    assert "nothing is judged" in shown
    assert "2 tabs" in shown
    assert kept["server_mb_at_end"] > kept["server_mb_at_start"] > 50


def test_a_new_day_was_asked_for_by_nobody_and_a_repeated_one_by_somebody():
    days = Days(OCT, 60, seed=1)
    new = [days.new(page) for page in ("Aging", "Trends") for _ in range(30)]
    assert len(set(new)) == 60
    assert max(new) == date(2026, 10, 30)
    again = {days.again("Aging", but=new[0]) for _ in range(500)}
    assert again == set(new[1:30])


def test_the_bare_page_is_asked_for_as_many_elements_as_ours_shows():
    assert bare.query_of(Counter({"metric": 5, "column": 2})) == "bare=column.2,metric.5"


def taken(*milliseconds: float) -> Taken:
    found = Taken()
    for one in milliseconds:
        found.add(Answer(one / 1000, 2048), server=one / 2000)
    return found


def pair(plain: float, repeat: float, new: float) -> dict[str, Window]:
    """One round: ten clicks of each kind, each taking as long."""
    return {
        "bare": Window({"bare": taken(*[plain] * 10)}, 10.0, server_cpu=0.5, client_cpu=0.1),
        "page": Window({"repeat": taken(*[repeat] * 10), "new": taken(*[new] * 10)}, 10.0, 1.0, 0.2, behind=0.003),
    }


def test_the_best_round_counts_and_is_held_against_what_is_wanted():
    figures = best([pair(10, 30, 200), pair(12, 20, 149)])
    assert figures["bare"]["p95_ms"] == 10.0
    assert figures["repeat"]["p95_ms"] == 20.0
    assert figures["repeat"]["p95_ms_rounds"] == [30.0, 20.0]
    assert figures["new"]["server_cpu_ms"] == 74.5
    assert figures["new"]["kb_a_click"] == 2.0
    assert judged(figures) == {"repeat": True, "new": True}
    assert judged(best([pair(10, 20.1, 149)])) == {"repeat": False, "new": True}
    assert judged(best([pair(10, 20, 150)])) == {"repeat": True, "new": False}


def test_one_missed_wish_misses_the_whole():
    fine, not_fine = {"met": {"repeat": True, "new": True}}, {"met": {"repeat": True, "new": False}}
    assert all_met({"Aging": {"sessions": {"1": fine, "50": fine}}})
    assert not all_met({"Aging": {"sessions": {"1": fine, "50": not_fine}}})


def test_both_sides_say_how_busy_they_were():
    sides = both_sides([pair(10, 20, 100), pair(10, 20, 100)])
    assert sides["page"] == {
        "clicks_a_second": 2.0,
        "server_cpu_ms_a_click": 50.0,
        "server_cores": 0.1,
        "client_cores": 0.02,
        "client_behind_ms": 3.0,
    }
    assert sides["bare"]["client_cores"] == 0.01


@pytest.mark.parametrize(("part", "expected"), [(0.5, 3.0), (0.95, 5.0), (0.0, 1.0)])
def test_a_share_of_the_clicks_took_at_most(part, expected):
    assert taken(5, 1, 3, 2, 4).share(part) == expected
