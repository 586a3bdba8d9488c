"""A table whose header tells nothing, or that has none: what its columns are by their content. A person confirms."""

from __future__ import annotations

import re
from collections.abc import Callable
from collections.abc import Mapping
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from arcore.intake.dates import is_date
from arcore.intake.guess_dates import guess_dates
from arcore.intake.guess_money import Beside
from arcore.intake.guess_money import Money
from arcore.intake.guess_money import guess_money
from arcore.intake.guess_names import guess_customer
from arcore.intake.guess_names import guess_number
from arcore.intake.numbers import read_amount
from arcore.intake.traits import LONG_TEXT
from arcore.intake.traits import LOOKED_AT
from arcore.intake.traits import MOST_COLUMNS
from arcore.intake.traits import Traits
from arcore.intake.traits import rows_of
from arcore.intake.traits import traits_of
from arcore.intake.understood import Guessed
from arcore.intake.workbook import Cell

LEAST = 3
"""Rows that must speak before a relation counts."""
ENOUGH = 2
"""So much has to speak for a list of documents, less what speaks against it, before it is asked about."""
AGAINST = 4
"""What speaks against it weighs as much as so many things that speak for it."""
_OTHERS = tuple(
    (re.compile(rf"\b(?:{marks})", re.IGNORECASE), what)
    for what, marks in {
        "suppliers' bills": r"bills?\b|vendor|supplier|creditor|purchase|kreditor|lieferant|eingangsrechnung"
        r"|fournisseur|achats?\b|proveedor|compras?\b|fornitor|acquist|leverancier|inkoop",
        "quotes": r"quotes?\b|quotations?\b|estimates?\b|angebote?\b|devis\b|presupuesto|offertes?\b|preventiv",
        "recurring templates": r"recurring|repeating|wiederkehrend|récurrent",
        "a trial balance": r"trial balance|saldenliste|summen und salden|balance générale",
        "a bank statement": r"bank statement|kontoauszug|relevé de compte|extracto bancario",
        "people who work here": r"employees?\b|payroll|mitarbeiter|personalliste|gehalt|salaire|empleado",
    }.items()
)
"""What a file, a sheet or a title above the table names that is none of ours."""


class Guess(NamedTuple):
    """What the columns are by their content.

    Attributes:
        fields: position → field, with its score and reason; empty when it can be no list of documents or customers.
        evidence: what speaks for it, in words.
        reason: why nothing was guessed, as the end of a sentence; "" when something was.
    """

    fields: dict[int, Guessed]
    evidence: tuple[str, ...] = ()
    reason: str = ""


def guess_columns(
    rows: Sequence[Sequence[Cell]],
    width: int,
    *,
    known: Mapping[int, str] | None = None,
    titles: Sequence[str] = (),
    prefers_comma: bool = False,
    sure: bool = False,
) -> Guess:
    """Guess what the columns of a table are, whatever their order.

    A list of documents needs a date, money, who owes it, and a number or a due date; and enough must speak for it that
    a table of something else has not. Customers need a name and addresses, and neither dates nor money.

    Args:
        rows: those below the header.
        width: how many columns there are.
        known: columns that a name or a person told already, position → field.
        titles: the texts above the table, the sheet's and the file's name.
        prefers_comma: as the delimiter suggests it.
        sure: a person said what a column is, so it is a list of documents however little speaks for it.
    """
    for pattern, what in _OTHERS:
        if any(pattern.search(re.sub(r"[_.]+", " ", title)) for title in titles):
            return Guess({}, (), f"it is named after {what}")
    data = rows_of(rows)
    if not data or width > MOST_COLUMNS:
        return Guess({}, (), "it has no rows of several cells" if not data else "it has too many columns")
    columns = traits_of(data, width, prefers_comma=prefers_comma)
    return _judged(_fields(columns, dict(known or {}), len(data)), dict(known or {}), sure=sure)


class _Found(NamedTuple):
    fields: dict[int, Guessed]
    evidence: list[str]
    against: list[str]
    other: str
    dates: bool
    money: bool
    directory: bool


def _fields(columns: Sequence[Traits], known: dict[int, str], rows: int) -> _Found:
    """Guess field after field: each leaves fewer columns for the next."""
    free = [column for column in columns if column.position not in known]
    told = {name: column for column in columns if (name := known.get(column.position))}
    dates = guess_dates(free)
    fields = dict(dates.fields) | _plain(free)
    at = told | {guess.field: _at(columns, position) for position, guess in fields.items()}
    rest = [column for column in free if column.position not in fields and not _told_by_cells(column)]
    rest = [column for column in rest if not _is_age(column, at)]
    number = guess_number(rest, at.get("issue_date")) if "invoice_no" not in told else None
    if number:
        fields |= number.fields
        at |= {guess.field: _at(columns, position) for position, guess in number.fields.items()}
    rest = [column for column in rest if column.position not in fields]
    customer = guess_customer(rest, at.get("invoice_no"))
    fields |= {p: guess for p, guess in customer.fields.items() if guess.field not in told}
    rest = [column for column in rest if column.position not in fields]
    beside = Beside(*(at.get(name) for name in ("invoice_no", "issue_date", "paid_date", "status", "currency")))
    money = guess_money(rest, beside)
    if money.other == "" and any(column.is_accounts for column in columns) and "due_date" not in at:
        money = Money({}, [], [], "a bank statement: it has accounts (IBAN) and no due dates")
    priced = _described(columns, rest, money)
    if priced:
        money = money._replace(fields=priced, evidence=["a long text stands before a count and a price"])
    fields |= {p: guess for p, guess in money.fields.items() if guess.field not in told}
    evidence = [*dates.evidence, *(number.evidence if number else ()), *customer.evidence, *money.evidence]
    evidence += [words for name, words in _SPEAK.items() if name in at]
    evidence += [f"a header names the {name.replace('_', ' ')}" for name in told if name in _TELLING]
    return _Found(
        _by_place(fields),
        evidence,
        [*dates.against, *money.against],
        money.other,
        any(column.is_dates for column in columns),
        any(column.is_money or column.is_measured for column in columns),
        _is_directory(at | {guess.field: _at(columns, position) for position, guess in customer.fields.items()}, rows),
    )


def _is_directory(at: Mapping[str, Traits], rows: int) -> bool:
    """Tell a list in which each name stands once beside an address of its own, and nothing falls due."""
    once = [name for name in ("customer_name", "email") if name in at and at[name].distinct > 0.95]
    return rows >= 5 and len(once) == 2 and "due_date" not in at and at["email"].fill > 0.5


def _described(columns: Sequence[Traits], rest: Sequence[Traits], money: Money) -> dict[int, Guessed]:
    """Find quantity and price: two columns of numbers behind a long text, where nothing else tells what they are."""
    long = next((column.position for column in columns if column.is_words and column.length > LONG_TEXT), None)
    behind = [column for column in rest if long is not None and column.position > long and column.is_amounts]
    told = {guess.field for guess in money.fields.values()}
    if told - {"amount"} or len(behind) < 2:
        return {}
    count, price = behind[:2]
    why = "number behind a long text, which may say what was sold"
    return {
        count.position: Guessed("quantity", 0.45, f"the first {why}"),
        price.position: Guessed("unit_price", 0.45, f"the second {why}"),
    }


_TELLING = frozenset({"invoice_no", "due_date", "customer_name", "customer_code", "open_amount"})
_SPEAK = {
    "currency": "it has currency codes",
    "doc_type": "it has words for kinds of documents",
    "status": "it has words for states of invoices",
}


def _at(columns: Sequence[Traits], position: int) -> Traits:
    return next(column for column in columns if column.position == position)


def _by_place(fields: Mapping[int, Guessed]) -> dict[int, Guessed]:
    """Return the fields in the order of columns, each once."""
    found: dict[int, Guessed] = {}
    for position in sorted(fields):
        if fields[position].field not in {guess.field for guess in found.values()}:
            found[position] = fields[position]
    return found


_CELLS: tuple[tuple[str, str, float, Callable[[Traits], bool]], ...] = (
    ("currency", "codes of currencies", 0.9, lambda column: column.is_currencies),
    ("email", "e-mail addresses", 0.9, lambda column: column.is_emails),
    ("tax_number", "written like tax numbers", 0.7, lambda column: column.is_tax_numbers and not column.is_accounts),
    ("doc_type", "words for kinds of documents", 0.8, lambda column: column.is_types and not column.is_currencies),
    ("status", "words for states of invoices", 0.75, lambda column: column.is_states and not column.is_types),
    ("debit_credit", "debit and credit, both", 0.6, lambda column: column.is_sides and not column.is_types),
)
"""Columns whose cells say by themselves what they are."""


def _plain(columns: Sequence[Traits]) -> dict[int, Guessed]:
    """Find the columns whose cells say by themselves what they are; of several the fullest."""
    found: dict[int, Guessed] = {}
    for field, words, score, test in _CELLS:
        fitting = [column for column in columns if column.position not in found and test(column)]
        if fitting:
            best = max(fitting, key=lambda column: (round(column.fill, 2), -column.position))
            found[best.position] = Guessed(field, score, f"{len(best.filled)} of {len(best.cells)} are {words}")
    return found


def _told_by_cells(column: Traits) -> bool:
    return column.is_dates or column.is_emails or column.is_currencies


def _is_age(column: Traits, at: Mapping[str, Traits]) -> bool:
    """Tell days since or until a date, which are no money: with the date they make one day, or the due date."""
    if not column.is_amounts or column.is_money or column.is_counter:
        return False
    dated = {name: at[name].days for name in ("issue_date", "due_date") if name in at}
    for days in dated.values():
        pairs = zip(days, column.amounts, strict=True)
        told = [(day.toordinal(), int(count)) for day, count in pairs if day is not None and count is not None]
        if len(told) >= LEAST and any(len({day + sign * count for day, count in told}) == 1 for sign in (1, -1)):
            return True
    if len(dated) < len(("issue_date", "due_date")):
        return False
    both = zip(dated["issue_date"], dated["due_date"], column.amounts, strict=True)
    terms = [(due - issue).days == count for issue, due, count in both if issue and due and count is not None]
    return len(terms) >= LEAST and all(terms)


def _judged(found: _Found, known: Mapping[int, str], *, sure: bool) -> Guess:
    """Say whether what was found is a list of documents, of customers, or too little."""
    if found.other:
        return Guess({}, (), f"it looks like {found.other}")
    fields = {guess.field for guess in found.fields.values()} | set(known.values())
    if {"customer_name", "email"} <= fields and (found.directory or not (found.dates or found.money)):
        people = {p: guess for p, guess in found.fields.items() if guess.field in _PEOPLE}
        return Guess(people, ("names stand beside e-mail addresses",))
    missing = [words for words, wanted in _NEEDED.items() if not wanted & fields]
    if missing:
        return Guess({}, (), f"its content shows {' and '.join(missing)}")
    if sure or len(found.evidence) - AGAINST * len(found.against) >= ENOUGH:
        return Guess(found.fields, tuple(found.evidence))
    return Guess({}, (), f"its content is too little like a list of invoices: {_weighed(found)}")


def _weighed(found: _Found) -> str:
    """Say what speaks against a list of documents, though something speaks for it."""
    little = " and ".join(found.evidence) or "nothing in it shows that it is about invoices"
    if found.against:
        return f"{' and '.join(found.against)}, though {little}" if found.evidence else " and ".join(found.against)
    return f"only that {little}" if found.evidence else little


_NEEDED = {
    "no date": frozenset({"issue_date", "due_date"}),
    "no amount": frozenset({"amount", "open_amount", "paid_amount", "line_amount", "unit_price", "debit"}),
    "no customer": frozenset({"customer_name", "customer_code", "email"}),
    "neither numbers nor due dates of documents": frozenset({"invoice_no", "due_date"}),
}
_PEOPLE = frozenset({"customer_name", "customer_code", "email", "currency"})


def likely_header(rows: Sequence[Sequence[Cell]]) -> int:
    """Return the row that must be a header although no name in it is known, −1 when there is none.

    It holds only texts, nearly all different, in as many columns as the rows below, of which the next has a date or an
    amount.
    """
    filled = [(n, [cell for cell in row if cell != ""]) for n, row in enumerate(rows[:LOOKED_AT])]
    filled = [(n, cells) for n, cells in filled if cells]
    width = max((len(cells) for _, cells in filled), default=0)
    for (n, cells), (_, below) in pairwise(filled):
        if any(_is_datum(cell) for cell in cells):
            if len(cells) * 2 >= width:
                return -1
            continue
        wide = width >= 2 and len(cells) * 5 >= width * 4
        if wide and len(set(cells)) * 10 >= len(cells) * 8 and any(_is_datum(cell) for cell in below):
            return n
    return -1


def _is_datum(cell: Cell) -> bool:
    return not isinstance(cell, str) or is_date(cell) or (cell[-1:].isdigit() and _is_amount(cell))


def _is_amount(cell: Cell) -> bool:
    return read_amount(cell, ".") is not None or read_amount(cell, ",") is not None
