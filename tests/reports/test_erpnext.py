"""A thousand invoices reported by ERPNext and by us: the same balances, and the same aging but for two rules.

ERPNext's own Accounts Receivable report was run on these books on three days, from the due date and from the posting
date. What is open agrees for every customer. Two rules differ, and nothing else does:

* **Not due.** ERPNext puts an item whose age is 0 into its first range, "0-30". We say an item is late from the day
  after it is due, so age 0 is not due and exactly 30 days late is 1-30: nobody is called late on the day he may still
  pay, and "31-60" starts at 31 for both.
* **Unapplied credits.** ERPNext subtracts an unapplied payment or credit note from the range that its own age falls
  into. We keep it in a column of its own: a payment on account of last week does not make the invoices of last week
  any fewer, and a bucket must never be negative or hide debt that is late.

A future date is not due for both of us. Ranges end at 30, 60, 90 and 120 days there, so we ask for these edges.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
import time
from collections import defaultdict
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from typing import NamedTuple

import pytest
from sqlalchemy import Engine

from arcore.analytics.buckets import NOT_DUE
from arcore.analytics.buckets import UNAPPLIED
from arcore.analytics.buckets import columns_of
from arcore.intake.exchange_out import write_books
from arcore.intake.plan import plan
from arcore.intake.reading import understand
from arcore.intake.service import commit
from arcore.ledger.verify import verify
from arcore.money import plain
from arcore.money import to_minor
from arcore.reports import book as books
from arcore.reports.aging import AgingRow
from arcore.reports.aging import aging
from arcore.reports.filters import Basis
from arcore.reports.filters import By
from arcore.reports.filters import Filters
from arcore.reports.items import items
from arcore.reports.kpis import kpis
from arcore.store.engine import open_engine
from arcore.store.migrate import migrate
from arcore.store.unit import Actor

GOLDEN = Path(__file__).resolve().parents[2].parent / "shared" / "golden" / "erpnext_1000"
PAIR = ("documents.csv.gz", "applications.csv.gz")
EDGES = (30, 60, 90, 120)
COLUMNS = columns_of(EDGES)
BASES: dict[str, Basis] = {"Due Date": "due", "Posting Date": "document"}

Amounts = dict[str, int]
"""Minor units by column of ours."""


class Asked(NamedTuple):
    """One run of the report: the day, and ERPNext's name of what it ages from."""

    day: str
    based_on: str

    def __str__(self) -> str:
        return f"{self.day} {self.based_on}"

    @property
    def filters(self) -> Filters:
        """The same question to us."""
        return Filters(as_of=date.fromisoformat(self.day), basis=BASES[self.based_on])


RUNS = [Asked(day, based_on) for day in ("2026-02-28", "2026-08-31", "2026-11-22") for based_on in BASES]


class Store(NamedTuple):
    """Books that were imported, and how long that took."""

    engine: Engine
    seconds: float


# --- the books, and what ERPNext says of them -------------------------------------------------------------------------


@pytest.fixture(scope="module")
def pair() -> dict[str, bytes]:
    """Return the books as the exchange pair; skips where they are not there."""
    if not GOLDEN.is_dir():
        pytest.skip("ERPNext's books and report (../shared/golden/erpnext_1000) are not here")
    return {name: (GOLDEN / name).read_bytes() for name in PAIR}


@pytest.fixture(scope="module")
def reported(pair: dict[str, bytes]) -> dict[Asked, dict[str, Any]]:
    """Return ERPNext's report of each run."""
    told = json.loads((GOLDEN / "expected.json").read_text())["runs"]
    return {Asked(run["report_date"], run["ageing_based_on"]): run for run in told}


@pytest.fixture(scope="module")
def store(pair: dict[str, bytes], sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Give a store that holds the pair and nothing else."""
    yield from opened(tmp_path_factory.mktemp("erpnext") / "books.db", pair)


@pytest.fixture(scope="module")
def second(store: Store, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Give a second store that holds what the first one exports."""
    yield from opened(tmp_path_factory.mktemp("erpnext") / "second.db", write_books(store.engine))


def opened(path: Path, files: Mapping[str, bytes]) -> Iterator[Store]:
    """Import an exchange pair into a new store, give it, and close it."""
    engine = open_engine(f"sqlite:///{path}")
    try:
        migrate(engine)
        began = time.monotonic()
        made = plan(engine, understand(list(files.items())), contents=files)
        assert (made.counts()["refused"], made.questions) == (0, ())
        assert commit(engine, made, actor=Actor("anna")) is not None
        yield Store(engine, time.monotonic() - began)
    finally:
        books.forget()
        engine.dispose()


class Theirs(NamedTuple):
    """One customer in ERPNext's report; minor units."""

    rows: int
    open: int
    not_due: int
    ranges: tuple[int, ...]

    def columns(self) -> Amounts:
        """The same under our names; it has no column for unapplied credits."""
        return dict(zip(COLUMNS, (self.not_due, *self.ranges, 0), strict=True))


def their_report(pair: Mapping[str, bytes], asked: Asked) -> dict[str, Theirs]:
    """Add the report up from the files by ERPNext's rules: an age below 0 is not due, 0-30 is the first range.

    Credits age from their own date and are subtracted. Whether this is what ERPNext said is a test of its own.
    """
    documents, applications = (list(rows_of(pair[name])) for name in PAIR)
    left = {row["id"]: signed(row) for row in documents if row["date"] <= asked.day}
    for row in applications:
        if row["date"] <= asked.day:
            left[row["from_id"]] += units_of(row)
            left[row["to_id"]] -= units_of(row)
    found: dict[str, list[int]] = defaultdict(lambda: [0] * (2 + len(EDGES) + 2))
    for row in documents:
        if units := left.get(row["id"], 0):
            due = row["due_date"] if asked.based_on == "Due Date" else ""
            age = (date.fromisoformat(asked.day) - date.fromisoformat(due or row["date"])).days
            column = 2 if age < 0 else 3 + sum(age > edge for edge in EDGES)
            line = found[row["customer"]]
            line[0] += 1
            line[1] += units
            line[column] += units
    return {who: Theirs(line[0], line[1], line[2], tuple(line[3:])) for who, line in found.items()}


def rows_of(content: bytes) -> Iterator[dict[str, str]]:
    """Read a gzipped CSV."""
    return csv.DictReader(io.StringIO(gzip.decompress(content).decode()))


def units_of(row: Mapping[str, str]) -> int:
    """Return the amount of a row in cents."""
    return to_minor(Decimal(row["amount"]), "USD")


def signed(row: Mapping[str, str]) -> int:
    """Return the amount of a document, negative for a credit."""
    units = units_of(row)
    return units if row["type"] == "invoice" else -units


@pytest.mark.parametrize("asked", RUNS, ids=str)
def test_the_rules_of_their_report_are_known_for_every_customer(
    asked: Asked, pair: dict[str, bytes], reported: dict[Asked, dict[str, Any]]
) -> None:
    """The file has ten customers in full and a fingerprint of all of them; both are met to the last cent."""
    found = their_report(pair, asked)
    lines = [
        ",".join([who, str(one.rows), *(plain(units, "USD") for units in (one.open, *one.ranges))])
        for who, one in sorted(found.items())
    ]
    fingerprint = hashlib.sha256("".join(f"{line}\n" for line in lines).encode()).hexdigest()
    assert fingerprint == reported[asked]["all_customers_sha256"]
    for told in reported[asked]["top10"]:
        assert found[told["customer"]].not_due == cents(told["not_due"])
    assert sum(one.not_due for one in found.values()) == cents(reported[asked]["overall"]["not_due"])


# --- ours beside theirs -----------------------------------------------------------------------------------------------


def test_the_books_come_in_within_seconds_and_whole(store: Store) -> None:
    assert store.seconds < 10
    assert all(check.ok for check in verify(store.engine))


@pytest.mark.parametrize("asked", RUNS, ids=str)
def test_open_balances_agree_for_every_customer(
    asked: Asked, store: Store, pair: dict[str, bytes], reported: dict[Asked, dict[str, Any]]
) -> None:
    report = aging(store.engine, asked.filters, by="customer", edges=EDGES)
    assert report.foots
    ours = {row.key: (row.items, row.open) for row in report.cells}
    assert ours == {who: (one.rows, one.open) for who, one in their_report(pair, asked).items()}
    overall, told = reported[asked]["overall"], reported[asked]["top10"]
    (total,) = report.totals
    assert (total.items, total.open) == (overall["rows"], cents(overall["outstanding"]))
    assert len(ours) == overall["customers"]
    for one in told:
        assert ours[one["customer"]] == (one["rows"], cents(one["outstanding"]))


@pytest.mark.parametrize("asked", RUNS, ids=str)
def test_what_was_paid_ahead_agrees(asked: Asked, store: Store, reported: dict[Asked, dict[str, Any]]) -> None:
    """ERPNext's summary has a column for payments on account; ours holds these and open credit notes."""
    for told in reported[asked]["top10"]:
        open_credits = items(store.engine, asked.filters, customer=told["customer"], bucket=UNAPPLIED)
        paid_ahead = -sum(item.open for item in open_credits if item.kind == "payment")
        assert paid_ahead == cents(told["summary_advance"])


@pytest.mark.parametrize("asked", RUNS, ids=str)
def test_buckets_agree_wherever_the_rules_do(asked: Asked, store: Store, pair: dict[str, bytes]) -> None:
    """Cell by cell: a customer and column is the same unless an item that a differing rule moves is in it."""
    ours, theirs = our_columns(store.engine, asked), their_report(pair, asked)
    moved = moves(store.engine, asked)
    touched = {(who, column) for who, column, _, _ in moved} | {(who, column) for who, _, column, _ in moved}
    cells = [(who, column) for who in ours for column in COLUMNS]
    same = [cell for cell in cells if cell not in touched]
    assert len(same) > len(cells) / 2
    for who, column in same:
        assert ours[who][column] == theirs[who].columns()[column], (who, column)


@pytest.mark.parametrize("asked", RUNS, ids=str)
def test_the_two_rules_explain_every_other_cell(asked: Asked, store: Store, pair: dict[str, bytes]) -> None:
    """Put what a differing rule moves back where ERPNext has it, and its report comes out to the cent."""
    ours = our_columns(store.engine, asked)
    for who, column, back_to, units in moves(store.engine, asked):
        ours[who][column] -= units
        ours[who][back_to] += units
    assert ours == {who: one.columns() for who, one in their_report(pair, asked).items()}


@pytest.mark.parametrize(
    ("asked", "age_zero", "unapplied", "cells"),
    [
        (RUNS[0], (3, "4199.64"), (28, "-17587.90"), 42),
        (RUNS[1], (4, "16194.70"), (28, "-17587.90"), 43),
        (RUNS[2], (2, "1173.54"), (49, "-26125.49"), 58),
        (RUNS[3], (3, "670.85"), (49, "-26125.49"), 60),
        (RUNS[4], (3, "526.81"), (54, "-27660.68"), 60),
        (RUNS[5], (3, "4917.53"), (54, "-27660.68"), 60),
    ],
    ids=str,
)
def test_how_much_each_rule_moves(
    asked: Asked,
    age_zero: tuple[int, str],
    unapplied: tuple[int, str],
    cells: int,
    store: Store,
    pair: dict[str, bytes],
) -> None:
    """Items and money of either rule, and how many cells differ for it; credits are the same from any date."""
    moved = moves(store.engine, asked)
    for column, expected in ((NOT_DUE, age_zero), (UNAPPLIED, unapplied)):
        units = [one.units for one in moved if one.ours == column]
        assert (len(units), plain(sum(units), "USD")) == expected
    ours, theirs = our_columns(store.engine, asked), their_report(pair, asked)
    differ = [(who, column) for who in ours for column in COLUMNS if ours[who][column] != theirs[who].columns()[column]]
    assert len(differ) == cells


def our_columns(engine: Engine, asked: Asked) -> dict[str, Amounts]:
    """Return our aging by customer and column."""
    report = aging(engine, asked.filters, by="customer", edges=EDGES)
    assert report.columns == COLUMNS
    return {
        row.key: dict(zip(COLUMNS, (row.not_due, *row.buckets, row.unapplied), strict=True)) for row in report.cells
    }


class Move(NamedTuple):
    """An item that the two reports place differently: from our column back to theirs."""

    customer: str
    ours: str
    theirs: str
    units: int


def moves(engine: Engine, asked: Asked) -> list[Move]:
    """Return the open items that a differing rule moves: debits of age 0, and every unapplied credit."""
    found = [
        Move(item.customer, NOT_DUE, COLUMNS[1], item.open)
        for item in items(engine, asked.filters, edges=EDGES, bucket=NOT_DUE)
        if item.days_past_due == 0
    ]
    for item in items(engine, asked.filters, edges=EDGES, bucket=UNAPPLIED):
        age = (asked.filters.as_of - item.document_date).days
        column = COLUMNS[1:-1][sum(age > edge for edge in EDGES)]
        found.append(Move(item.customer, UNAPPLIED, column, item.open))
    return found


def cents(amount: float) -> int:
    """Return an amount of the report in cents."""
    return round(amount * 100)


# --- out and in again -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("basis", ["original", "due", "document"])
@pytest.mark.parametrize("day", ["2026-02-28", "2026-08-31", "2026-11-22"])
def test_a_second_system_ages_the_same(day: str, basis: Basis, store: Store, second: Store) -> None:
    filters = Filters(as_of=date.fromisoformat(day), basis=basis)
    first, again = (aging(one.engine, filters, by="customer") for one in (store, second))
    assert len(first.cells) > 30
    assert by_customer(again.cells) == by_customer(first.cells)
    assert again.foots


def by_customer(rows: Iterable[AgingRow]) -> dict[str, AgingRow]:
    """Return the rows by customer."""
    return {row.key: row for row in rows}


@pytest.mark.parametrize("by", ["none", "customer"])
def test_a_second_system_measures_the_same(by: By, store: Store, second: Store) -> None:
    filters = Filters(as_of=date(2026, 10, 31))
    measured = []
    for one in (store, second):
        found = kpis(one.engine, filters, by=by, history=3)
        measured.append({(m.kpi.name, m.kpi.variant, m.key, m.figure.as_of): m.figure for m in found})
    first, again = measured
    assert sum(figure.exact is not None for figure in first.values()) > len(first) / 2
    assert again == first


def test_what_the_second_system_exports_is_what_it_was_given(store: Store, second: Store) -> None:
    written = write_books(store.engine)
    assert [content.count(b"\n") - 1 for content in written.values()] == [2017, 1079], "every row of the pair"
    assert write_books(second.engine) == written
    assert all(check.ok for check in verify(second.engine))
