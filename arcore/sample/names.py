"""Invented names. No place, family or company is meant; addresses end in .example, which nobody can own."""

from __future__ import annotations

import unicodedata
from random import Random
from typing import NamedTuple


class Country(NamedTuple):
    """How companies of a country are called, what they pay in, and where they belong."""

    code: str
    region: str
    language: str
    currency: str
    share: float
    stems: tuple[str, ...]
    trades: tuple[str, ...]
    forms: tuple[str, ...]
    people: tuple[str, ...]
    phone: str


NL = Country(
    "NL", "Benelux", "nl", "EUR", 0.24,
    ("Vlietmeer", "Oosterkade", "Duinhoek", "Waterloop", "Zilverdijk", "Korenvaart", "Heidestroom", "Merelbrug",
     "Wilgenpolder", "Noordgracht", "Rietzoom", "Klaverwal", "Lepelaarshoek", "Eikenkamp", "Turfsingel"),
    ("Techniek", "Installaties", "Groothandel", "Waterbeheer", "Machinebouw", "Koeltechniek"),
    ("B.V.", "B.V.", "N.V."),
    ("Sanne Verhulst", "Joris de Wit", "Mirthe Bakhuis", "Pieter Langendam", "Lotte Hoekman"),
    "",
)  # fmt: skip
DE = Country(
    "DE", "DACH", "de", "EUR", 0.26,
    ("Brennfeld", "Varnholt", "Kesselbruck", "Morgenfurt", "Steinhagel", "Wolkenrath", "Eichtaler", "Falkenmoor",
     "Hasselbrook", "Otterspring", "Rabenfurt", "Silberkamp", "Ziegelhorst", "Quastenberg", "Dornwalder"),
    ("Pumpentechnik", "Anlagenbau", "Antriebe", "Wassertechnik", "Werkzeugbau", "Verfahrenstechnik"),
    ("GmbH", "GmbH", "AG", "GmbH & Co. KG"),
    ("Katrin Vollmer", "Jens Ahlers", "Miriam Petzold", "Ralf Hundertmark", "Sabine Krahe"),
    "+49 30 23125 {0:03d}",
)  # fmt: skip
GB = Country(
    "GB", "UK & Ireland", "en", "GBP", 0.17,
    ("Alderwick", "Thornmere", "Kestrelford", "Oakhallow", "Marlowgate", "Pennyquill", "Harrowdene", "Stonebeckley",
     "Larkmoor", "Wrenfold", "Ashcombe Vale", "Gullhaven"),
    ("Engineering", "Controls", "Utilities", "Marine", "Fabrications", "Valves"),
    ("Ltd", "Ltd", "plc"),
    ("Hannah Pryce", "Owen Carrick", "Priya Nair", "Callum Reddy", "Gemma Thistle"),
    "+44 20 7946 0{0:03d}",
)  # fmt: skip
US = Country(
    "US", "North America", "en", "USD", 0.15,
    ("Cedar Lantern", "Bluestem Ridge", "Iron Thicket", "Tidewater Loop", "Copper Mantle", "Lone Juniper",
     "Granite Lark", "Redwillow Bend", "Silver Heronry", "Northbarrow", "Quartz Meadow"),
    ("Industries", "Process Systems", "Supply", "Controls", "Water Works", "Fluid Power"),
    ("Inc.", "LLC", "Corp."),
    ("Megan Holloway", "Luis Arroyo", "Denise Whitlock", "Trevor Banks", "Aisha Coleman"),
    "+1 212 555 01{1:02d}",
)  # fmt: skip
SE = Country(
    "SE", "Nordics", "en", "EUR", 0.09,
    ("Fjellvinge", "Nordhavsund", "Björkelid", "Isfeldt", "Granuddvik", "Strandmosse", "Kvistholm"),
    ("Industri", "Teknik", "Marin", "Energi", "Process"),
    ("AB", "A/S", "Oy"),
    ("Elin Sjöbrand", "Mikkel Thorsager", "Aino Lehtivaara", "Henrik Falkman"),
    "",
)  # fmt: skip
FR = Country(
    "FR", "Southern Europe", "fr", "EUR", 0.09,
    ("Montevère", "Valdoria", "Solmarine", "Fontelune", "Belcastre", "Terraluce", "Pontavère"),
    ("Hydraulique", "Équipements", "Industrie", "Procédés", "Distribution"),
    ("SAS", "SARL", "S.p.A.", "S.L."),
    ("Camille Aubrac", "Giulia Ferranti", "Hugo Delmas", "Nerea Olmedo"),
    "+33 1 99 00 {2:02d} {1:02d}",
)  # fmt: skip
COUNTRIES = (NL, DE, GB, US, SE, FR)
FORMS = frozenset(word.lower() for country in COUNTRIES for form in country.forms for word in form.split())
"""Words of legal forms, which stand in no address."""


class Person(NamedTuple):
    """Somebody in a customer's accounts department."""

    name: str
    email: str
    phone: str


def company_names(country: Country, rng: Random) -> list[str]:
    """Return every name that a country's words make, in an order of chance."""
    made = [f"{stem} {trade} {rng.choice(country.forms)}" for stem in country.stems for trade in country.trades]
    rng.shuffle(made)
    return made


def domain(company: str) -> str:
    """Return the mail domain of an invented company: its name but for the legal form, then .example."""
    plain = unicodedata.normalize("NFKD", company).encode("ascii", "ignore").decode().lower()
    words = ["".join(letter for letter in word if letter.isalnum()) for word in plain.split() if word not in FORMS]
    return "-".join(word for word in words if word) + ".example"


def person(country: Country, company: str, line: int, rng: Random) -> Person:
    """Return a contact; telephone numbers come from the ranges kept free for films and books, one per `line`."""
    name = rng.choice(country.people)
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    phone = country.phone.format(line, line % 100, line // 100)
    return Person(name, f"{plain.replace(' ', '.')}@{domain(company)}", phone)
