"""Rows for the pages of monitoring: which results, targets, and indicators count, and in which order."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from cpc.audit.models import AuditEntry
from partnerships.disclosure import Hidden
from partnerships.lookups.rule_inputs import years_of
from partnerships.models import (
    Breakdown,
    Evaluation,
    Objective,
    OutcomeIndicator,
    Participant,
    Partnership,
    ReportingPeriod,
)
from partnerships.monitoring import queries
from partnerships.monitoring.forms import BaselineForm, ResultForm, TargetsForm, plain
from partnerships.monitoring.publication import published_results
from partnerships.monitoring.queries import measures
from partnerships.monitoring.services.plans import (
    NewTarget,
    add_indicator,
    collect_baseline,
    edit_indicator,
    set_targets,
)
from partnerships.monitoring.services.results import Part, record_result, required_breakdowns
from partnerships.progress import TargetStatus
from tests.partnerships.monitoring.test_monitoring import LATER, half_years, report, submit_and_approve
from tests.partnerships.sending import filled_fields_of
from tests.support.unguarded import unguarded
from tests.worlds.partnerships.complete import TERM, Complete, make_complete

pytestmark = pytest.mark.django_db
D = Decimal


def another(made: Complete, code: str, **values: Any) -> OutcomeIndicator:
    usual: dict[str, Any] = {
        "title": f"Title of {code}", "definition": "As told", "level": "output", "paradigm": "protection",
        "measure": "things", "unit": "items", "accumulation": "sum", "data_source": "Register", "method": "Totals",
        "frequency": "annual", "responsible": made.ministry, "objective": made.objective,
    }  # fmt: skip
    row = OutcomeIndicator(partnership=made.partnership, code=code, **usual | values)
    return add_indicator(indicator=row, actor=made.analyst)


# ---- queries -------------------------------------------------------------------------------------------------------


def test_indicators_are_by_objective_and_code_and_withdrawn_ones_last() -> None:
    made = make_complete(approved_plan=False)
    second = Objective.objects.create(
        partnership=made.partnership, number=2, title="Courts", paradigm="prosecution", system="justice", outcome="More"
    )
    for code, objective, withdrawn in (("AA-1", second, False), ("AB-1", made.objective, True),
                                       ("ZZ-1", made.objective, False)):  # fmt: skip
        row = another(made, code, objective=objective)
        if withdrawn:
            edit_indicator(indicator=row, values={"withdrawn": True}, actor=made.analyst)
    codes = [row.code for row in queries.indicators_of(made.partnership)]
    assert codes == ["CV-1", "SH-1", "ZZ-1", "AA-1", "AB-1"]
    assert [row.indicator.code for row in measures(made.partnership, LATER)] == ["CV-1", "SH-1", "ZZ-1", "AA-1"]
    assert sorted(line.indicator.code for line in queries.period_lines(half_years(made)[0])) == [
        "AA-1", "CV-1", "SH-1", "ZZ-1",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "years"),
    [
        (None, None, []),
        (date(2023, 10, 1), None, []),
        (date(2023, 9, 30), date(2024, 9, 30), [2023, 2024]),
        (date(2023, 10, 1), date(2024, 10, 1), [2024, 2025]),
    ],
)
def test_the_years_of_a_term_are_fiscal_years(starts_on: date | None, ends_on: date | None, years: list[int]) -> None:
    assert list(years_of(Partnership(starts_on=starts_on, ends_on=ends_on))) == years


def test_only_the_newest_result_and_target_count() -> None:
    made = make_complete()
    first, second, *_ = half_years(made)
    for count in (40, 42, 44):
        report(made, first, count)
    report(made, second, 60)
    lines = {line.indicator.code: line for line in queries.period_lines(first)}
    assert lines["CV-1"].result is not None
    assert (lines["CV-1"].result.value, lines["CV-1"].earlier) == (44, 2)
    assert (lines["SH-1"].result, lines["SH-1"].earlier) == (None, 0)
    assert [(row.ends_on, row.reported) for row in queries.periods_of(made.partnership)][:3] == [  # type: ignore[attr-defined]
        (date(2024, 3, 31), 1), (date(2024, 9, 30), 1), (date(2025, 3, 31), 0),
    ]  # fmt: skip
    live = queries.live_result(first, made.children)
    assert live is not None
    assert (live.value, queries.result_revision(live), queries.result_revision(None)) == (44, str(live.pk), "0")
    children, _ = queries.results_by_year(made.partnership, LATER)
    row, years = children
    assert [row.figure.value, row.target, row.whole] == [D(104), D(100), D(220)]
    assert [(line.year, line.target, line.figure.value if line.figure else None) for line in years] == [
        (2024, D(100), D(104)), (2025, D(120), None),
    ]  # fmt: skip
    assert [line.comparison.status for line in years] == [TargetStatus.AHEAD, TargetStatus.NO_DATA]


def test_a_changed_target_replaces_the_one_before() -> None:
    made = make_complete(approved_plan=False)
    assert queries.targets_of(made.children) == {2024: 100, 2025: 120, None: 220}
    before = queries.targets_revision(made.children)
    assert set_targets(
        indicator=made.children, targets=[NewTarget(2024, D(100)), NewTarget(None, D(220))], actor=made.analyst
    ) == []  # fmt: skip
    assert queries.targets_revision(made.children) == before
    with pytest.raises(ValidationError) as error:
        set_targets(indicator=made.children, targets=[NewTarget(2024, D(90))], actor=made.analyst, reason=" ")
    assert error.value.message_dict == {"reason": ["Explain why a target changes."]}
    set_targets(indicator=made.children, targets=[NewTarget(2026, D(5))], actor=made.analyst)
    [row] = set_targets(
        indicator=made.children, targets=[NewTarget(2024, D(90)), NewTarget(2025, D(120))], actor=made.analyst,
        reason=" As agreed ",
    )  # fmt: skip
    assert (row.fiscal_year, row.value, row.reason) == (2024, 90, "As agreed")
    assert queries.targets_of(made.children) == {2024: 90, 2025: 120, 2026: 5, None: 220}
    assert queries.targets_revision(made.children) == str(row.pk)
    newest = AuditEntry.objects.filter(action="set targets").order_by("-pk")[0]
    assert newest.before == {"2024": "100.0000", "2025": "120.0000", "2026": "5.0000", "whole": "220.0000"}


def test_evaluations_are_by_planned_day() -> None:
    made = make_complete()
    for title, planned_on in (("later", date(2025, 2, 1)), ("sooner", date(2025, 1, 1)), ("same", date(2025, 1, 1))):
        Evaluation.objects.create(partnership=made.partnership, kind="midline", title=title, planned_on=planned_on)
    assert [row.title for row in queries.evaluations_of(made.partnership)] == ["sooner", "same", "later"]


# ---- services ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("field", ["objective", "responsible"])
def test_objective_and_office_are_of_the_same_partnership(field: str) -> None:
    made = make_complete(approved_plan=False)
    elsewhere = made.partnership.pk + 1
    foreign = {
        "objective": Objective(partnership_id=elsewhere, number=1, title="Courts"),
        "responsible": Participant(partnership_id=elsewhere, name="Elsewhere"),
    }[field]
    with pytest.raises(ValidationError) as error:
        another(made, "XX-1", **{field: foreign})
    assert error.value.message_dict == {field: ["Choose one from this partnership."]}
    with pytest.raises(ValidationError) as error:
        edit_indicator(indicator=made.share, values={field: foreign}, actor=made.analyst)
    assert error.value.message_dict == {field: ["Choose one from this partnership."]}


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        ({}, []),
        ({"by_sex": True}, ["sex"]),
        ({"by_age": True}, ["age"]),
        ({"by_sex": True, "by_age": True}, ["sex and age"]),
        ({"by_form": True, "by_region": True}, ["form of trafficking", "region"]),
    ],
)
def test_an_indicator_asks_for_its_own_breakdowns(wanted: dict[str, bool], names: list[str]) -> None:
    assert required_breakdowns(OutcomeIndicator(**wanted)) == names


def test_texts_of_a_result_are_stored_without_spaces_around_them() -> None:
    made = make_complete()
    result = record_result(
        period=half_years(made)[0], indicator=made.children, value=D(7), not_disaggregated=" Totals only ",
        narrative=" Late ", evidence=" A register ", actor=made.analyst, on=LATER,
    )  # fmt: skip
    assert (result.not_disaggregated, result.narrative, result.evidence) == ("Totals only", "Late", "A register")


# ---- publication ---------------------------------------------------------------------------------------------------


def test_what_is_published_is_approved_and_newest() -> None:
    made = make_complete()
    first, second, third, _ = half_years(made)
    report(made, first, 40)
    report(made, first, 50)
    report(made, second, 60, narrative="Explained")
    report(made, third, 70)
    record_result(period=second, indicator=made.share, value=D(50), narrative="Explained", actor=made.analyst, on=LATER)
    for period in (first, second):
        submit_and_approve(made, period)
    published = published_results(made.children)
    assert (published.years, published.whole) == ({2024: D(110)}, D(110))
    shares = published_results(made.share)
    assert (shares.years, shares.whole) == ({2024: D(50)}, D(50))
    assert not shares.parts


COUNTS: list[tuple[str, tuple[int, ...], dict[int, int | Hidden], str | Hidden]] = [
    ("latest", (40, 60, 70), {2024: 60, 2025: 70}, "70"),
    ("latest", (40, 60, 62), {2024: 60, 2025: Hidden.HELD}, "60"),
    ("average", (40, 60, 70), {2024: 50, 2025: 70}, "56.6667"),
    ("average", (4, 4, 70), {2024: Hidden.SMALL, 2025: 70}, Hidden.HELD),
    ("average", (5, 5, 70), {2024: 5, 2025: 70}, "26.6667"),
    ("average", (0, 0, 70), {2024: 0, 2025: 70}, "23.3333"),
    ("sum", (2, 2, 70), {2024: Hidden.SMALL, 2025: Hidden.HELD}, "74"),
]


def test_small_counts_are_not_had_by_subtraction() -> None:
    made = make_complete(approved_plan=False)
    periods, rows = half_years(made), []
    for number, (accumulation, counts, *_) in enumerate(COUNTS):
        values = {"measure": "people", "accumulation": accumulation, "frequency": "as_needed"}
        rows.append(another(made, f"PP-{number}", **values))
        for period, count in zip(periods, counts, strict=False):
            record_result(period=period, indicator=rows[-1], value=D(count), actor=made.analyst, on=LATER)
    assert published_results(rows[0]).years == {}
    approved(made, 3)
    for row, (_, _, years, whole) in zip(rows, COUNTS, strict=True):
        found = published_results(row)
        assert (found.years, found.whole) == (years, whole if isinstance(whole, Hidden) else D(whole)), row


def approved(made: Complete, number: int) -> None:
    keys = list(made.partnership.reporting_periods.order_by("ends_on").values_list("pk", flat=True)[:number])
    with unguarded():
        ReportingPeriod.objects.filter(pk__in=keys).update(state="approved")


# ---- forms ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "text"), [(None, None), (D("0.0000"), "0"), (D("100.0000"), "100"), (D("4.5000"), "4.5")]
)
def test_a_quantity_is_shown_as_a_person_types_it(value: Decimal | None, text: str | None) -> None:
    assert plain(value) == text


def test_the_form_of_a_result_has_a_field_for_each_part() -> None:
    made = make_complete()
    made.partnership.focus_regions = ["Volta"]
    made.partnership.forms = ["forced_labor", "online"]
    period = half_years(made)[0]
    period.partnership = made.partnership
    assert parts_of(made, period) == []
    assert parts_of(made, period, by_sex=True) == [
        ("part_female_all", "Female"), ("part_male_all", "Male"), ("part_unknown_all", "Not known"),
    ]  # fmt: skip
    assert parts_of(made, period, by_age=True)[:2] == [("part_all_0-5", "0 to 5"), ("part_all_6-11", "6 to 11")]
    crossed = parts_of(made, period, by_age=True, by_sex=True)
    assert (len(crossed), crossed[0]) == (15, ("part_female_0-5", "Female, 0 to 5"))
    assert parts_of(made, period, by_form=True) == [
        ("part_form_0", "Forced child labor"), ("part_form_1", "Online sexual exploitation of children"),
    ]  # fmt: skip
    assert parts_of(made, period, by_region=True) == [("part_region_0", "Volta"), ("part_region_1", "Elsewhere")]


def parts_of(made: Complete, period: Any, **wanted: Any) -> list[tuple[str, str]]:
    row = OutcomeIndicator(pk=0, code="X", unit="children", measure="people", **wanted)
    form = ResultForm(partnership=made.partnership, indicator=row, period=period, live=None)
    assert ("not_disaggregated" in form.fields) is bool(wanted)
    return [(name, label) for name, _, label in form.breakdown]


def test_the_form_of_a_result_begins_with_the_one_that_counts() -> None:
    made = make_complete()
    first = half_years(made)[0]
    arguments: Any = {"partnership": made.partnership, "indicator": made.children, "period": first}
    assert not ResultForm(**arguments, live=queries.live_result(first, made.children)).is_replacing
    report(made, first, 48, narrative="Explained")
    form = ResultForm(**arguments, live=queries.live_result(first, made.children))
    assert form.is_replacing
    shown = filled_fields_of(form)
    assert (shown["value"], shown["narrative"]) == ("48", "Explained")
    assert (shown["part_female_12-17"], shown["part_male_6-11"]) == ("24", "24")
    assert "part_female_6-11" not in shown
    bound = ResultForm(shown | {"part_male_6-11": "0"}, **arguments, live=queries.live_result(first, made.children))
    assert bound.is_valid(), bound.errors
    assert bound.values["parts"] == [
        Part(Breakdown.SEX_AGE, D(24), "female", "12-17"), Part(Breakdown.SEX_AGE, D(0), "male", "6-11"),
    ]  # fmt: skip


def test_the_form_of_targets_has_each_year_and_the_whole_partnership() -> None:
    made = make_complete(approved_plan=False)
    form = TargetsForm(partnership=made.partnership, indicator=made.children)
    labels = {name: field.label for name, field in form.fields.items() if name.startswith("target_")}
    assert labels == {"target_2024": "FY 2024", "target_2025": "FY 2025", "target_whole": "Whole partnership"}
    shown = filled_fields_of(form)
    assert [shown[name] for name in labels] == ["100", "120", "220"]
    bound = TargetsForm(
        shown | {"target_2024": "", "target_2025": "0"}, partnership=made.partnership, indicator=made.children
    )
    assert bound.is_valid(), bound.errors
    assert bound.targets == [NewTarget(2025, D(0)), NewTarget(None, D(220))]


def test_a_baseline_is_collected_with_its_day_and_source_once() -> None:
    made = make_complete()
    given: dict[str, Any] = {"value": D(0), "on": TERM[0], "source": "Register", "actor": made.analyst}
    row = collect_baseline(indicator=made.children, **given)
    assert (row.baseline_status, row.baseline_value, row.baseline_on, row.baseline_source) == (
        "known", 0, TERM[0], "Register",
    )  # fmt: skip
    with pytest.raises(ValidationError, match="There is already a baseline"):
        collect_baseline(indicator=made.children, **given)
    assert BaselineForm(partnership=made.partnership).fields["on"].required
