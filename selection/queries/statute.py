"""What the statute asks of every partner, for the candidates of a round."""

from __future__ import annotations

from selection.mandatory import Gate, gates_of
from selection.models import Candidate, CountryScore


def gates_for(candidate: Candidate) -> list[Gate]:
    """The criteria of 22 U.S.C. 7103a(d)(5) by the newest score of the candidate's round; before one nothing is known.

    A rating counts once a score has read it: what is decided on is what the memo shows.
    """
    made = candidate.round.runs.order_by("-number").values("run")[:1]
    row = CountryScore.objects.filter(run__in=made, country=candidate.country).only("lines").first()
    return gates_of(candidate.round.model.as_table, row.lines if row is not None else ())
