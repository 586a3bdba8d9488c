"""Measures as text: their value with its unit, their target, and how far they moved."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP
from decimal import Decimal

from arcore.analytics.figures import DAYS
from arcore.analytics.figures import MONEY
from arcore.analytics.figures import PERCENT
from arcore.analytics.figures import Figure
from arcore.money import nearest_minor
from arcore.written import NONE
from arcore.written import Format

UNIT_WORDS = {DAYS: "days", PERCENT: "%"}


def value(figure: Figure, say: Format) -> str:
    """Write a figure for an axis, a tooltip or a table, without its unit: 43.5, 81.8, €2.14m; "—" for none."""
    return number(figure.exact, figure.unit, figure.currency, say)


def number(exact: Decimal | float | None, unit: str, currency: str, say: Format) -> str:
    """Write a value of a unit without the unit's word."""
    if exact is None:
        return NONE
    if unit == MONEY:
        return say.compact(nearest_minor(Decimal(str(exact)), currency), currency)
    return say.number(exact, _places(exact))


def _places(exact: Decimal | float) -> int:
    """Return one decimal, two for a value so small that one would hide it."""
    return 2 if 0 < abs(float(exact)) < 1 else 1


def target_word(target: float, figure: Figure, say: Format) -> str:
    """Write a target as short as it was set: 42, 42.5, €5.00m."""
    if figure.unit == MONEY:
        return number(target, MONEY, figure.currency, say)
    return say.number(target, 0 if target == int(target) else 1)


def with_unit(figure: Figure, say: Format) -> str:
    """Write a figure with its unit for a sentence: 43.5 days, 81.8%, €2.14m; "—" for none."""
    if figure.exact is None or figure.unit == MONEY:
        return value(figure, say)
    if figure.unit == PERCENT:
        return say.percent(figure.exact, _places(figure.exact))
    return f"{value(figure, say)} {UNIT_WORDS.get(figure.unit, '')}".strip()


def in_full(figure: Figure, say: Format) -> str:
    """Write a figure with its unit and money in whole units: 43.5 days, €11,986,071; "—" for none."""
    if figure.exact is None or figure.unit != MONEY:
        return with_unit(figure, say)
    return say.money(nearest_minor(figure.exact, figure.currency), figure.currency, decimals=0)


def change(
    amount: Decimal | float, figure: Figure, say: Format, *, unit: bool = True, of: Decimal | None = None
) -> str:
    """Write how far a figure moved, with its sign: +0.9 days, −2.8 points, −483,723 EUR.

    A part of a change is written with as many places as the whole, `of`.
    """
    if figure.unit == MONEY:
        text = say.signed(nearest_minor(Decimal(str(amount)), figure.currency), figure.currency, decimals=0)
        return f"{text} {figure.currency}" if unit else text
    text = say.number(amount, _places(amount if of is None else of))
    signed = f"+{text}" if amount > 0 and text.strip("0.,") else text
    word = "points" if figure.unit == PERCENT else UNIT_WORDS.get(figure.unit, figure.unit)
    return f"{signed} {word}" if unit else signed


def led_to(before: Decimal, after: Decimal, figure: Figure, say: Format) -> str:
    """Write how one value of days or percent led to another: 52.3 days − 3.4 days = 48.9 days.

    Has as many places as it takes for the sum to add up as it is written, four at most.
    """
    places = _places_to_add_up(before, after, 1)
    word = "points" if figure.unit == PERCENT else UNIT_WORDS.get(figure.unit, figure.unit)
    ends = [_of_unit(each, places, figure.unit, say) for each in (before, after)]
    sign = "−" if after < before else "+"
    return f"{ends[0]} {sign} {say.number(abs(after - before), places)} {word} = {ends[1]}"


def side_by_side(before: Figure, after: Figure, say: Format) -> tuple[str, str, str]:
    """Write two values in full and the change between them, with as many places as let them add up as written."""
    if before.exact is None or after.exact is None:
        return in_full(before, say), in_full(after, say), NONE
    if after.unit == MONEY:
        units = [nearest_minor(each.exact or Decimal(0), after.currency) for each in (before, after)]
        change_units = nearest_minor(after.exact - before.exact, after.currency)
        whole = _places_to_add_up(before.exact, after.exact, 0) == 0
        decimals = 0 if whole else None
        texts = [say.money(each, after.currency, decimals=decimals) for each in units]
        return texts[0], texts[1], f"{say.signed(change_units, after.currency, decimals=decimals)} {after.currency}"
    places = _places_to_add_up(before.exact, after.exact, max(_places(before.exact), _places(after.exact)))
    moved = say.number(after.exact - before.exact, places)
    signed = f"+{moved}" if after.exact > before.exact and moved.strip("0.,") else moved
    word = "points" if after.unit == PERCENT else UNIT_WORDS.get(after.unit, after.unit)
    first, last = (_of_unit(each, places, after.unit, say) for each in (before.exact, after.exact))
    return first, last, f"{signed} {word}"


def _of_unit(amount: Decimal, places: int, unit: str, say: Format) -> str:
    return (
        say.percent(amount, places) if unit == PERCENT else f"{say.number(amount, places)} {UNIT_WORDS.get(unit, '')}"
    )


def _places_to_add_up(before: Decimal, after: Decimal, least: int) -> int:
    """Return with how many places, four at most, both values and the change between them add up as rounded."""
    for places in range(least, 4):
        step = Decimal(1).scaleb(-places)
        first, last, moved = (each.quantize(step, ROUND_HALF_UP) for each in (before, after, after - before))
        if first + moved == last:
            return places
    return 4


def adding_up(parts: Sequence[Decimal], total: Decimal, unit: str) -> list[Decimal]:
    """Round parts as they are shown so that they add up to the total as it is shown; the largest takes the rest."""
    step = Decimal(1).scaleb(0 if unit == MONEY else -_places(total))
    rounded = [part.quantize(step, rounding=ROUND_HALF_UP) for part in parts]
    if rounded:
        largest = max(range(len(parts)), key=lambda place: abs(parts[place]))
        rounded[largest] += total.quantize(step, rounding=ROUND_HALF_UP) - sum(rounded)
    return rounded


def unit_word(figure: Figure) -> str:
    """Return what stands in the grey tail of a heading: days, %, EUR, times."""
    return figure.currency if figure.unit == MONEY else UNIT_WORDS.get(figure.unit, figure.unit)
