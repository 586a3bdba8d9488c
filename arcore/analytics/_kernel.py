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


@compiled
def count_events(items: Any, applications: Any, is_paid: Any, counts: Any) -> None:
    """Write where the events of each debt begin to `counts`, one entry more than there are rows.

    A debt is an item with all that was born of it; births and both legs of applications are events.
    """
    kind, side, root, _, _ = items
    app_from, app_to, _, app_day, _ = applications
    for phase in range(3):
        for number in range(len(side) if phase == 0 else len(app_day)):
            row = number if phase == 0 else (app_to[number] if phase == 1 else app_from[number])
            if side[row] > 0 and is_paid[kind[root[row]]]:
                counts[root[row] + 1] += 1
    for row in range(len(side)):
        counts[row + 1] += counts[row]


@compiled
def lay_out_events(items: Any, applications: Any, pays: Any, is_paid: Any, place: Any, events: Any) -> None:
    """Write the events of each debt, by day, to `events`: their days, what they moved, receipt days, what was settled.

    `place` says where the events of each debt begin; afterwards where they end.
    """
    kind, side, root, effective, amount = items
    app_from, app_to, app_amount, app_day, doc_day = applications
    event_day, moved, receipt, settled = events
    begins = place.copy()
    for phase in range(3):
        for number in range(len(side) if phase == 0 else len(app_day)):
            row = number if phase == 0 else (app_to[number] if phase == 1 else app_from[number])
            debt = root[row]
            if side[row] < 0 or not is_paid[kind[debt]]:
                continue
            day = int(effective[number]) if phase == 0 else int(app_day[number])
            value = amount[number] if phase == 0 else (-app_amount[number] if phase == 1 else app_amount[number])
            came, taken = 0, 0
            if phase == 1 and side[app_from[number]] < 0 and pays[kind[root[app_from[number]]]]:
                came, taken = int(doc_day[app_from[number]]), app_amount[number]
            at = place[debt]
            while at > begins[debt] and event_day[at - 1] > day:
                event_day[at], moved[at] = event_day[at - 1], moved[at - 1]
                receipt[at], settled[at] = receipt[at - 1], settled[at - 1]
                at -= 1
            event_day[at], moved[at], receipt[at], settled[at] = day, value, came, taken
            place[debt] += 1


@compiled
def paid_off(  # noqa: C901, PLR0912  one loop, or arrays would be handed to an inner function
    items: Any,
    counts: Any,
    events: Any,
    groups: Any,
    mask: Any,
    currencies: Any,
    first: Any,
    begins: Any,
    stops: Any,
    out: Any,
) -> None:
    """Add debts that payments brought to zero to `out[cell, measure, point]`, to be summed over points afterwards.

    Measures: how many, days from document to last receipt, days from due to last receipt. Each debt belongs to the
    points at whose end nothing of it is open and whose window holds its last receipt that stands; `begins` and `stops`
    are those of `paid`, `counts` and `events` what the two loops above wrote.
    """
    due, doc_day, currency = items
    event_day, moved, receipt, settled = events
    last = len(begins) - 1
    for debt in range(len(due)):
        start, stop = counts[debt], counts[debt + 1]
        if start == stop or (len(mask) > 0 and not mask[debt]):
            continue
        cell = int(currency[debt])
        if len(groups) > 0:
            if groups[debt] < 0:
                continue
            cell += int(groups[debt]) * currencies
        balance = 0
        for at in range(start, stop):
            balance += moved[at]
            if balance != 0 or (at + 1 < stop and event_day[at + 1] == event_day[at]):
                continue
            newest, found = 0, False
            for seen in range(start, at + 1):
                if settled[seen] == 0 or (found and receipt[seen] <= newest):
                    continue
                stands = 0
                for other in range(start, at + 1):
                    if receipt[other] == receipt[seen]:
                        stands += settled[other]
                if stands > 0:
                    newest, found = receipt[seen], True
            if not found:
                continue
            begin = int(begins[min(max(max(event_day[at], newest) - first, 0), last)])
            finish = int(stops[min(max(newest - first, 0), last)])
            if at + 1 < stop:
                finish = min(finish, int(begins[min(max(event_day[at + 1] - first, 0), last)]))
            if finish <= begin:
                continue
            for measure in range(3):
                value = 1
                if measure > 0:
                    value = newest - (int(doc_day[debt]) if measure == 1 else int(due[debt]))
                out[cell, measure, begin] += value
                if finish < out.shape[2]:
                    out[cell, measure, finish] -= value
