"""A report with tiers of a list that nobody checked, and people who confirm them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from django.core.exceptions import ValidationError

from cpc.accounts.models import User
from cpc.accounts.permissions import Role
from indicators.imports.publishing import publish
from indicators.imports.reading import process
from indicators.imports.receiving import receive_path
from indicators.models import Country, Import, Observation, TierConfirmation, TierDraw, TierSitting
from indicators.tier_confirmations.queries import tier_rows
from indicators.tier_confirmations.services import confirm_tier, record_reading, settle
from tests.support.accounts import make_account
from tests.support.forms import write_csv

YEAR = 2024
HEADER = ("report_year", "iso3", "country", "tier", "flag")
THIRD_PARTY = "unconfirmed: one third-party list only"

NARRATIVE = """2024 Trafficking in Persons Report: {name}

{heading} (Tier {tier})

The Government of {name} does not fully meet the minimum standards for the elimination of trafficking but is making
significant efforts to do so. Courts worked. Therefore {name} remained on Tier {tier}.

PROSECUTION

Courts worked.
"""


def read_file(path: Path, actor: User | None = None) -> Import:
    """Import and publish a file."""
    batch = process(batch_id=receive_path(path=path, actor=actor).batch.pk, actor=actor)
    return publish(batch_id=batch.pk, actor=actor).batch


def list_tiers(
    folder: Path, tiers: Mapping[str, str], *, year: int = YEAR, flag: str = THIRD_PARTY, name: str = "list"
) -> Import:
    """Publish a list of tiers by country code; every row has this flag."""
    rows = [(str(year), code, Country.objects.get(code=code).name, tier, flag) for code, tier in tiers.items()]
    return read_file(write_csv(folder / f"{name}_{year}.csv", [HEADER, *rows]))


def load_narrative(folder: Path, code: str, tier: str, *, name: str = "") -> Import:
    """Publish the narrative of a country that names this tier ("2" or "3")."""
    country = Country.objects.get(code=code).name
    path = folder / f"{name or code}_{YEAR}.txt"
    path.write_text(NARRATIVE.format(name=country, heading=country.upper(), tier=tier))
    return read_file(path)


def codes(count: int) -> list[str]:
    """Return the codes of this many states, in their order."""
    return list(Country.objects.filter(kind="state").order_by("code").values_list("code", flat=True)[:count])


def on_record(code: str, year: int = YEAR) -> Observation:
    return Observation.objects.live().get(indicator__code="tip.tier", country__code=code, year=year)


def code_of(error: ValidationError) -> str:
    """Return the code of the only error."""
    errors = error.error_dict if hasattr(error, "error_dict") else {"": error.error_list}
    ((only,),) = errors.values()
    return str(only.code)


@dataclass(frozen=True, slots=True)
class People:
    """Two analysts: the one who confirms, and the one who reads again."""

    first: User
    second: User

    @classmethod
    def there(cls) -> People:
        return cls(make_account(Role.ANALYST, username="ana"), make_account(Role.ANALYST, username="ben"))

    @staticmethod
    def another(name: str) -> User:
        return make_account(Role.ANALYST, username=name)

    def confirm(self, code: str, tier: str = "Tier 2", **more: str) -> TierConfirmation:
        """Confirm a tier as the first person, on page 7 unless something else is given."""
        cited = more or {"page": "7"}
        country = Country.objects.get(code=code)
        return confirm_tier(year=YEAR, country=country, tier=tier, actor=self.first, **cited)

    def confirm_all(self, wanted: Iterable[str], **tiers: str) -> TierSitting:
        """Confirm each tier as Tier 2, or as `tiers` name them, and return the sitting."""
        for code in wanted:
            self.confirm(code, tiers.get(code, "Tier 2"))
        return TierSitting.objects.get(report_year=YEAR, batch=None)

    def read(self, draw: TierDraw, tier: str = "Tier 2") -> None:
        record_reading(draw=draw, tier=tier, actor=self.second, page="7")

    def read_rest(self, sitting: TierSitting, **tiers: str) -> None:
        """Read every drawn tier again as Tier 2, or as `tiers` name them, until none is left."""
        while draw := TierDraw.objects.filter(drawing__sitting=sitting, answers=None).first():
            self.read(draw, tiers.get(draw.confirmation.country.code, "Tier 2"))


DRAWN_YEAR = 2020
"""Report of which three tiers are inferred and all others stated, by the facts that are shipped."""


@dataclass(frozen=True, slots=True)
class DrawnSitting:
    """Sitting whose spot check is open: a tier of the reader's own, one on which both differ, and one to read."""

    sitting: TierSitting
    own: TierDraw
    differing: TierDraw
    unread: TierDraw


def drawn_sitting(reader: User, other: User, year: int = DRAWN_YEAR) -> DrawnSitting:
    """Confirm every open tier of a report, the first as `reader`, the others as `other`, and let them differ once."""
    for number, row in enumerate(row for row in tier_rows(year) if row.is_open):
        actor = other if number else reader
        tier = row.record.label
        confirm_tier(year=year, country=row.country, tier=tier, page=str(number + 1), actor=actor, note="A sample note")
    sitting = TierSitting.objects.get(report_year=year, batch=None)
    draws = TierDraw.objects.filter(drawing__sitting=sitting)
    own = draws.get(confirmation__recorded_by=reader)
    differing, unread, *_ = draws.filter(confirmation__recorded_by=other)
    tier = "Tier 3" if differing.confirmation.tier == "Tier 1" else "Tier 1"
    record_reading(draw=differing, tier=tier, page="9", text="A sample reading", actor=reader)
    settle(draw=differing, tier="Tier 2", text="A sample reason", actor=other)
    return DrawnSitting(sitting, own, differing, unread)
