"""A snapshot that comes late: what its source implies is told over again in the order of days, and differences booked.

Nothing but what the late file changes is touched: its documents and those that may be explained by the same credits.
What people booked or classified here, and what receipts explain, stays as in any other import.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from datetime import date

from sqlalchemy import select
from sqlmodel import Session
from sqlmodel import col

from arcore.intake import questions as ask
from arcore.intake.adopt import adopt
from arcore.intake.adopt import read_candidates
from arcore.intake.changes import NewWord
from arcore.intake.changes import Ref
from arcore.intake.difference import Verdict
from arcore.intake.difference import compare
from arcore.intake.difference import merge_repeated
from arcore.intake.difference import present_rows
from arcore.intake.draft import Draft
from arcore.intake.ghost import MADE
from arcore.intake.ghost import entangled
from arcore.intake.holdings import Held
from arcore.intake.holdings import Tie
from arcore.intake.holdings import chunks
from arcore.intake.holdings import hold
from arcore.intake.holdings import unapplied_credits
from arcore.intake.implied import Spans
from arcore.intake.implied import implied
from arcore.intake.implied import lapsed
from arcore.intake.implied import widowed
from arcore.intake.lastword import Memory
from arcore.intake.lastword import Past
from arcore.intake.lastword import read_past
from arcore.intake.late_changes import Moved
from arcore.intake.late_changes import changes_of
from arcore.intake.late_changes import disagreeing
from arcore.intake.listing import says_something_new
from arcore.intake.positions import Spoken
from arcore.intake.rebook import Rebooking
from arcore.intake.rebook import told_alike
from arcore.intake.replay import Known
from arcore.intake.replay import Teller
from arcore.intake.replay import replay
from arcore.intake.retold import POINTER
from arcore.intake.retold import doubtful_amount
from arcore.intake.retold import gone
from arcore.intake.retold import redated
from arcore.intake.told import Told
from arcore.intake.told import Voice
from arcore.intake.word import Word
from arcore.ledger.entry import Entry
from arcore.ledger.entry import Part
from arcore.store.books import Document

LATE = 2**62
"""Stands for the id of the import that is only planned."""


@dataclass
class _Late:
    """One late snapshot, in the making of its plan."""

    session: Session
    draft: Draft
    past: Past
    voice: Voice
    verdicts: list[Verdict] = field(default_factory=list)
    own: dict[str, Word] = field(default_factory=dict)
    rows: dict[str, Told] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)
    here: set[int] = field(default_factory=set)

    @property
    def day(self) -> date:
        """Return the day of the snapshot."""
        return self.voice.day or self.voice.counts_on


def tell_late(session: Session, draft: Draft, told: Sequence[Told], memory: Memory, voice: Voice) -> None:
    """Plan a snapshot older than the newest of its source."""
    source = voice.source
    past = read_past(session, draft.directory, source.system, source.entity, memory.order)
    late = _Late(session, draft, past, voice)
    _listen(late, merge_repeated(told))
    affected = _affected(late)
    known, made, stuck, alone = _known(late, affected)
    words = {key: dict(past.words.get(key, {})) for key in affected}
    rows = {(LATE, key): row for key, row in late.rows.items()}
    teller = Teller(source.system, source.entity, draft.directory, draft.today, rows)
    before = replay(teller, known, words, past.order)
    for key in affected & late.own.keys():
        words[key][LATE] = late.own[key]
    order = past.order.with_one(Spoken(LATE, voice.day, source.scope))
    if unsure := [word.number for key, word in late.own.items() if doubtful_amount(words[key], order)]:
        draft.questions.append(ask.amounts(late.day, sorted(unsure)))
        return
    after = replay(teller, known, words, order)
    moved = {number for key, number in known.numbers.items() if redated(words.get(key, {}))}
    if moved := {number for number in moved if any(entangled(told.stories.get(number)) for told in (before, after))}:
        named = {word.number for key, n in known.numbers.items() if n in moved for word in words[key].values()}
        draft.questions.append(ask.redated(late.day, sorted(named)))
        return
    rebooking = Rebooking(known.documents, made, _Entries(session, known), before.stories, after.stories)
    changed = [number for number in rebooking.changed() if number not in stuck]
    steps = rebooking.steps(changed)
    if doubtful := _doubtful(known, made, before.doubtful | after.doubtful | alone, rebooking.anew):
        found = [ghost.stories[n].customer for n in doubtful for ghost in (before, after) if n in ghost.stories]
        names = {draft.directory.known(draft.directory.survivor(ref)).name for ref in found}
        draft.questions.append(ask.ended(late.day, sorted(names)))
        return
    draft.steps += steps
    _tell(late, Moved(late.day, known, before, after, frozenset(changed), stuck), rebooking)


def _doubtful(known: Known, made: Collection[int], revised: set[int], anew: Collection[int]) -> set[int]:
    """Return the documents of which can't be told over again what closed them for a while.

    Those revised or voided since, and those to be posted again of which somebody, or a credit that the source does not
    tell, was the other end.
    """
    others = {n for n in anew if any(one.application_id not in made for one in known.documents[n].lapsed)}
    return revised | others


# --- what the late file says ------------------------------------------------------------------------------------------


def _listen(late: _Late, told: Sequence[Told]) -> None:
    """Compare the file with what stood on its day, and find documents that only a later file told."""
    draft, past, voice = late.draft, late.past, late.voice
    one = Spoken(LATE, voice.day, voice.source.scope)
    place = next(n for n, other in enumerate(past.order.with_one(one).spoken) if other is one)
    base, later = Memory(), Memory()
    for word in past.at(past.order.until(place)):
        base.add(word)
    for word in past.at(past.order):
        if word.key not in base.words:
            later.add(word)
    late.verdicts, met = compare(told, {voice.source: base})
    taken: set[str] = set()
    for verdict in late.verdicts:
        row = verdict.told
        if row is None:
            continue
        key = row.key
        if verdict.word is not None:
            key = verdict.word.key
        elif (found := _later(later, row, taken)) is not None:
            key = found.key
            taken.add(key)
            verdict.ref = found.document_id or verdict.ref
        late.rows[key] = row
        if verdict.taken_back and verdict.ref < 0:
            continue
        if verdict.word is None or says_something_new(verdict, row):
            late.own[key] = _word(verdict, row, key)
    known = set(past.documents.values())
    new = [v for v in late.verdicts if v.ref < 0 and not v.taken_back]
    adopt(new, read_candidates(late.session, new, known, draft.directory))
    late.here = {v.ref for v in new if v.held_here}
    _fall_silent(late, base, met)
    _number(late)


def _later(later: Memory, row: Told, taken: Collection[str]) -> Word | None:
    """Find the document of a row among those that only later files told."""
    exact = later.words.get(row.key)
    for word in [exact] if exact else later.find(row.kind, row.customer, row.number, row.document_date, row.amount):
        if word.key not in taken and word.currency == row.currency:
            return word
    return None


def _fall_silent(late: _Late, base: Memory, met: set[str]) -> None:
    """Let silence speak on what the file should list; ask where it is too much."""
    draft = late.draft
    present = present_rows(draft.listener.heard.silent, [*draft.refused, *draft.listener.heard.refused])
    expected = base.expected(late.voice.source.scope, late.day)

    def who(ref: Ref) -> tuple[str, str]:
        known = draft.directory.known(ref)
        return known.code, known.name

    absent = [w for w in expected if w.key not in met and not present.shows(w, *who(w.customer))]
    draft.questions += ask.silence(expected, absent, who)
    late.own |= {word.key: gone(word) for word in absent}


def _word(verdict: Verdict, row: Told, key: str) -> Word:
    left = None if verdict.open_amount is None else verdict.side * verdict.open_amount
    return Word(
        key,
        row.kind,
        row.number,
        row.customer,
        verdict.ref if verdict.ref > 0 else None,
        row.currency,
        row.document_date,
        row.due_date,
        row.amount,
        0 if verdict.taken_back else left,
        row.row.status,
        present=True,
        scope=row.voice.source.scope,
    )


def _number(late: _Late) -> None:
    """Give every document that the file tells, or that any file told, its number in memory."""
    late.numbers = dict(late.past.documents)
    keys = {id(row): key for key, row in late.rows.items()}
    for verdict in late.verdicts:
        if verdict.told is not None and verdict.ref > 0:
            late.numbers.setdefault(keys.get(id(verdict.told), verdict.told.key), verdict.ref)
    for place, key in enumerate(key for key in late.own if key not in late.numbers):
        late.numbers[key] = 2 * MADE + place


# --- what it may touch ------------------------------------------------------------------------------------------------


def _affected(late: _Late) -> set[str]:
    """Return the documents of all customers of whom the file says something new."""
    homes: dict[Ref, set[str]] = defaultdict(set)
    told: dict[str, set[Ref]] = defaultdict(set)
    for key, words in late.past.words.items():
        told[key] |= {word.customer for word in words.values()}
    for key, word in late.own.items():
        told[key].add(word.customer)
    for key, customers in told.items():
        for customer in customers:
            homes[customer].add(key)
    found: set[str] = set()
    waiting = set(late.own)
    while waiting:
        found |= waiting
        waiting = {key for one in waiting for customer in told[one] for key in homes[customer]} - found
    return found


def _known(late: _Late, affected: Collection[str]) -> tuple[Known, frozenset[int], dict[int, str], frozenset[int]]:
    """Read what the books hold of the documents; also which applications imports made, and what can't be told anew.

    The last are those whose match with a document that was revised since had ended before.
    """
    numbers = {key: late.numbers[key] for key in affected if key in late.numbers}
    mine = {number for number in numbers.values() if number < MADE}
    directory = late.draft.directory
    customers = directory.with_merged(
        {w.customer for key in affected for w in late.past.words.get(key, {}).values()}
        | {late.own[key].customer for key in affected if key in late.own}
    )
    held = hold(late.session, mine | unapplied_credits(late.session, customers))
    partners = {t.other_id for n in mine & held.keys() for t in held[n].ties if not t.inferred} - held.keys()
    held |= hold(late.session, partners)
    for one in held.values():
        one.customer_id = directory.survivor(one.customer_id)
        for item in one.items:
            item.customer_id = directory.survivor(item.customer_id)
    stuck = {}
    for number in mine & held.keys():
        name = held[number].number or str(number)
        if not held[number].standing:
            stuck[number] = f"{name} was taken back here"
        elif held[number].moved:
            stuck[number] = f"{name} was moved to another customer or currency here: it stays as it is"
    documents = {number: held[number] for number in sorted(mine & held.keys())}
    spans = Spans(late.session)
    made = implied(documents, spans) | lapsed(documents, spans)
    fixed = {n: _fixed(one, made) for n, one in documents.items()}
    others = {n: one for n, one in held.items() if n not in documents and one.standing and one.side < 0}
    paid = _paid(late.session, documents)
    return Known(numbers, documents, fixed, others, paid), made, stuck, widowed(late.session, documents, spans)


def _fixed(one: Held, made: Collection[int]) -> tuple[list[Tie], dict[date, int]]:
    """Return what stands on a document whatever its source says."""
    ties = []
    moves: dict[date, int] = defaultdict(int)
    for past in one.lapsed:
        if past.application_id not in made:
            moves[past.day] -= past.amount * one.side
            moves[past.until] += past.amount * one.side
    for tie in one.ties:
        if tie.by_hand:
            # What somebody said it was stays, whatever else might explain it.
            ties.append(tie._replace(until=date.min))
        elif not tie.inferred and tie.application_id not in made:
            ties.append(tie)
    return ties, {day: amount for day, amount in moves.items() if amount}


def _paid(session: Session, documents: Mapping[int, Held]) -> dict[tuple[int, int], date]:
    """Return the days of inferred payments, by the document they pay and the import that read them."""
    inferred = {
        tie.other_id: (one.id, tie.dated)
        for one in documents.values()
        for tie in one.ties
        if tie.inferred and not tie.by_hand and tie.other_kind == "payment"
    }
    found = {}
    for ids in chunks(inferred):
        rows = session.execute(select(col(Document.id), col(Document.import_id)).where(col(Document.id).in_(ids)))
        for number, import_id in rows:
            document, day = inferred[number]
            found[document, import_id or 0] = day
    return found


# --- the plan ---------------------------------------------------------------------------------------------------------


class _Entries:
    """Entries as they are to be posted again: with tax, order number and reference as they stood."""

    def __init__(self, session: Session, known: Known) -> None:
        self.session = session
        self.known = known

    def __call__(self, number: int, entry: Entry) -> Entry:
        row = self.session.get_one(Document, number)
        like = Entry(
            kind=row.kind,
            customer_id=0,
            document_date=row.document_date,
            currency=row.currency,
            parts=(Part(abs(row.amount), row.document_date),),
            tax_amount=None if row.tax_amount is None else abs(row.tax_amount),
            reason=row.reason,
            po_number=row.po_number,
            reference=row.reference,
        )
        return told_alike(entry, like)


def _words(late: _Late, rebooking: Rebooking, stuck: Collection[int]) -> Iterator[NewWord]:
    """Return what the late file says, and which document stands now where one was posted again for it."""
    for key, word in late.own.items():
        number = late.numbers[key]
        if number in stuck:
            continue
        ref = rebooking.refs.get(number, number if number < MADE else None)
        row = late.rows.get(key)
        yield _new(late, word, ref, word.status, "" if row is None else row.row.file, row and row.row.line)
    keys = {number: key for key, number in late.numbers.items()}
    for number in sorted(rebooking.anew):
        key = keys[number]
        if key not in late.own:
            word = next(iter(late.past.words[key].values()))
            yield _new(late, word, rebooking.refs[number], POINTER, "", None)


def _new(late: _Late, word: Word, ref: Ref | None, status: str, file: str, line: int | Told | None) -> NewWord:
    return NewWord(
        source=late.voice.source,
        key=word.key,
        kind=word.kind,
        number=word.number,
        customer=word.customer,
        document=ref,
        currency=word.currency,
        document_date=word.document_date,
        due_date=word.due_date,
        amount=word.amount,
        open_amount=word.open_amount,
        status=status,
        present=word.present,
        file=file,
        line=line if isinstance(line, int) else None,
    )


def _tell(late: _Late, moved: Moved, rebooking: Rebooking) -> None:
    """Put what differs into the plan, as people read it."""
    draft, stuck = late.draft, {n for key, n in late.numbers.items() if key in late.own and n in moved.stuck}
    scope = late.voice.source.scope
    draft.changes += changes_of(moved, late.own, late.rows, late.numbers, draft.directory)
    draft.words += _words(late, rebooking, stuck)
    draft.warnings.append(
        f"This snapshot of {late.day} is older than the newest of its source, {late.past.order.newest(scope)}. "
        "What its source implies is told over again in the order of days; before and after are what is open on its day"
    )
    draft.warnings += disagreeing(moved, late.own, late.numbers)
    if stuck:
        # Once the obstacle is gone the very same file has to be looked at again.
        draft.files = [replace(file, digest="") for file in draft.files]
