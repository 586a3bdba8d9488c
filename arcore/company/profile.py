"""What the first-run form asks of our own company."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from dataclasses import dataclass
from dataclasses import fields
from typing import Any
from zoneinfo import ZoneInfo
from zoneinfo import ZoneInfoNotFoundError

from babel import Locale
from babel.core import UnknownLocaleError

from arcore.company import accounts
from arcore.company.accounts import BankAccount
from arcore.errors import BadInput
from arcore.money import is_currency


@dataclass(frozen=True)
class Profile:
    """Our company as reports and letters need it.

    Attributes:
        currency: the reporting currency, ISO 4217.
        time_zone: IANA name; decides what "today" is.
        locale: how figures and dates are written, e.g. "en_GB".
        sender: name and address that letters come from.
        bank_details: what a letter tells the customer to pay into where no account of `bank_accounts` fits.
        bank_accounts: what letters ask to pay into, by entity and currency.
        segments, owners: the names offered in lists besides those already in use.
        sample: True in the sample company's store.
    """

    name: str = ""
    currency: str = "EUR"
    time_zone: str = "UTC"
    locale: str = "en_GB"
    sender: str = ""
    bank_details: str = ""
    bank_accounts: tuple[BankAccount, ...] = ()
    segments: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()
    sample: bool = False

    @property
    def set_up(self) -> bool:
        """Tell whether the first-run form was filled in."""
        return bool(self.name)

    def account_for(self, entity: str, currency: str) -> BankAccount | None:
        """Return the account that a letter of an entity names for a currency; None where `bank_details` stand in."""
        return accounts.choose(self.bank_accounts, entity, currency)


NAMES = tuple(f.name for f in fields(Profile))


def from_settings(values: Mapping[str, Any]) -> Profile:
    """Make the profile from stored settings; unknown names are left alone, missing ones take their default."""
    known = {name: value for name, value in values.items() if name in NAMES}
    for name in ("segments", "owners"):
        if name in known:
            known[name] = tuple(known[name])
    if "bank_accounts" in known:
        known["bank_accounts"] = accounts.from_settings(known["bank_accounts"])
    return Profile(**known)


def as_settings(profile: Profile) -> dict[str, Any]:
    """Return the values to store, lists instead of tuples."""
    return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(profile).items()}


def check(profile: Profile) -> None:
    """Raise BadInput for the first value that can't be used, in a sentence that names it."""
    if not profile.name.strip():
        msg = "The company needs a name"
        raise BadInput(msg, field="name")
    if not is_currency(profile.currency):
        msg = f"{profile.currency!r} is no currency code (ISO 4217), such as EUR"
        raise BadInput(msg, field="currency")
    try:
        ZoneInfo(profile.time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        msg = f"{profile.time_zone!r} is no time zone, such as Europe/Berlin"
        raise BadInput(msg, field="time_zone") from error
    try:
        Locale.parse(profile.locale)
    except (UnknownLocaleError, ValueError) as error:
        msg = f"{profile.locale!r} is no locale, such as en_GB or de_DE"
        raise BadInput(msg, field="locale") from error
    accounts.check(profile.bank_accounts)
