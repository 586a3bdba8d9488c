from __future__ import annotations

import json

import pytest

from arcore.company.queries import profile
from arcore.customers.service import create_customer
from arcore.sample import cast
from arcore.settings import settings
from arcore.store.engine import open_engine


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Build little: the size is proved elsewhere."""
    monkeypatch.setattr(cast, "INVOICES", 150)
    monkeypatch.setattr(cast, "CUSTOMERS", 36)


def test_demo_builds_keeps_and_builds_again(arcore, tmp_path):
    store = f"sqlite:///{tmp_path / 'try.db'}"

    first = arcore("demo", "--today", "2026-10-30", "--store", store, "--json")
    kept = arcore("demo", "--today", "2026-11-20", "--store", store, "--json")
    forced = arcore("demo", "--force", "--today", "2026-11-20", "--store", store, "--json")

    assert [answer.code for answer in (first, kept, forced)] == [0, 0, 0]
    assert first.document == {"store": store, "built": True, "today": "2026-10-30"}
    assert kept.document == {"store": store, "built": False, "today": "2026-10-30"}
    assert forced.document == {"store": store, "built": True, "today": "2026-11-20"}


def test_demo_says_in_words_that_a_sample_was_kept(arcore, tmp_path):
    store = f"sqlite:///{tmp_path / 'try.db'}"
    arcore("demo", "--today", "2026-10-30", "--store", store)

    assert "Kept" in arcore("demo", "--store", store).out


def test_demo_goes_to_a_file_of_its_own(arcore):
    answer = arcore("demo", "--today", "2026-10-30", "--json")

    assert answer.document["store"] == settings().sample_url
    engine = open_engine(settings().sample_url)
    assert profile(engine).sample
    engine.dispose()


@pytest.mark.parametrize("force", [[], ["--force"]])
def test_demo_refuses_books_that_are_no_sample(arcore, store_url, engine, actor, force):
    create_customer(engine, code="C1", name="Alder Ltd", actor=actor)

    answer = arcore("demo", *force, "--store", store_url, "--json")

    assert answer.code == 2
    assert json.loads(answer.out)["error"]["code"] == "rule_broken"


def test_demo_refuses_a_day_that_is_none(arcore, tmp_path):
    answer = arcore("demo", "--today", "31.10.2026", "--store", f"sqlite:///{tmp_path / 'try.db'}", "--json")

    assert answer.code == 2
    assert not (tmp_path / "try.db").exists()
