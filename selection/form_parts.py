"""Forms that several rooms of a round share."""

from __future__ import annotations

from django import forms


class CountryFilter(forms.Form):
    """A part of a country's name, which narrows every list of a round's countries."""

    use_required_attribute = False

    q = forms.CharField(
        label="Country",
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"class": "usa-input", "type": "search", "autocomplete": "off"}),
    )


class OverviewFilter(CountryFilter):
    """What an overview of candidates is narrowed to. A subclass says what may be asked for in `choices`."""

    choices: tuple[tuple[str, str], ...] = (("", "Every candidate"),)

    show = forms.ChoiceField(label="Show", required=False, widget=forms.Select(attrs={"class": "usa-select"}))

    def __init__(self, *args: object, **options: object) -> None:
        super().__init__(*args, **options)  # type: ignore[arg-type]  # passed on as they came
        field = self.fields["show"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = self.choices
