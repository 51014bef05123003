from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms

from cpc.web import formats
from cpc.web.edit_conflicts import RevisionForm
from cpc.web.fields import CHOOSE, AmountField
from cpc.web.form_groups import FormGroup, FormPart, was_sent
from partnerships.awards.services.awards import states_after
from partnerships.form_parts.base import (
    PartnershipForm,
    RowForm,
    choice,
    day,
    day_of_event,
    document_field,
    dollars,
    fund_field,
    row_form,
    text_field,
)
from partnerships.models import Award, AwardState, CloseoutKind, LedgerKind, Partnership, SubAward
from partnerships.models.award_reports import ReportEventKind, ReportFrequencies, ReportKinds
from partnerships.schedules import ReportFrequency, ReportKind

AWARD_COLUMNS = (
    "title",
    "program",
    "type",
    "recipient",
    "recipient_type",
    "uei",
    "fain",
    "assistance_listing",
    "starts_on",
    "ends_on",
    "nofo",
    "competed",
    "not_competed_because",
    "certifies_training",
    "certifies_no_promotion",
)

AWARD_TEXTS: dict[str, Any] = {
    "labels": {
        "program": "Program",
        "type": "Instrument",
        "recipient_type": "Kind of recipient",
        "starts_on": "First day",
        "ends_on": "Last day",
        "competed": "The award was openly competed",
        "not_competed_because": "Why the award was not competed",
        "certifies_training": "The recipient certifies that staff who serve victims are trained",
        "certifies_no_promotion": "The recipient states that it does not promote prostitution",
    },
    "help_texts": {
        "recipient_type": (
            "The law allows awards to governments (22 U.S.C. 7103a(d)(3)), but the office makes awards to the "
            "others. An award to a government is flagged."
        ),
        "uei": "Twelve capital letters and digits.",
        "not_competed_because": "22 U.S.C. 7105a(a) calls for full and open competition.",
    },
    "error_fields": {"dates_order": "ends_on"},
}

AwardForm = row_form(Award, AWARD_COLUMNS, **AWARD_TEXTS)
"""The description of an award. Its amounts are recorded in the ledger."""


class LedgerForm(PartnershipForm):
    """One entry of a ledger."""

    error_fields = {
        "ledger_kind": "kind",
        "award_state": "kind",
        "partnership_status": "kind",
        "entity_suspended": "kind",
        "award_not_started": "on",
        "future_day": "on",
        "obligation_after_term": "on",
        "entry_basis": "authority",
        "nothing_to_adjust": "kind",
        "fund_expired": "fund",
        "fund_canceled": "fund",
        "fund_not_notified": "fund",
        "fund_disbursed_over_obligated": "amount",
    }

    kind = choice("Kind of entry", LedgerKind.choices, coerce=LedgerKind)
    amount = dollars("Amount in U.S. dollars", "Greater than zero. The kind of entry gives the sign.")
    on = day_of_event()
    fiscal_year = forms.IntegerField(
        label="Fiscal year of the funds",
        required=False,
        min_value=2013,
        max_value=2100,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        help_text="If it differs from the fiscal year of the date.",
    )
    fund = fund_field("Of obligations, disbursements, and what takes them back.")
    reference = forms.CharField(label="Reference", max_length=60, required=False)
    note = forms.CharField(
        label="Note or reason",
        max_length=300,
        required=False,
        help_text="An adjustment, and any entry after the last day of the term, needs its reason.",
    )
    authority = forms.CharField(
        label="Authority",
        max_length=200,
        required=False,
        help_text="The provision or the term of the award that allows it. Needed wherever a reason is needed.",
    )
    document = document_field()


class LedgerRowForm(LedgerForm):
    """One entry of the ledger of any award of a partnership."""

    field_order = ("on", "award", "kind", "fund", "amount", "reference", "fiscal_year", "note", "authority")
    error_fields = {**LedgerForm.error_fields, "award_state": "award", "entity_suspended": "award"}

    award = forms.ModelChoiceField(
        Award.objects.none(), label="Award", empty_label="Choose", help_text="The recipient, title, or FAIN."
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        del self.fields["document"]  # not in a cell
        self.fields["on"].initial = None


SubAwardForm = row_form(
    SubAward,
    ("recipient", "uei", "purpose", "amount", "signed_on"),
    labels={"amount": "Amount in U.S. dollars", "signed_on": "Signed on"},
    help_texts={"amount": "A sub-award is part of the award and is never added to it."},
    error_fields={"award_subawarded_over_awarded": "amount", "replaces": "recipient"},
)


class ReportScheduleForm(PartnershipForm):
    kind = choice("Report", ReportKinds.choices, coerce=ReportKind)
    frequency = choice(
        "How often",
        ReportFrequencies.choices,
        "Periods end with calendar quarters: half-years on March 31 and September 30, years on September 30, whatever "
        "day the award starts. Due 30 days after a quarter or half-year, 90 days after a year, and 120 days after the "
        "end.",
        coerce=ReportFrequency,
    )


class ReportEventForm(PartnershipForm):
    error_fields = {"report_state": "kind"}

    kind = choice("What happened", ReportEventKind.choices)
    on = day_of_event()
    note = text_field("Note", "If the report is returned, what needs to change. If it is waived, why.", required=False)
    document = document_field()


AMOUNTS = {
    "cash_receipts": "10a Cash receipts",
    "cash_disbursements": "10b Cash disbursements",
    "authorized": "10d Total Federal funds authorized",
    "expended": "10e Federal share of expenditures",
    "unliquidated": "10f Federal share of unliquidated obligations",
}
"""Lines of the SF-425 that every report has, labeled as on the form."""


class FinancialReportForm(PartnershipForm):
    """The lines of one SF-425. The form computes 10c, 10g, 10h, and 10k from them."""

    error_fields = {"received_on": "received_on", "future_day": "received_on"}

    received_on = day_of_event("Received")
    cash_receipts = dollars(AMOUNTS["cash_receipts"], "Every line is cumulative, from the first day of the award.")
    cash_disbursements = dollars(AMOUNTS["cash_disbursements"])
    authorized = dollars(AMOUNTS["authorized"])
    expended = dollars(AMOUNTS["expended"])
    unliquidated = dollars(AMOUNTS["unliquidated"], "Zero in a final report.")
    recipient_required = dollars("10i Total recipient share required", required=False)
    recipient_expended = dollars("10j Recipient share of expenditures", required=False)
    remarks = forms.CharField(
        label="12 Remarks",
        max_length=500,
        required=False,
        help_text="Needed if a cumulative line is below that of the accepted report before.",
    )


class ReplacingReportForm(FinancialReportForm):
    """The lines of one SF-425 that replace those on record when the page was opened, or none."""

    replaces = forms.IntegerField(required=False, widget=forms.HiddenInput)


class FinancialReportRowForm(FinancialReportForm):
    """The lines of one SF-425 of any award of a partnership."""

    field_order = ("award", "period_end")
    error_fields = {
        **FinancialReportForm.error_fields,
        "report_state": "period_end",
        "financial_report_once": "period_end",
        "period_quarter": "period_end",
        "report_not_scheduled": "period_end",
    }

    award = forms.ModelChoiceField(
        Award.objects.none(), label="Award", empty_label="Choose", help_text="The recipient, title, or FAIN."
    )
    period_end = day("Period end", "Line 9 of the form.", required=True)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["received_on"].initial = None


class ExplanationForm(PartnershipForm):
    error_fields = {"difference": "text"}

    difference = AmountField(widget=forms.HiddenInput, max_digits=15, decimal_places=2)
    text = text_field("Explanation", "Why the line differs, and where this can be checked.")


class CloseoutStepForm(PartnershipForm):
    error_fields = {"closeout_step": "done_on"}

    done_on = day("Done on")
    not_applicable_because = forms.CharField(label="Or why it does not apply", max_length=300, required=False)


class AwardStateForm(PartnershipForm, RevisionForm):
    inputs = ("state", "on", "reason")

    error_fields = {"award_state": "state", "closeout_open": "state", "not_liquidated": "state"}

    state = choice("New state", (), coerce=AwardState)
    on = day_of_event()
    reason = text_field(
        "Reason", "Stop-work and termination for convenience are separate from a suspension under the statute."
    )

    def __init__(self, *args: Any, award: Award, **options: Any) -> None:
        super().__init__(*args, **options)
        self.initial["revision"] = award.current_revision()
        next_states, field = states_after(award), self.fields["state"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", CHOOSE), *((state.value, state.label) for state in AwardState if state in next_states)]


FIRST_ROWS = 4
"""Empty rows of the ledger in the form that opens an award."""


class AwardWithRows(FormGroup, RowForm):
    """An award and the first entries of its ledger, which are recorded in their order."""

    def make_parts(self) -> Iterator[FormPart]:
        for number in range(1, FIRST_ROWS + 1):
            part = self.part(
                f"entry{number}",
                LedgerForm,
                f"Row {number}",
                section="First entries of the ledger",
                is_optional=True,
                partnership=self.partnership,
            )
            part.form.fields["on"].initial = None
            yield part


NewAwardForm = row_form(Award, AWARD_COLUMNS, base=AwardWithRows, **AWARD_TEXTS)


class EndForm(PartnershipForm):
    """The end of an award."""

    error_fields = {"award_state": "on", "future_day": "on"}

    on = day("Ended on", "The day on which the work ended. It can't be in the future.", required=True)
    reason = forms.CharField(label="Reason")


class CloseAwardForm(PartnershipForm):
    """The close-out of an award whose steps are all done."""

    on = day("Closed on", required=True)
    reason = forms.CharField(label="Reason")


class CloseoutForm(FormGroup, RevisionForm):
    """The end of an award, the steps of its close-out, and the closing, each optional."""

    def __init__(self, *args: Any, partnership: Partnership, award: Award, **options: Any) -> None:
        self.partnership, self.award = partnership, award
        super().__init__(*args, **options)
        self.initial["revision"] = award.current_revision()

    def make_parts(self) -> Iterator[FormPart]:
        arguments: dict[str, Any] = {"partnership": self.partnership, "is_optional": True}
        after = states_after(self.award)
        if AwardState.ENDED in after and self.award.state != AwardState.CLOSED:
            yield self.part("end", EndForm, "End of the award", **arguments)
        recorded = {step.kind: step for step in self.award.closeout_steps.all()}
        for kind in CloseoutKind:
            step = recorded.get(kind)
            if step is None or not step.is_done or was_sent(self.data, f"step_{kind}"):
                about = f"Due {formats.day(step.due_on)}" if step else ""
                yield self.part(
                    f"step_{kind}",
                    CloseoutStepForm,
                    kind.label,
                    about=about,
                    section="Steps of the close-out (2 CFR 200.344)",
                    record=kind,
                    **arguments,
                )
        if self.award.state != AwardState.CLOSED:
            about = "Possible once every step is recorded and all that is obligated is disbursed or de-obligated."
            yield self.part("close", CloseAwardForm, "Close the award", about=about, section="Closing", **arguments)
