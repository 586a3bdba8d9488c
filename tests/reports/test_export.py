"""Files in which no data becomes a formula."""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal

import openpyxl
import pandas as pd
import pyarrow as pa
import pytest

from arcore.errors import BadInput
from arcore.reports.export import file_name
from arcore.reports.export import harmless
from arcore.reports.export import to_csv
from arcore.reports.export import to_xlsx
from arcore.reports.export import write

HOSTILE = ["=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(A1)", "\t=1", "http://example.com"]


def rows(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def sheet(content: bytes):
    return openpyxl.load_workbook(io.BytesIO(content)).active


def test_csv_neutralises_text_and_leaves_amounts_alone():
    frame = pd.DataFrame({"name": [*HOSTILE, "-5"], "open": [Decimal("-12.50")] * 7, "day": [date(2026, 10, 31)] * 7})
    head, *body = rows(to_csv(frame))
    assert head == ["name", "open", "day"]
    assert [row[0] for row in body] == [*(f"'{name}" for name in HOSTILE[:5]), HOSTILE[5], "-5"]
    assert {tuple(row[1:]) for row in body} == {("-12.50", "2026-10-31")}


def test_csv_of_an_arrow_table_with_gaps():
    table = pa.table({"x": pa.array([1.5, None]), "d": pa.array([date(2026, 1, 2), None]), "s": ["a", None]})
    assert rows(to_csv(table))[1:] == [["1.5", "2026-01-02", "a"], ["", "", ""]]


def test_xlsx_keeps_text_as_text_and_sums_as_formulas():
    frame = pd.DataFrame({"name": HOSTILE, "currency": ["EUR"] * 6, "open": [Decimal("2.50")] * 6})
    found = sheet(to_xlsx(frame, "Aging: [2026]", ["As of 2026-10-31"]))
    cells = [list(row) for row in found.iter_rows()]
    assert found.title == "Aging   2026"
    assert cells[1][0].value == "As of 2026-10-31"
    assert [row[0].value for row in cells[4:10]] == HOSTILE
    assert {row[0].data_type for row in cells[4:10]} == {"s"}
    assert [row[0].hyperlink for row in cells[4:10]] == [None] * 6
    total = cells[11]
    assert (total[0].value, total[2].value) == ("Total EUR", '=SUMIF($B$5:$B$10,"EUR",$C$5:$C$10)')
    worked_out = openpyxl.load_workbook(io.BytesIO(to_xlsx(frame, "x")), data_only=True)["x"]
    assert worked_out["C11"].value == pytest.approx(15)


def test_xlsx_dates_numbers_and_nothing():
    table = pa.table({"d": pa.array([date(2026, 1, 2), None]), "n": pa.array([3, None]), "x": pa.array([0.5, None])})
    found = sheet(to_xlsx(table, "x"))
    assert [found["A4"].value.date(), found["B4"].value, found["C4"].value] == [date(2026, 1, 2), 3, 0.5]
    assert found["A5"].value is None


def test_an_empty_table_is_a_heading():
    assert rows(to_csv(pd.DataFrame({"a": []}))) == [["a"]]
    assert sheet(to_xlsx(pd.DataFrame({"a": []}), "x"))["A3"].value == "a"


def test_names_of_files_are_tame():
    assert file_name("Aging", date(2026, 10, 31), "../../etc/pässwd =cmd") == "aging_2026-10-31_etc-p-sswd-cmd"
    assert file_name("…") == "arcore"
    assert len(file_name("x" * 300)) == 80


def test_the_ending_says_the_format():
    frame = pd.DataFrame({"a": [1]})
    assert write("x.CSV", frame, "t") == to_csv(frame)
    assert write("x.xlsx", frame, "t")[:2] == b"PK"
    with pytest.raises(BadInput):
        write("x.pdf", frame, "t")


def test_plain_numbers_in_text_stay():
    assert [harmless(text) for text in ("-12.50", "+49", "- 3", "a=b")] == ["-12.50", "+49", "'- 3", "a=b"]
