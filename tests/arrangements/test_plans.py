"""Payment plans on books of a few invoices: agreed, paid, missed, changed, cancelled and taken back."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from arcore.arrangements import queries
from arcore.errors import AlreadyReversed
from arcore.errors import BadInput
from arcore.errors import BooksMoved
from arcore.errors import KeyReused
from arcore.errors import NotAllowed
from arcore.errors import NotFound
from arcore.errors import RuleBroken
from arcore.ledger import service as ledger
from arcore.store.unit import Actor

CONTRACTUAL = "original_due_date"


@pytest.fixture
def three(office):
    """Two invoices of 60 and 90, paid in three instalments of 50 from March to May."""
    items = [office.invoice("60", "01-01", "01-31"), office.invoice("90", "01-10", "02-10")]
    plan = office.plan(items, "03-01", ("03-10", "50"), ("04-10", "50"), ("05-11", "50"))
    return items, plan, office.items(plan)


# --- agreeing ---


def test_a_plan_lays_the_oldest_debt_on_the_first_instalment(office, three):
    items, plan, parts = three

    assert [office.open(item) for item in items] == ["0.00", "0.00"]
    assert [office.open(item) for item in parts] == ["50.00", "10.00", "40.00", "50.00"]
    row = office.seen(plan, "03-01")
    told = [
        (one.number, one.due_on.isoformat()[5:], one.amount, [p.document for p in one.parts]) for one in row.instalments
    ]
    assert told == [
        (1, "03-10", 5000, ["INV-60"]),
        (2, "04-10", 5000, ["INV-60", "INV-90"]),
        (3, "05-11", 5000, ["INV-90"]),
    ]
    assert (row.state, row.total, row.left, row.paid, row.progress) == ("active", 15000, 15000, 0, 0.0)


def test_agreeing_leaves_the_original_aging_alone_and_moves_the_agreed_one(office):
    items = [office.invoice("60", "01-01", "01-31"), office.invoice("90", "01-10", "02-10")]
    before = [office.aging(on, CONTRACTUAL) for on in ("02-28", "03-01", "04-15")]
    office.plan(items, "03-01", ("03-10", "50"), ("04-10", "50"), ("05-11", "50"))

    assert [office.aging(on, CONTRACTUAL) for on in ("02-28", "03-01", "04-15")] == before
    assert [office.aging(on) for on in ("02-28", "03-01", "04-15")] == [
        {"1-30": "150.00"},
        {"not due": "150.00"},
        {"31-60": "50.00", "1-30": "50.00", "not due": "50.00"},
    ]


def test_instalments_add_up_to_the_last_cent(office):
    invoice = office.invoice("100", "01-01")

    with pytest.raises(BadInput, match=r"add up to 99\.99 EUR, but 100\.00 EUR are open: 0\.01 missing"):
        office.plan([invoice], "03-01", ("03-10", "33.33"), ("04-10", "33.33"), ("05-10", "33.33"))
    with pytest.raises(BadInput, match=r"100\.02 EUR, but 100\.00 EUR are open: 0\.02 too much"):
        office.plan([invoice], "03-01", ("03-10", "50.01"), ("04-10", "50.01"))
    office.plan([invoice], "03-01", ("03-10", "33.33"), ("04-10", "33.33"), ("05-10", "33.34"))
    assert office.counted("plan", "plan_instalment", "plan_item") == [1, 3, 3]


def test_yen_have_no_cents(office):
    invoice = office.invoice("1000", "01-01", currency="JPY")

    with pytest.raises(BadInput, match="JPY has no decimals"):
        office.plan([invoice], "03-01", ("03-10", "500.5"), ("04-10", "499.5"), currency="JPY")
    plan = office.plan([invoice], "03-01", ("03-10", "333"), ("04-10", "333"), ("05-10", "334"), currency="JPY")
    assert [one.amount for one in office.seen(plan, "03-01").instalments] == [333, 333, 334]


@pytest.mark.parametrize(
    ("instalments", "sentence"),
    [
        ([], "1 to 120 instalments"),
        ([("03-10", "100"), ("03-10", "0")], "Instalment 2 is 0.00 EUR: it has to be more than zero"),
        ([("04-10", "50"), ("03-10", "50")], "Instalment 2 is due 2026-03-10: it has to be later than 2026-04-10"),
        ([("02-28", "100")], "due 2026-02-28, before the plan is agreed"),
        ([("9999-12-31", "100")], "not a date that books can hold"),
    ],
)
def test_instalments_that_make_no_sense_are_refused(office, instalments, sentence):
    invoice = office.invoice("100", "01-01")

    with pytest.raises(BadInput, match=sentence):
        office.plan([invoice], "03-01", *instalments)
    assert office.counted("plan", "plan_item", "application") == [0, 0, 0]


def test_what_can_not_be_in_a_plan_is_refused_with_a_sentence(office):
    ours, theirs = office.invoice("100", "01-01"), office.invoice("40", "01-01", to="C2")
    british = office.invoice("50", "01-01", entity="uk", number="UK-1")
    dollars = office.invoice("60", "01-01", currency="USD")
    paid = office.invoice("70", "01-01")
    office.payment("70", "02-01", (paid, "70"))
    credit = office.credit_note("10", "01-01")
    extended = office.invoice("80", "01-01", "01-31")
    later = office.book(ledger.redate, item_id=extended, due_date=date(2026, 6, 30), on=date(2026, 2, 1))
    whole = [("03-10", "100")]

    for item, sentence in (
        (theirs, "INV-40 belongs to another customer"),
        (british, r"UK-1 is of another company \(uk, the plan is main\): make a plan for each"),
        (dollars, r"INV-60 is of another currency \(USD, the plan is EUR\): make a plan for each"),
        (paid, "INV-70 has nothing open on 2026-03-01"),
        (credit, "is a credit: there is nothing to pay"),
        (later, r"INV-80 has another agreed due date already \(2026-06-30\): move it back first"),
        (extended, "INV-80 has nothing open"),
    ):
        with pytest.raises(RuleBroken, match=sentence):
            office.plan([ours, item], "03-01", *whole)
    with pytest.raises(NotFound, match="There is no item 999"):
        office.plan([999], "03-01", *whole)
    with pytest.raises(BadInput, match="Choose what the plan is about"):
        office.plan([], "03-01", *whole)


def test_an_item_is_in_one_plan_only(office, three):
    items, _, parts = three

    with pytest.raises(RuleBroken, match="is in the plan of 2026-03-01 already: change or cancel that one"):
        office.plan([parts[0]], "03-02", ("06-10", "50"))
    with pytest.raises(RuleBroken, match="has nothing open"):
        office.plan([items[0]], "03-02", ("06-10", "50"))


def test_what_is_in_dispute_stays_out_and_keeps_its_due_date(office):
    invoice, other = office.invoice("100", "01-01", "01-31"), office.invoice("30", "01-01", "02-28")
    office.dispute(invoice, "40", "02-15")

    with pytest.raises(BadInput, match=r"but 90\.00 EUR are open without the 40\.00 in dispute: 40\.00 too much"):
        office.plan([invoice, other], "03-01", ("04-10", "130"))
    office.plan([invoice, other], "03-01", ("04-10", "90"))
    assert office.open(invoice) == "40.00"
    assert office.aging("03-01") == {"1-30": "40.00", "not due": "90.00"}


def test_an_invoice_in_dispute_as_a_whole_is_refused(office):
    invoice = office.invoice("100", "01-01", "01-31")
    office.dispute(invoice, "100", "02-15")

    with pytest.raises(RuleBroken, match="INV-100 is in dispute as a whole"):
        office.plan([invoice], "03-01", ("04-10", "100"))


def test_a_merged_customer_pays_its_old_invoices_by_plan(office):
    old, new = office.invoice("100", "01-01", to="OLD"), office.invoice("50", "01-01", to="NEW")
    office.merge("OLD", into="NEW")
    plan = office.plan([old, new], "03-01", ("03-10", "150"), of="OLD")
    office.payment("150", "03-10", *zip(office.items(plan), ("100", "50"), strict=True), of="NEW")

    row = office.seen(plan, "03-11")
    assert (row.code, row.state, row.paid) == ("NEW", "finished", 15000)
    assert [
        len(queries.plans(office.engine, date(2026, 3, 11), customer_id=office.customer(c))) for c in ("OLD", "NEW")
    ] == [
        1,
        1,
    ]


# --- paying and missing ---


def test_instalments_tell_by_themselves_how_they_stand_on_any_day(office, three):
    _, plan, parts = three
    office.payment("50", "03-09", (parts[0], "50"))

    # 10 April is a Friday: Monday, Tuesday and Wednesday are its grace.
    assert [office.states(plan, on) for on in ("03-08", "03-10", "04-10", "04-11", "04-15", "04-16")] == [
        ["coming", "coming", "coming"],
        ["kept", "coming", "coming"],
        ["kept", "due", "coming"],
        ["kept", "late", "coming"],
        ["kept", "late", "coming"],
        ["kept", "broken", "coming"],
    ]
    row = office.seen(plan, "04-16")
    assert (row.late, row.broken, row.paid, row.left) == (5000, 5000, 5000, 10000)
    assert row.next is not None
    assert (row.next.number, row.next.days_late, row.instalments[0].closed_on) == (2, 6, date(2026, 3, 9))


def test_a_part_payment_leaves_the_rest_of_an_instalment(office, three):
    _, plan, parts = three
    office.payment("30", "03-09", (parts[0], "30"))
    row = office.seen(plan, "03-20")

    assert [(one.state, one.paid, one.left) for one in row.instalments] == [
        ("broken", 3000, 2000),
        ("coming", 0, 5000),
        ("coming", 0, 5000),
    ]
    assert (row.broken, row.next and row.next.number) == (2000, 1)


def test_a_missed_instalment_is_planned_no_more_but_the_others_are(office, three):
    _, _, parts = three

    # 10 March is a Tuesday: its grace ends on Friday the 13th; Easter does not touch April's.
    assert office.planned("03-01") == {
        parts[0]: (1, "03-13"),
        parts[1]: (2, "04-15"),
        parts[2]: (2, "04-15"),
        parts[3]: (3, "05-14"),
    }
    assert office.planned("03-13").keys() == set(parts)
    assert office.planned("03-14").keys() == set(parts[1:])
    assert office.planned("02-28") == {}


def test_an_instalment_paid_late_is_kept_and_says_how_late(office, three):
    _, plan, parts = three
    office.payment("50", "03-20", (parts[0], "50"))

    assert [office.states(plan, on)[0] for on in ("03-19", "03-20")] == ["broken", "kept"]
    assert office.seen(plan, "04-01").instalments[0].days_late == 10


def test_a_payment_that_bounces_breaks_the_instalment_from_its_day(office, three):
    _, plan, parts = three
    money = office.payment("50", "03-09", (parts[0], "50"))
    office.bounce(money, "03-25")

    assert [office.states(plan, on)[0] for on in ("03-24", "03-25")] == ["kept", "broken"]
    assert [office.seen(plan, on).paid for on in ("03-24", "03-25")] == [5000, 0]


def test_what_was_credited_is_settled_and_not_paid(office, three):
    _, plan, parts = three
    office.credit_note("50", "03-05", (parts[0], "50"))
    one = office.seen(plan, "03-06").instalments[0]

    assert (one.state, one.paid, one.otherwise, one.left) == ("settled", 0, 5000, 0)


def test_a_plan_paid_in_full_is_finished_until_money_bounces(office):
    invoice = office.invoice("100", "01-01", "01-31")
    plan = office.plan([invoice], "03-01", ("03-10", "100"))
    money = office.payment("100", "03-10", (office.items(plan)[0], "100"))
    office.bounce(money, "04-01")

    assert [office.seen(plan, on).state for on in ("03-09", "03-10", "04-01")] == ["active", "finished", "active"]
    with_nothing_left = office.invoice("5", "01-01")
    other = office.plan([with_nothing_left], "03-01", ("03-10", "5"))
    office.payment("5", "03-10", (office.items(other)[0], "5"))
    with pytest.raises(RuleBroken, match="Nothing is left of this plan"):
        office.cancel(other, "03-20")


def test_money_another_customer_paid_counts_once_it_is_moved_here(office):
    invoice = office.invoice("100", "01-01", to="CHILD")
    plan = office.plan([invoice], "03-01", ("03-10", "100"), of="CHILD")
    money = office.payment("100", "03-08", of="PARENT")
    moved = office.book(
        ledger.transfer,
        item_id=money,
        amount=Decimal(100),
        to_customer_id=office.customer("CHILD"),
        on=date(2026, 3, 9),
    )
    ledger.apply(
        office.engine,
        from_item_id=moved,
        to_item_id=office.items(plan)[0],
        amount=Decimal(100),
        actor=office.actor,
    )

    assert [(one.state, one.paid) for one in office.seen(plan, "03-10").instalments] == [("kept", 10000)]


# --- changing ---


def test_a_changed_plan_replaces_the_old_one_with_what_is_left(office, three):
    items, old, parts = three
    office.payment("50", "03-10", (parts[0], "50"))
    office.payment("20", "03-20", (parts[1], "10"), (parts[2], "10"))
    with pytest.raises(BadInput, match=r"add up to 100\.00 EUR, but 80\.00 EUR are open: 20\.00 too much"):
        office.change(old, "04-01", ("05-01", "100"))
    new = office.change(old, "04-01", ("05-04", "40"), ("06-01", "40"))

    before, after = office.seen(old, "04-01"), office.seen(new, "04-01")
    assert (before.state, before.replaced_by_id, after.replaces_id) == ("replaced", new, old)
    assert [(one.state, one.paid, one.left) for one in before.instalments] == [
        ("kept", 5000, 0),
        ("ended", 2000, 3000),
        ("ended", 0, 5000),
    ]
    assert (after.total, [one.amount for one in after.instalments]) == (8000, [4000, 4000])
    assert [office.open(item) for item in (*items, *parts)] == ["0.00"] * 6
    assert office.seen(old, "03-31").state == "active"
    assert office.planned("04-01").keys() == set(office.items(new))
    assert office.planned("03-31").keys() == {parts[1], parts[2], parts[3]}


def test_a_change_is_told_in_the_history(office, three):
    _, old, _ = three
    new = office.change(old, "04-01", ("05-04", "150"), who="Ms Bell")

    assert [(c.verb, c.by) for c in queries.history(office.engine, "plan", old)] == [
        ("agreed", "anna"),
        ("replaced", "anna"),
    ]
    [agreed] = queries.history(office.engine, "plan", new)
    assert agreed.what["replaces"] == old
    assert agreed.what["instalments"] == [["2026-05-04", "150.00"]]
    assert "Bell" not in str(office.rows("SELECT * FROM audit_event")) + str(office.rows("SELECT * FROM case_event"))


# --- cancelling ---


def test_cancelling_moves_what_is_left_back_to_its_first_due_dates(office, three):
    items, plan, parts = three
    office.payment("50", "03-10", (parts[0], "50"))
    office.cancel(plan, "04-01", note="Insolvent")

    assert office.said["left"] == "100.00"
    assert [office.open(item) for item in items] == ["10.00", "90.00"]
    assert office.aging("04-01") == {"31-60": "100.00"} == office.aging("04-01", CONTRACTUAL)
    row = office.seen(plan, "04-01")
    assert (row.state, row.ended_by, row.note) == ("cancelled", "anna", "Insolvent")
    assert [(one.state, one.left) for one in row.instalments] == [("kept", 0), ("ended", 5000), ("ended", 5000)]
    assert (office.planned("04-01"), len(office.planned("03-31"))) == ({}, 3)
    with pytest.raises(AlreadyReversed, match="does not run any more: it was cancelled by anna"):
        office.cancel(plan, "04-02")


def test_money_that_bounces_after_cancelling_goes_to_the_first_due_date(office, three):
    items, plan, parts = three
    money = office.payment("50", "03-10", (parts[0], "50"))
    office.cancel(plan, "04-01")
    office.bounce(money, "04-20")

    assert [office.open(item) for item in (*items, *parts)] == ["60.00", "90.00", "0.00", "0.00", "0.00", "0.00"]
    assert office.seen(plan, "04-30").instalments[0].state == "kept"


def test_a_plan_cancelled_on_its_own_day_had_everything_left(office, three):
    _, plan, _ = three
    office.cancel(plan, "03-01")

    assert [(one.state, one.left, one.otherwise) for one in office.seen(plan, "03-01").instalments] == [
        ("ended", 5000, 0)
    ] * 3
    with pytest.raises(BadInput, match="it can't end before, on 2026-02-28"):
        office.cancel(office.plan([office.invoice("5", "01-01")], "03-01", ("03-10", "5")), "02-28")


def test_cancelling_can_be_undone(office, three):
    items, plan, parts = three
    money = office.payment("50", "03-10", (parts[0], "50"))
    office.cancel(plan, "04-01")
    office.bounce(money, "04-20")
    office.do("resume_plan", plan_id=plan)

    assert [office.open(item) for item in (*items, *parts)] == ["0.00", "0.00", "50.00", "10.00", "40.00", "50.00"]
    assert office.states(plan, "04-20") == ["broken", "broken", "coming"]
    with pytest.raises(RuleBroken, match="Only a cancelled plan can be resumed; this one is running"):
        office.do("resume_plan", plan_id=plan)


def test_a_cancelled_plan_stays_so_once_its_debt_was_paid_or_planned_again(office, three):
    items, plan, _ = three
    office.cancel(plan, "04-01")
    again = office.plan([items[0]], "04-02", ("05-04", "60"))

    with pytest.raises(RuleBroken, match="would be overdrawn"):
        office.do("resume_plan", plan_id=plan)
    assert office.seen(again, "04-02").left == 6000


# --- taking back ---


def test_a_plan_can_be_taken_back_as_if_it_had_never_been(office, three):
    items, plan, parts = three
    office.do("withdraw_plan", plan_id=plan)

    assert [office.open(item, "03-01") for item in (*items, *parts)] == ["60.00", "90.00"] + ["0.00"] * 4
    assert office.aging("03-01") == {"1-30": "150.00"}
    row = office.seen(plan, "03-01")
    assert (row.state, {one.state for one in row.instalments}, row.late) == ("withdrawn", {"ended"}, 0)
    assert office.planned("03-01") == {}
    office.plan(items, "03-01", ("03-10", "150"))


def test_once_money_touched_it_a_plan_can_only_be_cancelled(office, three):
    _, plan, parts = three
    money = office.payment("30", "03-09", (parts[1], "10"))

    with pytest.raises(
        RuleBroken, match="INV-60 was paid or changed since this plan was agreed: cancel the plan instead"
    ):
        office.do("withdraw_plan", plan_id=plan)
    office.bounce(money, "03-20")
    with pytest.raises(RuleBroken, match="cancel the plan instead"):
        office.do("withdraw_plan", plan_id=plan)


def test_taking_a_change_back_lets_the_first_plan_run_again(office, three):
    _, old, parts = three
    office.payment("50", "03-10", (parts[0], "50"))
    new = office.change(old, "04-01", ("05-04", "100"))
    office.do("withdraw_plan", plan_id=new)

    assert office.said["resumed"] == old
    row = office.seen(old, "04-01")
    assert (row.state, row.left, row.replaced_by_id) == ("active", 10000, None)
    assert [office.open(item) for item in parts] == ["0.00", "10.00", "40.00", "50.00"]
    assert office.planned("04-01").keys() == set(parts[1:])


# --- who, once, and what was seen ---


def test_a_double_click_agrees_one_plan(office):
    invoice = office.invoice("100", "01-01")
    first = office.plan([invoice], "03-01", ("03-10", "100"), key="k1")
    once = office.counted("plan", "item", "application", "audit_event", "case_event")

    assert office.plan([invoice], "03-01", ("03-10", "100"), key="k1") == first
    assert office.counted("plan", "item", "application", "audit_event", "case_event") == once
    with pytest.raises(KeyReused):
        office.plan([invoice], "03-01", ("03-11", "100"), key="k1")


def test_a_double_click_cancels_once(office, three):
    _, plan, _ = three
    office.cancel(plan, "04-01", key="k2")
    said = office.said
    office.cancel(plan, "04-01", key="k2")

    assert office.said == said


def test_the_second_of_two_people_is_told(office, three):
    _, plan, _ = three
    drawn = office.audit()
    office.promise("10", "03-01", "03-05", actor=Actor("ben"))

    with pytest.raises(BooksMoved, match="ben wrote here while you were looking"):
        office.cancel(plan, "04-01", seen=drawn)
    with pytest.raises(BooksMoved):
        office.change(plan, "04-01", ("05-04", "150"), seen=drawn)
    office.cancel(plan, "04-01", seen=office.audit())


def test_who_may_only_look_agrees_nothing(office):
    invoice = office.invoice("100", "01-01")

    with pytest.raises(NotAllowed, match="vera may look at promises and plans but not change them"):
        office.plan([invoice], "03-01", ("03-10", "100"), actor=Actor("vera", "viewer"))


def test_a_dry_run_keeps_nothing_and_what_it_showed_is_expected(office):
    invoice = office.invoice("100", "01-01")
    counted = office.counted("plan", "plan_instalment", "item", "audit_event")
    office.plan([invoice], "03-01", ("03-10", "100"), dry_run=True)
    shown = office.said["effects"]

    assert office.counted("plan", "plan_instalment", "item", "audit_event") == counted
    office.payment("10", "02-01", (invoice, "10"))
    with pytest.raises(BooksMoved):
        office.plan([invoice], "03-01", ("03-10", "90"), expected=shown)


def test_a_plan_that_does_not_exist(office):
    with pytest.raises(NotFound, match="There is no plan 7"):
        office.cancel(7, "04-01")
    with pytest.raises(NotFound):
        office.seen(7, "04-01")
