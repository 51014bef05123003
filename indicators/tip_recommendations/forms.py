"""Form to confirm or correct a row of the comparison of two editions, or all proposals."""

from __future__ import annotations

from django import forms

from cpc.web.buttons import ButtonForm

ALL = "all"


class MatchForm(ButtonForm):
    """Form with a row's number, or `all`; the digest of the row as seen; and the answer."""

    number = forms.CharField(required=False)
    seen = forms.CharField(required=False)
    answer = forms.CharField(required=False)
