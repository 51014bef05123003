"""Rows of a comparison of two editions, from texts and confirmations that are not stored."""

from __future__ import annotations

from typing import Any

import pytest

from indicators.models import Recommendation, RecommendationMatch
from indicators.recommendation_matching import Change, Proposal, Text, compare, significant_words, similarity, weights
from indicators.tip_recommendations.queries import ComparedRow, Comparison, _is_whole, _position, _settled


def text(pk: int, words: str) -> Recommendation:
    return Recommendation(pk=pk, text=words)


OLD = [text(1, "Train inspectors."), text(2, "Fund shelters.")]
NEW = [text(11, "Fund shelters."), text(12, "Adopt a plan.")]


def row(kind: str, state: str, **values: Any) -> ComparedRow:
    return ComparedRow(1, values.pop("older", None), values.pop("newer", None), kind, state, **values)


@pytest.mark.parametrize(
    ("values", "revision"),
    [
        ({"older": OLD[0], "newer": NEW[1], "match": RecommendationMatch(pk=7)}, "7.1.12"),
        ({"older": OLD[0]}, "0.1.0"),
        ({"newer": NEW[1]}, "0.0.12"),
    ],
)
def test_the_revision_of_a_row_has_its_confirmation_and_both_texts(values: dict[str, Any], revision: str) -> None:
    assert row("new", "proposed", **values).revision == revision


def comparison(*rows: ComparedRow) -> Comparison:
    absent: Any = None
    return Comparison(absent, absent, absent, OLD, NEW, True, True, rows)


def test_a_comparison_counts_its_rows_by_outcome_and_by_state() -> None:
    rows = [
        row("new", "proposed", newer=NEW[0]),
        row("new", "confirmed", newer=NEW[1]),
        row("dropped", "confirmed", older=OLD[0]),
        row("open", "open", older=OLD[1]),
    ]
    found = comparison(*rows)
    assert found.counts == {"new": 2, "repeated": 0, "reworded": 0, "dropped": 1, "open": 1}
    assert (found.proposed, found.confirmed) == (1, 2)
    assert len(found.revision) == 32
    assert found.revision == comparison(*rows).revision
    assert found.revision != comparison(*rows[:3]).revision
    assert found.revision != comparison(*rows[:3], row("dropped", "open", older=OLD[1])).revision


@pytest.mark.parametrize(
    ("wanted", "at"),
    [
        (None, None),
        (OLD[1], 1),
        (text(99, "Train inspectors."), 0),
        (text(2, "Another text."), 1),
        (text(99, "Another text."), None),
    ],
)
def test_text_position_is_by_row_or_equal_text(wanted: Recommendation | None, at: int | None) -> None:
    assert _position(OLD, wanted) == at


def test_of_two_equal_texts_the_row_itself_counts() -> None:
    assert _position([text(1, "Same."), text(2, "Same.")], text(2, "Same.")) == 1


def match(older: Recommendation | None, newer: Recommendation | None) -> RecommendationMatch:
    return RecommendationMatch(older=older, newer=newer)


def test_confirmation_of_an_unlisted_text_does_not_count() -> None:
    both, new, dropped = match(OLD[1], NEW[0]), match(None, NEW[1]), match(OLD[0], None)
    gone = [match(text(99, "Gone."), NEW[0]), match(OLD[0], text(98, "Gone.")), match(text(99, "Gone."), None)]
    assert _settled(OLD, NEW, [both, *gone, new, dropped]) == {(1, 0): both, (None, 1): new, (0, None): dropped}


class Sections(list[Any]):
    def all(self) -> list[Any]:
        return self


@pytest.mark.parametrize(
    ("sections", "whole"),
    [
        ([], True),
        ([("recommendations", False)], True),
        ([("recommendations", True)], False),
        ([("prosecution", True), ("recommendations", False)], True),
    ],
)
def test_a_list_is_whole_unless_its_own_section_is_cut(sections: list[tuple[str, bool]], whole: bool) -> None:
    class Section:
        def __init__(self, kind: str, cut: bool) -> None:
            self.kind, self.cut = kind, cut

    class Narrative:
        def __init__(self) -> None:
            self.sections = Sections(Section(*one) for one in sections)

    narrative: Any = Narrative()
    assert _is_whole(narrative) is whole


# ---- the likeness of two texts -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "folded"),
    [
        ("prosecutions", ["prosecut"]),
        ("prosecute", ["prosecut"]),
        ("codes", ["code"]),
        ("mines", ["mine"]),
        ("rates", ["rate"]),
        ("code", ["code"]),
        ("codee", ["code"]),
        ("law", ["law"]),
        ("Increase the efforts", []),
    ],
)
def test_a_stem_has_at_least_four_letters(words: str, folded: list[str]) -> None:
    assert significant_words(words) == folded


def test_texts_without_significant_words_match_only_if_equal() -> None:
    assert similarity(Text("To the"), Text("To  the"), {}) == 1.0
    assert similarity(Text("To the"), Text("For all"), {}) == 0.0


def test_truncated_text_is_weighted_by_its_own_words() -> None:
    short, long = Text("Fund shelters"), Text("Fund shelters, train police")
    weight = weights([significant_words(short.text), significant_words(long.text)])
    assert similarity(Text(short.text, cut=True), long, weight) == 1.0
    assert similarity(long, Text(short.text, cut=True), weight) == 1.0
    assert similarity(short, long, weight) == similarity(Text(short.text, True), Text(long.text, True), weight) < 0.7
    assert similarity(short, Text(long.text, cut=True), weight) < 0.5


def test_of_equally_similar_texts_the_closer_position_goes_first() -> None:
    same = Text("Train labor inspectors")
    found = compare([Text("Adopt a plan"), same, Text("Fund shelters")], [same, same, Text("Visit courts")])
    assert found[:2] == [Proposal(None, 0, Change.NEW), Proposal(1, 1, Change.REPEATED, 1.0)]


def test_an_outcome_is_open_only_on_the_side_that_was_not_read() -> None:
    old, new = [Text("Fund shelters")], [Text("Adopt a plan")]
    outcomes = {
        (older, newer): [one.change for one in compare(old, new, older_whole=older, newer_whole=newer)]
        for older in (True, False)
        for newer in (True, False)
    }
    assert outcomes == {
        (True, True): [Change.NEW, Change.DROPPED],
        (True, False): [Change.NEW, Change.OPEN],
        (False, True): [Change.OPEN, Change.DROPPED],
        (False, False): [Change.OPEN, Change.OPEN],
    }
