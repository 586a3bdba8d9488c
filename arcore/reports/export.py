"""Tables as files: XLSX and CSV, in which no cell of data becomes a formula."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pandas as pd

from arcore.errors import BadInput
from arcore.money import digits
from arcore.money import is_currency

LEADS = ("=", "+", "-", "@", "\t", "\r")
"""What makes a spreadsheet program read a text as a formula."""
MANY_ROWS = 20_000
WIDEST = 48
_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)*")


def to_csv(data: Any) -> bytes:
    """Write a frame or an Arrow table as CSV: UTF-8 with a mark that spreadsheet programs know, dates ISO.

    Texts that would be read as a formula get an apostrophe in front; amounts keep the digits of their currency.
    """
    frame = _frame(data)
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([harmless(str(name)) for name in frame.columns])
    writer.writerows([_plain(cell) for cell in row] for row in _rows(frame))
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def to_xlsx(data: Any, title: str, facts: Sequence[str] = (), *, sums: bool = True) -> bytes:
    """Write a frame or an Arrow table as a workbook of one sheet.

    `facts` (as of, currency, filters) stand above the table. Columns of amounts end in a sum that the sheet works out
    itself, by currency when the table has several; `sums` False is for figures that do not add up, such as measures.
    """
    import xlsxwriter  # noqa: PLC0415  only when a file is asked for

    frame = _frame(data)
    content = io.BytesIO()
    options = {
        "in_memory": True,
        "constant_memory": len(frame) > MANY_ROWS,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "nan_inf_to_errors": True,
    }
    with xlsxwriter.Workbook(content, options) as book:
        _fill(book, _sheet_name(title), frame, title, facts, sums=sums)
    return content.getvalue()


def file_name(*parts: object) -> str:
    """Return a name made of a–z, 0–9, "_" and "-", without an ending, at most 80 characters."""
    words = [re.sub(r"[^a-z0-9]+", "-", str(part).lower()).strip("-") for part in parts]
    return "_".join(word for word in words if word)[:80] or "arcore"


def harmless(text: str) -> str:
    """Put an apostrophe before a text that a spreadsheet would take for a formula; plain numbers stay."""
    if text.startswith(LEADS) and not _NUMBER.fullmatch(text):
        return f"'{text}"
    return text


def write(path: str, data: Any, title: str, facts: Sequence[str] = (), *, sums: bool = True) -> bytes:
    """Return the bytes for a file whose ending says the format, as `to_csv` and `to_xlsx` do.

    Raises BadInput for another than .xlsx or .csv.
    """
    ending = path.rpartition(".")[2].lower()
    if ending == "csv":
        return to_csv(data)
    if ending == "xlsx":
        return to_xlsx(data, title, facts, sums=sums)
    raise BadInput(f"A report is written as .xlsx or .csv, not as {path!r}", path=path)


def _frame(data: Any) -> pd.DataFrame:
    """Return the data as a frame of plain objects; indices are dropped."""
    if isinstance(data, pd.DataFrame):
        return data
    found: pd.DataFrame = data.to_pandas(date_as_object=True)
    return found


def _rows(frame: pd.DataFrame) -> Iterable[tuple[Any, ...]]:
    return zip(*(frame.iloc[:, place].tolist() for place in range(frame.shape[1])), strict=True)


def _plain(cell: Any) -> str:
    if cell is None or cell is pd.NaT or (isinstance(cell, float) and cell != cell):  # noqa: PLR0124  nan
        return ""
    if isinstance(cell, Decimal):
        return format(cell, "f")
    if isinstance(cell, float):
        return format(Decimal(repr(round(cell, 9))).normalize(), "f")
    if isinstance(cell, date):
        return cell.isoformat()
    return harmless(cell) if isinstance(cell, str) else str(cell)


def _fill(book: Any, name: str, frame: pd.DataFrame, title: str, facts: Sequence[str], *, sums: bool) -> None:
    sheet = book.add_worksheet(name)
    bold, date_style = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd"})
    styles = {
        count: book.add_format({"num_format": "#,##0" + ("." + "0" * count if count else "")}) for count in range(4)
    }
    sheet.write_string(0, 0, title, bold)
    for line, fact in enumerate(facts, 1):
        sheet.write_string(line, 0, fact)
    head = len(facts) + 2
    kinds = [_kind(frame.iloc[:, place]) for place in range(frame.shape[1])]
    for column, (label, kind) in enumerate(zip(frame.columns, kinds, strict=True)):
        sheet.set_column(column, column, _width(str(label), frame.iloc[:, column], kind))
        sheet.write_string(head, column, str(label), bold)
    row = head
    for row, cells in enumerate(_rows(frame), head + 1):
        for column, cell in enumerate(cells):
            _write(sheet, row, column, cell, date_style, styles)
    sheet.freeze_panes(head + 1, 0)
    if len(frame):
        sheet.autofilter(head, 0, row, len(kinds) - 1)
    if len(frame) and sums:
        _sums(sheet, frame, kinds, head + 1, row, bold, styles)


def _write(sheet: Any, row: int, column: int, cell: Any, date_style: Any, styles: dict[int, Any]) -> None:
    if cell is None or cell is pd.NaT or (isinstance(cell, float) and cell != cell):  # noqa: PLR0124  nan
        return
    if isinstance(cell, Decimal):
        count = -int(cell.as_tuple().exponent) if cell.is_finite() else 0
        sheet.write_number(row, column, float(cell), styles[min(max(count, 0), 3)])
    elif isinstance(cell, bool):
        sheet.write_boolean(row, column, cell)
    elif isinstance(cell, float):
        sheet.write_number(row, column, cell, styles[2])
    elif isinstance(cell, int):
        sheet.write_number(row, column, cell)
    elif isinstance(cell, date):
        sheet.write_datetime(row, column, cell, date_style)
    else:
        sheet.write_string(row, column, str(cell))


def _kind(column: pd.Series[Any]) -> str:
    """Tell amounts (Decimals, floats) from counts, dates and texts by the first value there is."""
    first = next((cell for cell in column if cell is not None), None)
    return "amount" if isinstance(first, Decimal | float) else "other"


def _width(label: str, column: pd.Series[Any], kind: str) -> int:
    if kind == "amount":
        return max(14, len(label) + 1)
    longest = max((len(str(cell)) for cell in column.iloc[:200]), default=0)
    return min(WIDEST, max(longest, len(label)) + 2)


def _sums(
    sheet: Any, frame: pd.DataFrame, kinds: Sequence[str], first: int, last: int, bold: Any, styles: dict[int, Any]
) -> None:
    """Write one line of sums per currency under the table, each a formula over its column."""
    from xlsxwriter.utility import xl_range_abs  # noqa: PLC0415  with the workbook

    names = [str(name) for name in frame.columns]
    summed = [place for place, kind in enumerate(kinds) if kind == "amount" and "%" not in names[place]]
    by = next((place for place, name in enumerate(names) if name.lower() == "currency"), None)
    codes = [None] if by is None else sorted(set(frame.iloc[:, by].dropna()))
    for line, code in enumerate(codes, last + 2):
        if 0 not in summed:
            sheet.write_string(line, 0, "Total" if code is None else f"Total {code}", bold)
        for place in summed:
            cells = xl_range_abs(first, place, last, place)
            within, formula = frame.iloc[:, place], f"=SUM({cells})"
            if by is not None:
                within = within[frame.iloc[:, by] == code]
                formula = f'=SUMIF({xl_range_abs(first, by, last, by)},"{code}",{cells})'
            style = styles[digits(code) if code and is_currency(code) else 2]
            sheet.write_formula(line, place, formula, style, float(sum(within.dropna())))


def _sheet_name(title: str) -> str:
    return re.sub(r"[\[\]:*?/\\']", " ", title)[:31].strip() or "Report"
