"""Two models on the same data as text: movements, the effect of each difference, and the sheet."""

from __future__ import annotations

from collections.abc import Sequence
from html import unescape
from types import SimpleNamespace
from typing import Any, cast

import pytest
from django.template.loader import render_to_string
from django.utils.html import strip_tags

from selection.model_definition.changes import Bearing
from selection.model_definition.criteria_table import read
from selection.model_versions.presenters import comparison
from selection.model_versions.presenters.changes import ModelChange, ModelSide
from selection.model_versions.presenters.comparison import DifferenceRow
from selection.model_versions.queries.movements import MOST, ModelEffect, ModelRanking, Unranked
from selection.models import CountryStatus, ScoreRun, ScoringModel
from selection.runs.movements import ListedMove, Moves

NAMES = {"ALB": "Albania", "BEN": "Benin", "CIV": "Ivory Coast", "GHA": "Ghana", "PER": "Peru", "TCD": "Chad"}
SIDES = ("version 1", "version 2")


def move(code: str, before: int | None, after: int | None, why: str = "") -> ListedMove:
    return ListedMove(code, before, after, NAMES[code], f"/countries/{code}/", why)


def moves(*rows: tuple[str, int | None, int | None], first: int = 2) -> Moves:
    return Moves.of([move(*row) for row in rows], first)


def ranked(ranks: dict[str, int], **unranked: Unranked) -> ModelRanking:
    return cast(ModelRanking, SimpleNamespace(ranks=ranks, unranked=unranked))


def difference(field: str = "weight", bearing: Bearing = Bearing.RANK) -> Any:
    return SimpleNamespace(field=field, bearing=bearing)


def effect(*changes: Any, ranking: Any = None, needs_others: bool = False) -> ModelEffect:
    return ModelEffect(tuple(changes), ranking, needs_others=needs_others)


def text_of(template: str, **context: Any) -> str:
    return " ".join(unescape(strip_tags(render_to_string(f"selection/model_versions/{template}", context))).split())


def effect_text(row: DifferenceRow) -> str:
    return text_of("_effect.html", row=row, most=MOST)


def effect_of(found: Moves) -> str:
    return effect_text(DifferenceRow(effect(difference()), found))


# ---- movements -----------------------------------------------------------------------------------------------------


def test_movements_sort_by_name_and_explain_a_missing_rank() -> None:
    before = ranked({"PER": 1, "GHA": 2, "TCD": 3})
    after = ranked(
        {"PER": 2, "BEN": 1}, GHA=Unranked(CountryStatus.PROVISIONAL, "No value of child labor.", "value of 2011")
    )
    found = comparison.moves_of(before, after, NAMES, SIDES, 2)
    assert [(row.name, row.before, row.after, row.why, row.detail) for row in found.rows] == [
        ("Benin", None, 1, "Under version 1: no rank.", ""),
        ("Chad", 3, None, "Under version 2: no rank.", ""),
        ("Ghana", 2, None, "Under version 2: provisional. No value of child labor.", "value of 2011"),
        ("Peru", 1, 2, "", ""),
    ]
    assert found.rows[0].href == "/countries/BEN/"
    assert found.first == 2


@pytest.mark.parametrize(
    ("rows", "text"),
    [
        ([("GHA", 1, 1), ("PER", 2, 2)], "No rank changes"),
        ([("GHA", 1, 1), ("PER", 2, 2), ("BEN", 3, 4), ("TCD", 4, 3)], "The first 2 stay; 0 of 4 move by five or more"),
        ([("GHA", 1, 2), ("PER", 2, 1)], "The first 2 stay, in another order; 0 of 2 move by five or more"),
        (
            [("GHA", 1, 1), ("PER", 2, 3), ("BEN", 3, 2)],
            "Benin replaces Peru in the first 2; 0 of 3 move by five or more",
        ),
        (
            [("GHA", 1, 3), ("PER", 2, 4), ("BEN", 3, 1), ("TCD", 4, 2)],
            "Benin and Chad replace Ghana and Peru in the first 2; 0 of 4 move by five or more",
        ),
        (
            [("GHA", 1, 1), ("PER", 2, None), ("BEN", 3, 2)],
            "Benin enters the first 2; 1 loses a rank, among them Peru",
        ),
        ([("GHA", 1, 1), ("PER", 2, 2), ("BEN", 3, None)], "The first 2 stay; 1 loses a rank"),
        (
            [("GHA", 1, 1), ("PER", 2, 2), ("BEN", 3, None), ("TCD", 4, None)],
            "The first 2 stay; 2 lose a rank",
        ),
        ([("GHA", 1, 1), ("PER", 2, 2), ("BEN", None, 3)], "The first 2 stay; 1 gains a rank, at 3"),
        (
            [("GHA", 1, 1), ("PER", 2, 2), ("BEN", None, 4), ("TCD", None, 3)],
            "The first 2 stay; 2 gain a rank, the best at 3",
        ),
        (
            [("GHA", 1, 1), ("PER", 2, 3), ("BEN", None, 2)],
            "Benin replaces Peru in the first 2; 1 gains a rank, at 2",
        ),
        ([("GHA", 1, 1), ("PER", 2, None)], "The first 2 lose one; 1 loses a rank, among them Peru"),
        (
            [("GHA", 1, None), ("PER", 2, None)],
            "The first 2 lose 2; 2 lose a rank, among them Ghana and Peru",
        ),
        (
            [("GHA", 1, None), ("PER", 2, 3), ("BEN", 3, 2), ("TCD", 4, 1)],
            "Chad and Benin enter the first 2; Peru leaves the first 2; 1 loses a rank, among them Ghana",
        ),
        (
            [("GHA", 1, 3), ("PER", 2, 4), ("BEN", None, 1)],
            "Benin enters the first 2; Ghana and Peru leave the first 2; 1 gains a rank, at 1",
        ),
        (
            [("GHA", 1, 1), ("PER", 2, 3), ("BEN", None, 2), ("TCD", 3, None)],
            "Benin replaces Peru in the first 2; 1 loses a rank; 1 gains a rank, at 2",
        ),
        ([("GHA", None, 1), ("PER", None, 2)], "Ghana and Peru enter the first 2; 2 gain a rank, the best at 1"),
    ],
)
def test_the_effect_of_a_difference(rows: list[tuple[str, int | None, int | None]], text: str) -> None:
    assert effect_of(moves(*rows)) == text


def test_far_movements_and_lost_ranks_are_counted_separately() -> None:
    others = [move("BEN", rank, rank - 1) for rank in range(2, 8)]
    found = Moves.of([move("GHA", 1, 7), *others, move("TCD", 9, None)], 1)
    assert effect_of(found).endswith("; 1 loses a rank; 1 of 7 move by five or more")


@pytest.mark.parametrize(("last", "far"), [(5, 0), (6, 1), (7, 1)])
def test_a_country_moves_far_by_five_ranks(last: int, far: int) -> None:
    others = [move("BEN", rank, rank - 1) for rank in range(2, last + 1)]
    found = Moves.of([move("GHA", 1, last), *others], 1)
    assert effect_of(found).endswith(f"; {far} of {last} move by five or more")


# ---- differences ---------------------------------------------------------------------------------------------------

BEFORE = ranked({"GHA": 1, "PER": 2})
SWAPPED = ranked({"GHA": 2, "PER": 1})


@pytest.mark.parametrize(
    ("found", "before", "text"),
    [
        (effect(difference("first")), BEFORE, "No rank changes; it sets how many countries count as the first"),
        (effect(difference("label", Bearing.TEXT)), BEFORE, "Wording only"),
        (
            effect(difference("weight", Bearing.FULL)),
            BEFORE,
            "None in this list; it counts in the full score of a round",
        ),
        (effect(difference("needs", Bearing.STATUTE)), BEFORE, "None in this list; it is checked in rounds"),
        (
            effect(difference("rho", Bearing.DOUBT)),
            BEFORE,
            "No rank changes; intervals, shares of draws, or groups may change",
        ),
        (effect(difference(), needs_others=True), BEFORE, "It has an effect only together with other differences"),
        (effect(difference()), BEFORE, f"Not computed; only the first {MOST} differences are"),
        (effect(difference(), ranking=BEFORE), BEFORE, "No rank changes"),
        (
            effect(difference("estimate"), ranking=BEFORE),
            BEFORE,
            "No rank changes; intervals and shares of draws may change",
        ),
        (
            effect(difference("estimate"), ranking=SWAPPED),
            BEFORE,
            "The first 2 stay, in another order; 0 of 2 move by five or more",
        ),
        (
            effect(difference("estimate"), difference(), ranking=BEFORE),
            BEFORE,
            "Together with one other: No rank changes",
        ),
    ],
)
def test_difference_states_its_own_effect(found: ModelEffect, before: ModelRanking | None, text: str) -> None:
    [row] = comparison.difference_rows([found], before, NAMES, 2)
    assert effect_text(row) == text


def test_differences_in_wording_are_last_and_the_others_stay_in_order() -> None:
    changes = [difference("label", Bearing.TEXT), difference("b"), difference("note", Bearing.TEXT), difference("a")]
    rows = comparison.difference_rows([effect(change) for change in changes], None, {}, 2)
    assert [row.changes[0].field for row in rows] == ["b", "a", "label", "note"]


@pytest.mark.parametrize(
    ("count", "text"), [(1, ""), (2, "Together with one other:"), (3, "Together with two others:")]
)
def test_differences_that_work_only_together_are_one_row(count: int, text: str) -> None:
    row = DifferenceRow(effect(*[difference()] * count), moves(("GHA", 1, 1)))
    assert effect_text(row) == f"{text} No rank changes".strip()


# ---- both lists ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "text"),
    [
        ([("GHA", 1, 1), ("PER", 2, 2), ("BEN", 3, 4), ("TCD", 4, 3)], "No country among the first 2 moves."),
        (
            [("GHA", 1, 1), ("PER", 2, 4), ("BEN", 3, 2), ("TCD", 4, 3)],
            "Among the first 2, Peru moves the farthest: from 2 to 4.",
        ),
        (
            [("GHA", 1, None), ("PER", 2, 1), ("BEN", 3, 2)],
            "Peru moves from 2 to 1 only because Ghana loses a rank.",
        ),
        (
            [("GHA", 1, None), ("PER", 2, None), ("BEN", 3, 1), ("TCD", 4, None)],
            "Benin moves from 3 to 1 only because Ghana and Peru lose a rank.",
        ),
        ([("GHA", 1, 1), ("PER", 2, 2), ("BEN", 3, None)], "No country among the first 2 moves."),
        (
            [("ALB", 1, None), ("GHA", 2, 2), ("PER", 3, 1), ("TCD", 4, 3)],
            "Among the first 2, Peru moves the farthest: from 3 to 1.",
        ),
        (
            [("GHA", 1, None), ("BEN", 5, 2), ("PER", 2, 1), ("TCD", 3, None), ("ALB", 4, None)],
            "Peru moves from 2 to 1 only because Ghana loses a rank.",
        ),
        (
            [("GHA", 1, 1), ("PER", 3, 3), ("BEN", 4, 5), ("TCD", 5, 4), ("ALB", None, 2)],
            "No country among the first 2 moves.",
        ),
        (
            [("GHA", 1, 2), ("PER", 2, 1), ("BEN", None, 3)],
            "Among the first 2, Peru moves the farthest: from 2 to 1.",
        ),
    ],
)
def test_the_finding_on_the_first(rows: list[tuple[str, int | None, int | None]], text: str) -> None:
    assert comparison._finding(moves(*rows)) == text


def test_the_sheet_has_a_row_for_each_country() -> None:
    found = Moves.of(
        [
            move("ALB", 4, 4),
            move("BEN", 5, 1),
            move("GHA", 1, None, "Under version 2: provisional."),
            move("PER", 2, 3),
            move("TCD", None, 2, "Under version 1: no rank."),
        ],
        2,
    )
    columns = comparison.fields(found, ("version 1", "V2"))
    assert [column.label for column in columns] == [
        "Country",
        "Code",
        "Rank under version 1",
        "Rank under V2",
        "Places up among those ranked by both",
        "First 2",
        "Rank gained or lost",
        "Why it has no rank on one side",
    ]
    assert [[column.cell(row) for column in columns] for row in found.rows] == [
        ["Albania", "ALB", 4, 4, -1, "", "", ""],
        ["Benin", "BEN", 5, 1, 2, "enters", "", ""],
        ["Ghana", "GHA", 1, None, None, "leaves", "lost", "Under version 2: provisional."],
        ["Peru", "PER", 2, 3, -1, "leaves", "", ""],
        ["Chad", "TCD", None, 2, None, "enters", "gained", "Under version 1: no rank."],
    ]


# ---- the whole change ----------------------------------------------------------------------------------------------


def side(name: str, first: int = 2) -> ModelSide:
    return ModelSide(name, name.capitalize(), "V", cast(Any, SimpleNamespace(first=first)), "/")


def changed(
    before: dict[str, int] | None, after: dict[str, int] | None, *names: str, firsts: Sequence[int] = (2, 2)
) -> ModelChange:
    one, other = names or SIDES
    rankings = None if before is None or after is None else (ranked(before), ranked(after))
    bench = cast(Any, SimpleNamespace(names=NAMES))
    return ModelChange(side(one, firsts[0]), side(other, firsts[1]), None, bench, rankings)


SAME_RANKS = {"GHA": 1, "PER": 2, "BEN": 3}


@pytest.mark.parametrize(
    ("after", "bold", "matters", "changes"),
    [
        (SAME_RANKS, "Publishing changes no rank.", False, 0),
        ({"GHA": 1, "PER": 3, "BEN": 2}, "Publishing changes the first 2.", True, 2),
        ({"GHA": 2, "PER": 1, "BEN": 3}, "Publishing changes the order of the first 2.", True, 2),
        ({"GHA": 1, "PER": 2}, "Publishing changes who is ranked.", True, 1),
        ({"GHA": 1, "PER": 2, "BEN": 3, "TCD": 4}, "Publishing changes who is ranked.", True, 1),
        ({"GHA": 1, "BEN": 2}, "Publishing changes the first 2 and who is ranked.", True, 2),
        ({"GHA": 1}, "Publishing changes the first 2 and who is ranked.", True, 2),
        ({"GHA": 2, "PER": 1}, "Publishing changes the order of the first 2 and who is ranked.", True, 3),
    ],
)
def test_what_publishing_changes(after: dict[str, int], bold: str, matters: bool, changes: int) -> None:
    found = changed(SAME_RANKS, after)
    assert text_of("_publishing_summary.html", change=found).startswith(bold)
    assert (found.matters, found.changed) == (matters, changes)


def test_a_change_below_the_first_matters_to_none_of_them() -> None:
    found = changed({**SAME_RANKS, "TCD": 4}, {"GHA": 1, "PER": 2, "TCD": 3, "BEN": 4})
    text = "Publishing changes nothing in the first 2. Only countries below them move."
    assert text_of("_publishing_summary.html", change=found) == text
    assert (found.matters, found.changed) == (False, 2)


def test_models_that_were_not_scored_have_no_movements() -> None:
    found = changed(None, None)
    assert (found.moves, found.verdict, found.changed, found.matters, found.ranked_note) == (None, None, 0, False, "")


@pytest.mark.parametrize(
    ("names", "text"),
    [
        (("version 2", "version 1"), "Versions 1 and 2 give the same list."),
        (("version 10", "version 9"), "Versions 9 and 10 give the same list."),
        (("the model of run 4", "version 9"), "The model of run 4 and version 9 give the same list."),
    ],
)
def test_the_sentence_on_two_models_with_the_same_list(names: tuple[str, str], text: str) -> None:
    assert changed(SAME_RANKS, SAME_RANKS, *names).same == text


def test_the_sentences_name_each_version_on_its_own_side() -> None:
    found = changed(SAME_RANKS, {"GHA": 1, "PER": 2, "TCD": 3})
    assert found.moves is not None
    assert [row.why for row in found.moves.rows if row.why] == [
        "Under version 2: no rank.", "Under version 1: no rank."
    ]  # fmt: skip
    swapped = changed(SAME_RANKS, {"GHA": 1, "PER": 3, "BEN": 2})
    assert swapped.moves is not None
    assert text_of("_publishing_summary.html", change=swapped).endswith(" ".join(swapped.moves.verdict()).strip())
    same = changed(SAME_RANKS, SAME_RANKS)
    assert same.verdict is not None
    assert same.verdict[0] == "Versions 1 and 2 give the same list."


def test_the_n_of_the_first_is_that_of_the_later_model() -> None:
    assert (changed(None, None).first, changed(None, None).other_first) == (2, None)
    other = changed(None, None, firsts=(3, 2))
    assert (other.first, other.other_first) == (2, 3)
    assert changed(SAME_RANKS, {"GHA": 1}).ranked_note == "3 under version 1"


def test_version_label_adds_the_model_beside_another_model() -> None:
    one, other = (
        ScoringModel(pk=pk, key=key, title=key.title(), number=2, table=read().to_dict())
        for pk, key in ((3, "default"), (4, "lighter"))
    )
    found = ModelSide.of(one)
    assert (found.name, found.title, found.short, found.address) == ("version 2", "Version 2", "V2", "/models/3/")
    assert ModelSide.of(one, one).name == "version 2"
    assert ModelSide.of(one, other).name == ModelSide.of(one, other).title == str(one)


def test_a_run_names_its_model(monkeypatch: pytest.MonkeyPatch) -> None:
    from selection.model_versions.presenters import changes

    monkeypatch.setattr(changes, "ModelTable", SimpleNamespace(from_dict=lambda table: table))
    found = ModelSide.of_run(ScoreRun(pk=8, table={}))
    assert (found.name, found.title, found.short, found.address) == (
        "the model of run 8", "Model of run 8", "R8", "/runs/8/"
    )  # fmt: skip
