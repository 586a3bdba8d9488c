"""The proof: five invoices of one customer, what takes off what, and that every line adds up."""

from __future__ import annotations

from datetime import date
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arcore.dunning.proof import TAKEN_OFF
from arcore.dunning.proof import Debt
from arcore.dunning.proof import Pledge
from arcore.dunning.proof import prove

DAY = date(2026, 5, 20)


def debt(number, late, units, document=None, kind="invoice", currency="EUR"):
    """Return an open item that is so many days late on DAY."""
    due = DAY - timedelta(days=late)
    named = f"INV-{number}"
    return Debt(number, document or number, named, kind, "main", currency, due, due, due, units, units)


def claims(*items, disputed=None, planned=(), pledges=()):
    """Return what each overdue item claims, by number."""
    proof = prove(1, "main", DAY, items, disputed=disputed or {}, planned=set(planned), pledges=pledges)
    return {claim.debt.item_id: claim.claimed for claim in proof.claims}


FIVE = (debt(1, 40, 100), debt(2, 30, 200), debt(3, 20, 300), debt(4, 1, 400), debt(5, 0, 500))


def test_what_is_due_today_is_not_late():
    proof = prove(1, "main", DAY, FIVE, disputed={}, planned=set())
    assert [claim.days_late for claim in proof.claims] == [40, 30, 20, 1]
    assert [item.item_id for item in proof.coming] == [5]
    assert proof.overdue() == proof.claimed() == {"EUR": 1000}


def test_credit_and_money_take_the_oldest_first_and_credit_before_money():
    items = (*FIVE, debt(6, 3, -150, kind="credit_note"), debt(7, 9, -100, kind="payment"))
    proof = prove(1, "main", DAY, items, disputed={}, planned=set())
    assert [(c.credit, c.cash, c.claimed) for c in proof.claims] == [
        (100, 0, 0),
        (50, 100, 50),
        (0, 0, 300),
        (0, 0, 400),
    ]
    assert proof.ladder("EUR") == (("open", 1000), ("credit", -150), ("cash", -100), ("asked", 750))


def test_credit_beyond_what_is_late_takes_from_what_is_coming():
    assert claims(debt(1, 10, 100), debt(2, -5, 100), debt(3, 0, -150, kind="credit_note")) == {1: 0}


def test_money_of_one_currency_pays_nothing_of_another():
    assert claims(debt(1, 10, 100, currency="USD"), debt(2, 0, -100, kind="payment")) == {1: 100}


def test_the_line_that_the_page_shows():
    proof = prove(1, "main", DAY, [debt(1, 19, 10000)], disputed={1: 6000}, planned=set())
    assert proof.in_words("EUR") == "100.00 open − 60.00 disputed = 40.00 asked"


def test_a_dispute_lies_on_the_oldest_part_of_its_document_and_on_no_other():
    parts = (debt(1, 40, 100, document=9), debt(2, 10, 100, document=9), debt(3, 50, 100))
    assert claims(*parts, disputed={9: 130}) == {1: 0, 2: 70, 3: 100}
    assert claims(*parts, disputed={9: 999}) == {1: 0, 2: 0, 3: 100}


def test_what_is_disputed_is_not_asked_for_even_where_credit_took_the_oldest_part():
    parts = (debt(1, 40, 100, document=9), debt(2, 10, 100, document=9), debt(3, 0, -100, kind="payment"))
    assert claims(*parts, disputed={9: 60}) == {1: 0, 2: 40}


def test_a_promise_for_the_account_takes_the_oldest_that_is_not_disputed():
    assert claims(*FIVE, disputed={1: 100}, pledges=[Pledge("EUR", 250)]) == {1: 0, 2: 0, 3: 250, 4: 400}


def test_a_promise_for_a_document_takes_from_no_other():
    assert claims(*FIVE, pledges=[Pledge("EUR", 250, (2,))]) == {1: 100, 2: 0, 3: 300, 4: 400}


def test_promises_come_one_after_the_other():
    assert claims(*FIVE, pledges=[Pledge("EUR", 150, (2,)), Pledge("EUR", 100, (2, 3))]) == {
        1: 100,
        2: 0,
        3: 250,
        4: 400,
    }


def test_an_instalment_that_is_waited_for_is_not_asked_for_at_all():
    assert claims(*FIVE, planned=[3], pledges=[Pledge("EUR", 300, (3,))]) == {1: 100, 2: 200, 3: 0, 4: 400}


def test_a_message_leaves_younger_debts_to_what_is_coming():
    proof = prove(1, "main", DAY, FIVE, disputed={}, planned=set()).from_step(20)
    assert [claim.debt.item_id for claim in proof.claims] == [1, 2, 3]
    assert [item.item_id for item in proof.coming] == [4, 5]
    assert proof.from_step(20) is proof


@st.composite
def books(draw):
    """Draw open items of two documents each, and everything that takes off."""
    number = st.integers(1, 4)
    amounts = draw(st.lists(st.integers(-60, 60).filter(bool), min_size=1, max_size=8))
    items = [
        debt(
            place,
            draw(st.integers(-5, 60)),
            units,
            document=draw(number),
            kind=draw(st.sampled_from(("payment", "credit_note"))) if units < 0 else "invoice",
            currency=draw(st.sampled_from(("EUR", "USD"))),
        )
        for place, units in enumerate(amounts, 1)
    ]
    disputed = draw(st.dictionaries(number, st.integers(1, 90), max_size=3))
    planned = draw(st.sets(st.integers(1, 8), max_size=3))
    pledge = st.builds(
        Pledge, st.sampled_from(("EUR", "USD")), st.integers(1, 90), st.lists(number, max_size=2).map(tuple)
    )
    return items, disputed, planned, draw(st.lists(pledge, max_size=3))


@given(books())
def test_every_line_adds_up_and_nothing_is_taken_twice(book):
    items, disputed, planned, pledges = book
    proof = prove(1, "main", DAY, items, disputed=disputed, planned=planned, pledges=pledges)
    for claim in proof.claims:
        parts = [getattr(claim, what) for what in (*TAKEN_OFF, "claimed")]
        assert min(parts) >= 0
        assert sum(parts) == claim.debt.open
    for currency in ("EUR", "USD"):
        free = -sum(item.open for item in items if item.open < 0 and item.currency == currency)
        assert proof.taken("credit").get(currency, 0) + proof.taken("cash").get(currency, 0) <= free
        pledged = sum(pledge.left for pledge in pledges if pledge.currency == currency)
        assert proof.taken("promised").get(currency, 0) <= pledged
    for document, units in disputed.items():
        assert sum(claim.disputed for claim in proof.claims if claim.debt.document_id == document) <= units
    shuffled = prove(1, "main", DAY, items[::-1], disputed=disputed, planned=planned, pledges=pledges)
    assert shuffled == proof


@pytest.mark.parametrize("currency", ["EUR", "USD"])
def test_a_currency_without_debts_has_an_empty_ladder(currency):
    assert prove(1, "main", DAY, [], disputed={}, planned=set()).ladder(currency) == (("asked", 0),)
