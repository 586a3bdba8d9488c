"""Letters as `.eml` files: there in full or not there at all, and never written over."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
from pathlib import Path

from arcore.delivery.fate import Fate


def file_for(folder: Path, header_id: str) -> Path:
    """Return the file that a message becomes; two Message-IDs never share one."""
    stem = re.sub(r"[^A-Za-z0-9-]+", "_", header_id.strip("<>").partition("@")[0])[:48]
    return folder / f"{stem}-{hashlib.sha256(header_id.encode()).hexdigest()[:12]}.eml"


def write(folder: Path, raw: bytes, header_id: str) -> Fate:
    """Write a message as a file; once it says sent, the file survives a power cut.

    The same message again changes nothing. A disk that is full or read-only refuses it.
    """
    target = file_for(folder, header_id)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if target.exists():
            return _already(target, raw)
        _put(target, raw)
    except OSError as error:
        return Fate("refused", f"{target} can't be written: {error.strerror or type(error).__name__}", cause="way")
    return Fate("sent", f"Written to {target}", file=str(target))


def _put(target: Path, raw: bytes) -> None:
    """Write beside, then move into place in one step."""
    beside = target.with_name(f".{target.name}.part")
    try:
        with beside.open("wb") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(target)
    except OSError:
        with contextlib.suppress(OSError):
            beside.unlink()
        raise
    _settle(target.parent)


def _settle(folder: Path) -> None:
    """Have the folder's own entry on the disk too, where the system can do that."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _already(target: Path, raw: bytes) -> Fate:
    if target.read_bytes() == raw:
        return Fate("sent", f"Written to {target}", file=str(target))
    return Fate("refused", f"{target} is there already with another text; nothing was written", cause="message")
