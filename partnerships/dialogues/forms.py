from __future__ import annotations

from collections.abc import Iterator, Sequence
from copy import copy
from typing import Any

from django import forms
from django.utils.dateparse import parse_date

from cpc.web import formats
from cpc.web.edit_conflicts import RevisionForm
from cpc.web.form_groups import FormGroup, FormPart, was_sent
from partnerships.dialogues import queries
from partnerships.form_parts.base import (
    PartnershipForm,
    choice,
    day,
    day_of_event,
    text_field,
)
from partnerships.models import (
    ActionItem,
    ActionState,
    AgendaItem,
    AgendaKind,
    Dialogue,
    DialogueState,
    KeyIndicator,
    OutcomeIndicator,
    Participant,
    Partnership,
)
from partnerships.models.monitoring import NO_SINGLE_CHILD


class PlanDialogueForm(PartnershipForm):
    planned_on = day("Planned for", required=True)
    place = forms.CharField(label="Location", max_length=200, required=False)
    is_final = forms.BooleanField(label="This is the final dialogue", required=False)


class PlanWithIndicatorsForm(PlanDialogueForm):
    """A dialogue, the key indicators to discuss, and whether that is all to prepare."""

    key_indicators = forms.ModelMultipleChoiceField(
        OutcomeIndicator.objects.none(),
        label="Key indicators",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Their data go into the minutes. Select at least one before the dialogue is marked ready.",
    )
    why = forms.CharField(label="Reason to discuss them this time", max_length=300, required=False)
    is_ready = forms.BooleanField(
        label="Mark the dialogue ready: the agenda and the key indicators are settled", required=False
    )

    error_fields = {"key_indicator_missing": "key_indicators"}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["key_indicators"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = queries.indicators_to_discuss(self.partnership)


class AgendaForm(PartnershipForm):
    kind = choice("About", AgendaKind.choices, coerce=AgendaKind)
    title = forms.CharField(label="Title", max_length=200)
    presenter = forms.ModelChoiceField(
        Participant.objects.none(), label="Presenter", required=False, empty_label="No presenter"
    )


class KeyIndicatorForm(PartnershipForm):
    indicator = forms.ModelChoiceField(OutcomeIndicator.objects.none(), label="Indicator", empty_label="Choose")
    why = forms.CharField(label="Reason to discuss it this time", max_length=300, required=False)

    def __init__(self, *args: Any, dialogue: Dialogue, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["indicator"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = queries.selectable_indicators(dialogue)


class MinutesForm(PartnershipForm, RevisionForm):
    def __init__(self, *args: Any, dialogue: Dialogue, **options: Any) -> None:
        super().__init__(*args, **options)
        self.keys, self.agenda = queries.keys_of(dialogue), queries.agenda_of(dialogue)
        without = queries.without_value(self.keys, dialogue)
        for key in self.keys:
            minute = getattr(key, "minute", None)
            field = text_field(f"{key.indicator}: discussion", NO_SINGLE_CHILD, required=False)
            field.initial = minute.discussion if minute else ""
            self.fields[f"key_{key.pk}"] = field
            if key.pk in without:
                reason = forms.CharField(
                    label=f"{key.indicator.code}: why there was no value to show", max_length=300, required=False
                )
                reason.initial = minute.no_data_reason if minute else ""
                self.fields[f"reason_{key.pk}"] = reason
        for item in self.agenda:
            field = text_field(f"{item}: outcome", NO_SINGLE_CHILD, required=False)
            field.initial = item.minutes
            self.fields[f"item_{item.pk}"] = field
        self.initial["revision"] = queries.minutes_revision(dialogue)

    @property
    def discussions(self) -> list[tuple[KeyIndicator, str, str]]:
        values = self.cleaned_data
        written = [(key, values[f"key_{key.pk}"], values.get(f"reason_{key.pk}", "")) for key in self.keys]
        return [row for row in written if row[1].strip()]

    @property
    def changed_minutes(self) -> list[tuple[AgendaItem, str]]:
        written = [(item, self.cleaned_data[f"item_{item.pk}"].strip()) for item in self.agenda]
        return [(item, text) for item, text in written if text != item.minutes]


class ActionItemForm(PartnershipForm):
    text = text_field("Action", NO_SINGLE_CHILD)
    owner = forms.ModelChoiceField(Participant.objects.none(), label="Owner", empty_label="Choose")
    due_on = day("Due date", required=True)


class HeldForm(PartnershipForm):
    """The days on which a dialogue was held."""

    error_fields = {"held_from": "held_from"}

    held_from = day("First day held", "It can't be in the future.", required=True)
    held_until = day("Last day held", required=True)


NEW_ACTIONS = 4
"""Empty rows for action items in the form that records a dialogue."""


class RecordDialogueForm(FormGroup, RevisionForm):
    """Record of a dialogue: the days on which it was held, the minutes, and the action items."""

    def __init__(self, *args: Any, partnership: Partnership, dialogue: Dialogue, **options: Any) -> None:
        self.partnership, self.dialogue = partnership, dialogue
        super().__init__(*args, **options)
        self.initial["revision"] = dialogue.current_revision()

    def make_parts(self) -> Iterator[FormPart]:
        arguments: dict[str, Any] = {"partnership": self.partnership}
        if self.dialogue.state != DialogueState.HELD or was_sent(self.data, "held"):
            known = {name: getattr(self.dialogue, name) for name in ("held_from", "held_until")}
            yield self.part("held", HeldForm, "When it was held", initial=known, **arguments)
        yield self.part(
            "minutes",
            MinutesForm,
            "Minutes",
            about="The newest value of each key indicator and the target of its year are saved with the discussion.",
            is_optional=True,
            dialogue=self._as_held(),
            **arguments,
        )
        for number in range(1, NEW_ACTIONS + 1):
            yield self.part(
                f"action{number}",
                ActionItemForm,
                f"Action item {number}",
                section="Action items",
                is_optional=True,
                **arguments,
            )

    def _as_held(self) -> Dialogue:
        """Return the dialogue as on the day that was sent, which decides for which indicators there is no value."""
        dialogue = copy(self.dialogue)
        sent = parse_date(self.data.get("held-held_from", "")) if self.is_bound else None
        dialogue.held_from = sent or dialogue.held_from
        return dialogue


class CloseActionItemForm(PartnershipForm, RevisionForm):
    inputs = ("state", "outcome", "on")

    state = forms.ChoiceField(
        label="New state",
        choices=[c for c in ActionState.choices if c[0] != ActionState.OPEN],
        widget=forms.RadioSelect,
    )
    outcome = text_field("What was done, or why it was dropped", NO_SINGLE_CHILD)
    on = day_of_event(help_text="It can't be in the future.")

    def __init__(self, *args: Any, action: ActionItem, **options: Any) -> None:
        super().__init__(*args, **options)
        self.initial["revision"] = action.current_revision()


class CloseActionsForm(FormGroup):
    """State, outcome, and day for each open action item. One that is left blank stays open."""

    def __init__(self, *args: Any, partnership: Partnership, actions: Sequence[ActionItem], **options: Any) -> None:
        self.partnership, self.actions = partnership, actions
        super().__init__(*args, **options)

    def make_parts(self) -> Iterator[FormPart]:
        for row in self.actions:
            part = self.part(
                f"action{row.pk}",
                CloseActionItemForm,
                row.text,
                about=f"{row.owner}, by {formats.day(row.due_on)}",
                record=row,
                is_optional=True,
                partnership=self.partnership,
                action=row,
            )
            part.form.fields["on"].initial = None
            yield part
