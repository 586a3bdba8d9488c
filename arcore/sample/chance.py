"""Chance with a fixed seed: every purpose has a stream of its own, so one more invoice here changes nothing there."""

from __future__ import annotations

from random import Random

SEED = "arcore sample 1"
"""Change it and every figure changes."""
EDITION = f"{SEED}, edition 2"
"""What a store is marked with; a new number makes `ensure` build older samples again."""


def chance(purpose: str) -> Random:
    """Return the stream of a purpose, the same on every machine and in every year."""
    return Random(f"{SEED} {purpose}")  # noqa: S311  a sample needs no secrets
