"""Letters as files: whole or not there, and never written over."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from arcore.delivery import outbox

HEADER_ID = "<0123456789abcdef@arcore.example>"


def test_a_letter_becomes_a_file_of_its_bytes(tmp_path: Path, letter: bytes) -> None:
    fate = outbox.write(tmp_path / "outbox", letter, HEADER_ID)
    [file] = (tmp_path / "outbox").iterdir()
    assert (fate.state, fate.file) == ("sent", str(file))
    assert file.read_bytes() == letter
    assert file.suffix == ".eml"
    assert file == outbox.file_for(tmp_path / "outbox", HEADER_ID)


def test_the_same_letter_again_changes_nothing(tmp_path: Path, letter: bytes) -> None:
    first = outbox.write(tmp_path, letter, HEADER_ID)
    written = Path(first.file).stat().st_mtime_ns
    assert outbox.write(tmp_path, letter, HEADER_ID) == first
    assert Path(first.file).stat().st_mtime_ns == written


def test_a_file_is_never_written_over(tmp_path: Path, letter: bytes) -> None:
    first = outbox.write(tmp_path, letter, HEADER_ID)
    fate = outbox.write(tmp_path, b"another letter", HEADER_ID)
    assert (fate.state, fate.cause) == ("refused", "message")
    assert "already with another text" in fate.words
    assert Path(first.file).read_bytes() == letter


@pytest.mark.parametrize(
    ("one", "other"),
    [("<a/b@x>", "<a_b@x>"), ("<a@x>", "<a@y>"), ("<A@x>", "<a@x>"), ("<" + "a" * 90 + "@x>", "<" + "a" * 91 + "@x>")],
)
def test_two_messages_never_share_a_file(tmp_path: Path, one: str, other: str) -> None:
    names = {outbox.file_for(tmp_path, header_id).name.lower() for header_id in (one, other)}
    assert len(names) == 2
    assert all(len(name) <= 80 for name in names)


def test_an_id_leads_to_no_other_folder(tmp_path: Path) -> None:
    assert outbox.file_for(tmp_path, "<../../etc/passwd@x>").parent == tmp_path


def test_a_full_disk_refuses_and_leaves_no_half_a_file(
    tmp_path: Path, letter: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    fate = outbox.write(tmp_path, letter, HEADER_ID)
    assert (fate.state, fate.cause) == ("refused", "way")
    assert "No space left on device" in fate.words
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_made_refuses(tmp_path: Path, letter: bytes) -> None:
    (tmp_path / "outbox").write_text("in the way")
    fate = outbox.write(tmp_path / "outbox", letter, HEADER_ID)
    assert (fate.state, fate.cause) == ("refused", "way")
    assert str(tmp_path / "outbox") in fate.words
