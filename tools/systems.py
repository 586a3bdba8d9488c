"""Write docs/systems.md: which systems arcore reads by name, and what each sample export came out as.

`make systems` reads the sample exports in ../shared/imports and what each must give; where they are not there it says
so and leaves the page as it is.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any
from typing import NamedTuple

from arcore.errors import BadInput
from arcore.intake.profiles import built_in
from arcore.intake.reading import understand
from arcore.intake.understood import OTHER
from arcore.intake.understood import Understood
from arcore.intake.understood import totals
from arcore.money import ZERO

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"
PAGE = ROOT / "docs" / "systems.md"
ABSENT = "The sample exports (../shared/imports) are not here; docs/systems.md stays as it is."
NOT_LOOKED_AT = frozenset({"supporting_table"})
LONGEST = 90
LISTS = frozenset({"invoices", "open_items", "ledger"})
CENT = Decimal("0.01")


class Line(NamedTuple):
    """A line of the table: the system, the file, what it was taken for, what is in it, and whether that is right."""

    system: str
    file: str
    kind: str
    holds: str
    result: str


def main() -> int:
    """Write the page; 0 when every accounting file came out right or the samples are absent, 1 otherwise."""
    known = SHARED / "import_expectations.json"
    if not known.is_file():
        sys.stdout.write(f"{ABSENT}\n")
        return 0
    expected = [one for one in json.loads(known.read_text()) if one["kind"] not in NOT_LOOKED_AT]
    lines = [line_of(one, SHARED / "imports" / one["path"]) for one in expected]
    PAGE.write_text(page(lines), encoding="utf-8")
    counted = [line for line in lines if line.result not in {BANK, NOTHING}]
    right = sum(1 for line in counted if line.result == RIGHT)
    sys.stdout.write(f"{right} of {len(counted)} accounting files came out right; docs/systems.md says which.\n")
    return 0 if right == len(counted) else 1


RIGHT = "right"
NOTHING = "nothing to compare"
BANK = "not booked, as it should be"


def line_of(expected: Mapping[str, Any], path: Path) -> Line:
    """Read one sample and compare it with what it must give."""
    system, name = expected["system"], expected["path"].partition("/")[2]
    try:
        found = understand([(path.name, path.read_bytes())])
    except BadInput as error:
        good = RIGHT if expected["kind"] in {"negative_control", "bank_statement"} else "refused"
        return Line(system, name, "refused", error.message, good)
    kinds = " and ".join(dict.fromkeys(one.kind.replace("_", " ") for one in found))
    if expected["kind"] == "bank_statement" and not any(one.rows for one in found):
        return Line(system, name, kinds, _reason(found), BANK)
    compared = checks(expected["kind"], expected["expect"] or {}, found)
    wrong = [what for what, want, got in compared if want != got]
    result = f"differs in {', '.join(wrong)}" if wrong else RIGHT if compared else NOTHING
    return Line(system, name, kinds, _reason(found) or _holds(found), result)


def _reason(found: Sequence[Understood]) -> str:
    return next((one.reason for one in found if one.kind == OTHER), "")


def _holds(found: Sequence[Understood]) -> str:
    parts = []
    for currency, sums in _by_currency(found).items():
        for word in ("invoices", "credit_notes", "payments", "others"):
            if sums[word][0]:
                count, amount = sums[word]
                parts.append(f"{count} {word.replace('_', ' ')} {amount:,.2f} {currency}".strip())
    customers = {key for one in found for key in one.customer_keys()}
    return "; ".join(parts) or f"{len(customers)} customers"


def _by_currency(found: Iterable[Understood]) -> dict[str, dict[str, Any]]:
    sums: dict[str, dict[str, Any]] = {}
    for one in found:
        for currency, told in totals(one.rows).items():
            mine = sums.setdefault(currency, {"open": ZERO})
            for word in ("invoices", "credit_notes", "payments", "others"):
                count, amount = mine.get(word, (0, ZERO))
                more = getattr(told, word)
                mine[word] = (count + more.count, amount + more.sum)
            mine["open"] += told.open or ZERO
    return sums


Check = tuple[str, object, object]


def checks(kind: str, expect: Mapping[str, Any], found: Sequence[Understood]) -> list[Check]:
    """Return what must be equal for a file of a kind: its name, what is wanted, what was found."""
    sums = _by_currency(found)
    customers = len({key for one in found for key in one.customer_keys()})

    def count(word: str) -> int:
        return sum(one[word][0] for one in sums.values())

    def amount(word: str) -> Decimal:
        return sum((one[word][1] for one in sums.values()), ZERO).quantize(CENT)

    def first(*names: str) -> Any:
        plain = (expect[name] for name in names if name in expect and not isinstance(expect[name], list | dict))
        return next(plain, None)

    wanted: dict[str, Callable[[], list[tuple[str, Any, object]]]] = {
        "negative_control": lambda: [("invoices", 0, count("invoices"))],
        "balances": lambda: [("customers", expect.get("customers"), customers), ("invoices", 0, count("invoices"))],
        "customers": lambda: [("customers", expect.get("customers"), customers)],
        "payments": lambda: [
            ("payments", first("payments", "positive", "customer_payments"), count("payments")),
            ("sum", _money(first("positive_total", "customer_payment_total")), amount("payments")),
        ],
        "credit_notes": lambda: [
            ("credit notes", expect.get("credit_notes"), count("credit_notes")),
            ("sum", _money(expect.get("total")), amount("credit_notes")),
        ],
        "gateway_payments": lambda: [
            ("sum", _money(first("payment_total", "charge_total", "credit_total")), amount("payments"))
        ],
        "remittance": lambda: [("sum", _money(first("payment", "check_total")), amount("payments"))],
    }
    documents = lambda: _documents(expect, first, count("invoices"), amount("invoices"), sums)  # noqa: E731
    chosen = wanted.get(kind, documents if kind in LISTS else list)
    return [one for one in chosen() if one[1] is not None]


def _documents(
    expect: Mapping[str, Any],
    first: Callable[..., Any],
    count: int,
    amount: Decimal,
    sums: Mapping[str, Mapping[str, Any]],
) -> list[tuple[str, Any, object]]:
    number = first("invoices", "valid_invoices", "invoices_nonzero", "invoices_active", "invoices_authorised_or_paid")
    if number is None and isinstance(expect.get("invoices"), list | dict):
        number = len(expect["invoices"])
    whole = first("total", "total_valid", "invoice_total", "open_total_usd", "sum_quantity_x_unit")
    owed = sum((one["open"] for one in sums.values()), ZERO).quantize(CENT)
    found = [
        ("invoices", number, count),
        ("sum", None if "totals" in expect else _money(whole), amount),
        ("open", _money(first("open", "net")), owed),
    ]
    if "total_by_currency" in expect:
        wanted = {code: Decimal(value) for code, value in expect["total_by_currency"].items() if Decimal(value)}
        found.append(
            ("sums by currency", wanted, {c: one["invoices"][1] for c, one in sums.items() if one["invoices"][1]})
        )
    return found


def _money(value: object) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def page(lines: Sequence[Line]) -> str:
    """Write the page: the profiles that come with arcore, then every sample file."""
    profiles = [f"| {one.title} | `{one.name}` | {len(one.layouts)} | {one.about} |" for one in built_in()]
    files = [
        f"| {line.system.replace('_', ' ')} | {line.file} | {line.kind} | {_short(line.holds)} | {line.result} |"
        for line in lines
    ]
    return "\n".join(
        [
            "# Systems",
            "",
            "Made by `make systems`; do not edit by hand.",
            "",
            "arcore understands files by the names and the content of their columns, whatever system wrote them.",
            "For the systems below it knows more: a profile, a small TOML file in `arcore/intake/profiles`, says how",
            "an export is recognised, what its columns and words mean, and what is left out. Profiles of your own are",
            "saved, shared and deleted on the Imports page; `import --profile NAME` reads by one of them.",
            "",
            "## Profiles",
            "",
            "| System | Name | Layouts | What it reads |",
            "|---|---|---:|---|",
            *profiles,
            "",
            "## Sample files",
            "",
            "What each sample export was taken for and holds, and whether that is what it must give. Of bank",
            "statements nothing is booked here, and a sentence says so.",
            "",
            "| System | File | Taken for | Holds | Result |",
            "|---|---|---|---|---|",
            *files,
            "",
        ]
    )


def _short(text: str) -> str:
    plain = text.replace("|", "/")
    return plain if len(plain) <= LONGEST else f"{plain[: LONGEST - 1].rstrip()}…"


if __name__ == "__main__":
    raise SystemExit(main())
