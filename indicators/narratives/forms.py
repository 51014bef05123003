"""The form of a verdict on a suggested form of child trafficking."""

from __future__ import annotations

from django import forms

from cpc.web.buttons import ButtonForm
from indicators.models import Verdict


class VerdictForm(ButtonForm):
    """The verdict behind each of two buttons."""

    verdict = forms.ChoiceField(choices=Verdict.choices)
