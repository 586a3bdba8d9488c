"""`verify` and `audit verify`: the proof for people and for scripts."""

from __future__ import annotations

import sqlite3
from datetime import date
from decimal import Decimal

import pytest

from arcore.customers import service as customers
from arcore.ledger import service


@pytest.fixture
def store(sqlite_engine, actor):
    """Give a store with one paid invoice."""
    customer = customers.create_customer(sqlite_engine, code="C1", name="Alder", actor=actor)["customer"]
    on = date(2026, 1, 1)
    common = {"customer_id": customer, "currency": "EUR", "actor": actor}
    invoice = service.post_invoice(sqlite_engine, document_date=on, instalments=[(Decimal(100), on)], **common)
    service.record_payment(
        sqlite_engine, received_on=on, amount=Decimal(100), apply_to=[(invoice["items"][0], Decimal(100))], **common
    )
    sqlite_engine.dispose()
    return sqlite_engine.url.render_as_string()


@pytest.fixture
def tampered(store):
    """Give the same store after somebody changed the name in an audit event."""
    with sqlite3.connect(store.removeprefix("sqlite:///")) as raw:
        triggers = raw.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in triggers:
            raw.execute(f"DROP TRIGGER {name}")
        raw.execute("UPDATE audit_event SET actor = 'nobody' WHERE seq = 2")
        for _, sql in triggers:
            raw.execute(sql)
    raw.close()
    return store


def test_whole_books_are_proved(arcore, store):
    answer = arcore("verify", "--store", store, "--json")

    assert answer.code == 0
    assert answer.document["ok"] is True
    assert {"name": "items_add_up", "ok": True, "figures": {"rows": 2, "broken": 0, "first": None}} in answer.document[
        "checks"
    ]
    assert all(set(check) == {"name", "ok", "figures"} for check in answer.document["checks"])


def test_broken_books_exit_with_1_and_say_which_check(arcore, tampered):
    answer = arcore("verify", "--store", tampered, "--json")

    assert answer.code == 1
    assert answer.document["ok"] is False
    assert [check["name"] for check in answer.document["checks"] if not check["ok"]] == ["audit_chain"]


def test_the_audit_chain_is_walked_alone(arcore, store):
    answer = arcore("audit", "verify", "--store", store, "--json")

    assert answer.code == 0
    assert [(check["name"], check["figures"]["rows"]) for check in answer.document["checks"]] == [("audit_chain", 3)]


def test_a_broken_chain_exits_with_1(arcore, tampered):
    answer = arcore("audit", "verify", "--store", tampered, "--json")

    assert (answer.code, answer.document["ok"]) == (1, False)


def test_people_read_the_rules_and_what_breaks_them(arcore, store, tampered):
    assert "The books are broken" in (told := arcore("verify", "--store", tampered)).out
    assert "Each audit event's hash covers the event" in told.out
    assert "1, first 2" in told.out


def test_people_read_that_the_books_are_whole(arcore, store):
    assert "The books are proved" in arcore("verify", "--store", store).out


def test_a_file_that_is_no_store_is_one_sentence(arcore, tmp_path):
    noise = tmp_path / "noise.db"
    noise.write_bytes(b"no store at all" * 100)
    answer = arcore("verify", "--store", f"sqlite:///{noise}", "--json")

    assert answer.code == 1
    assert answer.document["error"]["code"] == "unavailable"
