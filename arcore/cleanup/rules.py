"""What a decision can be about, and how its subject is written so that the same thing is found again."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Literal
from typing import NamedTuple
from typing import TypeAlias

from arcore.errors import BadInput

Section: TypeAlias = Literal["unapplied", "duplicate", "gap", "oddity", "same_customer"]
SECTIONS: tuple[Section, ...] = ("unapplied", "duplicate", "gap", "oddity", "same_customer")


class Run(NamedTuple):
    """Numbers of one series from `first` to `last`, both missing."""

    entity: str
    prefix: str
    first: int
    last: int


def credit_subject(item_id: int) -> str:
    """Write an unapplied credit that is left where it is."""
    return str(item_id)


def pair_subject(document_id: int, other_id: int) -> str:
    """Write two documents that are no duplicates of each other, whichever was named first."""
    low, high = sorted((document_id, other_id))
    return f"{low}~{high}"


def oddity_subject(what: str, document_id: int) -> str:
    """Write a document that may stay as it is although it is odd in this way."""
    return f"{what}:{document_id}"


def run_subject(run: Run) -> str:
    """Write a run of missing numbers that was explained."""
    return json.dumps([run.entity, run.prefix, run.first, run.last], ensure_ascii=False)


def run_of(subject: str) -> Run:
    """Read a run of missing numbers again."""
    entity, prefix, first, last = json.loads(subject)
    return Run(str(entity), str(prefix), int(first), int(last))


def check(section: str, subjects: Iterable[str], note: str) -> None:
    """Refuse a decision about nothing, or one whose reason is missing where it is all there is. Raises BadInput."""
    if section not in SECTIONS:
        msg = f"{section!r} is nothing to decide about; one of {', '.join(SECTIONS)}"
        raise BadInput(msg, section=section)
    if not list(subjects):
        msg = "Nothing was chosen"
        raise BadInput(msg, section=section)
    if section in ("gap", "unapplied") and not note.strip():
        msg = "Say why in a few words: the next one who looks will ask"
        raise BadInput(msg, section=section)
