"""The forms of dialogues: planning, agenda, key indicators, minutes, actions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet

from cpc.web.edit_conflicts import SeenForm
from partnerships.forms.former import WriteForm, choice, day
from partnerships.forms.former import text as words
from partnerships.models import (
    ActionState,
    AgendaItem,
    AgendaKind,
    KeyIndicator,
    OutcomeIndicator,
    Participant,
)
from partnerships.models.monitoring import NO_SINGLE_CHILD


class PlanDialogueForm(WriteForm):
    """When and where the next dialogue is."""

    planned_on = day("Planned for", required=True)
    place = forms.CharField(label="Place", max_length=200, required=False)
    is_final = forms.BooleanField(label="It is the final dialogue", required=False)


class AgendaForm(WriteForm):
    """A point at the end of the agenda."""

    kind = choice("About", AgendaKind.choices)
    title = forms.CharField(label="Title", max_length=200)
    presenter = forms.ModelChoiceField(
        Participant.objects.none(), label="Who presents it", required=False, empty_label="Nobody named"
    )

    def __init__(self, participants: QuerySet[Participant], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        narrow(self, "presenter", participants)


class KeyIndicatorForm(WriteForm):
    """An indicator that the participants will discuss."""

    indicator = forms.ModelChoiceField(OutcomeIndicator.objects.none(), label="Indicator", empty_label="Choose")
    why = forms.CharField(label="Why it is discussed this time", max_length=300, required=False)

    def __init__(self, indicators: QuerySet[OutcomeIndicator], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        narrow(self, "indicator", indicators)


class MinutesForm(SeenForm, WriteForm):
    """What was said about each key indicator, and what came of each point of the agenda."""

    def __init__(
        self, keys: Sequence[KeyIndicator], agenda: Sequence[AgendaItem], without: set[int], *args: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.keys, self.agenda = keys, agenda
        for key in keys:
            minute = getattr(key, "minute", None)
            field = words(f"{key.indicator}: what was said", NO_SINGLE_CHILD, required=False)
            field.initial = minute.discussion if minute else ""
            self.fields[f"key_{key.pk}"] = field
            if key.pk in without:
                reason = forms.CharField(
                    label=f"{key.indicator.code}: why there was no value to show", max_length=300, required=False
                )
                reason.initial = minute.no_data_reason if minute else ""
                self.fields[f"reason_{key.pk}"] = reason
        for item in agenda:
            field = words(f"{item}: what came of it", NO_SINGLE_CHILD, required=False)
            field.initial = item.minutes
            self.fields[f"item_{item.pk}"] = field

    @property
    def discussed(self) -> list[tuple[KeyIndicator, str, str]]:
        """Key indicators of which something was written: the indicator, what was said, why there was no value."""
        asked = self.cleaned_data
        written = [(key, asked[f"key_{key.pk}"], asked.get(f"reason_{key.pk}", "")) for key in self.keys]
        return [row for row in written if row[1].strip()]

    @property
    def came_of(self) -> list[tuple[AgendaItem, str]]:
        """Points of the agenda whose minutes differ from what stands."""
        written = [(item, self.cleaned_data[f"item_{item.pk}"].strip()) for item in self.agenda]
        return [(item, text) for item, text in written if text != item.minutes]


class ActionForm(WriteForm):
    """Something to be done, by whom and by when."""

    text = words("What is to be done", NO_SINGLE_CHILD)
    owner = forms.ModelChoiceField(Participant.objects.none(), label="Who", empty_label="Choose")
    due_on = day("By when", required=True)

    def __init__(self, participants: QuerySet[Participant], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        narrow(self, "owner", participants)


class CloseActionForm(SeenForm, WriteForm):
    """That something was done or dropped."""

    state = forms.ChoiceField(
        label="What became of it",
        choices=[c for c in ActionState.choices if c[0] != ActionState.OPEN],
        widget=forms.RadioSelect,
    )
    outcome = words("What was done, or why it was dropped", NO_SINGLE_CHILD)
    on = day("On which day", "Today at the latest.", required=True)


def narrow(form: forms.Form, name: str, rows: QuerySet[Any]) -> None:
    """Let a field choose among these rows only."""
    field = form.fields[name]
    assert isinstance(field, forms.ModelChoiceField)
    field.queryset = rows
