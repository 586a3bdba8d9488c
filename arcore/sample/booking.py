"""What happened, written into the books: each event by the verb of the journal that a person would use."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from typing import Any
from typing import NamedTuple

from arcore.ledger import moves
from arcore.ledger import reversal
from arcore.ledger.entry import Entry
from arcore.ledger.entry import Part
from arcore.ledger.journal import Journal
from arcore.ledger.kinds import BY_NAME
from arcore.ledger.kinds import CREDIT
from arcore.sample.events import Bill
from arcore.sample.events import Bounce
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

PREFIXES = {
    "invoice": "INV",
    "debit_note": "DN",
    "late_charge": "LC",
    "credit_note": "CN",
    "payment": "RCT",
    "refund": "RF",
}
"""Kinds with a number of their own; the others carry the number of what they settle."""
FIRST_NUMBER = 10_001
ORDER = (Bill, Recover, Extend, Move, Credit, Exchange, Match, Refund, Bounce, CancelExtension, Cancel)
"""Which comes first among what became known on one day, so that everything finds what it refers to."""


class Booked(NamedTuple):
    """What a ref became: the document, its items, and the number people read."""

    document_id: int
    item_ids: tuple[int, ...]
    number: str
    customer_id: int
    currency: str


def in_order(events: Sequence[Event]) -> list[Event]:
    """Sort events by the day they became known; ties keep the order in which they were told."""
    return sorted(events, key=lambda event: (event.recorded, ORDER.index(type(event))))


class Booker:
    """Turns events into rows of the books and remembers what each ref became."""

    def __init__(self, customers: Mapping[str, int]) -> None:
        """Take the ids of the customers by code."""
        self.customers = customers
        self.booked: dict[str, Booked] = {}
        self._counters: Counter[str] = Counter()
        self._verbs: dict[type[Event], Callable[[Journal, Any], None]] = {
            Bill: self._bill,
            Recover: self._recover,
            Extend: self._extend,
            Move: self._move,
            Credit: self._credit,
            Exchange: self._exchange,
            Match: self._match,
            Refund: self._refund,
            Bounce: self._bounce,
            CancelExtension: self._cancel_extension,
            Cancel: self._cancel,
        }

    def book(self, journal: Journal, events: Sequence[Event]) -> None:
        """Book events in the order given and flush. Raises what the journal raises."""
        old = {ref for event in events for ref in _refs(event) if ref in self.booked}
        journal.load(item_id for ref in sorted(old) for item_id in self.booked[ref].item_ids)
        for event in events:
            self._verbs[type(event)](journal, event)
        journal.flush()

    def item(self, target: Target) -> int:
        """Return the id of the item that a target names."""
        return self.booked[target.ref].item_ids[target.part]

    # --- inside ------------------------------------------------------------------------------------------------------

    def _match(self, journal: Journal, match: Match) -> None:
        journal.apply(self.item(match.source), self.item(match.use.target), match.use.amount, match.day)

    def _extend(self, journal: Journal, extend: Extend) -> None:
        new = moves.redate(journal, self.item(extend.target), extend.due, on=extend.day, amount=extend.amount)
        self.booked[extend.ref] = self.booked[extend.target.ref]._replace(item_ids=(new.id,))

    def _cancel_extension(self, journal: Journal, cancel: CancelExtension) -> None:
        moves.move_back(journal, self.item(cancel.target), on=cancel.day)

    def _bounce(self, journal: Journal, bounce: Bounce) -> None:
        # Reversals look documents up in the store.
        journal.flush()
        reversal.reverse_payment(journal, self.booked[bounce.ref].document_id, on=bounce.day, reason=bounce.reason)

    def _cancel(self, journal: Journal, cancel: Cancel) -> None:
        journal.flush()
        reversal.void(journal, self.booked[cancel.ref].document_id)

    def _post(self, journal: Journal, ref: str, entry: Entry) -> Booked:
        posted = journal.post(entry)
        self.booked[ref] = booked = Booked(
            posted.document_id, posted.item_ids, entry.number, entry.customer_id, entry.currency
        )
        return booked

    def _bill(self, journal: Journal, bill: Bill) -> None:
        self._post(
            journal,
            bill.ref,
            Entry(
                kind=bill.kind,
                customer_id=self.customers[bill.customer],
                document_date=bill.dated or bill.day,
                effective_on=bill.day,
                currency=bill.currency,
                parts=[Part(amount, due) for amount, due in bill.parts],
                number=self._bill_number(bill),
                tax_amount=bill.tax,
                reason=bill.reason,
                po_number=bill.po_number,
                reference=bill.reference,
            ),
        )

    def _credit(self, journal: Journal, credit: Credit) -> None:
        settles = self.booked[credit.uses[0].target.ref].number if credit.uses else ""
        booked = self._post(
            journal,
            credit.ref,
            Entry(
                kind=credit.kind,
                customer_id=self.customers[credit.customer],
                document_date=credit.day,
                currency=credit.currency,
                parts=[Part(credit.amount, credit.day)],
                number=self._number(credit.kind) if credit.kind in PREFIXES else settles,
                side=CREDIT if BY_NAME[credit.kind].side == 0 else None,
                tax_amount=credit.tax,
                reason=credit.reason,
                reference=credit.reference,
            ),
        )
        for use in credit.uses:
            journal.apply(booked.item_ids[0], self.item(use.target), use.amount, credit.day)

    def _refund(self, journal: Journal, refund: Refund) -> None:
        source = self.booked[refund.source.ref]
        booked = self._post(
            journal,
            refund.ref,
            Entry(
                kind="refund",
                customer_id=source.customer_id,
                document_date=refund.day,
                currency=source.currency,
                parts=[Part(refund.amount, refund.day)],
                number=self._number("refund"),
                reference=source.number,
            ),
        )
        journal.apply(self.item(refund.source), booked.item_ids[0], refund.amount, refund.day)

    def _move(self, journal: Journal, move: Move) -> None:
        to = self.customers[move.to_customer]
        posted = moves.transfer(journal, self.item(move.target), move.amount, to_customer_id=to, on=move.day)
        origin = self.booked[move.target.ref]
        self.booked[move.ref] = Booked(posted.document_id, posted.item_ids, origin.number, to, origin.currency)

    def _exchange(self, journal: Journal, swap: Exchange) -> None:
        posted = moves.convert(
            journal,
            self.item(swap.target),
            swap.amount,
            to_currency=swap.to_currency,
            to_amount=swap.to_amount,
            on=swap.day,
        )
        origin = self.booked[swap.target.ref]
        self.booked[swap.ref] = Booked(
            posted.document_id, posted.item_ids, origin.number, origin.customer_id, swap.to_currency
        )

    def _recover(self, journal: Journal, recover: Recover) -> None:
        lost = self.booked[recover.write_off]
        journal.flush()
        posted = reversal.recover(journal, lost.document_id, recover.amount, on=recover.day)
        self.booked[recover.ref] = lost._replace(document_id=posted.document_id, item_ids=posted.item_ids)

    def _bill_number(self, bill: Bill) -> str:
        """Return the next number of its kind, or that of its twin, written in another way."""
        if bill.twin:
            return bill.spelt.format(digits=self.booked[bill.twin].number.rpartition("-")[2])
        self._counters[bill.kind] += bill.skips
        return self._number(bill.kind)

    def _number(self, kind: str) -> str:
        self._counters[kind] += 1
        return f"{PREFIXES[kind]}-{FIRST_NUMBER + self._counters[kind] - 1}"


def _refs(event: Event) -> Iterator[str]:
    """Yield the refs of documents that an event works on, so that their items are read in one go."""
    match event:
        case Credit(uses=uses):
            yield from (use.target.ref for use in uses)
        case Match(source=source, use=Use(target=target)):
            yield from (source.ref, target.ref)
        case Refund(source=source):
            yield source.ref
        case Extend(target=target) | CancelExtension(target=target) | Move(target=target) | Exchange(target=target):
            yield target.ref
        case Bounce(ref=ref) | Cancel(ref=ref) | Recover(write_off=ref):
            yield ref
        case Bill():
            return
