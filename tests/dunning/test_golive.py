"""The first day: everything is a preview until somebody confirmed on one page what is there and what is missing."""

from __future__ import annotations

import pytest

from arcore.company import service as company
from arcore.dunning import queries
from arcore.dunning import service
from arcore.errors import BadInput
from arcore.errors import NotAllowed
from arcore.errors import NotFound
from arcore.errors import RuleBroken
from arcore.store.unit import Actor


@pytest.fixture
def first(desk):
    """Three overdue customers; the second has no address, the third was handed to a lawyer."""
    desk.invoice("100.00", "04-01", "INV-1", to="C1")
    desk.customer("C2", email=None)
    desk.invoice("50.00", "05-01", "INV-2", to="C2")
    desk.invoice("70.00", "05-01", "INV-3", to="C3")
    desk.fact("status", "legal", code="C3")
    return desk


def points(desk):
    return {point.what: point for point in queries.golive(desk.engine, desk.today).points}


def test_before_it_is_confirmed_nothing_leaves_by_any_road(first, files):
    assert not first.reminders().live
    assert [row.who.code for row in first.reminders().due] == ["C1"]
    for act in (first.run, first.send):
        with pytest.raises(queries.NotLive, match="not live yet"):
            act()
    done = service.daily(first.engine, as_of=first.today, actor=first.actor)
    assert done.in_words().endswith("Confirm them once on the page Reminders. 1 reminder would be due.")
    assert (first.sent(), files()) == ([], [])


def test_what_is_there_and_what_is_missing(first):
    found = queries.golive(first.engine, first.today)
    assert (found.live, found.ready, found.due, found.daily_limit) == (None, True, 1, 20)
    assert [row.who.code for row in found.no_contact] == ["C2"]
    told = points(first)
    assert {what for what, point in told.items() if point.missing} == {"contacts"}
    assert told["contacts"].words == "2 overdue customers, 1 without an e-mail address"
    assert told["texts"].words == "Letters in English"
    assert "become .eml files" in told["way"].words


def test_who_pays_where_is_asked_by_entity_and_currency(first):
    company.save_profile(first.engine, bank_details="", sender="", actor=first.actor)
    first.invoice("9.00", "05-01", to="C1", currency="USD")
    told = points(first)
    assert told["bank"].words == "No account to pay into for EUR (main), USD (main)"
    assert told["sender"].missing
    assert queries.golive(first.engine, first.today).ready  # it warns, it does not forbid


def test_a_language_without_texts_is_named(first):
    first.customer("C4", language="fr")
    first.invoice("80.00", "05-01", to="C4")
    assert points(first)["texts"].words == "No texts in fr: those customers are written to in English"


def test_everybody_opens_with_the_friendly_step_unless_somebody_raises_it(first):
    """49 days late would be formal by its days alone; nothing that was sent before is known, so it opens friendly."""
    found = queries.golive(first.engine, first.today)
    assert [(row.row.who.code, row.by_days, row.opening) for row in found.opening] == [("C1", 3, 0), ("C2", 1, 0)]
    first.live()
    assert (first.code("C1"), first.row("C1").step) == ("send", 1)


def test_an_opening_step_counts_as_delivered_for_debts_of_before(first):
    first.live(C1=1)
    assert first.row("C1").step == 2
    first.invoice("30.00", "05-20", "INV-9", to="C1")
    first.payment("100.00", "05-21", (1, "100.00"))
    assert first.on("05-26").row("C1").step == 1  # the new debt has had nothing yet


def test_an_opening_step_waits_for_no_gap(first):
    first.live(C1=1)
    assert first.row("C1").decision.due_on.isoformat() == "2026-04-21"
    assert first.run().message_ids == (1,)


def test_the_limit_of_the_first_days_is_kept_with_the_rules(first):
    first.live(limit=5)
    assert first.reminders().policy.daily_limit == 5


def test_it_is_confirmed_once_and_stopped_again(first):
    first.live(C1=1)
    live = queries.golive(first.engine, first.today).live
    assert live is not None
    assert (live.on, live.by) == (first.today, "anna")
    with pytest.raises(RuleBroken, match="live since 2026-05-20, confirmed by anna"):
        first.live()
    service.stop(first.engine, actor=first.actor)
    with pytest.raises(queries.NotLive):
        first.run()
    with pytest.raises(RuleBroken, match="not live"):
        service.stop(first.engine, actor=first.actor)
    [opening, *_] = queries.golive(first.engine, first.today).opening
    assert opening.opening == 1  # what was confirmed once is offered again
    first.live()
    assert first.row("C1").step == 1


def test_what_cannot_be_confirmed(first):
    who = {"engine": first.engine, "actor": first.actor, "daily_limit": 0}
    with pytest.raises(BadInput, match=r"0 \(nothing sent yet\) to 3; 4 is not"):
        service.go_live(**who, opening={(1, "main"): 4})
    with pytest.raises(NotFound):
        service.go_live(**who, opening={(99, "main"): 1})
    with pytest.raises(NotAllowed):
        service.go_live(first.engine, opening={}, daily_limit=0, actor=Actor("carl", "collector"))
    assert queries.golive(first.engine, first.today).live is None


def test_a_company_without_a_name_cannot_go_live(sqlite_engine):
    with pytest.raises(BadInput, match="no name yet"):
        service.go_live(sqlite_engine, opening={}, daily_limit=0, actor=Actor("anna"))
