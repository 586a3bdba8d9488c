"""Three forms of Settings: our company, its exchange rates, who looks after whom."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import cache
from typing import Any
from zoneinfo import available_timezones

import pandas as pd
import streamlit as st
from babel import Locale
from babel.core import get_global
from babel.numbers import get_territory_currencies

from arcore.company import service as company
from arcore.company.rates import TEMPLATE
from arcore.company.rates import read_rates
from arcore.customers import assigning
from arcore.customers import queries as customers
from arcore.customers import service as customer_service
from arcore.customers.queries import Assignment
from arcore.errors import BadInput
from arcore.ledger.service import READ_ONLY_ROLES
from arcore.reports.book import book
from arcore.reports.rates import Rates
from pages.ui import cached
from pages.ui import forms
from pages.ui import shell
from pages.ui import tables
from pages.ui import undo
from pages.ui.books import MINE
from pages.ui.customer_view import counted
from pages.ui.forms import Form

LOCALES = {"en_GB": "English (UK)", "en_US": "English (US)", "de_DE": "German", "fr_FR": "French", "nl_NL": "Dutch"}
MOST_RATES = 1000
"""Rates drawn on the page; the newest."""
PEOPLE = "people"
"""The form of owners and segments, and the name of its undo."""
OWN_GROUP = "Own group"
TOLD = {"Segment": "segment", "Owner": "owner", OWN_GROUP: "intercompany"}
"""What can be told of many customers at once, by column."""


def ours(frame: shell.Frame) -> None:
    """Draw the six fields that a newcomer fills in first."""
    mine, refused = frame.company, refusal(frame)
    first = frame.books.which == MINE and not mine.set_up
    if first:
        st.markdown("**Tell arcore about your company** :gray[:small[six answers; then upload your first file]]")
    forms.outcome("company")
    if mine.set_up and frame.books.which == MINE and frame.books.empty:
        st.page_link(shell.page_of("imports.py"), label="Upload your first file", icon=":material/upload_file:")
    with forms.form("company") as form:
        left, right = st.columns(2, gap="medium")
        left.text_input("Company", value=mine.name, key=form.key("name"), max_chars=120)
        names = currencies(frame.say.known)
        # What the books are in, before anybody has said so.
        likely = cached.choices(frame.books, mine).currencies[0] if first else mine.currency
        codes = list(dict.fromkeys([likely, *names]))
        left.selectbox(
            "Reporting currency", codes, key=form.key("currency"), format_func=lambda code: names.get(code, code),
            help="Totals are in this currency; others are converted with your rates.",
        )  # fmt: skip
        zones = sorted(available_timezones())
        zone = (st.context.timezone if first else None) or mine.time_zone
        left.selectbox(
            "Time zone", zones, key=form.key("time_zone"),
            index=zones.index(zone if zone in zones else "UTC"), help="Decides which day today is.",
        )  # fmt: skip
        locales = list(dict.fromkeys([*LOCALES, mine.locale]))
        left.selectbox(
            "Figures and dates", locales, index=locales.index(mine.locale), key=form.key("locale"),
            format_func=lambda code: LOCALES.get(code, code),
        )  # fmt: skip
        right.text_area(
            "Sender of letters", value=mine.sender, key=form.key("sender"), max_chars=400, height=144,
            placeholder="Harbour Supplies Ltd\nAccounts receivable\nar@example.com",
        )  # fmt: skip
        right.text_area(
            "Bank details for letters", value=mine.bank_details, key=form.key("bank_details"), max_chars=500,
            height=144, placeholder="Bank, IBAN, BIC",
        )  # fmt: skip
        form.submit("Save company", _save_company(frame), disabled=refused is not None)
    if refused:
        st.caption(refused)


def rates(frame: shell.Frame) -> None:
    """Draw the rate table with the way to add to it."""
    currency, held = frame.company.currency, book(frame.books.engine)
    known = quoted(held.around.rates)
    forms.outcome("rates")
    for code in sorted(held.currencies):
        if code != currency and code not in set(known["Currency"]):
            st.warning(
                f"No rate for {code}: totals in {currency} leave its balances out.", icon=":material/currency_exchange:"
            )
    left, right = st.columns([5, 7], gap="small")
    with left, forms.form("rates") as form:
        st.markdown("**Add rates** :gray[:small[CSV with day, currency, rate]]")
        st.file_uploader(
            "Rate table", type=["csv"], key=form.key("file"), max_upload_size=10, label_visibility="collapsed"
        )
        st.caption(
            f"A rate is what one unit of the currency is worth in {currency}. It holds until the next day that has "
            "one; of one day the last upload counts."
        )
        form.submit("Add rates", _save_rates(frame), disabled=refusal(frame) is not None)
    with left:
        st.download_button(
            "Download a template", TEMPLATE, "rates.csv", "text/csv", on_click="ignore", type="tertiary",
            icon=":material/download:",
        )  # fmt: skip
    with right:
        if known.empty:
            st.container(border=True).caption("No rate yet. Books in one currency need none.", text_alignment="center")
            return
        tables.grid(
            known[:MOST_RATES],
            hide_index=True,
            height=tables.height(len(known), most=14),
            row_height=tables.ROW,
            column_config={
                "Day": tables.day("Day", frame.say, width=110),
                "Currency": tables.text("Currency", width=90),
                "In": tables.text("In", width=78),
                "Rate": tables.money("Rate", frame.say, places=6, width=110),
            },
            alt="Exchange rates by day, newest first",
        )
        shown = f"the newest {MOST_RATES:,} of {len(known):,}" if len(known) > MOST_RATES else f"{len(known):,} rates"
        st.markdown(f":small[:gray[{shown}]]")


def people(frame: shell.Frame) -> None:
    """Draw who looks after whom and who is of our own group, to be changed in place."""
    undo.outcome(PEOPLE, frame.books.store_id, by=f"{PEOPLE}_undo", of=(PEOPLE,))
    form = forms.once(PEOPLE)
    assigned = customers.assignments(frame.books.engine, frame.today)
    if not assigned:
        st.caption("No customer yet. They come with the first import; then they get their owner and segment here.")
        return
    grid = pd.DataFrame(
        [(a.code, a.name, a.segment or None, a.owner or None, a.intercompany) for a in assigned],
        columns=["Code", "Customer", "Segment", "Owner", OWN_GROUP],
    )
    refused = refusal(frame, READ_ONLY_ROLES)
    # Nothing at the right end: the grid's own tools appear there.
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        st.markdown(
            f"**{counted(len(assigned), 'customer')}** "
            ":gray[:small[write or paste into Segment and Owner: it counts from this day on, earlier reports stay]]",
            width="content",
        )
        st.date_input(
            "From", value=frame.today, key=form.key("since"), format=frame.say.date_input, width=150,
            label_visibility="collapsed",
        )  # fmt: skip
        form.button(
            "Save customers", _save_people(frame, assigned), kind="primary", disabled=refused is not None, hint=refused,
        )  # fmt: skip
    st.data_editor(
        grid,
        key=form.key("grid"),
        hide_index=True,
        disabled=True if refused else ["Code", "Customer"],
        row_height=tables.ROW,
        height=tables.height(len(grid), most=18),
        width="stretch",
        placeholder="–",
        column_config={
            "Code": tables.text("Code", width=100),
            "Customer": tables.text("Customer", width=420),
            "Segment": st.column_config.TextColumn("Segment", max_chars=80),
            "Owner": st.column_config.TextColumn("Owner", max_chars=80),
            OWN_GROUP: st.column_config.CheckboxColumn(
                OWN_GROUP, width=85,
                help="Intercompany: left out of totals and shown as a line of its own, on every day. "
                "Paste TRUE to tick many at once.",
            ),
        },
    )  # fmt: skip


def refusal(frame: shell.Frame, roles: tuple[str, ...] = ()) -> str | None:
    """Say why this user may not change it: one of `roles`, or by default anybody who is no admin or manager."""
    role = frame.actor.role
    may = role not in roles if roles else role in company.MAY_CHANGE
    return None if may else f"{frame.actor.name} may look at the settings but not change them."


@cache
def currencies(locale: str) -> dict[str, str]:
    """Return the currencies in use today, code → code and name, by code."""
    today = date.today()  # noqa: DTZ011  which currencies exist does not depend on the hour
    codes = {code for land in get_global("territory_currencies") for code in get_territory_currencies(land, today)}
    names = Locale.parse(locale).currencies
    return {code: f"{code} · {names[code]}" for code in sorted(codes) if code in names}


def quoted(found: Rates) -> pd.DataFrame:
    """Lay the rate table out for reading, newest day first."""
    rows = [
        (quote.day, currency, reporting, float(quote.rate))
        for (currency, reporting), quotes in found.quotes.items()
        for quote in quotes
    ]
    table = pd.DataFrame(rows, columns=["Day", "Currency", "In", "Rate"])
    return table.sort_values(["Day", "Currency"], ascending=[False, True], kind="stable")


def _save_company(frame: shell.Frame) -> Callable[[Form], str]:
    def post(form: Form) -> str:
        names = ("name", "currency", "time_zone", "locale", "sender", "bank_details")
        values = {name: str(form.value(name) or "").strip() for name in names}
        company.save_profile(frame.books.engine, actor=frame.actor, key=form.token, **values)
        return "Saved. It counts from now on."

    return post


def _save_rates(frame: shell.Frame) -> Callable[[Form], str]:
    def post(form: Form) -> str:
        table = form.value("file")
        if table is None:
            raise BadInput("Choose a file with rates first")
        read = read_rates(table.getvalue(), reporting=frame.company.currency)
        company.save_rates(frame.books.engine, rates=read, actor=frame.actor, key=form.token)
        return f"{counted(len(read), 'rate')} added."

    return post


def _save_people(frame: shell.Frame, assigned: list[Assignment]) -> Callable[[Form], str]:
    def post(form: Form) -> str:
        edited: dict[int, dict[str, Any]] = (form.value("grid") or {}).get("edited_rows", {})
        values = {
            assigned[row].customer_id: {TOLD[name]: value or "" for name, value in cells.items()}
            for row, cells in edited.items()
        }
        since: date = form.value("since")
        if not values:
            raise BadInput("Nothing was changed in the table")
        engine, actor = frame.books.engine, frame.actor
        done = customer_service.assign(engine, values=values, valid_from=since, actor=actor, key=form.token)
        said = f"{counted(len(values), 'customer')} changed"
        undo.keep(
            PEOPLE, said, frame.books.store_id,
            lambda key: assigning.take_back(engine, values, done, valid_from=since, actor=actor, key=key),
        )  # fmt: skip
        return f"{said}, from {frame.say.day(since)} on."

    return post
