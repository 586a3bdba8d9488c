"""Customers are created, changed, merged and noted about; each write leaves one audit event."""

from __future__ import annotations

import json
from datetime import date

import pytest
from sqlalchemy import Engine
from sqlalchemy import select
from sqlmodel import col

from arcore.customers import assigning
from arcore.customers import facts
from arcore.customers import queries
from arcore.customers import service
from arcore.errors import BadInput
from arcore.errors import BooksMoved
from arcore.errors import NotAllowed
from arcore.errors import NotFound
from arcore.errors import RuleBroken
from arcore.store.engine import reading
from arcore.store.tables import AuditEvent
from arcore.store.tables import Contact
from arcore.store.tables import Customer
from arcore.store.tables import LedgerHead
from arcore.store.tables import Note
from arcore.store.unit import Actor

ANNA = Actor("anna")


@pytest.fixture
def alder(engine: Engine) -> int:
    made = service.create_customer(engine, code="C1", name="Alder Ltd", actor=ANNA, currency="JPY")
    return int(made["customer"])


def test_a_code_belongs_to_one_customer(engine: Engine, alder: int) -> None:
    with pytest.raises(RuleBroken, match="already is a customer C1"):
        service.create_customer(engine, code=" C1 ", name="Another", actor=ANNA)
    with reading(engine) as session:
        assert [c.id for c in session.execute(select(Customer)).scalars()] == [alder]


def test_the_same_key_creates_one_customer(engine: Engine) -> None:
    made = [service.create_customer(engine, code="C9", name="Birch", actor=ANNA, key="k") for _ in range(2)]
    assert made[0] == made[1]


def test_a_limit_is_kept_in_minor_units_of_the_customers_currency(engine: Engine, alder: int) -> None:
    start = date(2026, 1, 1)
    for name, value in (("credit_limit", "1500"), ("owner", "Ana")):
        service.set_fact(engine, customer_id=alder, name=name, value=value, valid_from=start, actor=ANNA)
    with reading(engine) as session:
        known = facts.on_day(facts.read(session), start)
    assert known == {alder: {"credit_limit": "1500", "owner": "Ana"}}  # the yen has no minor unit


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("shoe_size", "44", "not kept by date"),
        ("status", "sleepy", "no status"),
        ("credit_limit", "12x", "not an amount"),
        ("credit_limit", "-1", "zero or more"),
        ("hold_until", "31/12/2026", "is no date: a stop of reminders needs its last day"),
        ("hold_until", "0206-12-31", "not a date that books can hold"),
        ("max_extension", "-1", "no number of days"),
        ("max_extension", "30.5", "no number of days"),
        ("max_extension", "9" * 5000, "no number of days"),
        ("key_account", "no", "neither yes nor no"),
        ("policy", "gentle", "no way to remind"),
    ],
)
def test_a_fact_that_makes_no_sense_is_refused(
    engine: Engine, alder: int, name: str, value: str, sentence: str
) -> None:
    with pytest.raises(BadInput, match=sentence):
        service.set_fact(engine, customer_id=alder, name=name, value=value, valid_from=date(2026, 1, 1), actor=ANNA)


def test_what_holds_for_reminders_is_kept_in_one_way_and_ended_by_nothing(engine: Engine, alder: int) -> None:
    told = {"hold_until": "20261231", "max_extension": "030", "key_account": "yes", "policy": "none", "status": "legal"}
    start, later = date(2026, 1, 1), date(2026, 2, 1)
    save = {"customer_id": alder, "values": {}, "actor": ANNA}
    service.save_details(engine, facts=told, valid_from=start, **save)
    service.save_details(engine, facts=dict.fromkeys(told, ""), valid_from=later, **save)
    with reading(engine) as session:
        rows = facts.read(session)
    assert facts.on_day(rows, start) == {
        alder: {**told, "hold_until": "2026-12-31", "max_extension": "30"},
    }
    assert facts.on_day(rows, later) == {}


def test_the_second_of_two_people_at_one_customer_is_told(engine: Engine, alder: int) -> None:
    with reading(engine) as session:
        drawn = session.execute(select(LedgerHead.audit_seq)).scalar()
    day = {"customer_id": alder, "valid_from": date(2026, 1, 1)}
    service.set_fact(engine, name="policy", value="none", seen=drawn, actor=Actor("bo"), **day)
    with pytest.raises(BooksMoved, match="bo wrote here while you were looking"):
        service.set_fact(engine, name="policy", value="", seen=drawn, actor=ANNA, **day)
    with pytest.raises(BooksMoved):
        service.save_details(engine, values={}, facts={"policy": ""}, seen=drawn, actor=ANNA, **day)
    other = service.create_customer(engine, code="C2", name="Birch", actor=ANNA)["customer"]
    mine = {"valid_from": date(2026, 1, 1), "actor": ANNA, "seen": drawn + 1}
    service.set_fact(engine, customer_id=alder, name="policy", value="", **mine)
    assert other


def test_a_chain_of_merged_customers_ends_at_one(engine: Engine, alder: int) -> None:
    birch, cedar, dogwood = (
        service.create_customer(engine, code=code, name=code, actor=ANNA)["customer"] for code in ("C2", "C3", "C4")
    )
    service.merge(engine, customer_id=cedar, into_id=birch, actor=ANNA)
    service.merge(engine, customer_id=birch, into_id=alder, actor=ANNA)
    with reading(engine) as session:
        assert queries.survivors(session) == {birch: alder, cedar: alder}
        assert [queries.survivor_of(session, who) for who in (cedar, dogwood)] == [alder, dogwood]
        assert queries.with_merged(session, [alder, dogwood]) == [alder, birch, cedar, dogwood]
        assert queries.with_merged(session, [birch]) == [birch]


def test_a_contact_is_added_changed_and_forgotten_while_the_audit_holds_only_hashes(engine: Engine, alder: int) -> None:
    made = service.save_contact(engine, customer_id=alder, role="payables", email="m@alder.example", actor=ANNA)
    number = made["contact"]
    service.save_contact(
        engine, customer_id=alder, contact_id=number, role="billing", name="Mia", email="mia@alder.example", actor=ANNA
    )
    with reading(engine) as session:
        contact = session.get(Contact, number)
        assert contact is not None
        assert (contact.role, contact.name, contact.email) == ("billing", "Mia", "mia@alder.example")
    service.remove_contact(engine, customer_id=alder, contact_id=number, actor=ANNA)
    with reading(engine) as session:
        assert session.get(Contact, number) is None
        written = " ".join(session.execute(select(AuditEvent.changed)).scalars())
    assert "alder.example" not in written
    assert '"email"' in written


@pytest.mark.parametrize("email", ["mia", "mia@", "@alder.example", "mia@alder", "mi a@alder.example", "a@b@c.example"])
def test_an_address_that_is_none_is_refused(engine: Engine, alder: int, email: str) -> None:
    with pytest.raises(BadInput, match="no e-mail address"):
        service.save_contact(engine, customer_id=alder, role="payables", email=email, actor=ANNA)


def test_a_contact_of_another_customer_is_not_found(engine: Engine, alder: int) -> None:
    birch = service.create_customer(engine, code="C2", name="Birch", actor=ANNA)["customer"]
    made = service.save_contact(engine, customer_id=alder, role="payables", name="Mia", actor=ANNA)
    with pytest.raises(NotFound):
        service.remove_contact(engine, customer_id=birch, contact_id=made["contact"], actor=ANNA)


def test_a_withdrawn_note_stays_in_the_store(engine: Engine, alder: int) -> None:
    note = service.add_note(engine, customer_id=alder, text=" Pays on Fridays. ", actor=ANNA)["note"]
    service.withdraw_note(engine, customer_id=alder, note_id=note, actor=ANNA)
    with reading(engine) as session:
        kept = session.get(Note, note)
        assert kept is not None
        assert kept.text == "Pays on Fridays."
        assert kept.withdrawn_at is not None


def test_a_withdrawn_note_comes_back_with_its_day_and_author(engine: Engine, alder: int) -> None:
    note = service.add_note(engine, customer_id=alder, text="Pays on Fridays.", actor=ANNA)["note"]
    service.withdraw_note(engine, customer_id=alder, note_id=note, actor=ANNA)
    service.restore_note(engine, customer_id=alder, note_id=note, actor=Actor("bo"))
    with reading(engine) as session:
        kept = session.get(Note, note)
        assert kept is not None
        assert (kept.by, kept.withdrawn_at) == ("anna", None)
    with pytest.raises(NotFound):
        service.restore_note(engine, customer_id=alder, note_id=99, actor=ANNA)


def test_families_and_merges_have_no_circles(engine: Engine, alder: int) -> None:
    birch = service.create_customer(engine, code="C2", name="Birch", actor=ANNA)["customer"]
    service.set_parent(engine, customer_id=birch, parent_id=alder, actor=ANNA)
    with pytest.raises(RuleBroken, match="would be a circle"):
        service.set_parent(engine, customer_id=alder, parent_id=birch, actor=ANNA)
    service.merge(engine, customer_id=birch, into_id=alder, actor=ANNA)
    with pytest.raises(RuleBroken, match="merged into itself"):
        service.merge(engine, customer_id=alder, into_id=birch, actor=ANNA)


def test_a_viewer_may_not_write(engine: Engine, alder: int) -> None:
    with pytest.raises(NotAllowed):
        service.add_note(engine, customer_id=alder, text="hello", actor=Actor("vera", role="viewer"))


def test_every_write_is_one_audit_event_about_the_customer(engine: Engine, alder: int) -> None:
    service.change_customer(engine, customer_id=alder, values={"region": "North"}, actor=ANNA)
    with reading(engine) as session:
        rows = session.execute(
            select(AuditEvent.verb, AuditEvent.subject, AuditEvent.changed).order_by(col(AuditEvent.seq))
        ).all()
    assert [(row.verb, row.subject) for row in rows] == [
        ("create_customer", f"customer:{alder}"),
        ("change_customer", f"customer:{alder}"),
    ]
    assert json.loads(rows[1].changed) == {"fields": ["region"]}


def test_what_was_told_of_many_is_put_back_but_not_what_somebody_changed_since(engine: Engine, alder: int) -> None:
    birch = service.create_customer(engine, code="C2", name="Birch", actor=ANNA)["customer"]
    day, before = date(2026, 3, 1), date(2026, 1, 1)
    service.assign(engine, values={alder: {"owner": "Ana"}}, valid_from=before, actor=ANNA)
    told: service.Told = {
        alder: {"owner": " Cleo ", "intercompany": True},
        birch: {"owner": "Cleo", "segment": "Retail"},
    }
    done = service.assign(engine, values=told, valid_from=day, actor=ANNA)
    service.assign(engine, values={birch: {"owner": "Dora"}}, valid_from=day, actor=ANNA)
    assert assigning.take_back(engine, told, done, valid_from=day, actor=ANNA)["customers"] == 2
    assert [tuple(row)[3:] for row in queries.assignments(engine, day)] == [("", "Ana", False), ("", "Dora", False)]
    assert [row.owner for row in queries.assignments(engine, before)] == ["Ana", ""]


def test_many_customers_get_an_owner_or_join_the_group_in_one_write(engine: Engine, alder: int) -> None:
    birch = service.create_customer(engine, code="C2", name="Birch", actor=ANNA)["customer"]
    values = {alder: {"owner": "Ana", "segment": "Retail"}, birch: {"owner": "Ben", "intercompany": True}}
    service.assign(engine, values=values, valid_from=date(2026, 1, 1), actor=ANNA)
    assert [tuple(row) for row in queries.assignments(engine, date(2026, 1, 1))] == [
        (alder, "C1", "Alder Ltd", "Retail", "Ana", False),
        (birch, "C2", "Birch", "", "Ben", True),
    ]
    with pytest.raises(BadInput, match="Only owner, segment and own group"):
        service.assign(engine, values={alder: {"terms": "net 30"}}, valid_from=date(2026, 1, 1), actor=ANNA)
