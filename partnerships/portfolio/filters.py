from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.db.models import QuerySet
from django.db.models.functions import Coalesce
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema_field

from cpc.api.filters import DayFilter, Moment, OneOf
from indicators.models import Country
from partnerships.models import RUN_HERE, Partnership, RecordKind, Status


def _date(field: str, lookup: str, help_text: str) -> DayFilter:
    return DayFilter(field_name=field, lookup_expr=lookup, help_text=help_text)


def _money(help_text: str) -> filters.NumberFilter:
    """Return a filter by U.S. dollars. The schema states django-filter's largest value."""
    made = filters.NumberFilter(method="with_money", max_value=1e50, help_text=help_text)
    extend_schema_field({"type": "number", "format": "double", "maximum": 1e50, "description": help_text})(made)
    return made


class PartnershipFilter(filters.FilterSet):  # type: ignore[misc]  # django-filter ships no types
    """Partnerships by country, status, term, money, and change. Unknown values match no bound."""

    country = OneOf(
        queryset=Country.with_sample(),
        key="code",
        field_name="country__code",
        noun="country",
        where="/api/v1/countries/",
        help_text="Code of a country, such as GHA.",
    )
    region = filters.MultipleChoiceFilter(
        field_name="country__region",
        choices=lambda: [
            (r, r)
            for r in Country.objects.exclude(region="").order_by("region").values_list("region", flat=True).distinct()
        ],
        distinct=False,
        help_text="The geography of the Department of State's regional bureaus.",
        error_messages={"invalid_choice": "“%(value)s” is not a region. See /api/v1/countries/ for the regions."},
    )
    status = filters.MultipleChoiceFilter(
        choices=Status.choices,
        distinct=False,
        help_text="The current status.",
        error_messages={
            "invalid_choice": f"“%(value)s” is not a status. The statuses are: {', '.join(Status.values)}."
        },
    )
    kind = filters.MultipleChoiceFilter(
        choices=RecordKind.choices,
        distinct=False,
        help_text=(
            "Run in this application, or known from public statements. The sample is left out unless this is `sample`."
        ),
        error_messages={"invalid_choice": f"“%(value)s” is not a kind. The kinds are: {', '.join(RecordKind.values)}."},
    )
    fiscal_year = filters.NumberFilter(
        method="in_fiscal_year",
        min_value=2013,
        max_value=2100,
        decimal_places=0,
        help_text="A U.S. fiscal year, such as 2026, that includes a day of the term.",
    )
    extend_schema_field(
        {
            "type": "integer",
            "minimum": 2013,
            "maximum": 2100,
            "description": "A U.S. fiscal year, such as 2026, that includes a day of the term.",
        }
    )(fiscal_year)
    starts_from = _date("starts_on", "gte", "The term starts on this date or later.")
    starts_to = _date("starts_on", "lte", "The term starts on this date or earlier.")
    ends_from = _date("ends_on", "gte", "The agreed last day of the term is this date or later.")
    ends_to = _date("ends_on", "lte", "The agreed last day of the term is this date or earlier.")
    planned_min = _money("At least this many U.S. dollars are planned.")
    planned_max = _money("At most this many U.S. dollars are planned.")
    obligated_min = _money("At least this many U.S. dollars are obligated, net.")
    obligated_max = _money("At most this many U.S. dollars are obligated, net.")
    updated_since = Moment(
        field_name="updated_at",
        lookup_expr="gte",
        help_text=(
            "A time, such as 2026-11-20T15:00:00Z. A change has the time at which it was written, but is visible only "
            "after its transaction ends. To miss no change, ask from a minute before your last request."
        ),
    )

    def in_fiscal_year(self, rows: QuerySet[Partnership], name: str, value: int) -> QuerySet[Partnership]:
        """Filter by a U.S. fiscal year, from October 1 of the year before to September 30."""
        year = int(value)
        last_day = Coalesce("ended_on", "ends_on")
        return rows.alias(last_day=last_day).filter(
            starts_on__lte=date(year, 9, 30), last_day__gte=date(year - 1, 10, 1)
        )

    def with_money(self, rows: QuerySet[Partnership], name: str, value: Decimal) -> QuerySet[Partnership]:
        """Filter by a bound on a total. Records without a ledger have no totals and never match."""
        total, _, bound = name.partition("_")
        lookup = "gte" if bound == "min" else "lte"
        return rows.filter(**{"kind__in": RUN_HERE, f"{total}_total__{lookup}": value})
