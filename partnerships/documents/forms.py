from django import forms

from cpc.files.attachments import KINDS, MOST_BYTES
from partnerships.form_parts.base import (
    PartnershipForm,
    choice,
    day,
    row_form,
)
from partnerships.models import DocumentKind, FigureStatement


class DocumentForm(PartnershipForm):
    """A document, or another version of one with the same kind and title."""

    kind = choice("Kind of document", DocumentKind.choices)
    title = forms.CharField(
        label="Title", max_length=200, help_text="The title of an existing document of this kind adds a version to it."
    )
    file = forms.FileField(
        label="File",
        max_length=200,
        widget=forms.FileInput(attrs={"accept": ",".join(f".{kind}" for kind in KINDS)}),
        help_text=f"{', '.join(KINDS)}; up to {MOST_BYTES // 1024**2} MB. Nothing about an individual child.",
    )
    dated = day("Date on the document")
    language = forms.CharField(label="Language", max_length=40, required=False)
    note = forms.CharField(label="Note", max_length=300, required=False)


StatementForm = row_form(
    FigureStatement,
    ("kind", "text", "amount", "currency", "day", "stated_on", "stated_in", "source"),
    labels={"kind": "Subject", "text": "Statement", "stated_on": "Stated on", "stated_in": "Stated in"},
    help_texts={
        "text": "Summarize it briefly, but keep “up to” and “more than”.",
        "currency": "Three letters, such as USD.",
        "source": "The URL where it can be read.",
    },
    error_fields={"source": "source", "currency": "currency"},
)
