"""The tab Delivery of Settings: which way letters leave, whether it works, and how to set it up."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import streamlit as st

from arcore.delivery import service as delivery
from arcore.ledger.service import READ_ONLY_ROLES
from arcore.settings import settings
from pages.ui import forms
from pages.ui import settings_view
from pages.ui import shell
from pages.ui.format import as_label
from pages.ui.forms import Form

VARIABLES = {
    "ARCORE_SMTP_HOST": "the mail server; empty: letters become files",
    "ARCORE_SMTP_PORT": "587 with starttls and 465 with tls unless given",
    "ARCORE_SMTP_SECURITY": "starttls, tls, or none to a server on this machine",
    "ARCORE_SMTP_USER": "who logs in; empty: nobody does",
    "ARCORE_SMTP_PASSWORD": "with which password",
    "ARCORE_SMTP_TOKEN_COMMAND": "or a command that prints an OAuth2 token",
    "ARCORE_SMTP_FROM": "where letters come from and answers go to",
    "ARCORE_SMTP_TIMEOUT": "seconds until a silent server is given up",
    "ARCORE_SMTP_CA_FILE": "certificates to trust instead of the system's",
}
"""What sets the way up, as the environment or the file .env beside app.py names it."""
EXAMPLE = """ARCORE_SMTP_HOST=smtp.example.com
ARCORE_SMTP_SECURITY=starttls
ARCORE_SMTP_USER=ar@example.com
ARCORE_SMTP_PASSWORD=…
ARCORE_SMTP_FROM=Harbour Supplies <ar@example.com>
"""


def draw(frame: shell.Frame) -> None:
    """Draw the way with its test on the left, and how to change it on the right."""
    left, right = st.columns([5, 7], gap="small")
    with left:
        _way(frame)
    with right, st.container(border=True):
        _how()


def _way(frame: shell.Frame) -> None:
    way, sender = delivery.way(frame.books.engine), delivery.sender(frame.books.engine)
    refused = settings_view.refusal(frame, READ_ONLY_ROLES)
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown("**How letters leave**", width="content")
            if way.problem:
                st.badge("Nothing can leave", icon=":material/error:", color="red")
            elif way.name == "smtp":
                st.badge("By mail", icon=":material/mail:", color="green")
            else:
                st.badge("As files", icon=":material/folder:", color="gray")
        st.markdown(as_label(way.words))
        address = sender.address or "filled in by the mail program that opens the file"
        st.markdown(f":small[:gray[From {as_label(sender.name or '—')} · {as_label(address)}]]")
        forms.outcome("way")
        forms.once("way").button(
            "Test connection", _check(frame), disabled=refused is not None, hint=refused, icon=":material/cable:"
        )
    with forms.form("test_mail") as form:
        st.markdown("**Test mail** :gray[:small[leaves as letters do]]")
        forms.outcome("test_mail")
        st.text_input("To yourself", key=form.key("to"), placeholder="you@example.com", max_chars=254)
        form.submit("Send test mail", _send(frame), kind="secondary", disabled=refused is not None)


def _how() -> None:
    st.markdown("**Set up a mail server** :gray[:small[in the environment or in the file .env beside app.py]]")
    st.markdown(
        "These are read when arcore starts. Passwords are never shown here, kept in the books or written to the log."
    )
    given = settings()
    rows = [(f"`{name}`", does, _state(name, given)) for name, does in VARIABLES.items()]
    table = pd.DataFrame(rows, columns=["Variable", "What it says", "Now"])
    st.table(table, border="horizontal", hide_index=True, alt="What sets up a mail server, and whether it is set")
    st.code(EXAMPLE, language="ini")
    st.caption(
        "Microsoft 365 (smtp.office365.com) takes no password from programs, Google (smtp.gmail.com) only an app "
        "password: give the user and a token command instead. It is run anew for each connection."
    )


def _state(name: str, given: object) -> str:
    """Tell whether a variable is set, never to what: addresses and hosts are nobody's business on a shared screen."""
    field = name.removeprefix("ARCORE_").lower()
    return "set" if field in getattr(given, "model_fields_set", ()) and getattr(given, field) else "–"


def _check(frame: shell.Frame) -> Callable[[Form], str]:
    return lambda _form: delivery.check(frame.books.engine)


def _send(frame: shell.Frame) -> Callable[[Form], str]:
    def post(form: Form) -> str:
        to = str(form.value("to") or "").strip()
        said = delivery.send_test(frame.books.engine, to=to, actor=frame.actor)
        return f"Test mail to {to}: {said['words']}"

    return post
