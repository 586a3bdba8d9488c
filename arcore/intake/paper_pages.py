"""Pages of papers as pictures, so that they can be looked at where the browser may open no PDF by itself."""

from __future__ import annotations

from arcore.intake import bounded

WIDE = 595
"""Points: a page is drawn as wide as A4, whatever it is."""
DOTS = 110
"""Per inch: small print can be read."""
_DRAWER = """
import sys
import typst
text = (
    "#set page(width: auto, height: auto, margin: 0pt)\\n"
    f'#image("paper.pdf", page: {int(sys.argv[1])}, width: {int(sys.argv[2])}pt)'
)
files = {"main.typ": text.encode(), "paper.pdf": sys.stdin.buffer.read()}
made = typst.compile(files, format="png", ppi=float(sys.argv[3]), ignore_system_fonts=True)
sys.stdout.buffer.write(made if isinstance(made, bytes) else made[0])
"""


def picture(content: bytes, page: int = 1) -> bytes | None:
    """Return a page of a PDF, the first is 1, as PNG; None when it can't be drawn or has no such page.

    It is drawn in a process of its own: whatever stands in the file, only that one ends.
    """
    try:
        drawn = bounded.run(_DRAWER, content, max(1, page), WIDE, DOTS)
    except TimeoutError:
        return None
    return drawn if drawn is not None and drawn.startswith(b"\x89PNG") else None
