"""Sentences of the What if page, by the same table on the server and in the scripts of the browser."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from cpc.web import formats
from selection.runs.labels import SCREEN_GROUPS
from selection.what_if.effect import effect
from selection.what_if.presenters import sentences
from tests.support import node

TABLE: dict[str, Any] = json.loads((Path(__file__).parent / "sentences.json").read_text(encoding="utf-8"))
EFFECTS: list[dict[str, Any]] = TABLE["effects"]
TOLD_APART = [case["why"] for case in EFFECTS]
PARTS = ("bold", "rest", "stay", "bar")

IN_BROWSER = """
module.useLimits(given.limits);
const told = given.effects.map((one) => {
  const found = module.effect(new Map(Object.entries(one.before)), new Map(Object.entries(one.after)), one.first);
  const open = one.open ?? '';
  const row = (code) => ({ code, name: code, p20: 0.5, group: open.includes(code) ? 'open' : 'in' });
  const [bold, rest] = module.effectText(found, (code) => code);
  return { bold, rest, stay: module.stayText(found), bar: module.barText(found, (code) => code, row) };
});
const chances = given.chances.map(([share]) => [share, module.chance(share), module.chance(share, true)]);
return { told, chances };
"""


@cache
def in_browser() -> dict[str, Any]:
    found: dict[str, Any] = node.call("what_if/text.js", IN_BROWSER, TABLE)
    return found


@pytest.mark.parametrize("case", EFFECTS, ids=TOLD_APART)
def test_effects_on_the_server(case: dict[str, Any]) -> None:
    found = effect(case["before"], case["after"], case["first"])
    groups = {code: "open" if code in case.get("open", "") else "in" for code in (*case["before"], *case["after"])}
    rows: Any = {code: SimpleNamespace(code=code, name=code, p20=0.5, group=group) for code, group in groups.items()}
    text = sentences.effect_text(found, str)
    written = (text.bold, text.rest, sentences.stay_text(found), sentences.bar_text(found, str, rows))
    assert written == tuple(case[part] for part in PARTS)


@pytest.mark.parametrize("number", range(len(EFFECTS)), ids=TOLD_APART)
def test_effects_in_the_browser(number: int) -> None:
    written = in_browser()["told"][number]
    assert written == {part: EFFECTS[number][part] for part in PARTS}


@pytest.mark.parametrize(("share", "cell", "prose"), TABLE["chances"])
def test_chances_are_rounded_alike(share: float, cell: str, prose: str) -> None:
    limits = TABLE["limits"]
    assert formats.chance(share, limits=limits) == cell
    assert formats.chance(share, prose=True, limits=limits) == prose
    assert [share, cell, prose] in in_browser()["chances"]


FARTHEST = [
    ([], [1, 2, 3], ""),
    (["root “arithmetic”"], [1, 2, 3], ""),
    (["root “arithmetic”"], [1, 3, 2], "With root “arithmetic”, C moves from 3 to 2."),
    (
        ["child labor “own”", "axes “raw”"],
        [8, 9, 3],
        "With child labor “own” and axes “raw”, A moves from 1 to 8 and B from 2 to 9.",
    ),
]
IN_SCRIPT = """
const ranks = (list) => new Map(list.map((rank, i) => ['ABC'[i], rank]));
return given.map(([phrases, after]) => (
  module.farthestText(module.effect(ranks([1, 2, 3]), ranks(after), 2), (code) => code, phrases)
));
"""


def test_who_moves_farthest_by_an_option_is_named_alike() -> None:
    written = []
    for phrases, after, _ in FARTHEST:
        found = effect({"A": 1, "B": 2, "C": 3}, dict(zip("ABC", after, strict=True)), 2)
        written.append(sentences.farthest_text(found, str, phrases))
    assert written == [text for _, _, text in FARTHEST]
    assert node.call("what_if/text.js", IN_SCRIPT, [[phrases, after] for phrases, after, _ in FARTHEST]) == written


def test_groups_of_draws_are_counted_in_words() -> None:
    script = "return module.groupsText(given.groups, given.labels);"
    found = node.call("what_if/text.js", script, {"groups": ["open", "out", "open", ""], "labels": SCREEN_GROUPS})
    assert found == "0 firmly in, 2 open, 1 firmly out"


def test_whole_numbers_are_rounded_half_to_even_as_on_the_server() -> None:
    halves = [0.5, 1.5, 2.5, 3.5, 2.4999, 2.5001, -0.5, -1.5, 4503599627370495.5]
    found = node.call("what_if/official.js", "return given.map(module.rint);", halves)
    assert found == [round(half) for half in halves]
