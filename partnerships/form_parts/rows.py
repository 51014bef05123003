"""Forms of a row whose fields are chosen where they are used, as amendments need them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.http import QueryDict

from cpc.web.edit_conflicts import SeenForm, differing
from cpc.web.fields import form_field_for
from partnerships.forms.former import CHOOSE, WriteForm, lines
from partnerships.models import Partnership
from partnerships.seen import digest_of

TEXT: dict[str, Any] = {"rows": 3}


class Lines(forms.CharField):
    """A list of short texts, one a line."""

    widget = forms.Textarea

    def prepare_value(self, value: Any) -> Any:
        """A list as lines."""
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        """Lines as a list."""
        return lines(value or "")

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether the lists differ."""
        return list(initial or []) != lines(data or "")


class TermForm(SeenForm, WriteForm):
    """Fields of a row of a partnership. `seen` is a digest of what they held when the page was opened."""

    names: tuple[str, ...] = ()
    row: models.Model | None = None

    @classmethod
    def of(cls, row: models.Model, data: QueryDict | None = None) -> TermForm:
        """The form with what a row holds."""
        held = {name: row._meta.get_field(name).value_from_object(row) for name in cls.names}  # type: ignore[union-attr]
        form = cls(data, initial={**held, "seen": digest_of(row, cls.names)})
        form.row = row
        return form

    def look_again(self) -> None:
        """After a refusal: what is sent next is held against the row as it is now; what was typed stays."""
        if self.row is None:
            return
        fresh = type(self.row)._default_manager.get(pk=self.row.pk)
        digest = digest_of(fresh, self.names)
        if self.data.get("seen") == digest:
            return
        for line in differing(self, type(self).of(fresh)):
            self.add_error(None, line)
        data = self.data.copy()  # type: ignore[attr-defined]  # a QueryDict
        data["seen"] = digest
        self.data = data

    @property
    def values(self) -> dict[str, Any]:
        """The fields of the row. Call once the form is valid."""
        return {name: self.cleaned_data[name] for name in self.names}


def row_form(
    model: type[models.Model],
    names: Sequence[str],
    partnership: Partnership,
    *,
    labels: Mapping[str, str] | None = None,
) -> type[TermForm]:
    """A form for fields of a model; what it refers to is chosen among the rows of the partnership.

    A label is that of `labels` or the model's own name of the field.
    """
    fields: dict[str, Any] = {}
    for name in names:
        column = model._meta.get_field(name)
        assert isinstance(column, models.Field)
        field = _field(column, partnership)
        label = (labels or {}).get(name) or str(field.label)
        field.label = label[:1].upper() + label[1:]
        fields[name] = field
    return type(f"{model.__name__}Form", (TermForm,), {"names": tuple(names), **fields})


def _field(column: models.Field[Any, Any], partnership: Partnership) -> forms.Field:
    if isinstance(column, ArrayField):
        return _several(column)
    if isinstance(column, models.URLField):
        label, length = str(column.verbose_name), column.max_length
        return forms.URLField(label=label, required=not column.blank, max_length=length, assume_scheme="https")
    field = form_field_for(column) if isinstance(column, models.DecimalField) else column.formfield()
    assert field is not None
    if isinstance(field, forms.ModelChoiceField):
        assert field.queryset is not None
        field.queryset = _own(field.queryset, partnership)
        field.empty_label = CHOOSE if field.required else "None"
    elif isinstance(field, forms.TypedChoiceField):
        # a column with a default needs no empty choice; without one, nothing is chosen for the writer
        chosen = [(value, label) for value, label in column.flatchoices if value != ""]
        field.choices = chosen if column.has_default() else [("", CHOOSE), *chosen]
    elif isinstance(column, models.TextField):
        field.widget = forms.Textarea(attrs=TEXT)
    return field


def _several(column: ArrayField[Any, Any]) -> forms.Field:
    label = str(column.verbose_name)
    if column.base_field.flatchoices:
        return forms.MultipleChoiceField(
            label=label,
            choices=column.base_field.flatchoices,
            required=not column.blank,
            widget=forms.CheckboxSelectMultiple,
        )
    return Lines(label=label, required=not column.blank, help_text="One a line.", widget=forms.Textarea(attrs=TEXT))


def _own(rows: models.QuerySet[Any], partnership: Partnership) -> models.QuerySet[Any]:
    names = {field.name for field in rows.model._meta.fields}
    if "document" in names:  # a version belongs to a paper
        return rows.filter(document__partnership=partnership)
    rows = rows.filter(partnership=partnership)
    return rows.filter(withdrawn=False) if "withdrawn" in names else rows
