"""Forms of updates: several files at once, the choice of files, and the reason for taking them back."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from cpc.web.actions import ActionForm
from cpc.web.buttons import ButtonForm
from cpc.web.edit_conflicts import RevisionForm
from indicators.page_frame import reason_field


class ManyFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Field for several files; cleans to a list. A file that can't be stored is the service's to report."""

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile[bytes]]:
        """Return the files sent."""
        sent = data if isinstance(data, list | tuple) else [data]
        return [file for file in sent if isinstance(file, UploadedFile)]


def _files() -> FilesField:
    return FilesField(
        label="Publishers' files",
        required=False,
        widget=ManyFiles(),
        help_text="Choose several at once, as the publishers released them: workbook, CSV, zip, XML, JSON, HTML, text.",
    )


def _folder() -> FilesField:
    return FilesField(
        label="A folder",
        required=False,
        widget=ManyFiles({"webkitdirectory": True}),
        help_text="Every file in it, such as narratives. You can also send a ZIP of narratives as one file.",
    )


class DropForm(ActionForm):
    sent = _files()
    folder = _folder()

    error_fields = {"files": "sent", "too_large": "sent"}


class AddForm(ButtonForm):
    sent = _files()


class TickForm(ButtonForm, RevisionForm):
    """Form with the files that are ticked, and the state of the page that shows them.

    `shown` are the files of the effect that the page shows, and `number` the publication that it rests on.
    """

    imports = forms.TypedMultipleChoiceField(coerce=int, required=False)
    shown = forms.CharField(required=False, max_length=600)
    number = forms.IntegerField(required=False, min_value=0)

    def __init__(self, *args: Any, known: tuple[int, ...] = (), **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["imports"]
        assert isinstance(field, forms.TypedMultipleChoiceField)
        field.choices = [(pk, pk) for pk in known]


class TakeFilesBackForm(ActionForm):
    reason = reason_field(
        "Why are you taking them back?",
        "The reason stays on file with the publication numbers, so anyone can see why values changed.",
    )
