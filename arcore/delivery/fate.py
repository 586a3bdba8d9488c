"""What became of a message."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from typing import TypeAlias

State: TypeAlias = Literal["sent", "refused", "unknown"]
Cause: TypeAlias = Literal["", "way", "address", "message", "later"]


@dataclass(frozen=True)
class Fate:
    """What became of a message, in words for people (the server's own among them; they may hold addresses).

    Attributes:
        state: sent (somebody took it for at least one recipient, or the file is there), refused (it certainly did
            not leave), unknown (it may have arrived: never send it again without asking a person).
        words: one sentence; for a sent message it names each recipient who was refused.
        cause: why it was refused. "way": nothing can leave now (no line, no login, a bad certificate, no right to
            send), so a run should stop; "address": no recipient will ever be taken; "message": this very message;
            "later": the server asks to come again.
        refused: the recipients who were refused, each with the server's words.
        file: the path of the file, when it left as one.
    """

    state: State
    words: str
    cause: Cause = ""
    refused: tuple[tuple[str, str], ...] = ()
    file: str = ""
