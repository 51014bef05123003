"""The form of the What if page in the browser: what it reads, marks, and fills in, on fields made by hand."""

from __future__ import annotations

import json
from typing import Any

from selection.what_if.presenters.sentences import sentences
from selection.what_if.question import NUMBER_HINT, YEARS_HINT
from tests.support import node

FIELDS = """
const byId = new Map();
const toggled = new Set();
const attributes = () => {
  const found = new Map();
  return {
    found,
    getAttribute: (name) => found.get(name) ?? null,
    setAttribute: (name, value) => found.set(name, value),
    removeAttribute: (name) => found.delete(name),
  };
};
const part = (id, more = {}) => {
  const made = { id, textContent: '', hidden: false, ...attributes(), ...more };
  byId.set(id, made);
  return made;
};
const classed = (name) => ({ toggle: (_, on) => { if (on) { toggled.add(name); } else { toggled.delete(name); } } });
const texts = {};
const number = (id, was, value = was, bounds = {}) => {
  part(`e-${id}`);
  const row = { classList: classed(id), querySelector: (wanted) => {
    texts[id] ??= { share: {}, mark: {} };
    return wanted === 'p > span' ? texts[id].share : texts[id].mark;
  } };
  return part(id, { value, validity: { badInput: false }, dataset: { was }, closest: () => row, ...bounds });
};
const ranges = new Map();
const weight = (key, was, value) => { number(`w-${key}`, was, value); ranges.set(`w-${key}`, { value: was }); };
const rule = (key, years, isOff) => {
  if (years !== null) { number(`rule-${key}`, '15', years, { min: '1', max: '60' }); }
  part(`off-${key}`, { checked: isOff, closest: () => ({ classList: classed(key) }) });
};
const boxes = [];
const box = (value, checked) => boxes.push({ value, checked });
globalThis.document = {
  getElementById: (id) => byId.get(id) ?? null,
  querySelector: (wanted) => ranges.get(wanted.match(/"(.*)"/)[1]),
  querySelectorAll: (wanted) => (wanted.endsWith(':checked') ? boxes.filter((one) => one.checked) : boxes),
};
const child = (key, share) => ({ key, weight: share });
const payload = {
  branches: [
    { key: 'lone', children: [child('only', 1)] },
    { key: 'need', children: [child('births', 0.25), child('cpi', 0.75)] },
    { key: 'root', children: [child('need', 0.6), child('able', 0.4)] },
  ],
  evidence: [{ key: 'E1', within: null }, { key: 'E2', within: 15 }],
  choices: [
    { key: 'survey', options: [{ key: 'both' }, { key: 'own' }] },
    { key: 'balance', options: [{ key: 'even' }, { key: 'more' }] }, // sets weights, and so has no field
  ],
  overdue: ['tier'],
};
const set = { births: '25', cpi: '75', need: '60', able: '40', years: '15', off: [], pool: [], ...given };
weight('births', '25', set.births);
weight('cpi', '75', set.cpi);
weight('need', '60', set.need);
weight('able', '40', set.able);
rule('E1', null, set.off.includes('E1'));
rule('E2', set.years, set.off.includes('E2'));
box('tier3', set.pool.includes('tier3'));
box('high_income', set.pool.includes('high_income'));
part('take-survey', { value: set.survey ?? 'both', closest: () => ({ classList: classed('survey') }) });
part('hold-tier', { checked: set.held ?? false });
for (const key of ['need', 'root']) { part(`sum-${key}`); }
part('keep', { checked: set.keep ?? false });
const form = module.formOf(payload);
"""


def run(body: str, *given: dict[str, Any]) -> Any:
    """Run the body on a new form for each of the given values, all in one process."""
    hints = {"number": NUMBER_HINT, "years": YEARS_HINT}
    texts = json.dumps({"sentences": sentences(), "limits": []})
    setup = f"module.useHints({json.dumps(hints)}); texts.useTexts({texts});"
    each = f"return given.map((given) => {{ {FIELDS} {body} }});"
    return node.call("what_if/form.js", setup + each, given, more="import * as texts from './what_if/text.js';")


NOTHING: dict[str, Any] = {"weights": {}, "let_in": [], "evidence": {}, "options": {}, "held": []}


QUESTIONS: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({}, {}),
    ({"births": "30"}, {"weights": {"births": 30}}),
    ({"births": "30", "cpi": "90"}, {}),
    ({"births": "20", "cpi": "60"}, {}),
    ({"births": "20", "cpi": "61"}, {"weights": {"births": 20, "cpi": 61}}),
    ({"births": "0", "cpi": "0"}, {"weights": {"births": 0, "cpi": 0}}),
    ({"births": "30.00004"}, {"weights": {"births": 30}}),
    ({"births": ""}, {}),
    ({"births": "101"}, {}),
    ({"need": "100", "able": "0"}, {"weights": {"need": 100, "able": 0}}),
    ({"pool": ["tier3", "high_income"]}, {"let_in": ["high_income", "tier3"]}),
    ({"pool": ["tier3"]}, {"let_in": ["tier3"]}),
    ({"years": "20"}, {"evidence": {"E2": 20}}),
    ({"years": "15"}, {}),
    ({"years": ""}, {}),
    ({"years": "61"}, {}),
    ({"years": "20", "off": ["E2"]}, {"evidence": {"E2": "off"}}),
    ({"off": ["E1"]}, {"evidence": {"E1": "off"}}),
    ({"survey": "both"}, {}),
    ({"survey": "own"}, {"options": {"survey": "own"}}),
    ({"held": True}, {"held": ["tier"]}),
]


def test_the_form_reads_only_what_differs_from_the_run() -> None:
    found = run("return module.questionOf(form);", *(given for given, _ in QUESTIONS))
    for (given, question), asked in zip(QUESTIONS, found, strict=True):
        assert asked == {**NOTHING, **question}, given


def test_shares_marks_and_sums_stand_beside_the_numbers() -> None:
    body = """
    module.markUp(form);
    const beside = ({ share, mark }) => [share.textContent, mark.hidden];
    const shares = Object.fromEntries(Object.entries(texts).map(([id, parts]) => [id, beside(parts)]));
    const sums = ['need', 'root'].map((key) => [byId.get(`sum-${key}`).textContent, byId.get(`sum-${key}`).hidden]);
    return { shares, sums, toggled: [...toggled].sort() };
    """
    same, changed, nothing = run(
        body,
        {},
        {"need": "40", "years": "16", "off": ["E1"], "survey": "own"},
        {"births": "0", "cpi": "0", "need": "0", "able": "0"},
    )
    assert same == {
        "shares": {
            "w-births": ["15% of the whole", True],
            "w-cpi": ["45% of the whole", True],
            "w-need": ["60% of the whole", True],
            "w-able": ["40% of the whole", True],
        },
        "sums": [["", True], ["", True]],
        "toggled": [],
    }
    assert changed["shares"] == {
        "w-births": ["12% of the whole", False],
        "w-cpi": ["38% of the whole", False],
        "w-need": ["50% of the whole", False],
        "w-able": ["50% of the whole", False],
    }
    assert changed["sums"] == [["", True], ["Adds up to 80, so the shares used are 50% and 50%.", False]]
    assert changed["toggled"] == ["E1", "E2", "survey", "w-need"]
    assert nothing["sums"][1] == ["", True]
    assert nothing["sums"][0][0].startswith("All are 0, so the group does not count.")
    assert nothing["shares"]["w-births"] == ["0% of the whole", False]


def test_a_number_out_of_range_is_marked_and_described() -> None:
    body = """
    byId.get('w-births').setAttribute('aria-describedby', 'hint e-w-births');
    byId.get('w-cpi').setAttribute('aria-describedby', 'e-w-cpi hint');
    byId.get('w-cpi').setAttribute('aria-invalid', 'true');
    const count = module.showFaults(form);
    return [count, ...['w-births', 'w-cpi', 'rule-E2'].map((id) => [
      byId.get(`e-${id}`).textContent, byId.get(`e-${id}`).hidden, Object.fromEntries(byId.get(id).found),
    ])];
    """
    (found,) = run(body, {"births": "101", "years": "0"})
    assert found == [
        2,
        ["Enter a number from 0 to 100.", False, {"aria-describedby": "e-w-births hint", "aria-invalid": "true"}],
        ["", True, {"aria-describedby": "hint"}],
        [
            "Enter whole years from 1 to 60.",
            False,
            {"aria-describedby": "e-rule-E2", "aria-invalid": "true"},
        ],
    ]


def test_a_question_fills_the_form() -> None:
    body = """
    module.fillIn(form, given.question);
    const now = form.groups.flatMap(({ fields }) => fields.map(({ input, range }) => [input.value, range.value]));
    const rules = () => form.rules.map(({ off, years }) => [off.checked, years?.value ?? null]);
    const first = [now, boxes.map((one) => one.checked), rules()];
    module.fillIn(form, { weights: {}, let_in: [], evidence: { E2: 'off' } });
    return [...first, rules(), byId.get('w-births').value];
    """
    (found,) = run(
        body,
        {
            "births": "1",
            "pool": ["high_income"],
            "question": {
                "weights": {"births": 33.33333, "able": 0},
                "let_in": ["tier3"],
                "evidence": {"E1": "off", "E2": 20},
            },
        },
    )
    assert found == [
        [["33.3333", "33.3333"], ["75", "75"], ["60", "60"], ["0", "0"]],
        [True, False],
        [[True, None], [False, 20]],
        [[False, None], [True, "15"]],
        "25",
    ]


def test_options_fill_the_form_and_go_into_the_address() -> None:
    body = """
    module.fillIn(form, given.question);
    const values = [byId.get('take-survey').value, byId.get('hold-tier').checked];
    const asked = module.questionOf(form);
    module.fillIn(form, { weights: {}, let_in: [], evidence: {} }); // as stored before there were choices
    return [...values, module.pairsOf(asked), byId.get('take-survey').value, byId.get('hold-tier').checked];
    """
    (found,) = run(body, {"question": {**NOTHING, "options": {"survey": "own"}, "held": ["tier"]}})
    assert found == ["own", True, [["take-survey", "own"], ["hold", "tier"]], "both", False]


GIVE_WAY = """
for (const [id, value, isRange] of given.moves) {
  const target = isRange ? ranges.get(id) : byId.get(id);
  target.value = value;
  module.giveWay(form, target);
}
return form.groups.flatMap(({ fields }) => fields.map(({ input, range }) => [input.value, String(range.value)]));
"""


MOVES: list[tuple[bool, list[tuple[str, str, bool]], list[str], list[str]]] = [
    (False, [("w-births", "40", False)], ["40", "40"], ["75", "75"]),
    (False, [("w-births", "40", True)], ["40", "40"], ["75", "75"]),
    (True, [("w-births", "40", False)], ["40", "40"], ["60", "60"]),
    (True, [("w-births", "40.25", False)], ["40.25", "40.25"], ["59.8", "59.8"]),
    (True, [("w-births", "100", True), ("w-births", "70", True)], ["70", "70"], ["30", "30"]),
    (True, [("w-births", "101", False)], ["101", "100"], ["75", "75"]),
    (True, [("w-births", "", False)], ["", "0"], ["75", "75"]),
    (True, [("w-births", "-3", False)], ["-3", "0"], ["75", "75"]),
]


def test_sibling_yields_only_while_the_sum_is_fixed() -> None:
    found = run(GIVE_WAY, *({"keep": keep, "moves": moves} for keep, moves, *_ in MOVES))
    for (keep, moves, births, cpi), fields in zip(MOVES, found, strict=True):
        assert fields == [births, cpi, ["60", "60"], ["40", "40"]], (keep, moves)
