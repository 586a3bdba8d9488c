"""What a small untidy book holds, section by section; figures of the fixture `untidy`."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import Engine
from sqlalchemy import insert

from arcore.cleanup import service as cleanup
from arcore.cleanup.queries import Run
from arcore.cleanup.queries import run_subject
from arcore.errors import BadInput
from arcore.ledger import service as ledger
from arcore.ledger.verify import verify
from arcore.reports.filters import Filters
from arcore.reports.items import items
from arcore.reports.kpis import measured
from arcore.reports.tidy.credit_balances import credit_balances
from arcore.reports.tidy.doubles import doubles
from arcore.reports.tidy.gaps import gaps
from arcore.reports.tidy.oddities import oddities
from arcore.reports.tidy.oddities import subjects
from arcore.reports.tidy.summary import summary
from arcore.reports.tidy.unapplied import proposed
from arcore.reports.tidy.unapplied import unapplied
from arcore.reports.tidy.unexplained import SHOWN
from arcore.reports.tidy.unexplained import effect
from arcore.reports.tidy.unexplained import unexplained
from arcore.store.sources import Coverage
from arcore.store.unit import Actor

ANNA = Actor("anna")
TODAY = date(2026, 10, 31)
NOW = Filters(as_of=TODAY, currency="EUR")


@pytest.fixture
def books(sqlite_engine: Engine, untidy) -> Engine:
    untidy(sqlite_engine)
    return sqlite_engine


@pytest.fixture
def complete(books: Engine) -> Engine:
    """Declare the books complete from the start of 2026 on, so that every measure has a value."""
    with books.execution_options(write=True).begin() as connection:
        rows = [
            {"entity": "main", "currency": "EUR", "what": what, "complete_from": date(2026, 1, 1)}
            for what in ("balances", "sales", "receipts")
        ]
        connection.execute(insert(Coverage), rows)
    return books


def test_every_section_counts_and_sums_what_it_holds(books):
    assert {one.name: (one.count, dict(one.by_currency)) for one in summary(books, NOW, TODAY)} == {
        "unapplied": (2, {"EUR": -12000}),
        "credit_balances": (1, {"EUR": -4000}),
        "unexplained": (2, {"EUR": 25000}),
        "duplicates": (1, {"EUR": 10000}),
        "gaps": (2, {}),
        "oddities": (2, {"EUR": 14000}),
        "same_customers": (0, {}),
    }


def test_unapplied_credits_are_those_older_than_asked(books):
    # 5 May is 179 days before 31 October, 20 May is 164.
    found = unapplied(books, NOW, 0)
    assert [(line.name, line.amount) for line in found.lines(books)] == [("Alder Ltd", -8000), ("Cedar SA", -4000)]
    assert found.extra["age"].tolist() == [179, 164]
    assert [line.name for line in unapplied(books, NOW, 164).lines(books)] == ["Alder Ltd"]
    assert len(unapplied(books, NOW, 179)) == 0


@pytest.mark.parametrize(
    ("named", "told"),
    [
        (2, [("Alder Ltd", -8000), ("Cedar SA", -4000)]),
        (1, [("Alder Ltd", -8000), ("the other 1 in EUR", -4000)]),
        (0, [("the other 2 in EUR", -12000)]),
    ],
)
def test_a_sum_is_made_of_its_largest_entries_and_all_the_others(books, named, told):
    found = unapplied(books, NOW, 0).entries(books, named)
    assert [(one.name or one.what, one.amount) for one in found] == told
    assert {one.currency for one in found} == {"EUR"}


def test_a_credit_pays_the_oldest_item_of_its_own_customer_only(books):
    credits_ = unapplied(books, NOW, 30).item_ids.tolist()
    seen, pairs = proposed(books, NOW, credits_)
    named = {row.item_id: row.document for row in items(books, NOW)}
    told = [(named[int(seen.columns.item_id[p.target])], p.amount) for p in pairs]
    # Cedar owes nothing, so its credit note pays nothing.
    assert told == [("INV-001", 8000)]


def test_what_is_left_with_a_note_is_asked_about_again_when_that_is_withdrawn(books):
    item = int(unapplied(books, NOW, 30).item_ids[0])
    made = cleanup.decide(books, section="unapplied", subjects=[str(item)], note="Deposit", actor=ANNA)
    assert item not in unapplied(books, NOW, 30).item_ids
    assert unapplied(books, NOW, 30, left=True).item_ids.tolist() == [item]
    cleanup.withdraw(books, decision_ids=made["decisions"], actor=ANNA)
    assert item in unapplied(books, NOW, 30).item_ids
    with pytest.raises(BadInput, match="Say why"):
        cleanup.decide(books, section="unapplied", subjects=[str(item)], actor=ANNA)


def test_credit_balances_are_of_customers_who_owe_less_than_they_have_to_their_credit(books):
    # Alder has 80 unapplied, but owes 200.
    [row] = credit_balances(books, NOW).rows
    assert (row.customer, row.debits, row.credits, row.total, row.items) == ("C3", 0, -4000, -4000, 1)
    assert credit_balances(books, NOW.on(date(2026, 5, 19))).rows == ()


def test_duplicates_are_found_however_the_number_is_written_and_remembered_when_they_are_none(books):
    found = doubles(books, NOW)
    [one], [other] = found.earlier.lines(books), found.later.lines(books)
    assert (one.document, other.document, other.what) == ("INV-001", "inv 1", "The same number, written differently")
    cleanup.decide(books, section="duplicate", subjects=found.subjects(), actor=ANNA)
    assert len(doubles(books, NOW)) == 0


def test_a_void_document_is_no_duplicate(books):
    later = int(doubles(books, NOW).later.document_ids[0])
    voids = ledger.void_many(books, document_ids=[later], actor=ANNA)["documents"]
    assert len(doubles(books, NOW)) == 0
    cleanup.restore(books, void_ids=voids, actor=ANNA)
    assert len(doubles(books, NOW)) == 1


def test_gaps_are_runs_and_shrink_by_what_is_explained(books):
    found = gaps(books, NOW)
    assert [(gap.text, gap.count, gap.before, gap.after) for gap in found.open] == [
        ("INV-007 – INV-008", 2, date(2026, 5, 6), date(2026, 7, 1))
    ]
    assert (found.series, found.unsure) == (1, True)
    cleanup.decide(books, section="gap", subjects=[run_subject(Run("main", "INV-", 8, 8))], note="Test", actor=ANNA)
    left = gaps(books, NOW)
    assert [gap.text for gap in left.open] == ["INV-007"]
    assert [(gap.run.first, gap.note) for gap in left.explained] == [(8, "Test")]
    # Before July nothing was missing: the numbers after the gap were not issued yet.
    assert gaps(books, NOW.on(date(2026, 6, 30))).open == ()


def test_oddities_say_what_is_odd_and_go_when_mended_or_accepted(books):
    found = oddities(books, NOW, TODAY)
    assert {(line.document, line.what) for line in found.lines(books)} == {
        ("INV-009", "Terms of more than 365 days"),
        ("INV-010", "Due before it was issued"),
    }
    row = next(place for place, line in enumerate(found.lines(books)) if line.document == "INV-010")
    ledger.redate(books, item_id=int(found.item_ids[row]), due_date=date(2026, 8, 9), on=date(2026, 7, 10), actor=ANNA)
    [left] = oddities(books, NOW, TODAY).lines(books)
    assert left.document == "INV-009"
    cleanup.decide(books, section="oddity", subjects=subjects(oddities(books, NOW, TODAY)), actor=ANNA)
    assert len(oddities(books, NOW, TODAY)) == 0
    assert len(oddities(books, NOW, TODAY, accepted=True)) == 1


def test_the_future_is_after_today_whatever_day_is_looked_at(books):
    early = date(2026, 7, 5)
    assert "INV-010" in {
        line.document for line in oddities(books, NOW, early).lines(books) if line.what == "Dated in the future"
    }
    looked_back = oddities(books, NOW.on(early), TODAY).lines(books)
    assert "Dated in the future" not in {line.what for line in looked_back}


def test_unexplained_settlements_name_invoice_and_amount(books):
    lines = unexplained(books, NOW).lines(books)
    assert [(line.document, line.amount, line.effective_on) for line in lines] == [
        ("INV-002", 20000, date(2026, 6, 30)),
        ("INV-003", 5000, date(2026, 6, 30)),
    ]
    assert len(unexplained(books, NOW.on(date(2026, 6, 29)))) == 0


@pytest.mark.parametrize(
    ("explanation", "reason"), [("cash", ""), ("credit", ""), ("write_off", "uncollectible"), ("factored", "")]
)
def test_what_a_preview_shows_is_what_the_measures_say_afterwards(complete, explanation, reason):
    books = complete
    found = unexplained(books, NOW)
    [month] = effect(books, NOW, found.item_ids.tolist(), explanation, reason)
    assert (month.day, month.amount) == (date(2026, 6, 30), 25000)
    june = NOW.on(month.day)
    assert None not in {figure.exact for figure in month.before[:2]}
    before = [measured(books, june, name) for name in SHOWN]
    assert [f.exact for f in month.before] == [f.exact for f in before]
    ledger.classify(
        books, settlement_ids=found.document_ids.tolist(), explanation=explanation, reason=reason, actor=ANNA
    )
    after = [measured(books, june, name) for name in SHOWN]
    assert [(f.exact, f.undefined) for f in month.after] == [(f.exact, f.undefined) for f in after]
    assert len(unexplained(books, NOW)) == 0
    assert all(one.ok for one in verify(books))


def test_cash_counts_in_june_once_the_settlements_are_explained_as_cash(books):
    """The preview and the books can only agree for a reason: here the reason is 250.00 of cash in June."""
    ids = unexplained(books, NOW).item_ids.tolist()
    assert [(one.cash_before, one.cash_after, one.currency) for one in effect(books, NOW, ids, "cash")] == [
        (0, 25000, "EUR")
    ]
    assert [one.cash_after for one in effect(books, NOW, ids, "credit")] == [0]
