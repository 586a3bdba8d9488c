"""What the figures were measured on and with."""

from __future__ import annotations

import os
import platform
import sqlite3
from datetime import UTC
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

PACKAGES = "numpy numba duckdb polars pandas pyarrow adbc-driver-sqlite adbc-driver-manager SQLAlchemy".split()
PREFIXES = ("OPENBLAS_", "OMP_", "NUMBA_", "POLARS_", "MKL_")
"""Settings from outside that make libraries faster or slower."""


def facts() -> dict[str, Any]:
    """Return machine, load, settings and versions, to stand beside the results."""
    return {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": {
            "processor": _processor(),
            "cores": os.cpu_count(),
            "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
            "system": platform.platform(),
            "load_average": [round(load, 2) for load in os.getloadavg()],
        },
        "settings": {name: value for name, value in os.environ.items() if name.startswith(PREFIXES)},
        "versions": {
            "python": platform.python_version(),
            "sqlite": sqlite3.sqlite_version,
            **{name: version(name) for name in PACKAGES},
        },
    }


def _processor() -> str:
    known = Path("/proc/cpuinfo")
    if known.exists():
        for line in known.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
