"""A letter as bytes: the same for the same letter, and no name writes a header."""

from __future__ import annotations

import email
from datetime import UTC
from datetime import datetime
from email.header import decode_header
from email.header import make_header
from email.message import EmailMessage
from email.policy import default
from email.utils import getaddresses
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as run_settings
from hypothesis import strategies as st

from arcore.delivery.message import Attachment
from arcore.delivery.message import Party
from arcore.delivery.message import build
from arcore.delivery.message import file_name
from arcore.delivery.message import mailbox
from arcore.delivery.message import new_header_id
from arcore.delivery.message import one_line
from arcore.delivery.message import party
from arcore.delivery.message import usable_address
from arcore.errors import BadInput

AT = datetime(2026, 3, 31, 9, 0, tzinfo=UTC)
OURS = Party("Arcore GmbH", "ar@arcore.example")
THEIRS = Party("Anna Berg", "anna@kunde.example")
HEADER_ID = "<4711@arcore.example>"


def _built(**other: Any) -> bytes:
    given_: dict[str, Any] = {
        "sender": OURS,
        "recipients": [THEIRS],
        "subject": "Reminder",
        "text": "Due are 40.00 EUR.\n",
        "header_id": HEADER_ID,
        "at": AT,
    }
    return build(**(given_ | other))


def _read(raw: bytes) -> EmailMessage:
    return email.message_from_bytes(raw, policy=default)


def _part(mail: EmailMessage, kind: str) -> Any:
    part = mail.get_body((kind,))
    assert part is not None
    return part.get_content().replace("\r\n", "\n")


def test_the_headers_that_a_reminder_needs() -> None:
    raw = _built(language="de", in_reply_to="<first@arcore.example>")
    head = raw.partition(b"\r\n\r\n")[0].decode().splitlines()
    assert head[:9] == [
        "From: Arcore GmbH <ar@arcore.example>",
        "To: Anna Berg <anna@kunde.example>",
        "Subject: Reminder",
        "Date: Tue, 31 Mar 2026 09:00:00 +0000",
        "Message-ID: <4711@arcore.example>",
        "In-Reply-To: <first@arcore.example>",
        "References: <first@arcore.example>",
        "Auto-Submitted: auto-generated",
        "Content-Language: de",
    ]
    assert b"X-Unsent" not in raw
    assert _read(_built(draft=True))["X-Unsent"] == "1"


def test_the_same_letter_gives_the_same_bytes(letter: bytes) -> None:
    files = [Attachment("a.pdf", b"a"), Attachment("b.pdf", b"b")]
    first = _built(html="<p>x</p>", attachments=files)
    assert first == _built(html="<p>x</p>", attachments=files)
    assert [part.get_content_type() for part in _read(first).walk()] == [
        "multipart/mixed", "multipart/alternative", "text/plain", "text/html", "application/pdf", "application/pdf",
    ]  # fmt: skip
    assert first != _built(html="<p>x</p>", attachments=files, header_id="<other@arcore.example>")


def test_it_is_seven_bits_with_crlf_and_ends_a_line(letter: bytes) -> None:
    assert letter.isascii()
    assert letter.endswith(b"\r\n")
    assert letter.count(b"\n") == letter.count(b"\r\n") == letter.count(b"\r")
    assert max(map(len, letter.splitlines())) <= 998


def test_text_html_and_file_come_out_as_they_went_in(letter: bytes) -> None:
    mail = _read(letter)
    assert _part(mail, "plain") == "Guten Tag,\n\n.\n..\nfällig sind 40,00 €.\n"
    assert _part(mail, "html").strip() == "<p>fällig sind <b>40,00 €</b></p>"
    [file] = mail.iter_attachments()
    assert (file.get_filename(), file.get_content_type()) == ("statement.pdf", "application/pdf")
    assert file.get_content() == b"%PDF-1.7\n" + bytes(range(256))
    assert mail["Subject"] == "Zahlungserinnerung März"


@pytest.mark.parametrize(
    "name",
    [
        "Müller & Söhne, Köln",
        'O"Brien; <x@evil.example>',
        "株式会社サンプル",
        "Berg\r\nBcc: everyone@evil.example",
        "Berg\nBcc: everyone@evil.example\n\nText",
        "a" * 500,
        "ö" * 500,
        "=?utf-8?q?Berg=0ABcc=3A_everyone@evil.example?=",
        "Berg \u2028Bcc: x\x00\x1b",
        "😀 GmbH",
        "\ud800 half",
    ],
)
def test_a_name_stays_a_name(name: str) -> None:
    raw = _built(sender=Party(name, OURS.address), recipients=[Party(name, THEIRS.address)], subject=name)
    mail = _read(raw)
    assert mail.keys() == _read(_built()).keys()
    assert "Bcc" not in mail
    for header, address in (("From", OURS.address), ("To", THEIRS.address)):
        [found] = mail[header].addresses
        assert found.addr_spec == address
    assert raw.partition(b"\r\n\r\n")[0].count(b"\r\nBcc") == 0
    assert _part(mail, "plain") == "Due are 40.00 EUR.\n"


@run_settings(max_examples=150, deadline=None)
@given(name=st.text(max_size=150), subject=st.text(max_size=300), text=st.text(max_size=400))
def test_no_text_of_any_kind_breaks_out(name: str, subject: str, text: str) -> None:
    raw = _built(
        sender=Party(name, OURS.address), recipients=[Party(name, "a@b.example"), THEIRS], subject=subject, text=text
    )
    mail = _read(raw)
    assert mail.keys() == _read(_built()).keys()
    assert [found.addr_spec for found in mail["To"].addresses] == ["a@b.example", THEIRS.address]
    assert [found.addr_spec for found in mail["From"].addresses] == [OURS.address]
    assert raw.isascii()
    assert max(map(len, raw.splitlines())) <= 998


@run_settings(max_examples=150, deadline=None)
@given(st.text(alphabet="äöüß€ Éxyz,.;<>\"'()@-–日本語😀", min_size=1, max_size=110))
def test_names_and_subjects_beyond_ascii_come_out_whole(name: str) -> None:
    # Read by the old parser: the new one of some Python versions puts a space between two encoded words.
    mail = email.message_from_bytes(
        _built(recipients=[Party(name, "a@c.example"), Party(name, "b@c.example")], subject=name)
    )
    found = getaddresses([str(mail["To"])])
    assert [address for _, address in found] == ["a@c.example", "b@c.example"]
    assert [str(make_header(decode_header(written))) for written, _ in found] == [one_line(name)] * 2
    assert str(make_header(decode_header(str(mail["Subject"])))) == one_line(name)


@pytest.mark.parametrize(
    ("whose", "written"),
    [
        (Party("", "a@b.example"), "a@b.example"),
        (Party("Müller", "a@b.example"), "=?utf-8?q?M=C3=BCller?= <a@b.example>"),
        (Party("Berg & Sons", "a@b.example"), "Berg & Sons <a@b.example>"),
        (Party("Berg, Inc. (old)", "a@b.example"), '"Berg, Inc. (old)" <a@b.example>'),
        (Party('The "Berg" \\', "a@b.example"), '"The \\"Berg\\" \\\\" <a@b.example>'),
        (Party("Berg\r\nBcc: x", "a@b.example"), '"Berg Bcc: x" <a@b.example>'),
        (Party(" \t ", "a@b.example"), "a@b.example"),
    ],
)
def test_a_mailbox_as_a_header_writes_it(whose: Party, written: str) -> None:
    assert mailbox(whose) == written


@pytest.mark.parametrize("text", ["4711", "<4711>", "<a@b>\r\nBcc: x", "<a b@c>", ""])
def test_a_message_id_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="is no Message-ID"):
        _built(header_id=text)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("anna@kunde.example", "anna@kunde.example"),
        (" anna.berg+ar@kunde.example ", "anna.berg+ar@kunde.example"),
        ("anna@müller.example", "anna@xn--mller-kva.example"),
        ("root@localhost", "root@localhost"),
    ],
)
def test_an_address_as_servers_take_it(text: str, address: str) -> None:
    assert usable_address(text) == address


@pytest.mark.parametrize(
    "text",
    ["", "anna", "@kunde.example", "anna@", "a b@kunde.example", "änna@kunde.example", "a@b@c.example",
     "a@kunde.example\r\nRCPT TO:<x@evil.example>", "a@kunde.example>", "<a@kunde.example", "a@-x.example",
     "a@x..example", "a,b@kunde.example", "a@kunde.example, b@kunde.example",
     ".a@kunde.example", "a" * 65 + "@kunde.example",
     "a@" + "x" * 300 + ".example", "a@\ud800.example", "a@[127.0.0.1]"],
)  # fmt: skip
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="can't be used as an e-mail address"):
        usable_address(text)
    with pytest.raises(BadInput):
        _built(recipients=[Party("Anna", text)])


def test_a_letter_to_nobody_is_refused() -> None:
    with pytest.raises(BadInput, match="somebody to go to"):
        _built(recipients=[])


def test_without_an_address_of_ours_a_file_has_no_sender() -> None:
    assert _read(_built(sender=Party("Arcore GmbH", ""), draft=True))["From"] is None


def test_a_sender_with_or_without_a_name() -> None:
    assert party("Accounts <ar@arcore.example>") == Party("Accounts", "ar@arcore.example")
    assert party(" ar@arcore.example") == Party("", "ar@arcore.example")


def test_one_key_of_one_store_has_one_message_id() -> None:
    first = new_header_id("7:main:standard:1:2026-03-31:0", "store", OURS)
    assert first == new_header_id("7:main:standard:1:2026-03-31:0", "store", OURS)
    assert first != new_header_id("7:main:standard:1:2026-03-31:1", "store", OURS)
    assert first != new_header_id("7:main:standard:1:2026-03-31:0", "other store", OURS)
    assert first.endswith("@arcore.example>")
    assert new_header_id("7", "store", Party("Arcore", "")).endswith("@arcore.invalid>")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("statement.pdf", "statement.pdf"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ('a"b\r\n.pdf', "a_b_.pdf"),
        ("…", "_"),
        ("", "file"),
    ],
)
def test_a_file_name_leads_nowhere(text: str, name: str) -> None:
    assert file_name(text) == name
