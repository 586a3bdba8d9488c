"""A customer of the sample company, with its habits, and the people who look after it."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field

from arcore.sample.names import Country
from arcore.sample.workdays import Rhythm

OWNERS = ("Ana Duarte", "Bo Lindgren", "Carla Neumann", "David Okafor")
LEFT = "Eva Janssen"
"""A collector who left eight months ago; her customers went to Ana Duarte."""
KEY_ACCOUNTS, INDUSTRY, WHOLESALE, PUBLIC = SEGMENTS = ("Key accounts", "Industry", "Wholesale", "Public sector")
DESKS = (*OWNERS, *OWNERS[1:], *OWNERS[:2], LEFT)


@dataclass(frozen=True)
class Habit:
    """How a customer pays: median days after the due date, spread, and its payment run."""

    late: float = 5.0
    spread: float = 5.0
    rhythm: Rhythm = "weekly"
    weekday: int = 3


@dataclass(frozen=True, kw_only=True)
class Player:
    """One customer of the sample company.

    Attributes:
        terms: days.
        rate: invoices a month; `typical` the median amount of one, before tax, in whole units of its currency.
        discount: it may take 2 % when it pays within ten days.
        months: the months in which it buys (empty: all year).
        part: its role in the story, "" for the many without one.
        parent: the part, later the code, of the company above it.
        limits: credit and insured limit, whole units; 0 = none.
    """

    name: str
    country: Country
    segment: str
    terms: int
    rate: float
    typical: float
    code: str = ""
    owner: str = ""
    currency: str = ""
    habit: Habit = field(default_factory=Habit)
    discount: bool = False
    months: tuple[int, ...] = ()
    part: str = ""
    parent: str = ""
    intercompany: bool = False
    status: str = ""
    limits: tuple[int, int] = (0, 0)
    purchase_orders: bool = False
    channel: str = "email"

    @property
    def tax(self) -> int:
        """Percent of value added tax on its invoices: the sample company is Dutch and exports without."""
        return 21 if self.country.code == "NL" else 0


def desk(number: int) -> str:
    """Return the collector of the nth customer."""
    return DESKS[number % len(DESKS)]
