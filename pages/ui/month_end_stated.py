"""Stating what the general ledger says and what was sold in a month: typed one by one, or a table of all."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Sequence
from datetime import date
from functools import partial

import streamlit as st

from arcore.company import service as company
from arcore.company.balances import TEMPLATE as BALANCES
from arcore.company.balances import read_balances
from arcore.company.queries import StatedBalance
from arcore.company.queries import StatedSales
from arcore.company.sales import TEMPLATE as SALES
from arcore.company.sales import read_sales
from arcore.company.service import Balance
from arcore.company.service import Sales
from arcore.errors import BadInput
from arcore.reports.book import Book
from arcore.reports.book import book
from pages.ui import entry
from pages.ui import forms
from pages.ui import shell
from pages.ui.customer_view import counted
from pages.ui.format import as_label
from pages.ui.forms import Form
from pages.ui.settings_view import refusal


def draw(frame: shell.Frame, day: date) -> None:
    """Draw the two things that can be stated of a month."""
    held = book(frame.books.engine)
    ledger, sold = st.tabs(["Balance of the general ledger", "Monthly credit sales"])
    with ledger:
        balance(frame, held, day)
    with sold:
        sales(frame, held, day.replace(day=1))


def balance(frame: shell.Frame, held: Book, day: date) -> None:
    """Draw the form for one balance, the upload of many, and those known for the day."""
    refused = refusal(frame)
    forms.outcome("balance")
    with forms.form("balance", border=False) as form:
        place(form, frame, held)
        left, right = st.columns(2, gap="small")
        left.text_input(f"Balance on {frame.say.day(day)}", key=form.key("amount"), placeholder="1,250.00")
        right.date_input(
            "Drawn on", value=None, min_value=day, key=form.key("drawn"), format=frame.say.date_input,
            help="The day the ledger was asked; what was recorded after it explains a difference.",
        )  # fmt: skip
        st.text_input("Source", key=form.key("source"), placeholder="Trial balance", max_chars=120)
        form.submit("Save balance", partial(_save_balance, frame, day), disabled=refused is not None, kind="secondary")
    if refused:
        st.caption(refused)
    upload(frame, "balances", BALANCES, "day, entity, currency, balance, source, drawn_on", _save_balances(frame))
    known = [one for of, one in held.around.stated.ledger.items() if of[0] == day]
    listed(frame, "balance", [(_in_words(frame, one), partial(_remove_balance, frame, one)) for one in known])


def sales(frame: shell.Frame, held: Book, month: date) -> None:
    """Draw the form for the sales of a month, the upload of many, and those known for the month."""
    refused = refusal(frame)
    st.caption("Where only open items are known. A month whose own invoices are complete does not use them.")
    forms.outcome("sales")
    with forms.form("sales", border=False) as form:
        place(form, frame, held)
        st.text_input(
            f"Credit sales of {frame.say.month(month)}, tax included", key=form.key("amount"), placeholder="480,000.00"
        )
        st.text_input("Source", key=form.key("source"), placeholder="Sales journal", max_chars=120)
        form.submit("Save sales", partial(_save_sale, frame, month), disabled=refused is not None)
    if refused:
        st.caption(refused)
    upload(frame, "sales", SALES, "month, entity, currency, sales, source", _save_sales(frame))
    known = [one for of, one in held.around.stated.sales.items() if of[0] == month]
    listed(frame, "sales", [(_in_words(frame, one), partial(_remove_sales, frame, one)) for one in known])


def place(form: Form, frame: shell.Frame, held: Book) -> None:
    """Draw the choice of entity and currency; one that holds nothing yet can be typed."""
    left, right = st.columns(2, gap="small")
    left.selectbox("Entity", sorted(held.entities) or ["main"], key=form.key("entity"), accept_new_options=True)
    ours = frame.company.currency
    codes = sorted(held.currencies, key=lambda code: (code != ours, code))
    codes = codes if ours in codes else [*codes, ours]
    right.selectbox("Currency", codes, key=form.key("currency"))


def upload(frame: shell.Frame, name: str, template: str, columns: str, post: Callable[[Form], str]) -> None:
    """Draw the upload of a table, with a template to fill in."""
    with st.expander("Upload a table for many months"):
        forms.outcome(f"{name}_file")
        with forms.form(f"{name}_file", border=False) as form:
            st.file_uploader(
                "Table", type=["csv"], key=form.key("file"), max_upload_size=10, label_visibility="collapsed"
            )
            st.caption(f"CSV with {columns}")
            form.submit("Save the table", post, disabled=refusal(frame) is not None, kind="secondary")
        st.download_button(
            "Download a template", template, f"{name}.csv", "text/csv", on_click="ignore", type="tertiary",
            icon=":material/download:", key=f"{name}_template",
        )  # fmt: skip


def listed(frame: shell.Frame, name: str, rows: Sequence[tuple[str, Callable[[Form], str]]]) -> None:
    """Draw what is stated, each with the way to take it away."""
    for number, (words, post) in enumerate(rows):
        with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
            st.markdown(f":small[{as_label(words)}]", width="stretch")
            forms.once(f"{name}_remove_{number}").button(
                "Remove", post, kind="tertiary", disabled=refusal(frame) is not None
            )
        forms.outcome(f"{name}_remove_{number}")


def _in_words(frame: shell.Frame, one: StatedBalance | StatedSales) -> str:
    amount = frame.say.amount(one.amount, one.currency)
    return f"{one.entity} · {amount} {one.currency} · {one.source} · {one.recorded_by}"


def _save_balance(frame: shell.Frame, day: date, form: Form) -> str:
    currency = str(form.value("currency"))
    amount = entry.amount(form.value("amount"), frame.say, currency, signed=True)
    balance = Balance(day, _entity(form), currency, amount, _source(form), form.value("drawn"))
    company.save_balances(frame.books.engine, balances=[balance], actor=frame.actor, key=form.token)
    return f"Saved the balance of {frame.say.day(day)}. Remove it below to undo."


def _save_sale(frame: shell.Frame, month: date, form: Form) -> str:
    currency = str(form.value("currency"))
    amount = entry.amount(form.value("amount"), frame.say, currency, signed=True)
    one = Sales(month, _entity(form), currency, amount, _source(form))
    company.save_sales(frame.books.engine, sales=[one], actor=frame.actor, key=form.token)
    return f"Saved the credit sales of {frame.say.month(month)}. Remove them below to undo."


def _save_balances(frame: shell.Frame) -> Callable[[Form], str]:
    def post(form: Form) -> str:
        read = read_balances(_content(form))
        company.save_balances(frame.books.engine, balances=read, actor=frame.actor, key=form.token)
        return f"{counted(len(read), 'balance')} saved."

    return post


def _save_sales(frame: shell.Frame) -> Callable[[Form], str]:
    def post(form: Form) -> str:
        read = read_sales(_content(form))
        company.save_sales(frame.books.engine, sales=read, actor=frame.actor, key=form.token)
        return f"Credit sales of {counted(len(read), 'month')} saved."

    return post


def _remove_balance(frame: shell.Frame, one: StatedBalance, form: Form) -> str:
    company.withdraw_balance(
        frame.books.engine, day=one.day, entity=one.entity, currency=one.currency, actor=frame.actor, key=form.token
    )
    return "Removed. It stays in the audit trail."


def _remove_sales(frame: shell.Frame, one: StatedSales, form: Form) -> str:
    company.withdraw_sales(
        frame.books.engine, month=one.month, entity=one.entity, currency=one.currency, actor=frame.actor,
        key=form.token,
    )  # fmt: skip
    return "Removed. They stay in the audit trail."


def _entity(form: Form) -> str:
    return str(form.value("entity") or "").strip() or "main"


def _source(form: Form) -> str:
    return str(form.value("source") or "").strip()


def _content(form: Form) -> bytes:
    table = form.value("file")
    if table is None:
        raise BadInput("Choose a file first")
    content: bytes = table.getvalue()
    return content
