"""The frame around every page: menu, open books, title row, shared filters, failures."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Hashable
from collections.abc import Sequence
from contextvars import ContextVar
from copy import copy
from dataclasses import dataclass
from datetime import date
from functools import cache
from functools import cached_property
from pathlib import Path
from typing import Concatenate
from typing import NamedTuple
from typing import ParamSpec
from typing import TypeVar

import streamlit as st
from sqlalchemy import Engine
from streamlit.delta_generator import DeltaGenerator
from streamlit.navigation.page import Page

from arcore.company.profile import Profile
from arcore.reports.filters import CUSTOMER
from arcore.reports.filters import DOCUMENT
from arcore.reports.filters import MANY
from arcore.reports.filters import Filters
from arcore.settings import settings
from arcore.store.unit import Actor
from pages.ui import books
from pages.ui import cached
from pages.ui import failures
from pages.ui import filters
from pages.ui.books import Books
from pages.ui.format import Format
from pages.ui.format import as_label
from pages.ui.turns import Turns

P = ParamSpec("P")
T = TypeVar("T")

ROOT = Path(__file__).resolve().parents[2]
LOGO = Path(__file__).with_name("wordmark.svg")
AS_THEY_ARE = {DOCUMENT: "amounts as invoiced", CUSTOMER: "amounts in each customer's own currency"}
TAB_ICON = Path(__file__).with_name("mark.svg")


class Entry(NamedTuple):
    """One entry of the menu.

    `hidden` ones have an address but no entry, `timeless` ones say by themselves of which day they are, if of any;
    `own_day` ones never follow the shared day.
    """

    file: str
    title: str
    icon: str
    help: str
    hidden: bool = False
    timeless: bool = False
    own_day: bool = False


MENU = (
    Entry("overview.py", "Overview", ":material/monitoring:", "What is owed, what is late, and what changed."),
    Entry("aging.py", "Aging", ":material/stacked_bar_chart:", "Open items by days past due, as of any day."),
    Entry("trends.py", "Trends", ":material/trending_up:", "DSO, CEI and the other measures over 36 months."),
    Entry(
        "month_end.py",
        "Month-end",
        ":material/event_available:",
        "Agreed and frozen months, as known then.",
        timeless=True,
        own_day=True,
    ),
    Entry("customers.py", "Customers", ":material/domain:", "Everyone who owes us, with search."),
    Entry("customer.py", "Customer", ":material/person:", "One customer: what is open and why.", hidden=True),
    Entry(
        "reminders.py",
        "Reminders",
        ":material/outgoing_mail:",
        "Who is reminded today and why, the letter, who gets none, what left.",
        timeless=True,
    ),
    Entry("plans.py", "Plans", ":material/event_repeat:", "Payment plans: what is next and what is late."),
    Entry("clean_up.py", "Clean-up", ":material/cleaning_services:", "What in the books looks wrong, and its fix."),
    Entry("process.py", "Process", ":material/timeline:", "Where days are lost between invoice and cash."),
    Entry(
        "imports.py",
        "Imports",
        ":material/upload_file:",
        "Files in: what was understood, what will change, undo.",
        timeless=True,
    ),
    Entry("settings.py", "Settings", ":material/tune:", "Company, targets, rates, segments and owners.", timeless=True),
)


@dataclass(frozen=True)
class Frame:
    """What the shell hands to a page.

    Attributes:
        books: the open store, at one version.
        filters: the shared filters as chosen.
        company: our own company: name, reporting currency, targets.
        today: the day the books are looked at on unless another is chosen.
        say: figures and dates as text.
        actor: who is at the screen; every write names them.
        actions: a row right of the title for a page's own controls.
        about: what the page shows, in a sentence.
        timeless: the page shows nothing as of a day: the grey line says neither day nor filters.
    """

    books: Books
    filters: Filters
    company: Profile
    today: date
    say: Format
    actor: Actor
    actions: DeltaGenerator
    about: str
    timeless: bool
    _title: DeltaGenerator
    _facts: DeltaGenerator

    def read(self, query: Callable[Concatenate[Engine, Filters, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Return `query(engine, filters, …)` for the open books, remembered until they change; never alter it."""
        return cached.read(self.books, self.filters, query, *args, **kwargs)

    def prepared(self, name: Hashable, make: Callable[[], T]) -> T:
        """Return what `make` gives, remembered for these books, filters and language under a name; a small value."""
        return cached.prepared(self.books, (name, *self._key), make)

    def drawn(self, name: Hashable, draw: Callable[[], None]) -> None:
        """Draw what `draw` draws, and put the same elements there again as long as books, filters and looks stay.

        The name says whatever else it depends on; see `cached.drawn` for what may be drawn so.
        """
        cached.drawn(self.books, (name, *self._key, st.context.theme.type), draw)

    @cached_property
    def _key(self) -> tuple[Hashable, ...]:
        return (self.filters.key(), self.say.locale)

    def heading(self, title: str = "", facts: Sequence[str] = (), *, converted: bool = False) -> None:
        """Write the grey line of facts and, for a page about one thing, its name; both are plain text.

        Day, currency, filters and which books are open are said by the shell, around the page's own facts.
        `converted` is for pages whose figures always are in one currency, whatever the filter says.
        """
        if title:
            self._title.title(as_label(title), anchor=False)
        line = self.facts(facts, converted=converted)
        # A page without facts keeps the height of the line.
        self._facts.markdown(f":small[:gray[{' · '.join(map(as_label, line)) or chr(0xA0)}]]")

    def facts(self, of_page: Sequence[str] = (), *, converted: bool = False) -> list[str]:
        """Return what the page covers, in words: the day, the page's own facts, currency, filters, which books."""
        ours = [self.company.name] if self.company.set_up else []
        whose = ["sample company"] if self.books.which == books.SAMPLE else ours
        if self.timeless:
            return [*of_page, *whose]
        own = self.filters.currency in MANY
        one = f"all amounts in {self.company.currency if own else self.filters.currency}"
        line = [f"As of {self.say.weekday(self.filters.as_of)}", *of_page]
        line.append(AS_THEY_ARE[self.filters.currency] if own and not converted else one)
        return [*line, *filters.words(self.filters, self.say), *whose]


TURNS = Turns()
_frame: ContextVar[Frame | None] = ContextVar("frame", default=None)


def current_user() -> Actor:
    """Return who is at the screen: the one local user."""
    return Actor(settings().user)


def pages_for(_user: Actor) -> list[Page]:
    """Return the pages this user may open, in the order of the menu."""
    return _pages()


def run_app() -> None:
    """Draw the menu and the frame, then run the chosen page inside it; the only thing app.py calls."""
    with TURNS.taken():
        _run()


def _run() -> None:
    # Before the menu: a tab icon set first keeps the browser from asking an outside host for the menu's.
    st.set_page_config(page_icon=TAB_ICON, layout="wide")
    user = current_user()
    page = st.navigation(pages_for(user), position="top")
    st.set_page_config(page_title=f"{page.title} · arcore")
    st.logo(LOGO, size="medium")
    with failures.shown(page.title):
        token = _frame.set(_draw_frame(page, user))
        try:
            with failures.shown(page.title):
                page.run()
        finally:
            _frame.reset(token)


def require_shell() -> Frame:
    """Return the frame; a page opened past app.py is sent through it. First statement of every page."""
    frame = _frame.get()
    if frame is None:
        st.set_page_config(page_icon=TAB_ICON, layout="wide")
        # Ends the old rule by which each file in pages/ is a page of its own; same address, now through app.py.
        st.navigation(_pages(), position="hidden")
        st.rerun()
    return frame


def page_of(file: str) -> str:
    """Return how `st.switch_page` and `st.page_link` name a page, "aging.py".

    Always pass `query_params={}` or names that no filter uses: the shared filters stay in the address by themselves.
    """
    return f"pages/{file}"


def exists(file: str) -> bool:
    """Tell whether a page is in the menu of this version."""
    return (ROOT / "pages" / file).is_file()


def _pages() -> list[Page]:
    # Each run has copies of its own: Streamlit writes into them which one it will run.
    return list(map(copy, _built(MENU)))


@cache
def _built(menu: tuple[Entry, ...]) -> list[Page]:
    return [
        st.Page(
            ROOT / "pages" / entry.file, title=entry.title, icon=entry.icon, help=entry.help,
            default=entry is menu[0], visibility="hidden" if entry.hidden else "visible",
        )
        for entry in menu
        if exists(entry.file)
    ]  # fmt: skip


def _draw_frame(page: Page, user: Actor) -> Frame:
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="title_row"):
        words = st.container(gap=None)
        bar = st.container(horizontal=True, width="content", gap="xsmall", vertical_alignment="center")
    title = words.empty()
    title.title(page.title, anchor=False)
    facts = words.empty()
    opened = books.choose(bar)
    ours = cached.profile(opened)
    say = Format(ours.locale)
    choices = cached.choices(opened, ours)
    entry = next(entry for entry in MENU if entry.title == page.title)
    frame = Frame(
        books=opened,
        # Drawn on timeless pages too: off the screen they leave the address, and a reload or "back" would lose them.
        filters=filters.draw(bar, st.container(), choices, say, own_day=entry.own_day),
        company=ours,
        today=choices.today,
        say=say,
        actor=user,
        actions=bar,
        about=entry.help,
        timeless=entry.timeless,
        _title=title,
        _facts=facts,
    )
    frame.heading()
    return frame
