"""Results of several reporters: recorded, made to one total, corrected, and bounded by the database, too."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from cpc.database.revisions import EditConflict
from partnerships.lookups.totals import PeriodTotal, live_results_by_indicator
from partnerships.models import Award, DoubleCount, OutcomeIndicator, PlannedMethod, ReportingPeriod, Result
from partnerships.monitoring.publication import published_results
from partnerships.monitoring.queries import awards_that_report, period_lines
from partnerships.monitoring.services.plans import NewTarget, add_indicator, edit_indicator, set_targets, take_plan_step
from partnerships.monitoring.services.results import record_doubles, record_result, take_period_step
from partnerships.portfolio.newest_year import newest_year
from tests.partnerships.error_codes import db_error_code
from tests.partnerships.monitoring.test_monitoring import LATER, codes, half_years, refused_by_database
from tests.worlds.partnerships.build import Stage
from tests.worlds.partnerships.complete import Complete, make_complete

pytestmark = pytest.mark.django_db
D = Decimal


class Reported:
    """A partnership in two fiscal years whose two awards and government report people, rooms, and a share."""

    def __init__(self) -> None:
        self.made: Complete = make_complete(approved_plan=False)
        analyst = self.made.analyst
        self.people, self.rooms, self.share = (
            add_indicator(
                indicator=OutcomeIndicator(
                    partnership=self.made.partnership, objective=self.made.objective, code=code, title=f"Title {code}",
                    level="outcome", paradigm="protection", measure=measure, unit="units", accumulation=accumulation,
                    aggregation=method, frequency="as_needed", responsible=self.made.ministry,
                ),
                actor=analyst,
            )
            for code, measure, accumulation, method in (
                ("PE-1", "people", "sum", "distinct"),
                ("RO-1", "things", "latest", "latest"),
                ("SH-2", "percent", "sum", "share"),
            )
        )  # fmt: skip
        for row in (self.people, self.rooms, self.share):
            goals = [NewTarget(year, D(100)) for year in (2024, 2025, None)]
            set_targets(indicator=row, targets=goals, actor=analyst)
        self.approve_plan()
        self.justice, self.care = (
            Award.objects.create(
                partnership=self.made.partnership, title=title, type="grant", recipient=title,
                recipient_type="civil_society", starts_on=date(2023, 10, 1), ends_on=date(2025, 9, 30),
            )
            for title in ("Justice Institute", "Care Network")
        )  # fmt: skip
        self.first, self.second, *_ = half_years(self.made)

    def approve_plan(self) -> None:
        plan = self.made.partnership.monitoring_plan
        plan.refresh_from_db()
        for name, actor in (("submit", self.made.analyst), ("approve", self.made.approver)):
            plan = take_plan_step(plan=plan, name=name, actor=actor, on=LATER)

    def record(
        self, indicator: OutcomeIndicator, award: Award | None, value: object, *, period: Any = None, **more: Any
    ) -> Result:
        given = {"value": None if value is None else D(str(value)), "narrative": "Explained"} | more
        return record_result(
            period=period or self.first, indicator=indicator, award=award, actor=self.made.analyst, on=LATER, **given
        )

    def doubles(self, value: int, **more: Any) -> DoubleCount:
        given: dict[str, Any] = {"source": "Trained by both"} | more
        return record_doubles(
            period=self.first, indicator=self.people, value=D(value), actor=self.made.analyst, **given
        )

    def totals(self, indicator: OutcomeIndicator) -> list[PeriodTotal]:
        return live_results_by_indicator(self.made.partnership.pk)[indicator.pk]

    def close(self, *periods: ReportingPeriod) -> None:
        for period in periods:
            for name, actor in (("submit", self.made.analyst), ("approve", self.made.approver)):
                period = take_period_step(period=period, name=name, actor=actor, on=LATER)


@pytest.fixture
def there() -> Reported:
    return Reported()


def test_two_implementers_a_share_a_level_and_a_corrected_value_add_up_as_their_methods_say(there: Reported) -> None:
    there.record(there.people, there.justice, 142)
    there.record(there.people, there.care, 40)
    there.doubles(22)
    there.record(there.people, there.care, 38)  # a correction: "was 40"
    there.record(there.rooms, there.justice, 4)
    there.record(there.rooms, None, 4)
    there.record(there.share, there.care, None, numerator=D(163), denominator=D(214))
    there.record(there.share, None, None, numerator=D(41), denominator=D(88))
    (people,), (rooms,), (share,) = (there.totals(row) for row in (there.people, there.rooms, there.share))
    assert (people.value, people.total.doubles, len(people.reported)) == (D(158), D(22), 2)
    assert (rooms.value, rooms.total.is_same) == (D(4), True)
    assert (share.value, share.total.counts) == (D("67.5497"), (D(204), D(302)))
    # Over periods: the second half-year adds people, and counts rooms of one reporter again.
    there.record(there.people, there.justice, 10, period=there.second)
    there.record(there.rooms, None, 6, period=there.second)
    there.record(there.share, there.care, None, numerator=D(1), denominator=D(98), period=there.second)
    year = {row.measured.indicator.code: row for row in newest_year(there.made.partnership, date(2024, 10, 1)).results}
    assert year["PE-1"].value == 168
    assert year["RO-1"].value == 6, "the newest count; that of the institute is older"
    assert year["SH-2"].value == D("51.2500"), "205 of 400"


def test_a_level_of_several_reporters_adds_up_from_the_newest_of_each(there: Reported) -> None:
    take_plan_step(
        plan=there.made.partnership.monitoring_plan,
        name="revise",
        actor=there.made.analyst,
        on=LATER,
        reason="Sums",
    )
    edit_indicator(indicator=there.rooms, values={"aggregation": "sum"}, actor=there.made.analyst)
    there.approve_plan()
    there.record(there.rooms, there.justice, 4)
    there.record(there.rooms, None, 3)
    there.record(there.rooms, None, 5, period=there.second)
    first, second = there.totals(there.rooms)
    assert (first.value, second.value) == (D(7), D(9))
    assert [row.award for row in second.carried] == [there.justice]


def test_a_new_method_redraws_no_approved_year(there: Reported) -> None:
    for period in (there.first, there.second):
        there.record(there.people, there.justice, 10, period=period)
        there.record(there.people, there.care, 10, period=period)
        there.record(there.made.children, None, None, no_data_reason="None", narrative="", period=period)
        there.record(there.made.share, None, None, no_data_reason="None", narrative="", period=period)
    there.doubles(5)
    there.close(there.first, there.second)
    plan = there.made.partnership.monitoring_plan
    plan.refresh_from_db()
    take_plan_step(plan=plan, name="revise", actor=there.made.analyst, on=LATER, reason="Another method")
    edit_indicator(indicator=there.people, values={"aggregation": "latest"}, actor=there.made.analyst)
    assert [row.value for row in there.totals(there.people)] == [15, 20], "no change before approval"
    there.approve_plan()
    third = there.made.partnership.reporting_periods.order_by("ends_on")[2]
    there.record(there.people, there.justice, 7, period=third)
    there.record(there.people, there.care, 8, period=third)
    found = there.totals(there.people)
    assert [(row.value, row.method.value, row.version) for row in found] == [
        (D(15), "distinct", 1), (D(20), "distinct", 1), (D(8), "latest", 2),
    ]  # fmt: skip
    assert published_results(there.people).years == {2024: 35}
    assert PlannedMethod.objects.filter(indicator=there.people).count() == 2


@pytest.mark.parametrize(("doubles", "is_refused"), [(0, False), (37, False), (38, False), (39, True), (-1, True)])
def test_no_more_duplicates_than_the_total_less_the_largest(there: Reported, doubles: int, *, is_refused: bool) -> None:
    there.record(there.people, there.justice, 142)
    there.record(there.people, there.care, 38)
    if not is_refused:
        assert there.doubles(doubles).value == doubles
        return
    with pytest.raises(ValidationError) as error:
        there.doubles(doubles)
    assert codes(error) == {"doubles" if doubles > 0 else "value"}


def test_a_result_is_not_lowered_below_its_duplicates_and_the_database_agrees(there: Reported) -> None:
    there.record(there.people, there.justice, 142)
    before = there.record(there.people, there.care, 38)
    there.doubles(38)
    with pytest.raises(ValidationError, match="the total less the largest reporter is 30"):
        there.record(there.people, there.care, 30)
    sql = (
        "INSERT INTO partnerships_result (period_id, indicator_id, award_id, value, no_data_reason, not_disaggregated, "
        "narrative, evidence, replaces_id, recorded_by_id) VALUES (%s, %s, %s, 30, '', '', '', '', %s, %s)"
    )
    given = (there.first.pk, there.people.pk, there.care.pk, before.pk, there.made.analyst.pk)
    assert refused_by_database(sql, *given) == "doubles"
    with pytest.raises(EditConflict):
        there.doubles(10, expected_revision="0")
    newest = DoubleCount.objects.get()
    assert there.doubles(0, expected_revision=str(newest.pk)).replaces == newest
    assert there.record(there.people, there.care, 30).value == 30


def test_duplicates_need_a_method_that_takes_them_off_and_a_source(there: Reported) -> None:
    with pytest.raises(ValidationError) as error:
        record_doubles(period=there.first, indicator=there.rooms, value=D(0), source="Lists", actor=there.made.analyst)
    assert codes(error) == {"aggregation"}
    with pytest.raises(ValidationError) as error:
        there.doubles(0, source=" ")
    assert codes(error) == {"blank"}
    row = DoubleCount(
        period=there.first, indicator=there.rooms, value=D(0), source="Lists", recorded_by=there.made.analyst
    )
    take_period_step(period=there.first, name="begin", actor=there.made.analyst, on=LATER)
    assert db_error_code(row.save) == "aggregation"


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"value": 50}, "counts"),
        ({"value": None, "numerator": D(1)}, "counts"),
        ({"value": None, "numerator": D(3), "denominator": D(2)}, "counts"),
        ({"value": None, "numerator": D(0), "denominator": D(0)}, "counts"),
        ({"value": None, "numerator": D("0.5"), "denominator": D(2)}, "counts"),
        ({"value": 51, "numerator": D(1), "denominator": D(2)}, "counts"),
        ({"value": "33.4", "numerator": D(1), "denominator": D(3)}, "counts"),
        ({"value": "33.3", "numerator": D(1), "denominator": D(3)}, ""),
        ({"value": 33, "numerator": D(1), "denominator": D(3)}, ""),
        ({"value": None, "numerator": D(0), "denominator": D(3)}, ""),
        ({"value": None, "no_data_reason": "No survey"}, ""),
    ],
)
def test_a_share_of_several_has_its_counts(there: Reported, given: dict[str, Any], code: str) -> None:
    if not code:
        recorded = there.record(there.share, there.care, given.pop("value"), **given)
        assert recorded.value == (None if "no_data_reason" in given else recorded.value)
        return
    with pytest.raises(ValidationError) as error:
        there.record(there.share, there.care, given.pop("value"), **given)
    assert codes(error) == {code}


def test_the_database_computes_a_share_and_keeps_reporters_apart(there: Reported) -> None:
    there.record(there.share, there.care, None, numerator=D(1), denominator=D(3))
    sql = (
        "INSERT INTO partnerships_result (period_id, indicator_id, award_id, value, numerator, denominator, "
        "no_data_reason, not_disaggregated, narrative, evidence, replaces_id, recorded_by_id) "
        "VALUES (%s, %s, %s, %s, %s, %s, '', '', '', '', %s, %s)"
    )
    first, analyst = Result.objects.get(), there.made.analyst.pk

    def refused(indicator: OutcomeIndicator, award: Award | None, value: str, counts: Any, replaces: Any) -> str:
        key = award.pk if award else None
        return refused_by_database(sql, there.first.pk, indicator.pk, key, value, *counts, replaces, analyst)

    assert refused(there.share, None, "33.3", (1, 3), None) == "counts"
    assert refused(there.people, None, "33.3333", (1, 3), None) == "counts"
    assert refused(there.share, None, "33.3333", (1, 3), first.pk) == "replaces"
    assert refused(there.share, there.care, "33.3333", (1, 3), None) == "result_once"
    stage = Stage(there.made.analyst, there.made.approver)
    foreign = stage.award(stage.active("KEN"))
    assert refused(there.share, foreign, "33.3333", (1, 3), None) == "other_partnership"
    with pytest.raises(ValidationError) as error:
        there.record(there.rooms, foreign, 3)
    assert codes(error) == {"award"}


def test_who_reports_in_a_period(there: Reported) -> None:
    planned, over = there.justice, there.care
    assert awards_that_report(there.first) == [], "an award that is planned reports nothing"
    there.record(there.rooms, planned, 1)
    assert awards_that_report(there.first) == [planned]
    assert awards_that_report(there.second) == []
    names = {line.name for line in period_lines(there.first) if line.indicator == there.rooms}
    assert names == {"RO-1", "RO-1, Justice Institute"}
    assert over.recipient not in " ".join(names)


Step = Callable[[], object]


def test_a_period_asks_for_the_reason_of_a_total_far_off_its_target_and_for_counts(there: Reported) -> None:
    for period in (there.first, there.second):
        there.record(there.people, there.justice, 40, narrative="", period=period)
        there.record(there.people, None, 4, narrative="", period=period)
        for row in (there.made.children, there.made.share):
            there.record(row, None, None, no_data_reason="None", narrative="", period=period)
    there.close(there.first)
    with pytest.raises(ValidationError, match=r"PE-1: Title PE-1: the year is 12\.0 percent below its target"):
        there.close(there.second)
    there.record(there.people, None, 6, narrative="", period=there.second)  # 90 of 100: at most 10 percent behind
    there.close(there.second)
