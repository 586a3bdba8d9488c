"""When what the invoices are about was delivered: some days before, sooner invoiced since the last quarter began."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from datetime import timedelta

from arcore.analytics.quarter import quarter
from arcore.ledger.delivered import tell
from arcore.sample.booking import Booker
from arcore.sample.chance import chance
from arcore.sample.events import Bill
from arcore.sample.events import Event
from arcore.sample.workdays import workday
from arcore.store.unit import Unit

TOLD = 0.9
"""Of so many invoices the day of delivery is known."""
BEFORE, SINCE = (1, 2, 2, 3, 3, 4, 5, 6, 8), (0, 1, 1, 1, 2, 2, 3, 4)
"""Days from delivery to invoice, as often as they stand here: before invoices were written daily, and since."""


def write(unit: Unit, events: Iterable[Event], booker: Booker, today: date) -> None:
    """Tell the days of what was just booked, in the transaction that booked it."""
    since = quarter(quarter(today).first - timedelta(days=1)).first
    told = {
        booker.booked[bill.ref].document_id: day
        for bill in events
        if isinstance(bill, Bill) and bill.kind == "invoice" and (day := delivered_on(bill, since)) is not None
    }
    if told:
        tell(unit, told)


def delivered_on(bill: Bill, since: date) -> date | None:
    """Return the day of delivery of an invoice, None where nobody told it; from `since` on invoices come sooner."""
    rng = chance(f"delivery {bill.ref}")
    if rng.random() >= TOLD:
        return None
    lag = rng.choice(SINCE if bill.day >= since else BEFORE)
    return min(bill.day, workday(bill.day - timedelta(days=lag), -1) if lag else bill.day)
