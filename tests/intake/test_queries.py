"""What pages ask about imports."""

from __future__ import annotations

from decimal import Decimal

import pytest

from arcore.errors import NotFound
from arcore.intake import queries
from arcore.intake.changes import ChangeKind
from arcore.intake.reading import understand
from arcore.intake.understood import RefusedRow

CSV = b"""Customer,Invoice,Date,Due date,Amount,Open balance,Currency
Alder,INV-1,2026-01-05,2026-02-04,100.00,40.00,EUR
Birch,INV-2,2026-01-07,2026-02-06,50.00,50.00,USD
"""


def test_history_says_who_when_what_and_whether_it_stands(office):
    office.take(*understand([("list.csv", CSV)]), contents={"list.csv": CSV})
    office.take(*understand([("more.csv", CSV.replace(b"INV-1", b"INV-9"))]))
    first, second = reversed(queries.history(office.engine))
    assert (first.id, first.by, first.kind, first.counts["new"], first.new_customers) == (1, "anna", "invoices", 2, 2)
    assert [(file.name, file.size) for file in first.files] == [("list.csv", len(CSV))]
    assert (first.can_undo, second.can_undo) == (False, True)
    assert queries.file_content(office.engine, 1, "list.csv") == CSV
    with pytest.raises(NotFound):
        queries.file_content(office.engine, 1, "other.csv")
    office.undo(2)
    newest, oldest = queries.history(office.engine)
    assert (newest.undone_by, newest.can_undo, oldest.can_undo) == ("anna", False, True)


def test_plan_as_totals_and_as_a_table_that_can_be_searched(office, files):
    rows = [files.document(f"INV-{n}", "100.00", "01-05", customer=f"C{n}") for n in range(6)]
    office.take(files.snapshot("01-31", *rows))
    made = office.plan(
        files.snapshot("02-28", files.document("INV-0", "100.00", "01-05", customer="C0", left="30.00"), *rows[2:])
    )
    totals = {total.kind: total for total in queries.kind_totals(made)}
    part = totals[ChangeKind.PART_PAID]
    assert (part.documents, part.before, part.after) == (1, {"EUR": Decimal("100.00")}, {"EUR": Decimal("30.00")})
    assert totals[ChangeKind.SETTLED].documents == 1
    assert totals[ChangeKind.UNCHANGED].documents == 4
    (gone,) = queries.differences(made, kinds=["settled"])
    assert (gone.number, gone.customer, gone.before, gone.after) == ("INV-1", "C1", Decimal("100.00"), Decimal("0.00"))
    assert [row.number for row in queries.differences(made, find="inv-3 c3")] == ["INV-3"]
    assert queries.differences(made, find="nothing like it") == []


def test_document_leads_to_its_file_line_and_row(office, files):
    office.take(*understand([("list.csv", CSV)]), contents={"list.csv": CSV})
    second = CSV.replace(b"40.00", b"25.00")
    office.take(*understand([("later.csv", second)]), contents={"later.csv": second})
    told = queries.provenance(office.engine, 1)
    assert [(word.import_id, word.file, word.line, word.open_amount) for word in told] == [
        (1, "list.csv", 2, Decimal("40.00")),
        (2, "later.csv", 2, Decimal("25.00")),
    ]
    row = queries.row_text(office.engine, 1, "list.csv", 2)
    assert row == "Alder | INV-1 | 2026-01-05 | 2026-02-04 | 100.00 | 40.00 | EUR"
    assert queries.row_text(office.engine, 1, "list.csv", None) == ""
    office.take(files.listed(files.document("X-1", "1.00", "01-05"), path="lost.csv"))
    number = office.rows("SELECT id FROM document WHERE number = 'X-1'")[0]["id"]
    (word,) = queries.provenance(office.engine, number)
    assert queries.row_text(office.engine, word.import_id, word.file, word.line) == ""


def test_refused_rows_go_out_with_their_reason_and_without_formulas():
    rows = [
        RefusedRow("a.csv", 7, "Amount", "=HYPERLINK(1)", "not an amount", "INV-1", "Alder"),
        RefusedRow("a.csv", 9, "Date", "31/02/2026", "Due date 31/02/2026 does not exist"),
    ]
    assert queries.refused_csv(rows).splitlines() == [
        "file,line,column,value,reason,number,customer",
        "a.csv,7,Amount,'=HYPERLINK(1),not an amount,INV-1,Alder",
        "a.csv,9,Date,31/02/2026,Due date 31/02/2026 does not exist,,",
    ]


def test_header_is_read_the_way_it_was_confirmed(office):
    corrected = understand([("list.csv", CSV)], mapping={5: ""})
    office.take(*corrected)
    known = queries.remembered(office.engine)
    (again,) = understand([("next.csv", CSV)], mapping=known.columns, day_first=known.day_first)
    assert [column.field for column in again.columns][5] == ""
    assert all(row.open_amount is None for row in again.rows)


def test_customer_of_an_undone_import_is_hidden_until_something_is_booked_for_it(office, files):
    office.take(files.listed(files.document("INV-1", "100.00", "01-05")))
    assert queries.hidden_customers(office.engine) == set()
    office.undo(1)
    assert queries.hidden_customers(office.engine) == {1}
    office.take(files.listed(files.document("INV-1", "100.00", "01-05")))
    assert queries.hidden_customers(office.engine) == set()
