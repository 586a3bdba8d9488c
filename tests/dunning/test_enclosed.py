"""Papers that go with a reminder: only those of what it asks for, named in its proof, in the very message."""

from __future__ import annotations

from email import message_from_bytes
from email.policy import default

import pytest

from arcore.dunning import queries
from arcore.dunning import service
from arcore.errors import KeyReused
from arcore.errors import RuleBroken
from arcore.intake import papers
from arcore.store.unit import Actor

ANNA = Actor("anna")
PDF = b"%PDF-1.4\nof INV-1"


@pytest.fixture
def late(desk):
    """Alder owes 100.00 of INV-1 since 1 May and 50.00 of INV-2, not due yet; a paper of each, reminders are live."""
    desk.invoice("100.00", "05-01", "INV-1")
    desk.invoice("50.00", "07-01", "INV-2")
    given = [("INV-1.pdf", PDF), ("INV-2.pdf", b"%PDF-1.4\nof INV-2"), ("INV-1 pod.pdf", b"%PDF-1.4\nsigned")]
    papers.add(desk.engine, files=given, actor=ANNA)
    return desk.live()


def paper(desk, name):
    """Return the id of a paper."""
    [found] = [one.id for one in papers.papers(desk.engine) if one.name == name]
    return found


def send(desk, *names, **how):
    """Send Alder its reminder with papers."""
    chosen = [paper(desk, name) for name in names]
    return service.send_one(
        desk.engine,
        customer_id=desk.customer(),
        entity="main",
        as_of=desk.today,
        actor=ANNA,
        papers=chosen,
        **how,
    )


def names(raw):
    """Return the names of the files of a message."""
    return [part.get_filename() for part in message_from_bytes(raw, policy=default).iter_attachments()]


def test_papers_of_what_is_asked_for_are_offered(late):
    [row] = queries.reminders(late.engine, late.today).due
    assert isinstance(row.decision, queries.Send)
    asked = [one.claim.debt.document_id for one in row.decision.asked]
    found = queries.offered(late.engine, asked)
    assert [(one.number, one.kind, one.name) for one in found] == [
        ("INV-1", "invoice", "INV-1.pdf"),
        ("INV-1", "pod", "INV-1 pod.pdf"),
    ]


def test_a_message_carries_its_papers_and_its_proof_names_them(late):
    said = send(late, "INV-1.pdf", "INV-1 pod.pdf")
    kept = queries.message(late.engine, said["message"])
    statement, *rest = names(kept.raw)
    assert statement.endswith(".pdf")
    assert rest == ["INV-1.pdf", "INV-1_pod.pdf"]
    [_, first, _] = message_from_bytes(kept.raw, policy=default).iter_attachments()
    assert first.get_payload(decode=True) == PDF
    assert [(one.number, one.name, one.size) for one in kept.papers] == [
        ("INV-1", "INV-1.pdf", len(PDF)),
        ("INV-1", "INV-1 pod.pdf", 15),
    ]
    assert kept.history[0].what["papers"] == [one.id for one in kept.papers]


def test_without_papers_nothing_changes(late):
    kept = queries.message(late.engine, send(late)["message"])
    assert len(names(kept.raw)) == 1
    assert kept.papers == ()


@pytest.mark.parametrize("name", ["INV-2.pdf", "removed"])
def test_a_paper_of_something_else_or_a_removed_one_holds_the_message_back(late, name):
    number = paper(late, "INV-2.pdf" if name != "removed" else "INV-1.pdf")
    if name == "removed":
        papers.remove(late.engine, attachment_ids=[number], actor=ANNA)
    with pytest.raises(RuleBroken, match="choose again"):
        service.send_one(
            late.engine, customer_id=late.customer(), entity="main", as_of=late.today, actor=ANNA, papers=[number]
        )
    assert queries.outbox(late.engine) == ()


def test_too_much_for_a_mail_is_refused(late, monkeypatch):
    monkeypatch.setattr("arcore.dunning.enclosed.MOST_BYTES", 20)
    with pytest.raises(RuleBroken, match="most servers take no such mail"):
        send(late, "INV-1.pdf", "INV-1 pod.pdf")


def test_a_key_stands_for_its_papers_too(late):
    said = send(late, "INV-1.pdf", key="k")
    assert send(late, "INV-1.pdf", key="k")["message"] == said["message"]
    with pytest.raises(KeyReused):
        send(late, key="k")


def test_the_papers_of_all_reminders_are_found_at_once_the_invoices_first_as_far_as_a_mail_holds(late, monkeypatch):
    [row] = queries.reminders(late.engine, late.today).due
    assert isinstance(row.decision, queries.Send)
    place, documents = row.place, [one.claim.debt.document_id for one in row.decision.asked]
    found = queries.for_all(late.engine, {place: documents, (0, "main"): []})
    assert [one.name for one in found.of[place]] == ["INV-1.pdf", "INV-1 pod.pdf"]
    assert (list(found.of), found.too_much) == ([place], {})
    monkeypatch.setattr("arcore.dunning.enclosed.MOST_BYTES", found.of[place][0].size)
    found = queries.for_all(late.engine, {place: documents})
    assert [one.name for one in found.of[place]] == ["INV-1.pdf"]
    assert found.too_much == {place: 1}


def test_a_run_takes_papers_for_some(late):
    place = (late.customer(), "main")
    run = service.send_due(late.engine, as_of=late.today, actor=ANNA, papers={place: [paper(late, "INV-1.pdf")]})
    [number] = run.message_ids
    assert [one.name for one in queries.message(late.engine, number).papers] == ["INV-1.pdf"]


def test_a_wrong_paper_in_a_run_keeps_back_its_message_alone(late):
    late.invoice("70.00", "05-01", "INV-9", to="C2")
    place = (late.customer(), "main")
    run = service.send_due(late.engine, as_of=late.today, actor=ANNA, papers={place: [paper(late, "INV-2.pdf")]})
    assert len(run.message_ids) == 1
    assert [one.code for one in run.held()] == ["rule_broken"]
