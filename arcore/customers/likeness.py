"""How alike two names of companies are: legal forms, case, accents, punctuation, word order and slips don't count.

Pure: no books, no clock. What differs for good reason does count: numbers, short words, a word more.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from rapidfuzz.distance import OSA

LEGAL = frozenset(
    (
        "gmbh mbh ges gesellschaft ag kg kgaa ohg ug haftungsbeschrankt gbr ev eg ek co company comp cie ltd limited "
        "plc llc llp lp inc incorporated corp corporation sa sas sarl sasu spa srl snc sl slu bv nv vof cv ab as asa "
        "oy oyj aps sp zoo sro kft zrt dd doo pty pte se sca scs gesmbh mbb ltda lda bvba sprl bhd sdn kk"
    ).split()
)
"""Words of the legal form, folded; they say nothing about who somebody is."""
FILLING = frozenset("and und et y og och i the der die das".split())
SHORT = {
    "intl": "international",
    "int": "international",
    "bros": "brothers",
    "gebr": "gebruder",
    "mfg": "manufacturing",
    "svc": "service",
    "svcs": "services",
    "dept": "department",
    "natl": "national",
    "assoc": "associates",
    "str": "strasse",
    "mgmt": "management",
    "masch": "maschinenbau",
}
"""Usual abbreviations, folded; other ones are known by their dot."""
LETTERS = str.maketrans(
    {"ø": "o", "æ": "a", "œ": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "&": " and ", "+": " and ",
     "'": None, "’": None, "`": None, "´": None}
)  # fmt: skip
UMLAUTS = re.compile("(?<![aeiouq])[aou]e")
"""An umlaut written out, as in Mueller; not the letters of Bauer or Queen."""
WORDS = re.compile(r"[^\W_]+\.?")
SURE = 100
"""The score of names that are the same but for case, accents and punctuation."""
LONG_WORD = 5
"""Letters of a word in which one slip is believed; in the only word of a name there have to be more."""
ONLY_WORD = 7


class Folded(NamedTuple):
    """A name without what does not count.

    Attributes:
        words: the words that say who it is, in order; never empty for a name with a letter or a digit in it.
        cut: which of them were written with a dot at their end.
        legal: its legal form, "" when it has none.
        shortened: whether a usual abbreviation was written out.
        key: the words in alphabetical order: equal for names that differ in word order only.
        compact: the words without blanks: Nord-West and Nordwest are one.
    """

    words: tuple[str, ...]
    cut: frozenset[str]
    legal: str
    shortened: bool
    key: str
    compact: str


class Likeness(NamedTuple):
    """How alike two are, out of 100, and why in words."""

    score: int
    why: str


@lru_cache(maxsize=1 << 18)
def fold(name: str) -> Folded:
    """Return a name without what does not count."""
    text = name.casefold()
    if not text.isascii():
        kept = (c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
        text = "".join(kept).casefold()
    found = _words(text.translate(LETTERS))
    legal = " ".join(word for word, _ in found if word in LEGAL)
    telling = [(word, dot) for word, dot in found if word not in LEGAL and word not in FILLING] or found
    words = tuple(SHORT.get(word, word) for word, _ in telling)
    cut = frozenset(word for word, dot in telling if dot and word not in SHORT)
    shortened = any(word in SHORT for word, _ in telling)
    return Folded(words, cut, legal, shortened, " ".join(sorted(words)), "".join(words))


def alike(one: str, other: str) -> Likeness | None:
    """Return how alike two names are and why; None when they are names of two."""
    return compared(fold(one), fold(other))


def same_spelling(one: str, other: str) -> bool:
    """Tell whether two names are one, spelt in another way or cut off at the end, as narrow columns do."""
    mine, theirs = fold(one), fold(other)
    short, long = sorted((mine.compact, theirs.compact), key=len)
    return compared(mine, theirs) is not None or (bool(short) and long.startswith(short))


def compared(one: Folded, other: Folded) -> Likeness | None:
    """Do `alike` for names that were folded before."""
    if not one.words or not other.words:
        return None
    if one.words == other.words:
        return _same_words(one, other)
    if one.key == other.key:
        return Likeness(95, "the same words in another order")
    if one.compact == other.compact:
        return Likeness(96, "the same name, written in one word")
    if len(one.words) != len(other.words):
        return None
    return _word_by_word(one, other)


def _same_words(one: Folded, other: Folded) -> Likeness:
    if one.shortened != other.shortened:
        return Likeness(94, "the same name, abbreviated")
    if one.legal == other.legal:
        return Likeness(SURE, "the same name")
    return Likeness(97, "the same name but for the legal form")


def _word_by_word(one: Folded, other: Folded) -> Likeness | None:
    """Compare names that differ in one word, which is an abbreviation of the other or has a slip in it."""
    mine, theirs = _left(one.words, other.words), _left(other.words, one.words)
    if len(mine) != 1 or len(theirs) != 1:
        return None
    word, mate, alone = mine[0], theirs[0], len(one.words) == 1
    if not alone and (_cut_from(word, mate, one) or _cut_from(mate, word, other)):
        return Likeness(86, "the same name, abbreviated")
    if is_slip(word, mate, alone=alone):
        return Likeness(88, "almost the same letters: a slip of the pen?")
    return None


def _left(words: Sequence[str], others: Sequence[str]) -> list[str]:
    """Return the words that have no equal among others; each equals one."""
    left = list(words)
    for word in others:
        if word in left:
            left.remove(word)
    return left


def _cut_from(short: str, full: str, home: Folded) -> bool:
    return len(short) < len(full) and full.startswith(short) and (len(short) == 1 or short in home.cut)


def is_slip(word: str, mate: str, *, alone: bool) -> bool:
    """Tell whether two words are one letter apart (or two changed places), behind the first, and long enough."""
    shorter = min(len(word), len(mate))
    if shorter < (ONLY_WORD if alone else LONG_WORD) or word[0] != mate[0] or _numbered(word) or _numbered(mate):
        return False
    return bool(OSA.distance(word, mate, score_cutoff=1) == 1)


def _words(text: str) -> list[tuple[str, bool]]:
    """Split a text into words and whether a dot follows; letters that stand alone, as in G.m.b.H., are one word."""
    found: list[tuple[str, bool]] = []
    run = ""
    for part in WORDS.findall(text):
        dot = part.endswith(".")
        word = part.removesuffix(".")
        if len(word) == 1 and word.isalpha():
            run += word
            continue
        if run:
            found.append((run, False))
            run = ""
        found.append((UMLAUTS.sub(_first, word), dot))
    if run:
        found.append((run, False))
    return found


def _first(match: re.Match[str]) -> str:
    return match.group()[0]


def _numbered(word: str) -> bool:
    return not word.isalpha()


# --- other marks ------------------------------------------------------------------------------------------------------

FREE_MAIL = frozenset(
    (
        "gmail.com googlemail.com outlook.com hotmail.com live.com yahoo.com icloud.com me.com aol.com gmx.de gmx.net "
        "gmx.at gmx.ch web.de t-online.de freenet.de mail.com proton.me protonmail.com orange.fr wanadoo.fr free.fr "
        "laposte.net libero.it bluewin.ch btinternet.com yahoo.de yahoo.co.uk hotmail.co.uk example.com"
    ).split()
)
"""Where anybody may have an address: the same one behind the @ says nothing."""
PHONE_DIGITS = 7
TAX_LENGTH, TAX_DIGITS = 7, 5
"""A tax number has at least so many marks, and so many of them are digits."""


def mail_domain(address: str) -> str:
    """Return what stands behind the @; "" for no address, and for places where anybody may have one."""
    domain = address.strip().casefold().rpartition("@")[2] if "@" in address else ""
    return "" if domain in FREE_MAIL else domain


def phone_mark(number: str) -> str:
    """Return the last nine digits of a phone number, so that +49 30 … and 030 … are one; "" when there are too few."""
    digits = "".join(c for c in number if c.isdigit())
    return digits[-9:] if len(digits) >= PHONE_DIGITS else ""


class TaxMark(NamedTuple):
    """A tax number without its country ("DE", "" where none is written), so that DE 123 456 789 and 123456789 meet."""

    country: str
    core: str

    def equals(self, other: TaxMark) -> bool:
        """Tell whether two are the same number."""
        return self.core == other.core and (self.country == other.country or "" in (self.country, other.country))

    def differs(self, other: TaxMark) -> bool:
        """Tell whether two are numbers of one kind, so that being unequal says something."""
        kind = (self.country == other.country or "" in (self.country, other.country)) and (
            len(self.core) == len(other.core)
        )
        return kind and self.core != other.core


def tax_mark(number: str) -> TaxMark | None:
    """Return what a tax number is compared by; None for one that is none: too short, "n/a", all zeros."""
    plain = "".join(c for c in number.upper() if c.isalnum() and c.isascii())
    digits = [c for c in plain if c.isdigit()]
    if len(plain) < TAX_LENGTH or len(digits) < TAX_DIGITS or len(set(digits)) == 1:
        return None
    country = plain[:2] if plain[:2].isalpha() and len(plain) > TAX_LENGTH else ""
    return TaxMark(country, plain.removeprefix(country))


def best(found: Sequence[Likeness]) -> Likeness | None:
    """Return several marks as one: the strongest counts, each more makes it a little surer, and all are told."""
    if not found:
        return None
    ordered = sorted(found, key=lambda one: -one.score)
    score = min(SURE, ordered[0].score + 2 * (len(ordered) - 1))
    return Likeness(score, ", ".join(dict.fromkeys(one.why for one in ordered)))
