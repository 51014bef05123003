"""Countries, narratives, values with a sentence, programs, plans, sources, and indicators, as search finds them."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.db.models import QuerySet
from django.urls import reverse

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.search.indexing import find
from cpc.search.registry import Description, Findable, FoundPassage, Region, Subject, regions, subjects
from indicators.countries import region_names
from indicators.cross_app_links import country_ranks, country_url
from indicators.models import (
    Country,
    CountryAlias,
    Indicator,
    Narrative,
    NarrativeSection,
    NationalPlan,
    Observation,
    PlanKind,
    Recommendation,
    Source,
    USGProgram,
)
from indicators.narratives.queries import SECTION_NAMES
from indicators.sources.tip_narratives import NO_REPORT
from indicators.sources.tip_report import SOURCE as TIP_REPORT

LONGEST_LABEL = 60
"""Characters of a publisher's raw text up to which it is a number or a label, and no passage."""
SEE = Permission.VIEW_OBSERVATIONS

_SECTION = "CASE r.kind " + " ".join(f"WHEN '{kind}' THEN '{name}'" for kind, name in SECTION_NAMES.items()) + " END"


def _narrative(column: str) -> str:
    return f"(SELECT n.{column} FROM indicators_narrative n WHERE n.id = r.narrative_id)"  # noqa: S608  # our names


_REPORT = f"""(SELECT CASE n.report_year WHEN {NO_REPORT} THEN 'Sample narrative'
    ELSE 'TIP Report narrative, ' || n.report_year END FROM indicators_narrative n WHERE n.id = r.narrative_id)"""  # noqa: S608
_IS_SAMPLE = f"{_narrative('report_year')} = {NO_REPORT}"
_YEAR = f"NULLIF({_narrative('report_year')}, {NO_REPORT})"


def register() -> None:
    subjects.add(Subject("country", "Country", "Countries", "public", _countries, order=10))
    subjects.add(Subject("source", "Source", "Sources", "local_library", _sources, order=80))
    subjects.add(Subject("indicator", "Indicator", "Indicators", "insights", _indicators, order=90))
    regions.add(Region(region_names, _countries_in))
    for findable in (*_COUNTRIES, *_NARRATIVES, *_CURATED, *_CATALOG):
        find(findable)


# ---- subjects --------------------------------------------------------------------------------------------------------


def _countries(keys: Collection[int], user: User) -> Mapping[int, Description]:
    ranks = country_ranks(user)
    found = {}
    for row in Country.objects.filter(pk__in=keys):
        rank = ranks.get(row.code)
        rank_text = f"ranked {rank.rank} in the newest ranking" if rank is not None and rank.rank else ""
        line = ", ".join(part for part in (row.get_kind_display(), row.region, rank_text) if part)
        found[row.pk] = Description(row.name, country_url(row.code, user), line)
    return found


def _countries_in(region: str) -> QuerySet[Country]:
    return Country.objects.filter(region=region)


def _sources(keys: Collection[int], _user: User) -> Mapping[int, Description]:
    return {
        row.pk: Description(row.title, reverse("source", args=[row.key]), f"Source, {row.publisher}")
        for row in Source.objects.filter(pk__in=keys)
    }


def _indicators(keys: Collection[int], _user: User) -> Mapping[int, Description]:
    return {
        row.pk: Description(row.name, reverse("indicator", args=[row.code]), f"Indicator, {row.source.title}")
        for row in Indicator.objects.filter(pk__in=keys).select_related("source")
    }


# ---- records ---------------------------------------------------------------------------------------------------------


def _narrative_url(row: FoundPassage) -> str:
    return reverse("narrative", args=[row.source])


def _section_url(row: FoundPassage) -> str:
    return f"{_narrative_url(row)}#section-{row.record}"


def _narratives(_user: User) -> QuerySet[Narrative]:
    return Narrative.objects.live()


_NOT_OF_TIP_REPORT = f"""NOT EXISTS (SELECT 1 FROM indicators_indicator i
    JOIN indicators_source s ON s.id = i.source_id
    WHERE i.id = r.indicator_id AND s.key = '{TIP_REPORT.key}')"""  # noqa: S608  # a constant of ours

_COUNTRIES = (
    Findable(
        "country",
        Country,
        subject="country",
        about="r.id",
        title=("name", "short_name"),
        more_title="CASE WHEN r.code NOT LIKE 'X-%' THEN r.code END",
        watch=("code", "kind"),
        where="r.kind <> 'sample'",
        label="'Name'",
        many="names of countries",
        country="r.id",
        permission=SEE,
    ),
    Findable(
        "country_alias",
        CountryAlias,
        subject="country",
        about="r.country_id",
        title=("text",),
        label="'Another name'",
        many="names of countries",
        country="r.country_id",
        permission=SEE,
    ),
    # Most values are numbers. The sentences from which figures of the TIP Report are read are in its narratives.
    Findable(
        "observation",
        Observation,
        subject="country",
        about="r.country_id",
        text=("raw_text",),
        inserts_only=True,
        when=f"length(NEW.raw_text) > {LONGEST_LABEL}",
        where=_NOT_OF_TIP_REPORT,
        label="(SELECT s.title || ', ' || r.period FROM indicators_indicator i "
        "JOIN indicators_source s ON s.id = i.source_id WHERE i.id = r.indicator_id)",
        detail="(SELECT i.name FROM indicators_indicator i WHERE i.id = r.indicator_id)",
        many="texts of publishers",
        country="r.country_id",
        year="r.year",
        permission=SEE,
        rows=lambda _user: Observation.objects.live(),
        url=lambda row: reverse("observation", args=[row.record]),
    ),
)

_NARRATIVES = (
    # The recommendations of a narrative are passages of their own.
    Findable(
        "narrative_section",
        NarrativeSection,
        subject="country",
        about=_narrative("country_id"),
        source="r.narrative_id",
        text=("text",),
        where="r.kind <> 'recommendations'",
        label=_REPORT,
        detail=f"coalesce({_SECTION}, '')",
        many="narratives",
        country=_narrative("country_id"),
        year=_YEAR,
        is_sample=_IS_SAMPLE,
        permission=SEE,
        rows=_narratives,
        rows_by="source",
        url=_section_url,
    ),
    Findable(
        "recommendation",
        Recommendation,
        subject="country",
        about=_narrative("country_id"),
        source="r.narrative_id",
        text=("text",),
        label=_REPORT,
        detail="'Recommendations'",
        many="recommendations",
        country=_narrative("country_id"),
        year=_YEAR,
        is_sample=_IS_SAMPLE,
        permission=SEE,
        rows=_narratives,
        rows_by="source",
        url=_narrative_url,
    ),
)


def _programs(_user: User) -> QuerySet[USGProgram]:
    return USGProgram.objects.live()


def _plans(_user: User) -> QuerySet[NationalPlan]:
    return NationalPlan.objects.live()


def _program_url(row: FoundPassage) -> str:
    return reverse("program", args=[row.record])


def _plan_url(row: FoundPassage) -> str:
    return reverse("plan", args=[row.record])


_PROGRAM = "'Program, ' || coalesce(NULLIF(r.agency_code, ''), r.agency)"
_PLAN = f"""CASE r.kind {" ".join(f"WHEN '{kind.value}' THEN '{kind.label}'" for kind in PlanKind)} END"""

_CURATED = (
    Findable(
        "program",
        USGProgram,
        subject="country",
        about="r.country_id",
        title=("title",),
        text=("agency", "implementer", "source"),
        label=_PROGRAM,
        many="programs of U.S. agencies",
        country="r.country_id",
        year="extract(year FROM r.starts_on)::smallint",
        author="r.recorded_by_id",
        permission=SEE,
        rows=_programs,
        url=_program_url,
    ),
    Findable(
        "program_assessment",
        USGProgram,
        subject="country",
        about="r.country_id",
        text=("assessment",),
        label=_PROGRAM,
        detail="'Assessment'",
        many="assessments of the office",
        country="r.country_id",
        year="extract(year FROM r.starts_on)::smallint",
        author="r.recorded_by_id",
        permission=Permission.VIEW_RANKINGS,
        rows=_programs,
        url=_program_url,
    ),
    Findable(
        "plan",
        NationalPlan,
        subject="country",
        about="r.country_id",
        title=("title",),
        text=("source",),
        label=_PLAN,
        many="national plans",
        country="r.country_id",
        year="r.starts_year",
        author="r.recorded_by_id",
        permission=SEE,
        rows=_plans,
        url=_plan_url,
    ),
    Findable(
        "plan_assessment",
        NationalPlan,
        subject="country",
        about="r.country_id",
        text=("assessment",),
        label=_PLAN,
        detail="'Assessment'",
        many="assessments of the office",
        country="r.country_id",
        year="r.starts_year",
        author="r.recorded_by_id",
        permission=Permission.VIEW_RANKINGS,
        rows=_plans,
        url=_plan_url,
    ),
)

_CATALOG = (
    Findable(
        "source",
        Source,
        subject="source",
        about="r.id",
        title=("title",),
        text=("publisher", "note"),
        label="'Source'",
        many="sources",
        permission=SEE,
    ),
    Findable(
        "indicator",
        Indicator,
        subject="indicator",
        about="r.id",
        title=("name", "code"),
        text=("wording",),
        label="'Description'",
        many="indicators",
        permission=SEE,
    ),
)
