"""Which column has the number of a document, which the customer: by what repeats, what rises, what depends on what."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from arcore.intake.traits import LONG_TEXT
from arcore.intake.traits import Traits
from arcore.intake.traits import depends
from arcore.intake.traits import groups_of
from arcore.intake.understood import Guessed
from arcore.intake.workbook import Cell

LONGEST_NUMBER = 32
MOST = 24
"""So many columns of words are weighed against each other."""
SELDOM = 0.4
"""Numbers that repeat more often than this, with no reason, are no numbers of documents."""
_PREFIX = re.compile(r"[^\W\d_]+[\W_]*(?=\d)|[^\W\d_]{2,}[\W_]+(?=[^\W_]*\d)")
_FORMS = re.compile(
    r"\b(?:gmbh|mbh|kg|ag|ohg|ug|e\.?k|e\.?v|ltd|limited|llc|llp|inc|corp|corporation|plc|co|company|group|s\.?a|sas|sarl"
    r"|s\.?l|s\.?l\.?u|s\.?p\.?a|s\.?r\.?l|b\.?v|n\.?v|ab|a/?s|aps|oy|sp\.? z ?o\.? ?o|s\.? ?r\.? ?o|kft|zrt|d\.?o\.?o"
    r"|lda|ltda|pty|pte|se|sons|bros|partners|industries|holdings?|trading|supplies|und söhne|& co)\b\.?"
    r"|株式会社|有限会社|合同会社|有限公司|公司|\bооо\b|\bзао\b|\bоао\b|\bао\b|주식회사",
    re.IGNORECASE,
)
_LETTERED = re.compile(r"[A-Za-z]{4,}|[0-9a-f]{8}-[0-9a-f]{4}")


class Named(NamedTuple):
    """The columns that name documents and customers, and what speaks for a list of documents."""

    fields: dict[int, Guessed]
    evidence: list[str]


class _Number(NamedTuple):
    column: Traits
    score: float
    why: list[str]
    evidence: list[str]


def guess_number(columns: Sequence[Traits], issue: Traits | None) -> Named:
    """Find the number of the document among columns that are no dates, words or money."""
    found = [one for column in columns if (one := _as_number(column, issue)) is not None]
    if not found:
        return Named({}, [])
    best = max(found, key=lambda one: (round(one.score, 2), -one.column.position))
    score = max(0.3, min(0.9, best.score))
    why = "; ".join(best.why) or "the only column of numbers"
    return Named({best.column.position: Guessed("invoice_no", score, why)}, best.evidence)


def _as_number(column: Traits, issue: Traits | None) -> _Number | None:
    """Weigh a column as the number of documents; None for one that can be none."""
    if column.fill < 0.5 or column.digits < 0.9 or column.length > LONGEST_NUMBER or column.is_accounts:
        return None
    if column.is_money or column.is_measured or column.share(_has_blanks) > 0.3 or column.share(_negative) > 0:
        return None
    why: list[str] = []
    evidence: list[str] = []
    unique = column.distinct >= 0.95
    per_line = not unique and _once_per_document(column, issue)
    if not unique and not per_line and column.distinct < SELDOM:
        return None
    score = 0.45 if unique or per_line else 0.3
    if unique:
        why.append("different in every row" if column.distinct == 1 else "different in nearly every row")
    if per_line:
        score += 0.25
        why.append("repeats in rows of one document")
        evidence.append("numbers repeat with the lines of a document")
    score += _spelling(column, why, evidence)
    if issue is not None and _rises(column, issue):
        score += 0.2
        why.append("rises with the dates")
        evidence.append("numbers rise with the dates")
    if column.fill < 0.9:
        score -= 0.2
    return _Number(column, score, why, evidence)


def _spelling(column: Traits, why: list[str], evidence: list[str]) -> float:
    """Weigh how numbers are written: one beginning speaks for them; counters and other systems' ids against."""
    texts = [str(cell) for cell in column.filled]
    if column.is_tax_numbers:
        why.append("written like tax numbers")
        return -0.4
    beginnings = {found.group() if (found := _PREFIX.match(text)) else "" for text in texts}
    if "" not in beginnings and len(beginnings) <= 3 and column.length <= 20:
        why.append(f"begins with “{min(beginnings)}”")
        evidence.append("numbers are written as those of documents")
        return 0.15
    if column.is_counter:
        return -0.2
    if column.length >= 18 or column.share(lambda cell: bool(_LETTERED.search(str(cell)))) > 0.5:
        return -0.15
    return 0.0


def _has_blanks(cell: Cell) -> bool:
    return str(cell).strip().count(" ") > 1


def _negative(cell: Cell) -> bool:
    return str(cell).startswith("-")


def _once_per_document(column: Traits, issue: Traits | None) -> bool:
    """Tell a number that repeats with lines: such rows stand together, have one date, and differ elsewhere."""
    if issue is None or column.distinct < 0.1:
        return False
    groups = groups_of(column.cells)
    several = [rows for rows in groups.values() if len(rows) > 1]
    together = sum(1 for rows in several if rows[-1] - rows[0] == len(rows) - 1)
    dated = depends(column.cells, issue.cells)
    return bool(several) and dated > 0.95 and together * 10 >= len(several) * 8 and len(groups) >= 2


def _rises(column: Traits, issue: Traits) -> bool:
    """Tell numbers that grow with the dates, whichever way the table is sorted."""
    numbered = [
        (day, _digits(cell))
        for day, cell in zip(issue.days, column.cells, strict=True)
        if day is not None and cell != ""
    ]
    ordered = [(a, b) for a, b in pairwise(sorted(set(numbered))) if a[0] < b[0]]
    up = sum(1 for (_, a), (_, b) in ordered if b > a)
    return bool(ordered) and up * 10 >= len(ordered) * 8


def _digits(cell: Cell) -> tuple[int, ...]:
    return tuple(int(part[:18]) for part in re.findall(r"\d+", str(cell).removesuffix(".0")))


# --- the customer -----------------------------------------------------------------------------------------------------


def guess_customer(columns: Sequence[Traits], number: Traits | None) -> Named:
    """Find the customer's name among columns of words, and its number among those that always come with the name."""
    words = [column for column in columns if column.is_words and column.fill >= 0.5 and _may_name(column)]
    words = [column for column in words if 2 < column.length <= LONG_TEXT * 1.5 and not _told_otherwise(column)]
    if number is not None:
        # What differs between the lines of a document is what was sold.
        words = [column for column in words if depends(number.cells, column.cells) > 0.95] or words
    words = words[:MOST]
    scored = [(_as_name(column, words), -column.position, column) for column in words]
    fields: dict[int, Guessed] = {}
    evidence: list[str] = []
    name: Traits | None = None
    if scored:
        score, _, name = max(scored, key=lambda one: one[:2])
        fields[name.position] = Guessed("customer_name", max(0.35, min(0.85, score)), _why_name(name, len(words)))
        if name.share(is_company) > 0.25:
            evidence.append("names have legal forms")
        if name.distinct < 0.9:
            evidence.append("customers come again")
    code = _code(columns, name, number)
    if code is not None:
        always = "always with the same name" if name is not None else "comes again with other documents"
        fields[code.position] = Guessed("customer_code", 0.7 if name is not None else 0.5, always)
        if name is None:
            evidence.append("customers come again")
    return Named(fields, evidence)


def is_company(cell: Cell) -> bool:
    """Tell a name that has a legal form, or another word of companies, in it."""
    return bool(_FORMS.search(str(cell)))


def _may_name(column: Traits) -> bool:
    """Tell words that may be names: few have a digit in them, but "Studio 54 Ltd" has."""
    return column.digits < 0.5 or column.share(is_company) > 0.5


def _told_otherwise(column: Traits) -> bool:
    return column.is_types or column.is_states or column.is_currencies or column.is_sides or column.is_flags


def _as_name(column: Traits, others: Sequence[Traits]) -> float:
    """Weigh a column as the customer's name."""
    score = 0.4 + 0.4 * column.share(is_company)
    values = len(set(column.filled))
    if values <= 3 and len(column.filled) >= 12:
        score -= 0.3
    if values == 1 and len(column.filled) >= 3:
        score -= 0.2
    score += 0.1 * column.share(lambda cell: " " in str(cell).strip())
    score += 0.1 * min(1.0, column.fill)
    score -= 0.15 * (column.length > LONG_TEXT)
    # A name tells the town, the country and who looks after it; not the other way round.
    told = [other for other in others if other is not column]
    score += 0.05 * sum(1 for other in told if depends(column.cells, other.cells) > depends(other.cells, column.cells))
    return score


def _why_name(column: Traits, several: int) -> str:
    companies = sum(1 for cell in column.filled if is_company(cell))
    if companies:
        return f"words; {companies} of {len(column.filled)} have the form of a company"
    return "the only column of names" if several == 1 else f"the likeliest of {several} columns of words"


def _is_coded(column: Traits) -> bool:
    """Tell codes by their spelling: letters, or one length of at least three figures."""
    lengths = {len(str(cell)) for cell in column.filled}
    return column.share(lambda cell: any(mark.isalpha() for mark in str(cell))) > 0.9 or (
        len(lengths) == 1 and min(lengths) >= 3
    )


def _code(columns: Sequence[Traits], name: Traits | None, number: Traits | None) -> Traits | None:
    """Find the customer's number: it comes with one name and the name with one number, and both come again."""
    for column in columns:
        if column is number or column is name or column.fill < 0.9 or column.digits < 0.9 or column.length > 24:
            continue
        if column.is_money or column.is_measured or column.is_dates or not 0 < column.distinct < 0.95:
            continue
        if column.share(_has_blanks) > 0.1 or len(set(column.filled)) < 2 or column.is_tax_numbers:
            continue
        if name is None:
            if number is not None and _is_coded(column) and depends(number.cells, column.cells) > 0.95:
                return column
        elif depends(column.cells, name.cells) > 0.95 and depends(name.cells, column.cells) > 0.95:
            return column
    return None
