"""Forms of a round: opening and editing it, its steps, and moving a country by hand."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import model_to_dict

from cpc.days import DayFormField
from cpc.web.actions import ActionForm
from cpc.web.edit_conflicts import ConfirmationForm, RevisionForm
from indicators.queries import country_named
from selection.form_parts import CountryFilter, offer
from selection.lookups.rounds import countries_by_code
from selection.models import PoolReason, ScoringModel, SelectionRound
from selection.pool_rules.pools import INCOME_CLASSES, PoolRule
from selection.rounds.queries import published_models

COLUMNS = ("title", "fiscal_year", "model", "reference_date")
"""Columns of a round that the form edits beside its pool rule."""


class RoundForm(RevisionForm):
    title = forms.CharField(label="Title", max_length=120, help_text="The name the office uses, such as “Round 1”.")
    fiscal_year = forms.IntegerField(
        label="Fiscal year", min_value=2013, max_value=2100, widget=forms.TextInput(attrs={"inputmode": "numeric"})
    )
    model = forms.ModelChoiceField(ScoringModel.objects.none(), label="Scoring model", empty_label=None)
    reference_date = DayFormField(
        label="Date to which ages are counted", help_text="The age of each value is counted to this date."
    )
    income_classes = forms.MultipleChoiceField(
        label="Income classes allowed in the pool",
        choices=tuple(INCOME_CLASSES.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="World Bank classes. Select none to allow every class.",
    )
    unclassed_may = forms.BooleanField(label="Allow countries without an income class", required=False)
    leave_out_restricted = forms.BooleanField(label="Leave out countries barred by a restriction", required=False)
    leave_out_partners = forms.BooleanField(label="Leave out countries currently in a partnership", required=False)
    only = forms.CharField(
        label="Only these countries",
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="One per line, by name or three-letter code. Leave empty for all countries that the rule allows.",
    )

    def __init__(self, *args: object, **options: object) -> None:
        super().__init__(*args, **options)
        offer(self, "model", published_models())

    def clean_only(self) -> tuple[str, ...]:
        lines = [(number, line.strip()) for number, line in enumerate(self.cleaned_data["only"].splitlines(), 1)]
        codes = {number: country_named(text) for number, text in lines if text}
        known = countries_by_code()
        if wrong := [f"line {number}, “{text}”" for number, text in lines if text and codes[number] not in known]:
            raise ValidationError(f"Not recognized as a country: {'; '.join(wrong)}. Use the name or the ISO code.")
        return tuple(dict.fromkeys(codes.values()))

    @classmethod
    def initial_of(cls, selection_round: SelectionRound) -> dict[str, Any]:
        rule = PoolRule.from_dict(selection_round.pool_rule)
        names = countries_by_code()
        return rule.to_dict() | {
            **model_to_dict(selection_round, COLUMNS),
            "only": "\n".join(names.get(code, code) for code in rule.only),
            "revision": selection_round.current_revision(),
        }

    @property
    def values(self) -> dict[str, Any]:
        asked = self.cleaned_data
        rule = PoolRule(
            income_classes=tuple(asked["income_classes"]),
            unclassed_may=asked["unclassed_may"],
            leave_out_restricted=asked["leave_out_restricted"],
            leave_out_partners=asked["leave_out_partners"],
            only=asked["only"],
        )
        return {name: asked[name] for name in COLUMNS} | {"rule": rule}


class RoundStepForm(ActionForm):
    reason = forms.CharField(label="Why", required=False, widget=forms.Textarea(attrs={"rows": 3}))
    source = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, needs_reason: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["reason"].required = needs_reason


class MoveForm(ConfirmationForm):
    reason = forms.CharField(label="Why", widget=forms.Textarea(attrs={"rows": 3}))


class PoolFilter(CountryFilter):
    because = forms.ChoiceField(
        label="Status",
        required=False,
        widget=forms.Select(attrs={"class": "usa-select"}),
        choices=[
            ("", "All"),
            ("pool", "In the pool"),
            *((value, label) for value, label in PoolReason.choices if value),
        ],
    )
