"""The entry: starts the shell, nothing else."""

from __future__ import annotations

from pages.ui import shell

shell.run_app()
