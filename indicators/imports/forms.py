"""Forms of the pages of imports: filters, the upload, and the reason for taking an import back."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import BadRequest
from django.utils import timezone

from cpc.days import DayFormField
from cpc.typed import refuse_hidden
from cpc.web.actions import ActionForm
from cpc.web.buttons import ButtonForm
from cpc.web.edit_conflicts import RevisionForm
from indicators.imports.reading import Choice
from indicators.models import Source
from indicators.sources.documents import Limits

MEGABYTE = 1024 * 1024


class UploadForm(ActionForm):
    file = forms.FileField(
        label="Publisher's file",
        help_text="The file as the publisher released it: workbook, CSV, zip, XML, JSON, HTML, or text.",
        error_messages={
            "required": "Choose a file first.",
            "missing": "Choose a file first.",
            "empty": "This file is empty (0 bytes). Download it from the publisher again and check its size.",
            "max_length": "The file name is too long. Shorten it to at most %(max)d characters.",
        },
        max_length=255,
        allow_empty_file=False,
    )
    source = forms.ChoiceField(label="Source", required=False, help_text="Only if the file doesn't show it.")
    edition = forms.CharField(
        label="Edition",
        required=False,
        max_length=40,
        help_text="Only if the file doesn't show it, for example 2025 or 2017-03.",
    )
    published_on = DayFormField(
        label="Released",
        required=False,
        help_text="The date on which the publisher released the edition. If empty, the source's rule applies.",
    )
    remark = forms.CharField(
        label="Source of that date",
        required=False,
        max_length=200,
        validators=(refuse_hidden,),
        help_text="For example: the publisher's press release.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["source"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "Detect from the file"), *Source.objects.values_list("key", "title")]

    def offer(self, source: str) -> None:
        """Fill in the source of an empty form. Raises `BadRequest` for an unknown source."""
        if not Source.objects.filter(key=source).exists():
            raise BadRequest(f"There is no source “{source}”. Leave it out of the address; the file shows its source.")
        self.fields["source"].initial = source

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        limit = Limits().bytes
        if file.size > limit:
            raise forms.ValidationError(
                f"{file.name} is {file.size / MEGABYTE:,.0f} MB; the limit is {limit / MEGABYTE:,.0f} MB. "
                "Upload the file as the publisher released it; no publisher's file is nearly this large."
            )
        return file

    def clean_published_on(self) -> date | None:
        # Nobody holds a file before it is published.
        day: date | None = self.cleaned_data["published_on"]
        if day is not None and day > timezone.localdate():
            raise forms.ValidationError("This date is in the future. Enter the date on which the edition was released.")
        return day

    @property
    def choice(self) -> Choice:
        data = self.cleaned_data
        return Choice(data["source"], data["edition"].strip(), data["published_on"], data["remark"].strip())


class ReadAgainForm(UploadForm):
    """Form with details on a stored file that is read again.

    It is behind a button, so it has no idempotency key.
    """

    file = None  # type: ignore[assignment]  # takes the field of the base away, as Django documents
    idempotency_key = None  # type: ignore[assignment]  # the same


class PublishForm(ButtonForm, RevisionForm):
    """Form with the revision of the preview, and consent to publish although some fields were not read."""

    partial = forms.BooleanField(required=False)


class TakeBackForm(ActionForm):
    reason = forms.CharField(
        validators=(refuse_hidden,),
        label="Why are you taking it back?",
        max_length=300,
        widget=forms.Textarea({"rows": 3}),
        help_text="The reason stays on file with the publication number, so anyone can see why values changed.",
        error_messages={"required": "Enter a reason; it stays on file."},
    )
