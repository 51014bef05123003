"""Forms about whole versions of a scoring model: compare, clone, import, publish, withdraw, and settings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from cpc.parameters import whole_number
from cpc.web import formats
from cpc.web.actions import ActionForm
from cpc.web.edit_conflicts import RevisionForm
from indicators.models import Indicator
from indicators.queries import country_named
from selection.form_parts import text
from selection.lookups.rounds import countries_by_code
from selection.model_definition.editing import Change, with_settings
from selection.model_definition.model_json import MOST_BYTES, ModelTextError, parsed
from selection.model_versions.forms.schema_fields import SchemaPart, read_lines
from selection.models import ScoreRun, ScoringModel
from selection.runs.queries.stored_runs import find_run

NOTE = "What is different, and why"


RUN = "run-"
"""The prefix of a choice that is the model of a stored run."""


class OtherVersionForm(forms.Form):
    use_required_attribute = False

    to = forms.CharField(label="Compare with", widget=forms.Select(attrs={"class": "usa-select"}))

    def __init__(
        self, data: Any, *, others: QuerySet[ScoringModel], runs: Sequence[ScoreRun], usual: ScoringModel | None
    ) -> None:
        super().__init__(data, initial={"to": usual.pk if usual else None})
        self.others = others
        widget = self.fields["to"].widget
        assert isinstance(widget, forms.Select)
        versions = [(str(version.pk), f"{version}, {version.get_state_display().lower()}") for version in others]
        # A run that is older than those offered remains the selected choice.
        chosen = str(data.get("to", "")) if data else ""
        own = find_run(chosen.removeprefix(RUN)) if chosen.startswith(RUN) else None
        offered = {run.pk: run for run in (*runs, own) if run is not None}.values()
        of_runs = [(f"{RUN}{run.pk}", f"Run {run.pk}, {formats.day(run.reference_date)}") for run in offered]
        groups = (("Versions", versions), ("The model of a run", of_runs))
        widget.choices = [group for group in groups if group[1]]

    def clean_to(self) -> ScoringModel | ScoreRun:
        value = str(self.cleaned_data["to"])
        choice: ScoringModel | ScoreRun | None
        if value.startswith(RUN):
            choice = find_run(value.removeprefix(RUN))
        else:
            choice = self.others.filter(pk=whole_number(value) or 0).first()
        if choice is None:
            raise ValidationError("That version or run does not exist. Choose one from the list.", code="unknown")
        return choice


class CloneForm(ActionForm):
    note = text(
        NOTE, "Stored with the version and shown in the list. You can change it until the version is published."
    )


class ImportForm(ActionForm):
    file = forms.FileField(
        label="JSON file",
        widget=forms.FileInput(attrs={"accept": ".json,application/json"}),
        help_text=f"An exported version, or a file that follows the schema. At most {MOST_BYTES // 1024:,} KB.",
        max_length=200,
    )
    note = text(NOTE)

    def clean_file(self) -> dict[str, Any]:
        """Return the model as plain data. The service checks whether the model is valid."""
        file = self.cleaned_data["file"]
        try:
            return parsed(file.read(MOST_BYTES + 1) if file.size <= MOST_BYTES else b" " * (MOST_BYTES + 1))
        except ModelTextError as error:
            raise ValidationError(str(error), code=error.code) from error


class WithdrawVersionForm(ActionForm):
    reason = text("Why", "Stored with the draft. The draft can still be read and cloned, but no longer edited.")


class SettingsForm(RevisionForm):
    """Settings of the whole model, and the note on what changed in this version."""

    part = SchemaPart.of()

    title = part.field("title", "Title")
    changes = text(NOTE, "Why this version replaces the previous one. Required for publication.", required=False)
    note = part.field("note", "Note for readers", "Shown on the Method page.")
    illustrative = part.field("illustrative", "The model is illustrative")
    rho = part.field(
        "rho",
        "How much a typical weight varies in the draws, in percent of itself",
        "The rank intervals come from draws of the weights. 25 percent is usual.",
        is_percent=True,
    )
    concentration = part.field(
        "concentration",
        "Concentration of the weights of need and feasibility in the draws",
        "A weighting exercise estimates it. Leave empty to use the spread above.",
    )
    draws = part.field("draws", "Draws", "Draws for each interval. 10,000 is usual.")
    listed_by = forms.ModelChoiceField(
        Indicator.objects.select_related("source"),
        to_field_name="code",
        label="Listed if this indicator has a value",
        empty_label=None,
        help_text="The list that every partner must be on.",
    )
    listed_because = SchemaPart.of("listing").field("reason", "Reason for this list", required=True)
    not_candidates = text(
        "Countries that are never candidates",
        "One per line: name or code, a colon, and the reason.",
        required=False,
    )

    def __init__(self, *args: Any, model: ScoringModel, **options: Any) -> None:
        super().__init__(*args, **options)
        table, names = model.as_table, countries_by_code()
        self.present = {name: value for name, value in model.table.items() if name == "concentration"}
        self.part.fill(self, model.table)
        lines = [f"{names.get(code, code)}: {reason}" for code, reason in table.not_candidates.items()]
        self.initial.update(
            changes=model.note,
            listed_by=table.listing["indicator"],
            listed_because=table.listing["reason"],
            not_candidates="\n".join(lines),
        )

    def clean_not_candidates(self) -> dict[str, str]:
        known = countries_by_code()

        def read(line: str) -> tuple[str, str]:
            name, _, reason = (part.strip() for part in line.partition(":"))
            if (code := country_named(name)) not in known or not reason:
                raise ValueError(line)
            return code, reason

        rule = "Write the name, a colon, and the reason."
        return dict(filter(None, read_lines(self.cleaned_data["not_candidates"], read, rule)))

    def change(self) -> Change:
        listing = {"indicator": self.cleaned_data["listed_by"].code, "reason": self.cleaned_data["listed_because"]}
        return with_settings({**self.part.values(self, self.present), "listing": listing})
