"""The pack of a small month: figures that can be added up by hand, frozen, running, in parts and converted."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from arcore.company import service as settings
from arcore.company.service import Balance
from arcore.errors import BadInput
from arcore.goals.service import set_target
from arcore.reports.board.checks import checks
from arcore.reports.board.period import read_month
from arcore.store.unit import Actor

ANNA = Actor("anna")
OCTOBER, END = date(2026, 10, 1), date(2026, 10, 31)


def amounts(pack, report):
    return {line.key: line.amount for line in pack.bridges[report].parts[0].lines}


def test_the_month_adds_up_by_hand(october, make):
    pack = make(october)
    [total] = pack.aging.totals
    assert (total.not_due, total.buckets, total.unapplied, total.open) == (50000, (50000, 60000, 0, 0), -5000, 155000)
    told = {one.kpi.name: (one.now.exact, one.before.exact) for one in pack.outcomes[:7]}
    assert told["open"] == (Decimal(1550), Decimal(1500))
    assert told["overdue"] == (Decimal(1100), Decimal(1000))
    assert told["dso"][0] == Decimal(1550) / Decimal(2000) * 92
    assert told["cash_in"] == (Decimal(450), Decimal(0))
    assert amounts(pack, 0) == {"invoiced": 50000, "collected": -45000}
    assert amounts(pack, 1) == {"fell_due": 50000, "collected": -40000}
    assert (pack.currency, pack.month.name, pack.month.over) == ("EUR", "2026-10", True)


def test_every_check_is_zero_and_one_that_is_not_is_seen(october, make):
    pack = make(october)
    made = checks(pack)
    assert [check.difference for check in made] == [0] * len(made)
    assert {check.key[0] for check in made} == {
        "items", "documents", "open", "overdue", "bridge open", "bridge overdue", "closing", "opening", "movement",
    }  # fmt: skip
    object.__setattr__(pack, "aging", pack.aging_before)
    off = {check.key[0]: check.difference for check in checks(pack) if not check.ok}
    assert off == {"items": 5000, "open": -5000, "overdue": -10000, "closing": 5000, "movement": 5000}


def test_a_bridge_that_loses_a_line_is_seen(october, make):
    pack = make(october)
    [part] = pack.bridges[0].parts
    broken = replace(pack.bridges[0], parts=(replace(part, lines=part.lines[1:]),))
    object.__setattr__(pack, "bridges", (broken, pack.bridges[1]))
    assert [(check.name, check.difference) for check in checks(pack) if not check.ok] == [
        ("Bridge of the open balance, EUR", -50000)
    ]


def test_a_frozen_month_stays_as_it_was_and_lists_what_came_later(october, make):
    before = make(october)
    settings.freeze_month(october.engine, day=END, today=date(2026, 11, 5), actor=ANNA)
    october.invoice("BIRCH", date(2026, 10, 30), date(2026, 11, 30), 250, number="LATE")
    pack = make(october)
    assert pack.outcome("open").now.exact == before.outcome("open").now.exact == Decimal(1550)
    assert pack.posted is not None
    assert [(e.document, e.amount) for e in pack.posted.entries] == [("LATE", 25000)]
    assert pack.ledger < pack.version[1]
    settings.reopen_month(october.engine, day=END, actor=ANNA)
    opened = make(october)
    assert (opened.outcome("open").now.exact, opened.posted) == (Decimal(1800), None)


def test_a_balance_told_after_the_freeze_is_compared_with_the_frozen_one(october, make):
    settings.freeze_month(october.engine, day=END, today=date(2026, 11, 5), actor=ANNA)
    october.invoice("BIRCH", date(2026, 10, 30), date(2026, 11, 30), 250, number="LATE")
    settings.save_balances(
        october.engine, balances=[Balance(END, "main", "EUR", Decimal("1550.00"), "Trial balance")], actor=ANNA
    )
    [one] = make(october).agreement
    assert (one.ours, one.agrees, one.difference) == (155000, True, 0)


def test_a_running_month_is_as_of_today(october, make):
    pack = make(october, month=date(2026, 11, 1))
    assert (pack.month.last, pack.month.over, pack.month.before) == (date(2026, 11, 20), False, END)
    assert pack.month.year_before == date(2025, 11, 20)
    assert pack.outcome("cash_in").target is None
    assert all(check.ok for check in checks(pack))


def test_a_month_that_has_not_begun_is_refused(october, make):
    with pytest.raises(BadInput, match="December 2026 has not begun yet"):
        make(october, month=date(2026, 12, 1))


@pytest.mark.parametrize("text", ["2026", "2026-13", "2026-1", "10/2026", "0000-01", "2026-10-31"])
def test_what_is_no_month_is_refused(text):
    with pytest.raises(BadInput, match="is not a month"):
        read_month(text)


def test_a_month_is_read():
    assert read_month("2026-10") == OCTOBER


def test_a_part_of_the_customers_is_no_agreement(october, make):
    pack = make(october, owners=("Ana",))
    assert pack.outcome("open").now.exact == Decimal(900)
    assert (pack.whole, pack.agreement) == (False, ())
    assert "opening" not in {check.key[0] for check in checks(pack)}
    assert all(check.ok for check in checks(pack))


def test_another_currency_is_converted_and_a_missing_rate_is_named(october, make):
    october.invoice("BIRCH", date(2026, 10, 7), date(2026, 11, 7), 80, currency="GBP", number="G-1")
    pack = make(october)
    gap = "no rate from GBP to EUR on or before 2026-10-07: 80.00 GBP open stand apart"
    assert pack.gaps[0] == gap
    assert {row.currency: row.open for row in pack.aging.totals} == {"EUR": 155000, "GBP": 8000}
    assert all(check.ok for check in checks(pack))
    for day in (date(2026, 9, 30), date(2026, 10, 7)):
        october.rate("GBP", "EUR", day, "1.25")
    pack = make(october)
    assert pack.gaps == ()
    assert {row.currency: row.open for row in pack.aging.totals} == {"EUR": 165000}
    assert all(check.ok for check in checks(pack))


def test_targets_are_held_against_the_month(october, make):
    set_target(october.engine, measure="dso", value=Decimal(60), high=Decimal(70), owner="Carla", actor=ANNA)
    pack = make(october)
    assert (pack.outcome("dso").target, pack.outcome("dso").state) == (60, "off")
    [status] = pack.statuses
    assert (status.goal.owner, status.alert.side) == ("Carla", "above")


def test_the_notes_of_the_month_are_in_it(october, make):
    settings.save_note(october.engine, month=OCTOBER, text="Retail terms moved.", actor=ANNA)
    assert make(october).note.text == "Retail terms moved."
    assert make(october, month=date(2026, 9, 1)).note is None


def test_both_stores_give_the_same(filled, make):
    pack = make(filled)
    assert pack.outcome("open").now.exact == Decimal(1550)
    assert all(check.ok for check in checks(pack))


def test_the_month_before_is_to_the_cent_where_the_bridge_opens(october, make):
    """Three debts of 0.01 GBP at 1.5 are 0.02 each, so 0.06; their sum at once would be 0.05 (0.045)."""
    october.rate("GBP", "EUR", date(2026, 9, 1), "1.5")
    october.complete("balances", date(2026, 7, 1), currency="GBP")
    for number in range(3):
        october.invoice("BIRCH", date(2026, 9, 7), date(2026, 10, 7), "0.01", currency="GBP", number=f"G-{number}")
    pack = make(october)
    assert pack.outcome("open").before.exact == Decimal("1500.06")
    assert pack.bridges[0].parts[0].opening == 150006
    assert [figure.exact for figure in pack.courses[3].figures][-2:] == [Decimal("1500.06"), Decimal("1550.06")]
