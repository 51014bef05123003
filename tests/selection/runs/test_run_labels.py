"""Labels and small rules for the rows of a run, on rows built by hand."""

from __future__ import annotations

from typing import Any

import pytest

from selection.models import CountryStatus
from selection.runs import labels, rows
from selection.runs.rows import Chance, Weak, neighbors_of
from tests.support.rows import ranking, ranking_row

TABLE = ranking().table


@pytest.mark.parametrize(
    ("verdict", "probability", "text"),
    [
        ("pass", 0.95, "Likely pass"),
        ("pass", 0.94, "94% to pass"),
        ("fail", 0.06, "6.0% to pass"),
        ("fail", 0.04, "Likely fail"),
        ("pass", None, "Pass"),
        ("fail", None, "Fail"),
        ("unknown", None, "Not known"),
        ("unknown", 0.5, "Not known"),
    ],
)
def test_a_hurdle_is_likely_from_95_percent(verdict: str, probability: float | None, text: str) -> None:
    assert labels.chance(Chance(verdict, probability)) == text


@pytest.mark.parametrize(
    ("probability", "text"), [(0.991, "over 99%"), (0.99, "99%"), (0.01, "1.0%"), (0.009, "under 1%"), (0.69, "69%")]
)
def test_a_likelihood_has_no_false_precision(probability: float, text: str) -> None:
    assert labels.likelihood(probability) == text


def test_labels_inside_a_sentence() -> None:
    assert [labels.lowered(text) for text in ("Child labor", "TIP tier", "Corruption Perceptions Index", "Need")] == [
        "child labor", "TIP tier", "Corruption Perceptions Index", "need",
    ]  # fmt: skip
    assert labels.short("Child labor, activity or chores") == "child labor"
    assert labels.raised("need of it") == "Need of it"
    assert [labels.edition(text) for text in ("2025", "FY2026", "June 2025 edition")] == [
        "2025 edition", "FY2026", "June 2025 edition",
    ]  # fmt: skip
    assert [labels.countries(count) for count in (0, 1, 2, 1163)] == [
        "0 countries", "1 country", "2 countries", "1,163 countries",
    ]  # fmt: skip
    assert [labels.value_label(text) for text in ("LM", "Tier 2")] == ["Lower middle income", "Tier 2"]
    assert [labels.income(text) for text in ("H", "")] == ["High income", "Not classed"]


def test_what_is_unknown_is_never_stated_as_none() -> None:
    labor, forms = TABLE.row("child_labour"), TABLE.row("forms")
    assert labels.unknown([]) == ""
    assert labels.unknown([labor]) == "child labor not measured"
    assert labels.unknown([forms]) == "forms not rated"
    assert labels.unknown([labor, forms]) == "child labor and 1 more not known"
    assert labels.unknown([labor, forms, forms]) == "child labor and 2 more not known"


GAPS = (("births", "not_collected"), ("cpi", "special_case"))
COVERED = "70% of the weight is known, and {} is required; 2 criteria have no value."


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ({"status": CountryStatus.OUTSIDE_POOL, "need": None}, "The reason."),
        ({"need": None, "feasibility": None}, "Need is not known because there is no value for births not registered."),
        (
            {"need": 1.0, "feasibility": None},
            "Feasibility is not known because a Special Case in the TIP Report has no tier to score.",
        ),
        ({"need": 1.0, "feasibility": 1.0}, COVERED),
        ({"need": 1.0, "feasibility": None, "gaps": (("births", "x"), ("cpi", "y"))}, COVERED),
        ({"need": None, "feasibility": 1.0, "gaps": (("cpi", "x"), ("gni", "y"))}, COVERED),
    ],
)
def test_unranked_country_names_its_unknown_part(values: dict[str, Any], text: str) -> None:
    known: dict[str, Any] = {
        "status": CountryStatus.UNRANKED_COVERAGE,
        "reason": "The reason.",
        "gaps": GAPS,
        "coverage": 0.7,
    }
    found = labels.why_not_ranked(ranking_row("A", **{**known, **values}), TABLE)
    assert found == text.format(f"{TABLE.root_tau:.0%}")


# ---- rows ----------------------------------------------------------------------------------------------------------


def line(key: str, source: str = "own", age: int | None = 0, state: str = "observed", **values: Any) -> dict[str, Any]:
    return {"key": key, "state": state, "missing": "", "estimate": {"source": source, "age": age}, **values}


def test_weak_values_are_filled_bridged_or_older_than_seven_years() -> None:
    found = [
        line("births", age=8),
        line("marriage", age=7),
        line("cpi", "peers", None),
        line("tier", state="bridged", age=9),
        line("literacy", "peers", state="bridged"),
        line("detected", "peers", 20),
        {"key": "gni", "state": "observed"},
    ]
    assert rows._weak(found, TABLE, 2026) == Weak((("births", 2018), ("tier", 2017)), ("cpi", "literacy"), ("tier",))
    assert not Weak()
    assert Weak(bridged=("tier",))


@pytest.mark.parametrize(
    ("ages", "fails"),
    [
        (
            {
                "prevalence": 40,
                "child_labour": 15,
                "births": 15,
                "political_rights": 4,
                "civil_liberties": 4,
                "cpi": 4,
                "tier": 0,
            },
            (),
        ),
        (
            {
                "prevalence": 40,
                "child_labour": 16,
                "births": 16,
                "marriage": 16,
                "political_rights": 4,
                "civil_liberties": 4,
                "cpi": 5,
            },
            ("E2", "E3", "E4", "E5"),
        ),
        ({"marriage": 1, "births": None, "tier": 1}, ("E1", "E2", "E4")),
        ({}, ()),
    ],
)
def test_evidence_counts_up_to_the_age_of_its_rule(ages: dict[str, int | None], fails: tuple[str, ...]) -> None:
    assert rows._fails([line(key, age=age) for key, age in ages.items()], TABLE) == fails


def test_only_counted_criteria_without_a_value_are_gaps() -> None:
    found = [
        line("births", state="missing", missing="not_collected"), line("marriage", state="missing"),
        line("cpi", state="missing", missing="not_applicable"), line("tier", state="inactive"),
        line("detected", state="missing", missing="not_collected"), line("literacy"), line("income", state="floor"),
    ]  # fmt: skip
    assert list(rows.gaps_of(found, TABLE)) == [("births", "not_collected"), ("marriage", "stale")]


def test_distances_of_two_ranks_are_medians_of_their_shares() -> None:
    pairs = [[0.5, 0.6, 0.9], [0.4, 0.5, 0.8], [0.1, 0.2, 0.5]]
    assert neighbors_of(pairs) == {1: 0.7}
    assert neighbors_of([]) == {}
    far = [[0.25] * 21] * 21
    assert neighbors_of(far) == {1: 0.25, 20: 0.25}


def test_text_is_compared_without_case_accents_and_kinds_of_apostrophe() -> None:
    assert (
        rows.plain(" C\N{LATIN SMALL LETTER O WITH CIRCUMFLEX}te d\N{RIGHT SINGLE QUOTATION MARK}Ivoire ")
        == "cote d'ivoire"
    )


@pytest.mark.parametrize(
    ("hurdles", "likely_fail", "against"),
    [
        ({}, False, False),
        ({"corruption": Chance("fail", 0.01)}, True, True),
        ({"corruption": Chance("pass", 0.5)}, False, False),
        ({"tier3": Chance("fail", None)}, False, True),
        ({"tier3": Chance("pass", None)}, False, False),
    ],
)
def test_a_country_has_hurdles_against_it(hurdles: dict[str, Chance], likely_fail: bool, against: bool) -> None:
    row = ranking_row("A", hurdles=hurdles)
    assert (row.likely_fail, row.against) == (likely_fail, against)


def test_the_first_are_all_up_to_the_last_rank_and_the_scale_ends_at_a_ten() -> None:
    found = ranking([ranking_row("A", rank=20, score=51.2), ranking_row("B", rank=20), ranking_row("C", rank=21)])
    assert [row.code for row in found.first] == ["A", "B"]
    assert found.top == 60
    assert ranking([ranking_row("A", rank=1, score=50.0)]).top == 50
    assert ranking([ranking_row("A", rank=1, score=1.0)]).top == ranking().top == 10
