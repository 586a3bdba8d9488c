"""The file of a profile: TOML in, a checked `Profile` out, or one sentence that names the line to look at."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from typing import Any

from arcore.errors import BadInput
from arcore.intake import words
from arcore.intake.synonyms import BY_NAME
from arcore.intake.synonyms import squash
from arcore.intake.understood import BALANCES
from arcore.intake.understood import CREDIT_NOTES
from arcore.intake.understood import CUSTOMERS
from arcore.intake.understood import DELETED
from arcore.intake.understood import DRAFT
from arcore.intake.understood import INVOICES
from arcore.intake.understood import LEDGER
from arcore.intake.understood import OPEN_ITEMS
from arcore.intake.understood import OTHER
from arcore.intake.understood import PAYMENTS
from arcore.intake.understood import REMITTANCE
from arcore.intake.understood import VOID
from arcore.ledger.kinds import BY_NAME as KINDS

LARGEST = 100_000
"""Characters of a profile; a longer text is no profile."""
NAME = re.compile(r"[a-z][a-z0-9_]{1,39}\Z")
FILE_KINDS = (
    INVOICES,
    OPEN_ITEMS,
    PAYMENTS,
    CREDIT_NOTES,
    CUSTOMERS,
    BALANCES,
    LEDGER,
    REMITTANCE,
    OTHER,
)
TYPES = (*sorted(kind for kind in KINDS if KINDS[kind].side), words.BY_SIGN, words.NOT_RECEIVABLE)
STATES = (words.OPEN, words.PAID, words.PARTIAL, DRAFT, VOID, DELETED)
_SIGNS = ("negative", "positive")
_KEYS = {
    "": "name title about layout columns types states signs accounts defaults leave_out due".split(),
    "layout": "headers titles kind reason columns".split(),
    "signs": ["payments", "credits", "amounts"],
    "accounts": ["receivable"],
    "defaults": ["customer", "day_first"],
    "due": ["after", "days"],
}


@dataclass(frozen=True)
class Layout:
    """One export of a system.

    Attributes:
        headers: names that all stand in its header, squashed.
        titles: words of which one stands above the header or in the sheet's name, lower case; empty for no matter.
        kind: what it lists, "" to decide as for any file; `reason` says why nothing of kind "other" is booked.
        columns: header (squashed) → field, "" for a column that is not used.
    """

    headers: frozenset[str]
    titles: tuple[str, ...] = ()
    kind: str = ""
    reason: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Rules:
    """What the words and signs in the cells of a system's files mean.

    Attributes:
        types, states: word (squashed) → ledger kind or state; they win over what arcore knows.
        payments_negative, credits_negative: which sign they have, None to see it in the file.
        turned: amounts have the sign of the ledger's other side, so that an invoice is negative.
        receivable: what the numbers of receivables accounts begin with.
        customer: for payments whose payer nobody names.
        day_first: how dates are read that can be read in two ways, None to see it in the file.
        leave_out: header (squashed) → words (squashed) of rows that are no documents.
        due_after, due_days: the due date is this column's day and the first of these columns' days later.
    """

    types: Mapping[str, str] = field(default_factory=dict)
    states: Mapping[str, str] = field(default_factory=dict)
    payments_negative: bool | None = None
    credits_negative: bool | None = None
    turned: bool = False
    receivable: tuple[str, ...] = ()
    customer: str = ""
    day_first: bool | None = None
    leave_out: Mapping[str, frozenset[str]] = field(default_factory=dict)
    due_after: str = ""
    due_days: tuple[str, ...] = ()


PLAIN = Rules()
"""The rules of a file of no known system."""


@dataclass(frozen=True)
class Profile:
    """A system: how its exports are recognised and what they mean; `text` is the file it was read from."""

    name: str
    title: str
    about: str
    layouts: tuple[Layout, ...]
    rules: Rules = PLAIN
    text: str = field(default="", repr=False)


def read_profile(text: str, *, where: str = "The profile") -> Profile:
    """Read the TOML of a profile. Raises BadInput: one sentence, with the line where there is one."""
    if len(text) > LARGEST:
        raise BadInput(f"{where} has {len(text):,} characters; at most {LARGEST:,} are read.")
    try:
        told = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadInput(_broken(where, str(error))) from error
    except RecursionError as error:
        raise BadInput(f"{where} is nested deeper than any profile.") from error
    return _Reader(where, text).profile(told)


def _broken(where: str, message: str) -> str:
    found = re.search(r"\(at (?:line (\d+), column (\d+)|end of document)\)", message)
    what = message[: found.start()].strip() if found else message
    place = f" breaks off in line {found[1]}, column {found[2]}" if found and found[1] else " breaks off at its end"
    return f"{where}{place}: {what}."


class _Reader:
    """Checks what a profile says, one part after the other; a refusal names the line that holds the word."""

    def __init__(self, where: str, text: str) -> None:
        self.where = where
        self.lines = text.splitlines()

    def refuse(self, word: str, sentence: str) -> BadInput:
        key = re.compile(rf"""\s*\[*["']?{re.escape(word)}["']?\s*[\]=]""")
        found = [n for n, line in enumerate(self.lines, 1) if word and key.match(line)]
        found += [n for n, line in enumerate(self.lines, 1) if word and f'"{word}"' in line]
        line = found[0] if found else 0
        return BadInput(f"{self.where}, line {line}: {sentence}" if line else f"{self.where}: {sentence}", line=line)

    def profile(self, told: Mapping[str, Any]) -> Profile:
        self.known("", told)
        name = self.text(told, "name")
        if not NAME.match(name):
            raise self.refuse("name", f"“{name}” is no name; use small letters, digits and _, such as my_system.")
        layouts = told.get("layout", [])
        if not isinstance(layouts, list) or not layouts:
            raise self.refuse("layout", "it has no [[layout]], so no file could be recognised.")
        shared = self.columns(self.table(told, "columns"))
        return Profile(
            name,
            self.text(told, "title") or name.replace("_", " ").title(),
            self.text(told, "about"),
            tuple(self.layout(one, shared) for one in layouts),
            self.rules(told),
            "\n".join(self.lines) + "\n",
        )

    def layout(self, told: Any, shared: Mapping[str, str]) -> Layout:
        if not isinstance(told, Mapping):
            raise self.refuse("layout", "a layout begins with a line [[layout]].")
        self.known("layout", told)
        headers = frozenset(filter(None, map(squash, self.list(told, "headers"))))
        if len(headers) < 2:
            raise self.refuse("headers", "a layout names at least two headers by which it is recognised.")
        kind = self.one_of(told, "kind", FILE_KINDS)
        titles = tuple(word.casefold() for word in self.list(told, "titles"))
        columns = {**shared, **self.columns(self.table(told, "columns"))}
        return Layout(headers, titles, kind, self.text(told, "reason"), columns)

    def columns(self, told: Mapping[str, Any]) -> dict[str, str]:
        found = {}
        for header, name in told.items():
            if not isinstance(name, str) or (name and name not in BY_NAME):
                raise self.refuse(
                    header, f"“{name}” is no field; choose one of {', '.join(BY_NAME)}, or leave it empty."
                )
            found[squash(header)] = name
        return found

    def rules(self, told: Mapping[str, Any]) -> Rules:
        signs, accounts = self.section(told, "signs"), self.section(told, "accounts")
        defaults, due = self.section(told, "defaults"), self.section(told, "due")
        day_first = defaults.get("day_first")
        if day_first is not None and not isinstance(day_first, bool):
            raise self.refuse("day_first", "day_first is true or false.")
        leave_out = self.table(told, "leave_out")
        payments = self.one_of(signs, "payments", _SIGNS)
        credits_ = self.one_of(signs, "credits", _SIGNS)
        return Rules(
            types=self.words(told, "types", TYPES),
            states=self.words(told, "states", STATES),
            payments_negative=payments == "negative" if payments else None,
            credits_negative=credits_ == "negative" if credits_ else None,
            turned=self.one_of(signs, "amounts", ("turned",)) == "turned",
            receivable=tuple(self.list(accounts, "receivable")),
            customer=self.text(defaults, "customer"),
            day_first=day_first,
            leave_out={squash(head): frozenset(map(squash, self.list(leave_out, head))) for head in leave_out},
            due_after=squash(self.text(due, "after")),
            due_days=tuple(map(squash, self.list(due, "days"))),
        )

    def words(self, told: Mapping[str, Any], part: str, allowed: Sequence[str]) -> dict[str, str]:
        found: dict[str, str] = {}
        table = self.table(told, part)
        for meaning in table:
            if meaning not in allowed:
                raise self.refuse(meaning, f"“{meaning}” is unknown under [{part}]; use {', '.join(allowed)}.")
            found.update((squash(word), meaning) for word in self.list(table, meaning))
        return found

    def known(self, part: str, told: Mapping[str, Any]) -> None:
        for key in told:
            if key not in _KEYS[part]:
                place = f"[{part}]" if part else "a profile"
                raise self.refuse(key, f"“{key}” is not known in {place}; there are {', '.join(_KEYS[part])}.")

    def section(self, told: Mapping[str, Any], part: str) -> Mapping[str, Any]:
        table = self.table(told, part)
        self.known(part, table)
        return table

    def table(self, told: Mapping[str, Any], key: str) -> Mapping[str, Any]:
        found = told.get(key, {})
        if not isinstance(found, Mapping):
            raise self.refuse(key, f"{key} is a table: a line [{key}] and its entries below.")
        return found

    def text(self, told: Mapping[str, Any], key: str) -> str:
        found = told.get(key, "")
        if not isinstance(found, str):
            raise self.refuse(key, f"{key} is a text in quotation marks.")
        return " ".join(found.split())

    def list(self, told: Mapping[str, Any], key: str) -> list[str]:
        found = told.get(key, [])
        if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
            raise self.refuse(key, f'{key} is a list of texts: ["one", "two"].')
        return [one for one in found if one.strip()]

    def one_of(self, told: Mapping[str, Any], key: str, allowed: Sequence[str]) -> str:
        found = self.text(told, key)
        if found and found not in allowed:
            raise self.refuse(key, f"“{found}” is not possible for {key}; use {', '.join(allowed)}.")
        return found
