"""What documents are called: numbers and references, read for the documents that are shown."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import Engine
from sqlalchemy import select
from sqlmodel import col

from arcore.store.books import Document
from arcore.store.chunks import chunks
from arcore.store.engine import reading

CHUNK = 10_000


class DocumentText(NamedTuple):
    """What people call a document."""

    number: str
    reference: str
    po_number: str

    def label(self, document_id: int, kind: str) -> str:
        """Return the number, or kind and id where there is none."""
        return self.number or f"{kind} {document_id}"


def document_texts(engine: Engine, document_ids: Iterable[int]) -> dict[int, DocumentText]:
    """Return number, reference and PO number by document id."""
    found: dict[int, DocumentText] = {}
    with reading(engine) as session:
        for ids in chunks(map(int, document_ids), CHUNK):
            rows = session.execute(
                select(col(Document.id), col(Document.number), col(Document.reference), col(Document.po_number)).where(
                    col(Document.id).in_(ids)
                )
            )
            found.update({row.id: DocumentText(row.number, row.reference, row.po_number) for row in rows})
    return found
