"""Notes of a month: said, said anew, taken away; history kept, nobody overwritten unseen."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from arcore.company.queries import month_note
from arcore.company.queries import month_notes
from arcore.company.service import save_note
from arcore.errors import BadInput
from arcore.errors import BooksMoved
from arcore.errors import NotAllowed
from arcore.store.books import AuditEvent
from arcore.store.engine import reading
from arcore.store.unit import Actor

ANNA, BO = Actor("anna"), Actor("bo", "manager")
OCTOBER = date(2026, 10, 1)


def said(engine, day=OCTOBER):
    with reading(engine) as session:
        note = month_note(session, day)
        return None if note is None else note.text


def test_notes_are_of_a_month_and_the_latest_counts(engine):
    save_note(
        engine, month=date(2026, 10, 17), text="Retail terms moved to 45 days.  \r\nDelta pays in November.", actor=ANNA
    )
    assert said(engine, date(2026, 10, 31)) == "Retail terms moved to 45 days.\nDelta pays in November."
    assert said(engine, date(2026, 11, 1)) is None
    save_note(engine, month=OCTOBER, text="Delta paid.", actor=BO)
    assert said(engine) == "Delta paid."
    with reading(engine) as session:
        history = month_notes(session, OCTOBER)
    assert [(note.text[:10], note.recorded_by) for note in history] == [("Delta paid", "bo"), ("Retail ter", "anna")]


def test_an_empty_text_takes_them_away_and_keeps_the_history(engine):
    save_note(engine, month=OCTOBER, text="Delta pays in November.", actor=ANNA)
    save_note(engine, month=OCTOBER, text="  \n", actor=ANNA)
    assert said(engine) is None
    with reading(engine) as session:
        assert len(month_notes(session, OCTOBER)) == 2


def test_the_audit_tells_who_and_which_month_but_not_what(engine):
    save_note(engine, month=OCTOBER, text="Mr Miller is ill.", actor=ANNA)
    with reading(engine) as session:
        event = session.execute(select(AuditEvent).where(AuditEvent.verb == "save_month_note")).scalar_one()
        assert (event.subject, event.actor) == ("notes:2026-10", "anna")
        assert "Miller" not in event.changed + event.result


def test_two_who_write_at_once_do_not_overwrite_each_other(engine):
    save_note(engine, month=OCTOBER, text="one", actor=ANNA)
    with reading(engine) as session:
        [first] = month_notes(session, OCTOBER)
        seen = first.audit_seq
    save_note(engine, month=OCTOBER, text="two", actor=BO, seen=seen)
    with pytest.raises(BooksMoved, match="bo wrote here"):
        save_note(engine, month=OCTOBER, text="three", actor=ANNA, seen=seen)
    assert said(engine) == "two"


def test_a_click_twice_says_it_once(engine):
    facts = [save_note(engine, month=OCTOBER, text="one", actor=ANNA, key="k") for _ in range(2)]
    assert facts[0] == facts[1]
    with pytest.raises(BadInput, match="say just that already"):
        save_note(engine, month=OCTOBER, text="one ", actor=ANNA)


def test_refusals(engine):
    with pytest.raises(NotAllowed, match="may not write the notes"):
        save_note(engine, month=OCTOBER, text="x", actor=Actor("vera", "viewer"))
    with pytest.raises(BadInput, match="6,001 characters"):
        save_note(engine, month=OCTOBER, text="x" * 6001, actor=ANNA)
