"""Forms of the inbox."""

from __future__ import annotations

from django import forms

from cpc.notifications.models import Frequency


class InboxFilter(forms.Form):
    """Which notifications to show: all, or the unread ones."""

    show = forms.ChoiceField(required=False, choices=(("", "All"), ("unread", "Unread")))


class ReadForm(forms.Form):
    """Marking one as read, and whether to go where it leads."""

    then = forms.ChoiceField(required=False, choices=(("", "Stay"), ("open", "Open")))


class ReadAllForm(forms.Form):
    """Marking as read what was on the page."""

    up_to = forms.IntegerField(min_value=1)


class PreferenceForm(forms.Form):
    """How often mail comes."""

    use_required_attribute = False

    frequency = forms.ChoiceField(label="When mail comes", choices=Frequency.choices, widget=forms.RadioSelect)

    def __init__(self, data: object = None, *, frequency: Frequency) -> None:
        """`frequency` is what is chosen now."""
        super().__init__(data, initial={"frequency": frequency}, label_suffix="")  # type: ignore[arg-type]
