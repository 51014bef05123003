"""Forms that map a publisher's name of a country, and that withdraw a mapping."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q

from cpc.web.actions import ActionForm
from cpc.web.buttons import ButtonForm
from indicators.models import NAME_LENGTH, Country, Meaning
from indicators.page_frame import reason_field

GROUP, NO_ROW = f"-{Meaning.GROUP.value}", f"-{Meaning.NO_ROW.value}"
"""Values of the buttons that set a name aside.

No country code begins with a hyphen.
"""

LOAD_AGAIN = "This form has expired. Reload the page and choose again."


class MapNameForm(ButtonForm):
    """Form to map one name: to a country by its code (a button) or its full name, or to no country."""

    name = forms.CharField(
        max_length=NAME_LENGTH,
        widget=forms.HiddenInput,
        error_messages={"required": LOAD_AGAIN, "max_length": LOAD_AGAIN},
    )
    means = forms.CharField(required=False, max_length=30)
    chosen = forms.CharField(required=False, max_length=100)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        asked = (cleaned.get("means") or cleaned.get("chosen") or "").strip()
        cleaned["country"], cleaned["meaning"] = None, Meaning.COUNTRY.value
        if asked in (GROUP, NO_ROW):
            cleaned["meaning"] = asked[1:]
        elif not asked:
            name = cleaned.get("name", "")
            self.add_error(None, f"For “{name}”, choose a country from the list or choose “Not a country”.")
        else:
            # Match the whole name or code, never a part of it or a similar one.
            cleaned["country"] = Country.objects.filter(Q(code__iexact=asked) | Q(name__iexact=asked)).first()
            if cleaned["country"] is None:
                self.add_error(None, f"“{asked}” is not in the list of countries. Choose a country from the list.")
        return cleaned


class WithdrawMappingForm(ActionForm):
    reason = reason_field(
        "Why are you withdrawing it?", "The reason stays on file with the mapping; nothing is deleted."
    )
