"""Every failure that a caller may expect, as one tree.

ArcoreError
├── Refused                   a rule or an input says no; nothing was written (exit code 2)
│   ├── BadInput              a file, a value or an option that can't be understood
│   ├── NotFound              the thing named does not exist
│   ├── RuleBroken            a rule of the books forbids it (crossing zero, wrong customer, …)
│   ├── AlreadyReversed       the row was reversed before
│   ├── KeyReused             an idempotency key came back with other content
│   ├── BooksMoved            the books changed since the plan was made
│   ├── NeedsAnswer           a question has to be answered before this can be committed
│   ├── Cancelled             somebody stopped it on the way
│   └── NotAllowed            the actor may not do this
└── Unavailable               the store can't be read or written now (exit code 1)

Each carries a `code` for scripts, a sentence for people and `details` for both.
"""

from __future__ import annotations

from typing import Any


class ArcoreError(Exception):
    """Something arcore expected might go wrong."""

    code = "error"

    def __init__(self, message: str, **details: Any) -> None:
        """Keep the sentence for people and the data behind it."""
        super().__init__(message)
        self.message = message
        self.details = details

    def as_dict(self) -> dict[str, Any]:
        """Return code, message and details as the command line prints them."""
        return {"code": self.code, "message": self.message, "details": self.details}


class Refused(ArcoreError):
    """A rule or an input says no; nothing was written."""

    code = "refused"


class BadInput(Refused):
    """A file, a value or an option that can't be understood."""

    code = "bad_input"


class NotFound(Refused):
    """The thing named does not exist."""

    code = "not_found"


class RuleBroken(Refused):
    """A rule of the books forbids it."""

    code = "rule_broken"


class AlreadyReversed(Refused):
    """The row was reversed before; nothing is reversed twice."""

    code = "already_reversed"


class KeyReused(Refused):
    """An idempotency key came back with other content."""

    code = "key_reused"


class BooksMoved(Refused):
    """The books changed since the plan was made."""

    code = "books_moved"


class NeedsAnswer(Refused):
    """A question has to be answered before this can be committed."""

    code = "needs_answer"


class Cancelled(Refused):
    """Somebody stopped it on the way; nothing was written."""

    code = "cancelled"


class NotAllowed(Refused):
    """The actor may not do this."""

    code = "not_allowed"


class Unavailable(ArcoreError):
    """The store can't be read or written now."""

    code = "unavailable"
