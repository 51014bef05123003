"""Tiers of one report year with what each source names, in the order in which a person confirms them."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Q

from indicators.cross_app_links import CountryRank
from indicators.models import (
    Confirmation,
    Country,
    ImportState,
    Narrative,
    Observation,
    TierConfirmation,
    TierSitting,
)
from indicators.observations.witness import Witness, WitnessVerdict, witnesses
from indicators.sources.base import Quality
from indicators.sources.tip_narratives.extraction import TipNarrativeExtraction
from indicators.sources.tip_narratives.pages import TipNarrativePages
from indicators.sources.tip_report import TIER

OF_NARRATIVES = (TipNarrativePages.key, TipNarrativeExtraction.key)
"""Adapters that read a tier from the text of a narrative."""

LAST = 1_000_000  # more than any rank


class Group(enum.IntEnum):
    """Group of a tier in the list, in this order."""

    DIFFERS = 1
    OPEN = 2
    CONFIRMED = 3


@dataclass(frozen=True, slots=True)
class StatedTier:
    """Tier that one source states for a country, with its quality; `""` if it states none."""

    tier: str = ""
    quality: str = ""


@dataclass(frozen=True, slots=True)
class TierRow:
    """Tier of one country in one report, with what each source names.

    `listed` is the tier of a list in our tier form, `before` the record of the report before. `confirmation` is that of
    the open sitting, `published` that of an earlier one from which the record comes.
    """

    country: Country
    record: Observation
    position: CountryRank
    listed: StatedTier
    witness: Witness | None
    before: StatedTier
    narrative: Narrative | None
    confirmation: TierConfirmation | None
    published: TierConfirmation | None

    @property
    def differs(self) -> bool:
        """Return True if a source names another tier than the record."""
        stated = (self.listed.tier, self.narrative.tier if self.narrative else "")
        contradicted = self.witness is not None and self.witness.verdict is WitnessVerdict.CONTRADICTS
        return contradicted or any(tier not in ("", self.record.label) for tier in stated)

    @property
    def rests_on_narrative(self) -> bool:
        """Return True if no list states the tier on record, only a text that somebody loaded."""
        return self.record.batch.adapter in OF_NARRATIVES and self.listed.tier != self.record.label

    @property
    def group(self) -> Group:
        if self.confirmation is not None or self.published is not None:
            return Group.CONFIRMED
        if self.differs:
            return Group.DIFFERS
        return Group.CONFIRMED if self.record.quality == Quality.STATED else Group.OPEN

    @property
    def is_open(self) -> bool:
        """Return True if the sitting waits for this tier."""
        return self.group is not Group.CONFIRMED

    @property
    def revision(self) -> str:
        """Return the revision of what a person compares: the value on record, and the text if one is loaded."""
        return f"{self.record.pk}-{self.narrative.pk if self.narrative else 0}"

    @property
    def order(self) -> tuple[int, int, bool, str]:
        rank = self.position.rank or LAST
        return self.group, rank, not self.position.is_provisional, self.country.name


def report_years() -> list[int]:
    """Return the report years with a tier on record, the newest first."""
    rows = Observation.objects.live().filter(indicator__code=TIER.code).exclude(label="")
    return list(rows.order_by("-year").values_list("year", flat=True).distinct())


def open_sitting(year: int) -> TierSitting | None:
    return TierSitting.objects.filter(report_year=year, batch__isnull=True).first()


def tier_rows(
    year: int, ranks: Mapping[str, CountryRank] | None = None, countries: Iterable[int] | None = None
) -> list[TierRow]:
    """Return the tiers on record of one report in their order; `countries` limits them to these keys."""
    live = Observation.objects.live().filter(indicator__code=TIER.code, year=year).exclude(label="")
    if countries is not None:
        live = live.filter(country__in=countries)
    records = list(live.select_related("country", "indicator", "batch"))
    keys = [record.country_id for record in records]
    seconds = witnesses(records)
    lists, before, texts = _listed(year, keys), _before(year, keys), _texts(year, keys)
    confirmed, published = _confirmations(year, keys)
    rows = (
        TierRow(
            country=record.country,
            record=record,
            position=(ranks or {}).get(record.country.code, CountryRank()),
            listed=lists.get(record.country_id, StatedTier()),
            witness=seconds.get(record.pk),
            before=before.get(record.country_id, StatedTier()),
            narrative=texts.get(record.country_id),
            confirmation=confirmed.get(record.country_id),
            published=published.get((record.country_id, record.batch_id)),
        )
        for record in records
    )
    return sorted(rows, key=lambda row: row.order)


def tier_row(year: int, code: str) -> TierRow | None:
    """Return the tier of one country, or None if the report has none of it on record."""
    country = Country.objects.filter(code=code).values_list("pk", flat=True)
    return next(iter(tier_rows(year, countries=country)), None)


def _listed(year: int, countries: list[int]) -> dict[int, StatedTier]:
    """Return what lists in our tier form state, the winning one of each country."""
    own = Q(batch__adapter__in=OF_NARRATIVES) | Q(batch__tier_sitting__isnull=False)
    observed = Observation.objects.filter(indicator__code=TIER.code, year=year, country__in=countries)
    confirmed = Confirmation.objects.live().filter(
        observation__indicator__code=TIER.code, observation__year=year, observation__country__in=countries
    )
    found = [
        *observed.exclude(own)
        .filter(batch__state=ImportState.PUBLISHED)
        .values_list("precedence", "batch__edition_rank", "pk", "country", "label", "quality"),
        *confirmed.exclude(own)
        .filter(batch__state=ImportState.PUBLISHED)
        .values_list(
            "precedence", "batch__edition_rank", "observation", "observation__country", "observation__label", "quality"
        ),
    ]
    return {country: StatedTier(label, quality) for *_, country, label, quality in sorted(found)}


def _before(year: int, countries: list[int]) -> dict[int, StatedTier]:
    rows = Observation.objects.live().filter(indicator__code=TIER.code, year=year - 1, country__in=countries)
    return {country: StatedTier(*stated) for country, *stated in rows.values_list("country", "label", "quality")}


def _texts(year: int, countries: list[int]) -> dict[int, Narrative]:
    rows = Narrative.objects.live().filter(report_year=year, country__in=countries).select_related("file")
    return {row.country_id: row for row in rows}


def _confirmations(
    year: int, countries: list[int]
) -> tuple[dict[int, TierConfirmation], dict[tuple[int, int], TierConfirmation]]:
    """Return the confirmations of the open sitting by country, and the published ones by country and import."""
    rows = TierConfirmation.objects.live().filter(sitting__report_year=year, country__in=countries)
    open_, published = {}, {}
    for row in rows.select_related("sitting", "recorded_by", "on_record", "country", "draw"):
        if row.sitting.batch_id is None:
            open_[row.country_id] = row
        else:
            published[row.country_id, row.sitting.batch_id] = row
    return open_, published


def origin_of(narrative: Narrative) -> str:
    """Return where a text was obtained, as it was stated last for its file; `""` before anybody stated it."""
    rows = TierConfirmation.objects.filter(narrative__file=narrative.file_id).order_by("-pk")
    return rows.values_list("origin", flat=True).first() or ""
