from __future__ import annotations

from collections.abc import Iterable

from django import forms
from django.http import QueryDict

from partnerships.models import RecordKind
from partnerships.portfolio.queries import ATTENTION, GROUPS

ANY = ("", "All")


def _select(label: str, choices: Iterable[tuple[str, str]] = ()) -> forms.ChoiceField:
    widget = forms.Select(attrs={"class": "usa-select"})
    return forms.ChoiceField(label=label, required=False, widget=widget, choices=[ANY, *choices])


class PortfolioForm(forms.Form):
    use_required_attribute = False

    q = forms.CharField(
        label="Country or title",
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"class": "usa-input", "type": "search", "autocomplete": "off"}),
    )
    group = _select("State", [(key, label) for key, (label, _) in GROUPS.items()])
    attention = _select("Show only", ATTENTION.items())
    region = _select("Region")
    kind = _select("Record", RecordKind.choices)

    def __init__(self, regions: Iterable[str], data: QueryDict) -> None:
        super().__init__(data, auto_id="f-%s")
        region = self.fields["region"]
        assert isinstance(region, forms.ChoiceField)
        region.choices = [ANY, *((name, name) for name in regions)]

    @property
    def labels(self) -> list[str]:
        labels_in_use = []
        for name, value in self.cleaned_data.items():
            if value:
                field = self.fields[name]
                choices = dict(field.choices) if isinstance(field, forms.ChoiceField) else {}  # type: ignore[arg-type]  # no groups
                labels_in_use.append(f"{field.label}: {choices.get(value, value)}")
        return labels_in_use
