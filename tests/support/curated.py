"""Sample programs, plans, and recommendations, clearly marked as samples."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from django.core.files.uploadedfile import SimpleUploadedFile

from cpc.accounts.models import User
from indicators.curated.services import record_row, replace_row, withdraw_row
from indicators.models import Country, Import, NationalPlan, USGProgram
from indicators.sources.usg_programs import COLUMNS
from indicators.tip_recommendations.queries import recommendations_of
from indicators.tip_recommendations.services import confirm_match
from tests.support.pages import NARRATIVE, previewed, published
from tests.support.rankings import publish_values, value

BASIS = {"country": "Ghana", "sector": "Child labor", "source": "A sample"}
LABOR = {"agency": "Department of Labor", "agency_code": "DOL"}
STATE = {"agency": "Department of State", "agency_code": "DOS"}
FILLED = (
    {**LABOR, "title": "Sample program on child labor", "amount_usd": "5000000", "starts_on": "2023-10-01"},
    {**STATE, "title": "Sample program for prosecutors", "sector": "Rule of law", "ends_on": "2024-12-31"},
    {**LABOR, "country": "Cote d'Ivoire", "title": "Sample program in cocoa", "amount_usd": "1250000.50"},
)
SENT_AGAIN = (
    {**FILLED[0], "amount_usd": "5500000", "ends_on": "2027-09-30"},
    FILLED[1],
    {**STATE, "title": "Sample program that is new", "sector": "Anti-trafficking"},
    {**STATE, "country": "Atlantis", "title": "Sample program of nowhere"},
    {**STATE, "title": "Sample program with a formula", "amount_usd": "=1+1"},
)
EARLIER_NARRATIVE = NARRATIVE.replace(
    "Train every sample inspector.\n", "Train each sample inspector of mines.\nFund the sample shelters.\n"
)


@dataclass(frozen=True)
class CuratedRows:
    """Curated programs and plans by name."""

    programs: Mapping[str, USGProgram]
    plans: Mapping[str, NationalPlan]


NO_CURATED_ROWS = CuratedRows({}, {})


def form(*rows: Mapping[str, str]) -> str:
    """Return the form of U.S. programs as CSV text."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows({**BASIS, **row} for row in rows)
    return out.getvalue()


def record_curated_rows(folder: Path, analyst: User) -> CuratedRows:
    """Record programs from a form and by hand, plans, an earlier narrative of Ghana, and foreign assistance."""
    published(folder, form(*FILLED), "us_programs.csv")
    labor = USGProgram.objects.live().get(title=FILLED[0]["title"])
    document = SimpleUploadedFile("sample.txt", b"A sample of a document.")
    assessment = "Works in two of the districts that a partnership might choose; its registers could be used."
    current = replace_row(
        row=labor, values={"assessment": assessment, "document": document}, reason="Assessed", actor=analyst
    )
    withdrawn = record_row(row=_by_hand("Sample program recorded in error"), actor=analyst)
    withdraw_row(row=withdrawn, reason="Recorded twice", actor=analyst)
    ghana = current.country
    plan = record_row(
        row=NationalPlan(
            country=ghana,
            kind="action_plan",
            title="Sample national action plan",
            starts_year=2022,
            ends_year=2026,
            status="adopted",
            source="A sample",
            assessment="Names fishing and cocoa; no budget line is stated.",
        ),
        actor=analyst,
    )
    expired = NationalPlan(country=ghana, kind="child_protection", title="Sample strategy", ends_year=2020)
    expired.status, expired.source = "expired", "A sample"
    record_row(row=expired, actor=analyst)
    published(folder, EARLIER_NARRATIVE, "ghana_2022.txt")
    publish_values(folder / "assistance", list(_assistance()), edition="2025", name="assistance")
    return CuratedRows(
        {"in_effect": current, "replaced": labor, "withdrawn": withdrawn}, {"in_effect": plan, "expired": expired}
    )


def follow(country: Country, analyst: User) -> None:
    """Confirm the first row of the newest comparison of a country's recommendations."""
    found = recommendations_of(country)[0]
    row = found.rows[0]
    years = (found.older.report_year, found.newer.report_year)
    confirm_match(country=country, years=years, older=row.older, newer=row.newer, kind=row.kind, reviewer=analyst)


def sent_again(folder: Path) -> Import:
    """Bring a second form to its preview.

    It has one row each that is new, changed, and unchanged, and two rows that are rejected.
    """
    return previewed(folder, form(*SENT_AGAIN), "us_programs_again.csv")


def _by_hand(title: str) -> USGProgram:
    return USGProgram(
        country=Country.objects.get(code="GHA"),
        title=title,
        sector="other",
        source="A sample",
        starts_on=dt.date(2024, 1, 1),
        **{"agency": STATE["agency"]},
    )


def _assistance() -> list[dict[str, str]]:
    rows = []
    for year, quality in (("FY2022", "stated"), ("FY2023", "stated"), ("FY2024", "unconfirmed")):
        for code, amount in (("fa.obligations", "211104701"), ("fa.disbursements", "196000000")):
            rows.append(value(code, "GHA", year, amount, quality=quality))
    rows.append(value("fa.obligations_by_sector", "GHA", "FY2023", "7500000", series="DOL: Labor Rights"))
    return rows
