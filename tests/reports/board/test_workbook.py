"""The workbook foots: every formula, worked out anew from the cells alone, gives what the file says it gives."""

from __future__ import annotations

import io
import re
from datetime import date
from decimal import Decimal

import openpyxl
import pytest

from arcore.company import service as settings
from arcore.reports.board import checks as bounds
from arcore.reports.board import sheets
from arcore.reports.board import workbook
from arcore.reports.board.workbook import xlsx
from arcore.store.unit import Actor

ANNA, OCTOBER, END = Actor("anna"), date(2026, 10, 1), date(2026, 10, 31)
CELL = r"(?:'(?P<sheet>[^']+)'!)?\$?(?P<column>[A-Z]{1,2})\$?(?P<row>\d+)"


class Reckoner:
    """Works formulas out by itself: SUM, SUMIF, ROUND, one IF, one count, and the four kinds of arithmetic."""

    def __init__(self, content: bytes) -> None:
        self.formulas = openpyxl.load_workbook(io.BytesIO(content))
        self.stored = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
        self.known: dict[tuple[str, str], Decimal] = {}

    def every(self):
        """Give (sheet, cell, formula, what the file says it is)."""
        for sheet in self.formulas:
            for row in sheet.iter_rows():
                for cell in row:
                    if cell.data_type == "f":
                        yield sheet.title, cell.coordinate, cell.value, self.stored[sheet.title][cell.coordinate].value

    def cell(self, sheet: str, name: str) -> Decimal:
        if (sheet, name) not in self.known:
            held = self.formulas[sheet][name]
            number = self.work(sheet, held.value[1:]) if held.data_type == "f" else Decimal(str(held.value or 0))
            self.known[sheet, name] = number
        return self.known[sheet, name]

    def span(self, sheet: str, text: str) -> list[str]:
        return [cell.coordinate for row in self.formulas[sheet][text] for cell in row]

    def work(self, sheet: str, text: str) -> Decimal:
        if found := re.fullmatch(r"SUM\(([A-Z0-9:]+)\)", text):
            return sum((self.cell(sheet, name) for name in self.span(sheet, found[1])), Decimal(0))
        if found := re.fullmatch(r'SUMIF\(([A-Z0-9:]+),"([A-Z]+)",([A-Z0-9:]+)\)', text):
            pairs = zip(self.span(sheet, found[1]), self.span(sheet, found[3]), strict=True)
            chosen = (name for which, name in pairs if self.formulas[sheet][which].value == found[2])
            return sum((self.cell(sheet, name) for name in chosen), Decimal(0))
        if found := re.fullmatch(r"ROUND\((.+),(\d)\)", text):
            return round(self.work(sheet, found[1]), int(found[2]))
        if found := re.fullmatch(r"IF\((.+)>0,(.+),0\)", text):
            return self.work(sheet, found[2]) if self.work(sheet, found[1]) > 0 else Decimal(0)
        if found := re.fullmatch(r"SUMPRODUCT\(--\(ABS\(([A-Z0-9:]+)\)>=0\.0005\)\)", text):
            return Decimal(sum(abs(self.cell(sheet, name)) >= Decimal("0.0005") for name in self.span(sheet, found[1])))
        numbers: list[Decimal] = []

        def number(found: re.Match[str]) -> str:
            numbers.append(self.cell(found["sheet"] or sheet, found["column"] + found["row"]))
            return f"n[{len(numbers) - 1}]"

        arithmetic = re.sub(CELL, number, text)
        assert re.fullmatch(r"[n\[\]\d.+*/() -]+", arithmetic), text
        arithmetic = re.sub(r"(?<![\[\d.n])\d+(?:\.\d+)?(?!\])", r"D('\g<0>')", arithmetic)
        return eval(arithmetic, {"n": numbers, "D": Decimal})  # noqa: S307, RUF100


@pytest.fixture
def rich(october):
    """Give the small month with a note, a balance of the ledger, and a late posting."""
    engine = october.engine
    settings.save_note(engine, month=OCTOBER, text="=1+1 is what they say.\n+ more\n@home", actor=ANNA)
    stated = settings.Balance(END, "main", "EUR", Decimal("1555.00"), "=SUM(A1)")
    settings.save_balances(engine, balances=[stated], actor=ANNA)
    settings.freeze_month(engine, day=END, today=date(2026, 11, 5), actor=ANNA)
    october.invoice("BIRCH", date(2026, 10, 30), date(2026, 11, 30), 250, number="-LATE")
    return october


def test_every_formula_gives_what_the_file_says(rich, make):
    found = Reckoner(xlsx(make(rich)))
    formulas = list(found.every())
    for sheet, cell, text, stored in formulas:
        assert abs(found.cell(sheet, cell) - Decimal(str(stored))) < Decimal("0.0001"), (sheet, cell, text)
    of = [sheet for sheet, *_ in formulas]
    assert set(of) == {"Summary", "KPIs", "Aging", "Bridge", "Movement", "Items", "Ledger", "Posted since"}
    assert of.count("KPIs") > 60


def test_a_currency_without_a_rate_stands_apart_and_foots(october, make):
    october.invoice("BIRCH", date(2026, 10, 7), date(2026, 11, 7), 80, currency="GBP", number="G-1")
    found = Reckoner(xlsx(make(october)))
    for sheet, cell, text, stored in found.every():
        assert abs(found.cell(sheet, cell) - Decimal(str(stored))) < Decimal("0.0001"), (sheet, cell, text)
    totals = [row for row in found.formulas["Aging"].iter_rows() if row[1].value == "All customers"]
    assert {row[2].value: found.cell("Aging", row[9].coordinate) for row in totals} == {"EUR": 1550, "GBP": 80}


def test_the_checks_are_formulas_that_give_zero(rich, make):
    found = Reckoner(xlsx(make(rich)))
    sheet = found.formulas["Summary"]
    rows = [row for row in sheet.iter_rows() if str(row[4].value).startswith("=ROUND")]
    assert len(rows) == 9
    for row in rows:
        assert found.cell("Summary", row[4].coordinate) == 0, row[0].value
        assert row[2].data_type == "f" or row[3].data_type == "f", row[0].value


def test_a_figure_that_was_changed_by_hand_is_seen(rich, make):
    content = xlsx(make(rich))
    book = openpyxl.load_workbook(io.BytesIO(content))
    cell = next(c for c in book["Items"]["P"] if c.value == 600)
    cell.value = 700
    changed = io.BytesIO()
    book.save(changed)
    found = Reckoner(changed.getvalue())
    off = [row[0].value for row in found.formulas["Summary"].iter_rows()
           if str(row[4].value).startswith("=ROUND") and found.cell("Summary", row[4].coordinate)]  # fmt: skip
    assert off == ["Items less aging"]


def test_the_figures_are_those_of_the_month(rich, make):
    content = xlsx(make(rich))
    found = Reckoner(content)
    summary = {row[0].value: row for row in found.formulas["Summary"].iter_rows() if row[0].value}
    assert found.cell("Summary", summary["Open balance"][2].coordinate) == 1550
    assert found.cell("Summary", summary["Overdue"][4].coordinate) == 100
    assert round(found.cell("Summary", summary["DSO"][2].coordinate), 6) == round(Decimal(1550) / 2000 * 92, 6)
    dso = next(row for row in found.formulas["KPIs"].iter_rows() if str(row[0].value).startswith("DSO, days"))
    assert re.fullmatch(r"=C\d+/C\d+\*C\d+", dso[2].value)


def test_no_text_becomes_a_formula(rich, make):
    book = openpyxl.load_workbook(io.BytesIO(xlsx(make(rich))))
    texts = [cell for sheet in book for row in sheet.iter_rows() for cell in row
             if isinstance(cell.value, str) and cell.value[:1] in "=+-@"]  # fmt: skip
    told = {str(cell.value) for cell in texts if cell.data_type == "s"}
    assert {"=1+1 is what they say.", "+ more", "@home", "=SUM(A1)", "+C-1", "-LATE"} <= told
    assert any(text.startswith("=HYPERLINK") for text in told)
    assert not any("HYPERLINK" in str(cell.value) for cell in texts if cell.data_type == "f")


def test_same_pack_same_bytes(rich, make):
    content = xlsx(make(rich))
    assert content == xlsx(make(rich))
    told = openpyxl.load_workbook(io.BytesIO(content)).properties
    assert (told.created.date(), told.modified.date()) == (END, END)


def test_too_many_items_are_bounded_and_said(rich, make, monkeypatch):
    for module in (bounds, sheets, workbook):
        monkeypatch.setattr(module, "ITEMS_MOST", 3)
    book = openpyxl.load_workbook(io.BytesIO(xlsx(make(rich))))
    lines = [str(row[0].value) for row in book["Items"].iter_rows(max_row=6)]
    told = next(line for line in lines if line.startswith("The first 3 of 5 open items"))
    assert "python -m arcore export items-2026-10.csv --report items --as-of 2026-10-31 --currency EUR" in told
    assert "--known-at" in told
    documents = [row[0].value for row in book["Items"].iter_rows() if row[11].value]
    assert documents == ["Document", "A-1", "B-1", "P-2"]


def test_the_sheets_of_a_month(october, make):
    book = openpyxl.load_workbook(io.BytesIO(xlsx(make(october))))
    assert book.sheetnames == [
        "Summary", "KPIs", "Aging", "Bridge", "Movement", "Trend", "Items", "Risks", "Ledger", "Notes", "About",
    ]  # fmt: skip
    risks = [row[1].value for row in book["Risks"].iter_rows() if row[1].value]
    assert risks == ["Customer", "Alder Ltd", "Birch GmbH"]
