"""The debts of a letter by currency, with the sums under them; text, HTML and PDF all write these."""

from __future__ import annotations

from dataclasses import dataclass

from arcore.dunning.proof import TAKEN_OFF
from arcore.dunning.proof import Claim
from arcore.dunning.proof import Proof


@dataclass(frozen=True)
class Listing:
    """The debts of one currency that a letter lists, oldest first; minor units.

    open = disputed + what else is left out + asked, line by line and in the total.
    """

    currency: str
    claims: tuple[Claim, ...]

    @property
    def invoiced(self) -> int:
        """Return what the debts were for."""
        return sum(claim.debt.invoiced for claim in self.claims)

    @property
    def open(self) -> int:
        """Return what is open of them."""
        return sum(claim.debt.open for claim in self.claims)

    @property
    def asked(self) -> int:
        """Return what the letter asks for."""
        return sum(claim.claimed for claim in self.claims)

    def taken(self, what: str) -> int:
        """Return what one of proof.TAKEN_OFF takes off."""
        return sum(getattr(claim, what) for claim in self.claims)

    @property
    def left_out(self) -> tuple[tuple[str, int], ...]:
        """Return what lowers what is asked, in the order of the proof, without zeros."""
        return tuple((what, self.taken(what)) for what in TAKEN_OFF if self.taken(what))


def listings(proof: Proof, first_days: int) -> tuple[Listing, ...]:
    """Return the debts at least `first_days` late by currency; a currency of which nothing is asked is left out."""
    found: dict[str, list[Claim]] = {}
    for claim in proof.claims:
        if claim.days_late >= first_days:
            found.setdefault(claim.debt.currency, []).append(claim)
    made = (Listing(currency, tuple(claims)) for currency, claims in sorted(found.items()))
    return tuple(listing for listing in made if listing.asked)
