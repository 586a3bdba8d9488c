"""What an import keeps of itself: its files, what it changed, what it refused, what undo needs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import asdict
from dataclasses import dataclass
from dataclasses import field
from datetime import date
from typing import Any

from arcore.intake.changes import Plan
from arcore.intake.quality import Quality
from arcore.intake.quality import quality_of
from arcore.intake.understood import RefusedRow


@dataclass(frozen=True)
class FileRecord:
    """One file of an import, and the source that it spoke for."""

    path: str
    kind: str
    system: str
    entity: str
    scope: str
    digest: str
    as_of: date | None = None
    encoding: str = ""
    sheet: str = ""
    rows_read: int = 0
    rows_used: int = 0


@dataclass(frozen=True)
class Record:
    """An import as it tells of itself.

    Attributes:
        counts: documents by kind of change.
        customers_before: per customer id, the fields that the import changed with what stood there before.
        contacts: ids of the contacts it added.
        quality: how good the data were; None for imports of before it was looked at.
    """

    files: tuple[FileRecord, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    left_out: Mapping[str, int] = field(default_factory=dict)
    refused: tuple[RefusedRow, ...] = ()
    answers: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    new_customers: tuple[int, ...] = ()
    customers_before: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    contacts: tuple[int, ...] = ()
    quality: Quality | None = None


def record_of(
    plan: Plan,
    *,
    new_customers: Sequence[int],
    customers_before: Mapping[int, Mapping[str, Any]],
    contacts: Sequence[int],
) -> Record:
    """Make the record of a plan that was just booked."""
    files = tuple(
        FileRecord(
            path=f.understood.path,
            kind=f.understood.kind,
            system=f.source.system,
            entity=f.source.entity,
            scope=f.source.scope,
            digest=f.digest,
            as_of=f.as_of,
            encoding=f.understood.encoding,
            sheet=f.understood.sheet,
            rows_read=f.understood.rows_read,
            rows_used=f.understood.rows_used,
        )
        for f in plan.files
    )
    return Record(
        files=files,
        counts=plan.counts(),
        left_out=dict(plan.left_out),
        refused=plan.refused,
        answers=tuple(sorted(plan.answers)),
        warnings=plan.warnings,
        new_customers=tuple(new_customers),
        customers_before={str(number): dict(fields) for number, fields in customers_before.items()},
        contacts=tuple(contacts),
        quality=sum((quality_of(file.understood) for file in plan.files), Quality(0, 0)),
    )


def write_record(record: Record) -> str:
    """Write a record as JSON, dates ISO."""
    return json.dumps(asdict(record), ensure_ascii=False, separators=(",", ":"), default=str)


def read_record(text: str) -> Record:
    """Read a record back."""
    told: dict[str, Any] = json.loads(text)
    files = []
    for row in told.get("files", ()):
        as_of = row.get("as_of")
        files.append(FileRecord(**{**row, "as_of": None if as_of is None else date.fromisoformat(as_of)}))
    return Record(
        files=tuple(files),
        counts=told.get("counts", {}),
        left_out=told.get("left_out", {}),
        refused=tuple(RefusedRow(**row) for row in told.get("refused", ())),
        answers=tuple(told.get("answers", ())),
        warnings=tuple(told.get("warnings", ())),
        new_customers=tuple(told.get("new_customers", ())),
        customers_before=told.get("customers_before", {}),
        contacts=tuple(told.get("contacts", ())),
        quality=Quality(**told["quality"]) if told.get("quality") else None,
    )
