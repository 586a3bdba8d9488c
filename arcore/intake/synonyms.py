"""What exports call the same thing: names of each field in several languages, best first.

Compared after `squash`. A header may be a name of several fields ("Client" is a code in France and a name elsewhere);
the content of the column decides then.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import NamedTuple

from arcore.intake.customer_names import CUSTOMER_NAMES
from arcore.intake.document_names import DOCUMENT_NAMES
from arcore.money import is_currency

DATE = "date"
AMOUNT = "amount"
CODE = "code"
NAME = "name"
CURRENCY = "currency"
EMAIL = "email"
TEXT = "text"


class Field(NamedTuple):
    """A field that a column may be taken for: what its cells hold, and its names, best first."""

    name: str
    holds: str
    names: tuple[str, ...]


def _field(name: str, holds: str, names: str) -> Field:
    return Field(name, holds, tuple(dict.fromkeys(filter(None, (squash(one) for one in names.split("|"))))))


@cache
def squash(header: str) -> str:
    """Reduce a header to its letters and digits: "*Invoice No.", "invoice_no" and "InvoiceNo" become one."""
    plain = unicodedata.normalize("NFKD", header.casefold().replace("ø", "o").replace("æ", "ae"))
    plain = plain.replace("ae", "a").replace("oe", "o").replace("ue", "u")
    return "".join(mark for mark in plain if mark.isalnum())


_WORD = re.compile(r"[^\W_]+")


def header_currency(header: str) -> tuple[str, str]:
    """Split a header into its name and the currency in it: "Betrag (EUR)" → "Betrag", "EUR"; "" when there is none.

    A code counts in brackets, in capitals, or as the last word of a name_like_this.
    """
    words = _WORD.findall(header)
    for word in reversed(words[1:]):
        code = word.upper()
        marked = word.isupper() or f"({word}" in header or (word == words[-1] and f"_{word}" in header)
        if len(word) == 3 and marked and is_currency(code) and code not in {"ALL", "TOP", "CUP", "PEN", "MOP", "BAN"}:
            rest = re.sub(rf"[\s(\[_-]*(?<![^\W_]){re.escape(word)}(?![^\W_])[\s)\]]*", " ", header).strip()
            return rest, code
    for sign, code in (("€", "EUR"), ("£", "GBP"), ("$", "USD")):
        if sign in header:
            return re.sub(rf"[\s(\[]*{re.escape(sign)}[\s)\]]*", " ", header).strip(), code
    return header, ""


FIELDS: tuple[Field, ...] = tuple(_field(*known) for known in (*DOCUMENT_NAMES, *CUSTOMER_NAMES))
"""The order is the order in which fields choose their column."""

BY_NAME: dict[str, Field] = {field.name: field for field in FIELDS}
"""Each field by its name."""


def _places() -> dict[str, list[tuple[str, int]]]:
    places: dict[str, list[tuple[str, int]]] = {}
    for field in FIELDS:
        for rank, name in enumerate(field.names):
            places.setdefault(name, []).append((field.name, rank))
    return places


PLACES: dict[str, list[tuple[str, int]]] = _places()
"""A squashed header → the fields it may be, each with its rank there (0 is best)."""
