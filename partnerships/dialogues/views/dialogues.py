from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import reverse

from cpc.lifecycle import step_findings
from partnerships.dialogues import presenters, queries
from partnerships.dialogues.forms import (
    ActionItemForm,
    AgendaForm,
    CloseActionItemForm,
    KeyIndicatorForm,
    MinutesForm,
    PlanDialogueForm,
    PlanWithIndicatorsForm,
)
from partnerships.dialogues.preconditions import DIALOGUE_CHECKS
from partnerships.dialogues.presenters import action_badge, dialogue_mark, dialogue_note, key_line
from partnerships.dialogues.services import (
    add_action,
    add_agenda_item,
    close_action,
    edit_dialogue,
    plan_dialogue,
    remove_agenda_item,
    remove_key_indicator,
    select_key_indicator,
    take_dialogue_step,
    write_minutes,
)
from partnerships.form_parts.base import RowForm, row_form
from partnerships.lookups.rule_inputs import dialogue_state
from partnerships.models import ActionItem, AgendaItem, Dialogue, DialogueState, KeyIndicator, Partnership
from partnerships.monitoring.presenters import result_line, year_cell
from partnerships.page_frame import (
    Context,
    PartnershipAction,
    PartPage,
    ReviewStep,
    Visit,
    available_steps,
    partnership_page,
    step_comments,
)
from partnerships.states import DIALOGUE
from partnerships.valuation import contribution_sentence

EDITED = ("planned_on", "held_from", "held_until", "place", "is_final")
LABELS = {
    "planned_on": "Planned for",
    "held_from": "First day held",
    "held_until": "Last day held",
    "place": "Location",
    "is_final": "This is the final dialogue",
}
NOT_CONCLUDED = (DialogueState.PLANNED, DialogueState.READY, DialogueState.HELD)
BEFORE = {"planned": "set_ready", "ready": "hold", "held": "conclude"}


@partnership_page("dialogues/dialogues.html", "partnership-dialogues", "Dialogues")
def dialogues(visit: Visit) -> Context:
    partnership, today = visit.partnership, visit.today
    return {
        "rows": [
            (row, dialogue_mark(row, today, documented=False), dialogue_note(row, documented=False))
            for row in queries.dialogues_of(partnership)
        ],
        "actions": [(row, action_badge(row, today)) for row in queries.actions_open(partnership)],
        "may_edit": visit.may_edit,
        "may_plan": visit.may_add("dialogue"),
    }


class PlanDialogue(PartnershipAction):
    plans = "dialogue"
    form_class = PlanWithIndicatorsForm
    heading = "Plan a dialogue"
    button = "Plan the dialogue"
    intro = "The agenda starts with key indicators, contributions, and sustaining progress."
    done = "The dialogue is planned."
    back = "partnership-dialogues"

    def perform(self, values: Mapping[str, Any]) -> str:
        keys, why, is_ready = (values[name] for name in ("key_indicators", "why", "is_ready"))
        planned = {name: values[name] for name in PlanDialogueForm.base_fields.keys() & values.keys()}
        made = plan_dialogue(partnership=self.partnership, actor=self.actor, **planned)
        for indicator in keys:
            select_key_indicator(dialogue=made, indicator=indicator, why=why, actor=self.actor)
        if is_ready:
            take_dialogue_step(dialogue=made, name="set_ready", actor=self.actor, on=self.today)
        return reverse("partnership-dialogue", args=[self.partnership.pk, made.number])


def _get_dialogue_or_404(partnership: Partnership, number: int) -> Dialogue:
    return get_object_or_404(partnership.dialogues.select_related("partnership__country"), number=number)


DIALOGUE_PAGE = PartPage("partnership-dialogue", "dialogue", "number", "partnership-dialogues")


@partnership_page("dialogues/dialogue.html", "partnership-dialogues")
def dialogue(visit: Visit, number: int) -> Context:
    partnership, user, today = visit.partnership, visit.user, visit.today
    row = _get_dialogue_or_404(partnership, number)
    may_edit = visit.may_edit
    ahead = BEFORE.get(row.state)
    is_to_come = ahead == "hold" and row.held_from is None and row.planned_on > today
    return {
        "here": str(row),
        "breadcrumbs": DIALOGUE_PAGE.breadcrumbs(row)[:-1],
        "record_keys": DIALOGUE_PAGE.record_keys(row),
        "dialogue": row,
        "mark": dialogue_mark(row, today, documented=False),
        "keys": [key_line(key) for key in queries.keys_of(row)],
        "agenda": queries.agenda_of(row),
        "actions": [(item, action_badge(item, today)) for item in queries.actions_of(row)],
        "findings": step_findings(DIALOGUE_CHECKS, ahead, dialogue_state(row), today)
        if ahead and not is_to_come
        else [],
        "unready": queries.next_unready(row) if row.state in NOT_CONCLUDED else None,
        "ahead": DIALOGUE.transition(ahead).label.lower() if ahead else "",
        "steps": available_steps(DIALOGUE, row, user),
        "comments": step_comments(DIALOGUE, row),
        "may_edit": may_edit,
        "may_plan": may_edit and row.state == DialogueState.PLANNED,
        "may_date": may_edit and row.state in (DialogueState.PLANNED, DialogueState.READY),
        "may_minute": may_edit and row.state == DialogueState.HELD,
        "may_record": may_edit and row.state in NOT_CONCLUDED and row.planned_on <= today,
    }


@partnership_page("dialogues/pack.html", "partnership-dialogues", "Preparation")
def pack(visit: Visit, number: int) -> Context:
    partnership, today = visit.partnership, visit.today
    row = _get_dialogue_or_404(partnership, number)
    preparation = queries.pack_of(row, today)
    return {
        "breadcrumbs": DIALOGUE_PAGE.breadcrumbs(row),
        "dialogue": row,
        "pack": preparation,
        "contributions_table": presenters.CONTRIBUTIONS,
        "contributed": contribution_sentence(partnership.country.name, preparation.contributions),
        "keys": [
            (key, result_line(measured), [year_cell(line) for line in lines])
            for key, measured, lines in preparation.keys
        ],
        "others_table": presenters.OTHER_RESULTS,
        "others": [result_line(measured) for measured in preparation.others],
        "actions": [(item, action_badge(item, today)) for item in preparation.actions],
        "agenda": queries.agenda_of(row),
    }


class TakeDialogueStep(ReviewStep):
    machine = DIALOGUE
    checks = DIALOGUE_CHECKS
    record: Dialogue
    part_page = DIALOGUE_PAGE
    back = "partnership-dialogue"

    def get_record(self) -> Dialogue:
        return _get_dialogue_or_404(self.partnership, self.kwargs["number"])

    def load(self) -> None:
        super().load()
        self.heading = f"{self.transition.label}: {str(self.record).lower()}"

    def snapshot(self) -> Any:
        return dialogue_state(self.record)

    def perform(self, values: Mapping[str, Any]) -> None:
        name, reason = self.transition.name, values["note"]
        take_dialogue_step(dialogue=self.record, name=name, actor=self.actor, on=self.today, reason=reason)


class DialogueAction(PartnershipAction):
    part_page = DIALOGUE_PAGE
    back = "partnership-dialogue"
    dialogue: Dialogue

    def load(self) -> None:
        super().load()
        self.dialogue = self.get_dialogue()

    def get_dialogue(self) -> Dialogue:
        return _get_dialogue_or_404(self.partnership, self.kwargs["number"])

    def get_part(self) -> Dialogue:
        return self.dialogue


class EditDialogue(DialogueAction):
    """Change dates and location.

    The days on which the dialogue was held are entered here before that step.
    """

    form_class = row_form(Dialogue, EDITED, labels=LABELS)
    form: RowForm
    button = "Save the dates"
    done = "Saved."

    def load(self) -> None:
        super().load()
        self.heading = f"Dates and location of {str(self.dialogue).lower()}"

    def form_arguments(self) -> dict[str, Any]:
        return super().form_arguments() | {"instance": self.dialogue}

    def perform(self, values: Mapping[str, Any]) -> None:
        edit_dialogue(
            dialogue=self.dialogue, values=values, actor=self.actor, expected_revision=self.form.expected_revision
        )


class AddAgendaItem(DialogueAction):
    form_class = AgendaForm
    heading = "Add an agenda item"
    button = "Add the agenda item"
    done = "The agenda item is added."

    def perform(self, values: Mapping[str, Any]) -> None:
        add_agenda_item(dialogue=self.dialogue, actor=self.actor, **values)


class RemoveAgendaItem(DialogueAction):
    heading = "Remove an agenda item"
    button = "Remove the agenda item"
    done = "The agenda item is removed."
    item: AgendaItem

    def load(self) -> None:
        super().load()
        self.item = get_object_or_404(self.dialogue.agenda, pk=self.kwargs["item"])

    def facts(self) -> list[tuple[str, str]]:
        return [("Agenda item", str(self.item))]

    def perform(self, values: Mapping[str, Any]) -> None:
        remove_agenda_item(item=self.item, actor=self.actor)


class SelectKeyIndicator(DialogueAction):
    plans = "keyindicator"
    form_class = KeyIndicatorForm
    heading = "Select a key indicator"
    button = "Select the indicator"
    intro = "Select key indicators before you mark the dialogue ready. Their data go into the minutes."
    done = "The key indicator is selected."

    def form_arguments(self) -> dict[str, Any]:
        return super().form_arguments() | {"dialogue": self.dialogue}

    def perform(self, values: Mapping[str, Any]) -> None:
        select_key_indicator(dialogue=self.dialogue, actor=self.actor, **values)


class RemoveKeyIndicator(DialogueAction):
    heading = "Remove a key indicator"
    button = "Remove the key indicator"
    done = "The key indicator is removed."
    key_indicator: KeyIndicator

    def load(self) -> None:
        super().load()
        rows = self.dialogue.key_indicators.select_related("indicator")
        self.key_indicator = get_object_or_404(rows, pk=self.kwargs["key"])

    def facts(self) -> list[tuple[str, str]]:
        return [("Indicator", str(self.key_indicator))]

    def perform(self, values: Mapping[str, Any]) -> None:
        remove_key_indicator(key_indicator=self.key_indicator, actor=self.actor)


class WriteMinutes(DialogueAction):
    """Write the minutes. Each key indicator is stored with the data shown."""

    form_class = MinutesForm
    form: MinutesForm
    button = "Save the minutes"
    intro = "The newest value of each key indicator and the target of its year are saved with the discussion."
    done = "The minutes are saved."

    def load(self) -> None:
        super().load()
        self.heading = f"Minutes of {str(self.dialogue).lower()}"

    def form_arguments(self) -> dict[str, Any]:
        return super().form_arguments() | {"dialogue": self.dialogue}

    def perform(self, values: Mapping[str, Any]) -> None:
        write_minutes(
            dialogue=self.dialogue,
            discussed=self.form.discussions,
            changed_minutes=self.form.changed_minutes,
            actor=self.actor,
            expected_revision=self.form.expected_revision,
        )


class AddActionItem(DialogueAction):
    plans = "actionitem"
    form_class = ActionItemForm
    heading = "Add an action item"
    button = "Add the action item"
    done = "The action item is recorded."

    def perform(self, values: Mapping[str, Any]) -> None:
        add_action(dialogue=self.dialogue, actor=self.actor, **values)


class CloseActionItem(DialogueAction):
    form_class = CloseActionItemForm
    form: CloseActionItemForm
    heading = "Close an action item"
    button = "Close the action item"
    done = "The action item is closed."
    item: ActionItem

    def get_dialogue(self) -> Dialogue:
        self.item = get_object_or_404(queries.partnership_actions(self.partnership), pk=self.kwargs["action"])
        return self.item.dialogue

    def form_arguments(self) -> dict[str, Any]:
        return super().form_arguments() | {"action": self.item}

    def facts(self) -> list[tuple[str, str]]:
        item = self.item
        closed = [("What was done, or why it was dropped", item.outcome)] if item.outcome else []
        return [("Action", item.text), ("Owner", str(item.owner)), ("State", item.get_state_display()), *closed]

    def perform(self, values: Mapping[str, Any]) -> None:
        expected = self.form.expected_revision
        close_action(action=self.item, actor=self.actor, expected_revision=expected, **values)
