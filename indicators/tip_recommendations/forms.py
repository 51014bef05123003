"""Form to confirm or correct a row of the comparison of two editions, or all proposals."""

from __future__ import annotations

from django import forms

from cpc.web.buttons import ButtonForm
from cpc.web.edit_conflicts import RevisionForm

ALL = "all"


class MatchForm(ButtonForm, RevisionForm):
    """Form with a row's number, or `all`; the revision of the row or of the comparison; and the answer."""

    number = forms.CharField(required=False)
    answer = forms.CharField(required=False)
