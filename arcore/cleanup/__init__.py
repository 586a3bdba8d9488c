"""Decisions about what looked wrong: no duplicate, a gap explained, an oddity accepted, a credit left in place."""
