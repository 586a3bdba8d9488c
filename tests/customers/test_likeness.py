"""Which names are alike and which are not, as a table; many customers at once."""

from __future__ import annotations

import random
import time

import pytest

from arcore.customers.likeness import alike
from arcore.customers.likeness import mail_domain
from arcore.customers.likeness import phone_mark
from arcore.customers.likeness import same_spelling
from arcore.customers.lookalikes import Someone
from arcore.customers.lookalikes import among
from arcore.customers.lookalikes import beside


@pytest.mark.parametrize(
    ("one", "other", "why"),
    [
        ("Müller GmbH & Co. KG", "Mueller GmbH", "legal form"),
        ("Smith & Sons Ltd", "Smith and Sons Limited", "legal form"),
        ("SMITH & SONS LTD.", "Smith + Sons Ltd", "the same name"),
        ("Muller AG", "Müller AG", "the same name"),
        ("Straßenbau Köhler", "Strassenbau Koehler", "the same name"),
        ("Ørsted A/S", "Orsted AS", "the same name"),
        ("Société Générale S.A.", "Societe Generale SA", "the same name"),
        ("Gärtner G.m.b.H.", "Gaertner GmbH", "the same name"),
        ("Kowalski Sp. z o.o.", "Kowalski sp zoo", "the same name"),
        ("Hansen Logistics", "Logistics Hansen", "another order"),
        ("Nord-West AG", "Nordwest AG", "one word"),
        ("ACME International Inc", "Acme Intl.", "abbreviated"),
        ("J. Smith", "John Smith", "abbreviated"),
        ("Weber Elektr. GmbH", "Weber Elektrotechnik GmbH", "abbreviated"),
        ("Hartmann Logistik", "Hartman Logistik", "slip"),
        ("Hartmann Logistik", "Hartmann Logisitk", "slip"),
        ("Siemenns AG", "Siemens AG", "slip"),
    ],
)
def test_alike(one: str, other: str, why: str) -> None:
    there, back = alike(one, other), alike(other, one)
    assert there is not None
    assert why in there.why
    assert there == back


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Bau 1 GmbH", "Bau 2 GmbH"),
        ("Filiale 12 Nord", "Filiale 21 Nord"),
        ("Customer 00010", "Customer 00011"),
        ("Nord AG", "Nord-West AG"),
        ("Nord GmbH", "Süd GmbH"),
        ("Rhein AG", "Rhein Holding AG"),
        ("Müller GmbH", "Müller Deutschland GmbH"),
        ("Müller Bau", "Müller Baustoffe"),
        ("Maier GmbH", "Meier GmbH"),
        ("Bauer AG", "Baur AG"),
        ("Alpha Bau GmbH", "Beta Bau GmbH"),
        ("Hartmann Logistik", "Bartmann Logistik"),
        ("GmbH", "AG"),
        ("", "Alder"),
        ("...", "..."),
    ],
)
def test_not_alike(one: str, other: str) -> None:
    assert alike(one, other) is None
    assert alike(other, one) is None


def test_the_surest_is_the_same_spelling_and_each_difference_takes_off() -> None:
    scores = [
        found.score
        for other in ("ALDER MILLS LTD", "Alder Mills Inc", "Mills Alder Ltd", "Aldder Mills Ltd")
        if (found := alike("Alder Mills Ltd", other)) is not None
    ]
    assert scores == [100, 97, 95, 88]


def test_a_name_cut_off_by_a_narrow_column_is_the_same_spelling() -> None:
    assert same_spelling("Hartmann Logistik und Tra", "Hartmann Logistik und Transport GmbH")
    assert not same_spelling("Hartmann Logistik", "Birch Paper")


def test_marks_beside_the_name() -> None:
    assert mail_domain("Ann.Lee@Alder.example ") == "alder.example"
    assert mail_domain("ann@gmail.com") == mail_domain("no address") == ""
    assert phone_mark("+49 (0)30 123 456 78") == phone_mark("030/12345678")
    assert phone_mark("110") == ""


def test_new_customers_are_compared_with_known_ones_and_with_each_other() -> None:
    known = [Someone(1, ("Alder Ltd",)), Someone(2, ("Birch Paper AG", "Old Oak GmbH"), ("ap@birch.example",))]
    new = [
        Someone(-1, ("ALDER limited",)),
        Someone(-2, ("Oak, Old",)),
        Someone(-3, ("Cedar",), ("office@birch.example",)),
        Someone(-4, ("Cédar Inc",)),
    ]
    found = [(pair.ref, pair.other, pair.why) for pair in beside(new, known)]
    assert found == [
        (-4, -3, "the same name but for the legal form"),
        (-1, 1, "the same name but for the legal form"),
        (-2, 2, "the same words in another order"),
        (-3, 2, "the same domain of e-mail"),
    ]


def test_a_phone_number_of_many_says_nothing() -> None:
    crowd = tuple(Someone(number, (f"Name{number}",), (), ("030 1234567",)) for number in range(1, 5))
    assert among(crowd) == ()
    assert [pair.why for pair in among(crowd[:2])] == ["the same phone number"]


def test_thousands_are_compared_in_a_moment() -> None:
    draw = random.Random(7)
    sounds = ["".join(draw.choice("bdfgklmnprst") + draw.choice("aeiou") for _ in range(4)) for _ in range(9000)]
    known = [Someone(n, (f"{sounds[n % 9000].title()} Werke{chr(97 + n % 26)} GmbH",)) for n in range(20_000)]
    new = [Someone(-n - 1, (f"{sounds[n].upper()} WERKE{chr(97 + n % 26)} AG",)) for n in range(1000)]
    began = time.process_time()
    found = beside(new, known)
    assert time.process_time() - began < 5
    assert {pair.ref for pair in found} == {one.ref for one in new}
