"""Refused lines come back as they came, with the reason at the end; mended, the same file is taken."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import date

import openpyxl
import pytest

from arcore.intake.reading import understand
from arcore.intake.sendback import SentBack
from arcore.intake.sendback import sent_back

HEAD = "Customer;Invoice No;Date;Due Date;Amount;Currency"
LINES = (
    "Müller;R-1;05.01.2026;04.02.2026;1.100,00;EUR",
    "Müller;R-2;31.02.2026;04.03.2026;200,00;EUR",
    "=1+1;R-3;05.01.2026;04.02.2026;-85,00;EURO",
    "Alder;R-4;06.01.2026;05.02.2026;12..34;EUR",
)
TEXT = "\r\n".join(("Our invoices", "", HEAD, *LINES)).encode("cp1252")


def planned(office, *files: tuple[str, bytes], **options):
    """Return the plan of files with their bytes."""
    return office.plan(*understand(list(files), **options), contents=dict(files))


def lines(back: SentBack, encoding: str = "cp1252") -> list[str]:
    """Return the lines of a text file."""
    return back.content.decode(encoding).splitlines()


def test_lines_keep_delimiter_encoding_and_cells(office) -> None:
    back = sent_back(planned(office, ("export.csv", TEXT)))
    assert (back.name, back.mime) == ("export-refused.csv", "text/csv")
    header, *rows = lines(back)
    assert header == f"{HEAD};Refused because"
    assert [row.rpartition(";")[0] for row in rows] == [
        LINES[1],
        f"'{LINES[2]}",
        LINES[3],
    ]  # no formula, the amount as it was
    assert "31.02.2026 does not exist" in rows[0]


def test_what_was_mended_is_taken_and_remembered(office) -> None:
    back = sent_back(planned(office, ("export.csv", TEXT)))
    mended = back.content.decode("cp1252").replace("31.02.2026", "28.02.2026").encode("cp1252")
    (again,) = understand([(back.name, mended)])
    assert [row.number for row in again.rows] == ["R-2"]
    assert again.rows[0].document_date == date(2026, 2, 28)
    (first,) = understand([("export.csv", TEXT)])
    assert again.header_fingerprint == first.header_fingerprint


def test_a_workbook_comes_back_as_a_workbook_by_sheet(office, workbook: Callable[..., bytes]) -> None:
    head = ["Invoice No", "Customer", "Invoice Date", "Amount", "Currency"]
    book = workbook(
        Open=[head, ["A-1", "Alder", date(2026, 1, 5), 100, "EUR"], ["A-2", "Alder", "nonsense", 50.5, "EUR"]],
        More=[head, ["B-1", "Birch", date(2026, 1, 5), "x", "EUR"], ["B-2", "Birch", date(2026, 1, 6), 70, "EUR"]],
    )
    back = sent_back(planned(office, ("book.xlsx", book)))
    assert back.name == "book-refused.xlsx"
    read = openpyxl.load_workbook(io.BytesIO(back.content))
    cells = {sheet.title: [[cell.value for cell in row] for row in sheet.iter_rows()] for sheet in read}
    assert set(cells) == {"Open", "More"}
    assert cells["Open"][0] == [*head, "Refused because"]
    assert [row[:4] for row in cells["Open"][1:]] == [["A-2", "Alder", "nonsense", 50.5]]
    assert [row[0] for row in cells["More"][1:]] == ["B-1"]


def test_several_files_come_back_in_an_archive(office) -> None:
    files = ("one.csv", TEXT), ("two.csv", TEXT.replace(b"R-", b"S-"))
    back = sent_back(planned(office, *files))
    with zipfile.ZipFile(io.BytesIO(back.content)) as packed:
        assert packed.namelist() == ["one-refused.csv", "two-refused.csv"]


def test_nothing_refused_is_nothing_to_send_back(office) -> None:
    good = "\n".join((HEAD, LINES[0])).encode()
    with pytest.raises(ValueError, match="no line"):
        sent_back(planned(office, ("good.csv", good)))
