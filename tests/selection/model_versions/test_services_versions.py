"""Versions and adoptions of a model: stored values, entries of the audit trail, and refusals by field."""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from cpc.accounts.models import User
from cpc.accounts.permissions import Role
from cpc.database.revisions import EditConflict
from cpc.findings import Finding, Severity
from selection.model_versions.services import adoptions, versions
from selection.models import Adoption
from tests.support.accounts import make_account
from tests.support.criteria import unanswered
from tests.support.models import WHY, draft, exported, lighter, shipped, weighing
from tests.support.outcomes import refusals, trail

pytestmark = pytest.mark.django_db


@pytest.fixture
def analyst(db: None) -> User:
    return make_account(Role.ANALYST)


@pytest.fixture
def approver(db: None) -> User:
    return make_account(Role.APPROVER)


def some(values: dict[str, Any] | None, *names: str) -> dict[str, Any]:
    assert values is not None
    return {name: values[name] for name in names}


# ---- drafts --------------------------------------------------------------------------------------------------------


def test_a_draft_is_stored_with_its_origin_and_who_drafted_it(analyst: User) -> None:
    former = shipped()
    made = draft(analyst, note=" Lighter. ")
    assert (made.key, made.number, made.title) == (former.key, former.number + 1, former.title)
    assert (made.note, made.based_on, made.drafted_by) == ("Lighter.", former, analyst)
    assert made.table == {**former.table, "version": str(made.number)}
    assert made.table_hash == made.as_table.hash
    [(actor, action, before, after)] = trail(made)
    assert (actor, action, before) == ("analyst", "drafted", None)
    assert some(after, "key", "number", "title", "note", "based_on", "drafted_by", "table_hash") == {
        "key": former.key,
        "number": made.number,
        "title": former.title,
        "note": "Lighter.",
        "based_on": former.pk,
        "drafted_by": analyst.pk,
        "table_hash": made.table_hash,
    }
    again = draft(analyst, of=made)
    assert (again.based_on, again.number) == (made, made.number + 1)


def test_an_import_continues_the_published_version_of_its_key(analyst: User) -> None:
    data = exported(shipped())
    made = versions.import_model(data=data, note="Edited elsewhere.", actor=analyst)
    assert (made.number, made.based_on, made.note) == (shipped().number + 1, shipped(), "Edited elsewhere.")
    other = versions.import_model(data={**data, "key": "another"}, note="First.", actor=analyst)
    assert (other.key, other.number, other.based_on) == ("another", 1, None)
    assert other.as_table.version == "1"


def test_an_edit_counts_the_revision_and_says_what_was_before(analyst: User) -> None:
    made = draft(analyst)
    first = made.table_hash
    edited = versions.edit_model(
        model=made,
        change=weighing(made, "cpi", 3),
        actor=analyst,
        expected_revision=made.current_revision(),
        note=" Half. ",
    )
    edited.refresh_from_db()
    assert (edited.note, edited.revision) == ("Half.", made.revision + 1)
    who, action, before, after = trail(edited)[-1]
    assert (who, action) == ("analyst", "changed")
    assert some(before, "note", "table_hash", "revision") == {
        "note": WHY,
        "table_hash": first,
        "revision": made.revision,
    }
    assert some(after, "note", "table_hash", "revision") == {
        "note": "Half.",
        "table_hash": edited.table_hash,
        "revision": made.revision + 1,
    }
    assert before is not None
    assert before["table"] == made.table


def test_a_new_title_is_that_of_the_table(analyst: User) -> None:
    made = draft(analyst)
    edited = versions.edit_model(model=made, change=lambda data: {**data, "title": "A new title"}, actor=analyst)
    assert (edited.title, edited.as_table.title, edited.note) == ("A new title", "A new title", WHY)


def test_a_note_alone_is_a_change_and_the_same_note_is_none(analyst: User) -> None:
    made = draft(analyst)
    assert versions.edit_model(model=made, change=dict, actor=analyst, note=f" {WHY} ").revision == made.revision
    assert len(trail(made)) == 1
    assert versions.edit_model(model=made, change=dict, actor=analyst, note="Other.").note == "Other."
    assert len(trail(made)) == 2


def test_errors_name_the_field_where_there_is_one(analyst: User, approver: User) -> None:
    made = lighter(analyst)
    assert refusals(lambda: versions.withdraw_model(model=made, reason=" ", actor=analyst)) == {"reason": "reason"}

    def gone(_: Any) -> Any:
        raise KeyError("the node fit")

    with pytest.raises(ValidationError) as caught:
        versions.edit_model(model=made, change=gone, actor=analyst)
    assert (caught.value.code, caught.value.messages) == ("gone", ["The model no longer has the node fit."])
    with pytest.raises(EditConflict):
        versions.edit_model(model=made, change=dict, actor=analyst, note="Other.", expected_revision="0")
    withdrawn = versions.withdraw_model(model=made, reason=" Not needed. ", actor=analyst)
    for attempt in (
        partial(versions.edit_model, model=withdrawn, change=dict, actor=analyst),
        partial(versions.withdraw_model, model=withdrawn, reason="Again", actor=analyst),
        partial(versions.publish_model, model=withdrawn, actor=approver),
    ):
        with pytest.raises(ValidationError) as caught:
            attempt()
        assert caught.value.code == "not_draft"
        assert caught.value.messages == [
            f"{withdrawn} is withdrawn, so you can't change it. To make changes, clone it into a new draft."
        ]


def test_a_draft_is_withdrawn_with_its_reason(analyst: User, approver: User) -> None:
    made = draft(analyst)
    with pytest.raises(PermissionDenied):
        versions.withdraw_model(model=made, reason="No.", actor=approver)
    versions.withdraw_model(model=made, reason=" Not needed. ", actor=analyst)
    assert trail(made)[-1] == (
        "analyst",
        "withdrew",
        {"state": "draft", "withdrawn_because": ""},
        {"state": "withdrawn", "withdrawn_because": "Not needed."},
    )


def test_publishing_supersedes_only_the_version_of_the_same_model(analyst: User, approver: User) -> None:
    former, made = shipped(), lighter(analyst)
    data = {**exported(former), "key": "another"}
    other = versions.import_model(data=data, note="First.", actor=analyst)
    versions.publish_model(model=other, actor=approver)
    former.refresh_from_db()
    assert former.state == "published"
    published = versions.publish_model(model=made, actor=approver)
    assert trail(former)[-1] == ("approver", "superseded", {"state": "published"}, {"state": "superseded"})
    who, action, before, after = trail(published)[-1]
    assert (who, action) == ("approver", "published")
    assert some(before, "state", "published_by") == {"state": "draft", "published_by": None}
    assert some(after, "state", "published_by") == {"state": "published", "published_by": approver.pk}
    other.refresh_from_db()
    assert other.state == "published"


@pytest.mark.parametrize(
    ("field", "message"),
    [
        ("", "It is wrong."),
        ("need", "need It is wrong."),
        ("hurdles/tier", "Hurdle tier It is wrong."),
        ("mandatory/cpi", "The statute's criterion cpi It is wrong."),
        ("rules/E2", "Evidence rule E2 It is wrong."),
        ("choices/root", "The choice root It is wrong."),
        ("method/", "The method It is wrong."),
    ],
)
def test_a_finding_begins_with_what_it_is_about(field: str, message: str) -> None:
    finding = Finding("wrong", Severity.WARNING, "It is wrong.", field, "22 U.S.C. 7103a")
    assert versions.with_location(finding) == Finding("wrong", Severity.WARNING, message, "", "22 U.S.C. 7103a")


def test_missing_permission_is_reported_before_a_missing_note(analyst: User) -> None:
    made = draft(analyst, note=" ")
    findings = versions.publication_findings(made, analyst)
    assert (findings[0].code, findings[-1].code) == ("two_people", "note")
    assert findings[-1].severity is Severity.ERROR
    assert "note" not in [one.code for one in versions.publication_findings(shipped(), None)]


# ---- adoptions -----------------------------------------------------------------------------------------------------


def test_an_adoption_is_stored_and_withdrawn_with_who_and_why(approver: User) -> None:
    day = timezone.now().date()
    reasons = unanswered()
    row = adoptions.adopt_model(
        model=shipped(),
        reason=" It was agreed. ",
        document=" Memo 12 ",
        adopted_on=day,
        actor=approver,
        unanswered=reasons,
    )
    stored = {
        "model": shipped().pk,
        "reason": "It was agreed.",
        "document": "Memo 12",
        "unanswered": reasons,
        "adopted_on": day.isoformat(),
        "adopted_by": approver.pk,
    }
    assert trail(row) == [("approver", "adopted", None, stored)]
    assert refusals(lambda: adoptions.withdraw_adoption(adoption=row, reason=" ", actor=approver)) == {
        "reason": "reason"
    }
    adoptions.withdraw_adoption(adoption=row, reason=" A mistake. ", actor=approver)
    withdrawn = {"withdrawn_on": day.isoformat(), "withdrawn_by": approver.pk, "withdrawn_because": "A mistake."}
    assert trail(row)[1] == (
        "approver",
        "withdrew",
        {"withdrawn_on": None, "withdrawn_by": None, "withdrawn_because": ""},
        withdrawn,
    )
    assert refusals(lambda: adoptions.withdraw_adoption(adoption=row, reason="Again", actor=approver)) == {
        "": "adoption_kept"
    }


@pytest.mark.parametrize(("days", "is_adopted"), [(0, True), (1, False)])
def test_an_adoption_is_of_today_at_the_latest(approver: User, days: int, is_adopted: bool) -> None:
    day = timezone.now().date() + dt.timedelta(days=days)
    values: dict[str, Any] = {"model": shipped(), "reason": "It was agreed.", "adopted_on": day, "actor": approver}
    attempt = partial(adoptions.adopt_model, **values, unanswered=unanswered())
    if is_adopted:
        assert attempt().document == ""
    else:
        assert list(refusals(attempt).values()) == ["in_future"]
        assert not Adoption.objects.exists()
