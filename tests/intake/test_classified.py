"""Settlements that somebody explained: what really came takes their place, in either order of arrival."""

from __future__ import annotations

import shutil

import pytest
from hypothesis import HealthCheck
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from arcore.errors import AlreadyReversed
from arcore.errors import RuleBroken
from arcore.ledger import service as ledger
from arcore.store.engine import open_engine

MONTHS = ("2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30")
EXPLANATIONS = ("cash", "credit", "write_off", "factored")


def unexplained(office):
    """Return the ids of settlements that stand and that nobody explained."""
    return [
        row["id"]
        for row in office.rows(
            "SELECT id FROM document WHERE kind = 'settlement' AND reason IN ('listed', 'snapshot') AND amount < 0 "
            "AND reverses_id IS NULL AND id NOT IN (SELECT reverses_id FROM document WHERE reverses_id IS NOT NULL)"
        )
    ]


def explain(office, explanation, reason=""):
    return ledger.classify(
        office.engine, settlement_ids=unexplained(office), explanation=explanation, reason=reason, actor=office.actor
    )["documents"]


def total(office, kind):
    """Return what stands of a kind, in whole euros, as the books sign it."""
    return sum(row["amount"] for row in office.documents(kind)) // 100


@pytest.fixture
def told(files):
    """Return the opening of two invoices, 100 and 50, and the snapshot in which 60 and 50 of them are gone."""
    return (
        files.snapshot("01-31", files.document("INV-1", "100.00", "01-05"), files.document("INV-2", "50.00", "01-07"),
                       files.document("INV-3", "80.00", "01-20")),
        files.snapshot("02-28", files.document("INV-1", "100.00", "01-05", left="40.00"),
                       files.document("INV-3", "80.00", "01-20")),
    )  # fmt: skip


@pytest.mark.parametrize("explanation", ["cash", "credit", "write_off", "factored"])
def test_what_was_explained_counts_as_that_and_as_nothing_else(office, told, explanation):
    for file in told:
        office.take(file, yes=True)
    assert office.settled() == "-110.00"
    explain(office, explanation, "small_difference" if explanation == "write_off" else "")
    kinds = {"cash": "payment", "credit": "credit_note", "write_off": "write_off", "factored": "settlement"}
    assert {kind: total(office, kind) for kind in kinds.values()} == {
        kind: -110 if kind == kinds[explanation] else 0 for kind in kinds.values()
    }
    assert unexplained(office) == []
    assert office.open() == {"INV-1": "40.00", "INV-3": "80.00"}
    assert office.open("02-27") == {"INV-1": "100.00", "INV-2": "50.00", "INV-3": "80.00"}


@pytest.mark.parametrize("explanation", ["cash", "credit", "write_off", "factored"])
@pytest.mark.parametrize("real", ["payment", "credit_note", "write_off"])
def test_what_really_came_replaces_it_and_in_the_other_order_there_is_nothing_to_explain(
    office, files, other, told, explanation, real
):
    """Explained first, then the file that says what it was; in the other office the file first."""
    opening, closing = told
    if real == "payment":
        came = files.payments(files.payment("60.00", "02-10", "INV-1"), files.payment("50.00", "02-12", "INV-2"))
    else:
        came = files.listed(
            files.document("N-1", "60.00", "02-10", kind=real, pays="INV-1"),
            files.document("N-2", "50.00", "02-12", kind=real, pays="INV-2"),
            kind="credit_notes", path="credits.csv",
        )  # fmt: skip
    office.take(opening, yes=True)
    office.take(closing, yes=True)
    explain(office, explanation, "uncollectible" if explanation == "write_off" else "")
    office.take(came, yes=True)
    other.take(opening, yes=True)
    other.take(came, yes=True)
    other.take(closing, yes=True)
    assert unexplained(other) == []
    assert office.history() == other.history()
    kinds = ("payment", "credit_note", "write_off", "settlement")
    assert {kind: total(office, kind) for kind in kinds} == {kind: -110 if kind == real else 0 for kind in kinds}


def test_a_part_that_really_came_leaves_the_rest_explained_whatever_came_first(office, files, other, told):
    opening, closing = told
    part = files.payments(files.payment("25.00", "02-10", "INV-1"))
    for file in (opening, closing):
        office.take(file, yes=True)
        other.take(file, yes=True)
    explain(office, "cash")
    office.take(part, yes=True)
    other.take(part, yes=True)
    explain(other, "cash")
    assert office.cash() == other.cash() == "110.00"
    assert office.open() == other.open() == {"INV-1": "40.00", "INV-3": "80.00"}
    assert office.open("02-11") == other.open("02-11") == {"INV-1": "75.00", "INV-2": "50.00", "INV-3": "80.00"}
    # And the rest still waits for its receipt.
    late = files.payments(files.payment("35.00", "02-20", "INV-1"), files.payment("50.00", "02-21", "INV-2"))
    office.take(late, yes=True)
    assert office.cash() == "110.00"
    assert office.open("02-20") == {"INV-1": "40.00", "INV-2": "50.00", "INV-3": "80.00"}


def test_a_receipt_after_the_day_of_the_snapshot_pays_what_is_open_and_replaces_nothing(office, files, told):
    for file in told:
        office.take(file, yes=True)
    explain(office, "cash")
    office.take(files.payments(files.payment("40.00", "03-02", "INV-1")), yes=True)
    assert office.cash() == "150.00"
    assert office.open() == {"INV-3": "80.00"}


def test_what_a_list_without_a_day_implied_keeps_its_place_too(office, files, other):
    listed = files.listed(
        files.document("INV-1", "100.00", "01-05", left="40.00"), files.document("INV-2", "50.00", "01-20")
    )
    paid = files.payments(files.payment("60.00", "01-15", "INV-1"))
    office.take(listed, yes=True)
    explain(office, "write_off", "goodwill")
    office.take(paid, yes=True)
    other.take(paid, yes=True)
    other.take(listed, yes=True)
    assert office.history() == other.history()
    assert (total(office, "write_off"), office.cash()) == (0, "60.00")


def test_taken_back_it_is_unexplained_again_and_may_be_explained_anew(office, told):
    for file in told:
        office.take(file, yes=True)
    before = office.history()
    made = explain(office, "cash")
    ledger.declassify(office.engine, document_ids=made, actor=office.actor)
    assert office.history() == before
    assert len(unexplained(office)) == 2
    again = explain(office, "factored")
    with pytest.raises(RuleBroken, match="no settlement of a debt"):
        ledger.classify(office.engine, settlement_ids=again, explanation="cash", actor=office.actor)


def test_taking_back_leaves_alone_what_came_meanwhile(office, files, told):
    for file in told:
        office.take(file, yes=True)
    made = explain(office, "cash")
    office.take(files.payments(files.payment("50.00", "02-12", "INV-2")), yes=True)
    ledger.declassify(office.engine, document_ids=made, actor=office.actor)
    assert office.cash() == "50.00"
    assert office.settled() == "-60.00"


def test_undo_of_the_snapshot_takes_its_explanation_with_it(office, told):
    opening, closing = told
    office.take(opening, yes=True)
    number = office.take(closing, yes=True)
    explain(office, "cash")
    office.undo(number)
    assert office.cash() == "0.00"
    assert office.open() == {"INV-1": "100.00", "INV-2": "50.00", "INV-3": "80.00"}
    office.take(closing, yes=True)
    assert office.settled() == "-110.00"


def test_undo_of_the_receipts_brings_the_explanation_back(office, files, told):
    for file in told:
        office.take(file, yes=True)
    explain(office, "credit")
    number = office.take(files.payments(files.payment("50.00", "02-12", "INV-2")), yes=True)
    assert total(office, "credit_note") == -60
    office.undo(number)
    assert (total(office, "credit_note"), office.cash()) == (-110, "0.00")
    office.take(files.payments(files.payment("50.00", "02-12", "INV-2")), yes=True)
    assert (total(office, "credit_note"), office.cash()) == (-60, "50.00")


@pytest.mark.parametrize("explanation", ["cash", "credit", "write_off", "factored"])
def test_an_invoice_that_comes_back_is_open_again_though_it_was_explained(office, files, told, explanation):
    for file in told:
        office.take(file, yes=True)
    explain(office, explanation, "uncollectible" if explanation == "write_off" else "")
    third = files.snapshot("03-31", files.document("INV-1", "100.00", "01-05", left="100.00"),
                           files.document("INV-3", "80.00", "01-20"))  # fmt: skip
    office.take(third, yes=True)
    assert office.open() == {"INV-1": "100.00", "INV-3": "80.00"}
    assert office.open("02-28") == {"INV-1": "40.00", "INV-3": "80.00"}


def test_a_settlement_is_explained_once(office, told):
    for file in told:
        office.take(file, yes=True)
    ids = unexplained(office)
    explain(office, "cash")
    with pytest.raises(AlreadyReversed):
        ledger.classify(office.engine, settlement_ids=ids, explanation="cash", actor=office.actor)
    assert office.cash() == "110.00"


state = st.dictionaries(st.integers(1, 5), st.integers(1, 3), max_size=5)
"""What a month lists: invoice → hundreds open of its 300."""


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(months=st.lists(st.tuples(state, st.sampled_from(EXPLANATIONS)), min_size=1, max_size=len(MONTHS)))
def test_books_follow_the_source_though_all_that_vanished_is_explained_each_month(
    months, files, sqlite_template, office_of, tmp_path_factory
):
    path = tmp_path_factory.mktemp("explained") / "books.db"
    shutil.copyfile(sqlite_template, path)
    office = office_of(open_engine(f"sqlite:///{path}"))
    taken = []
    for day, (listed, explanation) in zip(MONTHS, months, strict=False):
        rows = [
            files.document(f"INV-{n}", "300.00", "2026-01-05", customer=f"C{n % 2}", left=f"{left}00.00")
            for n, left in listed.items()
        ]
        taken.append(office.take(files.snapshot(day, *rows), yes=True))
        said = {f"INV-{n}": f"{left}00.00" for n, left in sorted(listed.items())}
        assert office.open(day) == said
        if unexplained(office):
            explain(office, explanation, "goodwill" if explanation == "write_off" else "")
        assert office.open(day) == said
    assert office.whole()
    for number in reversed([number for number in taken if number]):
        office.undo(number)
    assert office.balances() == {}
    assert office.whole()
    office.engine.dispose()
