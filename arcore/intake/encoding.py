"""Text encodings: UTF-8 first, UTF-16 by its mark, then a guess with Windows-1252 as the default."""

from __future__ import annotations

from typing import NamedTuple

from charset_normalizer import from_bytes

_GUESSES = ["cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1257", "iso8859_2", "iso8859_15"]
_OLD_GUESSES = ["cp850", "cp852"]
_TOO_CHAOTIC = 0.05
_DEFAULT = "cp1252"
_SAMPLE = 48 * 1024


class Text(NamedTuple):
    """A file's text and the encoding it was read in."""

    text: str
    encoding: str


def decode(data: bytes) -> Text | None:
    """Turn bytes into text; None when they are no text (NUL bytes, control characters)."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _utf16(data, "utf-16")
    if b"\0" in data:
        return _utf16(data, "utf-16-le") if _looks_utf16(data) else None
    try:
        text = Text(data.decode("utf-8-sig"), "utf-8-sig" if data.startswith(b"\xef\xbb\xbf") else "utf-8")
    except UnicodeDecodeError:
        encoding = _guess(data)
        text = Text(data.decode(encoding, errors="replace"), encoding)
    return text if _is_text(text.text) else None


def _utf16(data: bytes, encoding: str) -> Text | None:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        return None
    return Text(text.removeprefix("\ufeff"), encoding) if "\0" not in text and _is_text(text) else None


def _looks_utf16(data: bytes) -> bool:
    sample = data[:4000]
    return len(data) % 2 == 0 and sample[1::2].count(0) > 0.4 * len(sample[1::2])


def _is_text(text: str) -> bool:
    """Tell text from noise by its first characters: control characters and undecodable bytes are rare in text."""
    sample = text[:_SAMPLE]
    strange = sum(1 for mark in sample if (mark < " " and mark not in "\t\r\n\f\x1a") or mark == "\ufffd")
    return strange * 200 <= len(sample)


def _guess(data: bytes) -> str:
    """Guess from the lines that are not ASCII; what is as good as Windows-1252 is Windows-1252."""
    sample = bytearray()
    for line in data.splitlines():
        if not line.isascii():
            sample += line + b"\n"
        if len(sample) > _SAMPLE:
            break
    best = from_bytes(bytes(sample), cp_isolation=_GUESSES).best()
    if best is None or best.chaos > _TOO_CHAOTIC:
        old = from_bytes(bytes(sample), cp_isolation=_OLD_GUESSES).best()
        best = old if old is not None and (best is None or old.chaos < best.chaos) else best
    if best is None or _DEFAULT in best.could_be_from_charset:
        return _DEFAULT
    return str(best.encoding)
