"""Statutory criteria of 22 U.S.C. 7103a(d)(5) for the candidates of a round."""

from __future__ import annotations

from collections.abc import Sequence

from selection.model_definition.statutory_criteria import StatutoryCriterion, statutory_criteria_of
from selection.models import Candidate, CountryScore, SelectionRound


def statutory_by_candidate(
    selection_round: SelectionRound, candidates: Sequence[Candidate]
) -> dict[int, list[StatutoryCriterion]]:
    """Return the statutory criteria by the newest score, by candidate key, in two queries.

    The criteria are those of 22 U.S.C. 7103a(d)(5). Before a score, nothing is known. A rating counts once a score has
    read it, so that a decision rests on what the memo shows.
    """
    newest_run = selection_round.runs.order_by("-number").values("run")[:1]
    countries = [candidate.country_id for candidate in candidates]
    rows = CountryScore.objects.filter(run__in=newest_run, country__in=countries).only("country_id", "lines")
    lines = {row.country_id: row.lines for row in rows}
    table = selection_round.model.as_table
    return {candidate.pk: statutory_criteria_of(table, lines.get(candidate.country_id, ())) for candidate in candidates}
