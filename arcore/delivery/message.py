"""A letter as the bytes of an e-mail: the same bytes for the same letter, seven bits, CRLF, no header from a name."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from email.utils import parseaddr
from typing import NamedTuple

from arcore.errors import BadInput

LOCAL_PART = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
DOMAIN = re.compile(r"(?=.{1,253}$)[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*")
LONGEST_NAME = 120
LONGEST_SUBJECT = 250
NO_DOMAIN = "arcore.invalid"
"""Stands in a Message-ID when nobody's domain is known; the name is reserved for that."""


class Party(NamedTuple):
    """Somebody's name ("" when unknown) and e-mail address."""

    name: str
    address: str


@dataclass(frozen=True)
class Attachment:
    """A file that goes with a letter; `media` is its media type."""

    name: str
    content: bytes
    media: str = "application/pdf"


def build(
    *,
    sender: Party,
    recipients: Sequence[Party],
    subject: str,
    text: str,
    header_id: str,
    at: datetime,
    html: str = "",
    attachments: Sequence[Attachment] = (),
    language: str = "",
    in_reply_to: str = "",
    draft: bool = False,
) -> bytes:
    """Return the bytes of an e-mail that a program sends on its own account.

    The same input gives the same bytes. Line ends and control characters in names and subject become spaces.
    `in_reply_to` is the `header_id` of the message that this one follows. `draft` lets a mail program open the file
    for sending. Raises BadInput for an address that can't be used and for no recipient at all.
    """
    if not recipients:
        msg = "A letter needs somebody to go to"
        raise BadInput(msg)
    head = {
        "From": mailbox(sender) if sender.address else "",
        "To": ",\r\n ".join(mailbox(each) for each in recipients),
        "Subject": _encoded(one_line(subject)[:LONGEST_SUBJECT]),
        "Date": format_datetime(at),
        "Message-ID": _message_id(header_id),
        "In-Reply-To": in_reply_to and _message_id(in_reply_to),
        "References": in_reply_to,
        "Auto-Submitted": "auto-generated",
        "Content-Language": re.sub(r"[^A-Za-z0-9-]", "", language),
        "X-Unsent": "1" if draft else "",
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in head.items() if value or name == "Subject")
    return lines.encode("ascii") + _body(text, html, attachments, header_id)


def _body(text: str, html: str, attachments: Sequence[Attachment], header_id: str) -> bytes:
    """Return the MIME headers and what follows them."""
    mail = EmailMessage(policy=SMTP)
    mail.set_content(_sound(text), cte="quoted-printable")
    if html:
        mail.add_alternative(_sound(html), subtype="html", cte="quoted-printable")
    for each in attachments:
        kind, _, subtype = each.media.partition("/")
        mail.add_attachment(each.content, maintype=kind, subtype=subtype, filename=file_name(each.name))
    _fix_boundaries(mail, header_id)
    return bytes(mail)


def new_header_id(key: str, store_id: str, sender: Party) -> str:
    """Return a Message-ID: the same for the same key in the same store, so that a receiver can drop a double."""
    domain = sender.address.rpartition("@")[2] or NO_DOMAIN
    return f"<{hashlib.sha256(f'{store_id}:{key}'.encode()).hexdigest()[:32]}@{domain}>"


def party(text: str) -> Party:
    """Read `ar@example.com` or `Accounts <ar@example.com>`. Raises BadInput when there is no usable address."""
    name, address = parseaddr(text.strip())
    return Party(one_line(name), usable_address(address))


def usable_address(text: str) -> str:
    """Return an e-mail address as mail servers take it, an international domain in its ASCII form. Raises BadInput."""
    local, _, domain = text.strip().rpartition("@")
    try:
        plain = domain.encode("idna").decode("ascii") if domain else ""
    except UnicodeError:
        plain = ""
    if not (LOCAL_PART.fullmatch(local) and len(local) <= 64 and DOMAIN.fullmatch(plain)):
        msg = f"{one_line(text)!r} can't be used as an e-mail address"
        raise BadInput(msg)
    return f"{local}@{plain}"


def one_line(text: str) -> str:
    """Return text without line ends, control characters and doubled spaces."""
    return " ".join("".join(" " if _unprintable(sign) else sign for sign in text).split())


def file_name(text: str) -> str:
    """Return a file name of letters, digits, dot, dash and underscore, at most 80 long."""
    return re.sub(r"[^A-Za-z0-9._-]+", "_", text).lstrip(".")[-80:] or "file"


def _unprintable(sign: str) -> bool:
    """Tell control, direction and separator signs; the two joiners that some scripts write with may stay."""
    return unicodedata.category(sign)[0] in "CZ" and sign not in "\u200c\u200d"


def mailbox(whose: Party) -> str:
    """Return name and address as a header writes them. Raises BadInput."""
    address, name = usable_address(whose.address), one_line(whose.name)[:LONGEST_NAME].strip()
    if not name:
        return address
    if not re.fullmatch(r"[A-Za-z0-9 '&-]+", name) and _plain(name):
        quoted = re.sub(r'(["\\])', r"\\\1", name)
        return f'"{quoted}" <{address}>'
    return f"{_encoded(name)} <{address}>"


def _encoded(text: str) -> str:
    """Return a line of text for a header, as encoded words (RFC 2047) where it has to be.

    Not left to EmailMessage: before Python 3.11.10 it decoded words in a name that look encoded and wrote what came
    out, line ends included, and it encoded the comma between two recipients (CVE-2024-6923, CVE-2025-1795).
    """
    return text if _plain(text) else Header(text, "utf-8", maxlinelen=75, header_name="Subject").encode(linesep="\r\n")


def _plain(text: str) -> bool:
    return text.isascii() and "=?" not in text


def _message_id(text: str) -> str:
    if not re.fullmatch(r"<[!-;=?-~]+@[!-;=?-~]+>", text):
        msg = f"{one_line(text)!r} is no Message-ID"
        raise BadInput(msg)
    return text


def _sound(text: str) -> str:
    """Return text that can be written as UTF-8, with the line ends of this program."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")


def _fix_boundaries(mail: EmailMessage, header_id: str) -> None:
    """Give each part of several a boundary made of the Message-ID; `=_` stands in no quoted or base64 text."""
    stem = hashlib.sha256(header_id.encode()).hexdigest()[:24]
    for number, part in enumerate(part for part in mail.walk() if part.is_multipart()):
        part.set_boundary(f"=_{stem}_{number}")
