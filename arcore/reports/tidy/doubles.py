"""Invoices that may have been booked twice: same customer and amount, days close together, numbers that look alike."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from rapidfuzz.distance import OSA
from sqlalchemy import Engine

from arcore.analytics.columns import Bools
from arcore.analytics.columns import Ints
from arcore.analytics.twins import twins
from arcore.cleanup.queries import decisions
from arcore.cleanup.queries import pair_subject
from arcore.reports.filters import Filters
from arcore.reports.surroundings import Surroundings
from arcore.reports.tidy.listing import Listing
from arcore.reports.tidy.listing import within
from arcore.reports.tidy.register import Register
from arcore.reports.tidy.register import Undone
from arcore.reports.tidy.register import numbers
from arcore.reports.tidy.register import register
from arcore.reports.tidy.register import standing
from arcore.reports.tidy.register import undone
from arcore.reports.view import View
from arcore.reports.view import view

NEAR = 31
"""Documents further apart are no twins: the next month's invoice may well be of the same amount."""
LONG_TAIL = 3
"""A shared ending counts from so many digits on."""
MOST_COMPARED = 50_000
MOST_FOLLOWED = 20_000
"""With more new documents than this all are compared anew."""
REASONS = (
    "The same number twice",
    "The same number, written differently",
    "The same but for letters",
    "The same ending, one has more in front",
    "One keystroke apart, same day",
    "No number, same day",
)
"""Why two documents are taken for twins, the surest first."""
SAME, ALIKE, LETTERS, ENDING, KEYSTROKE, UNNUMBERED = range(len(REASONS))


class Keys(NamedTuple):
    """Numbers reduced to what people mean by them, as codes: equal codes, equal text."""

    raw: Ints
    plain: Ints
    digits: Ints
    tail: Ints
    texts: pa.Array
    letters: pa.Array
    tails: pa.Array


class _Pairs(NamedTuple):
    """Rows of both documents of each pair, the amount, and why."""

    one: Ints
    other: Ints
    amount: Ints
    why: Ints


class _Known(NamedTuple):
    """The pairs of a version of the books: its customers, its last document, and what was taken back by then."""

    around: Surroundings
    upto: int
    gone: Ints
    pairs: _Pairs


@dataclass(frozen=True, eq=False)
class Doubles:
    """Pairs of documents: `earlier` and `later` have an entry each, in the same order; amounts are the later one's."""

    earlier: Listing
    later: Listing

    def __len__(self) -> int:
        return len(self.later)

    def only(self, chosen: Bools | Ints) -> Doubles:
        """Keep some of the pairs, in the order given."""
        return Doubles(self.earlier.only(chosen), self.later.only(chosen))

    def subjects(self) -> list[str]:
        """Return how each pair is named in a decision."""
        pairs = zip(self.earlier.document_ids.tolist(), self.later.document_ids.tolist(), strict=True)
        return [pair_subject(one, other) for one, other in pairs]


def doubles(engine: Engine, filters: Filters) -> Doubles:
    """Return pairs that nobody has looked at yet, among documents dated up to the as-of day, the largest first."""
    seen = view(engine, filters)
    found: Doubles = seen.book.remembered(("doubles", filters.key()), lambda: _doubles(engine, seen))
    decided = decisions(engine, "duplicate")
    if not decided:
        return found
    return found.only(np.array([subject not in decided for subject in found.subjects()], np.bool_))


def _doubles(engine: Engine, seen: View) -> Doubles:
    columns = seen.columns
    found = _every_pair(engine, seen)
    dated = (columns.doc_day[found.one] <= seen.as_of) & (columns.doc_day[found.other] <= seen.as_of)
    hit = np.flatnonzero(dated & within(seen, found.one) & within(seen, found.other))
    later = Listing(seen, found.other[hit], found.amount[hit], found.why[hit], REASONS)
    earlier = Listing(seen, found.one[hit], found.amount[hit], found.why[hit], REASONS)
    worth = seen.in_currency(later.amount, later.row, seen.reporting).units
    order = np.lexsort((earlier.row, later.row, later.what, -np.abs(worth)))
    return Doubles(earlier.only(order), later.only(order))


def _every_pair(engine: Engine, seen: View) -> _Pairs:
    """Find the pairs of the whole book, of any day; a later version looks only where documents came or went."""
    book = seen.book
    if seen.filters.known_at is not None:
        return _pairs(engine, seen, _sold(register(engine, seen)))
    gone = undone(engine, book).ids
    known: _Known | None = book.carried.last("doubles")
    if known is None or known.around is not book.around or known.upto > book.reach.document:
        found = _pairs(engine, seen, _sold(register(engine, seen)))
    elif known.upto == book.reach.document:
        return known.pairs
    else:
        found = _followed(engine, seen, known)
    book.carried.keep("doubles", _Known(book.around, book.reach.document, gone, found))
    return found


def _followed(engine: Engine, seen: View, known: _Known) -> _Pairs:
    """Find pairs anew wherever a document was added or taken back since: at the same customer and amount."""
    columns, now = seen.columns, register(engine, seen)
    left = np.setdiff1d(undone(engine, seen.book).ids, known.gone)
    moved = columns.document_id > known.upto
    if len(left) and left[0] <= known.upto:
        moved |= np.isin(columns.document_id, left)
    touched = standing(columns, Undone(known.upto, known.gone), moved)
    sold = _sold(now)
    if len(touched.row) > MOST_FOLLOWED:
        return _pairs(engine, seen, sold)
    amounts, homes = np.unique(touched.amount), np.unique(_home(seen, touched.row))
    sold = sold[_among(now.amount[sold], amounts)]
    again = _pairs(engine, seen, sold[_among(_home(seen, now.row[sold]), homes)])
    before = known.pairs
    stays = ~(_among(before.amount, amounts) & _among(_home(seen, before.one), homes))
    one, other, amount, why = (np.concatenate((old[stays], new)) for old, new in zip(before, again, strict=True))
    return _Pairs(one, other, amount, why)


def _sold(book: Register) -> Ints:
    """Return the places of what was sold for some amount."""
    places: Ints = book.sold[book.amount[book.sold] != 0]
    return places


def _among(values: Ints, chosen: Ints) -> Bools:
    """Tell which values are among a few that ascend."""
    if len(chosen) == 0:
        return np.zeros(len(values), np.bool_)
    found: Bools = chosen[np.minimum(np.searchsorted(chosen, values), len(chosen) - 1)] == values
    return found


def _home(seen: View, row: Ints) -> Ints:
    """Return customer, entity and currency of items as one number."""
    columns, currencies = seen.columns, len(seen.currencies)
    places = max(1, len(seen.book.entities) * currencies)
    who: Ints = seen.book.around.customers.survivor[columns.customer[row]].astype(np.int64)
    return who * places + columns.entity[row].astype(np.int64) * currencies + columns.currency[row]


def _pairs(engine: Engine, seen: View, sold: Ints) -> _Pairs:
    """Find the pairs among some documents, places in the register."""
    book, columns = register(engine, seen), seen.columns
    row, amount = book.row[sold], book.amount[sold]
    one, other = twins(_home(seen, row), amount, columns.doc_day[row].astype(np.int64), days=NEAR)
    used, place = np.unique(np.concatenate((one, other)), return_inverse=True)
    keys = keys_of(numbers(engine, seen.book).of(columns.document_id[row[used]]))
    same_day = columns.doc_day[row[one]] == columns.doc_day[row[other]]
    why = alike(keys, place[: len(one)], place[len(one) :], same_day)
    hit = np.flatnonzero(why >= 0)
    return _Pairs(row[one[hit]], row[other[hit]], amount[other[hit]], why[hit])


def keys_of(texts: pa.Array) -> Keys:
    """Reduce numbers: capitals, no leading zeros, no signs; "inv 001" and "INV-1" are one."""
    upper = pc.utf8_upper(texts)
    plain = pc.replace_substring_regex(upper, r"(^|[^0-9])0+([0-9])", r"\1\2")
    plain = pc.replace_substring_regex(plain, r"[^0-9\pL]", "")
    letters = pc.replace_substring_regex(plain, r"[0-9]", "")
    tails = pc.replace_substring_regex(pc.replace_substring_regex(upper, r"^.*?([0-9]*)[^0-9]*$", r"\1"), r"^0+", "")
    digits = pc.replace_substring_regex(plain, r"[^0-9]", "")
    return Keys(_codes(texts), _codes(plain), _codes(digits), _codes(tails), texts, letters, tails)


def alike(keys: Keys, one: Ints, other: Ints, same_day: Bools) -> Ints:
    """Return why two numbers are taken for one, as a position in REASONS; −1 where they are not."""
    why = np.full(len(one), -1, np.int64)
    length = np.asarray(pc.utf8_length(keys.texts), np.int64)
    lettered = np.asarray(pc.utf8_length(keys.letters), np.int64) > 0
    tail = np.asarray(pc.utf8_length(keys.tails), np.int64)
    letters = _codes(keys.letters)
    none = length == 0
    both, neither = ~none[one] & ~none[other], none[one] & none[other]
    more = length[one] != length[other]
    tests = (
        (UNNUMBERED, neither & same_day),
        (ENDING, both & more & (keys.tail[one] == keys.tail[other]) & (tail[one] >= LONG_TAIL) & _suffix(
            keys.texts, one, other)),
        (LETTERS, both & (keys.digits[one] == keys.digits[other]) & (tail[one] > 0)
            & ((letters[one] == letters[other]) | (lettered[one] != lettered[other]))),
        (ALIKE, both & (keys.plain[one] == keys.plain[other])),
        (SAME, both & (keys.raw[one] == keys.raw[other])),
    )  # fmt: skip
    for reason, fits in tests:
        why[fits] = reason
    near = np.flatnonzero(both & same_day & (why < 0))[:MOST_COMPARED]
    for at in _keystrokes(keys.texts, one, other, near):
        why[at] = KEYSTROKE
    return why


def _suffix(texts: pa.Array, one: Ints, other: Ints) -> Bools:
    """Tell where one text ends with the other."""
    found = np.zeros(len(one), np.bool_)
    if len(one) > MOST_COMPARED:
        return found
    pairs = zip(texts.take(pa.array(one)).to_pylist(), texts.take(pa.array(other)).to_pylist(), strict=True)
    for at, (left, right) in enumerate(pairs):
        found[at] = bool(left and right and (left.endswith(right) or right.endswith(left)))
    return found


def _keystrokes(texts: pa.Array, one: Ints, other: Ints, near: Ints) -> Iterator[int]:
    """Give the pairs that differ by two swapped signs, or by one too many; numbers one after the other are none."""
    left, right = texts.take(pa.array(one[near])).to_pylist(), texts.take(pa.array(other[near])).to_pylist()
    for at, a, b in zip(near.tolist(), left, right, strict=True):
        swapped = len(a) == len(b) and sorted(a) == sorted(b)
        if (swapped or abs(len(a) - len(b)) == 1) and OSA.distance(a, b, score_cutoff=1) == 1:
            yield at


def _codes(texts: pa.Array) -> Ints:
    encoded = texts.dictionary_encode()
    return np.asarray(encoded.indices, np.int64)
