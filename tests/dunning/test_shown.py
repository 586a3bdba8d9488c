"""The letter beside its proof, the outbox, and the lists by owner, segment and entity."""

from __future__ import annotations

import pytest

from arcore.dunning import queries
from arcore.errors import NotFound


@pytest.fixture
def late(desk):
    """Alder owes 100.00 of INV-1 since 1 May, 60.00 of it in dispute."""
    desk.item = desk.invoice("100.00", "05-01", "INV-1")
    desk.dispute(desk.item, "60.00", "05-15")
    return desk


def shown(desk, code="C1", name="anna"):
    return queries.shown(desk.engine, customer_id=desk.customer(code), entity="main", as_of=desk.today, actor_name=name)


def test_the_very_letter_beside_its_proof(late):
    found = shown(late)
    assert found.step == 1
    assert found.ladders == (
        ("EUR", (("open", 10000), ("disputed", -6000), ("asked", 4000)), "100.00 open − 60.00 disputed = 40.00 asked"),
    )
    assert found.letter is not None
    late.live()
    number = late.send()["message"]
    kept = queries.message(late.engine, number)
    assert (kept.row.subject, kept.text) == (found.letter.subject, found.letter.text)


def test_a_letter_is_signed_by_the_company_where_nobody_has_a_name(late):
    letter = shown(late, name="local").letter
    assert letter is not None
    assert "local" not in letter.text


def test_who_is_held_back_has_a_letter_too_and_one_without_a_claim_has_none(late):
    late.wrote("05-19")
    found = shown(late)
    assert (found.row.code, found.step) == ("reply_waiting", 1)
    assert found.letter is not None
    late.credit("40.00", "05-19")
    assert (shown(late).row.code, shown(late).letter) == ("disputed", None)


def test_who_owes_nothing_late_has_no_letter(late):
    late.customer("C2")
    with pytest.raises(NotFound, match="nothing that is overdue"):
        shown(late, "C2")


def test_german_customers_are_written_to_in_german(late):
    late.customer("C2", language="de")
    late.invoice("50.00", "05-01", to="C2")
    assert late.row("C2").language == "de"
    letter = shown(late, "C2").letter
    assert letter is not None
    assert letter.language == "de"


def test_the_outbox_newest_first(late):
    late.invoice("50.00", "05-01", to="C2")
    late.live()
    late.run()
    rows = queries.outbox(late.engine)
    assert [(row.code, row.step_name, row.state_words, row.asked) for row in rows] == [
        ("C1", "friendly", "Sent", (("EUR", 4000),)),
        ("C2", "friendly", "Sent", (("EUR", 5000),)),
    ]
    assert [row.code for row in queries.outbox(late.engine, customer_id=late.customer("C1"))] == ["C1"]
    assert queries.outbox(late.engine, state="unknown") == ()
    assert len(queries.outbox(late.engine, limit=1)) == 1
    assert queries.counts(late.engine) == {"sent": 2}
    with pytest.raises(NotFound):
        queries.message(late.engine, 99)


def test_lists_of_one_owner_one_segment_one_entity(late):
    late.fact("owner", "carl")
    late.fact("segment", "Retail")
    late.invoice("50.00", "05-01", to="C2", entity="north")

    def codes(**filters):
        found = queries.reminders(late.engine, late.today, **filters)
        return [row.who.code for row in (*found.due, *found.held)]

    assert sorted(codes()) == ["C1", "C2"]
    assert codes(owners=["carl"]) == codes(segments=["Retail"]) == codes(entity="main") == ["C1"]
    assert codes(entity="north") == ["C2"]
    assert codes(owners=["carl"], entity="north") == []
    assert late.row("C1").who == (late.customer("C1"), "C1", "Customer C1", "carl", "Retail")


def test_the_largest_first(late):
    for code, amount in (("C2", "500.00"), ("C3", "30.00")):
        late.invoice(amount, "05-01", to=code)
    assert [row.who.code for row in late.reminders().due] == ["C2", "C1", "C3"]
