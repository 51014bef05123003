"""Form of the verdict on a suggested form of child trafficking."""

from __future__ import annotations

from django import forms

from cpc.web.buttons import ButtonForm
from indicators.models import Verdict


class VerdictForm(ButtonForm):
    verdict = forms.ChoiceField(choices=Verdict.choices)
