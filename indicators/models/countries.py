"""Countries, territories, and former states, and the names that publishers use for them."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q

from cpc.database.triggers import referred_to, same_key
from indicators.countries import CountryListKind


class CountryKind(models.TextChoices):
    """Kind of an entry in the list of countries; see `indicators.countries`."""

    STATE = CountryListKind.STATE.value, "Country"
    TERRITORY = CountryListKind.TERRITORY.value, "Territory"
    FORMER = CountryListKind.FORMER.value, "Former state"
    SAMPLE = "sample", "Sample"


SAMPLE_CODE = "X-SAMPLE"
SAMPLE_NAME = "Sample Country"


def never_of_sample(*operations: pgtrigger.core.Operation) -> list[pgtrigger.Trigger]:
    """Return triggers that reject rows on Sample Country, once per statement; by default new rows alone.

    What is measured, ranked, or selected is about a real country. Name the operations of tables whose rows can move to
    another country.
    """
    return [
        pgtrigger.Trigger(
            name=f"c_never_of_sample_{operation}".lower(),
            level=pgtrigger.Statement,
            when=pgtrigger.After,
            operation=operation,
            referencing=pgtrigger.Referencing(new="new_rows"),  # type: ignore[no-untyped-call]  # pgtrigger is untyped
            func="""
                IF EXISTS (SELECT 1 FROM indicators_country c WHERE c.kind = 'sample'
                           AND c.id IN (SELECT n.country_id FROM new_rows n)) THEN
                    RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'sample_country',
                        MESSAGE = 'Sample Country does not exist. Only a sample partnership is about it.';
                END IF;
                RETURN NULL;
            """,
        )
        for operation in operations or (pgtrigger.Insert,)
    ]


class CountryQuerySet(models.QuerySet["Country"]):
    def states(self) -> CountryQuerySet:
        return self.filter(kind=CountryKind.STATE)


class RealCountries(models.Manager["Country"]):
    """The countries of the list. No pool, form, search, import, or page of countries finds Sample Country."""

    def get_queryset(self) -> CountryQuerySet:
        return CountryQuerySet(self.model, using=self._db).exclude(kind=CountryKind.SAMPLE)

    def states(self) -> CountryQuerySet:
        return self.get_queryset().states()


class Country(models.Model):
    """Country, territory, or former state.

    `code` is ISO 3166 alpha-3, XKX for Kosovo, or `X-...` if there is no code. Sample Country does not exist:
    `objects` leaves it out, and the database accepts no observation, candidate, or score of it.
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

    objects = RealCountries()

    class Meta:
        ordering = ("name",)
        verbose_name_plural = "countries"
        triggers = [*referred_to(("indicators_observation", "country_id")), same_key()]
        constraints = (
            models.UniqueConstraint(name="country_iso3", fields=("iso3",), condition=~Q(iso3="")),
            models.CheckConstraint(
                name="country_one_sample",
                condition=Q(kind=CountryKind.SAMPLE, code=SAMPLE_CODE)
                | ~(Q(kind=CountryKind.SAMPLE) | Q(code=SAMPLE_CODE)),
                violation_error_code="sample_country",
                violation_error_message="Only Sample Country is a sample.",
            ),
            models.UniqueConstraint(name="country_iso2", fields=("iso2",), condition=~Q(iso2="")),
        )

    def __str__(self) -> str:
        return self.name

    @classmethod
    def with_sample(cls) -> models.QuerySet[Country]:
        return cls._base_manager.all()

    @classmethod
    def sample(cls) -> Country:
        return cls.with_sample().get(kind=CountryKind.SAMPLE)

    @property
    def is_sample(self) -> bool:
        return self.kind == CountryKind.SAMPLE


class CountryAlias(models.Model):
    """Name or code that a publisher uses for a country; `source` limits it to one source's files."""

    country = models.ForeignKey(Country, on_delete=models.CASCADE, related_name="aliases")
    text = models.CharField(max_length=150)
    source = models.CharField(max_length=40, blank=True)

    class Meta:
        ordering = ("text",)
        verbose_name_plural = "country aliases"
        constraints = (models.UniqueConstraint(name="country_alias_once", fields=("text", "source", "country")),)
        triggers = never_of_sample(pgtrigger.Insert, pgtrigger.Update)

    def __str__(self) -> str:
        return self.text
