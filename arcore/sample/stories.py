"""What happens once: the cases that a collector tells about, each on documents of its own.

They are set by days before today, so that every sample shows all of them, however small it is built.
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from datetime import timedelta

from arcore.sample.events import Bill
from arcore.sample.events import Cancel
from arcore.sample.events import CancelExtension
from arcore.sample.events import Credit
from arcore.sample.events import Event
from arcore.sample.events import Exchange
from arcore.sample.events import Extend
from arcore.sample.events import Match
from arcore.sample.events import Move
from arcore.sample.events import Recover
from arcore.sample.events import Refund
from arcore.sample.events import Target
from arcore.sample.events import Use
from arcore.sample.payments import Payer
from arcore.sample.player import Player
from arcore.sample.workdays import later
from arcore.sample.workdays import workday

INSOLVENT_SINCE = 425
"""Days before today on which one customer's insolvency was opened."""


class Teller:
    """What all stories need: one customer, how it pays, and days counted back from today."""

    def __init__(self, player: Player, payer: Payer, codes: Mapping[str, str]) -> None:
        """Take the customer, its payer, and the codes of all parts."""
        self.player = player
        self.payer = payer
        self.codes = codes
        self._count = 0

    def ago(self, days: int) -> date:
        """Return a working day about so many days before today."""
        return workday(self.payer.today - timedelta(days=days), -1)

    def bill(self, due_ago: int, net: int, *, kind: str = "invoice", reason: str = "", name: str = "") -> Bill:
        """Return a document over `net` whole units (plus tax) that fell due so many days ago."""
        self._count += 1
        due = self.payer.today - timedelta(days=due_ago)
        day = workday(due - timedelta(days=self.player.terms), -1)
        tax = net * self.player.tax
        return Bill(
            ref=name or f"{self.player.code}/s{self._count}",
            kind=kind,
            customer=self.player.code,
            currency=self.player.currency,
            day=day,
            recorded=day,
            parts=((net * 100 + tax, day + timedelta(days=self.player.terms)),),
            tax=tax or None,
            reason=reason,
        )

    def credit(
        self,
        kind: str,
        days_ago: int,
        amount: int,
        uses: Iterable[Use] = (),
        *,
        currency: str = "",
        reason: str = "",
        reference: str = "",
    ) -> Credit:
        """Return a payment or another credit over `amount` minor units, learnt on its own day."""
        day = self.ago(days_ago)
        return Credit(
            ref=self.payer.ref("k"),
            kind=kind,
            customer=self.player.code,
            currency=currency or self.player.currency,
            day=day,
            recorded=day,
            amount=amount,
            uses=tuple(uses),
            reason=reason,
            reference=reference,
        )

    def pays(self, bill: Bill, days_ago: int, *, target: Target | None = None, amount: int | None = None) -> Credit:
        """Return a payment of a bill, of one of its instalments, or of a part of it."""
        paid = bill.amount if amount is None else amount
        return self.credit("payment", days_ago, paid, [Use(target or Target(bill.ref), paid)])


def tell(teller: Teller, bills: list[Bill]) -> tuple[list[Event], list[Bill]]:
    """Return what happens to this customer once, and the invoices that are settled in the ordinary way."""
    story = STORIES.get(teller.player.part)
    if teller.player.part == "insolvent":
        return _insolvent(teller, bills)
    if teller.player.part == "bad_payer":
        return _bad_payer(teller, bills)
    return (list(story(teller)) if story else []), bills


def _insolvent(teller: Teller, bills: list[Bill]) -> tuple[list[Event], list[Bill]]:
    """Write off what was open 14 months ago, when it became insolvent; the estate pays some of it after all."""
    opened = teller.ago(INSOLVENT_SINCE)
    rest = [bill for bill in bills if bill.day < opened - timedelta(days=75)]
    lost = [teller.bill(INSOLVENT_SINCE + ago, net) for ago, net in ((70, 21_400), (41, 34_900), (12, 18_600))]
    gone = [
        teller.credit("write_off", 290, bill.amount, [Use(Target(bill.ref), bill.amount)], reason="uncollectible")
        for bill in lost
    ]
    again, amount = teller.ago(96), lost[1].amount * 3 // 10
    back = Recover(ref=teller.payer.ref("b"), write_off=gone[1].ref, amount=amount, day=again, recorded=again)
    paid = teller.credit("payment", 96, amount, [Use(Target(back.ref), amount)], reference="estate, 30 %")
    return [*lost, *gone, back, paid], rest


def _bad_payer(teller: Teller, bills: list[Bill]) -> tuple[list[Event], list[Bill]]:
    """Tell of one who pays in pieces or not at all: late charges, a write-off, and now the lawyers."""
    old = [teller.bill(ago, net) for ago, net in ((402, 17_300), (214, 31_800), (156, 22_450), (118, 41_200))]
    charges = [teller.bill(ago, net, kind="late_charge", reason="interest") for ago, net in ((330, 640), (96, 1_180))]
    gone = teller.credit(
        "write_off", 120, old[0].amount, [Use(Target(old[0].ref), old[0].amount)], reason="uncollectible"
    )
    pieces = [
        teller.pays(old[1], ago, amount=amount) for ago, amount in ((170, 500_000), (121, 500_000), (63, 350_000))
    ]
    piece = teller.pays(old[3], 34, amount=800_000)
    return [*old, *charges, gone, *pieces, piece, teller.pays(charges[0], 260)], bills


def _transfer(teller: Teller) -> Iterator[Event]:
    """Let the parent take over an invoice of its child, and pay it with its own."""
    bill, day = teller.bill(74, 38_250), teller.ago(58)
    moved = Move(
        ref=f"{bill.ref}/parent",
        target=Target(bill.ref),
        amount=bill.amount,
        to_customer=teller.codes["parent"],
        day=day,
        recorded=day,
    )
    paid = teller.pays(bill, 47, target=Target(moved.ref))
    yield from (bill, moved, replace(paid, customer=teller.codes["parent"]))


def _euro_payment(teller: Teller) -> Iterator[Event]:
    """Pay a bill in dollars with euros: converted at the bank's rate, which leaves a small difference."""
    bill = teller.bill(61, 41_800)
    difference, euros = 14_325, round(bill.amount * 0.905)
    paid = teller.credit("payment", 52, euros, currency="EUR", reference="paid in EUR")
    swap = Exchange(
        ref=f"{paid.ref}/usd",
        target=Target(paid.ref),
        amount=euros,
        to_currency="USD",
        to_amount=bill.amount - difference,
        day=paid.day,
        recorded=paid.day,
    )
    found = Match(
        day=paid.day, recorded=paid.day, source=Target(swap.ref), use=Use(Target(bill.ref), bill.amount - difference)
    )
    rest = teller.credit("fx_difference", 52, difference, [Use(Target(bill.ref), difference)], reason="bank's rate")
    yield from (bill, paid, swap, found, rest)


def _extension(teller: Teller) -> Iterator[Event]:
    """Agree to two extensions: one was kept, one runs."""
    kept, runs = teller.bill(262, 29_600), teller.bill(33, 47_350)
    for bill, agreed, days in ((kept, 250, 60), (runs, 24, 75)):
        day = teller.ago(agreed)
        yield bill
        yield Extend(
            ref=f"{bill.ref}/extended",
            target=Target(bill.ref),
            due=bill.parts[0][1] + timedelta(days=days),
            day=day,
            recorded=day,
        )
    yield teller.pays(kept, 204, target=Target(f"{kept.ref}/extended"))


def _broken_plan(teller: Teller) -> Iterator[Event]:
    """Agree on three instalments; the first is paid, the second is not, and the plan is cancelled."""
    bill, agreed, ended = teller.bill(188, 36_000), teller.ago(150), teller.ago(52)
    yield bill
    thirds = [bill.amount // 3, bill.amount // 3, bill.amount - 2 * (bill.amount // 3)]
    for number, amount in enumerate(thirds):
        yield Extend(
            ref=f"{bill.ref}/plan{number}",
            target=Target(bill.ref),
            amount=amount,
            due=teller.ago(120 - 30 * number),
            day=agreed,
            recorded=agreed,
        )
    yield teller.pays(bill, 117, target=Target(f"{bill.ref}/plan0"), amount=thirds[0])
    for number in (1, 2):
        yield CancelExtension(target=Target(f"{bill.ref}/plan{number}"), day=ended, recorded=ended)


def _disputes(teller: Teller) -> Iterator[Event]:
    """Tell of three invoices the customer will not pay as they are, and one settled by giving in on a part."""
    yield from (
        teller.bill(98, 12_480, name=f"{teller.player.code}/quantity"),
        teller.bill(57, 23_900),
        teller.bill(21, 8_750),
    )
    settled = teller.bill(240, 19_200)
    part = settled.amount // 5
    yield settled
    yield teller.credit("write_off", 150, part, [Use(Target(settled.ref), part)], reason="dispute_conceded")
    yield teller.pays(settled, 139, amount=settled.amount - part)


def _paid_twice(teller: Teller) -> Iterator[Event]:
    """Receive two payments twice: one double went back, one still stands on account."""
    first, second = teller.bill(171, 9_840), teller.bill(30, 14_210)
    yield from (first, second, teller.pays(first, 165), teller.pays(second, 24))
    double = teller.credit("payment", 151, first.amount, reference="same reference as the payment before")
    back = teller.ago(122)
    yield double
    yield Refund(ref=teller.payer.ref("r"), source=Target(double.ref), amount=first.amount, day=back, recorded=back)
    yield teller.credit("payment", 17, second.amount, reference="same reference as the payment before")


def _written_in_error(teller: Teller) -> Iterator[Event]:
    """Send an invoice twice; the second is voided two weeks later, from its own day on."""
    right = teller.bill(128, 26_700)
    wrong, day = replace(right, ref=f"{right.ref}/again"), later(right.day, 11)
    yield from (right, wrong, Cancel(ref=wrong.ref, day=day, recorded=day), teller.pays(right, 101))


def _on_account(teller: Teller) -> Iterator[Event]:
    """Receive a large sum five days ago, of which nobody knows yet what it is for."""
    yield teller.credit("payment", 5, 18_640_000, reference="TRF 88120 no further details")


def _debit_note(teller: Teller) -> Iterator[Event]:
    """Charge freight that was forgotten on an invoice; a write-off out of goodwill closes another matter."""
    note, late = teller.bill(205, 1_860, kind="debit_note", reason="freight"), teller.bill(310, 7_300)
    goodwill = late.amount // 10
    yield from (note, teller.pays(note, 190), late)
    yield teller.credit("write_off", 276, goodwill, [Use(Target(late.ref), goodwill)], reason="goodwill")
    yield teller.pays(late, 270, amount=late.amount - goodwill)


def _large_order(teller: Teller) -> Iterator[Event]:
    """Deliver far more at once than the credit limit allows."""
    yield teller.bill(-22, 186_000)


STORIES: Mapping[str, Callable[[Teller], Iterator[Event]]] = {
    "child": _transfer,
    "euro_payer": _euro_payment,
    "extended": _extension,
    "over_limit": _large_order,
    "broken_plan": _broken_plan,
    "disputes": _disputes,
    "overpays": _paid_twice,
    "slow_public": _written_in_error,
    "parent_us": _on_account,
    "seasonal": _debit_note,
}
