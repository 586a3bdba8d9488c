"""Settings: our company, the targets it judges by, its exchange rates, who looks after whom."""

from __future__ import annotations

from datetime import date
from typing import Any
from zoneinfo import available_timezones

import pandas as pd
import streamlit as st

from arcore.company import service as company
from arcore.company.rates import TEMPLATE
from arcore.company.rates import read_rates
from arcore.customers import queries as customers
from arcore.customers import service as customer_service
from arcore.errors import BadInput
from arcore.reports.book import book
from arcore.reports.rates import Rates
from pages.ui import forms
from pages.ui import shell
from pages.ui.forms import Form

TARGET_LABELS = {
    "dso": "DSO, days (lower is better)",
    "add": "Average days delinquent, days (lower is better)",
    "overdue": "Overdue balance, {currency} (lower is better)",
    "cei": "CEI, percent (higher is better)",
    "cash_in": "Cash in a month, {currency} (higher is better)",
}
LOCALES = {"en_GB": "English (UK)", "en_US": "English (US)", "de_DE": "German", "fr_FR": "French", "nl_NL": "Dutch"}

MOST_SHOWN = 1000
"""Rates drawn on the page; the newest."""

frame = shell.require_shell()
engine, ours, actor = frame.books.engine, frame.company, frame.actor
frame.heading(facts=[f"changes are recorded as {actor.name}"])


def save_company(form: Form) -> str:
    """Save the six fields."""
    names = ("name", "currency", "time_zone", "locale", "sender", "bank_details")
    values = {name: str(form.value(name) or "").strip() for name in names}
    company.save_profile(engine, actor=actor, key=form.token, **values)
    return "Saved. It counts from now on."


def save_targets(form: Form) -> str:
    """Save the targets that have a value."""
    given = {name: form.value(name) for name in TARGET_LABELS}
    targets = {name: float(value) for name, value in given.items() if value}
    company.save_profile(engine, actor=actor, key=form.token, targets=targets)
    return "Targets saved."


def save_rates(form: Form) -> str:
    """Read the uploaded table and add its rates."""
    table = form.value("file")
    rates = read_rates(table.getvalue() if table else b"", reporting=ours.currency)
    company.save_rates(engine, rates=rates, actor=actor, key=form.token)
    return f"{len(rates):,} rates added."


def save_assignments(form: Form) -> str:
    """Save the cells that were changed in the grid."""
    edited: dict[int, dict[str, Any]] = (form.value("grid") or {}).get("edited_rows", {})
    values = {
        assigned[row].customer_id: {name.lower(): str(value or "") for name, value in cells.items()}
        for row, cells in edited.items()
    }
    since: date = form.value("since")
    if not values:
        raise BadInput("No owner or segment was changed in the table")
    customer_service.assign(engine, values=values, valid_from=since, actor=actor, key=form.token)
    return f"{len(values)} customers changed, from {frame.say.day(since)} on."


def quoted(rates: Rates) -> pd.DataFrame:
    """Lay the rate table out for reading, newest day first."""
    rows = [
        (quote.day, currency, reporting, float(quote.rate))
        for (currency, reporting), quotes in rates.quotes.items()
        for quote in quotes
    ]
    table = pd.DataFrame(rows, columns=["Day", "Currency", "In", "Rate"])
    return table.sort_values("Day", ascending=False, kind="stable").head(MOST_SHOWN)


TABS = ("Company", "Targets", "Exchange rates", "Owners and segments")
company_tab, targets_tab, rates_tab, people_tab = st.tabs(TABS)

with company_tab:
    forms.outcome("company")
    with forms.form("company") as form:
        left, right = st.columns(2, gap="medium")
        left.text_input("Company", value=ours.name, key=form.key("name"), max_chars=120)
        left.text_input(
            "Reporting currency",
            value=ours.currency,
            key=form.key("currency"),
            max_chars=3,
            help="ISO 4217, such as EUR. Other currencies are converted with your rates.",
        )
        zones = sorted(available_timezones())
        left.selectbox(
            "Time zone",
            zones,
            key=form.key("time_zone"),
            index=zones.index(ours.time_zone) if ours.time_zone in zones else zones.index("UTC"),
            help="Decides which day today is.",
        )
        locales = list(dict.fromkeys([*LOCALES, ours.locale]))
        right.selectbox(
            "Figures and dates",
            locales,
            index=locales.index(ours.locale),
            key=form.key("locale"),
            format_func=lambda code: LOCALES.get(code, code),
        )
        right.text_input(
            "Sender of letters",
            value=ours.sender,
            key=form.key("sender"),
            max_chars=200,
            placeholder="Accounts receivable <ar@example.com>",
        )
        right.text_area(
            "Bank details for letters",
            value=ours.bank_details,
            key=form.key("bank_details"),
            max_chars=500,
            height=94,
            placeholder="IBAN, BIC, bank",
        )
        form.submit("Save company", save_company)

with targets_tab:
    forms.outcome("targets")
    st.caption("A figure is drawn green or red only against its target. Leave a field empty for none.")
    with forms.form("targets") as form:
        for name, label in TARGET_LABELS.items():
            st.number_input(
                label.format(currency=ours.currency),
                min_value=0.0,
                value=None if (target := ours.targets.get(name)) is None else float(target),
                key=form.key(name),
                placeholder="none",
                width=360,
            )
        form.submit("Save targets", save_targets)

with rates_tab:
    forms.outcome("rates")
    held = book(engine)
    needed = sorted(code for code in held.currencies if code != ours.currency)
    known = quoted(held.around.rates)
    st.caption(
        f"One unit of a currency in {ours.currency}, by day. Between two days the earlier rate holds; "
        "a balance without any rate is shown as a gap, never as 1."
    )
    for code in needed:
        if code not in set(known["Currency"]):
            st.warning(f"No rate for {code}: totals in {ours.currency} leave its balances out.")
    with forms.form("rates") as form:
        st.file_uploader(
            "Rate table, CSV with day, currency, rate", type=["csv"], key=form.key("file"), max_upload_size=10
        )
        form.submit("Add rates", save_rates)
    st.download_button("Download a template", TEMPLATE, "rates.csv", "text/csv", on_click="ignore", type="tertiary")
    st.dataframe(
        known,
        hide_index=True,
        height=min(355, 37 + 32 * max(1, len(known))),
        row_height=32,
        placeholder="–",
        alt="Exchange rates by day, newest first",
        width=560,
    )

with people_tab:
    forms.outcome("people")
    form = forms.once("people")
    assigned = customers.assignments(engine, frame.today)
    if not assigned:
        st.caption("No customer yet. They come with the first import; then they get their owner and segment here.")
    else:
        grid = pd.DataFrame(
            [(a.code, a.name, a.segment, a.owner) for a in assigned], columns=["Code", "Customer", "Segment", "Owner"]
        )
        st.date_input(
            "From",
            value=frame.today,
            key=form.key("since"),
            format=frame.say.date_input,
            width=160,
            help="The first day on which it counts. Reports of earlier days stay.",
        )
        st.data_editor(
            grid,
            key=form.key("grid"),
            hide_index=True,
            disabled=["Code", "Customer"],
            row_height=32,
            height=min(611, 37 + 32 * len(grid)),
            width="stretch",
        )
        form.button("Save owners and segments", save_assignments, kind="primary")
