"""Understand files: bytes in, `Understood` out. Pure: no store, no clock, no guess that is not said."""

from __future__ import annotations

from collections.abc import Collection
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from arcore.errors import BadInput
from arcore.intake.archive import unpacked
from arcore.intake.basis import Options
from arcore.intake.cells import text_of
from arcore.intake.edi import read_remittance
from arcore.intake.files import Opened
from arcore.intake.files import Sheet
from arcore.intake.files import open_file
from arcore.intake.kinds import READS
from arcore.intake.numbers import read_amount
from arcore.intake.profiles_read import Profile
from arcore.intake.sheets import understand_sheet
from arcore.intake.synonyms import squash
from arcore.intake.understood import BOOKS
from arcore.intake.understood import INVOICES
from arcore.intake.understood import OTHER
from arcore.intake.understood import Row
from arcore.intake.understood import Understood
from arcore.money import ZERO
from arcore.resting import collector_resting

_DOCUMENTS_PART = frozenset("id type customer date due_date amount currency".split())
_APPLICATIONS_PART = frozenset("from_id to_id date amount".split())
_WHOLE = frozenset({"total", "grandtotal", "gesamt", "summe"})


def understand(
    files: Sequence[tuple[str, bytes]],
    *,
    currency: str | None = None,
    as_of: date | None = None,
    mapping: Mapping[int, str] | Mapping[str, Mapping[int, str]] | None = None,
    day_first: bool | Mapping[str, bool] | None = None,
    profile: str | None = None,
    usual_day_first: Mapping[str, bool] | None = None,
    usual_snapshots: Collection[str] = (),
    own_profiles: Sequence[Profile] = (),
) -> list[Understood]:
    """Understand files, in the order given; a workbook yields one result for each sheet that holds a table of ours.

    An archive is the files inside.

    Bad rows come back in `refused`; only a file that can't be read at all raises BadInput, one sentence with its name.

    Args:
        files: name and bytes of each.
        currency: taken where a file names none.
        as_of: the day of snapshots; wins over what a title says.
        mapping: corrections, position (from 0) → field, "" for a column to leave out; for every table, or by header
            fingerprint.
        day_first: how dates are read that can be read in two ways; for every table, or by header fingerprint.
        profile: the system the files come from, where the caller knows it.
        usual_day_first: how files with the same header were read before, by fingerprint; counts where nothing in the
            file proves an order.
        usual_snapshots: fingerprints of headers under which snapshots of open items came before.
        own_profiles: those that users saved; they win over those that come with arcore.
    """
    usual = usual_day_first or {}
    options = Options(currency, as_of, mapping or {}, day_first, profile, usual, usual_snapshots, own_profiles)
    with collector_resting():
        return [found for name, data in unpacked(files) for found in _understand_file(open_file(name, data), options)]


def _understand_file(opened: Opened, options: Options) -> list[Understood]:
    if opened.format == "edi":
        return [_remittance(opened, options)]
    if not opened.sheets:
        return [
            Understood(
                opened.path,
                opened.format,
                OTHER,
                confidence=0.9,
                encoding=opened.encoding,
                reason=f"This looks like a bank statement; {READS}.",
            )
        ]
    part = _books_part(opened)
    if part:
        return [
            Understood(
                opened.path,
                "csv",
                BOOKS,
                profile="arcore",
                confidence=1.0,
                encoding=opened.encoding,
                header_row=1,
                part=part,
                content=opened.content,
            )
        ]
    filled = [sheet for sheet in opened.sheets if any(cell != "" for row in sheet.rows for cell in row)]
    if not filled:
        raise BadInput(f"{opened.path} is empty: no cell of it holds anything.", file=opened.path)
    return _understand_sheets(opened, filled, options)


def _remittance(opened: Opened, options: Options) -> Understood:
    """Understand a remittance message, which is a table once it is taken apart."""
    message = read_remittance(opened.text)
    found = understand_sheet(opened, message.sheet, replace(options, profile=options.profile or "remittance"))
    if not found.rows and not found.refused:
        reason = f"This message has no payment for invoices in it; {READS}."
        found = replace(found, kind=OTHER, reason=reason, questions=(), warnings=())
    return replace(found, header_row=0, warnings=(*message.warnings, *found.warnings))


def _books_part(opened: Opened) -> str:
    """Recognise the exchange pair by its header: "documents", "applications", "" for anything else."""
    if opened.format != "csv":
        return ""
    first = next((row for row in opened.sheets[0].rows if row), ())
    names = {str(cell) for cell in first}
    if names >= _DOCUMENTS_PART:
        return "documents"
    return "applications" if names >= _APPLICATIONS_PART else ""


def _understand_sheets(opened: Opened, sheets: Sequence[Sheet], options: Options) -> list[Understood]:
    found = [understand_sheet(opened, sheet, options) for sheet in sheets]
    useful = [one for one in found if one.kind != OTHER]
    if not useful:
        return found[:1]
    aside = [f"“{one.sheet}”" for one in found if one.kind == OTHER]
    if aside:
        said = f"Sheets that are not read: {', '.join(aside)}."
        useful[0] = replace(useful[0], warnings=(*useful[0].warnings, said))
    elsewhere = _totals_elsewhere(sheets) if len(sheets) > 1 else {}
    return [_with_totals(one, elsewhere) if elsewhere and one.kind == INVOICES else one for one in useful]


def _totals_elsewhere(sheets: Sequence[Sheet]) -> dict[str, Decimal]:
    """Read a sheet that lists the totals of documents by name ("sub_total", "discount", "total"): number → total."""
    totals: dict[str, Decimal] = {}
    for sheet in sheets:
        names = [squash(text_of(cell)) for cell in sheet.rows[0]]
        if not {"invoicenumber", "code", "amount"} <= set(names):
            continue
        number, code, amount = (names.index(name) for name in ("invoicenumber", "code", "amount"))
        for row in sheet.rows[1:]:
            value = read_amount(row[amount], ".")
            if squash(text_of(row[code])) in _WHOLE and value:
                totals[text_of(row[number])] = value.value
    return totals


def _with_totals(understood: Understood, totals: Mapping[str, Decimal]) -> Understood:
    """Take the totals of another sheet for the documents of this one: an amount before discount is not owed."""
    rows = tuple(_with_total(row, totals) for row in understood.rows)
    changed = sum(1 for row, before in zip(rows, understood.rows, strict=True) if row.amount != before.amount)
    if not changed:
        return understood
    said = f"{changed} amounts are taken from the sheet of totals."
    return replace(understood, rows=rows, warnings=(*understood.warnings, said))


def _with_total(row: Row, totals: Mapping[str, Decimal]) -> Row:
    total = totals.get(row.number)
    if total is None or total == row.amount or total <= ZERO:
        return row
    owed = row.open_amount
    if owed is not None and abs(owed) == row.amount:
        owed = total if owed > 0 else -total
    return row._replace(amount=total, open_amount=owed)
