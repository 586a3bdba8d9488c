"""Customers and contacts from a table: one row per contact, duplicates left out, doubtful addresses named."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from decimal import Decimal

from arcore.intake import words
from arcore.intake.cells import texts
from arcore.intake.columns import Columns
from arcore.intake.layout import Table
from arcore.intake.lines import clean_name
from arcore.intake.numbers import read_amount
from arcore.intake.understood import CustomerRow
from arcore.intake.understood import RefusedRow
from arcore.intake.workbook import Cell
from arcore.money import is_currency

TEMPLATE_COLUMNS = (
    "Customer number",
    "Customer name",
    "Parent",
    "Contact name",
    "Role",
    "Email",
    "Phone",
    "Language",
    "Terms",
    "Owner",
    "Segment",
    "Region",
    "Currency",
    "Credit limit",
    "Insured limit",
    "Inactive",
    "Tax number",
)
"""The columns of the file that people may download and fill in; any of them may be left out."""
MOST_NAMED = 5
_ADDRESS = re.compile(r"[^@\s,;<>()]+@[^@\s,;<>()]+\.[^@\s,;<>().]{2,}\Z")
_TEXT_FIELDS = (
    "system_id",
    "customer_code",
    "customer_name",
    "parent",
    "email",
    "phone",
    "contact_name",
    "first_name",
    "last_name",
    "role",
    "language",
    "terms",
    "owner",
    "segment",
    "currency",
    "region",
    "tax_number",
    "active_flag",
    "inactive_flag",
    "status",
    "deleted_flag",
    "current_flag",
)
_LIMITS = ("credit_limit", "insured_limit", "open_amount", "amount")


@dataclass
class Directory:
    """The customers of a table, and what has to be said about them."""

    customers: list[CustomerRow] = field(default_factory=list)
    refused: list[RefusedRow] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    warnings: list[str] = field(default_factory=list)


def template() -> bytes:
    """Return an empty customers file as CSV (UTF-8 with mark, so that Excel opens it right)."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerow(TEMPLATE_COLUMNS)
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def read_customers(table: Table, columns: Columns, file: str, mark: str) -> Directory:
    """Read a table of customers or of balances per customer.

    A row without code and name is refused, an exact repetition left out. An e-mail address that is none is dropped
    with a warning: the customer stays.
    """
    at = columns.at
    result = Directory()
    text = {name: texts(table.column(at.get(name)), ids=name in _IDS) for name in _TEXT_FIELDS}
    _use_unique_codes(text)
    money = {name: table.column(at.get(name)) for name in _LIMITS}
    seen: set[tuple[str, ...]] = set()
    doubtful: list[str] = []
    for index, line in enumerate(table.lines):
        if text["current_flag"][index] and words.is_yes(text["current_flag"][index]) is False:
            result.left_out["superseded"] += 1
            continue
        if _other_party(text["customer_code"][index], table):
            result.left_out["not_receivable"] += 1
            continue
        content = tuple(str(cell) for cell in table.rows[index])
        if content in seen:
            result.left_out["duplicate"] += 1
            continue
        seen.add(content)
        refused = _problem(index, line, table, at, text, money, mark, file)
        if refused:
            result.refused.append(refused)
        else:
            result.customers.append(_customer(index, line, text, money, mark, file, columns, doubtful))
    if doubtful:
        shown = ", ".join(doubtful[:MOST_NAMED])
        result.warnings.append(f"{len(doubtful)} e-mail addresses are none and are left empty: {shown}.")
    return result


_IDS = frozenset({"system_id", "customer_code", "tax_number"})


def told_by_documents(table: Table, at: Mapping[str, int], file: str) -> tuple[CustomerRow, ...]:
    """Return the tax numbers that a list of documents tells of its customers, the first of each."""
    if "tax_number" not in at:
        return ()
    codes, names, numbers = (
        texts(table.column(at.get(name)), ids=name in _IDS) for name in ("customer_code", "customer_name", "tax_number")
    )
    found: dict[tuple[str, str], CustomerRow] = {}
    for line, code, name, number in zip(table.lines, codes, names, numbers, strict=True):
        if number and (code or name):
            found.setdefault((code, name), _only_tax_number(code, "" if code else name, number, file, line))
    return tuple(found.values())


def _only_tax_number(code: str, name: str, number: str, file: str, line: int) -> CustomerRow:
    blank = dict.fromkeys(
        "parent email phone contact_name role language terms owner segment currency region".split(), ""
    )
    return CustomerRow(
        code=code,
        name=name,
        credit_limit=None,
        insured_limit=None,
        open_balance=None,
        inactive=False,
        file=file,
        line=line,
        tax_number=number,
        **blank,
    )


def _use_unique_codes(text: dict[str, list[str]]) -> None:
    """Take the system's id for the code where the codes repeat and the ids do not."""
    codes = [code for code in text["customer_code"] if code]
    ids = [one for one in text["system_id"] if one]
    if len(set(codes)) * 2 < len(codes) and len(set(ids)) > len(set(codes)):
        text["customer_code"] = text["system_id"]


def _other_party(code: str, table: Table) -> bool:
    """Tell a supplier in a German list of debtors and creditors: accounts from 70000 on."""
    if not any(name.startswith("Name (Adressatentyp") for name in table.header):
        return False
    return code.isdecimal() and code.lstrip("0")[:1] in {"7", "8", "9"}


def _problem(
    index: int,
    line: int,
    table: Table,
    at: Mapping[str, int],
    text: Mapping[str, Sequence[str]],
    money: Mapping[str, Sequence[Cell]],
    mark: str,
    file: str,
) -> RefusedRow | None:
    code, name = text["customer_code"][index] or text["system_id"][index], _name(index, text)
    if not code and not name:
        value = text["email"][index]
        return RefusedRow(file, line, "", value, "The customer's name is missing")
    for field_name, label in (("credit_limit", "Credit limit"), ("insured_limit", "Insured limit")):
        cell = money[field_name][index]
        if cell != "" and read_amount(cell, mark) is None:
            header = table.header[at[field_name]]
            return RefusedRow(file, line, header, str(cell), f"{label} {cell} is not an amount", "", code or name)
    currency = text["currency"][index].upper()
    if currency and not is_currency(currency) and len(currency) == 3 and currency.isalpha():
        header = table.header[at["currency"]]
        return RefusedRow(file, line, header, currency, f"Currency {currency} is not known", "", code or name)
    return None


def _name(index: int, text: Mapping[str, Sequence[str]]) -> str:
    whole = text["customer_name"][index]
    return whole or _person(index, text)


def _person(index: int, text: Mapping[str, Sequence[str]]) -> str:
    return " ".join(filter(None, (text["first_name"][index], text["last_name"][index])))


def _customer(
    index: int,
    line: int,
    text: Mapping[str, Sequence[str]],
    money: Mapping[str, Sequence[Cell]],
    mark: str,
    file: str,
    columns: Columns,
    doubtful: list[str],
) -> CustomerRow:
    name, deleted = clean_name(_name(index, text))
    parent = text["parent"][index]
    if not parent and "parent" not in columns.at and ":" in name:
        parent = name.rsplit(":", 1)[0].strip()
    currency = text["currency"][index].upper()
    if not is_currency(currency):
        currency = columns.currencies.get("credit_limit", "") or columns.currencies.get("open_amount", "")
    return CustomerRow(
        code=text["customer_code"][index] or text["system_id"][index],
        name=name,
        parent=parent,
        email=_email(text["email"][index], doubtful),
        phone=text["phone"][index],
        contact_name=text["contact_name"][index] or _person(index, text),
        role=text["role"][index],
        language=_language(text["language"][index]),
        terms=text["terms"][index],
        owner=text["owner"][index],
        segment=text["segment"][index],
        credit_limit=_limit(money["credit_limit"][index], mark),
        insured_limit=_limit(money["insured_limit"][index], mark),
        currency=currency,
        region=text["region"][index],
        # A list of balances by age may call what is owed "Total".
        open_balance=_limit(money["open_amount"][index], mark) or _limit(money["amount"][index], mark),
        inactive=deleted or _inactive(index, text),
        file=file,
        line=line,
        tax_number=text["tax_number"][index],
    )


def _limit(cell: Cell, mark: str) -> Decimal | None:
    amount = read_amount(cell, mark)
    return amount.value if amount else None


def _email(cell: str, doubtful: list[str]) -> str:
    """Return the address; the first where several are given; "" and a note where it is none."""
    if not cell:
        return ""
    first = re.split(r"[,;\s]+", cell.strip())[0].removeprefix("mailto:")
    if _ADDRESS.match(first):
        return first
    doubtful.append(cell)
    return ""


SAP_LANGUAGES = {
    "A": "ar", "C": "cs", "D": "de", "E": "en", "F": "fr", "G": "el", "H": "hu", "I": "it", "J": "ja", "K": "da",
    "L": "pl", "N": "nl", "O": "no", "P": "pt", "R": "ru", "S": "es", "T": "tr", "U": "fi", "V": "sv",
}  # fmt: skip
"""The one-letter keys of its table of languages, as KNA1 tells them."""


def _language(cell: str) -> str:
    """Return a language tag: "en_US" → "en-US", "DE" and "D" → "de"; words are kept, a system's own numbers are not."""
    if cell.isdecimal():
        return ""
    if cell in SAP_LANGUAGES:
        return SAP_LANGUAGES[cell]
    found = re.fullmatch(r"([A-Za-z]{2})(?:[-_]([A-Za-z]{2}))?", cell)
    if not found:
        return cell
    return found[1].lower() + (f"-{found[2].upper()}" if found[2] else "")


def _inactive(index: int, text: Mapping[str, Sequence[str]]) -> bool:
    status = text["status"][index].casefold()
    return (
        words.is_yes(text["active_flag"][index] or "yes") is False
        or words.is_yes(text["inactive_flag"][index] or "no") is True
        or words.is_yes(text["deleted_flag"][index] or "no") is True
        or status in {"inactive", "inaktiv", "deleted", "archived", "closed"}
    )
