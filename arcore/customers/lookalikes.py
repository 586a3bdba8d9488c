"""Find customers that may be the same among many: only those whose names or marks could agree are compared.

Pure: who is compared comes as `Someone`. 5,000 new customers beside 100,000 known ones take about a second.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from functools import lru_cache
from operator import attrgetter
from typing import NamedTuple
from typing import TypeAlias

import numpy as np
from rapidfuzz.distance import OSA
from rapidfuzz.process import cdist

from arcore.customers.likeness import LONG_WORD
from arcore.customers.likeness import ONLY_WORD
from arcore.customers.likeness import Folded
from arcore.customers.likeness import Likeness
from arcore.customers.likeness import TaxMark
from arcore.customers.likeness import best
from arcore.customers.likeness import compared
from arcore.customers.likeness import fold
from arcore.customers.likeness import mail_domain
from arcore.customers.likeness import phone_mark
from arcore.customers.likeness import tax_mark

CROWD = 3
"""A phone number or a domain of more customers than these says nothing: a group, a broker, an accountant."""
PART = 2_000
"""Names compared with a block at once: keeps the table of distances small."""
BY_PHONE, BY_MAIL, BY_DOMAIN, BY_TAX = 88, 90, 72, 98
"""Scores of the marks beside the name."""
OTHER_TAX = 45
"""So much less likely are two with different tax numbers the same."""
LEAST = 50
"""Pairs below this are not told."""


class Someone(NamedTuple):
    """A customer to compare; `names` are what it is called and was called before, the present one first."""

    ref: int
    names: tuple[str, ...]
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    tax_numbers: tuple[str, ...] = ()


class Pair(NamedTuple):
    """Two that may be the same: `ref` looks like `other`; score out of 100 and the reason in words."""

    ref: int
    other: int
    score: int
    why: str


def beside(new: Sequence[Someone], known: Sequence[Someone]) -> list[Pair]:
    """Return who of `new` looks like somebody known or like somebody new before it, the surest first."""
    if not new:
        return []
    found: dict[tuple[int, int], list[Likeness]] = defaultdict(list)
    order = {one.ref: place for place, one in enumerate(new)}
    everybody = [*known, *new]
    for ref, other, likeness in (*_by_name(new, everybody), *_by_mark(new, everybody), *_by_tax(new, everybody)):
        if other not in order or order[other] < order[ref]:
            found[ref, other].append(likeness)
    return _pairs(found, _tax_marks(everybody))


def _weighed(likeness: Likeness | None, mine: Sequence[TaxMark], theirs: Sequence[TaxMark]) -> Likeness | None:
    """Let different tax numbers speak against two, however alike they look; None for what is left below LEAST."""
    if likeness is None or not mine or not theirs or any(a.equals(b) for a in mine for b in theirs):
        return likeness
    if not any(a.differs(b) for a in mine for b in theirs):
        return likeness
    score = likeness.score - OTHER_TAX
    return Likeness(score, f"{likeness.why}, but another tax number") if score >= LEAST else None


@lru_cache(maxsize=2)
def among(everybody: tuple[Someone, ...]) -> tuple[Pair, ...]:
    """Return which two of all may be the same: the later one looks like the earlier one, the surest first."""
    return tuple(beside(everybody, ()))


def _pairs(found: Mapping[tuple[int, int], Sequence[Likeness]], numbers: Mapping[int, Sequence[TaxMark]]) -> list[Pair]:
    pairs = [
        Pair(ref, other, likeness.score, likeness.why)
        for (ref, other), told in found.items()
        if (likeness := _weighed(best(told), numbers.get(ref, ()), numbers.get(other, ()))) is not None
    ]
    return sorted(pairs, key=lambda pair: (-pair.score, pair.ref, pair.other))


# --- by name ----------------------------------------------------------------------------------------------------------


class _Called(NamedTuple):
    ref: int
    name: Folded


_Found: TypeAlias = dict[tuple[int, int], Likeness]
_Key: TypeAlias = tuple[str, str, str]
"""How a name could agree with another: the way, the words that are equal, and what is equal of the one that is not."""


def _by_name(new: Sequence[Someone], everybody: Sequence[Someone]) -> Iterable[tuple[int, int, Likeness]]:
    ours, theirs = _called(new), _called(everybody)
    found: _Found = {}
    _spelt_alike(found, ours, theirs)
    _with_slips(found, ours, theirs)
    _abbreviated(found, ours, theirs)
    return [(ref, other, likeness) for (ref, other), likeness in found.items()]


def _called(people: Iterable[Someone]) -> list[_Called]:
    return [
        _Called(one.ref, folded) for one in people for name in dict.fromkeys(one.names) if (folded := fold(name)).words
    ]


def _keep(found: _Found, one: _Called, other: _Called) -> None:
    likeness = compared(one.name, other.name) if one.ref != other.ref else None
    if likeness is not None:
        before = found.get((one.ref, other.ref))
        if before is None or before.score < likeness.score:
            found[one.ref, other.ref] = likeness


def _spelt_alike(found: _Found, ours: Sequence[_Called], theirs: Sequence[_Called]) -> None:
    """Take names of the same words in any order, and of the same letters without blanks."""
    for spelling in (attrgetter("key"), attrgetter("compact")):
        wanted: dict[str, list[_Called]] = defaultdict(list)
        for one in ours:
            wanted[spelling(one.name)].append(one)
        for other in theirs:
            for one in wanted.get(spelling(other.name), ()):
                _keep(found, one, other)


def _with_slips(found: _Found, ours: Sequence[_Called], theirs: Sequence[_Called]) -> None:
    """Take names that differ by a slip in one word: its beginning or its end is the same then."""
    wanted: dict[_Key, list[tuple[str, _Called]]] = defaultdict(list)
    for one in ours:
        for key, word in _slip_keys(one.name):
            wanted[key].append((word, one))
    met: dict[_Key, list[tuple[str, _Called]]] = defaultdict(list)
    for other in theirs:
        for key, word in _slip_keys(other.name):
            if key in wanted:
                met[key].append((word, other))
    for key, candidates in met.items():
        mine = wanted[key]
        if len(mine) == 1 and len(candidates) == 1 and mine[0][0] == candidates[0][0]:
            continue
        for start in range(0, len(mine), PART):
            part = mine[start : start + PART]
            words = [word for word, _ in part], [word for word, _ in candidates]
            far = cdist(*words, scorer=OSA.distance, score_cutoff=1, dtype=np.uint8, workers=1)
            for row, column in zip(*np.nonzero(far == 1), strict=True):
                _keep(found, part[int(row)][1], candidates[int(column)][1])


def _slip_keys(name: Folded) -> Iterator[tuple[_Key, str]]:
    alone = len(name.words) == 1
    least, ends = (ONLY_WORD, 3) if alone else (LONG_WORD, 2)
    for place, word in enumerate(name.words):
        if len(word) >= least and word.isalpha():
            rest = _rest(name, place)
            yield ("begins", rest, word[:ends]), word
            yield ("ends", rest, word[0] + word[-ends:]), word


def _abbreviated(found: _Found, ours: Sequence[_Called], theirs: Sequence[_Called]) -> None:
    """Take names of which one has a word cut short."""
    cut = {id(one): one for one in (*ours, *theirs) if len(one.name.words) > 1 and _is_cut(one.name)}
    short: dict[_Key, list[_Called]] = defaultdict(list)
    for one in cut.values():
        for key in _cut_keys(one.name, only_cut=True):
            short[key].append(one)
    if not short:
        return
    mine = {id(one) for one in ours}
    for full in {id(one): one for one in (*ours, *theirs)}.values():
        for key in _cut_keys(full.name, only_cut=False) if len(full.name.words) > 1 else ():
            for one in short.get(key, ()):
                if id(one) in mine:
                    _keep(found, one, full)
                if id(full) in mine:
                    _keep(found, full, one)


def _cut_keys(name: Folded, *, only_cut: bool) -> Iterator[_Key]:
    for place, word in enumerate(name.words):
        if not only_cut or len(word) == 1 or word in name.cut:
            yield "cut", _rest(name, place), word[0]


def _rest(name: Folded, place: int) -> str:
    return " ".join(sorted(name.words[:place] + name.words[place + 1 :]))


def _is_cut(name: Folded) -> bool:
    """Tell whether a word of a name is abbreviated in a way that no list knows."""
    return bool(name.cut) or any(len(word) == 1 for word in name.words)


# --- by other marks ---------------------------------------------------------------------------------------------------


def _by_mark(new: Sequence[Someone], everybody: Sequence[Someone]) -> Iterable[tuple[int, int, Likeness]]:
    marks = (
        (lambda one: {m.strip().casefold() for m in one.emails if "@" in m}, BY_MAIL, "the same e-mail address"),
        (lambda one: {m for m in map(mail_domain, one.emails) if m}, BY_DOMAIN, "the same domain of e-mail"),
        (lambda one: {m for m in map(phone_mark, one.phones) if m}, BY_PHONE, "the same phone number"),
    )
    for marks_of, score, why in marks:
        wanted = {mark for one in new for mark in marks_of(one)}
        holders: dict[str, list[int]] = defaultdict(list)
        for one in everybody if wanted else ():
            for mark in marks_of(one):
                holders[mark].append(one.ref)
        for one in new:
            for mark in marks_of(one):
                if len(holders[mark]) <= CROWD:
                    yield from ((one.ref, other, Likeness(score, why)) for other in holders[mark] if other != one.ref)


def _tax_marks(everybody: Iterable[Someone]) -> dict[int, list[TaxMark]]:
    return {one.ref: marks for one in everybody if (marks := [mark for mark in map(tax_mark, one.tax_numbers) if mark])}


def _by_tax(new: Sequence[Someone], everybody: Sequence[Someone]) -> Iterable[tuple[int, int, Likeness]]:
    """Take who has the same tax number; one of many customers, as of a group that is taxed as one, says nothing."""
    marks = _tax_marks(everybody)
    holders: dict[str, list[int]] = defaultdict(list)
    for ref, found in marks.items():
        for core in {mark.core for mark in found}:
            holders[core].append(ref)
    for one in new:
        for mark in marks.get(one.ref, ()):
            if len(holders[mark.core]) > CROWD:
                continue
            for other in holders[mark.core]:
                if other != one.ref and any(mark.equals(its) for its in marks[other]):
                    yield one.ref, other, Likeness(BY_TAX, "the same tax number")
