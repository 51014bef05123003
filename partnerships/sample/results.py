"""Monitoring of the sample: seven indicators, targets by fiscal year, and results that met or missed them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from partnerships.models import Breakdown, Measures, OutcomeIndicator, Partnership, ReportingPeriod
from partnerships.monitoring.services.plans import NewTarget, add_indicator, set_targets, take_plan_step
from partnerships.monitoring.services.results import Part, record_result, schedule_periods, take_period_step
from partnerships.sample.office import Office, ministry
from partnerships.sample.terms import JUSTICE, SOCIAL
from partnerships.schedules import ReportFrequency

APPROVED_ON = date(2024, 3, 20)
ITEMS = Measures.ITEMS.value
YEARS = (2024, 2025, 2026, 2027, 2028)


@dataclass(frozen=True, slots=True)
class Line:
    """One indicator: what it measures, its baseline, and its target for each year and for the whole term.

    `results` has a value or None, and what explains it, for each year reported so far.
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


LINES = (
    Line(
        "JU-1", 1, "Convictions of child traffickers", "Final judgments of the fiscal year, each case once",
        "prosecution", ITEMS, "convictions", "sum", "2", (3, 8, 10, 12, 5), 38,
        ((3, "Two of three are final"),
         (6, "Two courts had no judge for child cases from February to July"),
         (7, "Three trials moved into October; two convictions are on appeal")),
        "Sample list of the Supreme Court", JUSTICE,
    ),
    Line(
        "JU-2", 1, "Officers trained to identify child victims", "Officers who pass the test, each person once",
        "protection", "people", "officers", "sum", "0", (60, 140, 150, 100, 50), 500,
        ((64, "The first courses were full"), (151, "One more course than planned"),
         (158, "22 trained by both counted once")),
        "Sample attendance lists", JUSTICE, "sex", "output",
    ),
    Line(
        "JU-3", 1, "Interview rooms in use", "Rooms with equipment and trained staff on the last day of the year",
        "protection", ITEMS, "rooms", "latest", "0", (1, 3, 6, 8, 8), 8,
        ((1, "In the Capital region"), (2, "One room waits for its lease"),
         (4, "Two rooms wait for the lease of the Ministry of Interior")),
        "Sample visits and letter of the ministry", JUSTICE, "", "output",
    ),
    Line(
        "CA-1", 2, "Child victims who received services", "Children with a first service in the year, each child once",
        "protection", "people", "children", "sum", "45", (80, 200, 260, 260, 100), 900,
        ((71, "The fourth center opened in September"),
         (171, "Corrected from 187: returning children had been counted again in two centers"),
         (214, "The hotline was out for eleven weeks, so fewer children were referred")),
        "Sample register of the centers", SOCIAL, "sex_age",
    ),
    Line(
        "CA-2", 2, "Children referred within 72 hours", "Share of referrals with a first contact within 72 hours",
        "protection", "percent", "percent of referrals", "latest", "38", (50, 60, 70, 75, 80), 80,
        ((48, "Two of four centers report"), (63, "The procedure is in use since July"), (68, "204 of 302 referrals")),
        "Sample register of the centers", SOCIAL,
    ),
    Line(
        "CO-1", 3, "Committees with a yearly plan and a budget", "Committees with both on the last day of the year",
        "prevention", ITEMS, "committees", "latest", "0", (2, 8, 12, 16, 18), 18,
        ((2, "Both in the North"), (9, "As planned, and one more"), (14, "Coast has three more than planned")),
        "Sample reports of the regions", SOCIAL,
    ),
    Line(
        "CO-2", 3, "Households that know whom to call", "Share of households that name the hotline or a committee",
        "prevention", "percent", "percent of households", "latest", "31", (31, 40, 45, 55, 60), 60,
        ((None, "The first survey was still in the field"),
         (None, "The survey was handed over in December, after the year"),
         (None, "No survey in this year; the next is planned for fiscal year 2027")),
        "Sample survey of households", SOCIAL,
    ),
)  # fmt: skip
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
                unit=line.unit, accumulation=line.accumulation, by_sex=bool(line.by), by_age=line.by == "sex_age",
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
    indicators: Mapping[str, OutcomeIndicator] = {
        row.code: row for row in OutcomeIndicator.objects.filter(partnership_id=period.partnership_id)
    }
    for line in LINES:
        value, why = line.results[number]
        record_result(
            period=period, indicator=indicators[line.code], value=None if value is None else Decimal(value),
            parts=list(_parts(line, value)), no_data_reason=why if value is None else "",
            narrative="" if value is None else why, evidence=line.source, actor=office.drafter, on=on,
        )  # fmt: skip
    take_period_step(period=period, name="submit", actor=office.drafter, on=on)
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
