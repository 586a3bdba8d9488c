"""What a settlement was, said by somebody: the unexplained document is voided and another stands in its place.

That one counts from the same day, closes the same items and remembers the settlement in its reference, so that a
receipt, credit note or write-off that arrives later replaces it just as it would have replaced the settlement.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from collections.abc import Collection
from collections.abc import Sequence
from datetime import date
from typing import Literal
from typing import NamedTuple
from typing import TypeAlias

from arcore.errors import AlreadyReversed
from arcore.errors import BadInput
from arcore.errors import RuleBroken
from arcore.ledger import reversal
from arcore.ledger.entry import ApplicationState
from arcore.ledger.entry import Entry
from arcore.ledger.entry import Part
from arcore.ledger.journal import Journal
from arcore.ledger.kinds import CREDIT
from arcore.ledger.kinds import FACTORED
from arcore.ledger.kinds import LISTED
from arcore.ledger.kinds import RECOVERY
from arcore.ledger.kinds import SNAPSHOT
from arcore.ledger.kinds import WRITE_OFF_REASONS
from arcore.store.books import Document

Explanation: TypeAlias = Literal["cash", "credit", "write_off", "factored"]
EXPLANATIONS: tuple[Explanation, ...] = ("cash", "credit", "write_off", "factored")
KIND_OF: dict[Explanation, str] = {
    "cash": "payment",
    "credit": "credit_note",
    "write_off": "write_off",
    "factored": "settlement",
}
"""What a settlement of a debt becomes."""
MARK = "instead of settlement "
"""How the reference of a document begins that somebody put in the place of a settlement."""
_MARKED = re.compile(rf"{MARK}(\d+) \(({LISTED}|{SNAPSHOT})(?: ([^;)]*))?; until (\d{{4}}-\d\d-\d\d)\)")


class Instead(NamedTuple):
    """The settlement that a document stands for: its id, reason and reference, the last day its cause may lie on."""

    settlement_id: int
    reason: str
    reference: str
    until: date


def instead_of(reference: str) -> Instead | None:
    """Read which settlement a document stands for from its reference; None for any other text."""
    found = _MARKED.fullmatch(reference)
    if found is None:
        return None
    number, reason, said, until = found.groups()
    return Instead(int(number), reason, said or "", date.fromisoformat(until))


def in_reference(stands: Instead) -> str:
    """Write which settlement a document stands for, as `instead_of` reads it."""
    said = f" {stands.reference}" if stands.reference else ""
    return f"{MARK}{stands.settlement_id} ({stands.reason}{said}; until {stands.until.isoformat()})"


def is_unexplained(document: Document) -> bool:
    """Tell whether a document is a settlement that a file implied and nobody explained."""
    return document.kind == "settlement" and document.reason in (LISTED, SNAPSHOT) and document.reverses_id is None


def classify(
    journal: Journal, settlement_ids: Sequence[int], explanation: Explanation, *, reason: str = ""
) -> list[int]:
    """Say what settlements were and return the documents that stand in their place, in the same order.

    `reason` is that of a write-off. Raises BadInput for an unknown explanation, RuleBroken for what is no unexplained
    settlement of a debt or was partly opened again, AlreadyReversed for one that was replaced before.
    """
    check_explanation(explanation, reason)

    def stands(document: Document) -> Entry:
        return _classified(document, explanation, reason)

    return [_replace(journal, number, is_unexplained, stands) for number in _loaded(journal, settlement_ids)]


def declassify(journal: Journal, document_ids: Sequence[int]) -> list[int]:
    """Make what somebody explained a settlement again; leaves alone what something real has replaced since."""
    return [
        _replace(journal, number, lambda document: instead_of(document.reference) is not None, _unexplained_again)
        for number in _loaded(journal, document_ids)
        if not journal.documents.taken_back(number)
    ]


def check_explanation(explanation: str, reason: str) -> None:
    """Refuse an explanation or a reason that there is not. Raises BadInput."""
    if explanation not in EXPLANATIONS:
        msg = f"A settlement can't be explained as {explanation!r}; one of {', '.join(EXPLANATIONS)}"
        raise BadInput(msg, explanation=explanation)
    reasons = [name for name in WRITE_OFF_REASONS if name != RECOVERY]
    if explanation == "write_off" and reason not in reasons:
        msg = f"{reason!r} is no reason for a write-off; one of {', '.join(reasons)}"
        raise BadInput(msg, reason=reason)


def _loaded(journal: Journal, document_ids: Sequence[int]) -> list[int]:
    wanted = list(dict.fromkeys(document_ids))
    if not wanted:
        msg = "Nothing was chosen"
        raise BadInput(msg)
    journal.load_documents(wanted)
    return wanted


def _classified(document: Document, explanation: Explanation, reason: str) -> Entry:
    stands = instead_of(document.reference) or Instead(
        document.id,
        document.reason,
        document.reference,
        document.document_date if document.reason == SNAPSHOT else document.recorded_at.date(),
    )
    said = {"write_off": reason, "factored": FACTORED}.get(explanation, "")
    return _entry(document, KIND_OF[explanation], said, in_reference(stands))


def _unexplained_again(document: Document) -> Entry:
    stands = instead_of(document.reference)
    assert stands is not None  # noqa: S101  only such documents come here
    # What a list implied keeps the day of that list; a snapshot's settlement carries its own.
    reference = stands.reference if stands.reason == SNAPSHOT else document.reference
    return _entry(document, "settlement", stands.reason, reference)


def _entry(document: Document, kind: str, reason: str, reference: str) -> Entry:
    return Entry(
        kind=kind,
        customer_id=document.customer_id,
        document_date=document.document_date,
        currency=document.currency,
        parts=(),
        number=document.number,
        entity=document.entity,
        effective_on=document.effective_on,
        side=CREDIT,
        reason=reason,
        reference=reference,
        # The file that implied it: undoing that import takes this back too.
        import_id=document.import_id,
    )


def _replace(
    journal: Journal, document_id: int, fits: Callable[[Document], bool], stands: Callable[[Document], Entry]
) -> int:
    """Void a document and post another one for it that closes the same items from the same days."""
    document = journal.documents.get(document_id)
    name = document.number or str(document.id)
    if not fits(document) or document.amount >= 0:
        msg = f"{name} is no settlement of a debt that could be explained"
        raise RuleBroken(msg, document=document_id)
    if journal.documents.taken_back(document_id):
        msg = f"The settlement of {name} was explained or replaced before"
        raise AlreadyReversed(msg, document=document_id)
    items = journal.items_of(document_id)
    closes = _in_force(journal, {item.id for item in items})
    if any(journal.item(one.to_item_id).kind == "settlement" for one in closes):
        msg = f"The debt that settlement {name} closed was opened again since: it can't be explained as a whole"
        raise RuleBroken(msg, document=document_id)
    entry = stands(document)
    reversal.void_alone(journal, document_id)
    posted = journal.post(entry._replace(parts=(_part(journal, entry, document, closes),)))
    for one in closes:
        journal.apply(posted.item_ids[0], one.to_item_id, one.amount, one.effective_on)
    return posted.document_id


def _part(journal: Journal, entry: Entry, document: Document, closes: Sequence[ApplicationState]) -> Part:
    """Return the one amount: a settlement falls due when what it closes does, anything else on its own day."""
    if entry.kind == "settlement" and closes:
        closed = journal.item(closes[0].to_item_id)
        return Part(-document.amount, closed.due_date, closed.original_due_date)
    return Part(-document.amount, document.document_date)


def _in_force(journal: Journal, item_ids: Collection[int]) -> list[ApplicationState]:
    found = {a.id: a for number in item_ids for a in journal.applications_of(journal.item(number))}
    return [a for _, a in sorted(found.items()) if a.in_force and a.amount and a.from_item_id in item_ids]
