from __future__ import annotations

from datetime import UTC
from datetime import date
from datetime import datetime

import pytest

from arcore.errors import BadInput
from arcore.reports.filters import Filters

OCT = date(2026, 10, 31)


def test_equal_choices_are_equal_filters_with_equal_keys():
    one = Filters(as_of=OCT, owners=("Cleo", "Ben", "Ben"))
    other = Filters(as_of=OCT, owners=("Ben", "Cleo"))
    assert one == other
    assert hash(one) == hash(other)
    assert one.key() == other.key()


def test_every_choice_is_in_the_key():
    plain = Filters(as_of=OCT)
    changed = [
        plain.on(date(2026, 10, 30)),
        plain.in_currency("EUR"),
        Filters(as_of=OCT, segments=("Key",)),
        Filters(as_of=OCT, owners=("Key",)),
        Filters(as_of=OCT, entity="north"),
        Filters(as_of=OCT, basis="due"),
        Filters(as_of=OCT, known_at=datetime(2026, 11, 1, tzinfo=UTC)),
    ]
    assert len({plain.key(), *(other.key() for other in changed)}) == 8


@pytest.mark.parametrize("wrong", [{"currency": "Euro"}, {"basis": "when"}])
def test_what_cannot_be_meant_is_refused(wrong):
    with pytest.raises(BadInput):
        Filters(as_of=OCT, **wrong)


def test_a_moment_without_a_zone_is_utc():
    naive = datetime(2026, 11, 1, 12)  # noqa: DTZ001  what somebody may hand in
    assert Filters(as_of=OCT, known_at=naive).known_at == datetime(2026, 11, 1, 12, tzinfo=UTC)
