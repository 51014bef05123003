"""Shared parts of the action pages on data: breadcrumbs, stylesheet, and the field for a reason."""

from __future__ import annotations

from django import forms
from django.urls import reverse

from cpc.web.actions import ActionView, Breadcrumbs


class DataAction(ActionView):
    """Base of an action on data. `above` gives the pages between "Data" and this one."""

    stylesheet = "css/indicators.css"

    def breadcrumbs(self) -> Breadcrumbs:
        return [("Home", reverse("home")), ("Data", reverse("sources")), *self.above()]

    def above(self) -> Breadcrumbs:
        return ()


def reason_field(label: str, help_text: str) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=300,
        widget=forms.Textarea({"rows": 3}),
        help_text=help_text,
        error_messages={"required": "Enter a reason; it stays on file."},
    )
