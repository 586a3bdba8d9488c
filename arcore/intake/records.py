"""Records as JSON: one per line, a list of them, or an answer of an interface with lists inside."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from datetime import UTC
from datetime import datetime
from datetime import timedelta
from typing import Any
from typing import NamedTuple

from arcore.errors import BadInput

MOST_COLUMNS = 2_000
MOST_DEPTH = 6
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSOFT = re.compile(r"/Date\((-?\d{1,15})(?:[+-]\d{4})?\)/\Z")


class Records(NamedTuple):
    """One list of records as a table: its name inside the file, header and rows, and the line or number of each."""

    name: str
    rows: list[list[str]]
    lines: list[int]


def is_json(text: str) -> bool:
    """Tell whether a text begins like records in JSON."""
    return re.match(r"\s*(?:\{\s*\"|\[\s*[{\]])", text[:2000]) is not None


def read_records(name: str, text: str) -> list[Records]:
    """Read every list of records; values inside records become columns named by their path ("Contact Name").

    Numbers keep their digits; lists inside a record (its lines) are left out. Raises BadInput with the place where
    the text breaks off.
    """
    try:
        return [_table("", list(_per_line(name, text)))]
    except json.JSONDecodeError:
        pass
    try:
        whole = _load(text)
    except json.JSONDecodeError as err:
        raise BadInput(f"{name}: the JSON breaks off in line {err.lineno}: {err.msg}.", file=name) from err
    except RecursionError as err:
        raise BadInput(f"{name}: the JSON is nested deeper than any export.", file=name) from err
    found = [_table(title, list(enumerate(rows, 1))) for title, rows in _lists(whole, "", 0)]
    tables = [table for table in found if len(table.rows) > 1]
    if not tables:
        raise BadInput(f"{name} holds no list of records.", file=name)
    if any(len(table.rows[0]) > MOST_COLUMNS for table in tables):
        raise BadInput(f"{name} has records of more than {MOST_COLUMNS:,} values.", file=name)
    return tables


def _load(text: str) -> Any:
    return json.loads(text, parse_float=str, parse_int=str, parse_constant=str)


def _per_line(name: str, text: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Yield the records of JSON lines. Raises JSONDecodeError when the first line is none, BadInput for a later one."""
    begun = False
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            record = _load(line)
        except json.JSONDecodeError as err:
            if not begun:
                raise
            raise BadInput(f"{name}: line {number} is no record: {err.msg}.", file=name, line=number) from err
        except RecursionError as err:
            raise BadInput(f"{name}: line {number} is nested deeper than any export.", file=name) from err
        if not isinstance(record, Mapping) or (not begun and _lists(record, "", 0)):
            raise json.JSONDecodeError("not a record of its own", line, 0)
        begun = True
        yield number, record


def _lists(value: Any, title: str, depth: int) -> list[tuple[str, Sequence[Mapping[str, Any]]]]:
    """Return the outermost lists of records, each with the name it stands under."""
    if isinstance(value, list):
        return [(title, value)] if value and all(isinstance(one, Mapping) for one in value) else []
    if not isinstance(value, Mapping) or depth > MOST_DEPTH:
        return []
    return [found for key, inner in value.items() for found in _lists(inner, str(key), depth + 1)]


def _table(title: str, records: Sequence[tuple[int, Mapping[str, Any]]]) -> Records:
    flat = [dict(_values(record, "", 0)) for _, record in records]
    names = list(dict.fromkeys(name for record in flat for name in record))
    rows = [names, *([record.get(name, "") for name in names] for record in flat)]
    return Records(title, rows, [0, *(line for line, _ in records)])


def _values(record: Mapping[str, Any], path: str, depth: int) -> Iterator[tuple[str, str]]:
    for key, value in record.items():
        name = f"{path} {key}".strip()
        if isinstance(value, Mapping):
            if depth < MOST_DEPTH:
                yield from _values(value, name, depth + 1)
        elif not isinstance(value, list):
            yield name, _text(value)


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value).strip()
    moment = _MICROSOFT.match(text)
    return (_EPOCH + timedelta(milliseconds=int(moment[1]))).date().isoformat() if moment else text
