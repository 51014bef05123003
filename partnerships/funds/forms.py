from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from cpc.web.edit_conflicts import RevisionForm
from cpc.web.fields import form_field_for
from partnerships.models import Fund

if TYPE_CHECKING:
    _FundForm = forms.ModelForm[Fund]
else:
    _FundForm = forms.ModelForm  # takes no parameter at run time


class FundForm(RevisionForm, _FundForm):
    """A fund. The service checks it."""

    error_fields = {"fund_once": "account"}

    class Meta:
        model = Fund
        fields = (
            "account",
            "account_name",
            "first_fiscal_year",
            "last_fiscal_year",
            "expires_on",
            "canceled_on",
            "days_from",
        )
        labels = {
            "account_name": "Name of another account",
            "first_fiscal_year": "First fiscal year of availability",
            "last_fiscal_year": "Last fiscal year of availability",
            "days_from": "Document that states the days",
        }
        help_texts = {
            "first_fiscal_year": "Four digits.",
            "last_fiscal_year": "The same year, if the fund is available for one year.",
            "expires_on": "After it, nothing new is obligated (31 U.S.C. 1502). Empty until a document states it.",
            "canceled_on": "After it, nothing is paid (31 U.S.C. 1552). Empty until a document states it.",
            "days_from": "For example a warrant or an apportionment, with its number. Needed with a day.",
        }
        formfield_callback = form_field_for

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.instance.pk is not None:
            self.initial["revision"] = self.instance.current_revision()

    def _post_clean(self) -> None:
        """Skip model validation: the service checks the whole row under its lock."""
