"""What a source says of one document at each of its imports, in their order: the pure half of snapshots in any order.

A snapshot lists everything that is open, so where an import kept no word of its own, what it was compared with still
stood. A document that an earlier snapshot tells and a later one never lists is gone by that one.
"""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from arcore.intake.positions import Order
from arcore.intake.positions import Spoken
from arcore.intake.word import Word

POINTER = "rebooked"
"""Status of a word that says nothing but which document stands for it now."""


class Turn(NamedTuple):
    """What one import changes about a document: the word before (None: never told) and the one after."""

    import_id: int
    before: Word | None
    after: Word


def turns(words: Mapping[int, Word], order: Order) -> Iterator[Turn]:
    """Go through the imports and tell where one says something; `words` are those that each import kept."""
    running: Word | None = None
    said: dict[int | None, Word | None] = {None: None}
    for one in order.spoken:
        own = words.get(one.import_id)
        told = own or said.get(order.base[one.import_id])
        said[one.import_id] = told
        after = heard(running, told, one, own=own is not None)
        if after is not None and (after != running or own is not None):
            yield Turn(one.import_id, running, after)
            running = after


def doubtful_amount(words: Mapping[int, Word], order: Order) -> bool:
    """Tell whether a kept full amount may be one that its file never told, now that another one stands before it.

    Of a file that tells only what is open, the full amount was taken from the word that it was compared with.
    """
    before = {turn.import_id: turn.before for turn in turns(words, order)}
    said: dict[int | None, Word | None] = {None: None}
    for one in order.spoken:
        own, base = words.get(one.import_id), said[order.base[one.import_id]]
        said[one.import_id] = own or base
        running = before.get(one.import_id)
        if own is None or base is None or running is None or not own.present:
            continue
        if own.open_amount not in (None, own.amount) and own.amount == base.amount != running.amount:
            return True
    return False


def redated(words: Mapping[int, Word]) -> bool:
    """Tell whether a document was told with several due dates."""
    return len({word.due_date for word in words.values() if word.present}) > 1


def last(words: Mapping[int, Word], order: Order) -> Word | None:
    """Return the word that stands after all imports; None when none of them knows the document."""
    if words.keys() <= order.line(order.tip):
        return words[max(words)] if words else None
    found = None
    for turn in turns(words, order):
        found = turn.after
    return found


def heard(running: Word | None, told: Word | None, one: Spoken, *, own: bool) -> Word | None:
    """Return the word after an import; `told` is what it said or what it was compared with, `own` that it said so."""
    if one.day is None:
        return told if own else running
    if told is None:
        return gone(running) if running is not None and expected(running, one.scope, one.day) else running
    if running is None:
        return told
    if not told.present:
        return gone(running) if own or expected(running, one.scope, one.day) else running
    if own or expected(told, one.scope, one.day):
        return filled(told, running)
    return gone(running) if expected(running, one.scope, one.day) else running


def expected(word: Word, scope: str, day: date) -> bool:
    """Tell whether a snapshot of `day` would list a document if it were still open.

    A snapshot of everything speaks for every scope; a filtered one only for what was told under its filter.
    A credit of which nobody ever said that it is open is not expected: it may be applied.
    """
    return bool(
        word.present
        and scope in ("", word.scope)
        and (word.open_amount or (word.open_amount is None and word.amount > 0))
        and (word.document_date is None or word.document_date <= day)
    )


def gone(word: Word) -> Word:
    """Return the word on a document that is not listed any more."""
    return word._replace(open_amount=0, present=False, status="")


def filled(told: Word, before: Word) -> Word:
    """Take the full amount from the word before where a snapshot tells only what is open."""
    alone = told.open_amount == told.amount and told.currency == before.currency
    if alone and abs(told.amount) < abs(before.amount) and (told.amount > 0) == (before.amount > 0):
        return told._replace(amount=before.amount)
    return told
