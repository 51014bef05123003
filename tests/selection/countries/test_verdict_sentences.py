"""Sentences of the verdict on a country, on rows built by hand."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from selection.countries.presenters.verdict import (
    finding,
    lacking,
    most_telling,
    of_methods,
    verdict,
)
from selection.countries.queries.screen import Axis, Screen
from selection.pool_rules.policy import PartnershipTerm, Reason
from selection.runs.queries.all_in import OverdueEdition
from tests.selection.countries.screens import (
    ALL_IN,
    DAY,
    OWN,
    PEERS,
    REPORT_2026,
    TABLE,
    VERSION_3,
    axis,
    criterion,
    estimate,
    indicator,
    line,
    observation,
    screen,
    statement,
)
from tests.support.fragments import fragment_text

ONE = dt.timedelta(days=1)


def first(found: Screen) -> str:
    return fragment_text("countries/_finding.html", finding=finding(found))


def rest(found: Screen) -> str:
    """Return the second and the third sentence."""
    return fragment_text("countries/_verdict_text.html", verdict=verdict(found))


BEST, GOOD, EQUAL, BAD = axis(rank=8), axis(rank=9), axis(40.0), axis(39.9, rank=60)


@pytest.mark.parametrize(
    ("need", "feasibility", "sentence"),
    [
        (GOOD, GOOD, "is above the median of the 80 ranked countries on both need and feasibility."),
        (EQUAL, EQUAL, "is above the median of the 80 ranked countries on both need and feasibility."),
        (
            BEST,
            GOOD,
            "is above the median of the 80 ranked countries on both need and feasibility, and among the top tenth "
            "on need.",
        ),
        (
            GOOD,
            BEST,
            "is above the median of the 80 ranked countries on both need and feasibility, and among the top tenth "
            "on feasibility.",
        ),
        (
            BEST,
            BEST,
            "is above the median of the 80 ranked countries on both need and feasibility, and among the top tenth "
            "on need and feasibility.",
        ),
        (GOOD, BAD, "is above the median of the 80 ranked countries on need and below it on feasibility."),
        (BEST, BAD, "is among the top tenth of the 80 ranked countries on need and below their median on feasibility."),
        (BAD, GOOD, "is above the median of the 80 ranked countries on feasibility and below it on need."),
        (BAD, BEST, "is among the top tenth of the 80 ranked countries on feasibility and below their median on need."),
        (BAD, BAD, "is below the median of the 80 ranked countries on both need and feasibility."),
        (axis(None), axis(median=None), "is below the median of the 80 ranked countries on both need and feasibility."),
        (axis(rank=None), GOOD, "is above the median of the 80 ranked countries on both need and feasibility."),
    ],
)
def test_the_first_sentence_places_both_axes_against_the_middle(need: Axis, feasibility: Axis, sentence: str) -> None:
    assert first(screen(need=need, feasibility=feasibility)) == f"Ghana {sentence}"


@pytest.mark.parametrize(
    ("score", "sentence"),
    [
        ({}, "It ranks 9 of 80, 5 to 14 in 90% of draws, and is in the first 20 in 97% of draws."),
        (
            {"designs": 0.82},
            "It ranks 9 of 80, 5 to 14 in 90% of draws, and is in the first 20 in 97% of draws and 82% of methods.",
        ),
        (
            {"designs": 0.0, "rank_high": 5},
            "It ranks 9 of 80, 5 in 90% of draws, and is in the first 20 in 97% of draws and no method.",
        ),
        ({"p20": None}, "It ranks 9 of 80; this run has no draws, so the certainty of the rank is unknown."),
        ({"rank_low": None}, "It ranks 9 of 80; this run has no draws, so the certainty of the rank is unknown."),
    ],
)
def test_the_second_sentence_gives_the_rank_and_its_certainty(score: dict[str, Any], sentence: str) -> None:
    assert rest(screen(table=VERSION_3, **score)) == f"{sentence} Nothing is missing."


@pytest.mark.parametrize(
    ("holds", "overdue", "end"),
    [
        (0.68, [REPORT_2026], "; in 68% if its tier holds."),
        (0.68, [], "."),
        (None, [REPORT_2026], "."),
    ],
)
def test_the_share_if_the_tier_holds_follows_while_a_report_is_overdue(
    holds: float | None, overdue: list[OverdueEdition], end: str
) -> None:
    found = screen(p20=0.61, designs=0.79, overdue=overdue, detail={**ALL_IN, "holds": holds})
    text = "It ranks 9 of 80, 5 to 14 in 90% of draws, and is in the first 20 in 61% of draws"
    assert rest(found) == f"{text}{end} Nothing is missing."


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0.0, "no method"),
        (1.0, "every method"),
        (0.005, "under 1% of methods"),
        (0.5, "50% of methods"),
        (0.896, "89.6% of methods"),
        (0.796, "80% of methods"),
        (0.046, "4.6% of methods"),
    ],
)
def test_a_share_of_methods_keeps_its_side_of_the_limits_of_methods(share: float, text: str) -> None:
    assert of_methods(share, TABLE) == text


FILLED = line("prevalence", estimate(PEERS, age=None, best=None))
FILLED_BIRTHS = line("births", estimate(PEERS, age=None, best=None))
BRIDGED = line("child_labour", estimate("activity", age=None), state="bridged")
DATUM = {"births": (statement(observation(value=70.6)),)}


def births(**values: Any) -> dict[str, Any]:
    return line("births", estimate(**{"low": 6.0, "high": 45.0, "error": 0.2, "age": 8, "datum": 0.05, **values}))


HARDLY = ", and better data on any one figure would hardly change its chance of being in the first 20."
ENDS = {"births": (4, 30)}


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({}, "Nothing is missing."),
        ({"lines": [births(datum=0.0199)], "ends": ENDS}, f"Nothing is missing{HARDLY}"),
        (
            {"lines": [births(datum=0.0199)], "ends": ENDS, "p20": None},
            "Nothing is missing, but births not registered: 6 to 45% is possible today, which alone could put Ghana "
            "anywhere from rank 4 to 30.",
        ),
        ({"lines": [FILLED]}, "Prevalence is missing and filled from peers."),
        ({"lines": [FILLED_BIRTHS, FILLED]}, "Prevalence and births not registered are missing and filled from peers."),
        ({"lines": [BRIDGED]}, "Child labor is estimated from another series."),
        ({"lines": [BRIDGED, FILLED]}, "Prevalence is missing and filled from peers."),
        (
            {"lines": [births()], "ends": {"births": (30, 4)}, "statements": DATUM},
            "Nothing is missing, but the births not registered figure dates from 2018: 6 to 45% is possible today, "
            "which alone could put Ghana anywhere from rank 4 to 30.",
        ),
        (
            {"lines": [births(), BRIDGED], "ends": {"births": (4, 4)}, "statements": DATUM},
            "Child labor is estimated from another series, and the births not registered figure dates from 2018: 6 "
            "to 45% is possible today, which alone could put Ghana anywhere from rank 4.",
        ),
        (
            {"lines": [births(), FILLED], "ends": ENDS},
            "Prevalence is missing and filled from peers, and births not registered: 6 to 45% is possible today, "
            "which alone could put Ghana anywhere from rank 4 to 30.",
        ),
        (
            {
                "lines": [line("tier", estimate(best=None, age=2, datum=0.02))],
                "ends": {"tier": (4, 30)},
                "statements": DATUM
                | {
                    "tier": (
                        statement(observation(value=None, label="Tier 2")),
                        statement(observation(2, year=2024), is_used=False),
                    )
                },
            },
            "Nothing is missing, but the TIP Report tier level dates from 2018: it may have changed since, which "
            "alone could put Ghana anywhere from rank 4 to 30.",
        ),
        ({"lines": [births()], "ends": {"cpi": (4, 30)}}, f"Nothing is missing{HARDLY}"),
        ({"lines": [births()], "ends": {"cpi": (4, 30)}, "p20": None}, "Nothing is missing."),
    ],
)
def test_the_third_sentence_names_gaps_and_the_figure_that_matters_most(given: dict[str, Any], sentence: str) -> None:
    assert rest(screen(**given)).endswith(f". {sentence}")


def test_the_most_telling_value_is_known_and_matters_most() -> None:
    lines = [
        births(datum=0.03),
        line("marriage", estimate(age=0, datum=0.04)),
        line("prevalence", estimate(age=None, datum=0.5)),
        line("cpi", estimate(age=1)),
    ]
    ends = {"births": (20, 1), "marriage": (5, 9), "prevalence": (1, 80), "gni": (1, 80)}
    assert most_telling(screen(lines=lines), ends) == "marriage"
    assert most_telling(screen(lines=lines, p20=None), ends) == "births"
    assert most_telling(screen(lines=lines, p20=None), {}) is None
    assert most_telling(screen(lines=lines[2:]), ends) is None
    assert most_telling(screen(), ends) is None


PROVISIONAL: dict[str, Any] = {"status": "provisional", "rank": None, "place": 40, "lacks": ("E2",)}
NAMES: dict[str, str] = {"unicef.child_labour_activity_or_chores": "UNICEF, United Nations"}
NAMES["ilab.working_children"] = "Labor"


def test_a_provisional_country_has_a_place_its_bounds_and_what_it_needs() -> None:
    found = screen(**PROVISIONAL, publishers=NAMES)
    assert first(found) == "Ghana is provisional and has no rank: child labor is not measured within 15 years."
    assert rest(found) == (
        "On what is known, it would rank 40 among the 80 ranked countries, 5 to 14 in 90% of draws, and in the first "
        "20 in 97% of draws. For a rank it needs child labor (Labor or UNICEF)."
    )
    without = (
        "On what is known, it would rank 40 among the 80 ranked countries; this run has no draws, so there are no "
        "bounds. For a rank"
    )
    assert rest(screen(**PROVISIONAL, p20=None)).startswith(without)
    assert rest(screen(**PROVISIONAL, rank_low=None)).startswith(without)


@pytest.mark.parametrize(
    ("lacks", "sentence"),
    [
        ((), "It has all the published evidence for a rank."),
        (("E9",), "It has all the published evidence for a rank."),
        (("E3",), "For a rank it needs child marriage or births not registered (Bank)."),
        (
            ("E4",),
            "For a rank it needs political rights, civil liberties and Corruption Perceptions Index (House or TI).",
        ),
        (("E1", "E2"), "For a rank it needs prevalence () and child labor ()."),
        (
            ("E1", "E2", "E3"),
            "For a rank it needs prevalence, child labor and child marriage or births not registered.",
        ),
    ],
)
def test_what_a_rank_needs_names_publishers_for_at_most_two_gaps(lacks: tuple[str, ...], sentence: str) -> None:
    names = {
        "wdi.child_marriage": "Bank", "wdi.birth_registration": "Bank", "cpi.score": "TI",
        "fh.political_rights": "House", "fh.civil_liberties": "House",
    }  # fmt: skip
    found = screen(**{**PROVISIONAL, "lacks": lacks}, publishers=names)
    assert rest(found).endswith(f". {sentence}")


def test_reasons_for_no_rank_are_joined_in_the_sentences_of_the_model() -> None:
    assert lacking(screen()) == "it lacks evidence"
    assert lacking(screen(lacks=("E9",))) == "it lacks evidence"
    assert lacking(screen(lacks=("E1", "E5"))) == (
        "no estimate of prevalence is published, and the newest complete TIP Report gives no tier"
    )


@pytest.mark.parametrize(
    ("feasibility", "sentence"),
    [
        (axis(44.44, 40.0), "Its feasibility, as far as known, is 44.4 of 100, above the median of 40.0."),
        (axis(39.0, 40.0), "Its feasibility, as far as known, is 39.0 of 100, below the median of 40.0."),
        (axis(None, 40.0), "Its feasibility is not known either."),
        (axis(39.0, None), "Its feasibility is not known either."),
    ],
)
def test_country_that_cannot_be_ranked_lists_what_is_known(feasibility: Axis, sentence: str) -> None:
    found = screen(status="not_rankable", rank=None, need=axis(10.0, 90.0), feasibility=feasibility)
    assert first(found) == "Ghana cannot be ranked: no fact of need is published."
    assert rest(found) == (
        f"{sentence} A value for prevalence, child labor, child marriage or births not registered would make it "
        "provisional; it has all the published evidence for a rank."
    )


OUT: dict[str, Any] = {"status": "outside_pool", "rank": None, "reason_code": Reason.HIGH_INCOME}
HIGH = "High income by the World Bank's classes. A policy says so."


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        (
            {"place": 1},
            "By its own figures, it would rank 1 among the 80 ranked countries, and those below would move down one.",
        ),
        (
            {"place": 80},
            "By its own figures, it would rank 80 among the 80 ranked countries, and those below would move down one.",
        ),
        ({"place": 81}, "By its own figures, it would rank after all 80 ranked countries."),
        ({"place": None}, "It would have no rank among the ranked countries because its figures give no score."),
        (
            {"place": None, "lacks": ("E2",)},
            "It would have no rank among the ranked countries because its figures give no score.",
        ),
        (
            {"place": 30, "lacks": ("E2",)},
            "By its own figures, it would rank 30 among the 80 ranked countries, but even in the pool it would have "
            "no rank: child labor is not measured within 15 years.",
        ),
        (
            {"place": 81, "lacks": ("E2",)},
            "By its own figures, it would rank after all 80 ranked countries, but even in the pool it would have no "
            "rank: child labor is not measured within 15 years.",
        ),
    ],
)
def test_country_outside_the_pool_shows_its_hypothetical_rank(values: dict[str, Any], sentence: str) -> None:
    third = "A recorded decision by two people can admit it, with a reason. See the pool"
    assert rest(screen(**OUT, **values, reason=HIGH)) == f"{sentence} {third}"


def term(start: dt.date, end: dt.date | None) -> PartnershipTerm:
    return PartnershipTerm("GHA", "Sample", start, end)


PAST, NOW = term(DAY - 900 * ONE, DAY), term(DAY, DAY + ONE)


@pytest.mark.parametrize(
    ("code", "terms", "why", "third", "admits"),
    [
        (
            Reason.HIGH_INCOME,
            [],
            "high income by the World Bank's classes",
            "A recorded decision by two people can admit it, with a reason.",
            True,
        ),
        (
            Reason.TIER3,
            [],
            "High income by the World Bank's classes",
            "A recorded decision by two people can admit it, with a reason and a legal note.",
            True,
        ),
        (
            Reason.SPECIAL_CASE,
            [],
            "High income by the World Bank's classes",
            "A recorded decision by two people can admit it, with a reason.",
            True,
        ),
        (Reason.UNITED_STATES, [], "high income by the World Bank's classes", "No decision can admit it.", False),
        (
            Reason.PARTNERSHIP,
            [PAST, NOW],
            "a partnership is in force until Mar 2, 2026",
            "A recorded decision by two people can admit it, with a reason; otherwise it enters when the "
            "partnership ends.",
            True,
        ),
        (
            Reason.PARTNERSHIP,
            [NOW, term(DAY, None)],
            "a partnership is in force",
            "A recorded decision by two people can admit it, with a reason; otherwise it enters when the "
            "partnership ends.",
            True,
        ),
        (
            Reason.PARTNERSHIP,
            [PAST],
            "high income by the World Bank's classes",
            "A recorded decision by two people can admit it, with a reason; otherwise it enters when the "
            "partnership ends.",
            True,
        ),
    ],
)
def test_country_outside_the_pool_names_the_rule_and_who_can_admit_it(
    code: str, terms: list[PartnershipTerm], why: str, third: str, admits: bool
) -> None:
    found = screen(**{**OUT, "reason_code": code}, reason=HIGH, terms=terms)
    assert first(found) == f"Ghana is outside the pool: {why}."
    assert rest(found).endswith(f". {third}{' See the pool' if admits else ''}")


def test_a_value_in_use_gives_the_figure_its_unit() -> None:
    points = indicator("Index", unit="points", decimals=0)
    lines = [line("cpi", estimate(low=30.0, high=35.0, error=2.5, age=1, datum=0.2))]
    used = {"cpi": (statement(observation(value=33.0, year=2024, indicator=points)),)}
    assert criterion("cpi").label == "Corruption Perceptions Index"
    assert "the Corruption Perceptions Index figure dates from 2024: 30 to 35 is possible today" in rest(
        screen(lines=lines, statements=used, ends={"cpi": (1, 2)})
    )
    assert lines[0]["estimate"]["source"] == OWN
