"""New customers of a plan that look like others: the question, and the answers to it."""

from __future__ import annotations

import json
from typing import NamedTuple

SAME, OTHER = "same", "other"


class MaybeSame(NamedTuple):
    """A new customer that looks like another one; unanswered they are kept apart.

    Attributes:
        ref, other: the new one, and who it may be: one of the books, or one that the files told before it.
        score: how sure, out of 100, and `why` in words.
        items, open: how many items of the other one are open, and what they add up to by currency.
        answer: SAME, OTHER or "" as long as nobody said.
    """

    ref: int
    code: str
    name: str
    other: int
    other_code: str
    other_name: str
    score: int
    why: str
    items: int
    open: tuple[tuple[str, int], ...]
    answer: str = ""

    def id_of(self, answer: str) -> str:
        """Return the id of an answer, to be given with the answers of a plan."""
        return answer_id(answer, self.code, self.other_code)


def answer_id(answer: str, code: str, other_code: str) -> str:
    """Write that the customer of a code is the one of another code (SAME), or isn't (OTHER)."""
    return f"{answer}_customer:{json.dumps([code, other_code], ensure_ascii=False)}"
