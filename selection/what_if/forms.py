"""Forms of scenarios: save a question under a name, and draft a model from it."""

from django import forms

from cpc.web.actions import ActionForm
from selection.form_parts import text
from selection.model_versions.forms.versions import NOTE


class SaveScenarioForm(ActionForm):
    error_fields = {"same_name": "name"}

    name = forms.CharField(label="Name", max_length=80, help_text="A name you will recognize, such as “Need first”.")
    shared = forms.BooleanField(
        label="Share by link",
        required=False,
        help_text="Anyone who has the link and can view rankings can open it. Otherwise, only you can.",
    )


class DraftOfQuestionForm(ActionForm):
    note = text(
        NOTE, "It is saved with the version and shown in the list of versions. You can change it until publication."
    )
