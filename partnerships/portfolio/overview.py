"""Data for the page of one partnership, loaded with a fixed number of queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet

from cpc.findings import Finding
from partnerships.completeness import ELEMENTS, ProgramLine
from partnerships.limit_position import LimitPosition, limit_positions
from partnerships.lookups.rule_inputs import (
    record_of,
)
from partnerships.models import (
    Amendment,
    Award,
    Contribution,
    Determination,
    Dialogue,
    Document,
    EventConcern,
    LimitException,
    Participant,
    Partnership,
    PeriodStep,
    PlanStep,
    Progress,
    Status,
    StatusChange,
)
from partnerships.portfolio.newest_year import NewestYear, newest_year
from partnerships.status.preconditions import grounds_open


@dataclass(frozen=True, slots=True)
class Element:
    letter: str
    name: str
    panel: str
    lacks: Finding | None


@dataclass(frozen=True, slots=True)
class MeasureCount:
    """The number of measures that sustain progress, and of those that are done."""

    total: int
    done: int


@dataclass(frozen=True, slots=True)
class Overview:
    """Data for the page of one partnership.

    `of_country` are all partnerships with its country, this one included, newest first. `suspension` is the one in
    force, and `grounds_open` the sentences on those of its grounds that are not corrected. `plan_steps` and
    `period_steps` are the steps of the monitoring plan and of the reports, newest first. `documents` are only those of
    a documented partnership, which has no page of them.
    """

    position: LimitPosition
    of_country: Sequence[LimitPosition]
    suspension: Determination | None
    grounds_open: Sequence[str]
    elements: Sequence[Element]
    participants: Sequence[Participant]
    results: NewestYear
    measures: MeasureCount
    programs: Sequence[ProgramLine]
    contributions: Sequence[Contribution]
    awards: Sequence[Award]
    dialogues: Sequence[Dialogue]
    amendments: Sequence[Amendment]
    requests: Sequence[LimitException]
    documents: Sequence[Document]
    steps: Sequence[StatusChange]
    concerns: Sequence[EventConcern]
    plan_steps: Sequence[PlanStep]
    period_steps: Sequence[PeriodStep]

    @property
    def partnership(self) -> Partnership:
        return self.position.partnership

    @property
    def is_documented(self) -> bool:
        return self.position.is_documented


DECISIONS = 50
"""The most steps to read of each kind of record that another person decides on."""
ELEMENT_NAMES = (
    ("A", "Objectives for the term", "objectives"),
    ("B", "Responsibilities of each government", "responsibilities"),
    ("C", "Programs, and money of each government for each", "money"),
    ("D", "Outcome indicators", "objectives"),
    ("E", "Multi-year financial plan and oversight", "money"),
    ("F", "How progress is sustained after the end", "elements"),
    ("G", "How child protection data are managed", "elements"),
)


def overview(partnership: Partnership, today: date) -> Overview:
    position, *others = limit_positions([partnership, *_others(partnership)])
    record = record_of(partnership)
    suspension = _suspension(partnership)
    return Overview(
        position=position,
        of_country=sorted(
            [position, *others],
            # Those without a first day come first, as the latest.
            key=lambda row: (row.partnership.starts_on or date.max, row.partnership.pk),
            reverse=True,
        ),
        suspension=suspension,
        grounds_open=grounds_open(suspension, today) if suspension else (),
        elements=[
            Element(letter, name, panel, next(iter(element(record)), None))
            for (letter, name, panel), element in zip(ELEMENT_NAMES, ELEMENTS, strict=True)
        ],
        participants=list(partnership.participants.all()),
        results=newest_year(partnership, today),
        measures=_measures(partnership),
        programs=record.programs,
        contributions=list(
            partnership.contributions.filter(replaced_by__isnull=True).order_by("fiscal_year", "government", "pk")
        ),
        awards=list(partnership.awards.order_by("starts_on", "pk")),
        dialogues=_dialogues(partnership),
        amendments=list(partnership.amendments.select_related("requested_by", "decided_by").order_by("-number")),
        requests=list(
            partnership.limit_exceptions.select_related(
                "grant__granted_by", "grant__document__document", "refusal", "requested_by", "statement"
            ).order_by("-pk")
        ),
        documents=list(partnership.documents.prefetch_related("versions")) if position.is_documented else (),
        steps=list(partnership.status_changes.select_related("actor", "determination").order_by("-pk")),
        concerns=list(partnership.event_concerns.select_related("event").order_by("event__happened_on", "pk")),
        plan_steps=list(
            PlanStep.objects.filter(plan__partnership=partnership).select_related("actor").order_by("-pk")[:DECISIONS]
        ),
        period_steps=list(
            PeriodStep.objects.filter(period__partnership=partnership)
            .exclude(name="begin")
            .select_related("actor", "period")
            .order_by("-pk")[:DECISIONS]
        ),
    )


def _others(partnership: Partnership) -> QuerySet[Partnership]:
    rows = Partnership.objects.filter(country=partnership.country_id).exclude(pk=partnership.pk)
    return rows.select_related("country", "limit_policy")


def _suspension(partnership: Partnership) -> Determination | None:
    if partnership.status != Status.SUSPENDED:
        return None
    rows = Determination.objects.filter(partnership=partnership, status_change__transition="suspend")
    return (
        rows.select_related("document__document")
        .prefetch_related("corrections__closed_by")
        .order_by("-status_change__pk")
        .first()
    )


def _dialogues(partnership: Partnership) -> list[Dialogue]:
    rows: QuerySet[Dialogue] = partnership.dialogues.order_by("-number")
    return list(rows.prefetch_related("key_indicators__indicator", "actions"))


def _measures(partnership: Partnership) -> MeasureCount:
    rows = partnership.sustainability_measures.exclude(status=Progress.DROPPED)
    counts = rows.order_by().aggregate(total=Count("pk"), done=Count("pk", filter=Q(status=Progress.DONE)))
    return MeasureCount(**counts)
