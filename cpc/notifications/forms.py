"""Forms of the inbox."""

from __future__ import annotations

from django import forms

from cpc.notifications.models import Frequency
from cpc.web.actions import ActionForm
from cpc.web.buttons import ButtonForm


class InboxFilter(forms.Form):
    show = forms.ChoiceField(required=False, choices=(("", "All"), ("unread", "Unread")))


class ReadForm(ButtonForm):
    then = forms.ChoiceField(required=False, choices=(("", "Stay"), ("open", "Open")))


class ReadAllForm(ButtonForm):
    up_to = forms.IntegerField(min_value=1)


class PreferenceForm(ActionForm):
    frequency = forms.ChoiceField(label="How often", choices=Frequency.choices, widget=forms.RadioSelect)
