"""Customers that may be the same, from the command line: listed, merged, split."""

from __future__ import annotations

import pytest

ONE = """Customer code,Customer,Invoice number,Invoice date,Due date,Total,Currency
C1,Müller GmbH & Co. KG,I-1,2026-10-01,2026-10-31,100.00,EUR
C2,Mueller GmbH,I-2,2026-10-05,2026-11-04,70.00,EUR
C3,Cedar Mills,I-3,2026-10-05,2026-11-04,8.00,EUR
"""
TWO = """Customer code,Customer,Invoice number,Invoice date,Due date,Total,Currency
C9,CEDAR MILLS Ltd,I-9,2026-10-06,2026-11-05,1.00,EUR
"""
AS_OF = ("--as-of", "2026-10-31", "--json")


@pytest.fixture
def store(tmp_path, arcore):
    path = tmp_path / "one.csv"
    path.write_text(ONE)
    address = f"sqlite:///{tmp_path / 'books.db'}"
    arcore("--store", address, "init", "--json")
    assert arcore("--store", address, "import", path, "--yes", "--json").code == 0
    return address


def test_pairs_are_listed_merged_and_split(store, arcore):
    def run(*words):
        return arcore("--store", store, "customers", *words)

    [pair] = run("alike", *AS_OF).document["pairs"]
    assert (pair["customer"]["code"], pair["like"]["code"], pair["score"]) == ("C2", "C1", 97)
    told = run("merge", "C2", "C1", "--dry-run", *AS_OF).document
    assert (told["merged"], told["together"]) == (False, [{"currency": "EUR", "amount": "170.00"}])
    assert run("alike", "--merged", *AS_OF).document["pairs"] == []
    assert "together they owe 170.00 EUR" in run("merge", "C2", "C1", "--as-of", "2026-10-31").out
    assert run("alike", *AS_OF).document["pairs"] == []
    [merged] = run("alike", "--merged", *AS_OF).document["pairs"]
    assert merged["customer"]["open"] == [{"currency": "EUR", "amount": "70.00"}]
    assert run("split", "C2", "--json").document["split"]
    again = run("split", "C2", "--json")
    assert again.code != 0
    assert "not merged" in again.out + again.err


def test_an_unknown_code_is_refused(store, arcore):
    answer = arcore("--store", store, "customers", "merge", "C2", "NOBODY")
    assert answer.code != 0
    assert "There is no customer NOBODY" in answer.err


def test_an_import_tells_look_alikes_and_takes_the_answer(store, arcore, tmp_path):
    path = tmp_path / "two.csv"
    path.write_text(TWO)
    [pair] = arcore("--store", store, "import", path, "--dry-run", "--json").document["alike"]
    assert (pair["code"], pair["like"], pair["why"]) == ("C9", "C3", "the same name but for the legal form")
    assert arcore("--store", store, "import", path, "--yes", "--accept", pair["same"], "--json").code == 0
    [merged] = arcore("--store", store, "customers", "alike", "--merged", *AS_OF).document["pairs"]
    assert (merged["customer"]["code"], merged["like"]["code"]) == ("C9", "C3")
