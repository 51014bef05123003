"""Sample content of the page "States and messages". Nothing here is a fact about any country."""

from __future__ import annotations

from typing import Any

from django import forms

IMPORT_STEPS = ("Received", "Recognized", "Read", "Matched", "Checked", "Preview", "Published")

REFUSED_FILES = (
    (
        "CPI2025_Results.xlsx",
        "The workbook shows no sheets",
        "It was saved as Strict Open XML. Open it in a spreadsheet program, save it as an Excel workbook (.xlsx), "
        "and send it again.",
    ),
    (
        "FIW_2026.xlsx",
        "This is a web page, not a workbook",
        "The download was answered with a sign-in page. Fetch the file again from the publisher and check its size.",
    ),
    (
        "wgi.xlsx",
        "This is WGI of the World Bank, not an MCC scorecard",
        "Receive it under World Bank, or choose the scorecard file.",
    ),
    (
        "tiers_2026.csv",
        "3 of 188 rows have a tier we do not know",
        "C14 “Tier 2WL”, C77 “2 WL”, C102 blank. Use 1, 2, 2WL, 3 or Special Case. Nothing was read in.",
    ),
)


class SampleForm(forms.Form):
    """A form that is refused, to show how a refusal reads."""

    name = forms.CharField(
        label="Name as it is shown",
        max_length=20,
        error_messages={"max_length": "This name has %(show_value)d letters; at most %(limit_value)d fit. Shorten it."},
    )
    edition = forms.IntegerField(
        label="Edition",
        help_text="The year the publisher prints on it.",
        max_value=2026,
        error_messages={"max_value": "No edition is out after %(limit_value)d. Enter %(limit_value)d or less."},
    )
    licence = forms.ChoiceField(
        label="May it be shown outside?",
        choices=(("yes", "Yes, with attribution"), ("no", "No, inside the office only")),
        widget=forms.RadioSelect,
        initial="yes",
    )


def refused_form() -> SampleForm:
    """The sample form, sent with two mistakes."""
    form = SampleForm({"name": "A name that is far too long", "edition": "2031", "licence": "yes"}, auto_id="sample-%s")
    form.full_clean()
    return form


def charts() -> list[Any]:
    """One picture of each kind, from sample values."""
    return []
