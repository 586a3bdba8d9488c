"""Each code that holds a customer back, told on one small book: INV-1 of 100.00, due on 1 May, looked at on 20 May."""

from __future__ import annotations

from datetime import date

import pytest

from arcore.dunning import service
from arcore.dunning.rules import CODES
from arcore.store.company import Rate
from arcore.store.unit import Unit
from arcore.store.unit import commit


@pytest.fixture
def late(desk):
    """Alder owes 100.00 since 1 May; reminders are live, nothing was ever sent."""
    desk.item = desk.invoice("100.00", "05-01", "INV-1")
    return desk.live()


def test_it_is_sent_a_friendly_reminder(late):
    row = late.row()
    assert (row.code, row.step, late.asked()) == (None, 1, "100.00")
    assert row.why == "INV-1 is 19 days late: friendly reminder, due since 6 May 2026"


@pytest.mark.parametrize("status", ["insolvent", "direct_debit", "factored", "legal"])
def test_a_status_stops_reminders_under_its_own_code(late, status):
    late.fact("status", status)
    assert late.code() == f"status_{status}"
    late.fact("status", "normal", since="05-20")
    assert late.code() == "send"


def test_a_customer_that_is_never_reminded(late):
    late.fact("policy", "none")
    assert late.code() == "policy_none"


def test_a_company_of_our_own_group_is_never_reminded(desk):
    desk.customer("C1", intercompany=True)
    desk.invoice("100.00", "05-01")
    assert desk.code() == "policy_none"


def test_a_stop_lasts_through_its_last_day(late):
    late.fact("hold_until", "2026-05-20")
    assert late.code() == "on_hold"
    assert late.on("05-21").code() == "send"


def test_below_the_days_of_the_first_step_nothing_is_due(late):
    assert late.on("05-05").code() == "nothing_due"
    assert late.row().why == "Not 5 days late yet: the friendly reminder falls due on 6 May 2026"
    assert late.on("05-06").code() == "send"


def test_a_credit_note_that_was_not_applied_covers_it(late):
    late.credit("100.00", "05-10")
    assert late.code() == "covered_by_credit"
    assert late.row().why == "EUR 100.00 open − 100.00 credit not applied = 0.00 asked"


def test_money_that_was_not_matched_may_cover_it(late):
    late.payment("120.00", "05-19")
    assert late.code() == "cash_unmatched"
    assert late.ladder() == "100.00 open − 100.00 money not matched = 0.00 asked"


def test_money_that_comes_tomorrow_does_not_count_today(late):
    late.payment("120.00", "05-21")
    assert late.code() == "send"


def test_a_dispute_takes_its_amount_out_of_what_is_asked(late):
    late.dispute(late.item, "60.00", "05-15")
    assert late.ladder() == "100.00 open − 60.00 disputed = 40.00 asked"
    assert (late.code(), late.asked()) == ("send", "40.00")


def test_all_of_it_is_in_dispute(late):
    late.dispute(late.item, "100.00", "05-15")
    assert late.code() == "disputed"


def test_an_instalment_is_waited_for_until_its_grace_is_over(late):
    late.plan(late.item, "05-12", ("05-15", "40.00"), ("06-15", "60.00"))
    # Friday 15 May and three bank days: Wednesday 20 May. Five days late it is then, and still planned.
    assert late.code() == "planned"
    assert late.ladder() == "40.00 open − 40.00 planned = 0.00 asked"
    assert (late.on("05-21").code(), late.asked()) == ("send", "40.00")


def test_a_promise_pauses_its_amount_until_its_grace_is_over(late):
    late.promise("100.00", "05-14", "05-18")
    assert late.code() == "promised"
    assert late.on("05-21").code() == "promised"  # Monday 18 May and three bank days
    assert late.on("05-22").code() == "send"


def test_a_promise_of_a_part_leaves_the_rest_to_ask_for(late):
    late.promise("70.00", "05-14", "05-25")
    assert (late.code(), late.ladder()) == ("send", "100.00 open − 70.00 promised = 30.00 asked")


def test_the_unused_part_of_a_promise_lowers_no_other_invoice(late):
    late.invoice("50.00", "05-02", "INV-2")
    late.promise("150.00", "05-14", "05-25", late.item)
    assert late.asked() == "50.00"


def test_what_took_most_gives_the_code(late):
    late.dispute(late.item, "60.00", "05-15")
    late.promise("40.00", "05-14", "05-25")
    assert late.code() == "disputed"
    assert late.row().why == "EUR 100.00 open − 60.00 disputed − 40.00 promised = 0.00 asked"


def test_less_than_the_smallest_amount_is_not_worth_a_message(desk):
    desk.invoice("24.99", "05-01")
    assert desk.code() == "below_minimum"
    desk.invoice("0.01", "05-02")
    assert desk.code() == "send"


def test_the_smallest_amount_is_of_the_reporting_currency(desk):
    desk.invoice("40.00", "05-01", currency="USD")
    assert desk.code() == "send"  # without a rate nobody knows what 40 dollars are worth

    def body(unit: Unit) -> dict[str, int]:
        day = date(2026, 1, 1)
        unit.session.add(Rate(currency="USD", reporting="EUR", day=day, rate="0.5", audit_seq=unit.audit_seq))
        return {}

    commit(desk.engine, body, actor=desk.actor, verb="save_rates")
    assert desk.code() == "below_minimum"


def test_what_left_today_has_left_already(late):
    late.run()
    assert late.code() == "already_sent"
    assert late.row().why == (
        "The friendly reminder of 20 May 2026 asks for this; the firm one falls due on 27 May 2026"
    )


def test_what_was_asked_for_has_nothing_due_until_the_next_step(late):
    late.on("05-08").run()
    assert late.on("05-20").code() == "nothing_due"
    assert late.on("05-21").code() == "send"
    assert late.row().step == 2


def test_the_next_one_waits_for_the_gap(late):
    late.on("05-18").run()
    late.invoice("30.00", "05-14", "INV-2")
    assert late.on("05-21").code() == "minimum_gap"
    assert late.row().why == "The last message left on 18 May 2026; the next may on 25 May 2026"
    assert late.on("05-24").code() == "minimum_gap"
    assert late.on("05-25").code() == "send"


def test_a_step_may_ask_for_a_longer_gap(late):
    firm = late.reminders().policy.steps[1]
    late.rules(steps=(late.reminders().policy.steps[0], type(firm)("firm", 20, 14), late.reminders().policy.steps[2]))
    late.on("05-18").run()
    assert late.on("05-31").code() == "minimum_gap"
    assert late.on("06-01").code() == "send"


def test_a_customer_that_wrote_gets_an_answer_first(late):
    late.wrote("05-19")
    assert late.code() == "reply_waiting"


def test_figures_of_long_ago_are_too_old(late):
    late.import_(as_of="05-09")
    assert late.code() == "stale_data"
    assert late.row().why == "Payments are known up to 9 May 2026 only: import newer figures"
    late.import_(as_of="05-10")
    assert late.code() == "send"


def test_nobody_to_write_to(desk):
    desk.customer("C1", email=None)
    desk.invoice("100.00", "05-01")
    assert desk.code() == "no_contact"
    desk.contact("C1", "ap@alder.example")
    assert desk.code() == "send"


def test_a_formal_notice_waits_for_approval(late):
    service.stop(late.engine, actor=late.actor)
    late.invoice("10.00", "04-01", "INV-0")  # 49 days late
    late.live(C1=2)
    assert (late.code(), late.row().step) == ("awaiting_approval", 3)


def test_a_key_account_waits_for_approval_at_every_step(late):
    late.fact("key_account", "yes")
    assert (late.code(), late.row().step) == ("awaiting_approval", 1)


def test_the_limit_of_the_day_leaves_the_smaller_ones_for_later(desk):
    for code, amount in (("C1", "30.00"), ("C2", "50.00"), ("C3", "40.00")):
        desk.invoice(amount, "05-01", to=code)
    desk.live(limit=2)
    assert [row.who.code for row in desk.reminders().due] == ["C2", "C3"]
    assert desk.code("C1") == "on_hold"
    assert len(desk.run().message_ids) == 2
    assert desk.code("C1") == "on_hold"
    assert desk.on("05-21").code("C1") == "send"


def test_reasons_are_told_with_their_sum_and_an_example(desk):
    for code, amount in (("C1", "30.00"), ("C2", "50.00")):
        desk.customer(code, email=None)
        desk.invoice(amount, "05-01", to=code)
    [reason] = desk.reminders().reasons()
    assert (reason.code, reason.customers, reason.worth, reason.example.who.code) == ("no_contact", 2, 8000, "C2")


def test_every_code_of_the_command_line_is_known():
    assert sorted(CODES) == sorted(
        "nothing_due covered_by_credit cash_unmatched disputed promised planned minimum_gap below_minimum on_hold "
        "no_contact reply_waiting stale_data not_live already_sent awaiting_approval policy_none status_insolvent "
        "status_direct_debit status_factored status_legal".split()
    )


# --- who is who -------------------------------------------------------------------------------------------------------


def test_each_selling_entity_writes_for_itself(late):
    late.invoice("70.00", "05-01", "INV-9", entity="north")
    assert [(row.entity, row.asked) for row in late.reminders().due] == [
        ("main", (("EUR", 10000),)),
        ("north", (("EUR", 7000),)),
    ]
    assert len(late.run().message_ids) == 2


def test_a_merged_customer_is_written_to_as_the_one_it_lives_on_in(late):
    late.invoice("70.00", "05-01", "INV-9", to="C2")
    late.merge("C2", into="C1")
    assert [(row.who.code, row.asked) for row in late.reminders().due] == [("C1", (("EUR", 17000),))]
    assert late.send("C2")["state"] == "sent"
    assert late.code("C1") == "already_sent"


def test_currencies_of_one_customer_go_in_one_message(late):
    late.invoice("40.00", "05-02", currency="USD")
    assert late.row().asked == (("EUR", 10000), ("USD", 4000))
    assert len(late.run().message_ids) == 1
