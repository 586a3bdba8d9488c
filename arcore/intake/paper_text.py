"""What stands in a PDF: how many pages, the text of the first, what in it may be the number of a document."""

from __future__ import annotations

import re
from typing import Literal
from typing import NamedTuple
from typing import TypeAlias

from arcore.intake import bounded

Kind: TypeAlias = Literal["invoice", "pod", "po"]
MOST_PAGES, MOST_LETTERS = 5, 50_000
"""How much of a PDF is read for its text."""
_SIGNS: dict[Kind, tuple[str, ...]] = {
    "pod": ("proof of delivery", "delivery note", "lieferschein", "packing slip", "bon de livraison", "pod"),
    "po": ("purchase order", "bestellung", "bon de commande", "po"),
}
_WORD = re.compile(r"[^\W_](?:[\w./-]*[^\W_])?", re.UNICODE)
_LETTERS = re.compile(r"[^\W\d_]+")
MOST_WORDS = 2000
"""Of a text, that may be numbers."""
_SHORTEST = 3
"""A number of fewer signs is in every text."""
_READER = """
import io, logging, sys
logging.disable(logging.CRITICAL)
from pypdf import PdfReader
reader = PdfReader(io.BytesIO(sys.stdin.buffer.read()))
count = len(reader.pages)
text = "\\n".join(reader.pages[n].extract_text() for n in range(min(count, int(sys.argv[1]))))
sys.stdout.buffer.write(f"{count}\\n{text[:int(sys.argv[2])]}".encode("utf-8", "replace"))
"""


class Paper(NamedTuple):
    """What stands in a PDF: how many pages, the text of the first; `note` says why there is none."""

    pages: int | None
    text: str
    note: str = ""


def read_pdf(content: bytes) -> Paper:
    """Read pages and text of a PDF in a process of its own, bounded in time and memory; a bad one has a note."""
    if not content.startswith(b"%PDF-"):
        return Paper(None, "", "This is no PDF")
    try:
        read = bounded.run(_READER, content, MOST_PAGES, MOST_LETTERS)
    except TimeoutError:
        return Paper(None, "", "Its text took too long to read")
    if read is None:
        return Paper(None, "", "Its text can't be read: the file is damaged or locked")
    count, _, text = read.decode("utf-8", "replace").partition("\n")
    return Paper(int(count), text, "" if text.strip() else "It holds no text, only pictures")


def kind_of(name: str, text: str) -> Kind:
    """Say what kind of paper it is, by its name, else by how its text begins; an invoice unless it says otherwise."""
    for said in (name, text[:300]):
        words = f" {' '.join(_LETTERS.findall(said.casefold()))} "
        for kind, signs in _SIGNS.items():
            if any(f" {sign} " in words for sign in signs):
                return kind
    return "invoice"


def words_of(text: str) -> set[str]:
    """Return what may be a number of a document: words with a digit, and their parts without a prefix or an ending."""
    found = {word.casefold() for word in _WORD.findall(text) if any(sign.isdecimal() for sign in word)}
    parts = {part for word in found for part in re.split(r"[_./ ]", word)}
    return {word for word in found | parts if len(word) >= _SHORTEST and any(sign.isdecimal() for sign in word)}


def numbers_in(paper: Paper) -> list[str]:
    """Return the words of a text that may be numbers, as many as are worth keeping."""
    return sorted(words_of(paper.text))[:MOST_WORDS]
