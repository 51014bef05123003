"""Editing a row that somebody else may be editing: what was seen, what is on record now, and the draft in between."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal

from django.contrib.postgres.fields import ArrayField
from django.db.models import Model

from cpc.web import formats
from partnerships.forms.former import RowForm
from partnerships.seen import digest_of


def in_words(row: Model, name: str) -> str:
    """What a column of a row holds, as a reader sees it."""
    shown = getattr(row, f"get_{name}_display", None)
    value = shown() if shown else getattr(row, name)
    if value in (None, "", []):
        return formats.DASH
    if isinstance(value, list):
        column = row._meta.get_field(name)
        labels = dict(column.base_field.flatchoices) if isinstance(column, ArrayField) else {}
        return ", ".join(str(labels.get(one, one)) for one in value)
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, Decimal):
        return formats.number(value, None)
    return formats.day(value) if hasattr(value, "isoformat") else str(value)


def fixed(form: RowForm, recorded: Collection[str]) -> list[tuple[str, str]]:
    """Leave in a form what is `recorded` at any time. What changes by amendment only is returned with its value."""
    names = [name for name in form.written if name not in recorded]
    facts = [(str(form.fields[name].label), in_words(form.instance, name)) for name in names]
    for name in names:
        del form.fields[name]
    return facts


def hold_seen(form: RowForm, row: Model) -> str | None:
    """Let a form carry what its row holds now; returns what it carried when it was sent, "" for nothing."""
    now = digest_of(row, form.written)
    form.initial["seen"] = now
    if not form.is_bound:
        return None
    seen = str(form.data.get("seen", ""))
    data = form.data.copy()  # type: ignore[attr-defined]  # a QueryDict
    data["seen"] = now
    form.data = data
    return seen


def overtaken(form: RowForm, row: Model, seen: str | None) -> list[tuple[str, str]]:
    """What is on record in each field that was changed by somebody else since the form was opened."""
    if seen is None or seen == digest_of(row, form.written):
        return []
    return [
        (f"Now on record: {form.fields[name].label}", in_words(row, name))
        for name in form.written
        if form.fields[name].has_changed(form.get_initial_for_field(form.fields[name], name), form[name].data)
    ]
