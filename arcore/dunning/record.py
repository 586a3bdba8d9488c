"""The proof as it is kept with a message, and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from dataclasses import fields
from datetime import date
from typing import Any

from arcore.dunning.proof import Claim
from arcore.dunning.proof import Debt
from arcore.dunning.proof import Proof

DEBT_DATES = ("document_date", "due_date", "original_due_date")
DEBT_NAMES = tuple(f.name for f in fields(Debt))


def as_facts(proof: Proof) -> dict[str, Any]:
    """Return a proof as JSON keeps it: amounts in minor units, dates ISO, and the ladder of each currency."""
    return {
        "customer_id": proof.customer_id,
        "entity": proof.entity,
        "as_of": proof.as_of.isoformat(),
        "claims": [asdict(claim) | {"debt": _debt(claim.debt)} for claim in proof.claims],
        "coming": [_debt(debt) for debt in proof.coming],
        "credits": [_debt(debt) for debt in proof.credits],
        "ladders": {currency: [list(line) for line in proof.ladder(currency)] for currency in proof.currencies()},
    }


def from_facts(facts: Mapping[str, Any]) -> Proof:
    """Return the proof that was kept."""
    return Proof(
        customer_id=facts["customer_id"],
        entity=facts["entity"],
        as_of=date.fromisoformat(facts["as_of"]),
        claims=tuple(Claim(**(claim | {"debt": _read(claim["debt"])})) for claim in facts["claims"]),
        coming=tuple(_read(debt) for debt in facts["coming"]),
        credits=tuple(_read(debt) for debt in facts["credits"]),
    )


def _debt(debt: Debt) -> dict[str, Any]:
    return asdict(debt) | {name: getattr(debt, name).isoformat() for name in DEBT_DATES}


def _read(kept: Mapping[str, Any]) -> Debt:
    values = {name: kept[name] for name in DEBT_NAMES if name in kept}
    return Debt(**values | {name: date.fromisoformat(kept[name]) for name in DEBT_DATES})
