"""Forms of a sitting: the tier that the report names, and the text that settles a difference."""

from __future__ import annotations

from typing import Any

from django import forms

from cpc.web.edit_conflicts import ConfirmationForm
from indicators.models.tier_confirmations import ANSWER_CHOICES, NO_CITATION, NOT_IN_REPORT
from indicators.sources.tip_report import SPECIAL_CASE, TIER_1, TIER_2, TIER_2_WATCH_LIST, TIER_3

KEYS = {TIER_1: "1", TIER_2: "2", TIER_2_WATCH_LIST: "W", TIER_3: "3", SPECIAL_CASE: "S", NOT_IN_REPORT: ""}
"""Key of each answer; the last one, which is rare, has none."""


class TierAnswerForm(ConfirmationForm):
    """Form of one tier: nothing is preselected. It asks for the origin only of a text that is loaded."""

    error_fields = {"citation": "page"}

    tier = forms.ChoiceField(
        label="What does the report say?",
        choices=ANSWER_CHOICES,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose the tier that the report names."},
    )
    page = forms.CharField(
        label="Page",
        max_length=20,
        required=False,
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"required": NO_CITATION},
    )
    note = forms.CharField(label="Note", max_length=300, required=False)
    origin = forms.CharField(
        label="Where the text was obtained",
        max_length=300,
        required=False,
        help_text="An address or a description. Leave it empty if you read the page in the report itself.",
    )

    def __init__(self, *args: Any, revision: str, has_text: bool, origin: str = "", **options: Any) -> None:
        super().__init__(*args, **options)
        self.initial["revision"] = revision
        if has_text:
            self.initial["origin"] = origin
        else:
            del self.fields["origin"]
            self.fields["page"].required = True


class SettleForm(ConfirmationForm):
    """Form of a settlement: the tier on which a person agrees, and why."""

    tier = forms.ChoiceField(
        label="Which tier does the report name?",
        choices=ANSWER_CHOICES,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose the tier that the report names."},
    )
    text = forms.CharField(
        label="What settles it",
        widget=forms.Textarea({"rows": 4}),
        help_text="Cite the sentence or page. The difference is settled once both of you name the same tier.",
        error_messages={"required": "Write what settles the difference."},
    )

    def __init__(self, *args: Any, revision: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self.initial["revision"] = revision
