"""Tables of values and of indicators, and their columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from cpc.accounts.models import User
from cpc.web import formats
from cpc.web.badges import status
from cpc.web.lists import ListPage, declare
from cpc.web.markup import code, fragment, lines, link, small
from cpc.web.tables import Column, Table
from cpc.web.templatetags.web import when
from indicators.cross_app_links import country_url
from indicators.models import Country, CountryKind, Indicator, Observation, Source, UnpublishedEdition
from indicators.observations.catalog import Freshness, IndicatorEntry, SourceEntry
from indicators.observations.unpublished import Statement
from indicators.templatetags.indicators_tags import scale

if TYPE_CHECKING:
    from indicators.observations.forms import ValuesForm


def _missing(row: Observation) -> str:
    return formats.missing(row.missing) if row.missing else ""


VALUES = declare(
    ListPage(
        "values", "Values of an indicator", "value", "values", "indicator",
        filters=("q", "region", "series", "period", "as_of", "published_by", "sort"),
    )
)  # fmt: skip
VALUES_FILE: tuple[Column[Observation], ...] = (
    Column("Country", lambda row: row.country.name, width=28),
    Column("Code", lambda row: row.country.code, width=8),
    Column("Indicator", lambda row: row.indicator.code, width=28),
    Column("Period", lambda row: row.period, width=10),
    Column("Series", lambda row: row.series, width=14),
    Column("Value", lambda row: row.label or row.value, width=14),
    Column("Unit", lambda row: row.indicator.unit, width=18),
    Column("Why no value", _missing, width=18),
    Column("Standard error", lambda row: row.standard_error, width=14),
    Column("Low", lambda row: row.low, width=10),
    Column("High", lambda row: row.high, width=10),
    Column("Quality", lambda row: row.get_quality_display(), width=12),
    Column("Edition", lambda row: row.edition, width=12),
    Column("Text in the file", lambda row: row.raw_text, width=20),
    Column("File", lambda row: row.file.name, width=36),
    Column("Place in the file", lambda row: row.locator, width=36, name="location"),
    Column("SHA-256 of the file", lambda row: row.file.sha256, width=66),
    Column("Publication", lambda row: row.valid_from, width=12),
    Column("Attribution", lambda row: row.indicator.source.attribution, width=40),
)


def value_notes(indicator: Indicator, form: ValuesForm) -> list[tuple[str, str]]:
    """Return the description of a list of values, for the sheet "About"."""
    source = indicator.source
    as_of = form.cleaned_data["as_of"]
    known = "now" if as_of.number is None else f"publication number {as_of.number}"
    return [
        ("Indicator", f"{indicator.name} ({indicator.code})"),
        ("What is measured", indicator.wording),
        ("Source", f"{source.title}, {indicator.stated_publisher}"),
        ("License", source.license),
        ("Attribution", source.attribution),
        ("As known", known),
        *((label, value) for name, label, value in form.narrowing if name != "as_of"),
    ]


def indicators_table(source: Source) -> Table[IndicatorEntry]:
    return Table(
        "Indicators",
        [
            Column(
                "Indicator",
                lambda row: link(reverse("indicator", args=[row.indicator.code]), row.indicator.name),
                detail=lambda row: row.indicator.wording,
            ),
            Column("Scale", lambda row: scale(row.indicator)),
            Column("Direction", _direction, css="u-nowrap"),
            Column("Newest", lambda row: row.newest_period),
            Column("Countries", lambda row: row.countries if row.values else None, "number"),
            Column("Values", lambda row: row.values or None, "number"),
        ],
        caption=f"Indicators of {source.title}",
        css="usa-table--hover",
        per_page=25,
    )


def _direction(row: IndicatorEntry) -> str:
    return row.indicator.get_direction_display() if row.indicator.direction else "Not stated"


def unpublished_sentence(row: UnpublishedEdition) -> str:
    day = formats.day(row.as_of)
    return (
        f"{row.source.publisher} has not published {row.source.title} {row.edition}, as of {day}. "
        f"Recorded by {row.recorded_by}: {row.evidence}"
    )


def unpublished_table(*, may_withdraw: bool) -> Table[Statement]:
    columns: list[Column[Statement]] = [
        Column("Edition", lambda statement: statement.row.edition),
        Column("Not published as of", lambda statement: statement.row.as_of, "day"),
        Column("Where the person looked", lambda statement: statement.row.evidence, css="is-wide"),
        Column(
            "Recorded",
            lambda statement: statement.row.recorded_at,
            "moment",
            detail=lambda statement: str(statement.row.recorded_by),
        ),
        Column("Status", _statement_status),
    ]
    if may_withdraw:
        columns.append(Column("Undo", lambda statement: _withdraw(statement.row), hidden_label=True))
    return Table(
        "Editions not published", columns, caption="Editions recorded as not published", css="usa-table--hover"
    )


def _statement_status(statement: Statement) -> SafeString:
    row = statement.row
    if not row.is_live:
        by = format_html("{}, {}: {}", when(row.superseded_at, "moment"), row.superseded_by, row.superseded_reason)
        return lines(status("none", "Withdrawn", icon_name="undo"), small(by))
    if statement.is_loaded:
        return lines(status("none", "No effect"), small("This edition is loaded now."))
    return status("good", "In effect")


def _withdraw(row: UnpublishedEdition) -> SafeString | None:
    if not row.is_live:
        return None
    url = reverse("unpublished-edition-withdraw", args=[row.pk])
    return link(url, "Withdraw", f" the statement on edition {row.edition}")


ERRORS = Column[Observation](
    "Error or interval",
    lambda row: fragment("indicators/observations/_error.html", row=row),
    "number",
)


def values_table(indicator: Indicator, rows: Sequence[Observation], user: User) -> Table[Observation]:
    """Return the table with one value per country.

    Errors have a column if `rows` have any; if all values come from one file, it is named once, below.
    """
    has_errors = any(row.standard_error is not None or row.low is not None for row in rows)
    one_file = len({row.file_id for row in rows}) == 1
    unit = f", in {indicator.unit}" if indicator.unit else ""

    def location(row: Observation) -> SafeString:
        hidden = f", the source of the value for {row.country.name}"
        locator = link(reverse("observation", args=[row.pk]), code(row.locator), hidden)
        file = "" if one_file else format_html('<span class="u-muted">{}</span> ', row.file.name)
        return format_html('<span class="c-source">{}{}</span>', file, locator)

    columns: list[Column[Observation]] = [
        Column("Country", lambda row: _country(row.country, user), sort="country"),
        Column("Period", lambda row: row.period, sort="period", descending_first=True),
        Column(
            "Value",
            lambda row: fragment("indicators/observations/_value.html", row=row),
            "text" if indicator.labels else "number",
            sort="value",
            descending_first=not indicator.labels,
            css="u-strong",
        ),
        Column(
            "Quality",
            lambda row: fragment("indicators/observations/_quality.html", quality=row.quality),
            sort="quality",
        ),
        Column("Edition", lambda row: row.edition, sort="edition", descending_first=True),
        Column(
            "Location in the file" if one_file else "File and location", location, phone="Location", name="location"
        ),
    ]
    if has_errors:
        columns.insert(3, ERRORS)
    return Table(
        "Values",
        columns,
        caption=f"{indicator.name} by country{unit}",
        css="usa-table--hover",
        default_sort="country",
        file=VALUES_FILE,
        per_page=25,
    )


def _country(country: Country, user: User) -> SafeString | str:
    url = country_url(country.code, user)
    name = link(url, country.name) if url else country.name
    if country.kind == CountryKind.STATE:
        return name
    return format_html("{} {}", name, small(country.get_kind_display().lower()))


# ---- sources -------------------------------------------------------------------------------------------------------

SOURCES = declare(ListPage("sources", "Sources", "source", "sources", "sources", filters=("as_of",)))


def sources_table(states: int, *, may_import: bool) -> Table[SourceEntry]:
    """Return the table of the catalog; `states` is the number of states of which the countries are counted.

    `may_import` links an import that waits for review.
    """

    def countries(row: SourceEntry) -> SafeString:
        if not row.values:
            return SafeString(formats.DASH)
        return format_html('{} <span class="u-muted">of {}</span>', row.countries, states)

    def newest(row: SourceEntry) -> SafeString:
        return fragment("indicators/observations/_newest.html", entry=row, may_import=may_import)

    return Table(
        "Sources",
        [
            Column(
                "Source",
                lambda row: link(reverse("source", args=[row.source.key]), row.source.title),
                detail=lambda row: row.source.publisher,
                width=32,
            ),
            Column("Newest edition", _newest_text, html=newest, name="newest", css="is-wide c-state", width=40),
            Column(
                "In use by the desk screen", _in_use_text, html=_in_use, name="in-use", css="is-wide c-state", width=40
            ),
            Column("Years", lambda row: row.years, css="u-nowrap"),
            Column("Countries", lambda row: row.countries if row.values else None, "number", html=countries),
            Column("Values", lambda row: row.values or None, "number"),
            Column(
                "License and attribution",
                lambda row: row.source.license,
                detail=lambda row: row.source.attribution,
                name="license",
                css="is-wide",
                width=32,
            ),
        ],
        caption="Sources with their age, coverage, and license",
        css="usa-table--hover",
        more=[
            Column("Key", lambda row: row.source.key, html=lambda row: code(row.source.key)),
            Column("Edition", lambda row: row.newest.label if row.newest else ""),
            Column("Edition published", lambda row: row.newest.published_on if row.newest else None, "day"),
            Column("State", lambda row: row.state.label),
            Column("Months between editions", lambda row: row.source.cadence_months, "number"),
            Column("Home page", lambda row: row.source.homepage, css="u-break", width=32),
        ],
    )


def _statements(found: Sequence[Freshness]) -> str:
    return "; ".join(f"{one.label}: {one.detail}" if one.detail else one.label for one in found)


def _newest_text(row: SourceEntry) -> str:
    edition = row.newest.label if row.newest else ""
    return "; ".join(part for part in (edition, _statements(row.freshness), row.unconfirmed) if part)


def _in_use_text(row: SourceEntry) -> str:
    return _statements(row.in_use)


def _in_use(row: SourceEntry) -> SafeString:
    return fragment("indicators/observations/_freshness.html", statements=row.in_use)
