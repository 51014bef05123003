"""Countries that are suggested for an unknown name: which ones, in which order, and what speaks against each."""

from __future__ import annotations

import pytest

from indicators.countries import reference_index
from indicators.name_mappings import suggestions
from indicators.name_mappings.suggestions import _easily_confused, _joined, _likeness, reads_like_a_group


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("Nigeri", ["NER", "NGA"]),
        ("Irak", ["IRN", "IRQ"]),
        ("Zambia x", ["ZMB", "GMB"]),
        ("", []),
        ("The", []),
        ("Atlantis", []),
    ],
)
def test_the_closest_comes_first_and_then_what_it_is_confused_with(name: str, found: list[str]) -> None:
    assert [one.code for one in suggestions.suggestions(name, reference_index())] == found


def test_at_most_four_are_suggested_besides_those_confused_with_them() -> None:
    found = suggestions.suggestions("Guinea x", reference_index())
    assert found[0].code == "GIN"
    closest = [one for one in found if one.like]
    assert len(closest) <= suggestions.SHOWN + len(_easily_confused("GIN"))
    (first, *_) = found
    assert (first.name, first.cautions) == (
        "Guinea",
        (
            "Easily confused with Guinea-Bissau, Equatorial Guinea or Papua New Guinea",
            "The name has extra words: x",
        ),
    )


@pytest.mark.parametrize(
    ("name", "code", "caution"),
    [
        ("Hong Kongg", "HKG", "Not a state"),
        ("Yugoslavvia", "YUG", "A former state"),
    ],
)
def test_suggestion_marks_what_is_no_state(name: str, code: str, caution: str) -> None:
    found = {one.code: one.cautions for one in suggestions.suggestions(name, reference_index())}
    assert caution in found[code]


@pytest.mark.parametrize(
    ("wanted", "known", "likeness"),
    [
        ("ghana republic", "ghana", 0.9),
        ("ghana", "republic of ghana", 0.9),
        ("ghana north", "ghana", 0.9),
        ("north ghana", "ghana south", None),
        ("abc", "abc", 0.0),
        ("abcd", "abcd", 0.9),
        ("the", "of the", None),
        ("gahna north", "ghana", 0.8),
        ("xxxxx", "ghana", 0.0),
    ],
)
def test_the_likeness_of_a_name(wanted: str, known: str, likeness: float | None) -> None:
    found = _likeness(wanted, known)
    assert found == likeness if likeness is not None else found not in (0.8, 0.9)


def test_countries_are_confused_both_ways_and_not_with_themselves() -> None:
    assert (_easily_confused("NER"), _easily_confused("NGA"), _easily_confused("GHA")) == (["NGA"], ["NER"], [])
    assert _easily_confused("GNB") == ["GIN", "GNQ", "PNG"]


@pytest.mark.parametrize(("names", "text"), [(["A"], "A"), (["A", "B"], "A or B"), (["A", "B", "C"], "A, B or C")])
def test_names_are_joined(names: list[str], text: str) -> None:
    assert _joined(names) == text


@pytest.mark.parametrize(
    ("name", "group"), [("Sub-Saharan Africa", True), ("Africa", True), ("Northland", False), ("Ghana", False)]
)
def test_a_word_for_a_region_makes_a_group(name: str, group: bool) -> None:
    assert reads_like_a_group(name) is group
