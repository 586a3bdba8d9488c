"""Throw spoiled files at the import: `python -m tools.fuzz 20000`. Each ends as a plan or as a refusal in a sentence.

A file goes through the whole: understood, planned against books that fill up, and now and then booked. Whatever
happens, nothing but the errors of arcore may come out, within ten seconds, and books are as before or as the plan says.
"""

from __future__ import annotations

import gc
import io
import resource
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from contextlib import suppress
from dataclasses import dataclass
from dataclasses import field
from datetime import date
from multiprocessing import get_context
from pathlib import Path
from random import Random
from typing import Any

import xlsxwriter
from sqlalchemy import Engine
from sqlalchemy import text

from arcore.errors import ArcoreError
from arcore.errors import Refused
from arcore.intake.plan import plan
from arcore.intake.reading import understand
from arcore.intake.service import commit
from arcore.ledger.verify import verify
from arcore.settings import ROOT
from arcore.store.engine import open_engine
from arcore.store.migrate import migrate
from arcore.store.unit import Actor
from tools.mutate import mutated

LONGEST_SECONDS = 10
"""Of the processor; on a busy machine the clock runs on meanwhile."""
LONGEST_WAIT = 60
MEMORY = 6 * 1024**3
BOOKED_EVERY = 4
"""One plan in so many is booked."""
FRESH_EVERY = 60
"""After so many files the books are new and are proved before."""
LARGEST_SEED = 60_000
TODAY = date(2026, 10, 31)
FUZZER = Actor("fuzz")
SAMPLES = ROOT.parent / "shared" / "imports"


class TooSlow(Exception):
    """A file took longer than it may."""


@dataclass
class Found:
    """What became of the files; `faults` name seed number, way and what went wrong."""

    outcomes: Counter[str] = field(default_factory=Counter)
    slowest: tuple[float, str] = (0.0, "")
    faults: list[str] = field(default_factory=list)

    def add(self, other: Found) -> None:
        """Take in what another part found."""
        self.outcomes += other.outcomes
        self.slowest = max(self.slowest, other.slowest)
        self.faults += other.faults


# --- what is spoiled --------------------------------------------------------------------------------------------------


def seeds() -> list[tuple[str, bytes]]:
    """Return the files to spoil: ours, and the samples of other systems where they are there."""
    found = [(path.name, path.read_bytes()) for path in sorted((ROOT / "data" / "samples").glob("*.*"))]
    found += [("own.csv", _csv()), ("own.xlsx", _xlsx()), ("own.json", _json()), ("own.html", _html())]
    there = sorted(SAMPLES.rglob("*")) if SAMPLES.is_dir() else []
    readable = {".csv", ".xlsx", ".txt", ".xls", ".tsv"}
    found += [(path.name, path.read_bytes()) for path in there if path.suffix in readable and _is_small(path)]
    return found


def _is_small(path: Path) -> bool:
    return path.is_file() and path.stat().st_size <= LARGEST_SEED


def _rows() -> list[list[str]]:
    head = ["Invoice No", "Customer", "Invoice Date", "Due Date", "Amount", "Balance", "Currency", "Status"]
    kinds = ("EUR", "USD", "JPY")
    return [
        head,
        *(
            [f"R-{n}", f"Customer {n % 7}", f"2026-0{1 + n % 9}-11", f"2026-0{1 + n % 9}-25", f"{100 + n}.{n % 100:02}",
             f"{n}.00", kinds[n % 3], "open"]
            for n in range(40)
        ),
    ]  # fmt: skip


def _csv() -> bytes:
    return "\n".join(",".join(row) for row in _rows()).encode()


def _xlsx() -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Invoices")
        for number, row in enumerate(_rows()):
            sheet.write_row(number, 0, row)
    return out.getvalue()


def _json() -> bytes:
    import json

    head, *rows = _rows()
    return json.dumps([dict(zip(head, row, strict=True)) for row in rows]).encode()


def _html() -> bytes:
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in _rows())
    return f"<html><table>{body}</table></html>".encode()


# --- one part of a run ------------------------------------------------------------------------------------------------


def part(first: int, count: int) -> Found:
    """Spoil `count` files, from seed number `first` on, and say what became of them. The same numbers give the same."""
    found, sources = Found(), seeds()
    with tempfile.TemporaryDirectory() as folder:
        engine, template = None, Path(folder) / "template.db"
        _new(template).dispose()
        for number in range(first, first + count):
            if engine is None or (number - first) % FRESH_EVERY == 0:
                _prove(engine, number, found)
                path = Path(folder) / "books.db"
                for old in Path(folder).glob("books.db*"):
                    old.unlink()
                path.write_bytes(template.read_bytes())
                engine = open_engine(f"sqlite:///{path}")
            _one(engine, number, sources, found)
        _prove(engine, first + count, found)
    return found


def _new(path: Path) -> Engine:
    engine = open_engine(f"sqlite:///{path}")
    migrate(engine)
    with engine.connect() as connection:
        connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
    return engine


def _one(engine: Engine, number: int, sources: Sequence[tuple[str, bytes]], found: Found) -> None:
    random = Random(number)  # noqa: S311  repeatable, not secret
    name, whole = random.choice(sources)
    how, data = mutated(random, whole)
    told = f"{number} ({name}, {how})"
    before, began = _state(engine), time.perf_counter()
    try:
        with _alarm():
            outcome = through(engine, name, data, book=random.randrange(BOOKED_EVERY) == 0, random=random)
    except TooSlow:
        outcome = "too slow"
        found.faults.append(f"{told}: took more than {LONGEST_SECONDS} s")
    except ArcoreError as error:
        outcome = "refused"
        if not isinstance(error, Refused) or not error.message.strip() or len(error.message) > 1500:
            found.faults.append(f"{told}: no plain refusal: {error!r:.300}")
        if _state(engine) != before:
            found.faults.append(f"{told}: refused, and yet the books changed")
    except BaseException:  # noqa: BLE001  a panic of a compiled reader is no Exception
        outcome = "crashed"
        found.faults.append(f"{told}: {traceback.format_exc(limit=-3)}")
    found.outcomes[outcome] += 1
    found.slowest = max(found.slowest, (time.perf_counter() - began, told))


def through(engine: Engine, name: str, data: bytes, *, book: bool, random: Random) -> str:
    """Take a file through the import; answer every question with yes before it is booked."""
    understood = understand([(name, data)], as_of=random.choice((None, TODAY)), currency="EUR")
    made = plan(engine, understood, currency="EUR", today=TODAY, contents={name: data})
    if not book:
        return "planned"
    answers = frozenset(question.id for question in made.questions)
    made = plan(engine, understood, currency="EUR", today=TODAY, contents={name: data}, answers=answers)
    return "planned" if commit(engine, made, actor=FUZZER) is None else "booked"


def _state(engine: Engine) -> tuple[Any, ...]:
    with engine.connect() as connection:
        query = "SELECT audit_seq, document_id, item_id, application_id FROM ledger_head"
        rows = [tuple(row) for row in connection.execute(text(query))]
        rows.append(tuple(connection.execute(text("SELECT count(*), max(id) FROM document")).one()))
        rows.append(tuple(connection.execute(text("SELECT count(*), max(id) FROM import")).one()))
    return tuple(rows)


def _prove(engine: Engine | None, number: int, found: Found) -> None:
    if engine is None:
        return
    broken = [check for check in verify(engine) if not check.ok]
    if broken:
        found.faults.append(f"books before {number}: {broken!r:.500}")
    engine.dispose()
    gc.collect()


@contextmanager
def _alarm() -> Iterator[None]:
    def ring(*_: object) -> None:
        raise TooSlow

    limits = ((signal.SIGPROF, signal.ITIMER_PROF, LONGEST_SECONDS), (signal.SIGALRM, signal.ITIMER_REAL, LONGEST_WAIT))
    before = [signal.signal(number, ring) for number, _, _ in limits]
    for _, timer, seconds in limits:
        signal.setitimer(timer, seconds)
    try:
        yield
    finally:
        for (number, timer, _), handler in zip(limits, before, strict=True):
            signal.setitimer(timer, 0)
            signal.signal(number, handler)


# --- the whole --------------------------------------------------------------------------------------------------------


def _limit_memory() -> None:
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def run(count: int, *, first: int = 0, workers: int = 2, size: int = 240) -> Found:
    """Spoil `count` files in parts, on as many processes as told."""
    found = Found()
    parts = [(start, min(size, first + count - start)) for start in range(first, first + count, size)]
    with ProcessPoolExecutor(workers, get_context("spawn"), initializer=_limit_memory) as pool:
        for done in pool.map(part, *zip(*parts, strict=True)):
            found.add(done)
            total = sum(found.outcomes.values())
            print(f"\r{total:,} of {count:,}, {len(found.faults)} faults ", end="", file=sys.stderr, flush=True)
    return found


def main() -> int:
    """Run as many as the command line says, 20,000 unless told; exit 1 when anything went wrong."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    first = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    began = time.perf_counter()
    found = run(count, first=first)
    minutes = (time.perf_counter() - began) / 60
    print(f"\n{count:,} files in {minutes:.1f} min: {dict(found.outcomes)}")
    print(f"slowest {found.slowest[0]:.2f} s: {found.slowest[1]}")
    for fault in found.faults:
        print(f"- {fault}")
    return 1 if found.faults else 0


if __name__ == "__main__":
    sys.exit(main())
