from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from cpc.web.actions import ActionForm
from cpc.web.fields import MoneyField
from partnerships.form_parts.base import (
    PartnershipForm,
    day,
    document_field,
    text_field,
)
from partnerships.limits import ABOVE_ZERO, BEYOND_EXCEPTION, BEYOND_POLICY, HIGHEST_FUNDING, LONGEST_MONTHS
from partnerships.models.limits import AWARD_MONTHS

OUT_OF_BOUNDS = {"min_value": ABOVE_ZERO, "max_value": BEYOND_POLICY}


class PolicyForm(ActionForm):
    effective_from = day("Effective date", required=True)
    term_months = forms.IntegerField(
        label="Longest term, in months", min_value=1, max_value=LONGEST_MONTHS, error_messages=OUT_OF_BOUNDS
    )
    funding = MoneyField(
        label="Largest funding, in U.S. dollars",
        min_value=Decimal("0.01"),
        max_value=HIGHEST_FUNDING,
        max_digits=14,
        decimal_places=2,
        error_messages=OUT_OF_BOUNDS,
    )
    award_months = forms.IntegerField(
        label="Months an award can outlast the term",
        min_value=0,
        max_value=LONGEST_MONTHS,
        initial=AWARD_MONTHS,
        help_text="A longer award is flagged, not rejected.",
    )
    citation = forms.CharField(label="Document that sets the limits", max_length=300)


class ExceptionForm(PartnershipForm):
    limit = forms.ChoiceField(
        label="Which limit",
        choices=[("term", "Longest term, in months"), ("funding", "Largest funding, in U.S. dollars")],
        widget=forms.RadioSelect,
    )
    new_limit = MoneyField(
        label="New limit",
        max_digits=14,
        decimal_places=2,
        help_text="Months for the term, U.S. dollars for funding. It is as firm as the limit that it replaces.",
    )
    reason = text_field("Why a new limit is needed", "What the exception is for, and why it is this large.")
    expires_on = day("Last day on which it can be used", required=True)

    def clean(self) -> dict[str, Any]:
        limit, new = self.cleaned_data.get("limit"), self.cleaned_data.get("new_limit")
        most = LONGEST_MONTHS if limit == "term" else HIGHEST_FUNDING
        if limit == "term" and new is not None and new != int(new):
            self.add_error("new_limit", ValidationError("Enter whole months.", code="new_limit"))
        elif new is not None and new > most:
            self.add_error("new_limit", ValidationError(BEYOND_EXCEPTION, code="exception_beyond"))
        return self.cleaned_data

    @property
    def values(self) -> dict[str, Any]:
        new: Decimal = self.cleaned_data["new_limit"]
        of = {"term_months": int(new)} if self.cleaned_data["limit"] == "term" else {"funding": new}
        return of | {name: self.cleaned_data[name] for name in ("reason", "expires_on")}


class DecisionForm(PartnershipForm):
    decision = forms.ChoiceField(
        label="Decision", choices=[("grant", "Grant"), ("refuse", "Refuse")], widget=forms.RadioSelect
    )
    authority = forms.CharField(
        label="Authority, if granted",
        max_length=200,
        required=False,
        help_text="The office that decides and its authority, as in the document. Name an office, not a person.",
    )
    document = document_field("Document, if granted", "A document recorded with this partnership.")
    reason = text_field("Reason, if refused", required=False)

    def clean(self) -> dict[str, Any]:
        needed = {"grant": ("authority", "document"), "refuse": ("reason",)}
        messages = {
            "authority": "Enter the authority.",
            "document": "Choose the document.",
            "reason": "Enter a reason.",
        }
        for name in needed.get(self.cleaned_data.get("decision", ""), ()):
            if not self.cleaned_data.get(name):
                self.add_error(name, ValidationError(messages[name], code="required"))
        return self.cleaned_data
