"""Bank accounts in Settings: where letters ask to be paid, by selling entity and currency."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from arcore.company import service as company
from arcore.company.accounts import LONGEST
from arcore.company.accounts import BankAccount
from arcore.reports.book import book
from pages.ui import forms
from pages.ui import settings_view
from pages.ui import shell
from pages.ui import tables
from pages.ui.format import as_label
from pages.ui.forms import Form

COLUMNS = {
    "account": "IBAN or account number",
    "bic": "BIC",
    "bank": "Bank",
    "holder": "Account holder",
    "currency": "Currency",
    "entity": "Entity",
}


def draw(frame: shell.Frame) -> None:
    """Draw the accounts to be changed in place, and which currencies have none."""
    refused = settings_view.refusal(frame)
    form = forms.once("accounts")
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        st.markdown(
            "**Bank accounts** :gray[:small[one per currency or entity; left empty it is for every one. A letter names "
            "the one that fits best]]",
            width="content",
        )
        form.button("Save bank accounts", _save(frame), disabled=refused is not None, hint=refused)
    forms.outcome("accounts")
    kept = frame.company.bank_accounts
    grid = pd.DataFrame(
        [[getattr(account, name) or None for name in COLUMNS] for account in kept], columns=list(COLUMNS), dtype=object
    )
    config: dict[str, Any] = {
        name: st.column_config.TextColumn(label, max_chars=LONGEST[name], width=_width(name))
        for name, label in COLUMNS.items()
    }
    st.data_editor(
        grid, key=form.key("grid"), hide_index=True, num_rows="fixed" if refused else "dynamic",
        disabled=refused is not None, row_height=tables.ROW, height="content",
        width="stretch", placeholder="–", column_config=config, alt="Bank accounts that letters name",
    )  # fmt: skip
    st.markdown(f":small[:gray[{as_label(_missing(frame))}]]")


def accounts_of(kept: Sequence[BankAccount], edits: dict[str, Any]) -> tuple[BankAccount, ...]:
    """Return the accounts as the grid shows them after its edits; rows left wholly empty are no accounts."""
    rows = [{name: getattr(account, name) for name in COLUMNS} for account in kept]
    for row, cells in edits.get("edited_rows", {}).items():
        rows[int(row)].update(cells)
    gone = set(edits.get("deleted_rows", ()))
    stay = [row for number, row in enumerate(rows) if number not in gone] + list(edits.get("added_rows", ()))
    made = [BankAccount(**{name: str(row.get(name) or "").strip() for name in COLUMNS}) for row in stay]
    return tuple(account for account in made if account != BankAccount())


def _missing(frame: shell.Frame) -> str:
    held = book(frame.books.engine)
    pairs = [(entity, code) for entity in held.entities or ("main",) for code in sorted(held.currencies)]
    lacking = sorted({code for entity, code in pairs if frame.company.account_for(entity, code) is None})
    if not lacking:
        return "Every currency of the books has an account."
    codes = ", ".join(lacking)
    if frame.company.bank_details.strip():
        return f"Letters in {codes} show the bank details that stand under Company."
    return f"Letters in {codes} can't say where to pay; they ask the customer to write for the bank details."


def _width(name: str) -> int:
    return {"account": 270, "bic": 120, "currency": 80, "entity": 110}.get(name, 210)


def _save(frame: shell.Frame) -> Callable[[Form], str]:
    def post(form: Form) -> str:
        accounts = accounts_of(frame.company.bank_accounts, form.value("grid") or {})
        company.save_profile(frame.books.engine, actor=frame.actor, key=form.token, bank_accounts=accounts)
        return "Bank accounts saved. Letters name them from now on."

    return post
