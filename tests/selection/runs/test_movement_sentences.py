"""Movements between two lists: counts, order, and sentences, on lists written by hand."""

from __future__ import annotations

from typing import Any

import pytest

from selection.runs.movements import ListedMove, Move, Moves, moves_between, named, recount


def moves(before: str, after: str, first: int = 2, why: dict[str, str] | None = None) -> Moves:
    """Return the movements between two lists of letters, best first."""
    old, new = ({code: number for number, code in enumerate(codes, 1)} for codes in (before, after))
    rows = [
        listed(move.code, move.before, move.after, (why or {}).get(move.code, "")) for move in moves_between(old, new)
    ]
    return Moves.of([listed("Nowhere", None, None), *rows], first)


def listed(name: str, before: int | None, after: int | None, why: str = "") -> ListedMove:
    return ListedMove(name, before, after, name, "#", why)


def names(rows: Any) -> str:
    return "".join(row.name for row in rows)


def test_who_enters_leaves_gains_and_loses() -> None:
    found = moves("ABCDE", "CAFBG")
    assert (names(found.entered), names(found.left)) == ("C", "B")
    assert (names(found.gained), names(found.lost)) == ("FG", "DE")
    assert found.ranked == (5, 5)
    assert [(shift.move.name, shift.among) for shift in found.both] == [
        ("C", Move("C", 3, 1)),
        ("A", Move("A", 1, 2)),
        ("B", Move("B", 2, 3)),
    ]
    assert moves("AB", "AB").moved == []


@pytest.mark.parametrize(
    ("before", "after", "kind", "rise", "distance"),
    [
        (3, 1, "up", 2, 2),
        (1, 3, "down", -2, 2),
        (2, 2, "same", 0, 0),
        (None, 1, "gained", None, 0),
        (1, None, "lost", None, 0),
        (None, None, "same", None, 0),
    ],
)
def test_a_movement_has_a_kind_and_rises_between_two_ranks(
    before: int | None, after: int | None, kind: str, rise: int | None, distance: int
) -> None:
    move = Move("A", before, after)
    assert (move.kind, move.rise, move.distance) == (kind, rise, distance)


def test_recounted_ranks_skip_the_countries_that_one_list_does_not_rank() -> None:
    assert recount([Move("A", 1, None), Move("B", 2, 3), Move("C", 5, 3), Move("D", None, 1), Move("E", 9, 8)]) == {
        "B": Move("B", 1, 1),
        "C": Move("C", 2, 1),
        "E": Move("E", 3, 3),
    }


@pytest.mark.parametrize(
    ("before", "after", "crossing"),
    [(2, 3, "leaves"), (3, 2, "enters"), (None, 2, "enters"), (1, None, "leaves"), (2, 2, "stays"), (3, None, "")],
)
def test_a_movement_crosses_the_end_of_the_first_two(before: int | None, after: int | None, crossing: str) -> None:
    move = Move("A", before, after)
    found = [name for name in ("enters", "leaves", "stays") if getattr(move, name)(2)]
    assert found == ([crossing] if crossing else [])


@pytest.mark.parametrize(
    ("before", "after", "bold", "more"),
    [
        ("ABC", "ABC", "Both lists are the same.", ""),
        ("ABCD", "BADC", "The first 2 are the same countries in a different order.", ""),
        ("ABCD", "ABDC", "Nothing changes in the first 2.", "Only countries below them move."),
        ("ABC", "ABCD", "Nothing changes in the first 2.", "1 country gains a rank."),
        ("ABCD", "AB", "Nothing changes in the first 2.", "2 countries lose a rank."),
        ("ABCE", "ABD", "Nothing changes in the first 2.", "2 countries lose a rank and 1 gains one."),
        ("ABC", "ABDE", "Nothing changes in the first 2.", "1 country loses a rank and 2 gain one."),
        ("ABC", "ACB", "B moves down and leaves the first 2.", "C moves up and enters the first 2."),
        ("ABCD", "CDAB", "A and B move down and leave the first 2.", "C and D move up and enter the first 2."),
        (
            "ABC",
            "AC",
            "B leaves the first 2 because it loses its rank, not because it falls.",
            "C enters the first 2 because others lose a rank above it. 1 country loses a rank.",
        ),
        (
            "ABCD",
            "CD",
            "A and B leave the first 2 because they lose their rank, not because they fall.",
            "C and D enter the first 2 because others lose a rank above them. 2 countries lose a rank.",
        ),
        (
            "AB",
            "ACB",
            "B leaves the first 2 because others gain a rank above it.",
            "C enters the first 2 because it gains a rank. 1 country gains a rank.",
        ),
        (
            "AB",
            "CDAB",
            "A and B leave the first 2 because others gain a rank above them.",
            "C and D enter the first 2 because they gain a rank. 2 countries gain a rank.",
        ),
        ("A", "AB", "B enters the first 2 because it gains a rank.", "1 country gains a rank."),
    ],
)
def test_verdict_names_who_crosses_the_line_and_why(before: str, after: str, bold: str, more: str) -> None:
    assert moves(before, after).verdict() == (bold, more)


def test_a_crossing_names_those_that_gain_or_lose_a_rank_last() -> None:
    found = moves("ABCD", "EACB", 3)
    assert found.crossing == ("E enters the first 3 because it gains a rank. B moves down and leaves the first 3.")
    assert moves("ABCDE", "DEF", 3).crossing == (
        "D and E enter the first 3 because others lose a rank above them; F enters the first 3 because it gains a "
        "rank. "
        "A, B and C leave the first 3 because they lose their rank, not because they fall."
    )


@pytest.mark.parametrize(
    ("before", "after", "entered", "left"),
    [
        ("ABC", "ACB", "", ""),
        ("AB", "CB", "it gains a rank", "it loses a rank"),
        ("ABC", "DCA", "one gains a rank", "one loses a rank"),
        ("ABC", "CDE", "one gains a rank", "both lose a rank"),
    ],
)
def test_a_note_counts_those_that_cross_by_a_rank(before: str, after: str, entered: str, left: str) -> None:
    found = moves(before, after)
    assert (found.entered_note, found.left_note) == (entered, left)


def test_more_than_two_are_all_and_some_are_counted() -> None:
    found = moves("ABCDEF", "GHIDEF", 3)
    assert (found.entered_note, found.left_note) == ("all three gain a rank", "all three lose a rank")
    assert moves("ABCD", "EFD", 3).entered_note == "two gain a rank"


def test_bands_count_the_distances() -> None:
    rows = [listed(code, 20 * number + 1, 20 * number + 1) for number, code in enumerate("ABCDEF")]
    found = Moves.of(rows, 2)
    assert [(band.label, band.count) for band in found.bands] == [
        ("10 or more places", 0), ("5 to 9", 0), ("1 to 4", 0), ("None", 6),
    ]  # fmt: skip
    turned = moves("ABCDEFGHIJK", "KBCDEFGHIJA")
    assert [(band.count, round(band.share, 2)) for band in turned.bands] == [(2, 0.18), (0, 0), (0, 0), (9, 0.82)]
    near = moves("ABCDEFGHIJ", "JBCDFEGHIA")
    assert [band.count for band in near.bands] == [0, 2, 2, 6]
    five = moves("ABCDEF", "FBCDEA")
    assert [band.count for band in five.bands] == [0, 2, 0, 4]
    four = moves("ABCDE", "EBCDA")
    assert [band.count for band in four.bands] == [0, 0, 2, 3]
    assert Moves.of([], 2).bands[0].share == 0.0


def test_gains_are_grouped_by_reason_the_most_frequent_first() -> None:
    why = {"D": "z", "E": "a", "F": "z", "G": "b"}
    groups = moves("ABC", "GFEDABC", why=why).gain_groups
    assert [(group.why, names(group.moves)) for group in groups] == [("z", "DF"), ("a", "E"), ("b", "G")]
    assert moves("ABC", "ABC").loss_groups == []


def test_lines_list_the_countries_with_their_count() -> None:
    assert moves("ABC", "CDB").lines == [
        ("Enter the first 2 (2)", "C and D"),
        ("Leave the first 2 (2)", "A and B"),
        ("Gain a rank (1)", "D"),
        ("Lose a rank (1)", "A"),
    ]
    assert moves("ABC", "ABC").lines == []


@pytest.mark.parametrize(
    ("count", "text"), [(4, "A, B, C and D"), (5, "A, B, C, D and E"), (6, "A, B, C, D and 2 more")]
)
def test_a_sentence_names_five_or_counts_the_rest(count: int, text: str) -> None:
    assert named([listed(code, 1, 1) for code in "ABCDEF"[:count]]) == text
