"""Figures, rows, and cells of a round as text."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import pytest

from cpc.accounts.models import User
from cpc.web import charts
from indicators.models import Country
from selection.candidates.queries import CandidateDoubt, RoundPage, ScoredCandidate
from selection.model_definition.statutory_criteria import Condition, StatutoryAnswer, StatutoryCriterion
from selection.models import Candidate, CandidateMove, RoundRun, RoundState, ScoringModel, SelectionRound
from selection.notes.views import closed_reason
from selection.rounds import presenters
from selection.runs.rows import Ranking, RankingRow
from tests.support.rows import ranking, ranking_row

MOMENT = dt.datetime(2026, 11, 24, 9, 30, tzinfo=dt.UTC)
DOUBT = CandidateDoubt(place=None, low=3, high=7, first=0.25, unrated=0, filled=0, apart="")
FOUND = SelectionRound(
    pk=7,
    title="Round 1",
    fiscal_year=2027,
    state="scoring",
    as_of=41,
    as_of_at=MOMENT,
    at=MOMENT,
    model=ScoringModel(pk=3, title="Default", number=2),
)
KNOWN = {"model_id": 3}


def candidate(code: str, name: str = "", **values: Any) -> Candidate:
    return Candidate(pk=ord(code[0]), country=Country(code=code, name=name or code), **values)


def scored(code: str, row: RankingRow | None = None, doubt: CandidateDoubt | None = None) -> ScoredCandidate:
    return ScoredCandidate(candidate(code, f"Land {code}"), row, doubt)


def ranked(code: str, rank: int, **values: Any) -> RankingRow:
    return ranking_row(code, rank=rank, **{"low": rank, "high": rank + 2, "need": 40.0, "feasibility": 60.0, **values})


def provisional(code: str, **values: Any) -> RankingRow:
    return ranking_row(code, status="provisional", reason="Child labor is not measured.", **values)


def page(*candidates: ScoredCandidate, made: Ranking | None = None, run: bool = True, **values: Any) -> RoundPage:
    empty: dict[str, Any] = {"steps": (), "left_out": (), "newer": 0}
    return RoundPage(
        round=FOUND,
        candidates=candidates,
        ranking=made,
        runs=(RoundRun(number=4),) if run else (),
        **{**empty, **values},
    )


# ---- figures -------------------------------------------------------------------------------------------------------


def figures(found: RoundPage) -> dict[str, tuple[str, str]]:
    return {fact.term: (fact.value, fact.note) for fact in presenters.facts(found)}


def test_the_figures_of_a_round_before_its_score() -> None:
    assert figures(page(run=False)) == {
        "Candidates": ("None yet", "0 left out"),
        "With a rank": ("\N{EN DASH}", "not scored yet"),
        "Evidence": ("No. 41", "the newest"),
        "Model": ("Version 2", "Default"),
    }


def test_the_figures_of_a_scored_round() -> None:
    found = page(
        scored("GHA", ranked("GHA", 1)),
        scored("CIV", ranked("CIV", 2)),
        scored("XKX", provisional("XKX")),
        scored("PER", ranking_row("PER")),
        scored("TCD"),
        left_out=(("Not listed", 3), ("Barred", 2)),
    )
    assert figures(found) == {
        "Candidates": ("5", "5 left out"),
        "With a rank": ("2", "score 4, 1 provisional"),
        "Meet the statute": ("0 of 5", "both criteria of 7103a(d)(5)"),
        "Evidence": ("No. 41", "the newest"),
        "Model": ("Version 2", "Default"),
    }
    assert figures(page(scored("GHA", ranked("GHA", 1))))["With a rank"] == ("1", "score 4")


def criterion(answer: StatutoryAnswer, key: str = "minimum_standards") -> StatutoryCriterion:
    condition = Condition(cast(Any, SimpleNamespace(label="Courts")), "at 3 or more", None, answer)
    return StatutoryCriterion(key, "Prosecutes", "22 U.S.C. 7103a", "Why", 1, (condition,), answer)


MET, NOT_MET, NOT_KNOWN = (criterion(answer) for answer in StatutoryAnswer)


@pytest.mark.parametrize(
    ("criteria", "count"),
    [
        ((), 0),
        ((MET,), 1),
        ((MET, MET), 1),
        ((MET, NOT_MET), 0),
        ((NOT_KNOWN, MET), 0),
        ((NOT_MET, NOT_MET), 0),
    ],
)
def test_a_candidate_meets_the_statute_by_every_criterion(criteria: tuple[StatutoryCriterion, ...], count: int) -> None:
    found = page(scored("GHA"), scored("CIV"), statutory_criteria={ord("G"): criteria})
    assert figures(found)["Meet the statute"][0] == f"{count} of 2"


@pytest.mark.parametrize(
    ("count", "text"), [(0, "the newest"), (1, "1 newer publication"), (2, "2 newer publications")]
)
def test_the_figure_of_the_evidence_counts_newer_publications(count: int, text: str) -> None:
    assert figures(page(newer=count))["Evidence"][1] == text


def test_badges_of_statutory_criteria() -> None:
    assert presenters.statutory_badges(
        [criterion(StatutoryAnswer.MET), criterion(StatutoryAnswer.NOT_KNOWN, "will")]
    ) == [
        ("good", "Minimum standards met", "Prosecutes (22 U.S.C. 7103a): met. Courts at 3 or more"),
        ("unknown", "Will not known", "Prosecutes (22 U.S.C. 7103a): not known. Courts at 3 or more"),
    ]
    assert presenters.statutory_badges([criterion(StatutoryAnswer.NOT_MET)])[0][:2] == (
        "bad",
        "Minimum standards not met",
    )


@pytest.mark.parametrize(
    ("today", "year"),
    [(dt.date(2026, 9, 30), 2027), (dt.date(2026, 10, 1), 2028), (dt.date(2026, 12, 31), 2028)],
)
def test_a_new_round_is_for_the_next_fiscal_year(today: dt.date, year: int) -> None:
    usual = presenters.usual(today)
    assert (usual["fiscal_year"], usual["reference_date"], usual["only"]) == (year, today, "")
    assert usual["income_classes"] == ["L", "LM", "UM"]


# ---- rows ----------------------------------------------------------------------------------------------------------


def row(found: ScoredCandidate, **values: Any) -> dict[str, Any]:
    made = ranking([one for one in (found.row,) if one is not None])
    return presenters.row(found, page(found, made=made, **values))


@pytest.mark.parametrize(
    ("made", "doubt", "text"),
    [
        (ranked("GHA", 4, low=2, high=9), None, "2\N{EN DASH}9"),
        (ranked("GHA", 4, low=2, high=9), DOUBT, "3\N{EN DASH}7"),
        (ranked("GHA", 4, low=None, high=None), None, "\N{EN DASH}"),
        (ranked("GHA", 4, low=2, high=9), replace(DOUBT, low=None), "\N{EN DASH}"),
        (provisional("GHA"), DOUBT, "place 3\N{EN DASH}7"),
        (provisional("GHA"), None, "\N{EN DASH}"),
    ],
)
def test_the_interval_of_ranks(made: RankingRow, doubt: CandidateDoubt | None, text: str) -> None:
    assert row(scored("GHA", made, doubt))["interval"] == text


@pytest.mark.parametrize(
    ("made", "doubt", "text"),
    [
        (ranked("GHA", 4), None, ""),
        (ranked("GHA", 4), DOUBT, ""),
        (ranked("GHA", 4), replace(DOUBT, apart="High income."), "Outside the pool of the desk screen: High income."),
        (provisional("GHA"), None, "Provisional: Child labor is not measured."),
        (provisional("GHA"), DOUBT, "Provisional: Child labor is not measured."),
        (
            provisional("GHA"),
            replace(DOUBT, place=5),
            "Provisional, would rank 5: Child labor is not measured.",
        ),
        (ranking_row("GHA", status="not_scored", reason="No figure."), None, "No figure."),
        (
            ranking_row("GHA", status="not_scored", reason="No figure."),
            replace(DOUBT, place=5, apart="High income."),
            "No figure. Outside the pool of the desk screen: High income.",
        ),
    ],
)
def test_the_caveats_of_a_candidate(made: RankingRow, doubt: CandidateDoubt | None, text: str) -> None:
    assert row(scored("GHA", made, doubt))["note"] == text


@pytest.mark.parametrize(
    ("doubt", "text"),
    [
        (None, ""),
        (DOUBT, "all known"),
        (replace(DOUBT, unrated=1), "1 not rated"),
        (replace(DOUBT, filled=2), "2 from similar countries"),
        (replace(DOUBT, unrated=3, filled=1), "3 not rated, 1 from similar countries"),
    ],
)
def test_the_criteria_without_a_value(doubt: CandidateDoubt | None, text: str) -> None:
    found = row(scored("GHA", ranked("GHA", 4), doubt))
    assert (found["unknown"], found["first"]) == (text, doubt and 0.25)


def test_a_row_shows_both_axes_and_the_interval_of_the_rank() -> None:
    found = scored("GHA", ranked("GHA", 4, score=50.0))
    shown = row(found)
    assert "25.6" in shown["need_bar"]
    assert "38.4" in shown["feasibility_bar"]
    assert shown["need_bar"] != shown["feasibility_bar"]
    ten = ranking([ranked(str(rank), rank) for rank in range(1, 11)])
    assert presenters.row(found, page(found, made=ten))["interval_mark"] == charts.rank_interval(4, 4, 6, 10)
    assert row(scored("GHA", ranking_row("GHA")))["interval_mark"] == ""


def test_a_row_has_the_badges_and_the_desk_rank_of_its_own_candidate() -> None:
    found = row(
        scored("GHA", ranked("GHA", 4, tier="2")),
        statutory_criteria={ord("G"): (MET,), ord("C"): (NOT_MET,)},
        screen_ranks={"GHA": 11, "CIV": 3},
    )
    assert ([badge.kind for badge in found["badges"]], found["screen"], found["name"]) == (["good"], 11, "Land GHA")
    assert found["candidate"].country.code == "GHA"
    assert row(scored("PER", ranked("PER", 4)), screen_ranks={"GHA": 11})["screen"] is None


def test_a_row_marks_a_tier_that_is_not_confirmed() -> None:
    stated, unconfirmed = (
        str(row(scored("GHA", ranked("GHA", 4, tier="Tier 2", tier_quality=quality)))["tier"])
        for quality in ("stated", "unconfirmed")
    )
    assert "Tier 2" in stated
    assert "Tier 2" in unconfirmed
    assert stated != unconfirmed


def test_a_row_without_a_score_is_short() -> None:
    for found, made in ((scored("GHA"), ranking()), (scored("GHA", ranked("GHA", 1)), None)):
        shown = presenters.row(found, page(found, made=made))
        assert set(shown) == {"candidate", "row", "name", "badges", "screen"}


def test_need_is_plotted_against_feasibility_from_two_ranked_candidates_on() -> None:
    one = [ranked("GHA", 1, score=50.0)]
    two = [*one, ranked("CIV", 2, score=40.0)]
    assert presenters.scatter(page()) is None
    assert presenters.scatter(page(made=ranking(one))) is None
    assert presenters.scatter(page(made=ranking(two))) is not None


# ---- tables --------------------------------------------------------------------------------------------------------

ROUNDS = {column.label: column for column in presenters.ROUNDS.columns}


def rounds_cell(label: str, found: SelectionRound) -> str:
    return str(ROUNDS[label].value(found))


def detail(label: str, found: SelectionRound) -> str:
    text = ROUNDS[label].detail
    assert text is not None
    return str(text(found))


def in_state(state: str, **values: Any) -> SelectionRound:
    found = SelectionRound(
        pk=7, title="Round 1", fiscal_year=2027, state=state, as_of=41, at=MOMENT, model=FOUND.model, **values
    )
    found.pool_size = 12  # type: ignore[attr-defined]  # an annotation of the query
    return found


def test_a_round_in_the_list_leads_to_its_page_and_to_its_model() -> None:
    found = in_state("scoring")
    assert rounds_cell("Round", found) == '<a href="/rounds/7/">Round 1</a>'
    assert detail("Round", found) == "FY 2027"
    assert rounds_cell("Model", found) == '<a href="/models/3/">Default, version 2</a>'
    assert rounds_cell("Evidence", found) == "No. 41"


@pytest.mark.parametrize(
    ("state", "kind", "label", "size"),
    [
        ("draft", "none", "Draft", None),
        ("screening", "info", "Screening", 12),
        ("scoring", "info", "Scoring", 12),
        ("consultation", "info", "Consultation", 12),
        ("deliberation", "info", "Deliberation", 12),
        ("decided", "good", "Decided", 12),
        ("archived", "none", "Archived", 12),
    ],
)
def test_the_state_and_the_size_of_a_round(state: str, kind: str, label: str, size: int | None) -> None:
    found = in_state(state)
    shown = rounds_cell("State", found)
    assert label in shown
    assert f"c-status--{kind}" in shown
    assert ROUNDS["Candidates"].value(found) == size


def test_every_state_of_a_round_has_a_mark() -> None:
    assert set(presenters.STATE_MARKS) == set(RoundState)


@pytest.mark.parametrize(
    ("state", "phrase"),
    [("draft", "in draft"), ("deliberation", "in deliberation"), ("decided", "decided"), ("archived", "archived")],
)
def test_only_an_open_round_is_in_its_state(state: str, phrase: str) -> None:
    assert in_state(state).state_phrase == phrase
    assert closed_reason(in_state(state)) == f"The round is {phrase}, so its notes can't change."


def test_list_of_rounds_shows_the_date_of_evidence_and_who_opened_each() -> None:
    later = MOMENT + dt.timedelta(days=5)
    found = in_state("scoring", as_of_at=later, opened_by=User(username="ama"))
    assert "Nov 29, 2026" in detail("Evidence", found)
    assert detail("Evidence", in_state("scoring")) == ""
    assert "Nov 24, 2026" in rounds_cell("Opened", found)
    assert detail("Opened", found) == str(found.opened_by)
    assert detail("Opened", in_state("scoring")) == "by the system"


def pool_row(*moves: CandidateMove, **values: Any) -> Candidate:
    row = candidate("GHA", "Ghana", **values)
    row._prefetched_objects_cache = {"moves": moves}  # type: ignore[attr-defined]  # as a prefetch does
    return row


def moved_by(username: str, day: int) -> CandidateMove:
    return CandidateMove(actor=User(username=username), at=dt.datetime(2026, 11, day, tzinfo=dt.UTC))


def pool_cells(row: Candidate, *, may_move: bool = True) -> dict[str, str]:
    table = presenters.pool_table(FOUND, may_move=may_move)
    return {column.label: str(column.value(row)) for column in table.columns}


@pytest.mark.parametrize(
    ("because", "status", "change"),
    [
        ("", "In the pool", "Remove"),
        ("income", "Income above the limit of the rule", "Add"),
        ("by_hand", "Removed by the office", "Add"),
        ("not_candidate", "Not a candidate", None),
        ("not_listed", "Not listed in the TIP Report", None),
    ],
)
def test_a_country_of_the_pool_is_moved_unless_no_one_can(because: str, status: str, change: str | None) -> None:
    cells = pool_cells(pool_row(excluded_because=because, reason="Why"))
    link = f'<a href="/rounds/7/pool/GHA/">{change}<span class="u-sr">: Ghana</span></a>'
    assert cells["Country"] == '<a href="/countries/GHA/">Ghana</a>'
    assert status in cells["Status"]
    assert ("c-status--good" in cells["Status"]) is (because == "")
    assert cells["Change"] == (link if change else "None")
    assert cells["Why"] == "Why"


def test_pool_member_meets_the_rule_and_only_permitted_accounts_see_the_link() -> None:
    cells = pool_cells(pool_row(), may_move=False)
    assert cells["Why"] == "Meets the rule."
    assert "Change" not in cells


def test_the_newest_move_by_hand_is_named() -> None:
    text = cast(Any, presenters.pool_table(FOUND, may_move=False).columns[2].detail)
    first, last = moved_by("ama", 3), moved_by("kofi", 9)
    assert text(pool_row(first, last, by_hand=True)).startswith("By hand, kofi, ")
    assert "Nov 9, 2026" in text(pool_row(first, last, by_hand=True))
    assert text(pool_row(first, last)) == ""
    assert text(pool_row(by_hand=True)) == ""


def test_blocked_steps_are_those_with_errors(monkeypatch: pytest.MonkeyPatch) -> None:
    from cpc.findings import Finding

    on = dt.date(2026, 11, 25)
    wrong, odd = Finding.error("pool_empty", "Empty."), Finding.warning("position_stale", "Old.")
    monkeypatch.setattr(
        presenters,
        "ROUND_CHECKS",
        {"screen": (lambda _found, day: [wrong, odd] if day == on else [],), "archive": (lambda *_: [odd],)},
    )
    steps = [SimpleNamespace(name=name, label=name.title()) for name in ("screen", "archive", "decide")]
    assert presenters.blocking_findings(FOUND, cast(Any, steps), on) == [("Screen", [wrong])]
