"""What was imported, for lists: history, the files themselves, refused lines to mend and send again."""

from __future__ import annotations

import csv
import io
import zlib
from collections import defaultdict
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from datetime import datetime

from sqlalchemy import Engine
from sqlalchemy import select
from sqlmodel import Session
from sqlmodel import col

from arcore.errors import NotFound
from arcore.intake.changes import Plan
from arcore.intake.files import open_file
from arcore.intake.lines import text_of
from arcore.intake.record import read_record
from arcore.intake.understood import RefusedRow
from arcore.intake.understood import Understood
from arcore.store.engine import reading
from arcore.store.sources import Import
from arcore.store.sources import ImportFile
from arcore.store.sources import Source

REASON = "arcore: why refused"
_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class KeptFile:
    """A file of an import, kept as it was uploaded."""

    file_id: int
    name: str
    sha256: str
    size: int


@dataclass(frozen=True)
class PastImport:
    """One import, as its history tells it; `counts` are documents by kind of change."""

    import_id: int
    system: str
    entity: str
    scope: str
    kind: str
    as_of: date | None
    at: datetime
    by: str
    files: tuple[KeptFile, ...]
    counts: Mapping[str, int]
    refused: int
    undone_at: datetime | None
    undone_by: str


def history(engine: Engine) -> tuple[PastImport, ...]:
    """Return every import, newest first."""
    with reading(engine) as session:
        files = _files(session)
        rows = session.execute(
            select(Import, Source).join(Source, col(Source.id) == col(Import.source_id)).order_by(col(Import.id).desc())
        )
        return tuple(_past(one, source, tuple(files[one.id])) for one, source in rows)


def content(engine: Engine, file_id: int) -> bytes:
    """Return a kept file byte for byte. Raises NotFound."""
    with reading(engine) as session:
        file = session.get(ImportFile, file_id)
        if file is None:
            raise NotFound(f"There is no file {file_id}", file=file_id)
        return zlib.decompress(file.content)


def refused_csv(plan: Plan) -> bytes:
    """Return the refused lines under their own header, with the reason in one more column, to mend and send again.

    Lines of several files follow each other, each file under its header. A cell that a spreadsheet would take for a
    formula gets an apostrophe, except a plain negative number.
    """
    text = io.StringIO()
    out = csv.writer(text, lineterminator="\r\n")
    for one in (file.understood for file in plan.files):
        if not one.refused:
            continue
        lines = _lines(one, plan.contents.get(one.path, b""))
        header = lines.get(one.header_row, [])
        out.writerow([*map(_harmless, header), REASON])
        for line, reason in sorted(_reasons(one.refused).items()):
            cells = lines.get(line, [])
            out.writerow([*map(_harmless, cells), *[""] * (len(header) - len(cells)), reason])
    return text.getvalue().encode("utf-8-sig")


def _reasons(refused: Sequence[RefusedRow]) -> dict[int, str]:
    """Return what to say of each line; a line with two faults gets both."""
    found: dict[int, str] = {}
    for row in refused:
        said = f"{row.column}: {row.reason}" if row.column else row.reason
        found[row.line] = f"{found[row.line]}; {said}" if row.line in found else said
    return found


def _lines(one: Understood, content: bytes) -> dict[int, list[str]]:
    """Return the cells of the table's file by line, as text."""
    for sheet in open_file(one.path, content).sheets if content else ():
        if sheet.name == one.sheet:
            return {line: [text_of(c) for c in cells] for line, cells in zip(sheet.lines, sheet.rows, strict=True)}
    return {}


def _harmless(cell: str) -> str:
    """Keep a spreadsheet from running a cell."""
    plain_number = cell[1:].replace(".", "").replace(",", "").isdigit() and cell[:1] in "+-"
    return f"'{cell}" if cell.startswith(_STARTS_A_FORMULA) and not plain_number else cell


def _past(one: Import, source: Source, files: tuple[KeptFile, ...]) -> PastImport:
    record = read_record(one.plan)
    return PastImport(
        import_id=one.id,
        system=source.system,
        entity=source.entity,
        scope=source.scope,
        kind=one.kind,
        as_of=one.as_of,
        at=one.at,
        by=one.by,
        files=files,
        counts=dict(record.counts),
        refused=len(record.refused),
        undone_at=one.undone_at,
        undone_by=one.undone_by,
    )


def _files(session: Session) -> dict[int, list[KeptFile]]:
    rows = session.execute(
        select(
            col(ImportFile.import_id), col(ImportFile.id), col(ImportFile.name), col(ImportFile.sha256),
            col(ImportFile.size),
        ).order_by(col(ImportFile.id))
    )  # fmt: skip
    found: dict[int, list[KeptFile]] = defaultdict(list)
    for import_id, file_id, name, sha256, size in rows:
        found[import_id].append(KeptFile(file_id or 0, name, sha256, size))
    return found
