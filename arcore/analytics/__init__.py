"""The measures: pure functions on numpy arrays. No database, no clock; the as-of day always comes in."""
