"""The scoring kernel in Chromium against the server, on the reference run, in one window for all tests.

Official scores and ranks are equal for any question. The draws agree within the chance difference of two runs of
10,000; with the same weights and cell draws, both count the same ranks.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Page
from pytest_django import DjangoDbBlocker

from cpc.accounts.models import User
from selection.models import ScoreRun
from selection.runs.queries.basis import Basis, basis_of
from selection.runs.queries.stored_runs import newest_run
from selection.scoring import Aggregation, Model, Node, Result, Status, score
from selection.scoring.ranking import places
from selection.scoring.robustness.exact import root_scores
from selection.scoring.robustness.weights import gamma_quantiles
from selection.scoring.uncertainty import rank_intervals
from selection.scoring.value_functions import FloatArray
from selection.what_if.answer import answer, askable_of
from selection.what_if.laws import tables
from selection.what_if.payload import payload
from selection.what_if.question import from_dict
from tests.support.browser import complaints_of, session_cookie
from tests.support.questions import Asked, given_draws, rescored, simulated
from tests.worlds.served_world import served

pytestmark = pytest.mark.world("newcomer")

GOVERNANCE = dict.fromkeys(("political_rights", "civil_liberties", "cpi"), 0.0)
QUESTIONS = {
    "the run's own": Asked(),
    "need counts more": Asked({"need": 60.0, "feasibility": 40.0}),
    "one weight of a group named": Asked({"child_labour": 47.3}),
    "many weights": Asked({"need": 35.5, "prevalence": 0.0, "marriage": 70.0, "governance": 5.0, "income": 33.3}),
    "need alone": Asked({"need": 100.0, "feasibility": 0.0}),
    "feasibility alone": Asked({"need": 0.0}),
    "a group without weight": Asked(GOVERNANCE),
    "a lone child that some countries lack": Asked({"tier": 0.0}),
    "partners let in": Asked(let_in=("partnership",)),
    "another limit": Asked(evidence={"E2": 10}),
    "rules not asked": Asked(evidence={"E1": "off", "E3": "off", "E4": 3}),
    "all of it": Asked({"need": 44.0, "births": 50.0}, ("partnership", "special_case"), {"E2": 20, "E1": "off"}),
}
DRAWN = Asked({"need": 60.0, "births": 40.0, "ilab": 2.0}, ("partnership", "tier3"), {"E2": 20, "E1": "off"})
ROOTS: dict[str, dict[str, Any]] = {
    "one sum": {"aggregation": Aggregation.ARITHMETIC, "spans": False},
    "a sum of axes": {"aggregation": Aggregation.ARITHMETIC, "spans": True},
    "a harmonic mean": {"aggregation": Aggregation.GENERALISED, "p": -1.0, "spans": True},
}
LIKE_TWO_SEEDS = 0.02
"""Shares of 10,000 draws by two seeds of the server differ by up to 0.02, and interval ends by 3."""


AT_HAND = "const {k, data, laws} = window.kernel;"


@dataclass(frozen=True)
class Kernel:
    """The reference run, and a page of the server with the kernel as `window.kernel`."""

    run: ScoreRun
    basis: Basis
    payload: dict[str, Any]
    page: Page
    complaints: list[str]

    def call(self, script: str, argument: Any = None) -> Any:
        """Run the body of an asynchronous function of `given` in the page; fail on browser errors."""
        found = self.page.evaluate(
            f"async (given) => {{ const {{k, data, laws}} = window.kernel; {script} }}", argument
        )
        assert not self.complaints, "\n".join(self.complaints)
        return found


@pytest.fixture(scope="module")
def kernel(own_database: None, browser: Browser, django_db_blocker: DjangoDbBlocker) -> Iterator[Kernel]:
    with django_db_blocker.unblock():
        run = newest_run()
        assert run is not None
        basis = basis_of(run)
        assert basis is not None
        data = payload(basis, run)
        with served() as url, closing(browser.new_context(base_url=url)) as context:
            context.add_cookies([session_cookie(User.objects.get(username="viewer"), url)])
            page = context.new_page()
            complaints = complaints_of(page)
            page.goto("/about/accessibility/")
            page.evaluate(
                """async (payload) => {
                    const k = await import('/static/js/what_if/kernel.js');
                    const data = k.prepare(payload);
                    const response = await fetch('/ranking/what-if/draws/');
                    window.kernel = {k, data, laws: k.readTables(data, await response.arrayBuffer())};
                }""",
                data,
            )
            yield Kernel(run, basis, data, page, complaints)


# ---- official numbers ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("asked", QUESTIONS.values(), ids=QUESTIONS.keys())
def test_official_scores_and_ranks_are_the_engines(kernel: Kernel, asked: Asked) -> None:
    expected, found = rescored(kernel.basis, asked), kernel.call("return k.rank(data, given)", asked.to_dict())
    assert found["error"] == ""
    assert [row["status"] for row in found["rows"]] == [status.value for status in expected.statuses]
    assert [row["rank"] or 0 for row in found["rows"]] == expected.ranks.tolist()
    assert [expected.countries[i] for i in found["order"]] == expected.ranking()
    taken = [expected.place(code).place for code in expected.countries]
    assert [row["place"] for row in found["rows"]] == taken
    assert column(found, "score") == pytest.approx(100 * expected.scores, abs=1e-9, nan_ok=True)
    for key, numbers in by_node(expected).items():
        assert column(found, key) == pytest.approx(100 * numbers, abs=1e-9, nan_ok=True)


def test_the_page_without_a_script_answers_the_same(kernel: Kernel) -> None:
    everybody = Asked({"tier": 12.5}, ("high_income", "tier3", "special_case", "no_income_class"), {"E2": 1})
    tried = [asked.to_dict() for asked in (*QUESTIONS.values(), everybody)]
    askable = askable_of(kernel.basis)
    for asked, found in zip(tried, kernel.call("return given.map((asked) => k.rank(data, asked))", tried), strict=True):
        expected = answer(kernel.basis, from_dict(asked, askable))
        for key in ("status", "rank", "place"):
            assert [row[key] for row in found["rows"]] == [getattr(row, key) for row in expected.rows]
        for key in ("score", "need", "feasibility"):
            numbers = np.array([getattr(row, key) for row in expected.rows], dtype=np.float64)
            assert column(found, key) == pytest.approx(numbers, abs=1e-9, nan_ok=True)


def test_countries_let_in_keep_the_values_of_the_run(kernel: Kernel) -> None:
    asked = Asked(let_in=("high_income", "tier3", "united_states"))
    found = kernel.call("return k.rank(data, given)", asked.to_dict())["rows"]
    result, expected = kernel.basis.result, rescored(kernel.basis, Asked(let_in=("high_income", "tier3")))
    assert [row["status"] for row in found] == [status.value for status in expected.statuses]
    ranked = np.array([status is Status.RANKED for status in expected.statuses])
    assert ranked.sum() > (result.ranks > 0).sum() + 10
    scores = np.where([status is Status.NOT_RANKABLE for status in expected.statuses], np.nan, root_of(result))
    assert [row["place"] or 0 for row in found] == places(scores, ranked).tolist()


def test_the_page_and_its_worker_are_sent_little(kernel: Kernel) -> None:
    plain = json.dumps(kernel.payload, separators=(",", ":")).encode()
    assert len(gzip.compress(plain)) < 45_000
    assert len(gzip.compress(tables(kernel.basis))) < 400_000


def test_payload_equals_the_run(kernel: Kernel) -> None:
    found = kernel.call("return k.rank(data, {})")["rows"]
    for row, country in zip(found, kernel.payload["countries"], strict=True):
        assert {key: row[key] for key in ("status", "rank", "place")} == {
            key: country[key] for key in ("status", "rank", "place")
        }
        assert row["score"] == pytest.approx(country["score"], abs=1e-6)
    assert sum(reason["count"] for reason in kernel.payload["pool"]) == sum(
        country["status"] == "outside_pool" for country in kernel.payload["countries"]
    )
    failing = kernel.call("return data.payload.countries.map((_, i) => k.failing(data, {}, i))")
    inside = [i for i, country in enumerate(kernel.payload["countries"]) if country["status"] != "outside_pool"]
    for i in inside:
        assert failing[i] == list(kernel.basis.result.place(kernel.payload["countries"][i]["code"]).fails)
    for rule in kernel.payload["evidence"]:
        assert rule["count"] == sum(rule["key"] in failing[i] for i in inside)


@pytest.mark.parametrize(
    "weights",
    [
        {"need": 0.0, "feasibility": 0.0},
        {"need": 0.0, "political_will": 0.0, "governance": 0.0, "development": 0.0},
    ],
    ids=["both axes", "one axis, and all within the other"],
)
def test_no_weights_is_an_error_and_ranks_no_country(kernel: Kernel, weights: dict[str, float]) -> None:
    asked = Asked(weights).to_dict()
    found, drawn = kernel.call("return [k.rank(data, given), k.draw(data, laws, given, {draws: 10})]", asked)
    assert found["error"] == drawn["error"] == "all-zero"
    assert not found["order"]
    assert {row["rank"] for row in found["rows"]} == {row["score"] for row in found["rows"]} == {None}


def test_an_axis_within_which_nothing_counts_leaves_the_other(kernel: Kernel) -> None:
    facts = dict.fromkeys(("prevalence", "child_labour", "marriage", "births"), 0.0)
    alone, other = kernel.call(
        "return given.map((asked) => k.rank(data, asked))", [Asked(facts).to_dict(), Asked({"need": 0.0}).to_dict()]
    )
    assert alone["order"] == other["order"]
    assert {row["need"] for row in alone["rows"]} == {None}


# ---- draws ---------------------------------------------------------------------------------------------------------


def test_draws_are_those_of_the_run_within_chance(kernel: Kernel) -> None:
    found = drawn(kernel, Asked())
    stored = [c for c in kernel.payload["countries"] if c["p20"] is not None]
    assert len(stored) == len(found["ranked"]) + len(found["provisional"])
    by_code = {country["code"]: i for i, country in enumerate(kernel.payload["countries"])}
    for country in stored:
        i = by_code[country["code"]]
        assert found["p20"][i] == pytest.approx(country["p20"], abs=LIKE_TWO_SEEDS), country["name"]
        if country["p10"] is not None:
            assert found["p10"][i] == pytest.approx(country["p10"], abs=LIKE_TWO_SEEDS), country["name"]
        for end in ("low", "high"):
            assert abs(found[end][i] - country[end]) <= 3, country["name"]


@pytest.mark.parametrize("asked", [Asked(), DRAWN, Asked({"tier": 0.0, "need": 3.0})], ids=["own", "changed", "small"])
def test_draws_are_unbiased(kernel: Kernel, asked: Asked) -> None:
    """Against 100,000 draws of the server, chance differences are a third less than between two runs of 10,000."""
    found, expected = drawn(kernel, asked), simulated(kernel.basis, asked, 100_000)
    assert found["ranked"] == expected.ranked.tolist()
    assert found["provisional"] == expected.provisional.tolist()
    ends = []
    for i, counts in expected.counts.items():
        shares = np.cumsum(counts) / counts.sum()
        assert found["p10"][i] == pytest.approx(shares[9], abs=0.016)
        assert found["p20"][i] == pytest.approx(shares[19], abs=0.016)
        bins = [counts[low - 1 : high].sum() / counts.sum() for low, high in found["bands"][:-1]]
        assert found["bins"][i][:-1] == pytest.approx(bins, abs=0.02)
        assert sum(found["bins"][i]) == pytest.approx(1.0)
        ends.append([found[name][i] for name in ("low", "median", "high")] - rank_intervals(counts[None, :])[0])
    assert np.abs(ends).max() <= 2
    assert np.abs(np.mean(ends, axis=0)).max() <= 0.2


@pytest.mark.parametrize("root", ROOTS.values(), ids=ROOTS.keys())
def test_models_of_other_shapes_are_computed_as_well(kernel: Kernel, root: dict[str, Any]) -> None:
    model = with_root(kernel.basis.model, **root)
    basis = replace(kernel.basis, model=model, result=score(kernel.basis.snapshot, model, draws=0))
    script = """
        const other = k.prepare(given);
        const found = k.draw(other, laws, {});
        return [k.rank(other, {}).rows, [...found.p20], [...found.high]];
    """
    rows, p20, high = kernel.call(script, payload(basis, kernel.run))
    assert [row["rank"] or 0 for row in rows] == basis.result.ranks.tolist()
    for i, counts in simulated(basis, Asked(), 50_000).counts.items():
        assert p20[i] == pytest.approx(counts[:20].sum() / counts.sum(), abs=LIKE_TWO_SEEDS)
        assert abs(high[i] - rank_intervals(counts[None, :])[0][-1]) <= 2


def with_root(model: Model, *, spans: bool, **changes: Any) -> Model:
    children = tuple(
        child if spans or not isinstance(child, Node) else replace(child, span=None) for child in model.root.children
    )
    return replace(model, root=replace(model.root, children=children, **changes))


def test_the_same_question_is_answered_the_same_way_and_another_seed_otherwise(kernel: Kernel) -> None:
    script = "const d = k.draw(data, laws, {}, {draws: 1500, ...given}); return [d.draws, [...d.high], d.ranked.length]"
    first, again, other = (kernel.call(script, given) for given in ({}, {}, {"seed": 5}))
    assert first == again
    assert first[1] != other[1]
    assert first[0] == 1500


def test_ranks_of_given_draws_agree(kernel: Kernel) -> None:
    given = given_draws(kernel.basis, 1250)
    script = """
        const bytes = await (await fetch('/given.bin')).arrayBuffer();
        const u = new Float32Array(bytes, 0, given.size);
        let at = 4 * given.size;
        const weights = data.payload.branches.map((branch) => branch.children.map(() => {
            const row = new Float32Array(bytes, at, given.draws);
            at += 4 * given.draws;
            return row;
        }));
        const expected = new Uint16Array(bytes, at);
        const ranks = k.rankDraws(data, given.countries, u, weights, given.designs);
        return [ranks.length, ranks.filter((found, i) => found === expected[i]).length];
    """

    kernel.page.route("**/given.bin", lambda route: route.fulfill(body=given.content))
    asked = {"size": given.u.size, "draws": given.draws, "countries": given.countries.tolist()}
    asked["designs"] = given.designs.tolist()
    counted, agreeing = kernel.call(script, asked)
    assert counted == given.ranks.size > 100_000
    assert agreeing / counted >= 0.9999


def test_quantiles_of_gammas_are_the_servers(kernel: Kernel) -> None:
    tried = [0.5, 0.75, 1.5, 7.5, 40.0]
    found = kernel.call("return given.map((shape) => [...k.gammaQuantiles(shape)])", tried)
    for shape, quantiles in zip(tried, found, strict=True):
        assert quantiles == pytest.approx(gamma_quantiles(shape).tolist(), rel=5e-4)


# ---- the worker ----------------------------------------------------------------------------------------------------

ASK = """
    const worker = new Worker('/static/js/what_if/worker.js', {type: 'module'});
    const heard = [];
    worker.postMessage({type: 'start', payload: data.payload, tables: given.tables});
    given.asked.forEach((question, number) => worker.postMessage({type: 'ask', number, question}));
    await new Promise((resolve, reject) => {
        worker.onerror = reject;
        worker.onmessage = ({data: message}) => {
            heard.push(message);
            if (message.number === given.asked.length - 1 && message.type !== 'progress') { resolve(); }
        };
    });
    worker.terminate();
"""


def test_the_worker_answers_the_newest_question_alone(kernel: Kernel) -> None:
    asked = [Asked({"need": float(n)}).to_dict() for n in (40, 50, 60)]
    script = f"""{ASK}
        const last = heard.at(-1);
        const here = k.draw(data, laws, given.asked.at(-1));
        return [heard.map((m) => [m.type, m.number, m.done]), [...last.findings.high], [...here.high]];
    """
    heard, there, here = kernel.call(script, {"asked": asked, "tables": "/ranking/what-if/draws/"})
    assert {number for _, number, _ in heard} == {2}
    assert [done for kind, _, done in heard if kind == "progress"] == list(range(1000, 10_001, 1000))
    assert heard[-1][0] == "done"
    assert there == here


def test_the_worker_ends_an_older_question_that_it_has_begun(kernel: Kernel) -> None:
    script = """
        const worker = new Worker('/static/js/what_if/worker.js', {type: 'module'});
        const heard = [];
        worker.postMessage({type: 'start', payload: data.payload, tables: '/ranking/what-if/draws/'});
        worker.postMessage({type: 'ask', number: 1, question: {}, draws: 60000});
        await new Promise((resolve) => {
            worker.onmessage = ({data: message}) => {
                heard.push([message.type, message.number]);
                if (heard.length === 2) { worker.postMessage({type: 'ask', number: 2, question: {}, draws: 2000}); }
                if (message.type === 'done') { resolve(); }
            };
        });
        worker.terminate();
        return heard;
    """
    heard = kernel.call(script)
    assert heard[-1] == ["done", 2]
    assert len(heard) < 60
    numbers = [number for _, number in heard]
    assert numbers == sorted(numbers)


def test_worker_reports_missing_tables(kernel: Kernel) -> None:
    for address in ("/about/accessibility/", "/account/sign-in/?next=/"):
        kinds = kernel.call(f"{ASK} return heard.map((m) => [m.type, m.reason])", {"asked": [{}], "tables": address})
        assert kinds == [["failed", "tables"]]


# ---- the server's side ---------------------------------------------------------------------------------------------


def column(found: dict[str, Any], key: str) -> FloatArray:
    return np.array([row[key] for row in found["rows"]], dtype=np.float64)


def by_node(result: Result) -> dict[str, FloatArray]:
    keys = [branch.key for branch in result.plan.branches]
    return {key: result.node_scores[:, keys.index(key)] for key in ("need", "feasibility")}


def root_of(result: Result) -> FloatArray:
    return root_scores(result.plan, result.u)


def drawn(kernel: Kernel, asked: Asked) -> dict[str, Any]:
    script = """
        const found = k.draw(data, laws, given);
        const plain = Object.fromEntries(Object.entries(found).map(([key, value]) => [
            key, ArrayBuffer.isView(value) ? [...value] : value]));
        const width = found.bands.length;
        return {...plain, bins: data.payload.countries.map((_, i) => plain.bins.slice(i * width, (i + 1) * width))};
    """
    found: dict[str, Any] = kernel.call(script, asked.to_dict())
    return found
