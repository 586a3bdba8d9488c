"""The words around letters in Settings: heads of tables, labels, counted things; and the languages there are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import streamlit as st
from babel import Locale

from arcore.dunning import texts as letter_texts
from arcore.dunning import wording
from arcore.dunning.wording import OURS
from arcore.dunning.wording import Language
from arcore.dunning.wording import Texts
from pages.ui import forms
from pages.ui import settings_view
from pages.ui import shell
from pages.ui import tables
from pages.ui.format import as_label
from pages.ui.forms import Form

OFFERED = (
    "bg cs da el es et fi fr ga hr hu is it ja ko lt lv mt nb nl pl pt pt-BR ro ru sk sl sq sr sv tr uk vi zh"
).split()
"""Languages to add; what arcore brings is left out."""


def words(frame: shell.Frame, language: Language) -> None:
    """Draw the words of a language beside the English ones, to be changed in place."""
    refused = settings_view.refusal(frame)
    form = forms.once(f"words_{language.code.replace('-', '_')}")
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        st.markdown(
            f"**Words around the text** :gray[:small[{as_label(language.name)}: heads of the table, bank details, "
            "statement; forms of a counted word stand between |, what stands in braces is filled in]]",
            width="content",
        )
        form.button("Save words", _save_words(frame, language), disabled=refused is not None, hint=refused)
    forms.outcome(form.name)
    grid = _grid(language)
    st.data_editor(
        grid, key=form.key("grid"), hide_index=True, disabled=True if refused else list(grid.columns[:-1]),
        row_height=tables.ROW, height=tables.height(len(grid), most=10), width="stretch",
        column_config={name: st.column_config.TextColumn(name, max_chars=300) for name in grid.columns},
        alt=f"Words around letters in {language.name}",
    )  # fmt: skip


def _grid(language: Language) -> pd.DataFrame:
    """Return the words with the English ones before them; English stands alone."""
    english = wording.our_words(OURS[0])
    if language.code == OURS[0]:
        return pd.DataFrame({language.name: [language.words[name] for name in english]}, dtype=object)
    pairs = [(english[name], language.words[name]) for name in english]
    return pd.DataFrame(pairs, columns=["English", language.name], dtype=object)


def languages(frame: shell.Frame, found: Texts, chosen: Language) -> None:
    """Draw, behind one button, what adds a language and forgets one that was added."""
    refused = settings_view.refusal(frame)
    with st.popover("Languages", icon=":material/translate:", key="letter_languages"):
        offered = {code: str(Locale.parse(code, sep="-").get_display_name("en")) for code in OFFERED}
        open_codes = sorted((code for code in offered if code not in found.languages), key=offered.__getitem__)
        forms.outcome("language")
        with forms.form("language", border=False) as form:
            st.selectbox(
                "Add a language", open_codes, index=None, key=form.key("code"), format_func=offered.__getitem__,
                placeholder="Choose one", help="It begins as a copy of English; then its texts and words are yours.",
            )  # fmt: skip
            form.submit("Add language", _add(frame), kind="secondary", disabled=refused is not None)
        if chosen.code not in OURS:
            forms.outcome("forget")
            forms.once("forget").button(
                f"Forget {as_label(chosen.name)} and its texts", _forget(frame, chosen), kind="tertiary",
                disabled=refused is not None, icon=":material/delete:",
            )  # fmt: skip
        st.caption("Customers whose language has no letters are written to in English.")


def _save_words(frame: shell.Frame, language: Language) -> Callable[[Form], str]:
    names = list(wording.our_words(OURS[0]))

    def post(form: Form) -> str:
        edited: dict[int, dict[str, Any]] = (form.value("grid") or {}).get("edited_rows", {})
        changed = {names[int(row)]: str(value or "") for row, cells in edited.items() for value in cells.values()}
        letter_texts.save_words(
            frame.books.engine, language=language.code, words=changed, actor=frame.actor, key=form.token
        )
        return f"Words saved in {language.name}."

    return post


def _add(frame: shell.Frame) -> Callable[[Form], str]:
    def post(form: Form) -> str:
        code = str(form.value("code") or "")
        letter_texts.add_language(frame.books.engine, language=code, actor=frame.actor, key=form.token)
        st.session_state["letter_language"] = code
        return "Added. Translate its three texts and its words."

    return post


def _forget(frame: shell.Frame, language: Language) -> Callable[[Form], str]:
    def post(form: Form) -> str:
        letter_texts.remove_language(frame.books.engine, language=language.code, actor=frame.actor, key=form.token)
        st.session_state["letter_language"] = OURS[0]
        return f"{language.name} is forgotten; its customers are written to in English."

    return post
