"""Remittance messages, X12 820 and EDIFACT (PAYORD, PAYEXT, REMADV), as a table with a line for each invoice paid."""

from __future__ import annotations

import re
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from decimal import Decimal
from decimal import InvalidOperation
from typing import NamedTuple

from arcore.intake.files import Sheet
from arcore.intake.workbook import Cell
from arcore.money import ZERO

HEADER: tuple[Cell, ...] = ("payment_ref", "value_date", "payer", "invoice_ref", "currency", "amount", "discount")
MOST_SEGMENTS = 500_000
_PAID_CODES = ("12", "9", "11", "86")
"""MOA: remitted, amount due, amount paid, message total; the first that stands wins."""
_INVOICES = frozenset({"IV", "CI", "IN"})


class Remittance(NamedTuple):
    """The payments of a message as a table, and what to say about them."""

    sheet: Sheet
    warnings: tuple[str, ...]


class _Segment(NamedTuple):
    tag: str
    parts: list[str]
    line: int

    def part(self, place: int) -> str:
        return self.parts[place].strip() if place < len(self.parts) else ""


@dataclass
class _Item:
    """An invoice that is paid; `amounts` by what they are called in the message."""

    number: str
    line: int
    amounts: dict[str, str] = field(default_factory=dict)


@dataclass
class _Payment:
    """A payment order as it is read."""

    line: int
    total: str = ""
    day: str = ""
    reference: str = ""
    payer: str = ""
    currency: str = ""
    items: list[_Item] = field(default_factory=list)
    adjusted: Decimal = ZERO


def read_remittance(text: str) -> Remittance:
    """Take a message apart. A message without payments gives a table without rows."""
    start = text.lstrip("\ufeff \r\n\t")
    payments, warnings = _x12(start, text) if start.startswith("ISA") else _edifact(start, text)
    rows: list[Sequence[Cell]] = [HEADER]
    lines = [0]
    for payment in payments:
        for item, amount in _shares(payment, warnings):
            rows.append(
                (
                    payment.reference,
                    payment.day,
                    payment.payer,
                    item.number if item else "",
                    payment.currency,
                    format(amount, "f"),
                    item.amounts.get("discount", "") if item else "",
                )
            )
            lines.append(item.line if item else payment.line)
    return Remittance(Sheet(rows, lines), tuple(warnings))


def _amount(text: str) -> Decimal | None:
    try:
        found = Decimal(text.replace(",", ".")) if re.fullmatch(r"-?\d{0,15}(?:[.,]\d{0,6})?", text) and text else None
    except InvalidOperation:
        return None
    return found


def _shares(payment: _Payment, warnings: list[str]) -> Iterator[tuple[_Item | None, Decimal]]:
    """Yield what the payment gives each invoice, by the amounts that add up to its total.

    Senders mix up the amount paid and the amount of the invoice; the total decides which is which.
    """
    total = _amount(payment.total)
    codes = list(dict.fromkeys(code for item in payment.items for code in item.amounts if code != "discount"))
    sums = {code: sum((_amount(item.amounts.get(code, "")) or ZERO for item in payment.items), ZERO) for code in codes}
    wanted = None if total is None else total - payment.adjusted
    fitting = [code for code in codes if sums[code] in {total, wanted}]
    if payment.items and codes and (total is None or fitting):
        for item in payment.items:
            amount = _amount(item.amounts.get((fitting or codes)[0], ""))
            if amount:
                yield item, amount
        if fitting and sums[fitting[0]] != total and payment.adjusted:
            yield None, payment.adjusted
        return
    if total is not None:
        one = payment.items[0] if len(payment.items) == 1 and not codes else None
        if payment.items and one is None:
            said = " or ".join(f"{value:,}" for value in sums.values()) or "nothing"
            warnings.append(
                f"The invoices of payment {payment.reference} add up to {said}, not to {total:,}; it is taken whole."
            )
        yield one, total


# --- X12 --------------------------------------------------------------------------------------------------------------


def _segments(body: str, terminator: str, separator: str, first_line: int) -> Iterator[_Segment]:
    line = first_line
    for count, raw in enumerate(body.split(terminator)):
        if count >= MOST_SEGMENTS:
            return
        line += len(raw) - len(raw.lstrip("\r\n")) - raw[: len(raw) - len(raw.lstrip("\r\n"))].count("\r")
        text = raw.strip()
        if text:
            parts = text.split(separator)
            yield _Segment(parts[0].strip(), parts, line)
        line += raw.strip("\r\n").count("\n")


def _x12(start: str, whole: str) -> tuple[list[_Payment], list[str]]:
    separator = start[3:4] or "*"
    terminator = start[105:106] if len(start) > 105 else "~"
    if terminator in "\r\n" or terminator.isalnum():
        terminator = "\n" if terminator in "\r\n" else "~"
    first = whole[: len(whole) - len(start)].count("\n") + 1
    payments: list[_Payment] = []
    warnings: list[str] = []
    sender, began = "", 0
    for count, one in enumerate(_segments(start, terminator, separator, first)):
        if one.tag == "ISA":
            sender = one.part(6)
            if one.part(15) == "T":
                warnings.append("The sender marks the message as a test.")
        elif one.tag == "ST":
            began = count
        elif one.tag == "BPR":
            payments.append(_Payment(one.line, total=one.part(2), day=_last_day(one), payer=sender))
        elif payments:
            _x12_detail(payments[-1], one)
        if one.tag == "SE" and one.part(1).isdecimal() and int(one.part(1)) != count - began + 1:
            warnings.append(f"The message says that it has {one.part(1)} segments; it has {count - began + 1}.")
    return payments, warnings


def _last_day(order: _Segment) -> str:
    """Return the date of a payment order: element 16, or the last date of a shorter one."""
    days = [part for part in (order.part(16), *reversed(order.parts[9:])) if re.fullmatch(r"\d{8}", part.strip())]
    return _iso(days[0]) if days else ""


def _iso(digits: str) -> str:
    return f"{digits[:4]}-{digits[4:6]}-{digits[6:]}"


def _x12_detail(payment: _Payment, one: _Segment) -> None:
    if one.tag == "TRN":
        payment.reference = payment.reference or one.part(2)
    elif one.tag == "CUR":
        payment.currency = payment.currency or one.part(2)
    elif one.tag == "N1" and one.part(1) == "PR" and one.part(2):
        payment.payer = one.part(2)
    elif one.tag == "DTM" and one.part(1) in {"009", "097"} and not payment.day and len(one.part(2)) == 8:
        payment.day = _iso(one.part(2))
    elif one.tag == "RMR":
        amounts = {"RMR04": one.part(4), "RMR05": one.part(5), "discount": one.part(6)}
        payment.items.append(
            _Item(one.part(2), one.line, {name: value for name, value in amounts.items() if _amount(value) is not None})
        )
    elif one.tag == "ADX":
        payment.adjusted += _amount(one.part(1)) or ZERO


# --- EDIFACT ----------------------------------------------------------------------------------------------------------


def _edifact(start: str, whole: str) -> tuple[list[_Payment], list[str]]:
    colon, plus, release, end = ":", "+", "?", "'"
    if start.startswith("UNA") and len(start) > 8:
        colon, plus, release, end = start[3], start[4], start[6], start[8]
        body = start[9:]
    else:
        body = start
    first = whole[: len(whole) - len(start)].count("\n") + 1
    hidden = {release + mark: chr(0xE000 + place) for place, mark in enumerate((colon, plus, release, end))}
    for written, held in hidden.items():
        body = body.replace(written, held) if release.strip() else body
    shown = str.maketrans({held: written[-1] for written, held in hidden.items()})
    payments: list[_Payment] = []
    sender = ""
    for one in _segments(body, end, plus, first):
        fields = [[cell.translate(shown).strip() for cell in part.split(colon)] for part in one.parts]
        if one.tag == "UNB" and len(fields) > 2:
            sender = fields[2][0]
        elif one.tag == "UNH":
            payments.append(_Payment(one.line, payer=sender))
        elif payments:
            _edifact_detail(payments[-1], one, fields)
    return [one for one in payments if one.items or one.total], []


def _edifact_detail(payment: _Payment, one: _Segment, fields: list[list[str]]) -> None:
    def cell(part: int, place: int = 0) -> str:
        return fields[part][place] if part < len(fields) and place < len(fields[part]) else ""

    if one.tag == "BGM":
        payment.reference = payment.reference or cell(2)
    elif one.tag == "DTM" and cell(1) in {"137", "203", "209", "138"} and len(cell(1, 1)) >= 8:
        payment.day = _iso(cell(1, 1)[:8])
    elif (one.tag == "FII" and cell(1) == "OR") or (one.tag == "NAD" and cell(1) in {"PR", "OY", "PL"}):
        names = [part for part in (cell(4), cell(3), cell(2)) if any(mark.isalpha() for mark in part)]
        payment.payer = names[0] if names else payment.payer
    elif one.tag == "DOC":
        payment.items.append(_Item(cell(2), one.line))
    elif one.tag == "RFF" and cell(1) in _INVOICES:
        payment.items.append(_Item(cell(1, 1), one.line))
    elif one.tag == "CUX":
        payment.currency = payment.currency or cell(1, 1)
    elif one.tag == "MOA":
        _edifact_amount(payment, cell(1), cell(1, 1))
        payment.currency = payment.currency or cell(1, 2)


def _edifact_amount(payment: _Payment, code: str, value: str) -> None:
    if payment.items and code in _PAID_CODES:
        mine = payment.items[-1].amounts
        if "paid" not in mine or code == _PAID_CODES[0]:
            mine["paid"] = value
    elif not payment.items and code in _PAID_CODES:
        payment.total = value
    elif code == "52" and payment.items:
        payment.items[-1].amounts["discount"] = value
