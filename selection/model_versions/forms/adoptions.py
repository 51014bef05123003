"""Forms that adopt a version of a model, and withdraw an adoption."""

from django import forms

from cpc.days import DayFormField
from cpc.web.actions import ActionForm
from selection.form_parts import text


class AdoptForm(ActionForm):
    error_fields = {"in_future": "adopted_on", "before_publication": "adopted_on"}

    adopted_on = DayFormField(label="Date of the decision")
    reason = text("Why the office adopts it", "Shown on the page of this version and on the Method page.")
    document = forms.CharField(
        label="Document",
        max_length=300,
        required=False,
        help_text="The document that records the decision, with its number or date, if there is one.",
    )


class WithdrawAdoptionForm(ActionForm):
    reason = text("Why it is withdrawn", "Stored with the adoption. Pages then call the version illustrative again.")
