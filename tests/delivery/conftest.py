"""A real mail server on loopback that does what a test wants, its certificates, and settings that point to it."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import socket
import ssl
import threading
from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from datetime import UTC
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP
from aiosmtpd.smtp import AuthResult
from aiosmtpd.smtp import Envelope
from aiosmtpd.smtp import Session

from arcore.delivery.message import Party
from arcore.delivery.message import build
from arcore.settings import settings

OURS = Party("Arcore GmbH", "ar@arcore.example")
THEIRS = Party("Anna Berg", "anna@kunde.example")
HEADER_ID = "<0123456789abcdef@arcore.example>"


@dataclass(frozen=True)
class Taken:
    """A message that the server took: the envelope and the very bytes."""

    sender: str
    recipients: tuple[str, ...]
    raw: bytes


@dataclass
class Office:
    """What the server answers, and what it saw.

    Attributes:
        port: where it listens.
        mail, data: its answer to the sender and to the text; "" is yes.
        rcpt: its answer to a recipient; yes for those not named.
        pause: seconds that it keeps silent after it took the text.
        drop: after how many taken texts it closes the line instead of answering; 0 is never.
        password: what PLAIN and LOGIN must bring.
        token: what XOAUTH2 must bring.
    """

    port: int = 0
    mail: str = ""
    data: str = ""
    rcpt: dict[str, str] = field(default_factory=dict)
    pause: float = 0
    drop: int = 0
    password: str = "geheim-Wörter"
    token: str = "ya29.token-of-today"
    taken: list[Taken] = field(default_factory=list)
    logins: list[tuple[str, bytes]] = field(default_factory=list)
    lines: int = 0

    async def handle_EHLO(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, name: str, said: list[str]
    ) -> list[str]:
        self.lines += not session.host_name
        session.host_name = name
        return said

    async def handle_MAIL(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list) -> str:  # noqa: N802
        if not self.mail:
            envelope.mail_from = address
        return self.mail or "250 OK"

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list) -> str:  # noqa: N802
        answer = self.rcpt.get(address, "250 OK")
        if answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.data:
            return self.data
        raw = envelope.original_content
        assert isinstance(raw, bytes)
        self.taken.append(Taken(envelope.mail_from or "", tuple(envelope.rcpt_tos), raw))
        if self.drop and len(self.taken) % self.drop == 0:
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
        await asyncio.sleep(self.pause)
        return "250 2.0.0 queued as 4711"

    def authenticate(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
        self.logins.append((mechanism, data.password))
        right = (data.login, data.password) == (b"robot@arcore.example", self.password.encode())
        return AuthResult(success=right, handled=False)

    async def auth_XOAUTH2(self, server: SMTP, words: list[str]) -> AuthResult:  # noqa: N802
        said = base64.b64decode(words[1])
        self.logins.append(("XOAUTH2", said))
        if said == f"user=robot@arcore.example\1auth=Bearer {self.token}\1\1".encode():
            return AuthResult(success=True, auth_data="robot")
        # As Google does: the reason as a challenge, then an empty answer, then no.
        await server.challenge_auth(b'{"status":"400","schemes":"Bearer"}')
        return AuthResult(success=False, handled=False)


@dataclass(frozen=True)
class Papers:
    """Certificates: the server's, for 127.0.0.1 and for a wrong name, and the file of the authority behind them."""

    right: ssl.SSLContext
    wrong_name: ssl.SSLContext
    authority: Path


@pytest.fixture(scope="session")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Papers:
    """Make an authority of our own and what it signs."""
    authority = trustme.CA()
    file = tmp_path_factory.mktemp("authority") / "ca.pem"
    authority.cert_pem.write_to_path(str(file))

    def context(name: str) -> ssl.SSLContext:
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert(name).configure_cert(made)
        return made

    return Papers(context("127.0.0.1"), context("mail.elsewhere.example"), file)


@pytest.fixture
def opened(free_port: Callable[[], int]) -> Iterator[Callable[..., Office]]:
    """Return a function that opens a mail server; `login` makes it want one, other options go to aiosmtpd."""
    with contextlib.ExitStack() as stack:

        def make(*, login: bool = False, tls: ssl.SSLContext | None = None, **options: Any) -> Office:
            office = Office(free_port())
            if login:
                options |= {"authenticator": office.authenticate, "auth_required": True}
            if tls is not None:
                options["ssl_context"] = tls
            controller = Controller(office, hostname="127.0.0.1", port=office.port, **options)
            controller.start()
            stack.callback(controller.stop)
            return office

        yield make


@pytest.fixture
def configured(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Callable[..., None]]:
    """Return a function that sets `ARCORE_SMTP_…`; the data folder is the test's own."""

    def set_them(port: int = 0, **values: object) -> None:
        given = {"host": "127.0.0.1", "port": port, "security": "none", "from": OURS.address, "timeout": 3} | values
        for name, value in given.items():
            monkeypatch.setenv(f"ARCORE_SMTP_{name.upper()}", str(value))
        settings.cache_clear()

    monkeypatch.setenv("ARCORE_DATA_DIR", str(tmp_path / "data"))
    settings.cache_clear()
    yield set_them
    settings.cache_clear()


@pytest.fixture
def letter() -> bytes:
    """Return a letter with everything in it: two texts, a file, signs beyond ASCII, a line that is one dot."""
    from arcore.delivery.message import Attachment

    return build(
        sender=OURS,
        recipients=[THEIRS],
        subject="Zahlungserinnerung März",
        text="Guten Tag,\n\n.\n..\nfällig sind 40,00 €.\n",
        html="<p>fällig sind <b>40,00 €</b></p>",
        attachments=[Attachment("statement.pdf", b"%PDF-1.7\n" + bytes(range(256)))],
        header_id=HEADER_ID,
        at=datetime(2026, 3, 31, 9, 0, tzinfo=UTC),
        language="de",
    )


@dataclass
class Scripted:
    """A server that knows nothing and says what it was told to, line for line; sees what was said to it."""

    port: int
    heard: list[bytes]


@pytest.fixture
def scripted() -> Iterator[Callable[..., Scripted]]:
    """Return a function that opens a server for things that no honest server does.

    Each line that comes in takes the next answer: bytes to send, None to close the line, a function to call with it.
    """
    with contextlib.ExitStack() as stack:

        def make(*scripts: Sequence[Any]) -> Scripted:
            listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
            server = Scripted(listener.getsockname()[1], [])
            thread = threading.Thread(target=_play, args=(listener, scripts, server.heard), daemon=True)
            thread.start()
            stack.callback(thread.join, 10)
            return server

        yield make


def _play(listener: socket.socket, scripts: Sequence[Sequence[Any]], heard: list[bytes]) -> None:
    for script in scripts:
        with contextlib.suppress(OSError):
            held, _ = listener.accept()
            with held, held.makefile("rb") as file:
                _answer(held, file, script, heard)


def _answer(held: socket.socket, file: Any, script: Sequence[Any], heard: list[bytes]) -> None:
    for position, answer in enumerate(script):
        if position:
            heard.append(file.readline())
        if answer is None:
            return
        if callable(answer):
            answer(held)
        else:
            held.sendall(answer)
    file.read()
