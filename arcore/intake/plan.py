"""Make the plan of an import: read what is needed, compare, reckon. Nothing is written."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy import Engine
from sqlalchemy import select
from sqlmodel import Session

from arcore.company.queries import profile_in
from arcore.company.queries import today as company_today
from arcore.errors import BadInput
from arcore.intake import questions as ask
from arcore.intake.adopt import adopt
from arcore.intake.adopt import read_candidates
from arcore.intake.changes import Plan
from arcore.intake.changes import Ref
from arcore.intake.changes import SourceKey
from arcore.intake.coverage import still_needed
from arcore.intake.delivered import told_anew
from arcore.intake.difference import Verdict
from arcore.intake.difference import compare
from arcore.intake.difference import merge_repeated
from arcore.intake.difference import present_rows
from arcore.intake.difference import settle_by_snapshot
from arcore.intake.difference import vanished
from arcore.intake.draft import Ask
from arcore.intake.draft import Draft
from arcore.intake.draft import hear
from arcore.intake.holdings import Held
from arcore.intake.holdings import booked_here
from arcore.intake.holdings import explainable
from arcore.intake.holdings import hold
from arcore.intake.holdings import unapplied_credits
from arcore.intake.lastword import Memory
from arcore.intake.lastword import told_dues
from arcore.intake.late import tell_late
from arcore.intake.listing import changes_of
from arcore.intake.listing import on_account
from arcore.intake.listing import words_of
from arcore.intake.parties import Directory
from arcore.intake.parties import read_directory
from arcore.intake.reckon import Reckoner
from arcore.intake.reckon import customers_of
from arcore.intake.same import look_alikes
from arcore.intake.same import said_same
from arcore.intake.settle import split_names
from arcore.intake.told import Listener
from arcore.intake.told import Voice
from arcore.intake.understood import OPEN_ITEMS
from arcore.intake.understood import Understood
from arcore.money import is_currency
from arcore.resting import collector_resting
from arcore.store.books import LedgerHead
from arcore.store.engine import reading


def plan(
    engine: Engine,
    understood: Sequence[Understood],
    *,
    as_of: date | None = None,
    currency: str | None = None,
    include_drafts: bool = False,
    entity: str = "main",
    scope: str = "",
    answers: frozenset[str] = frozenset(),
    contents: Mapping[str, bytes] | None = None,
    today: date | None = None,
) -> Plan:
    """Say what committing the files would change; nothing is written.

    Args:
        engine: the store to compare with.
        understood: the files as they were read.
        as_of: the day the files speak of; wins over what they say.
        currency: for rows that name none; the company's when None.
        include_drafts: book drafts too.
        entity: our company that the files are about; a column of the file wins.
        scope: what was filtered in the source ("" = everything); only documents within it can vanish.
        answers: ids of questions answered with yes.
        contents: the files' bytes by path, to be kept with the import.
        today: the day of the import; the company's today when None.

    Raises BadInput for files that contradict each other, Unavailable when the store can't be read.
    """
    if currency is not None and not is_currency(currency):
        msg = f"{currency!r} is no currency code (ISO 4217)"
        raise BadInput(msg, currency=currency)
    with collector_resting(), reading(engine) as session:
        head = session.execute(select(LedgerHead)).scalar_one()
        company = profile_in(session)
        asked = Ask(as_of, currency or company.currency, include_drafts, entity, scope, answers)
        directory = read_directory(session, said_same(answers))
        draft = Draft(
            directory,
            Listener(directory, include_drafts=include_drafts),
            today or company_today(company.time_zone),
        )
        memories = hear(session, draft, understood, asked)
        _difference(session, draft, memories)
        return _finish(session, draft, asked, head, contents or {}, named_currency=currency is not None)


# --- the difference ---------------------------------------------------------------------------------------------------


def _difference(session: Session, draft: Draft, memories: Mapping[tuple[str, str], Memory]) -> None:
    voices = _snapshots(draft)
    late = {s: v for s, v in voices.items() if memories[s[:2]].is_late(v.day, s.scope)}
    if late:
        _late(session, draft, memories, late)
        return
    draft.directory.rename()
    told = settle_by_snapshot(merge_repeated(draft.told))
    by_source = {one.voice.source: memories[one.voice.source[:2]] for one in told}
    verdicts, met = compare(told, by_source)
    known = {w.document_id for m in memories.values() for w in m.words.values() if w.document_id is not None}
    adopt(verdicts, read_candidates(session, verdicts, known, draft.directory))
    verdicts += _silence(draft, memories, voices, met)
    if not verdicts:
        return
    held = _hold(session, draft, verdicts)
    here = _here(session, verdicts, known)
    held |= _mapped(hold(session, here - held.keys()), draft.directory)
    reckoner = Reckoner(
        held,
        said={w.document_id: w for m in memories.values() for w in m.words.values() if w.document_id is not None},
        before={
            (v.source.scope, v.day): memories[v.source[:2]].before(v.day, v.source.scope)
            for v in voices.values()
            if v.day is not None
        },
        today=draft.today,
        dues=told_dues(session, {v.word.key for v in verdicts if v.replaces and v.word is not None}),
    )
    reckoning = reckoner.reckon(verdicts)
    draft.changes += changes_of(verdicts, reckoning, draft.directory, held, here)
    draft.steps += reckoning.steps()
    draft.words += words_of(verdicts, reckoning)
    draft.warnings += on_account(verdicts, reckoning)
    if reckoning.stuck:
        # Once the obstacle is gone the very same file has to be looked at again.
        draft.files = [replace(file, digest="") for file in draft.files]


def _late(
    session: Session, draft: Draft, memories: Mapping[tuple[str, str], Memory], late: Mapping[SourceKey, Voice]
) -> None:
    """Plan a snapshot that is older than the newest of its source; it comes without other documents."""
    (source, voice), *more = late.items()
    if more or any(one.voice.source != source or not one.voice.snapshot for one in draft.told):
        draft.questions.append(ask.alone(voice.day or draft.today))
        return
    tell_late(session, draft, draft.told, memories[source[:2]], voice)


def _snapshots(draft: Draft) -> dict[SourceKey, Voice]:
    """Return the snapshots of the plan by source. Raises BadInput when a source speaks of two days at once."""
    found: dict[SourceKey, Voice] = {}
    for file in draft.files:
        if file.understood.kind == OPEN_ITEMS and not file.known:
            voice = Voice(file.source, file.as_of, file.as_of or draft.today, "", snapshot=True)
            before = found.setdefault(file.source, voice)
            if before.day != voice.day:
                msg = "These files are snapshots of different days: import them one after the other, in any order"
                raise BadInput(msg, days=sorted(str(day) for day in (before.day, voice.day)))
    return found


def _silence(
    draft: Draft, memories: Mapping[tuple[str, str], Memory], voices: Mapping[SourceKey, Voice], met: set[str]
) -> list[Verdict]:
    """Return verdicts on what snapshots no longer list, and ask where that is too much."""
    present = present_rows(draft.listener.heard.silent, [*draft.refused, *draft.listener.heard.refused])
    found = []
    for source, voice in voices.items():
        expected = memories[source[:2]].expected(source.scope, voice.day or draft.today)
        gone = [w for w in expected if w.key not in met and not present.shows(w, *_who(draft, w.customer))]
        draft.questions += ask.silence(expected, gone, lambda ref: _who(draft, ref))
        found += [vanished(voice, word) for word in gone]
    return found


def _who(draft: Draft, ref: Ref) -> tuple[str, str]:
    known = draft.directory.known(ref)
    return known.code, known.name


def _hold(session: Session, draft: Draft, verdicts: Sequence[Verdict]) -> dict[int, Held]:
    """Read every document of the books that the verdicts may touch."""
    ids = {v.ref for v in verdicts if v.ref > 0}
    customers = draft.directory.with_merged(customers_of(verdicts))
    if any(v.side < 0 and (v.ref < 0 or v.fall or v.replaces) for v in verdicts):
        numbers = {v.told.row.applies_to for v in verdicts if v.told is not None and v.told.row.applies_to}
        ids |= explainable(session, customers, _split(numbers))
    if any(v.side > 0 and (v.ref < 0 or v.fall or v.replaces) for v in verdicts):
        ids |= unapplied_credits(session, customers)
    return _mapped(hold(session, ids), draft.directory)


def _split(names: Iterable[str]) -> set[str]:
    return {part for name in names for part in (name.strip(), *split_names(name))}


def _mapped(held: dict[int, Held], directory: Directory) -> dict[int, Held]:
    """Let documents of merged customers belong to those they live on in."""
    for one in held.values():
        one.customer_id = directory.survivor(one.customer_id)
        for item in one.items:
            item.customer_id = directory.survivor(item.customer_id)
    return held


def _here(session: Session, verdicts: Sequence[Verdict], known: set[int]) -> set[int]:
    """Return open documents that people booked and no source has told, when the files list debits at all."""
    if not any(v.side > 0 for v in verdicts):
        return set()
    entities = {v.voice.source.entity for v in verdicts} | {v.told.entity for v in verdicts if v.told is not None}
    adopted = {v.ref for v in verdicts if v.held_here}
    return booked_here(session, entities) - known - adopted


# --- the plan ---------------------------------------------------------------------------------------------------------


def _finish(
    session: Session,
    draft: Draft,
    asked: Ask,
    head: LedgerHead,
    contents: Mapping[str, bytes],
    *,
    named_currency: bool,
) -> Plan:
    heard = draft.listener.heard
    if not named_currency and any(file.currency and not file.known for file in draft.files):
        draft.warnings.append(f"Amounts without a currency are taken as {asked.currency}, the company's")
    if heard.overpaid:
        draft.warnings.append(f"{heard.overpaid} documents are open on the wrong side; they are taken as closed")
    if heard.overstated:
        draft.warnings.append(f"Of {heard.overstated} documents more is open than their amount; what is open counts")
    deliveries = told_anew(session, draft.files)
    if deliveries:
        draft.warnings.append(f"Of {deliveries:,} documents that are booked already the day of delivery is told anew")
    made = hashlib.sha256("".join(file.digest for file in draft.files).encode())
    made.update(repr((head.store_id, head.audit_seq, sorted(asked.answers))).encode())
    return Plan(
        files=tuple(draft.files),
        store_id=head.store_id,
        audit_seq=head.audit_seq,
        today=draft.today,
        changes=draft.changes,
        refused=(*draft.refused, *heard.refused),
        questions=tuple({q.id: q for q in draft.questions}.values()),
        answers=asked.answers,
        warnings=tuple(draft.warnings),
        left_out=dict(heard.left_out),
        balances=tuple(draft.balances),
        parties=draft.directory.parties(),
        steps=draft.steps,
        words=draft.words,
        coverage=still_needed(session, draft.covered),
        contents=dict(contents),
        digest=made.hexdigest(),
        deliveries=deliveries,
        alike=look_alikes(session, draft.directory, asked.answers),
    )
