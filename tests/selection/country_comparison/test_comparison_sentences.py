"""Sentences on the order of several countries, from shares of draws given by hand."""

from __future__ import annotations

from itertools import combinations
from typing import Any, cast

import pytest

from selection.country_comparison.presenters.sentences import pair_rows, verdict
from selection.country_comparison.queries import Compared, CountryPair
from tests.support.fragments import fragment_text
from tests.support.rows import ranking, ranking_row

NAMES = {"A": "Ghana", "B": "Senegal", "C": "Nepal"}


def compared(**shares: float) -> Compared:
    """Return a comparison in the order of the letters; `AB=0.7`: A is above B in 70% of draws."""
    codes = sorted({code for pair in shares for code in pair})
    rows = tuple(ranking_row(code, NAMES[code], rank=number) for number, code in enumerate(codes, start=1))
    pairs = tuple(
        CountryPair(one, other, shares[one + other], None, None, one, None, {"tier": 1.0})
        for one, other in combinations(codes, 2)
    )
    return Compared(cast("Any", None), ranking(rows), rows, (), pairs, True)


def verdict_text(found: Compared) -> str:
    return fragment_text("country_comparison/_verdict.html", verdict=verdict(found, pair_rows(found)))


@pytest.mark.parametrize(
    ("shares", "finding"),
    [
        ({"AB": 0.6, "AC": 0.6, "BC": 0.5}, "Ghana is ahead of Senegal and Nepal."),
        ({"AB": 0.59, "AC": 0.6, "BC": 0.5}, "Ghana is ahead of Nepal and too close to call against Senegal."),
        ({"AB": 0.41, "AC": 0.9, "BC": 0.5}, "Ghana is ahead of Nepal and too close to call against Senegal."),
        ({"AB": 0.5, "AC": 0.5, "BC": 0.5}, "Ghana is too close to call against Senegal and Nepal."),
        ({"AB": 0.4, "AC": 0.9, "BC": 0.5}, "Ghana is ahead of Nepal and in most draws behind Senegal."),
    ],
)
def test_a_country_is_ahead_from_sixty_percent_of_draws(shares: dict[str, float], finding: str) -> None:
    assert verdict_text(compared(**shares)).startswith(finding)


@pytest.mark.parametrize(
    ("above_by_first", "above_by_second", "sentence"),
    [
        (0.95, 0.84, "Nepal is below each of the others in at least 84% of draws."),
        (0.84, 0.95, "Nepal is below each of the others in at least 84% of draws."),
        (0.6, 0.97, "Nepal is below each of the others in at least 60% of draws."),
        (0.97, 0.59, ""),
        (0.59, 0.97, ""),
    ],
)
def test_the_last_is_below_each_in_the_least_share(
    above_by_first: float, above_by_second: float, sentence: str
) -> None:
    text = verdict_text(compared(AB=0.6, AC=above_by_first, BC=above_by_second))
    assert (sentence in text) if sentence else ("is below each of the others" not in text)


@pytest.mark.parametrize(("share", "is_close"), [(0.4, False), (0.41, True), (0.59, True), (0.6, False)])
def test_the_others_are_too_close_to_call_between_the_limits(share: float, is_close: bool) -> None:
    text = verdict_text(compared(AB=0.9, AC=0.9, BC=share))
    assert ("Also too close to call: Senegal and Nepal." in text) is is_close
