"""A customer comes under another code or another name: told, asked, united only with a yes, and split again."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select
from sqlmodel import col

from arcore.customers import service as customers
from arcore.customers.queries import tax_numbers
from arcore.errors import RuleBroken
from arcore.intake.alike import OTHER
from arcore.intake.alike import SAME
from arcore.intake.reading import understand
from arcore.reports.aging import aging
from arcore.reports.filters import Filters
from arcore.store.cleanup import CleanupDecision
from arcore.store.customers import Customer
from arcore.store.engine import reading


def ids(office):
    return {row["code"]: row["id"] for row in office.rows("SELECT id, code FROM customer ORDER BY id")}


def into(office):
    rows = office.rows(
        "SELECT c.code, s.code AS survivor FROM customer c JOIN customer s ON s.id = c.merged_into_id ORDER BY c.id"
    )
    return {row["code"]: row["survivor"] for row in rows}


def owed(office, on="2026-06-30"):
    found = aging(office.engine, Filters(as_of=date.fromisoformat(on), currency="EUR"))
    return {row.name: row.open for row in found.cells if row.open}


def booked(office):
    return office.rows("SELECT id, document_id, customer_id, amount FROM item ORDER BY id")


@pytest.fixture
def known(office, files):
    office.take(
        files.listed(
            files.document("INV-1", "100.00", "01-05", code="C045", customer="Müller GmbH & Co. KG"),
            files.document("INV-2", "50.00", "02-05", code="C045", customer="Müller GmbH & Co. KG"),
            files.document("INV-3", "30.00", "02-05", code="C046", customer="Birch AG"),
        )
    )
    return office


def later(files):
    return files.listed(
        files.document("INV-7", "70.00", "03-05", code="C123", customer="Mueller GmbH"),
        files.document("INV-8", "8.00", "03-05", code="C200", customer="Cedar Mills"),
        path="later.csv",
    )


def test_a_look_alike_is_told_with_what_is_open_there_and_nothing_waits_for_an_answer(known, files):
    plan = known.plan(later(files))
    (pair,) = plan.alike
    assert (pair.code, pair.other_code, pair.why) == ("C123", "C045", "the same name but for the legal form")
    assert (pair.items, pair.open, pair.answer) == (2, (("EUR", 15000),), "")
    assert plan.unanswered == ()
    known.take(later(files))
    assert into(known) == {}
    assert known.plan(later(files)).alike == ()  # known by its code now: Clean-up lists the pair


def test_said_to_be_the_same_its_documents_count_for_the_other_from_then_on(known, files):
    (pair,) = known.plan(later(files)).alike
    number = known.take(later(files), answers=frozenset({pair.id_of(SAME)}))
    assert into(known) == {"C123": "C045"}
    assert sum(owed(known).values()) == 25800
    assert owed(known)["Müller GmbH & Co. KG"] == 22000
    more = files.listed(files.document("INV-9", "5.00", "04-05", code="C123", customer="Mueller GmbH"), path="m.csv")
    known.take(more)
    assert owed(known)["Müller GmbH & Co. KG"] == 22500
    assert owed(known, "2026-03-31")["Müller GmbH & Co. KG"] == 22000
    before = booked(known)
    customers.merge(known.engine, customer_id=ids(known)["C123"], into_id=None, actor=known.actor)
    assert booked(known) == before
    assert owed(known)["Müller GmbH & Co. KG"] == 15000
    assert owed(known)["Mueller GmbH"] == 7500  # what came under its code after the merge went to it too
    again = known.plan(files.listed(*more.rows, path="again.csv"))
    assert again.is_empty
    assert number == 2


def test_the_same_invoices_under_a_new_code_are_the_same_documents(known, files):
    renumbered = files.snapshot(
        "03-31",
        files.document("INV-1", "100.00", "01-05", code="C123", customer="Mueller GmbH"),
        files.document("INV-2", "50.00", "02-05", code="C123", customer="Mueller GmbH", left="20.00"),
        files.document("INV-3", "30.00", "02-05", code="C046", customer="Birch AG"),
    )
    (pair,) = known.plan(renumbered).alike
    assert known.changes(renumbered)["new"] == 2
    answers = frozenset({pair.id_of(SAME)})
    counts = known.changes(renumbered, answers=answers)
    assert "new" not in counts
    known.take(renumbered, answers=answers)
    assert known.open()["INV-2"] == "20.00"


def test_said_to_be_another_it_is_not_asked_again(known, files):
    (pair,) = known.plan(later(files)).alike
    known.take(later(files), answers=frozenset({pair.id_of(OTHER)}))
    assert into(known) == {}
    with reading(known.engine) as session:
        (subject,) = session.execute(select(col(CleanupDecision.subject))).scalars()
    assert subject == f"{ids(known)['C045']}~{ids(known)['C123']}"


def test_two_of_one_file_that_look_alike_count_too(office, files):
    both = files.listed(
        files.document("INV-1", "10.00", "01-05", code="A", customer="Alder Ltd"),
        files.document("INV-2", "20.00", "01-05", code="B", customer="ALDER LIMITED"),
    )
    (pair,) = office.plan(both).alike
    assert (pair.code, pair.other_code) == ("B", "A")
    office.take(both, answers=frozenset({pair.id_of(SAME)}))
    assert into(office) == {"B": "A"}
    assert owed(office) == {"Alder Ltd": 3000}


def test_undoing_the_import_takes_the_merge_back(known, files):
    (pair,) = known.plan(later(files)).alike
    known.undo(known.take(later(files), answers=frozenset({pair.id_of(SAME)})))
    assert into(known) == {}
    assert owed(known)["Müller GmbH & Co. KG"] == 15000


def test_another_name_under_a_known_code_renames_and_the_old_name_still_finds(known, files):
    renamed = files.listed(
        files.document("INV-4", "9.00", "03-05", code="C046", customer="Pappel Papier SE"), path="renamed.csv"
    )
    (party,) = [one for one in known.plan(renamed).parties if one.fields]
    assert (party.code, party.name, party.fields) == ("C046", "Birch AG", {"name": "Pappel Papier SE"})
    number = known.take(renamed)
    by_name = files.listed(files.document("INV-5", "1.00", "03-06", customer="Birch AG"), path="names.csv")
    assert all(not one.is_new for one in known.plan(by_name).parties)
    old = files.listed(files.document("INV-6", "1.00", "03-06", code="C046", customer="Birch AG"), path="old.csv")
    assert known.plan(old).parties == ()  # an older spelling does not rename it back
    assert [row["name"] for row in known.rows("SELECT name FROM customer_alias ORDER BY id")] == ["Birch AG"]
    known.undo(number)
    assert {row["name"] for row in known.rows("SELECT name FROM customer")} >= {"Birch AG"}


def test_another_spelling_or_two_names_under_one_code_rename_nobody(known, files):
    for rows in (
        [files.document("INV-4", "9.00", "03-05", code="C046", customer="BIRCH A.G.")],
        [
            files.document("INV-4", "9.00", "03-05", code="C046", customer="Ann Lee"),
            files.document("INV-5", "9.00", "03-05", code="C046", customer="Ben Low"),
        ],
    ):
        assert known.plan(files.listed(*rows, path="spelt.csv")).parties == ()


def test_a_merge_is_split_and_made_again_without_a_circle(known, files):
    known.take(later(files))
    c045, c123 = ids(known)["C045"], ids(known)["C123"]
    customers.merge(known.engine, customer_id=c123, into_id=c045, actor=known.actor)
    with pytest.raises(RuleBroken, match="merged into itself"):
        customers.merge(known.engine, customer_id=c045, into_id=c123, actor=known.actor)
    with reading(known.engine) as session:
        assert session.get_one(Customer, c123).merged_into_id == c045


def test_nobody_is_two_others(known, files):
    known.take(later(files))
    third = files.listed(files.document("INV-9", "5.00", "04-05", code="C300", customer="MÜLLER AG"), path="t.csv")
    both = known.plan(third).alike
    assert {pair.other_code for pair in both} == {"C045", "C123"}
    made = known.plan(third, answers=frozenset(pair.id_of(SAME) for pair in both))
    assert sorted(pair.answer for pair in made.alike) == ["", SAME]
    assert len(made.merging) == 1


CUSTOMERS = "Customer number,Customer name,VAT registration no\nC045,Müller GmbH & Co. KG,DE 123456789\n"


def test_a_tax_number_of_a_customer_list_is_kept_shown_and_taken_back(known, files):
    (read,) = understand([("customers.csv", CUSTOMERS.encode())])
    assert (read.kind, read.customers[0].tax_number) == ("customers", "DE 123456789")
    told = known.take(read)
    fact = "SELECT value FROM customer_fact WHERE name = 'tax_number' ORDER BY id"
    assert [row["value"] for row in known.rows(fact)] == ["DE 123456789"]
    (again,) = understand([("again.csv", CUSTOMERS.encode())])
    assert known.plan(again).parties == (), "what the books know is left out"
    with reading(known.engine) as session:
        assert list(tax_numbers(session).values()) == [("DE 123456789",)]
    known.undo(told)
    assert [row["value"] for row in known.rows(fact)][-1] == ""


def test_invoices_tell_tax_numbers_too_and_they_find_who_has_quite_another_name(known, files):
    (read,) = understand([("customers.csv", CUSTOMERS.encode())])
    known.take(read)
    invoices = (
        "Invoice number,Customer number,Customer name,USt-IdNr.,Invoice date,Due date,Total\n"
        "INV-9,N77,Nordwind Holding,DE123456789,2026-03-05,2026-04-04,10.00\n"
    )
    (read,) = understand([("new.csv", invoices.encode())], currency="EUR")
    plan = known.plan(read)
    (pair,) = plan.alike
    assert (pair.code, pair.other_code, pair.score, pair.why) == ("N77", "C045", 98, "the same tax number")
    assert [(party.name, party.facts) for party in plan.parties] == [
        ("Nordwind Holding", {"tax_number": "DE123456789"})
    ]
