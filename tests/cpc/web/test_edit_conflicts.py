"""Forms after an edit conflict: saved values beside the fields that differ, and a revision that passes next."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.html import format_html

from cpc.database.revisions import CONFLICT, EditConflict
from cpc.web.edit_conflicts import ConfirmationForm, RevisionForm

CHOICES = [("a", format_html("{}<small>{}</small>", "Clear & short", "No objection")), ("Group", [("b", "Grouped")])]


class PlanForm(RevisionForm):
    inputs = ("reason",)

    title = forms.CharField(label="Title")
    text = forms.CharField(label="Text", required=False, widget=forms.Textarea)
    role = forms.ChoiceField(label="Role", choices=CHOICES, required=False)
    several = forms.MultipleChoiceField(label="Several", choices=CHOICES, required=False)
    place = forms.CharField(widget=forms.HiddenInput, required=False)
    reason = forms.CharField(label="Why", required=False)


class StepForm(ConfirmationForm):
    reason = forms.CharField(label="Why")


SAVED: dict[str, Any] = {
    "title": "Saved",
    "text": "One\nTwo",
    "role": "a",
    "several": ["a", "b"],
    "place": "2",
    "revision": "2",
}
SENT = {
    "title": "Mine",
    "text": "One\r\nTwo",
    "role": "b",
    "several": "b",
    "place": "1",
    "reason": "So",
    "revision": "1",
}


def rejected(form: type[RevisionForm], values: dict[str, str], saved: dict[str, Any]) -> RevisionForm:
    """Return a form whose service found a conflict, as its page shows it again."""
    data = QueryDict(mutable=True)
    data.update({**values, "idempotency_key": str(uuid.uuid4())})
    sent = form(data)
    assert sent.is_valid(), sent.errors
    sent.add_service_errors(EditConflict())
    sent.show_conflict(form(initial=saved))
    return sent


def test_conflict_shows_saved_values_of_differing_fields_and_keeps_the_entry() -> None:
    form = rejected(PlanForm, SENT, SAVED)
    assert form.errors == {
        "__all__": [CONFLICT],
        "title": ["Saved value: Saved"],
        "role": ["Saved value: Clear & short"],
        "several": ["Saved value: Clear & short, Grouped"],
    }
    assert (form["title"].value(), form["reason"].value()) == ("Mine", "So")
    assert form["revision"].value() == "2", "the next submission passes"
    assert form.expected_revision == "1", "what the page showed"


def test_a_form_that_edits_no_column_shows_no_saved_value() -> None:
    form = rejected(StepForm, {"reason": "So", "revision": "1"}, {"revision": "2"})
    assert form.errors == {"__all__": [CONFLICT]}
    assert form["revision"].value() == "2"


def test_another_error_and_a_form_that_adds_a_row_change_nothing() -> None:
    for saved in ({**SAVED, "revision": "1"}, {"title": "Other"}):
        form = rejected(PlanForm, SENT, saved)
        assert form.errors == {"__all__": [CONFLICT]}
        assert form["revision"].value() == "1"
