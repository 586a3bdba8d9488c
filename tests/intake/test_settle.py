"""What explains a fall: the matcher by itself, then files in either order of arrival."""

from __future__ import annotations

from datetime import date
from itertools import permutations

import pytest

from arcore.intake.settle import Inferred
from arcore.intake.settle import Offer
from arcore.intake.settle import Target
from arcore.intake.settle import match

JAN, FEB, MAR = date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31)


def target(ref: int, number: str, need: int, rest: int = 0, *inferred: Inferred, until: date = MAR) -> Target:
    """Return a debit, older the smaller its reference."""
    return Target(ref, number, date(2026, 1, ref), date(2026, 1, ref), need, rest, until, list(inferred))


def amounts(targets: list[Target], offers: list[Offer]) -> dict[tuple[int, int], int]:
    """Return what is applied: (credit, debit) → amount."""
    return {(m.credit, m.debit): m.amount for m in match(targets, offers).matches}


def test_exact_amount_wins_over_age():
    found = amounts([target(1, "A", 60), target(2, "B", 100)], [Offer(9, 100, JAN), Offer(8, 60, FEB)])
    assert found == {(9, 2): 100, (8, 1): 60}


def test_parts_that_add_up_win_over_age():
    found = amounts([target(1, "A", 60), target(2, "B", 100), target(3, "C", 150)], [Offer(9, 250, JAN)])
    assert found == {(9, 2): 100, (9, 3): 150}


def test_without_a_fit_the_oldest_due_is_paid_first():
    assert amounts([target(1, "A", 60), target(2, "B", 100)], [Offer(9, 90, JAN)]) == {(9, 1): 60, (9, 2): 30}


def test_named_debit_takes_what_it_fell_by_and_then_what_is_open_of_it():
    found = match([target(1, "A", 60, 40), target(2, "B", 100)], [Offer(9, 90, JAN, names="a")])
    assert [(m.credit, m.debit, m.amount) for m in found.matches] == [(9, 1, 90)]
    assert found.unexplained == {2: 100}


def test_several_debits_may_be_named():
    found = amounts([target(1, "A", 0, 60), target(2, "B", 0, 100)], [Offer(9, 130, JAN, names="B, A")])
    assert found == {(9, 2): 100, (9, 1): 30}


def test_credit_that_names_nobody_never_pays_what_is_open():
    found = match([target(1, "A", 0, 60)], [Offer(9, 60, JAN), Offer(8, 5, JAN, said=True)])
    assert found.matches == []
    assert found.unused == {8: 5}


def test_credit_after_the_fall_does_not_explain_it():
    found = match([target(1, "A", 60, until=JAN)], [Offer(9, 60, FEB)])
    assert found.matches == []
    assert found.unexplained == {1: 60}


def test_said_credits_come_before_merely_unapplied_ones():
    found = match([target(1, "A", 60)], [Offer(9, 60, JAN), Offer(8, 60, FEB, said=True)])
    assert [(m.credit, m.debit) for m in found.matches] == [(8, 1)]


def test_fresh_credit_replaces_what_was_inferred_and_an_old_one_does_not():
    old = match([target(1, "A", 0, 0, Inferred(77, 60, FEB))], [Offer(9, 60, JAN, fresh=False)])
    assert old.matches == []
    new = match([target(1, "A", 0, 0, Inferred(77, 60, FEB))], [Offer(9, 45, JAN)])
    assert [(m.credit, m.debit, m.amount) for m in new.matches] == [(9, 1, 45)]
    assert new.replaced == {77: 15}


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_order_of_the_input_does_not_matter(order):
    targets = [target(1, "A", 60), target(2, "B", 100), target(3, "C", 30)]
    offers = [Offer(7, 100, FEB), Offer(8, 50, JAN), Offer(9, 40, JAN)]
    expected = {(7, 2): 100, (8, 1): 50, (9, 1): 10, (9, 3): 30}
    assert amounts([targets[i] for i in order], [offers[i] for i in order]) == expected


# --- in either order of arrival ---------------------------------------------------------------------------------------


def either_order(office, other, *groups):
    """Import groups of files forwards into one store and backwards into another; both histories must be one."""
    for told in groups:
        office.take(*told, yes=True)
    for told in reversed(groups):
        other.take(*told, yes=True)
    assert office.history() == other.history()
    assert office.cash() == other.cash()


def test_payments_before_or_after_the_list_that_says_paid(office, files, other):
    listed = files.listed(
        files.document("INV-1", "100.00", "01-05", left="40.00"),
        files.document("INV-2", "50.00", "01-07", left="0.00"),
        files.document("INV-3", "80.00", "01-20", left="80.00"),
    )
    paid = files.payments(files.payment("60.00", "01-15", "INV-1"), files.payment("50.00", "01-16"))
    either_order(office, other, [listed], [paid])
    assert office.settled() == "0.00"
    assert office.cash() == "110.00"
    assert office.open() == {"INV-1": "40.00", "INV-3": "80.00"}
    assert office.open("01-15") == {"INV-1": "40.00", "INV-2": "50.00"}


def test_payments_before_or_after_the_snapshot_that_says_so(office, files, other):
    opening = files.snapshot(
        "01-31",
        files.document("INV-1", "100.00", "01-05"),
        files.document("INV-2", "50.00", "01-07"),
        files.document("INV-3", "80.00", "01-20"),
    )
    office.take(opening)
    other.take(opening)
    closing = files.snapshot(
        "02-28", files.document("INV-1", "100.00", "01-05", left="40.00"), files.document("INV-3", "80.00", "01-20")
    )
    paid = files.payments(files.payment("60.00", "02-10"), files.payment("50.00", "02-12", "INV-2"))
    either_order(office, other, [closing], [paid])
    assert office.settled() == "0.00"
    assert office.open("02-11") == {"INV-1": "40.00", "INV-2": "50.00", "INV-3": "80.00"}


def test_payment_that_covers_part_of_a_settlement_leaves_the_rest_of_it(office, files, other):
    listed = files.listed(
        files.document("INV-1", "100.00", "01-05", left="40.00"), files.document("INV-2", "7.00", "01-20")
    )
    paid = files.payments(files.payment("25.00", "01-10", "INV-1"))
    either_order(office, other, [listed], [paid])
    assert office.settled() == "-35.00"
    assert office.open() == {"INV-1": "40.00", "INV-2": "7.00"}


def test_payment_larger_than_the_settlement_pays_what_it_names(office, files, other):
    """The list says that 5.01 of 13.50 is paid, the payments say 13.50: the payment is kept, cash once."""
    listed = files.listed(files.document("1", "13.50", "01-05", paid="5.01"), files.document("2", "7.00", "01-20"))
    paid = files.payments(files.payment("13.50", "01-10", "1"))
    either_order(office, other, [listed], [paid])
    assert office.settled() == "0.00"
    assert office.cash() == "13.50"
    assert office.open() == {"2": "7.00"}


def test_receipt_replaces_the_payment_inferred_from_a_paid_date(office, files, other):
    listed = files.listed(
        files.document("INV-1", "100.00", "01-05", left="0.00", paid_on="01-25"),
        files.document("INV-2", "7.00", "01-20"),
    )
    paid = files.payments(files.payment("100.00", "01-27", "INV-1", number="R-1"))
    either_order(office, other, [listed], [paid])
    assert office.cash() == "100.00"
    assert office.open("01-26") == {"INV-1": "100.00", "INV-2": "7.00"}


def test_credit_note_and_write_off_replace_settlements_too(office, files, other):
    listed = files.listed(
        files.document("INV-1", "100.00", "01-05", left="80.00"),
        files.document("INV-2", "50.00", "01-20", left="45.00"),
    )
    credited = files.listed(
        files.credit("CN-1", "20.00", "01-10", pays="INV-1"),
        files.document("W-1", "5.00", "01-21", kind="write_off", pays="INV-2"),
        kind="credit_notes",
        path="credits.csv",
    )
    either_order(office, other, [listed], [credited])
    assert office.settled() == "0.00"
    assert office.open() == {"INV-1": "80.00", "INV-2": "45.00"}


def test_payment_after_the_snapshot_pays_what_is_still_open(office, files):
    office.take(files.snapshot("01-31", files.document("INV-1", "100.00", "01-05", left="40.00")))
    office.take(files.payments(files.payment("40.00", "02-03", "INV-1")))
    assert office.settled() == "-60.00"
    assert office.open("02-02") == {"INV-1": "40.00"}
    assert office.open("02-03") == {}


def test_unapplied_payment_waits_for_the_invoice_that_it_names(office, files):
    office.take(files.payments(files.payment("100.00", "01-10", "INV-1")))
    assert office.open() == {"payment": "-100.00"}
    office.take(files.listed(files.document("INV-1", "130.00", "01-05")))
    assert office.open("01-09") == {"INV-1": "130.00"}
    assert office.open("01-10") == {"INV-1": "30.00"}


def test_match_taken_back_by_hand_is_not_made_again_by_a_later_file(office, files):
    from arcore.ledger import service

    office.take(files.listed(files.document("INV-1", "100.00", "01-05")))
    office.take(files.payments(files.payment("100.00", "01-10", "INV-1")))
    applied = office.rows("SELECT id FROM application")[0]["id"]
    service.unapply(office.engine, application_id=applied, actor=office.actor)
    office.take(files.listed(files.document("INV-1", "100.00", "01-05"), files.document("INV-2", "9.00", "01-06")))
    assert office.open() == {"INV-1": "100.00", "INV-2": "9.00", "payment": "-100.00"}
