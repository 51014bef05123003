"""Services for amendments: stored values, entries of the audit trail, and codes of refusals."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from cpc.accounts.permissions import Role
from cpc.database.revisions import EditConflict
from partnerships.amendable import AMENDABLE
from partnerships.amendments.queries import amounts_revision, model_named, row_revision, terms_of
from partnerships.amendments.services import drafting, steps
from partnerships.models import (
    Activity,
    Amendment,
    AmendmentChange,
    AmendmentKind,
    AmendmentState,
    Award,
    Government,
    Milestone,
    Partnership,
    Program,
    ProgramAmount,
    Responsibility,
)
from tests.partnerships.error_codes import db_error_code
from tests.support import outcomes
from tests.support.accounts import make_account
from tests.support.outcomes import refusals
from tests.worlds.partnerships.build import END, FOUR_YEARS, START, Active

TODAY = timezone.now().date()
OURS, THEIRS = Government.UNITED_STATES, Government.PARTNER


def trail(row: Any) -> list[tuple[str, str, Any, Any]]:
    """Return the entries of a row without those of messages about it."""
    return [entry for entry in outcomes.trail(row) if entry[1] != "notified"]


@pytest.fixture
def running(extendable: Active) -> Partnership:
    return extendable.partnership


def draft(active: Active, kind: AmendmentKind = AmendmentKind.EXTENSION, **values: Any) -> Amendment:
    row: dict[str, Any] = {"title": "More time", "reason": "Late awards", "actor": active.stage.analyst}
    return drafting.draft_amendment(partnership=active.partnership, kind=kind, **row | values)


def propose(active: Active, amendment: Amendment, row: Any, field: str, value: Any) -> AmendmentChange:
    return drafting.propose_change(amendment=amendment, row=row, field=field, value=value, actor=active.stage.analyst)


def extension(active: Active, day: date = END) -> Amendment:
    amendment = draft(active)
    propose(active, amendment, active.partnership, "ends_on", day)
    return amendment


def submitted(active: Active, amendment: Amendment) -> Amendment:
    return steps.submit_amendment(amendment=amendment, actor=active.stage.analyst, on=TODAY)


def approved(active: Active, amendment: Amendment) -> Amendment:
    submitted(active, amendment)
    return steps.decide_amendment(amendment=amendment, approve=True, actor=active.stage.approver)


# ---- drafting ------------------------------------------------------------------------------------------------------


def test_drafts_are_numbered_and_stored_with_who_asked(extendable: Active) -> None:
    document = extendable.stage.document(extendable.partnership)
    first = draft(extendable, document=document)
    assert trail(first) == [
        (
            "analyst",
            "drafted",
            None,
            {
                "partnership": extendable.partnership.pk,
                "number": 1,
                "kind": "extension",
                "title": "More time",
                "reason": "Late awards",
                "document": document.pk,
                "state": "draft",
                "requested_by": extendable.stage.analyst.pk,
            },
        )
    ]
    second = draft(extendable, AmendmentKind.TERMS)
    assert (second.number, second.kind, second.document) == (2, "terms", None)


def test_a_draft_needs_a_signed_partnership_and_a_document_of_its_own(extendable: Active) -> None:
    other = extendable.stage.draft("TGO")
    foreign = extendable.stage.document(other)
    assert refusals(lambda: draft(Active(extendable.stage, other))) == {"": "not_signed"}
    assert refusals(lambda: draft(extendable, document=foreign)) == {"document": "amendment_document"}


def test_a_change_keeps_the_old_value_beside_the_new_one(extendable: Active) -> None:
    amendment = draft(extendable)
    change = propose(extendable, amendment, extendable.partnership, "ends_on", END)
    assert trail(change) == [
        (
            "analyst",
            "proposed",
            None,
            {
                "amendment": amendment.pk,
                "action": "set",
                "row_table": "partnerships_partnership",
                "row_id": extendable.partnership.pk,
                "column": "ends_on",
                "old": FOUR_YEARS.isoformat(),
                "new": END.isoformat(),
            },
        )
    ]


def row_of_terms(kind: str, partnership: Partnership) -> Any:
    if kind == "partnership":
        return partnership
    if kind == "milestone":
        return Milestone(activity=Activity(partnership=partnership))
    return model_named(kind)(partnership=partnership)


@pytest.mark.parametrize("kind", AMENDABLE)
def test_column_that_only_looks_like_a_term_is_not_proposed(extendable: Active, kind: str) -> None:
    amendment, row = draft(extendable), row_of_terms(kind, extendable.partnership)
    fields = [field.name for field in row._meta.concrete_fields if field.name not in AMENDABLE[kind]]
    assert {"id", "revision"} < set(fields)
    for field in fields:
        attempt = partial(propose, extendable, amendment, row, field, 1)
        assert refusals(attempt) == {"": "unknown_field"}, field


@pytest.mark.parametrize(
    ("kind", "field"),
    [("partnership", "title"), ("participant", "name"), ("objective", "text"), ("program", "description")],
)
def test_column_of_the_terms_is_proposed(extendable: Active, kind: str, field: str) -> None:
    row = terms_of(extendable.partnership, kind).first()
    assert propose(extendable, draft(extendable), row, field, "Other").new == "Other"


@pytest.mark.parametrize(
    ("kind", "column"),
    [("partnership", "country_id"), ("partnership", "origin_reason"), ("activity", "place"), ("award", "title")],
)
def test_database_accepts_changes_of_terms_alone(extendable: Active, kind: str, column: str) -> None:
    change = AmendmentChange(amendment=draft(extendable), action="set", row_id=1, old="", new="X")
    for change.row_table, change.column in (
        ("partnerships_activity", "title"),
        ("partnerships_responsibility", "participant_id"),
    ):
        change.save()
    change.row_table, change.column = f"partnerships_{kind}", column
    assert db_error_code(change.save) == "unknown_field"


@pytest.mark.parametrize(
    ("kind", "has_document", "codes"),
    [
        (AmendmentKind.TERMS, True, {"starts_on": "first_day_frozen"}),
        (AmendmentKind.CORRECTION, False, {"starts_on": "first_day_frozen"}),
        (AmendmentKind.CORRECTION, True, {}),
    ],
)
def test_the_first_day_is_corrected_with_a_document(
    extendable: Active, kind: AmendmentKind, codes: dict[str, str], *, has_document: bool
) -> None:
    document = extendable.stage.document(extendable.partnership) if has_document else None
    amendment = draft(extendable, kind, document=document)
    day = START + timedelta(days=1)

    def attempt() -> AmendmentChange:
        return propose(extendable, amendment, extendable.partnership, "starts_on", day)

    if codes:
        assert refusals(attempt) == codes
    else:
        assert attempt().new == day.isoformat()


def test_rows_of_another_partnership_and_rows_that_are_no_terms_are_refused(extendable: Active) -> None:
    stage, amendment = extendable.stage, draft(extendable)
    other = stage.draft("TGO")
    program = stage.program(other, "5.00")
    objective = other.objectives.get()
    activity = Activity(partnership=other, objective=objective, title="A", planned_start=START, planned_end=END)
    foreign: list[Any] = [
        other,
        objective,
        program,
        activity,
        Milestone(activity=activity, title="M", planned_on=START),
        ProgramAmount(program=program, government=OURS, amount=1),
        Responsibility(partnership=other, text="T"),
        other.participants.all()[0],
    ]
    for row in foreign:
        code = refusals(lambda row=row: drafting.propose_addition(amendment=amendment, row=row, actor=stage.analyst))  # type: ignore[misc]
        assert code == {"": "amendment_row"}, row
    award = Award(partnership=extendable.partnership, title="T")
    assert refusals(lambda: propose(extendable, amendment, award, "title", "T")) == {"": "amendment_table"}


def test_an_addition_reserves_its_key_and_an_amount_says_what_it_replaces(extendable: Active) -> None:
    stage, amendment = extendable.stage, draft(extendable, AmendmentKind.TOP_UP)
    program = Program(partnership=extendable.partnership, title="Shelters", description="Beds")
    added = drafting.propose_addition(amendment=amendment, row=program, actor=stage.analyst)
    assert program.pk
    assert (added.action, added.row_table, added.row_id) == ("add", "partnerships_program", None)
    assert (added.old, added.new["id"], added.new["title"]) == (None, program.pk, "Shelters")
    assert (added.new["description"], added.new["withdrawn"]) == ("Beds", False)
    assert not {"at", "revision"} & set(added.new)
    assert trail(added)[0][:2] == ("analyst", "proposed")
    planned = extendable.partnership.programs.get(title="Justice")
    change = drafting.propose_amount(
        amendment=amendment, program=planned, government=OURS, amount=Decimal(4_500_000), actor=stage.analyst
    )
    assert (change.old, change.new["amount"], change.new["government"]) == ("4000000.00", "4500000.00", "us")
    assert (change.new["program_id"], change.new["note"]) == (planned.pk, f"Amendment {amendment.number}")
    assert "at" not in change.new


def test_a_removed_change_leaves_its_values_in_the_trail(extendable: Active) -> None:
    amendment = draft(extendable)
    change = propose(extendable, amendment, extendable.partnership, "ends_on", END)
    key = change.pk
    drafting.drop_change(change=change, actor=extendable.stage.analyst)
    change.pk = key
    who, action, before, after = trail(change)[-1]
    assert (who, action, before["column"], after) == ("analyst", "removed", "ends_on", None)
    assert not amendment.changes.exists()


def test_values_of_a_row_replace_earlier_ones_of_the_draft(extendable: Active) -> None:
    stage, amendment = extendable.stage, draft(extendable, AmendmentKind.TERMS)
    objective = extendable.partnership.objectives.get()

    def save(**values: Any) -> dict[str, Any]:
        made = drafting.propose_values(amendment=amendment, row=objective, values=values, actor=stage.analyst)
        return {change.column: change.new for change in made}

    title, outcome = objective.title, objective.outcome
    assert save(title="New", outcome=outcome) == {"title": "New"}
    first = amendment.changes.get()
    assert save(title="New") == {}
    assert amendment.changes.get() == first
    assert save(title="Newer", outcome="More") == {"title": "Newer", "outcome": "More"}
    assert amendment.changes.count() == 2
    assert save(title=title) == {}
    assert [change.column for change in amendment.changes.all()] == ["outcome"]


def test_amounts_of_a_draft_replace_earlier_ones(extendable: Active) -> None:
    stage, amendment = extendable.stage, draft(extendable, AmendmentKind.TOP_UP)
    program = extendable.partnership.programs.get(title="Justice")

    def save(*amounts: tuple[Program, Government, Decimal | None]) -> list[tuple[str, str]]:
        made = drafting.propose_amounts(amendment=amendment, amounts=amounts, actor=stage.analyst)
        return [(change.new["government"], change.new["amount"]) for change in made]

    both = save((program, OURS, Decimal(4_100_000)), (program, THEIRS, Decimal(2000)))
    assert both == [("us", "4100000.00"), ("partner", "2000.00")]
    assert save((program, OURS, Decimal(4_100_000)), (program, THEIRS, Decimal(2500))) == [("partner", "2500.00")]
    assert amendment.changes.count() == 2
    assert save((program, OURS, None)) == []
    assert [change.new["government"] for change in amendment.changes.all()] == ["partner"]


def test_an_overtaken_draft_is_a_conflict(extendable: Active) -> None:
    stage, amendment = extendable.stage, draft(extendable, AmendmentKind.TOP_UP)
    objective, program = extendable.partnership.objectives.get(), extendable.partnership.programs.get(title="Justice")
    of_row, of_amounts = row_revision(amendment, objective), amounts_revision(amendment)
    write: dict[str, Callable[[str], object]] = {
        of_row: lambda revision: drafting.propose_values(
            amendment=amendment,
            row=objective,
            values={"title": "New"},
            actor=stage.analyst,
            expected_revision=revision,
        ),
        of_amounts: lambda revision: drafting.propose_amounts(
            amendment=amendment,
            amounts=[(program, OURS, Decimal(4_100_000))],
            actor=stage.analyst,
            expected_revision=revision,
        ),
    }
    for revision, attempt in write.items():
        attempt(revision)
        with pytest.raises(EditConflict):
            attempt(revision)


# ---- steps ---------------------------------------------------------------------------------------------------------


def test_an_empty_draft_is_not_submitted(extendable: Active) -> None:
    assert refusals(lambda: submitted(extendable, draft(extendable))) == {"": "amendment_empty"}


def test_each_step_is_recorded_with_who_took_it_and_why(extendable: Active) -> None:
    stage, amendment = extendable.stage, extension(extendable)
    early = refusals(lambda: steps.return_amendment(amendment=amendment, note="N", actor=stage.approver))
    assert early == {"": "amendment_state"}
    take: dict[str, Any] = {"amendment": amendment, "on": TODAY}
    steps.take_amendment_step(name="submit", actor=stage.analyst, **take)
    assert trail(amendment)[-1] == ("analyst", "submitted", {"state": "draft"}, {"state": "submitted"})
    for name in ("return", "reject"):
        silent = refusals(lambda name=name: steps.take_amendment_step(name=name, actor=stage.approver, **take))  # type: ignore[misc]
        assert silent == {"reason": "reason"}
    steps.take_amendment_step(name="return", actor=stage.approver, reason=" Explain ", **take)
    before, after = {"state": "submitted", "decision_note": ""}, {"state": "draft", "decision_note": "Explain"}
    assert trail(amendment)[-1] == ("approver", "returned", before, after)
    steps.take_amendment_step(name="submit", actor=stage.analyst, **take)
    steps.take_amendment_step(name="approve", actor=stage.approver, reason=" Agreed ", **take)
    amendment.refresh_from_db()
    assert (amendment.state, amendment.decided_by, amendment.decision_note) == ("approved", stage.approver, "Agreed")
    assert amendment.decided_at
    assert trail(amendment)[-1][:2] == ("approver", "approved")
    steps.take_amendment_step(name="apply", actor=stage.analyst, **take)
    amendment.refresh_from_db()
    assert (amendment.state, amendment.applied_by) == ("applied", stage.analyst)
    assert trail(amendment)[-1][:2] == ("analyst", "applied")
    assert trail(extendable.partnership)[-1] == (
        "analyst",
        "amended",
        {"ends_on": "2025-01-01", "planned_total": "4000000.00"},
        {"amendment": 1, "ends_on": "2026-01-01", "planned_total": "4000000.00"},
    )


SOURCES = {
    "submit": {"draft"},
    "return": {"submitted"},
    "approve": {"submitted"},
    "reject": {"submitted"},
    "apply": {"approved"},
    "withdraw": {"draft", "submitted", "approved"},
}


@pytest.mark.parametrize("state", AmendmentState.values)
def test_step_from_another_state_answers_with_the_state(extendable: Active, state: str) -> None:
    stage, amendment = extendable.stage, extension(extendable)
    path = {"submitted": ("submit",), "approved": ("submit", "approve"), "rejected": ("submit", "reject")}
    path |= {"applied": ("submit", "approve", "apply"), "withdrawn": ("withdraw",)}

    def take(name: str) -> None:
        actor = stage.approver if name in ("return", "approve", "reject") else stage.analyst
        steps.take_amendment_step(amendment=amendment, name=name, actor=actor, on=TODAY, reason="R")

    for name in path.get(state, ()):
        take(name)
    amendment.refresh_from_db()
    assert amendment.state == state
    for name in (name for name, sources in SOURCES.items() if state not in sources):
        assert refusals(partial(take, name)) == {"": "amendment_state"}, name


@pytest.mark.parametrize(("days", "state"), [(-1, "applied"), (0, "applied"), (1, "approved")])
def test_no_step_is_dated_in_the_future(extendable: Active, days: int, state: str) -> None:
    amendment = approved(extendable, extension(extendable))
    take: dict[str, Any] = {"amendment": amendment, "actor": extendable.stage.analyst, "name": "apply"}
    attempt = partial(steps.take_amendment_step, **take, on=TODAY + timedelta(days=days))
    if days > 0:
        assert refusals(attempt) == {"on": "future_day"}
    else:
        attempt()
    amendment.refresh_from_db()
    assert amendment.state == state


def test_a_rejected_and_a_withdrawn_amendment_take_no_effect(extendable: Active) -> None:
    stage, first = extendable.stage, extension(extendable)
    submitted(extendable, first)
    rejected = steps.decide_amendment(amendment=first, approve=False, note=" Late ", actor=stage.approver)
    assert (rejected.state, rejected.decision_note, rejected.decided_by) == ("rejected", "Late", stage.approver)
    assert trail(first)[-1][:2] == ("approver", "rejected")
    second = extension(extendable)
    steps.take_amendment_step(amendment=second, name="withdraw", actor=stage.analyst, on=TODAY)
    assert trail(second)[-1] == ("analyst", "withdrew", {"state": "draft"}, {"state": "withdrawn"})


def test_who_asked_for_an_amendment_does_not_decide_on_it(extendable: Active) -> None:
    stage = extendable.stage
    amendment = draft(extendable, actor=stage.approver)
    drafting.propose_change(
        amendment=amendment, row=extendable.partnership, field="ends_on", value=END, actor=stage.approver
    )
    submitted(extendable, amendment)
    for name in ("return", "approve", "reject"):
        take = {"amendment": amendment, "name": name, "actor": stage.approver, "on": TODAY, "reason": "R"}
        assert list(refusals(lambda take=take: steps.take_amendment_step(**take)).values()) == ["two_people"]  # type: ignore[misc]


def test_other_roles_change_no_amendment(extendable: Active) -> None:
    amendment = extension(extendable)
    change, viewer = amendment.changes.get(), make_account(Role.VIEWER)
    objective = extendable.partnership.objectives.get()
    by: dict[str, Any] = {"amendment": amendment, "actor": viewer}
    for attempt in (
        lambda: draft(extendable, actor=viewer),
        lambda: drafting.propose_change(row=objective, field="title", value="T", **by),
        lambda: drafting.propose_addition(row=Program(partnership=extendable.partnership, title="T"), **by),
        lambda: drafting.drop_change(change=change, actor=viewer),
        lambda: drafting.propose_values(row=objective, values={}, **by),
        lambda: drafting.propose_amounts(amounts=(), **by),
    ):
        with pytest.raises(PermissionDenied):
            attempt()
    for name in ("submit", "return", "approve", "reject", "withdraw", "apply"):
        with pytest.raises(PermissionDenied):
            steps.take_amendment_step(name=name, on=TODAY, reason="R", **by)
