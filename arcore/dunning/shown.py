"""The letter of one customer before it leaves, beside the proof of what it asks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Engine

from arcore.company.queries import profile_in
from arcore.dunning.due import Row
from arcore.dunning.due import reminders
from arcore.dunning.letters import Letter
from arcore.dunning.policy import FRIENDLY
from arcore.dunning.preparing import write_letter
from arcore.dunning.proof import Proof
from arcore.errors import NotFound
from arcore.reports.queries import book
from arcore.store.engine import reading


@dataclass(frozen=True)
class Shown:
    """A customer's reminder as it would leave now.

    Attributes:
        row: the decision with its reason.
        step: the step that the letter is written for; for one that is held back the step that would come next.
        proof: what the letter asks for; `row.proof` has every overdue debt.
        ladders: by currency the way from open to asked, and the same as one line.
        letter: None when nothing is left to ask for.
    """

    row: Row
    step: int
    proof: Proof
    ladders: tuple[tuple[str, tuple[tuple[str, int], ...], str], ...]
    letter: Letter | None


def shown(
    engine: Engine, *, customer_id: int, entity: str, as_of: date, actor_name: str, with_statement: bool = False
) -> Shown:
    """Return the letter and the proof of one customer. Raises NotFound when it owes nothing overdue."""
    asked = ("letter", customer_id, entity, as_of, actor_name, with_statement)
    return book(engine).remembered(
        asked, lambda: _shown(engine, customer_id, entity, as_of, actor_name, with_statement=with_statement)
    )


def _shown(
    engine: Engine, customer_id: int, entity: str, as_of: date, actor_name: str, *, with_statement: bool
) -> Shown:
    found = reminders(engine, as_of)
    row = found.row(customer_id, entity)
    if row is None:
        raise NotFound("This customer owes nothing that is overdue", customer=customer_id, entity=entity)
    policy, letter = found.policy, None
    proof = row.proof.from_step(policy.step(FRIENDLY).days)
    step = row.step or min(row.standing.delivered + 1, len(policy.steps))
    if proof.claimed():
        with reading(engine) as session:
            letter = write_letter(
                session,
                proof=proof,
                step=step,
                policy=policy,
                profile=profile_in(session),
                reach=row.standing.reach,
                actor_name=actor_name,
                with_statement=with_statement,
            )
    ladders = tuple((code, proof.ladder(code), proof.in_words(code)) for code in proof.currencies())
    return Shown(row, step, proof, ladders, letter)
