"""Contacts reached: of the times we tried to reach a customer, how often somebody there was reached.

Whether it was the right party is not recorded apart: who answered stands with the talk.
"""

from __future__ import annotations

from arcore.analytics.figures import HUNDRED
from arcore.analytics.figures import PERCENT
from arcore.analytics.figures import Figure
from arcore.analytics.figures import Number
from arcore.analytics.figures import exact

NOBODY_TRIED = "nobody tried to reach a customer in the window"


def reached(*, contacts_reached: Number, contacts_tried: Number) -> Figure:
    """Return the contacts in which somebody was reached in percent of those attempted (VCC Live)."""
    figure = Figure(
        name="contacts_reached",
        variant="attempted",
        unit=PERCENT,
        formula="contacts_reached ÷ contacts_tried × 100",
        inputs={"contacts_reached": contacts_reached, "contacts_tried": contacts_tried},
    )
    tried = exact(contacts_tried)
    return figure.because(NOBODY_TRIED) if tried <= 0 else figure.worth(exact(contacts_reached) / tried * HUNDRED)
