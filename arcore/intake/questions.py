"""What has to be asked before a snapshot's silence is taken for payment."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Sequence
from datetime import date
from fractions import Fraction

from arcore.intake.changes import Ref
from arcore.intake.lastword import Word
from arcore.intake.understood import Question
from arcore.money import grouped

MOST_VANISHED = Fraction(20, 100)
"""A larger share gone, by count or amount, is asked about."""
MANY_ITEMS = 5
LARGE_SHARE = Fraction(5, 100)
"""A customer with that many open items, or that share of the balance, is asked about when all of it is gone."""


def silence(
    expected: Sequence[Word], gone: Sequence[Word], name_of: Callable[[Ref], tuple[str, str]]
) -> list[Question]:
    """Return the questions that a snapshot raises by what it does not list.

    `expected` are the open documents that it should list, `gone` those of them that it does not; `name_of` gives a
    customer's code and name. Amounts are compared within their currency.
    """
    if not gone:
        return []
    return [*_too_many(expected, gone), *_absent(expected, gone, name_of)]


def alone(day: date) -> Question:
    """Say that an older snapshot has to be imported without lists: they say what is true today, not on its day."""
    text = (
        f"This snapshot of {day.isoformat()} is older than the newest of its source. Import it by itself, "
        "and the other files after it."
    )
    return Question("older_with_others", text)


def ended(day: date, customers: Sequence[str]) -> Question:
    """Refuse an older snapshot where what closed what for a while can't be told over again."""
    more = [f"{len(customers) - SHOWN:,} others"] if len(customers) > SHOWN else []
    named = " and ".join([*customers[:SHOWN], *more])
    text = (
        f"This snapshot of {day.isoformat()} is older than the newest of its source, and of {named} documents were "
        "revised, voided or booked here after a match of theirs had ended: what closed what then can't be told over "
        "again for sure. Undo the newer imports of this source and import the files in the order of their days."
    )
    return Question("older_ended", text)


def amounts(day: date, numbers: Sequence[str]) -> Question:
    """Refuse an older snapshot with another full amount: whether a later file told its own one can't be known."""
    text = (
        f"This snapshot of {day.isoformat()} is older than the newest of its source and tells another full amount of "
        f"{_named(numbers)}: whether later files told the full amount or only what was open of it can't be told any "
        "more. Undo the newer imports of this source and import the files in the order of their days."
    )
    return Question("older_amounts", text)


def redated(day: date, numbers: Sequence[str]) -> Question:
    """Refuse an older snapshot where a document was redated and revised, or gone for a while, and credits matched."""
    text = (
        f"This snapshot of {day.isoformat()} is older than the newest of its source, and {_named(numbers)} had another "
        "due date and another amount, or was gone, while credits were matched: what closed what can't be told over "
        "again for sure. Undo the newer imports of this source and import the files in the order of their days."
    )
    return Question("older_redated", text)


def _named(numbers: Sequence[str]) -> str:
    more = [f"{len(numbers) - SHOWN:,} others"] if len(numbers) > SHOWN else []
    return ", ".join([*numbers[:SHOWN], *more])


SHOWN = 3
"""So many customers or documents are named in a question."""
AS_OF = Question("as_of", "The file lists what is open but does not say as of which day. Which day is it?")


def _too_many(expected: Sequence[Word], gone: Sequence[Word]) -> Iterator[Question]:
    by_count = Fraction(len(gone), len(expected)) > MOST_VANISHED
    before, lost = _sums(expected), _sums(gone)
    by_amount = [c for c, amount in lost.items() if before[c] and Fraction(amount, before[c]) > MOST_VANISHED]
    if not by_count and not by_amount:
        return
    amounts = " and ".join(
        f"{grouped(lost[currency], currency)} of {grouped(before[currency], currency)} {currency}"
        for currency in sorted(lost)
    )
    items = "open item" if len(expected) == 1 else "open items"
    verb = "is" if len(gone) == 1 else "are"
    text = f"{len(gone)} of {len(expected)} {items} {verb} not in this file ({amounts}). Is it complete?"
    yield Question("vanished", text)


def _absent(
    expected: Sequence[Word], gone: Sequence[Word], name_of: Callable[[Ref], tuple[str, str]]
) -> Iterator[Question]:
    balance = _sums(expected)
    items, missing = _by_customer(expected), _by_customer(gone)
    for customer, words in missing.items():
        if len(words) < len(items[customer]):
            continue
        lost = _sums(words)
        large = any(Fraction(amount, balance[c]) >= LARGE_SHARE for c, amount in lost.items() if balance[c])
        if len(words) >= MANY_ITEMS or large:
            code, name = name_of(customer)
            amounts = " and ".join(
                f"{grouped(amount, currency)} {currency}" for currency, amount in sorted(lost.items())
            )
            have = f"the one open item ({amounts}) is"
            if len(words) > 1:
                have = f"all {len(words)} open items ({amounts}) are"
            yield Question(f"customer_absent:{code}", f"{name}: {have} not in this file. Has all of it been paid?")


def _sums(words: Sequence[Word]) -> dict[str, int]:
    """Add up what was open by currency, debits and credits alike."""
    found: dict[str, int] = defaultdict(int)
    for word in words:
        found[word.currency] += abs(word.open_or_amount)
    return found


def _by_customer(words: Sequence[Word]) -> dict[Ref, list[Word]]:
    found: dict[Ref, list[Word]] = defaultdict(list)
    for word in words:
        found[word.customer].append(word)
    return found
