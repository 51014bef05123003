"""Answers to questions, compared with the engine: the run unchanged, other weights, another pool, other evidence."""

from __future__ import annotations

import pytest
from django.conf import settings

from selection.model_definition.criteria_table import Stage, read
from selection.models import CountryStatus, ScoreRun
from selection.runs.queries.basis import Basis, basis_of
from selection.runs.rows import ranking_of
from selection.runs.services import compute_screen
from selection.scoring import Status, score
from selection.what_if.answer import NOTHING_WEIGHTED, Answer, answer, askable_of, taken_by
from selection.what_if.question import Question, QuestionError, from_dict
from selection.what_if.services import changed_by
from tests.support.questions import Asked, rescored

pytestmark = pytest.mark.world("ranking")

BASE_DIR = settings.BASE_DIR


@pytest.fixture
def basis(ranking: ScoreRun) -> Basis:
    found = basis_of(ranking)
    assert found is not None
    return found


def ask(basis: Basis, asked: Asked) -> Answer:
    return answer(basis, from_dict(asked.to_dict(), askable_of(basis)))


def test_the_question_of_the_run_itself_gives_the_run(ranking: ScoreRun, basis: Basis) -> None:
    found = answer(basis, Question(), ranking.draws)
    known = 0
    for row in ranking_of(ranking).rows:
        one = found.by_code.get(row.code)
        if one is None:
            assert row.status in (CountryStatus.NOT_LISTED, CountryStatus.NOT_CANDIDATE)
            continue
        known += 1
        assert (one.status, one.rank, one.place) == (row.status, row.rank, row.place)
        for of_answer, of_run in ((one.score, row.score), (one.need, row.need), (one.feasibility, row.feasibility)):
            assert of_answer == pytest.approx(of_run, abs=1e-9)
        if one.chances is not None:
            ends = (one.chances.low, one.chances.median, one.chances.high)
            assert ends == (row.low, row.median, row.high)
            assert one.chances.p20 == pytest.approx(row.p20, abs=1e-4)
            if row.rank is not None:
                assert one.chances.p10 == pytest.approx(row.p10, abs=1e-4)
    assert known == len(found.rows)
    assert len(found.ranked) == 30


@pytest.mark.parametrize(
    "asked",
    [
        Asked({"need": 80, "feasibility": 20}),
        Asked({"prevalence": 0, "child_labour": 100, "marriage": 0, "births": 0}),
        Asked({"political_rights": 0, "civil_liberties": 0, "cpi": 0}),
        Asked({"tier": 5}, ("tier3", "high_income", "partnership", "special_case")),
        Asked(let_in=("tier3",), evidence={"E2": 5, "E1": "off"}),
        Asked(evidence={"E1": "off", "E2": "off", "E3": "off", "E4": "off", "E5": "off"}),
        Asked(evidence={"E2": 1, "E3": 1, "E4": 1}),
    ],
)
def test_a_question_is_answered_as_the_engine_scores_the_changed_model(basis: Basis, asked: Asked) -> None:
    found, result = ask(basis, asked), rescored(basis, asked)
    for i, code in enumerate(result.countries):
        one = found.by_code[code]
        assert (one.status, one.rank) == (result.statuses[i], int(result.ranks[i]) or None), code
        if one.rank is not None:
            assert one.score == pytest.approx(100 * result.scores[i], abs=1e-9)


def test_a_drafted_model_gives_the_list_that_was_asked_for(basis: Basis) -> None:
    asked = Asked({"need": 70, "feasibility": 30, "will": 1} | {"tier": 20, "ilab": 80}, (), {"E1": "off", "E2": 10})
    weights = {key: value for key, value in asked.weights.items() if key != "will"}
    question = from_dict(Asked(weights, (), asked.evidence).to_dict(), askable_of(basis))
    table = type(basis.table).from_dict(changed_by(question, askable_of(basis))(basis.table.to_dict()))
    result = score(basis.snapshot, table.model(Stage.SCREEN), draws=0)
    found = answer(basis, question)
    assert [int(rank) or None for rank in result.ranks] == [row.rank for row in found.rows]
    rules = {rule["key"]: rule for rule in (table.method or {})["rules"]}
    assert "E1" not in rules
    assert (rules["E2"]["within"], "within 10 years" in rules["E2"]["lacking"]) == (10, True)
    # What only the full score counts keeps its points, and the group keeps its sum.
    of_will = {row.key: row.weight for row in table.criteria if row.node == "political_will"}
    was = {row.key: row.weight for row in basis.table.criteria if row.node == "political_will"}
    assert of_will["prosecution"] == was["prosecution"]
    assert of_will["tier"] + of_will["ilab"] == pytest.approx(was["tier"] + was["ilab"])
    assert of_will["ilab"] == pytest.approx(4 * of_will["tier"])


def test_each_option_gives_the_ranks_that_the_run_found_for_it(ranking: ScoreRun, basis: Basis) -> None:
    """The run ranks every single change of a choice; a question fixes the same one."""
    choices = {choice.key: choice for choice in askable_of(basis).choices}
    assert "balance" not in choices  # it sets weights, which are asked for themselves
    codes = [row.code for row in answer(basis, Question()).ranked]
    tried = 0
    for choice, option, ranks in ranking.result["drawn"]["singles"]:
        if choice in choices:
            found = answer(basis, Question(options={choice: option}))
            assert [found.by_code[code].rank for code in codes] == ranks, (choice, option)
            tried += 1
    assert tried == sum(len(choice.options) - 1 for choice in choices.values())


def test_an_option_holds_in_all_draws_and_the_other_choices_vary(basis: Basis) -> None:
    found = taken_by(basis, Question(options={"root": "arithmetic"}))
    counts = {choice.key: len(choice.options) for choice in found.choices}
    assert counts == {
        "prevalence": 4,
        "child_labour": 3,
        "scale": 2,
        "tier": 2,
        "root": 1,
        "axes": 2,
        "need_weights": 2,
        "balance": 3,
    }
    assert {option.key for choice in found.choices for option in choice.options if choice.key == "root"} == {
        "arithmetic"
    }
    assert [choice.options[0].key for choice in found.fixed if choice.key in ("root", "axes")] == [
        "arithmetic",
        "scaled",
    ]


@pytest.mark.parametrize(
    ("weights", "free"),
    [
        ({}, {"need_weights", "balance"}),
        ({"births": 40.0}, {"balance"}),
        ({"need": 70.0}, {"need_weights"}),
        ({"need": 70.0, "births": 0.0}, set()),
        ({"tier": 40.0}, {"need_weights", "balance"}),
    ],
)
def test_an_option_sets_no_weights_of_a_group_that_the_question_changes(
    basis: Basis, weights: dict[str, float], free: set[str]
) -> None:
    found = taken_by(basis, Question(weights))
    setting = {choice.key for choice in found.choices if any(option.weights for option in choice.options)}
    assert setting == free
    assert [len(choice.options) for choice in found.choices][-2:] == [2, 3]  # the designs are as many as before


def test_draws_without_designs_are_those_of_data_and_weights(ranking: ScoreRun, basis: Basis) -> None:
    found = answer(basis, Question(), ranking.draws, designs=False)
    inner = ranking.result["drawn"]["all_in"]["inner"]
    ends = [[row.chances.low, row.chances.median, row.chances.high] for row in found.ranked if row.chances]
    assert ends == inner["intervals"]
    assert [row.chances.p20 for row in found.ranked if row.chances] == pytest.approx(inner["within"], abs=1e-4)


def test_held_labels_change_no_rank_but_the_draws(ranking: ScoreRun, basis: Basis) -> None:
    settled = ranking.result["drawn"]["all_in"]["settled"]
    assert [item.key for item in askable_of(basis).overdue] == ["tier"]
    found = answer(basis, Question(held=frozenset({"tier"})), ranking.draws)
    assert found.ranks == answer(basis, Question()).ranks
    ends = [[row.chances.low, row.chances.median, row.chances.high] for row in found.ranked if row.chances]
    assert ends == settled["intervals"]


def test_a_run_of_version_3_has_no_choices_and_its_own_draws(ranking: ScoreRun) -> None:
    run = compute_screen(actor=None, table=read(BASE_DIR / "selection/reference/former/default_model_3.json"))
    basis = basis_of(run)
    assert basis is not None
    askable = askable_of(basis)
    assert (askable.choices, askable.overdue) == ((), ())
    found = answer(basis, Question(), run.draws)
    rows = {row.code: row for row in ranking_of(run).ranked}
    for one in found.ranked:
        assert one.chances is not None
        row = rows[one.code]
        assert (one.chances.low, one.chances.median, one.chances.high) == (row.low, row.median, row.high)
    with pytest.raises(QuestionError, match="This run has no choice “root”"):
        from_dict({"options": {"root": "arithmetic"}}, askable)


def test_nothing_weighted_has_no_answer(basis: Basis) -> None:
    found = ask(basis, Asked({"need": 0, "feasibility": 0}))
    assert (found.error, found.rows) == (NOTHING_WEIGHTED, ())


@pytest.mark.parametrize(
    "weights",
    [{"need": 0}, {"prevalence": 0, "child_labour": 0, "marriage": 0, "births": 0}, {"feasibility": 100, "need": 0}],
)
def test_ranking_by_one_axis_is_explained(basis: Basis, weights: dict[str, float]) -> None:
    found = ask(basis, Asked(weights))
    assert found.lone == "feasibility"
    order = [row.feasibility for row in found.ranked]
    assert order == sorted(order, key=lambda value: -(value or 0.0))


def test_admitted_countries_get_their_displayed_positions(ranking: ScoreRun, basis: Basis) -> None:
    found = ask(basis, Asked(let_in=("tier3",)))
    places = {row.code: row.place for row in ranking_of(ranking).others if row.reason_code == "tier3"}
    joined = [row for row in found.ranked if row.code in places]
    assert joined
    for above, row in enumerate(joined):
        assert row.rank == (places[row.code] or 0) + above
    assert found.count(Status.OUTSIDE_POOL) == answer(basis, Question()).count(Status.OUTSIDE_POOL) - len(places)


def test_other_weights_never_change_who_is_ranked(basis: Basis) -> None:
    usual = answer(basis, Question())
    found = ask(basis, Asked({"prevalence": 0, "cpi": 100}))
    assert [row.status for row in found.rows] == [row.status for row in usual.rows]


def test_draws_of_other_weights_differ_from_the_run(basis: Basis) -> None:
    question = from_dict(Asked({"need": 100, "feasibility": 0}).to_dict(), askable_of(basis))
    found, usual = (answer(basis, one, 500) for one in (question, Question()))
    assert all(row.chances for row in found.ranked)
    assert [row.chances for row in found.rows] != [row.chances for row in usual.rows]
    assert sum(row.chances.p20 for row in found.ranked if row.chances) == pytest.approx(20, abs=0.5)
