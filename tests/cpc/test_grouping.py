"""Rows grouped by a key."""

from __future__ import annotations

import pytest

from cpc.grouping import grouped


@pytest.mark.parametrize(
    ("words", "groups"),
    [
        ("", {}),
        ("pear plum apple peach", {"p": ["pear", "plum", "peach"], "a": ["apple"]}),
    ],
)
def test_rows_are_grouped_by_key_in_their_order(words: str, groups: dict[str, list[str]]) -> None:
    found = grouped(words.split(), lambda word: word[0])
    assert (found, list(found)) == (groups, list(groups))
