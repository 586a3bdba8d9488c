"""The only way outside: letters to customers by a mail server or as files."""

from __future__ import annotations
