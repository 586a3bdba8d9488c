"""One entry of a customer's timeline."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from datetime import datetime
from typing import Literal

Topic = Literal["money", "talk", "message", "change"]


@dataclass(frozen=True)
class Moment:
    """One entry of the timeline.

    Attributes:
        on: the day it counts from (money), was said, agreed or sent on, or was written down.
        by: who recorded it; "" for what the books show by themselves.
        topic: money; talk (notes, talks, promises, plans, disputes); message (reminders); change (of what is known).
        kind: of money the kind of document; else note, talk, promise, promise_kept, promise_broken, promise_withdrawn,
            plan, plan_changed, plan_cancelled, plan_withdrawn, dispute, dispute_closed, message_sent (…_refused,
            …_unknown, …_prepared, …_bounced), or the verb of a change.
        what: one short sentence; names in it are other people's text.
        day: a day that belongs to it: from when a change holds, a new due date, when a promise is due.
        matched: numbers of the documents that it is applied to or about.
        amount: minor units of `currency`, signed where money moved; None without one.
        who: the person at the customer, or the addresses that a message went to.
        text: what was said or noted, a message's subject, a server's refusal: other people's words.
        document_id, note_id, talk_id, promise_id, plan_id, dispute_id, message_id: what it leads to.
        taken_back: it was, and does not count.
    """

    on: date
    at: datetime
    by: str
    topic: Topic
    kind: str
    what: str
    amount: int | None = None
    currency: str = ""
    day: date | None = None
    document_id: int | None = None
    note_id: int | None = None
    matched: tuple[str, ...] = ()
    taken_back: bool = False
    who: str = ""
    text: str = ""
    talk_id: int | None = None
    promise_id: int | None = None
    plan_id: int | None = None
    dispute_id: int | None = None
    message_id: int | None = None

    def says(self, words: tuple[str, ...], more: str = "") -> bool:
        """Tell whether every word, in lower case, stands somewhere in it or in `more`."""
        told = " ".join((self.what, self.who, self.text, self.by, *self.matched, more)).casefold()
        return all(word in told for word in words)
