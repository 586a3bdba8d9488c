"""aging, items, kpi and export: each answers scripts as promised."""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal

import pytest

from arcore.ledger import service
from arcore.store.customers import Customer
from arcore.store.engine import open_engine
from arcore.store.migrate import migrate
from arcore.store.sources import Coverage
from arcore.store.unit import Actor
from arcore.store.unit import commit

ANNA = Actor("Anna")
AS_OF = ("--as-of", "2026-10-31")


@pytest.fixture
def store(tmp_path) -> str:
    """Give the address of a store with one customer: 100.00 not due, 60.00 left of one 12 days late, credit 2.00."""
    url = f"sqlite:///{tmp_path / 'books.db'}"
    engine = open_engine(url)
    migrate(engine)

    def body(unit):
        unit.session.add(Customer(id=1, code="C0001", name="Alder [bold]Ltd"))
        for what in ("balances", "sales", "receipts"):
            for currency in ("EUR", "JPY"):
                unit.session.add(Coverage(currency=currency, what=what, complete_from=date(2024, 1, 1)))
        return {}

    commit(engine, body, actor=ANNA, verb="setup")
    for number, day, due, amount, currency in (
        ("INV-1", date(2026, 10, 1), date(2026, 11, 1), "100.00", "EUR"),
        ("INV-7", date(2026, 9, 19), date(2026, 10, 19), "100.00", "EUR"),
        ("INV-9", date(2026, 10, 2), date(2026, 12, 1), "1235", "JPY"),
    ):
        service.post_invoice(
            engine, customer_id=1, document_date=day, currency=currency, instalments=[(Decimal(amount), due)],
            details={"number": number}, actor=ANNA,
        )  # fmt: skip
    service.record_payment(
        engine, customer_id=1, received_on=date(2026, 10, 20), currency="EUR", amount=Decimal(42),
        apply_to=[(2, Decimal(40))], details={"number": "PAY-1"}, actor=ANNA,
    )  # fmt: skip
    engine.dispose()
    return url


def test_aging_for_scripts(arcore, store):
    found = arcore("--store", store, "aging", *AS_OF, "--json").document
    assert {name: found[name] for name in ("as_of", "known_at", "basis", "edges", "by", "currency")} == {
        "as_of": "2026-10-31",
        "known_at": None,
        "basis": "original",
        "edges": [30, 60, 90],
        "by": "customer",
        "currency": "document",
    }
    assert found["rows"] == [
        {
            "key": "C0001",
            "name": "Alder [bold]Ltd",
            "currency": "EUR",
            "not_due": "100.00",
            "buckets": ["60.00", "0.00", "0.00", "0.00"],
            "unapplied": "-2.00",
            "open": "158.00",
            "redated": "0.00",
        },
        {
            "key": "C0001",
            "name": "Alder [bold]Ltd",
            "currency": "JPY",
            "not_due": "1235",
            "buckets": ["0", "0", "0", "0"],
            "unapplied": "0",
            "open": "1235",
            "redated": "0",
        },
    ]
    assert {"currency": "EUR", "total": "158.00", "difference": "0.00", "agrees": None} in found["control"]
    totals = {row["currency"]: row for row in found["totals"]}
    assert totals["EUR"]["open"] == "158.00"
    assert set(totals["EUR"]) >= {"currency", "not_due", "buckets", "unapplied", "open"}


def test_aging_by_other_ways(arcore, store):
    found = arcore(
        "aging", *AS_OF, "--by", "none", "--edges", "10,20", "--basis", "document", "--store", store, "--json"
    ).document
    assert found["edges"] == [10, 20]
    assert [row["buckets"] for row in found["rows"] if row["currency"] == "EUR"] == [["0.00", "0.00", "160.00"]]
    then = arcore("aging", *AS_OF, "--known-at", "2020-01-01T00:00:00Z", "--store", store, "--json").document
    assert (then["rows"], then["known_at"]) == ([], "2020-01-01T00:00:00Z")


@pytest.mark.parametrize(
    "words",
    [
        ("aging", "--by", "moon"),
        ("aging", "--edges", "30,x"),
        ("aging", "--edges", "60,30"),
        ("aging", "--basis", "whim"),
        ("aging", "--as-of", "31.10.2026"),
        ("aging", "--currency", "Euro"),
        ("items", "--customer", "NOBODY"),
        ("kpi", "magic"),
        ("kpi", "--window", "7m"),
        ("export",),
        ("export", "x.xlsx", "--report", "moon"),
        ("export", "x.pdf", "--report", "aging"),
    ],
)
def test_what_cannot_be_meant_is_refused(arcore, store, words):
    answer = arcore("--store", store, *words, "--json")
    assert answer.code == 2
    assert set(answer.document["error"]) == {"code", "message", "details"}


def test_items_for_scripts(arcore, store):
    rows = arcore("items", *AS_OF, "--store", store, "--json").document["rows"]
    expected = {
        "document": "INV-7",
        "kind": "invoice",
        "customer": "C0001",
        "currency": "EUR",
        "date": "2026-09-19",
        "due_date": "2026-10-19",
        "original_due_date": "2026-10-19",
        "amount": "100.00",
        "open": "60.00",
        "days_past_due": 12,
        "bucket": "1-30",
        "disputed": "0.00",
        "promised": "0.00",
    }
    assert rows[0] == rows[0] | expected
    assert [(row["document"], row["open"]) for row in rows] == [
        ("INV-7", "60.00"),
        ("PAY-1", "-2.00"),
        ("INV-1", "100.00"),
        ("INV-9", "1235"),
    ]


def test_items_all_and_of_a_customer(arcore, store):
    before = arcore("items", "--as-of", "2026-09-30", "--all", "--store", store, "--json").document["rows"]
    assert [(row["document"], row["open"]) for row in before] == [("INV-7", "100.00")]
    engine = open_engine(store)
    service.record_payment(
        engine, customer_id=1, received_on=date(2026, 10, 21), currency="EUR", amount=Decimal(60),
        apply_to=[(2, Decimal(60))], actor=ANNA,
    )  # fmt: skip
    engine.dispose()
    words = ("items", *AS_OF, "--customer", "C0001", "--store", store, "--json")
    assert "INV-7" not in [row["document"] for row in arcore(*words).document["rows"]]
    settled = {row["document"]: row["open"] for row in arcore(*words, "--all").document["rows"]}
    assert settled["INV-7"] == "0.00"


def test_kpi_for_scripts(arcore, store):
    [found] = arcore("kpi", "dso.period_end", *AS_OF, "--currency", "EUR", "--store", store, "--json").document["kpis"]
    assert found["value"] is None
    assert "JPY" in found["undefined"], "a missing rate is a named gap"
    rows = arcore("kpi", "dso", *AS_OF, "--by", "currency", "--store", store, "--json").document["kpis"]
    [euro] = [row for row in rows if row["segment"] == "EUR" and row["variant"] == "period_end"]
    assert euro == euro | {
        "name": "dso",
        "segment": "EUR",
        "as_of": "2026-10-31",
        "value": "72.68",
        "unit": "days",
        "undefined": None,
        "inputs": {"ar_end": "158.00", "credit_sales": "200.00", "days": 92},
        "window": ["2026-08-01", "2026-10-31"],
        "coverage": "complete",
    }
    assert euro["formula"]


def test_kpi_history_and_all(arcore, store):
    words = ("kpi", "cash_in", *AS_OF, "--history", "2", "--by", "currency", "--store", store, "--json")
    points = [row for row in arcore(*words).document["kpis"] if row["segment"] == "EUR"]
    assert [(row["as_of"], row["value"]) for row in points] == [("2026-09-30", "0.00"), ("2026-10-31", "42.00")]
    every = arcore("kpi", "all", *AS_OF, "--store", store, "--json").document["kpis"]
    assert {row["name"] for row in every} >= {"dso", "bpdso", "add", "cei", "turnover", "days_to_pay", "bad_debt"}
    assert all((row["value"] is None) == (row["undefined"] is not None) for row in every)


def test_for_people_names_are_text_and_never_markup(arcore, store):
    assert "[bold]" in arcore("aging", *AS_OF, "--store", store).out.replace("\n", "")
    assert "INV-7" in arcore("items", *AS_OF, "--store", store).out
    assert "DSO" in arcore("kpi", *AS_OF, "--store", store).out


def test_export_of_reports(arcore, store, tmp_path):
    for report in ("aging", "items", "kpi"):
        file = tmp_path / f"{report}.csv"
        answer = arcore("export", file, "--report", report, *AS_OF, "--store", store, "--json")
        rows = list(csv.reader(io.StringIO(file.read_text(encoding="utf-8-sig"))))
        assert (answer.code, answer.document["rows"]) == (0, len(rows) - 1)
    assert rows[0][:3] == ["kpi", "name", "variant"]
    file = tmp_path / "aging.xlsx"
    assert arcore("export", file, "--report", "aging", *AS_OF, "--store", store).code == 0
    assert file.read_bytes()[:2] == b"PK"


def test_export_writes_over_nothing_unless_told(arcore, store, tmp_path):
    file = tmp_path / "aging.csv"
    file.write_text("mine")
    words = ("export", file, "--report", "aging", *AS_OF, "--store", store, "--json")
    assert arcore(*words).code == 2
    assert file.read_text() == "mine"
    assert arcore(*words, "--force").code == 0


def test_a_missing_store_is_created(arcore, tmp_path):
    answer = arcore("aging", *AS_OF, "--store", f"sqlite:///{tmp_path / 'none.db'}", "--json")
    assert (answer.code, answer.document["rows"], answer.document["control"]) == (0, [], [])
    assert (tmp_path / "none.db").exists()


def test_export_of_the_books(arcore, store, tmp_path):
    answer = arcore("export", "--books", tmp_path / "pair", "--store", store, "--json")
    assert answer.document["rows"] == {"documents.csv": 4, "applications.csv": 1}
    again = f"sqlite:///{tmp_path / 'again.db'}"
    files = [tmp_path / "pair" / name for name in ("documents.csv", "applications.csv")]
    assert arcore("import", *files, "--yes", "--store", again, "--json").code == 0
    first, second = (arcore("aging", *AS_OF, "--store", url, "--json").document["totals"] for url in (store, again))
    assert first == second
    assert arcore("export", "--books", tmp_path / "pair", "--store", store, "--json").code == 2, "it is there already"
