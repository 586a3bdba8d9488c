"""Text in the encodings that exports come in."""

from __future__ import annotations

import pytest

from arcore.intake.encoding import decode

GERMAN = "Kunde;Straße;Betrag\nMüller GmbH;Köln-Süd;1,00\nGroß & Söhne;München;2,00\n"


@pytest.mark.parametrize(
    ("encoding", "named"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("cp1252", "cp1252"),
    ],
)
def test_each_encoding_gives_the_same_text(encoding: str, named: str) -> None:
    found = decode(GERMAN.encode(encoding))
    assert found is not None
    assert found.text == GERMAN
    assert found.encoding == named


def test_central_european_letters_are_told_from_western_ones() -> None:
    text = "Odběratel;Částka\nŽluťoučký kůň s.r.o.;1,00\nPříliš žluťoučký;2,00\nŘepa a syn, Plzeň;3,00\n"
    found = decode(text.encode("cp1250"))
    assert found is not None
    assert found.text == text


@pytest.mark.parametrize("encoding", ["cp1252", "cp850"])
def test_one_word_with_an_umlaut_is_enough(encoding: str) -> None:
    text = "Konto;Gegenkonto (ohne BU-Schlüssel);Text\n10000;8400;Gebühr für Müller, größere Beträge\n"
    found = decode(text.encode(encoding))
    assert found is not None
    assert found.text == text


@pytest.mark.parametrize("data", [b"a\x00b", bytes(range(1, 32)) * 20, b"\xff\xfea"])
def test_bytes_that_are_no_text_are_none(data: bytes) -> None:
    assert decode(data) is None
