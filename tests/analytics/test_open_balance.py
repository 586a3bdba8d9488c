from __future__ import annotations

from arcore.analytics.open_balance import open_balance
from arcore.analytics.open_balance import overdue_balance


def test_open_is_what_is_owed_less_what_stands_to_credit():
    # Not due 600, overdue 20, unapplied −100: 520 open, 20 of it overdue.
    assert open_balance(ar_current=600, overdue=20, unapplied=-100).value == 520
    assert overdue_balance(gross_debits=620, ar_current=600).value == 20


def test_nothing_open_is_zero_not_undefined():
    figure = open_balance(ar_current=0, overdue=0, unapplied=0)
    assert (figure.value, figure.undefined, figure.unit) == (0, None, "money")
