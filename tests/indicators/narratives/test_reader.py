"""The reader of narratives: sentences of our own, and the narratives that were coded by hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from indicators.sources.base import NarrativeReading
from indicators.sources.tip_narratives.blocks import Block
from indicators.sources.tip_narratives.figures import figures_in
from indicators.sources.tip_narratives.forms import forms_in
from indicators.sources.tip_narratives.sentences import LONGEST
from tests.indicators.narratives.coding.agreement import HERE, codes, of_figures, of_forms
from tests.indicators.narratives.coding.draw import draw, draw_again
from tests.indicators.narratives.coding.measure import CODES, measure, narratives_of_2018, total

SENTENCES: list[dict[str, Any]] = json.loads((HERE / "sentences.json").read_text(encoding="utf-8"))
BY_CODE = {code: key for key, code in CODES.items()}


def block(text: str) -> Block:
    return Block(text, "line 1")


@pytest.mark.parametrize("case", [case for case in SENTENCES if "forms" in case], ids=lambda case: case["text"][:50])
def test_a_sentence_names_the_forms_written_down_for_it(case: dict[str, Any]) -> None:
    found = forms_in([("profile", [block(case["text"])])], case["country"])
    assert {form.form for form in found} == set(case["forms"])
    assert {form.sentence for form in found} <= {case["text"]}


@pytest.mark.parametrize("case", [case for case in SENTENCES if "figures" in case], ids=lambda case: case["text"][:50])
def test_a_sentence_states_the_figures_written_down_for_it(case: dict[str, Any]) -> None:
    sections = [(kind, [block(case["text"])]) for kind in ("prosecution", "protection")]
    found = figures_in(sections, 2018)
    assert {BY_CODE[figure.indicator]: figure.value for figure in found} == case["figures"]


@pytest.fixture(scope="module")
def narratives(shared_data: Path) -> dict[str, NarrativeReading]:
    return narratives_of_2018(shared_data / "tip" / "narratives" / "normal_cases_2018.json")


def test_the_draws_are_those_that_were_coded(narratives: dict[str, NarrativeReading]) -> None:
    first, second = draw(narratives)
    assert set(first) | set(second) == set(codes("agreed")) == set(codes("coder_1"))
    assert (len(first), len(second), set(first) & set(second)) == (30, 30, set())
    later = [draw_again(narratives, times) for times in (1, 2)]
    assert [set(names) for names in later] == [set(codes("agreed_second")), set(codes("agreed_third"))]
    assert len({*first, *second, *later[0], *later[1]}) == 120


def test_the_coders_agree_as_documented() -> None:
    third, fourth = codes("coder_3"), codes("coder_4")
    forms = of_forms(third, fourth)
    assert (forms.both, forms.only_a, forms.only_b) == (347, 0, 3)
    assert forms.kappa == pytest.approx(0.995, abs=0.0005)
    assert of_figures(third, fourth) == (297, 300)


@pytest.mark.parametrize(
    ("part", "forms", "figures"),
    [
        ("tuning", (0.98, 0.96), (0.97, 0.91)),
        ("report", (0.97, 0.93), (0.92, 0.93)),
        ("second", (0.96, 0.92), (0.90, 0.83)),
        ("third", (0.99, 0.94), (0.91, 0.89)),
    ],
)
def test_the_reader_finds_what_was_coded(
    narratives: dict[str, NarrativeReading],
    part: str,
    forms: tuple[float, float],
    figures: tuple[float, float],
) -> None:
    measured = measure(narratives, part)
    of_all_forms, of_all_figures = total(measured.forms.values()), total(measured.figures.values())
    assert of_all_forms.precision >= forms[0], measured.faults
    assert of_all_forms.recall >= forms[1], measured.faults
    assert of_all_figures.precision >= figures[0], measured.faults
    assert of_all_figures.recall >= figures[1], measured.faults


PERIODS = [
    ("In 2016, the government convicted nine traffickers.", {}),
    ("In 2017, the government convicted nine traffickers.", {"convictions": 9}),
    ("In 2018, the government convicted nine traffickers.", {"convictions": 9}),
    ("During the previous reporting period, the government convicted nine traffickers.", {}),
    ("The most recent data are those of 2016. In 2016, courts convicted nine traffickers.", {"convictions": 9}),
]


@pytest.mark.parametrize(("text", "expected"), PERIODS)
def test_a_figure_is_of_the_year_before_the_report(text: str, expected: dict[str, int]) -> None:
    found = figures_in([("prosecution", [block(text)])], 2018)
    assert {BY_CODE[figure.indicator]: figure.value for figure in found} == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The government prosecuted 12 cases for sex trafficking and five for labor trafficking.", {}),
        ("The government prosecuted 17 cases, 12 for sex trafficking and five for labor.", {"prosecutions": 17}),
        ("The government prosecuted 1,107 traffickers.", {"prosecutions": 1107}),
        ("The government prosecuted twenty-one traffickers.", {"prosecutions": 21}),
        ("The government did not report prosecuting any traffickers.", {}),
        ("The government did not prosecute any traffickers.", {"prosecutions": 0}),
        ("The government prosecuted 30 percent of those arrested.", {}),
        ("The government prosecuted two officials complicit in trafficking.", {}),
        ("In one case, police prosecuted two suspects.", {}),
        ("NGOs prosecuted nine suspects.", {}),
        ("The government prosecuted three cases involving 12 defendants.", {"prosecutions": 12}),
    ],
)
def test_a_figure_is_one_total_of_the_government(text: str, expected: dict[str, int]) -> None:
    found = figures_in([("prosecution", [block(text)])], 2018)
    assert {BY_CODE[figure.indicator]: figure.value for figure in found} == expected


@pytest.mark.parametrize(
    "unit", ["and convicted ", "identified 5 victims and ", "children and ", "1,", "(", "no girls, "]
)
def test_a_sentence_that_never_ends_is_read_in_no_time(unit: str) -> None:
    """A pattern that tries every way to split a repetition would not come back from these."""
    for length in (LONGEST - 1, LONGEST + 1):
        text = (unit * LONGEST)[:length] + "."
        sections = [(kind, [block(text)]) for kind in ("profile", "prosecution", "protection")]
        forms_in(sections, "Ghana")
        figures_in(sections, 2018)
