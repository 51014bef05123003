"""How a form notices that somebody was quicker: it carries digests of what its page showed, and is held against it."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from cpc.web.actions import HIDDEN_FIELDS
from cpc.web.formats import DASH, day

CHANGED = (
    "Somebody changed this since you opened the page. Nothing was saved; what you typed is still in the form. Compare "
    "it with what is on record now, and send it again."
)

Shown = Iterable[tuple[str, Any]]
"""What a page shows of the thing that its form is about: what, and how it stands."""


class SeenForm(forms.Form):
    """A form about something that others may be changing. `seen` carries one digest a line of what was shown."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def stand_on(self, shown: Shown) -> None:
        """Say what the page shows, when the form is made."""
        self.initial["seen"] = _digests(shown)

    def standing(self) -> list[tuple[str, Any]]:
        """What its fields hold before anybody types, where that is what the page shows."""
        return standing(self)

    def hold_against(self, now: Shown) -> None:
        """Raise `ValidationError` of code `changed` where the sender saw something else than there is now.

        To be called under the lock of the thing. The refusal says what has changed, and the form can be sent again.
        """
        lines = list(now)
        seen, digests = str(self.data.get("seen", "")), _digests(lines)
        if seen == digests:
            return
        data = self.data.copy()  # type: ignore[attr-defined]  # a QueryDict
        data["seen"] = digests
        self.data = data
        known = set(seen.split("."))
        tell = [_told(what, how) for what, how in lines if _digest(what, how) not in known]
        raise ValidationError([ValidationError(line.replace("%", "%%"), code="changed") for line in (CHANGED, *tell)])


def standing(form: forms.BaseForm) -> list[tuple[str, Any]]:
    """What the fields of a form hold before anybody types."""
    return [
        (str(field.label), _in_words(field, form.get_initial_for_field(field, name)))
        for name, field in form.fields.items()
        if name not in HIDDEN_FIELDS
    ]


def differing(sent: forms.BaseForm, now: forms.BaseForm) -> list[str]:
    """What is on record in the fields in which a form was sent with something else, a line each.

    `now` is the same form as a page that is opened now would show it.
    """
    shown = zip((name for name in now.fields if name not in HIDDEN_FIELDS), standing(now), strict=True)
    return [
        _told(what, how)
        for name, (what, how) in shown
        if now.fields[name].has_changed(now.get_initial_for_field(now.fields[name], name), sent[name].data)
    ]


def _told(what: str, how: Any) -> str:
    return f"Now on record: {what}: {_said(how)}"


def _in_words(field: forms.Field, value: Any) -> Any:
    """A value as a reader sees it: the labels of what is chosen, days, yes and no."""
    if isinstance(field, forms.ChoiceField | forms.ModelChoiceField) and value not in (None, ""):
        labels = {str(key): str(label) for key, label in field.choices}  # type: ignore[union-attr,misc]  # no groups
        chosen = value if isinstance(value, list | tuple) else [value]
        return [labels.get(str(getattr(one, "pk", one)), str(one)) for one in chosen]
    if isinstance(value, bool):
        return "Yes" if value else "No"
    return day(value) if isinstance(value, dt.date) else value


def _said(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value)) or DASH
    return DASH if value in (None, "") else str(value)


def _digest(what: str, how: Any) -> str:
    return hashlib.sha256(json.dumps([what, _said(how)]).encode()).hexdigest()[:16]


def _digests(shown: Shown) -> str:
    return ".".join(_digest(what, how) for what, how in shown)
