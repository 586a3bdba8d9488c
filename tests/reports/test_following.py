"""What is carried on from version to version equals what is made afresh, and no follower misses a row."""

from __future__ import annotations

import random
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC
from datetime import date
from datetime import datetime
from datetime import timedelta
from decimal import Decimal
from threading import Event

import numpy as np
import pytest

from arcore.errors import Refused
from arcore.ledger import service
from arcore.ledger.control import control_totals
from arcore.reports import book as books
from arcore.reports.aging import aging
from arcore.reports.filters import Filters
from arcore.reports.kpis import kpis
from arcore.reports.kpis import trend
from arcore.reports.news import since
from arcore.reports.overview import counts
from arcore.reports.overview import tiles
from arcore.reports.priorities import customers_that_matter
from arcore.store.engine import open_engine
from arcore.store.engine import reading
from arcore.store.unit import Actor

OCT = date(2026, 10, 31)
LOOKS = (
    Filters(as_of=OCT),
    Filters(as_of=OCT, currency="EUR", owners=("Ben",)),
    Filters(as_of=date(2026, 9, 30), basis="due"),
    Filters(as_of=OCT, entity="north"),
)


def looked_at(engine):
    """Everything that pages show, as plain values."""
    found: list[object] = []
    for filters in LOOKS:
        report = aging(engine, filters)
        found += [list(report.cells), report.totals, report.intercompany, report.control]
        found += [tile.figure.exact for tile in tiles(engine, filters)]
        found += [
            (figure.name, figure.variant, figure.as_of, figure.exact, figure.undefined, figure.inputs)
            for name in ("dso", "cei", "days_to_pay")
            for figure in trend(engine, filters, name)
        ]
        found.append(customers_that_matter(engine, filters).rows)
        found += [counts(engine, filters), since(engine, filters), since(engine, filters, first=date(2026, 8, 3))]
    return found


def measured_on(engine, day: date):
    """Every measure there is, at the last month-ends and on a day."""
    found = kpis(engine, Filters(as_of=day, currency="EUR"), history=5)
    return [(one.kpi.key, one.figure.as_of, one.figure.exact, one.figure.undefined, one.figure.inputs) for one in found]


@pytest.mark.parametrize("seed", [3, 4, 5])
def test_figures_of_months_that_new_rows_leave_alone_equal_those_made_afresh(company, seed):
    company.customer("ALDER", owner="Ben")
    company.customer("BIRCH", owner="Cleo")
    company.customer("OURS", intercompany=True)
    company.rate("USD", "EUR", date(2024, 1, 1), "0.90")
    for currency in ("EUR", "USD"):
        for what in ("balances", "sales", "receipts"):
            company.complete(what, date(2020, 1, 1), currency)
            company.complete(what, date(2020, 1, 1), currency, "north")
    company.invoice("ALDER", date(2026, 6, 1), date(2026, 7, 1), 10)
    dice = random.Random(seed)
    for _ in range(8):
        measured_on(company.engine, OCT)
        measured_on(company.engine, date(2026, 7, 12))
        something(company, dice)
        days = dice.sample([OCT, date(2026, 10, 17), date(2026, 7, 31), date(2025, 12, 24), date(2026, 11, 30)], 3)
        carried = [measured_on(company.engine, day) for day in days]
        books.forget()
        assert [measured_on(company.engine, day) for day in days] == carried


def test_only_days_from_the_first_new_row_on_are_measured_again(company):
    company.customer("ALDER")
    for what in ("balances", "sales", "receipts"):
        company.complete(what, date(2020, 1, 1))
    company.invoice("ALDER", date(2026, 6, 1), date(2026, 7, 1), 100)
    filters = Filters(as_of=OCT)
    before = {figure.as_of: figure for figure in trend(company.engine, filters, "dso")}
    company.payment("ALDER", date(2026, 9, 10), 30)
    after = {figure.as_of: figure for figure in trend(company.engine, filters, "dso")}
    assert [day for day, figure in after.items() if figure is not before[day]] == [date(2026, 9, 30), OCT]


def something(company, dice: random.Random):
    """Do one random thing to the books; what a rule refuses has not happened."""
    day = date(2026, 6, 1) + timedelta(days=dice.randrange(160))
    code, amount = dice.choice(["ALDER", "BIRCH", "OURS"]), dice.randrange(1, 500)
    item = dice.randrange(1, 30)
    verbs = [
        lambda: company.invoice(code, day, day + timedelta(days=30), amount, entity=dice.choice(["main", "north"])),
        lambda: company.invoice(code, day, day + timedelta(days=14), amount, currency="USD"),
        lambda: company.payment(code, day, amount),
        lambda: company.payment(code, day, amount, (item, min(amount, 20))),
        lambda: company.do("redate", item_id=item, due_date=day + timedelta(days=90), on=day),
        lambda: company.do("write_off", item_id=item, amount=Decimal(5), reason="uncollectible", on=day),
        lambda: company.do("unapply", application_id=dice.randrange(1, 10)),
        lambda: company.fact("ALDER", "owner", dice.choice(["Ben", "Cleo"]), day),
    ]
    try:
        dice.choice(verbs)()
    except Refused:
        return


@pytest.mark.parametrize("seed", [1, 2])
def test_carried_on_equals_afresh(company, seed):
    company.customer("ALDER", owner="Ben")
    company.customer("BIRCH", owner="Cleo", parent="ALDER")
    company.customer("OURS", intercompany=True)
    company.rate("USD", "EUR", date(2024, 1, 1), "0.90")
    for currency in ("EUR", "USD"):
        for entity in ("main", "north"):
            for what in ("balances", "sales", "receipts"):
                company.complete(what, date(2020, 1, 1), currency, entity)
    company.invoice("ALDER", date(2026, 6, 1), date(2026, 7, 1), 10, entity="north")
    dice = random.Random(seed)
    for _ in range(6):
        for _ in range(6):
            something(company, dice)
        carried = looked_at(company.engine)
        books.forget()
        assert looked_at(company.engine) == carried


def test_the_control_of_every_day_is_the_sum_of_documents_up_to_it(company):
    company.customer("ALDER")
    first = date(2026, 6, 1)
    company.invoice("ALDER", first, date(2026, 7, 1), 100)
    assert controlled(company.engine, first) == {"EUR": 100_00}
    assert controlled(company.engine, first - timedelta(days=1)) == {}
    company.payment("ALDER", date(2026, 6, 10), 30)
    company.invoice("ALDER", date(2026, 5, 20), date(2026, 7, 1), 7, currency="USD")
    for day in (date(2026, 5, 19), date(2026, 5, 20), first, date(2026, 6, 9), date(2026, 6, 10), OCT):
        with reading(company.engine) as session:
            assert controlled(company.engine, day) == control_totals(session, day)
    assert controlled(company.engine, OCT) == {"EUR": 70_00, "USD": 7_00}


def controlled(engine, day):
    """What the documents add up to beside the aging of a day."""
    report = aging(engine, Filters(as_of=day))
    assert report.foots
    return {control.currency: control.total for control in report.control}


def test_a_follower_among_writers_misses_nothing(company, store_url):
    for code in ("A", "B", "C"):
        company.customer(code)
    stop, sizes = Event(), []

    def write(customer_id: int) -> None:
        engine = open_engine(store_url)
        for _ in range(12):
            service.post_invoice(
                engine, customer_id=customer_id, document_date=OCT, currency="EUR",
                instalments=[(Decimal(1), OCT)], actor=Actor("Writer"),
            )  # fmt: skip
        engine.dispose()

    def follow() -> None:
        while not stop.is_set():
            found = books.book(company.engine)
            sizes.append(len(found.columns.item_id))
            assert np.array_equal(found.columns.item_id, np.arange(1, sizes[-1] + 1)), "no gap, ever"

    with ThreadPoolExecutor(5) as pool:
        followers = [pool.submit(follow) for _ in range(2)]
        for done in [pool.submit(write, company.ids[code]) for code in ("A", "B", "C")]:
            done.result()
        stop.set()
        for done in followers:
            done.result()
    assert len(books.book(company.engine).columns.item_id) == 36
    assert len(books.load(company.engine).columns.item_id) == 36


def test_a_store_restored_from_a_backup_is_read_afresh(sqlite_company, sqlite_engine, tmp_path):
    """The copy goes its own way: same store id, other rows behind the same number of writes."""
    sqlite_company.customer("ALDER")
    sqlite_company.invoice("ALDER", OCT, OCT, 1)
    live, copy = sqlite3.connect(sqlite_engine.url.database), sqlite3.connect(tmp_path / "restored.db")
    with closing(live), closing(copy):
        live.backup(copy)
    sqlite_company.invoice("ALDER", OCT, OCT, 2)
    sqlite_company.invoice("ALDER", OCT, OCT, 3)
    assert books.book(sqlite_engine).columns.amount.tolist() == [100, 200, 300]
    restored = open_engine(f"sqlite:///{tmp_path / 'restored.db'}")
    for amount in (7, 8, 9):
        service.post_invoice(
            restored, customer_id=1, document_date=OCT, currency="EUR", instalments=[(Decimal(amount), OCT)],
            actor=Actor("Anna"),
        )  # fmt: skip
    assert books.book(restored).columns.amount.tolist() == [100, 700, 800, 900]
    restored.dispose()


def test_a_printed_report_never_changes(company):
    company.customer("ALDER", owner="Ben")
    company.invoice("ALDER", date(2026, 7, 1), date(2026, 8, 1), 100)
    then = datetime.now(UTC)
    printed = list(aging(company.engine, Filters(as_of=OCT, known_at=then)).cells)
    dice = random.Random(3)
    company.customer("BIRCH")
    company.customer("OURS")
    for _ in range(12):
        something(company, dice)
        assert list(aging(company.engine, Filters(as_of=OCT, known_at=then)).cells) == printed
