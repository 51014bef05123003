"""Candidates in the order of the score, their uncertainty, and their statutory criteria."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from indicators.models import Country
from selection.candidates import presenters, queries
from selection.candidates.queries import CandidateDoubt, RoundPage, ScoredCandidate, round_page
from selection.candidates.statutory_checks import statutory_by_candidate
from selection.model_definition.statutory_criteria import StatutoryAnswer
from selection.models import Candidate, CountryScore, RoundRun, SelectionRound
from selection.rounds import services as rounds_services
from selection.runs.rows import RankingRow
from tests.support.rankings import publish_values, value
from tests.support.rounds import Office
from tests.support.rows import ranking, ranking_row

DOUBT = CandidateDoubt(place=None, low=3, high=7, first=0.25, unrated=0, filled=0, apart="")


def scored(name: str, row: RankingRow | None = None, doubt: CandidateDoubt | None = None) -> ScoredCandidate:
    return ScoredCandidate(Candidate(country=Country(code=name[:3].upper(), name=name)), row, doubt)


def provisional(name: str, place: int | None) -> ScoredCandidate:
    return scored(name, ranking_row(name, status="provisional"), replace(DOUBT, place=place))


def test_candidates_are_ranked_then_provisional_by_place_then_by_name() -> None:
    rows = [
        scored("Zambia"),
        provisional("Benin", None),
        scored("Togo", ranking_row("TGO", status="not_scored"), replace(DOUBT, place=1)),
        provisional("Chad", 9),
        scored("Peru", ranking_row("PER", rank=2)),
        provisional("Albania", 12),
        scored("Mali", ranking_row("MLI", rank=1), replace(DOUBT, place=1)),
        scored("Angola"),
    ]
    assert [one.name for one in sorted(rows, key=queries._order)] == [
        "Mali", "Peru", "Chad", "Albania", "Angola", "Benin", "Togo", "Zambia"
    ]  # fmt: skip
    assert [one.name for one in rows if one.is_provisional] == ["Benin", "Chad", "Albania"]


def page(ranked: int = 0, *, candidates: tuple[ScoredCandidate, ...] = ()) -> RoundPage:
    made = ranking([ranking_row(str(rank), rank=rank) for rank in range(ranked)])
    return RoundPage(SelectionRound(), candidates, made, (), (), (), 0)


@pytest.mark.parametrize(("ranked", "first"), [(0, None), (20, None), (21, 20)])
def test_the_first_n_are_named_if_the_score_ranks_more(ranked: int, first: int | None) -> None:
    assert page(ranked).first == first


def test_current_score_comes_first_and_its_absence_means_unscored() -> None:
    newest, older = RoundRun(number=2), RoundRun(number=1)
    inside, outside = scored("Peru", ranking_row("PER")), scored("Mali")
    found = replace(page(candidates=(inside, outside)), runs=(newest, older))
    assert (found.run, found.unscored) == (newest, [outside])
    bare = replace(found, runs=(), ranking=None)
    assert (bare.run, bare.first) == (None, None)


def test_a_doubt_counts_the_states_of_counted_criteria() -> None:
    lines = [
        {"key": key, "state": state}
        for key, state in (("a", "range"), ("b", "range"), ("c", "peers"), ("d", "observed"), ("shown", "range"))
    ]
    score = CountryScore(
        lines=lines, place=5, rank_low=2, rank_high=9, p20=0.4, detail={"pool": {"sentence": "High income."}}
    )
    assert queries._doubt(score, {"a", "b", "c", "d"}) == CandidateDoubt(
        place=5, low=2, high=9, first=0.4, unrated=2, filled=1, apart="High income."
    )
    assert queries._doubt(CountryScore(lines=[], detail={}), {"a"}) == CandidateDoubt(None, None, None, None, 0, 0, "")


@pytest.mark.parametrize(
    ("answer", "kind", "label"),
    [("met", "good", "Met"), ("not_met", "bad", "Not met"), ("not_known", "unknown", "Not known")],
)
def test_the_badge_of_a_statutory_answer(answer: str, kind: str, label: str) -> None:
    assert presenters.describe_answer(StatutoryAnswer(answer)) == (kind, label)


def test_only_criteria_with_a_weight_are_counted() -> None:
    made = ranking()
    keys = queries._counted(made)
    weights = {row.key: row.weight for row in made.table.rows(made.stage)}
    assert keys == {key for key, weight in weights.items() if weight}
    assert keys != set(weights)


# ---- with a score --------------------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.world("scoring")
def test_statutory_criteria_are_those_of_the_newest_score(office: Office) -> None:
    found = office.scored()
    ghana, ivory = office.candidate(found), office.candidate(found, "CIV")

    def answers(candidate: Candidate) -> list[str]:
        return [criterion.answer.value for criterion in statutory_by_candidate(found, [ghana, ivory])[candidate.pk]]

    before = answers(ghana)
    assert before[1] == "not_known"
    for key in ("prosecution", "protection", "prevention"):
        office.rate(ghana, key, 4)
    assert answers(ghana) == before, "a rating counts once a score has read it"
    rounds_services.score_round(selection_round=found, actor=office.analyst)
    assert answers(ghana)[1] == "met"
    assert answers(ivory)[1] == "not_known"
    unscored = office.step(office.open(title="Round 2"), "screen")
    [criteria] = statutory_by_candidate(unscored, [office.candidate(unscored)]).values()
    assert {criterion.answer for criterion in criteria} == {StatutoryAnswer.NOT_KNOWN}


@pytest.mark.django_db
@pytest.mark.world("scoring")
def test_round_counts_excluded_countries_by_most_frequent_reason(office: Office) -> None:
    found = office.scored()
    shown = round_page(found)
    assert sorted(scored.candidate.country.code for scored in shown.candidates) == ["CIV", "GHA", "XKX"]
    assert sum(count for _, count in shown.left_out) == found.candidates.count() - 3
    counts = [count for _, count in shown.left_out]
    assert counts == sorted(counts, reverse=True)
    assert "Not among the countries of the round" in dict(shown.left_out)
    assert "In the pool" not in dict(shown.left_out)
    assert all(scored.doubt is not None for scored in shown.candidates)
    doubt = queries.doubt_of(office.candidate(found), found.runs.get().run)
    [own] = [scored.doubt for scored in shown.candidates if scored.candidate.country.code == "GHA"]
    assert doubt == own
    assert queries.doubt_of(office.candidate(found, "USA"), found.runs.get().run) is None


@pytest.mark.django_db
@pytest.mark.world("scoring")
def test_newer_publications_are_those_on_the_models_indicators(office: Office, tmp_path: Any) -> None:
    found = office.scored()
    assert queries.newer_publications(found) == 0
    publish_values(tmp_path / "later", [value("cpi.score", "GHA", "2026", "44", error="2.5")], edition="2026", name="l")
    assert queries.newer_publications(found) == 1
    moved = rounds_services.move_as_of(selection_round=found, actor=office.analyst, reason="Newer")
    assert queries.newer_publications(moved) == 0
