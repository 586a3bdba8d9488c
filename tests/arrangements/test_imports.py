"""Files and arrangements: cash for an invoice number, what vanished, corrected invoices, and how far cash is known."""

from __future__ import annotations

from datetime import date

import pytest

from arcore.arrangements import queries
from arcore.intake.plan import plan
from arcore.intake.reading import understand
from arcore.intake.service import commit
from arcore.intake.undo import undo
from arcore.store.engine import reading

HEAD = "Customer code,Customer,Invoice,Date,Due date,Amount,Open balance,Currency\n"
PAID = "Customer code,Customer,Payment number,Payment date,Payment amount,Currency,Applied to invoice\n"


@pytest.fixture
def take(office):
    """Return a function that books one file; every question is answered with yes."""

    def book(text: str, as_of: str | None = None, name: str = "list.csv") -> int:
        files = understand([(name, text.encode())])
        how = {"as_of": None if as_of is None else date.fromisoformat(f"2026-{as_of}"), "today": date(2026, 6, 30)}
        made = plan(office.engine, files, **how)
        made = plan(office.engine, files, **how, answers=frozenset(q.id for q in made.questions))
        number = commit(office.engine, made, actor=office.actor)
        assert number is not None
        return number

    return book


def snapshot(*lines: str) -> str:
    return "Open invoices\n" + HEAD + "".join(f"C1,Alder,{line},EUR\n" for line in lines)


def invoices(*lines: str) -> str:
    """A list of everything invoiced; it speaks of no day."""
    return HEAD + "".join(f"C1,Alder,{line},EUR\n" for line in lines)


def known(office, entity: str = "main", currency: str = "EUR") -> date | None:
    with reading(office.engine) as session:
        return queries.cash_known_until(session, entity, currency)


def item_of(office, number: str) -> int:
    return int(
        office.rows(
            "SELECT i.id FROM item i JOIN document d ON d.id = i.document_id "
            "WHERE d.number = :number AND i.origin_item_id IS NULL ORDER BY i.id DESC",
            number=number,
        )[0]["id"]
    )


def test_a_payment_imported_for_the_invoice_number_pays_the_oldest_instalment(office, take):
    take(snapshot("INV-1,2026-01-01,2026-01-31,100.00,100.00"), "02-28")
    agreed = office.plan([item_of(office, "INV-1")], "03-02", ("03-10", "50"), ("04-10", "50"))
    take(PAID + "C1,Alder,P-1,2026-03-11,60.00,EUR,INV-1\n", name="payments.csv")

    row = office.seen(agreed, "03-12")
    assert [(one.state, one.paid, one.left) for one in row.instalments] == [("kept", 5000, 0), ("coming", 1000, 4000)]
    assert office.aging("03-12") == {"not due": "40.00"}


def test_the_source_goes_on_saying_its_old_due_date_and_the_plan_stays(office, take):
    take(snapshot("INV-1,2026-01-01,2026-01-31,100.00,100.00"), "02-28")
    agreed = office.plan([item_of(office, "INV-1")], "03-02", ("03-10", "50"), ("04-10", "50"))
    take(snapshot("INV-1,2026-01-01,2026-01-31,100.00,100.00", "INV-2,2026-03-01,2026-03-31,7.00,7.00"), "03-31")

    # The snapshot of 31 March covers the grace of the first instalment, not of the second.
    assert office.states(agreed, "04-20") == ["broken", "late"]
    assert office.aging("04-20") == {"31-60": "50.00", "1-30": "57.00"}


def test_an_instalment_gone_from_a_snapshot_counts_as_paid(office, take):
    take(snapshot("INV-1,2026-01-01,2026-01-31,100.00,100.00"), "02-28")
    agreed = office.plan([item_of(office, "INV-1")], "03-02", ("03-10", "50"), ("04-10", "50"))
    take(snapshot("INV-1,2026-01-01,2026-01-31,100.00,50.00"), "03-12")

    assert [(one.state, one.paid) for one in office.seen(agreed, "03-12").instalments] == [
        ("kept", 5000),
        ("coming", 0),
    ]


def test_a_corrected_invoice_keeps_its_place_in_the_plan(office, take):
    take(invoices("INV-1,2026-01-01,2026-01-31,100.00,100.00"))
    agreed = office.plan([item_of(office, "INV-1")], "03-02", ("03-10", "50"), ("04-10", "50"))
    take(invoices("INV-1,2026-01-01,2026-01-31,90.00,90.00"))

    row = office.seen(agreed, "03-06")
    assert [(one.state, one.left, one.otherwise) for one in row.instalments] == [
        ("coming", 5000, 0),
        ("coming", 4000, 1000),
    ]
    assert len(office.planned("03-06")) == 2
    office.cancel(agreed, "03-07")
    assert office.aging("03-07") == {"31-60": "90.00"}


def test_undoing_a_correction_gives_the_plan_back(office, take):
    take(invoices("INV-1,2026-01-01,2026-01-31,100.00,100.00"))
    agreed = office.plan([item_of(office, "INV-1")], "03-02", ("03-10", "50"), ("04-10", "50"))
    wrong = take(invoices("INV-1,2026-01-01,2026-01-31,90.00,90.00"))
    undo(office.engine, wrong, actor=office.actor)

    row = office.seen(agreed, "03-06")
    assert [(one.state, one.left) for one in row.instalments] == [("coming", 5000), ("coming", 5000)]
    assert len(office.planned("03-06")) == 2


def test_undoing_the_import_of_the_invoice_leaves_a_plan_of_nothing(office, take):
    first = take(invoices("INV-1,2026-01-01,2026-01-31,100.00,100.00"))
    agreed = office.plan([item_of(office, "INV-1")], "03-02", ("03-10", "50"), ("04-10", "50"))
    undo(office.engine, first, actor=office.actor)
    assert office.states(agreed, "03-06") == ["settled", "settled"]
    assert (office.seen(agreed, "03-06").state, office.planned("03-06"), office.aging("03-06")) == ("finished", {}, {})
    take(invoices("INV-1,2026-01-01,2026-01-31,100.00,100.00"))

    # What comes again comes as the source says it, on its first due date.
    assert office.aging("03-06") == {"31-60": "100.00"}
    assert office.seen(agreed, "03-06").state == "finished"
    office.plan([item_of(office, "INV-1")], "03-02", ("03-10", "50"), ("04-10", "50"))


def test_a_promise_follows_a_corrected_invoice(office, take):
    take(invoices("INV-1,2026-01-01,2026-01-31,100.00,100.00"))
    promise = office.promise("90", "03-02", "03-10", item_of(office, "INV-1"))
    take(invoices("INV-1,2026-01-01,2026-01-31,90.00,90.00"))
    office.payment("90", "03-09", (item_of(office, "INV-1"), "90"))

    assert office.judged(promise, "03-09") == ["kept"]


def test_a_promise_is_not_known_until_a_file_covers_its_last_day(office, take):
    take(snapshot("INV-1,2026-01-01,2026-01-31,100.00,100.00"), "03-05")
    promise = office.promise("100", "03-02", "03-10")
    assert (known(office), known(office, "uk")) == (date(2026, 3, 5), None)
    assert office.judged(promise, "03-13", "03-20") == ["open", "unknown"]
    again = take(
        snapshot("INV-1,2026-01-01,2026-01-31,100.00,100.00", "INV-2,2026-03-01,2026-03-31,7.00,7.00"), "03-16"
    )

    assert office.judged(promise, "03-20") == ["broken"]
    undo(office.engine, again, actor=office.actor)
    assert office.judged(promise, "03-20") == ["unknown"]


def test_a_promise_is_kept_by_what_vanished_between_two_snapshots(office, take):
    take(snapshot("INV-1,2026-01-01,2026-01-31,100.00,100.00", "INV-2,2026-01-01,2026-01-31,7.00,7.00"), "03-05")
    promise = office.promise("100", "03-06", "03-10")
    take(snapshot("INV-2,2026-01-01,2026-01-31,7.00,7.00"), "03-31")

    # Paid some day from 6 to 31 March: nobody can say that it was too late.
    row = office.promised(promise, "04-01")
    assert (row.state, row.received, row.assumed) == ("kept", 10000, 10000)


def test_a_file_of_payments_says_how_far_cash_is_known(office, take):
    assert known(office) == date.max
    take(HEAD + "C1,Alder,INV-1,2026-01-01,2026-01-31,100.00,100.00,EUR\n")
    assert known(office) is None
    take(PAID + "C1,Alder,P-1,2026-03-11,60.00,EUR,INV-1\n", name="payments.csv")

    assert (known(office), known(office, currency="USD")) == (date(2026, 3, 11), None)
