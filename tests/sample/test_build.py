from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy import text

from arcore.errors import RuleBroken
from arcore.ledger.control import control_totals
from arcore.ledger.verify import verify
from arcore.sample.build import build
from arcore.sample.workdays import first_day
from arcore.sample.workdays import is_workday
from arcore.store.engine import open_engine
from arcore.store.engine import reading
from arcore.store.migrate import migrate
from arcore.store.tables import metadata

STORE_ONLY = {"ledger_head", "alembic_version"}
"""The head holds the store's random id."""


def rows(engine: Engine, sql: str, **values: Any) -> list[tuple[Any, ...]]:
    with reading(engine) as session:
        return [tuple(row) for row in session.execute(text(sql), values)]


def one(engine: Engine, sql: str, **values: Any) -> Any:
    return rows(engine, sql, **values)[0][0]


def contents(engine: Engine) -> dict[str, list[tuple[Any, ...]]]:
    tables = [table for table in metadata.sorted_tables if table.name not in STORE_ONLY]
    return {table.name: rows(engine, f'SELECT * FROM "{table.name}" ORDER BY 1') for table in tables}


def test_the_same_day_makes_the_same_books_to_the_last_id(tmp_path, today):
    made = []
    for name in ("one", "two"):
        engine = open_engine(f"sqlite:///{tmp_path / name}.db")
        migrate(engine)
        build(engine, today=today, scale=0.05)
        made.append(contents(engine))
        engine.dispose()

    first, second = made

    assert first == second
    assert len(first["document"]) > 400


def test_a_small_one_keeps_every_rule_of_the_books_on_both_engines(engine, today):
    facts = build(engine, today=today, scale=0.05)

    assert [check.name for check in verify(engine) if not check.ok] == []
    assert facts["documents"] == one(engine, "SELECT count(*) FROM document")
    assert facts["customers"] == one(engine, "SELECT count(*) FROM customer")


def test_it_is_only_built_into_an_empty_store(engine, actor, today):
    build(engine, today=today, scale=0.02)

    with pytest.raises(RuleBroken):
        build(engine, today=today, scale=0.02)


@pytest.mark.parametrize("day", [date(2024, 2, 29), date(2026, 1, 1), date(2026, 11, 1), date(2027, 3, 31)])
def test_every_day_can_be_its_last(sqlite_engine, day):
    build(sqlite_engine, today=day, scale=0.03)

    latest = rows(sqlite_engine, "SELECT max(effective_on) FROM document")[0][0]
    assert str(latest) <= day.isoformat()
    assert [check.name for check in verify(sqlite_engine) if not check.ok] == []


def test_its_size_is_as_promised_and_it_takes_seconds(whole, today):
    engine = whole.engine

    assert one(engine, "SELECT count(*) FROM customer") == 152
    since = today.replace(year=today.year - 3)
    invoices = one(
        engine,
        "SELECT count(*) FROM document WHERE kind = 'invoice' AND document_date > :since",
        since=since.isoformat(),
    )
    assert 5_700 <= invoices <= 6_300
    first = one(engine, "SELECT min(document_date) FROM document")
    assert str(first)[:7] == first_day(today).isoformat()[:7]
    assert whole.seconds < 15


def test_all_rules_of_the_books_hold_and_both_roads_give_one_balance(whole, today):
    assert [check.name for check in verify(whole.engine) if not check.ok] == []

    balances = rows(
        whole.engine,
        "SELECT d.currency, SUM(i.amount "
        "  + COALESCE((SELECT SUM(a.amount) FROM application a WHERE a.from_item_id = i.id), 0) "
        "  - COALESCE((SELECT SUM(a.amount) FROM application a WHERE a.to_item_id = i.id), 0)) "
        "FROM item i JOIN document d ON d.id = i.document_id GROUP BY d.currency",
    )
    with reading(whole.engine) as session:
        assert dict(balances) == control_totals(session, today)


def test_its_figures_are_those_of_a_company_one_could_meet(whole, today):
    in_euros = "CASE d.currency WHEN 'USD' THEN 0.9 WHEN 'GBP' THEN 1.16 ELSE 1 END / 100.0"
    ours = "JOIN customer c ON c.id = d.customer_id AND NOT c.intercompany"
    balance = one(whole.engine, f"SELECT SUM(d.amount * {in_euros}) FROM document d {ours}")
    sales = one(
        whole.engine,
        f"SELECT SUM(d.amount * {in_euros}) FROM document d {ours} WHERE d.effective_on > '2026-07-30' "
        "AND d.kind IN ('invoice', 'credit_note', 'debit_note', 'late_charge')",
    )
    overdue = one(
        whole.engine,
        f"SELECT SUM((i.amount + COALESCE((SELECT SUM(a.amount) FROM application a WHERE a.from_item_id = i.id), 0) "
        "  - COALESCE((SELECT SUM(a.amount) FROM application a WHERE a.to_item_id = i.id), 0)) "
        f"  * {in_euros}) FROM item i JOIN document d ON d.id = i.document_id {ours} "
        "WHERE i.side = 1 AND i.original_due_date < :today",
        today=today.isoformat(),
    )

    assert 10e6 < balance < 15e6
    assert 40 < balance / sales * 92 < 55
    assert 0.28 < overdue / balance < 0.45


EXPECTED = {
    "three currencies": ("SELECT count(DISTINCT currency) FROM document", 3),
    "four segments": ("SELECT count(DISTINCT value) FROM customer_fact WHERE name = 'segment'", 4),
    "collectors, one of whom has left": ("SELECT count(DISTINCT value) FROM customer_fact WHERE name = 'owner'", 5),
    "regions": ("SELECT count(DISTINCT region) FROM customer", 6),
    "families": ("SELECT count(DISTINCT parent_id) FROM customer", 3),
    "a company of our own group": ("SELECT count(*) FROM customer WHERE intercompany", 1),
    "a transfer, two legs": ("SELECT count(*) FROM document WHERE kind = 'transfer'", 2),
    "euros for dollars, two legs": ("SELECT count(DISTINCT currency) FROM document WHERE kind = 'conversion'", 2),
    "a late charge": ("SELECT count(*) FROM document WHERE kind = 'late_charge'", 2),
    "an exchange difference": ("SELECT count(*) FROM document WHERE kind = 'fx_difference'", 1),
    "money after the write-off": ("SELECT count(*) FROM document WHERE reason = 'recovery' AND amount > 0", 1),
    "an insolvent customer": ("SELECT count(*) FROM customer_fact WHERE name = 'status' AND value = 'insolvent'", 1),
    "one with the lawyers": ("SELECT count(*) FROM customer_fact WHERE name = 'status' AND value = 'legal'", 1),
    "coverage of all": ("SELECT count(*) FROM coverage WHERE NOT withdrawn", 9),
    "rates of three pairs": ("SELECT count(DISTINCT currency || reporting) FROM rate", 3),
}
SEVERAL = {
    "credit notes": "SELECT count(*) FROM document WHERE kind = 'credit_note'",
    "early-payment discounts": "SELECT count(*) FROM document WHERE kind = 'discount'",
    "bounced payments": "SELECT count(*) FROM document WHERE kind = 'payment_reversal'",
    "refunds": "SELECT count(*) FROM document WHERE kind = 'refund'",
    "bad debt": "SELECT count(*) FROM document WHERE kind = 'write_off' AND reason = 'uncollectible'",
    "small differences": "SELECT count(*) FROM document WHERE kind = 'write_off' AND reason = 'small_difference'",
    "a void": "SELECT count(*) FROM document WHERE kind = 'invoice' AND reverses_id IS NOT NULL",
    "re-dated items": "SELECT count(*) FROM item WHERE due_date > original_due_date AND amount = 0",
    "instalments": (
        "SELECT count(*) FROM (SELECT 1 FROM item WHERE amount > 0 GROUP BY document_id HAVING count(*) = 3) t"
    ),
    "one receipt for several invoices": (
        "SELECT count(*) FROM (SELECT 1 FROM application a JOIN item i ON i.id = a.from_item_id JOIN document d "
        "ON d.id = i.document_id WHERE d.kind = 'payment' GROUP BY d.id HAVING count(*) > 2) t"
    ),
    "one invoice in two payments": (
        "SELECT count(*) FROM (SELECT 1 FROM application a JOIN item f ON f.id = a.from_item_id JOIN document d "
        "ON d.id = f.document_id WHERE d.kind = 'payment' GROUP BY a.to_item_id HAVING count(*) > 1) t"
    ),
    "cash applied days after it came": (
        "SELECT count(*) FROM application a JOIN item i ON i.id = a.from_item_id "
        "JOIN document d ON d.id = i.document_id "
        "WHERE d.kind = 'payment' AND a.effective_on > i.effective_on AND a.amount > 0"
    ),
    "order numbers": "SELECT count(*) FROM document WHERE po_number <> ''",
    "contacts": "SELECT count(*) FROM contact",
    "notes": "SELECT count(*) FROM note",
    "facts learnt late": "SELECT count(*) FROM document WHERE julianday(recorded_at) - julianday(effective_on) > 3",
}


@pytest.mark.parametrize("what", EXPECTED)
def test_the_story_has(whole, what):
    sql, count = EXPECTED[what]
    assert one(whole.engine, sql) == count


@pytest.mark.parametrize("what", SEVERAL)
def test_the_story_has_some(whole, what):
    assert one(whole.engine, SEVERAL[what]) > 0


def test_cash_stands_unapplied_today(whole):
    unapplied = one(
        whole.engine,
        "SELECT SUM(i.amount + COALESCE((SELECT SUM(a.amount) FROM application a WHERE a.from_item_id = i.id), 0)) "
        "FROM item i JOIN document d ON d.id = i.document_id WHERE d.kind = 'payment'",
    )
    assert unapplied < -100_000_00


def test_one_customer_buys_in_spring_only(whole):
    months = rows(
        whole.engine,
        "SELECT DISTINCT substr(document_date, 6, 2) FROM document d JOIN customer c ON c.id = d.customer_id "
        "WHERE c.name LIKE 'Bloemenzoom%' AND d.kind = 'invoice' AND d.number NOT IN "
        "(SELECT number FROM document WHERE kind = 'write_off' AND reason = 'goodwill')",
    )
    assert {month for (month,) in months} <= {"02", "03", "04", "05", "06"}


def test_one_customer_owes_more_than_its_limit(whole):
    owed, limit = rows(
        whole.engine,
        "SELECT (SELECT SUM(amount) FROM document d WHERE d.customer_id = c.id), "
        "(SELECT value FROM customer_fact f WHERE f.customer_id = c.id AND name = 'credit_limit') "
        "FROM customer c WHERE c.name LIKE 'Quillmere%'",
    )[0]
    assert owed > int(limit)


def test_nothing_is_dated_on_a_day_off_but_what_falls_due(whole):
    days = rows(
        whole.engine,
        "SELECT document_date FROM document UNION SELECT effective_on FROM document "
        "UNION SELECT effective_on FROM application",
    )
    assert [day for (day,) in days if not is_workday(date.fromisoformat(str(day)))] == []


def test_the_books_grew_over_the_months_and_march_was_known_by_april(whole):
    moments = [moment for (moment,) in rows(whole.engine, "SELECT at FROM audit_event ORDER BY seq")]
    known = "SELECT count(*) FROM document WHERE effective_on <= '2026-03-31' AND recorded_at <= :at"

    assert moments == sorted(moments)
    assert len(moments) > 200
    at_once, a_week_later, now = (one(whole.engine, known, at=at) for at in ("2026-04-01", "2026-04-08", "2027-01-01"))
    assert at_once < a_week_later <= now


def test_nobody_real_can_be_written_to(whole):
    addresses = rows(whole.engine, "SELECT email FROM contact")
    assert addresses
    assert all(address.endswith(".example") for (address,) in addresses)
