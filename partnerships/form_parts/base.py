"""Base forms of partnerships: choices from one partnership's rows, and one row's columns."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from cpc.database.revisions import RevisionedModel
from cpc.days import DayFormField
from cpc.web import formats
from cpc.web.actions import HIDDEN_FIELDS, ActionForm
from cpc.web.edit_conflicts import RevisionForm
from cpc.web.fields import CHOOSE, MoneyField, form_field_for
from partnerships.lookups.partnerships import document_versions_of
from partnerships.models import DocumentVersion, Fund, Government, Partnership


def day(label: str, help_text: str = "", *, required: bool = False) -> forms.DateField:
    return DayFormField(label=label, help_text=help_text, required=required)


def day_of_event(label: str = "Date", help_text: str = "") -> forms.DateField:
    """Return a required field for the day of what is being recorded; it starts with today."""
    return DayFormField(label=label, help_text=help_text, initial=lambda: timezone.now().date())


def dollars(label: str, help_text: str = "", *, required: bool = True) -> MoneyField:
    return MoneyField(label=label, help_text=help_text, required=required, max_digits=14, decimal_places=2)


def text_field(label: str, help_text: str = "", *, required: bool = True, rows: int = 3) -> forms.CharField:
    return forms.CharField(
        label=label, help_text=help_text, required=required, widget=forms.Textarea(attrs={"rows": rows})
    )


def choice(
    label: str, choices: Iterable[tuple[Any, str]], help_text: str = "", *, coerce: Callable[[Any], Any] = str
) -> forms.TypedChoiceField:
    """Return a list field with no option selected at first."""
    return forms.TypedChoiceField(label=label, choices=[("", CHOOSE), *choices], help_text=help_text, coerce=coerce)


def document_field(label: str = "Document", help_text: str = "") -> forms.ModelChoiceField[DocumentVersion]:
    return forms.ModelChoiceField(
        DocumentVersion.objects.none(), label=label, required=False, empty_label="None", help_text=help_text
    )


def fund_field(help_text: str = "") -> forms.ModelChoiceField[Fund]:
    return forms.ModelChoiceField(
        Fund.objects.none(), label="Fund", required=False, empty_label="Not stated", help_text=help_text
    )


def names_of_governments(partnership: Partnership, column: str) -> Mapping[str, str]:
    """Return what people write for the governments of a partnership in a column of governments."""
    if column != "government":
        return {}
    name, code = partnership.country.name, partnership.country.code
    partner = (name, f"Government of {name}", code, "Partner")
    own = ("U.S.", "US", "USA", "United States of America", "U.S. Government")
    return dict.fromkeys(partner, Government.PARTNER.value) | dict.fromkeys(own, Government.UNITED_STATES.value)


class PartnershipForm(ActionForm):
    """A form that offers only active rows of one partnership as choices."""

    def __init__(self, *args: Any, partnership: Partnership, **options: Any) -> None:
        super().__init__(*args, **options)
        self.partnership = partnership
        for name, field in self.fields.items():
            if isinstance(field, forms.ModelChoiceField):
                assert field.queryset is not None
                field.queryset = _rows_of(partnership, field.queryset.model, self.get_initial_for_field(field, name))


def _rows_of(partnership: Partnership, model: type[models.Model], chosen: Any) -> models.QuerySet[Any]:
    """Return a partnership's active rows, and the row that is already chosen; of a list of the office, every row."""
    if model is DocumentVersion:
        return document_versions_of(partnership)
    if "partnership" not in {column.name for column in model._meta.fields}:
        return model._default_manager.all()  # a list of the office
    mine = model._default_manager.filter(partnership=partnership)
    if "withdrawn" not in {column.name for column in model._meta.fields}:
        return mine
    return mine.filter(models.Q(withdrawn=False) | models.Q(pk=chosen))


class NoteForm(PartnershipForm):
    note = text_field("Note", required=False)


class ReasonForm(PartnershipForm):
    note = text_field("Reason")


if TYPE_CHECKING:
    _ModelForm = forms.ModelForm[models.Model]
else:
    _ModelForm = forms.ModelForm  # takes no parameter at run time


class RowForm(PartnershipForm, RevisionForm, _ModelForm):
    """The editable columns of one row; `row_form` makes the class for a model.

    For a signed row, only the columns in `editable` stay in the form. `locked_facts` holds the others as label and
    value.
    """

    def __init__(self, *args: Any, editable: Collection[str] | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        locked = [name for name in self.columns if editable is not None and name not in editable]
        self.locked_facts = [(str(self.fields.pop(name).label), display_value(self.instance, name)) for name in locked]
        if self.instance.pk is not None:
            assert isinstance(self.instance, RevisionedModel)
            self.initial["revision"] = self.instance.current_revision()

    def _post_clean(self) -> None:
        """Skip model validation: the service checks the whole row under its lock."""

    @property
    def columns(self) -> list[str]:
        return [name for name in self.fields if name not in HIDDEN_FIELDS]

    @property
    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.columns}


def row_form(
    model: type[models.Model],
    names: Iterable[str],
    *,
    labels: dict[str, str] | None = None,
    help_texts: dict[str, str] | None = None,
    error_fields: Mapping[str, str] | None = None,
    base: type[RowForm] = RowForm,
) -> type[RowForm]:
    """Return a form class for columns of a model; what is not given here comes from the model.

    `error_fields` names the field for each error code of the service. `base` adds to the form, as a `FormGroup` does.
    """
    form = forms.modelform_factory(
        model,
        form=base,
        fields=tuple(names),
        labels=labels,
        help_texts=help_texts,
        formfield_callback=form_field_for,
    )
    assert issubclass(form, RowForm)
    form.error_fields = error_fields or {}
    return form


CENTS = 2
"""Decimals of an amount, which are shown also where they are zero."""


def display_value(row: models.Model, name: str) -> str:
    """Return the value of a column as text for a reader."""
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
        if -int(value.as_tuple().exponent) <= CENTS:
            return formats.number(value, None)
        return formats.number(value.normalize(), None if value % 1 else 0)  # without the zeros of the column
    return formats.day(value) if hasattr(value, "isoformat") else str(value)
