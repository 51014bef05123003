"""The form that asks for a record as it was."""

from __future__ import annotations

from django import forms

from partnerships.forms.former import day


class AsOfForm(forms.Form):
    """Which day."""

    use_required_attribute = False

    date = day("As it stood at the end of", required=True)
