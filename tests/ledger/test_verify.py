"""`verify` finds each kind of damage, and only that one; the damage is done behind arcore's back, in the raw file."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import text

from arcore.ledger import verify as proof
from arcore.ledger.verify import verify
from arcore.ledger.verify import verify_chain
from arcore.store.books import APPEND_ONLY
from arcore.store.engine import open_engine
from arcore.store.engine import reading

CHECKS = {
    "items_add_up",
    "items_follow_documents",
    "origins",
    "never_crosses_zero",
    "application_days",
    "application_books",
    "application_sides",
    "application_reversals",
    "document_reversals",
    "closed",
    "pairs",
    "sides",
    "control_total",
    "ids",
    "moments",
    "audit_chain",
    "triggers",
}

# Each line is one lie. Numbers are those that `tell` gives out, below.
LIES = {
    "items_add_up": "UPDATE document SET amount = amount + CASE id WHEN 1 THEN 1 ELSE -1 END WHERE id IN (1, 2)",
    "items_follow_documents": "UPDATE item SET customer_id = 2 WHERE id = 1",
    "origins": "UPDATE item SET original_due_date = '2026-02-01' WHERE origin_item_id IS NOT NULL AND amount = 0",
    "never_crosses_zero": "UPDATE application SET effective_on = '2026-02-25' WHERE id = 3",
    "application_days": "UPDATE application SET effective_on = '2025-12-31' WHERE amount = 0",
    "application_books": "UPDATE application SET customer_id = 2 WHERE id = 1",
    "application_sides": "UPDATE application SET from_item_id = 1 WHERE amount = 0",
    "application_reversals": "UPDATE application SET reverses_id = 3 WHERE reverses_id = 1",
    "document_reversals": "UPDATE document SET reverses_id = 3 WHERE reverses_id IS NOT NULL AND kind = 'invoice'",
    "closed": "UPDATE application SET amount = amount - 1 WHERE to_item_id IN "
    "(SELECT i.id FROM item i JOIN document d ON d.id = i.document_id WHERE d.number = 'VOIDED')",
    "pairs": "UPDATE document SET rate = '1.2' WHERE kind = 'conversion' AND currency = 'USD'",
    "sides": "UPDATE item SET side = -1 WHERE due_date = '2026-12-24'",
    "control_total": "UPDATE item SET effective_on = '2026-01-02' WHERE id = 1",
    "ids": "UPDATE ledger_head SET document_id = document_id + 1",
    "moments": "UPDATE item SET recorded_at = '2020-01-01 00:00:00.000000' WHERE id = 2",
    "audit_chain": "UPDATE audit_event SET actor = 'nobody' WHERE seq = 3",
    "triggers": "DROP TRIGGER item_no_update",
}


def tell(books):
    """Keep books in which everything happens once."""
    books.customer("C1")
    books.customer("C2")
    for _ in (1, 2):  # documents and items 1 and 2: untouched invoices of one day
        books.invoice("100", "01-01", due="01-31")
    paid = books.invoice("100", "01-01", due="01-31")  # 3: paid, un-applied by an event, paid again
    books.payment("60", "02-01", (paid, "60"))  # application 1
    books.do("unapply", application_id=1, on=date(2026, 3, 1))  # application 2
    books.payment("100", "02-20")
    books.apply(5, paid, "100", on="03-01")  # application 3
    plan = books.redate(books.invoice("50", "01-01", due="01-31"), "06-30", on="02-01")
    books.payment("50", "02-10", (plan, "50"))
    books.do("move_back", item_id=plan, on=date(2026, 3, 1))  # a row of amount 0
    books.transfer(books.invoice("30", "01-01"), "30", to="C2", on="02-01")
    books.convert(books.payment("10", "02-01"), "10", "11", "USD", on="02-01")
    books.void(books.invoice("70", "01-01", details={"number": "VOIDED"}))
    books.bounce(books.payment("20", "02-01"), "03-01")
    lost = books.invoice("5", "01-01")
    books.do("write_off", item_id=lost, amount=Decimal(5), reason="uncollectible", on=date(2026, 6, 30))
    books.do("recover", document_id=books.said["documents"][0], amount=Decimal(2), on=date(2026, 7, 1))
    books.instalments([("0", "12-24"), ("10", "12-31")], "01-01")


@pytest.fixture
def told(sqlite_books):
    """Give the books of `tell`, the file they are in, and what tampers with it."""
    tell(sqlite_books)
    return sqlite_books


@pytest.fixture
def tamper(told):
    """Return what changes the raw file with the triggers out of the way, and puts those back."""

    def change(statement):
        told.engine.dispose()
        with sqlite3.connect(told.engine.url.database) as raw:
            triggers = raw.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
            if statement.startswith("DROP"):
                raw.execute(statement)
                return
            for name, _ in triggers:
                raw.execute(f"DROP TRIGGER {name}")
            assert raw.execute(statement).rowcount > 0
            for _, sql in triggers:
                raw.execute(sql)
        raw.close()

    return change


def test_whole_books_pass_every_check(books):
    tell(books)
    checks = verify(books.engine)

    assert {check.name for check in checks} == CHECKS
    assert [check.name for check in checks if not check.ok] == []
    figures = {check.name: check.figures for check in checks}
    counted = books.counted()
    assert figures["items_add_up"] == {"rows": counted["document"], "broken": 0, "first": None}
    assert figures["never_crosses_zero"]["rows"] == counted["item"]
    assert figures["audit_chain"]["rows"] == counted["audit_event"]
    assert figures["control_total"]["totals"]["USD"] == {"open": "-11.00", "control": "-11.00"}


def test_empty_books_pass_every_check(engine):
    assert [check.name for check in verify(engine) if not check.ok] == []


def test_each_check_has_a_lie_that_it_alone_finds():
    assert set(LIES) == CHECKS


@pytest.mark.parametrize("name", LIES)
def test_a_lie_is_found_by_the_check_for_it_and_by_no_other(told, tamper, name):
    tamper(LIES[name])

    assert told.broken() == [name]


@pytest.mark.parametrize(
    ("lie", "found"),
    [
        ("UPDATE item SET amount = amount + 1 WHERE id = 1", {"items_add_up", "control_total"}),
        ("UPDATE document SET currency = 'USD' WHERE id = 3", {"application_books", "control_total"}),
        ("DELETE FROM item WHERE id = 1", {"items_add_up", "control_total", "ids", "moments"}),
        ("DELETE FROM application WHERE id = 2", {"never_crosses_zero", "ids", "moments"}),
        ("DELETE FROM audit_event WHERE seq = 4", {"ids", "moments", "audit_chain"}),
        ("DELETE FROM audit_event WHERE seq = (SELECT max(seq) FROM audit_event)", {"ids", "moments", "audit_chain"}),
        ("UPDATE document SET linked_id = NULL WHERE kind = 'transfer' AND amount < 0", {"pairs"}),
        ("UPDATE document SET amount = -amount, kind = 'refund' WHERE id = 4", {"items_add_up", "sides"}),
        ("UPDATE application SET from_item_id = 999 WHERE id = 1", {"application_books", "application_reversals"}),
        ("UPDATE audit_event SET at = '2020-01-01 00:00:00.000000' WHERE seq = 5", {"moments", "audit_chain"}),
        ("UPDATE ledger_head SET audit_hash = ''", {"audit_chain"}),
        ("UPDATE ledger_head SET recorded_at = '2020-01-01 00:00:00.000000'", {"audit_chain"}),
    ],
)  # fmt: skip
def test_a_greater_lie_is_found_by_several(told, tamper, lie, found):
    tamper(lie)

    assert found <= set(told.broken())


def test_the_figures_say_how_many_rows_break_a_rule_and_which_is_the_first(told, tamper):
    tamper(LIES["items_add_up"])
    found = next(check for check in verify(told.engine) if not check.ok)

    assert (found.figures["broken"], found.figures["first"]) == (2, 1)


def test_the_control_total_names_the_first_day_that_differs(told, tamper):
    tamper("UPDATE document SET effective_on = '2026-01-05' WHERE id = 2")
    found = {check.name: check for check in verify(told.engine) if not check.ok}

    assert found["control_total"].figures["first"] == "2026-01-01"
    assert found["control_total"].figures["broken"] == 2


def test_the_chain_alone_can_be_walked(told, tamper):
    assert verify_chain(told.engine).ok
    tamper(LIES["audit_chain"])
    broken = verify_chain(told.engine)

    assert (broken.ok, broken.figures["broken"], broken.figures["first"]) == (False, 1, 3)


def test_triggers_that_were_replaced_by_harmless_ones_are_missed(told):
    told.engine.dispose()
    with sqlite3.connect(told.engine.url.database) as raw:
        raw.execute("DROP TRIGGER document_no_delete")
        raw.execute("CREATE TRIGGER document_no_delete BEFORE DELETE ON document BEGIN SELECT 1; END")
    raw.close()

    found = next(check for check in verify(told.engine) if not check.ok)
    assert found.figures["missing"] == ["document_no_delete"]


def test_triggers_that_were_switched_off_on_postgresql_are_missed(postgres_url):
    engine = open_engine(postgres_url)  # a store of its own: this one stays damaged
    with engine.begin() as connection:
        for table in APPEND_ONLY:
            connection.exec_driver_sql(f"ALTER TABLE {table} DISABLE TRIGGER {table}_no_truncate")
        connection.exec_driver_sql("DROP TRIGGER item_append_only ON item")

    found = next(check for check in verify(engine) if not check.ok)
    engine.dispose()
    assert found.name == "triggers"
    assert found.figures["missing"] == sorted(["item_append_only", *(f"{table}_no_truncate" for table in APPEND_ONLY)])


def test_verify_changes_nothing(told):
    before = told.counted()
    verify(told.engine)

    assert told.counted() == before


@pytest.fixture
def busy(books, monkeypatch):
    """Return what makes each session of the proof see one write more than the one before, a number of times."""

    def writing(times):
        books.customer("C1")
        left = iter(range(times))

        @contextmanager
        def reading_before_a_write(engine):
            with reading(engine) as session:
                session.execute(text("SELECT audit_seq FROM ledger_head"))  # from here on it sees one state
                if next(left, None) is not None:
                    books.payment("1", "01-01", (books.invoice("5", "01-01"), "1"))
                yield session

        monkeypatch.setattr(proof, "reading", reading_before_a_write)

    return writing


@pytest.mark.parametrize(("writes", "sessions"), [(0, 3), (1, 3), (4, 3), (1000, 1)])
def test_checks_side_by_side_see_one_state_however_much_is_written(books, busy, writes, sessions):
    busy(writes)
    with proof._one_state(books.engine, 3) as found:
        assert len(found) == sessions
        assert len({session.execute(text("SELECT audit_seq FROM ledger_head")).scalar() for session in found}) == 1


@pytest.mark.parametrize("writes", [2, 1000])
def test_checks_pass_while_somebody_writes(books, busy, monkeypatch, writes):
    """In different states each check would miss rows that another one counts."""
    monkeypatch.setattr(proof, "CHECKERS", 3)
    busy(writes)
    assert [check.name for check in verify(books.engine) if not check.ok] == []


def test_money_that_moves_between_currencies_shows_in_the_control_total(told, tamper):
    """Rows that balance each other but for the currency: what is open is off in both."""
    tamper("UPDATE document SET currency = 'USD' WHERE id = (SELECT document_id FROM item WHERE id = 5)")
    found = {check.name: check for check in verify(told.engine)}

    assert not found["application_books"].ok
    assert not found["control_total"].ok
