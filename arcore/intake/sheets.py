"""One sheet on its way to be understood: header, columns, kind, layout, rows, and the evidence for each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import PurePath

from arcore.intake.basis import Basis
from arcore.intake.basis import Options
from arcore.intake.basis import Unknown
from arcore.intake.basis import basis_of
from arcore.intake.basis import by_names_and_content
from arcore.intake.basis import titles_of
from arcore.intake.cells import text_of
from arcore.intake.columns import Columns
from arcore.intake.customers import read_customers
from arcore.intake.customers import told_by_documents
from arcore.intake.dates import DateOrder
from arcore.intake.dates import as_of_in
from arcore.intake.datev import debtor_bookings
from arcore.intake.datev import is_batch
from arcore.intake.documents import Documents
from arcore.intake.documents import read_documents
from arcore.intake.evidence import date_orders
from arcore.intake.evidence import decimal_mark
from arcore.intake.evidence import foot
from arcore.intake.files import Opened
from arcore.intake.files import Sheet
from arcore.intake.kinds import READS
from arcore.intake.kinds import Kind
from arcore.intake.kinds import decide_kind
from arcore.intake.kinds import names_open_items
from arcore.intake.layout import Table
from arcore.intake.layout import fingerprint
from arcore.intake.layout import lay_out
from arcore.intake.lines import AMOUNT_FIELDS
from arcore.intake.lines import Reading
from arcore.intake.numbers import DecimalMark
from arcore.intake.relations import doubts
from arcore.intake.relations import guessed
from arcore.intake.relations import weigh
from arcore.intake.remarks import remarks
from arcore.intake.understood import BALANCES
from arcore.intake.understood import CUSTOMERS
from arcore.intake.understood import INVOICES
from arcore.intake.understood import OPEN_ITEMS
from arcore.intake.understood import OTHER
from arcore.intake.understood import REMITTANCE
from arcore.intake.understood import ColumnMatch
from arcore.intake.understood import Question
from arcore.intake.understood import RefusedRow
from arcore.intake.understood import Understood
from arcore.intake.unreadable import LABELS

PREVIEWED = 8
UNSURE = 0.5
"""A table that is nothing of ours no surer than this is looked at by its content."""


def understand_sheet(opened: Opened, sheet: Sheet, options: Options) -> Understood:
    """Say what a sheet holds. Raises BadInput when there is no table in it at all."""
    if is_batch(sheet):
        batch = debtor_bookings(sheet)
        found = _understand(opened, batch.sheet, replace(options, profile=options.profile or "datev"))
        left_out = Counter(found.left_out) + Counter({"other_account": batch.others})
        found = replace(found, left_out=dict(left_out), rows_read=found.rows_read + batch.others)
        if len(batch.sheet.rows) > 2:
            return found
        return replace(found, kind=OTHER, reason="No booking in it is on a debtor's account.", questions=())
    return _understand(opened, sheet, options)


def _understand(opened: Opened, sheet: Sheet, options: Options) -> Understood:
    basis = basis_of(opened, sheet, options)
    if isinstance(basis, Unknown):
        return _unknown(opened, sheet, basis)
    sheet, titles, dropped = basis.sheet, titles_of(sheet, basis.place), basis.dropped
    grouped = _has_lone_labels(sheet, basis.place)
    kind = decide_kind(basis.header, basis.columns.at, titles, grouped=grouped)
    if kind.name == OTHER and kind.sure <= UNSURE and not basis.guessed:
        basis = by_names_and_content(opened, basis, options)
        kind = decide_kind(basis.header, basis.columns.at, titles, grouped=grouped) if basis.guessed else kind
    at, system = basis.columns.at, basis.system
    if system.layout and system.layout.kind:
        kind = Kind(system.layout.kind, 0.95, system.layout.reason)
    mark = decimal_mark(sheet.rows[basis.place + 1 :], at, delimiter=opened.delimiter, currency=options.currency)
    listed = kind.name not in {CUSTOMERS, BALANCES, OTHER}
    table = lay_out(sheet, basis.place, basis.header, at, mark.char, documents=listed)
    table.left_out["not_receivable"] += dropped
    table.read += dropped
    whole = Understood(
        path=opened.path,
        format=opened.format,
        kind=kind.name,
        profile=options.profile or system.name,
        confidence=round(kind.sure * (0.6 if basis.guessed else 1.0), 2),
        encoding=opened.encoding,
        header_row=table.header_line,
        rows_read=table.read,
        columns=basis.columns.matches,
        header_fingerprint=fingerprint(basis.header),
        preview=_preview(basis, table),
        sheet=sheet.name,
        reason=kind.reason,
        decimal_mark=mark.mark,
    )
    if not (table.rows or table.overlong or table.unnamed):
        whole = replace(whole, warnings=("The table has a header and no rows.",))
    if kind.name == OTHER:
        left_out = table.left_out + Counter(
            {"not_receivable": len(table.rows) + len(table.overlong) + len(table.unnamed)}
        )
        return replace(whole, left_out=dict(left_out))
    if not listed:
        return _directory(whole, basis, table, mark)
    return _listed(whole, basis, table, kind, mark, titles, options)


def _unknown(opened: Opened, sheet: Sheet, unknown: Unknown) -> Understood:
    """Return a table of which no column is known, with its columns, so that a person can say what they are."""
    place, header, why = unknown
    rows = [row for row in sheet.rows[place + 1 :] if any(cell != "" for cell in row)]
    return Understood(
        opened.path,
        opened.format,
        OTHER,
        encoding=opened.encoding,
        header_row=sheet.lines[place] if place >= 0 else 0,
        rows_read=len(rows),
        left_out={"not_receivable": len(rows)},
        columns=tuple(ColumnMatch(name, position, "", 0.0, "not known") for position, name in enumerate(header)),
        header_fingerprint=fingerprint(header),
        preview=(tuple(header), *(tuple(text_of(cell) for cell in row) for row in rows[:PREVIEWED])),
        sheet=sheet.name,
        reason=f"No row of it names columns that arcore knows, and {why}; {READS}.",
    )


def _has_lone_labels(sheet: Sheet, place: int) -> bool:
    """Tell whether rows of one text stand between the data: a report grouped by customer."""
    return any(len(row) - row.count("") == 1 for row in sheet.rows[place + 1 :])


def _preview(basis: Basis, table: Table) -> tuple[tuple[str, ...], ...]:
    return (tuple(basis.header), *(tuple(text_of(cell) for cell in row) for row in table.rows[:PREVIEWED]))


def _strange(table: Table, path: str) -> list[RefusedRow]:
    """Refuse rows that do not fit the table: too many values, or an amount without number, date and label."""
    width = len(table.header)
    overlong = [
        RefusedRow(path, line, "", "", f"The row has {count} values, but the header names {width} columns")
        for line, count in table.overlong.items()
    ]
    unnamed = [
        RefusedRow(path, line, "", "", "The row has an amount, but neither a number nor a date")
        for line in table.unnamed
    ]
    return overlong + unnamed


def _directory(whole: Understood, basis: Basis, table: Table, mark: DecimalMark) -> Understood:
    found = read_customers(table, basis.columns, whole.path, mark.char)
    refused = sorted(found.refused + _strange(table, whole.path), key=lambda row: row.line)
    footing = foot(table, basis.columns.at, mark.char, without=set(), documents=None)
    several = len({customer.currency for customer in found.customers}) > 1
    return replace(
        whole,
        customers=tuple(found.customers),
        refused=tuple(refused),
        left_out=dict(table.left_out + found.left_out),
        rows_used=len(found.customers),
        warnings=(*whole.warnings, *found.warnings, *(() if several else footing.warnings)),
        file_totals=() if several else footing.totals,
        questions=(guessed(basis, basis.columns.matches, documents=False),) if basis.guessed else (),
    )


def _listed(
    whole: Understood,
    basis: Basis,
    table: Table,
    kind: Kind,
    mark: DecimalMark,
    titles: Sequence[str],
    options: Options,
) -> Understood:
    at = basis.columns.at
    orders = date_orders(
        table,
        at,
        given=options.day_first_for(basis.header),
        usual=options.usual_day_first.get(whole.header_fingerprint, basis.system.rules.day_first),
        currency=options.currency,
    )
    reading = Reading(whole.path, mark.char, orders, basis.system.rules)
    usual = whole.header_fingerprint in options.usual_snapshots and kind.name == INVOICES and "open_amount" in at
    found = read_documents(
        table,
        basis.columns,
        OPEN_ITEMS if usual else kind.name,
        reading,
        currency=options.currency,
        said_open=options.as_of is not None or names_open_items(PurePath(whole.path).stem),
    )
    refused = sorted(found.refused + _strange(table, whole.path), key=lambda row: row.line)
    footing = foot(table, at, mark.char, without={row.line for row in refused}, documents=found)
    matches = tuple(weigh(_with_evidence(basis, orders, mark, found.folded), table, at, reading))
    order = next((one for one in orders.values() if one.day_first is not None), None)
    as_of = options.as_of or as_of_in(titles, day_first=order is None or order.day_first is not False)
    return replace(
        whole,
        kind=found.kind,
        customers=told_by_documents(table, at, whole.path),
        as_of=as_of,
        confidence=_confidence(whole.confidence, basis.columns, found, len(refused)),
        columns=matches,
        rows=tuple(found.rows),
        rows_used=found.used,
        refused=tuple(refused),
        left_out=dict(table.left_out + found.left_out),
        warnings=(
            *whole.warnings,
            *_doubts(orders, at),
            *found.warnings,
            *footing.warnings,
            *remarks(found.rows, found.kind),
        ),
        questions=_questions(found, basis, as_of, matches),
        file_totals=footing.totals,
        day_first=order.day_first if order else None,
        date_order_proved=all(one.proved for one in orders.values()),
    )


def _confidence(sure: float, columns: Columns, found: Documents, refused: int) -> float:
    scores = [match.score for match in columns.matches if match.field in _TELLING]
    share = found.used / (found.used + refused) if found.used + refused else 0.0
    return round(sure * (sum(scores) / len(scores) if scores else 0.5) * share, 2)


_TELLING = frozenset(
    {"customer_name", "customer_code", "invoice_no", "issue_date", "due_date", "amount", "open_amount"}
)


def _with_evidence(
    basis: Basis, orders: Mapping[str, DateOrder], mark: DecimalMark, folded: str
) -> tuple[ColumnMatch, ...]:
    """Add to each column why its dates or amounts are read as they are."""
    found = []
    for match in basis.columns.matches:
        why = match.why
        if match.field in {"amount", "line_amount", "unit_price"} and folded:
            why += f"; {folded}"
        if match.field in orders:
            why += f"; {orders[match.field].why}"
        elif match.field in AMOUNT_FIELDS and mark.mark:
            why += f"; decimals behind “{mark.mark}”: {mark.why}"
        found.append(replace(match, why=why))
    return tuple(found)


def _doubts(orders: Mapping[str, DateOrder], at: Mapping[str, int]) -> list[str]:
    undated = ["No column has the invoice date; the due date is taken for it."]
    return ([] if "issue_date" in at or "due_date" not in at else undated) + [
        f"The dates of the column “{LABELS[name]}” can be read in two ways; taken {order.why}."
        for name, order in orders.items()
        if not order.proved
    ]


_REMITTANCE = "A remittance advice says what a customer pays; has this money arrived, so that it can be booked?"


def _questions(
    found: Documents, basis: Basis, as_of: date | None, matches: Sequence[ColumnMatch]
) -> tuple[Question, ...]:
    questions: list[Question] = []
    if found.kind == OPEN_ITEMS and as_of is None:
        questions.insert(0, Question("as_of", "Of which day are these open items? The file does not say."))
    if found.kind == REMITTANCE:
        questions.append(Question("remittance", _REMITTANCE))
    if basis.guessed:
        return (*questions, guessed(basis, matches, documents=True))
    return (*questions, *doubts(matches))
