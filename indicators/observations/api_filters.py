"""Filters of the REST lists, and their parameter `as_of`."""

from __future__ import annotations

import datetime as dt

from django.http import QueryDict
from django.utils import timezone
from django_filters import rest_framework as filters
from rest_framework.exceptions import ValidationError

from cpc.api.filters import ENCODE_PLUS, AnyOf, OneOf, moment_with_zone
from cpc.plausible import MESSAGE, is_plausible
from indicators import countries as reference
from indicators.models import Country, CountryKind, Indicator, Source
from indicators.observations.as_of import current, known_at

REGIONS = reference.region_names()


class CountryFilter(filters.FilterSet):  # type: ignore[misc]  # django-filter ships no types
    kind = filters.MultipleChoiceFilter(
        choices=CountryKind.choices,
        distinct=False,
        help_text="The kind of entry: state, territory, or former (state).",
        error_messages={"invalid_choice": "“%(value)s” is not one of state, territory, and former."},
    )
    region = filters.MultipleChoiceFilter(
        choices=[(region, region) for region in REGIONS],
        distinct=False,
        help_text="Region, as the Department of State's regional bureaus divide the world.",
        error_messages={"invalid_choice": f"There is no region “%(value)s”. The regions are: {'; '.join(REGIONS)}."},
    )


def by_source(field_name: str) -> OneOf:
    return OneOf(
        queryset=Source.objects.all(),
        key="key",
        field_name=field_name,
        noun="source",
        where="/api/v1/sources/",
        help_text="Key of a source.",
    )


class IndicatorFilter(filters.FilterSet):  # type: ignore[misc]  # django-filter ships no types
    source = by_source("source__key")


class ObservationFilter(filters.FilterSet):  # type: ignore[misc]  # django-filter ships no types
    country = OneOf(
        queryset=Country.objects.all(),
        key="code",
        field_name="country__code",
        noun="country",
        where="/api/v1/countries/",
        help_text="Code of a country, such as GHA.",
    )
    indicator = OneOf(
        queryset=Indicator.objects.all(),
        key="code",
        field_name="indicator__code",
        noun="indicator",
        where="/api/v1/indicators/",
        help_text="Code of an indicator, such as cpi.score.",
    )
    source = by_source("indicator__source__key")
    period = AnyOf(field_name="period", help_text="Reference period, such as 2024 or FY2026.")
    series = AnyOf(
        field_name="series", help_text="Series; empty (`series=`) returns only the main one.", may_be_empty=True
    )


def number_as_of(text: str | None) -> int:
    """Return the publication number for `as_of`, a number or a moment; without it, the newest.

    Raises `ValidationError` (400) if the number does not exist yet, or the moment has no time zone or is not past.
    """
    newest = current()
    if text is None:
        return newest
    if text.isascii() and text.isdecimal() and len(text) < 10:
        if int(text) > newest:
            raise ValidationError(
                {"as_of": [f"There is no publication {text} yet; the newest is {newest}."]}, code="does_not_exist"
            )
        return int(text)
    return known_at(_moment(text))


def published_by(parameters: QueryDict) -> dt.date | None:
    """Return the requested day of publication.

    Raises `ValidationError` (400) for anything but a day.
    """
    text = parameters.get("published_by")
    if text is None:
        return None
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or not is_plausible(day):
        raise ValidationError({"published_by": [f"“{text}” is not a date. Write 2020-12-31. {MESSAGE}"]})
    return day


def requested_indicators(parameters: QueryDict) -> list[str]:
    """Return the codes of the indicators that the parameters select; all if they select none.

    PostgreSQL does not accept U+0000, so a text with it selects nothing; the filters of the list reject it.
    """
    rows = Indicator.objects.all()
    for name, column in (("indicator", "code__in"), ("source", "source__key__in")):
        if asked := parameters.getlist(name):
            rows = rows.filter(**{column: [text for text in asked if "\x00" not in text]})
    return list(rows.values_list("code", flat=True))


def _moment(text: str) -> dt.datetime:
    in_utc = moment_with_zone(text)
    if in_utc is None:
        raise ValidationError(
            {
                "as_of": [
                    f"“{text}” is neither a publication number nor a moment with a time zone. "
                    f"Write 12, or 2026-11-20T15:00:00Z. {ENCODE_PLUS}"
                ]
            }
        )
    if in_utc > timezone.now():
        raise ValidationError(
            {"as_of": [f"“{text}” is in the future; data as of that moment are not known yet."]}, code="does_not_exist"
        )
    return in_utc
