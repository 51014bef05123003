"""Values of a country set or withdrawn by a question: what may be asked, what moves, and the same in the browser."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from cpc.accounts.models import User
from selection.models import ScoreRun
from selection.runs.queries.basis import Basis, basis_of
from selection.scoring import Status
from selection.what_if.answer import Answer, answer, askable_of
from selection.what_if.changed_basis import changed
from selection.what_if.payload import payload
from selection.what_if.question import Question, QuestionError, from_dict, from_query, names_of
from tests.support import node

pytestmark = pytest.mark.world("newcomer")


@pytest.fixture
def basis(newcomer: ScoreRun) -> Basis:
    found = basis_of(newcomer)
    assert found is not None
    return found


@pytest.fixture
def viewer(newcomer: ScoreRun) -> Client:
    client = Client()
    client.force_login(User.objects.get(username="viewer"))
    return client


def asked(basis: Basis, **given: str | list[str]) -> Question:
    """Read a question; the names of its parameters have __ for -."""
    values = {name.replace("__", "-"): texts if isinstance(texts, list) else [texts] for name, texts in given.items()}
    return from_query(values, askable_of(basis))


def ask(basis: Basis, **given: str | list[str]) -> Answer:
    return answer(basis, asked(basis, **given))


def test_changes_are_written_to_a_url_and_to_a_scenario_and_read_again(basis: Basis) -> None:
    question = asked(
        basis,
        value__KEN__births=" 48.00004 ",
        value__KEN__tier="Tier 1",
        value__GHA__cpi="",
        without__KEN__child_labour=["working", "activity"],
    )
    assert question.pairs() == [
        ("value-KEN-births", "48"),
        ("value-KEN-tier", "Tier 1"),
        ("without-KEN-child_labour", "activity"),
        ("without-KEN-child_labour", "working"),
    ]
    plain = {
        "KEN": {"values": {"births": 48.0, "tier": "Tier 1"}, "without": {"child_labour": ["activity", "working"]}}
    }
    assert question.to_dict()["changes"] == plain
    assert from_dict(question.to_dict(), askable_of(basis)) == question
    assert not question.is_official
    assert asked(basis, value__GHA__cpi="").is_official


@pytest.mark.parametrize(
    ("name", "given", "message"),
    [
        ("value-ABC-births", "4", "This run has no country “ABC”."),
        ("value-KEN-wealth", "4", "This run has no figure “wealth” to change."),
        ("value-KEN", "4", "names no country and figure"),
        ("value-KEN-births", "many", "Enter a number from 0 to 100."),
        ("value-KEN-births", "100.1", "Births not registered is “100.1”. Enter a number from 0 to 100."),
        ("value-KEN-births", "nan", "Enter a number from 0 to 100."),
        ("value-KEN-prevalence", "0", "Enter a number from 0.001 to 1,000,000."),
        ("value-KEN-tier", "Tier 4", "Use one of: Tier 3, Tier 2 Watch List, Tier 2, Tier 1."),
        ("without-KEN-births", "mics", "Births not registered has no series “mics”. Use one of: own."),
        ("without-KEN-tier", "all", "decides which countries are in the pool"),
    ],
)
def test_what_a_run_does_not_have_is_an_error_that_names_the_remedy(
    basis: Basis, viewer: Client, name: str, given: str, message: str
) -> None:
    with pytest.raises(QuestionError, match=message.replace(".", r"\.")):
        from_query({name: [given]}, askable_of(basis))
    page = viewer.get("/ranking/what-if/", {name: given, "format": "csv"})
    assert page.status_code == 400


@pytest.mark.parametrize("limit", ["0", "100"])
def test_the_ends_of_a_share_may_be_set(basis: Basis, limit: str) -> None:
    assert asked(basis, value__KEN__births=limit).changes["KEN"].values == {"births": float(limit)}


def test_plain_data_of_another_shape_is_refused(basis: Basis) -> None:
    shapes: tuple[Any, ...] = ([], {"KEN": []}, {"KEN": {"births": 4}}, {"KEN": {"values": []}})
    for shape in shapes:
        with pytest.raises(QuestionError, match="as values and without"):
            from_dict({"changes": shape}, askable_of(basis))


def test_a_set_value_moves_its_country_alone(basis: Basis) -> None:
    before, after = answer(basis, Question()), ask(basis, value__KEN__births="48.3")
    assert after.by_code["KEN"].score != before.by_code["KEN"].score
    assert [row for row in after.rows if row.code != "KEN" and row.score != before.by_code[row.code].score] == []
    # Though gaps are filled from peers at each level of an option, they are still filled from the run's own values.
    by_log, changed_by_log = ask(basis, take__scale="log"), ask(basis, take__scale="log", value__KEN__births="48.3")
    moved = {row.code for row in changed_by_log.rows if row.score != by_log.by_code[row.code].score}
    assert moved == {"KEN"}


def test_a_value_set_to_that_of_the_run_gives_its_score(basis: Basis) -> None:
    cells, i = basis.cells["births"], basis.result.snapshot.position["KEN"]
    share = float(cells.criterion.estimate.scale.back(cells.best)[i])  # type: ignore[union-attr]  # it has an estimate
    score = ask(basis, value__KEN__births=str(share)).by_code["KEN"].score
    assert score == pytest.approx(answer(basis, Question()).by_code["KEN"].score, abs=1e-3)


def test_a_withdrawn_value_is_as_the_page_of_the_country_has_it(basis: Basis) -> None:
    row = ask(basis, without__KEN__prevalence=["gsi_2018", "gsi_2023"]).by_code["KEN"]
    assert (row.status, row.rank, row.fails) == (Status.PROVISIONAL, None, ("E1",))


def test_a_published_value_gives_a_rank_and_a_tier_the_pool(basis: Basis) -> None:
    assert ask(basis).by_code["BLZ"].status == Status.PROVISIONAL
    assert ask(basis, value__BLZ__prevalence="8").by_code["BLZ"].status == Status.RANKED
    # The rules of the pool are asked in their order: a tier alone, then the income class.
    assert ask(basis, value__BLR__tier="Tier 2").by_code["BLR"].status == Status.RANKED
    assert ask(basis, value__BLR__tier="Tier 2", value__BLR__income="H").by_code["BLR"].rank is None
    out = ask(basis, value__KEN__tier="Tier 3")
    assert out.by_code["KEN"].status == Status.OUTSIDE_POOL
    assert ask(basis, value__KEN__tier="Tier 3", pool="tier3").by_code["KEN"].rank is not None
    assert ask(basis, value__COL__tier="Tier 1").by_code["COL"].status == Status.OUTSIDE_POOL  # its partnership stays


def test_draws_are_not_offered_for_changed_values(viewer: Client) -> None:
    answered = viewer.get("/ranking/what-if/?value-KEN-births=48&draws=1")
    assert answered.status_code == 400


QUESTIONS = (
    {"value__KEN__births": "48.3"},
    {"value__KEN__tier": "Tier 3"},
    {"value__KEN__tier": "Tier 3", "pool": "tier3"},
    {"value__BLR__tier": "Tier 1"},
    {"value__BLZ__prevalence": "8", "w__need": "60", "w__feasibility": "40"},
    {"without__KEN__child_labour": "activity", "value__KEN__ilab": "Moderate Advancement"},
    {"value__KEN__births": "48.3", "take__scale": "log", "take__tier": "merged"},
    {"without__UGA__prevalence": ["gsi_2018", "gsi_2023"], "off": "E1"},
)


@pytest.mark.parametrize("given", QUESTIONS, ids=lambda given: "&".join(given))
def test_the_browser_ranks_as_the_server(basis: Basis, newcomer: ScoreRun, given: dict[str, Any]) -> None:
    question = asked(basis, **given)
    sent = {"payload": payload(changed(basis, question), newcomer), "asked": question.to_dict()}
    script = """
    const data = module.prepare(given.payload);
    const found = module.rank(data, {options: {}, ...given.asked});
    return found.rows.map((row) => [row.status, row.rank, row.place, row.score]);
    """
    for row, (status, rank, place, score) in zip(
        answer(basis, question).rows, node.call("what_if/kernel.js", script, sent), strict=True
    ):
        assert (status, rank, place) == (row.status, row.rank, row.place), row.code
        assert score == (None if row.score is None else pytest.approx(row.score, abs=1e-9))


def test_names_beside_the_changes_are_still_checked(basis: Basis) -> None:
    assert not any(name.startswith(("value-", "without-")) for name in names_of(askable_of(basis)))
