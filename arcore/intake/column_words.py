"""Columns of words that say what a row is: its type, its state, whether it was deleted; each word looked up once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from collections.abc import Sequence

from arcore.intake import words
from arcore.intake.synonyms import squash

MOST_SAID = 6
"""So many unknown words are named in warnings."""


def how_many(count: int, what: str = "row") -> str:
    """Write a number with its noun: "1 row", "5 rows"."""
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}s"


def kinds_of(cells: Sequence[str], default_kind: str, types: Mapping[str, str], warnings: list[str]) -> list[str]:
    """Return the ledger kind of each row by its type; a type that is not known adds a warning."""
    known: dict[str, str] = {}
    for cell, count in Counter(cells).items():
        kind = types.get(squash(cell)) or words.type_of(cell)
        if kind == words.NOT_RECEIVABLE and default_kind == "payment" and cell.casefold() in {"check", "cheque"}:
            kind = "payment"
        known[cell] = kind or default_kind
        if cell and not kind and len(warnings) < MOST_SAID:
            warnings.append(f"The type “{cell}” ({how_many(count)}) is not known; the sign of the amount decides.")
    return list(map(known.__getitem__, cells))


def states_of(cells: Sequence[str], header: str, told: Mapping[str, str], warnings: list[str]) -> list[str]:
    """Read a status column; yes and no mean what the header asks ("Open": yes is open; "Paid": yes is paid)."""
    asks_open = header.casefold().strip() in {"open", "isopen", "is open", "is_open", "offen"}
    known: dict[str, str] = {}
    for cell, count in Counter(cells).items():
        state = told.get(squash(cell)) or words.state_of(cell)
        answer = words.is_yes(cell) if cell and not state else None
        if answer is not None:
            state = words.OPEN if answer is asks_open else words.PAID
        known[cell] = state
        if cell and not state and len(warnings) < MOST_SAID:
            warnings.append(f"The status “{cell}” ({how_many(count)}) is not known; it is not used.")
    return list(map(known.__getitem__, cells))


def gone(deleted: str, current: str) -> bool:
    """Tell whether a row is deleted or superseded, by the flags of databases."""
    return (bool(deleted) and words.is_yes(deleted) is True) or (bool(current) and words.is_yes(current) is False)
