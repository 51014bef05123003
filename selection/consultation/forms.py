"""The forms of a consultation: asking agencies, answering for one, and what the office does about answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.html import format_html

from cpc.accounts.models import Agency
from cpc.api.run_once import key_field
from cpc.days import DayFormField
from cpc.web.edit_conflicts import SeenForm
from selection.models import Candidate, ConsultationRequest, Position, PositionDraft, PositionValue, RequestRole

ROLES = (
    (
        RequestRole.CLEAR,
        "Clear",
        "The agency clears each candidate; the right of clearance is for a substantial interest",
    ),
    (RequestRole.CONSULT, "Consult", "The agency gives its view on each candidate"),
    (RequestRole.INFO, "For information", "No position is asked, and none is waited for"),
)
EXPLAINED = (
    (PositionValue.CLEAR, "Clear", "No objection"),
    (PositionValue.CLEAR_WITH_EDITS, "Clear with edits", "Stands only if the edits are taken in"),
    (PositionValue.CLEAR_WITH_COMMENTS, "Clear with comments", "The office may take them or not"),
    (PositionValue.DOES_NOT_CLEAR, "Does not clear", "A reason is required; it prints in the memo"),
    (PositionValue.NO_EQUITIES, "No equities", "Nothing at stake for your agency"),
    (PositionValue.EXTENSION, "Extension requested", "Give the day you need, and why"),
)
LONGEST = 8_000


def _explained(choices: Iterable[tuple[str, str, str]]) -> list[tuple[str, str]]:
    return [(value, format_html("{}<small>{}</small>", label, note)) for value, label, note in choices]


def day(label: str, help_text: str = "", *, required: bool = True) -> forms.DateField:
    """A field for one calendar day, with the browser's own picker."""
    return DayFormField(label=label, help_text=help_text, required=required)


def words(label: str, help_text: str = "", *, required: bool = True, rows: int = 3) -> forms.CharField:
    """A field for a few sentences."""
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, help_text=help_text, required=required, widget=widget, max_length=LONGEST)


class Several(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # not generic when it runs
    """Candidates to tick, by country."""

    def label_from_instance(self, obj: Any) -> str:
        """The country."""
        return str(obj.country.name)


class ActForm(forms.Form):
    """A form of one act, carried out once, however often it is sent."""

    use_required_attribute = False
    error_fields: Mapping[str, str] = {}

    idempotency_key = key_field()


def _several(candidates: QuerySet[Candidate], label: str) -> Several:
    return Several(queryset=candidates, label=label, widget=forms.CheckboxSelectMultiple)


class RequestForm(ActForm):
    """A request to an agency. A draft keeps its agency; `seen` is the count of changes as the page was opened."""

    agency = forms.ModelChoiceField(Agency.objects.none(), label="Agency", empty_label="Choose")
    role = forms.ChoiceField(label="Role", choices=_explained(ROLES), widget=forms.RadioSelect)
    due_on = day(
        "Due", "The last day on which an answer is in time. Empty where it is for information.", required=False
    )
    questions = words("What the office asks", "One question a line. They stand beside the evidence.", required=False)
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, agencies: QuerySet[Agency] | None, candidates: QuerySet[Candidate], *args: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if agencies is None:
            del self.fields["agency"]
        else:
            field = self.fields["agency"]
            assert isinstance(field, forms.ModelChoiceField)
            field.queryset = agencies
        self.fields["candidates"] = _several(candidates, "About which candidates")

    @classmethod
    def of(cls, request: ConsultationRequest, candidates: QuerySet[Candidate], data: Any = None) -> RequestForm:
        """The form with what a draft holds."""
        held = [row.candidate_id for row in request.candidates.all()]
        initial = {"role": request.role, "due_on": request.due_on, "questions": request.questions}
        return cls(None, candidates, data, initial=initial | {"candidates": held, "seen": request.edit})

    @property
    def values(self) -> dict[str, Any]:
        """Role, day and questions. Call once the form is valid."""
        return {name: self.cleaned_data[name] for name in ("role", "due_on", "questions")}


class CandidatesForm(ActForm):
    """Candidates to add to a request that was sent."""

    def __init__(self, candidates: QuerySet[Candidate], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["candidates"] = _several(candidates, "Candidates to add")


class ReasonForm(ActForm):
    """An act with its reason."""

    reason = words("Why")


class DropForm(SeenForm, ReasonForm):
    """Why an agency is no longer asked."""


class DueForm(SeenForm, ActForm):
    """A new day for a request that was sent."""

    due_on = day("New due date")
    reason = words("Why")


class NotApplicableForm(ActForm):
    """A consultee of the statute that is not asked, and why."""

    agency = forms.ModelChoiceField(Agency.objects.none(), label="Agency", empty_label="Choose")
    reason = words("Why it is not applicable")

    def __init__(self, agencies: QuerySet[Agency], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["agency"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = agencies


class DispositionForm(SeenForm, ActForm):
    """What the office did about a position."""

    text = words("What the office did about it", "It prints in the memo beside the position.", rows=4)


class ExtensionForm(ActForm):
    """The answer to a wish for more time."""

    decision = forms.ChoiceField(
        label="Answer", choices=[("grant", "Grant it"), ("decline", "Decline it")], widget=forms.RadioSelect
    )
    due_on = day("New due date, where it is granted", required=False)
    reason = words("Why", "Asked for where it is declined.", required=False)


class SendForm(ActForm):
    """Nothing to fill in: what was previewed is sent, once."""


class PositionForm(ActForm):
    """What an agency says, or what one of its members proposes to say.

    Hidden beside it: the version of the evidence on the page, the position that stood there, the count of the own
    draft, and the draft that is taken over.
    """

    value = forms.ChoiceField(label="Position", choices=_explained(EXPLAINED), widget=forms.RadioSelect, required=False)
    text = words(
        "Edits, comments or reason",
        "Needed with edits, comments, an objection and an extension. Goes into the memo word for word. No information "
        "about individual victims.",
        required=False,
        rows=5,
    )
    proposed_due_on = day("Day you will answer", "Only with “Extension requested”.", required=False)
    evidence = forms.IntegerField(widget=forms.HiddenInput)
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)
    edit = forms.IntegerField(widget=forms.HiddenInput, required=False)
    draft = forms.IntegerField(widget=forms.HiddenInput, required=False)

    @classmethod
    def opened(
        cls, evidence: int, position: Position | None, own: PositionDraft | None, shown: PositionDraft | None
    ) -> PositionForm:
        """The form as the page opens: with the draft that is shown, or with the position on record."""
        source = shown or position
        held = {name: getattr(source, name) for name in ("value", "text")} if source else {}
        if shown is not None:
            held["proposed_due_on"] = shown.proposed_due_on
        hidden = {
            "evidence": evidence,
            "seen": position.pk if position else None,
            "edit": own.edit if own else None,
            "draft": shown.pk if shown is not None and shown != own else None,
        }
        return cls(initial=held | hidden)

    def now(self, evidence: int, position: Position | None, own: PositionDraft | None) -> None:
        """After a refusal: what is sent next is held against the page as it is now; what was typed stays."""
        state = {
            "evidence": str(evidence),
            "seen": str(position.pk) if position else "",
            "edit": str(own.edit) if own else "",
        }
        self.data = dict(self.data.items()) | state

    def submits(self) -> bool:
        """Check what a position needs and a draft does not; False with the refusal in the form."""
        if not self.cleaned_data.get("value"):
            self.add_error("value", ValidationError("Choose a position.", code="value"))
        return not self.errors


class ConfirmForm(ActForm):
    """The same position on the evidence as it is now."""

    evidence = forms.IntegerField(widget=forms.HiddenInput)
    position = forms.IntegerField(widget=forms.HiddenInput)
