"""Sentences of a ranking's lists, on rows built by hand."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

import pytest

from selection.model_definition.criteria_table import read
from selection.models import CountryStatus
from selection.pool_rules.policy import AdmissionRow, PartnershipTerm, PolicyRow, Reason
from selection.pool_rules.pools import PoolInputs
from selection.ranking.presenters import sentences as sentences_presenters
from selection.ranking.presenters.folds import pool_facts
from selection.ranking.presenters.lead import finding_of
from selection.ranking.presenters.sentences import counted_share, share_in_first
from selection.ranking.presenters.shared import scatter_sentences, tier
from selection.ranking.queries.findings import Concentration, PoolCounts
from selection.ranking.queries.listing import NOT_RANKABLE, OUTSIDE, PROVISIONAL, RANKED, ListTab
from selection.runs.rows import Ranking, RankingRow, Weak
from selection.runs.verdicts import Fact
from tests.selection.countries.screens import DAY
from tests.support.fragments import bold_and_rest, fragment_text
from tests.support.rows import former_table, ranking, ranking_row

TABLE = ranking().table
DASH = "\N{EN DASH}"


# ---- a row ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("weak", "short", "all_of_it"),
    [
        (Weak(), "", ""),
        (
            Weak(filled=("births",)),
            "Filled from peers: births not registered",
            "Filled from peers: births not registered",
        ),
        (Weak(bridged=("child_labour",)), "Child labor from another series", "Child labor from another series"),
        (Weak(old=(("cpi", 2015),)), "", "Corruption perceptions index of 2015"),
        (
            Weak(old=(("marriage", 2016), ("births", 2014), ("prevalence", 2016))),
            "Survey of 2014: births not registered; Survey of 2016: child marriage and prevalence",
            "Survey of 2014: births not registered; Survey of 2016: child marriage and prevalence",
        ),
        (
            Weak(filled=("births",), bridged=("child_labour",), old=(("marriage", 2016),)),
            "Filled from peers: births not registered; Child labor from another series; 1 more",
            "Filled from peers: births not registered; Child labor from another series; Survey of 2016: child marriage",
        ),
    ],
)
def test_weak_evidence_is_named_up_to_two_points(weak: Weak, short: str, all_of_it: str) -> None:
    row = ranking_row("A", weak=weak)
    assert sentences_presenters.weak(row, TABLE) == short
    assert sentences_presenters.weak(row, TABLE, None) == all_of_it


@pytest.mark.parametrize(
    ("codes", "filled", "text"),
    [
        ("E2", ("child_labour",), "No recent value: child labor"),
        ("E3", ("births", "prevalence"), "No recent value: births not registered"),
        ("E3", (), "No recent value: child marriage, births not registered"),
        ("E2,E1", (), "No recent value: child labor, prevalence"),
        ("E9", (), "The reason."),
        ("", (), "The reason."),
    ],
)
def test_a_provisional_country_names_the_values_that_it_lacks(codes: str, filled: tuple[str, ...], text: str) -> None:
    row = ranking_row("A", reason_code=codes, weak=Weak(filled=filled), reason="The reason.")
    assert sentences_presenters.why(row, TABLE) == text


def term(start: int, end: int) -> PartnershipTerm:
    return PartnershipTerm("A", "Sample", dt.date(start, 1, 1), dt.date(end, 1, 1))


def test_former_partnerships_have_the_years_of_their_terms() -> None:
    row = ranking_row("A", former=(term(2015, 2020), term(2022, 2022)))
    assert sentences_presenters.former(row) == ["2015 to 2020", "2022"]


@pytest.mark.parametrize(
    ("values", "text"),
    [
        (
            {"status": "provisional", "low": 3, "high": 40, "median": 21, "place": 20},
            "It would rank between 3 and 40, median 21.",
        ),
        ({"status": "provisional", "place": 20}, "It would rank 20."),
        ({"status": "outside_pool", "low": 3, "high": 40, "median": 21, "place": 20}, "It would rank 20."),
        ({"status": "outside_pool"}, ""),
    ],
)
def test_the_place_of_a_country_without_a_rank(values: dict[str, Any], text: str) -> None:
    told = fragment_text("ranking/_ranking_only.html", row=ranking_row("A", **values), why_not_ranked="Why")
    assert told == f"One country matches: A. Why. {text}".strip()


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ({"rank": 2, "low": 1, "high": 4}, "One country matches: Ghana, rank 2 of 1, 1 to 4 in 90% of draws."),
        ({"rank": 2}, "One country matches: Ghana, rank 2 of 1."),
        (
            {"status": "outside_pool", "place": 20, "reason": "Tier 3."},
            "One country matches: Ghana. Tier 3. It would rank 20.",
        ),
        ({"status": "outside_pool", "reason": "Tier 3."}, "One country matches: Ghana. Tier 3."),
    ],
)
def test_the_only_match_is_a_sentence(values: dict[str, Any], text: str) -> None:
    row = ranking_row("A", "Ghana", **values)
    why = values.get("reason", "").rstrip(".")
    told = fragment_text("ranking/_ranking_only.html", row=row, ranking=ranking([row]), why_not_ranked=why)
    assert told == text


@pytest.mark.parametrize(
    ("share", "drawn", "text"),
    [
        (0.796, True, "79.6%"),
        (0.8, True, "80%"),
        (0.804, True, "80%"),
        (0.796, False, "79.6%"),
        (0.8, False, "80%"),
        (0.046, False, "4.6%"),
        (1.0, False, "100%"),
        (1.0, True, ">99%"),
        (0.803, True, "80%"),
        (0.85, True, "85%"),
        (0.0463, True, "4.6%"),
        (0.0, True, "<1%"),
        (None, True, DASH),
    ],
)
def test_a_share_keeps_its_side_of_a_limit(share: float | None, drawn: bool, text: str) -> None:
    row = ranking_row("A", group="open", p20=share)
    told = share_in_first(row, read()) if drawn else counted_share(share or 0.0, (0.8, 0.05))
    assert told == text


def test_titles_and_introductions_of_the_lists() -> None:
    def outside(**values: Any) -> str:
        return sentences_presenters.reason_title(ranking_row("A", **values))

    assert outside(status=CountryStatus.NOT_LISTED) == "Not in the TIP Report"
    assert outside(status=CountryStatus.NOT_CANDIDATE) == "Not a state"
    assert outside(status=CountryStatus.OUTSIDE_POOL, reason_code=Reason.PARTNERSHIP) == "A partnership is in force"
    intros = {
        tab: fragment_text("ranking/_ranking_intro.html", tab=tab) for tab in (PROVISIONAL, OUTSIDE, NOT_RANKABLE)
    }
    assert intros[PROVISIONAL].startswith("These countries have no rank because evidence")
    assert intros[OUTSIDE].startswith("These countries are outside the pool;")
    assert "so these countries are in the pool" in intros[NOT_RANKABLE]


def test_only_an_unconfirmed_tier_is_marked() -> None:
    assert "not confirmed" in tier("Tier 2", "unconfirmed")
    assert tier("Tier 2 Watch List", "stated") == "Watch List"
    assert tier("", "unconfirmed") == DASH


# ---- above the lists -----------------------------------------------------------------------------------------------

SURE = "in at least 80% of draws and 90% of methods"
NEVER = "in the first 20 in under 5% of draws and of methods"
TURNS = "on old or missing data, on the weights, or on the method"


def told(tab: ListTab, found: Ranking) -> tuple[str, str]:
    return bold_and_rest("ranking/_finding.html", finding=finding_of(tab, found, None))


def figures(tab: ListTab, found: Ranking) -> list[Fact]:
    figures: list[Fact] = finding_of(tab, found, None)["figures"]
    return figures


def grouped(*groups: str) -> list[RankingRow]:
    return [ranking_row(f"C{n:02d}", rank=n, group=group) for n, group in enumerate(groups, 1)]


@pytest.mark.parametrize(
    ("groups", "finding", "context"),
    [
        (["in"], "1 country is firmly in the first 20: C01.", f"It is there {SURE}."),
        (
            ["in", "in", "open"],
            "2 countries are firmly in the first 20: C01 and C02.",
            f"They are there {SURE}. 1 is open: whether it belongs there turns {TURNS}.",
        ),
        (
            ["open", "open", "out"],
            f"No country is firmly in the first 20, which means there {SURE}.",
            f"1 is firmly out: {NEVER}. 2 are open: whether they belong there turns {TURNS}.",
        ),
        (["in"] * 10, "10 countries are firmly in the first 20.", f"They are there {SURE}."),
        (
            ["in"] * 9,
            "9 countries are firmly in the first 20: C01, C02, C03, C04, C05, C06, C07, C08 and C09.",
            f"They are there {SURE}.",
        ),
        (
            ["out", "out"],
            f"No country is firmly in the first 20, which means there {SURE}.",
            f"2 are firmly out: {NEVER}.",
        ),
    ],
)
def test_ranked_sentence_names_the_firm_countries(groups: list[str], finding: str, context: str) -> None:
    assert told(RANKED, ranking(grouped(*groups), table=former_table())) == (finding, context)


def test_each_group_is_a_figure_that_filters() -> None:
    rows = grouped(*["in"] * 18, *["open"] * 5, "out")
    found = figures(RANKED, ranking(rows, table=former_table()))
    assert [(one.term, one.value, one.note, one.group) for one in found] == [
        ("Firmly in", "18", "", "in"),
        ("Open", "5", "", "open"),
        ("Firmly out", "1", "", "out"),
    ]


def test_without_draws_or_ranks_no_country_is_called_in_or_out() -> None:
    assert told(RANKED, ranking())[0] == "No country is ranked."
    assert told(RANKED, ranking([ranking_row("A", rank=1)]))[0] == "1 country is ranked, and no draw was made."
    assert told(PROVISIONAL, ranking())[0] == "No country is ranked."


def provisional(code: str, codes: str = "E2", **values: Any) -> RankingRow:
    return ranking_row(code, status=CountryStatus.PROVISIONAL, reason_code=codes, **values)


def test_provisional_sentence_gives_reach_width_and_gaps() -> None:
    rows = [
        provisional("A", "E2,E3", low=5, median=30, high=50),
        provisional("B", "E2", low=20, median=25, high=60),
        provisional("C", "E4", low=1, median=40, high=3),
        provisional("D", "E9", low=21, median=24, high=90),
    ]
    finding, context = told(PROVISIONAL, ranking(others=rows))
    assert finding == (
        "3 of 4 provisional countries reach the first 20 in at least 5% of draws; only more data can show whether they "
        "belong there."
    )
    assert context == "In 90% of draws, B would rank between 20 and 60 and A would rank between 5 and 50."
    assert [(one.term, one.value) for one in figures(PROVISIONAL, ranking(others=rows))] == [
        ("Child labor", "2"),
        ("Child marriage or births not registered", "1"),
        ("Width of the range in places", "42"),
    ]
    assert figures(PROVISIONAL, ranking(others=rows))[2].note == "median of the 4"
    one, _ = told(PROVISIONAL, ranking(others=rows[:1]))
    assert one.startswith("1 of 1 provisional countries reaches the first 20")
    assert one.endswith("whether it belongs there.")
    none = told(PROVISIONAL, ranking(others=[provisional("A"), provisional("B")]))
    assert none == ("2 countries are provisional: evidence that a rank needs is missing or too old.", "")


@pytest.mark.parametrize(
    ("proven", "lacking", "context"),
    [
        (1, 0, ""),
        (1, 1, "1 more lacks evidence that a rank needs; if admitted, it would be provisional."),
        (0, 2, "2 more lack evidence that a rank needs; if admitted, they would be provisional."),
    ],
)
def test_countries_outside_that_lack_evidence_are_counted_apart(proven: int, lacking: int, context: str) -> None:
    known: dict[str, Any] = {"status": CountryStatus.OUTSIDE_POOL, "reason_code": Reason.TIER3, "place": 3}
    rows = [ranking_row(f"P{n}", **known) for n in range(proven)]
    rows += [ranking_row(f"L{n}", **known, fails=("E1",)) for n in range(lacking)]
    rows.append(ranking_row("U", **{**known, "reason_code": Reason.UNITED_STATES}, fails=("E1",)))
    assert told(OUTSIDE, ranking(others=rows))[1] == context


@pytest.mark.parametrize(
    ("found", "finding", "more"),
    [
        (
            Concentration("Near East", 1, 20, 10, 80),
            "1 of the first 20 is in the Near East.",
            "Of all 80 ranked countries, 10 are.",
        ),
        (
            Concentration("Africa", 15, 20, 40, 80),
            "15 of the first 20 are in Africa.",
            "Of all 80 ranked countries, 40 are.",
        ),
        (
            Concentration("Africa", 16, 20, 40, 80),
            "16 of the first 20 are in Africa.",
            "Of all 80 ranked countries, 40 are. The difference follows from the choice of facts of need, so also "
            "check the rank within the region.",
        ),
        (Concentration("Africa", 1, 1, 1, 1), "1 of the first 1 is in Africa.", "Of all 1 ranked countries, 1 is."),
    ],
)
def test_a_region_is_uneven_above_half_again_its_share(found: Concentration, finding: str, more: str) -> None:
    facts = {"region": found, "region_finding": sentences_presenters.region_finding(found)}
    assert fragment_text("ranking/_fold_region.html", folds=facts).endswith(f"open one. {finding} {more}")


def policy(reason: str, *values: str, **more: Any) -> PolicyRow:
    return PolicyRow(1, reason, 1, values, "", "", **{"since": DAY, **more})


POOL = PoolInputs(DAY, (policy(Reason.TIER3, "Tier 3"), policy(Reason.HIGH_INCOME, "H", "UM")))


@pytest.mark.parametrize(
    ("counts", "finding", "context"),
    [
        (PoolCounts(1, 0, {}, None), "1 country is in the pool.", "No country is outside."),
        (
            PoolCounts(80, 1, {"tier3": 1}, None),
            "80 countries are in the pool, 1 of them by decision.",
            "1 is outside. 1 of them is in the TIP Report: 1 on Tier 3.",
        ),
        (
            PoolCounts(80, 0, {"united_states": 1, "high_income": 2, "special_case": 2}, None),
            "80 countries are in the pool.",
            "5 are outside. 5 of them are in the TIP Report: the United States, 2 by their income class and 2 "
            "Special Cases.",
        ),
        (
            PoolCounts(80, 0, {"not_listed": 1, "not_candidate": 1}, None),
            "80 countries are in the pool.",
            "2 are outside. 1 is not in the TIP Report and 1 is a territory that is not a state.",
        ),
        (
            PoolCounts(80, 0, {"special_case": 1, "not_candidate": 2}, None),
            "80 countries are in the pool.",
            "3 are outside. 1 of them is in the TIP Report: 1 Special Case. 2 are territories that are not states.",
        ),
    ],
)
def test_the_pool_is_counted_by_reason(counts: PoolCounts, finding: str, context: str) -> None:
    facts = pool_facts(counts, dataclasses.replace(ranking(), pool=POOL))
    told = fragment_text("ranking/_pool_counts.html", folds=facts)
    assert told == f"{finding} {context} The rules are the defaults; no one has changed them."


def test_the_last_decision_on_the_pool_is_named() -> None:
    def told(changed: PolicyRow | AdmissionRow) -> str:
        facts = pool_facts(PoolCounts(1, 0, {}, changed), ranking([ranking_row("GHA", "Ghana")]))
        return fragment_text("ranking/_pool_counts.html", folds=facts).partition("outside. ")[2]

    rule = told(policy(Reason.TIER3, decided_by="Sam"))
    assert rule.startswith("Last changed Mar 1, 2026: the rule “")
    assert rule.endswith("”, proposed by Sam.")
    admission = AdmissionRow(1, "GHA", "Why", DAY, dt.date(2027, 1, 1), decided_by="Kim")
    assert told(admission) == "Last changed Mar 1, 2026: Ghana admitted, proposed by Kim."
    unknown = dataclasses.replace(admission, country="XXX")
    assert told(unknown) == "Last changed Mar 1, 2026: XXX admitted, proposed by Kim."


def scattered(*pairs: tuple[float, float]) -> tuple[str, str]:
    rows = [ranking_row(f"C{n}", rank=n, need=need, feasibility=able) for n, (need, able) in enumerate(pairs, 1)]
    return scatter_sentences(ranking(rows))


@pytest.mark.parametrize(
    ("pairs", "finding", "context"),
    [
        (
            [(1, 9), (2, 8), (8, 2), (9, 1)],
            "High need and high feasibility seldom come together.",
            "0 of 4 countries are above the median on both.",
        ),
        (
            [(1, 9), (2, 8), (3, 1), (8, 2), (9, 10)],
            "High need and high feasibility come together about as often as by chance.",
            "1 of 5 countries is above the median on both.",
        ),
        (
            [(1, 9), (2, 3), (8, 2), (9, 10)],
            "High need and high feasibility come together about as often as by chance.",
            "1 of 4 countries is above the median on both.",
        ),
        (
            [(1, 1), (2, 2), (8, 8), (9, 9)],
            "High need and high feasibility often come together.",
            "2 of 4 countries are above the median on both.",
        ),
    ],
)
def test_high_need_and_high_feasibility(pairs: list[tuple[float, float]], finding: str, context: str) -> None:
    told = scattered(*pairs)
    assert (told[0], told[1].split(" No country")[0]) == (finding, context)
