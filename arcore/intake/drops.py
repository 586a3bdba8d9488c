"""Take files that nobody sits beside: understand them, plan, and book when nothing stands in the way."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from datetime import date
from typing import Literal
from typing import NamedTuple
from typing import TypeAlias

from sqlalchemy import Engine
from sqlalchemy import select
from sqlmodel import col

from arcore.errors import BooksMoved
from arcore.errors import NeedsAnswer
from arcore.errors import Refused
from arcore.intake import papers
from arcore.intake.archive import MOST_UNPACKED
from arcore.intake.archive import unpacked
from arcore.intake.changes import Plan
from arcore.intake.plan import plan
from arcore.intake.profiles_own import own_profiles
from arcore.intake.profiles_read import Profile
from arcore.intake.queries import Remembered
from arcore.intake.queries import remembered
from arcore.intake.reading import understand
from arcore.intake.service import Progress
from arcore.intake.service import commit
from arcore.intake.understood import OPEN_ITEMS
from arcore.intake.understood import OTHER
from arcore.intake.understood import Understood
from arcore.store.engine import reading
from arcore.store.sources import Import
from arcore.store.sources import ImportFile
from arcore.store.unit import Actor

Outcome: TypeAlias = Literal["booked", "kept", "unchanged", "known", "refused", "question"]
PDF = b"%PDF-"
ATTEMPTS = 3
"""So often a plan is made again when somebody else writes in between."""
NOTHING = "It holds nothing that could be booked"


@dataclass(frozen=True)
class Choices:
    """What holds for every file that is taken.

    Attributes:
        as_of: the day of snapshots that name none.
        profile: the system the files come from, None to see by itself.
        currency: for amounts without one; None for what is remembered, else the company's.
        entity: our company that the files are about.
        scope: what was filtered in the source, "" for everything.
        include_drafts: book drafts too.
        answers: ids of the questions that are answered with yes.
    """

    as_of: date | None = None
    profile: str | None = None
    currency: str | None = None
    entity: str = "main"
    scope: str = ""
    include_drafts: bool = False
    answers: frozenset[str] = frozenset()


class Drop(NamedTuple):
    """A file as it lay there."""

    name: str
    content: bytes


@dataclass(frozen=True)
class Taken:
    """What became of one file.

    Attributes:
        sentence: what to tell people; "" when there is nothing to say.
        import_id: what it was booked as, or had been.
        questions: id and text of those that have to be answered first.
    """

    name: str
    sha256: str
    outcome: Outcome
    sentence: str = ""
    import_id: int | None = None
    questions: tuple[tuple[str, str], ...] = ()


@dataclass
class _Read:
    """A file that can be read: the files in it, and what was understood of them."""

    name: str
    sha256: str
    contents: dict[str, bytes]
    understood: list[Understood] = field(default_factory=list)

    @property
    def day(self) -> date | None:
        """Return the day of the snapshot in it, None when there is none or it names no day."""
        return next((one.as_of for one in self.understood if one.kind == OPEN_ITEMS and one.as_of), None)


def take(
    engine: Engine, drops: Sequence[Drop], choices: Choices, *, actor: Actor, stopped: Callable[[], bool] | None = None
) -> list[Taken]:
    """Book files that came together as one import, snapshots of several days one after the other, the oldest first.

    What can't be read, what is no receivable and what was booked before is set aside first; the rest stands or falls
    together. `stopped` is asked between two imports; what comes after is left as it is. Raises Unavailable, and
    BooksMoved when others write all the time: the files that have no answer yet can be taken again.
    """
    taken: list[Taken] = []
    usable: list[_Read] = []
    for drop in drops:
        if drop.content.startswith(PDF):
            taken.append(_paper(engine, drop, actor))
            continue
        one = _look(engine, drop, choices, {other.sha256: other.name for other in usable})
        if isinstance(one, Taken):
            taken.append(one)
        else:
            usable.append(one)
    for together in _by_day(usable):
        if stopped is not None and stopped():
            break
        taken += _book_together(engine, together, choices, actor)
    return taken


def book(
    engine: Engine,
    found: Plan,
    again: Callable[[frozenset[str]], Plan],
    *,
    actor: Actor,
    key: str | None = None,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> tuple[Plan, int | None]:
    """Book a plan and return it with the import's id; when the books moved meanwhile it is made again.

    What is booked is always a plan of the books as they are: as if the others had written first. Raises BooksMoved
    when it then says something else, NeedsAnswer, Refused, Unavailable, Cancelled.
    """
    for attempt in range(ATTEMPTS):
        once = key or f"import:{found.digest}"
        try:
            return found, commit(engine, found, actor=actor, key=once, progress=progress, cancelled=cancelled)
        except BooksMoved:
            if attempt + 1 == ATTEMPTS or not _says_the_same(made := again(found.answers), found):
                raise
            found = made
    return found, None


def _says_the_same(one: Plan, other: Plan) -> bool:
    """Tell whether nothing that people are shown of two plans differs: whoever agreed to one agreed to the other."""
    parts = ("questions", "refused", "warnings", "left_out", "balances", "changes")
    return one.counts() == other.counts() and all(getattr(one, name) == getattr(other, name) for name in parts)


def booked_before(engine: Engine, contents: Iterable[bytes]) -> int | None:
    """Return the newest import that stands and holds a file of this content, if every one of them was booked."""
    digests = {hashlib.sha256(content).hexdigest() for content in contents}
    with reading(engine) as session:
        rows = session.execute(
            select(col(ImportFile.sha256), col(ImportFile.import_id))
            .join(Import, col(Import.id) == col(ImportFile.import_id))
            .where(col(ImportFile.sha256).in_(digests), col(Import.undone_at).is_(None))
            .order_by(col(ImportFile.import_id))
        ).all()
    found = {digest: number for digest, number in rows}  # noqa: C416  a row is no plain tuple to the type checker
    return max(found.values()) if found.keys() == digests else None


def _paper(engine: Engine, drop: Drop, actor: Actor) -> Taken:
    """Keep a PDF as a paper of the document that it names."""
    digest = hashlib.sha256(drop.content).hexdigest()
    try:
        done = papers.add(engine, files=[drop], actor=actor)
    except Refused as error:
        return Taken(drop.name, digest, "refused", error.message)
    if not done["added"]:
        return Taken(drop.name, digest, "known", "This paper is here already")
    return Taken(drop.name, digest, "kept", "at its document" if done["matched"] else "kept without a document yet")


def _look(engine: Engine, drop: Drop, choices: Choices, here: Mapping[str, str]) -> _Read | Taken:
    digest = hashlib.sha256(drop.content).hexdigest()
    if digest in here:
        return Taken(drop.name, digest, "known", f"The same content as {here[digest]}, which came with it")
    if len(drop.content) > MOST_UNPACKED:
        return Taken(drop.name, digest, "refused", f"{drop.name} is larger than {MOST_UNPACKED // 2**20:,} MB")
    try:
        contents = dict(unpacked([drop]))
        if number := booked_before(engine, contents.values()):
            return Taken(drop.name, digest, "known", f"This was booked before, as import {number}", number)
        one = _Read(
            drop.name, digest, contents, _understood(contents, choices, remembered(engine), own_profiles(engine))
        )
    except Refused as error:
        return Taken(drop.name, digest, "refused", error.message)
    if all(found.kind == OTHER for found in one.understood):
        reasons = [found.reason for found in one.understood if found.reason]
        return Taken(drop.name, digest, "refused", " ".join(reasons) or NOTHING)
    return one


def _understood(
    contents: Mapping[str, bytes], choices: Choices, known: Remembered, own: tuple[Profile, ...]
) -> list[Understood]:
    """Read files the way those with the same header were read before, their currency too."""

    def read(name: str, content: bytes, currency: str | None) -> list[Understood]:
        return understand(
            [(name, content)],
            as_of=choices.as_of,
            currency=currency,
            profile=choices.profile,
            mapping=known.columns,
            usual_day_first=known.day_first,
            usual_snapshots=known.snapshots,
            own_profiles=own,
        )

    found: list[Understood] = []
    for name, content in contents.items():
        tables = read(name, content, choices.currency)
        silent = [one.header_fingerprint for one in tables if any(not row.currency for row in one.rows)]
        usual = next((known.currency[mark] for mark in silent if mark in known.currency), None)
        found += read(name, content, usual) if usual and not choices.currency else tables
    return found


def _by_day(reads: Sequence[_Read]) -> list[list[_Read]]:
    """Put files together: one group, or one for each day of the snapshots among them, the oldest first."""
    days = sorted({one.day for one in reads if one.day is not None})
    if len(days) < 2:
        return [list(reads)] if reads else []
    return [[one for one in reads if one.day == day or (one.day is None and day == days[0])] for day in days]


def _book_together(engine: Engine, reads: Sequence[_Read], choices: Choices, actor: Actor) -> list[Taken]:
    contents = {name: content for one in reads for name, content in one.contents.items()}
    understood = [found for one in reads for found in one.understood]

    def made(answers: frozenset[str]) -> Plan:
        return plan(
            engine, understood, as_of=choices.as_of, currency=choices.currency, include_drafts=choices.include_drafts,
            entity=choices.entity, scope=choices.scope, answers=answers, contents=contents,
        )  # fmt: skip

    def all_of(
        outcome: Outcome, sentence: str, number: int | None = None, questions: tuple[tuple[str, str], ...] = ()
    ) -> list[Taken]:
        return [Taken(one.name, one.sha256, outcome, sentence, number, questions) for one in reads]

    try:
        found = made(choices.answers)
        found, number = book(engine, found, made, actor=actor)
    except NeedsAnswer as error:
        asked = tuple((str(q["id"]), str(q["text"])) for q in error.details.get("questions", ()))
        return all_of("question", "\n".join(text for _, text in asked) or error.message, questions=asked)
    except BooksMoved:
        raise
    except Refused as error:
        return all_of("refused", error.message)
    said = _counted(found)
    return all_of("unchanged" if number is None else "booked", said, number)


def _counted(found: Plan) -> str:
    counts = [f"{count:,} {kind.replace('_', ' ')}" for kind, count in found.counts().items() if count]
    return ", ".join(counts) or "nothing changes"
