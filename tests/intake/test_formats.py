"""The same three invoices in every format give the same rows; what breaks a format is told in a sentence."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
import xlwt

from arcore.errors import BadInput
from arcore.intake.archive import unpacked
from arcore.intake.files import open_file
from arcore.intake.reading import understand
from arcore.intake.understood import INVOICES

HEADER = ["Invoice No", "Customer", "Invoice Date", "Due Date", "Amount", "Currency"]
TABLE = [
    ("A-1", "Alder & Sons", "2026-01-05", "2026-02-04", "100.00", "EUR"),
    ("A-2", "Alder & Sons", "2026-01-31", "2026-03-02", "250.50", "EUR"),
    ("B-1", "Birch", "2026-02-13", "2026-03-15", "19.99", "EUR"),
]
WORKBOOK = b'<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"'
WANTED = [
    ("A-1", "Alder & Sons", date(2026, 1, 5), Decimal("100.00")),
    ("A-2", "Alder & Sons", date(2026, 1, 31), Decimal("250.50")),
    ("B-1", "Birch", date(2026, 2, 13), Decimal("19.99")),
]


def escaped(text: str) -> str:
    """Write a text into markup."""
    return text.replace("&", "&amp;").replace("<", "&lt;")


def xls() -> bytes:
    """Return the table as Excel 97 wrote it."""
    book = xlwt.Workbook()
    sheet = book.add_sheet("Invoices")
    for column, name in enumerate(HEADER):
        sheet.write(0, column, name)
    day = xlwt.easyxf(num_format_str="YYYY-MM-DD")
    for number, row in enumerate(TABLE, 1):
        for column, value in enumerate(row):
            if column in {2, 3}:
                sheet.write(number, column, date.fromisoformat(value), day)
            else:
                sheet.write(number, column, float(value) if column == 4 else value)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def ods_content(rows: str) -> str:
    """Return the content part of an OpenDocument spreadsheet around some rows."""
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {spaces}><office:body><office:spreadsheet>'
        f'<table:table table:name="Invoices">{rows}</table:table></office:spreadsheet></office:body>'
        "</office:document-content>"
    )


def ods(rows: str | None = None) -> bytes:
    """Return the table as LibreOffice writes it: repeated cells told once, a million empty rows behind."""

    def cell(column: int, value: str) -> str:
        kind = {2: ("date", "date-value"), 3: ("date", "date-value"), 4: ("float", "value")}.get(column)
        told = f'office:value-type="{kind[0]}" office:{kind[1]}="{value}"' if kind else 'office:value-type="string"'
        return f"<table:table-cell {told}><text:p>{escaped(value)}</text:p></table:table-cell>"

    def row(cells: str) -> str:
        return f"<table:table-row>{cells}</table:table-row>"

    head = "".join(
        f'<table:table-cell office:value-type="string"><text:p>{name}</text:p></table:table-cell>' for name in HEADER
    )
    body = "".join(row("".join(cell(column, value) for column, value in enumerate(one))) for one in TABLE)
    empty = '<table:table-cell table:number-columns-repeated="16384"/>'
    rest = f'<table:table-row table:number-rows-repeated="1048000">{empty}</table:table-row>'
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet", zipfile.ZIP_STORED)
        packed.writestr("content.xml", ods_content(rows if rows is not None else row(head) + body + rest))
        space = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
        packed.writestr("META-INF/manifest.xml", f'<?xml version="1.0"?><m:manifest xmlns:m="{space}"/>')
    return out.getvalue()


def html() -> bytes:
    """Return the table as programs write it that call a web page .xls: open tags, a styled title, a nested table."""
    head = "".join(f"<th bgcolor=gray>{name}" for name in HEADER)
    body = "".join("<tr>" + "".join(f"<td>{escaped(value)}" for value in row) for row in TABLE)
    style = "<style>td { color: red }</style><script>document.write('<table><tr><td>no')</script>"
    return (
        f"<html><head>{style}</head><body><h1>Invoices</h1><table>\n<tr>{head}\n{body}</table></body></html>".encode()
    )


def spreadsheet_xml() -> bytes:
    """Return the table in Excel's XML of 2003; the third row and a cell come by index."""

    def cell(column: int, value: str) -> str:
        kind = "DateTime" if column in {2, 3} else "Number" if column == 4 else "String"
        told = f"{value}T00:00:00.000" if kind == "DateTime" else escaped(value)
        at = ' ss:Index="5"' if column == 4 else ""
        return f'<Cell{at}><Data ss:Type="{kind}">{told}</Data></Cell>'

    head = "".join(f'<Cell><Data ss:Type="String">{name}</Data></Cell>' for name in HEADER)
    rows = [f"<Row>{head}</Row>"] + [
        f'<Row ss:Index="{number}">' + "".join(cell(column, value) for column, value in enumerate(row)) + "</Row>"
        for number, row in enumerate(TABLE, 3)
    ]
    spaces = (
        'xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"'
    )
    return (
        f'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook {spaces}>'
        f'<Worksheet ss:Name="Invoices"><Table>{"".join(rows)}</Table></Worksheet></Workbook>'
    ).encode()


def json_lines() -> bytes:
    """Return one record per line."""
    return "\n".join(json.dumps(dict(zip(HEADER, row, strict=True))) for row in TABLE).encode()


def json_answer() -> bytes:
    """Return the answer of an interface: a list inside, a record inside of each, lines that are left out."""
    rows = [
        {
            "InvoiceNumber": number,
            "Contact": {"Name": customer},
            "Date": f"/Date({int((date.fromisoformat(day) - date(1970, 1, 1)).total_seconds()) * 1000}+0000)/",
            "DueDate": due,
            "Total": float(amount),
            "CurrencyCode": currency,
            "LineItems": [{"Amount": 1}, {"Amount": 2}],
        }
        for number, customer, day, due, amount, currency in TABLE
    ]
    return json.dumps({"Status": "OK", "Invoices": rows}).encode()


def fixed() -> bytes:
    """Return a printed list: a title, a rule, columns by blanks, amounts at the right."""
    widths = (12, 16, 14, 12, 10, 10)

    def line(cells: list[str]) -> str:
        return "".join(
            f"{cell:>{width - 2}}  " if number == 4 else f"{cell:<{width}}"
            for number, (cell, width) in enumerate(zip(cells, widths, strict=True))
        ).rstrip()

    rows = [line(HEADER), "-" * 70, *(line(list(row)) for row in TABLE)]
    return ("Invoice list of Harbour Supplies, printed for you\n\n" + "\n".join(rows) + "\n").encode()


def pipes() -> bytes:
    """Return a list between pipes with dashed rules."""
    rows = ["|".join(["", *row, ""]) for row in [HEADER, *TABLE]]
    return "\n".join(["-" * 60, rows[0], "-" * 60, *rows[1:], "-" * 60]).encode()


def plain() -> bytes:
    """Return the table as CSV."""
    return "\n".join(",".join(row) for row in [tuple(HEADER), *TABLE]).encode()


@pytest.mark.parametrize(
    ("make", "kind"),
    [
        (plain, "csv"), (pipes, "csv"), (fixed, "fixed"), (xls, "xls"), (ods, "ods"), (html, "html"),
        (spreadsheet_xml, "xml"), (json_lines, "json"), (json_answer, "json"),
    ],
)  # fmt: skip
def test_the_same_invoices_come_out_of_every_format(make: Callable[[], bytes], kind: str) -> None:
    [found] = understand([("export.xls", make())])
    assert (found.format, found.kind) == (kind, INVOICES)
    assert [(row.number, row.customer_name, row.document_date, row.amount) for row in found.rows] == WANTED
    assert [row.due_date for row in found.rows] == [date.fromisoformat(row[3]) for row in TABLE]
    assert {row.currency for row in found.rows} == {"EUR"}


def test_rows_name_the_line_they_stand_on() -> None:
    lines = {
        make.__name__: [row.line for row in understand([("x", make())])[0].rows] for make in (fixed, json_lines, ods)
    }
    assert lines == {"fixed": [5, 6, 7], "json_lines": [1, 2, 3], "ods": [2, 3, 4]}


# --- archives ---------------------------------------------------------------------------------------------------------


def archive(**files: bytes) -> bytes:
    """Return an archive of some files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files.items():
            packed.writestr(name, content)
    return out.getvalue()


def test_an_archive_is_the_files_inside() -> None:
    given = archive(**{"2026/invoices.csv": plain(), "2026/list.json": json_lines(), "__MACOSX/._x": b"junk"})
    files = unpacked([("export.zip", given), ("more.csv", plain()), ("book.ods", ods())])
    assert [name for name, _ in files] == ["export.zip/invoices.csv", "export.zip/list.json", "more.csv", "book.ods"]
    assert [len(found.rows) for found in understand(files)] == [3, 3, 3, 3]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (archive(), "empty archive"),
        (archive(**{"a.zip": archive(**{"b.csv": b"x"})}), "another archive"),
        (archive(**{"zeros.csv": bytes(50 * 1024 * 1024)}), "more than is read"),
        (archive(**{f"{n}.csv": b"x" for n in range(300)}), "300 files"),
        (archive(**{"a.csv": plain()})[:90], "not a complete workbook or archive"),
    ],
    ids=["empty", "nested", "bomb", "many", "cut"],  # an archive holds the time at which it was made
)
def test_an_archive_that_will_not_do_is_refused(data: bytes, words: str) -> None:
    data = data if data[:4] == b"PK\x03\x04" else b"PK\x03\x04" + data
    with pytest.raises(BadInput) as caught:
        unpacked([("export.zip", data)])
    assert words in caught.value.message or "not a complete" in caught.value.message
    assert "export.zip" in caught.value.message


# --- what breaks a format ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b'{"a": 1}\n{"a": 2\n', "line 2 is no record"),
        (b'[{"a": 1}, {"a": ]', "breaks off in line 1"),
        (b'[{"a":' * 50_000, "nested deeper"),
        (b'{"Invoices": []}\n{"Invoices": 3}\n[', "line 3 is no record"),
        (spreadsheet_xml()[:-40], "not complete XML"),
        (WORKBOOK.replace(b"<W", b'<!DOCTYPE x [<!ENTITY a "aaaa">]><W') + b"/>", "entities"),
        (WORKBOOK + b'><Worksheet><Table><Row Index="9999999"/></Table></Worksheet></Workbook>', "more cells"),
        (b"<html><table><tr><td colspan=9999>a<td>b</table>", "more cells"),
        (b"<html>" + b"<table><tr><td>a</table>" * 1001, "more than 1,000 tables"),
        (WORKBOOK + b">" + b"<Worksheet/>" * 1001 + b"</Workbook>", "more than 1,000 tables"),
    ],
)  # fmt: skip
def test_a_broken_file_is_told_in_a_sentence(data: bytes, words: str) -> None:
    with pytest.raises(BadInput, match=words) as caught:
        open_file("odd.xls", data)
    assert "odd.xls" in caught.value.message


def test_a_cell_repeated_over_a_whole_sheet_is_not_laid_out() -> None:
    told = 'office:value-type="string" table:number-columns-repeated="16384"'
    cell = f"<table:table-cell {told}><text:p>x</text:p></table:table-cell>"
    bomb = ods(f'<table:table-row table:number-rows-repeated="1048576">{cell}</table:table-row>')
    assert len(bomb) < 2_000
    with pytest.raises(BadInput, match="more than is read"):
        open_file("bomb.ods", bomb)


def test_a_workbook_of_sheets_without_end_is_refused(
    workbook: Callable[..., bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("arcore.intake.workbook.MOST_SHEETS", 3)
    assert len(open_file("few.xlsx", workbook(a=[["a"]], b=[["a"]], c=[["a"]])).sheets) == 3
    with pytest.raises(BadInput, match="more than 3 tables"):
        open_file("many.xlsx", workbook(a=[["a"]], b=[["a"]], c=[["a"]], d=[["a"]]))


def test_words_in_a_script_are_no_cells() -> None:
    [sheet] = open_file("page.html", html()).sheets
    assert not any(cell == "no" or "color" in str(cell) for row in sheet.rows for cell in row)
