"""Answers on the shipped data: each is set in What if by its URL, and then again with one part left out."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import reverse

from cpc.accounts.models import User
from indicators.models import Country
from selection.countries.queries.withdrawn import Withdrawal
from selection.model_definition.criteria_table import read
from selection.models import CountryStatus, ScoreRun
from selection.reference_data import FORMER_MODELS
from selection.runs.queries.basis import Basis, basis_of
from selection.runs.services import compute_screen
from selection.what_if.changes import CountryChange
from selection.what_if.question import Question
from selection.what_it_takes.case import OUT
from selection.what_it_takes.queries.answers import targets_of, what_it_takes
from selection.what_it_takes.queries.computing import compute
from selection.what_it_takes.results import Reach, WhatItTakes

pytestmark = pytest.mark.world("newcomer")

TEN = (
    ("KEN", 10), ("IND", 10), ("MEX", 20), ("UZB", 20), ("BGD", 20),
    ("PER", 10), ("MOZ", 20), ("BLZ", 20), ("UGA", 10), ("GHA", 20),
)  # fmt: skip
"""Ten countries below the line, on it, above it, and without a rank, each with the N that is asked about."""


@pytest.fixture
def newest(newcomer: ScoreRun) -> ScoreRun:
    cache.clear()
    return newcomer


def country(code: str) -> Country:
    return Country.objects.get(code=code)


def takes(run: ScoreRun, code: str, first: int) -> WhatItTakes:
    found = what_it_takes(run, country(code), first)
    assert found is not None
    return found


class WhatIfPage:
    """The page What if as a person opens it, by its URL."""

    def __init__(self, client: Client, run: ScoreRun) -> None:
        self.client, self.run = client, run

    def rank(self, question: Question, code: str) -> int | None:
        """Return the rank of a country in the file of the list; None without one."""
        query = [("run", str(self.run.pk)), *question.pairs(), ("format", "csv")]
        answer = self.client.get(reverse("what-if", query=query))
        assert answer.status_code == 200, question
        text = b"".join(answer).decode("utf-8-sig")
        ranks = {row["Code"]: int(row["Rank now"]) for row in csv.DictReader(text.splitlines())}
        return ranks.get(code)


@pytest.fixture
def what_if(newest: ScoreRun) -> WhatIfPage:
    client = Client()
    client.force_login(User.objects.get(username="viewer"))
    return WhatIfPage(client, newest)


def without(question: Question, code: str, key: str) -> Question:
    """Return the question with one of its values left out."""
    left = {name: value for name, value in question.changes[code].values.items() if name != key}
    return Question(changes={code: CountryChange(left)} if left else {})


def sets_of(found: WhatItTakes) -> Iterator[tuple[Question, int, int, list[str]]]:
    """Yield every set that the page names: its question, the N, its rank, and the values that it sets."""
    for together in found.together:
        in_question = replace(found, first=together.first)
        for keys, rank in together.smallest.sets:
            yield found.question(keys), in_question.first, rank, [*keys, *found.supplied]
        for with_tier in together.with_tiers:
            for keys, rank in with_tier.smallest.sets or (((), with_tier.rank),):
                question = found.question(keys, with_tier.tier)
                yield question, in_question.first, rank, [*keys, found.tier, *found.supplied]


@pytest.mark.parametrize(("code", "first"), TEN)
def test_each_set_reaches_the_line_in_what_if_and_not_with_one_value_left_out(
    what_if: WhatIfPage, code: str, first: int
) -> None:
    found = takes(what_if.run, code, first)
    tried = 0
    for question, limit, rank, keys in sets_of(found):
        set_now = what_if.rank(question, code)
        assert (set_now or OUT) == rank, question
        assert ((set_now or OUT) <= limit) is found.wants_in
        for key in dict.fromkeys(keys):
            if not found.wants_in and key in found.supplied:
                continue  # without its evidence it has no rank, and so is out, too
            left = what_if.rank(without(question, code, key), code) or OUT
            assert (left <= limit) is not found.wants_in, (question, key)
        tried += 1
    assert tried, "this country has a set"


@pytest.mark.parametrize(("code", "first"), TEN[:6])
def test_each_value_alone_has_in_what_if_the_rank_that_is_named(what_if: WhatIfPage, code: str, first: int) -> None:
    found = takes(what_if.run, code, first)
    asked = 0
    for reach in found.reaches:
        ends = [(reach.value.in_range, reach.in_range), (reach.value.on_scale, reach.on_scale)]
        for end, rank in ends:
            if end is not None:
                assert (what_if.rank(found.setting({reach.value.key: end.value}), code) or OUT) == rank
                asked += 1
    assert asked > 10


def one_step(reach: Reach) -> float:
    """Return the value one step nearer to the present one than the one that is enough."""
    assert isinstance(reach.enough, float)
    assert isinstance(reach.value.now, float)
    step = 10.0**-reach.value.decimals
    return round(reach.enough + (step if reach.value.now > reach.enough else -step), 4)


@pytest.mark.parametrize(("code", "first"), [("KEN", 20), ("UGA", 10), ("MOZ", 20), ("BLZ", 20)])
def test_a_value_that_is_enough_is_the_nearest_one(what_if: WhatIfPage, code: str, first: int) -> None:
    found = takes(what_if.run, code, first)
    near = [reach for reach in found.reaches if isinstance(reach.enough, float)]
    assert near
    for reach in near:
        assert reach.enough is not None
        assert found.is_reached(what_if.rank(found.setting({reach.value.key: reach.enough}), code) or OUT)
        assert not found.is_reached(what_if.rank(found.setting({reach.value.key: one_step(reach)}), code) or OUT)


@pytest.mark.parametrize(("code", "first"), [("KEN", 10), ("MOZ", 20), ("UGA", 10), ("BLZ", 20)])
def test_weights_have_in_what_if_the_ranks_that_are_named(what_if: WhatIfPage, code: str, first: int) -> None:
    found = takes(what_if.run, code, first)
    basis = basis_of(what_if.run)
    assert basis is not None
    changes = {code: CountryChange(found.supplied)} if found.supplied else {}
    for one in found.one_weight:
        numbers = weights_with(basis, one.group, one.key, one.at)
        assert (what_if.rank(Question(numbers, changes=changes), code) or OUT) == one.best, one.key
        if one.enough is not None:
            numbers = weights_with(basis, one.group, one.key, one.enough)
            assert found.is_reached(what_if.rank(Question(numbers, changes=changes), code) or OUT)
    assert found.all_free is not None
    rank = what_if.rank(Question(dict(found.all_free.numbers), changes=changes), code) or OUT
    assert found.is_reached(rank)


def weights_with(basis: Basis, group: str, key: str, percent: float) -> dict[str, float]:
    """Return the weights of a group with one of them at so many percent, the others as they were to each other."""
    branch = next(branch for branch in basis.result.plan.branches if branch.key == group)
    named = [
        basis.result.plan.criteria[child.index].key if child.leaf else basis.result.plan.branches[child.index].key
        for child in branch.children
    ]
    own = dict(zip(named, branch.weights.tolist(), strict=True))
    rest = sum(weight for name, weight in own.items() if name != key)
    return {name: percent if name == key else round((100 - percent) * w / rest, 4) for name, w in own.items()}


@pytest.mark.parametrize("code", ["KEN", "UGA"])
def test_withdrawn_values_have_in_what_if_the_outcome_that_is_named(what_if: WhatIfPage, code: str) -> None:
    found = takes(what_if.run, code, 10)
    assert found.evidence
    for one in found.evidence:
        question = Question(changes={code: CountryChange(without={one.withdrawal.criterion: one.series})})
        rank = what_if.rank(question, code)
        outcome = one.withdrawal.outcome
        assert rank == (outcome.rank)
        assert one.is_enough is found.is_reached(rank or OUT)


# ---- states --------------------------------------------------------------------------------------------------------


def test_a_country_that_is_in_is_asked_what_would_take_it_out(newest: ScoreRun) -> None:
    found = takes(newest, "UGA", 10)
    assert (found.rank, found.wants_in) == (3, False)
    assert [key for keys, _ in found.together[0].smallest.sets for key in keys] == ["ilab"]
    tier = found.by_key["tier"]
    assert (tier.value.on_scale.value if tier.value.on_scale else None, tier.on_scale) == ("Tier 3", OUT)


def test_a_country_below_the_model_s_line_is_asked_about_both_lines(newest: ScoreRun) -> None:
    assert [one.first for one in takes(newest, "KEN", 10).together] == [10, 20]
    assert [one.first for one in takes(newest, "KEN", 20).together] == [20]


def test_a_country_without_evidence_starts_from_the_values_that_it_lacks(newest: ScoreRun) -> None:
    found = takes(newest, "BLZ", 20)
    assert (found.status, found.fails, found.supplied) == (CountryStatus.PROVISIONAL, ("E1",), {"prevalence": 5.3})
    assert (found.rank, found.would_rank, found.evidence) == (31, 31, ())
    nothing_known = takes(newest, "FSM", 20)
    assert nothing_known.status == CountryStatus.NOT_RANKABLE
    assert list(nothing_known.supplied) == ["prevalence", "child_labour", "marriage", "cpi"]


def test_a_country_outside_the_pool_has_the_rule_and_the_labels_with_which_none_applies(
    newest: ScoreRun, what_if: WhatIfPage
) -> None:
    found = takes(newest, "BLR", 20)
    assert (found.pool_reason, found.would_rank, found.rank, found.together) == ("tier3", 82, None, ())
    assert [(one.label, one.rank) for one in found.in_pool] == [
        ("Tier 1", 46),
        ("Tier 2", 66),
        ("Tier 2 Watch List", 80),
    ]
    for one in found.in_pool:
        assert what_if.rank(found.setting({one.criterion: one.label}), "BLR") == one.rank
    partner = takes(newest, "COL", 20)
    assert (partner.pool_reason, partner.in_pool) == ("partnership", ())


def test_a_country_that_the_run_does_not_know_has_no_answer(newest: ScoreRun) -> None:
    assert what_it_takes(newest, country("DMA"), 20) is None


# ---- runs ----------------------------------------------------------------------------------------------------------


def test_the_run_of_an_earlier_model_is_asked_in_the_same_way(newest: ScoreRun, what_if: WhatIfPage) -> None:
    what_if.run = compute_screen(actor=None, table=read(FORMER_MODELS[-1]))
    found = takes(what_if.run, "KEN", 10)
    assert (found.rank, found.ranked) == (50, 81)
    best = {reach.value.key: (reach.in_range, reach.on_scale) for reach in found.reaches}
    assert best["births"] == (35, 29)
    assert best["child_labour"] == (44, 21)
    first, model_s = found.together
    assert (len(first.smallest.sets[0][0]), first.smallest.count, len(model_s.smallest.sets[0][0])) == (5, 5, 3)
    assert [(one.tier, one.chance, one.smallest.sets[0]) for one in first.with_tiers] == [
        ("Tier 1", 0.04, (("births", "ilab"), 8))
    ]
    births = next(one for one in found.one_weight if one.key == "births")
    assert (births.best, births.at, births.enough) == (24, 86.0, None)
    for question, limit, _, keys in sets_of(found):
        assert (what_if.rank(question, "KEN") or OUT) <= limit
        for key in keys:
            assert (what_if.rank(without(question, "KEN", key), "KEN") or OUT) > limit


def test_the_answer_is_stored_by_run_country_and_line_and_is_the_same_when_computed_again(
    newest: ScoreRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    once = takes(newest, "KEN", 10)
    computed: list[tuple[str, int]] = []

    def counted(basis: Basis, code: str, first: int, withdrawals: Sequence[Withdrawal]) -> WhatItTakes:
        computed.append((code, first))
        return compute(basis, code, first, withdrawals)

    monkeypatch.setattr("selection.what_it_takes.queries.answers.compute", counted)
    assert takes(newest, "KEN", 10) == once
    assert not computed
    takes(newest, "KEN", 20)
    takes(newest, "IND", 10)
    assert computed == [("KEN", 20), ("IND", 10)]
    cache.clear()
    assert takes(newest, "KEN", 10) == once


def test_two_requests_at_once_get_the_same_answer(newest: ScoreRun) -> None:
    basis = basis_of(newest)
    assert basis is not None

    def ask(_: int) -> Mapping[str, Reach]:
        try:
            return compute(basis, "KEN", 10, ()).by_key
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as both:
        one, other = both.map(ask, range(2))
    assert one == other


def test_the_lines_are_those_below_the_number_of_ranked_countries(newest: ScoreRun) -> None:
    assert targets_of(newest) == [5, 10, 20, 30, 40]
