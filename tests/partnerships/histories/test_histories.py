"""Random histories of partnerships: each record obeys the laws, and the sentences about it are true."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.partnerships.histories.machine import History, Office

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.world("empty")]

FEW, MANY = 8, 75


@pytest.mark.parametrize(
    "histories",
    [pytest.param(FEW, id="few")] + [pytest.param(MANY, marks=pytest.mark.wide, id=f"many {n}") for n in "ABCD"],
)
def test_random_histories_are_lawful_and_shown_correctly(histories: int) -> None:
    class OfThisOffice(History):
        office = Office()

    run_state_machine_as_test(
        OfThisOffice,
        settings=settings(
            max_examples=histories,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            print_blob=False,
            report_multiple_bugs=False,
            # A failing history is printed as it was found: to shrink it takes minutes, and 25 steps can be read.
            phases=(Phase.generate,),
        ),
    )
