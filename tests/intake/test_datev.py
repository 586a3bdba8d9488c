"""DATEV booking batches: only debtors, with years from the fiscal year and sides from S and H."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from arcore.intake.understood import OTHER
from arcore.intake.understood import Understood

ReadText = Callable[..., Understood]
META = '"EXTF";700;21;"Buchungsstapel";9;2018;;"";"";"";1001;456;20180701;4;20180701;20190630;"B";"";1;;0;"EUR"'
NAMES = (
    "Umsatz (ohne Soll/Haben-Kz);Soll/Haben-Kennzeichen;WKZ Umsatz;Konto;Gegenkonto (ohne BU-Schlüssel);Belegdatum;"
    "Belegfeld 1;Belegfeld 2;Buchungstext"
)


def batch(*bookings: str) -> str:
    """Return a batch of a fiscal year that begins on 1 July 2018."""
    return "\r\n".join([META, NAMES, *bookings]) + "\r\n"


def test_bookings_on_debtors_become_documents(read_text: ReadText) -> None:
    found = read_text(
        batch(
            "5950,00;S;;10000;8400;2207;RE-1;220818;Honorar",
            "24,95;H;;1200;4940;2107;;;Fachbuch",
            "950,00;S;;1200;10000;308;RE-1;;Zahlung",
            "59,50;H;USD;10000;8400;102;GS-1;;Gutschrift",
        ),
        encoding="cp1252",
    )
    assert found.profile == "datev"
    assert [(row.kind, row.number, str(row.amount), row.currency, row.document_date) for row in found.rows] == [
        ("invoice", "RE-1", "5950.00", "EUR", date(2018, 7, 22)),
        ("payment", "RE-1", "950.00", "EUR", date(2018, 8, 3)),
        ("credit_note", "GS-1", "59.50", "USD", date(2019, 2, 1)),
    ]
    assert found.rows[0].due_date == date(2018, 8, 22)
    assert [row.line for row in found.rows] == [3, 5, 6]
    assert found.left_out["other_account"] == 1


def test_a_batch_without_debtors_says_so(read_text: ReadText) -> None:
    found = read_text(batch("100,00;S;;0001200;0008400;1501;RE001;;x"))
    assert (found.kind, found.reason) == (OTHER, "No booking in it is on a debtor's account.")
    assert found.rows_read == sum(found.left_out.values())


def test_an_impossible_day_is_refused(read_text: ReadText) -> None:
    found = read_text(batch("1,00;S;;10000;8400;3002;RE-1;;x", "2,00;S;;10000;8400;2807;RE-2;;x"))
    assert [(row.line, row.reason) for row in found.refused] == [(3, "Date 2019-02-30 does not exist")]


def test_a_batch_without_its_fiscal_year_is_no_crash(read_text: ReadText) -> None:
    found = read_text(batch("1,00;S;;10000;8400;2807;RE-2;;x").replace(";20180701;4;", ";<script>;4;"))
    assert not found.rows
    assert [row.line for row in found.refused] == [3]
