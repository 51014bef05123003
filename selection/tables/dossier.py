"""The head of a dossier in words."""

from __future__ import annotations

from cpc.web import formats
from selection.models import Candidate
from selection.queries.country import CountryPage
from selection.tables.country import KNOWN, Fact, known_facts, scored_facts


def facts(candidate: Candidate, page: CountryPage, *, sees_rank: bool) -> list[Fact]:
    """Where the candidate stands: with its rank for the office, with its score alone for a reviewer."""
    found = scored_facts(page)
    if not found:
        return known_facts(page)
    if sees_rank:
        return [_known(fact, page) if fact.term == KNOWN else fact for fact in found]
    row = page.row
    assert row is not None  # there is no score without a row
    return [
        Fact("Score", formats.number(page.total, 1), f"round {candidate.round.title}"),
        Fact("Need", formats.number(row.need, 1)),
        Fact("Feasibility", formats.number(row.feasibility, 1)),
        _known(Fact(KNOWN, formats.share(row.coverage)), page),
    ]


def _known(fact: Fact, page: CountryPage) -> Fact:
    """A criterion that nobody rated for any candidate takes no part in the score, so that its weight is not missed."""
    left = sum(factor.row.is_rated for factor in page.unrated)
    note = (
        f"{left} criteria are not rated" if left > 1 else "one criterion is not rated" if left else "of the full model"
    )
    return Fact(fact.term, fact.value, note)
