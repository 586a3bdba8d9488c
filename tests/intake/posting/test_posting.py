"""The posting list: what people booked since a source tells, its files, and what later files confirm."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import date
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from arcore.disputes import service as disputes
from arcore.errors import BadInput
from arcore.errors import NotAllowed
from arcore.errors import NotFound
from arcore.intake.posting import files as posting_files
from arcore.intake.posting import service
from arcore.intake.posting.queries import DAYS
from arcore.intake.posting.queries import Line
from arcore.intake.posting.queries import batches
from arcore.intake.posting.queries import days_allowed
from arcore.intake.posting.queries import overdue
from arcore.intake.posting.queries import posting_list
from arcore.intake.reading import understand
from arcore.ledger import service as ledger
from arcore.store.unit import Actor

TODAY = date(2026, 6, 30)
ANNA = Actor("anna")


@pytest.fixture
def told(office: Any, files: Any) -> Any:
    """Return an office whose source told two invoices, 100.00 and 50.00, and 30.00 received on account."""
    office.take(
        files.listed(
            files.document("A-1", "100.00", "2026-05-01", left="100.00", code="10001"),
            files.document("A-2", "50.00", "2026-05-02", left="50.00", code="10001"),
        )
    )
    office.take(files.payments(files.payment("30.00", "2026-05-20", number="R-1", code="10001")))
    return office


def item(office: Any, number: str) -> int:
    """Return the item of a document."""
    rows = office.rows(
        "SELECT i.id FROM item i JOIN document d ON d.id = i.document_id"
        " WHERE d.number = :n AND d.reverses_id IS NULL ORDER BY i.id",
        n=number,
    )
    return int(rows[0]["id"])


def customer(office: Any) -> int:
    """Return the one customer."""
    return int(office.rows("SELECT id FROM customer")[0]["id"])


def pay(office: Any, amount: str = "40.00", number: str = "A-1", **details: Any) -> int:
    """Record a receipt here and return the document."""
    facts = ledger.record_payment(
        office.engine, customer_id=customer(office), received_on=date(2026, 6, 1), currency="EUR",
        amount=Decimal(amount), apply_to=[(item(office, number), Decimal(amount))], actor=ANNA, details=details or None,
    )  # fmt: skip
    return int(facts["documents"][0])


def lines(office: Any) -> list[Line]:
    """Return the posting list."""
    return list(posting_list(office.engine, TODAY))


def statuses(office: Any) -> dict[str, str]:
    """Return the status by kind."""
    return {line.kind: line.status for line in lines(office)}


def export(office: Any, profile: str = "generic", **how: Any) -> tuple[posting_files.Written, int]:
    """Export what is to post."""
    return service.export(office.engine, profile=posting_files.load(profile), today=TODAY, actor=ANNA, **how)


# --- what is on it ----------------------------------------------------------------------------------------------------


def test_without_a_source_nothing_waits_for_one(office: Any) -> None:
    assert lines(office) == []


def test_what_files_told_is_not_on_it(told: Any) -> None:
    assert lines(told) == []


def test_receipts_write_offs_and_matches_made_here_are_listed(told: Any) -> None:
    pay(told)
    ledger.write_off(
        told.engine, item_id=item(told, "A-2"), amount=Decimal("5.00"), reason="small_difference", on=date(2026, 6, 2),
        actor=ANNA,
    )  # fmt: skip
    ledger.apply(
        told.engine, from_item_id=item(told, "R-1"), to_item_id=item(told, "A-2"), amount=Decimal("30.00"), actor=ANNA
    )
    found = {line.kind: (line.amount, line.against, line.status) for line in lines(told)}
    assert found == {
        "payment": (-4000, ("A-1",), "to_post"),
        "write_off": (-500, ("A-2",), "to_post"),
        "match": (3000, ("A-2",), "to_post"),
    }
    [total] = posting_files.totals(lines(told))
    assert (total.debit, total.credit, total.net, total.size) == (0, 4500, -4500, 3)


def test_what_was_booked_and_voided_here_cancels_out(told: Any) -> None:
    ledger.void(told.engine, document_id=pay(told), actor=ANNA)
    assert lines(told) == []


def test_a_void_after_the_export_has_to_be_posted_too(told: Any) -> None:
    number = pay(told)
    export(told)
    ledger.void(told.engine, document_id=number, actor=ANNA)
    assert [(line.amount, line.takes_back, line.status) for line in lines(told)] == [
        (-4000, False, "exported"),
        (4000, True, "to_post"),
    ]


def test_a_match_that_was_taken_back_is_gone(told: Any) -> None:
    facts = ledger.apply(
        told.engine, from_item_id=item(told, "R-1"), to_item_id=item(told, "A-2"), amount=Decimal("30.00"), actor=ANNA
    )
    assert [line.kind for line in lines(told)] == ["match"]
    ledger.unapply(told.engine, application_id=facts["applications"][0], actor=ANNA)
    assert lines(told) == []


def dispute(office: Any, outcome: str = "accepted", number: str = "A-1") -> int:
    """Contest 20.00 of an invoice and end it; return the dispute."""
    document = office.rows("SELECT id FROM document WHERE number = :n AND reverses_id IS NULL", n=number)[0]["id"]
    facts = disputes.open_dispute(
        office.engine, customer_id=customer(office), document_id=document, amount=Decimal("20.00"), reason="price",
        opened_on=date(2026, 6, 1), actor=ANNA,
    )  # fmt: skip
    disputes.close_dispute(office.engine, dispute_id=facts["dispute"], outcome=outcome, on=date(2026, 6, 5), actor=ANNA)
    return int(facts["dispute"])


def test_a_dispute_that_the_customer_won_asks_for_a_credit_note(told: Any) -> None:
    number = dispute(told)
    [line] = lines(told)
    assert (line.subject, line.kind, line.amount, line.against) == (
        f"dispute:{number}",
        "credit_request",
        -2000,
        ("A-1",),
    )
    assert (line.on, line.reason, line.status) == (date(2026, 6, 5), "price, accepted", "to_post")
    written, _ = export(told)
    [row] = csv.DictReader(io.StringIO(written.content.decode("utf-8-sig")))
    assert (row["Type"], row["Credit"], row["Applied to"]) == ("Credit request", "20.00", "A-1")
    assert statuses(told) == {"credit_request": "exported"}
    disputes.reopen_dispute(told.engine, dispute_id=number, actor=ANNA)
    assert lines(told) == []


def test_a_dispute_that_was_rejected_asks_for_nothing(told: Any) -> None:
    dispute(told, "rejected")
    assert lines(told) == []


def test_a_credit_note_of_a_file_confirms_the_request_and_one_written_here_takes_its_place(
    told: Any, files: Any
) -> None:
    dispute(told)
    credit = files.credit("C-1", "20.00", "2026-06-10", code="10001", pays="A-1", left="0.00")
    number = told.take(files.listed(credit))
    [line] = lines(told)
    assert (line.status, line.confirmed_by) == ("confirmed", number)
    dispute(told, "part_accepted", "A-2")
    assert statuses(told)["credit_request"] == "to_post"
    facts = ledger.post_credit_note(
        told.engine, customer_id=customer(told), document_date=date(2026, 6, 11), currency="EUR",
        amount=Decimal("10.00"), actor=ANNA,
    )  # fmt: skip
    ledger.apply(
        told.engine, from_item_id=facts["items"][0], to_item_id=item(told, "A-2"), amount=Decimal("10.00"), actor=ANNA
    )
    assert [(one.kind, one.status) for one in lines(told)] == [
        ("credit_request", "confirmed"),
        ("credit_note", "to_post"),
    ]


def test_a_payment_moved_to_another_customer_is_listed_as_its_match(told: Any, files: Any) -> None:
    told.take(files.listed(files.document("B-1", "30.00", "2026-05-03", left="30.00", code="10002", customer="Birch")))
    birch = told.rows("SELECT id FROM customer WHERE code = '10002'")[0]["id"]
    facts = ledger.transfer(
        told.engine, item_id=item(told, "R-1"), to_customer_id=birch, amount=Decimal("30.00"), on=date(2026, 6, 2),
        actor=ANNA,
    )  # fmt: skip
    assert lines(told) == [], "nothing but where it stands has changed"
    carried = told.rows(
        "SELECT i.id FROM item i WHERE i.customer_id = :c AND i.origin_item_id = :o", c=birch, o=item(told, "R-1")
    )[0]["id"]
    del facts
    ledger.apply(told.engine, from_item_id=carried, to_item_id=item(told, "B-1"), amount=Decimal("30.00"), actor=ANNA)
    assert [(one.kind, one.number, one.against, one.customer) for one in lines(told)] == [
        ("match", "R-1", ("B-1",), "Birch")
    ]
    number = told.take(
        files.listed(files.document("B-1", "30.00", "2026-05-03", left="0.00", code="10002", customer="Birch"))
    )
    assert [one.confirmed_by for one in lines(told)] == [number]


# --- the source's word ------------------------------------------------------------------------------------------------


def test_a_fall_of_the_open_amount_confirms_a_receipt(told: Any, files: Any) -> None:
    pay(told)
    told.take(files.listed(files.document("A-1", "100.00", "2026-05-01", left="100.00", code="10001")))
    assert statuses(told) == {"payment": "to_post"}, "the source says the same as before"
    told.take(files.listed(files.document("A-1", "100.00", "2026-05-01", left="75.00", code="10001")))
    assert statuses(told) == {"payment": "to_post"}, "it fell, but not by as much"
    number = told.take(files.listed(files.document("A-1", "100.00", "2026-05-01", left="60.00", code="10001")))
    [line] = lines(told)
    assert (line.status, line.confirmed_by) == ("confirmed", number)
    assert told.open()["A-1"] == "60.00", "and was not taken off twice"
    told.undo(number)
    assert statuses(told) == {"payment": "to_post"}, "an import that was undone said nothing"


def test_the_receipt_itself_confirms_it(told: Any, files: Any) -> None:
    pay(told, number="A-1")
    told.take(files.payments(files.payment("40.00", "2026-06-01", pays="A-1", number="R-2", code="10001")))
    assert statuses(told) == {"payment": "confirmed"}
    assert told.open() == {"A-1": "60.00", "A-2": "50.00", "R-1": "-30.00"}, "cash counted once"


def test_a_write_off_is_confirmed_when_the_invoice_is_gone(told: Any, files: Any) -> None:
    ledger.write_off(
        told.engine,
        item_id=item(told, "A-2"),
        amount=Decimal("50.00"),
        reason="goodwill",
        on=date(2026, 6, 2),
        actor=ANNA,
    )
    assert statuses(told) == {"write_off": "to_post"}
    told.take(files.listed(files.document("A-2", "50.00", "2026-05-02", left="0.00", code="10001")))
    assert statuses(told) == {"write_off": "confirmed"}


# --- export -----------------------------------------------------------------------------------------------------------


def test_an_export_foots_is_marked_once_and_can_be_taken_back(told: Any) -> None:
    pay(told)
    ledger.apply(
        told.engine, from_item_id=item(told, "R-1"), to_item_id=item(told, "A-2"), amount=Decimal("30.00"), actor=ANNA
    )
    before = told.rows("SELECT max(seq) AS n FROM audit_event")[0]["n"]
    written, batch = export(told)
    assert told.rows("SELECT max(seq) AS n FROM audit_event")[0]["n"] == before + 1 == batch
    rows = list(csv.DictReader(io.StringIO(written.content.decode("utf-8-sig"))))
    assert [(row["Type"], row["Debit"], row["Credit"], row["Applied to"]) for row in rows] == [
        ("Payment", "", "40.00", "A-1"),
        ("Match", "30.00", "30.00", "A-2"),
    ]
    assert statuses(told) == {"payment": "exported", "match": "exported"}
    [one] = batches(told.engine)
    assert (one.number, one.by, one.profile, one.size) == (batch, "anna", "generic", 2)
    with pytest.raises(BadInput, match="Nothing is there to post"):
        export(told)
    repeated = service.again(told.engine, batch=batch, today=TODAY)
    assert repeated.content == written.content
    service.withdraw(told.engine, batch=batch, actor=ANNA)
    assert statuses(told) == {"payment": "to_post", "match": "to_post"}
    with pytest.raises(NotFound):
        service.withdraw(told.engine, batch=batch, actor=ANNA)


def test_the_same_click_twice_is_one_export(told: Any) -> None:
    pay(told)
    first, second = export(told, key="k"), export(told, key="k")
    assert first[1] == second[1]
    assert first[0].content == second[0].content
    assert len(batches(told.engine)) == 1


def test_a_datev_batch_reads_back_as_what_it_said(told: Any) -> None:
    pay(told)
    ledger.write_off(
        told.engine, item_id=item(told, "A-2"), amount=Decimal("5.00"), reason="small_difference", on=date(2026, 6, 2),
        actor=ANNA,
    )  # fmt: skip
    ledger.apply(
        told.engine, from_item_id=item(told, "R-1"), to_item_id=item(told, "A-2"), amount=Decimal("30.00"), actor=ANNA
    )
    written, _ = export(told, "datev")
    assert written.name.startswith("EXTF_posting-")
    assert written.left_out == ("1 lines have no place in this file: match",)
    first, header, *rows = written.content.decode("cp1252").split("\r\n")
    assert first.startswith('"EXTF";700;21;"Buchungsstapel";9;')
    assert first.split(";")[12:16] == ["20260101", "4", "20260601", "20260602"]
    assert header.startswith("Umsatz (ohne Soll/Haben-Kz);Soll/Haben-Kennzeichen;")
    assert rows[0] == '40,00;"H";"EUR";;;;10001;1200;;0106;"A-1";;;"Payment Alder"'
    [read] = understand([(written.name, written.content)])
    assert {(row.kind, row.amount, row.customer_code, row.number) for row in read.rows} == {
        ("payment", Decimal("40.00"), "10001", "A-1"),
        ("credit_note", Decimal("5.00"), "10001", "A-2"),
    }


def test_datev_wants_account_numbers_and_one_year_a_file(office: Any, files: Any) -> None:
    office.take(files.listed(files.document("A-1", "100.00", "2025-05-01", left="100.00")))
    for day in (date(2025, 12, 31), date(2026, 1, 1)):
        ledger.record_payment(
            office.engine, customer_id=customer(office), received_on=day, currency="EUR", amount=Decimal("10.00"),
            actor=ANNA,
        )  # fmt: skip
    with pytest.raises(BadInput, match="no account number"):
        export(office, "datev")
    assert batches(office.engine) == [], "nothing was marked"
    profile = posting_files.load("datev")
    coded = [replace(line, code="10001") for line in lines(office)]
    written = posting_files.write(profile, coded, at=coded[0].recorded_at)
    assert [line.on.year for line in written.lines] == [2025]
    assert "later years" in written.left_out[0]


def test_hostile_texts_stay_texts_in_a_spreadsheet(told: Any) -> None:
    pay(told, number="A-1", reason="=cmd|'/c calc'!A1")
    written, _ = export(told)
    [row] = csv.DictReader(io.StringIO(written.content.decode("utf-8-sig")))
    assert row["Reason"] == "'=cmd|'/c calc'!A1"


def test_profiles_are_data(told: Any, tmp_path: Path) -> None:
    pay(told)
    own = tmp_path / "mine.toml"
    column = '[[columns]]\nname = "{}"\nvalue = "{}"\n'
    own.write_text('title = "Mine"\ndelimiter = "|"\n' + column.format("N", "number") + column.format("A", "amount"))
    profile = posting_files.load(str(own))
    assert posting_files.write(profile, lines(told), at=lines(told)[0].recorded_at).content == b"N|A\n|40.00\n"
    own.write_text('title = "Mine"\n' + column.format("N", "salary"))
    with pytest.raises(BadInput, match="salary"):
        posting_files.load(str(own))
    with pytest.raises(BadInput, match="no profile"):
        posting_files.load("nobody")
    assert posting_files.names() == ("generic", "datev")


# --- the task ---------------------------------------------------------------------------------------------------------


def test_what_stays_unconfirmed_becomes_a_task(told: Any) -> None:
    pay(told)
    [line] = lines(told)
    later = line.recorded_at.date() + timedelta(days=DAYS)
    early, due = posting_list(told.engine, later - timedelta(days=1)), posting_list(told.engine, later)
    assert (len(overdue(early, DAYS)), len(overdue(due, DAYS))) == (0, 1)
    assert days_allowed(told.engine) == DAYS
    service.save_days(told.engine, days=3, actor=ANNA)
    assert days_allowed(told.engine) == 3
    with pytest.raises(BadInput):
        service.save_days(told.engine, days=0, actor=ANNA)


def test_who_may_only_look_exports_nothing(told: Any) -> None:
    pay(told)
    viewer = Actor("vera", "viewer")
    with pytest.raises(NotAllowed):
        service.export(told.engine, profile=posting_files.load("generic"), today=TODAY, actor=viewer)
    with pytest.raises(NotAllowed):
        service.save_days(told.engine, days=3, actor=viewer)
    assert statuses(told) == {"payment": "to_post"}


def test_an_export_by_a_profile_of_ones_own_is_written_again_the_same(told: Any, tmp_path: Path) -> None:
    pay(told)
    own = tmp_path / "ours.toml"
    own.write_text(
        'title = "Ours"\ndelimiter = ";"\ndecimal = ","\nending = "txt"\nfile_prefix = "in-"\n'
        '[[columns]]\nname = "Wert"\nvalue = "amount"\n'
    )
    written, batch = service.export(told.engine, profile=posting_files.load(str(own)), today=TODAY, actor=ANNA)
    own.unlink()
    assert service.again(told.engine, batch=batch, today=TODAY).content == written.content == b"Wert\n40,00\n"
    [kept] = batches(told.engine)
    assert (kept.profile, kept.file) == ("ours", written.name)
    assert kept.file.startswith("in-posting-")
    assert kept.file.endswith(".txt")
