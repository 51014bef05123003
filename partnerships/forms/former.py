"""What forms of partnerships share: fields with the right widgets, one press for one write, where a refusal stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.postgres.fields import ArrayField
from django.db import models

from cpc.api.run_once import key_field
from cpc.days import DayFormField
from cpc.web.fields import MoneyField, form_field_for
from partnerships.models import Partnership

CHOOSE = "Choose"
HIDDEN = frozenset({"idempotency_key", "seen"})


def lines(text: str) -> list[str]:
    """The lines of a text, without empty ones."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def day(label: str, help_text: str = "", *, required: bool = False) -> forms.DateField:
    """A field for one calendar day, with the browser's own picker."""
    return DayFormField(label=label, help_text=help_text, required=required)


def dollars(label: str, help_text: str = "", *, required: bool = True) -> MoneyField:
    """A field for U.S. dollars, exact to the cent."""
    return MoneyField(label=label, help_text=help_text, required=required, max_digits=14, decimal_places=2)


def text(label: str, help_text: str = "", *, required: bool = True, rows: int = 3) -> forms.CharField:
    """A field for a text of some lines."""
    return forms.CharField(
        label=label, help_text=help_text, required=required, widget=forms.Textarea(attrs={"rows": rows})
    )


def control(field: models.Field[Any, Any], **options: Any) -> forms.Field | None:
    """Return the form field of a column: texts of three lines, figures typed as text, boxes to tick."""
    if isinstance(field, models.TextField):
        options.setdefault("widget", forms.Textarea(attrs={"rows": 3}))
    elif isinstance(field, models.DecimalField):
        return form_field_for(field, **options)
    elif isinstance(field, ArrayField) and field.base_field.flatchoices:
        more: dict[str, Any] = {name: options[name] for name in ("label", "help_text") if name in options}
        choices = field.base_field.flatchoices
        return forms.MultipleChoiceField(
            choices=choices, required=not field.blank, widget=forms.CheckboxSelectMultiple, **more
        )
    made: forms.Field | None = field.formfield(**options)
    return made


class WriteForm(forms.Form):
    """A form that is carried out once. `error_fields` says at which field the refusal of a code stands."""

    use_required_attribute = False
    error_fields: Mapping[str, str] = {}

    idempotency_key = key_field()

    @property
    def values(self) -> dict[str, Any]:
        """What was filled in. Call once the form is valid."""
        return {name: value for name, value in self.cleaned_data.items() if name not in HIDDEN}


if TYPE_CHECKING:
    _ModelForm = forms.ModelForm[models.Model]
else:
    _ModelForm = forms.ModelForm  # takes no parameter at run time


class RowForm(_ModelForm):
    """The columns of one row that people write, carried out once.

    `seen` is the digest of what the row held when the page was opened. Fields that name other rows offer those of
    the partnership that are not withdrawn.
    """

    use_required_attribute = False
    error_fields: Mapping[str, str] = {}

    idempotency_key = key_field()
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, partnership: Partnership, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name, field in self.fields.items():
            if isinstance(field, forms.ModelChoiceField):
                field.empty_label = CHOOSE if field.required else "None"
                field.queryset = _of(partnership, field.queryset, getattr(self.instance, f"{name}_id", None))
            elif isinstance(field, forms.TypedChoiceField):
                field.choices = [(value, label if value else CHOOSE) for value, label in _flat(field)]

    def _post_clean(self) -> None:
        """Leave the rules to the service, which checks the whole row under its lock."""

    @property
    def written(self) -> list[str]:
        """The names of the columns in the form."""
        return [name for name in self.fields if name not in HIDDEN]

    @property
    def values(self) -> dict[str, Any]:
        """What was filled in. Call once the form is valid."""
        return {name: self.cleaned_data[name] for name in self.written}


def _flat(field: forms.ChoiceField) -> list[tuple[Any, str]]:
    """The choices of a field that has no groups."""
    return [(value, str(label)) for value, label in field.choices]  # type: ignore[union-attr,misc]  # no groups


def choice(label: str, choices: Iterable[tuple[Any, str]], help_text: str = "") -> forms.ChoiceField:
    """A list to choose one from, without a choice made."""
    return forms.ChoiceField(label=label, choices=[("", CHOOSE), *choices], help_text=help_text)


def _of(partnership: Partnership, rows: Any, chosen: int | None) -> Any:
    """The rows of a partnership that may be chosen: those in force, and the one that is chosen already."""
    mine = rows.filter(partnership=partnership)
    if "withdrawn" not in {field.name for field in rows.model._meta.fields}:
        return mine
    return mine.filter(models.Q(withdrawn=False) | models.Q(pk=chosen))
