"""Pages for the whole record of a dialogue, and for closing several action items."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cpc.findings import Finding
from cpc.lifecycle import step_findings
from cpc.web.form_groups import was_sent
from partnerships.dialogues import queries
from partnerships.dialogues.forms import CloseActionsForm, RecordDialogueForm
from partnerships.dialogues.preconditions import DIALOGUE_CHECKS
from partnerships.dialogues.services import (
    add_action,
    close_action,
    edit_dialogue,
    take_dialogue_step,
    write_minutes,
)
from partnerships.dialogues.views.dialogues import NOT_CONCLUDED, DialogueAction
from partnerships.lookups.rule_inputs import dialogue_state
from partnerships.models import ActionItem, ActionState, DialogueState
from partnerships.page_frame import PartnershipAction


class RecordDialogue(DialogueAction):
    """Record a dialogue after it was held: days, minutes, action items, and the conclusion of the minutes."""

    plans = "actionitem"
    form_class = RecordDialogueForm
    form: RecordDialogueForm
    template_name = "components/action_group.html"
    button = "Save the record"
    also = ("conclude", "Save and conclude the minutes")
    intro = "Enter what is known. You can save the record several times before you conclude the minutes."
    done = "The record of the dialogue is saved."

    def load(self) -> None:
        super().load()
        self.heading = f"Record {str(self.dialogue).lower()}"

    def redirect_reason(self) -> str:
        if self.dialogue.state in NOT_CONCLUDED or self.request.method == "POST":
            return ""
        return f"The dialogue is {self.dialogue.get_state_display().lower()}."

    def form_arguments(self) -> dict[str, Any]:
        return super().form_arguments() | {"dialogue": self.dialogue}

    def findings(self) -> Sequence[Finding]:
        if self.dialogue.state != DialogueState.PLANNED:
            return ()
        return step_findings(DIALOGUE_CHECKS, "set_ready", dialogue_state(self.dialogue), self.today)

    def perform(self, values: Mapping[str, Any]) -> None:
        form, dialogue = self.form, self.dialogue
        if dialogue.state != DialogueState.HELD:
            with form.errors_at(form.named("held")):
                dialogue = edit_dialogue(
                    dialogue=dialogue,
                    values=form.named("held").form.values,
                    actor=self.actor,
                    expected_revision=form.expected_revision,
                )
                for name in ("set_ready", "hold") if dialogue.state == DialogueState.PLANNED else ("hold",):
                    dialogue = take_dialogue_step(dialogue=dialogue, name=name, actor=self.actor, on=self.today)
            form.refuse_errors()
        minutes = form.named("minutes")
        if minutes.is_filled:
            with form.errors_at(minutes):
                write_minutes(
                    dialogue=dialogue,
                    discussed=minutes.form.discussions,
                    changed_minutes=minutes.form.changed_minutes,
                    actor=self.actor,
                    expected_revision=minutes.form.expected_revision,
                )
        for part in form.filled("action"):
            with form.errors_at(part):
                add_action(dialogue=dialogue, actor=self.actor, **part.form.values)
        form.refuse_errors()
        if self.then == "conclude":
            take_dialogue_step(dialogue=dialogue, name="conclude", actor=self.actor, on=self.today)


class CloseActionItems(PartnershipAction):
    """Close several action items of a partnership, each with its outcome and day."""

    form_class = CloseActionsForm
    form: CloseActionsForm
    template_name = "components/action_group.html"
    heading = "Close action items"
    button = "Close the action items"
    intro = "Leave an item blank to keep it open. You can't reopen a closed one."
    done = "The action items are closed."
    back = "partnership-dialogues"
    actions: list[ActionItem]

    def load(self) -> None:
        super().load()
        rows, sent = queries.partnership_actions(self.partnership), self.request.POST
        self.actions = [row for row in rows if row.state == ActionState.OPEN or was_sent(sent, f"action{row.pk}")]

    def redirect_reason(self) -> str:
        return "" if self.actions or self.request.method == "POST" else "No action item is open."

    def form_arguments(self) -> dict[str, Any]:
        return super().form_arguments() | {"actions": self.actions}

    def perform(self, values: Mapping[str, Any]) -> None:
        self.form.require_one("Enter the outcome of at least one action item.")
        for part in self.form.filled():
            with self.form.errors_at(part):
                expected = part.form.expected_revision
                close_action(action=part.record, actor=self.actor, expected_revision=expected, **part.form.values)
        self.form.refuse_errors()
