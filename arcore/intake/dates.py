"""Dates in files: the order of day and month is decided once per column with evidence, never cell by cell."""

from __future__ import annotations

import re
from collections.abc import Hashable
from collections.abc import Iterable
from collections.abc import Sequence
from datetime import date
from datetime import datetime
from datetime import timedelta
from typing import NamedTuple

EARLIEST = 1980
LATEST = 2100
"""Years outside are typing errors or other numbers."""
_EXCEL_EPOCH = date(1899, 12, 30)
_SERIALS = range(29221, 73416)
"""Excel day numbers of 1 January 1980 to 31 December 2100."""

_MONTHS = {
    1: "january januar janvier enero gennaio januari janeiro jan janv ene gen jän jänner styczeń stycznia sty január",
    2: "february februar février febrero febbraio februari fevereiro feb fév févr fev luty lutego lut február",
    3: "march märz mars marzo maart março mar mär mrz maa mrt maerz marzec marca március márc",
    4: "april avril abril aprile apr avr abr kwiecień kwietnia kwi április ápr",
    5: "may mai mayo maggio mei maio mag maj maja május máj",
    6: "june juni juin junio giugno junho jun giu czerwiec czerwca cze június jún",
    7: "july juli juillet julio luglio julho jul juil lug lipiec lipca lip július júl",
    8: "august août agosto augustus aug aoû ago aout sierpień sierpnia sie augusztus",
    9: "september septembre septiembre settembre setembro sep sept set wrzesień września wrz szeptember szept",
    10: "october oktober octobre octubre ottobre outubro oct okt ott out październik października paź október",
    11: "november novembre noviembre novembro nov listopad listopada lis",
    12: "december dezember décembre diciembre dicembre dezembro dec dez déc dic grudzień grudnia gru",
}
MONTHS = {name: number for number, names in _MONTHS.items() for name in names.split()}

_TIME = r"(?:[t ,]\s*\d{1,2}[:.]\d{2}.*)?\Z"
_WEEKDAY = r"(?:[^\W\d_]{2,},\s*)?"
_NUMERIC = re.compile(
    r"(?P<first>\d{1,2})(?P<mark>[-/. ])(?P<second>\d{1,2})(?P=mark)\s?(?P<year>\d{4}|\d{2})\.?" + _TIME
)
_OTHERS = (
    re.compile(r"(?P<year>\d{4})(?P<mark>[-/.]) ?(?P<month>\d{1,2})(?P=mark) ?(?P<day>\d{1,2})\.?" + _TIME),
    re.compile(r"(?P<year>\d{4}) ?[年년] ?(?P<month>\d{1,2}) ?[月월] ?(?P<day>\d{1,2}) ?[日일]?" + _TIME),
    re.compile(r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})(?:t?\d{4,6})?(?:\[.*\])?\Z"),
    re.compile(
        _WEEKDAY
        + r"(?P<day>\d{1,2})(?:st|nd|rd|th|er|\.)?[-\s/.]*(?:de\s+)?(?P<month>[^\W\d_]+)\.?[-\s/.,]*(?:de\s+)?"
        + r"(?P<year>\d{4}|\d{2})"
        + _TIME
    ),
    re.compile(_WEEKDAY + r"(?P<month>[^\W\d_]+)\.?\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<year>\d{4})" + _TIME),
)


class DateOrder(NamedTuple):
    """How the numeric dates of a column are read.

    Attributes:
        day_first: None when no date of the column needs it.
        proved: False when `day_first` is only a default.
        why: the evidence, for people.
    """

    day_first: bool | None
    proved: bool
    why: str


class BadDate(NamedTuple):
    """A cell that is no date, and why: "does not exist" or "is not a date"."""

    why: str


def read_date(cell: object, *, day_first: bool) -> date | BadDate:
    """Read one cell; `day_first` is the column's order. Times of day and weekdays are dropped.

    Two-digit years are 1980 to 2079. Numbers are Excel's day numbers (days since 30 December 1899).
    """
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return _EXCEL_EPOCH + timedelta(days=int(cell)) if int(cell) in _SERIALS else BadDate("is not a date")
    return _read_text(cell, day_first) if isinstance(cell, str) and len(cell) <= 60 else BadDate("is not a date")


def _read_text(cell: str, day_first: bool) -> date | BadDate:  # noqa: FBT001 - private, named by its caller
    text = cell.strip().lstrip("'").casefold()
    if found := _NUMERIC.match(text):
        in_order = day_first or found["mark"] == "."
        day, month = (found["first"], found["second"]) if in_order else (found["second"], found["first"])
        return _made(found["year"], int(month), day)
    for pattern in _OTHERS:
        found = pattern.match(text)
        number = found and (int(found["month"]) if found["month"].isdecimal() else MONTHS.get(found["month"]))
        if found and number is not None:
            return _made(found["year"], number, found["day"])
    return BadDate("is not a date")


def _made(year: str, month: int, day: str) -> date | BadDate:
    number = int(year)
    if len(year) == 2:
        number += 2000 if number < 80 else 1900
    if not EARLIEST <= number <= LATEST:
        return BadDate(f"has a year outside {EARLIEST} to {LATEST}")
    try:
        return date(number, month, int(day))
    except ValueError:
        return BadDate("does not exist")


def is_date(cell: object) -> bool:
    """Tell whether a cell is a date in either order; bare numbers do not count."""
    if isinstance(cell, date):
        return True
    if not isinstance(cell, str) or len(cell) < 6 or not any(mark.isdigit() for mark in cell):
        return False
    return isinstance(read_date(cell, day_first=True), date) or isinstance(read_date(cell, day_first=False), date)


def decide_order(cells: Iterable[Hashable], *, default: bool, default_why: str) -> DateOrder:
    """Decide the order of a column: any day above 12 proves it; dots mean day first; else `default`."""
    votes = {True: 0, False: 0}
    example = {True: "", False: ""}
    doubtful = ""
    for cell in dict.fromkeys(cells):
        found = _NUMERIC.match(cell.strip().lstrip("'").casefold()) if isinstance(cell, str) else None
        if not found:
            continue
        first, second, dotted = int(found["first"]), int(found["second"]), found["mark"] == "."
        if first > 12 >= second or second > 12 >= first or dotted:
            order = dotted or first > 12
            votes[order] += 1
            example[order] = example[order] or found.group()
        elif first != second:
            doubtful = doubtful or found.group()
    if votes[True] or votes[False]:
        order = votes[True] >= votes[False]
        return DateOrder(order, proved=True, why=f"{_name(order)} first: “{example[order]}” proves it")
    if doubtful:
        return DateOrder(default, proved=False, why=f"{_name(default)} first: {default_why}; no date proves it")
    return DateOrder(None, proved=True, why="dates that can be read in one way only")


def _name(day_first: object) -> str:
    return "day" if day_first else "month"


_AS_OF = re.compile(
    r"\b(?:as of|as at|as on|stand(?:\s+(?:per|vom|zum))?|stichtag|per(?: date)?|zum|au|al|a fecha de|op datum"
    r"|per datum|date)\b[:\s]*(?P<day>.{6,30})$",
    re.IGNORECASE,
)
_PERIOD = re.compile(r"\s[-–—]\s|\bto\b|\bbis\b|\bthrough\b", re.IGNORECASE)


def as_of_in(titles: Sequence[str], *, day_first: bool) -> date | None:
    """Find the day that a report's title names: "As of December 31, 2025", "Stand: 31.12.2025".

    A period ("January 1 - December 31, 2025") is not a day and yields None.
    """
    for title in titles:
        found = _AS_OF.search(title.strip())
        if not found or _PERIOD.search(found["day"]):
            continue
        day = read_date(found["day"].strip(" .;,"), day_first=day_first)
        if isinstance(day, date):
            return day
    return None
