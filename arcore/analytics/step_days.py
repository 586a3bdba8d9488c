"""The days from delivery by invoice to cash, cut into steps that follow each other and so add up to the day.

Every debt goes one of four ways: paid by its due date, paid late without anybody getting in touch, paid after a contact
in which nothing was promised, or paid after a promise. A step that begins before the one in front of it ends is
negative, such as a reminder before the due date or money before the promised day.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from arcore.analytics.columns import Bools
from arcore.analytics.columns import Ints
from arcore.analytics.firsts import NEVER

STEPS = ("billing", "terms", "early", "unattended", "contact", "after_contact", "promise", "promised", "kept")
"""The steps in their order.

billing: delivery to invoice date, where the day of delivery is known. terms: invoice date to due date. early: due date
to cash, where it came by then and nobody got in touch (0 or less). unattended: the same where it came later. contact:
due date to first contact. after_contact: first contact to cash, where nothing was promised. promise: first contact to
first promise. promised: that promise to the day it named. kept: the promised day to cash.
"""
AGREED = ("terms", "early")
"""Steps in which nothing is lost: the customer keeps to its terms."""


@dataclass(frozen=True, eq=False)
class Paths:
    """Debts on their way to cash, one entry each; day numbers, NEVER for what did not happen.

    Attributes:
        delivered: the day of delivery, NEVER where nobody told it.
        contact: the first day somebody got in touch about it.
        promise: the first day on which payment was promised, `promised` the day that promise named.
        end: the day of cash, or for what is open the as-of day; what happened later does not count.
    """

    invoice: Ints
    due: Ints
    contact: Ints
    promise: Ints
    promised: Ints
    end: Ints
    delivered: Ints

    @property
    def start(self) -> Ints:
        """The day on which the way begins: of delivery where it is known, else that of the invoice."""
        return np.where(self.delivered < NEVER, self.delivered, self.invoice)


@dataclass(frozen=True, eq=False)
class StepDays:
    """Days by step and debt: [step, debt], steps as in STEPS; `passed` tells which steps a debt went through."""

    days: Ints
    passed: Bools

    def of(self, step: str) -> tuple[Ints, Bools]:
        """Return the days of one step by debt, 0 where it was not gone through, and which went through it."""
        place = STEPS.index(step)
        return self.days[place], self.passed[place]


def step_days(paths: Paths) -> StepDays:
    """Cut each path into its steps; the steps of a debt add up to the days from its start to its end.

    A promise is a contact, too: one without an earlier contact is both on the same day.
    """
    contact = np.minimum(paths.contact, paths.promise)
    touched = contact <= paths.end
    promised = touched & (paths.promise <= paths.end) & (paths.promise < NEVER)
    alone = ~touched
    in_time = paths.end <= paths.due
    passed = np.stack(
        [
            paths.delivered < NEVER,
            np.ones(len(paths.end), np.bool_),
            alone & in_time,
            alone & ~in_time,
            touched,
            touched & ~promised,
            promised,
            promised,
            promised,
        ]
    )
    between = (
        (paths.delivered, paths.invoice),
        (paths.invoice, paths.due),
        (paths.due, paths.end),
        (paths.due, paths.end),
        (paths.due, contact),
        (contact, paths.end),
        (contact, paths.promise),
        (paths.promise, paths.promised),
        (paths.promised, paths.end),
    )
    days = np.zeros((len(STEPS), len(paths.end)), np.int64)
    for place, (start, end) in enumerate(between):
        np.subtract(end, start, out=days[place], where=passed[place])
    return StepDays(days, passed)
