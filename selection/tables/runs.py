"""Runs in words: why one is listed beside the ranking shown first, and from when values count as published."""

from __future__ import annotations

from collections.abc import Iterable

from cpc.web import formats
from indicators.queries.published import REVISED_FILES, dating_of
from selection.model_table import Stage
from selection.models import ScoreRun
from selection.run_inputs import BESIDE, Beside


def beside(run: ScoreRun) -> str:
    """Return why a run is listed beside the one shown first; empty for a run that is or was shown first."""
    why = run.inputs.get(BESIDE, "")
    day = formats.day(run.reference_date)
    if why == Beside.LOOK_BACK:
        return f"As known on {day}"
    return f"{day}: time alone" if why == Beside.DAY else ""


def choices(runs: Iterable[ScoreRun]) -> list[tuple[str, str]]:
    """Return runs to choose from: "Run 4, as known on Dec 31, 2024", "Run 2, full score, counted to Nov 27, 2026"."""
    return [(str(run.pk), _in_words(run)) for run in runs]


def _in_words(run: ScoreRun) -> str:
    stage = "" if run.stage == Stage.SCREEN else f", {run.get_stage_display().lower()}"
    why = beside(run)
    when = (
        f"{why[:1].lower()}{why[1:]}" if why else f"counted to {formats.day(run.reference_date)}, data no. {run.as_of}"
    )
    return f"Run {run.pk}{stage}, {when}, {run.model_key} {run.model_version}"


def limit(run: ScoreRun) -> str:
    """Return what a ranking as known on a past day cannot show; "" for any other run."""
    return f"{beside(run)}. {REVISED_FILES}" if run.inputs.get(BESIDE, "") == Beside.LOOK_BACK else ""


def rules_of_publication(sources: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return from when the values of each source, by key and title, count as published."""
    return [(title, words) for key, title in sources if (words := dating_of(key).words)]
