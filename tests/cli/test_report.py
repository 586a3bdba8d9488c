"""report: both files of a month, what scripts get, and refusals."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest

from arcore.customers.service import create_customer
from arcore.ledger import service
from arcore.settings import settings
from arcore.store.engine import open_engine
from arcore.store.migrate import migrate
from arcore.store.sources import Coverage
from arcore.store.unit import Actor
from arcore.store.unit import commit

ANNA = Actor("Anna")


@pytest.fixture
def store(tmp_path, monkeypatch) -> Iterator[str]:
    """Give a store with one invoice of 100.00, 12 days late at the end of October 2026, on 20 November."""
    monkeypatch.setenv("ARCORE_TODAY", "2026-11-20")
    settings.cache_clear()
    url = f"sqlite:///{tmp_path / 'books.db'}"
    engine = open_engine(url)
    migrate(engine)
    customer = create_customer(engine, code="C0001", name="Alder [bold]Ltd", actor=ANNA)["customer"]

    def body(unit):
        for what in ("balances", "sales", "receipts"):
            unit.session.add(Coverage(currency="EUR", what=what, complete_from=date(2024, 1, 1)))
        return {}

    commit(engine, body, actor=ANNA, verb="setup")
    service.post_invoice(
        engine, customer_id=customer, document_date=date(2026, 9, 19), currency="EUR",
        instalments=[(Decimal(100), date(2026, 10, 19))], actor=ANNA,
    )  # fmt: skip
    engine.dispose()
    yield url
    settings.cache_clear()


def test_both_files_and_what_scripts_get(arcore, store, tmp_path):
    out = tmp_path / "packs"
    answer = arcore("--store", store, "report", "--month", "2026-10", "--out", out, "--json")
    assert answer.code == 0, answer.err
    found = answer.document
    names = ("month", "as_of", "complete", "frozen", "currency", "entity", "missing_rates")
    assert {name: found[name] for name in names} == {
        "month": "2026-10", "as_of": "2026-10-31", "complete": True, "frozen": None, "currency": "EUR", "entity": None,
        "missing_rates": [],
    }  # fmt: skip
    [opened, overdue, *_] = found["headline"]
    assert (opened["name"], opened["value"], opened["month_before"]) == ("open", "100.00", "100.00")
    assert (overdue["name"], overdue["value"], overdue["month_before"]) == ("overdue", "100.00", "0.00")
    assert {check["difference"] for check in found["checks"]} == {"0.00"}
    assert all(check["ok"] for check in found["checks"])
    assert found["files"] == {kind: str(out / f"board-pack-2026-10.{kind}") for kind in ("pdf", "xlsx")}
    assert (out / "board-pack-2026-10.pdf").read_bytes().startswith(b"%PDF-")
    assert (out / "board-pack-2026-10.xlsx").read_bytes().startswith(b"PK")


def test_for_people_the_paragraph_and_the_last_month_that_is_over(arcore, store, tmp_path):
    answer = arcore("--store", store, "report", "--format", "pdf", "--out", tmp_path)
    assert answer.code == 0, answer.err
    assert "Customers owed €100 on 31 October 2026" in answer.out
    assert f"Wrote {tmp_path / 'board-pack-2026-10.pdf'}" in answer.out
    assert not (tmp_path / "board-pack-2026-10.xlsx").exists()


def test_a_running_month_is_as_of_today(arcore, store, tmp_path):
    found = arcore("--store", store, "report", "--month", "2026-11", "--out", tmp_path, "--json").document
    assert (found["as_of"], found["complete"]) == ("2026-11-20", False)


def test_another_currency_names_the_rate_that_is_missing(arcore, store, tmp_path):
    found = arcore("--store", store, "report", "--month", "2026-10", "--currency", "usd", "--out", tmp_path, "--json")
    assert found.document["missing_rates"] == [
        "no rate from EUR to USD on or before 2026-09-30: 100.00 EUR open stand apart"
    ]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--month", "2026-12"), "December 2026 has not begun yet"),
        (("--month", "October"), "'October' is not a month"),
        (("--month", "0001-01"), "'0001-01' is not a month"),
        (("--month", "2026-10", "--segment", "nobody"), "No customer has the segment 'nobody'"),
        (("--month", "2026-10", "--owner", "nobody"), "No customer has the owner 'nobody'"),
        (("--month", "2026-10", "--format", "docx"), "'docx' is no format"),
        (("--month", "2026-10", "--entity", "nobody"), "There are no documents of 'nobody'"),
    ],
)
def test_refusals(arcore, store, tmp_path, options, words):
    answer = arcore("--store", store, "report", *options, "--out", tmp_path, "--json")
    assert answer.code == 2
    assert words in answer.document["error"]["message"]
    assert not list(tmp_path.glob("board-pack*"))


def test_what_is_there_is_not_written_over(arcore, store, tmp_path):
    call = ("--store", store, "report", "--month", "2026-10", "--format", "pdf", "--out", tmp_path)
    assert arcore(*call).code == 0
    answer = arcore(*call)
    assert (answer.code, "--force writes over it" in answer.err) == (2, True)
    assert arcore(*call, "--force").code == 0
