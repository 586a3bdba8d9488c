"""The tab Letters of Settings: the text of each step and language beside the letter it makes, words, bank accounts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import streamlit as st
from sqlalchemy import Engine
from streamlit.delta_generator import DeltaGenerator

from arcore.dunning import preview
from arcore.dunning import texts as letter_texts
from arcore.dunning import wording
from arcore.dunning.examples import examples
from arcore.dunning.preview import Example
from arcore.dunning.queries import Policy
from arcore.dunning.wording import FACTS
from arcore.dunning.wording import STEPS
from arcore.dunning.wording import Language
from arcore.dunning.wording import Text
from arcore.dunning.wording import Texts
from arcore.errors import BadInput
from arcore.reports.filters import Filters
from pages.ui import failures
from pages.ui import forms
from pages.ui import letter_view
from pages.ui import settings_accounts
from pages.ui import settings_reminders
from pages.ui import settings_view
from pages.ui import settings_words
from pages.ui import shell
from pages.ui.format import as_label
from pages.ui.forms import Form

BODY_HEIGHT = 520
LANGUAGE, STEP = "letter_language", "letter_step"
TAB = "Letters"
"""What the tab is called; the page keeps under "tab" which one is open."""


def draw(frame: shell.Frame) -> None:
    """Draw the editor with its preview, then the bank accounts and the words around the text."""
    found, policy = frame.read(kept), frame.read(settings_reminders.rules)
    left, right = st.columns(2, gap="small")
    with left:
        bar = st.container(horizontal=True, vertical_alignment="center", gap="xsmall")
        language, step = _choose(bar, frame, found, policy)
        draft = _edit(bar, frame, found, language, step)
    with right, st.container(border=True):
        # Who is due is not looked for while another tab is open.
        if st.session_state.get("tab") == TAB:
            _preview(frame, found.with_text(language.code, step, draft), language, step, policy)
    settings_accounts.draw(frame)
    settings_words.words(frame, language)


def kept(engine: Engine, _filters: Filters) -> Texts:
    """Return the texts that are kept."""
    return letter_texts.texts(engine)


def those_due(engine: Engine, _filters: Filters, day: date) -> tuple[Example, ...]:
    """Return customers to look at a letter of, or one made-up where nobody is due one."""
    return examples(engine, day)


def _choose(bar: DeltaGenerator, frame: shell.Frame, found: Texts, policy: Policy) -> tuple[Language, int]:
    if st.session_state.get(LANGUAGE) not in found.languages:
        st.session_state.pop(LANGUAGE, None)
    code = bar.selectbox(
        "Language", list(found.languages), key=LANGUAGE, width=140, label_visibility="collapsed",
        format_func=lambda code: found.languages[code].name,
    )  # fmt: skip
    step = bar.segmented_control(
        "Step", STEPS, default=STEPS[0], required=True, key=STEP, label_visibility="collapsed",
        format_func=lambda number: policy.step_name(number).capitalize(),
    )  # fmt: skip
    language = found.languages[code]
    with bar:
        settings_words.languages(frame, found, language)
    return language, int(step or STEPS[0])


def _edit(bar: DeltaGenerator, frame: shell.Frame, found: Texts, language: Language, step: int) -> Text:
    refused, stored = settings_view.refusal(frame), language.text(step)
    form, place = forms.once("letter_text"), f"{language.code}_{step}"
    with bar:
        form.button(
            "Save text", _save(frame, language, step), kind="primary", disabled=refused is not None, hint=refused
        )
    forms.outcome("letter_text")
    forms.outcome("letter_reset")
    subject = st.text_input(
        "Subject", value=stored.subject, key=form.key(f"subject_{place}"), max_chars=500, disabled=refused is not None
    )
    body = st.text_area(
        "Text", value=stored.body, key=form.key(f"body_{place}"), height=BODY_HEIGHT, disabled=refused is not None,
        help="The letter beside it follows when you leave the field, or with Ctrl+Enter.",
    )  # fmt: skip
    draft, own = Text(str(subject or ""), str(body or "")), found.is_own(language.code, step)
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        said = "not saved yet" if draft != stored else "your own text" if own else "the text that comes with arcore"
        st.markdown(f":small[:gray[{said}]]", width="content")
        if own:
            forms.once("letter_reset").button(
                "Reset to default", _reset(frame, language, step), kind="tertiary", disabled=refused is not None
            )
    _help()
    return draft


def _help() -> None:
    with st.expander("What a text can write"):
        st.table({f"`{{{{ {name} }}}}`": as_label(does) for name, does in FACTS.items()}, border="horizontal")
        st.markdown(
            ":small[:gray[An empty line begins a paragraph; one that is empty in the end is left out. Besides:]] "
            "`{% if left_out %} … {% endif %}`, `{% for promise in broken %} … {% endfor %}`, "
            '`{{ plural(count, "invoice", "invoices") }}`'
        )


def _preview(frame: shell.Frame, tried: Texts, language: Language, step: int, policy: Policy) -> None:
    due = frame.read(those_due, frame.today)
    options = [*due, preview.made_up(frame.today, frame.company.currency)]
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        st.markdown("**Preview**", width="content")
        example = st.selectbox(
            "Customer", options, key="letter_example", label_visibility="collapsed", width="stretch",
            format_func=_named,
        )  # fmt: skip
    try:
        wording.check(tried.languages[language.code].text(step))
        letter = preview.write(
            example, language=language.code, step=step, texts=tried, policy=policy, profile=frame.company,
            actor_name=frame.actor.name,
        )  # fmt: skip
    except BadInput as error:
        failures.sentence(error)
        return
    st.markdown(f":small[:gray[Subject]]  \n**{as_label(letter.subject)}**")
    letter_view.draw(letter)

    def statement() -> bytes:
        return preview.write(
            example, language=language.code, step=step, texts=tried, policy=policy, profile=frame.company,
            actor_name=frame.actor.name, with_statement=True,
        ).statement  # fmt: skip

    st.download_button(
        letter.statement_name, statement, file_name=letter.statement_name, mime="application/pdf", type="tertiary",
        icon=":material/attach_file:", on_click="ignore", key="letter_statement",
    )  # fmt: skip


def _named(example: Example) -> str:
    return "A made-up customer" if example.made_up else f"{example.customer.name} · {example.customer.code}"


def _save(frame: shell.Frame, language: Language, step: int) -> Callable[[Form], str]:
    def post(form: Form) -> str:
        place = f"{language.code}_{step}"
        letter_texts.save_text(
            frame.books.engine, language=language.code, step=step, subject=str(form.value(f"subject_{place}") or ""),
            body=str(form.value(f"body_{place}") or ""), actor=frame.actor, key=form.token,
        )  # fmt: skip
        return "Saved. The next letters say this; Reset to default takes it back."

    return post


def _reset(frame: shell.Frame, language: Language, step: int) -> Callable[[Form], str]:
    def post(form: Form) -> str:
        letter_texts.reset_text(
            frame.books.engine, language=language.code, step=step, actor=frame.actor, key=form.token
        )
        # The fields show what is kept again.
        st.session_state.pop("letter_text_token", None)
        return "The text that comes with arcore is back."

    return post
