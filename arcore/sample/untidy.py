"""What went wrong in the sample's books and nobody has put right yet: something for every list of the Clean-up page.

Money and credits nobody matched, debts that left a list without a word, invoices booked twice, numbers never used, a
year mistyped, and a customer entered a second time. Set by days before today like the other stories.
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from arcore.dates import add_months
from arcore.ledger.kinds import SNAPSHOT
from arcore.sample.events import Bill
from arcore.sample.events import Credit
from arcore.sample.events import Event
from arcore.sample.events import Target
from arcore.sample.events import Use
from arcore.sample.names import DE
from arcore.sample.names import NL
from arcore.sample.player import INDUSTRY
from arcore.sample.player import WHOLESALE
from arcore.sample.player import Player
from arcore.sample.player import desk
from arcore.sample.stories import Teller
from arcore.sample.workdays import later

STRAYS: tuple[Player, ...] = (
    Player(part="twin", name="Otterspring Wassertechnik", country=DE, segment=INDUSTRY, terms=30, rate=0, typical=0),
    Player(
        part="gone", name="Dijkhoeve Apparatenbouw B.V.", country=NL, segment=WHOLESALE, terms=30, rate=0, typical=0
    ),
)
"""One customer that was entered twice, without its legal form, and one that has stopped buying."""


def strays(first_number: int) -> Iterator[Player]:
    """Yield the customers that only this module needs, with codes from C<first_number> on."""
    for number, player in enumerate(STRAYS, first_number):
        yield replace(player, code=f"C{number}", owner=desk(number), currency=player.country.currency)


def untidy(teller: Teller) -> Iterator[Event]:
    """Yield what went wrong with a customer, nothing for most of them."""
    story = MISHAPS.get(teller.player.part)
    if story is not None:
        yield from story(teller)


def _vanished(teller: Teller, bill: Bill, days_ago: int) -> Credit:
    """Close a bill that no longer stood on a list of open items: nobody has said how it was settled."""
    return teller.credit("settlement", days_ago, bill.amount, [Use(Target(bill.ref), bill.amount)], reason=SNAPSHOT)


def _again(bill: Bill, days: int, spelt: str) -> Bill:
    """Book a bill once more some working days later, its number written another way."""
    day = later(bill.day, days)
    return replace(bill, ref=f"{bill.ref}/twice", day=day, recorded=day, twin=bill.ref, spelt=spelt)


def _credit_note_forgotten(teller: Teller) -> Iterator[Event]:
    """Give credit for a faulty seal; it was never set against an invoice."""
    yield teller.credit("credit_note", 148, 131_250, reason="faulty seal")


def _cash_without_a_word(teller: Teller) -> Iterator[Event]:
    """Receive money without a reference four months ago."""
    yield teller.credit("payment", 112, 418_000, reference="no reference")


def _settled_somehow(teller: Teller) -> Iterator[Event]:
    """Lose two bills from the lists of open items of a system that is gone."""
    for due_ago, net, days_ago in ((96, 6_240, 71), (44, 3_915, 20)):
        bill = teller.bill(due_ago, net)
        yield from (bill, _vanished(teller, bill, days_ago))


def _settled_and_skipped(teller: Teller) -> Iterator[Event]:
    """Lose one bill more; before it three numbers were left out when the printer failed."""
    bill = replace(teller.bill(139, 11_470), skips=3)
    yield from (bill, _vanished(teller, bill, 117))


def _entered_by_hand(teller: Teller) -> Iterator[Event]:
    """Book an invoice by hand that the system books too: the number lacks its hyphen. The first one was paid."""
    bill = teller.bill(52, 7_865)
    yield from (bill, _again(bill, 2, "INV{digits}"), teller.pays(bill, 41))


def _bare_number(teller: Teller) -> Iterator[Event]:
    """Book an invoice twice, once without its letters; one number before it was never used."""
    bill = replace(teller.bill(19, 4_230), skips=1)
    yield from (bill, _again(bill, 3, "{digits}"))


def _twin(teller: Teller) -> Iterator[Event]:
    """Bill a customer under a second account, once with next year's date."""
    yield teller.bill(15, 3_480)
    wrong = teller.bill(-12, 5_120)
    dated = add_months(wrong.day, 12)
    yield replace(wrong, dated=dated, parts=((wrong.amount, dated + timedelta(days=teller.player.terms)),))


def _gone(teller: Teller) -> Iterator[Event]:
    """Be paid twice for the last invoice of one who buys no more: we owe it money."""
    bill = teller.bill(221, 6_315)
    yield from (bill, teller.pays(bill, 214))
    yield teller.credit("payment", 186, bill.amount, reference="last invoice")


MISHAPS: Mapping[str, Callable[[Teller], Iterator[Event]]] = {
    "discount_2": _credit_note_forgotten,
    "child_uk": _cash_without_a_word,
    "child_2": _settled_somehow,
    "projects": _settled_and_skipped,
    "child_3": _entered_by_hand,
    "discount": _bare_number,
    "twin": _twin,
    "gone": _gone,
}
