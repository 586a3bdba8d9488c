"""What a file was understood to say: its columns with evidence, its documents, its customers, its refused rows.

Reading makes these, the plan compares them with the source's last word. Nothing here knows the store.
"""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from arcore.money import ZERO

INVOICES = "invoices"
OPEN_ITEMS = "open_items"
PAYMENTS = "payments"
CREDIT_NOTES = "credit_notes"
CUSTOMERS = "customers"
BALANCES = "balances"
LEDGER = "ledger"
BOOKS = "books"
REMITTANCE = "remittance"
OTHER = "other"
"""What a file is. Of these OTHER is never booked and BALANCES only compared; BOOKS is the exchange pair.
REMITTANCE is what a payer says of a payment: payments, once somebody confirms that the money came."""

DRAFT = "draft"
VOID = "void"
DELETED = "deleted"
NOT_COUNTED = frozenset({VOID, DELETED})
"""States of documents that stand in the file but are not owed: left out of totals and never booked as new."""

SALES_KINDS = frozenset({"invoice", "debit_note", "late_charge"})


class Row(NamedTuple):
    """One document as the file tells it; its line items are already folded into it.

    A plain tuple, for a file may hold a million of them.

    Attributes:
        kind: a ledger kind. It gives the sign: a negative invoice arrives as a credit_note.
        key: stable identity inside the source. "id:…" when the system gives one, else "kind|customer|number", with
            date, due date and amount behind it (and "#2", "#3") when several documents of the file share that.
        customer_code: the system's code, "" when the file has none (then the name identifies).
        amount: positive, as exact as the file has it; booking rounds it to the digits of the currency (half up).
        open_amount: signed as the books sign it: + still owed to us, − credit not applied; None = file does not say.
        paid_amount: positive for money received on it, None = file does not say.
        status: "open", "paid", "draft", "void", "deleted" or "" when the file does not say.
        applies_to: number of the invoice that a payment or credit pays, "" if none is named.
        entity: our company or company code, "" when the file has no such column.
        line: first line it stood on, 1-based, as an editor or a spreadsheet shows it.
        lines: how many lines were folded into it.
        delivered_on: when what it is about was delivered or done, the last of its lines; None = file does not say.
    """

    kind: str
    key: str
    number: str
    customer_code: str
    customer_name: str
    document_date: date | None
    due_date: date | None
    paid_date: date | None
    currency: str
    amount: Decimal
    open_amount: Decimal | None
    paid_amount: Decimal | None
    status: str
    applies_to: str
    po_number: str
    reference: str
    terms: str
    tax_amount: Decimal | None
    file: str
    line: int
    entity: str = ""
    lines: int = 1
    delivered_on: date | None = None


@dataclass(frozen=True, slots=True)
class CustomerRow:
    """One customer, or one more contact of a customer, as a file tells it.

    A customer with two contacts is two rows with the same code (or name); empty text means that the file says nothing.
    Limits and balance are in `currency`. `inactive`: the system marks it as deleted or not in use.
    """

    code: str
    name: str
    parent: str
    email: str
    phone: str
    contact_name: str
    role: str
    language: str
    terms: str
    owner: str
    segment: str
    credit_limit: Decimal | None
    insured_limit: Decimal | None
    currency: str
    region: str
    open_balance: Decimal | None
    inactive: bool
    file: str
    line: int
    tax_number: str = ""


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row that can't be booked, and why; `number` and `customer` so that its document counts as present."""

    file: str
    line: int
    column: str
    value: str
    reason: str
    number: str = ""
    customer: str = ""


@dataclass(frozen=True, slots=True)
class ColumnMatch:
    """A column of the file and the field it was taken for ("" = not used); `position` counts from 0."""

    column: str
    position: int
    field: str
    score: float
    why: str


class Guessed(NamedTuple):
    """What a column is taken for by its content alone: the field, how sure that is (0 to 1), and why."""

    field: str
    score: float
    why: str


GUESSED = "guessed from its content"
"""How the reason begins of a column that no name tells."""


@dataclass(frozen=True, slots=True)
class FileTotal:
    """A total that the file itself states, beside what its rows add up to (signed, one column, one currency).

    `field` is what the column was taken for.
    """

    column: str
    line: int
    stated: Decimal
    rows: Decimal
    field: str = ""

    @property
    def difference(self) -> Decimal:
        """Return stated less rows; zero when the file foots."""
        return self.stated - self.rows


@dataclass(frozen=True, slots=True)
class Question:
    """What has to be answered before the file can be booked. Ids: as_of, no_header, columns, remittance, currency."""

    id: str
    text: str


@dataclass(frozen=True)
class Understood:
    """All that was understood of one table: a CSV file, or one sheet of a workbook.

    Attributes:
        path: the file's name as it was given; `sheet` the sheet's, "" for text files.
        format: "csv", "xlsx" or another of `files.Opened`.
        kind: one of the names above.
        profile: the system it seems to come from, "generic" when none fits.
        confidence: 0 to 1, how sure kind and columns are.
        as_of: the day of a snapshot, None when neither file nor caller says.
        encoding: of text files, "" for workbooks.
        header_row: the line of the header, 0 when there is none.
        rows_read: every line or sheet row that holds anything; = used + left out + refused.
        rows_used: those that went into `rows` or `customers`.
        left_out: count by reason: title, header, group, total, blank, footer, duplicate, not_receivable, …
        reason: for OTHER and BALANCES, why nothing of it is booked, as a sentence.
        day_first: how dates like 02/03/2026 were read; None when none needed it.
        date_order_proved: False when `day_first` is only the default; a warning says so.
        decimal_mark: "." or ",", None when no number has decimals.
        file_totals: what the file's own total rows say.
        questions: to be answered before a commit.
        header_fingerprint: same for two files with the same header; corrections are remembered under it.
        preview: header and first rows as text.
        content: for BOOKS only, the plain bytes of the file, and `part` says "documents" or "applications".
    """

    path: str
    format: str
    kind: str
    profile: str = "generic"
    confidence: float = 0.0
    as_of: date | None = None
    encoding: str = ""
    header_row: int = 0
    rows_read: int = 0
    rows_used: int = 0
    left_out: Mapping[str, int] = field(default_factory=dict)
    columns: tuple[ColumnMatch, ...] = ()
    rows: tuple[Row, ...] = ()
    customers: tuple[CustomerRow, ...] = ()
    refused: tuple[RefusedRow, ...] = ()
    warnings: tuple[str, ...] = ()
    questions: tuple[Question, ...] = ()
    file_totals: tuple[FileTotal, ...] = ()
    header_fingerprint: str = ""
    preview: tuple[tuple[str, ...], ...] = ()
    sheet: str = ""
    reason: str = ""
    day_first: bool | None = None
    date_order_proved: bool = True
    decimal_mark: str | None = None
    part: str = ""
    content: bytes = field(default=b"", repr=False)

    def customer_keys(self) -> tuple[str, ...]:
        """Return the distinct customers of rows and customer rows, in order: the code, or the name without one."""
        found: dict[str, None] = {}
        for row in self.rows:
            found.setdefault(row.customer_code or row.customer_name)
        for customer in self.customers:
            found.setdefault(customer.code or customer.name)
        found.pop("", None)
        return tuple(found)


@dataclass(frozen=True, slots=True)
class CountAndSum:
    """How many documents, and their amounts added up, positive."""

    count: int = 0
    sum: Decimal = ZERO

    def plus(self, amount: Decimal) -> CountAndSum:
        """Return this with one more document."""
        return CountAndSum(self.count + 1, self.sum + amount)


@dataclass(frozen=True, slots=True)
class Totals:
    """What a file holds in one currency; `open` is signed and None when no row says what is open."""

    invoices: CountAndSum = CountAndSum()
    credit_notes: CountAndSum = CountAndSum()
    payments: CountAndSum = CountAndSum()
    others: CountAndSum = CountAndSum()
    open: Decimal | None = None


def totals(rows: Iterable[Row]) -> dict[str, Totals]:
    """Add up documents by currency: drafts included, void and deleted ones not.

    `invoices` are invoices, debit notes and late charges; refunds, write-offs and the like are `others`.
    """
    sums: dict[str, dict[str, CountAndSum]] = {}
    opens: dict[str, Decimal] = {}
    for row in rows:
        if row.status in NOT_COUNTED:
            continue
        of_currency = sums.setdefault(row.currency, {})
        group = _GROUPS.get(row.kind, "others")
        of_currency[group] = of_currency.get(group, CountAndSum()).plus(row.amount)
        if row.open_amount is not None:
            opens[row.currency] = opens.get(row.currency, ZERO) + row.open_amount
    return {currency: Totals(**groups, open=opens.get(currency)) for currency, groups in sorted(sums.items())}


_GROUPS = dict.fromkeys(SALES_KINDS, "invoices") | {"credit_note": "credit_notes", "payment": "payments"}
