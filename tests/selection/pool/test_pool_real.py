"""Pool of the shipped facts and the eight real partnerships, compared with method.md section 1.1."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace

import pytest

from indicators.observations.as_of import current
from partnerships.demo import load_partnerships
from selection.lookups.pool import pool_facts, pool_inputs, pool_on
from selection.model_definition.criteria_table import Stage, read
from selection.pool_rules.pools import (
    Pool,
    PoolInputs,
    resolve_pool,
)
from selection.scoring_inputs.screening import select

ON = dt.date(2026, 11, 26)

pytestmark = pytest.mark.world("facts")


@pytest.fixture(autouse=True)
def _partnerships(db: None) -> None:
    load_partnerships(lambda done, total: None)


def codes(pool: Pool, reason: str) -> list[str]:
    return [code for code, entry in pool.entries.items() if entry.reason_code == reason]


def test_the_pool_of_the_reference_run() -> None:
    pool = pool_on(ON)
    assert pool.edition == "2025"
    assert pool.counts == {
        "listed": 188,
        "in": 101,
        "admitted": 0,
        "united_states": 1,
        "partnership": 3,
        "special_case": 4,
        "tier3": 18,
        "no_income_class": 0,
        "high_income": 56,
        "not_a_state": 5,
    }
    assert codes(pool, "partnership") == ["CIV", "COL", "ROU"]
    assert codes(pool, "not_a_state") == ["ABW", "CUW", "HKG", "MAC", "SXM"]
    assert pool.entries["XKX"].is_in
    former = [code for code, entry in pool.entries.items() if entry.former]
    assert former == ["GHA", "JAM", "MNG", "PER", "PHL"]
    assert pool.entries["GHA"].is_in


def test_a_past_day_has_the_partnerships_of_that_day() -> None:
    assert codes(pool_on(dt.date(2017, 6, 15)), "partnership") == ["GHA", "PER", "PHL"]
    assert codes(pool_on(dt.date(2027, 4, 25)), "partnership") == ["CIV", "COL", "ROU"]
    assert codes(pool_on(dt.date(2027, 4, 26)), "partnership") == ["CIV", "ROU"]


def test_inputs_go_through_json_unchanged_and_give_the_same_pool() -> None:
    pool, facts = pool_on(ON), pool_facts()
    inputs = PoolInputs.from_dict(json.loads(json.dumps(pool.inputs.to_dict())))
    assert inputs == pool_inputs(ON) == pool.inputs
    assert resolve_pool(inputs, facts) == pool


def test_an_edition_that_states_nearly_every_tier_counts_on_a_past_day() -> None:
    inputs = pool_inputs(dt.date(2023, 12, 31))
    assert pool_selected(inputs).edition == "2023"
    selected = select(read(), Stage.SCREEN, as_of=current(), on=inputs.on, inputs=inputs)
    named = {code for code, (_, why) in selected.left_out.items() if "do not state its tier" in why}
    assert named == {"LBY", "SOM", "YEM"}
    assert pool_selected(replace(inputs, stated=1.0)).edition == "2021"


def test_the_rule_for_editions_changes_nothing_of_the_reference_run() -> None:
    """The newest edition states every tier, so the rule changes nothing."""
    table, inputs = read(), pool_inputs(ON)
    by_rule, former = (
        select(table, Stage.SCREEN, as_of=current(), on=ON, inputs=one) for one in (inputs, replace(inputs, stated=1.0))
    )
    assert by_rule.snapshot.hash == former.snapshot.hash
    assert by_rule.left_out == former.left_out


def pool_selected(inputs: PoolInputs) -> Pool:
    """Return the pool that a desk screen of these inputs selects."""
    pool = select(read(), Stage.SCREEN, as_of=current(), on=inputs.on, inputs=inputs).pool
    assert pool is not None
    return pool
