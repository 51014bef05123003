"""Findings on a country in a run with all-in draws, on rows built by hand."""

from __future__ import annotations

from typing import Any

import pytest

from selection.countries.presenters.all_in import findings
from selection.countries.presenters.verdict import facts, verdict
from selection.countries.queries.screen import Screen
from tests.selection.countries import screens
from tests.selection.countries.screens import (
    ALL_IN,
    REPORT_2026,
    axis,
    estimate,
    observation,
    screen,
    statement,
)
from tests.support.fragments import fragment_text

SETTLED = {"low": 1, "median": 9, "high": 43, "p10": 0.5, "p20": 0.66, "group": "open"}
FREE = {
    "share": 0.19,
    "low": 8,
    "high": 77,
    "confidence": 0.85,
    "weights": {"need": 0.17, "feasibility": 0.83, "tier": 0.6, "ilab": 0.4},
}
LOST = {"prevalence": 0.835, "tier": 0.691, "child_labour": 0.41, "ilab": 0.399, "births": 0.314}
RELIABLE = {"value": 7.011, "lost": LOST, "settled": 7.702}


def told(at: Screen) -> str:
    return fragment_text("countries/_findings.html", findings=findings(at), screen=at, country=at.country)


def verdict_text(at: Screen) -> str:
    return fragment_text("countries/_verdict_text.html", verdict=verdict(at))


def told_of(**detail: Any) -> str:
    return told(screen(detail={**ALL_IN, **detail}, overdue=[REPORT_2026], reliable=(6.06, 8.14)))


def test_a_run_of_version_3_has_no_such_finding() -> None:
    assert findings(screen(detail={"widths": {"total": 3}})) is None


def test_the_settled_figures_are_given_only_while_a_report_is_overdue() -> None:
    assert told_of(settled=SETTLED).startswith(
        "If the 2026 TIP Report changes no tier: rank 1 to 43 in 90% of draws, in the first 20 in 66% (open) "
        "The 2026 TIP Report is due and not loaded, so every tier is drawn from how tiers moved before. "
        "With data and weights alone it ranks 6 to 14 in 90% of draws"
    )
    detail = {**ALL_IN, "reliability": RELIABLE, "settled": SETTLED}
    assert told(screen(detail=detail, reliable=(6.06, 8.14))).startswith("Reliability 7.0 of 10 What takes")


def test_reliability_names_what_lowers_it_and_the_effect_of_an_overdue_report() -> None:
    assert told_of(reliability=RELIABLE).startswith(
        "Reliability 7.0 of 10; loading the 2026 TIP Report would add 0.7 What takes most from 10, and better data "
        "would raise: prevalence (0.8), TIP Report tier (0.7), child labor (0.4) and advancement against child labor "
        "(0.4). It lies between 6.1 and 8.1 for all ranked countries, so small differences say little. Missing"
    )
    assert "Nothing takes from it: every value is exact." in told_of(
        reliability={"value": 10.0, "lost": {"tier": 0.04}}
    )


def test_the_shares_of_weight_are_counts_beside_the_reliability() -> None:
    def line(key: str, weight: float, source: str = "own", **values: Any) -> dict[str, Any]:
        state = values.pop("state", "observed")
        return screens.line(key, estimate(source, **values), effective_weight=weight, state=state)

    lines = [
        line("prevalence", 0.15, "pooled", age=5),
        line("child_labour", 0.15, "working", age=6, state="bridged"),
        line("marriage", 0.10, "peers", age=None),
        line("births", 0.10, age=8),
        line("tier", 0.16, age=1, moves={"Tier 2": 0.8}),
        line("ilab", 0.08, age=4, moves={"Moderate Advancement": 0.7}),
    ]
    tier = statement(observation(7, None, 2025, label="Tier 2", quality="unconfirmed"))
    unused = statement(observation(8, 3.0, 2016, quality="unconfirmed"), is_used=False)
    at = screen(
        lines=lines, statements={"tier": (tier,), "births": (unused,)}, detail=dict(ALL_IN), overdue=[REPORT_2026]
    )
    facts = findings(at)
    assert facts is not None
    assert dict(facts.shares) == {
        "Missing": "10%",
        "Bridged": "15%",
        "Older than five years": "25%",
        "Of an overdue edition": "16%",
        "Unconfirmed": "16%",
    }


def test_free_weights_count_and_name_the_weightings() -> None:
    assert told_of(free=FREE).endswith(
        "Ghana is in the first 20 in 19% of weightings; typically those that give need 17% "
        "Every weighting counts the same here; the rank is 8 to 77 in 90% of them. With those weights it is there in "
        "85% of draws of the data. "
        "Scoreneed 17%, feasibility 83%Political willTIP Report tier 60%, advancement against child labor 40%"
    )
    assert "here; the rank is 8 in 90% of them." in told_of(free={**FREE, "high": 8})


def test_too_few_weightings_say_so() -> None:
    assert told_of(free={**FREE, "share": 0.006, "confidence": None, "weights": None}).endswith(
        "Ghana is in the first 20 in under 1% of weightings, too few to say which "
        "Every weighting counts the same here; the rank is 8 to 77 in 90% of them."
    )


def test_facts_of_a_ranked_country_include_income_class_and_reliability() -> None:
    detail = {**ALL_IN, "income_rank": 12, "holds": 0.68}
    at = screen(
        detail=detail, overdue=[REPORT_2026], p10=0.3, p20=0.61, designs=0.5, income="LM", reliable=(6.06, 8.14)
    )
    figures = {fact.term: (fact.value, fact.note) for fact in facts(at)}
    assert figures == {
        "Rank in the pool": ("9 of 80", "5 to 14 in 90% of draws"),
        "In the first 20": ("61%", "of draws; 68% if its tier holds"),
        "In its income class": ("12", "Lower middle income"),
        "Reliability": ("7.0", "of 10; ranked: 6.1 to 8.1"),
    }


def test_a_country_outside_the_pool_has_the_range_that_it_would_take() -> None:
    detail = {**ALL_IN, "all_in": {"low": 1, "median": 13, "high": 48, "p20": 0.67}}
    at = screen(
        status="outside_pool", rank=None, place=10, rank_low=None, rank_high=None, p20=None, reason="High income",
        detail=detail, need=axis(), feasibility=axis(),
    )  # fmt: skip
    assert verdict_text(at).startswith(
        "By its own figures, it would rank 10 among the 80 ranked countries, 1 to 48 in 90% of draws, and those below "
        "would move down one."
    )
    figures = {fact.term: (fact.value, fact.note) for fact in facts(at)}
    assert figures["Would rank"] == ("10", "among 80; 1 to 48 in 90% of draws")
    assert figures["In the first 20"] == ("67%", "of draws; it has no rank")


@pytest.mark.parametrize(("overdue", "note"), [([REPORT_2026], "38% if its tier holds"), ([], "it has no rank")])
def test_a_provisional_country_has_the_share_if_its_tier_holds(overdue: list[Any], note: str) -> None:
    at = screen(status="provisional", rank=None, place=30, p20=0.33, detail={**ALL_IN, "holds": 0.38}, overdue=overdue)
    figures = {fact.term: (fact.value, fact.note) for fact in facts(at)}
    assert figures["In the first 20"] == ("33%", f"of draws; {note}")


def test_a_provisional_country_would_rank_if_the_report_changes_no_tier() -> None:
    at = screen(
        status="provisional",
        rank=None,
        place=30,
        detail={**ALL_IN, "settled": {**SETTLED, "group": ""}},
        overdue=[REPORT_2026],
    )
    assert "in the first 20 in 66% The 2026 TIP Report is due" in told(at)
    assert "With data and weights alone it would rank 6 to 14 in 90% of draws" in told(at)


def test_a_tier_that_may_have_changed_is_named_as_what_matters() -> None:
    tier = screens.line("tier", estimate(age=1, best=None, datum=0.1, moves={"Tier 2": 0.8, "Tier 1": 0.2}))
    at = screen(lines=[tier], ends={"tier": (18, 32)}, detail=dict(ALL_IN), overdue=[REPORT_2026])
    assert verdict_text(at).endswith(
        "Nothing is missing, but a newer TIP Report tier is due and not loaded: another level of its own could put "
        "Ghana anywhere from rank 18 to 32."
    )
