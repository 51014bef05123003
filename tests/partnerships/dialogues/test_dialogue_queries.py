"""Rows that a dialogue reads and stores: results by its day, targets of their year, and what is open or withdrawn."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from cpc.accounts.permissions import Role
from partnerships.dialogues import queries
from partnerships.dialogues.forms import CloseActionItemForm, MinutesForm
from partnerships.dialogues.services import (
    add_action,
    add_agenda_item,
    close_action,
    edit_dialogue,
    minute_indicator,
    minute_item,
    plan_dialogue,
    select_key_indicator,
    take_dialogue_step,
    write_minutes,
)
from partnerships.models import (
    ActionItem,
    AgendaItem,
    AgendaKind,
    Contribution,
    Dialogue,
    OutcomeIndicator,
    Participant,
    Partnership,
    Risk,
    SustainabilityMeasure,
    SustainabilityStrategy,
)
from partnerships.money.services import record_contribution
from partnerships.monitoring.services.results import record_result
from tests.partnerships.monitoring.test_monitoring import LATER, half_years, report
from tests.partnerships.sending import client_of, filled_fields_of
from tests.support.accounts import make_account
from tests.worlds.partnerships.complete import Complete, make_complete

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
HELD = date(2024, 9, 30)
"""The last day of the second of four half-years."""


def held(made: Complete, on: date = HELD, **more: Any) -> Dialogue:
    """Hold a dialogue on the number of children, planned for long before."""
    dialogue = plan_dialogue(partnership=made.partnership, planned_on=date(2024, 1, 1), actor=made.analyst, **more)
    select_key_indicator(dialogue=dialogue, indicator=made.children, actor=made.analyst)
    take_dialogue_step(dialogue=dialogue, name="set_ready", actor=made.analyst, on=on)
    edit_dialogue(dialogue=dialogue, values={"held_from": on, "held_until": on + DAY}, actor=made.analyst)
    return take_dialogue_step(dialogue=dialogue, name="hold", actor=made.analyst, on=on + DAY)


def test_minutes_store_the_newest_value_and_the_target_of_its_year() -> None:
    made = make_complete()
    periods = half_years(made)
    for period, count in zip(periods, (44, 60, 9), strict=False):
        report(made, period, count)
    report(made, periods[0], 40)
    for on, value, target in (
        (date(2024, 3, 30), None, None),
        (date(2024, 3, 31), 40, 100),
        (HELD - DAY, 40, 100),
        (HELD, 60, 100),
        (date(2025, 3, 31), 9, 120),
    ):
        dialogue = held(made, on)
        key = dialogue.key_indicators.get()
        assert queries.without_value(queries.keys_of(dialogue), dialogue) == (set() if value else {key.pk}), on
        fields = MinutesForm(partnership=made.partnership, dialogue=dialogue).fields
        assert (f"reason_{key.pk}" in fields) is (value is None), on
        minute = minute_indicator(key_indicator=key, discussion=" Late ", no_data_reason=" Closed ", actor=made.analyst)
        assert (minute.value_shown, minute.target_shown, minute.discussion) == (value, target, "Late"), on
        assert minute.no_data_reason == ("" if value else "Closed"), on


def test_before_it_is_held_the_planned_day_counts() -> None:
    made = make_complete()
    report(made, half_years(made)[0], 44)
    dialogue = plan_dialogue(partnership=made.partnership, planned_on=date(2024, 3, 30), actor=made.analyst)
    key = select_key_indicator(dialogue=dialogue, indicator=made.children, actor=made.analyst, why="Behind")
    assert queries.without_value([key], dialogue) == {key.pk}
    edit_dialogue(dialogue=dialogue, values={"planned_on": date(2024, 3, 31)}, actor=made.analyst)
    dialogue.refresh_from_db()
    assert queries.without_value([key], dialogue) == set()
    assert [row.code for row in queries.selectable_indicators(dialogue)] == ["SH-1"]
    other = plan_dialogue(partnership=made.partnership, planned_on=date(2024, 3, 31), actor=made.analyst)
    assert [row.code for row in queries.selectable_indicators(other)] == ["CV-1", "SH-1"]
    assert [row.number for row in queries.dialogues_of(made.partnership)] == [2, 1]


def test_a_value_that_is_no_data_is_no_value() -> None:
    made = make_complete()
    first, second, *_ = half_years(made)
    report(made, first, 44)
    record_result(
        period=second, indicator=made.children, value=None, no_data_reason="Closed", actor=made.analyst, on=LATER
    )
    key = held(made).key_indicators.get()
    assert minute_indicator(key_indicator=key, discussion="Late", actor=made.analyst).value_shown == 44


def test_minutes_are_written_where_something_was_entered_and_changed() -> None:
    made = make_complete()
    dialogue = held(made)
    key, (first, second, third) = dialogue.key_indicators.get(), queries.agenda_of(dialogue)
    minute_item(item=first, minutes="Kept", actor=made.analyst)
    data = filled_fields_of(MinutesForm(partnership=made.partnership, dialogue=dialogue)) | {
        f"key_{key.pk}": "  ", f"item_{first.pk}": " Kept ", f"item_{second.pk}": " Agreed ", f"item_{third.pk}": "",
    }  # fmt: skip
    form = MinutesForm(data, partnership=made.partnership, dialogue=dialogue)
    assert form.is_valid(), form.errors
    assert (form.discussions, form.changed_minutes) == ([], [(second, "Agreed")])
    write_minutes(
        dialogue=dialogue, discussed=[(key, "Late", "Closed")], changed_minutes=form.changed_minutes,
        actor=made.analyst,
    )  # fmt: skip
    assert list(dialogue.agenda.order_by("number").values_list("minutes", flat=True)) == ["Kept", "Agreed", ""]
    shown = MinutesForm(partnership=made.partnership, dialogue=dialogue)
    initial = {name: shown[name].value() for name in (f"key_{key.pk}", f"reason_{key.pk}", f"item_{second.pk}")}
    assert list(initial.values()) == ["Late", "Closed", "Agreed"]


def test_action_items_sort_by_due_day_and_open_ones_carry_over() -> None:
    made = make_complete()
    dialogue = held(made)
    later, sooner, done = (
        add_action(dialogue=dialogue, text=text, owner=made.ministry, due_on=HELD + days * DAY, actor=made.analyst)
        for text, days in (("later", 9), ("sooner", 5), ("done", 7))
    )
    close_action(action=done, state="done", outcome=" It came ", on=HELD + DAY, actor=made.analyst)
    assert queries.actions_of(dialogue) == [sooner, done, later]
    assert queries.actions_open(made.partnership) == [sooner, later]
    done.refresh_from_db()
    assert (done.state, done.outcome, done.closed_on) == ("done", "It came", HELD + DAY)
    assert done in queries.partnership_actions(made.partnership)
    assert not queries.partnership_actions(Partnership(pk=made.partnership.pk + 1))
    choices = CloseActionItemForm(partnership=made.partnership, action=later).fields["state"].choices  # type: ignore[attr-defined]
    assert [value for value, _ in choices] == ["done", "dropped"]


def test_the_pack_holds_what_is_in_effect_and_open() -> None:
    made = make_complete()
    dialogue = plan_dialogue(partnership=made.partnership, planned_on=HELD, actor=made.analyst)
    select_key_indicator(dialogue=dialogue, indicator=made.share, actor=made.analyst)

    def give(description: str, year: int, **values: Any) -> Contribution:
        usual = {"government": "partner", "kind": "cash", "stage": "reported", "source": "A letter"}
        row = Contribution(partnership=made.partnership, description=description, fiscal_year=year, **usual | values)
        return record_contribution(contribution=row, actor=made.analyst)

    wrong = give("wrong", 2024)
    give("second", 2025)
    give("first", 2024, replaces=wrong)
    give("ours", 2024, government="us", kind="staff")
    shared: dict[str, Any] = {"partnership": made.partnership, "owner": made.ministry}
    for text, days in (("later", 9), ("sooner", 5)):
        SustainabilityMeasure.objects.create(**shared, kind="law", text=text, review_on=HELD + days * DAY)
    for text, state in (("open", "open"), ("over", "closed"), ("now", "occurred")):
        Risk.objects.create(
            **shared, text=text, state=state, closing_note="Over", likelihood=1, impact=1, mitigation="Talks",
            review_on=HELD,
        )  # fmt: skip
    SustainabilityStrategy.objects.create(
        partnership=made.partnership, institution="Gone", approach="None", withdrawn=True
    )
    pack = queries.pack_of(dialogue, HELD)
    assert [key.indicator.code for key, _, _ in pack.keys] == ["SH-1"]
    assert [row.indicator.code for row in pack.others] == ["CV-1"]
    given = [row.description for row in pack.contributions]
    assert given == ["first", "Running costs of shelters", "second"]
    assert [row.text for row in pack.measures] == ["sooner", "later"]
    assert sorted(row.text for row in pack.risks) == ["now", "open"]
    assert [row.institution for row in pack.strategies] == ["Ministry of Children"]


def test_agenda_item_is_appended_and_rejects_rows_of_other_partnerships() -> None:
    made = make_complete()
    dialogue = plan_dialogue(partnership=made.partnership, planned_on=HELD, actor=made.analyst)
    add_agenda_item(dialogue=dialogue, kind=AgendaKind.RISKS, title="Elections", actor=made.analyst)
    assert [str(item) for item in queries.agenda_of(dialogue)] == [
        "1. Key indicators and their targets", "2. Contributions of the participants", "3. Sustaining progress",
        "4. Elections",
    ]  # fmt: skip
    elsewhere = made.partnership.pk + 1
    foreign = OutcomeIndicator(partnership_id=elsewhere, code="X")
    with pytest.raises(ValidationError) as error:
        select_key_indicator(dialogue=dialogue, indicator=foreign, actor=made.analyst)
    assert error.value.message_dict == {"indicator": ["Choose one from this partnership."]}
    running = held(made)
    with pytest.raises(ValidationError) as error:
        add_action(
            dialogue=running, text="Act", owner=Participant(partnership_id=elsewhere), due_on=HELD, actor=made.analyst
        )
    assert error.value.message_dict == {"owner": ["Choose one from this partnership."]}
    assert not ActionItem.objects.exists()
    assert AgendaItem.objects.filter(dialogue=running).count() == 3


def test_the_page_offers_what_the_state_of_a_dialogue_allows() -> None:
    made = make_complete()
    dialogue = plan_dialogue(partnership=made.partnership, planned_on=HELD, actor=made.analyst)
    select_key_indicator(dialogue=dialogue, indicator=made.children, actor=made.analyst)
    url = f"/partnerships/{made.partnership.pk}/dialogues/1/"
    offers = {}
    for step in ("", "set_ready", "hold"):
        if step == "hold":
            edit_dialogue(dialogue=dialogue, values={"held_from": HELD, "held_until": HELD}, actor=made.analyst)
        if step:
            take_dialogue_step(dialogue=dialogue, name=step, actor=made.analyst, on=HELD)
        shown = client_of(made.analyst).get(url).context
        flags = [shown[name] for name in ("may_plan", "may_date", "may_minute", "ahead")]
        offers[step] = (*flags, [finding.code for finding in shown["findings"]])
    missing = ["indicator_not_minuted", *["point_not_minuted"] * 3]
    assert offers == {
        "": (True, True, False, "mark ready", ["partner_contributions_missing"]),
        "set_ready": (False, True, False, "record that it was held", ["held_from"]),
        "hold": (False, False, True, "conclude the minutes", missing),
    }
    shown = client_of(make_account(Role.VIEWER)).get(url).context
    assert [shown[name] for name in ("may_edit", "may_plan", "may_date", "may_minute")] == [False] * 4
