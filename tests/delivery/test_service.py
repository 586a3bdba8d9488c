"""The verbs of delivery as pages and reminders use them, on a store."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy import text

from arcore.company.service import save_profile
from arcore.delivery import service
from arcore.errors import BadInput
from arcore.errors import NotAllowed
from arcore.store.unit import Actor

HEADER_ID = "<0123456789abcdef@arcore.example>"
Configured = Callable[..., None]


@pytest.fixture
def company(engine: Engine, actor: Actor, configured: Configured) -> Engine:
    """Give a store whose company has a name and a letterhead."""
    save_profile(engine, actor=actor, name="Arcore GmbH", sender="Hafen 1\noffice@arcore.example")
    return engine


def _deliver(engine: Engine, raw: bytes, *to: str) -> service.Fate:
    return service.deliver(
        service.way(engine),
        raw,
        sender="ar@arcore.example",
        recipients=to or ("anna@kunde.example",),
        header_id=HEADER_ID,
    )


def test_by_mail_when_a_server_is_set(company: Engine, configured: Configured, opened, letter: bytes) -> None:
    office = opened()
    configured(office.port)
    assert service.ready(company).name == "smtp"
    assert _deliver(company, letter).state == "sent"
    assert office.taken[0].raw == letter


def test_as_a_file_when_none_is(company: Engine, letter: bytes) -> None:
    fate = _deliver(company, letter)
    assert fate.state == "sent"
    assert Path(fate.file).read_bytes() == letter
    assert service.written(service.way(company).folder, HEADER_ID) == Path(fate.file)
    assert service.written(service.way(company).folder, "<another@arcore.example>") is None


def test_nothing_leaves_for_the_sample_company(
    company: Engine, configured: Configured, opened, letter: bytes, actor: Actor
) -> None:
    office = opened()
    configured(office.port)
    save_profile(company, actor=actor, sample=True)
    with service.line(service.way(company)) as held:
        assert held is None
    fate = _deliver(company, letter)
    assert Path(fate.file).parent.name == "sample"
    service.send_test(company, to="anna@arcore.example", actor=actor)
    assert "sends nothing" in service.check(company)
    assert (office.lines, office.taken) == (0, [])


def test_a_run_keeps_one_line(company: Engine, configured: Configured, opened, letter: bytes) -> None:
    office = opened()
    configured(office.port)
    chosen = service.way(company)
    with service.line(chosen) as held:
        for _ in range(3):
            fate = service.deliver(
                chosen,
                letter,
                sender="ar@arcore.example",
                recipients=["anna@kunde.example"],
                header_id=HEADER_ID,
                on=held,
            )
            assert fate.state == "sent"
    assert (office.lines, len(office.taken)) == (1, 3)


def test_settings_that_will_not_do_stop_it_before_anything_is_prepared(
    company: Engine, configured: Configured, letter: bytes
) -> None:
    configured(host="smtp.example.com")
    with pytest.raises(BadInput, match="only for a server on this machine"):
        service.ready(company)
    fate = _deliver(company, letter)
    assert (fate.state, fate.cause) == ("refused", "way")
    with service.line(service.way(company)) as held:
        assert held is None


@pytest.mark.parametrize("to", ["a@kunde.example\r\nRCPT TO:<x@evil.example>", "a@kunde.example> SIZE=1", "nobody", ""])
def test_an_address_never_becomes_a_command(company: Engine, configured: Configured, opened, letter, to: str) -> None:
    office = opened()
    configured(office.port)
    fate = _deliver(company, letter, to)
    assert (fate.state, fate.cause) == ("refused", "address")
    assert office.lines == 0


def test_the_connection_is_checked_without_sending(company: Engine, configured: Configured, opened) -> None:
    office = opened()
    configured(office.port)
    assert service.check(company).startswith(f"127.0.0.1:{office.port} answers: 250")
    assert office.taken == []


def test_a_connection_that_fails_is_a_sentence(company: Engine, configured: Configured, free_port) -> None:
    configured(free_port())
    with pytest.raises(BadInput, match=r"127\.0\.0\.1:\d+ can't be reached: Connection refused"):
        service.check(company)


def test_the_folder_is_checked_too(company: Engine, tmp_path: Path) -> None:
    assert "No mail server is set up" in service.check(company)
    assert list((tmp_path / "data" / "outbox").iterdir()) == []
    (tmp_path / "data" / "outbox").rmdir()
    (tmp_path / "data" / "outbox").write_text("in the way")
    with pytest.raises(BadInput, match="can't be written"):
        service.check(company)


def test_a_test_mail_to_oneself(company: Engine, configured: Configured, opened, actor: Actor) -> None:
    office = opened()
    configured(office.port, **{"from": "Accounts <ar@arcore.example>"})
    assert service.send_test(company, to="anna@arcore.example", actor=actor)["state"] == "sent"
    [taken] = office.taken
    assert taken.recipients == ("anna@arcore.example",)
    assert b"From: Accounts <ar@arcore.example>" in taken.raw


def test_the_audit_knows_of_it_but_not_to_whom(company: Engine, actor: Actor) -> None:
    service.send_test(company, to="anna@arcore.example", actor=actor)
    with company.connect() as connection:
        verb, changed, result = connection.execute(
            text("SELECT verb, changed, result FROM audit_event ORDER BY seq DESC LIMIT 1")
        ).one()
    assert verb == "send_test_mail"
    assert "anna@" not in changed + result
    assert json.loads(changed)["way"] == "file"


def test_a_test_mail_that_is_refused_is_a_sentence(
    company: Engine, configured: Configured, opened, actor: Actor
) -> None:
    office = opened()
    office.rcpt["anna@arcore.example"] = "550 5.1.1 no such user"
    configured(office.port)
    with pytest.raises(BadInput, match=r"550 5\.1\.1 no such user"):
        service.send_test(company, to="anna@arcore.example", actor=actor)
    with pytest.raises(BadInput, match="can't be used"):
        service.send_test(company, to="anna", actor=actor)


def test_who_only_looks_sends_no_test(company: Engine) -> None:
    with pytest.raises(NotAllowed):
        service.send_test(company, to="anna@arcore.example", actor=Actor("vera", "viewer"))


def test_letters_come_from_the_settings_else_from_the_letterhead(company: Engine, configured: Configured) -> None:
    assert service.sender(company) == service.Party("Arcore GmbH", "office@arcore.example")
    configured()
    assert service.sender(company) == service.Party("Arcore GmbH", "ar@arcore.example")
