"""Setting, changing and withdrawing a target, from wherever its figure stands."""

from __future__ import annotations

from datetime import date
from datetime import timedelta
from decimal import Decimal
from functools import partial
from uuid import uuid4

import streamlit as st

from arcore.analytics.figures import MONEY
from arcore.analytics.figures import PERCENT
from arcore.analytics.figures import Figure
from arcore.analytics.kpi import Kpi
from arcore.analytics.wording import TITLES
from arcore.analytics.wording import key_of
from arcore.dates import add_months
from arcore.dates import month_end
from arcore.errors import ArcoreError
from arcore.errors import BadInput
from arcore.goals import queries
from arcore.goals import service
from arcore.goals.queries import Goal
from arcore.goals.queries import missing
from arcore.money import nearest_minor
from arcore.reports import target_words
from arcore.reports.kpis import names
from arcore.reports.targets import held_against
from arcore.reports.targets import meant
from pages.ui import cached
from pages.ui import entry
from pages.ui import failures
from pages.ui import forms
from pages.ui import shell
from pages.ui import undo
from pages.ui.format import Format
from pages.ui.format import as_label
from pages.ui.forms import Form
from pages.ui.settings_view import refusal

PAGE, NAME, ASKED = "goals", "goals_write", "goals_asked"
"""The page of the undo, the form that all buttons on targets and notes share, the dialog that was asked for."""
WORDS = {"lower": "lower is better", "higher": "higher is better", "": "no good direction: judged by its band"}
ROOM = Decimal("0.1")
"""How much worse than now, or than the target, a measure may get before the alert that is offered."""


def ask(name: str, segment: str | None = None) -> None:
    """Ask for the target of a measure; `segment` None takes the one that the filters choose. For `on_click`."""
    st.session_state[ASKED] = (name, segment)
    begin()


def begin() -> None:
    """Start a dialog with an empty form; for the click that asks for it."""
    forms.begin(NAME)
    st.session_state[f"{NAME}_token"] = uuid4().hex
    for left in ("said", "told"):
        st.session_state.pop(f"{NAME}_{left}", None)


def is_asked() -> bool:
    """Tell whether a target was asked for since the last run; a dialog that is open makes room for it."""
    return ASKED in st.session_state


def open_asked(frame: shell.Frame) -> bool:
    """Open the dialog that was asked for, if one was; tell whether it did."""
    if ASKED not in st.session_state:
        return False
    name, segment = st.session_state.pop(ASKED)
    chosen = frame.filters.segments
    start = (chosen[0] if len(chosen) == 1 else "") if segment is None else segment
    _dialog(frame, name, start)
    return True


def outcome(frame: shell.Frame) -> None:
    """Say what was done to targets and notes, with its undo beside it."""
    undo.outcome(PAGE, frame.books.store_id, by=NAME)


@st.dialog("Target", width="medium", icon=":material/flag:")
@failures.guarded
def _dialog(frame: shell.Frame, name: str, segment: str) -> None:
    if forms.is_done(NAME):
        st.rerun()
    form, say = forms.once(NAME), frame.say
    kpi, chosen = _what(frame, form, name, segment)
    full = queries.name_of(kpi)
    figure = cached.read(frame.books, frame.filters, held_against, full, chosen)
    goal = next(
        (each for each in queries.goals(frame.books.engine) if each.kpi.key == kpi.key and each.segment == chosen), None
    )
    now = f"now {target_words.amount(figure.exact and round(figure.exact, 1), figure, say)}"
    day = f"as of {say.day(figure.as_of)}"
    st.markdown(f"**{as_label(now)}** :gray[:small[{as_label(f'{day} · {WORDS[kpi.better]}')}]]")
    # What is offered depends on what the target is of: other measures and segments have fields of their own.
    part = f"{full}_{chosen}"
    _fields(frame, form, part, kpi, figure, goal)
    _preview(frame, form, part, figure, kpi)
    refused = refusal(frame)
    with st.container(horizontal=True, gap="xsmall"):
        form.button(
            "Change the target" if goal else "Set the target", partial(_post, frame, kpi, chosen, figure),
            kind="primary", disabled=refused is not None, hint=refused,
        )  # fmt: skip
        if goal is not None:
            form.button(
                "Withdraw", partial(withdraw, frame, goal), kind="tertiary", name="withdraw",
                icon=":material/delete:", disabled=refused is not None, hint=refused,
            )  # fmt: skip
    forms.outcome(NAME)


def _what(frame: shell.Frame, form: Form, name: str, segment: str) -> tuple[Kpi, str]:
    """Draw the choice of measure and segment."""
    asked = cached.read(frame.books, frame.filters, meant, name)
    known = names()
    left, right = st.columns([3, 2], gap="small")
    kpi = left.selectbox(
        "Measure",
        known,
        index=[each.key for each in known].index(asked.key),
        format_func=lambda each: TITLES[key_of(each)],
        key=form.key("kpi"),
    )
    segments = ["", *segments_of(frame, segment)]
    chosen = right.selectbox(
        "For", segments, index=segments.index(segment), format_func=lambda each: each or "All customers",
        key=form.key("segment"),
    )  # fmt: skip
    return kpi, chosen or ""


def segments_of(frame: shell.Frame, *more: str) -> list[str]:
    """Return the segments in use."""
    ours = cached.choices(frame.books, frame.company)
    return sorted({*ours.segments, *filter(None, more)})


def _fields(frame: shell.Frame, form: Form, part: str, kpi: Kpi, figure: Figure, goal: Goal | None) -> None:
    low, high = (goal.low, goal.high) if goal else _offered(kpi, figure)
    unit = figure.currency if figure.unit == MONEY else "%" if figure.unit == PERCENT else figure.unit
    places = st.columns(3, gap="small")
    for place, (field, label, value) in zip(
        places,
        (
            ("value", f"Target, {unit}", goal.value if goal else None),
            ("low", "Alert below", low),
            ("high", "Alert above", high),
        ),
        strict=True,
    ):
        place.text_input(
            label, value=_written(value, figure, frame.say), key=form.key(f"{field}_{part}"), placeholder="none",
            help=None if field == "value" else "An alert stands while the measure is outside. Empty for no limit.",
        )  # fmt: skip
    first, second, third = st.columns(3, gap="small")
    known = cached.choices(frame.books, frame.company).owners
    owners = sorted({*known, goal.owner if goal else ""} - {""})
    first.selectbox(
        "Owner", owners, index=owners.index(goal.owner) if goal and goal.owner else None, key=form.key(f"owner_{part}"),
        placeholder="nobody", accept_new_options=True,
    )  # fmt: skip
    second.date_input(
        "Due", value=goal.due_on if goal else next_quarter(frame.today), key=form.key(f"due_{part}"),
        format=frame.say.date_input, help="The day by which it is to be met. Empty: always.",
    )  # fmt: skip
    third.date_input(
        "Counted from", value=goal.valid_from if goal else frame.filters.as_of, key=form.key(f"from_{part}"),
        format=frame.say.date_input, help="Progress is measured from the figure of this day.",
    )  # fmt: skip
    st.text_input(
        "Note", value=goal.note if goal else "", key=form.key(f"note_{part}"), max_chars=400,
        placeholder="Why, and how it is to be reached",
    )  # fmt: skip


def _preview(frame: shell.Frame, form: Form, part: str, figure: Figure, kpi: Kpi) -> None:
    """Say what the target asks for: how far from now, and how much a month."""
    try:
        target = _number(form.value(f"value_{part}"), frame.say, figure)
    except ArcoreError:
        return  # half typed is no mistake yet
    due = form.value(f"due_{part}")
    if target is None or figure.exact is None:
        return
    away = missing(figure.exact, target, kpi.better)
    if not away:
        st.caption("Met as of now.")
        return
    words = f"{target_words.size(away, figure, frame.say)} to go"
    months = Decimal((due - frame.filters.as_of).days) / Decimal("30.44") if due else Decimal(0)
    if months > 1:
        words += f" until {frame.say.day(due)}: {target_words.size(away / months, figure, frame.say)} a month"
    st.caption(as_label(words))


def _offered(kpi: Kpi, figure: Figure) -> tuple[Decimal | None, Decimal | None]:
    """Offer an alert where the measure gets a tenth worse than it is now."""
    if figure.exact is None or figure.exact <= 0:
        return None, None
    places = -int(figure.exact.adjusted()) + 1
    low, high = (round(figure.exact * factor, places) for factor in (1 - ROOM, 1 + ROOM))
    return (None if kpi.better == "lower" else low), (None if kpi.better == "higher" else high)


def next_quarter(today: date) -> date:
    """Return the end of the quarter that leaves at least two months."""
    day = month_end(today + timedelta(days=60))
    return month_end(add_months(day, -day.month % 3))


def _written(value: Decimal | None, figure: Figure, say: Format) -> str:
    if value is None:
        return ""
    if figure.unit == MONEY:
        whole = value == value.to_integral_value()
        return say.amount(nearest_minor(value, figure.currency), figure.currency, decimals=0 if whole else None)
    return say.number(value, max(0, -int(value.normalize().as_tuple().exponent)))


def _number(text: object, say: Format, figure: Figure) -> Decimal | None:
    """Read what was typed; None for an empty field. Raises BadInput in a sentence."""
    typed = str(text or "").strip().removesuffix("%").strip()
    if not typed:
        return None
    if figure.unit == MONEY:
        return entry.amount(typed, say, figure.currency, signed=True)
    return entry.number(typed, say)


def _post(frame: shell.Frame, kpi: Kpi, segment: str, figure: Figure, form: Form) -> str:
    say, full = frame.say, queries.name_of(kpi)
    part = f"{full}_{segment}"
    value, low, high = (_number(form.value(f"{field}_{part}"), say, figure) for field in ("value", "low", "high"))
    if value is None:
        raise BadInput("Type the target")
    done = service.set_target(
        frame.books.engine, measure=full, value=value, segment=segment, low=low, high=high,
        currency=figure.currency if figure.unit == MONEY else "", owner=form.value(f"owner_{part}") or "",
        due_on=form.value(f"due_{part}"), valid_from=form.value(f"from_{part}"), note=form.value(f"note_{part}") or "",
        actor=frame.actor, key=form.token, seen=frame.books.seq,
    )  # fmt: skip
    whom = f" for {segment}" if segment else ""
    words = f"{kpi.label}{whom}, target {target_words.amount(value, figure, say)}"
    undo.keep(PAGE, words, frame.books.store_id, partial(_take_back, frame, done["target"]))
    return f"Set: {words}."


def withdraw(frame: shell.Frame, goal: Goal, form: Form) -> str:
    """Take a target away, with the way back beside it."""
    done = service.withdraw_target(
        frame.books.engine, target_id=goal.id, actor=frame.actor, key=form.token, seen=frame.books.seq
    )
    words = f"target for {goal.kpi.label}{f', {goal.segment}' if goal.segment else ''} withdrawn"
    undo.keep(PAGE, words, frame.books.store_id, partial(_take_back, frame, done["target"]))
    return f"Done: {words}."


def _take_back(frame: shell.Frame, target: int, key: str) -> object:
    return service.undo_target(frame.books.engine, target_id=target, actor=frame.actor, key=key)
