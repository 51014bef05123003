"""Comparison of two lists: sentences on countries that enter and leave, and movements of those ranked in both."""

from __future__ import annotations

import pytest

from selection.runs.movements import ListedMove, Moves, named

FIRST = 3


def moves(*ranks: tuple[str, int | None, int | None], first: int = FIRST) -> Moves:
    """Return two lists from names with their ranks in each."""
    return Moves.of((ListedMove(name, before, after, name, f"/{name}/") for name, before, after in ranks), first)


def test_a_country_that_loses_its_rank_does_not_fall() -> None:
    found = moves(("Ghana", 1, None), ("Peru", 2, 1), ("Togo", 3, 2), ("Mali", 4, 3), ("Chad", None, None))
    assert found.verdict() == (
        "Ghana leaves the first 3 because it loses its rank, not because it falls.",
        "Mali enters the first 3 because others lose a rank above it. 1 country loses a rank.",
    )
    assert [row.name for row in found.lost] == ["Ghana"]
    assert found.left_note == "it loses a rank"
    assert found.entered_note == ""
    assert found.ranked == (4, 3)
    # All move up by one because Ghana lost its rank: among countries ranked in both lists, none moves.
    assert found.moved == []
    assert [(band.label, band.count) for band in found.bands][-1] == ("None", 3)


def test_each_cause_has_its_own_clause() -> None:
    found = moves(
        *(("A", 1, None), ("B", 2, 9), ("C", 3, 5), ("D", 4, 1), ("E", None, 2), ("F", 5, 3), ("G", None, 4)),
        *(("H", 6, 6), ("I", 7, 7), ("J", 8, 8)),
    )
    bold, rest = found.verdict()
    assert bold == (
        "A leaves the first 3 because it loses its rank, not because it falls; B and C move down and leave the first 3."
    )
    assert rest == (
        "E enters the first 3 because it gains a rank; D and F move up and enter the first 3. "
        "1 country loses a rank and 2 gain one."
    )
    pushed = moves(("A", 1, 1), ("B", 2, 2), ("C", 3, 4), ("D", None, 3))
    assert pushed.verdict()[0] == "C leaves the first 3 because others gain a rank above it."


@pytest.mark.parametrize(
    ("ranks", "bold", "rest"),
    [
        ([("A", 1, 1), ("B", 2, 2)], "Versions 4 and 5 give the same list.", ""),
        (
            [("A", 1, 2), ("B", 2, 1), ("C", 3, 3), ("D", 4, 4)],
            "The first 3 are the same countries in a different order.",
            "",
        ),
        (
            [("A", 1, 1), ("B", 2, 2), ("C", 3, 3), ("D", 4, 5), ("E", 5, 4)],
            "Nothing changes in the first 3.",
            "Only countries below them move.",
        ),
        (
            [("A", 1, 1), ("B", 2, 2), ("C", 3, 3), ("D", None, 4), ("E", 4, None), ("F", None, 5)],
            "Nothing changes in the first 3.",
            "1 country loses a rank and 2 gain one.",
        ),
    ],
)
def test_a_first_n_that_keeps_its_countries(
    ranks: list[tuple[str, int | None, int | None]], bold: str, rest: str
) -> None:
    assert moves(*ranks).verdict("Versions 4 and 5 give the same list.") == (bold, rest)


def test_movements_need_both_ranks_and_the_farthest_comes_first() -> None:
    found = moves(("A", 1, 3), ("B", 2, None), ("C", 3, 1), ("D", None, 2), ("E", 4, 4))
    assert [(shift.move.name, shift.among.before, shift.among.after, shift.among.kind) for shift in found.both] == [
        ("C", 2, 1, "up"),
        ("A", 1, 2, "down"),
        ("E", 3, 3, "same"),
    ]
    assert [(band.count, round(band.share, 2)) for band in found.bands] == [(0, 0), (0, 0), (2, 0.67), (1, 0.33)]
    assert 'width="120"' in str(found.bands[0].bar)


def test_gains_and_losses_are_grouped_by_reason_and_counted_among_the_first() -> None:
    old = "No value of child labor within 10 years."
    lost = [("B", 2, old), ("A", 1, old), ("C", 3, "Tier 3.")]
    rows = [ListedMove(name, rank, None, name, "", why) for name, rank, why in lost]
    others = [
        ListedMove(name, before, after, name, "")
        for name, before, after in (("D", None, 1), ("E", None, 2), ("F", 4, 3))
    ]
    found = Moves.of([*rows, *others], FIRST)
    assert [(group.why, [row.name for row in group.moves]) for group in found.loss_groups] == [
        (old, ["A", "B"]),
        ("Tier 3.", ["C"]),
    ]
    assert found.left_note == "all three lose a rank"
    assert found.entered_note == "two gain a rank"


def test_a_sentence_names_a_few_and_counts_the_rest() -> None:
    rows = [ListedMove(name, 1, 2, name, "") for name in "ABCDEFG"]
    assert named(rows[:5]) == "A, B, C, D and E"
    assert named(rows) == "A, B, C, D and 3 more"
