"""Which signs the fonts that come with typst can draw: what goes on paper is written with these.

Libertinus Serif, for some signs DejaVu Sans Mono. A sign of another script or an emoji is drawn as "?".
"""

from __future__ import annotations

_DRAWN = (
    range(0x20, 0x500), range(0x530, 0x600), range(0x621, 0x64B), range(0x10D0, 0x1100), range(0x1E00, 0x2000),
    range(0x2010, 0x2041), range(0x2070, 0x20C1), range(0x2100, 0x2120), range(0x2190, 0x2300), range(0x2500, 0x2600),
)  # fmt: skip
"""What the bundled fonts have: Latin to Cyrillic, Armenian and Hebrew, Arabic, Georgian, accents, signs."""


def drawn(text: str) -> str:
    """Return a text with "?" for each sign that the bundled fonts can't draw, and nothing for what can't be seen."""
    return "".join(sign if any(ord(sign) in part for part in _DRAWN) else "?" for sign in text)
