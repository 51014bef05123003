"""Forms and form fields that several rooms share."""

from __future__ import annotations

from typing import Any

from django import forms


def offer(form: forms.BaseForm, name: str, choices: Any) -> None:
    """Set the choices of a field, or its records if it is a field for records."""
    field = form.fields[name]
    if isinstance(field, forms.ModelChoiceField):
        field.queryset = choices
    else:
        assert isinstance(field, forms.ChoiceField | forms.MultipleChoiceField)
        field.choices = choices


class CountryFilter(forms.Form):
    """Filter by part of a country's name, for every list of a round's countries."""

    use_required_attribute = False

    q = forms.CharField(
        label="Country",
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"class": "usa-input", "type": "search", "autocomplete": "off"}),
    )


class OverviewFilter(CountryFilter):
    """Filter form for an overview of candidates. A subclass lists the permitted values in `choices`."""

    choices: tuple[tuple[str, str], ...] = (("", "Every candidate"),)

    show = forms.ChoiceField(label="Show", required=False, widget=forms.Select(attrs={"class": "usa-select"}))

    def __init__(self, *args: object, **options: object) -> None:
        super().__init__(*args, **options)  # type: ignore[arg-type]  # passed on as they came
        offer(self, "show", self.choices)


class LongText(forms.CharField):
    """Multi-line text field. Browsers send each line end as two characters; it is stored as one."""

    def to_python(self, value: Any) -> str | None:
        text = super().to_python(value)
        return text.replace("\r\n", "\n") if text else text


def text(label: str, help_text: str = "", *, rows: int = 3, required: bool = True) -> LongText:
    """Return a form field for multi-line text."""
    widget = forms.Textarea(attrs={"rows": rows})
    return LongText(label=label, help_text=help_text, required=required, widget=widget)
