"""Dialogues: key indicators before them, data in their minutes, and action items after them."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from partnerships.dialogues.preconditions import contributions_tracked, dates_of_dialogue
from partnerships.dialogues.services import (
    add_action,
    add_agenda_item,
    close_action,
    edit_dialogue,
    minute_indicator,
    minute_item,
    plan_dialogue,
    remove_agenda_item,
    remove_key_indicator,
    select_key_indicator,
    take_dialogue_step,
)
from partnerships.lookups.rule_inputs import dialogue_state
from partnerships.models import (
    ActionItem,
    AgendaItem,
    AgendaKind,
    Contribution,
    ContributionStage,
    Dialogue,
    Government,
    History,
    KeyIndicator,
    Participant,
)
from partnerships.money.services import record_contribution
from tests.partnerships.monitoring.test_monitoring import (
    codes,
    half_years,
    refused_by_database,
    report,
)
from tests.worlds.partnerships.complete import Complete, make_complete

pytestmark = pytest.mark.django_db
DAY = date(2024, 5, 14)


def planned(made: Complete) -> Dialogue:
    return plan_dialogue(partnership=made.partnership, planned_on=DAY, actor=made.analyst)


def ready(made: Complete) -> Dialogue:
    dialogue = planned(made)
    select_key_indicator(dialogue=dialogue, indicator=made.children, actor=made.analyst)
    return take_dialogue_step(dialogue=dialogue, name="set_ready", actor=made.analyst, on=DAY)


def held(made: Complete) -> Dialogue:
    dialogue = edit_dialogue(
        dialogue=ready(made), values={"held_from": DAY, "held_until": DAY + timedelta(days=1)}, actor=made.analyst
    )
    return take_dialogue_step(dialogue=dialogue, name="hold", actor=made.analyst, on=DAY)


def test_dialogue_without_a_key_indicator_cannot_be_ready() -> None:
    made = make_complete()
    dialogue = planned(made)
    assert [item.kind for item in dialogue.agenda.all()] == ["indicators", "contributions", "sustainability"]
    with pytest.raises(ValidationError) as error:
        take_dialogue_step(dialogue=dialogue, name="set_ready", actor=made.analyst, on=DAY)
    assert codes(error) == {"key_indicator_missing"}
    step = (
        "INSERT INTO partnerships_dialoguestep (name, source, target, reason, actor_id, dialogue_id) "
        "VALUES ('set_ready', 'planned', 'ready', '', %s, %s)"
    )
    assert refused_by_database(step, made.approver.pk, dialogue.pk) == "key_indicator_missing"
    assert refused_by_database("UPDATE partnerships_dialogue SET state = 'ready'") == "derived_state"
    named = select_key_indicator(dialogue=dialogue, indicator=made.children, actor=made.analyst)
    remove_key_indicator(key_indicator=named, actor=made.analyst)
    assert not KeyIndicator.objects.exists()
    select_key_indicator(dialogue=dialogue, indicator=made.children, actor=made.analyst)
    assert take_dialogue_step(dialogue=dialogue, name="set_ready", actor=made.analyst, on=DAY).state == "ready"


@pytest.mark.parametrize("kind", [AgendaKind.SUSTAINABILITY, AgendaKind.CONTRIBUTIONS])
def test_every_agenda_speaks_of_sustainability_and_contributions(kind: AgendaKind) -> None:
    made = make_complete()
    dialogue = planned(made)
    select_key_indicator(dialogue=dialogue, indicator=made.children, actor=made.analyst)
    remove_agenda_item(item=dialogue.agenda.get(kind=kind), actor=made.analyst)
    with pytest.raises(ValidationError) as error:
        take_dialogue_step(dialogue=dialogue, name="set_ready", actor=made.analyst, on=DAY)
    assert codes(error) == {f"agenda_{kind}"}


def test_ready_dialogue_fixes_agenda_and_key_indicators() -> None:
    made = make_complete()
    dialogue = ready(made)
    for attempt in (
        lambda: select_key_indicator(dialogue=dialogue, indicator=made.share, actor=made.analyst),
        lambda: remove_key_indicator(key_indicator=dialogue.key_indicators.get(), actor=made.analyst),
        lambda: add_agenda_item(dialogue=dialogue, kind=AgendaKind.RISKS, title="Risks", actor=made.analyst),
        lambda: minute_item(item=dialogue.agenda.earliest("pk"), minutes="Too early", actor=made.analyst),
        lambda: minute_indicator(
            key_indicator=dialogue.key_indicators.get(), discussion="Too early", no_data_reason="-", actor=made.analyst
        ),
        lambda: add_action(dialogue=dialogue, text="Act", owner=made.ministry, due_on=DAY, actor=made.analyst),
    ):
        with pytest.raises(ValidationError) as error:
            attempt()
        assert codes(error) == {"dialogue_fixed"}
    back = take_dialogue_step(dialogue=dialogue, name="set_back", actor=made.analyst, on=DAY, reason="One more point")
    select_key_indicator(dialogue=back, indicator=made.share, actor=made.analyst)
    add_agenda_item(dialogue=back, kind=AgendaKind.RISKS, title="Risks", actor=made.analyst, presenter=made.ministry)
    assert AgendaItem.objects.latest("number").number == 4


def test_minutes_hold_the_data_as_shown_and_cannot_be_concluded_without_it() -> None:
    made = make_complete()
    first, second, *_ = half_years(made)
    report(made, first, 48)
    dialogue = held(made)
    with pytest.raises(ValidationError) as error:
        take_dialogue_step(dialogue=dialogue, name="conclude", actor=made.analyst, on=DAY)
    assert codes(error) == {"indicator_not_minuted", "point_not_minuted"}

    key = dialogue.key_indicators.get()
    minute = minute_indicator(key_indicator=key, discussion="Half of the year's target is reached", actor=made.analyst)
    assert (minute.value_shown, minute.target_shown) == (48, 100)
    report(made, first, 44)
    report(made, second, 60)
    minute.refresh_from_db()
    assert minute.value_shown == 48
    for item in dialogue.agenda.all():
        minute_item(item=item, minutes="Discussed", actor=made.analyst)
    action = add_action(
        dialogue=dialogue, text="Open a shelter", owner=made.ministry, due_on=date(2024, 9, 1), actor=made.analyst
    )
    dialogue = take_dialogue_step(dialogue=dialogue, name="conclude", actor=made.analyst, on=DAY)
    with pytest.raises(ValidationError) as error:
        minute_indicator(key_indicator=key, discussion="Something else", actor=made.analyst)
    assert codes(error) == {"dialogue_fixed"}
    assert refused_by_database("UPDATE partnerships_agendaitem SET minutes = 'x'") == "dialogue_fixed"
    assert refused_by_database("UPDATE partnerships_dialogue SET held_from = '2020-01-01'") == "dialogue_fixed"

    with pytest.raises(ValidationError) as error:
        close_action(action=action, state="done", outcome="", on=DAY, actor=made.analyst)
    assert codes(error) == {"action_item"}
    closed = close_action(action=action, state="done", outcome="It opened", on=date(2024, 8, 1), actor=made.analyst)
    assert closed.state == "done"
    reopening = "UPDATE partnerships_actionitem SET state = 'open', closed_on = NULL"
    assert refused_by_database(reopening) == "action_item_closed"
    states = History.objects.filter(row_table=ActionItem._meta.db_table, row_id=action.pk)
    assert [row.row_state["state"] for row in states] == ["open", "done"]
    reopened = take_dialogue_step(
        dialogue=dialogue, name="reopen", actor=made.approver, on=DAY, reason="A name is missing"
    )
    assert reopened.state == "held"


def test_no_data_at_a_dialogue_is_reported_with_its_reason() -> None:
    made = make_complete()
    key = held(made).key_indicators.get()
    with pytest.raises(ValidationError) as error:
        minute_indicator(key_indicator=key, discussion="None was shown", actor=made.analyst)
    assert codes(error) == {"minutes"}
    minute = minute_indicator(
        key_indicator=key, discussion="None was shown", no_data_reason="The register was closed", actor=made.analyst
    )
    assert minute.value_shown is None


def test_dialogue_needs_a_past_day_and_flags_late_key_indicators() -> None:
    made = make_complete()
    dialogue = ready(made)
    with pytest.raises(ValidationError) as error:
        take_dialogue_step(dialogue=dialogue, name="hold", actor=made.analyst, on=DAY)
    assert codes(error) == {"held_from"}
    with pytest.raises(ValidationError) as error:
        edit_dialogue(
            dialogue=dialogue, values={"held_from": DAY, "held_until": DAY - timedelta(days=1)}, actor=made.analyst
        )
    assert codes(error) == {"held_until"}
    today = timezone.now().date()
    dialogue = edit_dialogue(dialogue=dialogue, values={"held_from": today, "held_until": today}, actor=made.analyst)
    (finding,) = dates_of_dialogue(dialogue_state(dialogue), today)
    assert finding.code == "key_indicators_late"
    assert take_dialogue_step(dialogue=dialogue, name="hold", actor=made.analyst, on=today).state == "held"


def test_a_dialogue_is_canceled_with_a_reason_and_planned_again() -> None:
    made = make_complete()
    dialogue = take_dialogue_step(
        dialogue=ready(made), name="cancel", actor=made.analyst, on=DAY, reason="Elections that week"
    )
    dialogue = take_dialogue_step(
        dialogue=dialogue, name="plan_again", actor=made.analyst, on=DAY, reason="A day was found"
    )
    assert dialogue.state == "planned"
    assert planned(made).number == 2


def test_what_the_partner_government_gave_is_asked_for_before_a_dialogue() -> None:
    made = make_complete()
    dialogue = planned(made)
    (finding,) = contributions_tracked(dialogue_state(dialogue), DAY)
    assert finding.code == "partner_contributions_missing"
    record_contribution(
        contribution=Contribution(
            partnership=made.partnership,
            government=Government.PARTNER,
            kind="staff",
            stage=ContributionStage.REPORTED,
            fiscal_year=2024,
            description="Posts in the register",
            staff_years=Decimal(2),
            source="Letter of the test",
        ),
        actor=made.analyst,
    )
    assert contributions_tracked(dialogue_state(dialogue), DAY) == []


def test_nothing_of_another_partnership_is_named() -> None:
    made = make_complete()
    foreign = Participant(partnership_id=made.partnership.pk + 1, government="partner", name="Elsewhere")
    with pytest.raises(ValidationError) as error:
        add_agenda_item(
            dialogue=planned(made), kind=AgendaKind.OTHER, title="Other", presenter=foreign, actor=made.analyst
        )
    assert codes(error) == {"presenter"}
