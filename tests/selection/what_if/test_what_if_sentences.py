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
from selection.what_if.presenters.weights_form import share_text, sum_text
from selection.what_if.question import written
from tests.support import node

TABLE: dict[str, Any] = json.loads((Path(__file__).parent / "sentences.json").read_text(encoding="utf-8"))
EFFECTS: list[dict[str, Any]] = TABLE["effects"]
TOLD_APART = [case["why"] for case in EFFECTS]
PARTS = ("bold", "rest", "stay", "bar")

IN_BROWSER = """
module.useTexts(given);
const effects = given.effects.map(({ before, after, first, open = '' }) => {
  const found = module.effect(new Map(Object.entries(before)), new Map(Object.entries(after)), first);
  const row = (code) => ({ code, name: code, p20: 0.5, group: open.includes(code) ? 'open' : 'in' });
  const facts = module.factsOf(found, { name: (code) => code, row, run: 'run 1' });
  return ['verdict', 'rest', 'stay', 'bar'].map((key) => module.say(key, facts));
});
return {
  effects,
  chances: given.chances.map(([share]) => [share, module.chance(share), module.chance(share, true)]),
  shares: given.shares.map(([share]) => [share, module.shareText(share)]),
  sums: given.sums.map(([numbers]) => [numbers, module.sumText(numbers)]),
  numbers: given.numbers.map(([number, digits]) => [number, digits, module.written(number, digits)]),
  counts: given.counts.map(([provisional, outside]) => (
    [provisional, outside, module.say('counts', { provisional, outside })]
  )),
};
"""


def in_text_script(body: str, given: Any) -> Any:
    """Run the body with the exports of the scripts of sentences and effects, and with the words of the page."""
    both = f"const run = (module, given) => {{ {body} }}; return run({{ ...module, ...effects }}, given);"
    return node.call("what_if/text.js", both, given, more="import * as effects from './what_if/effect.js';")


@cache
def in_browser() -> dict[str, Any]:
    written: dict[str, Any] = in_text_script(IN_BROWSER, TABLE | {"sentences": sentences.sentences()})
    return written


@pytest.mark.parametrize("case", EFFECTS, ids=TOLD_APART)
def test_effects_on_the_server(case: dict[str, Any]) -> None:
    found = effect(case["before"], case["after"], case["first"])
    groups = {code: "open" if code in case.get("open", "") else "in" for code in (*case["before"], *case["after"])}
    rows: Any = {code: SimpleNamespace(code=code, name=code, p20=0.5, group=group) for code, group in groups.items()}
    facts = sentences.facts_of(found, str, rows, "run 1")
    assert [sentences.say(key, facts) for key in ("verdict", "rest", "stay", "bar")] == [case[part] for part in PARTS]


def test_effects_in_the_browser() -> None:
    assert in_browser()["effects"] == [[case[part] for part in PARTS] for case in EFFECTS]


@pytest.mark.parametrize("kind", ["chances", "shares", "sums", "numbers", "counts"])
def test_small_texts_in_the_browser(kind: str) -> None:
    assert in_browser()[kind] == TABLE[kind]


@pytest.mark.parametrize(("share", "text"), TABLE["shares"])
def test_share_of_the_whole(share: float, text: str) -> None:
    assert share_text(share) == text


@pytest.mark.parametrize(("numbers", "text"), TABLE["sums"])
def test_sum_of_a_group(numbers: list[float], text: str) -> None:
    assert sum_text(numbers) == text


@pytest.mark.parametrize(("number", "digits", "text"), TABLE["numbers"])
def test_number_is_rounded_half_to_even(number: float, digits: int, text: str) -> None:
    assert written(number, digits) == text


@pytest.mark.parametrize(("provisional", "outside", "text"), TABLE["counts"])
def test_counts_without_a_rank(provisional: int, outside: int, text: str) -> None:
    assert sentences.say("counts", {"provisional": provisional, "outside": outside}) == text


@pytest.mark.parametrize(("share", "cell", "prose"), TABLE["chances"])
def test_chance_of_draws(share: float, cell: str, prose: str) -> None:
    limits = TABLE["limits"]
    assert formats.chance(share, limits=limits) == cell
    assert formats.chance(share, prose=True, limits=limits) == prose


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
module.useTexts(given);
const ranks = (list) => new Map(list.map((rank, i) => ['ABC'[i], rank]));
return given.cases.map(([phrases, after]) => (
  module.farthestText(module.effect(ranks([1, 2, 3]), ranks(after), 2), (code) => code, phrases)
));
"""


def test_server_and_browser_name_the_same_farthest_mover() -> None:
    written = []
    for phrases, after, _ in FARTHEST:
        found = effect({"A": 1, "B": 2, "C": 3}, dict(zip("ABC", after, strict=True)), 2)
        written.append(sentences.farthest_text(found, str, phrases))
    assert written == [text for _, _, text in FARTHEST]
    cases = [[phrases, after] for phrases, after, _ in FARTHEST]
    assert in_text_script(IN_SCRIPT, {"cases": cases, "sentences": sentences.sentences()}) == written


def test_groups_of_draws_are_spelled_out() -> None:
    script = "return module.groupsText(given.groups, given.labels);"
    found = node.call("what_if/text.js", script, {"groups": ["open", "out", "open", ""], "labels": SCREEN_GROUPS})
    assert found == "0 firmly in, 2 open, 1 firmly out"


def test_whole_numbers_are_rounded_half_to_even_as_on_the_server() -> None:
    halves = [0.5, 1.5, 2.5, 3.5, 2.4999, 2.5001, -0.5, -1.5, 4503599627370495.5]
    found = node.call("what_if/official.js", "return given.map(module.rint);", halves)
    assert found == [round(half) for half in halves]
