"""Exports in: read any file, say what was understood, plan the difference, commit it, undo it.

bytes → sheets → `Understood` (this is reading, and pure) → plan → commit → undo.
"""
