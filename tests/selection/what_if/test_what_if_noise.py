"""Sentences on whether a change is more than noise, and other small ones, on the server and in the browser."""

from __future__ import annotations

from functools import cache

import pytest

from selection.what_if.effect import effect
from selection.what_if.presenters import sentences
from tests.selection.what_if.test_what_if_sentences import in_text_script
from tests.support import node
from tests.support.rows import ranking_row

OPEN, IN, OUT = "open", "in", "out"
ALL_OPEN = "Each of these countries was already open: neither firmly in nor firmly out."
SHARES = {"A": 0.9, "B": 0.8, "C": 0.31, "D": 0.796, "E": 0.005, "F": 0.995}
MANY_DRAWS = "The draws do not show how likely all these changes are together."
ORDER = "The change is in which countries are ranked, not in their order."


def ranks(codes: str) -> dict[str, int]:
    return {code: number for number, code in enumerate(codes, 1) if code != "-"}


CASES: list[tuple[str, str, int, dict[str, str], dict[str, float] | None, str]] = [
    ("ABC", "ACB", 2, {}, None, "The draws of the run do not show how sure these ranks were."),
    ("ABC", "AC", 2, {}, None, f"{ORDER} B loses its rank."),
    ("ABC", "ABC", 2, {}, None, "Nothing to explain: no country enters or leaves."),
    ("ABC", "BAC", 2, {}, None, "Nothing to explain: no country enters or leaves."),
    (
        "ABC",
        "ACB",
        2,
        dict.fromkeys("ABC", OPEN),
        None,
        f"No. In run 1, B stayed in the first 2 in 80% of draws; C reached the first 2 in 31% of draws. {ALL_OPEN}",
    ),
    (
        "ABC",
        "ACB",
        2,
        {"B": OPEN, "C": OUT},
        None,
        "Yes. In run 1, B stayed in the first 2 in 80% of draws; C reached the first 2 in 31% of draws. Run 1 left "
        "no doubt about C.",
    ),
    (
        "ABC",
        "ACB",
        2,
        {"B": IN, "C": OUT},
        None,
        "Yes. In run 1, B stayed in the first 2 in 80% of draws; C reached the first 2 in 31% of draws. Run 1 left "
        "no doubt about B and C.",
    ),
    (
        "ABCD",
        "CDAB",
        2,
        dict.fromkeys("ABCD", OPEN),
        None,
        f"No. In run 1, A stayed in the first 2 in 90% of draws and B in 80%; C reached the first 2 in 31% of draws "
        f"and D in 79.6%. {ALL_OPEN}",
    ),
    (
        "ABCDEF",
        "DEFABC",
        3,
        dict.fromkeys("ABCDEF", OPEN),
        None,
        f"Three places change at once. {MANY_DRAWS} In run 1, A stayed in the first 3 in 90% of draws, B in 80% and "
        f"C in 31%; D reached the first 3 in 79.6% of draws, E in under 1% and F in over 99%. {ALL_OPEN}",
    ),
    (
        "ABC",
        "AC",
        2,
        {"B": IN, "C": OPEN},
        None,
        f"No. In run 1, C reached the first 2 in 31% of draws. {ALL_OPEN} B loses its rank.",
    ),
    ("ABCD", "CD", 2, {"A": IN, "B": IN}, None, f"{ORDER} A and B lose their rank."),
    ("AB", "ABC", 3, {}, None, f"{ORDER} C gains a rank."),
    ("ABC", "AB", 3, {}, None, f"{ORDER} C loses its rank."),
    (
        "ABC",
        "ACB",
        2,
        {"B": OPEN, "C": OPEN},
        {"B": 0.5, "C": 0.6},
        f"No. Share of draws in the first 2: B 50%, was 80%; C 60%, was 31%. {ALL_OPEN}",
    ),
    (
        "ABC",
        "ACB",
        2,
        {"B": OPEN, "C": OPEN},
        {"C": 0.6},
        f"No. Share of draws in the first 2: B under 1%, was 80%; C 60%, was 31%. {ALL_OPEN}",
    ),
]
LIMITS = [0.8, 0.05]

IN_BROWSER = """
module.useTexts(given);
return given.cases.map(([before, after, first, groups, drawn]) => {
  const found = module.effect(new Map(Object.entries(before)), new Map(Object.entries(after)), first);
  const row = (code) => ({ code, name: code, p20: given.shares[code], group: groups[code] ?? '' });
  const now = drawn && ((code) => drawn[code] ?? null);
  return module.say('noise', module.factsOf(found, { name: (code) => code, row, run: 'run 1', now }));
});
"""


@cache
def in_browser() -> list[str]:
    cases = [(ranks(before), ranks(after), first, groups, drawn) for before, after, first, groups, drawn, _ in CASES]
    given = {"cases": cases, "shares": SHARES, "limits": LIMITS, "sentences": sentences.sentences()}
    told: list[str] = in_text_script(IN_BROWSER, given)
    return told


@pytest.mark.parametrize("number", range(len(CASES)))
def test_server_and_browser_describe_noise_equally(number: int) -> None:
    before, after, first, groups, drawn, text = CASES[number]
    rows = {code: ranking_row(code, p20=share, group=groups.get(code, "")) for code, share in SHARES.items()}
    found = effect(ranks(before), ranks(after), first)
    facts = sentences.facts_of(found, str, rows, "run 1", drawn=drawn, limits=LIMITS)
    assert sentences.say("noise", facts) == text
    assert in_browser()[number] == text


def test_of_more_than_four_countries_a_range_of_chances_is_given() -> None:
    before, after = ranks("ABCDEFGHIJ"), ranks("FGHIJABCDE")
    shares = {code: 0.05 * number for number, code in enumerate("ABCDEFGHIJ", 1)}
    groups = dict.fromkeys("ABCDEFGHIJ", OPEN)
    body = IN_BROWSER.replace("given.cases.map", "[given.cases].map")
    drawn = dict.fromkeys("ABCDEFGHIJ", 0.5)
    rows = {code: ranking_row(code, p20=share, group=OPEN) for code, share in shares.items()}
    for asked, text in (
        (
            None,
            f"Five places change at once. {MANY_DRAWS} In run 1, 5 countries stayed in the first 5 in 5% to 25% of "
            f"draws; "
            f"5 countries reached the first 5 in 30% to 50% of draws. {ALL_OPEN}",
        ),
        (
            drawn,
            f"Five places change at once. {MANY_DRAWS} Share of draws in the first 5: A 50%, was 5%; B 50%, was 10%; "
            "C 50%, was 15%; D 50%, was 20%; F 50%, was 30%; G 50%, was 35%; H 50%, was 40%; I 50%, was 45%; "
            f"2 more in the list. {ALL_OPEN}",
        ),
    ):
        given = {"cases": [before, after, 5, groups, asked], "shares": shares, "limits": []}
        assert in_text_script(body, given | {"sentences": sentences.sentences()}) == [text]
        facts = sentences.facts_of(effect(before, after, 5), str, rows, "run 1", drawn=asked)
        assert sentences.say("noise", facts) == text


def test_names_beyond_the_fourth_are_counted_in_the_browser() -> None:
    body = "return [1, 2, 3, 4, 5].map((count) => module.listed(['A', 'B', 'C', 'D', 'E'].slice(0, count)));"
    assert in_text_script(body, None) == ["A", "A and B", "A, B and C", "A, B, C and D", "A, B, C and 2 more"]


# ---- history and the strip -----------------------------------------------------------------------------------------


HISTORY = """
const log = [];
let pending = null;
let popped = null;
globalThis.history = {
  pushState: ({ question }, _, address) => log.push(['push', question.n, address]),
  replaceState: ({ question }, _, address) => log.push(['replace', question.n, address ?? '']),
};
globalThis.window = { addEventListener: (name, heard) => { popped = heard; } };
globalThis.setTimeout = (run) => { pending = run; return 1; };
globalThis.clearTimeout = () => { pending = null; };
const tick = () => { const run = pending; pending = null; if (run) { run(); } };
const restored = [];
const steps = module.steps({ n: 0 }, (question) => restored.push(question.n));
"""
"""The browser's history and clock by hand, and the steps of a page that shows question 0."""


def test_a_movement_is_one_step_of_the_history() -> None:
    body = """
    steps.show({ n: 1 }, '/1');
    steps.show({ n: 2 }, '/2');
    tick();
    steps.show({ n: 3 }, '/3');
    tick();
    steps.commit();
    steps.show({ n: 3 }, '/3');
    tick();
    steps.show({ n: 4 }, '/4');
    steps.commit();
    popped({ state: null });
    popped({ state: { question: { n: 3 } } });
    steps.show({ n: 3 }, '/3');
    tick();
    steps.show({ n: 5 }, '/5');
    tick();
    return [log, restored];
    """
    assert node.call("what_if/steps.js", HISTORY + body, None) == [
        [
            ["replace", 0, ""],
            ["push", 2, "/2"],
            ["replace", 3, "/3"],
            ["push", 4, "/4"],
            ["push", 5, "/5"],
        ],
        [3],
    ]


def test_going_back_ends_a_movement_without_changing_the_step_reached() -> None:
    body = """
    steps.show({ n: 1 }, '/1');
    tick();
    popped({ state: { question: { n: 0 } } });
    steps.show({ n: 2 }, '/2');
    tick();
    steps.commit();
    steps.show({ n: 3 }, '/3');
    popped({ state: { question: { n: 0 } } });
    tick();
    steps.commit();
    steps.show({ n: 2 }, '/2');
    tick();
    return [log, restored];
    """
    assert node.call("what_if/steps.js", HISTORY + body, None) == [
        [["replace", 0, ""], ["push", 1, "/1"], ["push", 2, "/2"], ["push", 2, "/2"]],
        [0, 0],
    ]


STRIPS = [
    ((300, 542, 50), False),
    ((300, 543, 50), True),
    ((58, 590, 50), False),
    ((59, 590, 50), True),
    ((300, 590, 0), False),
]


def test_the_strip_goes_up_where_it_would_cover_the_control_in_use() -> None:
    body = """
    return given.map(([top, bottom, height]) => {
      const found = [];
      const classList = { remove: () => found.push(false), toggle: (_, on) => found.push(on) };
      const control = { getBoundingClientRect: () => ({ top, bottom }) };
      globalThis.document = { activeElement: { closest: () => control } };
      globalThis.window = { innerHeight: 600, addEventListener: () => {} };
      const form = { contains: () => true, addEventListener: () => {} };
      module.keepInView({ offsetHeight: height, classList }, form)();
      return found;
    });
    """
    found = node.call("what_if/strip.js", body, [strip for strip, _ in STRIPS])
    assert found == [[is_up] for _, is_up in STRIPS]
