"""Tables of U.S. programs and national plans, and of the versions of one of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from cpc.web.badges import status
from cpc.web.lists import ListPage, declare
from cpc.web.markup import fragment, link, small
from cpc.web.tables import Column, Table
from indicators.curated.queries import Total, period_of, program_status
from indicators.models import Country, NationalPlan, USGProgram
from indicators.sources.usg_programs import COLUMNS, LIMITS, REQUIRED, SECTORS

_PROGRAM_COLUMNS: tuple[Column[USGProgram], ...] = (
    Column("country", lambda row: row.country.name, width=24),
    Column("iso3", lambda row: row.country.iso3 or row.country.code, width=8),
    Column("agency", lambda row: row.agency, width=36),
    Column("agency_code", lambda row: row.agency_code, width=12),
    Column("title", lambda row: row.title, width=44),
    Column("sector", lambda row: row.get_sector_display(), width=26),
    Column("implementer", lambda row: row.implementer, width=30),
    Column("starts_on", lambda row: row.starts_on, width=12),
    Column("ends_on", lambda row: row.ends_on, width=12),
    Column("amount_usd", lambda row: row.amount, width=16),
    Column("source", lambda row: row.source, width=44),
    Column("source_url", lambda row: row.source_url, width=30),
    Column("assessment", lambda row: row.assessment, width=60),
)
_PROGRAM = {column.label: column for column in _PROGRAM_COLUMNS}


def program_file(with_assessment: bool) -> tuple[Column[USGProgram], ...]:
    """Return the columns of the import form and the day of recording.

    An export with them can be corrected and imported again. Without `with_assessment` that column is left out, and
    the file cannot be imported.
    """
    shown = [name for name in COLUMNS if with_assessment or name != "assessment"]
    fields = tuple(_PROGRAM[name] for name in shown)
    return (*fields, Column("recorded_on", lambda row: row.recorded_at.date(), width=12))


PROGRAM_FORM: tuple[Column[USGProgram], ...] = tuple(_PROGRAM[name] for name in COLUMNS)

PROGRAM_NOTES: tuple[tuple[str, str], ...] = (
    ("What a row is", "One program of one agency in one country. It replaces the recorded version of that program."),
    ("How a program is identified", "By its country, agency, and title; upper and lower case don't matter."),
    ("country, iso3", "Either one is enough; if both are given, they must agree. Kosovo is XKX."),
    ("Required columns", ", ".join(REQUIRED)),
    ("sector", "One of: " + "; ".join(SECTORS.values())),
    ("starts_on, ends_on", "A date such as 2026-09-30; leave it empty if it is not known."),
    (
        "amount_usd",
        "U.S. dollars over the whole term, as a plain number; leave it empty if it is not known. Don't enter 0.",
    ),
    ("source_url", "An address that begins with https:// or http://."),
    ("Maximum number of characters", ", ".join(f"{name} {limit:,}" for name, limit in LIMITS.items())),
    ("Formulas", "Not read. A row with a formula is rejected."),
)


def plan_file(with_assessment: bool) -> tuple[Column[NationalPlan], ...]:
    fields: tuple[Column[NationalPlan], ...] = (
        Column("Country", lambda row: row.country.name, width=24),
        Column("Code", lambda row: row.country.code, width=8),
        Column("Kind", lambda row: row.get_kind_display(), width=36),
        Column("Title", lambda row: row.title, width=44),
        Column("First year", lambda row: row.starts_year, width=10),
        Column("Last year", lambda row: row.ends_year, width=10),
        Column("Status", lambda row: row.get_status_display(), width=16),
        Column("Source", lambda row: row.source, width=44),
        Column("Address", lambda row: row.source_url, width=30),
        Column("Recorded on", lambda row: row.recorded_at.date(), width=12),
    )
    return (*fields, Column("Assessment", lambda row: row.assessment, width=60)) if with_assessment else fields


PROGRAMS = declare(
    ListPage(
        "programs", "Programs of U.S. agencies", "program", "programs", "programs",
        filters=("q", "country", "agency", "sector", "running_on", "sort"),
    )
)  # fmt: skip
PLANS = declare(ListPage("plans", "National plans", "plan", "plans", "plans", filters=("q", "kind", "status")))


def programs_table(today: dt.date, *, with_assessment: bool) -> Table[USGProgram]:
    return Table(
        "Programs",
        [
            Column(
                "Program",
                lambda row: link(reverse("program", args=[row.pk]), row.title, f", {row.country.name}"),
                detail=lambda row: row.implementer,
                sort="title",
                order_by=("title", "country__name"),
            ),
            Column(
                "Country", lambda row: row.country.name, sort="country", order_by=("country__name", "agency", "title")
            ),
            Column("Agency", lambda row: row.agency, sort="agency", order_by=("agency", "country__name", "title")),
            Column(
                "Sector",
                lambda row: row.get_sector_display(),
                sort="sector",
                order_by=("sector", "country__name", "title"),
            ),
            Column("Dates", lambda row: days(row, today), sort="ends", order_by=("ends_on", "country__name", "title")),
            Column(
                "Amount",
                _amount,
                "money",
                sort="amount",
                order_by=("amount", "country__name", "title"),
                descending_first=True,
            ),
        ],
        caption="Programs of U.S. agencies",
        css="usa-table--hover",
        default_sort="country",
        file=program_file(with_assessment),
        file_is_form=True,
        more=[
            Column("Code", lambda row: row.country.code, width=8),
            Column("Region", lambda row: row.country.region),
            Column("Starts", lambda row: row.starts_on, "day"),
            Column("Ends", lambda row: row.ends_on, "day"),
            Column("Implementer", lambda row: row.implementer, css="is-wide"),
            Column("Source", lambda row: row.source, css="is-wide", width=44),
            Column("Recorded on", lambda row: row.recorded_at.date(), "day"),
        ],
        per_page=25,
    )


def days(row: USGProgram, today: dt.date) -> SafeString:
    return fragment("indicators/curated/_program_days.html", row=row, program_status=program_status(row, today))


def _amount(row: USGProgram) -> Decimal | SafeString:
    return status("unknown", "Not known") if row.amount is None else row.amount


def sectors_table(country: Country) -> Table[Total]:
    return Table(
        "Programs by sector",
        [
            Column("Sector", lambda row: row.label),
            Column("Programs", lambda row: row.programs, "number"),
            Column("Known amounts", lambda row: row.known if row.with_amount else None, "money"),
            Column("Not known", lambda row: row.without_amount, "number"),
        ],
        caption=f"Programs in {country.name} by sector",
    )


def plans_table(today: dt.date, *, with_assessment: bool) -> Table[NationalPlan]:
    return Table(
        "Plans",
        [
            Column("Country", lambda row: row.country.name),
            Column(
                "Plan",
                lambda row: link(reverse("plan", args=[row.pk]), row.title, f", {row.country.name}"),
                css="is-wide",
            ),
            Column("Kind", lambda row: row.get_kind_display()),
            Column(
                "Period",
                lambda row: fragment("indicators/curated/_plan_period.html", row=row, period=period_of(row, today)),
            ),
            Column("Status", lambda row: fragment("indicators/curated/_plan_status.html", row=row)),
        ],
        caption="National plans by country",
        css="usa-table--hover",
        file=plan_file(with_assessment),
        per_page=25,
    )


def history_table(
    here: USGProgram | NationalPlan, history: Sequence[USGProgram | NationalPlan], noun: str, url: str
) -> Table[USGProgram | NationalPlan]:
    """Return the versions of a program or plan, the newest first; `url` is the name of their page."""
    numbers = {row.pk: len(history) - index for index, row in enumerate(history)}

    def title(row: USGProgram | NationalPlan) -> SafeString:
        if row.pk == here.pk:
            return format_html("{} {}", row.title, small("this version"))
        return link(reverse(url, args=[row.pk]), row.title, f", version {numbers[row.pk]}")

    def state(row: USGProgram | NationalPlan) -> SafeString:
        if row.is_live:
            return status("good", "In effect")
        if row.pk == history[0].pk:
            return status("none", "Withdrawn", icon_name="undo")
        return status("none", "Replaced", icon_name="history")

    return Table(
        "History",
        [
            Column("Version", title),
            Column("State", state),
            Column("Recorded", lambda row: row.recorded_at, "moment", detail=lambda row: str(row.recorded_by or "")),
            Column("Until", lambda row: row.superseded_at, "moment", detail=lambda row: str(row.superseded_by or "")),
            Column("Why", lambda row: row.superseded_reason, css="is-wide"),
        ],
        caption=f"Versions of this {noun}, newest first",
        row_css=lambda row: "is-here" if row.pk == here.pk else "",
    )
