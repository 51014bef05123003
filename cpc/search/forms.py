"""Parameters of the search, on the page and over REST."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict

from cpc.search.queries import Question
from cpc.search.registry import regions, subjects

EARLIEST, LATEST = 1900, 2100


class SearchForm(forms.Form):
    """The question, what narrows it, and the kind of subjects to show. `check_question` checks the text."""

    use_required_attribute = False

    q = forms.CharField(required=False, strip=True)
    kind = forms.ChoiceField(required=False)
    since = forms.IntegerField(
        label="From year",
        required=False,
        min_value=EARLIEST,
        max_value=LATEST,
        error_messages={
            "invalid": "Enter a year, such as 2020.",
            "min_value": "Enter a year from %(limit_value)s on.",
            "max_value": "Enter a year up to %(limit_value)s.",
        },
        widget=forms.TextInput(attrs={"class": "usa-input", "inputmode": "numeric", "autocomplete": "off"}),
    )
    region = forms.ChoiceField(label="Region", required=False, widget=forms.Select(attrs={"class": "usa-select"}))
    mine = forms.BooleanField(
        label="Only what I wrote",
        required=False,
        widget=forms.CheckboxInput(attrs={"class": "usa-checkbox__input"}),
    )

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data, auto_id="f-%s")
        kinds = [("", "Everything"), *((subject.key, subject.many) for subject in subjects)]
        names = [("", "Any region"), *((name, name) for region in regions for name in region.names())]
        for name, choices in (("kind", kinds), ("region", names)):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = choices
            known = ", ".join(value for value, _ in choices if value)
            field.error_messages["invalid_choice"] = f"“%(value)s” is not one of {known}."

    def question(self) -> Question:
        """Return the question of a valid form."""
        asked: dict[str, Any] = self.cleaned_data
        return Question(asked["q"], asked["since"], asked["region"], asked["mine"])

    @property
    def is_narrowed(self) -> bool:
        return any(self.data.get(name) for name in ("since", "region", "mine"))
