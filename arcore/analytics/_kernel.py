"""The compiled loops. Import this module only inside the function that needs it: it loads numba.

Every kernel reads the columns as they are, makes no temporaries and releases the interpreter. Each is compiled at its
first call and kept on disk; `warm.warm()` makes that call with empty columns. Arrays are never handed to an inner
function: that would count references in the hot loop and cost a factor of four.

Conventions: `items` and `applications` are tuples of columns; `groups` (a group per item row, -1 left out) and `mask`
may be empty, which means one group, all rows; a cell is group × currencies + currency; rows before `since` (items,
applications) are passed over; `slots[day - first]` is the first slot on or after a day, empty when every day has its
own; the last entry of `slots` is the number of slots, which means too late.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from typing import TypeVar
from typing import cast

from numba import njit
from numba import uint64

F = TypeVar("F", bound=Callable[..., Any])


def compiled(function: F) -> F:
    """Compile a loop at its first call, keep the result on disk, release the interpreter while it runs."""
    return cast("F", njit(cache=True, nogil=True)(function))


@compiled
def sweep(  # noqa: C901, PLR0912  one body for items and both legs of applications, or it is four times slower
    items: Any,
    applications: Any,
    groups: Any,
    mask: Any,
    currencies: Any,
    since: Any,
    offsets: Any,
    first: Any,
    slots: Any,
    out: Any,
) -> None:
    """Add every movement to `out[cell, edge, slot]` at the slot from which it is past that edge.

    A movement effective on day s, on a debit item due on day u, is past edge k from max(s, u + offsets[k]) on; offsets
    ascend and the first lies before every date. Movements of credit items go to the column behind the edges, at s.
    """
    side, due, effective, amount, currency = items
    app_from, app_to, app_amount, app_day = applications
    edges, end, table = len(offsets), out.shape[2], len(slots)
    for phase in range(3):
        for number in range(since[0] if phase == 0 else since[1], len(amount) if phase == 0 else len(app_day)):
            if phase == 0:
                row, value, start = number, amount[number], int(effective[number])
            elif phase == 1:
                row, value, start = app_to[number], -app_amount[number], int(app_day[number])
            else:
                row, value, start = app_from[number], app_amount[number], int(app_day[number])
            if len(mask) > 0 and not mask[row]:
                continue
            cell = int(currency[row])
            if len(groups) > 0:
                if groups[row] < 0:
                    continue
                cell += int(groups[row]) * currencies
            if side[row] < 0:
                slot = max(start - first, 0)
                if table > 0:
                    slot = int(slots[min(slot, table - 1)])
                if slot < end:
                    out[uint64(cell), uint64(edges), uint64(slot)] += value
                continue
            for edge in range(edges):
                slot = max(max(start, int(due[row]) + offsets[edge]) - first, 0)
                if table > 0:
                    slot = int(slots[min(slot, table - 1)])
                if slot >= end:
                    break
                out[uint64(cell), uint64(edge), uint64(slot)] += value


@compiled
def run_up(out: Any, edges: Any) -> None:
    """Sum over slots in place, then turn the first `edges` columns from "past edge k" into "up to the next edge"."""
    for cell in range(out.shape[0]):
        for column in range(out.shape[1]):
            total = 0
            for slot in range(out.shape[2]):
                total += out[cell, column, slot]
                out[cell, column, slot] = total
        for column in range(edges - 1):
            for slot in range(out.shape[2]):
                out[cell, column, slot] -= out[cell, column + 1, slot]


@compiled
def balances(effective: Any, amount: Any, applications: Any, day: Any, out: Any) -> None:
    """Write the signed open balance of every item row at the end of a day to `out`."""
    app_from, app_to, app_amount, app_day = applications
    for row in range(len(amount)):
        out[row] = amount[row] if effective[row] <= day else 0
    for number in range(len(app_day)):
        if app_day[number] <= day:
            out[app_to[number]] -= app_amount[number]
            out[app_from[number]] += app_amount[number]


@compiled
def age(
    items: Any,
    balance: Any,
    due: Any,
    original_due: Any,
    groups: Any,
    mask: Any,
    currencies: Any,
    offsets: Any,
    day: Any,
    out: Any,
) -> None:
    """Add balances of one day to `out[cell, column]`: one column per edge, then unapplied, then re-dated.

    A debit item is in the column of the last edge it is past. Re-dated is the part, of whatever side, whose agreed
    due day differs from the contractual one.
    """
    side, basis, currency = items
    edges = len(offsets)
    for row in range(len(balance)):
        value = balance[row]
        if value == 0 or (len(mask) > 0 and not mask[row]):
            continue
        cell = int(currency[row])
        if len(groups) > 0:
            if groups[row] < 0:
                continue
            cell += int(groups[row]) * currencies
        column = edges
        if side[row] > 0:
            column = 0
            while column + 1 < edges and day - int(basis[row]) >= offsets[column + 1]:
                column += 1
        out[uint64(cell), uint64(column)] += value
        if due[row] != original_due[row]:
            out[uint64(cell), uint64(edges + 1)] += value


@compiled
def flow(
    items: Any,
    groups: Any,
    mask: Any,
    currencies: Any,
    since: Any,
    flows: Any,
    first: Any,
    slots: Any,
    out: Any,
) -> None:
    """Add the amount of every item to `out[cell, flow, slot]` at its effective day.

    `flows[kind, reason]` names the flow; reasons beyond the table, and none, stand in its last column.
    """
    kind, reason, effective, amount, currency = items
    end, table, reasons = out.shape[2], len(slots), flows.shape[1]
    for row in range(since, len(amount)):
        if len(mask) > 0 and not mask[row]:
            continue
        cell = int(currency[row])
        if len(groups) > 0:
            if groups[row] < 0:
                continue
            cell += int(groups[row]) * currencies
        slot = max(int(effective[row]) - first, 0)
        if table > 0:
            slot = int(slots[min(slot, table - 1)])
        why = int(reason[row])
        if why < 0 or why >= reasons:
            why = reasons - 1
        if slot < end:
            out[uint64(cell), uint64(flows[kind[row], why]), uint64(slot)] += amount[row]


@compiled
def tally(items: Any, mask: Any, currencies: Any, takes: Any, counting: Any, first: Any, slots: Any, out: Any) -> None:
    """Add what items of the kinds that `takes` are worth, or one for each when `counting`, to `out[slot, cell]`.

    A cell is holder × currencies + currency; there are so many of them that those of one day have to lie side by side,
    as rows come by day more or less.
    """
    kind, holder, effective, amount, currency = items
    end, last = out.shape[0], len(slots) - 1
    for row in range(len(amount)):
        if holder[row] < 0 or not takes[kind[row]] or (len(mask) > 0 and not mask[row]):
            continue
        slot = int(slots[min(max(int(effective[row]) - first, 0), last)])
        if slot < end:
            cell = int(holder[row]) * currencies + int(currency[row])
            out[uint64(slot), uint64(cell)] += 1 if counting else amount[row]


@compiled
def paid(  # noqa: C901  one loop, or arrays would be handed to an inner function
    items: Any,
    applications: Any,
    groups: Any,
    mask: Any,
    currencies: Any,
    since: Any,
    pays: Any,
    is_paid: Any,
    first: Any,
    begins: Any,
    stops: Any,
    out: Any,
) -> None:
    """Add what payments settled to `out[cell, measure, point]`, to be summed over points afterwards.

    Measures: amount, amount × days from document to receipt, amount × days from due to receipt. An application belongs
    to the points from `begins[d - first]`, d the later of receipt and application day, up to and without
    `stops[r - first]`, r the receipt day: its window holds the receipt, and it was effective by then. Kinds are those
    of the first origin: `pays[kind]` for the credit, `is_paid[kind]` for the debit.
    """
    kind, side, due, doc_day, origin, currency = items
    app_from, app_to, app_amount, app_day = applications
    for number in range(since, len(app_day)):
        source, target = app_from[number], app_to[number]
        row = target
        if side[source] > 0 or side[target] < 0 or (len(mask) > 0 and not mask[row]):
            continue
        cell = int(currency[row])
        if len(groups) > 0:
            if groups[row] < 0:
                continue
            cell += int(groups[row]) * currencies
        receipt = doc_day[source]
        while origin[source] >= 0:
            source = origin[source]
        while origin[target] >= 0:
            target = origin[target]
        if not (pays[kind[source]] and is_paid[kind[target]]):
            continue
        last = len(begins) - 1
        begin = int(begins[min(max(int(max(receipt, app_day[number])) - first, 0), last)])
        stop = int(stops[min(max(int(receipt) - first, 0), last)])
        if stop <= begin:
            continue
        for measure in range(3):
            days = 1
            if measure == 1:
                days = int(receipt) - int(doc_day[row])
            elif measure == 2:
                days = int(receipt) - int(due[row])
            out[cell, measure, begin] += app_amount[number] * days
            if stop < out.shape[2]:
                out[cell, measure, stop] -= app_amount[number] * days


@compiled
def weigh(
    items: Any,
    applications: Any,
    groups: Any,
    mask: Any,
    currencies: Any,
    first: Any,
    slots: Any,
    out: Any,
) -> None:
    """Add every movement of debit items to `out[cell, 2 × bin, slot]`, and times the day of its item one column on.

    `bins` names a column pair for each item row, -1 leaves it out.
    """
    side, bins, day, effective, amount, currency = items
    app_from, app_to, app_amount, app_day = applications
    end, table = out.shape[2], len(slots)
    for phase in range(3):
        for number in range(len(amount) if phase == 0 else len(app_day)):
            if phase == 0:
                row, value, start = number, amount[number], int(effective[number])
            elif phase == 1:
                row, value, start = app_to[number], -app_amount[number], int(app_day[number])
            else:
                row, value, start = app_from[number], app_amount[number], int(app_day[number])
            if side[row] < 0 or bins[row] < 0 or (len(mask) > 0 and not mask[row]):
                continue
            cell = int(currency[row])
            if len(groups) > 0:
                if groups[row] < 0:
                    continue
                cell += int(groups[row]) * currencies
            slot = int(slots[min(max(start - first, 0), table - 1)])
            if slot < end:
                column = 2 * int(bins[row])
                out[uint64(cell), uint64(column), uint64(slot)] += value
                out[uint64(cell), uint64(column + 1), uint64(slot)] += value * int(day[row])
