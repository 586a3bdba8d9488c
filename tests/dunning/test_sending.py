"""What happens to a reminder on its way: sent, refused, lost, left behind, bounced, skipped, approved; never twice."""

from __future__ import annotations

import json
import socket
from datetime import UTC
from datetime import datetime
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from threading import Barrier
from threading import Thread

import pytest

from arcore.delivery import service as delivery
from arcore.delivery.service import Fate
from arcore.dunning import preparing
from arcore.dunning import queries
from arcore.dunning import sending
from arcore.dunning import service
from arcore.dunning.record import as_facts
from arcore.dunning.record import from_facts
from arcore.errors import BadInput
from arcore.errors import BooksMoved
from arcore.errors import KeyReused
from arcore.errors import NotAllowed
from arcore.errors import NotFound
from arcore.errors import RuleBroken
from arcore.ledger import service as ledger
from arcore.reports.book import version
from arcore.store.unit import Actor

VIEWER, COLLECTOR = Actor("vera", "viewer"), Actor("carl", "collector")


@pytest.fixture
def late(desk):
    """Alder owes 100.00 of INV-1 since 1 May, 60.00 of it in dispute; reminders are live."""
    desk.item = desk.invoice("100.00", "05-01", "INV-1")
    desk.dispute(desk.item, "60.00", "05-15")
    return desk.live()


@pytest.fixture
def fates(monkeypatch):
    """Let messages meet the fates of a list, one after the other; nothing is written anywhere."""
    told: list[Fate] = []
    handed: list[bytes] = []

    def deliver(_way, raw, **_how):
        handed.append(raw)
        fate = told.pop(0)
        if isinstance(fate, BaseException):
            raise fate
        return fate

    monkeypatch.setattr("arcore.delivery.service.deliver", deliver)
    return told, handed


REFUSED = Fate("refused", "550 no such user", cause="address")
BUSY = Fate("refused", "451 come again", cause="later")
NO_LINE = Fate("refused", "connection refused", cause="way")
LOST = Fate("unknown", "the line broke after the text")
SENT = Fate("sent", "250 taken")


def test_the_message_is_kept_as_it_left_with_its_proof(late, files):
    said = late.send()
    assert (said["state"], said["step"], said["held"]) == ("sent", 1, None)
    kept = queries.message(late.engine, said["message"])
    [file] = files()
    assert file.read_bytes() == kept.raw
    assert kept.proof.in_words("EUR") == "100.00 open − 60.00 disputed = 40.00 asked"
    mail = message_from_bytes(kept.raw, policy=default)
    assert mail["To"] == "ap@c1.example"
    text = mail.get_body(("plain",))
    assert text is not None
    assert "40.00" in text.get_content()
    assert str(next(mail.iter_attachments()).get_filename()).endswith(".pdf")
    assert kept.row.asked == (("EUR", 4000),)
    assert [happening.verb for happening in kept.history] == ["prepared", "sent"]


def test_a_kept_proof_reads_back_as_it_was(late):
    late.invoice("30.00", "05-30", "INV-2")
    late.credit("5.00", "05-10")
    proof = late.row().proof
    assert from_facts(json.loads(json.dumps(as_facts(proof)))) == proof


def test_the_audit_knows_no_address(late):
    late.send()
    told = late.rows("SELECT changed || result || subject FROM audit_event WHERE verb LIKE '%message%'")
    events = late.rows("SELECT what FROM case_event")
    assert "ap@c1" not in str(told) + str(events)


def test_the_next_step_answers_the_message_before(late):
    late.send()
    late.on("05-28").send()
    first, second = (queries.message(late.engine, number).raw for number in (1, 2))
    assert message_from_bytes(second)["In-Reply-To"] == message_from_bytes(first)["Message-ID"]


def test_a_second_click_sends_nothing(late, files):
    assert late.send()["state"] == "sent"
    assert late.send()["held"]["code"] == "already_sent"
    assert late.run().message_ids == ()
    assert len(files()) == 1


def test_the_same_key_answers_with_what_was_done_first(late, files):
    first = late.send(key="click")
    assert late.send(key="click")["message"] == first["message"]
    assert len(files()) == 1
    with pytest.raises(KeyReused):
        late.send(key="click", approved=True)


def test_the_second_half_of_a_double_click_waits_for_the_first(late, monkeypatch):
    said = []
    second = Thread(target=lambda: said.append(late.send(key="click")))
    real = delivery.deliver

    def slowly(*given, **named):
        second.start()
        second.join(0.3)  # the other click comes while this message is being handed over
        return real(*given, **named)

    monkeypatch.setattr("arcore.delivery.service.deliver", slowly)
    first = late.send(key="click")
    second.join()
    assert said == [first]
    assert (first["state"], len(late.sent())) == ("sent", 1)


def test_a_message_on_its_way_for_long_says_so(late, monkeypatch):
    def killed(*_given):
        raise SystemExit

    monkeypatch.setattr(sending, "_keep_fate", killed)
    monkeypatch.setattr(sending, "PATIENCE", 0.0)
    with pytest.raises(SystemExit):
        late.send(key="click")
    said = late.send(key="click")
    assert (said["state"], said["words"]) == ("prepared", sending.ON_ITS_WAY)


def test_what_changed_since_the_list_was_drawn_is_seen(late):
    [due] = late.reminders().due
    late.payment("100.00", "05-20", (late.item, "100.00"))
    assert due.step == 1
    assert late.send()["held"] == {"code": "nothing_due", "why": "Nothing is overdue"}
    assert late.sent() == []


def test_two_people_on_one_customer_the_second_is_told(late):
    seen = version(late.engine)[1]
    late.wrote("05-20")
    with pytest.raises(BooksMoved, match="anna wrote here while you were looking"):
        late.send(seen=seen)


def test_an_invoice_that_was_corrected_stands_where_it_stood(late):
    late.send()
    ledger.void(late.engine, document_id=late.document(late.item), actor=late.actor)
    late.invoice("90.00", "05-01", "INV-1")
    assert late.code() == "already_sent"
    assert late.on("05-27").row().step == 2


def test_a_debt_that_falls_late_enough_joins_the_message(late):
    late.invoice("30.00", "05-14", "INV-2")
    late.invoice("7.00", "05-18", "INV-3")  # two days late: not asked for yet
    late.run()
    rows = late.rows("SELECT d.number, i.claimed, i.level FROM message_item i JOIN document d ON d.id = i.document_id")
    assert [tuple(row) for row in rows] == [("INV-1", 4000, 1), ("INV-2", 3000, 1)]


# --- days -------------------------------------------------------------------------------------------------------------


def test_missed_days_are_caught_up_with_one_message_of_the_next_step(late):
    late.send()
    late.on("09-01")
    assert late.row().why == "INV-1 is 123 days late: firm reminder after the friendly one, due since 27 May 2026"
    late.run()
    assert late.sent() == [("05-20", 1, "sent"), ("09-01", 2, "sent")]


def test_three_steps_and_then_a_person(late):
    late.send()
    late.on("05-27").send()
    assert late.on("06-20").code() == "awaiting_approval"
    late.send(approved=True)
    assert late.on("12-01").code() == "nothing_due"
    assert late.row().why == "The formal reminder of 20 Jun 2026 asks for this; a person takes over from here"
    assert late.sent() == [("05-20", 1, "sent"), ("05-27", 2, "sent"), ("06-20", 3, "sent")]


def test_a_new_invoice_begins_at_the_friendly_step(late):
    late.send()
    late.payment("100.00", "05-25", (late.item, "100.00"))
    late.invoice("80.00", "06-01", "INV-2")
    late.on("06-10").run()
    assert late.sent() == [("05-20", 1, "sent"), ("06-10", 1, "sent")]


def test_a_reminder_leaves_on_the_day_itself(late):
    late.today = late.today - timedelta(days=1)
    with pytest.raises(BadInput, match="today is 2026-05-20"):
        late.send()


# --- fates ------------------------------------------------------------------------------------------------------------


def test_a_refused_message_is_tried_again_at_another_address(late, fates):
    fates[0][:] = [REFUSED, SENT]
    assert late.send()["state"] == "refused"
    assert late.code() == "no_contact"
    assert late.row().why == "The message of 20 May 2026 was refused: another address is needed"
    late.contact("C1", "new@c1.example", role="billing")
    assert late.code() == "no_contact"  # payables come before billing
    late.replace_contact("C1", "other@c1.example")
    assert (late.code(), late.row().step) == ("send", 1)
    late.send()
    assert late.sent() == [("05-20", 1, "refused"), ("05-20", 1, "sent")]
    assert [key[-2:] for (key,) in late.rows("SELECT key FROM message ORDER BY id")] == [":0", ":1"]


def test_somebody_may_insist_on_an_address_that_failed(late, fates):
    fates[0][:] = [REFUSED, SENT]
    late.send()
    assert late.send(approved=True)["state"] == "sent"


def test_a_server_that_asks_to_come_again_is_asked_again(late, fates):
    fates[0][:] = [BUSY, SENT]
    late.run()
    assert late.code() == "send"
    late.run()
    assert late.sent() == [("05-20", 1, "refused"), ("05-20", 1, "sent")]


def test_a_run_stops_when_nothing_can_leave(late, fates):
    late.invoice("50.00", "05-01", to="C2")
    late.invoice("49.00", "05-01", to="C3")
    fates[0][:] = [NO_LINE]
    done = late.run()
    assert (done.stopped, len(done.outcomes), done.of) == ("connection refused", 1, 3)
    assert [row.code for row in late.reminders().due] == [None, None, None]


def test_a_message_of_unknown_fate_is_never_sent_again_by_itself(late, fates):
    fates[0][:] = [LOST, SENT]
    assert late.send()["state"] == "unknown"
    assert late.code() == "already_sent"
    assert late.on("05-26").code() == "minimum_gap"
    late.on("05-27").run()  # it counts as delivered: the next step follows after the gap
    assert late.sent() == [("05-20", 1, "unknown"), ("05-27", 2, "sent")]


def test_a_person_says_that_it_did_not_arrive(late, fates):
    fates[0][:] = [LOST, SENT]
    number = late.send()["message"]
    service.settle_unknown(late.engine, message_id=number, arrived=False, actor=late.actor)
    assert (late.code(), late.row().step) == ("send", 1)
    service.settle_unknown(late.engine, message_id=number, arrived=True, actor=late.actor)
    assert late.code() == "already_sent"
    assert queries.message(late.engine, number).row.words == "anna says that it arrived"


def test_what_is_known_is_not_settled_again(late):
    number = late.send()["message"]
    with pytest.raises(RuleBroken, match="is known: sent"):
        service.settle_unknown(late.engine, message_id=number, arrived=False, actor=late.actor)


def test_a_message_that_came_back_does_not_count(late, fates):
    fates[0][:] = [SENT, SENT]
    number = late.send()["message"]
    late.on("05-22")
    service.mark_bounced(late.engine, message_id=number, actor=late.actor)
    assert (late.code(), late.row().step) == ("no_contact", 1)
    service.unmark_bounced(late.engine, message_id=number, actor=late.actor)
    assert late.code() == "minimum_gap"
    service.mark_bounced(late.engine, message_id=number, actor=late.actor)
    late.replace_contact("C1", "other@c1.example")
    late.send()
    assert late.sent() == [("05-20", 1, "bounced"), ("05-22", 1, "sent")]


def test_only_what_left_can_come_back(late, fates):
    fates[0][:] = [REFUSED]
    number = late.send()["message"]
    with pytest.raises(RuleBroken, match="refused can't come back"):
        service.mark_bounced(late.engine, message_id=number, actor=late.actor)
    with pytest.raises(RuleBroken, match="did not come back"):
        service.unmark_bounced(late.engine, message_id=number, actor=late.actor)
    with pytest.raises(NotFound):
        service.mark_bounced(late.engine, message_id=99, actor=late.actor)


# --- a program that ends on the way -----------------------------------------------------------------------------------


class Killed(BaseException):
    """The program ends here."""


@pytest.fixture
def left_behind(late, fates):
    """The program ended between preparing and handing over."""
    fates[0][:] = [Killed()]
    with pytest.raises(Killed):
        late.send()
    assert late.sent() == [("05-20", 1, "prepared")]
    return late


LATER = datetime.now(UTC) + timedelta(days=1)


def test_what_is_prepared_counts_as_delivered(left_behind):
    assert left_behind.code() == "already_sent"
    assert left_behind.run().message_ids == ()


def test_it_is_left_alone_while_somebody_may_work_on_it(left_behind):
    assert service.sweep(left_behind.engine, actor=left_behind.actor) == 0


def test_a_file_that_was_never_written_is_refused_and_tried_again(left_behind, tmp_path):
    (tmp_path / "data" / "outbox").mkdir(parents=True)
    assert service.sweep(left_behind.engine, actor=left_behind.actor, now=LATER) == 1
    assert left_behind.sent() == [("05-20", 1, "refused")]
    assert left_behind.code() == "send"


def test_a_file_that_is_there_was_sent(late, files, monkeypatch):
    def killed(*_given):
        raise Killed

    monkeypatch.setattr(sending, "_keep_fate", killed)
    with pytest.raises(Killed):
        late.send()
    monkeypatch.undo()
    late.on("05-20")
    assert len(files()) == 1
    assert service.sweep(late.engine, actor=late.actor, now=LATER) == 1
    assert late.sent() == [("05-20", 1, "sent")]


def test_a_file_of_another_machine_is_of_unknown_fate(left_behind, tmp_path, monkeypatch):
    (tmp_path / "data" / "outbox").mkdir(parents=True)
    monkeypatch.setattr(socket, "gethostname", lambda: "elsewhere")
    service.sweep(left_behind.engine, actor=left_behind.actor, now=LATER)
    assert left_behind.sent() == [("05-20", 1, "unknown")]


def test_a_fate_that_comes_late_is_kept_all_the_same(left_behind):
    service.sweep(left_behind.engine, actor=left_behind.actor, now=LATER)
    assert left_behind.sent() == [("05-20", 1, "unknown")]
    sending._keep_fate(left_behind.engine, 1, SENT, left_behind.actor)
    assert left_behind.sent() == [("05-20", 1, "sent")]
    sending._keep_fate(left_behind.engine, 1, REFUSED, left_behind.actor)  # what is known stays
    assert left_behind.sent() == [("05-20", 1, "sent")]


# --- people -----------------------------------------------------------------------------------------------------------


def test_skip_today_and_put_it_back(late):
    place = {"customer_id": late.customer(), "entity": "main", "day": late.today}
    service.skip(late.engine, **place, actor=late.actor)
    service.skip(late.engine, **place, actor=late.actor)
    assert (late.code(), late.row().why) == ("on_hold", "Taken off today by anna")
    assert late.run().message_ids == ()
    service.unskip(late.engine, **place, actor=late.actor)
    assert late.code() == "send"
    service.skip(late.engine, **place, actor=late.actor)
    assert late.on("05-21").code() == "send"


def test_a_formal_notice_needs_a_manager(late):
    late.send()
    late.on("05-28").send()
    late.on("06-30")
    assert late.run().message_ids == ()
    with pytest.raises(NotAllowed, match="a manager may"):
        late.send(approved=True, actor=COLLECTOR)
    number = late.send(approved=True)["message"]
    assert queries.message(late.engine, number).row.approved_by == "anna"


def test_a_viewer_may_do_nothing(late):
    who = {"engine": late.engine, "actor": VIEWER}
    for act in (
        lambda: late.send(actor=VIEWER),
        lambda: late.run(actor=VIEWER),
        lambda: service.skip(**who, customer_id=1, entity="main", day=late.today),
        lambda: service.mark_bounced(**who, message_id=1),
        lambda: service.stop(**who),
        lambda: service.go_live(**who, opening={}, daily_limit=0),
        lambda: service.daily(**who, as_of=late.today),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_a_letter_that_cannot_be_written_keeps_no_other(late, monkeypatch):
    late.invoice("50.00", "05-01", to="C2")
    written = preparing.write_letter

    def broken(session, *, proof, **how):
        if proof.customer_id == late.customer("C1"):
            raise BadInput("This text is broken")
        return written(session, proof=proof, **how)

    monkeypatch.setattr(preparing, "write_letter", broken)
    done = late.run()
    assert [(found.state, found.words) for found in done.held()] == [("failed", "This text is broken")]
    assert len(done.message_ids) == 1


# --- two at once ------------------------------------------------------------------------------------------------------


def test_two_that_run_at_once_send_nothing_twice(both):
    for number in range(6):
        both.invoice("50.00", "05-01", to=f"C{number}")
    both.live()
    start, done = Barrier(2), []

    def run():
        start.wait()
        done.append(both.run())

    threads = [Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(number for found in done for number in found.message_ids) == [1, 2, 3, 4, 5, 6]
    assert both.rows("SELECT customer_id FROM message GROUP BY customer_id HAVING count(*) > 1") == []
    assert {state for _, _, state in both.sent()} == {"sent"}
