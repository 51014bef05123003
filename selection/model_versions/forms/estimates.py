"""Form of a criterion's error: its series, how they are combined, and the sources of uncertainty."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from cpc.web.edit_conflicts import RevisionForm
from indicators.models import Indicator
from selection.form_parts import text
from selection.model_definition.criteria_table import CriterionRow
from selection.model_definition.editing import short
from selection.model_definition.method_labels import COMBINES, FILLS, SCALES
from selection.model_versions.forms.rows import (
    KEY,
    KEY_HELP,
    choose,
    text_field,
)
from selection.model_versions.forms.versions import number, plain

MORE = 2
"""Number of empty lines for further series."""

USUAL: Mapping[str, Any] = {
    "scale": "points",
    "series": [],
    "combine": "first",
    "fresh": None,
    "measurement": 0,
    "drift": 0,
    "trend": 0,
    "agreement": 0,
    "published_error": False,
    "transitions": None,
    "fill": "peers",
    "source": "",
    "trend_years": None,
    "clip": None,
}
"""Default settings of an estimate."""

NUMBERS = ("measurement", "drift", "trend", "agreement")
ENDS = ("clip_low", "clip_high")
MOVES: Mapping[str, Any] = {"offset": 1, "due": ""}
"""Default settings of how labels move."""

SERIES = ("key", "label", "indicator", "series", "complement")


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
        **dict.fromkeys(("estimate_function", "estimate_without_method"), "estimated"),
    }

    estimated = forms.BooleanField(label="Values count as best estimates with an error", required=False)
    source = text("Source of the numbers", "Shown with the error on every page.", required=False)

    def __init__(self, *args: Any, row: CriterionRow, indicators: Mapping[str, Indicator], **options: Any) -> None:
        self.row, self.held = row, dict(row.estimate or {})
        super().__init__(*args, **options)
        self.initial.update({"estimated": row.estimate is not None, **self._shown()})
        source = self.fields.pop("source")
        self.fields |= _moves() if row.is_ordinal else _errors()
        if row.is_rated:  # raters give a step in this year: no value is old, and none is beyond the ends
            for name in ("trend_years", *ENDS):
                del self.fields[name]
        if not row.is_ordinal:
            for index in range(self.series_count):
                self.fields |= _series(index, _offered(indicators.values()))
        self.fields["source"] = source

    @property
    def series_count(self) -> int:
        """Return the number of lines of series, with the empty ones."""
        return len(self.held.get("series", ())) + MORE

    def _shown(self) -> dict[str, Any]:
        held = {**USUAL, **self.held}
        found = {name: plain(held[name]) if name in NUMBERS else held[name] for name in USUAL if name != "series"}
        for index, series in enumerate(held["series"]):
            found |= {f"s{index}_{name}": series.get(name) for name in SERIES}
        found |= dict(zip(ENDS, map(plain, held["clip"] or (None, None)), strict=True))
        moves = held["transitions"] or {"labels": self._labels(), "steps": (), "offset": 1}
        tables = ["\n".join(" ".join(f"{share:g}" for share in row) for row in table) for table in moves["steps"]]
        return found | {
            "labels": "\n".join(moves["labels"]),
            "offset": moves.get("offset", None if moves.get("due") else 1),
            "due": moves.get("due", ""),
            "steps": "\n\n".join(tables),
        }

    def _labels(self) -> Sequence[str]:
        return [label for label, _ in self.row.function.get("table", ())][::-1]

    @property
    def head(self) -> list[forms.BoundField]:
        """Return the fields other than those of the series."""
        return [field for field in self.visible_fields() if not _is_series(field.name)]

    @property
    def lines(self) -> list[list[forms.BoundField]]:
        """Return the fields of each series."""
        if self.row.is_ordinal:
            return []
        return [[self[f"s{index}_{name}"] for name in SERIES] for index in range(self.series_count)]

    def clean_steps(self) -> list[list[list[float | int | None]]]:
        """Return the tables of moves, one for each edition behind. Raise `ValidationError` for an invalid number."""
        tables: list[list[list[float | int | None]]] = [[]]
        wrong = []
        for index, line in enumerate(self.cleaned_data["steps"].splitlines(), 1):
            if not line.strip():
                tables.append([])
                continue
            try:
                tables[-1].append([plain(float(part)) for part in line.split()])
            except ValueError:
                wrong.append(f"line {index}, “{line.strip()[:40]}”")
        if wrong:
            raise ValidationError(f"Write numbers with spaces between them. Can't read {'; '.join(wrong)}.")
        return [table for table in tables if table]

    def clean(self) -> dict[str, Any]:
        """Check that each series has a key, a label and an indicator, or is left empty."""
        asked: dict[str, Any] = super().clean() or self.cleaned_data
        for index in range(0 if self.row.is_ordinal else self.series_count):
            given = {name: asked.get(f"s{index}_{name}") for name in SERIES}
            if any(given.values()):
                for name in ("key", "label", "indicator"):
                    if not given[name] and f"s{index}_{name}" not in self.errors:
                        self.add_error(f"s{index}_{name}", "A series needs a key, a name, and an indicator.")
        ends = [asked.get(name) for name in ENDS]
        if ends.count(None) == 1 and not any(name in self.errors for name in ENDS):
            self.add_error(ENDS[ends.index(None)], "Enter both ends, or neither.")
        if self.row.is_ordinal and asked.get("offset") is None and not asked.get("due") and "offset" not in self.errors:
            self.add_error("offset", "Enter this age, or the day on which editions are due.")
        return asked

    @property
    def estimate(self) -> dict[str, Any] | None:
        """Return the estimate as the table stores it; None if values count as published.

        Call once the form is valid.
        """
        asked = self.cleaned_data
        if not asked["estimated"]:
            return None
        if self.row.is_ordinal:
            moves = self._moved() if asked["steps"] else None
            found = {**self.held, "transitions": moves, "source": asked["source"]}
        else:
            found = {
                **self.held,
                **{name: asked[name] for name in ("scale", "combine", "fresh", "published_error", "fill", "source")},
                **{name: plain(asked[name] or 0) for name in NUMBERS},
                "series": self._series(),
            }
            if not self.row.is_rated:
                ends = [plain(asked[name]) for name in ENDS]
                found |= {"trend_years": asked["trend_years"], "clip": None if None in ends else ends}
        return short(found, USUAL, self.held)

    def _moved(self) -> dict[str, Any]:
        """Return how labels move. An age counts only if editions are not due on a day of each year."""
        asked = self.cleaned_data
        moves = {"labels": _split(asked["labels"]), "steps": asked["steps"], "due": asked["due"]}
        if asked["offset"] is not None:
            moves["offset"] = asked["offset"]
        held = self.held.get("transitions") or ({} if asked["due"] else {"offset": 1})
        if asked["due"] and not held.get("due"):
            moves.pop("offset", None)
        return short(moves, MOVES, held)

    def _series(self) -> list[dict[str, Any]]:
        held: Sequence[Mapping[str, Any]] = self.held.get("series", ())
        found = []
        for index in range(self.series_count):
            given = {name: self.cleaned_data[f"s{index}_{name}"] for name in SERIES}
            if given["key"]:
                before = held[index] if index < len(held) else {}
                found.append(short(given, {"series": "", "complement": False}, before))
        return found


def _is_series(name: str) -> bool:
    return name[:1] == "s" and name[1:].partition("_")[0].isdecimal()


def _split(lines: str) -> list[str]:
    return [line.strip() for line in lines.splitlines() if line.strip()]


def _errors() -> dict[str, forms.Field]:
    whole = forms.TextInput(attrs={"inputmode": "numeric"})
    return {
        "scale": choose(
            "Scale of the error",
            SCALES.items(),
            "The scale on which errors are about as large for low values as for high ones.",
        ),
        "measurement": number("Error of one measurement, on that scale", least=0, required=False),
        "published_error": forms.BooleanField(
            label="If the publisher states a standard error, use it instead", required=False
        ),
        "drift": number("Added error per square root of a year of age, on that scale", least=0, required=False),
        "trend": number(
            "Trend per year, on that scale",
            "Added to an old value for each year. Enter a negative number if values fall.",
            required=False,
        ),
        "trend_years": forms.IntegerField(
            label="Most years for which the trend is credited",
            help_text="Leave empty to credit every year.",
            min_value=0,
            max_value=100,
            required=False,
            widget=whole,
        ),
        "clip_low": number("Values below this count as this", "Leave both empty for no limit.", required=False),
        "clip_high": number("Values above this count as this", required=False),
        "combine": choose("If there are several series", COMBINES.items()),
        "fresh": forms.IntegerField(
            label="Maximum age before the next series is used, in years",
            help_text="Leave empty for any age.",
            min_value=0,
            max_value=200,
            required=False,
            widget=whole,
        ),
        "agreement": number(
            "Covariance of two editions",
            "Only for pooled editions, if a run cannot estimate it; always for a single series.",
            least=0,
            required=False,
        ),
        "fill": choose("If a country has no value", FILLS.items()),
    }


def _moves() -> dict[str, forms.Field]:
    return {
        "labels": text("Labels in the order of the tables below", "One per line.", rows=4, required=False),
        "offset": forms.IntegerField(
            label="Maximum age at which a label is exact, in years",
            help_text="Leave empty if editions are due on a day of each year.",
            min_value=0,
            max_value=20,
            required=False,
            widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        ),
        "due": text_field(
            "Day of each year on which an edition is due",
            "Month and day as MM-DD, such as 06-30. Labels are then exact until a newer edition is due, and one table "
            "counts for each edition that is due and not loaded. Leave empty to count by age.",
            most=5,
            required=False,
        ),
        "steps": text(
            "Shares that move from each label (a line) to each label (in that order)",
            "One table for each edition behind, with an empty line between tables. Each line must add up to 1. "
            "Leave empty if labels never move.",
            rows=8,
            required=False,
        ),
    }


def _series(index: int, indicators: list[Any]) -> dict[str, forms.Field]:
    label = f"Series {index + 1}"
    key = forms.RegexField(
        KEY, label=f"{label}: key", required=False, help_text=KEY_HELP, error_messages={"invalid": KEY_HELP}
    )
    return {
        f"s{index}_key": key,
        f"s{index}_label": text_field(f"{label}: name", required=False),
        f"s{index}_indicator": choose(f"{label}: indicator", indicators, required=False),
        f"s{index}_series": text_field(f"{label}: series of the publisher", required=False),
        f"s{index}_complement": forms.BooleanField(label=f"{label}: use 100 minus the value", required=False),
    }


def _offered(indicators: Iterable[Indicator]) -> list[Any]:
    """Return the numeric indicators by source, after the choice of none."""
    found: dict[str, list[tuple[str, str]]] = {}
    for one in indicators:
        if not one.labels:
            found.setdefault(one.source.title, []).append((one.code, f"{one.name} ({one.code})"))
    return [("", "None"), *sorted(found.items())]
