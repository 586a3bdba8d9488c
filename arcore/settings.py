"""What may be set from outside, read once: `ARCORE_…` variables or a `.env` file."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic import SecretStr
from pydantic import ValidationError
from pydantic_settings import BaseSettings
from pydantic_settings import SettingsConfigDict

from arcore.errors import BadInput

ROOT = Path(__file__).resolve().parents[1]
"""The folder of the program."""

DATABASE_FILE = "arcore.db"


class Settings(BaseSettings):
    """The program's settings; each is a variable of the same name in capitals behind `ARCORE_`.

    Attributes:
        data_dir: folder of everything that is born here: the books, the sample, logs, compiled code.
        database_url: address of the books; empty means `arcore.db` in `data_dir`.
        user: the one local user, whose name the audit keeps.
        address: what `serve` listens on; only loopback, as long as there is no sign-in.
        port: what `serve` listens on; 0 takes any free port.
        upload_mb: the largest file that a page takes.
        log_level: what the log keeps.
        today: what "today" is, for tests and pictures; empty means the real day in the company's time zone.
        smtp_host: the mail server that letters leave through; empty means files in `outbox` of `data_dir`.
        smtp_port: its port; 0 means 587 for starttls, 465 for tls, 25 for none.
        smtp_security: how the line is locked; none only to this machine.
        smtp_user: who logs in there; empty means nobody does.
        smtp_password: with which password.
        smtp_token_command: or with the OAuth2 token that this command prints (Microsoft 365, Google).
        smtp_from: the address, with or without a name, that letters come from; empty means smtp_user.
        smtp_timeout: seconds until a silent server is given up.
        smtp_ca_file: certificates (PEM) to trust instead of the system's.
    """

    model_config = SettingsConfigDict(
        env_prefix="ARCORE_", env_file=ROOT / ".env", env_file_encoding="utf-8", env_ignore_empty=True, extra="ignore"
    )

    data_dir: Path = ROOT / "data"
    database_url: str = ""
    user: str = Field(default="local", min_length=1, max_length=80)
    address: str = "127.0.0.1"
    port: int = Field(default=8501, ge=0, le=65535)
    upload_mb: int = Field(default=50, ge=1, le=500)
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    today: date | None = None
    smtp_host: str = ""
    smtp_port: int = Field(default=0, ge=0, le=65535)
    smtp_security: Literal["starttls", "tls", "none"] = "starttls"
    smtp_user: str = ""
    smtp_password: SecretStr = SecretStr("")
    smtp_token_command: str = Field(default="", repr=False)
    smtp_from: str = ""
    smtp_timeout: float = Field(default=60, gt=0, le=120)
    smtp_ca_file: Path | None = None

    @property
    def store_url(self) -> str:
        """The address of the books."""
        return self.database_url or _sqlite_url(self.data_dir / DATABASE_FILE)

    @property
    def sample_url(self) -> str:
        """The address of the sample company, always a file of its own."""
        return _sqlite_url(self.data_dir / "sample.db")

    @property
    def outbox_dir(self) -> Path:
        """The folder of letters that leave as files."""
        return self.data_dir / "outbox"

    @property
    def log_dir(self) -> Path:
        """The folder of the log."""
        return self.data_dir / "log"


@cache
def settings() -> Settings:
    """Return the settings, read once per process. Raises BadInput when one can't be understood."""
    try:
        return Settings()
    except ValidationError as error:
        wrong = error.errors()[0]
        name = "ARCORE_" + "_".join(str(part) for part in wrong["loc"]).upper()
        raise BadInput(f"{name} can't be used: {wrong['msg']}", setting=name, value=str(wrong["input"])) from error


def _sqlite_url(path: Path) -> str:
    return f"sqlite:///{path}"
