"""Logging in by password and by token, and no secret in any sentence."""

from __future__ import annotations

import base64
import logging
import shlex
import sys
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from arcore.delivery import login
from arcore.delivery.fate import Fate
from arcore.delivery.smtp import Line
from arcore.delivery.way import Server

USER = "robot@arcore.example"
PASSWORD = "geheim-Wörter"
TOKEN = "ya29.token-of-today"

# The server warns its operator; on loopback that is meant.
pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS:UserWarning")


def _send(port: int, raw: bytes, **values: Any) -> Fate:
    given: dict[str, Any] = {"security": "none", "timeout": 3, "user": USER} | values
    with Line(Server("127.0.0.1", port, **given)) as line:
        return line.send(raw, sender="ar@arcore.example", recipients=["anna@kunde.example"])


@pytest.fixture
def office(opened):
    """Open a server that wants a login, in clear on loopback."""
    return opened(login=True, auth_require_tls=False)


def _command(tmp_path: Path, code: str) -> str:
    file = tmp_path / "token.py"
    file.write_text(code, encoding="utf-8")
    return shlex.join([sys.executable, str(file)])


# --- password ---------------------------------------------------------------------------------------------------------


def test_by_password_beyond_ascii(office, letter: bytes) -> None:
    assert _send(office.port, letter, password=SecretStr(PASSWORD)).state == "sent"
    assert office.logins == [("PLAIN", PASSWORD.encode())]


def test_by_the_two_steps_that_older_servers_know(opened, letter: bytes) -> None:
    office = opened(login=True, auth_require_tls=False, auth_exclude_mechanism=["PLAIN"])
    assert _send(office.port, letter, password=SecretStr(PASSWORD)).state == "sent"
    assert office.logins == [("LOGIN", PASSWORD.encode())]


def test_only_behind_the_lock(opened, papers, letter: bytes) -> None:
    office = opened(login=True, tls_context=papers.right, require_starttls=True)
    locked = {"security": "starttls", "ca_file": papers.authority}
    assert _send(office.port, letter, password=SecretStr(PASSWORD), **locked).state == "sent"


def test_a_wrong_password_is_said_without_it(office, letter: bytes) -> None:
    fate = _send(office.port, letter, password=SecretStr("verkehrt-herum"))
    assert (fate.state, fate.cause) == ("refused", "way")
    assert f"refused the login of {USER}: 535" in fate.words
    assert "verkehrt" not in fate.words
    assert office.taken == []


# --- token ------------------------------------------------------------------------------------------------------------


def test_by_the_token_that_a_command_prints(office, letter: bytes, tmp_path: Path) -> None:
    command = _command(tmp_path, f"print({TOKEN!r})")
    assert _send(office.port, letter, token_command=command).state == "sent"
    assert office.logins == [("XOAUTH2", f"user={USER}\1auth=Bearer {TOKEN}\1\1".encode())]


def test_the_command_runs_once_for_a_line(office, letter: bytes, tmp_path: Path) -> None:
    marks = tmp_path / "runs"
    command = _command(tmp_path, f"open({str(marks)!r}, 'a').write('x'); print({TOKEN!r})")
    server = Server("127.0.0.1", office.port, security="none", user=USER, token_command=command, timeout=3)
    with Line(server) as line:
        for _ in range(3):
            line.send(letter, sender="ar@arcore.example", recipients=["anna@kunde.example"])
    assert len(office.taken) == 3
    assert marks.read_text() == "x"


def test_a_token_that_ran_out_is_said_without_it(office, letter: bytes, tmp_path: Path) -> None:
    fate = _send(office.port, letter, token_command=_command(tmp_path, "print('ya29.yesterday')"))
    assert (fate.state, fate.cause) == ("refused", "way")
    assert f"refused the login of {USER}: 535" in fate.words
    assert "ya29" not in fate.words


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("import sys; print('ya29.half', file=sys.stderr); sys.exit('ya29.secret')", "failed (exit code 1)"),
        ("print('Here it is: ya29.secret')", "in one line and nothing else"),
        ("print('ya29.secret\\nya29.secret')", "in one line and nothing else"),
        ("pass", "in one line and nothing else"),
        ("import time; print('ya29.secret', flush=True); time.sleep(30)", "did not end within 0.5 seconds"),
    ],
)
def test_a_command_that_prints_no_token(
    office, letter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str, words: str
) -> None:
    monkeypatch.setattr(login, "TOKEN_SECONDS", 0.5 if "sleep" in code else 20)
    fate = _send(office.port, letter, token_command=_command(tmp_path, code))
    assert (fate.state, fate.cause) == ("refused", "way")
    assert words in fate.words
    assert "ya29" not in fate.words


def test_a_command_that_is_not_there(office, letter: bytes) -> None:
    fate = _send(office.port, letter, token_command="no-such-program --key=geheim")
    assert "The token command can't be started: No such file or directory" in fate.words
    assert "geheim" not in fate.words


def test_no_shell_reads_the_command(office, letter: bytes, tmp_path: Path) -> None:
    _send(office.port, letter, token_command=f"echo {TOKEN} ; touch {tmp_path / 'made'}")
    assert not (tmp_path / "made").exists()


# --- secrets ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("where", ["login", "sender", "text"])
def test_a_server_that_repeats_what_it_heard_is_not_quoted(scripted, letter: bytes, tmp_path: Path, where: str) -> None:
    coded = base64.b64encode(f"\0{USER}\0{PASSWORD}".encode())
    echo = b"535 what is " + PASSWORD.encode() + b" or " + coded + b"?\r\n"
    opening = [b"220 there\r\n", b"250-there\r\n250 AUTH PLAIN\r\n"]
    script = {
        "login": [*opening, echo],
        "sender": [*opening, b"235 yes\r\n", echo, b"250 ok\r\n", b"221 bye\r\n"],
        "text": [*opening, b"235 yes\r\n", b"250 ok\r\n", b"250 ok\r\n", echo, b"250 ok\r\n", b"221 bye\r\n"],
    }[where]
    server = scripted(script)
    fate = _send(server.port, letter, password=SecretStr(PASSWORD))
    assert coded in b"".join(server.heard)
    assert fate.state == "refused"
    assert "what is … or …?" in fate.words


def test_nothing_secret_in_the_log_when_something_unforeseen_happens(
    office, letter: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where even the login breaks, the traceback names lines of the program, not what they held."""
    monkeypatch.setattr(base64, "b64encode", lambda _: 1 / 0)
    with pytest.raises(ZeroDivisionError) as caught:
        _send(office.port, letter, password=SecretStr(PASSWORD))
    assert "geheim" not in logging.Formatter().formatException((caught.type, caught.value, caught.tb))
