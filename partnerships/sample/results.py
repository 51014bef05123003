"""Monitoring of the sample: seven indicators, targets by fiscal year, and results that met or missed them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from partnerships.models import Award, Breakdown, Measures, OutcomeIndicator, Partnership, ReportingPeriod
from partnerships.monitoring.services.plans import NewTarget, add_indicator, set_targets, take_plan_step
from partnerships.monitoring.services.results import (
    Part,
    record_doubles,
    record_result,
    schedule_periods,
    take_period_step,
)
from partnerships.sample.office import Office, ministry
from partnerships.sample.terms import JUSTICE, SOCIAL
from partnerships.schedules import ReportFrequency

APPROVED_ON = date(2024, 3, 20)
ITEMS = Measures.ITEMS.value
YEARS = (2024, 2025, 2026, 2027, 2028)


@dataclass(frozen=True, slots=True)
class Line:
    """One indicator: what it measures, its baseline, and its target for each year and for the whole term.

    `results` has a value or None, and what explains it, for each year reported so far. In the newest of them, several
    report: `newest` has the award (or "" for the government), its value, and what the value is a share of, or 0.
    """

    code: str
    objective: int
    title: str
    definition: str
    paradigm: str
    measure: str
    unit: str
    accumulation: str
    baseline: str
    targets: tuple[int, int, int, int, int]
    whole: int
    results: tuple[tuple[int | None, str], ...]
    source: str
    collector: str
    by: str = ""
    level: str = "outcome"
    method: str = "sum"
    newest: tuple[tuple[str, int, int], ...] = ()


LINES = (
    Line(
        "JU-1", 1, "Convictions of child traffickers", "Final judgments of the fiscal year, each case once",
        "prosecution", ITEMS, "convictions", "sum", "2", (3, 8, 10, 12, 5), 38,
        ((3, "Two of three are final"),
         (6, "Two courts had no judge for child cases from February to July"),
         (7, "Three trials moved into October; two convictions are on appeal")),
        "Sample list of the Supreme Court", JUSTICE, newest=(("", 7, 0),),
    ),
    Line(
        "JU-2", 1, "Officers trained to identify child victims", "Officers who pass the test, each person once",
        "protection", "people", "officers", "sum", "0", (60, 140, 150, 100, 50), 500,
        ((64, "The first courses were full"), (151, "One more course than planned"),
         (158, "22 trained by both counted once")),
        "Sample attendance lists", JUSTICE, "sex", "output", "distinct",
        (("justice", 142, 0), ("care", 38, 0)),
    ),
    Line(
        "JU-3", 1, "Interview rooms in use", "Rooms with equipment and trained staff on the last day of the year",
        "protection", ITEMS, "rooms", "latest", "0", (1, 3, 6, 8, 8), 8,
        ((1, "In the Capital region"), (2, "One room waits for its lease"),
         (4, "Two rooms wait for the lease of the Ministry of Interior")),
        "Sample visits and letter of the ministry", JUSTICE, "", "output", "latest",
        (("justice", 4, 0), ("", 4, 0)),
    ),
    Line(
        "CA-1", 2, "Child victims who received services", "Children with a first service in the year, each child once",
        "protection", "people", "children", "sum", "45", (80, 200, 260, 260, 100), 900,
        ((71, "The fourth center opened in September"),
         (171, "Corrected from 187: returning children had been counted again in two centers"),
         (214, "The hotline was out for eleven weeks, so fewer children were referred")),
        "Sample register of the centers", SOCIAL, "sex_age", method="distinct", newest=(("care", 214, 0),),
    ),
    Line(
        "CA-2", 2, "Children referred within 72 hours", "Share of referrals with a first contact within 72 hours",
        "protection", "percent", "percent of referrals", "latest", "38", (50, 60, 70, 75, 80), 80,
        ((48, "Two of four centers report"), (63, "The procedure is in use since July"), (68, "204 of 302 referrals")),
        "Sample register of the centers", SOCIAL, method="share", newest=(("care", 163, 214), ("", 41, 88)),
    ),
    Line(
        "CO-1", 3, "Committees with a yearly plan and a budget", "Committees with both on the last day of the year",
        "prevention", ITEMS, "committees", "latest", "0", (2, 8, 12, 16, 18), 18,
        ((2, "Both in the North"), (9, "As planned, and one more"), (14, "Coast has three more than planned")),
        "Sample reports of the regions", SOCIAL, method="latest", newest=(("care", 14, 0),),
    ),
    Line(
        "CO-2", 3, "Households that know whom to call", "Share of households that name the hotline or a committee",
        "prevention", "percent", "percent of households", "latest", "31", (31, 40, 45, 55, 60), 60,
        ((None, "The first survey was still in the field"),
         (None, "The survey was handed over in December, after the year"),
         (None, "No survey in this year; the next is planned for fiscal year 2027")),
        "Sample survey of households", SOCIAL, method="latest",
    ),
)  # fmt: skip
CORRECTED, BEFORE, WHY_CORRECTED = "CA-1", 187, "Returning children were counted again in two centers"
"""The indicator whose second year was corrected, its value before, and why."""
AGES = (("0-5", 9), ("6-11", 29), ("12-17", 60))
"""Share of each age in 98; the rest is not known."""


def plan_results(office: Office, partnership: Partnership) -> None:
    """Write the monitoring plan; another person approves it."""
    goals = {objective.number: objective for objective in partnership.objectives.all()}
    for line in LINES:
        indicator = add_indicator(
            indicator=OutcomeIndicator(
                partnership=partnership, objective=goals[line.objective], code=line.code, title=line.title,
                definition=line.definition, level=line.level, paradigm=line.paradigm, measure=line.measure,
                unit=line.unit, accumulation=line.accumulation, aggregation=line.method,
                by_sex=bool(line.by), by_age=line.by == "sex_age",
                baseline_status="known", baseline_value=Decimal(line.baseline), baseline_on=date(2023, 9, 30),
                baseline_source="Sample baseline", data_source=line.source, method="Extract of totals",
                frequency="annual", responsible=ministry(partnership, line.collector),
            ),
            actor=office.drafter,
        )  # fmt: skip
        targets = [NewTarget(year, Decimal(value)) for year, value in zip(YEARS, line.targets, strict=True)]
        set_targets(indicator=indicator, targets=[*targets, NewTarget(None, Decimal(line.whole))], actor=office.drafter)


def approve_plan(office: Office, partnership: Partnership) -> None:
    plan = Partnership.objects.get(pk=partnership.pk).monitoring_plan
    plan = take_plan_step(plan=plan, name="submit", actor=office.drafter, on=APPROVED_ON)
    take_plan_step(plan=plan, name="approve", actor=office.approver, on=APPROVED_ON)


def schedule(office: Office, partnership: Partnership) -> list[ReportingPeriod]:
    return schedule_periods(partnership=partnership, frequency=ReportFrequency.ANNUAL, actor=office.drafter)


def report(office: Office, period: ReportingPeriod, number: int, on: date, *, is_approved: bool) -> None:
    """Record and submit the results of one year; another person approves them if asked."""
    for line in LINES:
        value, why = line.results[number]
        if number == 1 and line.code == CORRECTED:
            value, why = BEFORE, "More children were referred"
        _record(office, period, line, value, why, on)
    _hand_in(office, period, on, is_approved=is_approved)


def report_by_all(office: Office, period: ReportingPeriod, awards: Mapping[str, Award], on: date) -> None:
    """Record and submit the newest year, which two awards and the government report; 22 officers count once."""
    for line in LINES:
        value, why = line.results[-1]
        for award, of_award, share_of in line.newest:
            _record(office, period, line, of_award, why, on, awards.get(award), share_of)
        if not line.newest:
            _record(office, period, line, value, why, on)
    trained = OutcomeIndicator.objects.get(partnership_id=period.partnership_id, code="JU-2")
    record_doubles(period=period, indicator=trained, value=Decimal(22), source="trained by both", actor=office.drafter)
    _hand_in(office, period, on, is_approved=False)


def correct(office: Office, period: ReportingPeriod, on: date) -> None:
    """Correct a year that was approved: children who returned had been counted again in two centers."""
    period = take_period_step(period=period, name="reopen", actor=office.approver, on=on, reason=WHY_CORRECTED)
    line = next(line for line in LINES if line.code == CORRECTED)
    value, why = line.results[1]
    _record(office, period, line, value, why, on)
    _hand_in(office, period, on, is_approved=True)


def _record(
    office: Office, period: ReportingPeriod, line: Line, value: int | None, why: str, on: date,
    award: Award | None = None, share_of: int = 0,
) -> None:  # fmt: skip
    number = Decimal(value) if value is not None else None
    denominator = Decimal(share_of or 100) if line.method == "share" and number is not None else None
    record_result(
        period=period, indicator=OutcomeIndicator.objects.get(partnership_id=period.partnership_id, code=line.code),
        value=None if denominator else number, award=award, parts=list(_parts(line, value)),
        no_data_reason=why if value is None else "", narrative="" if value is None else why, evidence=line.source,
        actor=office.drafter, on=on, numerator=number if denominator else None, denominator=denominator,
    )  # fmt: skip


def _hand_in(office: Office, period: ReportingPeriod, on: date, *, is_approved: bool) -> None:
    period = take_period_step(period=period, name="submit", actor=office.drafter, on=on)
    if is_approved:
        take_period_step(period=period, name="approve", actor=office.approver, on=on, reason="Checked with the sources")


def _parts(line: Line, value: int | None) -> Iterator[Part]:
    """Split a count by sex, and by age where it is of children; the rest of it is not known."""
    if value is None or not line.by:
        return
    ages: Sequence[tuple[str, int]] = AGES if line.by == "sex_age" else (("", 98),)
    rest = value
    for age, share in ages:
        for sex, of_sex in (("female", 62), ("male", 36)):
            part = value * share * of_sex // (98 * 98)
            rest -= part
            yield Part(Breakdown.SEX_AGE, Decimal(part), sex, age)
    yield Part(Breakdown.SEX_AGE, Decimal(rest), "unknown", "unknown" if line.by == "sex_age" else "")
