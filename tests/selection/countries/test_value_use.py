"""Sentences on how a run used each published value, on rows built by hand."""

from __future__ import annotations

from typing import Any

import pytest

from indicators.sources.value_notes import NO_SURVEY_YEAR
from selection.countries.presenters.value_use import (
    ValueLine,
    dated,
    line,
    named,
    parts,
    published,
    span,
    use_of,
    used_value,
)
from selection.countries.queries.country import Factor, FactorGroup, Points
from tests.selection.countries import screens
from tests.selection.countries.screens import (
    OWN,
    PEERS,
    POOLED,
    TABLE,
    criterion,
    estimate,
    indicator,
    observation,
    screen,
    statement,
)
from tests.support.fragments import fragment_text

RANGE: dict[str, Any] = {"low": 6.0, "high": 45.0, "error": 0.3}
INDEX = indicator("Index", unit="points", decimals=0)


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("child_labour", "child labor"),
        ("prevalence", "prevalence"),
        ("cpi", "Corruption Perceptions Index"),
        ("tier", "TIP Report tier"),
        ("births", "births not registered"),
    ],
)
def test_a_criterion_is_named_within_a_sentence(key: str, text: str) -> None:
    assert named(TABLE.row(key)) == text


@pytest.mark.parametrize(
    ("key", "values", "of", "text"),
    [
        ("births", {**RANGE, "high": 10.0}, None, "6 to 10%"),
        ("births", {**RANGE, "high": 9.96}, None, "6.0 to 10.0%"),
        ("births", {**RANGE, "low": -10.0, "high": 5.0}, None, "\N{MINUS SIGN}10 to 5%"),
        ("births", {**RANGE, "low": -9.9, "high": 5.0}, None, "\N{MINUS SIGN}9.9 to 5.0%"),
        ("births", {**RANGE, "high": 8.4}, INDEX, "6 to 8%"),
        ("births", {**RANGE, "high": 6.04}, None, "6.0%"),
        ("births", {**RANGE, "error": 0.0}, None, ""),
        ("births", {**RANGE, "error": None}, None, ""),
        ("births", {**RANGE, "low": None}, None, ""),
        ("births", {**RANGE, "high": None}, None, ""),
        ("births", {**RANGE, "best": None}, None, ""),
        ("births", {**RANGE, "high": 80.0}, None, "6 to 80%"),
        ("cpi", {"best": 50.0, "low": -5.0, "high": 130.0, "error": 2.0}, INDEX, "0 to 100"),
        ("cpi", {"best": 101.0, "low": 80.0, "high": 130.0, "error": 2.0}, INDEX, "80 to 130"),
    ],
)
def test_a_range_is_rounded_and_capped_by_the_goalposts(key: str, values: dict[str, Any], of: Any, text: str) -> None:
    row = TABLE.row(key)
    if key == "cpi":
        row = criterion("cpi", function={**row.function, "lower": 0, "upper": 100}, estimate={"scale": "points"})
    assert span(row, estimate(**values), of) == text


def use_text(*given: Any) -> str:
    return fragment_text("countries/_value_use.html", use=use_of(*given))


SURVEY = statement(observation(1, 70.6), "Births registered")
CODED = statement(observation(1, 70.6, indicator=indicator(code="wdi.birth_registration")), "Births registered")
MODERN = "Moderate Advancement"


@pytest.mark.parametrize(
    ("key", "values", "used", "text"),
    [
        ("births", {"best": 20.04}, [SURVEY], "20.0%"),
        ("births", {"best": 0.0}, [], "0.0%"),
        ("births", {"best": None, "source": PEERS}, [], "30.0%"),
        ("tier", {"best": None, "source": PEERS}, [], "Not known"),
        ("tier", {"best": None}, [statement(observation(label="LM", value=None))], "Lower middle income"),
        ("tier", {"best": None}, [SURVEY], "Not applicable"),
        ("tier", {"best": None}, [], "Not applicable"),
    ],
)
def test_the_value_that_counts(key: str, values: dict[str, Any], used: list[Any], text: str) -> None:
    lines = [screens.line(key, estimate(), u=0.5)]
    assert used_value(TABLE.row(key), estimate(**values), screen(lines=lines), used) == text


def test_country_without_facts_of_need_has_unknown_peer_estimates() -> None:
    filled, row = estimate(PEERS, best=None), TABLE.row("births")
    lines = [screens.line("births", filled, u=0.5)]
    assert used_value(row, filled, screen(lines=lines, status="not_rankable"), []) == "Not known"
    lines = [screens.line("births", filled, u=None)]
    assert used_value(row, filled, screen(lines=lines), []) == "\N{EN DASH}"


@pytest.mark.parametrize(
    ("key", "values", "used", "text"),
    [
        ("births", {"source": PEERS, "peers": ["A", "B"]}, [], "Not known; filled from 2 peers (lower middle income)."),
        ("births", {"source": ""}, [], "Does not apply; the other criteria in its group share its weight."),
        ("births", {"best": 29.4}, [CODED], "counts as 29.4%."),
        ("marriage", {"best": 70.6}, [SURVEY], "as published."),
        ("marriage", {"best": 70.6}, [], "as published."),
        ("marriage", {"best": 70.6, **RANGE}, [SURVEY], "today 6 to 45% in 90% of draws."),
        ("births", {"best": 19.1, **RANGE}, [SURVEY], "counts as 19.1%; today 6 to 45% in 90% of draws."),
        (
            "marriage",
            {"best": 19.1, "age": 8, **RANGE},
            [SURVEY],
            "counts as 19.1%, adjusted by the trend; today 6 to 45% in 90% of draws.",
        ),
        (
            "births",
            {"best": 19.1, "age": 5, **RANGE},
            [CODED],
            "counts as 19.1%, adjusted by the trend; today 6 to 45% in 90% of draws.",
        ),
        (
            "births",
            {"best": 22.6, "age": 6, **RANGE},
            [CODED],
            "that leaves 29.4%; used 22.6%, because the trend is credited for five years at most; today 6 to 45% in "
            "90% of draws.",
        ),
        ("cpi", {"best": 19.1, **RANGE}, [statement(observation(1, 19.1))], "today 10 to 45% in 90% of draws."),
        ("births", {"best": 19.1, "age": None, **RANGE}, [SURVEY], "counts as 19.1%; today 6 to 45% in 90% of draws."),
        (
            "child_labour",
            {"best": 19.1, "age": 8, **RANGE},
            [SURVEY],
            "counts as 19.1%; today 6 to 45% in 90% of draws.",
        ),
        (
            "child_labour",
            {"source": "working", "best": 19.1, **RANGE},
            [statement(observation(), "Labor")],
            "counts as 19.1%, bridged from Labor; today 6 to 45% in 90% of draws.",
        ),
        (
            "child_labour",
            {"source": "working", "best": 19.1, **RANGE},
            [],
            "counts as 19.1%, bridged from working; today 6 to 45% in 90% of draws.",
        ),
        (
            "tier",
            {"moves": {"Tier 2": 0.69, "Tier 1": 0.05, "Tier 3": 0.049, "Tier 2 Watch List": 0.21}, "age": 4},
            [],
            "A newer edition is due and not loaded. Based on how levels moved before, today Tier 2 in 69%, Tier 2 "
            "Watch List in 21% and Tier 1 in 5% of draws.",
        ),
        (
            "ilab",
            {"moves": {MODERN: 0.3, "Minimal Advancement": 0.7}, "age": 2},
            [],
            "2 years old. Based on how levels moved before, today Minimal in 70% and Moderate in 30% of draws.",
        ),
        (
            "ilab",
            {"moves": {MODERN: 0.3, "Minimal Advancement": 0.7}, "age": 1},
            [],
            "1 year old. Based on how levels moved before, today Minimal in 70% and Moderate in 30% of draws.",
        ),
        (
            "ilab",
            {"source": ""},
            [],
            "No level in the newest edition loaded, so it does not apply; its weight goes to the TIP Report tier. No "
            "loaded edition has a level.",
        ),
    ],
)
def test_the_sentence_explains_how_a_value_became_the_one_that_counts(
    key: str, values: dict[str, Any], used: list[Any], text: str
) -> None:
    found = screen(income="LM", likeness={"births": "income"})
    assert use_text(TABLE.row(key), estimate(**values), found, used) == text


WORK = indicator("Economic activity", code="unicef.child_labour_activity")
CHILD_LABOR = indicator("Child labor", code="unicef.child_labour_activity_or_chores", direction=-1)


def surveys(own: tuple[float, int], work: tuple[float, int]) -> dict[str, Any]:
    """Return the published values of two surveys as a run stores them, the newest first."""
    found = [
        {"value": value, "year": year, "series": key, "label": ""}
        for key, (value, year) in (("own", own), ("activity", work))
    ]
    return {"published": sorted(found, key=lambda one: -one["year"]), "source": "combined"}


@pytest.mark.parametrize(
    ("own", "work", "best", "share", "text"),
    [
        (
            (20.1, 2018),
            (5.5, 2022),
            13.1045,
            0.6417,
            "used 13.1%, because the two surveys differ. The newer survey has 64% of the weight; 6 to 27% in 90% of "
            "draws.",
        ),
        (
            (14.0, 2020),
            (24.1, 2020),
            20.18,
            0.351,
            "used 20.2%, because the two surveys differ. The survey of the part has 35% of the weight; 6 to 27% in 90% "
            "of draws.",
        ),
    ],
)
def test_two_surveys_say_what_they_count_as_together(
    own: tuple[float, int], work: tuple[float, int], best: float, share: float, text: str
) -> None:
    values = {**surveys(own, work), "best": best, "share": share, "low": 5.6, "high": 27.3, "error": 0.5}
    statements = (
        statement(observation(1, own[0], own[1], indicator=CHILD_LABOR), "UNICEF, activity or chores"),
        statement(observation(2, work[0], work[1], indicator=WORK), "UNICEF, economic activity"),
        statement(observation(3, 13.0, 2020), "Department of Labor, working children", is_used=False),
    )
    lines = [screens.line("child_labour", estimate(**values))]
    found = line(factor("child_labour"), screen(lines=lines, statements={"child_labour": statements}), {})
    assert fragment_text("countries/_value_use.html", use=found.use) == text
    assert [(one.text, one.seen.pk) for one in found.published] == [
        (f"{own[0]}% ({own[1]})", 1),
        (f"{work[0]}% for work alone ({work[1]})", 2),
    ]
    assert {one.name for one in found.published} == {"Child labor (lower is better)"}
    assert len(found.unused) == 1


@pytest.mark.parametrize(
    ("fits", "text"),
    [
        (
            {"balance": {"pooling": {"noise": 18.0, "agreement": 166.9091, "mean": -16.94}}},
            "used \N{MINUS SIGN}32.8, because one year alone shows little: each country's is moved 66% of the way to "
            "the pool's mean of \N{MINUS SIGN}16.9; \N{MINUS SIGN}50 to \N{MINUS SIGN}16 in 90% of draws.",
        ),
        (
            {},
            "used \N{MINUS SIGN}32.8, because one year alone shows little; \N{MINUS SIGN}50 to \N{MINUS SIGN}16 in "
            "90% of draws.",
        ),
    ],
)
def test_balance_warns_that_one_year_proves_little(fits: dict[str, Any], text: str) -> None:
    value = estimate(POOLED, best=-32.77, low=-50.03, high=-15.5, error=10.5)
    used = [statement(observation(1, -63.5, 2022, indicator=indicator("Balance", unit="points", decimals=1)))]
    assert use_text(TABLE.row("balance"), value, screen(fits=fits), used) == text


def test_an_earlier_level_is_shown_and_never_scored() -> None:
    earlier = observation(9, None, 2018, label=MODERN, indicator=indicator("Advancement", unit=""))
    found = screen(lines=[screens.line("ilab", estimate("", age=None, best=None), u=None)], earlier={"ilab": earlier})
    told = line(factor("ilab"), found, {})
    text = fragment_text("countries/_value_use.html", use=told.use)
    assert text.endswith("its weight goes to the TIP Report tier. Earlier levels are never scored.")
    assert told.on_record == "Advancement (higher is better): Moderate Advancement (2018)"


def test_version_3_criterion_that_does_not_apply_mentions_no_levels() -> None:
    row, found = TABLE.row("ilab"), screen(table=screens.method(all_in=False))
    text = "Does not apply; the other criteria in its group share its weight."
    assert use_text(row, estimate(""), found, []) == text


POOLING = {"noise": 0.5, "agreement": 0.25, "mean": 1.6094379124341003}


@pytest.mark.parametrize(
    ("editions", "pooling", "text"),
    [
        (
            2,
            POOLING,
            "the editions agree little across all countries, so each country's figure is moved 33% of the way to "
            "the pool's mean of 5.0",
        ),
        (
            1,
            POOLING,
            "one edition alone is weak evidence, so each country's figure is moved 50% of the way to the pool's "
            "mean of 5.0",
        ),
        (
            1,
            {**POOLING, "agreement": 0.0},
            "one edition alone is weak evidence, so each country's figure is moved 0% of the way to the pool's mean "
            "of 5.0",
        ),
        (2, None, "the editions agree little across all countries, so the value is pulled toward the pool's mean"),
    ],
)
def test_pooled_editions_say_how_far_they_are_pulled(
    editions: int, pooling: dict[str, float] | None, text: str
) -> None:
    found = screen(fits={"prevalence": {"pooling": pooling}} if pooling else {})
    used = [statement(observation(number, indicator=INDEX)) for number in range(editions)]
    value = estimate(POOLED, best=4.66, low=3.2, high=6.8, error=0.2)
    told = use_text(TABLE.row("prevalence"), value, found, used)
    assert told == f"counts as 4.7: {text}; 3 to 7 in 90% of draws."


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("region", "14 peers (Africa, lower middle income)"),
        ("income", "14 peers (lower middle income)"),
        ("all", "14 peers (every income class)"),
        (None, "14 peers (every income class)"),
    ],
)
def test_peers_are_described_by_what_they_share(kind: str | None, text: str) -> None:
    found = screen(income="LM", region="Africa", likeness={"births": kind} if kind else {})
    filled = estimate(PEERS, peers=["X"] * 14)
    assert use_text(TABLE.row("births"), filled, found, []) == f"Not known; filled from {text}."


def test_a_value_is_dated_by_the_newest_year_in_use() -> None:
    report = observation(2, 5.0, year=2022, note=f"Table 2. {NO_SURVEY_YEAR}.")
    assert dated([observation(1, year=2016), observation(2, year=2018), observation(3, year=2017)]) == "2018"
    assert dated([observation(1, year=2016), report]) == "a report of 2022"
    assert dated([observation(1, year=2023), report]) == "2023"
    assert published(TABLE.row("births"), statement(report)).text == "5.0% (report of 2022)"


# ---- rows ----------------------------------------------------------------------------------------------------------


def made(**values: Any) -> Points:
    known: dict[str, Any] = {"nominal": 7.0, "effective": 8.0, "points": 4.21, "lost": 3.0, "median": 0.4}
    return Points(**{**known, "u": 0.5, "clipped": False, "weight": 7.04, "printed": 4.16, **values})


def factor(key: str = "births", **values: Any) -> Factor:
    return Factor(TABLE.row(key), None, None, "", **values)


def value_line(found: Factor, age: int | None = 8, source: str = OWN, **values: Any) -> ValueLine:
    key = found.row.key
    lines = [screens.line(key, estimate(source, age=age))]
    used = observation(2, 70.6, 2018, quality="unconfirmed"), observation(3, 60.0, 2016, quality="unconfirmed")
    statements = {
        key: (
            *(statement(one, "Newer") for one in used),
            statement(observation(4, 1.0, 2024, series="Another"), "Older", is_used=False),
        )
    }
    return line(found, screen(lines=lines, statements=statements, **values), {3: 9, 4: 8})  # type: ignore[dict-item]  # any witness


def test_a_line_has_the_values_in_use_and_the_others() -> None:
    found = value_line(factor(made=made(), newer_edition="2026"))
    assert [(one.text, one.seen.pk) for one in found.published] == [("70.6% (2018)", 2), ("60.0% (2016)", 3)]
    assert [(one.text, one.name) for one in found.unused] == [
        ("1.0% (Another)", "Birth registration (higher is better)")
    ]
    assert [one.text for one in value_line(factor("child_labour")).unused] == ["1.0% (Another), Older"]
    told: tuple[Any, ...] = (found.year, found.quality, found.witness, found.points)
    assert told == (2018, "unconfirmed", 9, "4.2 of 7.0 points")
    assert found.notes == ["2018", "4.2 of 7.0 points", "unconfirmed", "newer edition on record: 2026"]
    assert found.on_record == ""
    shown = Factor(TABLE.row("births"), None, observation(9, 81.0, 2023), "")
    assert value_line(shown).on_record == "Birth registration (higher is better): 81.0 percent (2023)"


@pytest.mark.parametrize(("age", "is_old"), [(7, False), (8, True), (None, False), (0, False)])
def test_a_value_is_old_from_eight_years(age: int | None, is_old: bool) -> None:
    assert value_line(factor(), age).is_old is is_old


@pytest.mark.parametrize(
    ("points", "values", "text"),
    [
        (made(), {}, "4.2 of 7.0 points"),
        (made(u=None), {}, ""),
        (None, {}, ""),
        (made(), {"rank": None, "status": "provisional"}, ""),
    ],
)
def test_points_are_shown_only_for_a_scored_value_of_a_ranked_country(
    points: Points | None, values: dict[str, Any], text: str
) -> None:
    assert value_line(factor(made=points), **values).points == text


def test_only_a_country_without_facts_of_need_lacks_the_peer_mark() -> None:
    filled = value_line(factor(), source=PEERS).mark
    assert value_line(factor(), source=PEERS, status="provisional", rank=None).mark == filled
    assert value_line(factor(), source=OWN, status="not_rankable", rank=None).mark == filled
    assert value_line(factor(), source=PEERS, status="not_rankable", rank=None).mark != filled


@pytest.mark.parametrize(
    ("score", "sources", "values", "told"),
    [
        (55.06, (OWN, PEERS), {}, (55.06, "above the median of 55.0", "30.0 of 50.0 points")),
        (55.04, (OWN, PEERS), {}, (55.04, "at the median of 55.0", "30.0 of 50.0 points")),
        (54.9, (PEERS, OWN), {}, (54.9, "below the median of 55.0", "30.0 of 50.0 points")),
        (54.9, (PEERS, PEERS), {}, (None, "", "30.0 of 50.0 points")),
        (None, (OWN, OWN), {}, (None, "", "30.0 of 50.0 points")),
        (54.9, (OWN, OWN), {"medians": {}}, (54.9, "", "30.0 of 50.0 points")),
        (54.9, (OWN, OWN), {"rank": None}, (54.9, "below the median of 55.0", "")),
    ],
)
def test_a_part_is_compared_with_its_median_unless_nothing_of_it_is_known(
    score: float | None, sources: tuple[str, str], values: dict[str, Any], told: tuple[Any, ...]
) -> None:
    lines = [screens.line(key, estimate(one)) for key, one in zip(("births", "marriage"), sources, strict=True)]
    found = screen(lines=lines, **{"medians": {"need": 55.0}, **values})
    need = FactorGroup(TABLE.nodes[0], 0, tuple(map(factor, ("births", "marriage", "detected"))), score, 50.0, 30.0)
    others = FactorGroup(TABLE.nodes[1], 0, (factor("detected"),), score, 50.0, 30.0)
    (part,) = parts([need, others], found, {})
    assert (part.score, part.against, part.points) == told
    assert [one.factor.row.key for one in part.lines] == ["births", "marriage"]
