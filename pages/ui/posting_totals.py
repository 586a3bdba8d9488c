"""How a total of the posting list is made: the bookings with a status, by currency, each with its day."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from zoneinfo import ZoneInfo

from arcore.intake.posting.line import LABELS
from arcore.intake.posting.line import MATCH
from arcore.intake.posting.line import Line
from arcore.ledger.kinds import BY_NAME
from arcore.reports.filters import Filters
from arcore.reports.totals import Entry
from pages.ui import shell
from pages.ui import total_drawer
from pages.ui.total_drawer import Explained

MEANT = {
    "To post": "What was booked here, and no export and no file of the source has told yet.",
    "Exported": "What was exported for the accounting system, and no file of it has confirmed yet.",
    "Confirmed": "What was booked here, and a later file shows that the source has it too.",
    "Waiting": "What was booked here and not confirmed within the days allowed.",
}
"""What the lines of a status are."""


def key_of(status: str, currency: str) -> str:
    """Return the name of a total on its page and in the address."""
    return f"posting_{status.replace(' ', '-')}_{currency}"


def open_asked(frame: shell.Frame, groups: Mapping[str, Sequence[Line]]) -> None:
    """Open the total that was asked for: of the list as it is today, which no filter narrows."""
    today = replace(frame, filters=Filters(as_of=frame.today, currency=frame.filters.currency))
    total_drawer.open_asked(today, partial(known, groups, ZoneInfo(frame.company.time_zone), frame.today))


def known(groups: Mapping[str, Sequence[Line]], zone: ZoneInfo, today: date, key: str) -> Explained | None:
    """Return the total of a status and currency by its key."""
    word, _, currency = key.removeprefix("posting_").rpartition("_")
    status = word.replace("-", " ")
    lines = [line for line in groups.get(status, ()) if line.currency == currency]
    if not key.startswith("posting_") or not lines:
        return None
    return Explained(
        key, f"{status}, net {currency}", MEANT[status],
        "debits − credits of the bookings with this status; a match changes no total of the ledger and counts 0",
        ("booking", "bookings"), partial(_entries, lines, zone, today), "Dated", "Booking",
        rests_on="what has this status now, on a day before: as far as it was booked by then", currency=currency,
    )  # fmt: skip


def kind_of(line: Line) -> str:
    """Say what a line is."""
    label = LABELS.get(line.kind) or BY_NAME[line.kind].label
    return f"{label}, taken back" if line.takes_back else label


def _entries(lines: Sequence[Line], zone: ZoneInfo, today: date, filters: Filters) -> list[Entry]:
    """Return the bookings of the list; on a day before today those that were booked by then."""
    return [
        Entry(
            line.subject, line.code, line.customer, f"{kind_of(line)} {line.number}".strip(), line.on,
            0 if line.kind == MATCH else line.amount, line.currency,
        )
        for line in lines
        if filters.as_of >= today or line.recorded_at.astimezone(zone).date() <= filters.as_of
    ]  # fmt: skip
