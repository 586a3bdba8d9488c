"""Write the posting list as a file for a general ledger. What stands in which column is data: `profiles/*.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from typing import NamedTuple

from arcore.errors import BadInput
from arcore.intake.posting.line import LABELS
from arcore.intake.posting.line import MATCH
from arcore.intake.posting.line import Line
from arcore.intake.queries import FORMULA
from arcore.ledger.kinds import BY_NAME
from arcore.money import from_minor

HERE = Path(__file__).parent / "profiles"
DEFAULT = "generic"
VALUES = frozenset(
    "id type date number code customer currency debit credit amount side receivables counter against first_against "
    "reason entity by text".split()
)
"""What a column can hold; one without a value stays empty."""


@dataclass(frozen=True)
class Profile:
    """How a general ledger wants its file; every attribute is a key of the TOML.

    Attributes:
        columns: name, value and, where they apply, longest (letters) and plain (never in quotes).
        first: a line above the header, with {created}, {year}, {from}, {to}, {currency} and {digits} filled in.
        accounts: the counter account by kind.
        leaves_out: kinds that have no place in the file.
        sides: how debit and credit are written.
        one_year: its dates have no year, so one file holds one year, the oldest first.
        numeric_codes: customer codes have to be account numbers.
        text: the TOML itself, kept with an export so that its file can be written again.
    """

    name: str
    title: str
    columns: tuple[Mapping[str, Any], ...]
    encoding: str = "utf-8"
    delimiter: str = ","
    decimal: str = "."
    dates: str = "%Y-%m-%d"
    ending: str = "csv"
    newline: str = "\n"
    file_prefix: str = ""
    quote_text: bool = False
    one_year: bool = False
    numeric_codes: bool = False
    receivables: str = ""
    sides: tuple[str, str] = ("D", "C")
    first: tuple[Any, ...] = ()
    leaves_out: tuple[str, ...] = ()
    accounts: Mapping[str, str] = field(default_factory=dict)
    text: str = ""


class Written(NamedTuple):
    """A file: its name, its bytes, the lines in it, and what was left out of it and why."""

    name: str
    content: bytes
    lines: tuple[Line, ...]
    left_out: tuple[str, ...]


class Total(NamedTuple):
    """What lines of a currency come to, in minor units; matches are in neither: they move nothing."""

    currency: str
    debit: int
    credit: int
    size: int

    @property
    def net(self) -> int:
        """Return by how much the receivables rise."""
        return self.debit - self.credit


def names() -> tuple[str, ...]:
    """Return the profiles that come with the program, the usual one first."""
    found = sorted(path.stem for path in HERE.glob("*.toml"))
    return (DEFAULT, *(name for name in found if name != DEFAULT))


def load(name: str) -> Profile:
    """Return a profile by name, or from a TOML file of one's own. Raises BadInput."""
    path = HERE / f"{name}.toml" if name in names() else Path(name)
    if path.suffix != ".toml" or not path.is_file():
        raise BadInput(f"{name!r} is no profile; one of {', '.join(names())}, or a TOML file", profile=name)
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise BadInput(f"The profile {path} can't be read: {error}", profile=str(path)) from error
    return parse(path.stem, text)


def parse(name: str, text: str) -> Profile:
    """Return a profile from the text of its TOML. Raises BadInput."""
    try:
        told = tomllib.loads(text)
        values: dict[str, Any] = {key: tuple(v) if isinstance(v, list) else v for key, v in told.items()}
        made = Profile(**(values | {"name": name[:40], "text": text}))
        strange = {str(column.get("value", "")) for column in made.columns} - VALUES - {""}
        made.title.encode(made.encoding)
    except (ValueError, TypeError, AttributeError, LookupError) as error:
        raise BadInput(f"The profile {name} can't be used: {error}", profile=name) from error
    if strange:
        raise BadInput(f"The profile {name} names what no line has: {', '.join(sorted(strange))}", profile=name)
    return made


def totals(lines: Sequence[Line]) -> list[Total]:
    """Add lines up by currency."""
    found = []
    for currency in sorted({line.currency for line in lines}):
        mine = [line for line in lines if line.currency == currency]
        moving = [line.amount for line in mine if line.kind != MATCH]
        debit, credit = sum(a for a in moving if a > 0), -sum(a for a in moving if a < 0)
        found.append(Total(currency, debit, credit, len(mine)))
    return found


def write(profile: Profile, lines: Sequence[Line], *, at: datetime) -> Written:
    """Write lines as the profile says. Raises BadInput when nothing is left to write, or a code is no account."""
    chosen = [line for line in lines if line.kind not in profile.leaves_out]
    left_out = []
    if short := len(lines) - len(chosen):
        kinds = sorted({line.kind.replace("_", " ") for line in lines if line.kind in profile.leaves_out})
        left_out.append(f"{short} lines have no place in this file: {', '.join(kinds)}")
    if profile.one_year and chosen:
        year = min(line.on.year for line in chosen)
        later = [line for line in chosen if line.on.year != year]
        chosen = [line for line in chosen if line.on.year == year]
        if later:
            left_out.append(f"{len(later)} lines of later years go into a file of their own: export again")
    if not chosen:
        raise BadInput("Nothing is there to post", profile=profile.name)
    if profile.numeric_codes and (bad := sorted({line.code for line in chosen if not line.code.isdecimal()})):
        raise BadInput(
            f"{len(bad)} customers have a code that is no account number, such as {bad[0]!r}; {profile.title} needs it",
            codes=bad[:20],
        )
    text = _text(profile, chosen, at)
    name = f"{profile.file_prefix}posting-{at:%Y%m%d-%H%M%S}.{profile.ending}"
    return Written(name, text.encode(profile.encoding, errors="replace"), tuple(chosen), tuple(left_out))


def _text(profile: Profile, lines: Sequence[Line], at: datetime) -> str:
    header: list[str] = [_Plain(column["name"]) for column in profile.columns]
    rows = [header, *([_cell(profile, column, line) for column in profile.columns] for line in lines)]
    if profile.first:
        rows.insert(0, [_filled(cell, lines, at) for cell in profile.first])
    return "".join(profile.delimiter.join(_written(profile, cell) for cell in row) + profile.newline for row in rows)


class _Plain(str):
    """A text that is quoted only where it has to be."""

    __slots__ = ()


def _written(profile: Profile, cell: str) -> str:
    needed = any(sign in cell for sign in (profile.delimiter, '"', "\n", "\r"))
    if needed or (profile.quote_text and not isinstance(cell, _Plain)):
        return '"' + cell.replace('"', '""') + '"'
    return cell


def _filled(cell: Any, lines: Sequence[Line], at: datetime) -> str:
    if not isinstance(cell, str) or not cell:
        return _Plain(cell)
    days = sorted(line.on for line in lines)
    codes = {line.currency for line in lines}
    digits = max((len(line.code) for line in lines), default=5) - 1
    text = (
        cell.replace("{created}", f"{at:%Y%m%d%H%M%S}000").replace("{year}", str(days[0].year))
        .replace("{from}", f"{days[0]:%Y%m%d}").replace("{to}", f"{days[-1]:%Y%m%d}")
        .replace("{currency}", codes.pop() if len(codes) == 1 else "EUR").replace("{digits}", str(max(4, digits)))
    )  # fmt: skip
    return _Plain(text) if text.isdecimal() else text


def _cell(profile: Profile, column: Mapping[str, Any], line: Line) -> str:
    value = str(column.get("value", ""))
    if value in {"debit", "credit", "amount"}:
        return _Plain(_amount(profile, value, line))
    text = _value(profile, value, line)[: int(column.get("longest", 500))]
    if column.get("plain") or not text:
        return _Plain(text)
    return f"'{text}" if text.startswith(FORMULA) else text


def _amount(profile: Profile, value: str, line: Line) -> str:
    """Write an amount without sign; a match is on both sides, so that the columns foot."""
    on_side = {"debit": line.amount > 0, "credit": line.amount < 0 or line.kind == MATCH, "amount": True}
    if not on_side[value]:
        return ""
    amount: Decimal = from_minor(abs(line.amount), line.currency)
    return format(amount, "f").replace(".", profile.decimal)


def _value(profile: Profile, value: str, line: Line) -> str:
    label = LABELS.get(line.kind) or BY_NAME[line.kind].label
    texts = {
        "id": line.subject,
        "type": f"{label}, taken back" if line.takes_back else label,
        "date": line.on.strftime(profile.dates),
        "number": line.number,
        "code": line.code,
        "customer": line.customer,
        "currency": line.currency,
        "side": profile.sides[0] if line.amount > 0 else profile.sides[1],
        "receivables": profile.receivables,
        "counter": profile.accounts.get(line.kind, ""),
        "against": " ".join(line.against),
        "first_against": line.against[0] if line.against else line.number,
        "reason": line.reason.replace("_", " "),
        "entity": line.entity,
        "by": line.recorded_by,
        "text": " ".join(part for part in (label, line.number, line.customer) if part),
    }
    return texts.get(value, "")
