"""Bad debt: what was written off as uncollectible, as a part of credit sales.

Small differences, goodwill and conceded disputes are not bad debt; credit notes are dilution, a ratio of their own.
"""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from arcore.analytics.dso import sales_missing
from arcore.analytics.figures import HUNDRED
from arcore.analytics.figures import PERCENT
from arcore.analytics.figures import Figure
from arcore.analytics.figures import Number
from arcore.analytics.figures import exact

NO_BALANCE = "the closing balance is not positive"


NOTHING_HELD = "the average balance is not positive"


class Allowance(NamedTuple):
    """The allowance beside the receivables it stands against.

    Attributes:
        share: allowance in percent of the closing balance.
        net_realizable: closing balance less allowance.
    """

    share: Figure
    net_realizable: Decimal


def gross(*, uncollectible: Number, credit_sales: Number) -> Figure:
    """Return uncollectible write-offs in percent of the credit sales of the window."""
    figure = Figure(
        name="bad_debt",
        variant="gross",
        unit=PERCENT,
        formula="uncollectible ÷ credit_sales × 100",
        inputs={"uncollectible": uncollectible, "credit_sales": credit_sales},
    )
    return _of_sales(figure, exact(uncollectible), exact(credit_sales))


def net(*, uncollectible: Number, recoveries: Number, credit_sales: Number) -> Figure:
    """Return the same less recoveries: money that came after it had been written off (CRF survey)."""
    figure = Figure(
        name="bad_debt",
        variant="net",
        unit=PERCENT,
        formula="(uncollectible − recoveries) ÷ credit_sales × 100",
        inputs={"uncollectible": uncollectible, "recoveries": recoveries, "credit_sales": credit_sales},
    )
    return _of_sales(figure, exact(uncollectible) - exact(recoveries), exact(credit_sales))


def net_of_tax(
    *, uncollectible: Number, recoveries: Number, loss_tax: Number, credit_sales: Number, sales_tax: Number
) -> Figure:
    """Return the net ratio with tax taken out of both losses and sales."""
    figure = Figure(
        name="bad_debt",
        variant="net_of_tax",
        unit=PERCENT,
        formula="(uncollectible − recoveries − loss_tax) ÷ (credit_sales − sales_tax) × 100",
        inputs={
            "uncollectible": uncollectible,
            "recoveries": recoveries,
            "loss_tax": loss_tax,
            "credit_sales": credit_sales,
            "sales_tax": sales_tax,
        },
    )
    loss = exact(uncollectible) - exact(recoveries) - exact(loss_tax)
    return _of_sales(figure, loss, exact(credit_sales) - exact(sales_tax))


def of_balance(*, uncollectible: Number, recoveries: Number, ar_begin: Number, ar_end: Number) -> Figure:
    """Return uncollectible write-offs less recoveries in percent of the mean of opening and closing balance."""
    figure = Figure(
        name="bad_debt",
        variant="of_balance",
        unit=PERCENT,
        formula="(uncollectible − recoveries) ÷ ((ar_begin + ar_end) ÷ 2) × 100",
        inputs={"uncollectible": uncollectible, "recoveries": recoveries, "ar_begin": ar_begin, "ar_end": ar_end},
    )
    average = (exact(ar_begin) + exact(ar_end)) / 2
    if average <= 0:
        return figure.because(NOTHING_HELD)
    return figure.worth((exact(uncollectible) - exact(recoveries)) / average * HUNDRED)


def other_write_offs(*, other_write_offs: Number, credit_sales: Number) -> Figure:
    """Return write-offs that are no bad debt (small differences, goodwill, conceded) in percent of credit sales."""
    figure = Figure(
        name="write_offs",
        variant="other",
        unit=PERCENT,
        formula="other_write_offs ÷ credit_sales × 100",
        inputs={"other_write_offs": other_write_offs, "credit_sales": credit_sales},
    )
    return _of_sales(figure, exact(other_write_offs), exact(credit_sales))


def allowance_to_ar(*, allowance: Number, ar_end: Number) -> Allowance:
    """Return the allowance in percent of the closing balance, and the balance net of it (CRF)."""
    figure = Figure(
        name="bad_debt",
        variant="allowance_to_ar",
        unit=PERCENT,
        formula="allowance ÷ ar_end × 100",
        inputs={"allowance": allowance, "ar_end": ar_end},
    )
    reserve, balance = exact(allowance), exact(ar_end)
    share = figure.because(NO_BALANCE) if balance <= 0 else figure.worth(reserve / balance * HUNDRED)
    return Allowance(share=share, net_realizable=balance - reserve)


def _of_sales(figure: Figure, loss: Decimal, credit_sales: Decimal) -> Figure:
    return sales_missing(figure, credit_sales) or figure.worth(loss / credit_sales * HUNDRED)
