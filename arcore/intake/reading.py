"""Understand files: bytes in, `Understood` out. Pure: no store, no clock, no guess that is not said."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from datetime import date
from datetime import timedelta
from decimal import Decimal

from arcore.errors import BadInput
from arcore.intake import kinds
from arcore.intake.columns import Columns
from arcore.intake.columns import match_columns
from arcore.intake.customers import read_customers
from arcore.intake.dates import DateOrder
from arcore.intake.dates import as_of_in
from arcore.intake.dates import decide_order
from arcore.intake.dates import read_date
from arcore.intake.documents import Documents
from arcore.intake.documents import read_documents
from arcore.intake.files import Opened
from arcore.intake.files import Sheet
from arcore.intake.files import open_file
from arcore.intake.headerless import guess_columns
from arcore.intake.kinds import Kind
from arcore.intake.kinds import decide_kind
from arcore.intake.layout import Table
from arcore.intake.layout import fingerprint
from arcore.intake.layout import find_header
from arcore.intake.layout import lay_out
from arcore.intake.layout import samples_of
from arcore.intake.lines import AMOUNT_FIELDS
from arcore.intake.lines import DATE_FIELDS
from arcore.intake.lines import Reading
from arcore.intake.lines import text_of
from arcore.intake.numbers import DecimalMark
from arcore.intake.numbers import decide_mark
from arcore.intake.numbers import read_amount
from arcore.intake.profiles import profile_of
from arcore.intake.understood import BALANCES
from arcore.intake.understood import BOOKS
from arcore.intake.understood import CUSTOMERS
from arcore.intake.understood import OPEN_ITEMS
from arcore.intake.understood import OTHER
from arcore.intake.understood import FileTotal
from arcore.intake.understood import Question
from arcore.intake.understood import RefusedRow
from arcore.intake.understood import Understood
from arcore.money import ZERO

PREVIEWED = 8
_LATIN_COMMA = frozenset({";"})
_DOCUMENTS_PART = frozenset("id type customer date due_date amount currency".split())
_APPLICATIONS_PART = frozenset("from_id to_id date amount".split())


@dataclass(frozen=True)
class Options:
    """What the caller knows better than the file.

    Attributes:
        currency: taken where the file names none.
        as_of: the day of a snapshot; wins over the file's title.
        mapping: corrections: position → field for every table, or header fingerprint → (position → field).
        day_first: how dates are read that can be read in two ways; for every table, or by header fingerprint.
        profile: the system the files come from, if the caller knows it.
    """

    currency: str | None = None
    as_of: date | None = None
    mapping: Mapping[int, str] | Mapping[str, Mapping[int, str]] = field(default_factory=dict)
    day_first: bool | Mapping[str, bool] | None = None
    profile: str | None = None


def understand(
    files: Sequence[tuple[str, bytes]],
    *,
    currency: str | None = None,
    as_of: date | None = None,
    mapping: Mapping[int, str] | Mapping[str, Mapping[int, str]] | None = None,
    day_first: bool | Mapping[str, bool] | None = None,
    profile: str | None = None,
) -> list[Understood]:
    """Understand files, in the order given; a workbook yields one result for each sheet that holds a table.

    Bad rows are in `refused`; only a file that can't be read at all raises BadInput, with one sentence that names it.
    """
    options = Options(currency, as_of, mapping or {}, day_first, profile)
    return [found for name, data in files for found in _understand_file(open_file(name, data), options)]
