"""Forms of the consultation: requests, positions, and the office's answers to positions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.forms import model_to_dict
from django.utils.html import format_html

from cpc.accounts.models import Agency
from cpc.days import DayFormField
from cpc.web.actions import ActionForm
from cpc.web.edit_conflicts import ConfirmationForm, RevisionForm
from selection.consultation.queries import revision_of, revision_of_position
from selection.consultation.services.asking import AgenciesRefused, Ask
from selection.form_parts import offer
from selection.models import Candidate, ConsultationRequest, Position, PositionDraft, PositionValue, RequestRole

ROLES = (
    (
        RequestRole.CLEAR,
        "Clear",
        "The agency clears each candidate. Reserve this for agencies with a substantial interest",
    ),
    (RequestRole.CONSULT, "Consult", "The agency gives its view on each candidate"),
    (RequestRole.INFO, "For information", "No position is requested or required"),
)
EXPLAINED = (
    (PositionValue.CLEAR, "Clear", "No objection"),
    (PositionValue.CLEAR_WITH_EDITS, "Clear with edits", "Enter one edit a line. The office accepts or rejects each"),
    (PositionValue.CLEAR_WITH_COMMENTS, "Clear with comments", "The office can accept them or not"),
    (PositionValue.DOES_NOT_CLEAR, "Does not clear", "A reason is required and is printed in the memo"),
    (PositionValue.NO_EQUITIES, "No equities", "Your agency has no interest at stake"),
    (PositionValue.EXTENSION, "Extension requested", "Enter the date you need and the reason"),
)
LONGEST = 8_000
ACCEPTED, REJECTED = "accepted", "rejected"
OUTCOMES = ((ACCEPTED, "Accept"), (REJECTED, "Reject"))
SUBMIT = "submit"
"""Button that submits a position; the other button saves a draft."""


def explained(choices: Iterable[tuple[str, str, str]]) -> list[tuple[str, str]]:
    return [(value, format_html("{}<small>{}</small>", label, note)) for value, label, note in choices]


def text_field(label: str, help_text: str = "", *, required: bool = True, rows: int = 3) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, help_text=help_text, required=required, widget=widget, max_length=LONGEST)


class Several(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # not generic when it runs
    def label_from_instance(self, obj: Any) -> str:
        return str(obj.country.name)


def _several(candidates: QuerySet[Candidate], label: str) -> Several:
    return Several(queryset=candidates, label=label, widget=forms.CheckboxSelectMultiple)


class RequestForm(RevisionForm):
    agency = forms.ModelChoiceField(Agency.objects.none(), label="Agency", empty_label="Choose")
    role = forms.ChoiceField(label="Role", choices=explained(ROLES), widget=forms.RadioSelect)
    due_on = DayFormField(
        label="Due",
        required=False,
        help_text="The last day for a timely answer. Leave empty if the role is “For information”.",
    )
    questions = text_field("What the office asks", "One question per line. Shown next to the evidence.", required=False)

    def __init__(
        self, *args: Any, candidates: QuerySet[Candidate], agencies: QuerySet[Agency] | None = None, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        if agencies is None:
            del self.fields["agency"]
        else:
            offer(self, "agency", agencies)
        self.fields["candidates"] = _several(candidates, "Candidates")

    @classmethod
    def initial_of(cls, request: ConsultationRequest) -> dict[str, Any]:
        candidates = [row.candidate_id for row in request.candidates.all()]
        columns = model_to_dict(request, ("role", "due_on", "questions"))
        return columns | {"candidates": candidates, "revision": revision_of(request)}


class AskForm(ActionForm):
    """Form for requests to several agencies: common parts, and a row for each agency.

    A row has its own role, due day, and questions. The row of an agency that the statute names also takes the reason
    why asking it is not applicable.
    """

    whole_pool = forms.BooleanField(label="Every candidate in the pool", required=False)
    due_on = DayFormField(
        label="Due",
        required=False,
        help_text="The last day for a timely answer, unless an agency has another below.",
    )
    questions = text_field("What the office asks each of them", "One question per line.", required=False)

    def __init__(
        self,
        *args: Any,
        pool: QuerySet[Candidate],
        agencies: Iterable[Agency],
        statutory: Iterable[int],
        **options: Any,
    ) -> None:
        """Add the fields of each agency; `statutory` has the keys of those that need a reason if they are left out."""
        super().__init__(*args, **options)
        self.pool, self.agencies = pool, list(agencies)
        self.statutory = frozenset(statutory)
        self.fields["candidates"] = _several(pool, "Candidates")
        self.fields["candidates"].required = False
        for agency in self.agencies:
            code, name = agency.code, agency.name
            self.fields[f"ask-{code}"] = forms.BooleanField(label=f"Ask {name}", required=False)
            roles = [("", "Choose"), *((value, label) for value, label, _ in ROLES)]
            self.fields[f"role-{code}"] = forms.ChoiceField(label=f"Role of {name}", choices=roles, required=False)
            self.fields[f"due-{code}"] = DayFormField(label=f"Due day of {name}", required=False)
            self.fields[f"questions-{code}"] = text_field(f"Questions only for {name}", required=False, rows=2)
            if agency.pk in self.statutory:
                self.fields[f"reason-{code}"] = text_field(f"Why {name} is not asked", required=False, rows=2)

    def clean(self) -> dict[str, Any]:
        """Require candidates and a role for each agency that is asked, and keep what belongs to no request."""
        cleaned = self.cleaned_data
        asked = [agency for agency in self.agencies if cleaned.get(f"ask-{agency.code}")]
        if asked and not cleaned.get("whole_pool") and not cleaned.get("candidates"):
            self.add_error("candidates", ValidationError("Choose at least one candidate.", code="candidates"))
        for agency in self.agencies:
            code, is_asked = agency.code, agency in asked
            if is_asked and not cleaned.get(f"role-{code}"):
                self.add_error(f"role-{code}", ValidationError("Choose a role.", code="role"))
            if is_asked and cleaned.get(f"reason-{code}"):
                message = f"Ask {agency}, or enter why it is not asked, but not both."
                self.add_error(f"reason-{code}", ValidationError(message, code="both"))
            if not is_asked and cleaned.get(f"questions-{code}"):
                message = f"You wrote questions for {agency}, which is not chosen. Choose it, or clear them."
                self.add_error(f"questions-{code}", ValidationError(message, code="not_chosen"))
        return cleaned

    @property
    def asks(self) -> list[Ask]:
        """Return the agencies to ask. Call this on a valid form."""
        value = self.cleaned_data
        return [
            Ask(
                agency,
                value[f"role-{agency.code}"],
                None
                if value[f"role-{agency.code}"] == RequestRole.INFO
                else value[f"due-{agency.code}"] or value["due_on"],
                value[f"questions-{agency.code}"],
            )
            for agency in self.agencies
            if value[f"ask-{agency.code}"]
        ]

    @property
    def left_out(self) -> list[tuple[Agency, str]]:
        reasons = ((agency, self.cleaned_data.get(f"reason-{agency.code}", "")) for agency in self.agencies)
        return [(agency, reason) for agency, reason in reasons if reason]

    @property
    def chosen_candidates(self) -> list[Candidate]:
        return list(self.pool if self.cleaned_data["whole_pool"] else self.cleaned_data["candidates"])

    def add_service_errors(self, error: ValidationError) -> None:
        """Show what is wrong with a request in the row of its agency."""
        if not isinstance(error, AgenciesRefused):
            super().add_service_errors(error)
            return
        fields = {"due_on": "due", "role": "role", "reason": "reason"}
        for code, refused in error.by_code.items():
            for name, errors in (getattr(refused, "error_dict", None) or {"": refused.error_list}).items():
                field = f"{fields.get(name, 'ask')}-{code}"
                for one in errors:
                    self.add_error(field if field in self.fields else f"ask-{code}", one)


class CandidatesForm(ActionForm):
    def __init__(self, *args: Any, candidates: QuerySet[Candidate], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["candidates"] = _several(candidates, "Candidates to add")


class DropForm(ConfirmationForm):
    reason = text_field("Why")


class DueForm(ConfirmationForm):
    due_on = DayFormField(
        label="New due date", help_text="An earlier date needs the agreement of the agency or of an approver."
    )
    reason = text_field("Why")


class NotApplicableForm(ActionForm):
    agency = forms.ModelChoiceField(Agency.objects.none(), label="Agency", empty_label="Choose")
    reason = text_field("Why asking is not applicable")

    def __init__(self, *args: Any, agencies: QuerySet[Agency], **options: Any) -> None:
        super().__init__(*args, **options)
        offer(self, "agency", agencies)


class DispositionForm(ConfirmationForm):
    """Disposition of a position by the office; of one with edits, the outcome of each of them."""

    text = text_field("What the office did about it", "Printed in the memo next to the position.", rows=4)

    def __init__(self, *args: Any, edits: Sequence[str] = (), **options: Any) -> None:
        super().__init__(*args, **options)
        self.edits = edits
        if edits:
            self.fields["text"].required = False
        for number, edit in enumerate(edits, 1):
            self.fields[f"edit_{number}"] = forms.ChoiceField(
                label=f"Edit {number}: “{edit}”", choices=OUTCOMES, widget=forms.RadioSelect
            )
            self.fields[f"reason_{number}"] = text_field(
                f"Why edit {number} is rejected, or how it was made",
                "Required if you reject it. Printed in the memo.",
                required=False,
                rows=2,
            )
        self.order_fields(["revision", *[name for name in self.fields if name != "text"], "text"])

    def clean(self) -> dict[str, Any]:
        """Require a reason for each rejected edit."""
        for number in range(1, len(self.edits) + 1):
            refused = self.cleaned_data.get(f"edit_{number}") == REJECTED
            if refused and not self.cleaned_data.get(f"reason_{number}", "").strip():
                self.add_error(f"reason_{number}", ValidationError("Enter why the edit is rejected.", code="reason"))
        return self.cleaned_data


class ExtensionForm(ActionForm):
    decision = forms.ChoiceField(
        label="Answer", choices=[("grant", "Grant"), ("decline", "Decline")], widget=forms.RadioSelect
    )
    due_on = DayFormField(label="New due date, if granted", required=False)
    reason = text_field("Why", "Required if you decline.", required=False)


class PositionForm(RevisionForm):
    """Form for an agency's position, or for a draft of it by one of its members.

    Its hidden fields carry the version of the evidence and the revisions of the position and of the author's draft that
    the page showed, and the draft that is taken over.
    """

    value = forms.ChoiceField(label="Position", choices=explained(EXPLAINED), widget=forms.RadioSelect, required=False)
    text = text_field(
        "Edits, comments, or reason",
        "Required with edits, comments, an objection, or an extension. Printed word for word in the memo. Do not "
        "enter information about individual victims.",
        required=False,
        rows=5,
    )
    proposed_due_on = DayFormField(
        label="Date you will answer", help_text="Only for “Extension requested”.", required=False
    )
    evidence = forms.IntegerField(widget=forms.HiddenInput)
    draft_revision = forms.CharField(widget=forms.HiddenInput, required=False)
    draft = forms.IntegerField(widget=forms.HiddenInput, required=False)

    @classmethod
    def initial_of(
        cls, evidence: int, position: Position | None, own: PositionDraft | None, shown: PositionDraft | None
    ) -> dict[str, Any]:
        """Return the initial values from the draft that is shown, or from the position on record."""
        source = shown or position
        held = {name: getattr(source, name) for name in ("value", "text")} if source else {}
        if shown is not None:
            held["proposed_due_on"] = shown.proposed_due_on
        hidden = {
            "evidence": evidence,
            "revision": revision_of_position(position),
            "draft_revision": own.current_revision() if own else "0",
            "draft": shown.pk if shown is not None and shown != own else None,
        }
        return held | hidden

    def show_conflict(self, fresh: ActionForm) -> None:
        """Point the form to the current evidence, position, and draft; the page shows all three beside it."""
        self.replace_data(**{name: str(fresh.initial[name]) for name in ("evidence", "revision", "draft_revision")})

    @property
    def submits(self) -> bool:
        return self.data.get("act") == SUBMIT

    def clean(self) -> dict[str, Any]:
        """Require the fields of a position, which a draft may leave empty."""
        if self.submits and not self.errors and not self.cleaned_data.get("value"):
            self.add_error("value", ValidationError("Choose a position.", code="value"))
        return self.cleaned_data


class ConfirmForm(ActionForm):
    evidence = forms.IntegerField(widget=forms.HiddenInput)
    position = forms.IntegerField(widget=forms.HiddenInput)
