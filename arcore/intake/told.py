"""Rows of files in the units of the books: customer found, currency known, minor units, signed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from dataclasses import field
from datetime import date
from typing import NamedTuple

from arcore.errors import BadInput
from arcore.intake.changes import Ref
from arcore.intake.changes import SourceKey
from arcore.intake.parties import Directory
from arcore.intake.understood import DRAFT
from arcore.intake.understood import NOT_COUNTED
from arcore.intake.understood import OPEN_ITEMS
from arcore.intake.understood import RefusedRow
from arcore.intake.understood import Row
from arcore.intake.understood import Understood
from arcore.ledger.checks import FIRST_YEAR
from arcore.ledger.checks import LAST_YEAR
from arcore.ledger.kinds import BY_NAME
from arcore.money import is_currency
from arcore.money import nearest_minor

NO_CURRENCY = "XXX"
"""Stands in for a currency that nobody named, so that a plan can be shown; it is never booked."""

MONEY = frozenset({"payment", "refund", "payment_reversal"})


@dataclass(frozen=True, slots=True)
class Voice:
    """Who tells a row, and as of when.

    Attributes:
        day: the day that the file speaks of, None when nobody said.
        counts_on: the day from which what the file implies counts: `day`, else its newest document.
        currency: for rows without one.
    """

    source: SourceKey
    day: date | None
    counts_on: date
    currency: str
    snapshot: bool


class Told(NamedTuple):
    """One document as the file tells it, in the units of the books; a file may hold a million of them.

    Attributes:
        amount: signed by its kind; `open_amount` too, None when the file does not say.
        taken_back: the source voided or deleted it.
        own: the customer that the row names, where that one lives on in `customer`; 0 where it is the same.
    """

    row: Row
    voice: Voice
    kind: str
    key: str
    number: str
    customer: Ref
    entity: str
    currency: str
    document_date: date
    due_date: date
    amount: int
    open_amount: int | None
    tax_amount: int | None
    taken_back: bool = False
    own: Ref = 0

    @property
    def home(self) -> Ref:
        """Return the customer to book it for: a merged one keeps its documents, so that a merge can be split."""
        return self.own or self.customer

    @property
    def side(self) -> int:
        """Return +1 for a debit, −1 for a credit."""
        return BY_NAME[self.kind].side

    @property
    def paid(self) -> int:
        """Return how much of it the file says is done with, positive; 0 when it does not say."""
        return 0 if self.open_amount is None else abs(self.amount) - abs(self.open_amount)


@dataclass
class Hearing:
    """All that was heard: documents, rows that can't be booked, what is left out and why."""

    told: list[Told] = field(default_factory=list)
    silent: list[Row] = field(default_factory=list)
    refused: list[RefusedRow] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    warnings: list[str] = field(default_factory=list)
    overpaid: int = 0
    overstated: int = 0


class Listener:
    """Turns rows into documents of the books; a row that can't be one is refused with its reason."""

    def __init__(self, directory: Directory, *, include_drafts: bool) -> None:
        """Start to listen; customers are looked up, and made, in the directory."""
        self.directory = directory
        self.include_drafts = include_drafts
        self.heard = Hearing()
        self._owner_of: dict[str, tuple[Ref, str, str]] = {}
        self._introduced = 0
        self._resolved: dict[tuple[str, str, str], Ref | None] = {}

    def hear(self, understood: Understood, voice: Voice) -> None:
        """Take every row of a file."""
        self._resolved.clear()
        for row in sorted(understood.rows, key=lambda r: bool(r.applies_to)):
            if row.status == DRAFT and not self.include_drafts:
                self.heard.left_out["draft"] += 1
                self.heard.silent.append(row)
                continue
            try:
                told = self._told(row, voice)
            except BadInput as error:
                value = str(error.details.get("value", ""))
                column = str(error.details.get("column", ""))
                self.heard.refused.append(
                    RefusedRow(row.file, row.line, column, value, error.message, row.number, row.customer_name)
                )
                continue
            if told is None:
                self.heard.left_out["zero"] += 1
                self.heard.silent.append(row)
            else:
                self.heard.told.append(told)

    def introduce(self, numbers: Iterable[tuple[str, Ref, str, str]]) -> None:
        """Tell whose an invoice number is, in which entity and currency, for payments that name nothing else.

        Who was told first wins, be it here or by a row.
        """
        self._introduce_told()
        for number, customer, entity, currency in numbers:
            self._owner_of.setdefault(number.casefold(), (customer, entity, currency))

    def _introduce_told(self) -> None:
        """Let the documents heard since the last time be known by number: few files name any."""
        told = self.heard.told
        for one in told[self._introduced :]:  # only the new ones: payments ask after each row
            if one.row.number:
                self._owner_of.setdefault(one.row.number.casefold(), (one.customer, one.entity, one.currency))
        self._introduced = len(told)

    def _owner(self, number: str) -> tuple[Ref, str, str] | None:
        if self._introduced < len(self.heard.told):
            self._introduce_told()
        return self._owner_of.get(number.casefold())

    def _resolve(self, code: str, name: str, currency: str) -> Ref | None:
        """Find or make the customer of a row; within a file the same words mean the same customer."""
        key = (code, name, currency)
        if key not in self._resolved:
            self._resolved[key] = self.directory.resolve(code, name, currency)
        return self._resolved[key]

    def _told(self, row: Row, voice: Voice) -> Told | None:
        kind = BY_NAME.get(row.kind)
        if kind is None or kind.side == 0:
            msg = f"A {row.kind.replace('_', ' ')} can't be booked from a list: it does not say which side it is on"
            raise BadInput(msg, column="type", value=row.kind)
        paid_for = self._owner(row.applies_to) if row.applies_to else None
        currency = self._currency(row, voice, paid_for)
        # Who pays is often written in another way than who was invoiced: the invoice that is named knows better.
        stranger = paid_for is not None and self.directory.find(row.customer_code, row.customer_name) is None
        customer = None if stranger else self._resolve(row.customer_code, row.customer_name, currency)
        if customer is None and paid_for is not None:
            customer = paid_for[0]
        if customer is None:
            raise BadInput("The row names no customer", column="customer")
        taken_back = row.status in NOT_COUNTED
        amount = abs(nearest_minor(row.amount, currency))
        left = self._left(row, voice, currency, amount)
        if left is not None:
            amount = max(amount, left)
        if not amount and not taken_back:
            return None
        dated = self._dates(row, voice)
        entity = row.entity or (paid_for[1] if paid_for else voice.source.entity)
        return Told(
            row,
            voice,
            row.kind,
            row.key,
            row.number,
            customer,
            entity,
            currency,
            dated[0],
            dated[1],
            kind.side * amount,
            None if left is None else kind.side * left,
            None if row.tax_amount is None else abs(nearest_minor(row.tax_amount, currency)),
            taken_back,
            0 if stranger else self.directory.own(row.customer_code, row.customer_name, customer),
        )

    def _currency(self, row: Row, voice: Voice, paid_for: tuple[Ref, str, str] | None) -> str:
        currency = row.currency or (paid_for[2] if paid_for else "") or voice.currency or NO_CURRENCY
        if not is_currency(currency):
            raise BadInput(f"{currency!r} is no currency code (ISO 4217)", column="currency", value=currency)
        return currency

    def _left(self, row: Row, voice: Voice, currency: str, amount: int) -> int | None:
        """Return what the row says is open, positive on its side; None when it says nothing."""
        side = BY_NAME[row.kind].side
        if row.kind in MONEY and row.open_amount is None:
            # "Paid" of a payment says that the money came, not that it was applied.
            return amount if voice.snapshot else None
        if row.open_amount is not None:
            left = side * nearest_minor(row.open_amount, currency)
            self.heard.overpaid += left < 0
            self.heard.overstated += left > amount
            return max(0, left)
        if row.paid_amount is not None:
            return max(0, amount - abs(nearest_minor(row.paid_amount, currency)))
        if row.status == "paid" or (row.paid_date is not None and row.status != "open"):
            return 0
        return amount if voice.snapshot or row.status == "open" else None

    def _dates(self, row: Row, voice: Voice) -> tuple[date, date]:
        paid_on = row.paid_date if row.kind in MONEY else None
        document_date = row.document_date or paid_on or row.due_date or voice.day
        if document_date is None:
            raise BadInput("The row has no date", column="date")
        due_date = row.due_date or document_date
        for column, day in (("date", document_date), ("due_date", due_date)):
            if not FIRST_YEAR <= day.year <= LAST_YEAR:
                raise BadInput(
                    f"{day.isoformat()} is not a date that books can hold ({FIRST_YEAR} to {LAST_YEAR})",
                    column=column,
                    value=day.isoformat(),
                )
        return document_date, due_date


def newest_day(rows: Iterable[Row]) -> date | None:
    """Return the latest day on which any document of the rows was issued or paid."""
    days = [day for row in rows for day in (row.document_date, row.paid_date) if day is not None]
    return max(days, default=None)


def voice_of(understood: Understood, *, source: SourceKey, as_of: date | None, currency: str, today: date) -> Voice:
    """Say who tells the rows of a file and as of when; `today` only where the file holds no date at all."""
    day = as_of or understood.as_of
    counts_on = day or newest_day(understood.rows) or today
    return Voice(source, day, counts_on, currency, understood.kind == OPEN_ITEMS)
