"""The verbs on promises and payment plans: one transaction, one permission check, one audit event each.

Each takes an `actor`, may take an idempotency `key`, and `seen`: the audit event that the page was drawn from. All
raise Refused (its subclasses say why: BooksMoved when somebody else wrote about the customer meanwhile) and
Unavailable. Verbs on plans take `dry_run` (everything is checked, nothing is kept) and `expected`, the effects that
such a preview showed.
"""

from __future__ import annotations

from arcore.arrangements.planning import agree_plan
from arcore.arrangements.planning import agree_plan_in
from arcore.arrangements.planning import cancel_plan
from arcore.arrangements.planning import change_plan
from arcore.arrangements.planning import resume_plan
from arcore.arrangements.planning import withdraw_plan
from arcore.arrangements.promising import change_promise
from arcore.arrangements.promising import promise_in
from arcore.arrangements.promising import record_promise
from arcore.arrangements.promising import restore_in
from arcore.arrangements.promising import restore_promise
from arcore.arrangements.promising import withdraw_in
from arcore.arrangements.promising import withdraw_promise
from arcore.arrangements.rules import CHANNELS
from arcore.arrangements.writing import GRACE_DAYS

__all__ = [
    "CHANNELS",
    "GRACE_DAYS",
    "agree_plan",
    "agree_plan_in",
    "cancel_plan",
    "change_plan",
    "change_promise",
    "promise_in",
    "record_promise",
    "restore_in",
    "restore_promise",
    "resume_plan",
    "withdraw_in",
    "withdraw_plan",
    "withdraw_promise",
]
