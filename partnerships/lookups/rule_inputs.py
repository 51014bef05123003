"""Plain values for the rules, loaded with a fixed number of queries per function."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from cpc.fiscal_years import fiscal_year
from partnerships.completeness import (
    ContributionLine,
    DataPlanLine,
    IndicatorLine,
    MechanismLine,
    ObjectiveLine,
    ParticipantLine,
    ProgramLine,
    Record,
    ResponsibilityLine,
    StrategyLine,
)
from partnerships.lookups.totals import PeriodTotal, live_results_by_indicator, points
from partnerships.models import (
    Award,
    Contribution,
    ContributionKind,
    ContributionStage,
    Dialogue,
    Frequency,
    Government,
    Level,
    Measures,
    MonitoringPlan,
    OutcomeIndicator,
    Partnership,
    ProgramAmount,
    ReportingPeriod,
    Target,
)
from partnerships.progress import (
    Comparison,
    Direction,
    Rollup,
    closes,
    compare,
    fiscal_years,
    roll_up,
    targets_differ,
)
from partnerships.schedules import ReportFrequency

REPORTS = {
    Frequency.QUARTERLY: ReportFrequency.QUARTERLY,
    Frequency.SEMIANNUAL: ReportFrequency.SEMIANNUAL,
    Frequency.ANNUAL: ReportFrequency.ANNUAL,
}


def years_of(partnership: Partnership) -> range:
    """Return the fiscal years of the term, or an empty range without a dated term."""
    if partnership.starts_on is None or partnership.ends_on is None:
        return range(0)
    return fiscal_years(partnership.starts_on, partnership.ends_on)


def newest_targets(indicators: Iterable[int]) -> dict[tuple[int, int | None], Decimal]:
    """Return the target of each indicator and fiscal year.

    The year is None for the life of the partnership.
    """
    rows = Target.objects.filter(indicator__in=list(indicators)).order_by("indicator_id", "fiscal_year", "-id")
    return {(row.indicator_id, row.fiscal_year): row.value for row in rows.distinct("indicator_id", "fiscal_year")}


def targets_of_indicator(
    indicator: int, targets: Mapping[tuple[int, int | None], Decimal]
) -> dict[int | None, Decimal]:
    """Return the targets of one indicator by fiscal year, with the whole term under None."""
    return {year: value for (pk, year), value in targets.items() if pk == indicator}


def plan_state(plan: MonitoringPlan) -> Plan:
    years = years_of(plan.partnership)
    indicators = list(OutcomeIndicator.objects.filter(partnership=plan.partnership, withdrawn=False))
    targets = newest_targets(indicator.pk for indicator in indicators)
    return Plan(
        has_term=bool(years),
        indicators=tuple(
            PlannedIndicator(
                title=str(indicator),
                is_outcome=indicator.level != Level.OUTPUT,
                has_baseline=indicator.baseline_value is not None,
                years_without_target=tuple(year for year in years if (indicator.pk, year) not in targets),
                has_life_target=(indicator.pk, None) in targets,
                targets_differ=targets_differ(
                    years, targets_of_indicator(indicator.pk, targets), Rollup(indicator.accumulation)
                ),
                years_outside=tuple(
                    sorted(year for year in targets_of_indicator(indicator.pk, targets) if year and year not in years)
                ),
            )
            for indicator in indicators
        ),
    )


def period_state(period: ReportingPeriod) -> Period:
    """Return the values of a reporting period for the rules.

    They are its results, and the year that they complete against its targets.
    """
    schedule = list(
        ReportingPeriod.objects.filter(partnership_id=period.partnership_id).values_list("ends_on", flat=True)
    )
    indicators = list(OutcomeIndicator.objects.filter(partnership_id=period.partnership_id, withdrawn=False))
    targets = newest_targets(indicator.pk for indicator in indicators)
    results = live_results_by_indicator(period.partnership_id)
    return Period(
        ends_on=period.ends_on,
        plan_approved=MonitoringPlan.objects.filter(partnership_id=period.partnership_id, state="approved").exists(),
        indicators=tuple(
            _reported_indicator(indicator, period, schedule, results[indicator.pk], targets) for indicator in indicators
        ),
    )


def _reported_indicator(
    indicator: OutcomeIndicator,
    period: ReportingPeriod,
    schedule: list[date],
    results: Sequence[PeriodTotal],
    targets: dict[tuple[int, int | None], Decimal],
) -> ReportedIndicator:
    here = next((result for result in results if result.period_id == period.pk), None)
    deviation, needs_narrative, comparison = None, False, None
    is_due = _is_due(indicator.frequency, period.ends_on, schedule)
    target = targets.get((indicator.pk, fiscal_year(period.ends_on)))
    if here is not None and closes(period.ends_on, schedule, ReportFrequency.ANNUAL):
        year = fiscal_year(period.ends_on)
        of_year = [r for r in results if fiscal_year(r.period.ends_on) == year and r.period.ends_on <= period.ends_on]
        how = Rollup(indicator.accumulation)
        value = here.value if how is Rollup.NONE else roll_up(points(of_year), how).value
        comparison = compare(value, target, Direction(indicator.direction))
        deviation, needs_narrative = comparison.deviation, comparison.needs_narrative
    return ReportedIndicator(
        title=str(indicator),
        is_due=is_due,
        has_result=here is not None,
        has_value=here is not None and here.value is not None,
        has_baseline=indicator.baseline_value is not None,
        needs_narrative=needs_narrative,
        deviation=deviation,
        has_narrative=here is not None and here.narrative.strip() != "",
        target=target,
        comparison=comparison,
        is_percentage=indicator.measure == Measures.PERCENT,
        silent=_silent(period, here, results) if is_due else (),
        lacks_counts=here is not None and here.total.lacks_counts,
    )


def _silent(period: ReportingPeriod, here: PeriodTotal | None, results: Sequence[PeriodTotal]) -> tuple[str, ...]:
    """Return the recipients that reported an indicator before, whose award runs in the period, and not in it."""
    reported = {row.award_id for row in here.reported} if here else set()
    earlier = [row for total in results if total.period.ends_on < period.ends_on for row in total.reported]
    awards = {row.award_id: row.award for row in earlier if row.award is not None and row.award_id not in reported}
    return tuple(award.recipient for award in awards.values() if runs_in(award, period))


def runs_in(award: Award, period: ReportingPeriod) -> bool:
    """Return whether an award has a day in a period."""
    first, last = award.starts_on, award.ended_on or award.ends_on
    return (first is None or first <= period.ends_on) and (last is None or last >= period.starts_on)


def _is_due(frequency: str, ends_on: date, schedule: list[date]) -> bool:
    if frequency == Frequency.AS_NEEDED:
        return False
    report = REPORTS.get(Frequency(frequency))
    return report is None or closes(ends_on, schedule, report)


def dialogue_state(dialogue: Dialogue) -> DialogueFacts:
    ready = dialogue.steps.filter(name="set_ready").order_by("id").last()
    return DialogueFacts(
        held_from=dialogue.held_from,
        ready_on=ready.at.date() if ready else None,
        key_indicators=tuple(
            KeyIndicatorFacts(str(row), is_minuted=hasattr(row, "minute"))
            for row in dialogue.key_indicators.select_related("indicator", "minute")
        ),
        agenda=tuple(
            AgendaPoint(item.kind, str(item), is_minuted=item.minutes.strip() != "") for item in dialogue.agenda.all()
        ),
        partner_contributions=Contribution.objects.filter(
            partnership_id=dialogue.partnership_id,
            government=Government.PARTNER,
            stage__in=(ContributionStage.REPORTED, ContributionStage.VERIFIED),
            replaced_by__isnull=True,
        ).exists(),
    )


def record_of(partnership: Partnership) -> Record:
    """Return the current partnership as plain values, without withdrawn or replaced rows."""
    contributions = partnership.contributions.filter(replaced_by__isnull=True)
    return Record(
        title=partnership.title,
        country=partnership.country.name,
        starts_on=partnership.starts_on,
        ends_on=partnership.ends_on,
        coordination_body=partnership.coordination_body,
        focus_regions=tuple(partnership.focus_regions),
        forms=tuple(partnership.forms),
        national_plans=tuple(plan.title for plan in partnership.national_plans.all()),
        participants=tuple(
            ParticipantLine(row.government, row.name, row.is_lead) for row in partnership.participants.all()
        ),
        objectives=tuple(
            ObjectiveLine(row.number, row.title, row.outcome.strip(), row.paradigm)
            for row in partnership.objectives.filter(withdrawn=False)
        ),
        responsibilities=tuple(
            ResponsibilityLine(row.participant.government, row.participant.name, row.text, row.due_on)
            for row in partnership.responsibilities.filter(withdrawn=False).select_related("participant")
        ),
        programs=_programs(partnership),
        indicators=tuple(
            IndicatorLine(row.code, row.title, row.definition.strip(), row.level != Level.OUTPUT, row.frequency)
            for row in partnership.outcome_indicators.filter(withdrawn=False)
        ),
        contributions=tuple(_contribution(row) for row in contributions),
        mechanisms=tuple(
            MechanismLine(row.kind, row.body, row.procedure, row.get_frequency_display())
            for row in partnership.mechanisms.filter(withdrawn=False)
        ),
        strategies=tuple(
            StrategyLine(row.institution, row.approach, row.due_on)
            for row in partnership.strategies.filter(withdrawn=False)
        ),
        data_plans=tuple(
            DataPlanLine(row.what, row.institution, row.system, row.safeguards, row.use)
            for row in partnership.data_plans.filter(withdrawn=False)
        ),
    )


def _programs(partnership: Partnership) -> tuple[ProgramLine, ...]:
    newest = ProgramAmount.objects.filter(program__partnership=partnership).order_by("program_id", "government", "-id")
    amounts = {(row.program_id, row.government): row.amount for row in newest.distinct("program_id", "government")}
    return tuple(
        ProgramLine(
            row.title,
            row.description,
            amounts.get((row.pk, Government.UNITED_STATES)),
            amounts.get((row.pk, Government.PARTNER)),
        )
        for row in partnership.programs.filter(withdrawn=False)
    )


def _contribution(row: Contribution) -> ContributionLine:
    return ContributionLine(
        government=row.government,
        fiscal_year=row.fiscal_year,
        kind=ContributionKind(row.kind).label,
        description=row.description,
        amount_usd=row.amount_usd,
        is_estimated=not (row.amount_usd is None and row.original_amount is None and row.staff_years is None),
        original_amount=row.original_amount,
        original_currency=row.original_currency,
        staff_years=row.staff_years,
    )


@dataclass(frozen=True, slots=True)
class PlannedIndicator:
    title: str
    is_outcome: bool
    has_baseline: bool
    years_without_target: tuple[int, ...]
    has_life_target: bool
    targets_differ: str = ""
    years_outside: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """A monitoring plan for the checks. `has_term` is true if its years are known."""

    has_term: bool
    indicators: tuple[PlannedIndicator, ...]


@dataclass(frozen=True, slots=True)
class ReportedIndicator:
    """One indicator in a period.

    `has_result` includes results that give a reason for missing data. `target` is that of the fiscal year; the year is
    compared with it (`comparison`) in the period that completes it. `silent` names the awards under way that reported
    it before, and not here. `lacks_counts` is true if shares of several reporters come without their counts.
    """

    title: str
    is_due: bool
    has_result: bool
    has_value: bool
    has_baseline: bool
    needs_narrative: bool
    deviation: Decimal | None
    has_narrative: bool
    target: Decimal | None = None
    comparison: Comparison | None = None
    is_percentage: bool = False
    silent: tuple[str, ...] = ()
    lacks_counts: bool = False


@dataclass(frozen=True, slots=True)
class Period:
    ends_on: date
    plan_approved: bool
    indicators: tuple[ReportedIndicator, ...]


@dataclass(frozen=True, slots=True)
class KeyIndicatorFacts:
    """One key indicator of a dialogue.

    `is_minuted` is true if its data and discussion are in the minutes.
    """

    title: str
    is_minuted: bool


@dataclass(frozen=True, slots=True)
class AgendaPoint:
    """One point of the agenda. `kind` is a value of `AgendaKind`."""

    kind: str
    title: str
    is_minuted: bool


@dataclass(frozen=True, slots=True)
class DialogueFacts:
    held_from: date | None
    ready_on: date | None
    key_indicators: tuple[KeyIndicatorFacts, ...]
    agenda: tuple[AgendaPoint, ...]
    partner_contributions: bool
