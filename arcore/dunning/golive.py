"""What has to be looked at on one page before the first reminder leaves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from sqlalchemy import Engine
from sqlalchemy import select
from sqlmodel import Session
from sqlmodel import col

from arcore.company.queries import Profile
from arcore.company.queries import profile_in
from arcore.delivery import service as delivery
from arcore.delivery.service import Way
from arcore.dunning.due import Reminders
from arcore.dunning.due import Row
from arcore.dunning.due import reminders
from arcore.dunning.live import Live
from arcore.dunning.live import live_in
from arcore.dunning.texts import texts_in
from arcore.dunning.wording import OURS
from arcore.dunning.wording import Texts
from arcore.store.customers import Customer
from arcore.store.engine import reading
from arcore.store.messages import OpeningStep

FIRST_LIMIT = 20
"""The limit per day that the page offers; 0 would be none."""


class Point(NamedTuple):
    """One thing to confirm: what is there, and whether anything is missing; `must` keeps reminders from going live."""

    what: str
    words: str
    missing: bool
    must: bool = False


class OpeningRow(NamedTuple):
    """An overdue customer and the step it opens with.

    Attributes:
        row: the customer with entity, amounts and days late.
        by_days: the step that its days alone would call for.
        opening: the step that counts as delivered already: what was confirmed once, else none, so that the first
            message is the friendly one.
    """

    row: Row
    by_days: int
    opening: int


@dataclass(frozen=True)
class GoLive:
    """What has to be confirmed.

    Attributes:
        live: since when and by whom it is confirmed; None before.
        points: sender, bank details, way, contacts, texts.
        no_contact: overdue customers without an address, largest amount first.
        opening: every overdue customer that may be reminded, largest amount first.
        daily_limit: what is set, else what the page offers.
        due: how many messages the first run would send without a limit.
    """

    as_of: date
    live: Live | None
    points: tuple[Point, ...]
    way: Way
    no_contact: tuple[Row, ...]
    opening: tuple[OpeningRow, ...]
    daily_limit: int
    due: int

    @property
    def ready(self) -> bool:
        """Tell whether nothing is missing that must be there."""
        return not any(point.missing and point.must for point in self.points)


def golive(engine: Engine, as_of: date) -> GoLive:
    """Return what the page of going live shows and asks."""
    found, way, sender = reminders(engine, as_of), delivery.way(engine), delivery.sender(engine)
    rows = (*found.due, *found.held)
    no_contact = tuple(sorted((row for row in rows if row.standing.reach is None and _may(row)), key=_largest))
    with reading(engine) as session:
        profile = profile_in(session)
        points = (
            _sender(profile, sender.address, way),
            _bank(profile, rows),
            Point("way", way.words, missing=bool(way.problem), must=bool(way.problem)),
            _contacts(rows, no_contact),
            _texts(session, rows),
        )
        openings = _openings(session, found, rows)
        live = live_in(session)
    return GoLive(
        as_of=as_of,
        live=live,
        points=points,
        way=way,
        no_contact=no_contact,
        opening=openings,
        daily_limit=found.policy.daily_limit or FIRST_LIMIT,
        due=len(found.due),
    )


def _may(row: Row) -> bool:
    """Tell whether a customer may be reminded at all."""
    return row.code != "policy_none" and not (row.code or "").startswith("status_")


def _largest(row: Row) -> tuple[bool, int, str]:
    return row.overdue_worth is None, -(row.overdue_worth or 0), row.who.code


def _sender(profile: Profile, address: str, way: Way) -> Point:
    if not profile.set_up:
        return Point("sender", "The company has no name yet", missing=True, must=True)
    if not profile.sender.strip():
        return Point("sender", f"{profile.name}: letters have no sender's address yet (Settings)", missing=True)
    if not address and way.name == "file":
        return Point("sender", f"{profile.name}; the mail program fills in the e-mail address", missing=False)
    return Point("sender", f"{profile.name} <{address}>", missing=False)


def _bank(profile: Profile, rows: tuple[Row, ...]) -> Point:
    wanted = sorted({(row.entity, currency) for row in rows if _may(row) for currency, _ in row.overdue})
    missing = [
        f"{currency} ({entity})"
        for entity, currency in wanted
        if profile.account_for(entity, currency) is None and not profile.bank_details.strip()
    ]
    if missing:
        return Point("bank", f"No account to pay into for {', '.join(missing)}", missing=True)
    return Point("bank", f"An account to pay into for {_counted(len(wanted), 'currency', 'currencies')}", missing=False)


def _contacts(rows: tuple[Row, ...], no_contact: tuple[Row, ...]) -> Point:
    count = sum(_may(row) for row in rows)
    overdue = _counted(count, "overdue customer", "overdue customers")
    if no_contact:
        return Point("contacts", f"{overdue}, {len(no_contact)} without an e-mail address", missing=True)
    return Point("contacts", f"{overdue}, each with an e-mail address", missing=False)


def _texts(session: Session, rows: tuple[Row, ...]) -> Point:
    """Say in which languages letters are written, and which ones customers speak that have no texts."""
    texts = texts_in(session)
    rows_of = session.execute(select(col(Customer.id), col(Customer.language)).where(col(Customer.language) != ""))
    spoken = {row.id: row.language for row in rows_of}
    wanted = {spoken[row.who.customer_id] for row in rows if row.who.customer_id in spoken}
    missing = sorted(language for language in wanted if _lacks(texts, language))
    written = ", ".join(sorted({texts.languages[row.language].name for row in rows if row.language in texts.languages}))
    if missing:
        return Point(
            "texts", f"No texts in {', '.join(missing)}: those customers are written to in English", missing=True
        )
    return Point("texts", f"Letters in {written or 'English'}", missing=False)


def _lacks(texts: Texts, language: str) -> bool:
    """Tell whether a customer's language has no texts, so that English stands in."""
    return texts.pick(language).code == OURS[0] and not language.lower().startswith(OURS[0])


def _openings(session: Session, found: Reminders, rows: tuple[Row, ...]) -> tuple[OpeningRow, ...]:
    kept = {(row.customer_id, row.entity): row.step for row in session.execute(select(OpeningStep)).scalars()}
    return tuple(
        OpeningRow(row, found.policy.wanted(row.days_late), kept.get(row.place, 0))
        for row in sorted(rows, key=_largest)
        if _may(row)
    )


def _counted(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"
