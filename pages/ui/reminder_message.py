"""One message as it left: whom it went to, what became of it, what it asked and said, the bytes themselves."""

from __future__ import annotations

import re
from email import message_from_bytes
from email import policy
from html import escape
from typing import NamedTuple

import streamlit as st

from arcore.dunning.queries import Kept
from pages.ui import reminder_letter
from pages.ui import reminder_papers
from pages.ui.format import Format
from pages.ui.format import as_label
from pages.ui.reminder_desk import short

STATE_COLOURS = {"prepared": "gray", "sent": "green", "refused": "red", "unknown": "orange", "bounced": "red"}
VERBS = {
    "prepared": "Prepared",
    "sent": "Left",
    "refused": "Refused",
    "unknown": "Fate unknown",
    "mark_bounced": "Marked as bounced",
    "unmark_bounced": "Bounce taken back",
    "settle_unknown": "Settled",
}
"""What happened with a message, as its history says it."""


BODY = re.compile(r"<body[^>]*>(.*)</body>", re.DOTALL | re.IGNORECASE)
LINES, SOFT = ("#c9d1db", "#8a96a8"), "rgba(128,150,190,.35)"
"""The colours of a letter's lines, and one that is as quiet on a dark page."""
ZOOM = 0.85
"""The eight columns of a letter fit beside the list so."""


class Attached(NamedTuple):
    """A file that left with a message."""

    name: str
    content: bytes


def draw(kept: Kept, say: Format) -> None:
    """Draw a message with its proof; the caller draws what can be done about it."""
    row = kept.row
    by = row.approved_by or row.prepared_by
    rows = {
        "To": ", ".join(row.recipients),
        "Subject": row.subject,
        "State": f"{row.state_words}: {short(row.words)}" if row.words else row.state_words,
        "Day": f"{say.day(row.day)}, by {by}{', approved' if row.approved_by else ''}",
    }
    lines = {f":gray[{name}]": as_label(text) for name, text in rows.items() if text}
    ladders = [(code, kept.proof.ladder(code), "") for code in kept.proof.currencies()]
    lines[":gray[Proof]"] = reminder_letter.proof(kept.proof, ladders, say)
    if kept.papers:
        lines[":gray[Papers]"] = ", ".join(map(reminder_papers.word, kept.papers))
    st.table(lines, border="horizontal")
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="message_files"):
        st.download_button(
            "The message as it left", kept.raw, file_name=f"message-{row.message_id}.eml", mime="message/rfc822",
            icon=":material/download:", key="eml", type="tertiary", on_click="ignore",
        )  # fmt: skip
        for number, file in enumerate(attached(kept.raw)):
            st.download_button(
                file.name, file.content, file_name=file.name, mime="application/pdf", type="tertiary",
                icon=":material/picture_as_pdf:", key=f"attached_{number}", on_click="ignore",
            )  # fmt: skip
    shown = body(kept.raw)
    for line in LINES:
        shown = shown.replace(line, SOFT)
    st.html(f'<div style="zoom: {ZOOM}">{shown}</div>')
    history(kept, say)


def history(kept: Kept, say: Format) -> None:
    """Draw what happened with the message, in grey."""
    parts = [
        f"{VERBS.get(one.verb, one.verb)} {say.short_day(one.at.date(), kept.row.day)} {say.time(one.at)} UTC, {one.by}"
        for one in kept.history
    ]
    if parts:
        st.markdown(f":small[:gray[{as_label(' · '.join(parts))}]]")


def body(raw: bytes) -> str:
    """Return the body of a message's HTML, for a place that takes out whatever could run; else its text, escaped."""
    found = message_from_bytes(raw, policy=policy.default)
    page = found.get_body(("html",))
    if page is None:
        plain = found.get_body(("plain",))
        return f"<pre>{escape(plain.get_content() if plain else '')}</pre>"
    within = BODY.search(page.get_content())
    return within.group(1) if within else ""


def attached(raw: bytes) -> list[Attached]:
    """Return the files of a message."""
    found = []
    for part in message_from_bytes(raw, policy=policy.default).iter_attachments():
        content = part.get_payload(decode=True)
        if isinstance(content, bytes):
            found.append(Attached(part.get_filename() or "attachment", content))
    return found
