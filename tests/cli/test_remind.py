"""`remind` on a small book: Alder owes 100.00 since 1 May, 60.00 of it in dispute; Birch has promised its 50.00."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from arcore.arrangements import service as arrangements
from arcore.company import service as company
from arcore.customers import service as customers
from arcore.disputes import service as disputes
from arcore.dunning import queries
from arcore.dunning import service
from arcore.intake import papers
from arcore.ledger import service as ledger
from arcore.settings import settings
from arcore.store.engine import open_engine
from arcore.store.unit import Actor

ANNA = Actor("anna")
TODAY = date(2026, 5, 20)


@pytest.fixture
def books(own_store_url, monkeypatch, tmp_path):
    """Give the address of the store and its engine."""
    monkeypatch.setenv("ARCORE_TODAY", TODAY.isoformat())
    monkeypatch.setenv("ARCORE_DATA_DIR", str(tmp_path / "data"))
    settings.cache_clear()
    engine = open_engine(own_store_url)
    company.save_profile(engine, name="Ours", currency="EUR", sender="Ours", bank_details="X", actor=ANNA)
    for code, amount in (("A", "100.00"), ("B", "50.00")):
        made = customers.create_customer(engine, code=code, name=f"Customer {code}", actor=ANNA)["customer"]
        customers.save_contact(engine, customer_id=made, role="payables", email=f"{code}@x.example", actor=ANNA)
        said = ledger.post_invoice(
            engine,
            customer_id=made,
            document_date=date(2026, 4, 1),
            currency="EUR",
            instalments=[(Decimal(amount), date(2026, 5, 1))],
            details={"number": f"INV-{code}"},
            actor=ANNA,
        )
        if code == "A":
            disputes.open_dispute(
                engine,
                customer_id=made,
                document_id=said["documents"][0],
                opened_on=date(2026, 5, 15),
                reason="price",
                amount=Decimal(60),
                actor=ANNA,
            )
        else:
            arrangements.record_promise(
                engine,
                customer_id=made,
                entity="main",
                currency="EUR",
                amount=Decimal(50),
                made_on=date(2026, 5, 12),
                due_on=date(2026, 5, 25),
                actor=ANNA,
            )
    yield own_store_url, engine
    engine.dispose()
    monkeypatch.undo()
    settings.cache_clear()


@pytest.fixture
def remind(arcore, books):
    """Return a function that runs the command with --json."""
    return lambda *words: arcore("--store", books[0], "--json", "remind", *words)


def live(books):
    service.go_live(books[1], opening={}, daily_limit=0, actor=ANNA)


ALDER = {
    "customer": "A",
    "name": "Customer A",
    "entity": "main",
    "step": 1,
    "channel": "email",
    "language": "en",
    "amounts": [{"currency": "EUR", "amount": "40.00"}],
    "items": [{"document": "INV-A", "currency": "EUR", "due_date": "2026-05-01", "open": "100.00", "claimed": "40.00"}],
    "why": "INV-A is 19 days late: friendly reminder, due since 6 May 2026",
}


def test_before_going_live_it_lists_what_would_go(remind):
    answer = remind()
    assert answer.code == 0
    assert answer.document["send"] == [ALDER]
    assert [(row["customer"], row["code"]) for row in answer.document["held"]] == [("B", "promised")]
    assert answer.document["held"][0]["why"] == "EUR 50.00 open − 50.00 promised = 0.00 asked"
    assert (answer.document["live"], answer.document["message_ids"]) == (False, [])


def test_papers_go_along_when_they_are_asked_for_and_are_told_before(remind, books):
    papers.add(books[1], files=[("INV-A.pdf", b"%PDF-1.4 a"), ("INV-A pod.pdf", b"%PDF-1.4 signed")], actor=ANNA)
    [document] = {
        claim.debt.document_id
        for row in queries.reminders(books[1], date(2026, 5, 20)).due
        if isinstance(row.decision, queries.Send)
        for claim in (one.claim for one in row.decision.asked)
    }
    for one in papers.papers(books[1]):  # a number without a digit is matched by nobody but a person
        papers.assign(books[1], attachment_id=one.id, document_id=document, actor=ANNA)
    [told] = remind("--papers").document["send"]
    assert [(one["name"], one["kind"], one["document"]) for one in told["papers"]] == [
        ("INV-A.pdf", "invoice", "INV-A"),
        ("INV-A pod.pdf", "pod", "INV-A"),
    ]
    assert told["papers_left_out"] == 0
    live(books)
    [sent] = remind("--papers", "--yes").document["send"]
    assert [one.name for one in queries.message(books[1], sent["message_id"]).papers] == ["INV-A.pdf", "INV-A pod.pdf"]


def test_before_going_live_yes_is_refused(remind, books):
    for words in (("--yes",), ("--yes", "--as-of", "2026-05-19")):
        answer = remind(*words)
        assert (answer.code, answer.document["error"]["code"]) == (2, "not_live")
    assert remind("--yes", "--dry-run").code == 0


def test_it_sends_with_yes_and_nothing_twice(remind, books, tmp_path):
    live(books)
    assert remind().document["message_ids"] == []
    assert remind("--dry-run", "--yes").document["message_ids"] == []
    assert not (tmp_path / "data" / "outbox").exists()

    answer = remind("--yes")
    assert (answer.code, answer.document["message_ids"]) == (0, [1])
    [sent] = answer.document["send"]
    assert sent | ALDER == sent
    assert sent["state"] == "sent"
    assert [(row["customer"], row["code"]) for row in answer.document["held"]] == [("B", "promised")]
    assert len(list((tmp_path / "data" / "outbox").glob("*.eml"))) == 1

    again = remind("--yes")
    assert (again.code, again.document["send"], again.document["message_ids"]) == (0, [], [])
    assert {row["customer"]: row["code"] for row in again.document["held"]} == {"A": "already_sent", "B": "promised"}


def test_one_customer_alone(remind, books):
    live(books)
    assert remind("--customer", "B").document["send"] == []
    assert [row["customer"] for row in remind("--customer", "B").document["held"]] == ["B"]
    assert remind("--customer", "B", "--yes").document["message_ids"] == []
    assert remind("--customer", "A", "--yes").document["message_ids"] == [1]
    answer = remind("--customer", "Z")
    assert (answer.code, answer.document["error"]["code"]) == (2, "not_found")


def test_the_future_is_refused_and_the_past_can_only_be_looked_at(remind, books):
    live(books)
    answer = remind("--as-of", "2026-05-21")
    assert (answer.code, answer.document["error"]["code"]) == (2, "bad_input")
    assert "in the future" in answer.document["error"]["message"]
    past = remind("--as-of", "2026-05-07")
    assert [row["customer"] for row in past.document["send"]] == ["A", "B"]  # nothing was contested or promised yet
    refused = remind("--as-of", "2026-05-07", "--yes")
    assert (refused.code, refused.document["error"]["code"]) == (2, "bad_input")
    assert "leave on the day itself" in refused.document["error"]["message"]


def test_a_run_that_has_to_stop_says_so_and_fails(remind, books, tmp_path):
    live(books)
    (tmp_path / "data").mkdir(exist_ok=True)
    (tmp_path / "data" / "outbox").write_text("a file where the folder should be")
    answer = remind("--yes")
    assert answer.code == 1
    assert [row["state"] for row in answer.document["send"]] == ["refused"]
    assert "can't be written" in answer.err


def test_people_read_a_table(arcore, books):
    answer = arcore("--store", books[0], "remind")
    assert "1 reminder as of 2026-05-20: a preview, reminders are not live yet" in answer.out
    assert "40.00 EUR" in answer.out
    assert "1 held back" in answer.out
    assert "promised" in answer.out


def test_a_store_that_is_not_there_is_not_made(arcore, tmp_path):
    answer = arcore("--store", f"sqlite:///{tmp_path / 'none.db'}", "--json", "remind")
    assert (answer.code, answer.document["send"]) == (0, [])
    assert not (tmp_path / "none.db").exists()


def test_on_a_terminal_it_asks(remind, arcore, books, monkeypatch):
    live(books)
    monkeypatch.setattr("arcore.cli.frame.can_ask", lambda: True)
    asked = []

    def confirm(question, **_how):
        asked.append(question)
        return len(asked) > 1

    monkeypatch.setattr("typer.confirm", confirm)
    assert "sent" not in arcore("--store", books[0], "remind").out
    assert asked == ["Send 1 reminder?"]
    assert "1 reminder as of 2026-05-20, sent" in arcore("--store", books[0], "remind").out
