"""Forms that adopt a version of a model, and withdraw an adoption."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from cpc.days import DayFormField
from cpc.web.actions import ActionForm
from selection.form_parts import text
from selection.lookups.criteria_consultation import CriteriaFact


class AdoptForm(ActionForm):
    """Form of an adoption, with a reason for each agency without an answer on the criteria."""

    error_fields = {"in_future": "adopted_on", "before_publication": "adopted_on"}

    adopted_on = DayFormField(label="Date of the decision")
    reason = text("Why the office adopts it", "Shown on the page of this version and on the Method page.")
    document = forms.CharField(
        label="Document",
        max_length=300,
        required=False,
        help_text="The document that records the decision, with its number or date, if there is one.",
    )

    def __init__(self, *args: Any, lacking: Sequence[CriteriaFact], **options: Any) -> None:
        super().__init__(*args, **options)
        self.lacking = [fact.agency for fact in lacking]
        for agency in self.lacking:
            self.fields[f"without_{agency.code}"] = text(
                f"Why the office adopts without the answer of {agency}",
                "Printed with the adoption, and in the memo. Or record its answer first.",
                rows=2,
                required=False,
            )

    @property
    def values(self) -> dict[str, Any]:
        """Return the values for the service, with the reasons by the code of the agency."""
        given = super().values
        reasons = {agency.code: given.pop(f"without_{agency.code}") for agency in self.lacking}
        return {**given, "unanswered": reasons}


class WithdrawAdoptionForm(ActionForm):
    reason = text("Why it is withdrawn", "Stored with the adoption. Pages then call the version illustrative again.")
