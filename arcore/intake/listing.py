"""The differences of a plan as people read them, and the words that are kept of them."""

from __future__ import annotations

from collections import Counter
from collections import defaultdict
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence

from arcore.intake.changes import Change
from arcore.intake.changes import ChangeKind
from arcore.intake.changes import Match
from arcore.intake.changes import NewWord
from arcore.intake.changes import Settle
from arcore.intake.changes import SourceKey
from arcore.intake.difference import Verdict
from arcore.intake.holdings import Held
from arcore.intake.lastword import Word
from arcore.intake.lazily import Made
from arcore.intake.lazily import Rows
from arcore.intake.parties import Directory
from arcore.intake.reckon import Reckoning
from arcore.intake.told import Told
from arcore.money import grouped

PENDING = "Booked here, not yet in the source"


def changes_of(
    verdicts: Sequence[Verdict],
    reckoning: Reckoning,
    directory: Directory,
    held: Mapping[int, Held],
    here: Iterable[int],
) -> Rows[Change]:
    """Return every difference; `here` are documents that people booked and the source has not told."""
    paying = {ref: held[ref] for refs in reckoning.paid_by.values() for ref in refs if ref in held}
    shown = [v for v in verdicts if not (v.taken_back and v.ref < 0)]
    changes: list[Change] = []
    for document_id in sorted(here):
        one = held[document_id]
        if one.standing and one.open_on():
            who = directory.known(one.customer_id)
            left = one.side * one.open_on()
            changes.append(
                Change(
                    ChangeKind.PENDING_IN_SOURCE,
                    one.kind,
                    one.number,
                    who.code,
                    who.name,
                    one.currency,
                    one.amount,
                    None,
                    left,
                    PENDING,
                    document_id=one.id,
                )
            )
    return Rows(Made(shown, lambda verdict: _change(verdict, reckoning, directory, paying)), changes)


def on_account(verdicts: Sequence[Verdict], reckoning: Reckoning) -> list[str]:
    """Say what of new payments is more than what they can pay: it stays on account. One sentence per currency."""
    used: Counter[int] = Counter()
    for step in (*reckoning.matches, *reckoning.settles):
        if isinstance(step, Match):
            used[step.credit] += step.amount
        elif isinstance(step, Settle):
            used[step.ref] += step.amount
    left: dict[str, list[int]] = defaultdict(list)
    for verdict in verdicts:
        told = verdict.told
        if told is None or verdict.word is not None or verdict.taken_back or told.kind != "payment":
            continue
        rest = abs(told.amount) - used[verdict.ref]
        if rest > 0:
            left[told.currency].append(rest)
    return [
        _too_large(len(rests), f"{grouped(sum(rests), currency)} {currency}")
        for currency, rests in sorted(left.items())
    ]


def _too_large(count: int, rest: str) -> str:
    who = (
        "1 payment is larger than what it can pay"
        if count == 1
        else f"{count} payments are larger than what they can pay"
    )
    return f"{who}: {rest} stays on account, unapplied"


def _change(verdict: Verdict, reckoning: Reckoning, directory: Directory, held: Mapping[int, Held]) -> Change:
    told, word = verdict.told, verdict.word
    kind, why = verdict.kind, verdict.why
    before = None if word is None else word.open_amount
    after = None if verdict.open_amount is None else verdict.side * verdict.open_amount
    ours = reckoning.ours.get(verdict.ref)
    if verdict.ref in reckoning.stuck:
        kind, why = ChangeKind.PENDING_IN_SOURCE, reckoning.stuck[verdict.ref]
    elif kind is ChangeKind.UNCHANGED and ours is not None and after is not None and ours != abs(after):
        kind, before, after = ChangeKind.PENDING_IN_SOURCE, after, verdict.side * ours
        why = PENDING
    elif verdict.fall and reckoning.paid_by.get(verdict.ref):
        why = f"{why}: paid by {_names(reckoning.paid_by[verdict.ref], held)}"
    who = directory.known(told.customer if told is not None else _customer(word, directory))
    row = None if told is None else told.row
    return Change(
        kind,
        told.kind if told is not None else _of(word).kind,
        told.number if told is not None else _of(word).number,
        who.code,
        who.name,
        told.currency if told is not None else _of(word).currency,
        told.amount if told is not None else _of(word).amount,
        before,
        after,
        why,
        "" if row is None else row.file,
        None if row is None else row.line,
        verdict.ref if verdict.ref > 0 else None,
    )


def _names(refs: Sequence[int], held: Mapping[int, Held]) -> str:
    names = []
    for ref in refs:
        one = held.get(ref)
        names.append(
            "a payment or credit in these files"
            if one is None
            else f"{one.kind.replace('_', ' ')} {one.number or one.id}"
        )
    return ", ".join(dict.fromkeys(names))


def _customer(word: Word | None, directory: Directory) -> int:
    return directory.survivor(_of(word).customer)


def _of(word: Word | None) -> Word:
    if word is None:
        msg = "a verdict has a row or a word"
        raise ValueError(msg)
    return word


# --- words ------------------------------------------------------------------------------------------------------------


def words_of(verdicts: Sequence[Verdict], reckoning: Reckoning) -> Made[NewWord]:
    """Return what the sources say from now on, of each document of which they say something new."""
    return Made([v for v in verdicts if _speaks(v, reckoning)], _word)


def _speaks(verdict: Verdict, reckoning: Reckoning) -> bool:
    if verdict.ref in reckoning.stuck or (verdict.taken_back and verdict.ref < 0):
        return False
    return verdict.told is None or says_something_new(verdict, verdict.told)


def _word(verdict: Verdict) -> NewWord:
    return _gone(verdict, _of(verdict.word)) if verdict.told is None else _said(verdict, verdict.told)


def says_something_new(verdict: Verdict, told: Told) -> bool:
    """Tell whether a row says anything that the last word did not."""
    word = verdict.word
    if word is None or verdict.held_here or verdict.kind is not ChangeKind.UNCHANGED:
        return True
    left = None if verdict.open_amount is None else verdict.side * verdict.open_amount
    return not word.present or (left is not None and left != word.open_amount) or word.due_date != told.due_date


def _said(verdict: Verdict, told: Told) -> NewWord:
    left = None if verdict.open_amount is None else verdict.side * verdict.open_amount
    return NewWord(
        told.voice.source,
        told.key if verdict.word is None else verdict.word.key,
        told.kind,
        told.number,
        told.home,
        verdict.ref,
        told.currency,
        told.document_date,
        told.due_date,
        told.amount,
        0 if verdict.taken_back else left,
        told.row.status,
        present=True,
        file=told.row.file,
        line=told.row.line,
    )


def _gone(verdict: Verdict, word: Word) -> NewWord:
    source: SourceKey = verdict.voice.source
    return NewWord(
        source=source,
        key=word.key,
        kind=word.kind,
        number=word.number,
        customer=word.customer,
        document=word.document_id,
        currency=word.currency,
        document_date=word.document_date,
        due_date=word.due_date,
        amount=word.amount,
        open_amount=0,
        status="",
        present=False,
        file="",
        line=None,
    )
