"""What the collectors wrote down: calls, promises, complaints, in the words they would use."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from datetime import UTC
from datetime import date
from datetime import datetime
from datetime import time
from datetime import timedelta
from typing import NamedTuple

from arcore.sample.booking import Booked
from arcore.sample.chance import chance
from arcore.sample.masterdata import OWNER_CHANGE
from arcore.sample.player import LEFT
from arcore.sample.player import OWNERS
from arcore.sample.player import Player
from arcore.sample.workdays import workday


class Remark(NamedTuple):
    """A note about a customer."""

    code: str
    at: datetime
    by: str
    text: str


TOLD: Mapping[str, Sequence[tuple[int, str]]] = {
    "bad_payer": (
        (171, "Pays 5,000 a month on {s2}, more he can't. Asked for it in writing."),
        (122, "{s1} written off: nothing to be had from it."),
        (58, "Handed over to the lawyers. No more calls from us."),
    ),
    "insolvent": (
        (424, "Insolvency opened. All open invoices filed with the administrator."),
        (96, "The estate paid 30 % of {s2} after all; so much of the loss was taken back."),
    ),
    "slipping": (
        (96, "Weekly payment run is now every other week, says their accounts department."),
        (34, "Was told twice that it is in the next run; it was not. Spoke to the finance director."),
    ),
    "over_limit": ((23, "Over the limit since the large order. Sales wants to deliver all the same."),),
    "disputes": (
        (88, "{quantity}: says 40 valves were missing. Delivery note asked for."),
        (49, "{s2}: price on the order is another one. With sales."),
        (12, "{s3}: will not pay before the other two are settled."),
    ),
    "extended": ((24, "{s2}: agreed 75 more days after their fire. Approved by the head of finance."),),
    "broken_plan": (
        (150, "{s1}: three instalments agreed, one a month."),
        (52, "Second instalment never came. Plan cancelled, the whole is due again."),
    ),
    "euro_payer": ((51, "Paid {s1} in euros by mistake; converted at the bank's rate, asked for dollars next time."),),
    "child": ((58, "{s1} goes to the parent: they pay it with their own run."),),
    "overpays": ((16, "{s2} was paid twice. Offered to keep it on account; waiting for their answer."),),
    "parent_us": ((4, "186,400 came without any details. Mailed their treasury."),),
    "direct_debit": ((40, "Bank took a direct debit back: no cover. Paid by transfer since."),),
    "slow_public": ((101, "Pays only what their portal has approved; approval takes three weeks."),),
    "seasonal": ((70, "Orders for the season; pays the spring invoices in summer, as every year."),),
}
"""Days before today, and what was said; {s1} is the first invoice of the customer's story."""
SAID = (
    "Called: invoice is in approval, payment with the next run.",
    "Accounts department changed; new mailbox noted.",
    "Sent copies of three invoices again.",
    "Wants statements at the end of each month.",
    "Left a message with the switchboard.",
    "Says the order number was missing on the invoice; sent again with it.",
    "Payment advice promised by mail.",
)


def remarks(players: Sequence[Player], booked: Mapping[str, Booked], today: date) -> list[Remark]:
    """Return every note, oldest first."""
    made = [remark for player in players for remark in (*_told(player, booked, today), *_said(player, today))]
    return sorted(made, key=lambda remark: (remark.at, remark.code))


def _told(player: Player, booked: Mapping[str, Booked], today: date) -> Iterator[Remark]:
    told = TOLD.get(player.part)
    if not told:
        return
    prefix = f"{player.code}/"
    numbers = {ref.removeprefix(prefix): known.number for ref, known in booked.items() if ref.startswith(prefix)}
    for days, text in told:
        yield _remark(player, today, days, text.format_map(numbers), minutes=days * 7)


def _said(player: Player, today: date) -> Iterator[Remark]:
    """Give some customers the small talk of the trade, mostly of the last months."""
    rng = chance(f"notes {player.code}")
    if player.habit.late < 5 or player.intercompany:
        return
    for _ in range(rng.choice((0, 1, 1, 2))):
        days = round(rng.expovariate(1 / 70)) + 2
        yield _remark(player, today, min(days, 700), rng.choice(SAID), minutes=rng.randint(0, 420))


def _remark(player: Player, today: date, days: int, text: str, *, minutes: int) -> Remark:
    day = workday(today - timedelta(days=days), -1)
    at = datetime.combine(day, time(8), UTC) + timedelta(minutes=minutes % 480)
    gone = player.owner == LEFT and days < OWNER_CHANGE
    return Remark(player.code, at, OWNERS[0] if gone else player.owner, text)
