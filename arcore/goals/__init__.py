"""Targets of measures with their bands, and notes in charts."""
