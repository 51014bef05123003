"""Official ranks and draws of the What if scripts against the server, run in Node on the reference run."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
import pytest
from django.conf import settings

from selection.model_definition.criteria_table import read
from selection.models import ScoreRun
from selection.runs.queries.basis import Basis, basis_of
from selection.runs.services import compute_screen
from selection.scoring.robustness.mix import mix_of
from selection.what_if.answer import Answer, answer, askable_of, taken_by
from selection.what_if.designs import cells_of
from selection.what_if.laws import tables
from selection.what_if.payload import payload
from selection.what_if.question import from_dict
from tests.support import node
from tests.support.questions import Asked, given_draws

pytestmark = pytest.mark.world("newcomer")

QUESTIONS = (
    Asked(),
    Asked(options={"child_labour": "own_first"}),
    Asked(options={"prevalence": "gsi_2018", "scale": "log"}),
    Asked(options={"axes": "percentiles", "root": "arithmetic"}),
    Asked({"need": 60, "feasibility": 40}, ("partnership", "tier3"), {"E2": 20, "E1": "off"}, {"axes": "percentiles"}),
    Asked(options={"tier": "merged", "child_labour": "newest"}, held=("tier",)),
    Asked({"prevalence": 50, "tier": 10}),
    Asked({"tier": 0, "governance": 0, "development": 0}),  # three countries lack all that is left of an axis
    Asked({"need": 0}),
)
SHARE, END = 0.02, 3
"""The most by which shares and interval ends of two samples of 10,000 draws may differ."""

FILES = "const data = module.prepare(given.payload);"
TABLES = f"{FILES} const laws = module.readTables(data, new Uint8Array(Buffer.from(given.tables, 'base64')).buffer);"
ANSWERS = f"""{TABLES}
const names = ['low', 'median', 'high', 'p20'];
const plain = (found) => Object.fromEntries(names.map((name) => [name, [...found[name]]]));
return given.asked.map((asked) => ({{
  rows: module.rank(data, asked).rows,
  drawn: [true, false].map((designs) => plain(module.draw(data, laws, asked, {{ designs }}))),
}}));
"""


@pytest.fixture
def basis(newcomer: ScoreRun) -> Basis:
    found = basis_of(newcomer)
    assert found is not None
    return found


def test_browser_ranks_equal_the_servers_and_draws_agree(basis: Basis, newcomer: ScoreRun) -> None:
    asked = [one.to_dict() for one in QUESTIONS]
    given = {"payload": payload(basis, newcomer), "tables": base64.b64encode(tables(basis)).decode(), "asked": asked}
    for one, found in zip(QUESTIONS, node.call("what_if/kernel.js", ANSWERS, given), strict=True):
        question = from_dict(one.to_dict(), askable_of(basis))
        for designs, drawn in zip((True, False), found["drawn"], strict=True):
            expected = answer(basis, question, newcomer.draws, designs=designs)
            for key in ("status", "rank", "place"):
                assert [row[key] for row in found["rows"]] == [getattr(row, key) for row in expected.rows], one
            agree(expected, drawn)


def test_a_run_of_version_3_is_drawn_as_before_there_were_designs(newcomer: ScoreRun) -> None:
    table = read(settings.BASE_DIR / "selection" / "reference" / "former" / "default_model_3.json")
    run = compute_screen(actor=None, table=table)
    basis = basis_of(run)
    assert basis is not None
    sent = payload(basis, run)
    assert (sent["choices"], sent["levels"], sent["overdue"]) == ([], [], [])
    asked = Asked({"need": 65.0, "births": 5.0}, ("partnership",))
    encoded = base64.b64encode(tables(basis)).decode()
    given = {"payload": sent, "tables": encoded, "asked": [{**asked.to_dict(), "options": {}}]}
    (found,) = node.call("what_if/kernel.js", ANSWERS, given)
    expected = answer(basis, from_dict(asked.to_dict(), askable_of(basis)), run.draws)
    assert [row["rank"] for row in found["rows"]] == [row.rank for row in expected.rows]
    agree(expected, found["drawn"][0])
    assert found["drawn"][0] == found["drawn"][1]  # with and without designs: the run has none


def agree(expected: Answer, drawn: dict[str, Any]) -> None:
    """Check shares and interval ends of every drawn country, and that they do not err to one side."""
    ends = []
    for i, row in enumerate(expected.rows):
        if row.chances is None:
            assert drawn["low"][i] == 0
            continue
        assert drawn["p20"][i] == pytest.approx(row.chances.p20, abs=SHARE), (expected.question, row.code)
        ends.append([drawn[name][i] - getattr(row.chances, name) for name in ("low", "median", "high")])
    assert np.abs(ends).max() <= END
    # The ends of all countries move together from seed to seed, by up to a quarter of a rank.
    assert np.abs(np.mean(ends, axis=0)).max() <= 0.3


def test_ranks_of_given_draws_are_the_servers(basis: Basis, newcomer: ScoreRun) -> None:
    given = given_draws(basis, 1250)
    assert len(set(given.designs.tolist())) > 500
    script = f"""{FILES}
    const bytes = new Uint8Array(Buffer.from(given.content, 'base64')).buffer;
    const u = new Float32Array(bytes, 0, given.size);
    let at = 4 * given.size;
    const weights = data.payload.branches.map((branch) => branch.children.map(() => {{
      at += 4 * given.draws;
      return new Float32Array(bytes, at - 4 * given.draws, given.draws);
    }}));
    return [...module.rankDraws(data, given.countries, u, weights, given.designs)];
    """
    sent = {
        "payload": payload(basis, newcomer),
        "content": base64.b64encode(given.content).decode(),
        "size": given.u.size,
        "draws": given.draws,
        "countries": given.countries.tolist(),
        "designs": given.designs.tolist(),
    }
    found = np.array(node.call("what_if/kernel.js", script, sent))
    # Blocks of draws are ranked by whole numbers of 23 bits, in which two countries may be equal that are not.
    assert (found == given.ranks.reshape(-1)).mean() >= 0.9999


@pytest.mark.parametrize(
    "asked",
    [
        Asked(),
        Asked({"births": 40.0}),
        Asked({"need": 70.0, "feasibility": 30.0}, ("tier3",)),
        Asked({"need": 70.0, "ilab": 5.0, "births": 0.0}, options={"scale": "log", "tier": "merged"}),
    ],
)
def test_designs_are_laid_out_as_by_the_server(basis: Basis, newcomer: ScoreRun, asked: Asked) -> None:
    script = f"""{FILES}
    const branches = module.weighted(data, given.asked);
    const laid = module.designsOf(data, given.asked, branches, module.rank(data, given.asked).order, true);
    return {{
      arithmetic: [...laid.arithmetic],
      slopes: laid.slopes.map((one) => [...one]),
      shifts: laid.shifts.map((one) => [...one]),
      levels: [...laid.levels].map(([leaf, level]) => [data.payload.criteria[leaf].key, [...level]]),
      shares: laid.branches.map((one) => [...one.level].map((level) => one.shares[level])),
    }};
    """
    found = node.call("what_if/kernel.js", script, {"payload": payload(basis, newcomer), "asked": asked.to_dict()})
    question = from_dict(asked.to_dict(), askable_of(basis))
    taken, ranked = taken_by(basis, question), answer(basis, question).ranked
    order = np.array([basis.result.countries.index(row.code) for row in ranked])
    grid = taken.grid(order, cells_of(basis), designs=True)
    mix = mix_of(grid.model, taken.plan, grid, grid.run())
    assert found["arithmetic"] == mix.arithmetic.astype(int).tolist()
    assert np.array(found["slopes"]) == pytest.approx(mix.slopes, rel=1e-6)
    assert np.array(found["shifts"]) == pytest.approx(mix.shifts, rel=1e-5, abs=1e-7)
    for b, shares in enumerate(by_branch(taken.plan.branches, found["shares"])):
        level = mix.shape_levels[b]
        shapes = mix.shapes[b] if level is not None else np.atleast_2d(mix.shapes[b])
        rows = shapes[level if level is not None else np.zeros(mix.designs, dtype=np.intp)]
        assert np.array(shares) == pytest.approx(rows / rows.sum(axis=1, keepdims=True), rel=1e-9)
    numbers = {basis.result.plan.criteria[j].key: level.tolist() for j, level in mix.levels.items()}
    for key, level in found["levels"]:
        # A fixed option leaves its level alone; its number differs, as the server knows no other.
        assert partition(level) == partition(numbers.get(key, [0] * mix.designs)), key


def by_branch(branches: Any, shares: list[Any]) -> list[Any]:
    """Return the shares of the branches that count something; the payload has those that do not, too."""
    found = [one for one in shares if one and one[0]]
    assert len(found) == len(branches)
    return found


def partition(levels: list[int]) -> list[int]:
    """Return levels numbered in the order in which they appear."""
    numbers: dict[int, int] = {}
    return [numbers.setdefault(level, len(numbers)) for level in levels]


def test_percentiles_are_interpolated_as_by_the_server() -> None:
    tried = [[0.5], [0.1, 0.9], [0.3, 0.1, 0.2], np.random.default_rng(3).random(81).tolist()]
    script = "return given.map((values) => module.percentiles([...values, NaN], [5, 95]));"
    for values, found in zip(tried, node.call("what_if/kernel.js", script, tried), strict=True):
        assert found == np.percentile(values, [5, 95]).tolist()
