"""Cash in: receipts less refunds and payments that bounced. And what is to be expected of given sales."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from arcore.analytics.figures import HUNDRED
from arcore.analytics.figures import MONEY
from arcore.analytics.figures import Figure
from arcore.analytics.figures import Number
from arcore.analytics.figures import exact


class Collections(NamedTuple):
    """What a collection pattern makes of the sales of consecutive periods.

    Attributes:
        collections: cash of each period.
        total: cash of all periods.
        ar_end_gross: what is open at the end.
        expected_uncollectible: what is left of sales whose pattern has run out.
        still_to_collect: the part of `ar_end_gross` that the pattern collects later.
    """

    collections: tuple[Decimal, ...]
    total: Decimal
    ar_end_gross: Decimal
    expected_uncollectible: Decimal
    still_to_collect: Decimal


def cash_in(*, receipts: Number, refunds: Number, reversals: Number) -> Figure:
    """Subtract refunds and reversed payments from receipts; all positive, money."""
    return Figure(
        name="cash_in",
        variant="to_date",
        unit=MONEY,
        formula="receipts − refunds − reversals",
        inputs={"receipts": receipts, "refunds": refunds, "reversals": reversals},
    ).worth(exact(receipts) - exact(refunds) - exact(reversals))


def collections(
    *, sales: Sequence[Number], collect_pct: Sequence[Number], prior_sales: Sequence[Number] = ()
) -> Collections:
    """Spread the sales of each period over it and the following ones.

    `collect_pct[k]` percent come in k periods after the sale. `prior_sales` are those of earlier periods, newest first.
    """
    history = [exact(amount) for amount in reversed(prior_sales)]
    before = len(history)
    history += [exact(amount) for amount in sales]
    shares = [exact(percent) / HUNDRED for percent in collect_pct]
    cash = tuple(
        sum((share * history[now - lag] for lag, share in enumerate(shares) if lag <= now), Decimal(0))
        for now in range(before, len(history))
    )
    aged = list(enumerate(reversed(history)))
    later = sum((share * amount for age, amount in aged for share in shares[age + 1 :]), Decimal(0))
    lost = 1 - sum(shares, Decimal(0))
    never = sum((amount * lost for age, amount in aged if age + 1 >= len(shares)), Decimal(0))
    return Collections(
        collections=cash,
        total=sum(cash, Decimal(0)),
        ar_end_gross=later + lost * sum(history, Decimal(0)),
        expected_uncollectible=never,
        still_to_collect=later,
    )
