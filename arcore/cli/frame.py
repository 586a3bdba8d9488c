"""What every command shares: the store, the answer for people or for scripts, dates, questions."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from dataclasses import field
from datetime import UTC
from datetime import date
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING
from typing import Any
from typing import Literal
from typing import TextIO

from arcore.errors import ArcoreError
from arcore.errors import BadInput

if TYPE_CHECKING:
    # Each takes a tenth of a second or more to load, and `--help` needs none.
    from rich.console import RenderableType
    from rich.table import Table
    from sqlalchemy import Engine

    from arcore.store.unit import Actor

Side = Literal["left", "right"]
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)
"""What a day may be: years around it can be counted back and forth, and nothing else was meant."""


@dataclass
class Call:
    """One use of the command line.

    Attributes:
        store: the address behind --store, empty when none was given.
        json: whether a script asked.
        document: what the command answered, written once it is done.
        out: standard output, which under --json nothing else may use.
    """

    store: str = ""
    json: bool = False
    document: Mapping[str, Any] | None = None
    out: TextIO = field(default_factory=lambda: sys.stdout)


_call: ContextVar[Call] = ContextVar("call")


@contextmanager
def called(call: Call) -> Iterator[None]:
    """Make this the call that commands answer."""
    token = _call.set(call)
    try:
        yield
    finally:
        _call.reset(token)


# --- the store --------------------------------------------------------------------------------------------------------


def store_url(default: str = "") -> str:
    """Return the address of the store: --store, else `default`, else the one of the settings."""
    from arcore.settings import settings

    return _call.get().store or default or settings().store_url


@contextmanager
def books(*, dry: bool = False, default: str = "") -> Iterator[Engine]:
    """Give the store of this call, created and migrated if need be.

    A `dry` run writes nothing: where there is no store yet it sees an empty one that is thrown away.
    Raises BadInput for an address that can't be read, Unavailable for a store that can't be opened.
    """
    from arcore.store.engine import open_engine
    from arcore.store.migrate import migrate

    with tempfile.TemporaryDirectory() as folder:
        url = store_url(default)
        if dry and is_missing(url):
            url = f"sqlite:///{folder}/empty.db"
        engine = open_engine(url)
        try:
            migrate(engine)
            yield engine
        finally:
            engine.dispose()


def is_missing(url: str) -> bool:
    """Tell whether a SQLite store's file is not there yet; a PostgreSQL database is made by its administrator."""
    path = url.removeprefix("sqlite:///")
    return path != url and not Path(path).exists()


def actor() -> Actor:
    """Return the local user, whose name the audit keeps."""
    from arcore.settings import settings
    from arcore.store.unit import Actor

    return Actor(settings().user)


# --- the answer -------------------------------------------------------------------------------------------------------


def show(document: Mapping[str, Any], *parts: RenderableType) -> None:
    """Answer: the document for scripts (amounts as text, see `arcore.money.plain`), the parts for people."""
    call = _call.get()
    if call.json:
        call.document = document
        return
    from rich.console import Console

    console = Console(highlight=False)
    for part in parts:
        # A sentence is never broken: a path in it has to stay whole.
        console.print(part, soft_wrap=isinstance(part, str))


def say(sentence: str) -> None:
    """Tell people something on the way; scripts don't see it."""
    sys.stderr.write(sentence + "\n")


def can_ask() -> bool:
    """Tell whether a person sits at a terminal; scripts are never asked."""
    return not _call.get().json and sys.stdin.isatty()


def confirm(question: str, *, yes: bool = False) -> bool:
    """Ask on a terminal; elsewhere, and for scripts, only `yes` counts as yes."""
    if yes:
        return True
    if not can_ask():
        return False
    import typer

    return typer.confirm(question, err=True)


def table(title: str, columns: Mapping[str, Side], rows: Iterable[Iterable[object]]) -> Table:
    """Draw rows for people; text from data is shown as it is, never as markup."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    drawn = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD)
    for name, side in columns.items():
        longest = max(map(len, name.split()), default=0)
        drawn.add_column(Text(name), justify=side, overflow="fold", min_width=longest)
    for row in rows:
        drawn.add_row(*(Text("" if cell is None else str(cell)) for cell in row))
    return drawn


def show_error(call: Call, error: ArcoreError) -> None:
    """Say what went wrong: the code, the sentence and the data for scripts, the sentence for people.

    It takes the place of whatever the command had answered before it failed.
    """
    call.document = None
    if call.json:
        write_json(call, {"error": error.as_dict()})
    say(error.message)


def announce(document: Mapping[str, Any], sentence: str) -> None:
    """Answer before the work is over, for a command that goes on until it is stopped."""
    call = _call.get()
    if call.json:
        write_json(call, document)
        return
    call.out.write(sentence + "\n")
    call.out.flush()


def write_json(call: Call, document: Mapping[str, Any]) -> None:
    """Write the one document of a call to standard output."""
    call.out.write(json.dumps(document, ensure_ascii=False, default=_plain) + "\n")
    call.out.flush()


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, Path):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no place in an answer")


# --- files ------------------------------------------------------------------------------------------------------------


def refuse_existing(file: Path, *, force: bool) -> None:
    """Raise BadInput where a file is there already, unless it may be written over."""
    if file.exists() and not force:
        raise BadInput(f"{file} is there already; --force writes over it", file=str(file))


def save(file: Path, content: bytes) -> None:
    """Write a file and the folders on its way. Raises Unavailable where that fails."""
    from arcore.errors import Unavailable

    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    except OSError as error:
        raise Unavailable(f"{file} can't be written: {error.strerror or error}", file=str(file)) from error


# --- what options mean ------------------------------------------------------------------------------------------------


def day(text: str | date) -> date:
    """Read a date from 1900 to 2199 written as 2026-10-31. Raises BadInput for anything else."""
    if isinstance(text, date):
        return text
    try:
        read = date.fromisoformat(text)
    except ValueError as error:
        raise BadInput(f"{text!r} is not a date; write it as 2026-10-31", value=text) from error
    return _meant(read, text)


def _meant(read: date, text: object) -> date:
    if not FIRST_DAY <= read <= LAST_DAY:
        raise BadInput(f"{str(text)!r} lies outside of the years {FIRST_DAY:%Y} to {LAST_DAY:%Y}", value=str(text))
    return read


def moment(text: str | datetime) -> datetime:
    """Read a moment written as 2026-10-31T17:00:00Z; without a zone it is UTC. Raises BadInput for anything else."""
    try:
        read = text if isinstance(text, datetime) else datetime.fromisoformat(text)
    except ValueError as error:
        raise BadInput(f"{text!r} is not a moment; write it as 2026-10-31T17:00:00Z", value=str(text)) from error
    _meant(read.date(), text)
    return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)


def today(engine: Engine) -> date:
    """Return the company's day: now, in its own time zone."""
    from arcore.company import queries

    return queries.today(queries.profile(engine).time_zone)
