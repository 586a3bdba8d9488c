"""How the figures of an upload are made: what a file holds, the differences of one kind, what is open afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from arcore.intake import queries
from arcore.intake.changes import ChangeKind
from arcore.intake.changes import Plan
from arcore.intake.understood import Understood
from arcore.ledger.kinds import BY_NAME
from arcore.money import ZERO
from arcore.money import nearest_minor
from pages.ui import import_difference
from pages.ui import import_people
from pages.ui import import_quality
from pages.ui import import_reading
from pages.ui import import_sums
from pages.ui import shell
from pages.ui import tables
from pages.ui.format import Format
from pages.ui.import_difference import WORDS
from pages.ui.import_explain import Made
from pages.ui.import_words import LEFT_OUT
from pages.ui.import_words import counted

MEANT = {
    ChangeKind.NEW: "Documents of the files that the books do not know yet. Booking makes them.",
    ChangeKind.CHANGED: "Documents whose amount, day or customer is another one in the files than in the books.",
    ChangeKind.SETTLED: "Documents of which nothing is open any more: the files say so, or no longer list them.",
    ChangeKind.PART_PAID: "Documents of which less is open now than the source said last.",
    ChangeKind.REOPENED: "Documents that were settled, and of which the files say again that something is open.",
    ChangeKind.PENDING_IN_SOURCE: "What was booked here and the source does not have yet. It stays as it is.",
    ChangeKind.UNCHANGED: "Documents of which the files say what the books know already.",
    ChangeKind.REFUSED: "Lines that can't be read or booked. The other lines can be booked without them.",
}
"""What the differences of a kind are."""
OPEN = "the amount: what is open of them after − what was open before, by currency"


# --- step two: a file -------------------------------------------------------------------------------------------------


def of_file(found: Sequence[Understood], key: str, say: Format, currency: str) -> Made | None:
    """Return how a figure of one of the files is made, by its key: what it holds, or how clean it is."""
    what, _, place = key.partition("_")
    if key == "rows":
        return _rows(found, say)
    if not place.isdigit() or int(place) >= len(found):
        return None
    one = found[int(place)]
    return import_quality.of_file(one, say) if what == "clean" else _holds(one, say, currency)


def _rows(found: Sequence[Understood], say: Format) -> Made:
    table = pd.DataFrame(
        [
            (
                one.path, one.sheet, len(one.rows) + len(one.customers), len(one.refused), sum(one.left_out.values()),
                one.rows_read,
            )
            for one in found
        ],
        columns=["File", "Sheet", "Understood", "Refused", "Left out", "Lines"],
    )  # fmt: skip
    parts = [say.number(count) for count in table["Understood"]]
    return Made(
        "Rows understood",
        "Documents, customers and balances that the files tell of. A document of several lines is one row.",
        "the rows understood of every file, added up",
        [f"{' + '.join(parts)} = {say.number(int(table['Understood'].sum()))}"], table, ("table", "tables"),
        {
            "File": tables.text("File", width=230), "Sheet": tables.text("Sheet", width=90),
            **{name: tables.count(name, width=80) for name in ("Understood", "Refused", "Left out", "Lines")},
        },
    )  # fmt: skip


def _holds(one: Understood, say: Format, currency: str) -> Made:
    rows = sorted(one.rows, key=lambda row: (row.currency, -row.amount, row.line))
    table = pd.DataFrame(
        [
            (
                row.line, BY_NAME[row.kind].label if row.kind in BY_NAME else row.kind, row.number,
                row.customer_name or row.customer_code, row.document_date, float(row.amount),
                None if row.open_amount is None else float(row.open_amount), row.currency or currency,
            )
            for row in rows
        ],
        columns=["Line", "Kind", "Document", "Customer", "Date", "Amount", "Open", "Currency"],
    )  # fmt: skip
    columns: dict[str, Any] = {
        "Line": tables.count("Line", width=50), "Kind": tables.text("Kind", width=85),
        "Document": tables.text("Document", width=90), "Customer": tables.text("Customer", width=145),
        "Date": tables.day("Date", say, width=92), "Amount": tables.money("Amount", say, width=92),
        "Open": tables.money("Open", say, width=92),
    }  # fmt: skip
    if len(set(table["Currency"])) > 1:
        columns["Currency"] = tables.text("Currency", width=75)
    return Made(
        f"What {one.path} holds",
        "The documents that were understood, added up as they stand in the file, each currency by itself.",
        "the amounts of the rows of each kind; open: what the file says is open of them, credits taken off",
        import_reading.sums(one, say, currency=currency), table, ("document", "documents"), columns,
    )  # fmt: skip


# --- step three: the differences --------------------------------------------------------------------------------------


def of_plan(frame: shell.Frame, plan: Plan, key: str, currency: str) -> Made | None:
    """Return how a figure of the differences is made, by its key."""
    say = frame.say
    what, _, place = key.partition("_")
    if what in ("clean", "holds"):
        return of_file([file.understood for file in plan.files], key, say, currency)
    if key == "left":
        return _left_out(plan, say)
    if key == "totals":
        return _totals(plan, say)
    if what == "people":
        return _people(frame, plan, place)
    kind = next((kind for kind in ChangeKind if kind.value == place), None)
    return _kind(plan, kind, say) if what == "kind" and kind is not None else None


def _differences(plan: Plan, say: Format, kinds: Sequence[str]) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Return differences of some kinds, all when none is named, the largest first, with the columns of their grid."""
    table = import_difference.listed(plan, say, kinds, "")
    table = table.assign(What=table["What"].str[0])
    order = table["Amount"].abs().fillna(0).sort_values(ascending=False, kind="stable").index
    several = len(plan.files) > 1
    columns: dict[str, Any] = {
        "Line": tables.text("Line", width=110) if several else tables.count("Line", width=50),
        "Document": tables.text("Document", width=90), "Customer": tables.text("Customer", width=140),
        "Amount": tables.money("Amount", say, width=92), "Before": tables.money("Open before", say, width=92),
        "After": tables.money("Open after", say, width=92), "Why": tables.text("Why", width=200),
    }  # fmt: skip
    if len(kinds) != 1:
        columns = {"What": tables.text("What", width=80)} | columns
    if len(set(table["Currency"])) > 1:
        columns["Currency"] = tables.text("Currency", width=75)
    return table.loc[order], columns


def _kind(plan: Plan, kind: ChangeKind, say: Format) -> Made:
    table, columns = _differences(plan, say, (kind.value,))
    total = next(total for total in queries.kind_totals(plan) if total.kind is kind)
    codes = sorted({*total.before, *total.after})
    filled = [f"{counted(total.documents, 'document', 'documents', say)} counted"] if not codes else []
    for code in codes:
        after, before = (nearest_minor(side.get(code, ZERO), code) for side in (total.after, total.before))
        moved = f"{say.signed(after - before, code)} {code}"
        filled.append(f"{say.money(after, code)} − {say.money(before, code)} = {moved}")
    nouns = ("line", "lines") if kind is ChangeKind.REFUSED else ("document", "documents")
    formula = "the number of such lines" if kind is ChangeKind.REFUSED else f"the number of such documents; {OPEN}"
    return Made(WORDS[kind], MEANT[kind], formula, filled, table, nouns, columns)


def _left_out(plan: Plan, say: Format) -> Made:
    found = import_difference.plan_left_out(plan)
    reasons = sorted((reason for reason in found if found[reason]), key=lambda reason: -found[reason])
    words = {reason: LEFT_OUT.get(reason, (reason.replace("_", " "),) * 2) for reason in reasons}
    parts = [counted(found[reason], *words[reason], say) for reason in reasons]
    table = pd.DataFrame(
        [(words[reason][1].capitalize(), found[reason]) for reason in reasons], columns=["Reason", "Lines"]
    )
    columns = {"Reason": tables.text("Reason", width=260), "Lines": tables.count("Lines", width=80)}
    return Made(
        "Left out",
        "Lines of the files that are no document of their own, such as titles and totals, and documents that are not "
        "booked, such as drafts.",
        "the number of such lines and documents, by reason",
        [f"{' + '.join(parts)} = {say.number(sum(found.values()))}"] if parts else [], table,
        ("reason", "reasons"), columns,
    )  # fmt: skip


def _totals(plan: Plan, say: Format) -> Made:
    sums = import_sums.sums(plan)
    filled = []
    for code in map(str, sums.columns):
        parts = [f"{name.lower()} {say.number(float(sums[code][name]), 2)}" for name in map(str, sums.index)]
        filled.append(f"{code}: {' + '.join(parts[:-1])} = {parts[-1]}")
    table, columns = _differences(plan, say, [kind.value for kind in WORDS if kind is not ChangeKind.PENDING_IN_SOURCE])
    table = table[table["Before"].notna() | table["After"].notna()]
    return Made(
        import_sums.AFTER,
        "What the files say is open of the documents that they tell of, before this import and after it. Documents of "
        "other sources are not in it.",
        "open before + what each kind of difference moves it by",
        filled, table, ("difference", "differences"), columns,
    )  # fmt: skip


def _people(frame: shell.Frame, plan: Plan, name: str) -> Made | None:
    say, word = frame.say, name.replace("_", " ").capitalize()
    count = import_people.facts_of(plan).get(word)
    if count is None:
        return None
    if word.endswith("customers"):
        table = import_people.people(say, plan, frame.company.currency)
        table = table.assign(What=table["What"].str[0])
        table = table[table["What"] == word.split(" ", 1)[0]]
        columns: dict[str, Any] = {
            "Code": tables.text("Code", width=110), "Customer": tables.text("Customer", width=180),
            "What the files say": tables.text("What the files say", width=340),
        }  # fmt: skip
        meaning = "Customers whom the books do not know." if word[0] == "N" else "Customers whose facts are others now."
        filled = [f"{counted(count, 'customer', 'customers', say)} counted"]
        return Made(word, meaning, "their number", filled, table, ("customer", "customers"), columns)
    _, table = import_people.compared(plan)
    table = table[(table["Difference"] != 0) == word.endswith("differ")]
    columns = {
        "Code": tables.text("Code", width=80), "Customer": tables.text("Customer", width=150),
        "Currency": tables.text("Currency", width=75), "In the file": tables.money("In the file", say, width=105),
        "In the books": tables.money("In the books", say, width=105),
        "Difference": tables.money("Difference", say, width=100),
    }  # fmt: skip
    return Made(
        word, "Customers whose balance in the file is the same as in the books on its day, or is not.",
        "the number of customers and currencies where file − books is " + ("not 0" if "differ" in word else "0"),
        [f"{counted(count, 'balance', 'balances', say)} counted"], table, ("balance", "balances"), columns,
    )  # fmt: skip
