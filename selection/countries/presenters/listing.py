"""Table of the list of countries."""

from __future__ import annotations

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from cpc.web.lists import ListPage, declare
from cpc.web.markup import link
from cpc.web.tables import Column, Table
from indicators.models import CountryKind
from selection.countries.queries.listing import CountryEntry

COUNTRIES = declare(
    ListPage(
        "countries", "Countries", "entry", "entries", "countries",
        filters=("q", "region", "kind", "tier", "income", "sort"), beside=("show",),
    )
)  # fmt: skip
INCOME = {"L": "Low", "LM": "Lower middle", "UM": "Upper middle", "H": "High"}
UNCONFIRMED = mark_safe('<span aria-hidden="true">*</span><span class="u-sr">, not confirmed</span>')  # a constant


def countries_table(*, sees: bool) -> Table[CountryEntry]:
    """Return the table of countries; `sees` shows ranks to accounts that see rankings."""
    columns: list[Column[CountryEntry]] = [
        Column("Country", _name, sort="name"),
        Column("Region", lambda entry: entry.country.region, sort="region"),
        Column("Tier", lambda entry: entry.tier, html=_tier, sort="tier"),
        Column("Income group", lambda entry: INCOME.get(entry.income, ""), sort="income"),
    ]
    more: list[Column[CountryEntry]] = [
        Column("Code", lambda entry: entry.country.code, width=8),
        Column("Year of the tier", lambda entry: str(entry.tier_year) if entry.tier else "", width=14),
        Column("Quality of the tier", lambda entry: entry.tier_quality),
        Column("Kind", lambda entry: CountryKind(entry.country.kind).label),
    ]
    if sees:
        columns.append(
            Column(
                "Rank", lambda entry: entry.row.rank if entry.row else None, "number", html=_rank, sort="rank",
            )
        )  # fmt: skip
        more.append(Column("Status in the ranking", lambda entry: entry.status))
    return Table(
        "Countries",
        columns,
        caption=f"Countries with region, tier, income class{', and rank' if sees else ''}",
        css="usa-table--hover c-countries",
        more=more,
    )


def _name(entry: CountryEntry) -> SafeString:
    return link(reverse("country", args=[entry.country.code]), entry.country.name)


def _tier(entry: CountryEntry) -> SafeString:
    if not entry.tier:
        return SafeString("")
    mark = UNCONFIRMED if entry.tier_quality == "unconfirmed" else ""
    return format_html('{}{} <span class="u-muted u-small">{}</span>', entry.tier, mark, entry.tier_year)


def _rank(entry: CountryEntry) -> SafeString:
    if entry.row and entry.row.rank:
        return format_html("{}", entry.row.rank)
    return format_html('<span class="u-muted">{}</span>', entry.status) if entry.status else SafeString("")
