"""What can be contested, and where an amount lies."""

from __future__ import annotations

from datetime import date

import pytest

from arcore.disputes import rules
from arcore.disputes.rules import Part
from arcore.errors import BadInput
from arcore.errors import RuleBroken


def test_an_amount_lies_on_the_oldest_items_of_its_document_and_on_no_other() -> None:
    parts = [Part(11, 1, 50), Part(21, 2, 500), Part(12, 1, 30), Part(13, 1, 30)]
    assert rules.spread({1: 70}, parts) == {11: 50, 12: 20}
    assert rules.spread({1: 200}, parts) == {11: 50, 12: 30, 13: 30}, "the unused 90 touches nothing"
    assert rules.spread({3: 10}, parts) == {}


def test_a_credit_item_takes_nothing() -> None:
    assert rules.spread({1: 10}, [Part(11, 1, -50), Part(12, 1, 5)]) == {12: 5}


def test_no_more_is_contested_than_is_open_and_free() -> None:
    told = {"document": "Invoice INV-1", "currency": "EUR"}
    rules.check_amount(4_000, open_=10_000, disputed=6_000, **told)
    with pytest.raises(RuleBroken, match=r"INV-1 has 100\.00 EUR open, 60\.00 of it in dispute already: 40\.01 can't"):
        rules.check_amount(4_001, open_=10_000, disputed=6_000, **told)
    with pytest.raises(RuleBroken, match=r"INV-1 has 0\.00 EUR open: 1\.00 can't"):
        rules.check_amount(100, open_=-5, disputed=0, **told)
    with pytest.raises(BadInput, match="more than zero"):
        rules.check_amount(0, open_=10_000, disputed=0, **told)


def test_words_that_are_none_are_named_with_those_that_are() -> None:
    with pytest.raises(BadInput, match="'mood' is no reason for a dispute; one of price, quantity"):
        rules.check_reason("mood")
    with pytest.raises(BadInput, match="'mistake' is no outcome of a dispute; one of accepted"):
        rules.check_outcome(rules.MISTAKE)
    with pytest.raises(BadInput, match="can't be due before it, on 2026-10-31"):
        rules.check_due(date(2026, 11, 1), date(2026, 10, 31))
    rules.check_due(date(2026, 11, 1), None)
