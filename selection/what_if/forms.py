"""The forms of scenarios: keep one, share it, withdraw it, and make a draft of a question."""

from __future__ import annotations

from django import forms

from cpc.api.run_once import key_field
from selection.model_versions.forms.versions import NOTE, text


class KeepScenarioForm(forms.Form):
    """A question under a name."""

    use_required_attribute = False
    error_fields = {"same_name": "name"}

    name = forms.CharField(
        label="Name", max_length=80, help_text="A few words by which you know it again, such as “Need first”."
    )
    shared = forms.BooleanField(
        label="Share it by link",
        required=False,
        help_text="Everyone who has the link and may see rankings can then open it. Otherwise only you can.",
    )
    idempotency_key = key_field()


class ScenarioActForm(forms.Form):
    """A step with a scenario that asks for nothing."""

    use_required_attribute = False

    idempotency_key = key_field()


class DraftOfQuestionForm(forms.Form):
    """A draft of a model from a question."""

    use_required_attribute = False

    note = text(NOTE, "It is kept with the version and shown in the list. It can be changed until publication.")
    idempotency_key = key_field()
