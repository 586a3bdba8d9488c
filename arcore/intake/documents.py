"""From lines to documents as the books know them: kind by type and sign, what is open, and what is refused."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from decimal import Decimal

from arcore.intake import words
from arcore.intake.column_words import how_many
from arcore.intake.columns import Columns
from arcore.intake.currencies import settle_currencies
from arcore.intake.folding import ITEMS
from arcore.intake.folding import ONCE
from arcore.intake.folding import SUMMED
from arcore.intake.folding import Document
from arcore.intake.folding import fold
from arcore.intake.folding import keys
from arcore.intake.layout import Table
from arcore.intake.lines import Line
from arcore.intake.lines import Lines
from arcore.intake.lines import Reading
from arcore.intake.lines import read_lines
from arcore.intake.profiles_read import Rules
from arcore.intake.receivables import keep_receivables
from arcore.intake.receivables import settle
from arcore.intake.still_open import RECEIPTS
from arcore.intake.still_open import open_of
from arcore.intake.still_open import status_of
from arcore.intake.synonyms import squash
from arcore.intake.understood import CREDIT_NOTES
from arcore.intake.understood import DELETED
from arcore.intake.understood import INVOICES
from arcore.intake.understood import LEDGER
from arcore.intake.understood import NOT_COUNTED
from arcore.intake.understood import OPEN_ITEMS
from arcore.intake.understood import PAYMENTS
from arcore.intake.understood import REMITTANCE
from arcore.intake.understood import VOID
from arcore.intake.understood import RefusedRow
from arcore.intake.understood import Row
from arcore.money import LARGEST
from arcore.money import ZERO
from arcore.money import digits

_DEFAULT_KIND = {PAYMENTS: "payment", REMITTANCE: "payment", CREDIT_NOTES: "credit_note"}
_TOTAL_NAMES = ("total", "gross", "brutto", "ttc", "invoiceamount", "rechnungsbetrag", "grand", "facture")
_SURE = Decimal(LARGEST).scaleb(-6)
"""Amounts below this are small enough in every currency."""
_ITEM_FIELDS = ("line_amount", "quantity", "unit_price")


@dataclass
class Documents:
    """The documents of a table, and everything that has to be said about them; `folded` how lines made them."""

    kind: str
    rows: list[Row] = field(default_factory=list)
    refused: list[RefusedRow] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    warnings: list[str] = field(default_factory=list)
    used: int = 0
    folded: str = ""


@dataclass(frozen=True)
class _Signs:
    """What the signs of a file mean, decided over all its rows."""

    kind: str
    payments_negative: bool
    credits_negative: bool


def read_documents(
    table: Table,
    columns: Columns,
    kind: str,
    reading: Reading,
    *,
    currency: str | None = None,
    said_open: bool = False,
) -> Documents:
    """Read a table of documents. Bad rows come back as refused, they never hide the good ones.

    Args:
        table: its data rows.
        columns: which column is what.
        kind: what the table is (invoices, open_items, payments, credit_notes, ledger).
        reading: decimal mark and date orders.
        currency: taken where the file names none.
        said_open: somebody, or the file's name, says that it lists what is open; a list that says of each document
            that something of it is open is a snapshot then.
    """
    read = read_lines(table, columns, reading, default_kind=_DEFAULT_KIND.get(kind, ""))
    result = Documents(_snapshot_kind(kind, read.lines, columns.at, said_open=said_open))
    if kind == LEDGER:
        read.left_out["other_account"] += keep_receivables(table, columns.at, read.lines, reading.rules.receivable)
    result.left_out.update(read.left_out)
    result.warnings.extend(read.warnings)
    _as_file_says(kind, read, columns.at, result)
    if result.kind in RECEIPTS and reading.rules.customer:
        _name_payers(read.lines, reading.rules.customer, result)
    result.warnings.extend(settle_currencies(read.lines, default=currency, has_column="currency" in columns.at))
    good = _sort_out(read, columns, reading, result)
    read.lines.clear()
    header = table.header[columns.at["amount"]] if "amount" in columns.at else ""
    line_level = any(name in columns.at for name in _ITEM_FIELDS)
    folded = fold(
        good,
        apart=result.kind in RECEIPTS,
        total_named=any(word in squash(header) for word in _TOTAL_NAMES),
        line_level=line_level,
    )
    good.clear()
    result.folded = folded.mode.why
    documents = folded.documents
    if folded.mode.name == ONCE and result.kind not in RECEIPTS:
        _leave_out_repetitions(documents, table, result)
    if folded.mode.name in {SUMMED, ITEMS}:
        documents = _whole_only(documents, reading.file, result)
    _to_rows(documents, reading, columns.at, result)
    if kind == LEDGER:
        result.rows = settle(result.rows)
    return result


def _leave_out_repetitions(documents: Sequence[Document], table: Table, result: Documents) -> None:
    """Count lines that repeat another of their document in every cell."""
    several = [document for document in documents if len(document.lines) > 1]
    if not several:
        return
    places = {line: place for place, line in enumerate(table.lines)}
    for document in several:
        contents = {tuple(map(str, table.rows[places[line.line]])) for line in document.lines}
        repeated = len(document.lines) - len(contents)
        if repeated:
            result.left_out["duplicate"] += repeated
            result.used -= repeated


def _snapshot_kind(kind: str, lines: Sequence[Line], at: Mapping[str, int], *, said_open: bool) -> str:
    """Correct by content: what is mostly settled is a list; SAP line items with nothing cleared are a snapshot."""
    if kind == OPEN_ITEMS:
        settled = sum(1 for line in lines if line.open == 0 or line.status == words.PAID)
        return INVOICES if settled * 2 > len(lines) else kind
    if said_open and kind == INVOICES and _all_open(lines):
        return OPEN_ITEMS
    if not lines or kind != INVOICES or "due_date" not in at or {"status", "open_amount", "paid_amount"} & at.keys():
        return kind
    coded = all(len(line.type_word) == 2 and not (line.cleared or line.paid_on) for line in lines)
    return OPEN_ITEMS if "doc_type" in at and coded else kind


def _all_open(lines: Sequence[Line]) -> bool:
    """Tell whether the file says of every document that counts that something of it is open."""
    counted = [line for line in lines if line.status not in NOT_COUNTED]
    return bool(counted) and all(line.open and line.status != words.PAID for line in counted)


def _as_file_says(kind: str, read: Lines, at: Mapping[str, int], result: Documents) -> None:
    """Settle what columns mean in this kind of file: dates of payment, numbers of invoices paid."""
    if kind in RECEIPTS:
        _payments(read.lines, at)
    elif result.kind == OPEN_ITEMS and "paid_date" in at:
        dated = sum(1 for line in read.lines if line.paid_on)
        if dated:
            result.warnings.append(
                f"{dated} open items have a payment date; it is taken as expected, not as paid, for they are open."
            )
        for line in read.lines:
            line.paid_on = None


def _payments(lines: Sequence[Line], at: Mapping[str, int]) -> None:
    """In a list of payments the invoice number is what is paid, and the payment date is the date."""
    named = "payment_no" in at or "applies_to" in at
    for line in lines:
        if line.amount is None:
            line.amount, line.paid = line.paid, None
        line.issue = line.issue or line.paid_on
        line.paid_on = None
        if "applies_to" not in at:
            line.applies_to, line.number = line.number, line.payment_no
        elif not line.number:
            line.number = line.payment_no
        if not named and line.system_id and not line.number:
            line.number = ""


def _name_payers(lines: Sequence[Line], customer: str, result: Documents) -> None:
    """Put payments of which nobody says who paid or what for under the customer that the profile keeps for them."""
    nameless = [line for line in lines if not (line.code or line.name or line.applies_to)]
    for line in nameless:
        line.name = customer
    if nameless:
        result.warnings.append(
            f"{how_many(len(nameless), 'payment')} of nobody in particular: taken under “{customer}” until moved."
        )


def _sort_out(read: Lines, columns: Columns, reading: Reading, result: Documents) -> list[Line]:
    """Part the good lines from the refused and those that need no booking."""
    line_level = any(name in columns.at for name in _ITEM_FIELDS)
    says_open = result.kind == OPEN_ITEMS and "open_amount" in columns.at
    good = []
    for line in read.lines:
        named = line.number and (line.code or line.name)
        if named and line.issue and line.amount is not None and not line.problem and not says_open:
            good.append(line)
            continue
        problem = line.problem or _missing(line, columns.at, result.kind, line_level=line_level)
        if problem is None:
            good.append(line)
        elif line.status in {DELETED, VOID}:
            result.left_out[line.status] += 1
        else:
            column, value, reason = problem
            result.refused.append(
                RefusedRow(reading.file, line.line, column, value, reason, line.number, line.code or line.name)
            )
    result.used = len(good)
    return good


def _missing(line: Line, at: Mapping[str, int], kind: str, *, line_level: bool) -> tuple[str, str, str] | None:
    money = line.amount if line.amount is not None else line.open
    nameless = not line.number and not line.system_id and kind not in RECEIPTS
    numberless = line.kind in {"payment", "refund"} or (not line.kind and (money or ZERO) < 0)
    unsaid = kind == OPEN_ITEMS and "open_amount" in at and line.open is None and line.status not in NOT_COUNTED
    checks = (
        (not line.code and not line.name and not (kind in RECEIPTS and line.applies_to), "The customer is missing"),
        (money is None and line.value is None, "The amount is missing"),
        (nameless and line_level, "The number is missing, so the line belongs to no document"),
        (nameless and not numberless and "invoice_no" in at, "The invoice number is missing"),
        (line.issue is None and ("issue_date" in at or kind in RECEIPTS), "The date is missing"),
        (unsaid, "The open amount is missing"),
    )
    return next((("", "", reason) for broken, reason in checks if broken), None)


def _whole_only(documents: Sequence[Document], file: str, result: Documents) -> list[Document]:
    """Refuse documents of which a line was refused: their sum would be too small."""
    broken = {(row.customer, row.number): row.line for row in result.refused if row.number}
    whole = []
    for document in documents:
        head = document.head
        missing = broken.get((head.code or head.name, head.number))
        if missing is None:
            whole.append(document)
            continue
        result.used -= len(document.lines)
        result.refused.extend(
            RefusedRow(
                file,
                line.line,
                "",
                "",
                f"Line {missing} of the same document is refused, so its sum is not known",
                line.number,
                line.code or line.name,
            )
            for line in document.lines
        )
    return whole


def _to_rows(documents: list[Document], reading: Reading, at: Mapping[str, int], result: Documents) -> None:
    """Make the rows; the documents are used up, each goes when its row is there."""
    file, signs = reading.file, _signs(result.kind, documents, reading.rules)
    kept: list[tuple[Document, str, Decimal]] = []
    for document in documents:
        amount = document.amount or ZERO
        head = document.head
        if amount == 0 and head.status not in NOT_COUNTED:
            result.left_out["zero"] += len(document.lines)
            result.used -= len(document.lines)
        elif not -_SURE < amount < _SURE and abs(amount).scaleb(digits(head.currency or "USD")) >= LARGEST:
            reason = "The amount is larger than arcore can keep"
            result.refused.append(RefusedRow(file, head.line, "", str(amount), reason, head.number, head.code))
            result.used -= len(document.lines)
        else:
            kept.append((document, _kind_of(head, amount, signs), amount))
    bases = [_base(document, kind) for document, kind, _ in kept]
    unique = keys(bases, lambda index: _detail(kept[index][0], kept[index][2]))
    documents.clear()
    kept.reverse()
    for key in unique:
        document, kind, amount = kept.pop()
        result.rows.append(_row(key, kind, document, amount, file, at, result.kind))


def _signs(kind: str, documents: Sequence[Document], rules: Rules) -> _Signs:
    """See which sign payments and credits have in this file: as its system says, else the one most of them have."""
    counts: Counter[tuple[str, bool]] = Counter()
    for document in documents:
        counts[document.head.kind, (document.amount or ZERO) < 0] += 1
    payments, credits_ = rules.payments_negative, rules.credits_negative
    return _Signs(
        kind,
        payments_negative=counts["payment", True] > counts["payment", False] if payments is None else payments,
        credits_negative=counts["credit_note", True] > counts["credit_note", False] if credits_ is None else credits_,
    )


def _kind_of(line: Line, amount: Decimal, signs: _Signs) -> str:
    """Return the ledger kind: the type's, turned by a sign against the file's habit; else by sign alone."""
    negative = amount < 0
    if line.kind == "payment":
        return "payment" if negative == signs.payments_negative else "refund"
    if line.kind == "credit_note":
        return "credit_note" if negative or not signs.credits_negative else "debit_note"
    positive_kind = {"": "invoice", words.BY_SIGN: "debit_note"}.get(line.kind, line.kind)
    if not negative or line.kind not in _SIGN_DECIDES:
        return positive_kind
    paid = line.kind == "" and (signs.kind == LEDGER or not (line.number or line.system_id))
    return "payment" if paid else "credit_note"


_SIGN_DECIDES = frozenset({"", words.BY_SIGN, "invoice", "debit_note", "late_charge"})


def _detail(document: Document, amount: Decimal) -> str:
    head = document.head
    named = bool(head.number or head.system_id)
    return f"{head.issue or ''}|{head.applies_to or head.due or ''}|{abs(amount)}" if named else ""


def _base(document: Document, kind: str) -> str:
    head = document.head
    customer = head.code or head.name.casefold()
    if head.system_id:
        return f"id:{head.system_id}"
    if head.number:
        return f"{kind}|{customer}|{head.number}"
    return f"{kind}|{customer}|{head.applies_to}|{head.issue}|{abs(document.amount or ZERO)}"


def _row(
    key: str, kind: str, document: Document, amount: Decimal, file: str, at: Mapping[str, int], file_kind: str
) -> Row:
    head = document.head
    lines = document.lines
    status = head.status if len(lines) == 1 else _first([line.status for line in lines])
    owed = open_of(document, amount, kind, status, file_kind, at)
    return Row(
        kind=kind,
        key=key,
        number=head.number,
        customer_code=head.code,
        customer_name=head.name,
        document_date=head.issue or head.due,
        due_date=head.due,
        paid_date=head.paid_on,
        currency=head.currency,
        amount=abs(amount),
        open_amount=owed,
        paid_amount=None if document.paid is None else abs(document.paid),
        status=status_of(status, owed),
        applies_to=head.applies_to,
        po_number=head.po_number or _first([line.po_number for line in lines]),
        reference=head.reference,
        terms=head.terms,
        tax_amount=None if document.tax is None else abs(document.tax),
        file=file,
        line=head.line,
        entity=head.entity,
        lines=len(lines),
        delivered_on=max((line.delivered for line in lines if line.delivered), default=None),
    )


def _first(values: Sequence[str]) -> str:
    return next((value for value in values if value), "")
