"""Revised invoices: those that were wrong at first, as a share of those issued.

An invoice was revised when it was voided and issued again, credited in full and billed again, or changed by a file
that was read again. The window is that of the day it was revised.
"""

from __future__ import annotations

from decimal import Decimal

from arcore.analytics.dispute_rate import NONE_ISSUED
from arcore.analytics.figures import HUNDRED
from arcore.analytics.figures import PERCENT
from arcore.analytics.figures import Figure


def revised_rate(
    *, voided_reissued: int, credited_rebilled: int, changed_by_import: int, invoices_issued: int
) -> Figure:
    """Return the invoices revised in the window in percent of those issued in it."""
    figure = Figure(
        name="revised_rate",
        variant="count",
        unit=PERCENT,
        formula="(voided_reissued + credited_rebilled + changed_by_import) ÷ invoices_issued × 100",
        inputs={
            "voided_reissued": voided_reissued,
            "credited_rebilled": credited_rebilled,
            "changed_by_import": changed_by_import,
            "invoices_issued": invoices_issued,
        },
    )
    if invoices_issued <= 0:
        return figure.because(NONE_ISSUED)
    revised = Decimal(voided_reissued) + Decimal(credited_rebilled) + Decimal(changed_by_import)
    return figure.worth(revised / Decimal(invoices_issued) * HUNDRED)


def accuracy(*, invoices: int, accurate: int) -> Decimal | None:
    """Return the invoices without an error in percent of all; None when there are none."""
    return None if invoices <= 0 else Decimal(accurate) / invoices * HUNDRED
