"""What a sheet rests on: where its header is, which system it comes from, which column is what."""

from __future__ import annotations

from collections.abc import Collection
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from datetime import date
from pathlib import PurePath
from typing import NamedTuple

from arcore.errors import BadInput
from arcore.intake.cells import text_of
from arcore.intake.columns import Columns
from arcore.intake.columns import completed
from arcore.intake.columns import match_columns
from arcore.intake.columns import only_sure
from arcore.intake.files import Opened
from arcore.intake.files import Sheet
from arcore.intake.headerless import Guess
from arcore.intake.headerless import guess_columns
from arcore.intake.headerless import likely_header
from arcore.intake.layout import find_header
from arcore.intake.layout import fingerprint
from arcore.intake.layout import samples_of
from arcore.intake.profiles import NOBODY
from arcore.intake.profiles import Recognised
from arcore.intake.profiles import chosen
from arcore.intake.profiles import header_row
from arcore.intake.profiles import recognise
from arcore.intake.profiles_read import Layout
from arcore.intake.profiles_read import Profile
from arcore.intake.profiles_rows import prepare
from arcore.intake.understood import GUESSED
from arcore.intake.workbook import Cell

MORE_THAN_ENOUGH = 3
"""So much has to speak for a list of documents whose header names other things, too."""


@dataclass(frozen=True)
class Options:
    """What the caller knows better than the file; see `reading.understand`."""

    currency: str | None = None
    as_of: date | None = None
    mapping: Mapping[int, str] | Mapping[str, Mapping[int, str]] = field(default_factory=dict)
    day_first: bool | Mapping[str, bool] | None = None
    profile: str | None = None
    usual_day_first: Mapping[str, bool] = field(default_factory=dict)
    usual_snapshots: Collection[str] = ()
    own_profiles: Sequence[Profile] = ()

    @property
    def profiles(self) -> tuple[Profile, ...]:
        """Return the profiles that count: the one that was asked for, else all."""
        return chosen(self.profile, self.own_profiles)

    def fields_for(self, header: Sequence[str]) -> dict[int, str]:
        """Return the corrections for a table with this header; positions may have come as text from JSON."""
        mine: object = self.mapping.get(fingerprint(header))  # type: ignore[call-overload]
        if not isinstance(mine, Mapping):
            mine = {} if any(isinstance(value, Mapping) for value in self.mapping.values()) else self.mapping
        return {int(position): str(name) for position, name in mine.items()}

    def day_first_for(self, header: Sequence[str]) -> bool | None:
        """Return how the caller wants dates read in a table with this header."""
        if isinstance(self.day_first, Mapping):
            return self.day_first.get(fingerprint(header))
        return self.day_first


class Basis(NamedTuple):
    """Where the header of a sheet is (−1: nowhere) and which column is what."""

    place: int
    header: list[str]
    columns: Columns
    sheet: Sheet
    dropped: int
    guessed: bool
    system: Recognised = NOBODY
    evidence: tuple[str, ...] = ()


class Unknown(NamedTuple):
    """A table of which no column is known: where its header is, what to call its columns, why nothing was guessed."""

    place: int
    header: list[str]
    reason: str


def numbered(sheet: Sheet) -> list[str]:
    """Return names for the columns of a table without a header."""
    return [f"Column {position + 1}" for position in range(max(len(row) for row in sheet.rows))]


def basis_of(opened: Opened, sheet: Sheet, options: Options) -> Basis | Unknown:
    """Find header, system and columns. Raises BadInput for what is no table at all."""
    place = _header_place(sheet, options)
    return _by_content(opened, sheet, options) if place < 0 else _by_names(sheet, place, options)


def names_of(sheet: Sheet) -> tuple[int, list[str]]:
    """Return where the header is of which no name is known (−1: there is none), and what to call its columns."""
    place = likely_header(sheet.rows)
    numbers = numbered(sheet)
    if place < 0:
        return -1, numbers
    names = _trimmed(sheet.rows[place])
    return place, [*(name or numbers[n] for n, name in enumerate(names)), *numbers[len(names) :]]


def _by_names(sheet: Sheet, place: int, options: Options) -> Basis:
    system = _system(sheet, place, options)
    sheet, dropped = prepare(sheet, place, system.rules)
    header = _trimmed(sheet.rows[place])
    samples = samples_of(sheet, place, len(header))
    columns = match_columns(header, samples, options.fields_for(header), _told(header, system), system.title)
    return Basis(place, header, columns, sheet, dropped, guessed=False, system=system)


def _by_content(opened: Opened, sheet: Sheet, options: Options) -> Basis | Unknown:
    """Guess the columns of a table without a header, or with one of which no name is known."""
    place, header = names_of(sheet)
    width = len(header)
    if width < 2:
        name = opened.path
        raise BadInput(f"{name} holds no table: nothing splits its lines into columns.", file=name)
    chosen = options.fields_for(header)
    system = recognise(header, (), options.own_profiles)
    told = _told(header, system)
    columns = only_sure(match_columns(header, samples_of(sheet, place, width), chosen, told, system.title))
    guess = _guess(opened, sheet, place, columns, chosen)
    if not guess.fields and not chosen and not told:
        return Unknown(place, header, guess.reason)
    columns = completed(columns, guess.fields)
    guessed = place < 0 or any(match.why.startswith(GUESSED) for match in columns.matches)
    return Basis(place, header, columns, sheet, 0, guessed=guessed, system=system, evidence=guess.evidence)


def by_names_and_content(opened: Opened, basis: Basis, options: Options) -> Basis:
    """Return a basis of whose columns few have a known name with the others told by their content, if they can be."""
    columns = only_sure(basis.columns)
    guess = _guess(opened, basis.sheet, basis.place, columns, options.fields_for(basis.header))
    if not guess.fields or len(guess.evidence) < MORE_THAN_ENOUGH:
        return basis
    return basis._replace(columns=completed(columns, guess.fields), guessed=True, evidence=guess.evidence)


def _guess(opened: Opened, sheet: Sheet, place: int, columns: Columns, chosen: Mapping[int, str]) -> Guess:
    return guess_columns(
        sheet.rows[place + 1 :],
        len(columns.matches),
        known={match.position: match.field for match in columns.matches if match.field} | dict(chosen),
        titles=[*titles_of(sheet, place), PurePath(opened.path).stem],
        prefers_comma=opened.delimiter == ";",
        sure=bool(chosen),
    )


def _told(header: Sequence[str], system: Recognised) -> dict[int, str]:
    return {n: name for n, head in enumerate(header) if (name := system.field_of(head)) is not None}


def _header_place(sheet: Sheet, options: Options) -> int:
    """Return where the header is: where a profile that was asked for or saved finds its own, else by known names."""
    mine = options.profiles if options.profile else options.own_profiles
    place = header_row(sheet.rows, mine) if mine else -1
    if place < 0:
        place = find_header(sheet).place
    return place if place >= 0 else header_row(sheet.rows, options.profiles)


def _system(sheet: Sheet, place: int, options: Options) -> Recognised:
    """Return the system of a table; one that was asked for counts for a layout that it does not know, too."""
    profiles, header = options.profiles, _trimmed(sheet.rows[place])
    mine = [one for one in profiles if one in options.own_profiles]
    for several in (mine, profiles):
        found = recognise(header, titles_of(sheet, place), several)
        if found.layout:
            return found
    if not options.profile or not profiles:
        return NOBODY
    columns = {name: field for layout in profiles[0].layouts for name, field in layout.columns.items()}
    return Recognised(profiles[0].name, Layout(frozenset(), columns=columns), profiles[0].rules, profiles[0].title)


def _trimmed(row: Sequence[Cell]) -> list[str]:
    """Return a header without the blank cells behind it."""
    header = [text_of(cell) for cell in row]
    while header and not header[-1]:
        header.pop()
    return header


def titles_of(sheet: Sheet, place: int) -> list[str]:
    """Return the texts above the header, and the sheet's name."""
    above = [text_of(cell) for row in sheet.rows[: max(place, 0)] for cell in row if cell != ""]
    return [*above, sheet.name]
