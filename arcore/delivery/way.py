"""Which way letters leave: by the mail server that the settings name, else as files."""

from __future__ import annotations

import ipaddress
import shlex
from dataclasses import dataclass
from dataclasses import field
from pathlib import Path
from typing import Literal
from typing import TypeAlias

from pydantic import SecretStr

from arcore.delivery.message import DOMAIN
from arcore.delivery.message import Party
from arcore.delivery.message import party
from arcore.errors import BadInput
from arcore.settings import Settings

Security: TypeAlias = Literal["starttls", "tls", "none"]

PORTS: dict[Security, int] = {"starttls": 587, "tls": 465, "none": 25}
LOCKS: dict[Security, str] = {"starttls": "STARTTLS", "tls": "TLS", "none": "this machine only"}
SAMPLE_FOLDER = "sample"
"""The sample company's letters lie apart, so that nobody sends one on by mistake."""


@dataclass(frozen=True)
class Way:
    """How letters of one store leave.

    Attributes:
        name: "smtp" or "file".
        words: one sentence for the page.
        folder: where files go; for the mail server too, should it be asked for one.
        problem: what has to be mended in the settings before anything can leave, "" when nothing has to.
    """

    name: Literal["smtp", "file"]
    words: str
    folder: Path
    problem: str = ""


@dataclass(frozen=True)
class Server:
    """A mail server and how we log in; neither password nor command shows in its repr."""

    host: str
    port: int
    security: Security = "starttls"
    user: str = ""
    password: SecretStr = field(default_factory=lambda: SecretStr(""))
    token_command: str = field(default="", repr=False)
    timeout: float = 60
    ca_file: Path | None = None

    @property
    def name(self) -> str:
        """Host and port as people write them."""
        return f"{self.host}:{self.port}"


def server(given: Settings) -> Server:
    """Return the mail server that the settings name; `problem` says whether it can be used."""
    return Server(
        host=given.smtp_host.strip(),
        port=given.smtp_port or PORTS[given.smtp_security],
        security=given.smtp_security,
        user=given.smtp_user,
        password=given.smtp_password,
        token_command=given.smtp_token_command,
        timeout=given.smtp_timeout,
        ca_file=given.smtp_ca_file,
    )


def choose(given: Settings, *, sample: bool) -> Way:
    """Choose the way: files for the sample company and without a mail server, SMTP else."""
    if sample:
        folder = given.outbox_dir / SAMPLE_FOLDER
        return Way("file", f"The sample company sends nothing: its letters become files in {folder}", folder)
    if not given.smtp_host.strip():
        folder = given.outbox_dir
        return Way("file", f"No mail server is set up: letters become .eml files in {folder}", folder)
    if wrong := problem(given):
        return Way("smtp", f"Nothing can leave: {wrong}", given.outbox_dir, wrong)
    chosen, address = server(given), sender(given).address
    return Way("smtp", f"By mail through {chosen.name} ({LOCKS[chosen.security]}), from {address}", given.outbox_dir)


def problem(given: Settings) -> str:
    """Return what is wrong with the settings of the mail server in one sentence, "" when nothing is."""
    chosen = server(given)
    return _line_problem(chosen) or _login_problem(chosen) or _sender_problem(given)


def _line_problem(chosen: Server) -> str:
    if not is_host(chosen.host):
        return f"ARCORE_SMTP_HOST {chosen.host!r} is no host name, such as smtp.example.com"
    if chosen.security == "none" and not is_loopback(chosen.host):
        return f"ARCORE_SMTP_SECURITY=none is only for a server on this machine, and {chosen.host} is elsewhere"
    if chosen.ca_file is not None and not chosen.ca_file.is_file():
        return f"ARCORE_SMTP_CA_FILE {chosen.ca_file} is no file"
    return ""


def _login_problem(chosen: Server) -> str:
    secret = chosen.password.get_secret_value()
    if secret and chosen.token_command:
        return "ARCORE_SMTP_PASSWORD and ARCORE_SMTP_TOKEN_COMMAND are both set; leave one out"
    if (secret or chosen.token_command) and not chosen.user:
        return "ARCORE_SMTP_USER is missing"
    if chosen.user and not (secret or chosen.token_command):
        return "ARCORE_SMTP_PASSWORD or ARCORE_SMTP_TOKEN_COMMAND is missing"
    return _command_problem(chosen.token_command)


def sender(given: Settings) -> Party:
    """Return the name and address that the settings have letters come from. Raises BadInput."""
    return party(given.smtp_from.strip() or given.smtp_user.strip())


def sender_of(given: Settings, *, company: str, letterhead: str) -> Party:
    """Return who letters come from: the settings' address, else one in our letterhead, with our name.

    The address is "" when none is known; then letters can only leave as files, and the mail program fills it in.
    """
    for text in (given.smtp_from, given.smtp_user, *letterhead.splitlines()):
        try:
            found = party(text)
        except BadInput:
            continue
        return Party(found.name or company, found.address)
    return Party(company, "")


def is_loopback(host: str) -> bool:
    """Tell whether a host is this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def is_host(text: str) -> bool:
    """Tell whether a text can be a host: a name or an address of a machine."""
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return DOMAIN.fullmatch(text) is not None
    return True


def _command_problem(command: str) -> str:
    try:
        words = shlex.split(command)
    except ValueError:
        return "ARCORE_SMTP_TOKEN_COMMAND has a quotation mark without its partner"
    return "" if words or not command else "ARCORE_SMTP_TOKEN_COMMAND is empty"


def _sender_problem(given: Settings) -> str:
    try:
        sender(given)
    except BadInput as error:
        return f"ARCORE_SMTP_FROM is missing or can't be used: {error.message}"
    return ""
