"""One country of a run, with what its score is computed from, for the worked example on the page of the method."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from selection.models import CountryScore, ScoreRun

FIRST_SHOWN = "GHA"
"""Code of the country that is worked out unless another is asked for."""


@dataclass(frozen=True)
class Worked:
    """A scored country: its row, its lines by criterion, and the year to which ages count.

    `scores` are those of the ranked countries with their names, by rank; `choices` the codes and names of all scored.
    """

    score: CountryScore
    lines: Mapping[str, Mapping[str, Any]]
    year: int
    scores: tuple[tuple[int, str, float], ...]
    choices: tuple[tuple[str, str], ...]

    @property
    def name(self) -> str:
        return self.score.country.name


def worked_of(run: ScoreRun, code: str) -> Worked | None:
    """Return a scored country by its code, without a code the usual one, else the first; None if it has no score."""
    rows = list(
        CountryScore.objects.filter(run=run, score__isnull=False, need__isnull=False, feasibility__isnull=False)
        .exclude(status="not_rankable")
        .select_related("country")
        .defer("detail", "hurdles")
        .order_by("rank", "country__name")
    )
    by_code = {row.country.code: row for row in rows}
    found = by_code.get(code or FIRST_SHOWN) or (rows[0] if rows and not code else None)
    if found is None:
        return None
    return Worked(
        found,
        {line["key"]: line for line in found.lines if "estimate" in line},
        run.reference_date.year,
        tuple(
            (row.rank, row.country.name, row.score) for row in rows if row.rank is not None and row.score is not None
        ),
        tuple(sorted(((row.country.code, row.country.name) for row in rows), key=lambda item: item[1])),
    )
