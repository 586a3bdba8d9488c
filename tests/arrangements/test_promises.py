"""Promises to pay: what they pause, when they are kept, kept in part or broken, and when nobody knows yet."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from arcore.arrangements import queries
from arcore.arrangements import service
from arcore.customers import service as customers
from arcore.errors import AlreadyReversed
from arcore.errors import BadInput
from arcore.errors import BooksMoved
from arcore.errors import KeyReused
from arcore.errors import NotAllowed
from arcore.errors import NotFound
from arcore.errors import RuleBroken
from arcore.ledger import service as ledger
from arcore.store.engine import reading
from arcore.store.unit import Actor
from arcore.store.unit import commit


def running(office, on: str, *customers: str) -> list[tuple[int, int, str]]:
    """Return id, left and last day of what runs."""
    ids = [office.customer(code) for code in customers] or None
    with reading(office.engine) as session:
        found = queries.running_promises(session, date.fromisoformat(f"2026-{on}"), ids)
    return [(one.promise_id, one.left, one.until.isoformat()[5:]) for one in found]


# --- judging ---


def test_a_promise_is_open_through_its_grace_and_broken_after(office):
    office.invoice("100", "01-01", "01-31")
    promise = office.promise("100", "03-02", "03-10")

    # 10 March is a Tuesday: Wednesday, Thursday and Friday are its grace.
    assert office.judged(promise, "03-10", "03-13", "03-14") == ["open", "open", "broken"]
    row = office.promised(promise, "03-20")
    assert (row.left, row.received, row.broken_on, row.kept_on) == (10000, 0, date(2026, 3, 14), None)
    assert running(office, "03-13") == [(promise, 10000, "03-13")]
    assert running(office, "03-14") == []


def test_grace_runs_over_easter(office):
    office.invoice("100", "01-01")
    promise = office.promise("100", "03-30", "04-02")

    assert office.promised(promise, "04-02").until == date(2026, 4, 9)


def test_a_promise_is_kept_by_money_not_applied_yet(office):
    office.invoice("100", "01-01")
    promise = office.promise("100", "03-02", "03-10")
    office.payment("100", "03-12")

    assert office.judged(promise, "03-11", "03-12", "03-20") == ["open", "kept", "kept"]
    assert office.promised(promise, "03-20").kept_on == date(2026, 3, 12)
    assert running(office, "03-12") == []


def test_a_promise_kept_in_part_pauses_only_the_rest_and_is_broken_for_it(office):
    invoice = office.invoice("100", "01-01")
    promise = office.promise("100", "03-02", "03-10")
    office.payment("60", "03-09", (invoice, "60"))

    assert running(office, "03-10") == [(promise, 4000, "03-13")]
    assert office.judged(promise, "03-13", "03-14") == ["open", "part_kept"]
    row = office.promised(promise, "03-14")
    assert (row.received, row.left, row.broken_on) == (6000, 4000, date(2026, 3, 14))


def test_money_counts_by_value_date_whenever_it_was_booked(office):
    invoice = office.invoice("100", "01-01")
    promise = office.promise("100", "03-02", "03-10")
    office.payment("40", "02-27", (invoice, "40"))
    office.payment("40", "03-02", (invoice, "40"))
    office.payment("20", "03-16", (invoice, "20"))

    # Before the promise, on its day but booked after it, and after the grace.
    assert office.promised(promise, "03-20").received == 4000


def test_a_receipt_is_never_counted_for_two_promises(office):
    first = office.promise("100", "03-02", "03-10")
    second = office.promise("100", "03-02", "03-17")
    office.invoice("500", "01-01")
    office.payment("130", "03-09")

    assert [office.promised(promise, "03-30").received for promise in (first, second)] == [10000, 3000]
    assert office.judged(second, "03-30") == ["part_kept"]


def test_two_promises_of_documents_each_count_what_paid_theirs(office):
    one, two = office.invoice("100", "01-01"), office.invoice("70", "01-02")
    first = office.promise("100", "03-02", "03-10", one)
    second = office.promise("70", "03-02", "03-10", two)
    office.payment("70", "03-09", (two, "70"))

    assert [office.judged(promise, "03-14") for promise in (first, second)] == [["broken"], ["kept"]]
    assert office.promised(first, "03-14").documents == ("INV-100",)


def test_money_that_bounced_or_was_paid_back_was_never_received(office):
    invoice = office.invoice("100", "01-01")
    promise = office.promise("100", "03-02", "03-10")
    money = office.payment("100", "03-09", (invoice, "100"))
    office.bounce(money, "03-20")

    assert office.judged(promise, "03-14", "03-19", "03-20") == ["kept", "kept", "broken"]
    again = office.promise("100", "03-21", "03-24")
    back = office.payment("100", "03-23")
    ledger.record_refund(
        office.engine,
        customer_id=office.customer(),
        paid_on=date(2026, 3, 25),
        currency="EUR",
        amount=Decimal(100),
        from_item_id=back,
        actor=office.actor,
    )
    assert office.judged(again, "03-24", "03-28") == ["kept", "broken"]


def test_money_of_another_account_does_not_count(office):
    office.invoice("100", "01-01")
    promise = office.promise("100", "03-02", "03-10")
    office.payment("100", "03-09", of="C2")
    office.payment("100", "03-09", currency="USD")
    office.payment("100", "03-09", entity="uk")

    assert office.judged(promise, "03-14") == ["broken"]


def test_what_the_parent_paid_counts_from_the_day_it_came(office):
    invoice = office.invoice("100", "01-01", to="CHILD")
    promise = office.promise("100", "03-02", "03-10", invoice, of="CHILD")
    money = office.payment("100", "03-09", of="PARENT")
    assert office.judged(promise, "03-14") == ["broken"]
    moved = office.book(
        ledger.transfer,
        item_id=money,
        amount=Decimal(100),
        to_customer_id=office.customer("CHILD"),
        on=date(2026, 3, 18),
    )
    ledger.apply(office.engine, from_item_id=moved, to_item_id=invoice, amount=Decimal(100), actor=office.actor)

    assert office.judged(promise, "03-17", "03-18") == ["broken", "kept"]


def test_a_merged_customers_money_keeps_the_promise_of_both(office):
    invoice = office.invoice("100", "01-01", to="OLD")
    promise = office.promise("100", "03-02", "03-10", of="OLD")
    office.merge("OLD", into="NEW")
    office.payment("100", "03-09", (invoice, "100"), of="NEW")

    row = office.promised(promise, "03-10")
    assert (row.state, row.code) == ("kept", "NEW")
    for code in ("OLD", "NEW"):
        assert len(queries.promises(office.engine, date(2026, 3, 10), customer_id=office.customer(code))) == 1


def test_nobody_breaks_a_promise_to_pay_what_was_credited(office):
    invoice = office.invoice("100", "01-01")
    of_document = office.promise("100", "03-02", "03-10", invoice)
    of_account = office.promise("100", "03-02", "03-10")
    office.credit_note("100", "03-05", (invoice, "100"))

    assert office.judged(of_document, "03-13", "03-14") == ["open", "lapsed"]
    assert office.judged(of_account, "03-14") == ["lapsed"]


def test_a_promise_is_seen_from_the_day_it_was_made(office):
    office.promise("100", "03-02", "03-10")

    assert queries.promises(office.engine, date(2026, 3, 1)) == ()
    assert running(office, "03-01") == []


def test_the_country_of_the_company_has_its_own_bank_days(office):
    company_says(office, "de_DE")
    promise = office.promise("100", "05-12", "05-13")  # Thursday the 14th is Ascension in Germany

    assert office.promised(promise, "05-13").until == date(2026, 5, 19)


def company_says(office, locale: str) -> None:
    from arcore.store.company import CompanySetting

    def body(unit):
        unit.session.add(CompanySetting(name="locale", value=f'"{locale}"'))
        return {}

    commit(office.engine, body, actor=office.actor, verb="save_profile")


# --- recording ---


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"amount": Decimal(0)}, "A promised amount is more than zero"),
        ({"amount": Decimal("1.005")}, "EUR has 2 decimals"),
        ({"due_on": date(2026, 3, 1)}, "A promise of 2026-03-02 can't be due before it, on 2026-03-01"),
        ({"due_on": date(2999, 3, 1)}, "not a date that books can hold"),
        ({"currency": "EURO"}, "'EURO' is no currency code"),
        ({"channel": "pigeon"}, "'pigeon' is no way to make a promise"),
        ({"grace_days": 31}, "Grace is 0 to 30 bank days"),
        ({"who": "x" * 201}, "at most 200 characters"),
        ({"note": "x" * 4001}, "at most 4,000 characters"),
    ],
)
def test_promises_that_make_no_sense_are_refused(office, facts, sentence):
    told = {
        "customer_id": office.customer(),
        "entity": "main",
        "currency": "EUR",
        "amount": Decimal(100),
        "made_on": date(2026, 3, 2),
        "due_on": date(2026, 3, 10),
    }

    with pytest.raises(BadInput, match=sentence):
        service.record_promise(office.engine, **told | facts, actor=office.actor)
    assert office.counted("promise", "case_event") == [0, 0]


def test_a_promise_is_about_debts_of_its_own_account(office):
    theirs, dollars = office.invoice("10", "01-01", to="C2"), office.invoice("20", "01-01", currency="USD")
    british = office.invoice("30", "01-01", entity="uk")
    credit = office.credit_note("10", "01-01")

    with pytest.raises(NotFound, match="of this customer"):
        office.promise("10", "03-02", "03-10", theirs)
    with pytest.raises(RuleBroken, match=r"INV-20 is of another currency \(USD, the promise is EUR\)"):
        office.promise("10", "03-02", "03-10", dollars)
    with pytest.raises(RuleBroken, match=r"INV-30 is of another company \(uk, the promise is main\)"):
        office.promise("10", "03-02", "03-10", british)
    with pytest.raises(RuleBroken, match="is a credit: nobody promises to pay it"):
        office.promise("10", "03-02", "03-10", credit)
    with pytest.raises(NotFound, match="There is no customer 77"):
        office.do(
            "record_promise",
            customer_id=77,
            entity="main",
            currency="EUR",
            amount=Decimal(1),
            made_on=date(2026, 3, 2),
            due_on=date(2026, 3, 3),
        )


def test_a_withdrawn_promise_breaks_and_pauses_nothing_until_it_is_restored(office):
    office.invoice("100", "01-01")
    first, second = office.promise("60", "03-02", "03-10"), office.promise("60", "03-02", "03-10")
    office.payment("60", "03-09")
    office.do("withdraw_promise", promise_id=first)

    assert [office.judged(one, "03-14") for one in (first, second)] == [["withdrawn"], ["kept"]]
    assert running(office, "03-05") == [(second, 6000, "03-13")]
    with pytest.raises(AlreadyReversed, match="anna took this promise back before"):
        office.do("withdraw_promise", promise_id=first)
    office.do("restore_promise", promise_id=first)
    assert [office.judged(one, "03-14") for one in (first, second)] == [["kept"], ["broken"]]
    with pytest.raises(RuleBroken, match="This promise stands"):
        office.do("restore_promise", promise_id=first)
    verbs = [(one.verb, one.by) for one in queries.history(office.engine, "promise", first)]
    assert verbs == [("made", "anna"), ("withdrawn", "anna"), ("restored", "anna")]


def test_a_promise_written_down_wrong_is_corrected(office):
    invoice = office.invoice("100", "01-01")
    wrong = office.promise("10", "03-02", "03-10", invoice, who="Ms Bell", note="by phone")
    right = office.do("change_promise", promise_id=wrong, amount=Decimal(100))["promise"]

    row = office.promised(right, "03-05")
    assert (row.amount, row.due_on, row.who, row.note, row.documents) == (
        10000,
        date(2026, 3, 10),
        "Ms Bell",
        "by phone",
        ("INV-100",),
    )
    assert office.judged(wrong, "03-05") == ["withdrawn"]


def test_a_double_click_records_one_promise(office):
    first = office.promise("100", "03-02", "03-10", key="k")

    assert office.promise("100", "03-02", "03-10", key="k") == first
    assert office.counted("promise", "case_event") == [1, 1]
    with pytest.raises(KeyReused):
        office.promise("101", "03-02", "03-10", key="k")


def test_the_second_of_two_people_is_told(office):
    office.customer()
    drawn = office.audit()
    made = office.promise("100", "03-02", "03-10", actor=Actor("ben"), seen=drawn)

    with pytest.raises(BooksMoved, match="ben wrote here"):
        office.promise("100", "03-02", "03-10", seen=drawn)
    with pytest.raises(BooksMoved):
        office.do("withdraw_promise", promise_id=made, seen=drawn)
    office.do("withdraw_promise", promise_id=made, seen=office.audit())


def test_what_was_done_to_the_merged_one_is_seen_too(office):
    office.customer("NEW")
    old = office.customer("OLD")
    office.merge("OLD", into="NEW")
    drawn = office.audit()
    customers.add_note(office.engine, customer_id=old, text="Called", actor=Actor("ben"))

    with pytest.raises(BooksMoved):
        office.promise("100", "03-02", "03-10", of="NEW", seen=drawn)


def test_who_may_only_look_records_nothing_and_the_audit_holds_no_names(office):
    with pytest.raises(NotAllowed):
        office.promise("100", "03-02", "03-10", actor=Actor("vera", "viewer"))
    office.promise("100", "03-02", "03-10", who="Ms Bell", note="Tel 030 1234")

    told = str(office.rows("SELECT * FROM audit_event")) + str(office.rows("SELECT * FROM case_event"))
    assert "Bell" not in told
    assert "1234" not in told
    [event] = office.rows("SELECT subject FROM audit_event WHERE verb = 'record_promise'")
    assert event["subject"] == f"customer:{office.customer()}"
