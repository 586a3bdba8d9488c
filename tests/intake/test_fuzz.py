"""Spoiled files end as a plan or as a refusal: a short run here, `make fuzz` is the long one."""

from __future__ import annotations

import time
from random import Random
from typing import NoReturn

import pytest

from arcore.errors import BadInput
from tools import fuzz
from tools.mutate import HUGE
from tools.mutate import SPOILS
from tools.mutate import mutated

COUNT = 80


def test_spoiled_files_end_as_a_plan_or_a_refusal() -> None:
    found = fuzz.part(1_000_000, COUNT)
    assert found.faults == []
    assert sum(found.outcomes.values()) == COUNT
    assert set(found.outcomes) == {"planned", "booked", "refused"}


def test_the_same_number_spoils_the_same_way() -> None:
    data = b"Invoice No,Amount\n1,2\n3,4\n" * 5
    assert [mutated(Random(n), data) for n in range(20)] == [mutated(Random(n), data) for n in range(20)]
    assert len({mutated(Random(n), data)[1] for n in range(20)}) > 15


@pytest.mark.parametrize("spoil", [*SPOILS, *HUGE], ids=lambda spoil: spoil.__name__)
@pytest.mark.parametrize("data", [b"", b"\n", b"a", b"a,b\n1,2\n"], ids=["nothing", "blank", "letter", "table"])
def test_every_way_to_spoil_takes_every_file(spoil, data: bytes) -> None:
    assert all(isinstance(spoil(Random(n), data), bytes) for n in range(2))


# --- the harness itself can tell --------------------------------------------------------------------------------------


def broken(error: BaseException):
    """Return an understanding that fails."""

    def understand(*_: object, **__: object) -> NoReturn:
        raise error

    return understand


@pytest.mark.parametrize(
    ("error", "said"),
    [(ValueError("oops"), "ValueError: oops"), (MemoryError(), "MemoryError"), (BadInput(" "), "no plain refusal")],
)
def test_a_crash_is_found(monkeypatch: pytest.MonkeyPatch, error: BaseException, said: str) -> None:
    monkeypatch.setattr(fuzz, "understand", broken(error))
    found = fuzz.part(0, 1)
    assert len(found.faults) == 1
    assert said in found.faults[0]


def busily(*_: object, **__: object) -> NoReturn:
    """Work without end."""
    while True:
        pass


@pytest.mark.parametrize(
    ("limit", "hang"), [("LONGEST_SECONDS", busily), ("LONGEST_WAIT", lambda *_, **__: time.sleep(30))]
)
def test_a_hang_is_found(monkeypatch: pytest.MonkeyPatch, limit: str, hang) -> None:
    monkeypatch.setattr(fuzz, limit, 1)
    monkeypatch.setattr(fuzz, "understand", hang)
    found = fuzz.part(0, 1)
    assert found.outcomes == {"too slow": 1}
    assert "took more than" in found.faults[0]


def test_a_half_import_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    states = iter(range(100))
    monkeypatch.setattr(fuzz, "_state", lambda engine: (next(states), engine.name))
    monkeypatch.setattr(fuzz, "understand", broken(BadInput("said no")))
    assert "refused, and yet the books changed" in fuzz.part(0, 1).faults[0]
