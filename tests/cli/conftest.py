"""The command line, run in this process."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from typing import NamedTuple

import pytest

from arcore.cli import main


class Answer(NamedTuple):
    """What a call left behind.

    Attributes:
        code: the exit code.
        out: standard output.
        err: standard error.
    """

    code: int
    out: str
    err: str

    @property
    def document(self) -> dict[str, Any]:
        """Return the one JSON document on standard output."""
        read: dict[str, Any] = json.loads(self.out)
        return read


@pytest.fixture
def arcore(capsys: pytest.CaptureFixture[str]) -> Callable[..., Answer]:
    """Return a function that runs one command: `arcore("init", "--json")`."""

    def call(*words: object) -> Answer:
        capsys.readouterr()
        code = main([str(word) for word in words])
        out, err = capsys.readouterr()
        return Answer(code, out, err)

    return call
