"""Forms of clearance: a text with the offices that clear it, answers of several offices, and going on without one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.forms import BoundField

from cpc.accounts.models import Agency
from cpc.files.attachments import KINDS, MOST_BYTES
from cpc.web import formats
from cpc.web.edit_conflicts import RevisionForm
from partnerships.clearance.services.answers import Given
from partnerships.clearing import FIRST_LANGUAGE, Asked
from partnerships.form_parts.base import PartnershipForm, choice, day, day_of_event, document_field, text_field
from partnerships.lookups.clearance import Clearance
from partnerships.models import AnswerKind, ClearanceRole, LegalReview, Silence, TextVersion

FILE_HELP = f"{', '.join(KINDS)}; up to {MOST_BYTES // 1024**2} MB."
NO_ROLE = "no"
FINDINGS = [pair for pair in LegalReview.choices if pair[0] != LegalReview.NOT_REVIEWED]


def file_field(label: str, help_text: str = "", *, required: bool = False) -> forms.FileField:
    accept = ",".join(f".{kind}" for kind in KINDS)
    widget = forms.FileInput(attrs={"accept": accept})
    return forms.FileField(label=label, help_text=help_text, required=required, max_length=200, widget=widget)


class TextForm(PartnershipForm):
    """The files of a version, and the offices that are asked over it."""

    error_fields = {"file_missing": "file_english", "language": "second_language", "future_day": "asked_on"}

    file_english = file_field(f"Text in {FIRST_LANGUAGE}", FILE_HELP)
    second_language = forms.CharField(
        label="Second language",
        max_length=40,
        required=False,
        help_text="Leave it blank if English is the only language of the text.",
    )
    file_second = file_field("Text in the second language", "You can add it later, as the same version.")
    asked_on = day_of_event("Day on which the offices are asked", "It can be in the past, not in the future.")
    due_on = day("Answers are due by", required=True)

    def clean(self) -> dict[str, Any]:
        values = self.cleaned_data
        if values.get("file_second") and not values.get("second_language"):
            self.add_error("second_language", ValidationError("Name the language of this text.", code="language"))
        return values

    @property
    def texts(self) -> dict[str, File[bytes]]:
        found = {FIRST_LANGUAGE: self.cleaned_data["file_english"]}
        found[self.cleaned_data["second_language"].strip()] = self.cleaned_data["file_second"]
        return {language: file for language, file in found.items() if file}


class RoleField(forms.ChoiceField):
    """The role of an office; an office without one is not asked."""

    def clean(self, value: Any) -> str:
        return str(super().clean(value or NO_ROLE))


class OfficesMixin(forms.Form):
    """A list for each office: not asked, clears, or for information."""

    def add_offices(self, offices: Iterable[Agency], proposed: dict[str, ClearanceRole]) -> None:
        self.agencies = {f"role-{agency.pk}": agency for agency in offices}
        for name, agency in self.agencies.items():
            self.fields[name] = RoleField(
                label=agency.name,
                choices=[(NO_ROLE, "Not asked"), *ClearanceRole.choices],
                initial=proposed.get(agency.code, NO_ROLE),
                help_text="Named in the statute" if agency.statutory else "",
            )

    @property
    def offices(self) -> dict[Agency, ClearanceRole]:
        chosen = ((agency, self.cleaned_data[name]) for name, agency in self.agencies.items())
        return {agency: ClearanceRole(role) for agency, role in chosen if role != NO_ROLE}

    def groups(self) -> Iterator[tuple[str, list[BoundField]]]:
        """Yield the fields of the Department of State, then those of other agencies."""
        for label, is_state in (("Department of State", True), ("Other agencies", False)):
            fields = [self[name] for name, agency in self.agencies.items() if agency.is_state_office is is_state]
            if fields:
                yield label, fields


class AskForm(OfficesMixin, TextForm):
    def __init__(
        self,
        *args: Any,
        offices: Iterable[Agency],
        proposed: dict[str, ClearanceRole],
        statutory: Iterable[Agency],
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        self.named = list(statutory)
        self.fields["file_english"].required = True
        self.add_offices(offices, proposed)
        self.fields["not_asked"] = text_field(
            "Why an agency that the statute names is not asked",
            "Required if one of them, or the successor of one, does not clear. It goes on record with the text.",
            required=False,
            rows=2,
        )

    def clean(self) -> dict[str, Any]:
        """Require a reason to leave out an agency that the statute names, or its successor."""
        values = super().clean()
        if self.left_out and not (values.get("not_asked") or "").strip():
            message = f"Say why it is not asked to clear: {', '.join(self.left_out)}."
            self.add_error("not_asked", ValidationError(message, code="reason"))
        return values

    @property
    def left_out(self) -> list[str]:
        values = self.cleaned_data
        clears = ClearanceRole.CLEARS
        return [str(agency) for agency in self.named if values.get(f"role-{agency.pk}") != clears]

    @property
    def why_not_asked(self) -> str:
        reason = (self.cleaned_data.get("not_asked") or "").strip()
        return f"Not asked to clear: {', '.join(self.left_out)}. {reason}" if self.left_out else ""


class VersionForm(TextForm):
    field_order = (
        "file_english", "second_language", "file_second", "changed", "is_material", "reason", "also_ask", "asked_on",
    )  # fmt: skip

    changed = forms.CharField(label="What changed", max_length=300, help_text="Such as: Articles 5 and 7.")
    is_material = forms.TypedChoiceField(
        label="Is it a material change?",
        choices=[
            ("yes", "Material: all offices with equities are asked again"),
            ("no", "Not material: earlier answers stand"),
        ],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(label="Why", max_length=500, widget=forms.Textarea(attrs={"rows": 2}))
    also_ask = forms.MultipleChoiceField(
        label="Ask again in any case", required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, clearance: Clearance, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["file_english"].required = True
        self.fields["due_on"].required = False
        self.fields["due_on"].help_text = "Leave it blank if no office is asked again."
        self.agencies = {str(key): agency for key, agency in clearance.agencies.items() if agency.is_active}
        field = self.fields["also_ask"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(key, agency.name) for key, agency in self.agencies.items()]

    def clean(self) -> dict[str, Any]:
        """Require a due day if offices are asked again."""
        values = super().clean()
        if (values.get("is_material") or values.get("also_ask")) and not values.get("due_on"):
            self.add_error("due_on", ValidationError("Enter the day by which the offices answer.", code="required"))
        return values

    @property
    def asked_again(self) -> list[Agency]:
        return [self.agencies[key] for key in self.cleaned_data["also_ask"]]


class LanguageForm(PartnershipForm):
    language = forms.ChoiceField(label="Language")
    file = file_field("Text", FILE_HELP, required=True)

    def __init__(self, *args: Any, languages: Iterable[str], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["language"] = forms.ChoiceField(label="Language", choices=[(one, one) for one in languages])


class OfficesForm(OfficesMixin, PartnershipForm):
    error_fields = {"future_day": "asked_on"}

    asked_on = day_of_event("Day on which they are asked")
    due_on = day("Answers are due by", required=True)

    def __init__(self, *args: Any, offices: Iterable[Agency], **options: Any) -> None:
        super().__init__(*args, **options)
        self.add_offices(offices, {})


class AnswersForm(PartnershipForm):
    """An answer for each office that has given one, and the finding of the Legal Adviser."""

    version = forms.TypedChoiceField(label="Over version", coerce=int)
    finding = forms.ChoiceField(
        label="Finding of the Legal Adviser",
        choices=[("", "None"), *FINDINGS],
        required=False,
        help_text="1 U.S.C. 112b",
    )
    found_on = day("Day of the finding")

    def __init__(self, *args: Any, clearance: Clearance, today: Any, first: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self.first = first
        self.is_signed = clearance.is_signed
        self.agencies = clearance.agencies
        self.silent = clearance.silent(today)
        self.versions = {row.number: row for row in clearance.versions}
        self.fields["version"] = choice(
            "Over version", [(number, str(row)) for number, row in reversed(self.versions.items())], coerce=int
        )
        self.initial.setdefault("version", max(self.versions, default=None))
        for key, agency in self.agencies.items():
            self.fields[f"answer-{key}"] = forms.ChoiceField(
                label="Answer", choices=[("", "No answer"), *AnswerKind.choices], required=False
            )
            self.fields[f"day-{key}"] = day("Day of the answer")
            self.fields[f"comment-{key}"] = text_field(
                "Its comment", "Required if it does not clear." if agency else "", required=False, rows=2
            )
            self.fields[f"file-{key}"] = file_field("Message or file")
            self.initial[f"day-{key}"] = today

    def clean(self) -> dict[str, Any]:
        """Require the comment of an office that does not clear, and the day of each answer and finding."""
        values = self.cleaned_data
        for key, agency in self.agencies.items():
            kind = values.get(f"answer-{key}")
            if kind and not values.get(f"day-{key}"):
                self.add_error(
                    f"day-{key}", ValidationError(f"Enter the day of the answer of {agency}.", code="required")
                )
            if kind == AnswerKind.REFUSED and not (values.get(f"comment-{key}") or "").strip():
                self.add_error(f"comment-{key}", ValidationError(f"Enter the comment of {agency}.", code="comment"))
        if values.get("finding") and not values.get("found_on"):
            self.add_error("found_on", ValidationError("Enter the day of the finding.", code="required"))
        return values

    def rows(self, *, silent: bool) -> list[tuple[Agency, list[BoundField]]]:
        """Return the fields of the offices that owe an answer, after the one that the link named, or of the others."""
        return [
            (agency, [self[f"{name}-{key}"] for name in ("answer", "day", "file", "comment")])
            for key, agency in sorted(self.agencies.items(), key=lambda item: str(item[0]) != self.first)
            if (key in self.silent or str(key) == self.first) is silent
        ]

    @property
    def chosen_version(self) -> TextVersion:
        return self.versions[self.cleaned_data["version"]]

    @property
    def given(self) -> list[Given]:
        values = self.cleaned_data
        return [
            Given(
                agency,
                AnswerKind(values[f"answer-{key}"]),
                values[f"day-{key}"],
                values[f"comment-{key}"],
                values[f"file-{key}"],
            )
            for key, agency in self.agencies.items()
            if values[f"answer-{key}"]
        ]

    @property
    def found(self) -> tuple[LegalReview, Any] | None:
        finding = self.cleaned_data["finding"]
        return (LegalReview(finding), self.cleaned_data["found_on"]) if finding else None


class GoOnForm(PartnershipForm):
    """A reason for each office whose answer is missing; blank waits for it."""

    def __init__(self, *args: Any, silent: Iterable[tuple[Agency, Asked]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.silent = {}
        for agency, asked in silent:
            self.silent[f"reason-{agency.pk}"] = agency
            help_text = f"Asked {formats.day(asked.asked_on)}; its answer is due {formats.day(asked.due_on)}."
            self.fields[f"reason-{agency.pk}"] = text_field(agency.name, help_text, required=False, rows=2)

    @property
    def reasons(self) -> dict[Agency, str]:
        return {agency: self.cleaned_data[name] for name, agency in self.silent.items() if self.cleaned_data[name]}


class ConsentForm(PartnershipForm):
    agree = forms.TypedChoiceField(
        label="Decision",
        choices=[("yes", "Agree to go on without these answers"), ("no", "Refuse")],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    note = text_field("Reason", "Required to refuse.", required=False)

    def __init__(self, *args: Any, silences: Iterable[Silence], **options: Any) -> None:
        super().__init__(*args, **options)
        self.silences = list(silences)


class RequestForm(PartnershipForm, RevisionForm):
    action = forms.ChoiceField(
        label="What to do",
        choices=[
            ("due", "Give it until another day"),
            ("remind", "Remind it now"),
            ("off", "Take it off the list"),
        ],
        widget=forms.RadioSelect,
    )
    due_on = day("New day")
    reason = text_field("Reason", "Required to take it off the list. Its answers stay on record.", required=False)


class SigningForm(PartnershipForm):
    error_fields = {"signing_day": "us_signed_on", "signing_in_effect_later": "in_effect_on"}

    us_signed_on = day("Signed by the United States on", "The day on the document, which can be long past.")
    partner_signed_on = day("Signed by the partner government on")
    in_effect_on = day("In effect on")
    document = document_field("Signed text")
