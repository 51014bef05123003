"""Forms of scenarios: save a question under a name, and draft a model from it."""

from __future__ import annotations

from django import forms

from cpc.web.actions import ActionForm
from selection.form_parts import text
from selection.model_versions.forms.versions import NOTE


class KeepScenarioForm(ActionForm):
    """Form to save a question under a name."""

    error_fields = {"same_name": "name"}

    name = forms.CharField(
        label="Name", max_length=80, help_text="A few words by which you know it again, such as “Need first”."
    )
    shared = forms.BooleanField(
        label="Share it by link",
        required=False,
        help_text="Everyone who has the link and may see rankings can then open it. Otherwise only you can.",
    )


class DraftOfQuestionForm(ActionForm):
    """Form to draft a model from a question."""

    note = text(NOTE, "It is kept with the version and shown in the list. It can be changed until publication.")
