"""A letter as the bytes of an e-mail: the same bytes for the same letter, seven bits, CRLF, no header from a name."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
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
    mail = EmailMessage(policy=SMTP)
    if sender.address:
        mail["From"] = _mailbox(sender)
    mail["To"] = [_mailbox(each) for each in recipients]
    mail["Subject"] = one_line(subject)[:LONGEST_SUBJECT]
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = header_id
    if in_reply_to:
        mail["In-Reply-To"] = in_reply_to
        mail["References"] = in_reply_to
    mail["Auto-Submitted"] = "auto-generated"
    if language:
        mail["Content-Language"] = one_line(language)
    if draft:
        mail["X-Unsent"] = "1"
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
    return " ".join("".join(" " if unicodedata.category(sign)[0] in "CZ" else sign for sign in text).split())


def file_name(text: str) -> str:
    """Return a file name of letters, digits, dot, dash and underscore, at most 80 long."""
    return re.sub(r"[^A-Za-z0-9._-]+", "_", text).lstrip(".")[-80:] or "file"


def _mailbox(whose: Party) -> Address:
    """Return a mailbox for a header."""
    return Address(display_name=one_line(whose.name)[:LONGEST_NAME], addr_spec=usable_address(whose.address))


def _sound(text: str) -> str:
    """Return text that can be written as UTF-8, with the line ends of this program."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")


def _fix_boundaries(mail: EmailMessage, header_id: str) -> None:
    """Give each part of several a boundary made of the Message-ID; `=_` stands in no quoted or base64 text."""
    stem = hashlib.sha256(header_id.encode()).hexdigest()[:24]
    for number, part in enumerate(part for part in mail.walk() if part.is_multipart()):
        part.set_boundary(f"=_{stem}_{number}")
