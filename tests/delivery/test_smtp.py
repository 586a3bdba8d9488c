"""What became of a message, against a server that does what real ones do, and what none should."""

from __future__ import annotations

import socket
import ssl
import time
from pathlib import Path
from typing import Any

import pytest

from arcore.delivery import smtp
from arcore.delivery.fate import Fate
from arcore.delivery.smtp import Closed
from arcore.delivery.smtp import Line
from arcore.delivery.way import Server

OPEN = [b"220 there\r\n", b"250 there\r\n"]
ENVELOPE = [b"250 sender\r\n", b"250 recipient\r\n"]


def _send(port: int, raw: bytes, *to: str, **values: Any) -> Fate:
    with Line(_server(port, **values)) as line:
        return line.send(raw, sender="ar@arcore.example", recipients=to or ("anna@kunde.example",))


def _server(port: int, **values: Any) -> Server:
    return Server("127.0.0.1", port, **({"security": "none", "timeout": 3} | values))


# --- it arrives -------------------------------------------------------------------------------------------------------


def test_the_bytes_that_were_made_are_the_bytes_that_the_server_took(opened, letter: bytes) -> None:
    office = opened()
    fate = _send(office.port, letter)
    assert fate == Fate("sent", "Taken by 127.0.0.1: 250 2.0.0 queued as 4711")
    [taken] = office.taken
    assert taken.raw == letter
    assert (taken.sender, taken.recipients) == ("ar@arcore.example", ("anna@kunde.example",))


@pytest.mark.parametrize("raw", [b".\r\n", b"a\r\n.\r\n..\r\n", b"Subject: x\r\n\r\n.hidden\r\n", b"no end"])
def test_dots_at_the_start_of_a_line_arrive(opened, raw: bytes) -> None:
    office = opened()
    assert _send(office.port, raw).state == "sent"
    assert office.taken[0].raw == (raw if raw.endswith(b"\r\n") else raw + b"\r\n")


def test_over_starttls(opened, papers, letter: bytes) -> None:
    office = opened(tls_context=papers.right, require_starttls=True)
    assert _send(office.port, letter, security="starttls", ca_file=papers.authority).state == "sent"
    assert office.taken[0].raw == letter


def test_over_tls_from_the_first_byte(opened, papers, letter: bytes) -> None:
    office = opened(tls=papers.right)
    assert _send(office.port, letter, security="tls", ca_file=papers.authority).state == "sent"
    assert office.taken[0].raw == letter


def test_one_line_carries_many_messages(opened, letter: bytes) -> None:
    office = opened()
    with Line(_server(office.port)) as line:
        for _ in range(5):
            assert line.send(letter, sender="ar@arcore.example", recipients=["anna@kunde.example"]).state == "sent"
    assert (len(office.taken), office.lines) == (5, 1)


# --- one of two -------------------------------------------------------------------------------------------------------


def test_one_of_two_refused_is_sent_and_says_who_was_not_reached(opened, letter: bytes) -> None:
    office = opened()
    office.rcpt["gone@kunde.example"] = "550 5.1.1 no such user"
    fate = _send(office.port, letter, "anna@kunde.example", "gone@kunde.example")
    assert fate.state == "sent"
    assert fate.refused == (("gone@kunde.example", "550 5.1.1 no such user"),)
    assert fate.words.endswith("queued as 4711; refused for gone@kunde.example: 550 5.1.1 no such user")
    assert office.taken[0].recipients == ("anna@kunde.example",)


def test_both_refused_is_refused(opened, letter: bytes) -> None:
    office = opened()
    office.rcpt = {"a@kunde.example": "550 5.1.1 no such user", "b@kunde.example": "553 not here"}
    fate = _send(office.port, letter, "a@kunde.example", "b@kunde.example")
    assert (fate.state, fate.cause) == ("refused", "address")
    assert (
        fate.words == "a@kunde.example was refused: 550 5.1.1 no such user; b@kunde.example was refused: 553 not here"
    )
    assert office.taken == []


def test_if_one_of_the_refused_may_come_again_so_may_the_message(opened, letter: bytes) -> None:
    office = opened()
    office.rcpt = {"a@kunde.example": "550 no such user", "b@kunde.example": "451 4.7.1 greylisted"}
    assert _send(office.port, letter, "a@kunde.example", "b@kunde.example").cause == "later"


# --- refused ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answers", "cause", "words"),
    [
        ({"rcpt": {"anna@kunde.example": "550 5.1.1 no such user"}}, "address", "550 5.1.1 no such user"),
        ({"rcpt": {"anna@kunde.example": "451 4.7.1 greylisted"}}, "later", "451 4.7.1 greylisted"),
        ({"mail": "550 5.7.60 not your address"}, "way", "The sender ar@arcore.example was refused: 550 5.7.60"),
        ({"mail": "452 4.3.1 no room"}, "later", "452 4.3.1 no room"),
        ({"mail": "552 5.3.4 too large"}, "message", "552 5.3.4 too large"),
        ({"data": "554 5.7.1 looks like spam"}, "message", "The message was refused: 554 5.7.1 looks like spam"),
        ({"data": "451 4.3.0 try again"}, "later", "451 4.3.0 try again"),
    ],
)
def test_what_the_server_refuses_did_not_leave(opened, letter, answers: dict[str, Any], cause: str, words: str) -> None:
    office = opened()
    for name, value in answers.items():
        setattr(office, name, value)
    fate = _send(office.port, letter)
    assert (fate.state, fate.cause) == ("refused", cause)
    assert words in fate.words
    assert office.taken == []


def test_after_a_refusal_the_next_message_leaves_on_the_same_line(opened, letter: bytes) -> None:
    office = opened()
    office.rcpt["gone@kunde.example"] = "550 no such user"
    with Line(_server(office.port)) as line:
        states = [
            line.send(letter, sender="ar@arcore.example", recipients=[to]).state
            for to in ("gone@kunde.example", "anna@kunde.example", "gone@kunde.example", "bert@kunde.example")
        ]
    assert states == ["refused", "sent", "refused", "sent"]
    assert [taken.recipients for taken in office.taken] == [("anna@kunde.example",), ("bert@kunde.example",)]
    assert office.lines == 1


def test_a_message_larger_than_the_server_takes_is_refused_before_it_is_sent(opened, letter: bytes) -> None:
    office = opened(data_size_limit=500)
    fate = _send(office.port, letter)
    assert (fate.state, fate.cause) == ("refused", "message")


def test_nobody_there(free_port, letter: bytes) -> None:
    fate = _send(free_port(), letter)
    assert (fate.state, fate.cause) == ("refused", "way")
    assert "can't be reached: Connection refused; nothing left" in fate.words


def test_a_host_that_is_unknown(letter: bytes) -> None:
    server = Server("mail.invalid", 25, security="none", timeout=3)
    with Line(server) as line:
        fate = line.send(letter, sender="ar@arcore.example", recipients=["anna@kunde.example"])
    assert (fate.state, fate.cause) == ("refused", "way")
    assert fate.words.startswith("mail.invalid:25 can't be reached: ")


@pytest.mark.parametrize(
    "script",
    [
        [b"421 busy\r\n"],
        [None],
        [*OPEN, None],
        [*OPEN, b"250 ok\r\n", None],
        [*OPEN, *ENVELOPE, None],
        [*OPEN, *ENVELOPE, b"421 4.3.2 shutting down\r\n"],
        [b"\xff\x00 nonsense\r\n"],
        [b"HTTP/1.1 400 Bad Request\r\n"],
        [b"220 there\r\n", b"250 " + b"x" * 9000 + b"\r\n"],
    ],
    ids=["busy", "closed", "at the sender", "at the recipient", "at the text", "closing", "noise", "http", "long"],
)
def test_a_line_that_breaks_before_the_text_sent_nothing(scripted, letter: bytes, script: list[Any]) -> None:
    fate = _send(scripted(script).port, letter)
    assert fate.state == "refused"
    assert fate.cause in {"way", "later"}


# --- nobody knows -----------------------------------------------------------------------------------------------------


def test_a_line_dropped_after_the_text_is_unknown_for_the_server_has_it(opened, letter: bytes) -> None:
    office = opened()
    office.drop = 1
    fate = _send(office.port, letter)
    assert (fate.state, fate.cause) == ("unknown", "")
    assert "it may have arrived" in fate.words
    assert len(office.taken) == 1


def test_silence_after_the_text_is_unknown(opened, letter: bytes) -> None:
    office = opened()
    office.pause = 2
    began = time.monotonic()
    fate = _send(office.port, letter, timeout=0.3)
    assert fate.state == "unknown"
    assert "no answer within 0.3 seconds" in fate.words
    assert time.monotonic() - began < 1.5
    assert len(office.taken) == 1


@pytest.mark.parametrize("answer", [b"what\r\n", b"354 more\r\n", b"99\r\n"])
def test_an_answer_that_is_none_after_the_text_is_unknown(scripted, letter: bytes, answer: bytes) -> None:
    def take(held: socket.socket) -> None:
        held.sendall(b"354 go on\r\n")
        said = b""
        while not said.endswith(b"\r\n.\r\n"):
            said += held.recv(65536)
        held.sendall(answer)

    fate = _send(scripted([*OPEN, *ENVELOPE, take]).port, letter)
    assert fate.state == "unknown"
    assert "it may have arrived" in fate.words


def test_what_is_unknown_is_not_sent_again_on_a_new_line(opened, letter: bytes) -> None:
    office = opened()
    office.drop = 2
    with Line(_server(office.port)) as line:
        states = [
            line.send(letter, sender="ar@arcore.example", recipients=["anna@kunde.example"]).state for _ in range(5)
        ]
    assert states == ["sent", "unknown", "sent", "unknown", "sent"]
    assert len(office.taken) == 5


def test_a_kept_line_that_the_server_closed_meanwhile_is_opened_again(scripted, letter: bytes) -> None:
    def take(held: socket.socket) -> None:
        held.sendall(b"354 go on\r\n")
        said = b""
        while not said.endswith(b"\r\n.\r\n"):
            said += held.recv(65536)
        held.sendall(b"250 taken\r\n")

    server = scripted([*OPEN, *ENVELOPE, take, None], [*OPEN, *ENVELOPE, take, b"221 bye\r\n"])
    with Line(_server(server.port)) as line:
        states = [
            line.send(letter, sender="ar@arcore.example", recipients=["anna@kunde.example"]).state for _ in range(2)
        ]
    assert states == ["sent", "sent"]
    assert [said.split()[0].upper() for said in server.heard].count(b"DATA") == 2


# --- hangs ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("script", [[b""], [*OPEN, b""], [*OPEN, *ENVELOPE, b""]], ids=["greeting", "sender", "text"])
def test_a_server_that_stays_silent_before_the_text_is_given_up(scripted, letter: bytes, script: list[bytes]) -> None:
    began = time.monotonic()
    fate = _send(scripted(script).port, letter, timeout=0.3)
    assert (fate.state, fate.cause) == ("refused", "way")
    assert "no answer within 0.3 seconds; nothing left" in fate.words
    assert time.monotonic() - began < 1.5


def test_a_server_that_drips_is_given_up_too(scripted, letter: bytes) -> None:
    """Each drop comes in time, so no timeout ever strikes; the whole has one of its own."""

    def drip(held: socket.socket) -> None:
        for _ in range(100):
            held.sendall(b"220-still here\r\n")
            time.sleep(0.1)

    began = time.monotonic()
    fate = _send(scripted([drip]).port, letter, timeout=0.2)
    assert (fate.state, fate.cause) == ("refused", "way")
    assert time.monotonic() - began < 3


def test_a_goodbye_that_is_not_returned_holds_nobody(scripted, letter: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smtp, "PATIENCE", 0.2)
    server = scripted([*OPEN, b"550 no\r\n", b"250 ok\r\n"])
    began = time.monotonic()
    assert _send(server.port, letter, timeout=5).state == "refused"
    assert time.monotonic() - began < 2


def test_who_is_stopped_within_a_text_says_no_more(scripted, letter: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that still waits for the text would take a goodbye for its last line."""

    def stop(*args: object) -> None:
        raise KeyboardInterrupt

    server = scripted([*OPEN, *ENVELOPE, b"354 go on\r\n", b""])
    monkeypatch.setattr(smtp, "_dotted", stop)
    with pytest.raises(KeyboardInterrupt):
        _send(server.port, letter)
    time.sleep(0.1)
    assert server.heard[-1] == b""
    assert b"QUIT" not in b"".join(server.heard).upper()


# --- locks ------------------------------------------------------------------------------------------------------------


def test_starttls_missing_though_demanded_is_refused_and_nothing_is_said_in_clear(scripted, letter: bytes) -> None:
    server = scripted([b"220 there\r\n", b"250-there\r\n250 AUTH PLAIN LOGIN\r\n", b"221 bye\r\n"])
    with Line(_server(server.port, security="starttls", user="robot", password=_secret("geheim"))) as line:
        fate = line.send(letter, sender="ar@arcore.example", recipients=["anna@kunde.example"])
    assert (fate.state, fate.cause) == ("refused", "way")
    assert "offers no STARTTLS, and nothing is sent in clear" in fate.words
    said = b"".join(server.heard).upper()
    assert said.startswith(b"EHLO")
    for word in (b"AUTH", b"MAIL", b"RCPT", b"DATA"):
        assert word not in said


def test_starttls_offered_and_then_refused_goes_no_further(scripted, letter: bytes) -> None:
    server = scripted([b"220 there\r\n", b"250-there\r\n250 STARTTLS\r\n", b"454 TLS not available\r\n", b"250 ok\r\n"])
    fate = _send(server.port, letter, security="starttls")
    assert (fate.state, fate.cause) == ("refused", "way")
    assert b"MAIL" not in b"".join(server.heard).upper()


@pytest.mark.parametrize("security", ["starttls", "tls"])
@pytest.mark.parametrize("case", ["unknown authority", "wrong name"])
def test_a_bad_certificate_is_refused(opened, papers, letter: bytes, security: str, case: str) -> None:
    certificate: ssl.SSLContext = papers.right if case == "unknown authority" else papers.wrong_name
    authority: Path | None = None if case == "unknown authority" else papers.authority
    office = opened(tls=certificate) if security == "tls" else opened(tls_context=certificate, require_starttls=True)
    fate = _send(office.port, letter, security=security, ca_file=authority)
    assert (fate.state, fate.cause) == ("refused", "way")
    assert f"The certificate of 127.0.0.1:{office.port} can't be trusted: " in fate.words
    assert ("certificate is not valid for '127.0.0.1'" in fate.words) == (case == "wrong name")
    assert office.taken == []


# --- the line alone ---------------------------------------------------------------------------------------------------


def test_checking_a_line_sends_nothing(opened) -> None:
    office = opened()
    with Line(_server(office.port)) as line:
        assert line.check().startswith("250")
    assert office.taken == []


def test_checking_a_line_says_what_is_wrong(free_port) -> None:
    with Line(_server(free_port())) as line, pytest.raises(Closed, match="can't be reached: Connection refused"):
        line.check()


def test_what_a_server_says_is_kept_short_and_in_one_line(opened, letter: bytes) -> None:
    office = opened()
    office.data = "554-first\r\n554-" + "x" * 400 + "\r\n554 last"
    fate = _send(office.port, letter)
    assert "\n" not in fate.words
    assert len(fate.words) < smtp.LONGEST_WORDS + 50


def _secret(text: str) -> Any:
    from pydantic import SecretStr

    return SecretStr(text)
