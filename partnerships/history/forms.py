from __future__ import annotations

from django import forms

from partnerships.form_parts.base import day


class AsOfForm(forms.Form):
    use_required_attribute = False

    date = day("Record at the end of", required=True)
