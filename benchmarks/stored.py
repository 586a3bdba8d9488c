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

from arcore.reports.bulk import APPLICATIONS
from arcore.reports.bulk import BATCH_ROWS
from arcore.reports.bulk import DOCUMENTS
from arcore.reports.bulk import ITEMS
from arcore.reports.rows import Reach

NAMES = {
    "item_id": "id",
    "effective": "effective_on",
    "due": "due_date",
    "app_amount": "amount",
    "app_day": "effective_on",
}


class Stored(NamedTuple):
    """Three tables with the columns that the books are loaded from; dates are text, as SQLite keeps them."""

    items: pa.Table
    documents: pa.Table
    applications: pa.Table

    @property
    def rows(self) -> int:
        """All rows."""
        return int(self.items.num_rows + self.documents.num_rows + self.applications.num_rows)


def read(path: Path, reach: Reach) -> Stored:
    """Read the same columns as we do, three connections side by side, in the batches that suit the driver best.

    The file is opened as one that nobody changes: without locks, which is quickest.
    """
    queries = [sql.format(reach) for sql in (ITEMS, DOCUMENTS, APPLICATIONS)]
    with ThreadPoolExecutor(max_workers=3) as pool:
        return Stored(*pool.map(lambda sql: _fetch(path, sql), queries))


def in_plain_names(stored: Stored) -> Stored:
    """Name the columns as the tables do, for those who write SQL."""
    items = stored.items.select(["item_id", "document_id", "customer_id", "side", "effective", "due", "amount"])
    links = stored.applications.select(["from_item_id", "to_item_id", "app_amount", "app_day"])
    return Stored(_renamed(items), stored.documents, _renamed(links))


def _fetch(path: Path, sql: str) -> pa.Table:
    with dbapi.connect(f"{path.as_uri()}?immutable=1") as connection, connection.cursor() as cursor:
        cursor.adbc_statement.set_options(**{StatementOptions.BATCH_ROWS.value: str(BATCH_ROWS)})
        cursor.execute(sql)
        return cursor.fetch_arrow_table()


def _renamed(table: pa.Table) -> pa.Table:
    return table.rename_columns([NAMES.get(name, name) for name in table.column_names])


def day_numbers(dates: pa.ChunkedArray) -> NDArray[np.int32]:
    """Return dates, as text or not, as day numbers."""
    days: NDArray[np.int32] = dates.cast(pa.date32()).cast(pa.int32()).to_numpy()
    return days
