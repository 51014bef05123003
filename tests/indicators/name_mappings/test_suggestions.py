"""Countries that are suggested for an unknown name: which ones, in which order, and what speaks against each."""

from __future__ import annotations

import pytest

from indicators.countries import CountryIndex, CountryListKind, CountryRow, reference_index
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


def index(**names: str) -> CountryIndex:
    """Return an index of some states, by code."""
    return CountryIndex(
        CountryRow(code, "", code, "", "", name, name, "Africa", CountryListKind.STATE, "")
        for code, name in names.items()
    )


@pytest.mark.parametrize(
    ("name", "known", "is_like"),
    [
        # difflib finds 0.75 of these in one order of the two words and 0.625 in the other
        ("daebcdae", "caebcede", True),
        ("caebcede", "daebcdae", True),
        # 14 of 20 letters are in the same order, 0.7
        ("abcdefgxyz", "abcdefgqrs", True),
        ("abcdefxyzw", "abcdefqrst", False),
    ],
)
def test_a_name_is_similar_from_70_percent_in_either_order(name: str, known: str, is_like: bool) -> None:
    found = suggestions.suggestions(name, index(AAA=known))
    assert [one.like for one in found] == ([known] if is_like else [])


def test_suggestions_name_the_similar_name_and_what_is_confused_with_it() -> None:
    found = suggestions.suggestions("Lower Niger", index(NER="Niger", NGA="Nigeria", FJI="Fiji"))
    assert [(one.code, one.name, one.like, one.cautions) for one in found] == [
        ("NER", "Niger", "niger", ("Easily confused with Nigeria", "The name has extra words: lower")),
        ("NGA", "Nigeria", "nigeria", ("Easily confused with Niger", "The name has extra words: lower")),
    ]
    found = suggestions.suggestions("Fidjii", index(FJI="Fidji", NER="Niger"))
    assert [(one.code, one.like, one.cautions) for one in found] == [("FJI", "fidji", ())]
    found = suggestions.suggestions("Kosovo", index(XKX="Kosovo", SRB="Serbia"))
    assert [(one.code, one.like, one.cautions) for one in found] == [
        ("XKX", "kosovo", ("Easily confused with Serbia",)),
        ("SRB", "", ("Easily confused with Kosovo",)),
    ]


def test_four_are_suggested_the_most_similar_first_and_then_by_code() -> None:
    names = {
        code: f"Ruritani{letter}" for code, letter in zip(("EEE", "DDD", "CCC", "BBB", "AAA"), "bcdez", strict=True)
    }
    found = suggestions.suggestions("Ruritania", index(ZZZ="Ruritania", **names))
    assert [one.code for one in found] == ["ZZZ", "AAA", "BBB", "CCC"]
