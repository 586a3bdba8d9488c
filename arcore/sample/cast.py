"""Who is in the sample company: its collectors, and its customers with their habits."""

from __future__ import annotations

import math
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
from random import Random

from arcore.sample import names
from arcore.sample.names import COUNTRIES
from arcore.sample.names import Country
from arcore.sample.workdays import MONTHS
from arcore.sample.workdays import Rhythm

SEED = "arcore sample 1"
"""Change it and every figure changes; a new number also makes `ensure` build older samples again."""
INVOICES = 6000
CUSTOMERS = 150
OWNERS = ("Ana Duarte", "Bo Lindgren", "Carla Neumann", "David Okafor")
LEFT = "Eva Janssen"
"""A collector who left eight months ago; her customers went to Ana Duarte."""
KEY_ACCOUNTS, INDUSTRY, WHOLESALE, PUBLIC = SEGMENTS = ("Key accounts", "Industry", "Wholesale", "Public sector")
HABITS: tuple[tuple[float, float, float], ...] = (
    (0.37, 0.0, 4.0),
    (0.36, 7.0, 6.0),
    (0.20, 18.0, 9.0),
    (0.07, 34.0, 14.0),
)
"""Share of customers, median days late, spread in days; the payment run comes on top."""


@dataclass(frozen=True)
class Habit:
    """How a customer pays: median days after the due date, spread, and its payment run."""

    late: float = 5.0
    spread: float = 5.0
    rhythm: Rhythm = "weekly"
    weekday: int = 3


@dataclass(frozen=True)
class Player:
    """One customer of the sample company.

    Attributes:
        rate: invoices a month; `typical` the median amount of one, before tax, in whole units of its currency.
        tax: percent of value added tax on its invoices.
        discount: it may take 2 % when it pays within ten days.
        months: the months in which it buys (empty: all year).
        part: its role in the story, "" for the many without one.
        limits: credit and insured limit, whole units; 0 = none.
    """

    code: str
    name: str
    country: Country
    segment: str
    owner: str
    currency: str
    terms: int
    rate: float
    typical: float
    habit: Habit
    tax: int = 0
    discount: bool = False
    months: tuple[int, ...] = ()
    part: str = ""
    parent: str = ""
    intercompany: bool = False
    status: str = ""
    limits: tuple[int, int] = (0, 0)
    purchase_orders: bool = False
    channel: str = "email"


def cast(scale: float) -> list[Player]:
    """Return the customers: those with a part in the story, and as many others as `scale` asks for."""
    crowd = max(12, round((CUSTOMERS - len(PARTS)) * scale))
    players = [*_leads(), *_crowd(crowd)]
    wanted = INVOICES * scale / MONTHS
    plenty = wanted / sum(player.rate * _active(player) for player in players)
    return [_with_limits(replace(player, rate=player.rate * plenty)) for player in players]


def named(players: Sequence[Player], part: str) -> Player:
    """Return the one customer that plays a part."""
    return next(player for player in players if player.part == part)


# (part, name, country, segment, terms, weight of its invoices, typical amount, habit, more)
PARTS: tuple[tuple[str, str, int, str, int, float, float, Habit, dict[str, object]], ...] = (
    ("parent", "Corvane Holding GmbH", 1, KEY_ACCOUNTS, 45, 2.4, 52_000, Habit(5, 4, "weekly"), {}),
    ("child", "Corvane Pumpenwerke GmbH", 1, KEY_ACCOUNTS, 45, 2.6, 46_000, Habit(8, 6, "weekly"), {"parent": "parent"}),
    ("child_2", "Corvane Service GmbH", 1, INDUSTRY, 30, 1.6, 14_000, Habit(6, 5, "weekly"), {"parent": "parent"}),
    ("child_3", "Corvane Nederland B.V.", 0, INDUSTRY, 30, 1.3, 18_000, Habit(11, 6, "twice"), {"parent": "parent"}),
    ("parent_us", "Halvorsen Creek Industries Inc.", 3, KEY_ACCOUNTS, 60, 2.2, 68_000, Habit(4, 6, "weekly"), {}),
    ("child_us", "Halvorsen Creek Water Works LLC", 3, INDUSTRY, 45, 1.4, 26_000, Habit(13, 8, "twice"),
     {"parent": "parent_us"}),
    ("parent_uk", "Pellham Vale Utilities plc", 2, PUBLIC, 30, 1.8, 41_000, Habit(9, 5, "twice"), {}),
    ("child_uk", "Pellham Vale Networks Ltd", 2, PUBLIC, 30, 1.2, 17_000, Habit(15, 7, "twice"),
     {"parent": "parent_uk"}),
    ("intercompany", "Tessmark Fluid Systems UK Ltd", 2, INDUSTRY, 60, 1.0, 60_000, Habit(0, 2, "monthly"),
     {"intercompany": True}),
    ("bad_payer", "Grellwitz Anlagenbau GmbH", 1, INDUSTRY, 30, 1.3, 24_000, Habit(58, 24, "weekly"),
     {"status": "legal"}),
    ("seasonal", "Bloemenzoom Irrigatie B.V.", 0, WHOLESALE, 60, 2.2, 21_000, Habit(10, 6, "twice"),
     {"months": (2, 3, 4, 5, 6)}),
    ("over_limit", "Quillmere Process Systems Inc.", 3, INDUSTRY, 60, 2.0, 38_000, Habit(12, 8, "weekly"), {}),
    ("insolvent", "Steenhaver Machinebouw B.V.", 0, INDUSTRY, 30, 1.6, 19_000, Habit(22, 10, "weekly"),
     {"status": "insolvent"}),
    ("direct_debit", "Lindmoor Facilities Ltd", 2, WHOLESALE, 14, 1.8, 9_000, Habit(0, 0.5, "daily"),
     {"status": "direct_debit"}),
    ("discount", "Sølvberg Marin A/S", 4, INDUSTRY, 30, 2.0, 22_000, Habit(2, 3, "weekly"), {"discount": True}),
    ("discount_2", "Fontelune Hydraulique SAS", 5, WHOLESALE, 30, 1.8, 16_000, Habit(3, 4, "weekly"),
     {"discount": True}),
    ("euro_payer", "Ironbarrow Supply Corp.", 3, WHOLESALE, 45, 1.4, 24_000, Habit(6, 6, "weekly"), {}),
    ("extended", "Otterspring Wassertechnik GmbH", 1, INDUSTRY, 30, 1.6, 27_000, Habit(14, 7, "weekly"), {}),
    ("broken_plan", "Valdoria Équipements SARL", 5, INDUSTRY, 30, 1.2, 23_000, Habit(30, 12, "weekly"), {}),
    ("disputes", "Kestrelford Controls Ltd", 2, INDUSTRY, 30, 2.0, 21_000, Habit(10, 6, "weekly"), {}),
    ("slow_public", "Waterschap Rietlanden", 0, PUBLIC, 30, 1.6, 30_000, Habit(21, 6, "monthly"),
     {"purchase_orders": True, "channel": "portal"}),
    ("slipping", "Thornmere Engineering Ltd", 2, KEY_ACCOUNTS, 45, 2.4, 44_000, Habit(6, 6, "weekly"), {}),
    ("projects", "Nordhavsund Energi AB", 4, KEY_ACCOUNTS, 30, 1.2, 95_000, Habit(5, 5, "weekly"), {}),
    ("overpays", "Alderwick Valves Ltd", 2, WHOLESALE, 30, 1.6, 11_000, Habit(4, 5, "weekly"), {}),
)  # fmt: skip


def _leads() -> Iterator[Player]:
    codes = {part[0]: f"C{1001 + number}" for number, part in enumerate(PARTS)}
    for number, (part, name, country, segment, terms, weight, typical, habit, more) in enumerate(PARTS):
        home = COUNTRIES[country]
        facts = dict(more)
        parent = str(facts.pop("parent", ""))
        yield Player(
            code=codes[part],
            name=name,
            country=home,
            segment=segment,
            owner=(*OWNERS, LEFT)[number % 5],
            currency=home.currency,
            terms=terms,
            rate=weight,
            typical=typical,
            habit=habit,
            tax=21 if home.code == "NL" else 0,
            part=part,
            parent=codes.get(parent, ""),
            **facts,  # type: ignore[arg-type]  the last column of the table above
        )


def _crowd(count: int) -> Iterator[Player]:
    """Make the customers without a part; each has its own stream of chance, so one more changes no other."""
    queues = {c.code: iter(names.company_names(c, Random(f"{SEED} names {c.code}"))) for c in COUNTRIES}
    taken = {part[1] for part in PARTS}
    for number in range(count):
        rng = Random(f"{SEED} customer {number}")
        home = rng.choices(COUNTRIES, [c.share for c in COUNTRIES])[0]
        name = next(made for made in queues[home.code] if made not in taken)
        yield _one_of_many(f"C{1001 + len(PARTS) + number}", name, home, number, rng)


def _one_of_many(code: str, name: str, home: Country, number: int, rng: Random) -> Player:
    segment = KEY_ACCOUNTS if number % 22 == 5 else rng.choices((INDUSTRY, WHOLESALE, PUBLIC), (0.5, 0.38, 0.12))[0]
    typical = {KEY_ACCOUNTS: 46_000, INDUSTRY: 21_000, WHOLESALE: 11_500, PUBLIC: 17_000}[segment]
    share, late, spread = rng.choices(HABITS, [habit[0] for habit in HABITS])[0]
    del share
    rhythms: tuple[Rhythm, ...] = ("daily", "weekly", "twice", "monthly")
    return Player(
        code=code,
        name=name,
        country=home,
        segment=segment,
        owner=(*OWNERS, LEFT)[number % 5],
        currency="EUR" if rng.random() < 0.08 else home.currency,
        terms=rng.choices((14, 30, 45, 60), (0.16, 0.54, 0.18, 0.12))[0],
        rate=rng.lognormvariate(0, 0.5) * (2.4 if segment == KEY_ACCOUNTS else 1.0),
        typical=typical * rng.lognormvariate(0, 0.35),
        habit=Habit(
            late * rng.uniform(0.6, 1.4), spread, rng.choices(rhythms, (0.2, 0.5, 0.2, 0.1))[0], rng.randrange(5)
        ),
        tax=21 if home.code == "NL" else 0,
        discount=rng.random() < 0.06,
        purchase_orders=segment == PUBLIC or rng.random() < 0.15,
        channel=rng.choices(("email", "portal", "post"), (0.8, 0.14, 0.06))[0],
    )


def _active(player: Player) -> float:
    return len(player.months) / 12 * 2.2 if player.months else 1.0


def _with_limits(player: Player) -> Player:
    """Give a credit limit of about three months of sales; one customer's is far too low for what it buys."""
    monthly = player.rate * player.typical * math.exp(0.32)
    limit = round(monthly * (1.2 if player.part == "over_limit" else 4.5), -4)
    limit = max(20_000, round(limit, -3))
    return replace(player, limits=(int(limit), int(limit * 0.8) if player.currency != "EUR" else 0))
