"""Which of several columns of dates is the document's, which the due date, which the payment's: by what they say."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import permutations
from typing import NamedTuple

from arcore.intake.traits import Traits
from arcore.intake.understood import Guessed

TERMS = range(-1, 181)
"""Days from a document to its due date that are usual."""
OLD = 15 * 365
"""Days that the documents of a list rarely span; birthdays and first days at work do."""
MOST = 8
"""So many columns of dates are weighed against each other."""


class Dates(NamedTuple):
    """The columns of dates that were told apart, what speaks for a list of documents and what against."""

    fields: dict[int, Guessed]
    evidence: list[str]
    against: list[str]


def guess_dates(columns: Sequence[Traits]) -> Dates:
    """Tell columns of dates apart; the first that is nearly full is the document's when nothing else says."""
    dated = [column for column in columns if column.is_dates][:MOST]
    full = _moving([column for column in dated if column.fill >= 0.8])
    if not full:
        return Dates({}, [], [])
    against = ["a column has days before 1980"] if any(column.is_old for column in columns) else _too_old(full)
    pair = _best_pair(full)
    if pair is None:
        issue = full[0]
        others = len(full) - 1
        why = "the only full column of dates" if not others else f"the first of {len(full)} columns of dates"
        fields = {issue.position: Guessed("issue_date", 0.75 if not others else 0.5, why)}
        if len(full) == len(("document", "due")):
            fields[full[1].position] = Guessed(
                "due_date", 0.35, "the second of two columns of dates, after no usual terms"
            )
        return Dates(fields | _paid(dated, issue, None), [], against)
    lags = _lags(pair.issue, pair.due)
    shown = f"{pair.usual} of {len(lags)} fall due {min(lags)} to {max(lags)} days after the document"
    fields = {
        pair.issue.position: Guessed("issue_date", 0.85, "dates before those of another column"),
        pair.due.position: Guessed("due_date", 0.85, shown),
    }
    repeated = len(set(lags)) * 2 <= len(lags) or len(lags) < 4
    evidence = ["due dates follow by usual terms" if repeated else "a second date follows the first"]
    return Dates(fields | _paid(dated, pair.issue, pair.due), evidence, against)


class _Pair(NamedTuple):
    issue: Traits
    due: Traits
    usual: int
    score: float


def _moving(full: list[Traits]) -> list[Traits]:
    """Leave out columns with one and the same date, such as the day of the report, where others have several."""
    several = [column for column in full if len(set(column.filled)) > 1]
    return several or full[:1]


def _too_old(full: Sequence[Traits]) -> list[str]:
    for column in full:
        days = sorted(day for day in column.days if day)
        tail = len(days) // 20
        span = (days[-1 - tail] - days[tail]).days if days else 0
        if span > OLD:
            return [f"the dates of a column span {span // 365} years"]
    return []


def _lags(issue: Traits, due: Traits) -> list[int]:
    return [(b - a).days for a, b in _both(issue, due)]


def _both(one: Traits, other: Traits) -> list[tuple[date, date]]:
    return [(a, b) for a, b in zip(one.days, other.days, strict=True) if a is not None and b is not None]


def _best_pair(full: Sequence[Traits]) -> _Pair | None:
    """Find document and due date: the second follows by usual terms in nearly all rows, and by few different ones."""
    best: _Pair | None = None
    for issue, due in permutations(full, 2):
        lags = _lags(issue, due)
        usual = sum(1 for lag in lags if lag in TERMS)
        if not lags or usual * 10 < len(lags) * 9 or not any(lag > 0 for lag in lags):
            continue
        later = sum(1 for lag in lags if lag > 3) / len(lags)
        score = usual / len(lags) + later - len(set(lags)) / len(lags)
        # Equals are in the order of a reader: of two columns that fit alike, the first counts.
        if best is None or score > best.score + 0.001:
            best = _Pair(issue, due, usual, score)
    return best


def _paid(dated: Sequence[Traits], issue: Traits, due: Traits | None) -> dict[int, Guessed]:
    """Find the date of payment: filled in some rows only, after the document, by many different lags."""
    for column in dated:
        if column in (issue, due) or not 0.03 <= column.fill <= 0.95:
            continue
        lags = _lags(issue, column)
        after = sum(1 for lag in lags if lag >= 0)
        if lags and after * 20 >= len(lags) * 19 and sum(1 for lag in lags if lag > 3) * 2 > len(lags):
            why = f"{len(column.filled)} of {len(column.cells)} are filled, after the document"
            return {column.position: Guessed("paid_date", 0.5, why)}
    return {}
