"""Filters of lists and their choices. An invalid value is rejected with a message that names it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from cpc.web import formats
from selection.models import ScoreRun
from selection.runs import labels
from selection.runs.rows import TIER_ORDER, RankingRow

ANY = ("", "All")
FOLDED = ("income", "tier", "hurdle")
"""Filters that the ranking folds under "More filters"."""


def _select(label: str, **more: str) -> forms.ChoiceField:
    widget = forms.Select(attrs={"class": "usa-select", **more})
    return forms.ChoiceField(label=label, required=False, widget=widget)


def _find(label: str) -> forms.CharField:
    widget = forms.TextInput(attrs={"class": "usa-input", "type": "search", "autocomplete": "off"})
    return forms.CharField(label=label, required=False, max_length=100, widget=widget)


class _FilterForm(forms.Form):
    use_required_attribute = False

    def offer(self, **choices: Iterable[tuple[str, str]]) -> None:
        """Set the choices of fields, by name."""
        for name, pairs in choices.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = list(pairs)


class RankingForm(_FilterForm):
    q = _find("Country")
    group = _select("Group")
    region = _select("Region")
    income = _select("Income")
    tier = _select("Tier")
    hurdle = _select("Corruption hurdle")

    def __init__(self, rows: Iterable[RankingRow], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["q"].widget.attrs["placeholder"] = "Country"
        found = list(rows)
        tiers = sorted({row.tier for row in found if row.tier}, key=lambda tier: TIER_ORDER.get(tier, 9))
        kinds = {row.hurdles["corruption"].kind for row in found if "corruption" in row.hurdles}
        groups = {row.group for row in found}
        self.offer(
            region=[
                ("", "All regions"),
                *((name, name) for name in sorted({row.region for row in found if row.region})),
            ],
            income=[ANY, *((k, v) for k, v in labels.INCOME.items() if any(row.income == k for row in found))],
            tier=[ANY, *((tier, tier) for tier in tiers)],
            # A group without countries is a choice too: the counts above the list link to each group.
            group=[("", "All groups"), *(labels.SCREEN_GROUPS.items() if groups - {""} else ())],
            hurdle=[ANY, *((kind, label) for kind, label in labels.CHANCES.items() if kind in kinds)],
        )

    def fields_for(self, rows: Iterable[RankingRow]) -> list[forms.BoundField]:
        """Return the filters for a list: all that are in use, and those by which its rows differ."""
        found = list(rows)
        splits = {
            "group": any(row.group for row in found),
            "hurdle": any("corruption" in row.hurdles for row in found),
            "income": any(row.income for row in found),
            "tier": any(row.tier for row in found),
        }
        return [field for field in self if splits.get(field.name, True) or self.data.get(field.name)]

    @property
    def more(self) -> int:
        """Return how many of the filters in use are among those that the page folds."""
        return sum(bool(self.cleaned_data.get(name)) for name in FOLDED)

    def value_of(self, name: str) -> str:
        field, value = self.fields[name], self.cleaned_data[name]
        choices = dict(field.choices) if isinstance(field, forms.ChoiceField) else {}  # type: ignore[arg-type]  # the choices are pairs of text here
        return str(choices.get(value, value))

    @property
    def descriptions(self) -> list[str]:
        return [
            f"{self.fields[name].label}: {self.value_of(name)}" for name, value in self.cleaned_data.items() if value
        ]


class CountriesForm(_FilterForm):
    q = _find("Name or code")
    region = _select("Region")
    tier = _select("Tier")
    income = _select("Income group")

    def __init__(self, regions: Iterable[str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer(
            region=[ANY, *((region, region) for region in regions)],
            tier=[ANY, *((tier, tier) for tier in TIER_ORDER)],
            income=[ANY, *labels.INCOME.items()],
        )


class CompareForm(_FilterForm):
    to = _select("Compare with")

    def __init__(self, others: Iterable[ScoreRun], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer(
            to=[
                (str(run.pk), f"Run {run.pk}, as of {formats.day(run.reference_date)}, data no. {run.as_of}")
                for run in others
            ]
        )
