"""The verbs of delivery: which way letters leave, handing one over, checking the line, a test mail."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from collections.abc import Sequence
from contextlib import contextmanager
from datetime import UTC
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine

from arcore.company import queries as company
from arcore.delivery import outbox
from arcore.delivery.fate import Cause
from arcore.delivery.fate import Fate
from arcore.delivery.fate import State
from arcore.delivery.message import Attachment
from arcore.delivery.message import Party
from arcore.delivery.message import build
from arcore.delivery.message import new_header_id
from arcore.delivery.message import usable_address
from arcore.delivery.smtp import Closed
from arcore.delivery.smtp import Line
from arcore.delivery.smtp import Lost
from arcore.delivery.way import Way
from arcore.delivery.way import choose
from arcore.delivery.way import sender_of
from arcore.delivery.way import server
from arcore.errors import BadInput
from arcore.settings import settings
from arcore.store.unit import Actor
from arcore.store.unit import Facts
from arcore.store.unit import Unit
from arcore.store.unit import commit
from arcore.store.unit import refuse_reader

__all__ = [
    "Attachment",
    "Cause",
    "Fate",
    "Line",
    "Party",
    "State",
    "Way",
    "build",
    "check",
    "deliver",
    "line",
    "new_header_id",
    "ready",
    "send_test",
    "sender",
    "usable_address",
    "way",
    "written",
]


def way(engine: Engine) -> Way:
    """Return the way that letters of this store leave; the sample company's never leave by mail."""
    given = settings()
    url = engine.url.render_as_string(hide_password=False)
    return choose(given, sample=company.profile(engine).sample or url == given.sample_url)


def ready(engine: Engine) -> Way:
    """Return the way, if something can leave on it; ask this before a message is prepared. Raises BadInput."""
    found = way(engine)
    if found.problem:
        raise BadInput(found.problem)
    return found


def sender(engine: Engine) -> Party:
    """Return who letters come from; the address is "" when none is known, which only files can bear."""
    profile = company.profile(engine)
    return sender_of(settings(), company=profile.name, letterhead=profile.sender)


@contextmanager
def line(chosen: Way) -> Iterator[Line | None]:
    """Keep one line to the mail server for several messages; None where they become files."""
    if chosen.name == "file" or chosen.problem:
        yield None
        return
    with Line(server(settings())) as held:
        yield held


def deliver(
    chosen: Way,
    raw: bytes,
    *,
    sender: str,
    recipients: Sequence[str],
    header_id: str,
    on: Line | None = None,
) -> Fate:
    """Hand a message over, exactly these bytes, and return its fate. Call it outside of any transaction.

    `sender` and `recipients` are bare addresses; `on` is a line kept by `line`. Never raises for what a server, a
    line or a disk may do.
    """
    if chosen.problem:
        return Fate("refused", f"{chosen.problem}; nothing left", cause="way")
    if chosen.name == "file":
        return outbox.write(chosen.folder, raw, header_id)
    if wrong := _misfits((sender, *recipients)):
        return Fate("refused", f"{wrong}; nothing left", cause="address")
    if on is not None:
        return on.send(raw, sender=sender, recipients=recipients)
    with Line(server(settings())) as held:
        return held.send(raw, sender=sender, recipients=recipients)


def written(folder: Path, header_id: str) -> Path | None:
    """Return the file of a message that left as one, None when there is none in `folder` (see Way.folder)."""
    found = outbox.file_for(folder, header_id)
    return found if found.is_file() else None


def check(engine: Engine) -> str:
    """Try the way without sending anything and return the sentence that says it works.

    By mail: connect, lock the line, log in, NOOP. As files: write one and remove it. Raises BadInput, which says
    why nothing would leave.
    """
    chosen = ready(engine)
    if chosen.name == "file":
        return _check_folder(chosen)
    to = server(settings())
    with Line(to) as held:
        try:
            said = held.check()
        except (Closed, Lost) as error:
            raise BadInput(str(error)) from error
    who = f" as {to.user}" if to.user else ""
    return f"{to.name} answers{who}: {said}"


def send_test(engine: Engine, *, to: str, actor: Actor) -> Facts:
    """Send a test mail to oneself the way that letters leave; the audit keeps that it was sent, not to whom.

    Returns state and words. Raises BadInput when it did not leave, NotAllowed for a viewer.
    """
    refuse_reader(actor, "may not send a test mail")
    chosen, whose, address = ready(engine), sender(engine), usable_address(to)
    header_id = new_header_id(f"test:{secrets.token_hex(8)}", "", whose)
    raw = build(
        sender=whose,
        recipients=[Party("", address)],
        subject="Test mail from arcore",
        text="This is a test. Letters to customers will leave the same way.\n",
        header_id=header_id,
        at=datetime.now(UTC),
        draft=chosen.name == "file",
    )
    fate = deliver(chosen, raw, sender=whose.address, recipients=[address], header_id=header_id)

    def body(unit: Unit) -> Facts:
        unit.changed.update(way=chosen.name, state=fate.state, **unit.masked({"to": address}))
        return {"state": fate.state}

    commit(engine, body, actor=actor, verb="send_test_mail", subject="delivery")
    if fate.state == "refused":
        raise BadInput(fate.words)
    return {"state": fate.state, "words": fate.words, "file": fate.file}


def _misfits(addresses: Sequence[str]) -> str:
    for address in addresses:
        try:
            usable_address(address)
        except BadInput as error:
            return error.message
    return "" if len(addresses) > 1 else "A letter needs somebody to go to"


def _check_folder(chosen: Way) -> str:
    probe = chosen.folder / ".check"
    try:
        chosen.folder.mkdir(parents=True, exist_ok=True)
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        msg = f"{chosen.folder} can't be written: {error.strerror or type(error).__name__}"
        raise BadInput(msg) from error
    return chosen.words
