"""The form that confirms or corrects a row of the comparison of two editions, or all proposals."""

from __future__ import annotations

from django import forms

from cpc.web.buttons import ButtonForm

ALL = "all"


class MatchForm(ButtonForm):
    """A row by its number, or `all`; what was seen of it; and the answer to it."""

    number = forms.CharField(required=False)
    seen = forms.CharField(required=False)
    answer = forms.CharField(required=False)
