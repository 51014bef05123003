"""Resolution of the pool as a pure function: order of reasons, days, admissions, and plain data."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selection.pool_rules import pools
from selection.pool_rules.policy import (
    NOT_A_STATE,
    POSITIONS,
    REASONS,
    AdmissionRow,
    PartnershipTerm,
    PolicyRow,
    Reason,
    describe_rule,
)
from selection.pool_rules.pools import (
    Pool,
    PoolEntry,
    PoolFacts,
    PoolInputs,
    partners,
    register_partners,
    resolve_pool,
)

ON = dt.date(2026, 11, 26)
DAY = dt.timedelta(days=1)
SINCE = dt.date(2000, 1, 1)


def policies(**values: tuple[str, ...]) -> list[PolicyRow]:
    """Return the pool policies that the project ships, with other values for some reasons."""
    return [
        PolicyRow(position, reason.value, position, values.get(reason.value, rule.default), "A sample", "Why", SINCE)
        for position, (reason, rule) in enumerate(REASONS.items(), 1)
    ]


def admission(country: str, **more: Any) -> AdmissionRow:
    values: dict[str, Any] = {"key": 7, "why": "It asked.", "since": SINCE, "until": ON}
    return AdmissionRow(country=country, **{**values, **more})


def term(country: str, start: dt.date, end: dt.date | None) -> PartnershipTerm:
    return PartnershipTerm(country, f"Partnership with {country}", start, end)


def resolved(
    tiers: dict[str, str],
    income: dict[str, str],
    *,
    rules: list[PolicyRow] | None = None,
    admissions: tuple[AdmissionRow, ...] = (),
    terms: tuple[PartnershipTerm, ...] = (),
    not_states: frozenset[str] = frozenset(),
    on: dt.date = ON,
) -> Pool:
    inputs = PoolInputs.of_day(on, policies() if rules is None else rules, admissions, terms)
    return resolve_pool(inputs, PoolFacts("2025", tiers, income, not_states))


def test_the_first_reason_that_applies_counts_in_the_order_of_the_policy() -> None:
    tiers = {"USA": "Tier 3", "AAA": "Special Case", "BBB": "Special Case", "CCC": "Tier 3", "DDD": "Tier 1"}
    tiers |= {"EEE": "Tier 1", "FFF": "Tier 2 Watch List", "GGG": "Tier 3"}
    income = {"USA": "H", "AAA": "H", "BBB": "H", "CCC": "H", "EEE": "H", "FFF": "UM", "GGG": "L"}
    found = resolved(tiers, income, terms=(term("USA", SINCE, None), term("AAA", SINCE, None)))
    assert {code: entry.reason_code for code, entry in found.entries.items()} == {
        "USA": "united_states",
        "AAA": "partnership",
        "BBB": "special_case",
        "CCC": "tier3",
        "DDD": "no_income_class",
        "EEE": "high_income",
        "FFF": "",
        "GGG": "tier3",
    }
    assert found.members == found.default_members == ("FFF",)
    assert "FFF" not in found.outside


def test_the_order_is_that_of_the_rows_and_not_of_their_keys() -> None:
    rows = [PolicyRow(50 - row.place, row.reason, row.place, row.values, "x", "x", SINCE) for row in policies()]
    found = resolved({"AAA": "Tier 3"}, {"AAA": "H"}, rules=rows[::-1])
    assert found.entries["AAA"].reason_code == "tier3"


def test_territory_is_outside_the_pool_despite_any_decision() -> None:
    found = resolved({"HKG": "Tier 2"}, {"HKG": "L"}, not_states=frozenset({"HKG"}), admissions=(admission("HKG"),))
    assert found.entries["HKG"].reason_code == NOT_A_STATE
    assert (found.members, dict(found.outside), found.counts["in"]) == ((), {}, 0)


@pytest.mark.parametrize(
    ("start", "end", "in_force", "former"),
    [
        (ON, None, True, False),
        (ON, ON + DAY, True, False),
        (ON + DAY, None, False, False),
        (SINCE, ON, False, True),
        (SINCE, ON - DAY, False, True),
        (SINCE, ON + DAY, True, False),
    ],
)
def test_partnership_is_in_force_until_the_day_before_its_end(
    start: dt.date, end: dt.date | None, in_force: bool, former: bool
) -> None:
    entry = resolved({"AAA": "Tier 2"}, {"AAA": "L"}, terms=(term("AAA", start, end),)).entries["AAA"]
    assert (entry.reason_code == "partnership", bool(entry.former)) == (in_force, former)


def test_rule_is_in_force_until_the_day_before_the_next() -> None:
    rows = [row for row in policies() if row.reason != "high_income"]
    old = PolicyRow(1, "high_income", 6, ("H",), "x", "x", SINCE, replaced_on=ON)
    new = PolicyRow(2, "high_income", 6, (), "x", "x", ON)
    for on, expected in ((ON - DAY, "high_income"), (ON, "")):
        found = resolved({"AAA": "Tier 1"}, {"AAA": "H"}, rules=[*rows, old, new], on=on)
        assert found.entries["AAA"].reason_code == expected
        assert len(found.inputs.policies) == 6


@pytest.mark.parametrize(
    ("more", "is_in"),
    [
        ({}, True),
        ({"since": ON}, True),
        ({"since": ON + DAY, "until": ON + 9 * DAY}, False),
        ({"until": ON - DAY}, False),
        ({"ended_on": ON}, False),
        ({"ended_on": ON + DAY}, True),
    ],
)
def test_an_admission_holds_through_its_last_day_unless_it_ended(more: dict[str, Any], is_in: bool) -> None:
    entry = resolved({"AAA": "Tier 1"}, {"AAA": "H"}, admissions=(admission("AAA", **more),)).entries["AAA"]
    assert entry.is_in is is_in
    assert (entry.admitted, entry.overridden) == ((7, "high_income") if is_in else (None, ""))


def test_tier_3_country_needs_a_legal_note_even_behind_another_reason() -> None:
    tiers, income = {"AAA": "Tier 3"}, {"AAA": "H"}
    terms = (term("AAA", SINCE, None),)
    for more in ({}, {"terms": terms}):
        without = resolved(tiers, income, admissions=(admission("AAA"),), **more).entries["AAA"]  # type: ignore[arg-type]  # one of two
        assert not without.is_in
        assert "no legal note" in without.sentence
        noted = admission("AAA", legal_note="An opinion.")
        assert resolved(tiers, income, admissions=(noted,), **more).entries["AAA"].is_in  # type: ignore[arg-type]  # as above


def test_admitting_the_united_states_or_a_pool_country_changes_nothing() -> None:
    rows = (admission("USA", legal_note="x"), admission("AAA", key=8))
    found = resolved({"USA": "Tier 1", "AAA": "Tier 2"}, {"USA": "H", "AAA": "L"}, admissions=rows)
    assert found.entries["USA"].reason_code == "united_states"
    assert (found.entries["AAA"].admitted, found.default_members) == (None, ("AAA",))


def test_every_entry_has_its_sentence_and_the_partnerships_that_ended() -> None:
    tiers = {"AAA": "Tier 2", "BBB": "Tier 1", "CCC": "Tier 1", "DDD": "Tier 2", "EEE": "Special Case", "FFF": "Tier 3"}
    tiers |= {"HKG": "Tier 2", "USA": "Tier 1", "XKX": "Tier 2"}
    income = {"AAA": "L", "BBB": "H", "CCC": "H", "DDD": "UM", "EEE": "L", "FFF": "L", "HKG": "H", "USA": "H"}
    terms = (
        term("BBB", SINCE, ON - DAY),
        term("DDD", dt.date(2020, 3, 1), dt.date(2026, 12, 1)),
        term("AAA", SINCE, ON),
        term("AAA", dt.date(2003, 1, 1), dt.date(2005, 1, 1)),
        term("XKX", dt.date(2026, 1, 5), None),
    )
    admissions = (admission("BBB", until=dt.date(2027, 1, 31)), admission("FFF", key=8), admission("USA", key=9))
    found = resolved(tiers, income, terms=terms, admissions=admissions, not_states=frozenset({"HKG"}), rules=policies())
    assert found.entries == {
        "AAA": PoolEntry("AAA", former=("Partnership with AAA", "Partnership with AAA")),
        "BBB": PoolEntry(
            "BBB", "", "Admitted until Jan 31, 2027: It asked.", 7, "high_income", ("Partnership with BBB",)
        ),
        "CCC": PoolEntry("CCC", "high_income", "High income by the World Bank's classes."),
        "DDD": PoolEntry(
            "DDD",
            "partnership",
            "A partnership is in force: Partnership with DDD. It began Mar 1, 2020 and ends Dec 1, 2026.",
        ),
        "EEE": PoolEntry("EEE", "special_case", "Special Case in the TIP Report of 2025."),
        "FFF": PoolEntry(
            "FFF",
            "tier3",
            "Tier 3 in the TIP Report of 2025. The admission on record has no legal note, which a Tier 3 country "
            "needs.",
        ),
        "HKG": PoolEntry("HKG", "not_a_state", "Listed in the TIP Report, but not a state: shown, never ranked."),
        "USA": PoolEntry("USA", "united_states", "The United States is the other participant of every partnership."),
        "XKX": PoolEntry(
            "XKX", "partnership", "A partnership is in force: Partnership with XKX. It began Jan 5, 2026."
        ),
    }
    assert found.counts == {
        "listed": 9,
        "in": 2,
        "admitted": 1,
        "united_states": 1,
        "partnership": 2,
        "special_case": 1,
        "tier3": 1,
        "no_income_class": 0,
        "high_income": 1,
        "not_a_state": 1,
    }
    assert (found.members, found.default_members) == (("AAA", "BBB"), ("AAA",))
    assert list(found.outside) == ["CCC", "DDD", "EEE", "FFF", "USA", "XKX"]


def test_a_former_partner_outside_the_pool_keeps_the_title_of_its_partnership() -> None:
    terms = (term("AAA", SINCE, ON),)
    for tier, more in (("Tier 3", (admission("AAA"),)), ("Tier 1", ())):
        entry = resolved({"AAA": tier}, {"AAA": "H"}, terms=terms, admissions=more).entries["AAA"]
        assert (entry.is_in, entry.former) == (False, ("Partnership with AAA",))


def test_inputs_hold_what_is_in_force_in_a_fixed_order() -> None:
    rows = policies()
    terms = (term("BBB", SINCE, None), term("AAA", ON, None), term("AAA", SINCE, None), term("CCC", ON + DAY, None))
    admissions = (admission("BBB", key=1), admission("AAA", key=3), admission("AAA", key=2))
    late = admission("AAA", key=1, until=ON - DAY)
    found = PoolInputs.of_day(ON, rows[::-1], (*admissions, late), terms)
    assert (found.on, found.stated) == (ON, 0.95)
    assert found.policies == tuple(rows)
    assert [(row.country, row.key) for row in found.admissions] == [("AAA", 2), ("AAA", 3), ("BBB", 1)]
    assert [(row.country, row.start) for row in found.partnerships] == [("AAA", SINCE), ("AAA", ON), ("BBB", SINCE)]


def test_partners_come_from_every_function_registered_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pools, "_partners", [])
    asked = []

    def tell() -> dict[str, str]:
        asked.append(1)
        return {"AAA": "A partnership is in force."}

    for function in (tell, tell, lambda: {"BBB": "Another."}):
        register_partners(function)
    assert partners() == {"AAA": "A partnership is in force.", "BBB": "Another."}
    assert asked == [1]


def test_a_rule_without_values_puts_no_country_outside() -> None:
    rules = policies(partnership=(), special_case=(), tier3=(), no_income_class=(), high_income=())
    tiers = {"AAA": "Special Case", "BBB": "Tier 3", "CCC": "Tier 1", "USA": "Tier 1"}
    found = resolved(tiers, {"AAA": "H"}, rules=rules, terms=(term("CCC", SINCE, None),))
    assert found.members == ("AAA", "BBB", "CCC")


def test_nothing_listed_is_an_empty_pool() -> None:
    found = resolved({}, {})
    assert (found.entries, found.members, found.counts["listed"]) == ({}, (), 0)


def test_every_rule_has_its_sentence() -> None:
    sentences = {describe_rule(reason, rule.default) for reason, rule in REASONS.items()}
    assert len(sentences) == len(REASONS) == len(POSITIONS)
    assert describe_rule("tier3", ("Tier 3", "Tier 2 Watch List")).endswith("names it Tier 3 or Tier 2 Watch List.")
    assert describe_rule(Reason.HIGH_INCOME, ()) == "High income: no country is outside for this reason."


CODES = st.sampled_from(["USA", "AAA", "BBB", "CCC", "DDD"])
TIERS = st.sampled_from(["Tier 1", "Tier 2", "Tier 2 Watch List", "Tier 3", "Special Case"])
DAYS = st.integers(-3, 3).map(lambda days: ON + days * DAY)


@given(
    st.dictionaries(CODES, TIERS),
    st.dictionaries(CODES, st.sampled_from(["L", "LM", "UM", "H"])),
    st.lists(st.builds(term, CODES, DAYS, st.none() | DAYS), max_size=4),
    st.lists(st.builds(admission, CODES, until=DAYS, legal_note=st.sampled_from(["", "A note."])), max_size=3),
    st.frozensets(CODES, max_size=2),
)
def test_every_listed_country_has_one_entry_and_all_goes_through_json(
    tiers: dict[str, str],
    income: dict[str, str],
    terms: list[PartnershipTerm],
    admissions: list[AdmissionRow],
    not_states: frozenset[str],
) -> None:
    found = resolved(
        tiers, income, terms=tuple(terms), admissions=tuple(admissions), not_states=not_states & set(tiers)
    )
    assert list(found.entries) == sorted(tiers)
    counts = found.counts
    assert counts["in"] + sum(counts[reason] for reason in (*POSITIONS, NOT_A_STATE)) == counts["listed"] == len(tiers)
    assert set(found.default_members) <= set(found.members)
    assert "USA" not in found.members
    again = PoolInputs.from_dict(json.loads(json.dumps(found.inputs.to_dict())))
    assert resolve_pool(again, PoolFacts("2025", tiers, income, not_states & set(tiers))) == found
    for code in found.members:
        assert tiers[code] != "Tier 3" or any(row.country == code and row.legal_note for row in admissions)
