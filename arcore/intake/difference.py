"""The pure difference: what a source said last, what it says now, and so what happened to each document."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
from typing import NamedTuple

from arcore.intake.changes import ChangeKind
from arcore.intake.changes import Ref
from arcore.intake.changes import SourceKey
from arcore.intake.lastword import Memory
from arcore.intake.lastword import Word
from arcore.intake.told import Told
from arcore.intake.told import Voice
from arcore.intake.understood import RefusedRow
from arcore.intake.understood import Row
from arcore.money import grouped

GONE = "No longer in the file, taken as paid"
VOIDED = "Voided in the source"


@dataclass(slots=True)
class Verdict:
    """What happened to one document since the source's last word.

    Attributes:
        told: the row, None for a document that a snapshot no longer lists.
        word: the last word, None for a document the source never spoke of.
        ref: what stands for it in the books, or a negative number for what is still to be posted.
        fall, rise: by how much less or more is open than was said last (positive).
        open_amount: what is open now by the source, positive; None when it never said.
        replaces: it has to be posted again, because what a posted document can't change has changed.
        due_changed: the source moved its due date.
        held_here: it was booked here before the source told it.
    """

    voice: Voice
    told: Told | None
    word: Word | None
    ref: Ref
    kind: ChangeKind
    why: str
    fall: int = 0
    rise: int = 0
    open_amount: int | None = None
    replaces: bool = False
    due_changed: bool = False
    taken_back: bool = False
    held_here: bool = False

    @property
    def side(self) -> int:
        """Return +1 for a debit, −1 for a credit."""
        if self.told is not None:
            return self.told.side
        return -1 if self.word is not None and self.word.amount < 0 else 1


class Present(NamedTuple):
    """Rows that say nothing to book but show that their document is still there."""

    numbers: frozenset[tuple[str, str]]
    customers: frozenset[str]

    def shows(self, word: Word, code: str, name: str) -> bool:
        """Tell whether a word's document may stand on one of the rows."""
        number, names = word.number.casefold(), (code.casefold(), name.casefold())
        if any((number, who) in self.numbers for who in (*names, "")):
            return bool(number)
        return any(who in self.customers for who in names)


def present_rows(silent: Iterable[Row], refused: Iterable[RefusedRow]) -> Present:
    """Collect what drafts, zero lines and refused lines show to be present.

    A refused line without a number may be any document of its customer, so all of that customer's are present.
    """
    numbers, customers = set(), set()
    for row in silent:
        numbers.add((row.number.casefold(), (row.customer_code or row.customer_name).casefold()))
    for line in refused:
        if line.number:
            numbers.add((line.number.casefold(), line.customer.casefold()))
            if line.customer:
                numbers.add((line.number.casefold(), ""))
        elif line.customer:
            customers.add(line.customer.casefold())
    return Present(frozenset(numbers), frozenset(customers))


def merge_repeated(told: Sequence[Told]) -> list[Told]:
    """Keep one row per document when several files tell it: the one that says more about what is open."""
    found: dict[tuple[tuple[str, str], str], Told] = {}
    numbered: dict[tuple[tuple[str, str], str, Ref, str], tuple[tuple[str, str], str]] = {}
    several = len({one.row.file for one in told}) > 1
    voice, home = None, ("", "")
    for one in told:
        if one.voice is not voice:
            voice, home = one.voice, one.voice.source[:2]
        key = (home, one.key)
        if several:
            name = (home, one.kind, one.customer, one.number.casefold())
            if key not in found and one.number and name in numbered and _same(one, found[numbered[name]]):
                key = numbered[name]
            numbered.setdefault(name, key)
        before = found.setdefault(key, one)
        if before is not one and _says_more(one, before):
            found[key] = one
    return list(found.values())


def _same(one: Told, other: Told) -> bool:
    """Tell whether two files mean one document by the same number of the same customer."""
    agrees = one.amount == other.amount or one.document_date == other.document_date
    return one.row.file != other.row.file and one.currency == other.currency and agrees


def _says_more(one: Told, other: Told) -> bool:
    def rank(t: Told) -> tuple[bool, bool, int]:
        return t.open_amount is not None, t.voice.day is not None, t.voice.counts_on.toordinal()

    return rank(one) > rank(other)


def settle_by_snapshot(told: Sequence[Told]) -> list[Told]:
    """Let a snapshot speak on invoices that a list of the same plan tells without saying what is open."""
    snapshots = {voice.source[:2]: voice for voice in _voices(told) if voice.snapshot}
    if not snapshots:
        return list(told)
    done = []
    for one in told:
        voice = snapshots.get(one.voice.source[:2])
        silent = one.open_amount is None and one.side > 0
        if voice and silent and voice.day is not None and one.document_date <= voice.day:
            done.append(one._replace(open_amount=0, voice=replace(voice, snapshot=False)))
        else:
            done.append(one)
    return done


def _voices(told: Iterable[Told]) -> Iterable[Voice]:
    """Return who tells the rows; those of a file come one after the other and share their voice."""
    last = None
    for one in told:
        if one.voice is not last:
            last = one.voice
            yield last


def compare(told: Sequence[Told], memories: Mapping[SourceKey, Memory]) -> tuple[list[Verdict], set[str]]:
    """Compare rows with the last words and return a verdict per row, and the keys of the words that were met.

    New documents get negative numbers. Documents booked here before are not known to this function.
    """
    met: set[str] = set()
    if not any(memory.words for memory in memories.values()):
        return [first(one, None, -1 - number) for number, one in enumerate(told)], met
    pairs: list[tuple[Told, Memory, Word | None]] = []
    for one in told:
        memory = memories[one.voice.source]
        word = memory.words.get(one.key)
        if word is not None:
            met.add(word.key)
        pairs.append((one, memory, word))
    verdicts = []
    for number, (one, memory, found) in enumerate(pairs):
        word = found or _other_name(one, memory, met)
        if word is None or word.document_id is None:
            verdicts.append(first(one, word, -1 - number))
        else:
            verdicts.append(judge(one, word))
    return verdicts, met


def _other_name(told: Told, memory: Memory, met: set[str]) -> Word | None:
    """Find the word on the same document under another key (a list with codes after one with names)."""
    for word in memory.find(told.kind, told.customer, told.number, told.document_date, told.amount):
        if word.key not in met and word.currency == told.currency:
            met.add(word.key)
            return word
    return None


def first(told: Told, word: Word | None, ref: Ref) -> Verdict:
    """Say what happens to a document that the source tells for the first time."""
    if told.taken_back:
        return Verdict(told.voice, told, word, ref, ChangeKind.UNCHANGED, VOIDED, taken_back=True)
    left = None if told.open_amount is None else abs(told.open_amount)
    paid = told.paid
    why = f"{grouped(paid, told.currency)} of it is closed" if paid else "Not known before"
    return Verdict(told.voice, told, word, ref, ChangeKind.NEW, why, paid, 0, left)


def judge(told: Told, word: Word) -> Verdict:
    """Say what happened to a document that the source spoke of before."""
    ref = word.document_id or 0
    left = None if word.open_amount is None else abs(word.open_amount)
    if told.taken_back:
        known = word.status in (told.row.status, "void", "deleted")
        kind = ChangeKind.UNCHANGED if known else ChangeKind.CHANGED
        return Verdict(told.voice, told, word, ref, kind, VOIDED, open_amount=0, taken_back=True)
    told = _fill(told, word)
    paid_before = abs(word.amount) - (abs(word.amount) if left is None else left)
    if told.open_amount is not None:
        left = abs(told.open_amount)
    moved = (told.paid if told.open_amount is not None else paid_before) - paid_before
    changes = list(_changes(told, word))
    due_changed = told.side > 0 and word.due_date is not None and told.due_date != word.due_date
    kind, why = _kind(told, word, moved, left)
    if changes or due_changed:
        if due_changed:
            changes.append(f"due date {word.due_date} → {told.due_date}")
        why = ", ".join(changes)
        kind, why = ChangeKind.CHANGED, why[0].upper() + why[1:]
    return Verdict(
        told.voice,
        told,
        word,
        ref,
        kind,
        why,
        fall=max(0, moved),
        rise=max(0, -moved),
        open_amount=left,
        replaces=len(changes) > due_changed,
        due_changed=due_changed,
    )


def vanished(voice: Voice, word: Word) -> Verdict:
    """Say what happened to a document that a complete snapshot no longer lists."""
    left = abs(word.open_or_amount)
    return Verdict(voice, None, word, word.document_id or 0, ChangeKind.SETTLED, GONE, fall=left, open_amount=0)


def _fill(told: Told, word: Word) -> Told:
    """Take from the last word what this file does not say: dates, and the full amount behind what is open."""
    if told.row.document_date is None and word.document_date is not None:
        told = told._replace(document_date=word.document_date)
    if told.row.due_date is None and word.due_date is not None:
        told = told._replace(due_date=word.due_date)
    open_alone = told.voice.snapshot and told.open_amount == told.amount
    if open_alone and told.currency == word.currency and abs(told.amount) < abs(word.amount):
        told = told._replace(amount=word.amount)
    return told


def _changes(told: Told, word: Word) -> Iterable[str]:
    if told.customer != word.customer:
        yield "customer"
    if told.currency != word.currency:
        yield f"currency {word.currency} → {told.currency}"
    if told.amount != word.amount:
        yield f"amount {grouped(abs(word.amount), word.currency)} → {grouped(abs(told.amount), told.currency)}"
    if told.kind != word.kind:
        yield f"type {word.kind.replace('_', ' ')} → {told.kind.replace('_', ' ')}"
    if word.document_date is not None and told.document_date != word.document_date:
        yield f"date {word.document_date} → {told.document_date}"


def _kind(told: Told, word: Word, moved: int, left: int | None) -> tuple[ChangeKind, str]:
    if moved > 0 and left == 0:
        return ChangeKind.SETTLED, "Nothing is open any more"
    if moved > 0:
        return ChangeKind.PART_PAID, f"{grouped(moved, told.currency)} less is open"
    if moved < 0 and not word.present:
        return ChangeKind.REOPENED, "Was gone, is listed again"
    if moved < 0:
        return ChangeKind.REOPENED, f"{grouped(-moved, told.currency)} more is open"
    return ChangeKind.UNCHANGED, ""
