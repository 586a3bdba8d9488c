"""Profiles of systems on the Imports page: those that users saved, to share and to delete; and those of arcore."""

from __future__ import annotations

from functools import partial

import streamlit as st

from arcore.errors import BadInput
from arcore.intake.profiles import built_in
from arcore.intake.profiles_own import delete_own
from arcore.intake.profiles_own import name_of
from arcore.intake.profiles_own import profile_text
from arcore.intake.profiles_own import save_own
from arcore.intake.profiles_read import LARGEST
from arcore.intake.profiles_read import Profile
from arcore.intake.understood import Understood
from arcore.ledger.service import READ_ONLY_ROLES
from pages.ui import forms
from pages.ui import import_state
from pages.ui import shell
from pages.ui import undo
from pages.ui.books import Books
from pages.ui.format import as_label
from pages.ui.forms import Form
from pages.ui.import_state import Upload

PAGE = "profiles"
LIST = "profile_list"
SAVE = "profile_save"
LONGEST_TITLE = 40


def draw(frame: shell.Frame) -> None:
    """Draw the saved profiles, what adds one of somebody else's, and the systems that are known anyway."""
    own = import_state.profiles(frame.books)
    about = frame.books.store_id
    undo.outcome(PAGE, about, by=LIST)
    label = f"Profiles of systems · {frame.say.number(len(built_in()))} known"
    if own:
        label += f", {frame.say.number(len(own))} of your own"
    with st.expander(label, icon=":material/description:", key="profiles"):
        left, right = st.columns([8.4, 3.6], gap="small")
        with left:
            _own(frame, own)
            _known()
        with right:
            _add(frame)


def _own(frame: shell.Frame, own: tuple[Profile, ...]) -> None:
    if not own:
        st.markdown(
            ":small[:gray[None of your own yet. Read a file, correct what its columns are taken for, and choose "
            "“Save as profile”.]]"
        )
        return
    for profile in own:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            said = f" :gray[:small[{as_label(profile.about)}]]" if profile.about else ""
            st.markdown(f"**{as_label(profile.title)}** :small[{as_label(profile.name)}]{said}", width="stretch")
            _download(profile)
            forms.once(LIST).button(
                "Delete", partial(_delete, frame.books, frame, profile.name), icon=":material/delete:",
                name=f"delete_{profile.name}", kind="tertiary", disabled=_refused(frame) is not None,
                hint=_refused(frame),
            )  # fmt: skip


def _known() -> None:
    """Name the systems that arcore knows, each with its file to look at or to begin one's own from."""
    names = {profile.title: profile for profile in built_in()}
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        chosen = st.selectbox("Known without a profile of yours", list(names), key="profile_known", width=340)
        _download(names[chosen])
    st.markdown(f":small[:gray[{as_label(names[chosen].about)}]]")


def _download(profile: Profile) -> None:
    st.download_button(
        "TOML", profile.text, f"{profile.name}.toml", "application/toml", key=f"toml_{profile.name}",
        on_click="ignore", type="tertiary", icon=":material/download:", help="A small text file that can be read",
    )  # fmt: skip


def _add(frame: shell.Frame) -> None:
    form = forms.once(LIST)
    st.file_uploader("Add a profile (TOML)", type=["toml"], key=form.key("file"))
    form.button("Add", partial(_upload, frame), name="add", disabled=_refused(frame) is not None, hint=_refused(frame))


def _upload(frame: shell.Frame, form: Form) -> str:
    given = form.value("file")
    if given is None:
        raise BadInput("Choose the file of a profile first.")
    content = given.getvalue()
    if len(content) > 4 * LARGEST:
        raise BadInput(f"{given.name} is too large for a profile.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInput(f"{given.name} is no text in UTF-8.") from error
    return _save(frame.books, frame, text, form, page=True)


def _delete(books: Books, frame: shell.Frame, name: str, form: Form) -> str:
    before = delete_own(books.engine, name, actor=frame.actor, key=form.token)["before"]
    undo.keep(
        PAGE, f"profile {name} deleted", books.store_id,
        lambda key: save_own(books.engine, str(before), actor=frame.actor, key=key),
    )  # fmt: skip
    return f"Profile {name} deleted."


def _save(books: Books, frame: shell.Frame, text: str, form: Form, *, page: bool) -> str:
    done = save_own(books.engine, text, actor=frame.actor, key=form.token)
    name, before = str(done["name"]), str(done["before"])
    words = f"profile {name} {'changed' if before else 'saved'}"

    def back(key: str) -> object:
        if before:
            return save_own(books.engine, before, actor=frame.actor, key=key)
        return delete_own(books.engine, name, actor=frame.actor, key=key)

    if page:
        undo.keep(PAGE, words, books.store_id, back)
    return f"{words[0].upper()}{words[1:]}; files with these headers are read by it from now on."


def _refused(frame: shell.Frame) -> str | None:
    actor = frame.actor
    return f"{actor.name} may look but not write" if actor.role in READ_ONLY_ROLES else None


# --- from a file in step two ------------------------------------------------------------------------------------------


def save_as(frame: shell.Frame, upload: Upload, one: Understood, place: int) -> None:
    """Draw what keeps the columns as they are now as a profile of one's own."""
    form, refused = forms.once(f"{SAVE}_{place}"), _refused(frame)
    if sum(1 for column in one.columns if column.field) < 2:
        refused = refused or "First say what at least two columns are"
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        with st.popover("Save as profile …", icon=":material/bookmark_add:", type="tertiary"):
            st.text_input(
                "What is the system called?", key=form.key("title"), max_chars=LONGEST_TITLE, placeholder="Our old ERP"
            )
            form.button(
                "Save", partial(_keep, frame, upload, one), name="save", kind="primary",
                disabled=refused is not None, hint=refused or "Kept in these books; shared as a file",
            )  # fmt: skip
        forms.outcome(form.name)


def _keep(frame: shell.Frame, upload: Upload, one: Understood, form: Form) -> str:
    title = " ".join(str(form.value("title") or "").split())
    if not title:
        raise BadInput("Say what the system is called.")
    books = import_state.target(upload)
    if any(profile.name == name_of(title) for profile in built_in()):
        raise BadInput(f"arcore itself has a profile called {title}; give yours another name.")
    return _save(books, frame, profile_text(one, title), form, page=False)
