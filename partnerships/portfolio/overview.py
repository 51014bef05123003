"""Everything that the page of one partnership shows, by a number of queries that its rows do not raise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import QuerySet

from cpc.findings import Finding
from partnerships.completeness import ELEMENTS
from partnerships.deadlines.queries import (
    Deadline,
    overdue,
    upcoming,
    with_overdue,
)
from partnerships.limit_position import Standing, standings
from partnerships.lookups.rule_inputs import (
    live_results,
    newest_targets,
    of_one,
    points,
    record_of,
)
from partnerships.models import (
    Activity,
    Amendment,
    Award,
    Contribution,
    Dialogue,
    Document,
    LimitException,
    Objective,
    OutcomeIndicator,
    Participant,
    Partnership,
    Responsibility,
    Result,
    StatusChange,
)
from partnerships.portfolio.queries import Asked, narrowed
from partnerships.progress import (
    Comparison,
    Direction,
    Figure,
    Rollup,
    Trend,
    by_fiscal_year,
    compare,
    fiscal_year,
    fiscal_years,
    roll_up,
    targets_differ,
    trend,
)
from partnerships.statutory_snapshot import ProgrammeLine


@dataclass(frozen=True, slots=True)
class Element:
    """One of the seven elements of the statute: its letter, its name, and what it lacks."""

    letter: str
    name: str
    place: str
    lacks: Finding | None


@dataclass(frozen=True, slots=True)
class Measured:
    """One indicator: what it reached, against what it was to have reached by then and in the whole term.

    `explained` is whether a result off its target has a narrative; `differs` describes how the yearly targets miss that
    of the whole term.
    """

    indicator: OutcomeIndicator
    figure: Figure
    target: Decimal | None
    whole: Decimal | None
    comparison: Comparison
    trend: Trend
    newest: Result | None
    explained: bool
    differs: str


@dataclass(frozen=True, slots=True)
class Overview:
    """One partnership as its page shows it."""

    standing: Standing
    elements: Sequence[Element]
    participants: Sequence[Participant]
    objectives: Sequence[tuple[Objective, Sequence[Activity], Sequence[Measured]]]
    responsibilities: Sequence[Responsibility]
    programmes: Sequence[ProgrammeLine]
    contributions: Sequence[Contribution]
    awards: Sequence[Award]
    dialogues: Sequence[Dialogue]
    amendments: Sequence[Amendment]
    requests: Sequence[LimitException]
    documents: Sequence[Document]
    steps: Sequence[StatusChange]
    overdue: Sequence[Deadline]
    upcoming: Sequence[Deadline]


ELEMENT_NAMES = (
    ("A", "Objectives for the term", "objectives"),
    ("B", "Responsibilities of each government", "responsibilities"),
    ("C", "Programs, and money of each government for each", "money"),
    ("D", "Outcome indicators", "objectives"),
    ("E", "Multi-year financial plan and oversight", "money"),
    ("F", "How progress is sustained after the end", "elements"),
    ("G", "How child protection data are managed", "elements"),
)


def find(pk: int, *, overdue_on: date | None = None) -> Partnership | None:
    """Return the partnership with its country, policy and origin, and how much is overdue on a day if one is asked for.

    Counting what is overdue asks every kind of duty, which a page that does not show it need not do.
    """
    origin = ("opened_by", "origin_confirmation__confirmed_by")
    rows = Partnership.objects.select_related("country", "limit_policy", *origin)
    if overdue_on is not None:
        rows = with_overdue(rows, overdue_on)
    return rows.filter(pk=pk).first()


def overview(partnership: Partnership, today: date) -> Overview:
    """All that the page shows of one partnership."""
    (standing,) = standings([partnership])
    record = record_of(partnership)
    return Overview(
        standing=standing,
        elements=[
            Element(letter, name, place, next(iter(element(record)), None))
            for (letter, name, place), element in zip(ELEMENT_NAMES, ELEMENTS, strict=True)
        ],
        participants=list(partnership.participants.all()),
        objectives=_objectives(partnership, today),
        responsibilities=list(
            partnership.responsibilities.filter(withdrawn=False).select_related("participant").order_by("due_on", "pk")
        ),
        programmes=record.programmes,
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
        documents=list(partnership.documents.prefetch_related("versions")),
        steps=list(partnership.status_changes.select_related("actor", "determination").order_by("-pk")),
        overdue=overdue(today, partnership=partnership),
        upcoming=upcoming(today, partnership=partnership),
    )


def _dialogues(partnership: Partnership) -> list[Dialogue]:
    rows: QuerySet[Dialogue] = partnership.dialogues.order_by("-number")
    return list(rows.prefetch_related("key_indicators__indicator", "actions"))


def _objectives(
    partnership: Partnership, today: date
) -> list[tuple[Objective, Sequence[Activity], Sequence[Measured]]]:
    objectives = list(partnership.objectives.filter(withdrawn=False).order_by("number"))
    activities: dict[int, list[Activity]] = {}
    for activity in partnership.activities.filter(withdrawn=False).order_by("planned_start", "pk"):
        activities.setdefault(activity.objective_id, []).append(activity)
    measured: dict[int, list[Measured]] = {}
    for found in measures(partnership, today):
        measured.setdefault(found.indicator.objective_id, []).append(found)
    return [(row, activities.get(row.pk, []), measured.get(row.pk, [])) for row in objectives]


def measures(partnership: Partnership, today: date) -> list[Measured]:
    """Every indicator that is not withdrawn, with what it reached by the newest period that has a result."""
    indicators = list(partnership.outcome_indicators.filter(withdrawn=False).order_by("objective__number", "code"))
    targets = newest_targets(indicator.pk for indicator in indicators)
    results: dict[int, list[Result]] = {}
    for result in live_results(partnership.pk):
        results.setdefault(result.indicator_id, []).append(result)
    starts_on, ends_on = partnership.starts_on, partnership.ends_on
    years = fiscal_years(starts_on, ends_on) if starts_on and ends_on else range(0)
    return [_measured(indicator, results.get(indicator.pk, []), targets, today, years) for indicator in indicators]


def _measured(
    indicator: OutcomeIndicator,
    results: Sequence[Result],
    targets: dict[tuple[int, int | None], Decimal],
    today: date,
    years: range,
) -> Measured:
    how, direction = Rollup(indicator.accumulation), Direction(indicator.direction)
    known = [result for result in results if result.value is not None]
    figure = roll_up(points(results), how)
    if how is Rollup.NONE and known:
        figure = Figure(known[-1].value, 1, len(results) - 1)
    year = fiscal_year(known[-1].period.ends_on if known else today)
    target = _target_to_date(indicator.pk, targets, year, added=how is Rollup.SUM)
    return Measured(
        indicator=indicator,
        figure=figure,
        target=target,
        whole=targets.get((indicator.pk, None)),
        comparison=compare(figure.value, target, direction),
        trend=trend(points(results), direction),
        newest=results[-1] if results else None,
        explained=_explained(indicator, results, targets),
        differs=targets_differ(years, of_one(indicator.pk, targets), how),
    )


def _explained(
    indicator: OutcomeIndicator, results: Sequence[Result], targets: dict[tuple[int, int | None], Decimal]
) -> bool:
    """Whether each fiscal year that is off its target has a narrative; where no year alone is, the newest result."""
    figures = by_fiscal_year(points(results), Rollup(indicator.accumulation))
    direction = Direction(indicator.direction)
    off = {
        year
        for year, figure in figures.items()
        if compare(figure.value, targets.get((indicator.pk, year)), direction).needs_narrative
    }
    told = {fiscal_year(result.period.ends_on) for result in results if result.narrative.strip()}
    return off <= told if off else bool(results) and results[-1].narrative.strip() != ""


def _target_to_date(
    indicator: int, targets: dict[tuple[int, int | None], Decimal], year: int, *, added: bool
) -> Decimal | None:
    """What was to be reached by the end of a fiscal year: the sum of what its years add, or the newest target."""
    own = {when: value for (pk, when), value in targets.items() if pk == indicator and when is not None}
    so_far = [own[when] for when in sorted(own) if when <= year]
    if not so_far:
        return None
    return sum(so_far, Decimal(0)) if added else so_far[-1]


def found_by_name(query: str, limit: int = 8) -> list[Partnership]:
    """Partnerships whose title or country fits, for the search."""
    rows = narrowed(Partnership.objects.select_related("country"), Asked(q=query), date.min)
    return list(rows.order_by("country__name", "pk")[:limit])
