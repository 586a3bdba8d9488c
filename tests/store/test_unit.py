"""One write is one transaction: nothing is lost, nothing is half, everything is in the chain."""

from __future__ import annotations

import hashlib
import json
import random
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC
from datetime import date
from datetime import datetime
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy import func
from sqlalchemy import insert
from sqlalchemy import select
from sqlalchemy import text
from sqlalchemy import update

from arcore.errors import KeyReused
from arcore.errors import NotAllowed
from arcore.errors import RuleBroken
from arcore.store.books import AuditEvent
from arcore.store.books import Document
from arcore.store.books import Item
from arcore.store.company import CompanySetting
from arcore.store.engine import reading
from arcore.store.migrate import head_of
from arcore.store.unit import Actor
from arcore.store.unit import Facts
from arcore.store.unit import Unit
from arcore.store.unit import commit
from arcore.store.unit import refuse_reader

Invoice = Callable[..., Callable[[Unit], Facts]]
THREADS = 10
ROUNDS = 12


def test_ten_threads_that_read_add_and_write_lose_nothing(engine: Engine, actor: Actor, invoice: Invoice) -> None:
    def start(unit: Unit) -> Facts:
        unit.session.execute(insert(CompanySetting).values(name="counter", value="0"))
        return {}

    def count_one(unit: Unit) -> Facts:
        seen = int(
            unit.session.execute(select(CompanySetting.value).where(CompanySetting.name == "counter")).scalar_one()
        )
        unit.session.execute(update(CompanySetting).where(CompanySetting.name == "counter").values(value=str(seen + 1)))
        return invoice()(unit)

    def work(_thread: int) -> None:
        for _ in range(ROUNDS):
            commit(engine, count_one, actor=actor, verb="count")

    commit(engine, start, actor=actor, verb="start")
    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(work, range(THREADS)))

    with reading(engine) as session:
        assert session.execute(text("SELECT value FROM company_setting WHERE name = 'counter'")).scalar() == "120"
        assert session.execute(select(func.count()).select_from(Document)).scalar() == 120
        assert session.execute(select(func.sum(Item.amount))).scalar() == 12_000
        assert session.execute(select(func.max(AuditEvent.seq))).scalar() == 121


def test_ids_and_moments_follow_the_order_of_commits(engine: Engine, actor: Actor, invoice: Invoice) -> None:
    def work(thread: int) -> None:
        for _ in range(5):
            commit(engine, invoice(parts=1 + thread % 3), actor=actor, verb="post_invoice")

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(work, range(6)))

    with reading(engine) as session:
        events = session.execute(
            select(AuditEvent.seq, AuditEvent.at, AuditEvent.item_id).order_by(AuditEvent.seq)
        ).all()
        items = session.execute(select(Item.id, Item.recorded_at).order_by(Item.id)).all()
    assert [event.seq for event in events] == list(range(1, 31))
    assert [item.id for item in items] == list(range(1, 61))
    assert [item.recorded_at for item in items] == sorted(item.recorded_at for item in items)
    assert [event.at for event in events] == sorted(event.at for event in events)
    # "As known at" a moment is a prefix of ids: each event says how far the books reached after it.
    for event in events:
        assert event.item_id == max(item.id for item in items if item.recorded_at <= event.at)


def test_no_follower_of_ids_ever_misses_a_row(engine: Engine, actor: Actor, invoice: Invoice) -> None:
    """Writers overlap: the one with the lower ids dawdles before it commits. Without the head's lock it comes late."""
    seen: list[int] = []
    done = threading.Event()

    def follow() -> None:
        while True:
            last_round = done.is_set()
            with reading(engine) as session:
                rows = session.execute(select(Item.id).where(Item.id > (seen[-1] if seen else 0)).order_by(Item.id))
                seen.extend(row.id for row in rows)
            if last_round:
                return
            time.sleep(0.001)

    def dawdle(seed: int) -> None:
        chance = random.Random(seed)
        for _ in range(8):

            def body(unit: Unit) -> Facts:
                facts = invoice(parts=2)(unit)
                time.sleep(chance.uniform(0, 0.006))
                return facts

            commit(engine, body, actor=actor, verb="post_invoice")

    follower = threading.Thread(target=follow)
    follower.start()
    try:
        with ThreadPoolExecutor(5) as pool:
            list(pool.map(dawdle, range(5)))
    finally:
        done.set()
        follower.join()
    assert seen == list(range(1, 81))


def test_the_same_key_and_content_happen_once(engine: Engine, actor: Actor, invoice: Invoice) -> None:
    def post() -> Facts:
        return commit(
            engine, invoice(number="INV-7"), actor=actor, verb="post_invoice", key="k-1", content={"number": "INV-7"}
        )

    first = post()
    assert post() == first
    assert head_of(engine).audit_seq == 1
    assert head_of(engine).document_id == 1


@pytest.mark.parametrize(
    ("verb", "content"), [("post_invoice", {"number": "INV-8"}), ("post_debit_note", {"number": "INV-7"})]
)
def test_a_key_that_comes_back_with_something_else_is_refused(
    engine: Engine, actor: Actor, invoice: Invoice, verb: str, content: Facts
) -> None:
    commit(engine, invoice(), actor=actor, verb="post_invoice", key="k-1", content={"number": "INV-7"})
    with pytest.raises(KeyReused):
        commit(engine, invoice(), actor=actor, verb=verb, key="k-1", content=content)
    assert head_of(engine).audit_seq == 1


def test_of_many_at_once_with_one_key_one_writes(engine: Engine, actor: Actor, invoice: Invoice) -> None:
    def post(_: int) -> Facts:
        return commit(
            engine, invoice(), actor=actor, verb="post_invoice", key="double click", content={"amount": "1.00"}
        )

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(post, range(8)))
    assert answers == [answers[0]] * 8
    assert head_of(engine).document_id == 1


def test_a_body_that_fails_leaves_nothing(engine: Engine, actor: Actor, invoice: Invoice) -> None:
    def body(unit: Unit) -> Facts:
        invoice()(unit)
        raise RuleBroken("no")

    with pytest.raises(RuleBroken):
        commit(engine, body, actor=actor, verb="post_invoice", key="k")
    with reading(engine) as session:
        assert session.execute(select(func.count()).select_from(Document)).scalar() == 0
    assert head_of(engine).audit_seq == 0
    # Its ids and its key are free again.
    assert commit(engine, invoice(), actor=actor, verb="post_invoice", key="k")["document"] == 1


def test_a_clock_that_goes_back_never_lowers_the_moment(engine: Engine, actor: Actor, invoice: Invoice) -> None:
    noon = datetime(2026, 3, 31, 12, tzinfo=UTC)
    commit(engine, invoice(), actor=actor, verb="post_invoice", now=noon)
    commit(engine, invoice(), actor=actor, verb="post_invoice", now=noon - timedelta(hours=3))
    commit(engine, invoice(), actor=actor, verb="post_invoice", now=noon + timedelta(seconds=1))
    with reading(engine) as session:
        moments = [row.at for row in session.execute(select(AuditEvent.at).order_by(AuditEvent.seq))]
    assert moments == [noon, noon, noon + timedelta(seconds=1)]


def test_the_chain_can_be_recomputed_from_the_rows(engine: Engine, actor: Actor, invoice: Invoice) -> None:
    def body(unit: Unit) -> Facts:
        unit.changed.update(amount="12.50", due_date=date(2026, 4, 30), name="Ålder & Söhne")
        return invoice()(unit)

    commit(engine, body, actor=actor, verb="post_invoice", subject="customer:1", key="k-1", content={"a": 1})
    commit(engine, invoice(), actor=Actor("ben"), verb="post_invoice")
    commit(engine, invoice(parts=3), actor=actor, verb="post_invoice")

    with engine.connect() as connection:
        rows = connection.execute(text("SELECT * FROM audit_event ORDER BY seq")).mappings().all()
        head = connection.execute(text("SELECT audit_hash FROM ledger_head")).scalar()
    assert [row["hash"] for row in rows] == _chain([dict(row) for row in rows])
    assert rows[-1]["hash"] == head
    # One letter changed in the middle breaks the chain from there on.
    forged = [dict(row) for row in rows]
    forged[1]["actor"] = "eve"
    assert [row["hash"] == new for row, new in zip(rows, _chain(forged), strict=True)] == [True, False, False]


def _chain(rows: list[dict[str, Any]]) -> list[str]:
    """Compute the hashes by what is written about them, not by the code under test."""
    hashes = [""]
    for row in rows:
        event = {name: value for name, value in row.items() if name != "hash"}
        at = event["at"]
        moment = datetime.fromisoformat(at) if isinstance(at, str) else at
        event["at"] = (
            (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC).isoformat(timespec="microseconds")
        )
        text_ = json.dumps(event, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        hashes.append(hashlib.sha256((hashes[-1] + text_).encode()).hexdigest())
    return hashes[1:]


def test_who_may_only_look_is_refused_with_a_sentence_and_everybody_else_goes_on() -> None:
    refuse_reader(Actor("anna", "collector"), "may look but not write")
    with pytest.raises(NotAllowed, match=r"^vera may look but not write$"):
        refuse_reader(Actor("vera", "viewer"), "may look but not write")
