from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms

from cpc.web.actions import ActionForm
from cpc.web.fields import MoneyField
from partnerships.form_parts.base import PartnershipForm, day, text_field
from partnerships.models import CongressionalNotification, Fund
from partnerships.word_documents.notification import notifications_in_effect
from partnerships.word_documents.report_year import Readers

DECISIONS = (("release", "Release"), ("reject", "Reject"))


class TemplateForm(ActionForm):
    file = forms.FileField(
        label="Word document",
        max_length=200,
        widget=forms.FileInput(attrs={"accept": ".docx"}),
        help_text="Its placeholders are checked, and it is filled in with sample data, before it is accepted.",
    )
    note = forms.CharField(label="What changed", required=False, max_length=300)


class TemplateDecisionForm(ActionForm):
    decision = forms.ChoiceField(label="Decision", choices=DECISIONS, widget=forms.RadioSelect)
    reason = text_field("Reason", "Required if you reject the template.", required=False)


class NotificationTextForm(PartnershipForm):
    """The notification to write: a recorded one, or an amount that is not sent yet."""

    notification = forms.ModelChoiceField(
        CongressionalNotification.objects.none(),
        label="Recorded notification",
        required=False,
        empty_label="None: a draft of the amount below",
    )
    amount = MoneyField(
        label="Draft amount, in U.S. dollars",
        required=False,
        min_value=Decimal("0.01"),
        max_digits=14,
        decimal_places=2,
    )
    sent_on = day("Planned day of the draft")
    fund = forms.TypedChoiceField(label="Fund of the draft", required=False, coerce=int, empty_value=None)
    reference = forms.CharField(label="Reference of the draft", max_length=60, required=False)
    purpose = text_field(
        "Purpose", "Empty: the programs of the partnership. Nothing about an individual child.", required=False
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        rows = [row.pk for row in notifications_in_effect(self.partnership)]
        field = self.fields["notification"]
        assert isinstance(field, forms.ModelChoiceField)
        funds = self.fields["fund"]
        assert isinstance(funds, forms.TypedChoiceField)
        funds.choices = [("", "Not chosen yet"), *((row.pk, str(row)) for row in Fund.objects.all())]
        field.queryset = CongressionalNotification.objects.filter(pk__in=rows).order_by("-sent_on", "-pk")

    def clean(self) -> dict[str, Any]:
        values = self.cleaned_data
        chosen = values.get("notification")
        draft = [name for name in ("amount", "sent_on", "fund", "reference") if values.get(name)]
        if chosen and draft:
            self.add_error("notification", "Choose a recorded notification or describe a draft, not both.")
        elif not chosen and "amount" not in self.errors and not values.get("amount"):
            self.add_error("amount", "Enter the amount of the draft, greater than zero, or choose a notification.")
        return values


def _select(label: str, choices: Iterable[tuple[str, str]] = ()) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices, widget=forms.Select(attrs={"class": "usa-select"}))


class ReportForm(forms.Form):
    """The report to make, in the query of its page."""

    year = _select("Fiscal year")
    readers = _select("Readers", [(Readers.OFFICE.value, "The office"), (Readers.OUTSIDE.value, "Outside the office")])
    records = _select("Partnerships", [("managed", "All but samples"), ("sample", "The sample alone")])

    def __init__(self, *args: Any, years: Iterable[int], **options: Any) -> None:
        super().__init__(*args, **options)
        year = self.fields["year"]
        assert isinstance(year, forms.ChoiceField)
        year.choices = [(str(number), f"FY {number}") for number in years]
