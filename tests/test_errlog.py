"""People get a reference number; the log has the traceback under it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from arcore import errlog
from arcore.settings import settings


@pytest.fixture
def log_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Give a log folder of its own."""
    monkeypatch.setenv("ARCORE_DATA_DIR", str(tmp_path / "data"))
    _forget()
    yield tmp_path / "data" / "log"
    _forget()


def _forget() -> None:
    settings.cache_clear()
    if errlog.logger.cache_info().currsize:
        for handler in list(errlog.logger().handlers):
            errlog.logger().removeHandler(handler)
            handler.close()
    errlog.logger.cache_clear()


def _fail() -> Exception:
    try:
        return ValueError(1 / 0)
    except ZeroDivisionError as error:
        return error


def test_the_traceback_stands_in_the_log_under_the_reference(log_dir: Path) -> None:
    reference = errlog.log_failure(_fail(), where="Aging")
    assert re.fullmatch(r"[0-9A-F]{8}", reference)
    log = (log_dir / "arcore.log").read_text()
    assert re.search(
        rf"^\d{{4}}-\d\d-\d\dT\d\d:\d\d:\d\dZ ERROR {reference} Aging: ZeroDivisionError$", log, re.MULTILINE
    )
    assert "in _fail" in log


def test_two_failures_have_two_references(log_dir: Path) -> None:
    assert errlog.log_failure(_fail()) != errlog.log_failure(_fail())


def test_the_log_does_not_grow_for_ever(log_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(errlog, "MAX_BYTES", 2_000)
    for _ in range(60):
        errlog.log_failure(_fail())
    assert len(list(log_dir.iterdir())) == errlog.KEPT_FILES + 1


def test_where_no_log_can_be_written_standard_error_takes_it(
    tmp_path: Path, log_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "data").write_text("in the way")
    reference = errlog.log_failure(_fail(), where="Aging")
    assert reference in capsys.readouterr().err
