"""Countries, territories, and former states, and the names that publishers use for them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from cpc.database.triggers import referred_to, same_key
from indicators.countries import CountryListKind


class CountryKind(models.TextChoices):
    """Kind of an entry in the list of countries; see `indicators.countries`."""

    STATE = CountryListKind.STATE.value, "Country"
    TERRITORY = CountryListKind.TERRITORY.value, "Territory"
    FORMER = CountryListKind.FORMER.value, "Former state"


class CountryQuerySet(models.QuerySet["Country"]):
    def states(self) -> CountryQuerySet:
        return self.filter(kind=CountryKind.STATE)


class Country(models.Model):
    """Country, territory, or former state.

    `code` is ISO 3166 alpha-3, XKX for Kosovo, or `X-...` if there is no code.
    """

    code = models.CharField(max_length=30, unique=True)
    iso2 = models.CharField(max_length=2, blank=True)
    iso3 = models.CharField(max_length=3, blank=True)
    numeric = models.CharField(max_length=3, blank=True)
    gec = models.CharField("FIPS 10-4 code", max_length=2, blank=True)
    name = models.CharField(max_length=100, unique=True)
    short_name = models.CharField(max_length=60)
    region = models.CharField(max_length=40, blank=True)
    kind = models.CharField(max_length=10, choices=CountryKind.choices)
    successor_code = models.CharField(max_length=30, blank=True)

    objects = CountryQuerySet.as_manager()

    class Meta:
        ordering = ("name",)
        verbose_name_plural = "countries"
        triggers = [*referred_to(("indicators_observation", "country_id")), same_key()]
        constraints = (
            models.UniqueConstraint(name="country_iso3", fields=("iso3",), condition=~Q(iso3="")),
            models.UniqueConstraint(name="country_iso2", fields=("iso2",), condition=~Q(iso2="")),
        )

    def __str__(self) -> str:
        return self.name


class CountryAlias(models.Model):
    """Name or code that a publisher uses for a country; `source` limits it to one source's files."""

    country = models.ForeignKey(Country, on_delete=models.CASCADE, related_name="aliases")
    text = models.CharField(max_length=150)
    source = models.CharField(max_length=40, blank=True)

    class Meta:
        ordering = ("text",)
        verbose_name_plural = "country aliases"
        constraints = (models.UniqueConstraint(name="country_alias_once", fields=("text", "source", "country")),)

    def __str__(self) -> str:
        return self.text
