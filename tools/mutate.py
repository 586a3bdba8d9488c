"""Spoil files as the world does: bytes that flipped, rows that were cut, columns that moved, and worse on purpose."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
import zlib
from collections.abc import Callable
from random import Random
from typing import TypeAlias

Spoil: TypeAlias = Callable[[Random, bytes], bytes]

ODD_CELLS = (
    "=1+1", "=cmd|' /C calc'!A0", "@SUM(A1)", "1e999", "-1e308", "NaN", "inf", "9" * 400, "0.000000000000000000001",
    "٣٤٥", "١٢", "1.234,56-", "(85.00", "12..34", "31.02.2026", "0000-00-00", "9999-12-31", "00/00/00", "\u202e100",
    "\ufeff", "\x00", "\x1b[31m", "<script>", "&amp;", "' OR 1=1 --", "null", "None", "true", "−5", "$-", "EUR EUR",
    "1" * 30 + ".00", "٫", "é" * 500, "𝟙𝟚𝟛", "1\u00a0000,00", "12:30", "2026-W01", "Feb 30 2026", '"', '""', "'",
)  # fmt: skip
MEGABYTE = 1024 * 1024


def mutated(random: Random, data: bytes) -> tuple[str, bytes]:
    """Return a file spoiled in one to four ways, and their names."""
    names = []
    for _ in range(random.choice((1, 1, 1, 2, 2, 3, 4))):
        spoil = random.choice(SPOILS if random.random() < 0.94 else HUGE)
        data = spoil(random, data)
        names.append(spoil.__name__)
    return "+".join(names), data


def flip(random: Random, data: bytes) -> bytes:
    """Change some bytes."""
    spoiled = bytearray(data)
    for _ in range(random.randint(1, 40)):
        if spoiled:
            spoiled[random.randrange(len(spoiled))] = random.randrange(256)
    return bytes(spoiled)


def truncate(random: Random, data: bytes) -> bytes:
    """Keep only the beginning, or only the end."""
    at = random.randrange(len(data) + 1)
    return data[:at] if random.random() < 0.7 else data[at:]


def cut_rows(random: Random, data: bytes) -> bytes:
    """Leave rows out."""
    return _lines(data, lambda lines: [line for line in lines if random.random() < 0.8])


def repeat_rows(random: Random, data: bytes) -> bytes:
    """Tell rows twice, the header too."""
    return _lines(data, lambda lines: [line for line in lines for _ in range(random.choice((1, 1, 1, 2)))])


def shuffle_rows(random: Random, data: bytes) -> bytes:
    """Mix the rows."""

    def mixed(lines: list[bytes]) -> list[bytes]:
        random.shuffle(lines)
        return lines

    return _lines(data, mixed)


def swap_columns(random: Random, data: bytes) -> bytes:
    """Put two columns in each other's place, in all rows or from some row on."""
    mark = _mark(data)
    one, other, since = random.randrange(12), random.randrange(12), random.choice((0, 0, 5))

    def swapped(number: int, cells: list[bytes]) -> list[bytes]:
        if number >= since and max(one, other) < len(cells):
            cells[one], cells[other] = cells[other], cells[one]
        return cells

    return _cells(data, mark, swapped)


def drop_column(random: Random, data: bytes) -> bytes:
    """Leave a column out, in all rows or in one."""
    mark, which, only = _mark(data), random.randrange(8), random.choice((None, random.randrange(6)))
    return _cells(
        data, mark, lambda number, cells: cells if only not in {None, number} else cells[:which] + cells[which + 1 :]
    )


def odd_cells(random: Random, data: bytes) -> bytes:
    """Write something odd into some cells."""
    mark = _mark(data)

    def odd(number: int, cells: list[bytes]) -> list[bytes]:
        del number
        if random.random() < 0.2:
            cells[random.randrange(len(cells))] = random.choice(ODD_CELLS).encode()
        return cells

    return _cells(data, mark, odd)


def other_mark(random: Random, data: bytes) -> bytes:
    """Change what parts the cells, everywhere or in a few rows."""
    mark, new, share = _mark(data), random.choice((b",", b";", b"\t", b"|", b"  ", b"\x01")), random.choice((1.0, 0.3))
    return _lines(data, lambda lines: [line.replace(mark, new) if random.random() < share else line for line in lines])


def other_encoding(random: Random, data: bytes) -> bytes:
    """Write the text, or its second half, in another encoding."""
    text = data.decode("utf-8", "replace")
    at = random.choice((0, len(text) // 2))
    name = random.choice(("utf-16", "utf-16-le", "cp1252", "cp1250", "cp037", "shift_jis", "utf-32", "utf-7"))
    return text[:at].encode() + text[at:].encode(name, "replace")


def quotes(random: Random, data: bytes) -> bytes:
    """Open quotes that nobody closes."""
    spoiled = bytearray(data)
    for _ in range(random.randint(1, 5)):
        spoiled.insert(random.randrange(len(spoiled) + 1), ord(random.choice("\"'")))
    return bytes(spoiled)


def line_ends(random: Random, data: bytes) -> bytes:
    """End lines otherwise."""
    return data.replace(b"\r\n", b"\n").replace(b"\n", random.choice((b"\r", b"\r\n", b"\n\n", b"\n\r", b"\x0b\n")))


def in_archive(random: Random, data: bytes) -> bytes:
    """Pack it, sometimes into itself, sometimes cut."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for number in range(random.choice((1, 1, 2))):
            packed.writestr(random.choice(("a.csv", "b/c.txt", "d.zip", "../e.csv", "xl/f.xml")) + str(number), data)
    whole = out.getvalue()
    return whole if random.random() < 0.7 else whole[: random.randrange(len(whole))]


def inside_archive(random: Random, data: bytes) -> bytes:
    """Spoil a part of a workbook and pack it again; anything else is packed once."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            parts = {name: packed.read(name) for name in packed.namelist()}
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError, OSError, RuntimeError, zlib.error):
        return gzip.compress(data, mtime=0)
    out = io.BytesIO()
    target = random.choice(sorted(parts)) if parts else ""
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, part in parts.items():
            packed.writestr(name, random.choice((flip, truncate, quotes))(random, part) if name == target else part)
    return out.getvalue()


def entities(random: Random, data: bytes) -> bytes:
    """Turn it into XML that grows, or points at a file of the machine."""
    del data
    layers = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 9))
    outside = '<!ENTITY x SYSTEM "file:///etc/hostname">'
    kind = random.choice(("html", "Workbook"))
    space = ' xmlns="urn:schemas-microsoft-com:office:spreadsheet"' if kind == "Workbook" else ""
    return (
        f'<?xml version="1.0"?><!DOCTYPE {kind} [<!ENTITY l0 "ha">{layers}{outside}]>'
        f"<{kind}{space}><Worksheet><Table><Row><Cell><Data>&l8;&x;</Data></Cell></Row></Table></Worksheet></{kind}>"
    ).encode()


def as_json(random: Random, data: bytes) -> bytes:
    """Tell the rows as records, sometimes broken ones."""
    mark = _mark(data)
    rows = [line.split(mark) for line in data.splitlines()[:50]] or [[b""]]
    names = [cell.decode("utf-8", "replace") for cell in rows[0]]
    records = [dict(zip(names, (cell.decode("utf-8", "replace") for cell in row), strict=False)) for row in rows[1:]]
    text = random.choice((json.dumps(records), json.dumps({"Invoices": records}), "\n".join(map(json.dumps, records))))
    return text.encode() if random.random() < 0.6 else truncate(random, text.encode())


def many_columns(random: Random, data: bytes) -> bytes:
    """Give each row ten thousand cells."""
    return _lines(data, lambda lines: [line + random.choice((b",", b";")) * 10_000 for line in lines[:30]])


def long_name(random: Random, data: bytes) -> bytes:
    """Put a name of a megabyte into a cell."""
    mark, at = _mark(data), random.randrange(1, 5)

    def long(number: int, cells: list[bytes]) -> list[bytes]:
        if number == at:
            cells[random.randrange(len(cells))] = random.choice((b"x", b"x ", b"9", "é".encode())) * MEGABYTE
        return cells

    return _cells(data, mark, long)


def bomb(random: Random, data: bytes) -> bytes:
    """Pack a great many zeros, or rows without end, in a small archive or workbook."""
    out = io.BytesIO()
    name = random.choice(("a.csv", "xl/worksheets/sheet1.xml", "content.xml"))
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(name, random.choice((bytes(40 * MEGABYTE), (data[:2000] or b"a,b\n") * 20_000)))
    return out.getvalue() if random.random() < 0.5 else gzip.compress(bytes(40 * MEGABYTE), 1, mtime=0)


SPOILS: tuple[Spoil, ...] = (
    flip, truncate, cut_rows, repeat_rows, shuffle_rows, swap_columns, drop_column, odd_cells, odd_cells, odd_cells,
    other_mark, other_encoding, quotes, line_ends, in_archive, inside_archive, entities, as_json,
)  # fmt: skip
HUGE: tuple[Spoil, ...] = (many_columns, long_name, bomb)


def _mark(data: bytes) -> bytes:
    line = max(data.splitlines()[:5], key=len, default=b"")
    return max((b",", b";", b"\t", b"|"), key=line.count)


def _lines(data: bytes, change: Callable[[list[bytes]], list[bytes]]) -> bytes:
    return b"".join(change(data.splitlines(keepends=True)))


def _cells(data: bytes, mark: bytes, change: Callable[[int, list[bytes]], list[bytes]]) -> bytes:
    return b"\n".join(mark.join(change(number, line.split(mark))) for number, line in enumerate(data.splitlines()))
