"""Form for a document on a candidate, or for its next version."""

from django import forms

from cpc.files.attachments import KINDS, MOST_BYTES
from cpc.web.actions import ActionForm
from selection.models import DocumentKind


class DocumentForm(ActionForm):
    error_fields = {
        "file_kind": "file",
        "file_size": "file",
        "file_empty": "file",
        "file_macros": "file",
        "document_once": "file",
    }

    file = forms.FileField(
        label="File",
        allow_empty_file=True,
        max_length=255,
        help_text=(
            f"{', '.join(KINDS)}; up to {MOST_BYTES // 1024**2} MB. Do not upload files about an individual child."
        ),
        error_messages={"required": "Choose a file first.", "missing": "Choose a file first."},
    )
    title = forms.CharField(label="Title", max_length=200)
    kind = forms.ChoiceField(label="Kind", choices=DocumentKind.choices)
    source = forms.CharField(
        label="Source", max_length=300, help_text="Whose document it is and where it came from, with its date."
    )
