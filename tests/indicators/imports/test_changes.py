"""Changes of an import as text, and what its page says of its step and issues."""

from __future__ import annotations

import pytest

from indicators.imports import changes, queries
from indicators.imports.comparison import revision_of
from indicators.models import Import, ImportIssue, Observation


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        ("", "Tier 2", "Ghana, TIP Report tier 2024: Tier 2, new"),
        ("Tier 1", "Tier 2", "Ghana, TIP Report tier 2024: Tier 2, was Tier 1"),
    ],
)
def test_a_change_on_one_line(before: str, after: str, sentence: str) -> None:
    assert changes.ValueChange("Ghana", "GHA", "TIP Report tier 2024", before, after).sentence == sentence


@pytest.mark.parametrize(("series", "what"), [("", "Score 2024"), ("Urban", "Score 2024 (Urban)")])
def test_what_changed_names_the_series_if_there_is_one(series: str, what: str) -> None:
    found = changes._change("Ghana", "GHA", "Score", "2024", series, "before", "after")
    assert found == changes.ValueChange("Ghana", "GHA", what, "before", "after")


@pytest.mark.parametrize(
    ("value", "label", "missing", "quality", "text"),
    [
        (None, "", "", "", ""),
        (0.0, "", "", "stated", "0.0"),
        (1234.56, "", "", "stated", "1,234.6"),
        (1.0, "", "", "inferred", "1.0 (inferred)"),
        (None, "Tier 2", "", "unconfirmed", "Tier 2 (unconfirmed)"),
        (None, "Tier 2", "", "", "Tier 2"),
        (None, "", "not_collected", "stated", "no estimate"),
    ],
)
def test_a_value_as_text(value: float | None, label: str, missing: str, quality: str, text: str) -> None:
    assert changes._text(value, label, missing, quality, 1) == text
    row = Observation(value=value, label=label, missing=missing, quality=quality)
    assert changes._of(row, 1) == text


@pytest.mark.parametrize(
    ("state", "stage", "step"),
    [
        ("received", "", 0),
        ("received", "received", 0),
        ("reading", "recognized", 1),
        ("reading", "matched", 3),
        ("preview", "", 5),
        ("failed", "read", 2),
        ("published", "", 7),
        ("retracted", "", 7),
        ("discarded", "", 0),
    ],
)
def test_the_step_of_an_import(state: str, stage: str, step: int) -> None:
    assert queries.step_of(Import(state=state, stage=stage)) == step


def test_issues_with_one_reason_are_named_once_and_the_rest_are_counted() -> None:
    issues = [
        ImportIssue(country_text="Atlantis", locator="A1", message="m"),
        ImportIssue(country_text="Atlantis", locator="A2", message="m"),
        ImportIssue(locator="A3", message="m"),
        ImportIssue(message="m"),
    ]
    group = queries.IssueGroup("unknown_country", "Unknown country", "Map it", 6, 9, issues)
    assert group.names == ["Atlantis", "A3", "m"]
    assert (group.more, queries.IssueGroup("x", "X", "", 4, 4, issues).more) == (2, 0)


def test_unread_parts_of_a_field_are_listed_by_reason() -> None:
    parts = [("a", "unknown_heading"), ("b", "too_long"), ("c", "unknown_heading"), ("d", "unknown_heading")]
    assert queries._why(parts, 2) == [("Unknown heading", 1, ["a", "c"]), ("Too long", 0, ["b"])]
    assert queries._why(parts, 3)[0] == ("Unknown heading", 0, ["a", "c", "d"])


def test_the_revision_of_a_preview_has_each_count_that_its_page_shows() -> None:
    counts = {"new": 1, "changed": 2, "older": 3, "unchanged": 4, "narratives": 5, "programs": 6, "rejected": 7}
    assert revision_of(Import(counts=counts)) == "1 2 3 4 5 6"
    assert revision_of(Import(counts={})) == "0 0 0 0 0 0"
