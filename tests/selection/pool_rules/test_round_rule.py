"""The rule of a round's pool and the sentences of the desk screen's policy."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from selection.model_definition.criteria_table import read
from selection.pool_rules.policy import (
    POSITIONS,
    AdmissionRow,
    PartnershipTerm,
    PolicyRow,
    Reason,
    describe_rule,
)
from selection.pool_rules.pools import (
    CountryPoolFacts,
    Pool,
    PoolEntry,
    PoolFacts,
    PoolInputs,
    PoolRule,
    pool_reasons,
    resolve_pool,
)

ON = dt.date(2026, 11, 25)
DAY = dt.timedelta(days=1)
FACTS = CountryPoolFacts(
    listed=frozenset({"BTN", "GHA", "PER", "TCD", "ROU", "XKX", "USA"}),
    income={"BTN": "Z", "GHA": "LM", "PER": "UM", "TCD": "L", "ROU": "H", "AND": "H"},
    restricted={"TCD": "Tier 3: triggered.", "PER": "Coup: triggered."},
    partners={"PER": "A partnership is in force."},
)


@pytest.mark.parametrize(
    ("rule", "code", "expected"),
    [
        (PoolRule(), "GHA", ("", "")),
        (PoolRule(), "AND", ("not_listed", read().listing["reason"])),
        (PoolRule(only=("AND",)), "AND", ("not_listed", read().listing["reason"])),
        (PoolRule(only=("USA",)), "USA", ("not_candidate", read().not_candidates["USA"])),
        (PoolRule(only=("GHA",)), "GHA", ("", "")),
        (PoolRule(only=("GHA",)), "PER", ("not_added", "The round is about other countries.")),
        (PoolRule(), "PER", ("partner", "A partnership is in force.")),
        (PoolRule(leave_out_partners=False), "PER", ("restricted", "Coup: triggered.")),
        (PoolRule(leave_out_partners=False, leave_out_restricted=False), "PER", ("", "")),
        (PoolRule(), "ROU", ("income", "High income.")),
        (PoolRule(income_classes=("H",)), "ROU", ("", "")),
        (PoolRule(income_classes=("H",)), "GHA", ("income", "Lower middle income.")),
        (PoolRule(), "XKX", ("", "")),
        (PoolRule(unclassed_may=False), "XKX", ("income_unknown", "The World Bank gives no income class.")),
        (PoolRule(unclassed_may=False), "GHA", ("", "")),
        (PoolRule(unclassed_may=False, income_classes=()), "XKX", ("", "")),
        (PoolRule(income_classes=()), "ROU", ("", "")),
        (PoolRule(), "BTN", ("income", "Z.")),
    ],
)
def test_the_first_reason_of_a_round_for_leaving_a_country_out(
    rule: PoolRule, code: str, expected: tuple[str, str]
) -> None:
    assert pool_reasons(rule, read(), FACTS, [code]) == {code: expected}


PARTNER, RESTRICTED = "Not in a partnership now.", "No review on record bars it."
USUAL = "Income: low, lower middle, upper middle; countries without a class are in."


@pytest.mark.parametrize(
    ("rule", "sentences"),
    [
        (PoolRule(), [USUAL, PARTNER, RESTRICTED]),
        (
            PoolRule(unclassed_may=False, income_classes=("H",)),
            ["Income: high; countries without a class are out.", PARTNER, RESTRICTED],
        ),
        (PoolRule(income_classes=()), ["Every income class.", PARTNER, RESTRICTED]),
        (PoolRule(leave_out_partners=False), [USUAL, RESTRICTED]),
        (PoolRule(leave_out_restricted=False), [USUAL, PARTNER]),
        (PoolRule(only=("GHA",)), [USUAL, PARTNER, RESTRICTED, "Only 1 named country."]),
        (PoolRule(only=("GHA", "PER")), [USUAL, PARTNER, RESTRICTED, "Only 2 named countries."]),
    ],
)
def test_the_rule_of_a_round_as_text(rule: PoolRule, sentences: list[str]) -> None:
    assert rule.descriptions == ["Listed in the TIP Report.", *sentences]
    assert PoolRule.from_dict(rule.to_dict()) == rule
    assert {type(value) for value in rule.to_dict().values()} == {list, bool}


def test_rule_gets_defaults_and_rejects_an_unknown_class() -> None:
    assert PoolRule.from_dict({"only": ["GHA"]}) == PoolRule(only=("GHA",))
    with pytest.raises(ValueError, match="unknown income class X, Y; use L, LM, UM, H"):
        PoolRule(income_classes=("Y", "L", "X"))


@pytest.mark.parametrize(
    ("reason", "values", "text"),
    [
        ("united_states", ["USA"], "The United States is outside: it is the other participant of every partnership."),
        ("partnership", ["in_force"], "A country is outside while a partnership with it is in force."),
        ("partnership", [], "A partnership is in force: no country is outside for this reason."),
        (
            "special_case",
            ["Special Case"],
            "A country is outside if the newest complete TIP Report names it Special Case.",
        ),
        (
            "tier3",
            ["Tier 3", "Tier 2 Watch List"],
            "A country is outside if the newest complete TIP Report names it Tier 3 or Tier 2 Watch List.",
        ),
        ("no_income_class", ["none"], "A country is outside if the World Bank states no income class for it."),
        ("no_income_class", [], "No income class: no country is outside for this reason."),
        (
            "high_income",
            ["H", "UM"],
            "A country is outside if the World Bank classes it as high income or upper middle income.",
        ),
        ("high_income", [], "High income: no country is outside for this reason."),
    ],
)
def test_a_policy_as_text(reason: str, values: Sequence[str], text: str) -> None:
    assert describe_rule(reason, values) == text


def test_reasons_are_applied_in_the_order_of_the_policy_from_one() -> None:
    assert POSITIONS == {
        "united_states": 1, "partnership": 2, "special_case": 3, "tier3": 4, "no_income_class": 5, "high_income": 6
    }  # fmt: skip


def policy(reason: Reason, *values: str, place: int = 1, key: int = 1, **more: Any) -> PolicyRow:
    return PolicyRow(key, reason, place, values, "", "", ON - 100 * DAY, **more)


def term(country: str = "GHA", start: int = -50, end: int | None = None, title: str = "Compact") -> PartnershipTerm:
    return PartnershipTerm(country, title, ON + start * DAY, None if end is None else ON + end * DAY)


def admission(**more: Any) -> AdmissionRow:
    return AdmissionRow(**{"key": 7, "country": "GHA", "why": "Asked.", "since": ON, "until": ON, **more})


def entry(*policies: PolicyRow, tier: str = "Tier 2", income: str = "", **inputs: Any) -> PoolEntry:
    facts = PoolFacts("2026", {"GHA": tier}, {"GHA": income} if income else {})
    return resolve_pool(PoolInputs(ON, policies, **inputs), facts).entries["GHA"]


@pytest.mark.parametrize(
    ("found", "reason", "sentence"),
    [
        (entry(policy(Reason.TIER3, "Tier 3")), "", ""),
        (entry(policy(Reason.TIER3, "Tier 3"), tier="Tier 3"), "tier3", "Tier 3 in the TIP Report of 2026."),
        (entry(policy(Reason.TIER3), tier="Tier 3"), "", ""),
        (
            entry(policy(Reason.NO_INCOME_CLASS, "none")),
            "no_income_class",
            "The World Bank states no income class.",
        ),
        (entry(policy(Reason.NO_INCOME_CLASS, "none"), income="L"), "", ""),
        (entry(policy(Reason.NO_INCOME_CLASS)), "", ""),
        (
            entry(policy(Reason.HIGH_INCOME, "H"), income="H"),
            "high_income",
            "High income by the World Bank's classes.",
        ),
        (entry(policy(Reason.HIGH_INCOME, "H"), income="UM"), "", ""),
        (entry(policy(Reason.HIGH_INCOME, "H")), "", ""),
        (
            entry(policy(Reason.PARTNERSHIP, "in_force"), partnerships=(term(),)),
            "partnership",
            "A partnership is in force: Compact. It began Oct 6, 2026.",
        ),
        (
            entry(policy(Reason.PARTNERSHIP, "in_force"), partnerships=(term(end=1),)),
            "partnership",
            "A partnership is in force: Compact. It began Oct 6, 2026 and ends Nov 26, 2026.",
        ),
        (entry(policy(Reason.PARTNERSHIP), partnerships=(term(),)), "", ""),
        (
            entry(policy(Reason.HIGH_INCOME, "H", place=2), policy(Reason.TIER3, "Tier 2", place=1, key=9), income="H"),
            "tier3",
            "Tier 2 in the TIP Report of 2026.",
        ),
    ],
)
def test_the_sentence_on_a_country_outside(found: PoolEntry, reason: str, sentence: str) -> None:
    assert (found.reason_code, found.sentence, found.is_in) == (reason, sentence, not reason)


@pytest.mark.parametrize(("end", "former"), [(-1, ("Compact",)), (0, ("Compact",)), (1, ())])
def test_a_partnership_that_ended_is_named(end: int, former: tuple[str, ...]) -> None:
    assert entry(partnerships=(term(end=end),)).former == former


def test_an_admission_lets_a_country_in_and_keeps_the_reason() -> None:
    rule = policy(Reason.HIGH_INCOME, "H")
    found = entry(rule, income="H", admissions=(admission(),))
    assert (found.reason_code, found.sentence, found.admitted, found.overridden) == (
        "", "Admitted until Nov 25, 2026: Asked.", 7, "high_income"
    )  # fmt: skip
    late = entry(rule, income="H", admissions=(admission(since=ON - 9 * DAY, until=ON - DAY),))
    assert (late.reason_code, late.admitted) == ("high_income", None)


def test_rules_apply_by_position_then_key_in_any_stored_order() -> None:
    late, early = policy(Reason.HIGH_INCOME, "H", place=2), policy(Reason.TIER3, "Tier 2", place=1, key=9)
    for held in ((late, early), (early, late)):
        assert entry(*held, income="H").reason_code == "tier3"
    one, other = policy(Reason.HIGH_INCOME, "H", key=2), policy(Reason.TIER3, "Tier 2", key=1)
    for held in ((one, other), (other, one)):
        assert entry(*held, income="H").reason_code == "tier3"


def test_the_inputs_of_a_day_are_what_holds_on_it_in_order() -> None:
    policies = [
        policy(Reason.TIER3, place=4, key=1),
        policy(Reason.PARTNERSHIP, place=2, key=3),
        policy(Reason.PARTNERSHIP, place=2, key=2),
        policy(Reason.HIGH_INCOME, place=1, key=4, replaced_on=ON),
    ]
    admissions = [
        admission(key=1, country="PER"),
        admission(key=2),
        admission(key=4, until=ON - DAY, since=ON - DAY),
        admission(key=3, since=ON + DAY, until=ON + DAY),
    ]
    terms = [
        term("PER"),
        term(start=0, title="B"),
        term(start=0, title="A"),
        term(start=1, title="Later"),
        term(start=-90, end=-10, title="Over"),
    ]
    found = PoolInputs.of_day(ON, policies, admissions, terms)
    assert [row.key for row in found.policies] == [2, 3, 1]
    assert [row.key for row in found.admissions] == [2, 1]
    assert [row.title for row in found.partnerships] == ["Over", "A", "B", "Compact"]
    assert found.stated == 0.95
    assert PoolInputs.from_dict(found.to_dict()) == found
    stricter = replace(found, stated=1.0)
    assert PoolInputs.from_dict(stricter.to_dict()) == stricter


def test_the_pool_counts_members_admitted_and_those_outside_by_reason() -> None:
    entries = {
        "GHA": PoolEntry("GHA"),
        "PER": PoolEntry("PER", admitted=7, overridden="tier3"),
        "TCD": PoolEntry("TCD", Reason.TIER3),
        "ROU": PoolEntry("ROU", Reason.HIGH_INCOME),
        "ABW": PoolEntry("ABW", "not_a_state"),
    }
    pool = Pool(PoolInputs(ON, ()), "2026", entries)
    assert (pool.members, pool.default_members, list(pool.outside)) == (("GHA", "PER"), ("GHA",), ["TCD", "ROU"])
    assert pool.counts == {
        "listed": 5,
        "in": 2,
        "admitted": 1,
        "united_states": 0,
        "partnership": 0,
        "special_case": 0,
        "tier3": 1,
        "no_income_class": 0,
        "high_income": 1,
        "not_a_state": 1,
    }
