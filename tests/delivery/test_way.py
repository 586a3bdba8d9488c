"""Which way letters leave, and what is wrong with the settings, said before anything is prepared."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from arcore.delivery import way
from arcore.delivery.message import Party
from arcore.settings import settings

Configured = Callable[..., None]


def test_without_a_mail_server_letters_become_files(configured: Configured, tmp_path: Path) -> None:
    chosen = way.choose(settings(), sample=False)
    assert (chosen.name, chosen.folder, chosen.problem) == ("file", tmp_path / "data" / "outbox", "")
    assert chosen.words == f"No mail server is set up: letters become .eml files in {tmp_path / 'data' / 'outbox'}"


def test_with_one_they_leave_by_mail(configured: Configured) -> None:
    configured(host="smtp.example.com", security="starttls", **{"from": "Accounts <ar@arcore.example>"})
    chosen = way.choose(settings(), sample=False)
    assert (chosen.name, chosen.problem) == ("smtp", "")
    assert chosen.words == "By mail through smtp.example.com:587 (STARTTLS), from ar@arcore.example"


def test_the_sample_company_never_uses_it(configured: Configured, tmp_path: Path) -> None:
    configured(host="smtp.example.com", security="starttls")
    chosen = way.choose(settings(), sample=True)
    assert (chosen.name, chosen.folder) == ("file", tmp_path / "data" / "outbox" / "sample")
    assert "sends nothing" in chosen.words


@pytest.mark.parametrize(("security", "port"), [("starttls", 587), ("tls", 465), ("none", 25)])
def test_each_lock_has_its_port(configured: Configured, security: str, port: int) -> None:
    configured(security=security)
    assert way.server(settings()).port == port


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"host": "https://smtp.example.com", "security": "tls"}, "is no host name"),
        ({"host": "smtp..example.com", "security": "tls"}, "is no host name"),
        ({"host": "smtp.example.com"}, "only for a server on this machine, and smtp.example.com is elsewhere"),
        ({"host": "192.0.2.7"}, "is elsewhere"),
        ({"password": "geheim"}, "ARCORE_SMTP_USER is missing"),
        ({"token_command": "print-token"}, "ARCORE_SMTP_USER is missing"),
        ({"user": "robot"}, "ARCORE_SMTP_PASSWORD or ARCORE_SMTP_TOKEN_COMMAND is missing"),
        ({"user": "robot", "password": "geheim", "token_command": "x"}, "leave one out"),
        ({"user": "robot", "token_command": "print 'token"}, "without its partner"),
        ({"ca_file": "nowhere.pem"}, "ARCORE_SMTP_CA_FILE nowhere.pem is no file"),
        ({"from": ""}, "ARCORE_SMTP_FROM is missing or can't be used"),
        ({"from": "Accounts"}, "ARCORE_SMTP_FROM is missing or can't be used"),
    ],
)
def test_what_has_to_be_mended_is_said(configured: Configured, values: dict[str, str], words: str) -> None:
    configured(**values)
    chosen = way.choose(settings(), sample=False)
    assert chosen.name == "smtp"
    assert words in chosen.problem
    assert chosen.problem in chosen.words
    assert "geheim" not in chosen.words


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "127.9.9.9"])
def test_this_machine_may_be_talked_to_in_clear(configured: Configured, host: str) -> None:
    configured(host=host)
    assert way.choose(settings(), sample=False).problem == ""


def test_the_user_is_the_sender_unless_another_is_named(configured: Configured) -> None:
    configured(user="robot@arcore.example", password="geheim", **{"from": ""})
    assert way.sender(settings()).address == "robot@arcore.example"
    configured(user="robot@arcore.example", password="geheim", **{"from": "ar@arcore.example"})
    assert way.sender(settings()).address == "ar@arcore.example"


def test_the_letterhead_gives_an_address_to_files(configured: Configured) -> None:
    found = way.sender_of(settings(), company="Arcore GmbH", letterhead="Arcore GmbH\nHafen 1\nar@arcore.example")
    assert found == Party("Arcore GmbH", "ar@arcore.example")
    assert way.sender_of(settings(), company="Arcore GmbH", letterhead="Hafen 1") == Party("Arcore GmbH", "")


def test_no_secret_shows_where_a_server_is_printed(configured: Configured) -> None:
    configured(user="robot", password="geheim-Wörter")
    shown = f"{settings()!r} {way.server(settings())!r}"
    assert "geheim" not in shown
    configured(user="robot", password="", token_command="print-token --key=geheim")
    assert "geheim" not in f"{settings()!r} {way.server(settings())!r}"
