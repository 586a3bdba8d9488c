"""The paragraph of the month, word for word, as the figures change."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from arcore.company.service import Balance
from arcore.company.service import save_balances
from arcore.goals.service import set_target
from arcore.reports.board.story import agreement_sentence
from arcore.reports.board.story import paragraphs
from arcore.store.unit import Actor
from arcore.written import Format

ANNA, END = Actor("anna"), date(2026, 10, 31)
SAY = Format("en_GB")


def test_the_month_in_words(october, make):
    balance, late, dso, cei = paragraphs(make(october))
    assert balance == (
        "Customers owed €1,550 on 31 October 2026, 3.3% more than a month before. "
        "Since 30 September 2026 it rose by €50: €500 were invoiced and charged and €450 came in."
    )
    assert late == (
        "€1,100 (69% of what is invoiced and open) is past due, €100 more than a month before. "
        "Alder Ltd and Birch GmbH owe 100% of what is past due."
    )
    assert dso == "DSO is 71.3 days, 20.7 days better than a month before, mostly through higher sales (−23.4 days)."
    assert cei == "CEI is 29.0%."


def test_a_target_is_met_or_not(october, make):
    set_target(october.engine, measure="dso", value=Decimal(60), actor=ANNA)
    assert paragraphs(make(october))[2].endswith("; the target of 60 is not met.")
    set_target(october.engine, measure="dso", value=Decimal(80), actor=ANNA)
    assert paragraphs(make(october))[2].endswith("; the target of 80 is met.")


def test_what_can_not_be_told_says_why(october, make):
    early = make(october, month=date(2026, 3, 1))
    assert paragraphs(early)[0].startswith("The open balance can't be told: needs balances from")


def test_agreement_in_words(october, make):
    assert agreement_sentence(make(october).agreement, SAY).startswith("Not compared with a general ledger")
    for amount, words in (
        ("1550.00", "The open balance agrees to Trial balance."),
        ("1600.00", "The general ledger differs from the open balance: main EUR by +50.00 (explained by documents)."),
        ("1555.00", "The general ledger differs from the open balance: main EUR by +5.00 (5.00 not explained)."),
    ):
        stated = Balance(END, "main", "EUR", Decimal(amount), "Trial balance")
        save_balances(october.engine, balances=[stated], actor=ANNA)
        assert agreement_sentence(make(october).agreement, SAY) == words
    assert "can't be compared" in agreement_sentence((), SAY)
