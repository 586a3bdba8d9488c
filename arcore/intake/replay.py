"""Telling the snapshots of a source over again, in the order of their days, on books in memory."""

from __future__ import annotations

import copy
from collections import defaultdict
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from arcore.intake.changes import SourceKey
from arcore.intake.difference import Verdict
from arcore.intake.difference import first
from arcore.intake.difference import judge
from arcore.intake.difference import vanished
from arcore.intake.ghost import Ghost
from arcore.intake.holdings import Held
from arcore.intake.holdings import Tie
from arcore.intake.parties import Directory
from arcore.intake.positions import Order
from arcore.intake.positions import Spoken
from arcore.intake.reckon import Reckoner
from arcore.intake.retold import Turn
from arcore.intake.retold import turns
from arcore.intake.told import Told
from arcore.intake.told import Voice
from arcore.intake.understood import NOT_COUNTED
from arcore.intake.understood import Row
from arcore.intake.word import Word
from arcore.money import from_minor


@dataclass(frozen=True)
class Known:
    """What the books say of documents, beside what the source does.

    Attributes:
        numbers: by key, the number under which a document goes in memory: its id, or a made one for a new one.
        documents: those that the source told and that stand, by id.
        fixed: what stands on them whatever the source says: ties, and other moves by day.
        others: credits that the source never told.
        paid: by document, the day of each payment that an import inferred from a date in its file.
    """

    numbers: Mapping[str, int]
    documents: Mapping[int, Held]
    fixed: Mapping[int, tuple[Sequence[Tie], Mapping[date, int]]]
    others: Mapping[int, Held]
    paid: Mapping[tuple[int, int], date]


@dataclass(frozen=True)
class Teller:
    """Who tells: a system and an entity, its imports, and the rows of the one that is late."""

    system: str
    entity: str
    directory: Directory
    today: date
    rows: Mapping[tuple[int, str], Told]


def replay(teller: Teller, known: Known, words: Mapping[str, Mapping[int, Word]], order: Order) -> Ghost:
    """Return the books as they are after every import of an order, told one after the other."""
    ghost = Ghost(copy.deepcopy(dict(known.others)), known.fixed, teller.directory.survivor, teller.today)
    said: dict[int, Word] = {}
    by_import: dict[int, list[tuple[str, Turn]]] = defaultdict(list)
    for key, told in words.items():
        if key in known.numbers:
            for turn in turns(told, order):
                by_import[turn.import_id].append((key, turn))
    before: dict[str, date | None] = {}
    for one in order.spoken:
        heard = by_import.get(one.import_id, ())
        voice_day = one.day
        counts_on = voice_day or _newest_day(turn.after for _, turn in heard) or teller.today
        voices = {scope: _voice(teller, one, counts_on, scope) for scope in {turn.after.scope for _, turn in heard}}
        verdicts = [
            v for key, turn in heard for v in _verdict(teller, known, ghost, key, turn, voices[turn.after.scope])
        ]
        for key, turn in heard:
            said[known.numbers[key]] = turn.after
        if verdicts:
            scopes = {v.voice.source.scope for v in verdicts}
            intervals = {(s, voice_day): _before(before, s) for s in scopes} if voice_day is not None else {}
            reckoner = Reckoner(ghost.held, said=said, before=intervals, today=teller.today)
            ghost.take(reckoner.reckon(verdicts).steps())
        if one.day is not None:
            before[one.scope] = one.day
    return ghost


def _verdict(teller: Teller, known: Known, ghost: Ghost, key: str, turn: Turn, voice: Voice) -> Iterator[Verdict]:
    """Judge one turn as the import did, with the number that the document has in memory."""
    number = known.numbers[key]
    before = None if turn.before is None else turn.before._replace(document_id=number)
    story = ghost.stories.get(number)
    if not turn.after.present:
        if before is not None and story is not None and not story.voided:
            yield vanished(voice, before)
        return
    told = _told(teller, known, number, turn, voice)
    if before is None or story is None or story.voided:
        if not told.taken_back:
            yield first(told, None, -number)
    else:
        yield judge(told, before)


def _told(teller: Teller, known: Known, number: int, turn: Turn, voice: Voice) -> Told:
    """Return the row as it was told: that of the late file itself, or what the word kept of it."""
    word = turn.after
    row = teller.rows.get((turn.import_id, word.key))
    if row is not None:
        # The source may call the same document by another key now: the word's is the one that is kept.
        return row._replace(key=word.key, amount=word.amount, voice=voice)
    held = known.documents.get(number)
    day = word.document_date or word.due_date or voice.counts_on
    return Told(
        row=Row(
            kind=word.kind,
            key=word.key,
            number=word.number,
            customer_code="",
            customer_name="",
            document_date=word.document_date,
            due_date=word.due_date,
            paid_date=known.paid.get((number, turn.import_id)),
            currency=word.currency,
            amount=abs(from_minor(word.amount, word.currency)),
            open_amount=None if word.open_amount is None else from_minor(word.open_amount, word.currency),
            paid_amount=None,
            status=word.status,
            applies_to=held.reference if held is not None and word.amount < 0 else "",
            po_number="",
            reference="",
            terms="",
            tax_amount=None,
            file="",
            line=0,
        ),
        voice=voice,
        kind=word.kind,
        key=word.key,
        number=word.number,
        customer=word.customer,
        entity=held.entity if held is not None else teller.entity,
        currency=word.currency,
        document_date=day,
        due_date=word.due_date or day,
        amount=word.amount,
        open_amount=word.open_amount,
        tax_amount=None,
        taken_back=word.status in NOT_COUNTED,
    )


def _voice(teller: Teller, one: Spoken, counts_on: date, scope: str) -> Voice:
    return Voice(SourceKey(teller.system, teller.entity, scope), one.day, counts_on, "", one.day is not None)


def _before(newest: Mapping[str, date | None], scope: str) -> date | None:
    return max((day for s, day in newest.items() if day is not None and s in ("", scope)), default=None)


def _newest_day(words: Iterator[Word] | Sequence[Word]) -> date | None:
    return max((word.document_date for word in words if word.document_date is not None), default=None)
