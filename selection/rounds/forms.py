"""The forms of a round: opening and editing it, its steps, and moving a country by hand."""

from __future__ import annotations

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from cpc.api.run_once import key_field
from cpc.days import DayFormField
from cpc.web.edit_conflicts import SeenForm
from indicators.observations.country_names import country_named
from selection.models import PoolReason, ScoringModel, SelectionRound
from selection.pool_rules.pools import INCOME_CLASSES, PoolRule
from selection.rounds.queries import countries_by_code, published_models

ANY = "any"


def _day(label: str, help_text: str) -> forms.DateField:
    return DayFormField(label=label, help_text=help_text)


def _box(label: str, help_text: str = "") -> forms.BooleanField:
    return forms.BooleanField(label=label, help_text=help_text, required=False)


class RoundForm(SeenForm):
    """What a round is about, which model it stands on, and the rule by which its pool is drawn."""

    use_required_attribute = False

    title = forms.CharField(label="Title", max_length=120, help_text="As the office speaks of it: “Round 1”.")
    fiscal_year = forms.IntegerField(
        label="Fiscal year", min_value=2013, max_value=2100, widget=forms.TextInput(attrs={"inputmode": "numeric"})
    )
    model = forms.ModelChoiceField(ScoringModel.objects.none(), label="Scoring model", empty_label=None)
    reference_date = _day("Day to which ages are counted", "How old a value is, is counted to this day.")
    income_classes = forms.MultipleChoiceField(
        label="Income classes that may be in the pool",
        choices=tuple(INCOME_CLASSES.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="By the World Bank. None ticked: every class may.",
    )
    unclassed_may = _box("Let countries without an income class in")
    leave_out_restricted = _box("Leave out countries that a restriction bars")
    leave_out_partners = _box("Leave out countries that are in a partnership now")
    only = forms.CharField(
        label="Only these countries",
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="One a line, by name or by code of three letters. Empty: all that the rule lets in.",
    )
    idempotency_key = key_field()

    def __init__(self, *args: object, **options: object) -> None:
        super().__init__(*args, **options)  # type: ignore[arg-type]  # passed on as they came
        field = self.fields["model"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = published_models()

    @classmethod
    def of(cls, found: SelectionRound, data: QueryDict | None = None) -> RoundForm:
        """The form with what a round holds."""
        rule = PoolRule.from_dict(found.pool_rule)
        names = countries_by_code()
        form = cls(
            data,
            initial=rule.to_dict()
            | {
                "title": found.title,
                "fiscal_year": found.fiscal_year,
                "model": found.model_id,
                "reference_date": found.reference_date,
                "only": "\n".join(names.get(code, code) for code in rule.only),
            },
        )
        form.stand_on(form.standing())
        return form

    def clean_only(self) -> tuple[str, ...]:
        """The codes of the countries. Each line that names none is told with its number."""
        known = countries_by_code()
        codes: list[str] = []
        wrong = []
        for number, line in enumerate(str(self.cleaned_data["only"]).splitlines(), 1):
            text = line.strip()
            if not text:
                continue
            if (code := country_named(text)) in known:
                codes.append(code)
            else:
                wrong.append(f"line {number}, “{text}”")
        if wrong:
            raise ValidationError(f"No country is called like this: {'; '.join(wrong)}. Use the name or the ISO code.")
        return tuple(dict.fromkeys(codes))

    @property
    def rule(self) -> PoolRule:
        """The rule. Call once the form is valid."""
        asked = self.cleaned_data
        return PoolRule(
            income_classes=tuple(asked["income_classes"]),
            unclassed_may=asked["unclassed_may"],
            leave_out_restricted=asked["leave_out_restricted"],
            leave_out_partners=asked["leave_out_partners"],
            only=asked["only"],
        )


class RoundStepForm(forms.Form):
    """One step of a round, and why."""

    use_required_attribute = False

    reason = forms.CharField(label="Why", required=False, widget=forms.Textarea(attrs={"rows": 3}))
    source = forms.CharField(widget=forms.HiddenInput)


class MoveForm(SeenForm):
    """Putting a country into the pool or taking it out of it by hand."""

    use_required_attribute = False

    reason = forms.CharField(label="Why", widget=forms.Textarea(attrs={"rows": 3}))
    idempotency_key = key_field()


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


class PoolFilter(CountryFilter):
    """Filters of the pool."""

    because = forms.ChoiceField(
        label="Where it stands",
        required=False,
        widget=forms.Select(attrs={"class": "usa-select"}),
        choices=[
            ("", "All"),
            ("pool", "In the pool"),
            *((value, label) for value, label in PoolReason.choices if value),
        ],
    )
