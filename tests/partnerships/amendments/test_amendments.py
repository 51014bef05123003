"""Amendments: the only way to change a signed partnership's terms, applied as a whole, with terms as of any day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.utils import timezone

from cpc.accounts.permissions import Role
from cpc.audit.models import AuditEntry
from partnerships.agreements import services as agreements_services
from partnerships.amendments.services import drafting as drafting_services
from partnerships.amendments.services import steps as step_services
from partnerships.history.queries import as_of
from partnerships.models import (
    Activity,
    Amendment,
    AmendmentChange,
    AmendmentKind,
    Government,
    Mechanism,
    Milestone,
    Objective,
    Partnership,
    Program,
    ProgramAmount,
)
from partnerships.terms import services as terms_services
from tests.partnerships.error_codes import db_error_code, error_codes, raw
from tests.support.accounts import make_account
from tests.worlds.partnerships.build import (
    END,
    FOUR_YEARS,
    START,
    Active,
    Stage,
)

TODAY = timezone.now().date()


def drafted(stage: Stage, partnership: Partnership, kind: AmendmentKind = AmendmentKind.EXTENSION) -> Amendment:
    return drafting_services.draft_amendment(
        partnership=partnership, kind=kind, title="More time", reason="Late awards", actor=stage.analyst
    )


def decided(stage: Stage, amendment: Amendment) -> Amendment:
    step_services.submit_amendment(amendment=amendment, actor=stage.analyst, on=TODAY)
    return step_services.decide_amendment(amendment=amendment, approve=True, actor=stage.approver)


def applied(stage: Stage, amendment: Amendment) -> Partnership:
    return step_services.apply_amendment(amendment=decided(stage, amendment), actor=stage.analyst, on=TODAY)


def set_end(stage: Stage, amendment: Amendment, day: date) -> None:
    drafting_services.propose_change(
        amendment=amendment, row=amendment.partnership, field="ends_on", value=day, actor=stage.analyst
    )


@pytest.fixture
def running(extendable: Active) -> Partnership:
    return extendable.partnership


def term_changes(partnership: Partnership) -> list[Callable[[], object]]:
    objective = partnership.objectives.get()
    program = partnership.programs.get()
    rows = Partnership.objects.filter(pk=partnership.pk)
    return [
        lambda: rows.update(ends_on=END),
        lambda: rows.update(focus_regions=["Volta"]),
        lambda: Objective.objects.filter(pk=objective.pk).update(outcome="Less"),
        lambda: raw("DELETE FROM partnerships_objective WHERE id = %s", objective.pk),
        lambda: Objective(partnership=partnership, number=2, title="X", paradigm="prevention", system="justice").save(),
        lambda: Program(partnership=partnership, title="X").save(),
        lambda: Program.objects.filter(pk=program.pk).update(title="X"),
        lambda: ProgramAmount(program=program, government=Government.PARTNER, amount=1).save(),
        lambda: Mechanism(partnership=partnership, kind="oversight", body="X").save(),
        lambda: partnership.participants.update(name="X"),
        lambda: Activity(
            partnership=partnership, objective=objective, title="X", planned_start=START, planned_end=END
        ).save(),
    ]


def test_from_signature_on_no_term_changes_outside_an_amendment(stage: Stage, running: Partnership) -> None:
    for change in term_changes(running):
        assert db_error_code(change) == "by_amendment"
    assert error_codes(
        lambda: agreements_services.edit_partnership(partnership=running, actor=stage.analyst, values={"ends_on": END})
    ) == ["by_amendment"]
    agreements_services.edit_partnership(partnership=running, actor=stage.analyst, values={"published_on": START})


def test_milestone_moves_only_between_activities_of_its_own_draft(stage: Stage) -> None:
    draft, other = stage.draft("GHA"), stage.draft("JAM")
    first, second, foreign = (
        terms_services.add_term(
            term=Activity(
                partnership=partnership,
                objective=partnership.objectives.get(),
                title=title,
                planned_start=START,
                planned_end=END,
            ),
            actor=stage.analyst,
        )
        for partnership, title in ((draft, "Train"), (draft, "Equip"), (other, "Train"))
    )
    milestone = terms_services.add_term(
        term=Milestone(activity=first, title="First half", planned_on=START), actor=stage.analyst
    )

    def move_to(activity: Activity) -> None:
        Milestone.objects.filter(pk=milestone.pk).update(activity=activity)

    move_to(second)
    assert db_error_code(lambda: move_to(foreign)) == "fixed"
    stage.sign(draft)
    assert db_error_code(lambda: move_to(first)) == "by_amendment"
    assert db_error_code(lambda: move_to(foreign)) == "fixed"


def test_before_signature_terms_are_drafted_freely(stage: Stage) -> None:
    draft = stage.draft()
    terms_services.edit_term(term=draft.objectives.get(), actor=stage.analyst, values={"outcome": "Other"})
    terms_services.remove_term(term=draft.objectives.get(), actor=stage.analyst)
    assert not draft.objectives.exists()
    with pytest.raises(ValidationError) as caught:
        agreements_services.edit_partnership(partnership=draft, actor=stage.analyst, values={"status": "active"})
    assert caught.value.error_list[0].code == "unknown_field"


def test_an_amendment_takes_effect_as_a_whole_and_opens_nothing_else(stage: Stage, running: Partnership) -> None:
    objective = running.objectives.get()
    amendment = drafted(stage, running)
    set_end(stage, amendment, END)
    drafting_services.propose_change(
        amendment=amendment, row=objective, field="outcome", value="More convictions", actor=stage.analyst
    )
    program = Program(partnership=running, title="Shelters")
    drafting_services.propose_addition(amendment=amendment, row=program, actor=stage.analyst)
    drafting_services.propose_amount(
        amendment=amendment,
        program=program,
        government=Government.UNITED_STATES,
        amount=Decimal("1000000"),
        actor=stage.analyst,
    )
    amended = applied(stage, amendment)
    objective.refresh_from_db()
    assert (amended.ends_on, amended.planned_total) == (END, Decimal("5000000.00"))
    assert objective.outcome == "More convictions"
    assert running.programs.get(title="Shelters").amounts.get().amount == Decimal("1000000.00")
    assert AuditEntry.objects.filter(action="amended", object_id=str(running.pk)).exists()
    for change in term_changes_after(running):
        assert db_error_code(change) == "by_amendment"
    second = drafted(stage, running)
    assert (amendment.number, second.number) == (1, 2)


def term_changes_after(running: Partnership) -> list[Callable[[], object]]:
    """Return changes of amended terms that need a new amendment.

    An applied amendment permits only its own values, and only in its own transaction.
    """
    rows = Partnership.objects.filter(pk=running.pk)
    return [
        lambda: rows.update(ends_on=END - timedelta(days=1)),
        lambda: Objective.objects.filter(partnership=running).update(outcome="X"),
    ]


def test_an_amendment_past_a_limit_is_refused_whole(stage: Stage, running: Partnership) -> None:
    amendment = drafted(stage, running)
    set_end(stage, amendment, END + timedelta(days=1))
    drafting_services.propose_change(
        amendment=amendment, row=running.objectives.get(), field="outcome", value="X", actor=stage.analyst
    )
    assert error_codes(lambda: applied(stage, amendment)) == ["term_limit"]
    top_up = drafted(stage, running, AmendmentKind.TOP_UP)
    drafting_services.propose_amount(
        amendment=top_up,
        program=running.programs.get(),
        government=Government.UNITED_STATES,
        amount=Decimal("5000000.01"),
        actor=stage.analyst,
    )
    assert error_codes(lambda: applied(stage, top_up)) == ["planned_limit"]
    running.refresh_from_db()
    assert running.ends_on == FOUR_YEARS
    assert running.objectives.get().outcome == "More cases brought"


def test_half_an_amendment_is_no_amendment(stage: Stage, running: Partnership) -> None:
    """Marking an amendment as applied permits its changes in that transaction.

    If one of the changes is missing, the commit fails.
    """
    amendment = drafted(stage, running)
    set_end(stage, amendment, END)
    drafting_services.propose_change(
        amendment=amendment, row=running.objectives.get(), field="outcome", value="Y", actor=stage.analyst
    )
    decided(stage, amendment)
    rows = Partnership.objects.filter(pk=running.pk)

    def half() -> None:
        raw("UPDATE partnerships_amendment SET state = 'applied' WHERE id = %s", amendment.pk)
        rows.update(ends_on=END)

    def other_value() -> None:
        raw("UPDATE partnerships_amendment SET state = 'applied' WHERE id = %s", amendment.pk)
        rows.update(ends_on=END - timedelta(days=1))

    assert db_error_code(lambda: rows.update(ends_on=END)) == "by_amendment"
    assert db_error_code(half) == "amendment_whole"
    assert db_error_code(other_value) == "by_amendment"


@pytest.mark.parametrize(
    ("assignment", "code"),
    [
        ("state = 'approved'", "amendment_state"),
        ("state = 'applied'", "amendment_state"),
        ("applied_in = pg_current_xact_id()::text::bigint", "amendment_state"),
        ("decided_by_id = requested_by_id", "amendment_state"),
    ],
)
def test_a_draft_opens_nothing(stage: Stage, running: Partnership, assignment: str, code: str) -> None:
    set_end(stage, drafted(stage, running), END)
    assert db_error_code(lambda: raw(f"UPDATE partnerships_amendment SET {assignment}")) == code


def test_two_people_and_no_one_edits_what_was_submitted(stage: Stage, running: Partnership) -> None:
    own = drafting_services.draft_amendment(
        partnership=running, kind=AmendmentKind.TERMS, title="Own", reason="Why", actor=stage.approver
    )
    set_end(stage, own, END)
    step_services.submit_amendment(amendment=own, actor=stage.approver, on=TODAY)
    decide = "UPDATE partnerships_amendment SET state = 'approved', decided_by_id = %s WHERE id = %s"
    assert error_codes(lambda: step_services.decide_amendment(amendment=own, approve=True, actor=stage.approver)) == [
        "two_people"
    ]
    assert db_error_code(lambda: raw(decide, stage.approver.pk, own.pk)) == "two_people"
    assert db_error_code(lambda: raw(decide, stage.analyst.pk, own.pk)) == "may_not_approve"
    with pytest.raises(PermissionDenied):
        step_services.decide_amendment(amendment=own, approve=True, actor=stage.analyst)
    assert db_error_code(lambda: AmendmentChange.objects.update(new="2025-06-01")) == "amendment_state"
    assert db_error_code(lambda: AmendmentChange.objects.get().delete()) == "amendment_state"
    assert db_error_code(lambda: Amendment.objects.update(title="Other")) == "amendment_state"
    step_services.decide_amendment(amendment=own, approve=True, actor=make_account(Role.APPROVER, username="second"))
    step_services.apply_amendment(amendment=own, actor=stage.analyst, on=TODAY)
    assert db_error_code(lambda: Amendment.objects.update(state="draft")) == "amendment_state"
    assert db_error_code(lambda: raw("DELETE FROM partnerships_amendment")) == "kept"


def test_an_amendment_drafted_on_what_has_changed_since_is_outdated(stage: Stage, running: Partnership) -> None:
    first, second = drafted(stage, running), drafted(stage, running, AmendmentKind.TERMS)
    set_end(stage, first, date(2025, 6, 1))
    set_end(stage, second, date(2025, 3, 1))
    applied(stage, first)
    assert error_codes(lambda: applied(stage, second)) == ["amendment_outdated"]
    other = stage.active("PER")
    assert error_codes(
        lambda: drafting_services.propose_change(
            amendment=drafted(stage, running), row=other, field="ends_on", value=END, actor=stage.analyst
        )
    ) == ["amendment_row"]


def test_the_record_at_any_day_can_be_shown(stage: Stage, running: Partnership) -> None:
    amendment = drafted(stage, running)
    set_end(stage, amendment, END)
    applied(stage, amendment)
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_state->>'ends_on' FROM partnerships_history "
                       "WHERE row_table = 'partnerships_partnership' ORDER BY id")  # fmt: skip
        ends = [row[0] for row in cursor.fetchall()]
    assert (ends[0], ends[-1]) == (None, "2026-01-01")
    now = as_of(running, TODAY)
    [row] = now["partnerships_partnership"]
    assert (row["ends_on"], row["title"]) == ("2026-01-01", running.title)
    assert {table.removeprefix("partnerships_") for table in now} >= {"objective", "participant", "programamount"}
    assert as_of(running, TODAY - timedelta(days=1)) == {}
