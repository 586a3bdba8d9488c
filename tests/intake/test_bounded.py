"""Programs that run apart: what they wrote comes back, and a bad one ends alone, within its bounds."""

from __future__ import annotations

import pytest

from arcore.intake import bounded

ECHO = "import sys; sys.stdout.buffer.write(sys.stdin.buffer.read() + ' '.join(sys.argv[1:]).encode())"


def test_a_program_gets_the_content_and_its_own_arguments() -> None:
    assert bounded.run(ECHO, b"paper ", 3, 1.5) == b"paper 3 1.5"


def test_a_program_that_fails_gives_nothing() -> None:
    assert bounded.run("raise ValueError", b"") is None


def test_a_program_that_wants_more_memory_than_it_may_gives_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    greedy = "print(len(bytearray(2**27)))"
    assert bounded.run(greedy, b"") == b"134217728\n"
    monkeypatch.setattr(bounded, "MEMORY", 2**27)
    assert bounded.run(greedy, b"") is None


def test_a_program_that_takes_too_long_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounded, "SECONDS", 1)
    with pytest.raises(TimeoutError, match="more than 1 seconds"):
        bounded.run("import time; time.sleep(60)", b"")


def test_the_time_of_the_processor_is_bounded_too() -> None:
    told = bounded.run("print(resource.getrlimit(resource.RLIMIT_CPU)[1])", b"")
    assert told == f"{bounded.SECONDS}\n".encode()


def test_what_lies_in_the_folder_is_not_imported(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    (tmp_path / "json.py").write_text("print('mine')")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert bounded.run("import json; print('theirs')", b"") == b"theirs\n"
