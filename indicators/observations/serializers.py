"""REST serializers of countries, sources, indicators, and observations.

Read-only.
"""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from cpc.api.serializers import CodeAndNameSerializer, NullIfEmpty, example
from indicators.models import (
    Confirmation,
    Country,
    CountryKind,
    Direction,
    Indicator,
    Observation,
    Source,
    UnpublishedEdition,
)
from indicators.observations.published import dating_of
from indicators.observations.witness import WitnessVerdict
from indicators.sources.base import Missing, Quality

MISSING = [(reason.value, reason.value.replace("_", " ")) for reason in Missing]
VERDICTS = [(verdict.value, verdict.value) for verdict in WitnessVerdict]
QUALITY = [(quality.value, quality.value) for quality in Quality]
DIRECTIONS = [(direction.name.lower(), direction.label) for direction in Direction]

COUNTRY_CODE = "ISO 3166 alpha-3; XKX for Kosovo, X- and a name if there is no code."

COUNTRY_EXAMPLE = {
    "code": "XKX",
    "iso2": "XK",
    "iso3": "XKX",
    "numeric": "",
    "name": "Kosovo",
    "short_name": "Kosovo",
    "region": "Europe and Eurasia",
    "kind": "state",
    "successor": None,
    "aliases": ["Republic of Kosovo"],
}
OBSERVATION_EXAMPLE = {
    "id": 43210,
    "indicator": "cpi.score",
    "country": {"code": "GHA", "name": "Ghana"},
    "period": "2024",
    "series": "",
    "value": 42.0,
    "label": None,
    "missing": None,
    "standard_error": 1.690387,
    "low": 39.22776,
    "high": 44.77224,
    "quality": "stated",
    "note": "",
    "provenance": {
        "source": "cpi",
        "publisher": "Transparency International",
        "edition": "2025",
        "published_on": "2026-01-31",
        "dated_by": "The index of a year appears by January 31 of the next year.",
        "file": {
            "name": "CPI2025_Results.xlsx",
            "sha256": "68c7be347f31faae9af089275d6568eb81e3c7575b4bfd8073d7fae5337f5254",
        },
        "locator": "CPI Historical!E863",
        "raw_text": "42",
    },
    "confirmed_by": [],
    "second_witness": None,
    "known_from": 5,
    "known_to": None,
    "superseded_at": None,
}


@example("Kosovo", COUNTRY_EXAMPLE)
class CountrySerializer(serializers.ModelSerializer[Country]):
    """A country, territory, or former state that a publisher lists."""

    kind = serializers.ChoiceField(choices=CountryKind.choices, help_text="The kind of entry in the list of countries.")
    successor = NullIfEmpty(
        source="successor_code", allow_null=True, help_text="Code of the one state that continues a former one."
    )
    aliases: serializers.SlugRelatedField[Any] = serializers.SlugRelatedField(
        many=True, read_only=True, slug_field="text", help_text="Names and codes that publishers use for it."
    )

    class Meta:
        model = Country
        fields = (
            "code",
            "iso2",
            "iso3",
            "numeric",
            "name",
            "short_name",
            "region",
            "kind",
            "successor",
            "aliases",
        )
        extra_kwargs = {
            "code": {"help_text": COUNTRY_CODE},
            "iso2": {"help_text": "ISO 3166 alpha-2; empty if there is none."},
            "iso3": {"help_text": "ISO 3166 alpha-3; empty if there is none."},
            "numeric": {"help_text": "ISO 3166 numeric, with leading zeros; empty if there is none."},
            "name": {"help_text": "The name shown on pages."},
            "short_name": {"help_text": "A short name for narrow columns."},
            "region": {"help_text": "Region, as the Department of State's regional bureaus divide the world."},
        }


class UnpublishedSerializer(serializers.Serializer[UnpublishedEdition]):
    """A statement in effect that the publisher had not published an edition by a day."""

    edition = serializers.CharField(help_text="The year that the edition's values describe.")
    as_of = serializers.DateField(help_text="The day on which a person saw that it was not published.")
    evidence = serializers.CharField(help_text="Where the person looked.")
    recorded_by = serializers.CharField(help_text="The person.")
    recorded_at = serializers.DateTimeField(help_text="When the statement was recorded.")


class SourceSerializer(serializers.ModelSerializer[Source]):
    """A publisher's series of editions, with the notice that must appear beside its values."""

    indicators: serializers.SlugRelatedField[Any] = serializers.SlugRelatedField(
        many=True, read_only=True, slug_field="code", help_text="Codes of the indicators it publishes."
    )
    frozen = serializers.BooleanField(source="is_frozen", help_text="True if the publisher has ended the series.")
    publication_rule = serializers.SerializerMethodField(
        help_text="When its values count as published if no file gives the date; empty without such a rule."
    )

    not_published = UnpublishedSerializer(
        many=True,
        source="stated_unpublished",
        help_text="Editions that analysts recorded as not published. Once an edition is loaded, its statement has no "
        "effect.",
    )

    class Meta:
        model = Source
        fields = (
            "key",
            "title",
            "publisher",
            "license",
            "attribution",
            "homepage",
            "cadence_months",
            "frozen",
            "publication_rule",
            "not_published",
            "note",
            "indicators",
        )
        extra_kwargs = {
            "key": {"help_text": "The name in addresses and filters."},
            "title": {"help_text": "The name shown on pages."},
            "publisher": {"help_text": "Who publishes it."},
            "homepage": {"help_text": "The publisher's page for it; empty if there is none."},
            "attribution": {"help_text": "The attribution that must accompany every value from this source."},
            "license": {"help_text": "The terms under which the publisher lets its values be used."},
            "cadence_months": {
                "help_text": "Months from one edition to the next; null if the publisher has ended the series."
            },
            "note": {"help_text": "What to know before comparing values."},
        }

    def get_publication_rule(self, source: Source) -> str:
        """Return the description of the rule."""
        return dating_of(source.key).rule_text


class IndicatorSerializer(serializers.ModelSerializer[Indicator]):
    """One measured quantity."""

    source: serializers.SlugRelatedField[Any] = serializers.SlugRelatedField(  # type: ignore[assignment]  # hides `Field.source`
        slug_field="key", read_only=True, help_text="Key of the source."
    )
    direction = serializers.SerializerMethodField(help_text="Which end of the publisher's scale is better.")
    labels = serializers.ListField(
        child=serializers.CharField(), help_text="The publisher's categories in order; empty if values are numbers."
    )

    class Meta:
        model = Indicator
        fields = (
            "code",
            "source",
            "name",
            "unit",
            "wording",
            "direction",
            "minimum",
            "maximum",
            "labels",
            "decimals",
            "publisher",
        )
        extra_kwargs = {
            "code": {"help_text": "The name in addresses and filters."},
            "name": {"help_text": "The name shown on pages."},
            "unit": {"help_text": "The unit of its values; empty for labels and numbers without a unit."},
            "wording": {"help_text": "A short description of what the publisher measures."},
            "minimum": {"help_text": "The lower end of the publisher's scale, if it has one."},
            "maximum": {"help_text": "The upper end of the publisher's scale, if it has one."},
            "decimals": {"help_text": "Number of decimal places the publisher shows."},
            "publisher": {"help_text": "Its publisher, if it differs from the source's publisher."},
        }

    def get_direction(self, indicator: Indicator) -> str:
        """Return the direction as a word: higher, lower, or neither."""
        return Direction(indicator.direction).name.lower()


class FileSerializer(serializers.Serializer[Any]):
    """The publisher's file, identified by its digest."""

    name = serializers.CharField(help_text="The file's name.")
    sha256 = serializers.CharField(help_text="SHA-256 of its bytes, in hexadecimal.")


class ProvenanceSerializer(serializers.Serializer[Observation]):
    """Provenance of a value: publisher, edition, file, and locator, as the publisher wrote it."""

    source = serializers.CharField(  # type: ignore[assignment]  # hides `Field.source`
        source="indicator.source.key", help_text="Key of the source."
    )
    publisher = serializers.CharField(source="indicator.stated_publisher", help_text="Who published the value.")
    edition = serializers.CharField(help_text="The edition that states it; not the period it is about.")
    published_on = serializers.DateField(
        source="batch.published_on",
        allow_null=True,
        help_text="The date on which the file's edition was released; null if not known.",
    )
    dated_by = serializers.CharField(
        source="batch.dated_by", help_text="The source of that date: the file, the source's rule, or a person."
    )
    file = FileSerializer()
    locator = serializers.CharField(help_text="Sheet and cell, JSON path, or line.")
    raw_text = serializers.CharField(help_text="The publisher's text at that location, before it was read as a value.")


class ConfirmationSerializer(serializers.Serializer[Confirmation]):
    """Another statement of the same value."""

    source = serializers.CharField(  # type: ignore[assignment]  # hides `Field.source`
        source="batch.source.key", help_text="Key of the source."
    )
    publisher = serializers.CharField(source="batch.source.publisher", help_text="Who published it there.")
    edition = serializers.CharField(help_text="The edition that also states it.")
    published_on = serializers.DateField(
        source="batch.published_on", allow_null=True, help_text="The date on which that edition was released."
    )
    file = FileSerializer()
    locator = serializers.CharField(help_text="Sheet and cell, JSON path, or line.")
    raw_text = serializers.CharField(help_text="The publisher's text at that location.")


class WitnessSerializer(serializers.Serializer[Any]):
    """A second publisher's statement for the same country and year.

    It is compared with the value and never scored.
    """

    verdict = serializers.ChoiceField(
        choices=VERDICTS,
        help_text="Whether it states the same value, narrows it to a few (a tier: 1 or 2), or states a different one.",
    )
    text = serializers.CharField(help_text="The verdict as pages show it.")
    observation = serializers.IntegerField(source="statement.id", help_text="The number of the statement.")
    label = serializers.CharField(  # type: ignore[assignment]  # hides `Field.label`
        source="statement.label", help_text="The label that it states."
    )
    quality = serializers.ChoiceField(
        source="statement.quality",
        choices=QUALITY,
        help_text="How firmly it is stated; computed if it follows by elimination.",
    )
    provenance = ProvenanceSerializer(source="statement")


@example("Ghana's score", OBSERVATION_EXAMPLE)
class ObservationSerializer(serializers.Serializer[Observation]):
    """One value of one indicator for one country and period, or the reason that there is none.

    Exactly one of `value`, `label`, and `missing` is not null.
    """

    id = serializers.IntegerField(help_text="The number of this row. It never refers to another one.")
    indicator = serializers.CharField(source="indicator.code", help_text="Code of the indicator.")
    country = CodeAndNameSerializer()
    period = serializers.CharField(help_text="The reference period the value is about, such as 2024 or FY2026.")
    series = serializers.CharField(help_text="Distinguishes values of one period that are not comparable; often empty.")
    value = serializers.FloatField(allow_null=True, help_text="The number.")
    label = NullIfEmpty(  # type: ignore[assignment]  # hides `Field.label`
        allow_null=True, help_text="The category, if the indicator has labels."
    )
    missing = serializers.ChoiceField(choices=MISSING, allow_null=True, help_text="Why there is no value.")
    standard_error = serializers.FloatField(allow_null=True, help_text="The publisher's standard error.")
    low = serializers.FloatField(allow_null=True, help_text="The lower end of the publisher's interval.")
    high = serializers.FloatField(allow_null=True, help_text="The upper end of the publisher's interval.")
    quality = serializers.ChoiceField(choices=QUALITY, help_text="How firmly the value is stated.")
    note = serializers.CharField(help_text="A remark by the publisher or the reader of the file.")
    provenance = ProvenanceSerializer(source="*")
    confirmed_by = ConfirmationSerializer(many=True)
    second_witness = serializers.SerializerMethodField(
        help_text="The World Factbook's statement on a TIP Report tier; null for any other value, or if there is none."
    )
    known_from = serializers.IntegerField(source="valid_from", help_text="The publication number that added it.")
    known_to = serializers.IntegerField(
        source="valid_to", allow_null=True, help_text="The publication number that ended it; null while it is current."
    )
    superseded_at = serializers.DateTimeField(allow_null=True, help_text="When it ended.")

    @extend_schema_field(WitnessSerializer(allow_null=True))
    def get_second_witness(self, instance: Observation) -> dict[str, Any] | None:
        """Return the witness that the view looked up for all rows at once."""
        witness = self.context["witnesses"].get(instance.pk)
        return WitnessSerializer(witness).data if witness is not None else None

    def to_representation(self, instance: Observation) -> dict[str, Any]:
        """Return the row with null for an empty missing reason."""
        row: dict[str, Any] = super().to_representation(instance)
        row["missing"] = row["missing"] or None
        return row
