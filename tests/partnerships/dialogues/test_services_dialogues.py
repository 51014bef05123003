"""Services for dialogues: stored values, entries of the audit trail, and codes of refusals."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from cpc.accounts.permissions import Role
from cpc.database.revisions import EditConflict
from partnerships.dialogues import preconditions, services
from partnerships.dialogues.queries import minutes_revision
from partnerships.lookups.rule_inputs import AgendaPoint, DialogueFacts, KeyIndicatorFacts
from partnerships.models import AgendaKind, Dialogue, OutcomeIndicator, Participant
from tests.partnerships.monitoring.test_monitoring import half_years, report
from tests.support.accounts import make_account
from tests.support.outcomes import refusals, trail
from tests.worlds.partnerships.build import Stage
from tests.worlds.partnerships.complete import Complete, make_complete

pytestmark = pytest.mark.django_db
DAY = date(2024, 5, 14)
NEXT = timedelta(days=1)


@pytest.fixture
def made() -> Complete:
    return make_complete()


def planned(made: Complete, **values: Any) -> Dialogue:
    return services.plan_dialogue(partnership=made.partnership, planned_on=DAY, actor=made.analyst, **values)


def held(made: Complete, held_from: date = DAY) -> Dialogue:
    dialogue = planned(made)
    services.select_key_indicator(dialogue=dialogue, indicator=made.children, actor=made.analyst)
    services.take_dialogue_step(dialogue=dialogue, name="set_ready", actor=made.analyst, on=DAY)
    values = {"held_from": held_from, "held_until": held_from}
    services.edit_dialogue(dialogue=dialogue, values=values, actor=made.analyst)
    return services.take_dialogue_step(dialogue=dialogue, name="hold", actor=made.analyst, on=held_from)


@pytest.fixture
def foreign(made: Complete) -> tuple[Participant, OutcomeIndicator]:
    """Return an office and an indicator of another partnership."""
    stage = Stage(analyst=made.analyst, approver=made.approver)
    other = stage.draft("TGO")
    stage.complete(other)
    indicator = OutcomeIndicator.objects.filter(partnership=other).order_by("pk")[0]
    return Participant.objects.filter(partnership=other)[0], indicator


def test_a_dialogue_is_planned_with_the_points_of_every_agenda(made: Complete) -> None:
    dialogue = planned(made, place="Accra", is_final=True)
    assert trail(dialogue) == [
        (
            "analyst",
            "created",
            None,
            {
                "partnership": made.partnership.pk,
                "number": 1,
                "planned_on": "2024-05-14",
                "place": "Accra",
                "is_final": True,
                "state": "planned",
            },
        )
    ]
    points = list(dialogue.agenda.order_by("number"))
    assert [(point.number, point.kind, point.title) for point in points] == [
        (1, "indicators", AgendaKind.INDICATORS.label),
        (2, "contributions", AgendaKind.CONTRIBUTIONS.label),
        (3, "sustainability", AgendaKind.SUSTAINABILITY.label),
    ]
    assert trail(points[0])[0][:2] == ("analyst", "created")
    second = planned(made)
    assert (second.number, second.place, second.is_final) == (2, "", False)


def test_a_point_goes_to_the_end_of_the_agenda_and_leaves_its_values_when_removed(made: Complete) -> None:
    dialogue = planned(made)
    values: dict[str, Any] = {"dialogue": dialogue, "kind": AgendaKind.RISKS, "actor": made.analyst}
    item = services.add_agenda_item(title="Risks", presenter=made.ministry, **values)
    stored = {"dialogue": dialogue.pk, "number": 4, "kind": "risks", "title": "Risks", "presenter": made.ministry.pk}
    assert trail(item) == [("analyst", "created", None, stored)]
    key = item.pk
    services.remove_agenda_item(item=item, actor=made.approver)
    item.pk = key
    assert trail(item)[1:] == [("approver", "removed", stored, None)]
    assert not dialogue.agenda.filter(number=4).exists()


def test_a_key_indicator_is_named_with_why_and_who(made: Complete) -> None:
    dialogue = planned(made)
    named = services.select_key_indicator(dialogue=dialogue, indicator=made.children, why="It fell", actor=made.analyst)
    stored = {"dialogue": dialogue.pk, "indicator": made.children.pk, "why": "It fell", "named_by": made.analyst.pk}
    assert trail(named) == [("analyst", "created", None, stored)]
    key = named.pk
    services.remove_key_indicator(key_indicator=named, actor=made.approver)
    named.pk = key
    assert trail(named)[1:] == [("approver", "removed", stored, None)]


def test_rows_of_another_partnership_are_refused_at_their_field(
    made: Complete, foreign: tuple[Participant, OutcomeIndicator]
) -> None:
    office, indicator = foreign
    dialogue = planned(made)
    by: dict[str, Any] = {"dialogue": dialogue, "actor": made.analyst}
    point: dict[str, Any] = {"kind": AgendaKind.RISKS, "title": "Risks", "presenter": office}
    assert refusals(lambda: services.add_agenda_item(**by, **point)) == {"presenter": "presenter"}
    assert refusals(lambda: services.select_key_indicator(indicator=indicator, **by)) == {"indicator": "indicator"}
    services.take_dialogue_step(dialogue=dialogue, name="cancel", actor=made.analyst, on=DAY, reason="Twice")
    by = {"dialogue": held(made), "actor": made.analyst}
    assert refusals(lambda: services.add_action(text="T", owner=office, due_on=DAY, **by)) == {"owner": "owner"}


@pytest.mark.parametrize(
    ("held_from", "value"),
    [(date(2024, 3, 30), None), (date(2024, 3, 31), Decimal(10)), (date(2024, 4, 1), Decimal(10))],
)
def test_minutes_store_the_newest_result_of_a_period_that_is_over(
    made: Complete, held_from: date, value: Decimal | None
) -> None:
    first, second = half_years(made)[:2]
    report(made, first, 10, 50)
    report(made, second, 30, 50)
    dialogue = held(made, held_from)
    minute = services.minute_indicator(
        key_indicator=dialogue.key_indicators.get(),
        discussion=" Discussed ",
        no_data_reason=" Not counted ",
        actor=made.analyst,
    )
    assert (minute.value_shown, minute.discussion) == (value, "Discussed")
    assert minute.no_data_reason == ("Not counted" if value is None else "")
    assert (minute.result.period if minute.result else None) == (first if value else None)
    assert (minute.target_shown is None) == (value is None)
    assert trail(minute)[0][:2] == ("analyst", "created")


def test_minutes_are_written_together_unless_somebody_wrote_meanwhile(made: Complete) -> None:
    dialogue = held(made)
    revision = minutes_revision(dialogue)
    point = dialogue.agenda.order_by("number")[0]
    write: dict[str, Any] = {
        "dialogue": dialogue,
        "discussed": [(dialogue.key_indicators.get(), "Discussed", "None yet")],
        "changed_minutes": [(point, " Agreed ")],
        "expected_revision": revision,
    }
    services.write_minutes(actor=made.approver, **write)
    point.refresh_from_db()
    assert point.minutes == "Agreed"
    assert trail(point)[-1] == ("approver", "changed", {"minutes": ""}, {"minutes": "Agreed"})
    minute = dialogue.key_indicators.get().minute
    assert (minute.discussion, minute.no_data_reason) == ("Discussed", "None yet")
    assert trail(minute)[0][0] == "approver"
    with pytest.raises(EditConflict):
        services.write_minutes(actor=made.analyst, **write)


def test_an_action_is_added_while_minutes_are_open_and_closed_once(made: Complete) -> None:
    early: dict[str, Any] = {"text": "Write", "owner": made.ministry, "due_on": DAY, "actor": made.analyst}
    assert refusals(lambda: services.add_action(dialogue=planned(made), **early)) == {"": "dialogue_fixed"}
    dialogue = held(made)
    action = services.add_action(dialogue=dialogue, **early)
    stored = {
        "dialogue": dialogue.pk,
        "text": "Write",
        "owner": made.ministry.pk,
        "due_on": "2024-05-14",
        "state": "open",
    }
    assert trail(action) == [("analyst", "created", None, stored)]
    revision = action.current_revision()
    close: dict[str, Any] = {"action": action, "state": "done", "outcome": " Sent ", "on": DAY, "actor": made.approver}
    services.close_action(expected_revision=revision, **close)
    before = {"state": "open", "closed_on": None, "outcome": ""}
    after = {"state": "done", "closed_on": "2024-05-14", "outcome": "Sent"}
    assert trail(action)[1:] == [("approver", "closed", before, after)]
    with pytest.raises(EditConflict):
        services.close_action(expected_revision=revision, **close)


def test_a_step_is_stored_with_its_reason(made: Complete) -> None:
    dialogue = planned(made)
    services.take_dialogue_step(dialogue=dialogue, name="cancel", actor=made.approver, on=DAY, reason=" No travel ")
    step = dialogue.steps.get()
    assert (step.name, step.source, step.target) == ("cancel", "planned", "canceled")
    assert (step.reason, step.actor) == ("No travel", made.approver)
    assert trail(step)[0][:2] == ("approver", "took the step: Cancel")


def test_an_overtaken_edit_changes_nothing(made: Complete) -> None:
    dialogue = planned(made)
    revision = dialogue.current_revision()
    edit: dict[str, Any] = {"dialogue": dialogue, "actor": made.analyst, "expected_revision": revision}
    assert services.edit_dialogue(values={"place": "Accra"}, **edit).place == "Accra"
    assert trail(dialogue)[-1] == ("analyst", "changed", {"place": ""}, {"place": "Accra"})
    with pytest.raises(EditConflict):
        services.edit_dialogue(values={"place": "Kumasi"}, **edit)


def test_other_roles_write_nothing(made: Complete) -> None:
    viewer = make_account(Role.VIEWER)
    dialogue = held(made)
    point, key = dialogue.agenda.order_by("number")[0], dialogue.key_indicators.get()
    action = services.add_action(dialogue=dialogue, text="T", owner=made.ministry, due_on=DAY, actor=made.analyst)
    by: dict[str, Any] = {"actor": viewer}
    for attempt in (
        lambda: services.plan_dialogue(partnership=made.partnership, planned_on=DAY, **by),
        lambda: services.edit_dialogue(dialogue=dialogue, values={"place": "A"}, **by),
        lambda: services.add_agenda_item(dialogue=dialogue, kind=AgendaKind.RISKS, title="R", **by),
        lambda: services.remove_agenda_item(item=point, **by),
        lambda: services.select_key_indicator(dialogue=dialogue, indicator=made.share, **by),
        lambda: services.remove_key_indicator(key_indicator=key, **by),
        lambda: services.write_minutes(dialogue=dialogue, discussed=(), changed_minutes=(), **by),
        lambda: services.minute_indicator(key_indicator=key, discussion="D", **by),
        lambda: services.minute_item(item=point, minutes="M", **by),
        lambda: services.add_action(dialogue=dialogue, text="T", owner=made.ministry, due_on=DAY, **by),
        lambda: services.close_action(action=action, state="done", outcome="O", on=DAY, **by),
        lambda: services.take_dialogue_step(dialogue=dialogue, name="conclude", on=DAY, **by),
    ):
        with pytest.raises(PermissionDenied):
            attempt()


def test_each_finding_names_its_field_and_its_source() -> None:
    facts = DialogueFacts(
        held_from=None,
        ready_on=DAY,
        key_indicators=(KeyIndicatorFacts("CV-1", False),),
        agenda=(AgendaPoint("risks", "1. Risks", False),),
        partner_contributions=False,
    )
    bare = DialogueFacts(held_from=DAY, ready_on=DAY, key_indicators=(), agenda=(), partner_contributions=True)
    gao = "GAO-23-105390"
    found = [
        *preconditions.key_indicators_selected(bare, DAY),
        *preconditions.agenda_covers(bare, DAY),
        *preconditions.contributions_tracked(facts, DAY),
        *preconditions.dates_of_dialogue(facts, DAY),
        *preconditions.dates_of_dialogue(bare, DAY),
        *preconditions.minutes_complete(facts, DAY),
    ]
    assert [(row.code, str(row.severity), row.field, row.citation) for row in found] == [
        ("key_indicator_missing", "error", "key_indicators", gao),
        ("agenda_sustainability", "error", "agenda", gao),
        ("agenda_contributions", "error", "agenda", gao),
        ("partner_contributions_missing", "warning", "contributions", gao),
        ("held_from", "error", "held_from", ""),
        ("key_indicators_late", "warning", "key_indicators", gao),
        ("indicator_not_minuted", "error", "minutes", gao),
        ("point_not_minuted", "error", "minutes", ""),
    ]
