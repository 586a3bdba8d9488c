"""What every write of an arrangement has in common: who does it, for whom, once, and what it may say."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Sequence
from typing import Required
from typing import TypedDict

from sqlalchemy import Engine

from arcore.arrangements import rules
from arcore.customers.queries import survivor_of
from arcore.customers.queries import with_merged
from arcore.customers.service import LONGEST_NOTE
from arcore.customers.service import find
from arcore.errors import BadInput
from arcore.store.unit import Actor
from arcore.store.unit import Facts
from arcore.store.unit import Unit
from arcore.store.unit import check_seen
from arcore.store.unit import commit
from arcore.store.unit import refuse_reader

GRACE_DAYS = 3
"""Bank days after the agreed day on which money still counts, unless said."""


class How(TypedDict, total=False):
    """Who does it, once; `seen` is the audit event that the page was drawn from."""

    actor: Required[Actor]
    key: str | None
    seen: int | None


class Previewed(How, total=False):
    """The same, maybe as a preview that keeps nothing; effects other than those `expected` raise BooksMoved."""

    dry_run: bool
    expected: Sequence[Facts] | None


def customer(unit: Unit, customer_id: int, seen: int | None) -> int:
    """Return the customer that the given one lives on in, once nobody else wrote about it."""
    find(unit, customer_id)
    survivor = survivor_of(unit.session, customer_id)
    for number in with_merged(unit.session, [survivor]):
        check_seen(unit, f"customer:{number}", seen)
    return survivor


def checked_name(text: str) -> str:
    """Return a name without blanks around it. Raises BadInput for one that is too long."""
    if len(text.strip()) > rules.LONGEST_NAME:
        msg = f"A name has at most {rules.LONGEST_NAME} characters"
        raise BadInput(msg, length=len(text))
    return text.strip()


def checked_text(text: str) -> str:
    """Return a note without blanks around it. Raises BadInput for one that is too long."""
    if len(text.strip()) > LONGEST_NOTE:
        msg = f"A note has at most {LONGEST_NOTE:,} characters"
        raise BadInput(msg, length=len(text))
    return text.strip()


def run(engine: Engine, verb: str, body: Callable[[Unit], Facts], content: Facts, how: Previewed | How) -> Facts:
    """Do a verb in one transaction. Raises NotAllowed for who may only look."""
    actor = how["actor"]
    refuse_reader(actor, "may look at promises and plans but not change them")
    return commit(
        engine,
        body,
        actor=actor,
        verb=verb,
        key=how.get("key"),
        content=content,
        dry_run=bool(how.get("dry_run", False)),
    )
