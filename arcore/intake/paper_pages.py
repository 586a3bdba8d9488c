"""Pages of papers as pictures, so that they can be looked at where the browser may open no PDF by itself."""

from __future__ import annotations

import subprocess
import sys

WIDE = 595
"""Points: a page is drawn as wide as A4, whatever it is."""
DOTS = 110
"""Per inch: small print can be read."""
SECONDS, MEMORY = 10, 2**30
_DRAWER = """
import resource, sys
for what, most in ((resource.RLIMIT_AS, int(sys.argv[1])), (resource.RLIMIT_CPU, int(sys.argv[2]))):
    resource.setrlimit(what, (most, most))
import typst
text = (
    "#set page(width: auto, height: auto, margin: 0pt)\\n"
    f'#image("paper.pdf", page: {int(sys.argv[3])}, width: {int(sys.argv[4])}pt)'
)
files = {"main.typ": text.encode(), "paper.pdf": sys.stdin.buffer.read()}
made = typst.compile(files, format="png", ppi=float(sys.argv[5]), ignore_system_fonts=True)
sys.stdout.buffer.write(made if isinstance(made, bytes) else made[0])
"""


def picture(content: bytes, page: int = 1) -> bytes | None:
    """Return a page of a PDF, the first is 1, as PNG; None when it can't be drawn or has no such page.

    It is drawn in a process of its own, bounded in time and memory: whatever stands in the file, only that one ends.
    """
    bounds = [str(number) for number in (MEMORY, SECONDS, max(1, page), WIDE, DOTS)]
    try:
        done = subprocess.run(  # noqa: S603  our own program, the file only on its standard input
            [sys.executable, "-I", "-c", _DRAWER, *bounds],
            input=content,
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return None
    return done.stdout if done.returncode == 0 and done.stdout.startswith(b"\x89PNG") else None
