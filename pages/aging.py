"""Aging: open items by days past due."""

from __future__ import annotations

import streamlit as st

from pages.ui import shell

frame = shell.require_shell()
frame.heading(facts=["1,093 open items"])
st.container(border=True).write("aging" + frame.books.which + str(frame.filters))
