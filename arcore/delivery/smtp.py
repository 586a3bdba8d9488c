"""SMTP, step by step, so that after each message we know whether it left, did not leave, or may have left.

Until the server has asked for the text, nothing left. Once the text is on its way, only the server's own answer
tells; without one the fate is unknown.
"""

from __future__ import annotations

import contextlib
import re
import smtplib
import socket
import ssl
import threading
from collections.abc import Iterator
from collections.abc import Sequence
from types import TracebackType
from typing import Self
from typing import TypeAlias

from arcore.delivery.fate import Cause
from arcore.delivery.fate import Fate
from arcore.delivery.login import Login
from arcore.delivery.login import NoToken
from arcore.delivery.message import one_line
from arcore.delivery.way import Server

BROKEN = (OSError, smtplib.SMTPException)
"""What a line does that breaks, hangs or talks nonsense."""

OUR_NAME = "[127.0.0.1]"
"""How we greet: an address in brackets, so that our machine's name stays here and no lookup can hang."""

WHOLE = 5
"""After this many timeouts a message is given up, however slowly the server still drips."""

PATIENCE = 3
"""Seconds for a server to return our goodbye; all that matters is known by then."""

LONGEST_WORDS = 300

Reply: TypeAlias = tuple[int, bytes]


class Closed(Exception):
    """Nothing can leave through this server now; holds the sentence that says why."""


class Lost(Exception):
    """The line broke before the server asked for the text; nothing left. Holds the sentence."""


class _Client(smtplib.SMTP):
    """A client that knows its server's name before it connects, as checking the certificate needs it."""

    def __init__(self, server: Server) -> None:
        super().__init__(local_hostname=OUR_NAME, timeout=server.timeout)
        self._host = server.host


class _LockedClient(smtplib.SMTP_SSL):
    """The same, locked from the first byte."""

    def __init__(self, server: Server, context: ssl.SSLContext) -> None:
        super().__init__(local_hostname=OUR_NAME, timeout=server.timeout, context=context)
        self._host = server.host


class Line:
    """A line to a mail server, opened when it is first needed and kept for the messages of one run."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self._login = Login(server)
        self._client: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            self.close()
        else:
            self._drop()  # stopped on the way, perhaps within a text: what is said now might be taken for a part of it

    def send(self, raw: bytes, *, sender: str, recipients: Sequence[str]) -> Fate:
        """Hand one message over and return its fate; never raises for what a server or a line may do."""
        kept = self._client is not None
        try:
            return self._attempt(raw, sender, recipients)
        except Lost as lost:
            if not kept:
                return Fate("refused", f"{lost}; nothing left", cause="way")
        # A server may close a line that was quiet for a while. Nothing left, so a new line is no second message.
        try:
            return self._attempt(raw, sender, recipients)
        except Lost as lost:
            return Fate("refused", f"{lost}; nothing left", cause="way")

    def check(self) -> str:
        """Connect, log in and say NOOP; return the server's answer. Raises Closed or Lost."""
        with self._watched():
            client = self._open()
            try:
                return self._said(client.noop())
            except BROKEN as error:
                raise self._lost(error) from error

    def close(self) -> None:
        """Say goodbye; a server that does not answer is left."""
        client, self._client = self._client, None
        if client is not None:
            with contextlib.suppress(*BROKEN):
                if client.sock is not None:
                    client.sock.settimeout(min(self.server.timeout, PATIENCE))
                client.quit()
            client.close()

    def _attempt(self, raw: bytes, sender: str, recipients: Sequence[str]) -> Fate:
        with self._watched():
            try:
                client = self._open()
            except Closed as closed:
                return Fate("refused", f"{closed}; nothing left", cause="way")
            try:
                fate, refused = self._envelope(client, len(raw), sender, recipients)
                if fate is None:
                    fate = self._ask_for_text(client)
            except BROKEN as error:
                raise self._lost(error) from error
            return fate if fate is not None else self._text(client, raw, refused)

    # --- a line ---

    def _open(self) -> smtplib.SMTP:
        """Return the line, opened, locked and logged in. Raises Closed or Lost."""
        if self._client is not None:
            return self._client
        try:
            self._client = self._connect()
        except NoToken as error:
            raise self._closed(str(error)) from error
        except ssl.SSLCertVerificationError as error:
            raise self._closed(
                f"The certificate of {self.server.name} can't be trusted: {error.verify_message}"
            ) from error
        except BROKEN as error:
            raise self._closed(f"{self.server.name} can't be reached: {self._why(error)}") from error
        return self._client

    def _connect(self) -> smtplib.SMTP:
        server = self.server
        context = ssl.create_default_context(cafile=server.ca_file)
        client = _LockedClient(server, context) if server.security == "tls" else _Client(server)
        self._client = client
        code, said = client.connect(server.host, server.port)
        if code != 220:
            raise self._closed(f"{server.name} takes no mail now: {self._said((code, said))}")
        client.ehlo_or_helo_if_needed()
        if server.security == "starttls":
            self._lock(client, context)
        if server.user:
            self._log_in(client)
        return client

    def _lock(self, client: smtplib.SMTP, context: ssl.SSLContext) -> None:
        """Turn to STARTTLS; where the server does not offer it, nothing is said in clear."""
        if not client.has_extn("starttls"):
            raise self._closed(f"{self.server.name} offers no STARTTLS, and nothing is sent in clear")
        client.starttls(context=context)
        client.ehlo()

    def _log_in(self, client: smtplib.SMTP) -> None:
        code, said = self._login.log_in(client)
        if code != 235:
            raise self._closed(
                f"{self.server.name} refused the login of {self.server.user}: {self._said((code, said))}"
            )

    def _drop(self) -> None:
        """Leave the line without a word: it is broken, or the server is."""
        client, self._client = self._client, None
        if client is not None:
            with contextlib.suppress(OSError):
                client.close()

    @contextlib.contextmanager
    def _watched(self) -> Iterator[None]:
        """Cut the line when a message takes too long in all: a server that drips never runs into the timeout."""
        watch = threading.Timer(self.server.timeout * WHOLE, self._cut)
        watch.daemon = True
        watch.start()
        try:
            yield
        finally:
            watch.cancel()

    def _cut(self) -> None:
        held = getattr(self._client, "sock", None)
        if held is not None:
            with contextlib.suppress(OSError):
                # Not the method of a locked socket, which would first forget that it is locked.
                socket.socket.shutdown(held, socket.SHUT_RDWR)

    # --- a message ---

    def _envelope(
        self, client: smtplib.SMTP, size: int, sender: str, recipients: Sequence[str]
    ) -> tuple[Fate | None, tuple[tuple[str, str], ...]]:
        """Name sender and recipients; return the fate if that ends it, and the recipients refused."""
        told = client.mail(sender, [f"size={size}"] if client.has_extn("size") else [])
        if told[0] // 100 != 2:
            cause: Cause = "message" if told[0] == 552 else "way"
            return self._refused(client, f"The sender {sender} was refused", told, cause), ()
        replies = [(address, client.rcpt(address)) for address in recipients]
        refused = tuple((address, self._said(reply)) for address, reply in replies if reply[0] // 100 != 2)
        if len(refused) < len(recipients):
            return None, refused
        codes = [reply[0] for _, reply in replies]
        words = "; ".join(f"{address} was refused: {said}" for address, said in refused)
        self._reset(client, codes)
        return Fate("refused", words, _cause(codes, "address"), refused), refused

    def _ask_for_text(self, client: smtplib.SMTP) -> Fate | None:
        """Return None once the server asks for the text, else why not."""
        told = client.docmd("DATA")
        return None if told[0] == 354 else self._refused(client, "The message was refused", told, "message")

    def _text(self, client: smtplib.SMTP, raw: bytes, refused: tuple[tuple[str, str], ...]) -> Fate:
        """Hand the text over; from here on only the server's answer tells what became of it."""
        try:
            client.send(_dotted(raw))
            told = client.getreply()
        except BROKEN as error:
            self._drop()
            return Fate(
                "unknown",
                f"The line broke after the text was handed over ({self._why(error)}); it may have arrived",
                refused=refused,
            )
        if told[0] // 100 == 2:
            return Fate("sent", self._taken(told, refused), refused=refused)
        if told[0] // 100 in {4, 5}:
            return self._refused(client, "The message was refused", told, "message")
        self._drop()
        return Fate(
            "unknown",
            f"The server's answer can't be understood ({self._said(told)}); it may have arrived",
            refused=refused,
        )

    def _taken(self, told: Reply, refused: Sequence[tuple[str, str]]) -> str:
        but = "".join(f"; refused for {address}: {said}" for address, said in refused)
        return f"Taken by {self.server.host}: {self._said(told)}{but}"

    def _refused(self, client: smtplib.SMTP, what: str, told: Reply, cause: Cause) -> Fate:
        self._reset(client, [told[0]])
        return Fate("refused", f"{what}: {self._said(told)}", _cause([told[0]], cause))

    def _reset(self, client: smtplib.SMTP, codes: Sequence[int]) -> None:
        """Make the line ready for the next message, or leave it when the server is closing."""
        try:
            clean = 421 not in codes and client.rset()[0] == 250
        except BROKEN:
            clean = False
        if not clean:
            self._drop()

    # --- words ---

    def _closed(self, words: str) -> Closed:
        self._drop()
        return Closed(self._login.hide(words))

    def _lost(self, error: BaseException) -> Lost:
        self._drop()
        return Lost(f"The line to {self.server.name} broke: {self._why(error)}")

    def _why(self, error: BaseException) -> str:
        if isinstance(error, smtplib.SMTPResponseException):
            return self._said((error.smtp_code, _octets(error.smtp_error)))
        if isinstance(error, TimeoutError) or "timed out" in str(error):
            return f"no answer within {self.server.timeout:g} seconds"
        text = (error.strerror if isinstance(error, OSError) else "") or str(error) or type(error).__name__
        return self._login.hide(one_line(text))[:LONGEST_WORDS]

    def _said(self, told: Reply) -> str:
        """Return a server's words in one line, without anything secret that it may repeat."""
        code, text = told
        words = one_line(_octets(text).decode("utf-8", "replace"))
        return self._login.hide(f"{code} {words}".strip())[:LONGEST_WORDS]


def _cause(codes: Sequence[int], final: Cause) -> Cause:
    """Return "later" when the server asks, even for one recipient, to come again."""
    return "later" if any(code // 100 == 4 for code in codes) else final


def _dotted(raw: bytes) -> bytes:
    """Return the text as it goes over the line: a dot before each line that begins with one, and one to end it."""
    ended = raw if raw.endswith(b"\r\n") else raw + b"\r\n"
    return re.sub(rb"(?m)^\.", b"..", ended) + b".\r\n"


def _octets(text: bytes | str) -> bytes:
    return text if isinstance(text, bytes) else text.encode()
