"""Cells of the rating grid: what is a step, and what a cell lacks. Without a database."""

from __future__ import annotations

import pytest

from selection.models import Rating
from selection.ratings.grid.entries import CellKey, Entry, fault_of, split_reason, tidy

KEY = CellKey("GHA", "protection")
OWN = Rating(pk=7, criterion="protection", step=2, rationale="Two shelters.")


def entry(text: str, *, reason: str = "Shelters are funded.", document: str = "A report", seen: str = "0") -> Entry:
    return Entry(KEY, text, reason=reason, document=document, seen=seen)


@pytest.mark.parametrize(
    ("typed", "kept", "step"),
    [
        ("0", "0", 0),
        ("4", "4", 4),
        (" 3 ", "3", 3),
        ("3.0", "3", 3),
        ("3.00", "3", 3),
        ("N", "n", None),
        ("", "", None),
    ],
)
def test_a_step_is_a_whole_number_from_0_to_4_or_n(typed: str, kept: str, step: int | None) -> None:
    found = entry(tidy(typed))
    assert (found.text, found.step) == (kept, step)
    if kept:
        assert fault_of(found, None) is None


@pytest.mark.parametrize("typed", ["5", "-1", "3.5", "3,0", "03", "three", "nn", "٣", "4.", "1e0"])
def test_anything_else_is_named_as_it_was_typed(typed: str) -> None:
    found = fault_of(entry(tidy(typed)), None)
    assert found is not None
    assert found == ("step", f"{typed} is not a step. Use 0 to 4, or n.")


@pytest.mark.parametrize(
    ("text", "more", "code"),
    [
        ("3", {"document": ""}, "evidence"),
        ("3", {"document": "", "reason": " "}, "evidence"),
        ("3", {"reason": ""}, "reason"),
        ("n", {"document": ""}, None),
        ("n", {"document": "", "reason": ""}, "reason"),
        ("", {}, "step"),
    ],
)
def test_a_step_needs_evidence_and_every_rating_a_reason(text: str, more: dict[str, str], code: str | None) -> None:
    found = fault_of(entry(text, **more), None)
    assert (found.code if found else None) == code


def test_a_cleared_cell_asks_why_and_a_newer_rating_of_ones_own_is_a_conflict() -> None:
    assert fault_of(entry("", seen="7"), OWN) is None
    for reason in ("", "Two shelters."):
        found = fault_of(entry("", seen="7", reason=reason), OWN)
        assert found is not None
        assert found.code == "reason"
    stale = fault_of(entry("3", seen="6"), OWN)
    assert stale is not None
    assert (stale.code, "rated it 2 in another window" in stale.message) == ("changed", True)
    gone = fault_of(entry("3", seen="6"), None)
    assert gone is not None
    assert "withdrew the rating in another window" in gone.message


@pytest.mark.parametrize(
    ("pasted", "found"),
    [
        ("3: Shelters are funded.", ("3", "Shelters are funded.")),
        ("n: Nothing on record.", ("n", "Nothing on record.")),
        ("3", ("3", "")),
        ("5: Too much", ("5: Too much", "")),
        ("3:2", ("3:2", "")),
    ],
)
def test_a_pasted_cell_may_bring_its_reason(pasted: str, found: tuple[str, str]) -> None:
    assert split_reason(pasted) == found


def test_one_reason_and_document_fill_only_what_a_cell_lacks() -> None:
    bare, whole = Entry(KEY, "3"), entry("3")
    assert (bare.completed("Why", "Doc").reason, bare.completed("Why", "Doc").document) == ("Why", "Doc")
    assert whole.completed("Why", "Doc") == whole
    cited = Entry(KEY, "3", evidence=("plan:1",))
    assert cited.completed("Why", "Doc").document == ""
    none_found = Entry(KEY, "n").completed("Why", "Doc")
    assert (none_found.reason, none_found.document) == ("Why", "")
    wrong = Entry(KEY, "5")
    assert wrong.completed("Why", "Doc") == wrong
    assert Entry.from_json(whole.as_json()) == whole
