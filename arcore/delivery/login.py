"""Logging in to a mail server: by password, or with the OAuth2 token that a command prints."""

from __future__ import annotations

import base64
import shlex
import smtplib
import subprocess

from arcore.delivery.way import Server

TOKEN_SECONDS = 60
"""How long the command may take that prints a token; it may have to ask its own server."""

SHORTEST_SECRET = 4
"""Shorter ones are no secret, and hiding them would only garble every sentence."""


class NoToken(Exception):
    """The command printed no token; holds the sentence that says why, without what it printed."""


class Login:
    """How we log in; remembers every secret used, so that no sentence repeats one."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._secrets: set[str] = set()
        self._keep(server.password.get_secret_value())

    def log_in(self, client: smtplib.SMTP) -> tuple[int, bytes]:
        """Log in and return the server's answer; 235 is yes. Raises NoToken."""
        if self._server.token_command:
            return self._by_token(client, self._token())
        offered = client.esmtp_features.get("auth", "").upper().split()
        if "PLAIN" in offered or "LOGIN" not in offered:
            return self._plain(client)
        return self._two_steps(client)

    def hide(self, words: str) -> str:
        """Return words with every secret replaced by an ellipsis."""
        for secret in sorted(self._secrets, key=len, reverse=True):
            words = words.replace(secret, "…")
        return words

    def _plain(self, client: smtplib.SMTP) -> tuple[int, bytes]:
        """Log in by RFC 4616, in UTF-8."""
        answer = f"\0{self._server.user}\0{self._server.password.get_secret_value()}"
        return client.docmd("AUTH", f"PLAIN {self._coded(answer)}")

    def _two_steps(self, client: smtplib.SMTP) -> tuple[int, bytes]:
        """Log in by LOGIN, which older servers know alone."""
        told = client.docmd("AUTH", f"LOGIN {self._coded(self._server.user)}")
        return client.docmd(self._coded(self._server.password.get_secret_value())) if told[0] == 334 else told

    def _by_token(self, client: smtplib.SMTP, token: str) -> tuple[int, bytes]:
        """Log in by XOAUTH2; a server that says no with a challenge gets the empty line that it waits for."""
        answer = f"user={self._server.user}\1auth=Bearer {token}\1\1"
        told = client.docmd("AUTH", f"XOAUTH2 {self._coded(answer)}")
        return client.docmd("") if told[0] == 334 else told

    def _token(self) -> str:
        """Return what the command prints; no shell reads it. Raises NoToken."""
        words = shlex.split(self._server.token_command)
        try:
            # The command is the operator's own, from the settings.
            done = subprocess.run(  # noqa: S603
                words, capture_output=True, timeout=TOKEN_SECONDS, check=False, stdin=subprocess.DEVNULL
            )
        except subprocess.TimeoutExpired:
            msg = f"The token command did not end within {TOKEN_SECONDS} seconds"
            raise NoToken(msg) from None
        except OSError as error:
            msg = f"The token command can't be started: {error.strerror}"
            raise NoToken(msg) from None
        if done.returncode != 0:
            msg = f"The token command failed (exit code {done.returncode}); run it by hand to see why"
            raise NoToken(msg)
        token = done.stdout.decode("ascii", "replace").strip()
        if not token or not token.isprintable() or " " in token:
            msg = "The token command has to print the token, in one line and nothing else"
            raise NoToken(msg)
        self._keep(token)
        return token

    def _coded(self, text: str) -> str:
        coded = base64.b64encode(text.encode()).decode()
        self._keep(coded)
        return coded

    def _keep(self, secret: str) -> None:
        if len(secret) >= SHORTEST_SECRET:
            self._secrets.add(secret)
