"""Forms that adopt a version of a model, and withdraw an adoption."""

from __future__ import annotations

from django import forms

from cpc.days import DayFormField
from cpc.web.actions import ActionForm
from selection.form_parts import text


class AdoptForm(ActionForm):
    """The adoption of a published version by the office."""

    error_fields = {"in_future": "adopted_on", "before_publication": "adopted_on"}

    adopted_on = DayFormField(label="Day of the decision")
    reason = text("Why the office adopts it", "It shows on the page of the version and on that of the method.")
    document = forms.CharField(
        label="Document",
        max_length=300,
        required=False,
        help_text="The paper that records the decision, with its number or date, if there is one.",
    )


class WithdrawAdoptionForm(ActionForm):
    """The withdrawal of an adoption."""

    reason = text(
        "Why it is withdrawn", "It is kept with the adoption. Pages then call the version illustrative again."
    )
