"""The compiled loops over debts: an item with all that was born of it, and what was paid on it.

Conventions are those of `_kernel`: import this module, too, only inside the function that needs it.
"""

from __future__ import annotations

from typing import Any

from arcore.analytics._kernel import compiled


@compiled
def count_events(items: Any, applications: Any, is_paid: Any, counts: Any) -> None:
    """Count the events of each debt: an item with all that was born of it; births and both legs of applications."""
    kind, side, root, _, _ = items
    app_from, app_to, _, app_day, _ = applications
    for phase in range(3):
        for number in range(len(side) if phase == 0 else len(app_day)):
            row = number if phase == 0 else (app_to[number] if phase == 1 else app_from[number])
            if side[row] > 0 and is_paid[kind[root[row]]]:
                counts[root[row]] += 1


@compiled
def paid_at_once(  # noqa: C901  one loop, or arrays would be handed to an inner function
    items: Any,
    applications: Any,
    pays: Any,
    basis: Any,
    groups: Any,
    mask: Any,
    currencies: Any,
    first: Any,
    begins: Any,
    stops: Any,
    counts: Any,
    out: Any,
) -> None:
    """Do what `paid_off` does for debts with two events, birth and payment in full, and set their `counts` to nil.

    They are most of all debts: no events of theirs have to be laid out.
    """
    kind, side, root, effective, amount, currency = items
    app_from, app_to, app_amount, app_day, doc_day = applications
    last = len(begins) - 1
    for number in range(len(app_day)):
        debt, source, value = app_to[number], app_from[number], app_amount[number]
        if counts[debt] != 2 or root[debt] != debt or side[debt] < 0 or amount[debt] != value or value <= 0:
            continue
        if side[source] > 0 or not pays[kind[root[source]]]:
            continue
        counts[debt] = 0
        if len(mask) > 0 and not mask[debt]:
            continue
        cell = int(currency[debt])
        if len(groups) > 0:
            if groups[debt] < 0:
                continue
            cell += int(groups[debt]) * currencies
        receipt = int(doc_day[source])
        day = max(int(app_day[number]), int(effective[debt]), receipt)
        begin = int(begins[min(max(day - first, 0), last)])
        finish = int(stops[min(max(receipt - first, 0), last)])
        if finish <= begin:
            continue
        for measure in range(3):
            days = 1
            if measure > 0:
                days = receipt - (int(doc_day[debt]) if measure == 1 else int(basis[debt]))
            out[cell, measure, begin] += days
            if finish < out.shape[2]:
                out[cell, measure, finish] -= days


@compiled
def lay_out_events(items: Any, applications: Any, pays: Any, begins: Any, place: Any, events: Any) -> None:
    """Write the events of each debt, by day, to `events`: their days, what they moved, receipt days, what was settled.

    `begins` says where the events of each debt begin, with one entry more than there are debts; debts whose events
    have no room are passed over. `place` is a copy; afterwards it says where events end.
    """
    kind, side, root, effective, amount = items
    app_from, app_to, app_amount, app_day, doc_day = applications
    event_day, moved, receipt, settled = events
    for phase in range(3):
        for number in range(len(side) if phase == 0 else len(app_day)):
            row = number if phase == 0 else (app_to[number] if phase == 1 else app_from[number])
            debt = root[row]
            if side[row] < 0 or begins[debt] == begins[debt + 1]:
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
    starts: Any,
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
    are those of `paid`, `starts` and `events` those of the loop above.
    """
    due, doc_day, currency = items
    event_day, moved, receipt, settled = events
    last = len(begins) - 1
    for debt in range(len(due)):
        start, stop = starts[debt], starts[debt + 1]
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
