"""Which system a table comes from, by the profiles that lie beside this module and those that users saved."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from arcore.errors import BadInput
from arcore.intake.profiles_read import PLAIN
from arcore.intake.profiles_read import Layout
from arcore.intake.profiles_read import Profile
from arcore.intake.profiles_read import Rules
from arcore.intake.profiles_read import read_profile
from arcore.intake.synonyms import squash
from arcore.intake.workbook import Cell

GENERIC = "generic"
SEARCHED = 60
"""A header is looked for in so many rows that hold something."""


class Recognised(NamedTuple):
    """The system of a table: its name, the layout that fits and what its words mean; GENERIC when none does."""

    name: str
    layout: Layout | None
    rules: Rules
    title: str = ""

    def field_of(self, header: str) -> str | None:
        """Return the field that the profile gives a column, "" for none, None when it says nothing of it."""
        return None if self.layout is None else self.layout.columns.get(squash(header))


NOBODY = Recognised(GENERIC, None, PLAIN)


@cache
def built_in() -> tuple[Profile, ...]:
    """Return the profiles that come with arcore, by name; read once."""
    folder = files("arcore.intake") / "profiles"
    found = [
        read_profile(one.read_text(encoding="utf-8"), where=one.name)
        for one in folder.iterdir()
        if one.name.endswith(".toml")
    ]
    return tuple(sorted(found, key=lambda profile: profile.name))


def named(name: str, own: Sequence[Profile] = ()) -> Profile | None:
    """Return a profile by its name, None when there is none."""
    return next((one for one in (*own, *built_in()) if one.name == name), None)


def chosen(name: str | None, own: Sequence[Profile] = ()) -> tuple[Profile, ...]:
    """Return the profiles that count: all, own ones first, or the one that was asked for by name.

    A name that no profile has is only what the system is called, so nothing counts then.
    """
    if name is None:
        return (*own, *built_in())
    found = named(name, own)
    return (found,) if found else ()


def check_name(name: str, own: Sequence[Profile] = ()) -> None:
    """Raise BadInput with all names when a profile is asked for that does not exist."""
    if named(name, own) is None:
        names = ", ".join(one.name for one in (*own, *built_in()))
        raise BadInput(f"There is no profile “{name}”; there are {names}.", profile=name)


def recognise(header: Iterable[str], titles: Sequence[str], profiles: Sequence[Profile]) -> Recognised:
    """Return the profile with the layout that names most of the header; the first of equals."""
    names = {squash(name) for name in header}
    text = " ".join(titles).casefold()
    best, most = NOBODY, 0
    for profile in profiles:
        for layout in profile.layouts:
            weight = len(layout.headers) + bool(layout.titles)
            if weight > most and layout.headers <= names and _titled(layout, text):
                best, most = Recognised(profile.name, layout, profile.rules, profile.title), weight
    return best


def _titled(layout: Layout, text: str) -> bool:
    return not layout.titles or any(word in text for word in layout.titles)


def header_row(rows: Sequence[Sequence[Cell]], profiles: Sequence[Profile]) -> int:
    """Return the first row that holds every header of a layout, −1 when none does."""
    wanted = [layout.headers for profile in profiles for layout in profile.layouts]
    seen = 0
    for index, row in enumerate(rows):
        names = {squash(cell) for cell in row if isinstance(cell, str) and len(cell) <= 200}
        seen += bool(names)
        if seen > SEARCHED:
            break
        if len(names) > 1 and any(headers <= names for headers in wanted):
            return index
    return -1
