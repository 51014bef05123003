"""Form of a criterion's error: its series, how they are combined, and the sources of uncertainty."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Any

from django import forms

from cpc.web.edit_conflicts import RevisionForm
from indicators.models import Indicator
from selection.form_parts import text
from selection.model_definition.criteria_table import CriterionRow
from selection.model_definition.editing import Change, short, with_estimate
from selection.model_definition.method_labels import COMBINES, FILLS, SCALES
from selection.model_versions.forms.criteria import by_source
from selection.model_versions.forms.rows import KEY_HELP
from selection.model_versions.forms.schema_fields import (
    NumberField,
    SchemaPart,
    check_ends,
    ends_of,
    fill_ends,
    plain,
    read_lines,
)

MORE = 2
"""Number of empty lines for further series."""

ESTIMATE = SchemaPart.of("criteria", "estimate")
SERIES = SchemaPart.of("criteria", "estimate", "series", naming="s#_{}")
MOVES = SchemaPart.of("criteria", "estimate", "transitions")
SERIES_FIELDS = ("key", "label", "indicator", "series", "complement")
ENDS = ("clip_low", "clip_high")


class EstimateForm(RevisionForm):
    """Form for best estimates and their errors: of numbers by series and errors, of labels by their moves."""

    error_fields = {
        **dict.fromkeys(("scale", "complement"), "scale"),
        **dict.fromkeys(("series_duplicate", "series_key", "series_kind", "series_own", "unknown_indicator"), "s0_key"),
        **dict.fromkeys(("pooled_series", "surveys_series"), "combine"),
        "error_negative": "measurement",
        "trend": "trend",
        "clip": "clip_low",
        "fill_range": "fill",
        "published_error": "published_error",
        "transitions_labels": "labels",
        **dict.fromkeys(("transitions_rows", "transitions_shape"), "steps"),
        **dict.fromkeys(("transitions_due", "due_period"), "due"),
        "estimate_function": "estimated",
    }

    estimated = forms.BooleanField(label="Values count as best estimates with an error", required=False)

    def __init__(self, *args: Any, row: CriterionRow, indicators: Mapping[str, Indicator], **options: Any) -> None:
        self.row, self.before = row, dict(row.estimate or {})
        super().__init__(*args, **options)
        self.fields |= _moves() if row.is_ordinal else _errors()
        if row.is_rated:  # raters give a step in this year: no value is old, and none is beyond the ends
            for name in ("trend_years", *ENDS):
                del self.fields[name]
        # Labels have no series.
        self.series = [] if row.is_ordinal else SERIES.lines(self.before.get("series", ()), MORE)
        for number, (part, _) in enumerate(self.series, 1):
            self.fields |= _series(part, f"Series {number}", indicators.values())
        self.fields["source"] = ESTIMATE.field("source", "Source of the numbers", "Shown with the error on every page.")
        self._fill()

    def _fill(self) -> None:
        self.initial["estimated"] = self.row.estimate is not None
        ESTIMATE.fill(self, self.before)
        if self.row.is_ordinal:
            labels = [label for label, _ in self.row.function.get("table", ())][::-1]
            moves = self.before.get("transitions") or {"labels": labels, "steps": ()}
            MOVES.fill(self, {"offset": None, **moves} if moves.get("due") else moves)
            tables = ["\n".join(" ".join(f"{share:g}" for share in row) for row in table) for table in moves["steps"]]
            self.initial["steps"] = "\n\n".join(tables)
        elif not self.row.is_rated:
            fill_ends(self, ENDS, self.before.get("clip"))
        for part, series in self.series:
            part.fill(self, series)

    @property
    def head(self) -> list[forms.BoundField]:
        names = {field.name for line in self.lines for field in line}
        return [field for field in self.visible_fields() if field.name not in names]

    @property
    def lines(self) -> list[list[forms.BoundField]]:
        return [[self[part.name(name)] for name in SERIES_FIELDS] for part, _ in self.series]

    def clean_steps(self) -> list[list[list[float | int | None]]]:
        """Return the tables of moves, one for each edition behind, which an empty line ends."""
        rows = read_lines(self.cleaned_data["steps"], _shares, "Write numbers with spaces between them.")
        return [list(table) for is_table, table in groupby(rows, lambda row: row is not None) if is_table]

    def clean(self) -> dict[str, Any]:
        super().clean()
        values = self.cleaned_data
        for part, _ in self.series:
            if any(values.get(part.name(name)) for name in SERIES_FIELDS):
                for name in (part.name("key"), part.name("label"), part.name("indicator")):
                    if not values.get(name) and name not in self.errors:
                        self.add_error(name, "A series needs a key, a name, and an indicator.")
        if ENDS[0] in self.fields:
            check_ends(self, ENDS, "Enter both ends, or neither.")
        if (
            self.row.is_ordinal
            and values.get("offset") is None
            and not values.get("due")
            and "offset" not in self.errors
        ):
            self.add_error("offset", "Enter this age, or the day on which editions are due.")
        return values

    def change(self) -> Change:
        if not self.cleaned_data["estimated"]:
            return with_estimate(self.row.key, None)
        estimate = {**self.before, **ESTIMATE.values(self, ESTIMATE.defaults)}
        if self.row.is_ordinal:
            estimate["transitions"] = self._transitions() if self.cleaned_data["steps"] else None
        else:
            series = [part.values(self, before) for part, before in self.series]
            estimate["series"] = [values for values in series if values["key"]]
        if ENDS[0] in self.fields:
            estimate["clip"] = ends_of(self, ENDS)
        return with_estimate(self.row.key, short(estimate, ESTIMATE.defaults, self.before))

    def _transitions(self) -> dict[str, Any]:
        """Return how labels move. An age counts only if editions are not due on a day of each year."""
        due, offset = self.cleaned_data["due"], self.cleaned_data["offset"]
        before = self.before.get("transitions") or ({} if due else {"offset": 1})
        moves = MOVES.values(self, before)
        if offset is None or (due and not before.get("due")):
            moves.pop("offset", None)
        return moves


def _shares(line: str) -> list[float | int | None]:
    return [plain(float(part)) for part in line.split()]


def _errors() -> dict[str, forms.Field]:
    return ESTIMATE.named(
        scale=ESTIMATE.field(
            "scale",
            "Scale of the error",
            "The scale on which errors are about as large for low values as for high ones.",
            choices=SCALES.items(),
        ),
        measurement=ESTIMATE.field("measurement", "Error of one measurement, on that scale"),
        published_error=ESTIMATE.field("published_error", "If the publisher states a standard error, use it instead"),
        drift=ESTIMATE.field("drift", "Added error per square root of a year of age, on that scale"),
        trend=ESTIMATE.field(
            "trend",
            "Trend per year, on that scale",
            "Added to an old value for each year. Enter a negative number if values fall.",
        ),
        trend_years=ESTIMATE.field(
            "trend_years", "Most years for which the trend is credited", "Leave empty to credit every year."
        ),
        clip_low=NumberField(
            label="Values below this count as this", help_text="Leave both empty for no limit.", required=False
        ),
        clip_high=NumberField(label="Values above this count as this", required=False),
        combine=ESTIMATE.field("combine", "If there are several series", choices=COMBINES.items()),
        fresh=ESTIMATE.field(
            "fresh", "Maximum age before the next series is used, in years", "Leave empty for any age."
        ),
        agreement=ESTIMATE.field(
            "agreement",
            "Covariance of two editions",
            "Only for pooled editions, if a run cannot estimate it; always for a single series.",
        ),
        fill=ESTIMATE.field("fill", "If a country has no value", choices=FILLS.items()),
    )


def _moves() -> dict[str, forms.Field]:
    return MOVES.named(
        labels=MOVES.field(
            "labels", "Labels in the order of the tables below", "One per line.", required=False, rows=4
        ),
        offset=MOVES.field(
            "offset",
            "Maximum age at which a label is exact, in years",
            "Leave empty if editions are due on a day of each year.",
        ),
        due=MOVES.field(
            "due",
            "Day of each year on which an edition is due",
            "Month and day as MM-DD, such as 06-30. Labels are then exact until a newer edition is due, and one table "
            "counts for each edition that is due and not loaded. Leave empty to count by age.",
        ),
        steps=text(
            "Shares that move from each label (a line) to each label (in that order)",
            "One table for each edition behind, with an empty line between tables. Each line must add up to 1. "
            "Leave empty if labels never move.",
            rows=8,
            required=False,
        ),
    )


def _series(part: SchemaPart, label: str, indicators: Iterable[Indicator]) -> dict[str, forms.Field]:
    numeric = by_source(indicator for indicator in indicators if not indicator.labels)
    return part.named(
        key=part.field("key", f"{label}: key", KEY_HELP, required=False, invalid=KEY_HELP),
        label=part.field("label", f"{label}: name", required=False),
        indicator=part.field("indicator", f"{label}: indicator", required=False, choices=[("", "None"), *numeric]),
        series=part.field("series", f"{label}: series of the publisher"),
        complement=part.field("complement", f"{label}: use 100 minus the value"),
    )
