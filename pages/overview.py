"""Overview: what is owed, is it good, why, who, and what changed."""

from __future__ import annotations

import streamlit as st

from pages.ui import shell

frame = shell.require_shell()
frame.heading(facts=["150 customers", "1,093 open items"])
st.container(border=True).write("hello [own](?books=mine) [own2](/aging)" + frame.books.which + str(frame.filters))
