"""Page cases for the monitoring room."""

from __future__ import annotations

from typing import Any

from cpc.accounts.permissions import Role
from partnerships.models import OfficeIndicator
from tests.partnerships import records
from tests.partnerships.scenes import DESK, WORK, own
from tests.support.page_cases import (
    ADDS,
    ALL_ERRORS,
    APPROVER,
    IF_MATCH,
    ONCE,
    SAME,
    TITLES,
    Look,
    PageCase,
    TwoWriters,
    fill,
    press,
    refused,
    wait_for,
)


def _period(number: int) -> Any:
    return lambda own: own.reporting_periods.order_by("ends_on")[number].pk


CASES = (
    PageCase("indicator-library", Look("indicator-library", roles=WORK)),
    PageCase("office-indicator-new", Look("office-indicator-new"), second_writer=ADDS),
    PageCase(
        "office-indicator",
        Look("office-indicator", lambda scene: {"row": OfficeIndicator.objects.get().pk}),
        url=records.office_indicator,
        second_writer=TwoWriters(Role.ANALYST, TITLES),
    ),
    PageCase(
        "partnership-monitoring",
        Look("monitoring-approved", own(), DESK),
        Look("monitoring-draft", own("running"), DESK),
        Look("monitoring-empty", own("bare")),
        url=records.life(),
    ),
    PageCase(
        "partnership-monitoring-step",
        Look("monitoring-step", own(name="revise")),
        url=records.life(name=lambda p: "revise"),
        second_writer=ONCE,
    ),
    PageCase(
        "partnership-indicator-new",
        Look("indicator-add", own("running")),
        Look("indicator-adopt", own("running"), query="?adopt=PS.5.1-28"),
        refused("indicator-add", "Add the indicator", own("running")),
        url=records.life(),
        second_writer=ADDS,
    ),
    PageCase(
        "partnership-indicator-edit",
        Look("indicator-edit", own("running", indicator=records.indicator)),
        url=records.life(indicator=records.indicator),
        second_writer=TwoWriters(Role.ANALYST, TITLES, prepare=records.plan_is_a_draft),
    ),
    PageCase(
        "partnership-indicator-targets",
        Look("indicator-targets", own("running", indicator=records.indicator)),
        url=records.life(indicator=records.indicator),
        second_writer=TwoWriters(
            Role.ANALYST, {"target_*": ("77", "88")}, {"reason": "It says so"}, prepare=records.plan_is_a_draft
        ),
    ),
    PageCase(
        "partnership-indicator-baseline",
        Look("indicator-baseline", own(indicator=records.indicator)),
        url=records.life(indicator=records.indicator),
        second_writer=ONCE,
    ),
    PageCase(
        "partnership-periods", Look("periods", own(), DESK), Look("periods-empty", own("bare")), url=records.life()
    ),
    PageCase("partnership-periods-schedule", Look("periods-schedule", own()), url=records.life(), second_writer=SAME),
    PageCase(
        "partnership-period",
        Look("period-open", own(period=_period(2)), WORK),
        Look("period-locked", own(period=_period(0)), APPROVER),
        url=records.life(period=records.open_period),
    ),
    PageCase(
        "partnership-period-step",
        Look("period-reopen", own(period=_period(0), name="reopen"), APPROVER),
        url=records.life(period=records.open_period, name=lambda p: "submit"),
        second_writer=ONCE,
    ),
    PageCase(
        "partnership-result",
        Look("result", own(period=_period(2), indicator=records.indicator)),
        Look("result-approver", own(period=_period(2), indicator=records.indicator), roles=(Role.APPROVER,)),
        refused("result", "Record the result", own(period=_period(3), indicator=records.indicator)),
        url=records.life(period=records.open_period, indicator=records.indicator),
        second_writer=TwoWriters(Role.ANALYST, {"narrative": ("A first account", "A second account")}),
    ),
    PageCase(
        "partnership-period-results",
        Look("period-results", own(period=_period(2))),
        Look(
            "period-results-refused",
            own(period=_period(2)),
            states=ALL_ERRORS,
            actions=(fill("CV-1, Value", "-1"), press("Save the results"), wait_for("Nothing was saved.")),
        ),
        url=records.life(period=records.open_period),
        second_writer=TwoWriters(Role.ANALYST, {"row0-narrative": ("A first account", "A second account")}),
    ),
    PageCase(
        "partnership-results-years",
        Look("results-years", own(), (*DESK, Role.ADMINISTRATOR)),
        Look("results-years-empty", own("bare")),
        url=records.life(),
    ),
    PageCase(
        "partnership-doubles",
        Look("doubles", own(period=_period(2), indicator=records.indicator)),
        url=records.life(period=records.open_period, indicator=records.indicator),
        second_writer=TwoWriters(Role.ANALYST, {"source": ("A first list", "A second list")}, {"value": "0"}),
    ),
    PageCase(
        "api:partnership-results",
        url=records.a_partnership,
        second_writer="names the result in whose place it comes; else 422 with the code `changed`",
    ),
    PageCase("api:partnership-periods", url=records.a_partnership, second_writer=SAME),
    PageCase("api:partnership-period", url=records.period),
    PageCase("api:partnership-period-steps", url=records.period, second_writer=IF_MATCH),
)
