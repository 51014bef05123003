"""Ranking by the version of the model before that of a run, to show a rank beside that of the earlier version."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from selection.model_definition.criteria_table import Stage
from selection.models import ScoreRun
from selection.runs.queries.stored_runs import newest_run, runs
from selection.runs.rows import ranking_of
from selection.scoring_inputs.question import BESIDE


@dataclass(frozen=True, slots=True)
class FormerRank:
    """Rank of a country by an earlier version of the model, None for no rank; `url` explains the difference.

    `is_of_earlier_data` is true if the data changed as well; the page of `url` tells both apart.
    """

    rank: int | None
    version: str
    url: str
    is_of_earlier_data: bool = False

    @property
    def text(self) -> str:
        """Return "9 in version 3", "no rank in version 3, on earlier data"."""
        rank = "no rank" if self.rank is None else self.rank
        return f"{rank} in version {self.version}{', on earlier data' if self.is_of_earlier_data else ''}"


def former_run(run: ScoreRun) -> ScoreRun | None:
    """Return the newest default run before a run by another version of its model, not on later data; None if none."""
    rows = runs(Stage(run.stage)).exclude(inputs__has_key=BESIDE).filter(pk__lt=run.pk, as_of__lte=run.as_of)
    return rows.filter(model_key=run.model_key).exclude(table_hash=run.table_hash).first()


def runs_of(one: str, other: str) -> tuple[ScoreRun, ScoreRun] | None:
    """Return the newest default runs by two models, by the hashes of their tables, on the newest data; None if none."""
    newest = newest_run()
    if newest is None:
        return None
    rows = runs().exclude(inputs__has_key=BESIDE).filter(as_of=newest.as_of)
    before, after = (rows.filter(table_hash=table_hash).first() for table_hash in (one, other))
    return None if before is None or after is None else (before, after)


def former_rank(run: ScoreRun, code: str) -> FormerRank | None:
    """Return a country's rank by the version before, with the page that explains the difference.

    None if there is no such run, or if neither run ranks the country.
    """
    before = former_run(run)
    if before is None:
        return None
    was, now = (row.rank if row else None for row in (ranking_of(before).row(code), ranking_of(run).row(code)))
    if was is None and now is None:
        return None
    query = {"one": before.pk, "other": run.pk, "country": code}
    url = f"{reverse('runs-compare', query=query)}#why"
    return FormerRank(was, before.model_version, url, is_of_earlier_data=before.as_of != run.as_of)
