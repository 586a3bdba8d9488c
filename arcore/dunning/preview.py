"""Letters to look at before any leaves, of a customer or a made-up one; and the trial of a text before it is kept."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import replace
from datetime import date
from datetime import timedelta

from arcore.company.queries import Profile
from arcore.dunning import wording
from arcore.dunning.letters import Addressee
from arcore.dunning.letters import Broken
from arcore.dunning.letters import Letter
from arcore.dunning.letters import Person
from arcore.dunning.letters import compose
from arcore.dunning.policy import Policy
from arcore.dunning.proof import Debt
from arcore.dunning.proof import Pledge
from arcore.dunning.proof import Proof
from arcore.dunning.proof import prove
from arcore.dunning.wording import Text
from arcore.dunning.wording import Texts


@dataclass(frozen=True)
class Example:
    """A letter's circumstances: whose it is and what it is about; `made_up` ones belong to nobody."""

    customer: Addressee
    proof: Proof
    contact: Person | None = None
    broken: tuple[Broken, ...] = ()
    made_up: bool = False


def made_up(as_of: date, currency: str) -> Example:
    """Return a customer that does not exist, with all that a letter can tell of: a dispute, a promise kept half."""
    items = (_item(1, 31, 4_120_000, as_of, currency), _item(2, 23, 3_358_520, as_of, currency),
             _item(3, 14, 1_200_000, as_of, currency), _item(4, -12, 960_000, as_of, currency))  # fmt: skip
    pledges = [Pledge(currency, 500_000, (3,))]
    proof = prove(0, "main", as_of, items, disputed={2: 1_248_000}, planned=set(), pledges=pledges)
    broken = Broken(currency, 4_000_000, 1_000_000, as_of - timedelta(days=8))
    return Example(Addressee(0, "C0000", "Example Customer"), proof, broken=(broken,), made_up=True)


def write(
    example: Example, *, language: str, step: int, texts: Texts, policy: Policy, profile: Profile, actor_name: str,
    with_statement: bool = False,
) -> Letter:  # fmt: skip
    """Write an example's letter in a chosen language. Raises BadTemplate."""
    return compose(
        proof=example.proof,
        step=step,
        policy=policy,
        profile=profile,
        customer=replace(example.customer, language=language),
        contact=_Named(example.contact.name) if example.contact else None,
        texts=texts,
        as_of=example.proof.as_of,
        actor_name=actor_name,
        broken=example.broken,
        with_statement=with_statement,
    )


def try_out(text: Text, *, language: str, step: int, texts: Texts) -> None:
    """Raise BadTemplate for a text that can't be every letter: of one debt, of two currencies, of a broken promise."""
    wording.check(text)
    tried = texts.with_text(language, step, text)
    for example in _kinds(date(2026, 3, 31)):
        profile = Profile(name="Ours")
        write(example, language=language, step=step, texts=tried, policy=Policy(), profile=profile, actor_name="Ana")


@dataclass(frozen=True)
class _Named:
    """A contact whose own language does not matter: the one that is looked at is chosen."""

    name: str
    language: str = ""


def _kinds(as_of: date) -> tuple[Example, ...]:
    one = prove(0, "main", as_of, [_item(1, 60, 100, as_of, "EUR")], disputed={}, planned=set())
    two = [_item(1, 60, 100, as_of, "EUR"), _item(2, 9, 200, as_of, "USD")]
    both = prove(0, "main", as_of, two, disputed={}, planned=set())
    plain = Example(Addressee(0, "C1", "Example"), one)
    return (plain, replace(plain, proof=both, contact=_Named("Ana")), made_up(as_of, "EUR"))


def _item(number: int, late: int, units: int, as_of: date, currency: str) -> Debt:
    due = as_of - timedelta(days=late)
    dated = due - timedelta(days=30)
    return Debt(number, number, f"INV-{1000 + number}", "invoice", "main", currency, dated, due, due, units, units)
