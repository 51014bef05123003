"""Forms of the consultation on criteria: ask agencies, answer for one, and record an answer for the office."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.html import format_html

from cpc.accounts.models import Agency
from cpc.days import DayFormField
from cpc.web.actions import ActionForm
from cpc.web.edit_conflicts import ConfirmationForm
from selection.form_parts import offer, text
from selection.models import CriteriaView

EXPLAINED = (
    (CriteriaView.AGREES, "Agrees", "With the criteria and their weights as they are"),
    (CriteriaView.AGREES_WITH_CHANGES, "Agrees with changes", "Enter the changes below"),
    (CriteriaView.DISAGREES, "Disagrees", "Enter the objection below"),
)
NOT_APPLICABLE = (CriteriaView.NOT_APPLICABLE, "Not applicable", "Enter below why the agency is not consulted")


def _choices(rows: tuple[tuple[str, str, str], ...]) -> list[tuple[str, str]]:
    return [(value, format_html("{}<small>{}</small>", label, note)) for value, label, note in rows]


class AskOnCriteriaForm(ActionForm):
    agencies = forms.ModelMultipleChoiceField(
        Agency.objects.none(), label="Agencies", widget=forms.CheckboxSelectMultiple
    )
    due_on = DayFormField(label="Due", help_text="The last day for an answer.")

    def __init__(self, *args: Any, agencies: QuerySet[Agency], **options: Any) -> None:
        super().__init__(*args, **options)
        offer(self, "agencies", agencies)


class CriteriaAnswerForm(ConfirmationForm):
    value = forms.ChoiceField(label="Answer", choices=_choices(EXPLAINED), widget=forms.RadioSelect)
    text = text("Your agency's comment", "The changes, the objection, or a comment.", required=False)
    speaker = forms.CharField(
        label="Who states it", max_length=200, help_text="Name and title, or the office of your agency."
    )


class RecordForm(ConfirmationForm):
    """Form for an answer that reached the office outside the product."""

    error_fields = {"asked_later": "asked_on", "answered_later": "answered_on", "answered_early": "answered_on"}

    agency = forms.ModelChoiceField(Agency.objects.none(), label="Agency", empty_label="Choose")
    value = forms.ChoiceField(label="Answer", choices=_choices((*EXPLAINED, NOT_APPLICABLE)), widget=forms.RadioSelect)
    text = text("The agency's comment", "The changes, the objection, or why it does not apply.", required=False)
    speaker = forms.CharField(label="Who stated it", max_length=200, required=False, help_text="Name and title.")
    document = forms.CharField(
        label="Document", max_length=300, required=False, help_text="The letter or email, with its number or date."
    )
    asked_on = DayFormField(label="Asked on", required=False, help_text="Leave empty if the answer does not apply.")
    means = forms.CharField(
        label="How it was asked", max_length=300, required=False, help_text="Such as a letter or a meeting."
    )
    answered_on = DayFormField(label="Answered on", help_text="The day of the answer, or of this record.")

    def __init__(self, *args: Any, agencies: QuerySet[Agency], **options: Any) -> None:
        super().__init__(*args, **options)
        offer(self, "agency", agencies)
