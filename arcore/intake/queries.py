"""Reads about imports: their history, a plan as a table, where a document came from, what is remembered of headers."""

from __future__ import annotations

import csv
import io
import json
import zlib
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from datetime import date
from datetime import datetime
from decimal import Decimal
from typing import Any
from typing import NamedTuple

from sqlalchemy import Engine
from sqlalchemy import select
from sqlmodel import Session
from sqlmodel import col

from arcore.errors import BadInput
from arcore.errors import NotFound
from arcore.intake.changes import Change
from arcore.intake.changes import ChangeKind
from arcore.intake.changes import Plan
from arcore.intake.files import open_file
from arcore.intake.quality import Quality
from arcore.intake.record import Record
from arcore.intake.record import read_record
from arcore.intake.understood import OPEN_ITEMS
from arcore.intake.understood import RefusedRow
from arcore.money import from_minor
from arcore.store.books import Document
from arcore.store.customers import Customer
from arcore.store.engine import reading
from arcore.store.sources import Import
from arcore.store.sources import ImportFile
from arcore.store.sources import Source
from arcore.store.sources import SourceWord

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A cell that begins like this would be run by a spreadsheet."""


# --- history ----------------------------------------------------------------------------------------------------------


class FileKept(NamedTuple):
    """A file of an import as it is kept."""

    name: str
    sha256: str
    size: int


@dataclass(frozen=True)
class ImportRow:
    """One import: who, when, which files, what it changed, whether it stands.

    Attributes:
        counts: documents by kind of change.
        can_undo: it stands, and no later import of its source does.
        under: the newest import of its source that stands on it, None where none does.
        quality: how good its data were, where that was looked at.
    """

    id: int
    at: datetime
    by: str
    kind: str
    system: str
    entity: str
    scope: str
    as_of: date | None
    counts: Mapping[str, int]
    left_out: Mapping[str, int]
    refused: tuple[RefusedRow, ...]
    warnings: tuple[str, ...]
    new_customers: int
    files: tuple[FileKept, ...] = ()
    undone_at: datetime | None = None
    undone_by: str = ""
    can_undo: bool = False
    under: int | None = None
    quality: Quality | None = None


def history(engine: Engine) -> list[ImportRow]:
    """Return every import, the newest first."""
    with reading(engine) as session:
        files = _files(session)
        rows = session.execute(
            select(Import, Source).join(Source, col(Source.id) == col(Import.source_id)).order_by(col(Import.id).desc())
        ).all()
        found: list[ImportRow] = []
        later: dict[tuple[str, str], int] = {}
        for row, source in rows:
            record = read_record(row.plan)
            told = {(file.system, file.entity) for file in record.files}
            standing = row.undone_at is None
            under = max((later[place] for place in told & later.keys()), default=None)
            found.append(_import_row(row, source, record, files.get(row.id, ()), standing=standing, under=under))
            for place in told if standing else ():
                later.setdefault(place, row.id)
        return found


def file_content(engine: Engine, import_id: int, name: str) -> bytes:
    """Return a file of an import as it came. Raises NotFound."""
    with reading(engine) as session:
        packed = session.execute(
            select(col(ImportFile.content)).where(col(ImportFile.import_id) == import_id, col(ImportFile.name) == name)
        ).scalar()
    if packed is None:
        msg = f"Import {import_id} has no file {name}"
        raise NotFound(msg, import_id=import_id, name=name)
    return zlib.decompress(packed)


def hidden_customers(engine: Engine) -> set[int]:
    """Return customers that only an undone import knew: nothing that counts was ever booked for them."""
    with reading(engine) as session:
        undone = select(col(Import.id)).where(col(Import.undone_at).is_not(None))
        born = set(session.execute(select(col(Customer.id)).where(col(Customer.import_id).in_(undone))).scalars())
        taken = select(col(Document.reverses_id)).where(col(Document.reverses_id).is_not(None))
        standing = session.execute(
            select(col(Document.customer_id))
            .where(col(Document.id).not_in(taken), col(Document.reverses_id).is_(None))
            .distinct()
        ).scalars()
        return {number for number in born if number is not None} - set(standing)


def _import_row(
    row: Import, source: Source, record: Record, files: Sequence[FileKept], *, standing: bool, under: int | None
) -> ImportRow:
    return ImportRow(
        id=row.id,
        at=row.at,
        by=row.by,
        kind=row.kind,
        system=source.system,
        entity=source.entity,
        scope=source.scope,
        as_of=row.as_of,
        counts=record.counts,
        left_out=record.left_out,
        refused=record.refused,
        warnings=record.warnings,
        new_customers=len(record.new_customers),
        files=tuple(files),
        undone_at=row.undone_at,
        undone_by=row.undone_by,
        can_undo=standing and under is None,
        under=under,
        quality=record.quality,
    )


def _files(session: Session) -> dict[int, list[FileKept]]:
    found: dict[int, list[FileKept]] = {}
    rows = session.execute(
        select(col(ImportFile.import_id), col(ImportFile.name), col(ImportFile.sha256), col(ImportFile.size)).order_by(
            col(ImportFile.id)
        )
    )
    for import_id, name, sha256, size in rows:
        found.setdefault(import_id, []).append(FileKept(name, sha256, size))
    return found


# --- a plan for the page ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class KindTotal:
    """How many documents change in one way, and what is open of them before and after, by currency."""

    kind: ChangeKind
    documents: int
    before: Mapping[str, Decimal]
    after: Mapping[str, Decimal]


class Difference(NamedTuple):
    """One line of the table of differences; amounts in the document's currency, signed as the books sign them."""

    kind: str
    what: str
    number: str
    customer: str
    currency: str
    amount: Decimal
    before: Decimal | None
    after: Decimal | None
    why: str
    file: str
    line: int | None


def kind_totals(plan: Plan) -> list[KindTotal]:
    """Return counts and amounts by kind of change, every kind in its order, refused rows counted last."""
    counts = plan.counts()
    return [
        KindTotal(kind, counts[kind], _open(changes, "before"), _open(changes, "after"))
        for kind in ChangeKind
        for changes in [[change for change in plan.changes if change.kind is kind]]
    ]


def differences(plan: Plan, *, kinds: Sequence[str] = (), find: str = "") -> list[Difference]:
    """Return the differences of some kinds (all when none is named) that contain every word of `find`."""
    words = find.casefold().split()
    return [
        difference
        for difference in map(_difference, plan.changes)
        if (not kinds or difference.kind in kinds) and _contains(difference, words)
    ]


def refused_csv(rows: Sequence[RefusedRow]) -> str:
    """Write refused rows as CSV with the reason beside each; cells that look like formulas are made harmless."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["file", "line", "column", "value", "reason", "number", "customer"])
    for row in rows:
        cells = (row.file, str(row.line), row.column, row.value, row.reason, row.number, row.customer)
        writer.writerow([_harmless(cell) for cell in cells])
    return text.getvalue()


def _open(changes: Sequence[Change], when: str) -> dict[str, Decimal]:
    found: dict[str, int] = {}
    for change in changes:
        units = getattr(change, when)
        if units is not None:
            found[change.currency] = found.get(change.currency, 0) + units
    return {currency: from_minor(units, currency) for currency, units in sorted(found.items())}


def _difference(change: Change) -> Difference:
    def money(units: int | None) -> Decimal | None:
        return None if units is None else from_minor(units, change.currency)

    return Difference(
        change.kind.value,
        change.what,
        change.number,
        change.customer_name or change.customer,
        change.currency,
        from_minor(change.amount, change.currency),
        money(change.before),
        money(change.after),
        change.why,
        change.file,
        change.line,
    )


def _contains(difference: Difference, words: Sequence[str]) -> bool:
    text = " ".join(str(value) for value in difference if value is not None).casefold()
    return all(word in text for word in words)


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULA) else cell


# --- where a document came from ---------------------------------------------------------------------------------------


class Provenance(NamedTuple):
    """What a source said of a document: which import, file and line, and what it was and how much of it was open.

    Attributes:
        line: where it stood in the file; None when the file no longer listed it.
        open_amount: None when the file did not say.
        undone: that import does not count any more.
    """

    import_id: int
    at: datetime
    by: str
    system: str
    file: str
    line: int | None
    open_amount: Decimal | None
    amount: Decimal
    status: str
    undone: bool


def provenance(engine: Engine, document_id: int) -> list[Provenance]:
    """Return everything that sources said of a document, the oldest word first; empty for what people booked."""
    with reading(engine) as session:
        rows = session.execute(
            select(SourceWord, Import, Source)
            .join(Import, col(Import.id) == col(SourceWord.import_id))
            .join(Source, col(Source.id) == col(SourceWord.source_id))
            .where(col(SourceWord.document_id) == document_id)
            .order_by(col(SourceWord.id))
        ).all()
        return [
            Provenance(
                row.id,
                row.at,
                row.by,
                source.system,
                word.file,
                word.line,
                None if word.open_amount is None else from_minor(word.open_amount, word.currency),
                from_minor(word.amount, word.currency),
                word.status,
                row.undone_at is not None,
            )
            for word, row, source in rows
        ]


def row_text(engine: Engine, import_id: int, name: str, line: int | None) -> str:
    """Return the cells of a line of an imported file, joined; "" when there is no such line or file.

    It opens the whole file again: ask for the rows that are shown, not for all.
    """
    with reading(engine) as session:
        row = session.get(Import, import_id)
        packed = session.execute(
            select(col(ImportFile.content)).where(col(ImportFile.import_id) == import_id, col(ImportFile.name) == name)
        ).scalar()
    if row is None or packed is None or line is None:
        return ""
    sheet = next((file.sheet for file in read_record(row.plan).files if file.path == name), "")
    try:
        opened = open_file(name, zlib.decompress(packed))
    except BadInput:
        return ""
    for table in opened.sheets:
        if table.name == sheet and line in table.lines:
            cells = table.rows[list(table.lines).index(line)]
            return " | ".join(str(cell) for cell in cells if cell not in ("", None))
    return ""


# --- what is remembered -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Remembered:
    """How files with a known header were read when somebody booked them; by header fingerprint.

    Attributes:
        columns: what a person corrected, position of a column → field; the others are looked at afresh.
        corrected_on: the day of these corrections.
        day_first: how dates were read.
        currency: what amounts without a currency were taken for.
        snapshots: headers under which open items came.
    """

    columns: dict[str, dict[int, str]] = field(default_factory=dict)
    corrected_on: dict[str, date] = field(default_factory=dict)
    day_first: dict[str, bool] = field(default_factory=dict)
    currency: dict[str, str] = field(default_factory=dict)
    snapshots: set[str] = field(default_factory=set)


def remembered(engine: Engine) -> Remembered:
    """Return what is remembered of every header; of one that several sources share, what was booked last."""
    found = Remembered()
    with reading(engine) as session:
        for text in session.execute(select(col(Source.mapping)).order_by(col(Source.id))).scalars():
            for fingerprint, told in json.loads(text).items():
                _recall(found, fingerprint, told)
    return found


def _recall(found: Remembered, fingerprint: str, told: Mapping[str, Any]) -> None:
    if told.get("by_hand"):
        found.columns[fingerprint] = {number: told["columns"][str(number)] for number in told["by_hand"]}
        found.corrected_on[fingerprint] = date.fromisoformat(told["corrected_on"])
    if told.get("day_first") is not None:
        found.day_first[fingerprint] = told["day_first"]
    if told.get("currency"):
        found.currency[fingerprint] = told["currency"]
    if told.get("kind") == OPEN_ITEMS:
        found.snapshots.add(fingerprint)
