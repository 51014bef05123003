"""Edit conflicts: a form sends the revision its page showed, and a save is rejected if the record changed since.

    class AwardForm(RevisionForm):
        def __init__(self, *args: Any, award: Award, **options: Any) -> None:
            super().__init__(*args, **options)
            self.initial["revision"] = award.current_revision()

    class EditAward(AwardAction):
        def perform(self, values: Mapping[str, Any]) -> None:
            edit_award(award=self.award, values=values, actor=self.actor, expected_revision=self.form.expected_revision)

The service calls `cpc.database.revisions.check_revision` under its lock. `ActionView` then shows the form again: what
was typed stays, the saved value is beside each field that differs, and the next submission passes.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Collection, Iterable, Iterator
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from cpc.database.revisions import CONFLICT, REVISION
from cpc.web.actions import HIDDEN_FIELDS, ActionForm
from cpc.web.formats import DASH, day


class RevisionForm(ActionForm):
    """A form that edits a record. Its initial values are those saved.

    `inputs` are fields without a saved value.
    """

    inputs: Collection[str] = ()

    revision = forms.CharField(widget=forms.HiddenInput, required=False)

    @property
    def expected_revision(self) -> str:
        """Return the revision that the page showed. Call once the form is valid."""
        return str(self.cleaned_data["revision"])

    def show_conflict(self, fresh: ActionForm) -> None:
        """Show the saved value of each field that differs if someone saved, and let the next submission pass."""
        current = fresh.initial.get(REVISION)  # None for a form that adds a row
        if current is None or self.data.get(REVISION) == current:
            return
        for name, message in saved_values(self, fresh):
            self.add_error(name, message)
        self.replace_data(revision=current)


def saved_values(sent: forms.BaseForm, fresh: forms.BaseForm) -> Iterator[tuple[str | None, str]]:
    """Yield each field in which `sent` differs from `fresh`, the same form with the values saved, and a message.

    The field is None if the submitted form does not have it.
    """
    left_out = {*HIDDEN_FIELDS, *getattr(sent, "inputs", ())}
    for name, field in fresh.fields.items():
        saved = fresh.get_initial_for_field(field, name)
        if name in left_out or (name in sent.fields and not field.has_changed(saved, sent[name].data)):
            continue
        message = f"Saved value: {_display(field, saved)}"
        yield (name, message) if name in sent.fields else (None, f"{field.label}. {message}")


def _display(field: forms.Field, value: Any) -> str:
    """Return a value as people read it: the labels of choices, days, yes and no."""
    if value in (None, "", []):
        return DASH
    if isinstance(field, forms.ChoiceField | forms.ModelChoiceField):
        labels = {str(key): str(label) for key, label in field.choices}  # type: ignore[union-attr,misc]  # no groups
        chosen = value if isinstance(value, list | tuple) else [value]
        return ", ".join(labels.get(str(getattr(one, "pk", one)), str(one)) for one in chosen)
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    if isinstance(value, Decimal):
        return f"{value:,f}"
    return day(value) if isinstance(value, dt.date) else str(value)


# ---- forms of the selection, which still carry digests ---------------------------------------------------------------

Shown = Iterable[tuple[str, Any]]
"""Pairs of label and current value that a page shows of its form's record."""


class SeenForm(forms.Form):
    """A form about a record that others may change.

    `seen` has one digest per line of the page.
    """

    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def stand_on(self, shown: Shown) -> None:
        """Store digests of the lines that the page shows; call this when the form is created."""
        self.initial["seen"] = _digests(shown)

    def standing(self) -> list[tuple[str, Any]]:
        """Return the initial labels and values of the fields, if those are what the page shows."""
        return standing(self)

    def hold_against(self, now: Shown) -> None:
        """Raise `ValidationError` with code `changed` if the record has changed since the page was opened.

        Call this with the record locked. The error lists the changes, and the form can be submitted again.
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
        raise ValidationError([ValidationError(line.replace("%", "%%"), code="changed") for line in (CONFLICT, *tell)])


def standing(form: forms.BaseForm) -> list[tuple[str, Any]]:
    """Return the labels and initial values of the fields of a form."""
    return [
        (str(field.label), _in_words(field, form.get_initial_for_field(field, name)))
        for name, field in form.fields.items()
        if name not in HIDDEN_FIELDS
    ]


def differing(sent: forms.BaseForm, now: forms.BaseForm) -> list[str]:
    """Return one line per field whose submitted value differs from the saved one, with the saved value.

    `now` is the same form as a newly opened page would show it.
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
    """Return a value as the page shows it: labels of choices, dates, yes and no."""
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
