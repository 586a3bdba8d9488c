"""How measures are counted, in Settings: each choice in the words of the trade, and what it makes of today's figure."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import replace
from decimal import Decimal
from typing import Any

import streamlit as st

from arcore.analytics import written
from arcore.analytics.variants import OPTIONS
from arcore.analytics.variants import Variants
from arcore.company import queries
from arcore.company import service as company
from arcore.reports.choices import counted
from pages.ui import cached
from pages.ui import drawer
from pages.ui import forms
from pages.ui import settings_view
from pages.ui import shell
from pages.ui.format import NONE
from pages.ui.format import as_label
from pages.ui.forms import Form

NAME = "measures"


@dataclass(frozen=True)
class Choice:
    """One row: a choice, what it means in a line, and the measure that shows what it does.

    Attributes:
        field: of Variants.
        words: option → word; empty for a number to type.
        least, most, step: of a number.
    """

    field: str
    label: str
    help: str
    measure: str
    words: Mapping[Any, str]
    least: float = 0.0
    most: float | None = None
    step: float = 1.0


_MONTHS = {1: "One month", 3: "Three months", 12: "Twelve months"}
GROUPS: Mapping[str, tuple[Choice, ...]] = {
    "Days sales outstanding": (
        Choice(
            "dso_method", "DSO is counted by",
            "Period end suits steady sales; count-back and true DSO are not bent by sales that rise or fall.", "dso",
            {
                "period_end": "Period end", "countback": "Count-back", "average_balance": "Average balance",
                "month_ends": "Mean of month-ends", "sales_weighted": "Sales-weighted", "true": "True DSO",
            },
        ),
        Choice(
            "dso_months", "Window of DSO",
            "Trailing, up to the day looked at; best possible DSO and average days delinquent share it.",
            "dso.period_end", _MONTHS,
        ),
        Choice(
            "month_days", "Days of a month", "Actual days, or the banker's 30 for every month of a window.",
            "dso.period_end", {"calendar": "As in the calendar", "thirty": "30 each"},
        ),
        Choice(
            "on_no_sales", "A month without sales",
            "When counting back: its days count and a net credit raises the rest, or the count ends there.",
            "dso.countback", {"continue": "Counts on", "stop": "Ends the count"},
        ),
        Choice(
            "last_month", "Last month counted back", "The part of a month that is left: exact, or whole days.",
            "dso.countback", {"exact": "Exact", "up": "Rounded up"},
        ),
    ),
    "Collecting": (
        Choice(
            "cei_method", "CEI is counted by", "All that left the books, credits included, or the cash alone.", "cei",
            {"period": "All that left", "cash": "Cash only", "rolling_12": "Twelve months",
             "cash_rolling_12": "Twelve months, cash"},
        ),
        Choice("cei_months", "Window of CEI", "Shorter reacts faster, longer is calmer.", "cei.period", _MONTHS),
        Choice(
            "turnover_balance", "Turnover divides by",
            "Two balances hide a season; thirteen month-ends do not. A higher turnover is better.", "turnover",
            {"average_balance": "Average of two", "period_end": "Closing balance",
             "thirteen_point": "Thirteen month-ends"},
        ),
        Choice(
            "turnover_days", "Turnover in days divides", "The days of the window, a year of 365, or one of 360.",
            "ar_days", {"window": "Actual days", "365": "365 days", "360": "360 days"},
        ),
        Choice(
            "paid_weight", "Days to pay weighs", "Each amount by its days, or each invoice once, however small.",
            "days_to_pay", {"weighted": "By amount", "unweighted": "By invoice"},
        ),
    ),
    "Losses and discounts": (
        Choice(
            "bad_debt_basis", "Bad debt is",
            "Write-offs less recoveries or before them; with tax on both sides or without; of sales or of the balance.",
            "bad_debt",
            {"net": "Net of recoveries", "gross": "Before recoveries", "net_of_tax": "Net, without VAT",
             "of_balance": "Of the balance"},
        ),
        Choice(
            "dilution_basis", "Dilution counts", "Sales that went away without cash.", "dilution",
            {"credit_notes": "Credit notes", "with_discounts": "Discounts too"},
        ),
        Choice(
            "discount_rate", "Cost of discounts is", "The plain rate a year, or one that compounds.", "discount_cost",
            {"annualised": "Nominal", "effective": "Effective"},
        ),
        Choice("year_days", "A year of discounts has", "365 days, or 360 as in US texts.", "discount_cost",
               {365: "365 days", 360: "360 days"}),
    ),
    "Customers and invoices": (
        Choice("top_customers", "Largest customers", "How many the share of the largest counts.", "top_customers", {},
               least=1.0),
        Choice("large_share", "A large customer has, % of sales",
               "Accounts disclose customers from ten percent of sales on.", "large_customers", {},
               least=0.1, most=100.0),
        Choice("rebill_days", "Billed again within, days",
               "A credited or voided invoice counts as revised when a new one follows so soon.", "revised_rate", {}),
    ),
    "What only you know": (
        Choice("days_of_inventory", "Days of inventory", "Inventory ÷ cost of goods × days; never assumed.",
               "cash_cycle", {}),
        Choice("days_of_payables", "Days of payables", "Payables ÷ cost of goods × days; never assumed.",
               "cash_cycle", {}),
        Choice(
            "cycle_balance", "DSO in the cash cycle", "The closing balance, or the mean of opening and closing.",
            "cash_cycle", {"period_end": "Period end", "average_balance": "Average balance"},
        ),
        Choice("monthly_collection_cost", "Cost of collecting a month, {currency}",
               "People, systems and agencies; the measure stays a dash without it.", "collection_cost", {}, step=100.0),
        Choice(
            "cost_basis", "Cost of collecting is", "For each hundred collected, or for each thousand sold (APQC).",
            "collection_cost", {"cash": "Of cash in", "per_1000": "Per 1,000 of sales"},
        ),
    ),
}  # fmt: skip
CHOICES = tuple(choice for group in GROUPS.values() for choice in group)


def draw(frame: shell.Frame) -> None:
    """Draw every choice with what it makes of the figure of the day; nothing changes before it is saved."""
    kept = queries.variants(frame.books.engine)
    refused = settings_view.refusal(frame)
    form = forms.once(NAME)
    picked = chosen(form, kept)
    _heading(frame, form, kept, refused)
    forms.outcome(NAME)
    for title, group in GROUPS.items():
        with st.container(border=True, gap="xsmall"):
            st.markdown(f"**{title}**")
            for choice in group:
                _row(frame, form, choice, kept, picked, disabled=refused is not None)
    st.markdown(
        ":small[:gray[Not to choose, as all else would mislead: amounts with VAT on both sides of every ratio, windows "
        "that end on the day looked at, constant rates inside a ratio, contractual due dates, gross debit items for "
        "shares.]]"
    )


def chosen(form: Form, kept: Variants) -> Variants:
    """Return the choices as they stand in the form; those kept where nothing was touched."""
    values = {choice.field: form.value(choice.field, getattr(kept, choice.field)) for choice in CHOICES}
    for name in ("days_of_inventory", "days_of_payables", "monthly_collection_cost", "large_share"):
        values[name] = None if values[name] is None else Decimal(str(values[name]))
    for name in ("top_customers", "rebill_days"):
        values[name] = getattr(kept, name) if values[name] is None else int(values[name])
    if values["large_share"] is None:
        values["large_share"] = kept.large_share
    return replace(kept, **values)


def _heading(frame: shell.Frame, form: Form, kept: Variants, refused: str | None) -> None:
    day = frame.say.day(frame.filters.as_of)
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        st.markdown(
            f"**How measures are counted** :gray[:small[{as_label(f'beside each choice: the figure of {day}')}]]",
            width="stretch",
        )
        usual = kept == _defaults(kept)
        form.button(
            "Reset to defaults", _reset(frame, kept), kind="tertiary", icon=":material/restart_alt:", name="reset",
            disabled=refused is not None or usual,
            hint=refused or ("Everything is at its default." if usual else "What only you know stays."),
        )  # fmt: skip
        form.button("Save measures", _save(frame, kept), kind="primary", disabled=refused is not None, hint=refused)


def _row(frame: shell.Frame, form: Form, choice: Choice, kept: Variants, picked: Variants, *, disabled: bool) -> None:
    label = choice.label.format(currency=frame.company.currency)
    words, control, effect = st.columns([4.1, 2.3, 5.6], gap="small", vertical_alignment="center")
    words.markdown(f"{as_label(label)}  \n:small[:gray[{as_label(choice.help)}]]")
    value = getattr(kept, choice.field)
    if choice.words:
        control.selectbox(
            label, list(choice.words), index=list(choice.words).index(value), format_func=choice.words.__getitem__,
            key=form.key(choice.field), label_visibility="collapsed", disabled=disabled,
        )  # fmt: skip
    else:
        number = None if value is None else float(value)
        control.number_input(
            label, min_value=choice.least, max_value=choice.most, value=number, step=choice.step,
            format="%.0f" if number is None or number.is_integer() else "%.2f", placeholder="not given",
            key=form.key(choice.field), label_visibility="collapsed", disabled=disabled,
        )  # fmt: skip
    with effect.container(horizontal=True, gap="xsmall", vertical_alignment="center", wrap=False):
        st.markdown(_effect(frame, choice, picked), width="stretch")
        st.button(
            "", icon=":material/chevron_right:", key=f"explain_{choice.field}", type="tertiary",
            help=f"How {_title(choice)} is made, as it is counted now", on_click=drawer.ask, args=(choice.measure,),
        )  # fmt: skip


def _effect(frame: shell.Frame, choice: Choice, picked: Variants) -> str:
    """Say what the day's figure is by every option, the one picked in bold."""
    say = frame.say

    def figure(variants: Variants) -> Any:
        return cached.read(frame.books, frame.filters, counted, choice.measure, variants)

    now = figure(picked)
    if not choice.words:
        title = as_label(_title(choice))
        if now.exact is None:
            return f":small[:gray[{title} {NONE} {as_label(now.undefined or '')}]]"
        return f":small[:gray[{title}] **{as_label(written.in_full(now, say))}**]"
    parts, reason = [], ""
    for option, word in choice.words.items():
        found = figure(replace(picked, **{choice.field: option}))
        reason = reason or (found.undefined or "")
        text = f"{as_label(word)} {as_label(written.in_full(found, say))}"
        parts.append(f"**{text}**" if option == getattr(picked, choice.field) else f":gray[{text}]")
    tail = f"  \n:gray[{NONE} {as_label(reason)}]" if reason else ""
    return f":small[{' :gray[·] '.join(parts)}{tail}]"


def _title(choice: Choice) -> str:
    from arcore.analytics.headline import headline  # noqa: PLC0415

    return headline(choice.measure, Variants()).label


def _defaults(kept: Variants) -> Variants:
    """Return the defaults, with what only the company knows."""
    return replace(
        Variants(),
        days_of_inventory=kept.days_of_inventory,
        days_of_payables=kept.days_of_payables,
        monthly_collection_cost=kept.monthly_collection_cost,
    )


def _save(frame: shell.Frame, kept: Variants) -> Callable[[Form], str]:
    def post(form: Form) -> str:
        return _written(frame, form, kept, chosen(form, kept), "Saved. Every page counts this way from now on.")

    return post


def _reset(frame: shell.Frame, kept: Variants) -> Callable[[Form], str]:
    def post(form: Form) -> str:
        return _written(frame, form, kept, _defaults(kept), "Everything is counted the usual way again.")

    return post


def _written(frame: shell.Frame, form: Form, kept: Variants, wanted: Variants, sentence: str) -> str:
    fields = {*OPTIONS, *(choice.field for choice in CHOICES)}
    changed = {name: getattr(wanted, name) for name in fields if getattr(wanted, name) != getattr(kept, name)}
    if not changed:
        return "Nothing was changed."
    company.save_measures(frame.books.engine, actor=frame.actor, key=form.token, **changed)
    return sentence
