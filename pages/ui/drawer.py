"""The explanation of a measure, in a drawer at the right: words, formula, figures, and what it rests on."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC
from datetime import date
from datetime import datetime
from datetime import time
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode
from urllib.parse import urlsplit

import pandas as pd
import streamlit as st

from arcore.analytics import wording
from arcore.analytics import written as measures
from arcore.analytics.figures import Figure
from arcore.analytics.headline import is_chosen
from arcore.analytics.kpis import BY_NAME
from arcore.money import nearest_minor
from arcore.reports.choices import meant
from arcore.reports.explain import Explanation
from arcore.reports.explain import explain
from arcore.reports.filters import Filters
from arcore.reports.kpis import trend
from arcore.reports.ratio_bridges import RatioBridge
from arcore.reports.ratio_bridges import has_causes
from arcore.reports.ratio_bridges import ratio_bridge
from pages.ui import behind_link
from pages.ui import bridge_view
from pages.ui import cached
from pages.ui import documents_view
from pages.ui import failures
from pages.ui import filters
from pages.ui import goal_form
from pages.ui import goal_view
from pages.ui import shell
from pages.ui import tables
from pages.ui.format import NONE
from pages.ui.format import Format
from pages.ui.format import as_label

KEY = "explain"
"""What was asked for since the last run; also the name in the address of a link to an explanation."""
WINDOWS = ("1", "3", "12")
"""Months that a name may ask for instead of a measure's own."""
MOMENT = "known_at"
"""The name in the address of the moment as known at which an explanation is."""
_SEEN, _OF, _ON = "explain_seen", "explain_of", "explain_on"


def ask(name: str, segment: str | None = None, day: date | None = None) -> None:
    """Ask for the explanation of a measure; for `on_click`.

    `segment` is for a figure that is of other customers than the filters choose: a segment, or "" for all of them;
    `day` for one of another day than the filters choose.
    """
    st.session_state[KEY] = name
    st.session_state[_OF] = segment
    st.session_state[_ON] = day


def open_asked(frame: shell.Frame) -> None:
    """Open the explanation that was asked for, by a click or by the address; last statement of a page that has any."""
    if goal_form.open_asked(frame):
        return
    wanted, segment, day = (st.session_state.pop(asked, None) for asked in (KEY, _OF, _ON))
    linked = st.query_params.get(KEY)
    if wanted is None and linked != st.session_state.get(_SEEN):
        wanted = linked
        frame = _as_linked(frame)
    st.session_state[_SEEN] = linked
    if wanted is not None and wording.is_known(parted(wanted)[0]):
        shown = frame if segment is None else _of_segment(frame, segment)
        shown = shown if day is None else replace(shown, filters=shown.filters.on(day))
        title = wording.TITLES[wording.key_of(shown.read(meant, parted(wanted)[0]))]
        st.dialog(title, position="right", width=560, icon=":material/functions:")(failures.guarded(_body))(
            shown, wanted
        )


def _as_linked(frame: shell.Frame) -> shell.Frame:
    """Return the frame as known at the moment of the link, where it names one."""
    try:
        moment = datetime.fromisoformat(st.query_params.get(MOMENT, ""))
    except ValueError:
        return frame
    return replace(frame, filters=replace(frame.filters, known_at=moment))


def _of_segment(frame: shell.Frame, segment: str) -> shell.Frame:
    """Return the frame through the filters of one segment, "" for all customers."""
    segments = (segment,) if segment else ()
    return replace(frame, filters=replace(frame.filters, segments=segments, owners=(), entity=None))


def _body(frame: shell.Frame, name: str) -> None:
    if goal_form.is_asked():
        st.rerun()
    say = frame.say
    base, months = parted(name)
    figures = frame.read(trend, base, months=months)
    days = [figure.as_of for figure in figures if figure.as_of is not None]
    chosen = st.selectbox(
        "As of", days[::-1], format_func=say.day, key=f"explain_day_{name}", label_visibility="collapsed", width=170
    )
    narrowed = frame.filters.on(chosen)
    found = cached.read(frame.books, narrowed, explain, base, months=months)
    st.markdown(f":small[:gray[{as_label(' · '.join(_scope(frame, found.figure)))}]]")
    st.markdown(wording.definition(found.kpi, found.variants, months))
    _target(frame, base, found.figure)
    _formula(found.figure, say)
    _inputs(found, say)
    _terms(found.figure, say)
    _causes(frame, narrowed, found)
    _rests_on(found.figure, say)
    _choice(found)
    documents_view.draw(frame, narrowed, name, found, months)
    _months(figures, wording.TITLES[wording.key_of(found.kpi)], say)
    st.markdown(":small[:gray[A link that opens this again]]")
    st.code(link(frame, name, chosen), language=None, wrap_lines=True)


def parted(name: str) -> tuple[str, int | None]:
    """Take a name apart: "days_to_pay@12" is a measure over another window than its own, in months."""
    base, _, months = name.partition("@")
    return base, int(months) if months in WINDOWS else None


def link(frame: shell.Frame, name: str, day: date) -> str:
    """Return the address that opens this explanation with these filters on this day."""
    values = behind_link.page_state() | filters.address(frame.filters.on(day)) | {"books": frame.books.word, KEY: name}
    if frame.filters.customer:
        values["customer"] = frame.filters.customer
        values |= {filters.WHOSE: filters.BELOW} if frame.filters.below else {}
    moment = frame.filters.known_at
    if moment is not None and moment.time() != time.max:
        # The day alone would let in what came later on it.
        values[MOMENT] = moment.astimezone(UTC).isoformat()
    base = urlsplit(st.context.url or "")
    return f"{base.scheme}://{base.netloc}{base.path or '/'}?{urlencode(values, doseq=True)}"


def _target(frame: shell.Frame, name: str, figure: Figure) -> None:
    """Say what the figure should be, with the way to set it."""
    status = goal_view.shown(frame, name)
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        if status is not None:
            st.markdown(goal_view.chip(status, frame.say), width="content", help=goal_view.hint(status, frame.say))
        segments = frame.filters.segments
        st.button(
            "Change the target" if status else "Set a target", icon=":material/flag:", type="tertiary",
            key=f"explain_aim_{name}", on_click=goal_form.ask,
            args=(f"{figure.name}.{figure.variant}", segments[0] if len(segments) == 1 else ""),
        )  # fmt: skip


def _scope(frame: shell.Frame, figure: Figure) -> list[str]:
    family = "with everybody below it, each counted once" if frame.filters.below else ""
    words = [
        family,
        f"all in {figure.currency}" if figure.currency else "",
        filters.BASIS_WORDS[frame.filters.basis].lower(),
    ]
    return [word for word in (*words, *filters.words(frame.filters, frame.say)) if word]


def _formula(figure: Figure, say: Format) -> None:
    with st.container(border=True, gap="xsmall"):
        st.markdown(as_label(wording.in_words(figure.formula)))
        if figure.exact is None:
            st.markdown(f"**{NONE}** {as_label(figure.undefined or '')}")
            return
        filled = figure.filled(lambda given: _amount(given, figure, say))
        st.markdown(f"{as_label(filled)} = **{as_label(measures.in_full(figure, say))}**")


def _inputs(found: Explanation, say: Format) -> None:
    """Draw every input on the day and on the day compared with, the value last."""
    title = wording.TITLES[wording.key_of(found.kpi)]
    figure, before = found.figure, found.before
    shown = [figure, before]
    heads = [
        say.short_day(found.figure.as_of or found.compared, found.compared),
        say.short_day(found.compared, found.compared),
    ]
    given = [each for each in {**figure.inputs, **before.inputs} if each in wording.INPUTS]
    unit = f", {figure.currency}" if figure.currency else ""
    labels = [wording.INPUTS[each] + ("" if each in wording.COUNTS else unit) for each in given]
    numbers = pd.DataFrame(
        [[_float(each.inputs.get(entry)) for each in shown] for entry in given] + [[each.value for each in shown]],
        columns=heads,
        dtype=float,
    )
    numbers.insert(0, "Input", [*labels, title])
    # Numbers, not text: then heads and cells stand at the right.
    style: Any = numbers.style
    styled = style.format(say.number, na_rep=NONE, subset=heads)
    last = numbers.index[-1:]
    styled = styled.format(lambda _: measures.in_full(figure, say), subset=(last, heads[:1]))
    styled = styled.format(lambda _: measures.in_full(before, say), subset=(last, heads[1:]))
    styled = styled.set_properties(subset=(last, ["Input", *heads]), **{"font-weight": "700"})
    st.table(styled, border="horizontal", hide_index=True, alt=f"{title}: the inputs, now and before")


def _terms(figure: Figure, say: Format) -> None:
    """Draw the parts of a figure that is a sum of them, each with the credit sales it is divided by."""
    terms = figure.inputs.get("terms", ())
    if not terms:
        return
    unit = f", {figure.currency}"
    aged = f"Unpaid × days{unit}" if figure.variant == "true" else f"Unpaid{unit}"
    rows = pd.DataFrame(
        [[float(term.part), float(term.sales)] for term in terms], columns=[aged, f"Credit sales{unit}"], dtype=float
    )
    rows.insert(0, "Part", [term.month for term in terms])
    style: Any = rows.style
    styled = style.format(lambda amount: say.number(amount, 0), subset=list(rows.columns[1:]))
    st.table(styled, border="horizontal", hide_index=True, alt="The parts of the sum")


def _causes(frame: shell.Frame, narrowed: Filters, found: Explanation) -> None:
    """Draw why the figure changed, as a bridge or by its inputs; the parts add up to the change."""
    if found.figure.exact is None or found.before.exact is None:
        return
    say, total = frame.say, found.figure.exact - found.before.exact
    usual = BY_NAME[found.kpi.name] is found.kpi
    name = found.kpi.name if usual else f"{found.kpi.name}.{found.kpi.variant}"
    bridged = bridge_view.told(frame, narrowed, name, found.compared, found.figure.currency)
    causes = bridged or [(_cause(cause.name, found), cause.amount) for cause in found.causes]
    if not causes:
        return
    change = measures.change(total, found.figure, say)
    st.markdown(
        f"**Why it moved** :gray[:small[{as_label(f'{change} since {say.short_day(found.compared, found.compared)}')}]]"
    )
    unit = measures.unit_word(found.figure)
    unit = unit[0].upper() + unit[1:]
    parts = measures.adding_up([amount for _, amount in causes], total, found.figure.unit)
    rows = pd.DataFrame({"Because of": [word for word, _ in causes], unit: [float(part) for part in parts]})
    style: Any = rows.style
    styled = style.format({unit: lambda amount: measures.change(amount, found.figure, say, unit=False, of=total)})
    st.table(styled, border="horizontal", hide_index=True, alt="Why it moved")
    if bridged and (usual or has_causes(found.kpi)):
        address = bridge_view.link(narrowed, frame.books.word, name, found.compared)
        st.link_button("See the bridge", address, icon=":material/waterfall_chart:", type="tertiary")
    if has_causes(found.kpi) and not usual:
        _no_causes(cached.read(frame.books, narrowed, ratio_bridge, found.compared, name))


def _no_causes(bridge: RatioBridge) -> None:
    """Say which causes a way of counting does not have, and why; or why it can't be split on these days."""
    if bridge.undefined:
        st.caption(as_label(f"Split by its inputs: {bridge.undefined}."))
    reasons: dict[str, list[str]] = {}
    for cause, reason in bridge.left_out.items():
        reasons.setdefault(reason, []).append(cause.replace("_", "-"))
    for reason, causes in reasons.items():
        st.caption(as_label(f"Without {' and '.join(causes)}: {reason}."))


def _cause(name: str, found: Explanation) -> str:
    """Say which way an input went: "Higher open balance"."""
    if name == "periods":
        return "Sales of other months"
    word = wording.INPUTS[name].lower()
    then, now = (Decimal(given.inputs.get(name, 0)) for given in (found.before, found.figure))
    return f"{'Higher' if now > then else 'Lower'} {word}" if name != "days" else "Another number of days"


def _rests_on(figure: Figure, say: Format) -> None:
    words = []
    if figure.window is not None:
        first, last = figure.window
        words.append(f"window {say.day(first)} to {say.day(last)}, both days counted")
    if figure.as_of is not None and figure.currency:
        words.append(f"all amounts at the rates of {say.day(figure.as_of)}")
    words.append("complete" if figure.coverage == "complete" else f"coverage: {figure.coverage}")
    st.markdown(f":small[:gray[Rests on: {as_label(' · '.join(words))}]]")


def _choice(found: Explanation) -> None:
    """Lead to where the way of counting is chosen, for measures that have more than one."""
    if is_chosen(found.kpi) and shell.exists("settings.py"):
        st.page_link(
            shell.page_of("settings.py"), label=":small[How it is counted is a choice]", icon=":material/tune:",
            query_params={"tab": "Measures"},
        )  # fmt: skip


def _months(figures: tuple[Figure, ...], title: str, say: Format) -> None:
    with st.expander("Month by month, as a table"):
        rows = pd.DataFrame(
            {
                "As of": [say.day(figure.as_of) for figure in figures],
                title: [measures.in_full(figure, say) for figure in figures],
                "Why not": [figure.undefined or "" for figure in figures],
            }
        ).iloc[::-1]
        tables.grid(
            rows, hide_index=True, row_height=tables.ROW, height=tables.height(len(rows), most=14),
            alt=f"{title} by month",
        )  # fmt: skip


def _float(given: Any) -> float | None:
    return None if given is None else float(given)


def _amount(given: Any, figure: Figure, say: Format) -> str:
    if isinstance(given, int) or not figure.currency:
        return say.number(given)
    text = say.amount(nearest_minor(Decimal(given), figure.currency), figure.currency, decimals=0)
    return f"({text})" if given < 0 else text
