"""Which column holds which field: by its name in several languages, by what its cells are, each with its reason."""

from __future__ import annotations

import re
from collections.abc import Callable
from collections.abc import Mapping
from collections.abc import Sequence
from typing import NamedTuple

from rapidfuzz import process
from rapidfuzz.distance import OSA

from arcore.errors import BadInput
from arcore.intake import synonyms
from arcore.intake.dates import is_date
from arcore.intake.numbers import SYMBOLS
from arcore.intake.numbers import read_amount
from arcore.intake.understood import GUESSED
from arcore.intake.understood import ColumnMatch
from arcore.intake.understood import Guessed
from arcore.intake.workbook import Cell
from arcore.money import is_currency

BY_HAND = "chosen by hand"
"""How the reason begins of a column that a person assigned."""
_LIKE = ("name like", "name contains")
ACCEPTED = 0.5
"""A column scoring less is not used, but one whose name leaves no choice."""
ASKED = 0.5
"""A column that is used although it scores less is asked about."""
_LONG_NAMES = tuple(name for name in synonyms.PLACES if len(name) >= 6)
_MEASURES = tuple(
    name
    for field in synonyms.FIELDS
    if field.holds in {synonyms.DATE, synonyms.AMOUNT} and field.name not in {"debit", "credit"}
    for name in field.names
    if len(name) >= 6
)
_OTHER_THINGS = re.compile(
    "sub|discount|fee|writeoff|exchange|shipping|deposit|commission|partial|home|tax|vat|unapplied|item|line|memo|rate"
    "|percent|method|address|type|status|start|ship|count|unbilled|check|card|expense|account"
)
"""What a header must not say beside a known name: "Discount Amount" is no amount of an invoice."""
_PLANNED = re.compile("expect|requ?e?st|requs|plan|promis|estimat|latest|gewunscht|voraussicht|prevu|previst")
"""A delivery that is only planned tells nothing of the one that was made."""
_ACCOUNTS = re.compile(
    r"^(?:cash|bank|checking|savings|petty cash|kasse|caisse|caja)\b|accounts? (?:receivable|payable)|undeposited funds"
    r"|^(?:sales|services|income|revenue|expenses?|erlöse|forderungen|verbindlichkeiten)$",
    re.IGNORECASE,
)
"""Names of ledger accounts, which are no customers."""
_DECIMALS = re.compile(r"\d[.,]\d{2}\D*$|^\(?-?\s*[€£$]|^-\d|[€£$]\s*-?$")
_MONEY = frozenset({"amount", "open_amount", "paid_amount", "debit", "credit", "line_amount", "unit_price"})
_BRACKETS = re.compile(r"[(\[].*?[)\]]")


class Columns(NamedTuple):
    """The columns of a table as they were understood.

    Attributes:
        matches: every column, in order.
        at: field → position; only one column serves a field.
        currencies: field → currency named in the header of its column.
    """

    matches: tuple[ColumnMatch, ...]
    at: dict[str, int]
    currencies: dict[str, str]


class _Candidate(NamedTuple):
    field: str
    name_score: float
    why: str
    only: bool


def match_columns(
    header: Sequence[str],
    samples: Sequence[Sequence[Cell]],
    corrections: Mapping[int, str] | None = None,
    told: Mapping[int, str] | None = None,
    teller: str = "",
) -> Columns:
    """Assign fields to columns. Raises BadInput when a correction names no field or no column.

    Args:
        header: the names, by position; they may repeat or be blank.
        samples: for each position some cells that are not empty.
        corrections: position → field, decided by a person; "" leaves a column out.
        told: position → field as the profile of the system says; what the cells are still counts.
        teller: what that system is called.
    """
    fixed = _checked(corrections or {}, len(header))
    names = [synonyms.header_currency(name) for name in header]
    candidates = [candidates_of(name) for name, _ in names]
    for position, name in (told or {}).items():
        candidates[position] = [_Candidate(name, 1.01, f"as {teller} calls it", only=True)] if name else []
    taken: dict[int, tuple[str, float, str]] = {position: (field, 1.0, BY_HAND) for position, field in fixed.items()}
    given = {field for field in fixed.values() if field}
    for field in synonyms.FIELDS:
        if field.name not in given:
            found = _best(field, candidates, samples, taken)
            if found:
                taken[found[0]] = (field.name, found[1], found[2])
    _only_money(header, samples, taken, fixed)
    matches = tuple(
        ColumnMatch(name, position, *_rounded(taken.get(position, ("", 0.0, "not needed"))))
        for position, name in enumerate(header)
    )
    at = {match.field: match.position for match in matches if match.field}
    return Columns(matches, at, {field: names[position][1] for field, position in at.items() if names[position][1]})


def only_sure(found: Columns) -> Columns:
    """Return the columns without those that are only like a known name, or contain one."""
    matches = [
        ColumnMatch(one.column, one.position, "", 0.0, "not needed") if one.why.startswith(_LIKE) else one
        for one in found.matches
    ]
    at = {match.field: match.position for match in matches if match.field}
    return Columns(tuple(matches), at, {name: code for name, code in found.currencies.items() if name in at})


def completed(found: Columns, guesses: Mapping[int, Guessed]) -> Columns:
    """Return the columns with those that only their content tells; a name, or a person, wins over it."""
    matches = []
    for match in found.matches:
        guess = guesses.get(match.position)
        if guess and not match.field and guess.field not in found.at:
            matches.append(
                ColumnMatch(match.column, match.position, guess.field, guess.score, f"{GUESSED}; {guess.why}")
            )
        else:
            matches.append(match)
    at = {match.field: match.position for match in matches if match.field}
    codes = {name: synonyms.header_currency(matches[position].column)[1] for name, position in at.items()}
    return Columns(tuple(matches), at, {name: code for name, code in codes.items() if code})


def _only_money(
    header: Sequence[str],
    samples: Sequence[Sequence[Cell]],
    taken: dict[int, tuple[str, float, str]],
    fixed: Mapping[int, str],
) -> None:
    """Take whole numbers under "Payment" for amounts where no other column holds money; "Payment #" is a number."""
    if _MONEY & {field for field, _, _ in taken.values()}:
        return
    for position, (name, score, _) in list(taken.items()):
        either = any(candidate.field == "paid_amount" for candidate in candidates_of(header[position]))
        if name != "payment_no" or position in fixed or "#" in header[position] or not either:
            continue
        cells = samples[position]
        if cells and all(fits(synonyms.AMOUNT, cell) for cell in cells):
            taken[position] = ("paid_amount", score, f"name; {len(cells)} of {len(cells)} are amounts")


def _rounded(found: tuple[str, float, str]) -> tuple[str, float, str]:
    return found[0], min(1.0, round(found[1], 2)), found[2]


def _checked(corrections: Mapping[int, str], width: int) -> Mapping[int, str]:
    for position, field in corrections.items():
        if field and field not in synonyms.BY_NAME:
            raise BadInput(f"“{field}” is no field; choose one of {', '.join(synonyms.BY_NAME)}.", field=field)
        if not 0 <= position < width:
            raise BadInput(f"The file has no column {position + 1}; it has {width}.", position=position)
    return corrections


def _best(
    field: synonyms.Field,
    candidates: Sequence[Sequence[_Candidate]],
    samples: Sequence[Sequence[Cell]],
    taken: Mapping[int, object],
) -> tuple[int, float, str] | None:
    best: tuple[int, float, str] | None = None
    tallest = max((len(cells) for cells in samples), default=0)
    for position, named in enumerate(candidates):
        for candidate in named:
            if candidate.field != field.name or position in taken:
                continue
            score, why = _score(field, candidate, samples[position], tallest)
            sure = score >= ACCEPTED or (candidate.only and score > 0)
            if sure and (best is None or score > best[1]):
                best = (position, score, why)
    return best


def _score(field: synonyms.Field, candidate: _Candidate, cells: Sequence[Cell], tallest: int) -> tuple[float, str]:
    """Weigh name, cells that fit, and how far the column is filled; `tallest` is the fullest column."""
    if not tallest:
        return 0.75 * candidate.name_score + 0.1, candidate.why
    if not cells:
        return 0.75 * candidate.name_score - 0.15, f"{candidate.why}; empty in every row"
    fitting = sum(1 for cell in cells if fits(field.holds, cell, strict=not candidate.only))
    share = fitting / len(cells)
    if share < 0.5 and not (candidate.only and candidate.name_score > 0.7):
        return 0.0, ""
    words = _WORDS.get(field.holds)
    if share < 0.5:
        # The name leaves no choice, but the content speaks against it: used, and asked about.
        return 0.2 + 0.4 * share, f"{candidate.why}; only {fitting} of {len(cells)} are {words or 'like that'}"
    seen = f"; {fitting} of {len(cells)} are {words}" if words else ""
    filled = len(cells) / tallest
    return 0.75 * candidate.name_score + 0.15 * share + 0.1 * filled, candidate.why + seen


_WORDS = {
    synonyms.DATE: "dates",
    synonyms.AMOUNT: "amounts",
    synonyms.CURRENCY: "currencies",
    synonyms.EMAIL: "addresses",
}


def fits(holds: str, cell: Cell, *, strict: bool = False) -> bool:
    """Tell whether a cell can be what a field holds. `strict`: the header alone leaves it open what the column is."""
    text = str(cell)
    if holds == synonyms.CODE:
        known = any(mark.isdigit() for mark in text) and len(text) <= 50 and "@" not in text
        return not strict or (known and not _is_money(cell))
    if holds == synonyms.EMAIL:
        return "@" in text or not strict
    if holds == synonyms.NAME and strict and _ACCOUNTS.search(text):
        return False
    test = _TESTS.get(holds)
    return test is None or test(cell)


def _is_money(cell: Cell) -> bool:
    """Tell whether a cell is an amount and no number of anything: it has decimals, a minus or a sign of a currency."""
    if isinstance(cell, float):
        return not cell.is_integer() or cell < 0
    text = str(cell).strip()
    return bool(_DECIMALS.search(text)) and fits(synonyms.AMOUNT, text)


def is_no_day(cell: Cell) -> bool:
    """Tell the dates that databases write where there is none: "00000000", "0000-00-00", "00.00.0000"."""
    return isinstance(cell, str) and len(cell) >= 8 and not cell.strip("0-./: ")


def _is_day(cell: Cell) -> bool:
    serial = isinstance(cell, int | float) and not isinstance(cell, bool) and 29221 <= cell <= 73415
    return serial or is_date(cell) or is_no_day(cell)


_TESTS: dict[str, Callable[[Cell], bool]] = {
    synonyms.DATE: _is_day,
    synonyms.AMOUNT: lambda cell: read_amount(cell, ".") is not None or read_amount(cell, ",") is not None,
    synonyms.CURRENCY: lambda cell: str(cell) in SYMBOLS or is_currency(str(cell).upper()),
    synonyms.NAME: lambda cell: any(mark.isalpha() for mark in str(cell)),
}


def candidates_of(name: str) -> list[_Candidate]:
    """Return the fields that a header may stand for: by its exact name, else without brackets, else by likeness."""
    squashed = synonyms.squash(name)
    if places := synonyms.PLACES.get(squashed):
        return [_Candidate(field, 1.0 - 0.004 * rank, "name", len(places) == 1) for field, rank in places]
    bare = synonyms.squash(_BRACKETS.sub("", name))
    if bare != squashed and (places := synonyms.PLACES.get(bare)):
        return [_Candidate(field, 0.9 - 0.004 * rank, "name", len(places) == 1) for field, rank in places]
    return _like(squashed) if 5 <= len(squashed) <= 60 else []


def _like(squashed: str) -> list[_Candidate]:
    """Find a known name that the header misspells, or a date or amount whose known name it contains."""
    allowed = 1 if len(squashed) < 12 else 2
    close = process.extractOne(squashed, _LONG_NAMES, scorer=OSA.distance, score_cutoff=allowed)
    if close:
        return [
            _Candidate(field, 0.8 - 0.05 * close[1], f"name like “{close[0]}”", only=False)
            for field, _ in synonyms.PLACES[close[0]]
        ]
    held = [name for name in _MEASURES if name in squashed and len(name) * 2 >= len(squashed)]
    if not held:
        return []
    longest = max(held, key=len)
    if _OTHER_THINGS.search(squashed.replace(longest, " ")):
        return []
    share = len(longest) / len(squashed)
    return [
        _Candidate(field, 0.45 + 0.35 * share, f"name contains “{longest}”", only=False)
        for field, _ in synonyms.PLACES[longest]
        if field != "delivery_date" or not _PLANNED.search(squashed)
    ]
