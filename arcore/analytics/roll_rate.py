"""Roll rates: how much of what stood in a bucket is one bucket later when as many days have passed as it is wide.

The ratio compares two balances 30 days apart; back-dated documents and bounced payments can lift it over 100. The form
that follows the same debts is `bucket_flows`.
"""

from __future__ import annotations

from functools import partial

from arcore.analytics.columns import Ints
from arcore.analytics.figures import HUNDRED
from arcore.analytics.figures import PERCENT
from arcore.analytics.figures import Figure
from arcore.analytics.figures import Number
from arcore.analytics.figures import exact
from arcore.analytics.history import Point
from arcore.analytics.steps import STEP
from arcore.analytics.steps import steps
from arcore.dates import to_day

EMPTY = "nothing stood in the earlier bucket 30 days before"
ROLLS = ("not_due", "1_30", "31_60", "61_90")
"""The bucket that is rolled out of, the oldest last."""


def roll_rate(*, rolled_from: Number, rolled_to: Number, bucket: str = "") -> Figure:
    """Return the balance of the next bucket in percent of that of this one 30 days before."""
    figure = Figure(
        name="roll_rate",
        variant=bucket,
        unit=PERCENT,
        formula="rolled_to ÷ rolled_from × 100",
        inputs={"rolled_from": rolled_from, "rolled_to": rolled_to},
    )
    before = exact(rolled_from)
    return figure.because(EMPTY) if before <= 0 else figure.worth(exact(rolled_to) / before * HUNDRED)


OF = {bucket: partial(roll_rate, bucket=bucket) for bucket in ROLLS}
"""The function of each bucket."""


def rolled_from(point: Point, bucket: str) -> Ints:
    """Return what stood in a bucket 30 days before, [group, currency]."""
    return steps(point.history).every(to_day(point.window.last) - STEP, ROLLS.index(bucket))


def rolled_to(point: Point, bucket: str) -> Ints:
    """Return what stands in the bucket behind it, 30 days wide, [group, currency]."""
    return steps(point.history).every(to_day(point.window.last), ROLLS.index(bucket) + 1)
