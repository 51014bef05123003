"""The results of all indicators of a period in one form, and its submission in the same request."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from partnerships.limits import add_months
from partnerships.models import Partnership, ReportingPeriod, Result
from partnerships.monitoring.services.plans import take_plan_step
from partnerships.monitoring.services.results import schedule_periods
from partnerships.schedules import ReportFrequency
from tests.partnerships.sending import client_of, filled_fields, rejected_page, send
from tests.worlds.partnerships.build import Stage

TODAY = timezone.now().date()
START = add_months(TODAY, -36)


@pytest.fixture
def analyst(stage: Stage) -> Client:
    return client_of(stage.analyst)


@pytest.fixture
def running(stage: Stage) -> Partnership:
    partnership = stage.active("KEN", starts_on=START, ends_on=add_months(START, 48))
    for name, actor in (("submit", stage.analyst), ("approve", stage.approver)):
        take_plan_step(plan=partnership.monitoring_plan, name=name, actor=actor, on=TODAY)
    schedule_periods(partnership=partnership, frequency=ReportFrequency.ANNUAL, actor=stage.analyst)
    return partnership


def _period(running: Partnership, *, is_over: bool = True) -> ReportingPeriod:
    rows = running.reporting_periods.order_by("ends_on")
    found = rows.filter(ends_on__lt=TODAY).first() if is_over else rows.last()
    assert found is not None
    return found


def _values(running: Partnership, name: str = "no_data_reason", value: str = "Not collected") -> dict[str, str]:
    return {f"result{row.pk}-{name}": value for row in running.outcome_indicators.filter(withdrawn=False)}


def _url(period: ReportingPeriod) -> str:
    return f"/partnerships/{period.partnership_id}/periods/{period.pk}/results/"


def test_all_results_are_saved_and_submitted_at_once(analyst: Client, running: Partnership) -> None:
    period, count = _period(running), running.outcome_indicators.count()
    sent = filled_fields(analyst, _url(period), then="submit", **_values(running))
    for _ in range(2):
        assert analyst.post(_url(period), sent).status_code == 302
    period.refresh_from_db()
    assert (period.state, period.results.count()) == ("submitted", count)
    assert list(period.steps.order_by("pk").values_list("name", flat=True)) == ["begin", "submit"]
    assert "its results are locked" in analyst.get(_url(period), follow=True).content.decode()


def test_results_may_be_saved_one_by_one_and_submitted_alone(analyst: Client, running: Partnership) -> None:
    period = _period(running)
    assert "at least one indicator" in rejected_page(send(analyst, _url(period)))
    (name, value), *others = _values(running).items()
    assert send(analyst, _url(period), **{name: value}).status_code == 302
    assert "record its result" in rejected_page(send(analyst, _url(period), then="submit"))
    assert send(analyst, _url(period), **dict(others)).status_code == 302
    before = Result.objects.count()
    assert send(analyst, _url(period), then="submit").status_code == 302
    assert Result.objects.count() == before, "what was left as it was is not recorded again"


def test_one_wrong_value_saves_nothing_and_is_shown_at_its_indicator(analyst: Client, running: Partnership) -> None:
    period, (first, *_) = _period(running), list(running.outcome_indicators.order_by("pk"))
    values = _values(running) | {f"result{first.pk}-value": "-1", f"result{first.pk}-no_data_reason": ""}
    html = rejected_page(send(analyst, _url(period), **values))
    assert f"result{first.pk}-value-error" in html
    assert not Result.objects.exists()


def test_results_of_a_period_that_runs_are_saved_but_not_submitted(analyst: Client, running: Partnership) -> None:
    period = _period(running, is_over=False)
    assert "The period lasts until" in rejected_page(send(analyst, _url(period), then="submit", **_values(running)))
    assert not Result.objects.exists()
    html = analyst.get(_url(period)).text
    assert 'value="submit"' not in html, "saving is the only button"
    assert "can be submitted after that" in html
    assert send(analyst, _url(period), **_values(running)).status_code == 302


def test_the_page_of_results_leads_to_the_first_period_that_takes_them(analyst: Client, running: Partnership) -> None:
    page = f"/partnerships/{running.pk}/results/"
    assert _url(running.reporting_periods.order_by("ends_on")[0]) in analyst.get(page).text


def test_a_result_that_another_person_replaced_is_shown_beside_the_entry(stage: Stage, running: Partnership) -> None:
    period, first = _period(running), client_of(stage.analyst)
    (name, _), *_ = _values(running).items()
    sent = [filled_fields(first, _url(period), **{name: text}) for text in ("Not collected", "The register burned")]
    assert first.post(_url(period), sent[0]).status_code == 302
    html = rejected_page(first.post(_url(period), sent[1]))
    assert "Saved value: Not collected" in html
    assert "The register burned" in html


def test_the_parts_of_each_value_are_in_the_form(analyst: Client, running: Partnership) -> None:
    period = _period(running)
    page = analyst.get(_url(period))
    broken_down = [part for part in page.context["form"].parts if part.form.breakdown]
    assert broken_down
    prefix, cells = broken_down[0].prefix, [name for name, _, _ in broken_down[0].form.breakdown]
    entries = {f"{prefix}-value": "7", f"{prefix}-{cells[0]}": "6"}
    assert "add up to 6, but the value is 7" in rejected_page(send(analyst, _url(period), **entries))
    assert send(analyst, _url(period), **entries | {f"{prefix}-{cells[1]}": "1"}).status_code == 302
    assert Result.objects.get().cells.count() == 2
