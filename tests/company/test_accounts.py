"""Bank accounts: an IBAN is checked, the best fit is named, nothing wrong is kept."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import Engine
from sqlalchemy import select

from arcore.company import queries
from arcore.company import service
from arcore.company.accounts import BankAccount
from arcore.company.accounts import choose
from arcore.company.accounts import grouped
from arcore.company.accounts import is_iban
from arcore.company.accounts import tidy
from arcore.errors import BadInput
from arcore.store.engine import reading
from arcore.store.tables import AuditEvent
from arcore.store.unit import Actor

ANNA = Actor("anna")
GERMAN, DUTCH, BRITISH = "DE89370400440532013000", "NL91ABNA0417164300", "GB29NWBK60161331926819"


@pytest.mark.parametrize("iban", [GERMAN, DUTCH, BRITISH, "MT84MALT011000012345MTLCAST001S", "NO9386011117947"])
def test_a_right_iban_is_one(iban: str) -> None:
    assert is_iban(iban)


@pytest.mark.parametrize(
    "text",
    [
        "DE88370400440532013000",  # a wrong check digit
        "DE89370400440532031000",  # two digits swapped
        "DE8937040044053201300",  # one too few
        "de89370400440532013000",
        "DE89 3704 0044 0532 0130 00",
        "",
        "12345678",
        "DE89３70400440532013000",  # a digit of another script
    ],
)
def test_what_is_no_iban_is_none(text: str) -> None:
    assert not is_iban(text)


def test_it_is_kept_without_spaces_and_written_in_groups(engine: Engine) -> None:
    typed = BankAccount(account=" de89 3704 0044 0532 0130 00 ", bic="coba de ffxxx", currency="eur", bank=" A  Bank ")
    service.save_profile(engine, actor=ANNA, name="Harbour", bank_accounts=[typed])
    (kept,) = queries.profile(engine).bank_accounts
    assert kept == BankAccount(account=GERMAN, bic="COBADEFFXXX", currency="EUR", bank="A Bank")
    assert kept.written == grouped(GERMAN) == "DE89 3704 0044 0532 0130 00"
    assert BankAccount(account="12-34-56 12345678").written == "12-34-56 12345678"


@pytest.mark.parametrize(
    ("accounts", "sentence"),
    [
        ([BankAccount(account="DE88370400440532013000")], "no valid IBAN: its check digits do not fit"),
        ([BankAccount(account="DE8937040044053201300")], "one of DE has 22 characters, this has 21"),
        ([BankAccount(bank="A bank")], "needs its IBAN or account number"),
        ([BankAccount(account=GERMAN, currency="EURO")], "no currency code"),
        ([BankAccount(account=GERMAN, bic="NOPE")], "no BIC"),
        ([BankAccount(account=GERMAN), BankAccount(account=DUTCH)], "Two bank accounts are for every entity"),
        ([BankAccount("uk", "GBP", account="1"), BankAccount("uk", "gbp", account="2")], "for uk and GBP"),
        ([BankAccount(account="9" * 61)], "at most 60 characters"),
    ],
)
def test_what_nobody_could_pay_into_is_refused_and_nothing_is_kept(
    engine: Engine, accounts: list[BankAccount], sentence: str
) -> None:
    with pytest.raises(BadInput, match=sentence):
        service.save_profile(engine, actor=ANNA, name="Harbour", bank_accounts=accounts)
    assert queries.profile(engine).bank_accounts == ()
    assert not queries.profile(engine).set_up


def test_the_account_that_fits_best_is_named() -> None:
    every, euro, british, both = (
        BankAccount(account="1"), BankAccount(currency="EUR", account="2"), BankAccount("uk", account="3"),
        BankAccount("uk", "EUR", account="4"),
    )  # fmt: skip
    accounts = (every, euro, british, both)
    assert choose(accounts, "main", "USD") == every
    assert choose(accounts, "main", "EUR") == euro
    assert choose(accounts, "uk", "USD") == british
    assert choose(accounts, "uk", "EUR") == both
    assert choose((both,), "main", "EUR") is None


def test_the_same_accounts_change_nothing_and_the_audit_holds_them_as_settings(engine: Engine) -> None:
    accounts = [BankAccount(account=DUTCH)]
    service.save_profile(engine, actor=ANNA, name="Harbour", bank_accounts=accounts)
    assert service.save_profile(engine, actor=ANNA, bank_accounts=accounts) == {"changed": []}
    with reading(engine) as session:
        first = session.execute(select(AuditEvent.changed).order_by(AuditEvent.seq)).scalars().first()
    assert json.loads(first or "{}")["bank_accounts"][0]["account"] == DUTCH


def test_tidying_leaves_what_is_no_iban_as_the_bank_writes_it() -> None:
    assert tidy(BankAccount(account="  12 345-67 ")).account == "12 345-67"
