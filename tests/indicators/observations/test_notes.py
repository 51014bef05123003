"""Parts of an observation's note: the remark on the value, and the location from which it was transcribed."""

from __future__ import annotations

import pytest

from indicators.sources.value_notes import Note, read

HASH = "0b1a522b4478ee583a581a0075aa3c7609c01a51"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", Note("", "", ())),
        ("by hand", Note("By hand", "", ())),
        ("compiled from: tiers_1999.csv", Note("", "tiers_1999.csv", ())),
        (
            f"compiled from: github owner/tiers, data/t.csv, commit {HASH} (2018 narrative text)",
            Note("", "owner/tiers on GitHub, data/t.csv (2018 narrative text)", (HASH[:12],)),
        ),
        (
            f"inferred: by count; compiled from: 2015 (a.csv) and 2017 (github o/t, t.csv, commit {HASH})",
            Note("Inferred: by count", "2015 (a.csv) and 2017 (o/t on GitHub, t.csv)", (HASH[:12],)),
        ),
        (
            f"compiled from: github o/t, t.json, commit {HASH} ; press copies",
            Note("", "o/t on GitHub, t.json; press copies", (HASH[:12],)),
        ),
        ("compiled from: by elimination", Note("", "By elimination", ())),
    ],
)
def test_a_note_is_distinguished(text: str, expected: Note) -> None:
    assert read(text) == expected
