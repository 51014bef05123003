"""Versions of the scoring model: drafted by one person, published by another, and permanent."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import Error, connection, transaction

from cpc.accounts.models import User
from cpc.accounts.permissions import Role
from cpc.audit.queries import entries_of
from selection.lookups.model_versions import as_it_was, default_table
from selection.model_definition.differences import differences
from selection.model_definition.editing import (
    find,
    with_row,
    with_row_moved,
    with_settings,
    without_row,
)
from selection.model_versions.presenters.changes import model_change
from selection.model_versions.services import versions as versions_services
from selection.models import ModelState, ScoreRun, ScoringModel, SelectionRound
from selection.rounds import services as rounds_services
from selection.runs.services import compute_screen, replay
from tests.partnerships.error_codes import db_error_code
from tests.selection.model_definition.test_model_rules import FAULTS, Plain
from tests.support.accounts import make_account, set_by_owner
from tests.support.models import draft, exported, lighter, shipped, weighing
from tests.support.rounds import Office

pytestmark = pytest.mark.django_db


@pytest.fixture
def analyst(db: None) -> User:
    return make_account(Role.ANALYST)


@pytest.fixture
def approver(db: None) -> User:
    return make_account(Role.APPROVER)


def codes(error: pytest.ExceptionInfo[ValidationError]) -> set[str | None]:
    """Return the codes of a validation error."""
    return (
        {one.code for one in error.value.error_list}
        if hasattr(error.value, "error_list")
        else {one.code for errors in error.value.error_dict.values() for one in errors}
    )


# ---- from a draft to a published version ---------------------------------------------------------------------------


def test_a_version_is_cloned_edited_published_by_another_and_supersedes(analyst: User, approver: User) -> None:
    former = shipped()
    made = lighter(analyst)
    assert (made.number, made.based_on, made.state) == (former.number + 1, former, ModelState.DRAFT)
    assert made.as_table.version == str(made.number)
    published = versions_services.publish_model(model=made, actor=approver, expected_revision=made.current_revision())
    former.refresh_from_db()
    assert (published.state, published.published_by) == (ModelState.PUBLISHED, approver)
    assert (former.state, former.superseded_at) == (ModelState.SUPERSEDED, published.published_at)
    assert default_table().hash == published.table_hash != former.table_hash
    actions = [entry.action for entry in entries_of(published).order_by("pk")]
    assert actions == ["drafted", "changed", "published"]


def test_author_of_a_draft_cannot_publish_it_even_with_a_new_role(analyst: User, approver: User) -> None:
    made = lighter(analyst)
    with pytest.raises(PermissionDenied):
        versions_services.publish_model(model=made, actor=analyst)
    second = make_account(Role.ANALYST, username="second")
    made = versions_services.edit_model(
        model=made, change=weighing(made, "cpi", 4), actor=second, expected_revision=made.current_revision()
    )
    for person in (analyst, second):
        set_by_owner(User.objects.filter(pk=person.pk), role=Role.APPROVER)
        with pytest.raises(ValidationError) as refused:
            versions_services.publish_model(model=made, actor=User.objects.get(pk=person.pk))
        assert codes(refused) == {"two_people"}
    assert versions_services.publish_model(model=made, actor=approver).state == ModelState.PUBLISHED


def test_the_database_itself_refuses_one_person_for_both(analyst: User) -> None:
    rows = ScoringModel.objects.filter(pk=draft(analyst).pk)
    values = {"state": "withdrawn", "withdrawn_because": "x", "published_by": analyst.pk}
    assert db_error_code(lambda: rows.update(**values)) == "may_not_approve"
    set_by_owner(User.objects.filter(pk=analyst.pk), role=Role.APPROVER)
    assert db_error_code(lambda: rows.update(**values)) == "two_people"


def test_a_draft_without_a_note_or_that_changed_is_not_published(analyst: User, approver: User) -> None:
    made = draft(analyst, note=" ")
    with pytest.raises(ValidationError) as refused:
        versions_services.publish_model(model=made, actor=approver)
    assert codes(refused) == {"note"}
    made = lighter(analyst)
    with pytest.raises(ValidationError) as refused:
        versions_services.publish_model(model=made, actor=approver, expected_revision=str(made.revision - 1))
    assert codes(refused) == {"changed"}


def test_withdrawn_draft_keeps_its_reason_and_can_only_be_cloned(analyst: User) -> None:
    made = lighter(analyst)
    with pytest.raises(ValidationError) as refused:
        versions_services.withdraw_model(model=made, reason="  ", actor=analyst)
    assert codes(refused) == {"reason"}
    gone = versions_services.withdraw_model(
        model=made, reason="Superseded by the discussion of the week after " * 3, actor=analyst
    )
    assert gone.withdrawn_because.startswith("Superseded by")
    with pytest.raises(ValidationError) as refused:
        versions_services.edit_model(
            model=gone, change=weighing(gone, "cpi", 4), actor=analyst, expected_revision=gone.current_revision()
        )
    assert codes(refused) == {"not_draft"}
    again = draft(analyst, of=gone)
    assert find(again.table, "criteria", "cpi")["weight"] == 3


@pytest.mark.parametrize("role", [Role.VIEWER, Role.APPROVER, Role.REVIEWER, Role.ADMINISTRATOR])
def test_only_an_analyst_drafts(role: Role) -> None:
    other = make_account(role)
    with pytest.raises(PermissionDenied):
        draft(other)
    with pytest.raises(PermissionDenied):
        versions_services.import_model(data=exported(shipped()), note="x", actor=other)


# ---- past ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE selection_scoringmodel SET table = '{{}}' WHERE id = {pk}".replace("table", '"table"'),
        "UPDATE selection_scoringmodel SET title = 'Another' WHERE id = {pk}",
        "UPDATE selection_scoringmodel SET note = 'Another' WHERE id = {pk}",
        "UPDATE selection_scoringmodel SET published_by_id = NULL WHERE id = {pk}",
        "UPDATE selection_scoringmodel SET state = 'draft', published_at = NULL WHERE id = {pk}",
        "UPDATE selection_scoringmodel SET state = 'withdrawn', withdrawn_because = 'x' WHERE id = {pk}",
        "DELETE FROM selection_scoringmodel WHERE id = {pk}",
        "TRUNCATE selection_scoringmodel CASCADE",
    ],
)
def test_a_published_version_cannot_be_changed_by_sql(analyst: User, approver: User, statement: str) -> None:
    made = versions_services.publish_model(model=lighter(analyst), actor=approver)
    with pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(pk=made.pk))
    made.refresh_from_db()
    assert made.as_table.hash == made.table_hash


def test_two_versions_of_a_model_are_never_published_at_once(analyst: User, approver: User) -> None:
    made = draft(analyst)
    values = {"state": "published", "published_at": made.at, "published_by": approver}
    with pytest.raises(Error, match="scoring_model_one_published"), transaction.atomic():
        ScoringModel.objects.filter(pk=made.pk).update(**values)


def test_publishing_changes_nothing_of_runs_there_are(run: ScoreRun, analyst: User, approver: User) -> None:
    before = ScoreRun.objects.filter(pk=run.pk).values().get()
    ranks = list(run.countries.values_list("country__code", "rank", "score").order_by("pk"))
    versions_services.publish_model(model=lighter(analyst), actor=approver)
    assert replay(run_id=run.pk) is None
    assert ScoreRun.objects.filter(pk=run.pk).values().get() == before
    assert list(run.countries.values_list("country__code", "rank", "score").order_by("pk")) == ranks
    later = compute_screen(actor=None)
    assert later.table_hash == default_table().hash != run.table_hash
    assert [replay(run_id=pk) for pk in (run.pk, later.pk)] == [None, None]


def test_a_round_keeps_the_version_it_was_opened_on(office: Office) -> None:
    found = office.scored()
    scored = found.runs.get().run
    versions_services.publish_model(model=lighter(office.analyst), actor=office.approver)
    again = rounds_services.score_round(selection_round=found, actor=office.analyst)
    assert again.run == scored
    assert SelectionRound.objects.get(pk=found.pk).model.state == ModelState.SUPERSEDED
    assert replay(run_id=scored.pk) is None


# ---- two at once ---------------------------------------------------------------------------------------------------


def test_second_editor_overwrites_nothing_and_sees_the_first_edit(analyst: User) -> None:
    made = draft(analyst)
    second = make_account(Role.ANALYST, username="second")
    first = versions_services.edit_model(
        model=made, change=weighing(made, "cpi", 3), actor=analyst, expected_revision=made.current_revision()
    )
    with pytest.raises(ValidationError) as refused:
        versions_services.edit_model(
            model=made, change=weighing(made, "literacy", 9), actor=second, expected_revision=made.current_revision()
        )
    assert codes(refused) == {"changed"}
    seen = as_it_was(made, made.current_revision())
    assert seen is not None
    changes = [
        (row.key, field.before, field.after) for row in differences(seen, first.as_table) for field in row.fields
    ]
    assert ("cpi", "6", "3") in changes
    both = versions_services.edit_model(
        model=made, change=weighing(made, "literacy", 9), actor=second, expected_revision=first.current_revision()
    )
    assert [find(both.table, "criteria", key)["weight"] for key in ("cpi", "literacy")] == [3, 9]


def test_a_change_that_changes_nothing_leaves_no_entry(analyst: User) -> None:
    made = draft(analyst)
    same = versions_services.edit_model(
        model=made, change=weighing(made, "cpi", 6), actor=analyst, expected_revision=made.current_revision()
    )
    assert same.revision == made.revision
    assert not entries_of(made).filter(action="changed").exists()


@pytest.mark.django_db(transaction=True)
def test_two_clones_at_the_same_moment_take_two_numbers(transactional_db: None) -> None:
    analyst = make_account(Role.ANALYST)
    numbers: list[int] = []
    start = threading.Barrier(2)

    def work() -> None:
        start.wait()
        try:
            numbers.append(draft(analyst).number)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(numbers) == [shipped().number + 1, shipped().number + 2]


# ---- bad models ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("change", "code", "place"), [f[1:] for f in FAULTS], ids=[f[0] for f in FAULTS])
def test_a_bad_model_is_refused_by_import_and_by_editing(
    analyst: User, change: Callable[[Plain], object], code: str, place: str
) -> None:
    data = exported(shipped())
    change(data)
    made = draft(analyst)

    attempts: tuple[Callable[[], object], ...] = (
        lambda: versions_services.import_model(data=data, note="Spoiled", actor=analyst),
        lambda: versions_services.edit_model(
            model=made, change=lambda _table: data, actor=analyst, expected_revision=made.current_revision()
        ),
    )
    for attempt in attempts:
        with pytest.raises(ValidationError) as refused:
            attempt()
        assert code in codes(refused)
        assert place.rpartition("/")[2] in " ".join(refused.value.messages)
    assert ScoringModel.objects.count() == 3
    made.refresh_from_db()
    assert made.revision == 1


def test_what_an_editor_takes_out_is_refused_where_something_rests_on_it(analyst: User) -> None:
    made = draft(analyst)
    for change, message in (
        (
            without_row("criteria", "prosecution"),
            "The statute's criterion commitment requires the criterion prosecution",
        ),
        (without_row("criteria", "tier"), "Hurdle tier3 tests criterion 'tier'"),
        (without_row("nodes", "need"), "need is missing below the root"),
        (without_row("mandatory", "prevalence"), "The statute's criterion prevalence is missing"),
        (with_settings({"rho": math.nan}), "rho: nan is not a number"),
    ):
        with pytest.raises(ValidationError) as refused:
            versions_services.edit_model(
                model=made, change=change, actor=analyst, expected_revision=made.current_revision()
            )
        assert message in " ".join(refused.value.messages)


def test_removed_row_is_reported_as_gone(analyst: User) -> None:
    made = draft(analyst)
    made = versions_services.edit_model(
        model=made, change=without_row("criteria", "literacy"), actor=analyst, expected_revision=made.current_revision()
    )
    for change in (
        with_row_moved("criteria", "literacy", 1),
        with_row("criteria", "literacy", {}),
        without_row("nodes", "x"),
    ):
        with pytest.raises(ValidationError) as refused:
            versions_services.edit_model(
                model=made, change=change, actor=analyst, expected_revision=made.current_revision()
            )
        assert codes(refused) == {"gone"}


# ---- export, import, compare ---------------------------------------------------------------------------------------


def test_an_export_that_is_imported_is_the_same_model(analyst: User) -> None:
    made = lighter(analyst)
    again = versions_services.import_model(data=exported(made), note="Imported", actor=analyst)
    assert again.number == made.number + 1
    assert again.as_table.content_hash == made.as_table.content_hash
    assert differences(made.as_table, again.as_table) == []
    other = versions_services.import_model(
        data={**exported(made), "key": "other", "version": "1"}, note="Other", actor=analyst
    )
    once_more = exported(other)
    assert other.number == 1
    assert other.as_table.hash == other.table_hash
    assert once_more == {**exported(made), "key": "other", "version": "1"}


def test_imported_model_equal_to_the_published_one_moves_no_country(run: ScoreRun, analyst: User) -> None:
    again = versions_services.import_model(data=exported(shipped()), note="Same", actor=analyst)
    change = model_change(shipped(), again)
    assert change.moves is not None
    assert len(change.moves.rows) == run.ranked
    assert change.moves.is_same
    assert change.verdict == ("Versions 4 and 5 give the same list.", "")


def test_previewed_movements_equal_those_of_a_run(run: ScoreRun, analyst: User, approver: User) -> None:
    made = draft(analyst)
    change = weighing(made, "prevalence", 5)
    made = versions_services.edit_model(
        model=made, change=change, actor=analyst, expected_revision=made.current_revision()
    )
    moves = model_change(shipped(), made).moves
    versions_services.publish_model(model=made, actor=approver)
    later = compute_screen(actor=None, as_of=run.as_of, on=run.reference_date)
    one, other = (
        dict(made.countries.filter(rank__isnull=False).values_list("country__code", "rank")) for made in (run, later)
    )
    expected = {code: (one.get(code), other.get(code)) for code in one | other if one.get(code) != other.get(code)}
    assert expected
    assert moves is not None
    changed = [row for row in moves.rows if row.before != row.after]
    assert {row.code: (row.before, row.after) for row in changed} == expected
