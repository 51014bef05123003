from __future__ import annotations

from typing import Any

from django import forms

from cpc.web.edit_conflicts import RevisionForm
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
    KeyIndicator,
    OutcomeIndicator,
    Participant,
)
from partnerships.models.monitoring import NO_SINGLE_CHILD


class PlanDialogueForm(PartnershipForm):
    planned_on = day("Planned for", required=True)
    place = forms.CharField(label="Location", max_length=200, required=False)
    is_final = forms.BooleanField(label="This is the final dialogue", required=False)


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
