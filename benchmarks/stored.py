"""The rows of a closed SQLite file as Arrow tables: ADBC's own way, and what the peers are fed with.

ADBC carries its own SQLite: on a file that somebody in this process has open it would lose committed rows. So this
module is given a copy that nobody else opens.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from adbc_driver_sqlite import StatementOptions
from adbc_driver_sqlite import dbapi
from numpy.typing import NDArray

BATCH_ROWS = 65_536
"""Rows that the driver hands over at once; its own choice of a thousand costs a third more."""

ITEMS = """
SELECT id, document_id, customer_id, side, effective_on, due_date, original_due_date, origin_item_id, amount
FROM item ORDER BY id
"""
DOCUMENTS = """
SELECT id, kind, currency, entity, reason, document_date, amount, tax_amount FROM document ORDER BY id
"""
APPLICATIONS = "SELECT id, from_item_id, to_item_id, amount, effective_on FROM application ORDER BY id"


class Stored(NamedTuple):
    """Three tables with the columns that the books are loaded from; dates are text, as SQLite keeps them."""

    items: pa.Table
    documents: pa.Table
    applications: pa.Table

    @property
    def rows(self) -> int:
        """All rows."""
        return int(self.items.num_rows + self.documents.num_rows + self.applications.num_rows)


def read(path: Path) -> Stored:
    """Read the same columns as we do, three connections side by side, in the batches that suit the driver best.

    The file is opened as one that nobody changes: without locks, which is quickest.
    """
    with ThreadPoolExecutor(max_workers=3) as pool:
        return Stored(*pool.map(lambda sql: _fetch(path, sql), (ITEMS, DOCUMENTS, APPLICATIONS)))


def _fetch(path: Path, sql: str) -> pa.Table:
    with dbapi.connect(f"{path.as_uri()}?immutable=1") as connection, connection.cursor() as cursor:
        cursor.adbc_statement.set_options(**{StatementOptions.BATCH_ROWS.value: str(BATCH_ROWS)})
        cursor.execute(sql)
        return cursor.fetch_arrow_table()


def day_numbers(dates: pa.ChunkedArray) -> NDArray[np.int32]:
    """Return dates, as text or not, as day numbers."""
    days: NDArray[np.int32] = dates.cast(pa.date32()).cast(pa.int32()).to_numpy()
    return days
