"""Profiles that users keep: made from a corrected file, saved, shared as TOML, deleted; each an audit event."""

from __future__ import annotations

import json
from collections.abc import Iterable
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Engine
from sqlalchemy import select
from sqlmodel import Session
from sqlmodel import col

from arcore.errors import BadInput
from arcore.errors import NotFound
from arcore.intake.columns import BY_HAND
from arcore.intake.profiles import named
from arcore.intake.profiles_read import FILE_KINDS
from arcore.intake.profiles_read import Profile
from arcore.intake.profiles_read import read_profile
from arcore.intake.synonyms import squash
from arcore.intake.understood import OTHER
from arcore.intake.understood import ColumnMatch
from arcore.intake.understood import Understood
from arcore.store.company import CompanySetting
from arcore.store.engine import reading
from arcore.store.unit import Actor
from arcore.store.unit import Facts
from arcore.store.unit import Unit
from arcore.store.unit import commit
from arcore.store.unit import refuse_reader

SETTING = "import_profiles"
"""Under this name the company's settings keep name → TOML of each."""
MOST = 200
"""Profiles that a company keeps."""


def own_profiles(engine: Engine) -> tuple[Profile, ...]:
    """Return the profiles that users saved, by name."""
    with reading(engine) as session:
        return tuple(read_profile(text, where=name) for name, text in sorted(_texts(session).items()))


def save_own(engine: Engine, text: str, *, actor: Actor, key: str | None = None) -> Facts:
    """Save a profile; one of the same name is replaced, and its text returned as `before`.

    Raises BadInput with a line for bad TOML and for the name of a built-in profile, NotAllowed, Unavailable.
    """
    _allow(actor)
    profile = read_profile(text)
    if named(profile.name) is not None:
        raise BadInput(f"“{profile.name}” is a profile of arcore itself; give yours another name.", name=profile.name)

    def body(unit: Unit) -> Facts:
        texts = _texts(unit.session)
        before = texts.get(profile.name, "")
        if len(texts) >= MOST and not before:
            raise BadInput(f"At most {MOST} profiles are kept; delete one that is not used any more.")
        _write(unit, {**texts, profile.name: profile.text})
        return _told(unit, profile.name, before)

    return commit(engine, body, actor=actor, verb="save_import_profile", key=key, content={"text": profile.text})


def delete_own(engine: Engine, name: str, *, actor: Actor, key: str | None = None) -> Facts:
    """Delete a profile and return its text as `before`, to save it again. Raises NotFound, NotAllowed, Unavailable."""
    _allow(actor)

    def body(unit: Unit) -> Facts:
        texts = _texts(unit.session)
        if name not in texts:
            raise NotFound(f"There is no saved profile “{name}”", name=name)
        before = texts.pop(name)
        _write(unit, texts)
        return _told(unit, name, before)

    return commit(engine, body, actor=actor, verb="delete_import_profile", key=key, content={"name": name})


def _allow(actor: Actor) -> None:
    refuse_reader(actor, "may look at profiles but not change them")


def _told(unit: Unit, name: str, before: str) -> Facts:
    unit.subject = f"import_profile:{name}"
    unit.changed.update(name=name, before=before)
    return {"name": name, "before": before}


def _texts(session: Session) -> dict[str, str]:
    value = session.execute(select(col(CompanySetting.value)).where(col(CompanySetting.name) == SETTING)).scalar()
    return dict(json.loads(value)) if value else {}


def _write(unit: Unit, texts: dict[str, str]) -> None:
    unit.session.merge(CompanySetting(name=SETTING, value=json.dumps(texts, ensure_ascii=False, sort_keys=True)))
    unit.session.flush()


# --- made from a file -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Shown:
    """A column that a profile can name: its header and the field it was taken for."""

    header: str
    field: str


def name_of(title: str) -> str:
    """Return the name of a profile for what people call it: "My ERP (new)" → "my_erp_new"."""
    words = "".join(mark if mark.isascii() and mark.isalnum() else " " for mark in title.casefold()).split()
    name = "_".join(words)[:40].strip("_")
    return name if name[:1].isalpha() and len(name) > 1 else f"profile_{name}".rstrip("_")[:40]


def profile_text(one: Understood, title: str) -> str:
    """Write the profile of files like this one as TOML. Raises BadInput where its header has too few names."""
    shown = list(_columns(one.columns))
    used = [column for column in shown if column.field]
    if len({squash(column.header) for column in used}) < 2:
        raise BadInput("A profile needs at least two columns that are taken for something and have a name.")
    clean = " ".join(title.split()) or "My system"
    lines = [
        f"name = {_text(name_of(clean))}",
        f"title = {_text(clean)}",
        f"about = {_text('Saved from ' + one.path.replace(chr(92), '/').rsplit('/', 1)[-1])}",
        "",
        "[[layout]]",
        f"headers = [{', '.join(_text(column.header) for column in used)}]",
    ]
    if one.kind in FILE_KINDS and one.kind != OTHER:
        lines.append(f"kind = {_text(one.kind)}")
    lines += ["[layout.columns]", *(f"{_text(column.header)} = {_text(column.field)}" for column in shown)]
    if one.day_first is not None:
        lines += ["", "[defaults]", f"day_first = {'true' if one.day_first else 'false'}"]
    return "\n".join(lines) + "\n"


def _columns(matches: Iterable[ColumnMatch]) -> Iterable[_Shown]:
    """Yield the columns with a name: those that are used, and those that a person left out; a name counts once."""
    seen: set[str] = set()
    ordered: Sequence[ColumnMatch] = sorted(matches, key=lambda match: not match.field)
    for match in ordered:
        squashed = squash(match.column)
        if squashed and squashed not in seen and (match.field or match.why.startswith(BY_HAND)):
            seen.add(squashed)
            yield _Shown(match.column, match.field)


def _text(text: str) -> str:
    """Write a text as TOML: the escapes of JSON are among those of TOML."""
    return json.dumps("".join(mark if mark.isprintable() else " " for mark in text), ensure_ascii=False)
