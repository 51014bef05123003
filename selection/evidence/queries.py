"""Reads of evidence versions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from indicators.models import Observation
from indicators.queries import loaded_indicators
from selection.countries.queries.country import shown_reason
from selection.model_definition.criteria_table import CriterionRow
from selection.models import Candidate, CountryScore, EvidenceVersion, RoundRun


def newest_evidence(candidate: Candidate) -> EvidenceVersion | None:
    return candidate.evidence.order_by("-number").first()


def text_of(cell: Mapping[str, Any]) -> str:
    """Return a cell of a version as a short text, such as "43 (2025, 2026)" or "rated 3 of 4"."""
    return str(cell.get("words", ""))


@dataclass(frozen=True, slots=True)
class EvidenceLine:
    """One criterion as a reviewer sees it: an observation or its missing reason, but no rating.

    `estimate` is what the round's score uses instead of the observation, if it used this one.
    """

    row: CriterionRow
    observation: Observation | None
    missing: str
    is_rated: bool
    estimate: Mapping[str, Any] | None = None


def evidence_lines(version: EvidenceVersion, candidate: Candidate) -> list[EvidenceLine]:
    keys = {cell["observation"] for cell in version.cells.values() if "observation" in cell}
    rows = Observation.objects.filter(pk__in=keys).select_related("indicator__source", "file")
    observations = {row.pk: row for row in rows}
    table = candidate.round.model.as_table
    rows_shown = [row for row in table.criteria if row.key in version.cells]
    loaded = loaded_indicators({row.indicator for row in rows_shown if row.indicator}, as_of=version.as_of)
    estimates = estimates_of(candidate)
    lines = []
    for row in rows_shown:
        cell = version.cells[row.key]
        seen = observations.get(cell.get("observation", 0))
        listed = table.listing["indicator"]
        missing = shown_reason(row, cell.get("missing", ""), loaded=loaded, listed=listed, has_value=seen is not None)
        estimate = estimates.get((row.key, seen.pk)) if seen is not None else None
        lines.append(EvidenceLine(row, seen, missing, not row.indicator, estimate))
    return lines


def estimates_of(candidate: Candidate) -> dict[tuple[str, int], Mapping[str, Any]]:
    """Return the estimates of the round's newest score, by criterion and each observation behind it."""
    newest = RoundRun.objects.filter(round=candidate.round_id).order_by("-number").values("run")[:1]
    score = CountryScore.objects.filter(run__in=newest, country=candidate.country_id).only("lines").first()
    return {
        (line["key"], pk): line["estimate"]
        for line in (score.lines if score else ())
        if "estimate" in line
        for pk in line["observations"]
    }
