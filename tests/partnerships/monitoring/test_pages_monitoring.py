"""Pages of the monitoring plan, reporting periods, and results."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from cpc.accounts.permissions import Role
from partnerships.limits import add_months
from partnerships.models import OutcomeIndicator, Partnership, ReportingPeriod, Result, ResultCell, Target
from partnerships.monitoring.services.results import schedule_periods
from partnerships.schedules import ReportFrequency
from tests.partnerships.amendments.test_amendments import applied, drafted, set_end
from tests.partnerships.sending import client_of, filled_fields, rejected_page, send
from tests.support.accounts import make_account
from tests.worlds.partnerships.build import Stage
from tests.worlds.partnerships.life import approve_plan, record

TODAY = timezone.now().date()
START = add_months(TODAY, -36)


@pytest.fixture
def analyst(stage: Stage) -> Client:
    return client_of(stage.analyst)


@pytest.fixture
def approver(stage: Stage) -> Client:
    return client_of(stage.approver)


@pytest.fixture
def running(stage: Stage) -> Partnership:
    """Return a partnership after three years, with a draft plan that has two indicators."""
    return stage.active("KEN", starts_on=START, ends_on=add_months(START, 48))


@pytest.fixture
def period(stage: Stage, running: Partnership) -> ReportingPeriod:
    """Return the first year of a partnership whose plan is approved."""
    approve_plan(stage, running, START)
    return schedule_periods(partnership=running, frequency=ReportFrequency.ANNUAL, actor=stage.analyst)[0]


def children(partnership: Partnership) -> OutcomeIndicator:
    return partnership.outcome_indicators.get(code="CV-1")


def result(client: Client, period: ReportingPeriod, **values: Any) -> Any:
    url = f"/partnerships/{period.partnership_id}/periods/{period.pk}/results/{children(period.partnership).pk}/"
    return send(client, url, **values)


def test_an_indicator_with_its_targets_until_the_plan_is_approved(
    analyst: Client, approver: Client, running: Partnership
) -> None:
    base = f"/partnerships/{running.pk}/"
    own = {
        "objective": running.objectives.get().pk,
        "definition": "Each once",
        "data_source": "Courts",
        "method": "Totals",
        "frequency": "annual",
        "responsible_office": "The ministry",
    }
    unread = send(analyst, f"{base}indicators/new/?adopt=PS.5.1-28", **own)
    assert "Read the current sheet" in rejected_page(unread)
    assert send(analyst, f"{base}indicators/new/?adopt=S-5", **own).status_code == 302
    added = running.outcome_indicators.get(code="S-5")
    html = analyst.get(f"{base}monitoring/").content.decode()
    assert "set the target of fiscal year" in html
    rejected_page(send(analyst, f"{base}monitoring/step/submit/"))
    form = analyst.get(f"{base}indicators/{added.pk}/targets/").context["form"]
    values = {name: "10" for name in form.fields if name.startswith("target_")}
    assert send(analyst, f"{base}indicators/{added.pk}/targets/", **values).status_code == 302
    rejected_page(send(analyst, f"{base}indicators/{added.pk}/targets/", target_whole="12"))
    assert Target.objects.filter(indicator=added, fiscal_year=None).count() == 1
    mine, theirs = (
        filled_fields(client, f"{base}indicators/{added.pk}/edit/", title=title)
        for client, title in ((analyst, "Mine"), (approver, "Theirs"))
    )
    assert approver.post(f"{base}indicators/{added.pk}/edit/", theirs).status_code == 302
    refused = analyst.post(f"{base}indicators/{added.pk}/edit/", mine)
    assert "Someone else saved changes" in rejected_page(refused)
    assert 'value="Mine"' in refused.content.decode()
    assert send(analyst, f"{base}monitoring/step/submit/").status_code == 302
    assert "You changed “S-5: Theirs” on " in rejected_page(send(approver, f"{base}monitoring/step/approve/"))
    second = client_of(make_account(Role.APPROVER, username="second"))
    assert send(second, f"{base}monitoring/step/approve/").status_code == 302
    assert "Revise it before" in rejected_page(send(analyst, f"{base}indicators/{added.pk}/edit/", title="Later"))
    assert (
        send(
            analyst, f"{base}indicators/{added.pk}/baseline/", value="4", on=START.isoformat(), source="Courts"
        ).status_code
        == 302
    )


def test_parts_add_up_or_the_result_gives_a_reason(analyst: Client, period: ReportingPeriod) -> None:
    half = {"value": "80", "part_female_12-17": "30", "part_male_12-17": "30"}
    refused = result(analyst, period, **half)
    html = rejected_page(refused)
    assert "add up to 60, but the value is 80" in html
    assert 'value="30"' in html, "what was typed stays"
    assert "not a count" in rejected_page(result(analyst, period, value="80.5", not_disaggregated="X"))
    assert "explain why there is none" in rejected_page(result(analyst, period))
    assert result(analyst, period, **half | {"part_unknown_unknown": "20"}).status_code == 302
    assert (Result.objects.get().value, ResultCell.objects.count()) == (80, 3)
    period.refresh_from_db()
    assert period.state == "in_progress"


def test_a_result_that_somebody_replaced_meanwhile_is_not_replaced_again(
    analyst: Client, approver: Client, period: ReportingPeriod
) -> None:
    url = f"/partnerships/{period.partnership_id}/periods/{period.pk}/results/{children(period.partnership).pk}/"
    mine = filled_fields(analyst, url, value="80", not_disaggregated="Register is on paper")
    theirs = filled_fields(approver, url, value="90", not_disaggregated="Register is on paper")
    assert approver.post(url, theirs).status_code == 302
    refused = analyst.post(url, mine)
    assert "Someone else saved changes" in rejected_page(refused)
    assert analyst.post(url, refused.context["form"].data).status_code == 302
    assert [row.value for row in Result.objects.order_by("pk")] == [90, 80]


def test_period_is_submitted_returned_approved_and_locked(
    stage: Stage, analyst: Client, approver: Client, period: ReportingPeriod
) -> None:
    url = f"/partnerships/{period.partnership_id}/periods/{period.pk}/"
    assert "record its result" in analyst.get(url).content.decode()
    record(stage, period, "40", "50", TODAY)
    result(analyst, period, narrative="")
    html = analyst.get(url).content.decode()
    assert "Behind by 60%: explain why" in html
    assert "explain why in the narrative" in rejected_page(send(analyst, f"{url}step/submit/"))
    result(analyst, period, narrative="The register began in June")
    assert send(analyst, f"{url}step/submit/").status_code == 302
    assert "an approver other than you must decide" in analyst.get(url).content.decode()
    rejected_page(send(approver, f"{url}step/return/", note=""))
    assert send(approver, f"{url}step/return/", note="Count June again").status_code == 302
    assert analyst.get(url).content.decode().count("Count June again") == 2, "at the state, and among the steps"
    send(analyst, f"{url}step/submit/")
    assert send(approver, f"{url}step/approve/", note="Agreed").status_code == 302
    assert "Approved and locked" in analyst.get(url).content.decode()
    indicator = children(period.partnership)
    locked = analyst.get(f"{url}results/{indicator.pk}/", follow=True)
    assert "its results are locked" in locked.content.decode()


def test_results_against_targets_and_their_export(stage: Stage, analyst: Client, period: ReportingPeriod) -> None:
    record(stage, period, "40", "50", TODAY)
    url = f"/partnerships/{period.partnership_id}/results/years/"
    html = analyst.get(url).content.decode()
    assert "<b>40</b>" in html
    assert "Behind by 60%" in html
    assert "No trend yet" in html
    assert "<b>No data</b>" in html
    text = b"".join(analyst.get(f"{url}?format=csv&columns=file")).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    first = next(row for row in rows if row["Code"] == "CV-1")
    assert (first["Target"], first["Actual"], first["Against the target"]) == ("100.0000", "40.0000", "Behind by 60%")
    later = [row["Actual"] for row in rows if row["Code"] == "CV-1"][1:]
    assert later == [""] * len(later), "no data is not zero"
    assert analyst.get(f"{url}?format=xlsx").status_code == 200
    assert analyst.get(f"{url}?format=pdf").status_code == 400


def test_periods_are_scheduled_once(analyst: Client, running: Partnership) -> None:
    url = f"/partnerships/{running.pk}/periods/"
    assert "No periods scheduled" in analyst.get(url).content.decode()
    for _ in range(2):
        assert send(analyst, f"{url}schedule/", frequency="annual").status_code == 302
    assert running.reporting_periods.count() in (4, 5)


def test_a_longer_term_asks_for_the_targets_of_its_new_years(
    stage: Stage, analyst: Client, period: ReportingPeriod
) -> None:
    url = f"/partnerships/{period.partnership_id}/monitoring/"
    assert "set the target" not in analyst.get(url).content.decode()
    amendment = drafted(stage, period.partnership)
    set_end(stage, amendment, add_months(START, 60))
    applied(stage, amendment)
    html = analyst.get(url).content.decode()
    assert "Revise it" in html
    assert "set the target of fiscal year" in html
    assert "baseline is still to be collected" not in html
