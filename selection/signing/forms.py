"""Forms of signing: one line of a memo, all its lines, and the answer to a question about one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import format_html

from cpc.web.actions import ActionForm
from cpc.web.edit_conflicts import ConfirmationForm
from cpc.web.form_groups import FormGroup, FormPart
from selection.decisions.obstacles import Obstacle
from selection.models import Action, DecisionVerdict, Recommendation
from selection.signing.presenters import VERBS
from selection.signing.services import DISCUSS, Line

LABELS: Mapping[str, str] = {
    DecisionVerdict.APPROVED: "Approve",
    DecisionVerdict.CONDITIONED: "With a condition",
    DecisionVerdict.DISAPPROVED: "Disapprove",
    DISCUSS: "Discuss",
}
"""Labels of the choices on a line among others."""
HINTS: Mapping[str, str] = {
    DecisionVerdict.APPROVED: "As recommended",
    DecisionVerdict.CONDITIONED: "Write it under Remarks",
    DecisionVerdict.DISAPPROVED: "Say what should happen instead",
    DISCUSS: "Goes back with your question",
}


def choices_on(recommendation: Recommendation) -> list[tuple[str, str]]:
    """Return the choices on the page of one line, each with what it means."""
    labels = {
        **LABELS,
        DecisionVerdict.APPROVED: f"Approve: {VERBS[recommendation.action]}",
        DecisionVerdict.CONDITIONED: "Approve with a condition",
    }
    return [(str(key), format_html("{}<small>{}</small>", label, HINTS[key])) for key, label in labels.items()]


class LineForm(ActionForm):
    """Choice on one recommendation. Nothing is chosen at first."""

    choice = forms.ChoiceField(
        label="Your decision",
        choices=[(str(key), label) for key, label in LABELS.items()],
        widget=forms.RadioSelect(attrs={"class": "usa-radio__input"}),
        error_messages={"required": "Choose a decision, or clear the remarks."},
    )
    instead = forms.ChoiceField(label="What applies instead", required=False)
    remarks = forms.CharField(
        label="Remarks",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Needed unless you approve as recommended: the condition, why you disapprove, or your question.",
    )

    def __init__(self, *args: Any, recommendation: Recommendation, is_single: bool = False, **options: Any) -> None:
        super().__init__(*args, **options)
        if is_single:
            choice = self.fields["choice"]
            assert isinstance(choice, forms.ChoiceField)
            choice.choices = choices_on(recommendation)
            choice.error_messages["required"] = "Choose a decision."
        others = [(value, label) for value, label in Action.choices if value != recommendation.action]
        instead = self.fields["instead"]
        assert isinstance(instead, forms.ChoiceField)
        instead.choices = [("", "Choose"), *others]


class SignForm(FormGroup, ConfirmationForm):
    """Lines of one memo, each optional, and what the approver has seen. Its revision is the number of the memo."""

    acknowledged = forms.MultipleChoiceField(
        label="I have seen that", required=False, widget=forms.CheckboxSelectMultiple
    )
    close = forms.BooleanField(label="These are the last lines: close the round as decided", required=False)

    def __init__(
        self,
        *args: Any,
        recommendations: Sequence[Recommendation],
        missing: Sequence[Obstacle],
        is_single: bool = False,
        may_close: bool = False,
        **options: Any,
    ) -> None:
        self.recommendations, self.is_single = recommendations, is_single
        super().__init__(*args, **options)
        if not may_close:
            del self.fields["close"]
        if missing:
            acknowledged = self.fields["acknowledged"]
            assert isinstance(acknowledged, forms.MultipleChoiceField)
            acknowledged.choices = [(obstacle.key, obstacle.message) for obstacle in missing]
        else:
            del self.fields["acknowledged"]

    def make_parts(self) -> Iterator[FormPart]:
        for row in self.recommendations:
            country = row.candidate.country
            yield self.part(
                country.code,
                LineForm,
                country.name,
                record=row,
                is_optional=not self.is_single,
                recommendation=row,
                is_single=self.is_single,
            )

    def lines(self) -> list[Line]:
        """Return the lines that were filled in."""
        return [Line(part.record, **part.form.values) for part in self.filled()]

    def add_service_errors(self, error: ValidationError) -> None:
        """Show the errors of a line at its fields."""
        named = getattr(error, "error_dict", {})
        for part in self.parts:
            own = {name: errors for name, errors in named.items() if name.startswith(f"{part.prefix}-")}
            for name, errors in own.items():
                for one in errors:
                    part.form.add_error(name.removeprefix(f"{part.prefix}-"), one)
                del named[name]
        if named or not hasattr(error, "error_dict"):
            super().add_service_errors(error)


class AnswerForm(ActionForm):
    answer = forms.CharField(label="Answer", widget=forms.Textarea(attrs={"rows": 5}))
