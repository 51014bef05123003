"""Services for terms: stored values, entries of the audit trail, and codes of refusals."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from cpc.accounts.permissions import Role
from cpc.database.revisions import EditConflict
from partnerships.models import (
    Activity,
    Government,
    Milestone,
    Objective,
    Partnership,
    Program,
    ProgramAmount,
    Responsibility,
)
from partnerships.terms import services
from tests.partnerships.error_codes import db_error_code, raw
from tests.support.accounts import make_account
from tests.support.outcomes import refusals, trail
from tests.worlds.partnerships.build import START, Stage

OURS, THEIRS = Government.UNITED_STATES, Government.PARTNER


@pytest.fixture
def draft(stage: Stage) -> Partnership:
    return stage.draft("TGO")


def add_program(stage: Stage, draft: Partnership, title: str = "Shelters") -> Program:
    program = Program(partnership=draft, title=title, description="Beds")
    return services.add_term(term=program, actor=stage.analyst)


def test_a_term_is_added_and_changed_with_who_did_it(stage: Stage, draft: Partnership) -> None:
    objective = services.add_term(
        term=Objective(
            partnership=draft, number=2, title="Care", paradigm="protection", system="protection", outcome="More care"
        ),
        actor=stage.analyst,
    )
    values = {
        "partnership": draft.pk,
        "number": 2,
        "title": "Care",
        "paradigm": "protection",
        "system": "protection",
        "outcome": "More care",
        "withdrawn": False,
    }
    assert trail(objective) == [("analyst", "created", None, values)]
    services.edit_term(term=objective, actor=stage.approver, values={"title": "Better care"})
    assert trail(objective)[1:] == [("approver", "changed", {"title": "Care"}, {"title": "Better care"})]


@pytest.mark.parametrize("ended", [None, dt.date(2022, 3, 1)])
def test_a_done_activity_has_an_end_for_the_service_and_in_the_database(
    stage: Stage, draft: Partnership, ended: dt.date | None
) -> None:
    objective = Objective(
        partnership=draft, number=2, title="Care", paradigm="protection", system="protection", outcome="More care"
    )
    days: dict[str, Any] = {
        "planned_start": dt.date(2022, 1, 1),
        "planned_end": dt.date(2022, 2, 1),
        "actual_start": dt.date(2022, 1, 1),
    }
    values: dict[str, Any] = {
        "partnership": draft,
        "objective": services.add_term(term=objective, actor=stage.analyst),
        "title": "A",
    }
    activity = services.add_term(term=Activity(**values, **days), actor=stage.analyst)
    update = "UPDATE partnerships_activity SET status = 'done', actual_end = %s WHERE id = %s"
    if ended is None:
        assert db_error_code(lambda: raw(update, None, activity.pk)) == "actual_end"
        done = Activity(**values, **days, status="done")
        assert refusals(lambda: services.add_term(term=done, actor=stage.analyst)) == {"actual_end": "actual_end"}
        edit = partial(services.edit_term, term=activity, actor=stage.analyst, values={"status": "done"})
        assert refusals(edit) == {"actual_end": "actual_end"}
        # It stays so: the end of a done activity can't be taken back, either.
        done = services.edit_term(
            term=activity, actor=stage.analyst, values={"status": "done", "actual_end": dt.date(2022, 3, 1)}
        )
        assert db_error_code(lambda: raw(update, None, done.pk)) == "actual_end"
    else:
        raw(update, ended, activity.pk)
        assert Activity.objects.get(pk=activity.pk).actual_end == ended


TODAY, DAY = timezone.now().date(), dt.timedelta(days=1)


def add_work(stage: Stage, draft: Partnership, planned: dt.date) -> tuple[Activity, Milestone]:
    """Add an activity that is planned from this day, with a milestone a month later."""
    activity = Activity(
        partnership=draft,
        objective=draft.objectives.get(),
        title="A",
        planned_start=planned,
        planned_end=planned + 90 * DAY,
    )
    services.add_term(term=activity, actor=stage.analyst)
    milestone = Milestone(activity=activity, title="M", planned_on=planned + 30 * DAY)
    return activity, services.add_term(term=milestone, actor=stage.analyst)


ON_TODAY = [(TODAY - DAY, None), (TODAY, None), (TODAY + DAY, "future_day")]


@pytest.mark.parametrize(
    ("planned", "on", "code"),
    [
        (START, START - DAY, "before_term"),
        (START, START, None),
        (START, START + DAY, None),
        # The work was planned to begin before the term.
        (START - 10 * DAY, START - 11 * DAY, "before_term"),
        (START - 10 * DAY, START - 10 * DAY, None),
        *((START, on, code) for on, code in ON_TODAY),
    ],
)
def test_progress_after_signature_is_dated_from_the_term_to_today(
    stage: Stage, draft: Partnership, planned: dt.date, on: dt.date, code: str | None
) -> None:
    activity, milestone = add_work(stage, draft, planned)
    stage.sign(draft)
    edits: dict[str, Callable[[], object]] = {
        "actual_start": partial(services.edit_term, term=activity, actor=stage.analyst, values={"actual_start": on}),
        "reached_on": partial(services.edit_term, term=milestone, actor=stage.analyst, values={"reached_on": on}),
    }
    for column, edit in edits.items():
        if code is None:
            assert getattr(edit(), column, None) == on
        else:
            assert refusals(edit) == {column: code}


@pytest.mark.parametrize(("on", "code"), ON_TODAY)
def test_an_activity_ends_by_today(stage: Stage, draft: Partnership, on: dt.date, code: str | None) -> None:
    activity, _ = add_work(stage, draft, START)
    stage.sign(draft)
    values = {"status": "done", "actual_start": START, "actual_end": on}
    edit = partial(services.edit_term, term=activity, actor=stage.analyst, values=values)
    if code is None:
        assert edit().actual_end == on
    else:
        assert refusals(edit) == {"actual_end": code}


@pytest.mark.parametrize(("on", "code"), [(START - DAY, None), *ON_TODAY])
def test_work_of_a_draft_is_added_with_days_up_to_today(
    stage: Stage, draft: Partnership, on: dt.date, code: str | None
) -> None:
    activity, _ = add_work(stage, draft, START)
    add = partial(
        services.add_term,
        term=Milestone(activity=activity, title="N", planned_on=START, reached_on=on),
        actor=stage.analyst,
    )
    if code is None:
        assert add().reached_on == on
    else:
        assert refusals(add) == {"reached_on": code}


def test_a_day_on_record_stays_when_something_else_changes(stage: Stage, draft: Partnership) -> None:
    """A day from before this rule, or from an import, does not block what is recorded next."""
    activity, _ = add_work(stage, draft, START)
    stage.sign(draft)
    early = START - DAY
    raw("UPDATE partnerships_activity SET actual_start = %s WHERE id = %s", early, activity.pk)
    values = {"status": "done", "actual_start": early, "actual_end": START}
    assert services.edit_term(term=activity, actor=stage.analyst, values=values).actual_start == early


def test_a_removed_term_leaves_its_values_in_the_trail(stage: Stage, draft: Partnership) -> None:
    responsibility = Responsibility(
        partnership=draft, participant=draft.participants.first(), text="Meets", due_on=dt.date(2022, 1, 2)
    )
    row = services.add_term(term=responsibility, actor=stage.analyst)
    kept = Responsibility(pk=row.pk)
    services.remove_term(term=row, actor=stage.approver)
    who, action, before, after = trail(kept)[-1]
    assert (who, action, after) == ("approver", "removed", None)
    assert (before["text"], before["due_on"], before["partnership"]) == ("Meets", "2022-01-02", draft.pk)


def test_a_term_that_others_depend_on_stays_and_they_are_named(stage: Stage, draft: Partnership) -> None:
    objective, participant = draft.objectives.get(), draft.participants.get(government=THEIRS)
    for text in ("Trains judges", "Assigns judges"):
        term = Responsibility(partnership=draft, participant=participant, objective=objective, text=text)
        services.add_term(term=term, actor=stage.analyst)
    with pytest.raises(ValidationError) as refused:
        services.remove_term(term=objective, actor=stage.analyst)
    assert refused.value.code == "in_use"
    assert refused.value.messages == [
        "Responsibility “Assigns judges”; responsibility “Trains judges”: remove or change it first."
    ]


def test_an_overtaken_edit_of_a_term_changes_nothing(stage: Stage, draft: Partnership) -> None:
    objective = draft.objectives.get()
    revision = objective.current_revision()
    services.edit_term(term=objective, actor=stage.analyst, values={"title": "First"}, expected_revision=revision)
    with pytest.raises(EditConflict):
        services.edit_term(term=objective, actor=stage.analyst, values={"title": "Second"}, expected_revision=revision)


def test_amounts_of_both_governments_are_set_together(stage: Stage, draft: Partnership) -> None:
    program = add_program(stage, draft)
    amounts = [(program, OURS, Decimal("400.00")), (program, THEIRS, Decimal("250.00"))]
    assert services.amounts_revision(draft) == "0"
    current = services.set_amounts(partnership=draft, amounts=amounts, actor=stage.analyst)
    assert current.planned_total == Decimal("400.00")
    assert services.amounts_revision(draft) == str(ProgramAmount.objects.order_by("pk").last().pk)  # type: ignore[union-attr]
    who, action, before, after = trail(draft)[-1]
    assert (who, action, before) == ("analyst", "set amounts", {"planned_total": "0.00"})
    assert after["planned_total"] == "400.00"
    rows = [(row["program"], row["government"], row["amount"]) for row in after["amounts"]]
    assert rows == [(program.pk, "us", "400.00"), (program.pk, "partner", "250.00")]
    with pytest.raises(EditConflict):
        services.set_amounts(partnership=draft, amounts=amounts, actor=stage.analyst, expected_revision="0")


@pytest.mark.parametrize(
    ("planned", "codes"), [("5000000.00", None), ("5000000.01", {"planned_total": "planned_limit"})]
)
def test_programs_are_planned_up_to_the_limit_of_funding(
    stage: Stage, draft: Partnership, planned: str, codes: dict[str, str] | None
) -> None:
    first, second = add_program(stage, draft, "A"), add_program(stage, draft, "B")
    amounts = [(first, OURS, Decimal("1.00")), (second, OURS, Decimal(planned) - 1), (first, THEIRS, Decimal(planned))]

    def attempt() -> Partnership:
        return services.set_amounts(partnership=draft, amounts=amounts, actor=stage.analyst)

    if codes is None:
        assert attempt().planned_total == Decimal(planned)
    else:
        assert list(refusals(attempt).values()) == list(codes.values())


def test_a_program_with_amounts_is_withdrawn_and_the_same_title_restores_it(stage: Stage, draft: Partnership) -> None:
    program = add_program(stage, draft)
    services.set_amounts(partnership=draft, amounts=[(program, OURS, Decimal("400.00"))], actor=stage.analyst)
    services.remove_term(term=program, actor=stage.approver)
    program.refresh_from_db()
    assert program.withdrawn
    newest = program.amounts.order_by("-pk")[:2]
    assert {(row.government, row.amount) for row in newest} == {("us", Decimal(0)), ("partner", Decimal(0))}
    assert [entry[:2] for entry in trail(program)] == [("analyst", "created"), ("approver", "changed")]
    again = services.add_term(
        term=Program(partnership=draft, title="Shelters", description="More beds"), actor=stage.analyst
    )
    assert (again.pk, again.withdrawn, again.description) == (program.pk, False, "More beds")
    other = services.add_term(term=Program(partnership=draft, title="Courts"), actor=stage.analyst)
    assert other.pk != program.pk


def test_a_program_without_amounts_is_removed(stage: Stage, draft: Partnership) -> None:
    program = add_program(stage, draft)
    services.remove_term(term=program, actor=stage.analyst)
    assert not draft.programs.exists()


def test_a_withdrawn_program_plans_nothing_unless_it_is_restored(stage: Stage, draft: Partnership) -> None:
    first, second = add_program(stage, draft, "A"), add_program(stage, draft, "B")
    amounts = [(first, OURS, Decimal(100)), (second, OURS, Decimal(20)), (second, THEIRS, Decimal(7))]
    current = services.set_amounts(partnership=draft, amounts=amounts, actor=stage.analyst)
    more = [ProgramAmount(program=first, government=OURS, amount=Decimal(300))]
    assert services.planned_with(current, []).planned == 120
    assert services.planned_with(current, more).planned == 320
    assert services.planned_with(current, [], {second.pk: True}).planned == 100
    services.edit_term(term=second, actor=stage.analyst, values={"withdrawn": True})
    assert services.planned_with(current, []).planned == 100
    assert services.planned_with(current, [], {second.pk: False}).planned == 120
    theirs = [ProgramAmount(program=first, government=THEIRS, amount=Decimal(900))]
    assert services.planned_with(current, theirs).planned == 100


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.VIEWER])
def test_other_roles_change_no_term(stage: Stage, draft: Partnership, role: Role) -> None:
    actor, objective = make_account(role), draft.objectives.get()
    for attempt in (
        lambda: services.add_term(term=Program(partnership=draft, title="T"), actor=actor),
        lambda: services.edit_term(term=objective, values={"title": "T"}, actor=actor),
        lambda: services.remove_term(term=objective, actor=actor),
        lambda: services.set_amounts(partnership=draft, amounts=[], actor=actor),
    ):
        with pytest.raises(PermissionDenied):
            attempt()
