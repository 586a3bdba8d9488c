"""What a plan would do, told before it is agreed; and that agreeing it then does just that."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from arcore.arrangements import queries
from arcore.customers import service as customers
from arcore.errors import BadInput
from arcore.errors import RuleBroken


def preview(office, items, on: str, *instalments: tuple[str, str]):
    """Return the preview of a plan of the first customer."""
    return queries.preview(
        office.engine,
        customer_id=office.customer(),
        entity="main",
        currency="EUR",
        item_ids=items,
        instalments=[(date.fromisoformat(f"2026-{due}"), Decimal(amount)) for due, amount in instalments],
        agreed_on=date.fromisoformat(f"2026-{on}"),
    )


def buckets(seen, amounts: tuple[int, ...]) -> dict[str, str]:
    """Return what is not zero by the name of its column."""
    return {name: str(Decimal(units).scaleb(-2)) for name, units in zip(seen.columns, amounts, strict=True) if units}


def test_a_preview_shows_aging_on_both_bases_before_and_after(office):
    items = [office.invoice("60", "01-01", "01-20"), office.invoice("90", "01-10", "02-10")]
    office.invoice("7", "03-01", "03-31")
    office.payment("5", "02-20")
    seen = preview(office, items, "03-01", ("03-01", "50"), ("04-10", "50"), ("05-11", "50"))

    before = {"not due": "7.00", "1-30": "90.00", "31-60": "60.00", "unapplied": "-5.00"}
    assert [buckets(seen, amounts) for amounts in (seen.original.before, seen.original.after)] == [before, before]
    assert [buckets(seen, amounts) for amounts in (seen.agreed.before, seen.agreed.after)] == [
        before,
        {"not due": "157.00", "unapplied": "-5.00"},
    ]
    assert office.aging("03-01") == before
    office.plan(items, "03-01", ("03-01", "50"), ("04-10", "50"), ("05-11", "50"))
    assert office.aging("03-01") == buckets(seen, seen.agreed.after)
    assert office.aging("03-01", "original_due_date") == buckets(seen, seen.original.after)


def test_a_preview_writes_nothing_and_refuses_what_agreeing_would(office):
    invoice = office.invoice("100", "01-01")
    counted = office.counted("audit_event", "plan", "item")

    with pytest.raises(BadInput, match=r"10\.00 missing"):
        preview(office, [invoice], "03-01", ("04-10", "90"))
    preview(office, [invoice], "03-01", ("04-10", "100"))
    assert office.counted("audit_event", "plan", "item") == counted
    office.payment("100", "02-01", (invoice, "100"))
    with pytest.raises(RuleBroken, match="nothing open"):
        preview(office, [invoice], "03-01", ("04-10", "100"))


def test_an_insurers_limit_is_held_against_each_instalment(office):
    items = [office.invoice("60", "01-01", "01-31"), office.invoice("90", "01-10", "03-01")]
    customers.set_fact(
        office.engine,
        customer_id=office.customer(),
        name="max_extension",
        value="60",
        valid_from=date(2026, 1, 1),
        actor=office.actor,
    )
    seen = preview(office, items, "03-02", ("04-01", "50"), ("04-10", "50"), ("05-01", "50"))

    # 31 January and 60 days is 1 April; 1 March and 60 days is 30 April.
    assert seen.max_extension == 60
    assert [(one.extension, one.beyond, one.documents) for one in seen.instalments] == [
        (60, 0, (("INV-60", 5000),)),
        (69, 1000, (("INV-60", 1000), ("INV-90", 4000))),
        (61, 5000, (("INV-90", 5000),)),
    ]
    assert [text.split(":")[0] for text in seen.warnings] == [
        "Instalment 2 is due 69 days after the first due date; the insurer allows 60",
        "Instalment 3 is due 61 days after the first due date; the insurer allows 60",
    ]


def test_a_preview_says_what_somebody_should_have_read(office):
    contested, early = office.invoice("100", "01-01", "01-31"), office.invoice("20", "02-01", "06-30")
    office.dispute(contested, "40", "02-15")
    office.promise("60", "02-20", "03-10", contested)
    office.promise("5", "02-20", "03-10", office.invoice("5", "01-01"))
    customers.set_fact(
        office.engine,
        customer_id=office.customer(),
        name="status",
        value="direct_debit",
        valid_from=date(2026, 1, 1),
        actor=office.actor,
    )
    seen = preview(office, [contested, early], "03-01", ("04-10", "80"))

    assert (seen.total, seen.disputed) == (8000, 4000)
    assert list(seen.warnings) == [
        "INV-100: 40.00 EUR in dispute stay out of the plan and keep their due date",
        "INV-20 is not due before 2026-06-30; instalment 1 asks for it on 2026-04-10",
        "A promise of 60.00 EUR by 2026-03-10 still runs: withdraw it if the plan takes its place",
        "The customer is marked as direct debit",
    ]


def test_sources_say_what_instalments_have_to_add_up_to(office):
    late, later = office.invoice("100", "01-01", "01-31"), office.invoice("30", "01-01", "01-15")
    office.payment("10", "02-01", (late, "10"))
    office.dispute(late, "40", "02-15")
    found = queries.sources(
        office.engine,
        customer_id=office.customer(),
        entity="main",
        currency="EUR",
        item_ids=[late, later],
        on=date(2026, 3, 1),
    )

    assert [(one.document, one.open, one.disputed, one.amount) for one in found] == [
        ("INV-30", 3000, 0, 3000),
        ("INV-100", 9000, 4000, 5000),
    ]
