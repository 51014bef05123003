"""Facts of one partnership for its IATI file: what goes out, what is missing, and what is withheld. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

ZERO, HUNDRED, CENT = Decimal(0), Decimal(100), Decimal("0.01")


@dataclass(frozen=True, slots=True)
class ReportingOrganization:
    """The publisher, as the office configures it."""

    ref: str
    name: str
    type: str = "10"


@dataclass(frozen=True, slots=True)
class PublishedName:
    """An organization as it goes out. `name` is what prints; `type` is "" if no one chose one."""

    name: str
    role: str
    type: str
    ref: str = ""
    is_withheld: bool = False


@dataclass(frozen=True, slots=True)
class PublishedBudget:
    first: date
    last: date
    amount: Decimal
    is_revised: bool


@dataclass(frozen=True, slots=True)
class PublishedMovement:
    """A transaction of type 2 or 3. What takes money back is negative."""

    ref: str
    type: str
    on: date
    amount: Decimal
    receiver: PublishedName


@dataclass(frozen=True, slots=True)
class PublishedPeriod:
    first: date
    last: date
    target: Decimal | None
    actual: Decimal | None


@dataclass(frozen=True, slots=True)
class PublicIndicator:
    """An indicator with its fiscal years. `hidden` counts the values that are held back as small numbers."""

    title: str
    definition: str
    measure: str
    is_ascending: bool
    standard_code: str
    baseline: tuple[date, Decimal] | None
    periods: Sequence[PublishedPeriod]
    hidden: int


@dataclass(frozen=True, slots=True)
class PublishedResult:
    type: str
    title: str
    indicators: Sequence[PublicIndicator]


@dataclass(frozen=True, slots=True)
class PublishedLink:
    title: str
    address: str
    format: str
    category: str
    language: str
    dated: date | None


@dataclass(frozen=True, slots=True)
class Defaults:
    """Codes that hold for the whole activity; empty ones are missing."""

    collaboration: str = ""
    flow: str = ""
    finance: str = ""
    aid: str = ""
    tied: str = ""
    confirmed_on: date | None = None

    @property
    def is_whole(self) -> bool:
        return all((self.collaboration, self.flow, self.finance, self.aid, self.tied))


@dataclass(frozen=True, slots=True)
class LedgerTotals:
    """Amounts that the file is compared with: the totals of the partnership, and the plan of the United States."""

    obligated: Decimal = ZERO
    disbursed: Decimal = ZERO
    planned: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class ActivityFacts:
    """One partnership as its IATI activity has it. Every text is as it goes out."""

    partnership: int
    identifier: str
    reporting: ReportingOrganization
    title: str
    description: str
    organizations: Sequence[PublishedName]
    status: str
    dates: Mapping[str, date]
    country_code: str
    country_name: str
    regions: Sequence[str]
    sectors: Sequence[tuple[str, Decimal]]
    without_sector: Sequence[tuple[int, str, Decimal]]
    """Programs without a sector: key (0 for the whole partnership), title, and percent of the money."""
    defaults: Defaults
    budgets: Sequence[PublishedBudget]
    movements: Sequence[PublishedMovement]
    results: Sequence[PublishedResult]
    links: Sequence[PublishedLink]
    totals: LedgerTotals
    is_sample: bool = False
    is_signed: bool = True
    withheld_locations: int = 0
    withheld_regions: int = 0
    withheld_links: int = 0
    unpublished_documents: int = 0
    status_label: str = ""
    sectors_confirmed_on: date | None = None
    instrument_missing: bool = False

    def movements_of(self, kind: str) -> list[PublishedMovement]:
        return [one for one in self.movements if one.type == kind]

    @property
    def hidden_values(self) -> int:
        return sum(one.hidden for result in self.results for one in result.indicators)

    @property
    def without_type(self) -> list[PublishedName]:
        return [one for one in self.organizations if not one.type]


@dataclass(frozen=True, slots=True)
class ProgramMoney:
    """A program with its money and its sectors in percent; no sectors if no one confirmed any."""

    key: int
    title: str
    amount: Decimal
    shares: Sequence[tuple[str, Decimal]] = field(default_factory=tuple)


def sectors_of(
    programs: Sequence[ProgramMoney],
) -> tuple[list[tuple[str, Decimal]], list[tuple[int, str, Decimal]]]:
    """Return the percent of each sector in the order of the programs, and the programs without one.

    Programs count by their money, or the same each while there is none. With a sector for every program, the
    percentages, rounded to cents, add up to 100: the largest remainders are rounded up.
    """
    whole = sum((one.amount for one in programs), ZERO)
    weights = {one.key: one.amount / whole if whole else Decimal(1) / len(programs) for one in programs}
    exact: dict[str, Decimal] = {}
    for one in programs:
        for sector, percent in one.shares:
            exact[sector] = exact.get(sector, ZERO) + weights[one.key] * percent
    missing = [
        (one.key, one.title, (weights[one.key] * HUNDRED).quantize(CENT))
        for one in programs
        if not one.shares and (weights[one.key] or not whole)
    ]
    rounded = _rounded(exact, HUNDRED if not missing else sum(exact.values(), ZERO).quantize(CENT))
    return [(sector, percent) for sector, percent in rounded.items() if percent], missing


def _rounded(exact: Mapping[str, Decimal], total: Decimal) -> dict[str, Decimal]:
    down = {key: value.quantize(CENT, rounding="ROUND_DOWN") for key, value in exact.items()}
    left = int((total - sum(down.values(), ZERO)) / CENT)
    by_remainder = sorted(exact, key=lambda key: (down[key] - exact[key], key))
    return {key: value + (CENT if key in by_remainder[:left] else ZERO) for key, value in down.items()}


STATUSES: Mapping[str, str] = {
    **dict.fromkeys(("selected", "invited", "negotiating", "in_clearance", "signed"), "1"),
    "active": "2",
    "completed": "3",
    "closed": "4",
    "canceled": "5",
    "terminated": "5",
    "suspended": "6",
}
"""ActivityStatus by the status of the partnership. A completed one still reports: finalization."""


def dates_of(
    status: str, starts_on: date | None, ends_on: date | None, ended_on: date | None, today: date
) -> dict[str, date]:
    """Return the days of an activity by ActivityDateType. The planned end is that of the term as amended."""
    has_begun = STATUSES[status] not in ("1", "5") or status == "terminated"
    found = {
        "1": None if has_begun and starts_on and starts_on <= today else starts_on,
        "2": starts_on if has_begun and starts_on and starts_on <= today else None,
        "3": ends_on,
        "4": ended_on if ended_on and ended_on <= today else None,
    }
    return {kind: day for kind, day in found.items() if day is not None}


def identifiers(rows: Iterable[tuple[int, str, date | None]], prefix: str) -> dict[int, str]:
    """Return an identifier for each partnership, from its key, country, and day of signature.

    It never changes once the partnership is signed. The second one of a country and year ends with -2.
    """
    counted: dict[str, int] = {}
    found = {}
    for key, country, signed_on in sorted(rows, key=lambda row: row[0]):
        if signed_on is None:
            found[key] = f"{prefix}-{country}-DRAFT-{key}"
            continue
        plain = f"{prefix}-{country}-{signed_on.year}"
        counted[plain] = counted.get(plain, 0) + 1
        found[key] = plain if counted[plain] == 1 else f"{plain}-{counted[plain]}"
    return found
