"""The accounts-receivable cockpit: books, analytics and files in, without a screen."""

from __future__ import annotations

__version__ = "0.1.0"
