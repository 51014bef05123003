"""Form for a ranking as known on a past day."""

from django import forms

from cpc.days import DayFormField
from cpc.web.actions import ActionForm


class LookBackForm(ActionForm):
    error_fields = {"future": "on", "too_early": "on"}

    on = DayFormField(
        label="As known on",
        help_text="The ranking uses values published by this date, counts ages to it, and uses the pool of that date.",
    )
    as_of = forms.IntegerField(
        label="From data loaded by publication no.",
        required=False,
        min_value=1,
        widget=forms.TextInput(attrs={"class": "usa-input", "inputmode": "numeric"}),
        help_text="Leave empty to use everything loaded now.",
    )
