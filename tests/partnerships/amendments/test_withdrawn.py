"""Withdrawn terms count nowhere: each total is the sum of the rows that the same route shows."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from partnerships.amendments.services import drafting as drafting_services
from partnerships.amendments.services import steps as step_services
from partnerships.history import presenters as history_presenters
from partnerships.history.queries import as_of
from partnerships.limit_position import headroom
from partnerships.models import (
    Activity,
    Amendment,
    AmendmentKind,
    Government,
    Objective,
    OutcomeIndicator,
    Partnership,
    Program,
    ProgramAmount,
)
from partnerships.portfolio.overview import overview
from partnerships.terms.queries import programs_of, terms_of
from tests.api.test_partnerships import as_program
from tests.partnerships.error_codes import db_error_code, error_codes, raw
from tests.partnerships.sending import client_of, page_text
from tests.worlds.partnerships.build import START, Active, Stage

TODAY = timezone.now().date()
MILLION = Decimal(1_000_000)


@pytest.fixture
def running(active: Active) -> Partnership:
    return active.partnership


def drafted(stage: Stage, partnership: Partnership) -> Amendment:
    return drafting_services.draft_amendment(
        partnership=partnership, kind=AmendmentKind.TERMS, title="Fewer terms", reason="Agreed", actor=stage.analyst
    )


def take_out(stage: Stage, amendment: Amendment, row: Program | Objective | Activity) -> None:
    drafting_services.propose_change(amendment=amendment, row=row, field="withdrawn", value=True, actor=stage.analyst)


def applied(stage: Stage, amendment: Amendment) -> Partnership:
    step_services.submit_amendment(amendment=amendment, actor=stage.analyst, on=TODAY)
    decided = step_services.decide_amendment(amendment=amendment, approve=True, actor=stage.approver)
    return step_services.apply_amendment(amendment=decided, actor=stage.analyst, on=TODAY)


def replace_program(stage: Stage, partnership: Partnership, amount: Decimal) -> Partnership:
    """Withdraw the only program, and add another with an amount, in one amendment."""
    amendment = drafted(stage, partnership)
    take_out(stage, amendment, partnership.programs.get())
    program = Program(partnership=partnership, title="Shelters")
    drafting_services.propose_addition(amendment=amendment, row=program, actor=stage.analyst)
    drafting_services.propose_amount(
        amendment=amendment, program=program, government=Government.UNITED_STATES, amount=amount, actor=stage.analyst
    )
    return applied(stage, amendment)


def shown(partnership: Partnership, stage: Stage) -> dict[str, tuple[Decimal, Decimal]]:
    """Return the planned total and the sum of the rows beside it, by route."""
    rest = as_program(stage.analyst).get(f"/api/v1/partnerships/{partnership.pk}/").json()
    page = overview(partnership, TODAY)
    rows = as_of(partnership, TODAY)
    newest = {
        row["program_id"]: row["amount"] for row in rows["partnerships_programamount"] if row["government"] == "us"
    }
    counted = [row["id"] for row in rows["partnerships_program"] if not row["withdrawn"]]
    return {
        "terms": (
            partnership.planned_total,
            sum((amounts.get("us", Decimal(0)) for _, amounts in programs_of(partnership)), Decimal(0)),
        ),
        "overview": (
            page.position.planned or Decimal(0),
            sum((line.us_amount or Decimal(0) for line in page.programs), Decimal(0)),
        ),
        "REST": (
            Decimal(rest["funding"]["planned"]),
            sum((Decimal(row["us_amount"]) for row in rest["programs"]), Decimal(0)),
        ),
        "as of": (
            Decimal(str(rows["partnerships_partnership"][0]["planned_total"])),
            sum((Decimal(str(newest[key])) for key in counted), Decimal(0)),
        ),
    }


def test_planned_total_is_the_sum_of_shown_programs_on_every_route(stage: Stage, running: Partnership) -> None:
    assert set(shown(running, stage).values()) == {(4 * MILLION, 4 * MILLION)}
    amended = replace_program(stage, running, 3 * MILLION)
    assert set(shown(amended, stage).values()) == {(3 * MILLION, 3 * MILLION)}
    amendment = drafted(stage, amended)
    take_out(stage, amendment, amended.programs.get(title="Shelters"))
    nothing = applied(stage, amendment)
    assert set(shown(nothing, stage).values()) == {(Decimal(0), Decimal(0))}
    assert headroom(nothing).planned == nothing.funding_limit
    assert nothing.notified_total == 4 * MILLION, "Congress was told of 4 million, whatever is planned now"
    page = page_text(client_of(stage.analyst).get(f"/partnerships/{running.pk}/"))
    assert "of $4.0M planned" not in page


def test_a_restored_program_counts_again(stage: Stage, running: Partnership) -> None:
    amended = replace_program(stage, running, MILLION)
    amendment = drafted(stage, amended)
    program = amended.programs.get(title="Justice")
    drafting_services.propose_change(
        amendment=amendment, row=program, field="withdrawn", value=False, actor=stage.analyst
    )
    assert applied(stage, amendment).planned_total == 5 * MILLION


@pytest.mark.parametrize(("awarded", "passes"), [("1000000.00", True), ("1000000.01", False)])
def test_a_withdrawal_leaves_planned_what_is_awarded(
    stage: Stage, running: Partnership, awarded: str, passes: bool
) -> None:
    stage.award(running, awarded)
    running.refresh_from_db()
    if passes:
        assert replace_program(stage, running, MILLION).planned_total == MILLION
        return
    assert error_codes(lambda: replace_program(stage, running, MILLION)) == ["awarded_over_planned"]


def test_an_amendment_replaces_a_program_of_the_whole_limit(stage: Stage, running: Partnership) -> None:
    """On the way, the sum of both would exceed the limit, and none would be too little for what is awarded."""
    stage.award(running, "3000000.00")
    running.refresh_from_db()
    assert replace_program(stage, running, 5 * MILLION).planned_total == running.funding_limit == 5 * MILLION


def test_before_signature_too_a_withdrawn_program_plans_nothing(stage: Stage, active: Active) -> None:
    draft = stage.draft("UGA", reason="")
    program = stage.program(draft, "2000000.00")
    raw("UPDATE partnerships_program SET withdrawn = true WHERE id = %s", program.pk)
    draft.refresh_from_db()
    assert draft.planned_total == 0
    other = stage.program(draft, "5000000.00", "Shelters")
    draft.refresh_from_db()
    assert draft.planned_total == 5 * MILLION
    raw(
        "INSERT INTO partnerships_programamount (program_id, government, amount, note) VALUES (%s, 'us', 9, '')",
        program.pk,
    )
    draft.refresh_from_db()
    assert draft.planned_total == 5 * MILLION, "an amount of a withdrawn program does not count"
    back = "UPDATE partnerships_program SET withdrawn = false WHERE id = %s"
    assert db_error_code(lambda: raw(back, program.pk)) == "planned_limit"
    assert ProgramAmount.objects.filter(program=other).count() == 1


def test_an_objective_is_withdrawn_with_its_terms_only(stage: Stage, running: Partnership) -> None:
    """Pages list activities and indicators under their objective, so none may stay behind."""
    amendment = drafted(stage, running)
    added = Objective(
        partnership=running, number=2, title="Care", paradigm="protection", system="protection", outcome="X"
    )
    drafting_services.propose_addition(amendment=amendment, row=added, actor=stage.analyst)
    activity = Activity(
        partnership=running, objective=added, title="Build", planned_start=START, planned_end=START + timedelta(days=9)
    )
    drafting_services.propose_addition(amendment=amendment, row=activity, actor=stage.analyst)
    applied(stage, amendment)

    alone = drafted(stage, running)
    take_out(stage, alone, running.objectives.get(number=2))
    assert error_codes(lambda: step_services.submit_amendment(amendment=alone, actor=stage.analyst, on=TODAY)) == [
        "objective_in_use"
    ]
    take_out(stage, alone, running.activities.get(title="Build"))
    applied(stage, alone)
    assert terms_of(running).activities == []
    assert running.activities.count() == 1

    behind = drafted(stage, running)
    take_out(stage, behind, running.objectives.get(number=1))
    assert "objective_in_use" in error_codes(
        lambda: step_services.submit_amendment(amendment=behind, actor=stage.analyst, on=TODAY)
    ), "its indicators are in effect"


def test_the_database_keeps_terms_with_their_objective(stage: Stage, active: Active) -> None:
    draft = stage.draft("UGA")
    objective = draft.objectives.get()
    activity = Activity.objects.create(
        partnership=draft, objective=objective, title="Train", planned_start=START, planned_end=START
    )
    out = "UPDATE partnerships_objective SET withdrawn = true WHERE id = %s"
    assert db_error_code(lambda: raw(out, objective.pk)) == "objective_in_use"
    raw("UPDATE partnerships_activity SET withdrawn = true WHERE id = %s", activity.pk)
    raw(out, objective.pk)
    raw("SET CONSTRAINTS ALL IMMEDIATE")
    raw("SET CONSTRAINTS ALL DEFERRED")
    back = "UPDATE partnerships_activity SET withdrawn = false WHERE id = %s"
    assert db_error_code(lambda: raw(back, activity.pk)) == "objective_in_use"
    objective.refresh_from_db()
    assert error_codes(lambda: OutcomeIndicator(partnership=draft, objective=objective, code="A").clean()) == [
        "objective_in_use"
    ]


def test_the_past_record_marks_what_no_longer_counted(stage: Stage, running: Partnership) -> None:
    replace_program(stage, running, 3 * MILLION)
    tables = {table.label: table for table in history_presenters.past_tables(as_of(running, TODAY))}
    assert {row.name: row.ended for row in tables["Programs"].rows} == {"Justice": "withdrawn", "Shelters": ""}
    assert [row.ended for row in tables["Program amounts"].rows] == ["withdrawn with its program"] * 2 + [""]
    assert tables["Programs"].count == "1, and 1 that no longer counted"
    text = page_text(client_of(stage.analyst).get(f"/partnerships/{running.pk}/as-of/"))
    assert "Justice (withdrawn)" in text
