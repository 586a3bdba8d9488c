"""What an undo says it would take along, before it does: documents, messages, promises, months, bookings."""

from __future__ import annotations

from datetime import UTC
from datetime import date
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlmodel import Session

from arcore.arrangements import service as arrangements
from arcore.company import service as company
from arcore.disputes import service as disputes
from arcore.intake.consequences import Consequences
from arcore.intake.posting import service as posting
from arcore.intake.posting.files import load
from arcore.intake.posting.queries import posting_list
from arcore.intake.undo import undo
from arcore.ledger import service
from arcore.store.messages import Message
from arcore.store.messages import MessageItem
from arcore.store.unit import Actor

ANNA = Actor("anna")
TODAY = date(2026, 6, 30)


def would(office: Any, number: int) -> Consequences:
    """Return what the undo of an import would take along; asking changes nothing."""
    before = office.history()
    found: Consequences = undo(office.engine, number, actor=ANNA, dry_run=True)["consequences"]
    assert office.history() == before
    return found


def customer(office: Any) -> int:
    """Return the first customer."""
    return int(office.rows("SELECT id FROM customer ORDER BY id")[0]["id"])


def item(office: Any, number: str) -> int:
    """Return the newest item of a document."""
    rows = office.rows(
        "SELECT i.id FROM item i JOIN document d ON d.id = i.document_id WHERE d.number = :n ORDER BY i.id DESC",
        n=number,
    )
    return int(rows[0]["id"])


def document(office: Any, number: str) -> int:
    """Return the newest document of a number that takes nothing back."""
    rows = office.rows("SELECT id FROM document WHERE number = :n AND reverses_id IS NULL ORDER BY id DESC", n=number)
    return int(rows[0]["id"])


def pay(office: Any, amount: str, number: str) -> int:
    """Record a receipt by hand and return its document."""
    facts = service.record_payment(
        office.engine, customer_id=customer(office), received_on=date(2026, 1, 20), currency="EUR",
        amount=Decimal(amount), apply_to=[(item(office, number), Decimal(amount))], actor=ANNA,
    )  # fmt: skip
    return int(facts["documents"][0])


def give_up(office: Any, number: str) -> None:
    """Write 5.00 of a document off by hand."""
    service.write_off(
        office.engine, item_id=item(office, number), amount=Decimal("5.00"), reason="goodwill", on=date(2026, 2, 1),
        actor=ANNA,
    )  # fmt: skip


def remind(office: Any, *numbers: str, state: str = "sent") -> None:
    """Keep a message that names documents and asks for 10.00 of each."""
    at = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
    with Session(office.engine) as session:
        message = Message(
            customer_id=customer(office), entity="main", policy="standard", step=2, due_on=date(2026, 3, 1),
            day=date(2026, 3, 2), key=f"k{numbers}{state}", header_id=f"h{numbers}{state}", language="en",
            recipients='["ap@alder.example"]', raw=b"", way="smtp", state=state, state_at=at, prepared_at=at,
            prepared_by="anna",
        )  # fmt: skip
        session.add(message)
        session.flush()
        for number in numbers:
            session.add(
                MessageItem(
                    message_id=int(message.id or 0),
                    document_id=document(office, number),
                    due_date=date(2026, 2, 1),
                    currency="EUR",
                    open=1000,
                    claimed=1000,
                    level=2,
                )
            )
        session.commit()


@pytest.fixture
def told(office: Any, files: Any) -> Any:
    """Return an office whose first import told two invoices, 100.00 and 50.00."""
    office.take(files.listed(files.document("A-1", "100.00", "01-05"), files.document("A-2", "50.00", "01-20")))
    return office


def test_documents_that_leave_are_counted_and_a_payment_by_hand_becomes_unapplied(told: Any) -> None:
    number = pay(told, "30.00", "A-1")
    found = would(told, 1)
    assert [tuple(one) for one in found.leaving] == [("invoice", "EUR", 2, 15000)]
    [freed] = found.freed
    assert (freed.document_id, freed.kind, freed.before, freed.after, freed.by) == (number, "payment", 0, -3000, "anna")
    assert freed.import_id is None
    assert (found.along, found.owed, found.back, found.builds_on) == ((), (), (), ())


def test_a_write_off_goes_along_and_a_payment_of_another_file_is_named_with_its_import(told: Any, files: Any) -> None:
    give_up(told, "A-2")
    told.take(files.payments(files.payment("60.00", "01-10", "A-1"), profile="bank_tool"))
    found = would(told, 1)
    assert [(one.kind, one.amount, one.import_id) for one in found.along] == [("write_off", -500, None)]
    assert [(one.kind, one.after, one.import_id) for one in found.freed] == [("payment", -6000, 2)]
    assert found.builds_on == (2,)


def test_undo_of_payments_says_which_debts_are_open_again(told: Any, files: Any) -> None:
    told.take(files.payments(files.payment("60.00", "01-10", "A-1")))
    found = would(told, 2)
    assert [tuple(one) for one in found.leaving] == [("payment", "EUR", 1, -6000)]
    assert [(one.number, one.before, one.after) for one in found.owed] == [("A-1", 4000, 10000)]
    assert found.hidden == ()


def test_what_a_file_changed_stands_again_and_what_was_said_about_it_stays(told: Any, files: Any) -> None:
    remind(told, "A-1")
    told.take(files.listed(files.document("A-1", "130.00", "01-05")))
    found = would(told, 2)
    assert [tuple(one) for one in found.back] == [("invoice", "EUR", 1, 10000)]
    assert found.sent == (), "the invoice of before is there again"


def test_reminders_that_left_name_whom_when_and_what_for(told: Any, files: Any) -> None:
    remind(told, "A-1", "A-2")
    remind(told, "A-1", state="bounced")
    # A corrected file came and was undone since: the message names an older row of A-1.
    told.undo(told.take(files.listed(files.document("A-1", "130.00", "01-05"))))
    [sent] = would(told, 1).sent
    assert (sent.customer, sent.to, sent.step) == ("Alder", "ap@alder.example", 2)
    assert sent.documents == ("A-1", "A-2")
    assert sent.asked == {"EUR": 2000}


def test_promises_plans_and_disputes_about_the_documents_are_named(told: Any) -> None:
    arrangements.record_promise(
        told.engine, customer_id=customer(told), entity="main", currency="EUR", amount=Decimal("50.00"),
        made_on=date(2026, 2, 1), due_on=date(2026, 2, 20), document_ids=[document(told, "A-2")], actor=ANNA,
    )  # fmt: skip
    disputes.open_dispute(
        told.engine, customer_id=customer(told), document_id=document(told, "A-1"), amount=Decimal("20.00"),
        reason="price", opened_on=date(2026, 2, 2), actor=ANNA,
    )  # fmt: skip
    found = would(told, 1).agreed
    assert [(one.what, one.amount, one.documents) for one in found] == [
        ("dispute", 2000, ("A-1",)),
        ("promise", 5000, ("A-2",)),
    ]


def test_frozen_months_say_by_how_much_they_change(told: Any) -> None:
    company.freeze_month(told.engine, day=date(2026, 1, 31), today=TODAY, actor=ANNA)
    assert [tuple(one) for one in would(told, 1).months] == [(date(2026, 1, 31), "main", "EUR", -15000)]


def test_bounced_payments_stay_and_are_named(told: Any, files: Any) -> None:
    told.take(files.payments(files.payment("60.00", "01-10", "A-1", number="P-1")))
    service.reverse_payment(told.engine, document_id=document(told, "P-1"), on=date(2026, 2, 20), actor=ANNA)
    found = would(told, 2)
    assert [(one.number, one.amount) for one in found.bounced] == [("P-1", -6000)]
    assert found.leaving == ()


def test_bookings_that_were_confirmed_wait_again_and_exported_ones_that_go_are_to_be_taken_back(
    told: Any, files: Any
) -> None:
    pay(told, "30.00", "A-1")
    told.take(files.listed(files.document("A-1", "100.00", "01-05", left="70.00")))
    [line] = would(told, 2).postings
    assert (line.kind, line.confirmed, line.amount) == ("payment", True, -3000)
    told.undo(2)
    give_up(told, "A-2")
    told.take(files.listed(files.document("B-1", "9.00", "01-05"), profile="other"))
    posting.export(told.engine, profile=load("generic"), today=TODAY, actor=ANNA)
    assert [(one.kind, one.confirmed) for one in would(told, 1).postings] == [("write_off", False)]


def test_the_undo_of_an_import_itself_is_no_booking_to_post(told: Any, files: Any) -> None:
    number = told.take(files.payments(files.payment("60.00", "01-10", "A-1", number="P-1")))
    told.undo(number)
    assert posting_list(told.engine, TODAY) == ()


def test_customers_that_nothing_stands_for_any_more_are_named(told: Any) -> None:
    assert would(told, 1).hidden == ("Alder",)
