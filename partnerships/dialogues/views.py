from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from cpc.accounts.access import requires, user_of
from cpc.accounts.permissions import Permission
from cpc.finding_targets import RecordKeys
from cpc.lifecycle import step_findings
from cpc.parameters import check_parameters
from cpc.web.actions import Breadcrumbs
from partnerships.dialogues import presenters, queries
from partnerships.dialogues.forms import (
    ActionItemForm,
    AgendaForm,
    CloseActionItemForm,
    KeyIndicatorForm,
    MinutesForm,
    PlanDialogueForm,
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
from partnerships.monitoring.presenters.monitoring import year_cell
from partnerships.monitoring.presenters.results import result_line
from partnerships.page_frame import (
    PartnershipAction,
    ReviewStep,
    available_steps,
    breadcrumbs,
    get_managed_or_404,
    may_add,
    record_keys_of,
    render_page,
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
BEFORE = {"planned": "set_ready", "ready": "hold", "held": "conclude"}


@require_safe
@requires(Permission.VIEW_PARTNERSHIPS)
def dialogues(request: HttpRequest, pk: int) -> HttpResponseBase:
    check_parameters(request, ())
    partnership, today = get_managed_or_404(pk), timezone.now().date()
    return render_page(
        request,
        "partnerships/dialogues/dialogues.html",
        partnership,
        "partnership-dialogues",
        here="Dialogues",
        rows=[
            (row, dialogue_mark(row, today, documented=False), dialogue_note(row, documented=False))
            for row in queries.dialogues_of(partnership)
        ],
        actions=[(row, action_badge(row, today)) for row in queries.actions_open(partnership)],
        may_edit=user_of(request).allows(Permission.EDIT_PARTNERSHIPS),
        may_plan=may_add(partnership, "dialogue", user_of(request), Permission.EDIT_PARTNERSHIPS),
    )


class PlanDialogue(PartnershipAction):
    plans = "dialogue"
    permission = Permission.EDIT_PARTNERSHIPS
    form_class = PlanDialogueForm
    heading = "Plan a dialogue"
    button = "Plan the dialogue"
    intro = "The agenda starts with key indicators, contributions, and sustaining progress."
    done = "The dialogue is planned. Select its key indicators."
    back = "partnership-dialogues"
    above = ("partnership-dialogues",)

    def perform(self, values: Mapping[str, Any]) -> str:
        made = plan_dialogue(partnership=self.partnership, actor=self.actor, **values)
        return reverse("partnership-dialogue", args=[self.partnership.pk, made.number])


def _get_dialogue_or_404(partnership: Partnership, number: int) -> Dialogue:
    return get_object_or_404(partnership.dialogues.select_related("partnership__country"), number=number)


def _record_keys(row: Dialogue) -> RecordKeys:
    return {**record_keys_of(row.partnership), "dialogue": row.number}


def _breadcrumbs(row: Dialogue) -> Breadcrumbs:
    own = (str(row), reverse("partnership-dialogue", args=[row.partnership_id, row.number]))
    return [*breadcrumbs(row.partnership, "partnership-dialogues"), own]


@require_safe
@requires(Permission.VIEW_PARTNERSHIPS)
def dialogue(request: HttpRequest, pk: int, number: int) -> HttpResponseBase:
    check_parameters(request, ())
    partnership, user, today = get_managed_or_404(pk), user_of(request), timezone.now().date()
    row = _get_dialogue_or_404(partnership, number)
    may_edit = user.allows(Permission.EDIT_PARTNERSHIPS)
    ahead = BEFORE.get(row.state)
    return render_page(
        request,
        "partnerships/dialogues/dialogue.html",
        partnership,
        "partnership-dialogues",
        here=str(row),
        breadcrumbs=_breadcrumbs(row)[:-1],
        record_keys=_record_keys(row),
        dialogue=row,
        mark=dialogue_mark(row, today, documented=False),
        keys=[key_line(key) for key in queries.keys_of(row)],
        agenda=queries.agenda_of(row),
        actions=[(item, action_badge(item, today)) for item in queries.actions_of(row)],
        findings=step_findings(DIALOGUE_CHECKS, ahead, dialogue_state(row), today) if ahead else [],
        ahead=DIALOGUE.transition(ahead).label.lower() if ahead else "",
        steps=available_steps(DIALOGUE, row, user),
        comments=step_comments(row),
        may_edit=may_edit,
        may_plan=may_edit and row.state == DialogueState.PLANNED,
        may_date=may_edit and row.state in (DialogueState.PLANNED, DialogueState.READY),
        may_minute=may_edit and row.state == DialogueState.HELD,
    )


@require_safe
@requires(Permission.VIEW_PARTNERSHIPS)
def pack(request: HttpRequest, pk: int, number: int) -> HttpResponseBase:
    check_parameters(request, ())
    partnership, today = get_managed_or_404(pk), timezone.now().date()
    row = _get_dialogue_or_404(partnership, number)
    preparation = queries.pack_of(row, today)
    return render_page(
        request,
        "partnerships/dialogues/pack.html",
        partnership,
        "partnership-dialogues",
        here="Preparation",
        breadcrumbs=_breadcrumbs(row),
        dialogue=row,
        pack=preparation,
        contributions_table=presenters.CONTRIBUTIONS,
        contributed=contribution_sentence(partnership.country.name, preparation.contributions),
        keys=[
            (key, result_line(measured), [year_cell(line) for line in lines])
            for key, measured, lines in preparation.keys
        ],
        others_table=presenters.OTHER_RESULTS,
        others=[result_line(measured) for measured in preparation.others],
        actions=[(item, action_badge(item, today)) for item in preparation.actions],
        agenda=queries.agenda_of(row),
    )


class TakeDialogueStep(ReviewStep):
    machine = DIALOGUE
    checks = DIALOGUE_CHECKS
    record: Dialogue
    back = "partnership-dialogue"

    def get_record(self) -> Dialogue:
        return _get_dialogue_or_404(self.partnership, self.kwargs["number"])

    def load(self) -> None:
        super().load()
        self.heading = f"{self.transition.label}: {str(self.record).lower()}"

    def back_arguments(self) -> list[int]:
        return [self.partnership.pk, self.record.number]

    def record_keys(self) -> RecordKeys:
        return _record_keys(self.record)

    def breadcrumbs(self) -> Breadcrumbs:
        return _breadcrumbs(self.record)

    def snapshot(self) -> Any:
        return dialogue_state(self.record)

    def perform(self, values: Mapping[str, Any]) -> None:
        name, reason = self.transition.name, values["note"]
        take_dialogue_step(dialogue=self.record, name=name, actor=self.actor, on=self.today, reason=reason)


class DialogueAction(PartnershipAction):
    permission = Permission.EDIT_PARTNERSHIPS
    back = "partnership-dialogue"
    dialogue: Dialogue

    def load(self) -> None:
        super().load()
        self.dialogue = self.get_dialogue()

    def get_dialogue(self) -> Dialogue:
        return _get_dialogue_or_404(self.partnership, self.kwargs["number"])

    def back_arguments(self) -> list[int]:
        return [self.partnership.pk, self.dialogue.number]

    def record_keys(self) -> RecordKeys:
        return _record_keys(self.dialogue)

    def breadcrumbs(self) -> Breadcrumbs:
        return _breadcrumbs(self.dialogue)


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
