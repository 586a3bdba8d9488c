"""Which of several columns of numbers is the amount, what is open, paid, tax, price: by how they add up."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from itertools import pairwise
from itertools import permutations
from typing import NamedTuple

from arcore.intake import words
from arcore.intake.traits import Traits
from arcore.intake.traits import depends
from arcore.intake.traits import groups_of
from arcore.intake.understood import Guessed
from arcore.money import ZERO

MOST = 10
"""So many columns of numbers are weighed against each other."""
LEAST = 2
"""Rows that must speak before a relation counts."""
CENT = Decimal("0.01")
STEP = Decimal("0.00025")
"""Rates of tax are multiples of this: 19 %, 2.5 %, 8.875 %."""
TREND = 0.1
"""So much more often newer documents have something open before it says which column that is."""

_Three = tuple[Decimal, Decimal, Decimal]


class Beside(NamedTuple):
    """What is known of the other columns: number, document date, payment date, state and currency."""

    number: Traits | None = None
    issue: Traits | None = None
    paid: Traits | None = None
    state: Traits | None = None
    currency: Traits | None = None


class Money(NamedTuple):
    """The columns of money that were told apart, what speaks for a list of documents, and what it is if not one."""

    fields: dict[int, Guessed]
    evidence: list[str]
    against: list[str]
    other: str = ""


BANK = "a bank statement: a column adds up the amounts row by row"
JOURNAL = "a journal: each row is a debit or a credit, in two columns and in one with a sign"
GATEWAY = "a payment provider's report: an amount less a varying fee is another column"


def guess_money(columns: Sequence[Traits], beside: Beside) -> Money:
    """Tell columns of numbers apart. `columns` are those that are neither numbers of documents nor of customers."""
    money = _money(columns)
    if _runs(money):
        return Money({}, [], [], BANK)
    money = _without_rates(money, beside.currency)
    lines, evidence = _lines(money, beside.number)
    rest = [column for column in money if column.position not in lines]
    found = _parts(rest, beside) or _sides(rest) or _open_beside(rest, beside)
    if found is None:
        found = Money({} if _priced(lines) else _alone(rest), [], _measured(rest))
    return found._replace(fields=lines | found.fields, evidence=[*evidence, *found.evidence])


def _priced(lines: Mapping[int, Guessed]) -> bool:
    return any(guess.field == "line_amount" for guess in lines.values())


def _measured(money: Sequence[Traits]) -> list[str]:
    odd = any(column.is_measured for column in money) and not any(column.is_money for column in money)
    return ["its numbers are not written as money"] if odd else []


def _alone(money: Sequence[Traits]) -> dict[int, Guessed]:
    whole = _largest(money)
    if whole is None:
        return {}
    alone = len(money) == 1
    why = "the only column of amounts" if alone else f"the largest of {len(money)} columns of amounts"
    return {whole.position: Guessed("amount", 0.75 if alone else 0.55, why)}


def _money(columns: Sequence[Traits]) -> list[Traits]:
    """Return the columns that may be money: those that show it, else those with numbers of very different size."""
    numbers = [column for column in columns if column.is_amounts and column.fill > 0.03 and any(column.amounts)]
    shown = [column for column in numbers if column.is_money or column.is_measured]
    if not shown:
        varied = [column for column in numbers if _varies(column)]
        return (varied or [column for column in numbers if not _has_zeros_in_front(column)])[:MOST]
    # Beside money stand whole numbers that may be quantities, or money that happens to be round.
    return [column for column in numbers if column in shown or not _is_codes(column)][:MOST]


def _varies(column: Traits) -> bool:
    sizes = sorted(abs(amount) for amount in column.amounts if amount)
    return bool(sizes) and not _is_codes(column) and (sizes[-1] >= 1000 or sizes[-1] >= sizes[0] * 5)


def _is_codes(column: Traits) -> bool:
    """Tell numbers of one length, or with zeros in front, that are no amounts."""
    texts = [str(cell) for cell in column.filled]
    if _has_zeros_in_front(column):
        return True
    whole = all(text.isdecimal() for text in texts)
    return whole and len(texts) >= LEAST and len({len(text) for text in texts}) == 1 and len(texts[0]) >= 5


def _has_zeros_in_front(column: Traits) -> bool:
    return column.share(lambda cell: len(str(cell)) > 1 and str(cell)[0] == "0" and str(cell).isdecimal()) > 0


def _rows(*columns: Traits) -> list[tuple[Decimal, ...]]:
    """Return the rows in which all of these columns have an amount; an empty cell counts as zero beside others."""
    rows = zip(*(column.amounts for column in columns), strict=True)
    return [tuple(cell if cell is not None else ZERO for cell in cells) for cells in rows if cells[0] is not None]


def _share(rows: Sequence[tuple[Decimal, ...]], holds: Callable[[tuple[Decimal, ...]], bool]) -> float:
    return sum(1 for row in rows if holds(row)) / len(rows) if len(rows) >= LEAST else 0.0


# --- what is no list of documents -------------------------------------------------------------------------------------


def _runs(money: Sequence[Traits]) -> bool:
    """Tell a balance that runs: each row's is the one before it plus or less an amount, from either end."""
    for balance, amount in permutations(money, 2):
        if balance.fill < 0.9 or len(balance.cells) < 4 or len(set(amount.amounts)) < LEAST + 1:
            continue
        pairs = zip(pairwise(balance.amounts), pairwise(amount.amounts), strict=True)
        steps = [(b - a, c, d) for (a, b), (c, d) in pairs if a is not None and b is not None]
        for place in (2, 1):
            told = [step for step in steps if step[place] is not None]
            good = sum(1 for step in told if step[0] and abs(step[0]) == abs(step[place] or ZERO))
            if len(told) >= LEAST and good * 10 >= len(told) * 9:
                return True
    return False


def _without_rates(money: Sequence[Traits], currency: Traits | None) -> list[Traits]:
    """Leave out rates of exchange, and amounts in our own money that they make of the document's."""
    if currency is None or len(set(currency.filled)) < 2:
        return list(money)
    for rate in money:
        if len(set(rate.filled)) < 2 or depends(currency.cells, rate.cells) < 0.9:
            continue
        others = [column for column in money if column is not rate]
        ours = {
            b.position
            for a, b in permutations(others, 2)
            if _share(_rows(a, rate, b), lambda row: abs(row[0] * row[1] - row[2]) <= CENT) > 0.9
            and a.amounts != b.amounts
        }
        return [column for column in others if column.position not in ours]
    return list(money)


# --- lines of items ---------------------------------------------------------------------------------------------------


def _lines(money: Sequence[Traits], number: Traits | None) -> tuple[dict[int, Guessed], list[str]]:
    """Find quantity, price and what they come to on a line; without documents of several lines it has to be proved."""
    for quantity, price in permutations(money, 2):
        if (quantity.is_money and not price.is_money) or quantity.fill < 0.9 or price.fill < 0.9:
            continue
        if not _some_differ(quantity):
            continue
        for line in money:
            if line in (quantity, price):
                continue
            rows = _rows(line, quantity, price)
            if _share(rows, lambda row: abs(row[0] - row[1] * row[2]) <= CENT) > 0.9:
                why = f"quantity times price in {len(rows)} rows"
                fields = {
                    quantity.position: Guessed("quantity", 0.8, "a factor of the line's amount"),
                    price.position: Guessed("unit_price", 0.8, "a factor of the line's amount"),
                }
                if number is not None and _several(number) and _differs(line, number):
                    fields[line.position] = Guessed("line_amount", 0.8, why)
                return fields, ["quantity times price is an amount"]
    return {}, []


def _some_differ(quantity: Traits) -> bool:
    counts = [amount for amount in quantity.amounts if amount is not None]
    return any(count != 1 for count in counts) and all(abs(count) < 100_000 for count in counts)


def _several(number: Traits) -> bool:
    return any(len(rows) > 1 for rows in groups_of(number.cells).values())


def _differs(line: Traits, number: Traits) -> bool:
    """Tell whether lines of one document have different amounts in a column."""
    groups = groups_of(number.cells).values()
    return any(len({line.amounts[row] for row in rows} - {None}) > 1 for rows in groups)


# --- parts of a whole -------------------------------------------------------------------------------------------------


def _parts(money: Sequence[Traits], beside: Beside) -> Money | None:
    """Find an amount that is always two others together: net and tax, or what is paid and what is open."""
    shown = _wholes(money)
    for whole, one, other in permutations(money, 3):
        if whole not in shown or whole.fill < 0.5 or one.position > other.position:
            continue
        rows = _rows(whole, one, other)
        if _share(rows, lambda row: abs(abs(row[0]) - abs(row[1]) - abs(row[2])) <= CENT) < 0.9:
            continue
        if _share(rows, lambda row: row[1] != ZERO) == 0 or _share(rows, lambda row: row[2] != ZERO) == 0:
            continue
        small, large = sorted((one, other), key=lambda column: sum(abs(a) for a in column.amounts if a))
        kind = _kind_of_parts(_rows(whole, large, small))
        if kind == "fee":
            return Money({}, [], [], GATEWAY)
        if kind == "journal":
            return Money({}, [], [], JOURNAL)
        if kind == "tax":
            left = [column for column in money if column not in (large, small)]
            return _taxed(whole, small, len(rows), _parts(left, beside) or _open_beside(left, beside, of=whole))
        owed, paid, why, sure = _which_is_open(whole, one, other, beside)
        fields = {
            whole.position: Guessed("amount", 0.9, f"two other columns together in {len(rows)} rows"),
            owed.position: Guessed("open_amount", sure, why),
            paid.position: Guessed("paid_amount", sure, "the other part of the amount"),
        }
        return Money(fields, ["paid and open together are the amount"], [])
    return None


def _taxed(whole: Traits, tax: Traits, rows: int, owed: Money | None) -> Money:
    fields = {
        whole.position: Guessed("amount", 0.8, f"net and tax together in {rows} rows"),
        tax.position: Guessed("tax_amount", 0.75, "a steady share of the amount"),
    }
    more = owed.fields if owed else {}
    return Money(more | fields, ["gross is net and tax together", *(owed.evidence if owed else ())], [])


def _kind_of_parts(rows: Sequence[tuple[Decimal, ...]]) -> str:
    """Tell tax (few shares of the net amount), a provider's fee (many small ones), what is paid, and a journal."""
    if any(whole < 0 for whole, _, _ in rows) and all(bool(large) != bool(small) for _, large, small in rows):
        return "journal"
    pairs = [(abs(large), abs(small)) for _, large, small in rows if large and small]
    if not pairs:
        return "paid"
    greatest = max(small / large for large, small in pairs)
    complete = len(pairs) / len(rows)
    if greatest <= Decimal("0.3") and _steady(pairs) and complete > 0.3:
        return "tax" if all(large for _, large, _ in rows) else "paid"
    if greatest <= Decimal("0.15") and complete > 0.8 and len(rows) >= 4:
        return "fee"
    return "paid"


def _steady(pairs: Sequence[tuple[Decimal, Decimal]]) -> bool:
    """Tell whether a few rates make the small amounts of the large ones, to the last figure, as tax is reckoned."""
    whole = all(small == small.to_integral_value() for _, small in pairs)
    off = Decimal("0.51") if whole else Decimal("0.0051")
    rates = [(small / large / STEP).to_integral_value() * STEP for large, small in pairs]
    exact = sum(1 for rate, (large, small) in zip(rates, pairs, strict=True) if abs(large * rate - small) <= off)
    return exact * 5 >= len(pairs) * 4


def _which_is_open(whole: Traits, one: Traits, other: Traits, beside: Beside) -> tuple[Traits, Traits, str, float]:
    """Tell of two parts which is open: by the state, by the date of payment, by age, else the later column."""
    for column, rest in ((one, other), (other, one)):
        if _nothing_when(column, _settled(beside)):
            return column, rest, "nothing is left where it says it is paid", 0.9
    trend = _trend(one, whole, beside.issue)
    if trend is not None and abs(trend) > TREND:
        owed, paid = (one, other) if trend > 0 else (other, one)
        return owed, paid, "more is left of newer documents", 0.7
    return other, one, "the later of two parts of the amount", 0.45


def _settled(beside: Beside) -> dict[int, bool]:
    """Return by row whether it says that the document is paid; empty when the table does not say."""
    if beside.state is not None:
        told = {row: words.state_of(str(cell)) for row, cell in enumerate(beside.state.cells)}
        return {row: state == words.PAID for row, state in told.items() if state in {words.PAID, words.OPEN}}
    if beside.paid is not None:
        return {row: day is not None for row, day in enumerate(beside.paid.days)}
    return {}


def _nothing_when(column: Traits, settled: Mapping[int, bool]) -> bool:
    """Tell whether a column has nothing where rows are paid, and something where they are not."""
    if len(set(settled.values())) < 2:
        return False
    right = sum(1 for row, paid in settled.items() if paid == (not column.amounts[row]))
    return right * 10 >= len(settled) * 9


def _trend(part: Traits, whole: Traits, issue: Traits | None) -> float | None:
    """Return by how much larger a part is of newer amounts than of older ones, −1 to 1; None when it can't tell."""
    if issue is None:
        return None
    dated = [row for _, row in sorted((day, row) for row, day in enumerate(issue.days) if isinstance(day, date))]
    half = len(dated) // 2
    if half < LEAST:
        return None
    older, newer = (_part_of(part, whole, rows) for rows in (dated[:half], dated[-half:]))
    return newer - older


def _part_of(part: Traits, whole: Traits, rows: Sequence[int]) -> float:
    """Return which part of the amounts is in a column on average."""
    shares = [abs((part.amounts[row] or ZERO) / amount) for row in rows if (amount := whole.amounts[row])]
    return float(sum(shares) / len(shares)) if shares else 0.0


def _open_beside(money: Sequence[Traits], beside: Beside, of: Traits | None = None) -> Money | None:
    """Find what is open beside an amount: never more, and in most rows all of it or nothing."""
    shown = _wholes(money)
    for whole, part in permutations(money, 2):
        if whole not in shown or (of is not None and whole is not of) or whole.fill < 0.8:
            continue
        rows = _rows(whole, part)
        told = part.fill > 0.9 or _share(rows, lambda row: row[1] != ZERO) > 0
        if not told or _share(rows, lambda row: abs(row[1]) <= abs(row[0])) < 0.95:
            continue
        edges = _share(rows, lambda row: row[1] == row[0] or row[1] == ZERO)
        less = _share(rows, lambda row: row[1] != row[0])
        if edges < 0.5 or less == 0:
            continue
        name, why, sure = _open_or_paid(whole, part, beside)
        fields = {
            whole.position: Guessed("amount", 0.8, "never less than another column"),
            part.position: Guessed(name, sure, why),
        }
        return Money(fields, ["a part of each amount is paid or open"], [])
    return None


def _open_or_paid(whole: Traits, part: Traits, beside: Beside) -> tuple[str, str, float]:
    settled = _settled(beside)
    if _nothing_when(part, settled):
        return "open_amount", "nothing is left where it says it is paid", 0.9
    if _nothing_when(part, {row: not paid for row, paid in settled.items()}):
        return "paid_amount", "something is there where it says it is paid", 0.9
    trend = _trend(part, whole, beside.issue)
    if trend is not None and abs(trend) > TREND:
        if trend > 0:
            return "open_amount", "more is left of newer documents", 0.65
        return "paid_amount", "more has come for older documents", 0.65
    return "open_amount", "at most the amount, and all of it or nothing in most rows", 0.45


def _wholes(money: Sequence[Traits]) -> list[Traits]:
    """Return the columns that may be the amount: where some are written as money, only those."""
    return [column for column in money if column.is_money] or list(money)


def _sides(money: Sequence[Traits]) -> Money | None:
    """Find debit and credit: of two columns each row fills one, and both are used."""
    for one, other in permutations(money, 2):
        if one.position > other.position:
            continue
        pairs = list(zip(one.amounts, other.amounts, strict=True))
        single = sum(1 for a, b in pairs if bool(a) != bool(b))
        used = min(sum(1 for a, _ in pairs if a), sum(1 for _, b in pairs if b))
        if len(pairs) >= 4 and single * 20 >= len(pairs) * 19 and used * 10 >= len(pairs):
            fields = {
                one.position: Guessed("debit", 0.5, "each row has this or the next amount; the first of two"),
                other.position: Guessed("credit", 0.5, "each row has this or the amount before; the second of two"),
            }
            return Money(fields, ["each row is debit or credit"], [])
    return None


def _largest(money: Sequence[Traits]) -> Traits | None:
    """Return the column whose amounts are the largest in most rows; of equals the first."""
    shown = _wholes(money)
    full = [column for column in shown if column.fill >= 0.8] or shown
    if not full:
        return None
    return max(full, key=lambda one: (_wins(one, full), -one.position))


def _wins(one: Traits, others: Sequence[Traits]) -> int:
    """Count the columns that this one is at least as large as, in nine rows of ten."""
    return sum(
        1
        for other in others
        if other is not one and _share(_rows(one, other), lambda row: abs(row[0]) >= abs(row[1])) >= 0.9
    )
