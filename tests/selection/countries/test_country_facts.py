"""Facts, marks, and rows of a country's page, on rows built by hand."""

from __future__ import annotations

import dataclasses
import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest

from indicators.models import Country
from selection.countries import published as published_presenters
from selection.countries.presenters import country as country_presenters
from selection.countries.presenters import factors as factors_presenters
from selection.countries.presenters.page import beside_map, marks
from selection.countries.queries.country import CountryPage, Factor, FactorGroup, Points
from selection.model_definition.criteria_table import CriterionRow
from selection.models import CountryScore, CountryStatus, ScoreRun
from selection.pool_rules.policy import AdmissionRow, PartnershipTerm
from selection.runs.rows import Chance, RankingRow
from tests.selection.countries.screens import (
    DAY,
    TABLE,
    criterion,
    estimate,
    indicator,
    line,
    observation,
    screen,
    statement,
)
from tests.support.fragments import fragment_text
from tests.support.rows import ranking, ranking_row

ONE = dt.timedelta(days=1)
GHANA = Country(code="GHA", name="Ghana", kind="state", region="Africa")


def page(row: RankingRow | None = None, ranked: list[RankingRow] | None = None, **values: Any) -> CountryPage:
    known: dict[str, Any] = {
        "country": GHANA, "successor": None, "groups": (), "unrated": (), "unrated_weight": 0.0, "row": row,
        "ranking": ranking(ranked or []) if row is not None else None,
    }  # fmt: skip
    return CountryPage(**{**known, **values})


def ranked_row(code: str, need: float, feasibility: float, **values: Any) -> RankingRow:
    known: dict[str, Any] = {"rank": 1, "coverage": 0.7, "lower": 40.04, "upper": 66.66, **values}
    return ranking_row(code, need=need, feasibility=feasibility, **known)


LOW, MIDDLE, HIGH = ranked_row("A", 10.0, 20.0), ranked_row("B", 30.0, 40.0), ranked_row("C", 50.0, 60.0)


def test_lede_explains_why_a_country_is_not_ranked() -> None:
    former, heir = Country(code="YUG", name="Yugoslavia", kind="former"), Country(code="SRB", name="Serbia")

    def lede(found: CountryPage) -> str:
        why = country_presenters.why_not_scored(found)
        return fragment_text("countries/_lede.html", page=found, why_not_scored=why)

    assert lede(page(country=former, successor=heir)) == (
        "A former state. Its values remain on record but are never scored. Its successor is Serbia."
    )
    assert lede(page(country=former)).endswith("never scored.")
    assert lede(page(country=Country(kind="territory"))).startswith("A territory that publishers")
    assert lede(page()) == "Published values for this country, each with its source."
    outside = ranking_row("GHA", status=CountryStatus.OUTSIDE_POOL, reason="Tier 3.")
    assert lede(page(outside)) == "Outside the pool. Tier 3."
    assert lede(page(ranking_row("GHA", reason="No."))) == "Ranked. No."


# ---- factors -------------------------------------------------------------------------------------------------------


def points(**values: Any) -> Points:
    known: dict[str, Any] = dict.fromkeys(("nominal", "weight", "effective", "points", "printed", "lost"), 0.0)
    return Points(**{**known, "u": 0.5, "median": 0.4, "clipped": False, **values})


def factor(key: str = "births", **values: Any) -> Factor:
    known: dict[str, Any] = {"row": criterion(key), "used": None, "shown": None, "missing": ""}
    return Factor(**{**known, **values})


def group(*factors: Factor, level: int = 0, **values: Any) -> FactorGroup:
    return FactorGroup(TABLE.nodes[0], level, factors, **values)


def test_known_facts_give_period_quality_and_witness_or_explain_a_gap() -> None:
    tier = factor("tier", used=observation(3, None, 2025, label="Tier 2", quality="unconfirmed"))
    freedom = factor("freedom_total", shown=observation(4, 80.0, 2024, indicator=indicator(decimals=0)))
    found = page(groups=(group(tier, factor("income", missing="not_collected"), freedom),))
    witnesses: Any = {3: SimpleNamespace(text="as the report says"), 9: SimpleNamespace(text="another")}
    assert [(f.term, f.value, f.note) for f in country_presenters.known_facts(found, witnesses)] == [
        ("Region", "Africa", ""),
        ("TIP Report tier", "Tier 2", "2025, unconfirmed, as the report says"),
        ("Income class", "No estimate", ""),
        ("Freedom in the World", "80", "2024"),
    ]
    assert country_presenters.known_facts(page(country=Country(kind="state"))) == []


@pytest.mark.parametrize(
    ("age", "limit", "text"),
    [
        (11, 10, "11 years old, past the limit of 10"),
        (10, 10, ""),
        (1, 0.5, "1 year old, past the limit of 0.5"),
        (99, None, ""),
        (None, 10, ""),
    ],
)
def test_a_value_is_too_old_past_the_limit(age: int | None, limit: float | None, text: str) -> None:
    row = criterion("births", max_age=limit)
    assert country_presenters.age(factor(row=row, age=age)) == text
    assert country_presenters.age(factor(row=row, age=age, estimate=estimate())) == ""


def test_the_three_factors_that_lose_most_are_named() -> None:
    lost = [("births", 1.0), ("marriage", 5.0), ("prevalence", 0.0), ("cpi", 3.25), ("tier", 4.0), ("literacy", -1.0)]
    rows = [factor(key, made=points(lost=value)) for key, value in lost]
    assert country_presenters.farthest(page(groups=(group(*rows, factor("gni")),))) == [
        "child marriage (5.0)",
        "TIP Report tier (4.0)",
        "Corruption Perceptions Index (3.2)",
    ]
    assert country_presenters.farthest(page(groups=(group(*rows[2:3]),))) == []


POSTS = {"kind": "goalposts", "lower": 1, "upper": 100, "direction": 1, "log": False}
DOWN, LOG = {**POSTS, "direction": -1}, {**POSTS, "log": True}
STEPS = {"kind": "ordinal", "table": [["L", 0.25], ["Tier 2", 1]]}


@pytest.mark.parametrize(
    ("function", "raw", "text"),
    [
        (POSTS, 25.75, "1 gives 0, 100 gives 1"),
        (DOWN, 75.25, "100 gives 0, 1 gives 1"),
        (LOG, 3.1622776, "1 gives 0, 100 gives 1, on a logarithmic scale"),
        ({**LOG, "direction": -1}, 31.622776, "100 gives 0, 1 gives 1, on a logarithmic scale"),
        (STEPS, None, "Low 0.25; Tier 2 1"),
        ({"kind": "rubric", "lower": 0, "upper": 4}, None, "Rubric, 0 to 4"),
        ({"kind": "as_is_now"}, None, "As is now"),
    ],
)
def test_a_value_function_is_explained_and_reversed(function: dict[str, Any], raw: float | None, text: str) -> None:
    assert country_presenters.raw_of(function, 0.25) == (raw if raw is None else pytest.approx(raw))
    assert published_presenters.goalposts(function) == text


@pytest.mark.parametrize(
    ("level", "weight", "text"),
    [
        (0, 50.0, "Counts for half of the score"),
        (0, 49.96, "Counts for 50.0 of 100 points"),
        (0, 60.0, "Counts for 60.0 of 100 points"),
        (0, None, ""),
        (1, 50.0, ""),
    ],
)
def test_branch_states_its_share_of_the_score(level: int, weight: float | None, text: str) -> None:
    assert country_presenters.counts_for(group(level=level, weight=weight)) == text


def test_the_rule_of_a_label_in_use_is_its_own_score() -> None:
    tier = observation(1, None, label="Tier 2", indicator=indicator())
    used = factor("tier", used=tier, made=points(u=0.7))
    assert country_presenters.rule(used) == "Tier 2 gives 0.7"
    table = "Tier 1 1.0; Tier 2 0.7; Tier 2 Watch List 0.35; Tier 3 0.0"
    assert country_presenters.rule(dataclasses.replace(used, made=None)) == table
    assert country_presenters.rule(dataclasses.replace(used, used=None)) == table
    assert country_presenters.rule(factor("births", used=observation(), made=points())) == "0 gives 0, 60 gives 1"


def test_a_gap_is_explained_and_only_an_old_value_has_its_year() -> None:
    old = observation(year=2009)
    assert country_presenters.missing(factor(used=old, missing="stale")) == "Old: 2009"
    assert country_presenters.missing(factor(used=old, missing="not_collected")) == "No estimate"
    assert country_presenters.missing(factor(missing="stale")) == "Old"
    assert country_presenters.missing(factor("forms", missing="not_collected")) == "Not rated"
    assert country_presenters.not_rated(factor("forms", missing="not_rated")) == "Not rated"
    assert country_presenters.not_rated(factor(shown=observation(value=70.6))) == (
        "Birth registration (higher is better): 70.6 percent, counts as 29.4%"
    )


def test_the_row_of_a_factor() -> None:
    used, shown = observation(1, 70.6, edition="2025"), observation(2, 81.0, 2023, quality="inferred")
    row = factor(
        used=used, shown=shown, made=points(nominal=10.0, effective=10.06), step=2.5, ratings=(4, 5), missing="stale",
        estimate={"best": 20.0},
    )  # fmt: skip
    found = factors_presenters.line(row)
    told = ("on_record", "quality", "rated", "raters", "missing", "also", "age", "goalposts", "now", "edition")
    assert [found[key] for key in told] == [
        "Birth registration (higher is better): 70.6 percent (2018)", "", "Rated 2.5 of 4", 2, "Old: 2018",
        "Birth registration (higher is better): 81.0 percent (2023, inferred)", "", "0 gives 0, 60 gives 1", "10.1",
        "2025 edition",
    ]  # fmt: skip
    assert found["published"].counts_as == "20.0%"
    only_shown = factors_presenters.line(dataclasses.replace(row, used=None))
    assert only_shown["published"].counts_as == ""
    assert (only_shown["published"].value, only_shown["quality"], only_shown["also"]) == ("81.0", "Inferred", "")
    assert (
        factors_presenters.line(dataclasses.replace(row, is_hidden=True))["missing"] == "Shown once you have rated it"
    )
    nothing = factors_presenters.line(factor("forms", step=0.0))
    assert (nothing["published"], nothing["rated"], nothing["mark"], nothing["now"]) == (None, "Rated 0 of 4", None, "")
    assert factors_presenters.line(factor())["rated"] == ""


@pytest.mark.parametrize(
    ("nominal", "effective", "u", "now"),
    [(10.0, 10.04, 0.5, ""), (10.0, 10.06, 0.5, "10.1"), (10.0, 9.9, 0.5, "9.9"), (10.0, 0.0, None, "")],
)
def test_the_weight_now_is_printed_only_if_it_prints_differently(
    nominal: float, effective: float, u: float | None, now: str
) -> None:
    made = points(nominal=nominal, effective=effective, u=u)
    assert factors_presenters.line(factor(made=made))["now"] == now


def test_counted_factors_stand_in_their_groups_and_the_others_beside() -> None:
    rows = factors_presenters.Rows(page(groups=(group(factor("births"), factor("detected"), weight=50.0),)), {})
    ((_, text, lines),) = rows.groups()
    assert (text, [one["factor"].row.key for one in lines]) == ("Counts for half of the score", ["births"])
    assert [one["factor"].row.key for one in rows.beside()] == ["detected"]


def test_hurdles_of_a_run_come_from_its_model() -> None:
    hurdles = {"corruption": Chance("pass", 0.995), "tier3": Chance("fail", None)}
    found = factors_presenters.hurdles(page(ranked_row("GHA", 1.0, 1.0, hurdles=hurdles)), TABLE)
    assert [(one["label"], one["mark"], one["result"], one["likelihood"]) for one in found] == [
        ("Control of Corruption above the income group's median", "good", "Likely pass", "over 99%"),
        ("Not on Tier 3", "bad", "Fail", ""),
    ]
    assert factors_presenters.hurdles(page(), TABLE) == []


# ---- published values ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "value", "code", "best", "text"),
    [
        ("births", 70.6, "wdi.birth_registration", None, "29.4%"),
        ("births", 50.0, "wdi.birth_registration", None, ""),
        ("births", 70.6, "wdi.birth_registration", 20.0, "20.0%"),
        ("marriage", 45.0, "wdi.child_marriage", None, ""),
        ("marriage", 45.0, "wdi.child_marriage", 45.04, ""),
        ("marriage", 45.0, "wdi.child_marriage", 45.06, "45.1%"),
        ("births", None, "wdi.birth_registration", 20.0, ""),
    ],
)
def test_a_value_counts_as_another_only_if_it_prints_differently(
    key: str, value: float | None, code: str, best: float | None, text: str
) -> None:
    found = observation(value=value, indicator=indicator(code=code))
    assert published_presenters.counts_as(criterion(key), found, {"best": best}) == text
    assert published_presenters.counts_as(criterion(key), observation(value=value, label="L"), {"best": best}) == ""


@pytest.mark.parametrize(
    ("row", "unit", "decimals", "value", "text"),
    [
        (criterion("cpi"), "percent of firms", 0, 20.06, "20%"),
        (criterion("cpi"), "% of firms", 2, 20.06, "20.06%"),
        (criterion("cpi"), "points", 0, 35.0, "35"),
        (criterion("prevalence"), "per 1,000 people", 1, 4.66, "4.7"),
        (criterion("births"), "share", 1, 4.66, "4.7%"),
        (criterion("births"), None, 0, 4.66, "4.7%"),
        (criterion("births", estimate=None), None, 0, 4.66, "4.7"),
        (criterion("births"), "percent", 1, None, "\N{EN DASH}"),
    ],
)
def test_an_amount_has_the_decimals_of_its_indicator_and_a_percent_sign(
    row: CriterionRow, unit: str | None, decimals: int, value: float | None, text: str
) -> None:
    of = None if unit is None else indicator(unit=unit, decimals=decimals)
    assert published_presenters.amount(row, value, of) == text


def test_one_more_decimal_shows_a_small_difference() -> None:
    assert published_presenters.amount(criterion("births"), 4.66, indicator(), more=1) == "4.66%"


def test_a_published_value_has_no_unit_where_it_is_a_label_or_missing() -> None:
    found = published_presenters.published(criterion("income"), observation(value=None, label="LM"))
    assert (found.heading, found.text) == (
        "Birth registration, higher is better", "Birth registration (higher is better): Lower middle income",
    )  # fmt: skip
    gap = observation(value=None, missing="not_collected", indicator=indicator(direction=0))
    assert published_presenters.published(criterion("births"), gap).text == "Birth registration: \N{EN DASH}"
    lower = published_presenters.published(criterion("marriage"), observation(indicator=indicator(direction=-1)))
    assert (lower.direction, lower.unit) == ("lower is better", "percent")


# ---- under the name and beside the map -----------------------------------------------------------------------------


def term(start: dt.date, end: dt.date | None) -> PartnershipTerm:
    return PartnershipTerm("GHA", "Sample", start, end)


ADMITTED = AdmissionRow(1, "GHA", "It asked.", DAY, dt.date(2027, 5, 31))


@pytest.mark.parametrize(
    ("terms", "mark", "fact"),
    [
        ([term(dt.date(2019, 2, 3), DAY)], "Partner 2019 to 2026", ("Partner", "Feb 3, 2019 to Mar 1, 2026", True)),
        (
            [term(dt.date(2019, 2, 3), DAY + ONE)],
            "Partner since 2019",
            ("In partnership", "Feb 3, 2019 to Mar 2, 2026", True),
        ),
        ([term(DAY, None)], "Partner since 2026", ("In partnership", "Mar 1, 2026", True)),
        ([term(DAY + ONE, None)], "Partner 2026", ("Partner", "Mar 2, 2026", True)),
        ([], "", ("Partner", "None on record", False)),
    ],
)
def test_a_partnership_holds_until_the_day_before_its_end(
    terms: list[PartnershipTerm], mark: str, fact: tuple[str, str, bool]
) -> None:
    found = screen(terms=terms)
    assert [text for _, text, icon in marks(page(), found) if icon == "history"] == ([mark] if mark else [])
    assert beside_map(found)[0] == fact


def test_the_newest_of_several_partnerships_is_the_mark() -> None:
    found = screen(terms=[term(dt.date(2015, 1, 1), dt.date(2018, 1, 1)), term(dt.date(2024, 1, 1), None)])
    assert [text for _, text, icon in marks(page(), found) if icon == "history"] == ["Partner since 2024"]
    assert [fact[0] for fact in beside_map(found)] == ["Partner", "In partnership", "Old values"]


def test_marks_name_status_tier_income_admission_and_the_hurdle() -> None:
    hurdle = {"corruption": Chance("fail", 0.02)}
    values: dict[str, Any] = {"tier": "Tier 2", "tier_quality": "unconfirmed", "income": "LM", "admission": ADMITTED}
    assert marks(page(ranked_row("GHA", 1.0, 1.0, hurdles=hurdle)), screen(status="provisional", **values)) == [
        ("unknown", "Provisional", ""),
        ("none", "Tier 2, not confirmed", "label"),
        ("none", "Lower middle income", "assessment"),
        ("info", "Admitted until May 31, 2027", "flag"),
        ("bad", "Corruption hurdle: likely fail", ""),
    ]
    assert marks(page(), screen(tier="Tier 2", tier_quality="stated")) == [("none", "Tier 2", "label")]
    assert ("Admitted", "It asked.", False) in beside_map(screen(admission=ADMITTED))


def test_values_older_than_seven_years_are_listed_with_the_newest_year_in_use() -> None:
    def old(*ages: int | None) -> str:
        keys = ("births", "cpi", "marriage")
        lines = [line(key, estimate(age=age)) for key, age in zip(keys, ages, strict=False)]
        used = (statement(observation(1, year=2016)), statement(observation(2, year=2017)))
        values = {key: (*used, statement(observation(3, year=2024), is_used=False)) for key in keys[:2]}
        return beside_map(screen(lines=lines, statements=values))[-1][1]

    assert old(8, 7) == "Births not registered of 2017"
    assert old(8, 8, 8) == "Births not registered of 2017 and Corruption Perceptions Index of 2017"
    assert old(7, None) == "None"


def test_an_earlier_result_without_a_rank_names_the_place_if_there_is_one() -> None:
    def result(place: int | None) -> str:
        row = CountryScore(run=ScoreRun(pk=4, reference_date=dt.date(2026, 1, 1)), status="provisional", place=place)
        return fragment_text("countries/_history.html", country=Country(code="GHA"), history=[(row, False)])

    assert result(40).endswith("Provisional; would rank 40")
    assert result(None).endswith("Provisional")
