"""The tab Reminders of Settings: when a customer is reminded, when not, and who looks first."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import streamlit as st
from babel.numbers import NumberFormatError
from babel.numbers import parse_decimal
from sqlalchemy import Engine
from streamlit.delta_generator import DeltaGenerator

from arcore.dunning import service as dunning
from arcore.dunning.queries import Policy
from arcore.dunning.queries import Step
from arcore.dunning.queries import policy_in
from arcore.errors import BadInput
from arcore.money import to_minor
from arcore.reports.filters import Filters
from arcore.store.engine import reading
from pages.ui import forms
from pages.ui import settings_view
from pages.ui import shell
from pages.ui.format import as_label
from pages.ui.forms import Form

WHEN = ("The first message, a few days late", "Nothing came of the first", "Before further steps are taken")
"""What each step is for."""
NUMBERS = {
    "gap_days": ("Days between two messages", "To one customer, from one of our entities, whatever the step."),
    "daily_limit": ("Messages a day, at most", "0 for no limit; a first week with few is easier to watch."),
    "pay_within_days": ("Days to pay", "The letter asks to be paid by then; a day on which banks are closed moves on."),
    "grace_days": ("Bank days of grace", "After a promised day or an instalment, before it is asked for again."),
    "stale_days": ("Receipts too old after, days", "With older news of receipts nobody is reminded: it may be paid."),
}
"""The whole numbers of the rules, with what they do."""


def draw(frame: shell.Frame) -> None:
    """Draw the rules as one form, with a sentence that says what they come to."""
    policy, refused = frame.read(rules), settings_view.refusal(frame)
    forms.outcome("rules")
    with forms.form("rules") as form:
        _steps(form, policy)
        st.markdown("**When one leaves** :gray[:small[besides its step]]")
        places = st.columns(4, gap="medium")
        _number(places[0], form, policy, "gap_days")
        _number(places[1], form, policy, "daily_limit")
        places[2].text_input(
            f"Smallest amount, {frame.company.currency}", value=frame.say.number(policy.minimum, 2),
            key=form.key("minimum"), help="Less than this is not worth a message. It is counted in our currency.",
        )  # fmt: skip
        _approval(places[3], form, policy)
        st.markdown("**How long we wait** :gray[:small[for money and for news of it]]")
        places = st.columns(4, gap="medium")
        for place, name in zip(places, ("pay_within_days", "grace_days", "stale_days"), strict=False):
            _number(place, form, policy, name)
        form.submit("Save reminder rules", _save(frame, policy), disabled=refused is not None)
    st.caption(refused or as_label(said(policy, frame)))


def rules(engine: Engine, _filters: Filters) -> Policy:
    """Return the rules that are kept."""
    with reading(engine) as session:
        return policy_in(session)


def said(policy: Policy, frame: shell.Frame) -> str:
    """Say in two sentences what the rules that are kept come to."""
    steps = ", ".join(f"{step.name} after {step.days}" for step in policy.steps)
    waits = policy.approval_from <= len(policy.steps)
    approval = f"; from {policy.step_name(policy.approval_from)} on they wait for approval" if waits else ""
    least = frame.say.money(to_minor(policy.minimum, frame.company.currency), frame.company.currency)
    return (
        f"As kept: {steps} days from the agreed due date, each only after the one before was delivered, "
        f"{policy.gap_days} days apart at least{approval}. Disputed, promised and planned amounts are left out; "
        f"nobody is written to about less than {least}."
    )


def _number(place: DeltaGenerator, form: Form, policy: Policy, name: str) -> None:
    label, hint = NUMBERS[name]
    place.number_input(label, value=int(getattr(policy, name)), step=1, key=form.key(name), help=hint, format="%d")


def _approval(place: DeltaGenerator, form: Form, policy: Policy) -> None:
    names = [step.name for step in policy.steps]
    choices = range(1, len(names) + 2)
    place.selectbox(
        "Wait for approval", choices, index=choices.index(policy.approval_from), key=form.key("approval_from"),
        format_func=lambda step: f"from {names[step - 1]} on" if step <= len(names) else "no step",
        help="These are sent one by one by somebody who looked at them. Key accounts always wait.",
    )  # fmt: skip


def _steps(form: Form, policy: Policy) -> None:
    st.markdown("**Steps** :gray[:small[days after the agreed due date, and after the message before]]")
    for number, (place, step) in enumerate(zip(st.columns(3, gap="medium"), policy.steps, strict=True)):
        with place:
            st.markdown(f"**{as_label(step.name.capitalize())}**  \n:small[:gray[{WHEN[number]}]]")
            late, gap = st.columns(2, gap="small")
            late.number_input("Days late", value=step.days, step=1, key=form.key(f"days_{number}"), format="%d")
            gap.number_input(
                "Days since the last", value=step.minimum_gap, step=1, key=form.key(f"gap_{number}"), format="%d",
                help="At least so many days after the message before. 0: the general number below.",
            )  # fmt: skip


def _save(frame: shell.Frame, before: Policy) -> Callable[[Form], str]:
    def post(form: Form) -> str:
        steps = tuple(
            Step(step.name, _whole(form, f"days_{n}", f"{step.name}: days late"),
                 _whole(form, f"gap_{n}", f"{step.name}: days since the last"))
            for n, step in enumerate(before.steps)
        )  # fmt: skip
        numbers = {name: _whole(form, name, label) for name, (label, _) in NUMBERS.items()}
        policy = Policy(
            name=before.name,
            steps=steps,
            minimum=_minimum(form.value("minimum"), frame),
            approval_from=form.value("approval_from"),
            **numbers,
        )
        dunning.save_policy(frame.books.engine, policy=policy, actor=frame.actor, key=form.token)
        return "Saved. The next reminders follow these rules."

    return post


def _whole(form: Form, name: str, label: str) -> int:
    value: Any = form.value(name)
    if value is None:
        raise BadInput(f"{label[0].upper()}{label[1:]}: write a number")
    return int(value)


def _minimum(text: object, frame: shell.Frame) -> Decimal:
    typed = str(text or "").strip()
    try:
        return Decimal(parse_decimal(typed or "0", locale=frame.say.known, strict=True))
    except NumberFormatError as error:
        example = frame.say.number(Decimal(25), 2)
        raise BadInput(f"{typed!r} is not an amount: write it like {example}", value=typed) from error
