"""A snapshot that comes late, told on five invoices: what the books imply is told over again in the order of days."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from arcore.errors import NeedsAnswer
from arcore.errors import RuleBroken
from arcore.intake.changes import ChangeKind
from arcore.intake.understood import CustomerRow
from arcore.intake.understood import Understood
from arcore.ledger import service

FULL = dict.fromkeys(range(1, 6), "100.00")
"""Five invoices of 100.00, all open."""


def told(files: Any, day: str, left: dict[int, str], *, due: dict[int, str] | None = None) -> Any:
    """Return a snapshot: what is open of each invoice; those left out are gone."""
    rows = [
        files.document(f"INV-{n}", "100.00", "01-05", due=(due or {}).get(n, "02-05"), left=amount)
        for n, amount in left.items()
    ]
    return files.snapshot(day, *rows)


def without(*numbers: int, **left: str) -> dict[int, str]:
    """Return what is open when some invoices are gone; `i3="40.00"` says how much is left of the third."""
    named = {int(name[1:]): amount for name, amount in left.items()}
    return {n: named.get(n, amount) for n, amount in FULL.items() if n not in numbers}


def settled(office: Any) -> list[tuple[str, str, str]]:
    """Return every settlement that stands: number, day, amount in hundredths."""
    rows = office.rows(
        "SELECT number, document_date, amount FROM document d WHERE kind = 'settlement' AND reverses_id IS NULL "
        "AND NOT EXISTS (SELECT 1 FROM document v WHERE v.reverses_id = d.id) ORDER BY number, document_date, amount"
    )
    return [(row["number"], str(row["document_date"])[5:], str(row["amount"])) for row in rows]


def invoices(office: Any) -> list[int]:
    """Return the ids of all invoices ever posted and their voids."""
    return [row["id"] for row in office.documents("invoice")]


def item_of(office: Any, number: str) -> int:
    """Return the newest item of an invoice."""
    rows = office.rows(
        "SELECT i.id FROM item i JOIN document d ON d.id = i.document_id WHERE d.number = :n AND d.kind = 'invoice' "
        "ORDER BY i.id DESC",
        n=number,
    )
    found: int = rows[0]["id"]
    return found


def test_a_settlement_moves_to_the_day_of_the_late_snapshot_and_nothing_else_is_touched(office, files):
    office.take(told(files, "01-31", FULL))
    office.take(told(files, "03-31", without(1, i2="60.00")), yes=True)
    before = office.history()
    rows = invoices(office)
    late = told(files, "02-28", without(1))
    made = office.plan(late, yes=True)
    assert made.unanswered == ()
    assert {kind: n for kind, n in made.counts().items() if n} == {"settled": 1, "unchanged": 4}
    (moved,) = [change for change in made.changes if change.kind is ChangeKind.SETTLED]
    assert (moved.number, moved.before, moved.after) == ("INV-1", 10000, 0)
    assert moved.why == "Settled on 2026-02-28, not on 2026-03-31"
    imported = office.take(late, yes=True)
    assert settled(office) == [("INV-1", "02-28", "-10000"), ("INV-2", "03-31", "-4000")]
    assert "INV-1" in office.open("02-27")
    assert "INV-1" not in office.open("02-28")
    assert invoices(office) == rows, "no invoice was posted again"
    office.undo(imported)
    assert office.history() == before
    assert settled(office) == [("INV-1", "03-31", "-10000"), ("INV-2", "03-31", "-4000")]


def test_a_late_snapshot_that_says_nothing_new_books_nothing_and_is_kept_once(office, files):
    office.take(told(files, "01-31", FULL))
    office.take(told(files, "03-31", without(1)), yes=True)
    made = office.plan(told(files, "02-28", FULL))
    assert (made.steps, made.questions, made.counts()["unchanged"]) == ((), (), 5)
    assert office.take(told(files, "02-28", FULL)) == 3
    assert office.take(told(files, "02-28", FULL)) is None


def test_an_invoice_of_the_late_snapshot_alone_is_open_until_the_next_one(office, files):
    office.take(told(files, "01-31", without(5)))
    office.take(told(files, "03-31", without(5)))
    made = office.plan(told(files, "02-28", FULL))
    (new,) = [change for change in made.changes if change.kind is ChangeKind.NEW]
    assert new.why == "Not known before: settled on 2026-03-31"
    office.take(told(files, "02-28", FULL))
    assert office.open("03-30")["INV-5"] == "100.00"
    assert "INV-5" not in office.open("03-31")
    after = told(files, "04-30", FULL)
    assert office.changes(after) == {"reopened": 1, "unchanged": 4}, "it is known, and comes back"


def test_an_invoice_missing_from_the_late_snapshot_comes_back_with_the_next(office, files):
    office.take(told(files, "01-31", FULL))
    office.take(told(files, "03-31", FULL))
    before = office.history()
    imported = office.take(told(files, "02-28", without(3)), yes=True)
    assert [office.open(day).get("INV-3") for day in ("02-27", "02-28", "03-30", "03-31")] == [
        "100.00",
        None,
        None,
        "100.00",
    ]
    office.undo(imported)
    assert office.history() == before


def test_parts_and_due_dates_are_told_over_again(office, files, other):
    first = told(files, "01-31", FULL)
    late = told(files, "02-28", without(i2="70.00"), due={4: "02-20"})
    last = told(files, "03-31", without(i2="60.00"), due={4: "02-20"})
    for snapshot in (first, late, last):
        other.take(snapshot)
    for snapshot in (first, last, late):
        office.take(snapshot)
    assert settled(office) == settled(other) == [("INV-2", "02-28", "-3000"), ("INV-2", "03-31", "-1000")]
    assert office.history() == other.history()


def test_a_payment_booked_here_explains_it_and_cash_counts_once(office, files):
    office.take(told(files, "01-31", FULL))
    customer = office.rows("SELECT id FROM customer")[0]["id"]
    service.record_payment(
        office.engine,
        customer_id=customer,
        received_on=date(2026, 2, 10),
        currency="EUR",
        amount=Decimal("100.00"),
        apply_to=[(item_of(office, "INV-1"), Decimal("100.00"))],
        actor=office.actor,
    )
    office.take(told(files, "03-31", without(1)), yes=True)
    office.take(told(files, "02-28", without(1)), yes=True)
    assert (settled(office), office.cash()) == ([], "100.00")
    assert office.open().keys() == {f"INV-{n}" for n in (2, 3, 4, 5)}


def test_what_a_person_classified_stays(office, files):
    office.take(told(files, "01-31", FULL))
    office.take(told(files, "03-31", without(1)), yes=True)
    number = office.rows("SELECT id FROM document WHERE kind = 'settlement'")[0]["id"]
    service.classify(office.engine, settlement_ids=[number], explanation="cash", actor=office.actor)
    made = office.plan(told(files, "02-28", without(1)), yes=True)
    assert made.steps == ()
    older, stays = made.warnings
    assert older.startswith("This snapshot of 2026-02-28 is older than the newest of its source, 2026-03-31.")
    assert stays == (
        "1 document is not open here as this snapshot says on its day: what was booked or explained here stays"
    )
    office.take(told(files, "02-28", without(1)), yes=True)
    assert (settled(office), office.cash()) == ([], "100.00")


def test_the_newest_snapshot_keeps_the_last_word(office, files):
    office.take(told(files, "01-31", FULL))
    office.take(told(files, "03-31", without(1, i2="50.00")), yes=True)
    office.take(told(files, "02-28", without(i2="80.00")))
    again = told(files, "04-30", without(1, i2="50.00"))
    assert office.changes(again) == {"unchanged": 4}


def test_silence_is_asked_about_and_middle_imports_are_undone_last(office, files):
    first = office.take(told(files, "01-31", FULL))
    office.take(told(files, "03-31", FULL))
    with pytest.raises(NeedsAnswer, match="2 of 5 open items are not in this file"):
        office.take(told(files, "02-28", without(1, 2)))
    late = office.take(told(files, "02-28", without(1, 2)), yes=True)
    with pytest.raises(RuleBroken, match=f"Import {late} came later from the same source"):
        office.undo(first)


def test_a_late_snapshot_comes_by_itself(office, files):
    office.take(told(files, "03-31", FULL))
    with pytest.raises(NeedsAnswer, match="Import it by itself"):
        office.take(told(files, "02-28", FULL), files.listed(files.document("INV-9", "9.00", "01-09")), yes=True)


def credited(files: Any, day: str, invoice: str | None, credit: str | None) -> Any:
    """Return a snapshot of one invoice of 100.00 and one credit note of 60.00: what is open of them, None when gone."""
    rows = []
    if invoice:
        rows.append(files.document("INV-1", "100.00", "01-05", due="02-05", left=invoice))
    if credit:
        rows.append(files.credit("CN-1", "60.00", "01-06", left=credit))
    return files.snapshot(day, *rows)


def test_a_late_snapshot_says_when_a_credit_was_used(office, files):
    office.take(credited(files, "01-31", "100.00", "-60.00"))
    office.take(credited(files, "03-31", "40.00", None), yes=True)
    assert office.open("02-28") == {"CN-1": "-60.00", "INV-1": "100.00"}
    office.take(credited(files, "02-28", "40.00", None), yes=True)
    assert office.open("02-27") == {"CN-1": "-60.00", "INV-1": "100.00"}
    assert office.open("02-28") == office.open() == {"INV-1": "40.00"}
    assert office.whole()


def test_credits_and_invoices_that_opened_again_are_told_over_too(office, files):
    office.take(credited(files, "01-31", "100.00", "-60.00"))
    office.take(credited(files, "03-31", "40.00", None), yes=True)
    office.take(credited(files, "04-30", "100.00", "-60.00"), yes=True)
    both, before = {"CN-1": "-60.00", "INV-1": "100.00"}, office.balances()
    assert [office.open(day) for day in ("03-30", "03-31", "04-30")] == [both, {"INV-1": "40.00"}, both]
    late = office.take(credited(files, "02-28", "40.00", None), yes=True)
    days = ("02-27", "02-28", "04-29", "04-30")
    assert [office.open(day) for day in days] == [both, {"INV-1": "40.00"}, {"INV-1": "40.00"}, both]
    assert settled(office) == []
    office.undo(late)
    assert office.balances() == before


def test_a_late_snapshot_is_refused_where_a_credit_was_revised_after_its_match_ended(office, files):
    office.take(credited(files, "01-31", "100.00", "-60.00"))
    office.take(credited(files, "03-31", "40.00", None), yes=True)
    invoice = files.document("INV-1", "100.00", "01-05", due="02-05", left="100.00")
    office.take(files.snapshot("04-30", invoice, files.credit("CN-1", "80.00", "01-06", left="-80.00")), yes=True)
    before = office.history()
    with pytest.raises(NeedsAnswer, match=r"of Alder documents were revised, voided or booked here after a match"):
        office.take(credited(files, "02-28", "40.00", None), yes=True)
    assert office.history() == before


def test_a_late_snapshot_is_refused_where_a_payment_booked_here_was_matched_for_a_while(office, files):
    office.take(told(files, "01-31", {1: "100.00"}))
    customer = office.rows("SELECT id FROM customer")[0]["id"]
    service.record_payment(
        office.engine,
        customer_id=customer,
        received_on=date(2026, 2, 10),
        currency="EUR",
        amount=Decimal("60.00"),
        actor=office.actor,
    )
    office.take(told(files, "03-31", {1: "40.00"}), yes=True)
    office.take(told(files, "04-30", {1: "100.00"}), yes=True)
    assert office.plan(told(files, "02-28", {1: "40.00"})).steps == (), "it stood so on that day"
    before = office.history()
    with pytest.raises(NeedsAnswer, match=r"Undo the newer imports of this source and import the files in the order"):
        office.take(told(files, "02-05", {1: "80.00"}), yes=True)
    assert office.history() == before


def test_a_late_snapshot_is_refused_where_a_later_file_may_have_told_only_what_was_open(office, files):
    def owing(day: str, amount: str, left: str) -> Any:
        return files.snapshot(day, files.document("INV-1", amount, "01-05", due="02-10", left=left))

    office.take(owing("01-31", "300.00", "300.00"))
    office.take(owing("03-31", "200.00", "200.00"))
    assert office.open("03-31") == {"INV-1": "200.00"}, "a file of what is open: 100.00 of 300.00 were paid"
    before = office.history()
    with pytest.raises(NeedsAnswer, match=r"another full amount of INV-1: whether later files told the full amount"):
        office.take(owing("02-28", "200.00", "100.00"), yes=True)
    assert office.history() == before
    office.take(owing("02-28", "300.00", "250.00"), yes=True)
    assert [office.open(day)["INV-1"] for day in ("02-27", "02-28", "03-31")] == ["300.00", "250.00", "200.00"]


def test_a_late_snapshot_is_refused_where_an_invoice_came_back_with_another_due_date_and_a_credit_closed_it(
    office, files
):
    def owing(day: str, due: str, left: str, credit: str | None) -> Any:
        rows = [files.document("INV-1", "300.00", "01-05", due=due, left=left)] if left else []
        rows += [files.credit("CN-1", "300.00", "01-06", due="02-10", left=credit)] if credit else []
        return files.snapshot(day, *rows)

    office.take(owing("03-28", "02-10", "300.00", "-100.00"))
    office.take(owing("05-23", "02-11", "100.00", None), yes=True)
    office.take(owing("01-31", "02-12", "300.00", "-300.00"), yes=True)
    before = office.history()
    with pytest.raises(NeedsAnswer, match=r"INV-1 had another due date and another amount, or was gone, while credits"):
        office.take(owing("02-28", "02-10", "200.00", "-300.00"), yes=True)
    assert office.history() == before


def test_a_credit_gone_and_back_is_told_as_if_the_files_had_come_in_order(office, other, files):
    def owing(day: str, invoice: str | None, credit: str | None) -> Any:
        rows = [files.document("INV-1", "200.00", "01-05", due="02-10", left=invoice)] if invoice else []
        rows += [files.credit("CN-1", "200.00", "01-06", due="02-10", left=credit)] if credit else []
        return files.snapshot(day, *rows)

    told = [
        owing("01-31", "100.00", "-100.00"),
        owing("02-28", "100.00", None),
        owing("03-28", "200.00", "-200.00"),
        owing("04-25", None, "-100.00"),
    ]
    for snapshot in told:
        other.take(snapshot, yes=True)
    for index in (2, 0, 3, 1):
        office.take(told[index], yes=True)
    assert office.open("01-31") == {"CN-1": "-100.00", "INV-1": "100.00"}
    assert office.balances() == other.balances()
    assert settled(office) == settled(other)


def test_newer_facts_of_customers_win_and_new_customers_are_made(office, files):
    office.take(told(files, "03-31", FULL))
    office.take(Understood("c.csv", "csv", "customers", customers=(about("Alder", owner="Ida"),)))
    late = replace(told(files, "02-28", FULL), customers=(about("Alder", owner="Otto"), about("Birch", owner="Otto")))
    office.take(late, yes=True)
    facts = office.rows(
        "SELECT c.name, f.value FROM customer_fact f JOIN customer c ON c.id = f.customer_id ORDER BY c.name, f.id"
    )
    assert [(row["name"], row["value"]) for row in facts] == [("Alder", "Ida"), ("Birch", "Otto")]


def about(name: str, *, owner: str) -> CustomerRow:
    """Return what a file says of a customer: who looks after it."""
    said = dict.fromkeys(CustomerRow.__dataclass_fields__, "")
    unsaid: dict[str, Any] = {"credit_limit": None, "insured_limit": None, "open_balance": None, "inactive": False}
    return CustomerRow(**{**said, **unsaid, "name": name, "owner": owner, "file": "c.csv", "line": 2})
