"""Taking many documents back by the ledger's own void, read ahead in few queries; what hangs on them goes last.

A void by itself takes along what then hangs on nothing. Here that waits: an undo posts documents again that an import
had replaced, and what stood on them stands again.
"""

from __future__ import annotations

from collections.abc import Collection

from arcore.ledger import reversal
from arcore.ledger.journal import Journal


class Taker:
    """Voids documents, from their own days on, as corrections; `import_id` marks the rows that do it.

    Attributes:
        mirrors: the items of their voids.
    """

    def __init__(self, journal: Journal, import_id: int | None = None) -> None:
        """Start with nothing taken."""
        self.journal = journal
        self.import_id = import_id
        self.mirrors: list[int] = []
        self._released: list[reversal.Released] = []

    def load(self, document_ids: Collection[int]) -> None:
        """Read documents with their items and applications in few queries."""
        self.journal.load_documents(sorted(document_ids))

    def take(self, document_id: int) -> None:
        """Void a document unless it was taken back before. Raises RuleBroken when its balance was moved elsewhere."""
        if not self.journal.documents.taken_back(document_id):
            released = reversal.void_alone(self.journal, document_id, import_id=self.import_id)
            self._released.append(released)
            self._note(released.voids)

    def finish(self) -> None:
        """Void what hung on the documents alone and has nothing applied any more."""
        for released in self._released:
            for document_id in reversal.orphans(self.journal, released):
                if not self.journal.documents.taken_back(document_id):
                    self._note(reversal.void(self.journal, document_id, import_id=self.import_id))

    def _note(self, voids: Collection[int]) -> None:
        self.mirrors += [number for void in voids for number in self.journal.documents.items(void)]
