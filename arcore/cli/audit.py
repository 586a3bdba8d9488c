"""Walk the audit chain: every hash covers its event and the hash before it."""

from __future__ import annotations

from arcore.cli import frame
from arcore.cli.verify import answer

EXAMPLE = "python -m arcore audit verify --store sqlite:///data/sample.db"


def verify() -> None:
    """Walk the audit chain from the first event to the last; exit code 1 when a link is broken."""
    from arcore.ledger.verify import verify_chain

    with frame.books(dry=True) as engine:
        answer([verify_chain(engine)])


COMMANDS = {"verify": verify}
