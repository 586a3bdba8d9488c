"""The bank accounts that letters ask to pay into, by selling entity and currency."""

from __future__ import annotations

import re
from collections.abc import Iterable
from collections.abc import Mapping
from dataclasses import asdict
from dataclasses import dataclass
from dataclasses import fields
from typing import Any

from arcore.errors import BadInput
from arcore.money import is_currency

_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")
_LIKE_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}")
_BIC = re.compile(r"[A-Z]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?")
_LENGTHS = {
    "AT": 20, "BE": 16, "BG": 22, "CH": 21, "CY": 28, "CZ": 24, "DE": 22, "DK": 18, "EE": 20, "ES": 24, "FI": 18,
    "FR": 27, "GB": 22, "GR": 27, "HR": 21, "HU": 28, "IE": 22, "IS": 26, "IT": 27, "LI": 21, "LT": 20, "LU": 20,
    "LV": 21, "MC": 27, "MT": 31, "NL": 18, "NO": 15, "PL": 28, "PT": 25, "RO": 24, "SE": 24, "SI": 19, "SK": 24,
    "SM": 27,
}  # fmt: skip
"""How long an IBAN is, where payments in euro are the same everywhere; others are held to 15 to 34 signs."""
LONGEST = {"entity": 40, "currency": 3, "holder": 120, "account": 60, "bic": 20, "bank": 120}


@dataclass(frozen=True)
class BankAccount:
    """One account that customers pay into.

    Attributes:
        entity: the selling entity it is for; "" for every one.
        currency: ISO 4217 code it is for; "" for every one.
        holder: in whose name; "" for the company's.
        account: an IBAN without spaces, or any other account number as the bank writes it.
        bic, bank: what else a payer may need.
    """

    entity: str = ""
    currency: str = ""
    holder: str = ""
    account: str = ""
    bic: str = ""
    bank: str = ""

    @property
    def written(self) -> str:
        """Return the account number for people: an IBAN in groups of four."""
        return grouped(self.account) if is_iban(self.account) else self.account


NAMES = tuple(f.name for f in fields(BankAccount))


def from_settings(stored: Iterable[Mapping[str, Any]]) -> tuple[BankAccount, ...]:
    """Make the accounts from stored settings; unknown names are left alone."""
    return tuple(BankAccount(**{name: str(row[name]) for name in NAMES if name in row}) for row in stored)


def tidy(account: BankAccount) -> BankAccount:
    """Return an account as it is kept: no spaces around, code and IBAN in capitals and without spaces."""
    plain = {name: " ".join(str(value).split()) for name, value in asdict(account).items()}
    plain["currency"] = plain["currency"].upper()
    plain["bic"] = plain["bic"].replace(" ", "").upper()
    tight = plain["account"].replace(" ", "").upper()
    if _LIKE_IBAN.match(tight):
        plain["account"] = tight
    return BankAccount(**plain)


def check(accounts: Iterable[BankAccount]) -> None:
    """Raise BadInput for the first account that can't be paid into, in a sentence that names it."""
    seen: set[tuple[str, str]] = set()
    for account in accounts:
        _check_one(account)
        if (key := (account.entity, account.currency)) in seen:
            words = " and ".join(filter(None, (account.entity, account.currency))) or "every entity and currency"
            raise BadInput(f"Two bank accounts are for {words}; a letter can name only one", field="bank_accounts")
        seen.add(key)


def choose(accounts: Iterable[BankAccount], entity: str, currency: str) -> BankAccount | None:
    """Return the account for an entity and a currency: the one that names both, the entity, the currency, or none."""
    fit = [a for a in accounts if a.entity in ("", entity) and a.currency in ("", currency)]
    return max(fit, key=lambda account: (bool(account.entity), bool(account.currency)), default=None)


def is_iban(text: str) -> bool:
    """Tell whether a text without spaces is an IBAN: its check digits are right (ISO 7064, mod 97-10)."""
    if not _IBAN.fullmatch(text) or len(text) != _LENGTHS.get(text[:2], len(text)):
        return False
    return int("".join(str(int(sign, 36)) for sign in text[4:] + text[:4])) % 97 == 1


def grouped(iban: str) -> str:
    """Write an IBAN in groups of four."""
    return " ".join(iban[start : start + 4] for start in range(0, len(iban), 4))


def _check_one(account: BankAccount) -> None:
    if not account.account:
        raise BadInput("A bank account needs its IBAN or account number", field="bank_accounts")
    if account.currency and not is_currency(account.currency):
        raise BadInput(
            f"{account.currency!r} is no currency code (ISO 4217), such as EUR; leave it empty for every currency",
            field="bank_accounts",
        )
    for name, most in LONGEST.items():
        if len(getattr(account, name)) > most:
            raise BadInput(f"{name} of a bank account has at most {most} characters", field="bank_accounts")
    if _LIKE_IBAN.match(account.account) and not is_iban(account.account):
        raise BadInput(f"{account.account} is no valid IBAN: {_wrong(account.account)}", field="bank_accounts")
    if account.bic and not _BIC.fullmatch(account.bic):
        raise BadInput(f"{account.bic!r} is no BIC: it has 8 or 11 letters and digits", field="bank_accounts")


def _wrong(iban: str) -> str:
    length = _LENGTHS.get(iban[:2])
    if length is not None and len(iban) != length:
        return f"one of {iban[:2]} has {length} characters, this has {len(iban)}"
    return "its check digits do not fit, so a character is wrong or two are swapped"
