"""New customers of an import that look like somebody we have: the same, or another; unanswered they are kept apart."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import partial
from zlib import crc32

import pandas as pd
import streamlit as st

from arcore.intake.alike import OTHER
from arcore.intake.alike import SAME
from arcore.intake.alike import MaybeSame
from arcore.intake.changes import Plan
from pages.ui import import_state
from pages.ui import shell
from pages.ui import tables
from pages.ui.format import Format
from pages.ui.format import as_label
from pages.ui.import_state import Upload
from pages.ui.import_words import counted

FEW = 3
"""So many are asked one by one; more stand in a table, and are answered together."""
MOST_ROWS = 8
ANSWERS = {SAME: "The same", OTHER: "Another"}
SAID = {SAME: "The same", OTHER: "Another", "": "Kept apart"}


def draw(frame: shell.Frame, upload: Upload, plan: Plan) -> None:
    """Ask about new customers that look like others; nothing waits for the answer."""
    if not plan.alike:
        return
    left = sum(not pair.answer for pair in plan.alike)
    with st.container(border=True, gap="small", key="same_customers"):
        people = counted(len({pair.ref for pair in plan.alike}), "new customer looks", "new customers look", frame.say)
        icon = ":orange[:material/group:]" if left else ":green[:material/check_circle:]"
        later = "without an answer they are kept apart, and stand on Clean-up"
        st.markdown(f"{icon} **{as_label(people)} like somebody we have** :gray[:small[{later}]]")
        if len(plan.alike) <= FEW:
            for pair in plan.alike:
                _one(frame.say, upload, pair)
        else:
            _many(frame.say, upload, plan.alike)


def sentence(say: Format, pair: MaybeSame) -> str:
    """Say who looks like whom, why, and what is open there."""
    owes = " + ".join(say.money(amount, code) for code, amount in pair.open)
    there = f"; {counted(pair.items, 'open item', 'open items', say)} there, {owes}" if pair.items else ""
    new = f"{pair.name} ({pair.code})" if pair.code != pair.name else pair.name
    other = f"{pair.other_name} ({pair.other_code})" if pair.other_code != pair.other_name else pair.other_name
    return f"{new} looks like {other}: {pair.why}{there}."


def _one(say: Format, upload: Upload, pair: MaybeSame) -> None:
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        st.markdown(f"{as_label(sentence(say, pair))} :gray[:small[{pair.score} of 100]]", width="stretch")
        chosen = st.segmented_control(
            "Is it the same?", list(ANSWERS), default=pair.answer or None, format_func=ANSWERS.__getitem__,
            key=f"same_{crc32(repr((pair.code, pair.other_code)).encode())}", label_visibility="collapsed",
            width="content",
        )  # fmt: skip
    if (chosen or "") != pair.answer:
        _answer(upload, [pair], str(chosen or ""))
        st.rerun()


def _many(say: Format, upload: Upload, pairs: Sequence[MaybeSame]) -> None:
    bar = st.container(horizontal=True, gap="xsmall", vertical_alignment="center")
    picked = tables.grid(
        _table(say, pairs),
        key=f"same_table_{crc32(repr([(p.code, p.other_code) for p in pairs]).encode())}",
        hide_index=True,
        row_height=tables.ROW,
        height=tables.height(len(pairs), most=MOST_ROWS),
        on_select="rerun",
        selection_mode="multi-row",
        column_config={
            "New": tables.text("New", width=170),
            "Looks like": tables.text("Looks like", width=170),
            "Why": tables.text("Why", width=210),
            "Open there": tables.text("Open there", width=110),
            "Score": tables.count("Score", width=60),
            "Answer": tables.text("Answer", width=90),
        },
        alt=f"{len(pairs)} new customers that look like others",
    )
    ticked = [pairs[place] for place in picked.selection.rows if place < len(pairs)]
    meant = ticked or list(pairs)
    what = say.number(len(ticked)) if ticked else f"all {say.number(len(pairs))}"
    with bar:
        for answer, word in (*ANSWERS.items(), ("", "No answer")):
            st.button(
                f"{word}: {what}", key=f"same_all_{answer}", on_click=partial(_answer, upload, meant, answer),
                type="tertiary" if not answer else "secondary",
            )  # fmt: skip


def _table(say: Format, pairs: Sequence[MaybeSame]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "New": [f"{pair.name} ({pair.code})" for pair in pairs],
            "Looks like": [f"{pair.other_name} ({pair.other_code})" for pair in pairs],
            "Why": [pair.why for pair in pairs],
            "Open there": [" + ".join(say.money(amount, code) for code, amount in pair.open) for pair in pairs],
            "Score": [pair.score for pair in pairs],
            "Answer": [SAID[pair.answer] for pair in pairs],
        }
    )


def _answer(upload: Upload, pairs: Sequence[MaybeSame], answer: str) -> None:
    """Take an answer for pairs, in place of what was said of them before; "" takes it back."""
    if answer == SAME:  # nobody is two others: the surest counts, in place of who was named before
        pairs = list({pair.code: pair for pair in reversed(pairs)}.values())
    codes = {json.dumps([pair.code], ensure_ascii=False)[:-1] + "," for pair in pairs} if answer == SAME else set()
    before = {pair.id_of(one) for pair in pairs for one in ANSWERS}
    before |= {one for one in upload.united if any(one.startswith(f"{SAME}_customer:{code}") for code in codes)}
    now = {pair.id_of(answer) for pair in pairs if answer}
    import_state.change(united=(upload.united - before) | now)
