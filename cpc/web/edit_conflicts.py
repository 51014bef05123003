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

The form of a step, a decision, or a reason edits no column: it is a `ConfirmationForm`, and its page shows the record
as `facts`, which are loaded again after a conflict.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator
from decimal import Decimal
from html import unescape
from typing import Any

from django import forms
from django.utils.choices import flatten_choices
from django.utils.safestring import SafeString

from cpc.database.revisions import REVISION
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
        if current is None or self.data.get(self.add_prefix(REVISION)) == current:
            return
        for name, message in saved_values(self, fresh):
            self.add_error(name, message)
        self.replace_data(revision=current)


class ConfirmationForm(RevisionForm):
    """A form about a record of which it edits no column: every field is an input."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.inputs = self.fields


def saved_values(sent: forms.BaseForm, fresh: forms.BaseForm) -> Iterator[tuple[str | None, str]]:
    """Yield each field in which `sent` differs from `fresh`, the same form with the values saved, and a message.

    The field is None if the submitted form does not have it.
    """
    left_out = {*HIDDEN_FIELDS, *getattr(sent, "inputs", ())}
    for name, field in fresh.fields.items():
        saved = fresh.get_initial_for_field(field, name)
        if name in left_out or field.widget.is_hidden:
            continue
        if name in sent.fields and not field.has_changed(saved, _as_saved(sent[name].data)):
            continue
        message = f"Saved value: {_display(field, saved)}"
        yield (name, message) if name in sent.fields else (None, f"{field.label}. {message}")


def _as_saved(data: Any) -> Any:
    """Return submitted data with the line ends of saved text: browsers send two characters for each."""
    return data.replace("\r\n", "\n") if isinstance(data, str) else data


def _display(field: forms.Field, value: Any) -> str:
    """Return a value as people read it: the labels of choices, days, yes and no."""
    if value in (None, "", []):
        return DASH
    if isinstance(field, forms.ChoiceField | forms.ModelChoiceField):
        choices: Any = field.choices  # pairs, or groups of pairs
        pairs: Iterator[tuple[Any, Any]] = flatten_choices(choices)
        labels = {str(key): _plain(label) for key, label in pairs}
        chosen = value if isinstance(value, list | tuple) else [value]
        return ", ".join(labels.get(str(getattr(choice, "pk", choice)), str(choice)) for choice in chosen)
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    if isinstance(value, Decimal):
        return f"{value:,f}"
    return day(value) if isinstance(value, dt.date) else str(value)


def _plain(label: Any) -> str:
    """Return the label of a choice without the note that follows it in markup."""
    return unescape(label.partition("<")[0]) if isinstance(label, SafeString) else str(label)
