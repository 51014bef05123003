"""The head of a dossier, its programs, and its timeline as text."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import pytest

from indicators.models import Country, USGProgram
from selection.candidates.queries import CandidateDoubt
from selection.countries.queries.country import CountryPage
from selection.dossier import presenters, queries
from selection.models import Candidate, CandidateMove, SelectionRound
from selection.runs.rows import RankingRow
from tests.support.rows import ranking, ranking_row

GHANA = Candidate(country=Country(code="GHA", name="Ghana"), round=SelectionRound(title="Round 1", fiscal_year=2027))
DOUBT = CandidateDoubt(place=None, low=3, high=7, first=0.25, unrated=0, filled=0, apart="")
ROW = ranking_row("GHA", rank=4, score=61.26, need=70.04, feasibility=50.0, coverage=0.9, low=2, high=9)


def page(row: RankingRow | None = ROW, *, unrated: int = 0, also_published: int = 0, **values: Any) -> CountryPage:
    rated, other = (SimpleNamespace(row=SimpleNamespace(is_rated=found)) for found in (True, False))
    return CountryPage(
        country=GHANA.country,
        successor=None,
        groups=(),
        unrated=cast(Any, (rated,) * unrated + (other,) * also_published),
        unrated_weight=0.0,
        row=row,
        ranking=ranking([row] * 8 if row else ()),
        total=61.26,
        **values,
    )


def facts(
    found: CountryPage, doubt: CandidateDoubt | None = None, *, sees_rank: bool = True
) -> dict[str, tuple[str, str]]:
    shown = presenters.facts(GHANA, found, doubt, sees_rank=sees_rank)
    return {fact.term: (fact.value, fact.note) for fact in shown}


def test_the_office_sees_the_rank_of_a_score_with_its_interval() -> None:
    assert facts(page(), DOUBT) == {
        "Rank in the round": ("4 of 8", "3 to 7 in 90% of draws of data, weights, and method"),
        "Score": ("61.3", ""),
        "Need": ("70.0", ""),
        "Feasibility": ("50.0", ""),
        "Criteria not known": ("0", "all criteria are known"),
    }


def test_a_reviewer_sees_the_score_without_the_rank() -> None:
    assert facts(page(), replace(DOUBT, apart="High income."), sees_rank=False) == {
        "Score": ("61.3", "round Round 1"),
        "Need": ("70.0", ""),
        "Feasibility": ("50.0", ""),
        "Criteria not known": ("0", "all criteria are known"),
    }


@pytest.mark.parametrize(
    ("doubt", "fact"),
    [
        (DOUBT, ("Provisional", "place None; 3 to 7 in 90% of draws of data, weights, and method")),
        (replace(DOUBT, place=5), ("Provisional", "place 5; 3 to 7 in 90% of draws of data, weights, and method")),
        (replace(DOUBT, low=None), ("Provisional", "No figure of child labor.")),
    ],
)
def test_a_candidate_without_a_rank_has_a_place_or_the_reason(doubt: CandidateDoubt, fact: tuple[str, str]) -> None:
    row = replace(ROW, rank=None, reason="No figure of child labor.")
    found = facts(page(row), doubt)
    assert found["No rank"] == fact
    assert "Rank in the round" not in found


def test_rank_without_its_ranking_gives_no_total() -> None:
    assert facts(replace(page(), ranking=None), DOUBT)["Rank in the round"] == ("4 of 0", "3 to 7 in 90% of draws")


def test_a_rank_without_an_interval_has_no_note() -> None:
    assert facts(page(), replace(DOUBT, low=None))["Rank in the round"] == ("4 of 8", "")


@pytest.mark.parametrize(
    ("unrated", "filled", "fact"),
    [
        (2, 0, ("2", "2 not rated, drawn from 0 to 4")),
        (0, 3, ("3", "3 from similar countries")),
        (2, 3, ("5", "2 not rated, drawn from 0 to 4, 3 from similar countries")),
    ],
)
def test_criteria_that_are_not_known(unrated: int, filled: int, fact: tuple[str, str]) -> None:
    assert facts(page(), replace(DOUBT, unrated=unrated, filled=filled))["Criteria not known"] == fact


def test_office_sees_why_a_candidate_is_outside_the_screening_pool() -> None:
    found = facts(page(), replace(DOUBT, apart="High income."))
    assert found["Pool of the desk screen"] == ("Outside", "High income.")


@pytest.mark.parametrize("row", [None, ranking_row("GHA"), replace(ROW, rank=None)])
def test_without_a_score_the_known_facts_are_shown(row: RankingRow | None) -> None:
    GHANA.country.region = "Africa"
    assert facts(page(row)) == {"Region": ("Africa", "")}
    if row is None or row.score is None:
        assert facts(page(row), DOUBT) == {"Region": ("Africa", "")}


def program(**values: Any) -> USGProgram:
    return USGProgram(
        **{
            "pk": 4,
            "title": "Safe",
            "sector": "labor",
            "agency": "USAID",
            "implementer": "Save",
            "assessment": "Overlaps in the north.",
            **values,
        }
    )


def test_the_programs_show_the_assessment_to_those_who_may_see_it() -> None:
    office, reviewer = (
        {
            column.label: column
            for column in presenters.programs_table(GHANA.country, dt.date(2026, 11, 25), sees_assessment=sees).columns
        }
        for sees in (True, False)
    )
    assert list(office) == ["Program", "Sector", "Agency and implementer", "Days", "Amount", "Overlap"]
    assert list(reviewer) == list(office)[:-1]
    row = program(amount=5)
    assert office["Program"].value(row) == '<a href="/data/programs/4/">Safe</a>'
    assert office["Sector"].value(row) == row.get_sector_display()
    assert office["Overlap"].value(row) == "Overlaps in the north."
    by, detail = office["Agency and implementer"], office["Agency and implementer"].detail
    assert detail is not None
    assert (by.value(row), detail(row)) == ("USAID", "Save")
    assert [office["Amount"].value(program(amount=amount)) for amount in (5, 0, None)] == [5, 0, "Not known"]


# ---- timeline ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("because", "text"),
    [("", "Added to the pool"), ("income", "Left out: income above the limit of the rule")],
)
def test_a_move_in_the_timeline(because: str, text: str) -> None:
    assert queries._moved(CandidateMove(excluded_because=because)) == text


@pytest.mark.parametrize(
    ("hidden", "text"),
    [((), "Courts changed from rated 2 to rated 3"), (("courts",), "Courts: a rating was added or withdrawn")],
)
def test_changed_evidence_hides_ratings_the_reader_may_not_see_yet(hidden: tuple[str, ...], text: str) -> None:
    change = {"key": "courts", "label": "Courts", "before": "rated 2", "after": "rated 3"}
    assert queries._changed(change, hidden) == text


def test_a_move_without_a_person_is_by_the_rule() -> None:
    assert (queries._name(None), queries._name("ama")) == ("By the rule", "ama")


MOMENT = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)


def test_the_timeline_is_newest_first_and_names_withdrawals(monkeypatch: pytest.MonkeyPatch) -> None:
    def at(day: int) -> dt.datetime:
        return MOMENT + dt.timedelta(days=day)

    def rows(*found: Any) -> Any:
        return SimpleNamespace(select_related=lambda *_: found, defer=lambda *_: found)

    def rating(day: int, step: int | None, **values: Any) -> Any:
        usual = {"rater": "kofi", "rationale": "Cases", "withdrawn_because": "", "superseded_at": None}
        return SimpleNamespace(at=at(day), step=step, **{**usual, **values})

    changes = [
        {"key": "cpi", "label": "CPI", "before": "40", "after": "44"},
        {"key": "courts", "label": "Courts", "before": "rated 2", "after": "rated 3"},
    ]
    candidate = SimpleNamespace(
        moves=rows(CandidateMove(at=at(0), reason="By rule"), CandidateMove(at=at(9), excluded_because="by_hand")),
        evidence=rows(SimpleNamespace(at=at(1), number=2, changes=changes)),
        documents=rows(SimpleNamespace(at=at(2), title="Law", uploaded_by="ama", source="Ministry")),
    )
    found = SimpleNamespace(
        row=SimpleNamespace(label="Courts"),
        shown=[rating(4, 3), rating(5, None)],
        shown_earlier=[
            rating(3, 1, superseded_at=at(6), withdrawn_because="Another country"),
            rating(3, 0, superseded_at=at(7)),
        ],
    )
    monkeypatch.setattr(queries, "hidden_criteria", lambda *_: frozenset({"courts"}))
    monkeypatch.setattr(queries, "ratings_of", lambda *_: SimpleNamespace(criteria=[found]))
    events = queries.timeline(cast(Any, candidate), cast(Any, None))
    assert [(event.at.day, event.label, event.who, event.note) for event in events] == [
        (10, "Left out: removed by the office", "By the rule", ""),
        (7, "Withdrew a rating of Courts", "kofi", "Another country"),
        (6, "Rated Courts: not known", "kofi", "Cases"),
        (5, "Rated Courts: 3 of 4", "kofi", "Cases"),
        (4, "Rated Courts: 1 of 4", "kofi", "Cases"),
        (4, "Rated Courts: 0 of 4", "kofi", "Cases"),
        (3, "Document added: Law", "ama", "Ministry"),
        (2, "Evidence version 2", "", "CPI changed from 40 to 44; Courts: a rating was added or withdrawn"),
        (1, "Added to the pool", "By the rule", "By rule"),
    ]


def test_the_current_score_counts_if_it_includes_the_candidate() -> None:
    def candidate(run: Any) -> Any:
        newest = SimpleNamespace(run=run) if run else None
        rows = SimpleNamespace(
            order_by=lambda name: SimpleNamespace(first=lambda: newest if name == "-number" else None)
        )
        runs = SimpleNamespace(select_related=lambda *_: rows)
        return SimpleNamespace(round=SimpleNamespace(runs=runs), country=SimpleNamespace(code="GHA"))

    included, other, bare = (
        SimpleNamespace(inputs=inputs) for inputs in ({"candidates": ["CIV", "GHA"]}, {"candidates": ["CIV"]}, {})
    )
    found = [queries.current_run(candidate(run)) for run in (included, other, bare, None)]
    assert found == [included, None, None, None]
