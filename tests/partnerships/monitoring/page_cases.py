"""Page cases for the monitoring room."""

from __future__ import annotations

from typing import Any

from cpc.accounts.permissions import Role
from tests.partnerships import records
from tests.partnerships.scenes import DESK, WORK, own
from tests.support.page_cases import (
    ADDS,
    ANALYST,
    APPROVER,
    IF_MATCH,
    ONCE,
    SAME,
    TITLES,
    Look,
    PageCase,
    TwoWriters,
    refused,
)


def _period(number: int) -> Any:
    return lambda own: own.reporting_periods.order_by("ends_on")[number].pk


CASES = (
    PageCase(
        "partnership-monitoring",
        url=records.life(),
        looks=(
            Look("monitoring-approved", DESK, arguments=own()),
            Look("monitoring-draft", DESK, arguments=own("running")),
            Look("monitoring-empty", ANALYST, arguments=own("bare")),
        ),
    ),
    PageCase(
        "partnership-monitoring-step",
        url=records.life(name=lambda p: "revise"),
        looks=(Look("monitoring-step", ANALYST, arguments=own(name="revise")),),
        second_writer=ONCE,
    ),
    PageCase(
        "partnership-indicator-new",
        url=records.life(),
        looks=(
            Look("indicator-add", ANALYST, arguments=own("running")),
            Look("indicator-adopt", ANALYST, arguments=own("running"), query="?adopt=PS.5.1-28"),
            refused("indicator-add", ANALYST, "Add the indicator", own("running")),
        ),
        second_writer=ADDS,
    ),
    PageCase(
        "partnership-indicator-edit",
        url=records.life(indicator=records.indicator),
        looks=(Look("indicator-edit", ANALYST, arguments=own("running", indicator=records.indicator)),),
        second_writer=TwoWriters(Role.ANALYST, TITLES, prepare=records.plan_is_a_draft),
    ),
    PageCase(
        "partnership-indicator-targets",
        url=records.life(indicator=records.indicator),
        looks=(Look("indicator-targets", ANALYST, arguments=own("running", indicator=records.indicator)),),
        second_writer=TwoWriters(
            Role.ANALYST, {"target_*": ("77", "88")}, {"reason": "It says so"}, prepare=records.plan_is_a_draft
        ),
    ),
    PageCase(
        "partnership-indicator-baseline",
        url=records.life(indicator=records.indicator),
        looks=(Look("indicator-baseline", ANALYST, arguments=own(indicator=records.indicator)),),
        second_writer=ONCE,
    ),
    PageCase(
        "partnership-periods",
        url=records.life(),
        looks=(Look("periods", DESK, arguments=own()), Look("periods-empty", ANALYST, arguments=own("bare"))),
    ),
    PageCase(
        "partnership-periods-schedule",
        url=records.life(),
        looks=(Look("periods-schedule", ANALYST, arguments=own()),),
        second_writer=SAME,
    ),
    PageCase(
        "partnership-period",
        url=records.life(period=records.open_period),
        looks=(
            Look("period-open", WORK, arguments=own(period=_period(2))),
            Look("period-locked", APPROVER, arguments=own(period=_period(0))),
        ),
    ),
    PageCase(
        "partnership-period-step",
        url=records.life(period=records.open_period, name=lambda p: "submit"),
        looks=(Look("period-reopen", APPROVER, arguments=own(period=_period(0), name="reopen")),),
        second_writer=ONCE,
    ),
    PageCase(
        "partnership-result",
        url=records.life(period=records.open_period, indicator=records.indicator),
        looks=(
            Look("result", ANALYST, arguments=own(period=_period(2), indicator=records.indicator)),
            refused("result", ANALYST, "Record the result", own(period=_period(3), indicator=records.indicator)),
        ),
        second_writer=TwoWriters(Role.ANALYST, {"narrative": ("A first account", "A second account")}),
    ),
    PageCase(
        "partnership-results",
        url=records.life(),
        looks=(Look("results", DESK, arguments=own()), Look("results-empty", ANALYST, arguments=own("bare"))),
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
