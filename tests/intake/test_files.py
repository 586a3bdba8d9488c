"""Files that are none of ours are refused with one sentence that names them; bombs are refused before they unpack."""

from __future__ import annotations

import gzip
import io
import random
import re
import time
import zipfile
from collections.abc import Callable

import pytest

from arcore.errors import BadInput
from arcore.intake import files
from arcore.intake.files import open_file
from arcore.intake.reading import understand
from arcore.intake.understood import BOOKS
from arcore.intake.understood import OTHER

SHEET = "xl/worksheets/sheet1.xml"
Make = Callable[..., bytes]


def refusal(name: str, data: bytes) -> str:
    """Return the sentence with which a file is refused."""
    with pytest.raises(BadInput) as caught:
        understand([(name, data)])
    assert "\n" not in caught.value.message
    return caught.value.message


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is empty"),
        (b" \r\n \n", "is empty"),
        (b"\x89PNG\r\n\x1a\n" + bytes(50), "picture"),
        (b"%PDF-1.7 text only", "PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(50), "not a complete workbook"),
        (b"a,b\x00c\n1,2\n", "neither text nor a workbook"),
        (b"<?xml version='1.0'?><x/>", "XML"),
        (b"<!DOCTYPE html><html></html>", "a web page without a table"),
        (b"PK\x03\x04 and then nothing", "not a complete workbook"),
        (b"\x1f\x8b broken", "not a complete gzip"),
        (b"just one line of words", "no table"),
    ],
)
def test_a_file_of_another_kind_is_refused_with_a_sentence(data: bytes, words: str) -> None:
    sentence = refusal("folder/odd.bin", data)
    assert words in sentence
    assert "odd.bin" in sentence


def test_the_content_decides_and_not_the_name() -> None:
    assert open_file("export.xls", b"a\tb\n1\t2\n").format == "csv"


def test_a_truncated_workbook_is_refused(workbook: Make) -> None:
    whole = workbook(Invoices=[["Invoice No", "Customer", "Date", "Amount"], ["1", "Alder", "2026-01-05", 100]])
    for length in (30, len(whole) // 2, len(whole) - 10):
        assert "not a complete workbook" in refusal("cut.xlsx", whole[:length])


def test_a_zip_of_files_and_an_office_document_are_told_apart() -> None:
    def archive(name: str) -> bytes:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as packed:
            packed.writestr(name, "x")
        return out.getvalue()

    assert "many.zip/a.csv" in refusal("many.zip", archive("a.csv"))
    assert "Office document" in refusal("letter.docx", archive("word/document.xml"))
    assert "not a complete workbook" in refusal("sheet.ods", archive("content.xml"))
    assert "binary Excel" in refusal("sheet.xlsb", archive("xl/workbook.bin"))


def repacked(whole: bytes, name: str, content: bytes) -> bytes:
    """Return a workbook with one entry replaced."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(whole)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.namelist():
            new.writestr(entry, content if entry == name else old.read(entry))
    return out.getvalue()


def test_a_zip_bomb_is_refused_by_its_directory(workbook: Make) -> None:
    bomb = repacked(workbook(Sheet=[["a", "b"]]), SHEET, bytes(60 * 1024 * 1024))
    assert len(bomb) < 200_000
    began = time.perf_counter()
    assert "MB" in refusal("bomb.xlsx", bomb)
    assert time.perf_counter() - began < 1


def test_two_cells_a_million_rows_apart_are_not_laid_out(workbook: Make) -> None:
    whole = workbook(Sheet=[["a", "b"]])
    with zipfile.ZipFile(io.BytesIO(whole)) as packed:
        xml = packed.read(SHEET)
    far = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    assert "more than is read" in refusal("wide.xlsx", repacked(whole, SHEET, xml.replace(b"</sheetData>", far)))


def test_a_long_text_repeated_in_every_cell_is_refused(workbook: Make) -> None:
    out = io.BytesIO(workbook(Sheet=[["x"] * 50] * 1000))
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/sharedStrings.xml", b"<sst><si><t>" + b"x" * 40_000 + b"</t></si></sst>")
    assert "more than is read" in refusal("long.xlsx", out.getvalue())


def test_fifty_megabytes_of_noise_are_refused_fast() -> None:
    noise = random.Random(7).randbytes(1024 * 1024) * 50
    letters = bytes(65 + byte % 26 for byte in noise[: 1024 * 1024]) * 50
    for data in (noise, letters):
        began = time.process_time()
        refusal("noise.csv", data)
        assert time.process_time() - began < 5


def test_a_file_over_the_limit_is_refused_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "LARGEST_FILE", 100)
    assert "at most" in refusal("big.csv", b"a,b\n" * 100)


def test_a_gzip_bomb_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "LARGEST_UNPACKED", 10_000)
    assert "unpack" in refusal("bomb.csv.gz", gzip.compress(bytes(1_000_000)))


def test_an_empty_sheet_is_an_empty_file(workbook: Make) -> None:
    assert "is empty" in refusal("nothing.xlsx", workbook(Sheet=[]))


@pytest.mark.parametrize(
    "text",
    [
        ":20:STARTUMSE\n:25:10010010/111111\n:28C:00001/001\n:60F:C210101EUR1,00\n",
        '<?xml version="1.0"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"/>',
        "OFXHEADER:100\nDATA:OFXSGML\n",
        "!Type:Bank\nD1/2/26\n",
        "01,122099999,123456789,260901,1000,1,80,1,2/\n",
        "Date,Description,Amount,Running Bal.\n05/19/2026,SHOP,-42.17,100.00\n",
        "Buchungstag;Wert;Verwendungszweck;IBAN;Betrag\n01.02.2026;01.02.2026;Miete;DE12;-1,00\n",
    ],
)
def test_a_bank_statement_is_recognised_and_not_booked(text: str) -> None:
    (found,) = understand([("bank.txt", text.encode())])
    assert found.kind == OTHER
    assert re.match(r"This looks like a bank statement; arcore reads invoices, open items, payments", found.reason)


def test_the_exchange_pair_is_handed_over_plain_or_packed() -> None:
    documents = (
        b"id,type,customer,date,due_date,amount,currency,number\nD1,invoice,C1,2026-01-01,2026-01-31,5.00,EUR,1\n"
    )
    applications = b"from_id,to_id,date,amount\nD2,D1,2026-02-01,5.00\n"
    found = understand([("documents.csv", documents), ("applications.csv.gz", gzip.compress(applications))])
    assert [(one.kind, one.part, one.content) for one in found] == [
        (BOOKS, "documents", documents),
        (BOOKS, "applications", applications),
    ]
