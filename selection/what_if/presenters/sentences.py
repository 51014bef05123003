"""Sentences of the What if page, from facts on the effect of a question.

`templates/selection/what_if/sentences.json` has the texts. The server fills them here, the browser in
`js/what_if/text.js`. A text is one sentence or several; of each, the first version applies whose conditions hold:

    ["far=0", "No country moves by five places or more."]
    ["", "{far} of {ranked} countries [far:moves|move] by five places or more."]

A condition is a fact that is true, or one equal to a number; conditions are separated by spaces. `{far}` is a fact.
`[far:moves|move]` agrees with the number of a fact; `#` inside it is that number, and a first form of three is for 0.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cache
from typing import Any

from django.conf import settings

from cpc.web import formats
from selection.models.runs import ScreenGroup
from selection.runs import labels as runs_labels
from selection.runs.movements import Move
from selection.runs.rows import RankingRow
from selection.what_if.askable import Askable, AskableGroup, Rule
from selection.what_if.effect import Effect
from selection.what_if.queries.answers import AnsweredQuestion
from selection.what_if.question import Question, written

Facts = Mapping[str, Any]
Version = tuple[str, str]
"""Conditions and text."""

NAMED = 4
"""The most countries that a sentence names; more are counted."""

MANY = 3
"""Least number of changed places for which the page does not assess whether they are more than noise."""

COUNTS = ("first", "ranked", "within", "stay", "is_same", "moved", "far", "gained", "lost")
"""Facts of an effect that the sentences use unchanged."""

FORMS = re.compile(r"\[(\w+):([^]]*)\]")


@cache
def sentences() -> dict[str, str | list[list[Version]]]:
    path = settings.BASE_DIR / "templates" / "selection" / "what_if" / "sentences.json"
    texts: dict[str, str | list[list[Version]]] = json.loads(path.read_text(encoding="utf-8"))
    return texts


def say(key: str, facts: Facts) -> str:
    """Return a text filled with facts; "" if no version of it applies."""
    text = sentences()[key]
    parts = [[("", text)]] if isinstance(text, str) else text
    return " ".join(filter(None, (_sentence(versions, facts) for versions in parts)))


def _sentence(versions: Sequence[Version], facts: Facts) -> str:
    for conditions, text in versions:
        if all(_holds(condition, facts) for condition in conditions.split()):
            agreed = FORMS.sub(lambda match: _form(facts[match[1]], match[2].split("|")), text)
            return agreed.format_map(facts)
    return ""


def _holds(condition: str, facts: Facts) -> bool:
    name, is_equal, value = condition.partition("=")
    return str(facts.get(name)) == value if is_equal else bool(facts.get(name))


def _form(count: int, forms: Sequence[str]) -> str:
    *zero, one, many = forms
    form = zero[0] if zero and not count else formats.agree(count, one, many)
    return form.replace("#", formats.number(count))


def facts_of(
    effect: Effect,
    name: Callable[[str], str],
    rows: Mapping[str, RankingRow],
    run: str,
    *,
    is_run: bool = False,
    drawn: Mapping[str, float] | None = None,
    limits: Collection[float] = (),
) -> dict[str, Any]:
    """Return what the sentences on an effect need. `rows` are the countries of the run by code.

    `is_run` tells that the question is that of the list it is compared with. `drawn` are the chances of the first N
    with the question's weights, by code, if they were drawn, and `limits` those that rounding must not cross.
    """
    # The run's draws give information only on countries with a rank in both lists.
    leave, enter = ([rows[m.code] for m in moves if _has_draws(rows, m)] for moves in (effect.leaves, effect.enters))
    losing, gaining = ([m for m in moves if m.rise is None] for moves in (effect.leaves, effect.enters))
    moves = {"entering": effect.enters, "leaving": effect.leaves, "gaining": gaining, "losing": losing}
    most = max(len(leave), len(enter))
    crossing = len(effect.enters) + len(effect.leaves)
    return {
        **{key: getattr(effect, key) for key in COUNTS},
        "is_run": is_run,
        "enters": len(effect.enters),
        "leaves": len(effect.leaves),
        "crossing": crossing,
        **{key: _listed([name(move.code) for move in some]) for key, some in moves.items()},
        "above": 0 if crossing else max(effect.nearest - 1, 0),
        "gain": len(gaining),
        "lose": len(losing),
        "ranks_changed": len(gaining) + len(losing),
        "assessed": len(leave) + len(enter),
        "many": formats.spell_out(most) if most >= MANY else "",
        "settled": _listed([row.name for row in (*leave, *enter) if row.group != ScreenGroup.OPEN]),
        "is_drawn": drawn is not None,
        "chances": "; ".join(
            [*_chances("stayed", leave, effect.first, limits), *_chances("reached", enter, effect.first, limits)]
        ),
        "chances_now": _chances_now(leave, enter, drawn or {}, limits),
        "run": run,
        "Run": runs_labels.raised(run),
    }


def _has_draws(rows: Mapping[str, RankingRow], move: Move) -> bool:
    return move.rise is not None and move.code in rows and bool(rows[move.code].group)


def _listed(names: Sequence[str]) -> str:
    return formats.listing(names, most=NAMED - 1)


def _chances(did: str, rows: Sequence[RankingRow], first: int, limits: Collection[float]) -> list[str]:
    """Return the shares of draws in which countries were among the first N: one by one, or of many as a range."""
    if not rows:
        return []
    shares = [row.p20 or 0.0 for row in rows]
    if len(rows) > NAMED:
        low, high = (formats.chance(end, prose=True, limits=limits) for end in (min(shares), max(shares)))
        return [say(f"{did}_many", {"count": len(rows), "first": first, "low": low, "high": high})]
    texts = [formats.chance(share, prose=True, limits=limits) for share in shares]
    return [
        formats.listing(
            [
                say("chance_next" if number else f"{did}_first", {"name": row.name, "chance": text, "first": first})
                for number, (row, text) in enumerate(zip(rows, texts, strict=True))
            ]
        )
    ]


def _chances_now(
    leave: Sequence[RankingRow], enter: Sequence[RankingRow], drawn: Mapping[str, float], limits: Collection[float]
) -> str:
    """Return chances with the question's weights and those of the run: "Burundi 53%, was 37%"."""
    rows = (*leave[:NAMED], *enter[:NAMED])
    texts = []
    for row in rows:
        now, was = (formats.chance(share or 0.0, prose=True, limits=limits) for share in (drawn.get(row.code), row.p20))
        texts.append(say("chance_now", {"name": row.name, "now": now, "chance": was}))
    more = say("more_in_list", {"more": len(leave) + len(enter) - len(rows)})
    return "; ".join(filter(None, (*texts, more)))


def farthest_text(effect: Effect, name: Callable[[str], str], phrases: Sequence[str]) -> str:
    """Return who moves farthest by the options of a question: "With child labor “own survey first”, Ghana moves …".

    "" if no options are given, or no country moves.
    """
    moves = [
        say(
            "farthest_next" if number else "farthest_first",
            {"name": name(move.code), "before": move.before, "after": move.after},
        )
        for number, move in enumerate(effect.farthest)
    ]
    return say("farthest", {"phrases": formats.listing(phrases), "farthest": formats.listing(moves)})


def changes_text(question: Question, askable: Askable, name: Callable[[str], str] = str) -> str:
    """Return a question's changes, one sentence per part, for a scenario, a draft, and an export.

    `name` gives a country's name by its code.
    """
    let_in = formats.listing([reason.label for reason in askable.reasons if reason.key in question.let_in])
    texts = [
        *(_weights_text(question, askable, group) for group in askable.groups),
        f"Included from outside the pool: {let_in}." if let_in else "",
        *(_rule_text(rule, question.evidence[rule.key]) for rule in askable.rules if rule.key in question.evidence),
        *(
            f"{choice.label}: {option.label} (was {choice.options[0].label})."
            for choice in askable.choices
            for option in choice.options
            if option.key == question.options.get(choice.key)
        ),
        *(f"{item.label}: as loaded, in all draws." for item in askable.overdue if item.key in question.held),
        countries_text(question, askable, name),
    ]
    return " ".join(filter(None, texts))


def countries_text(question: Question, askable: Askable, name: Callable[[str], str]) -> str:
    """Return the changes of countries: "Kenya: births not registered 48.3, child labor without activity."."""
    texts = []
    for code, change in sorted(question.changes.items()):
        parts = [
            f"{_figure(askable, key)} {value if isinstance(value, str) else written(value)}"
            for key, value in sorted(change.values.items())
        ]
        parts += [
            f"{_figure(askable, key)} withdrawn ({', '.join(names)})" for key, names in sorted(change.without.items())
        ]
        texts.append(f"{name(code)}: {', '.join(parts)}.")
    return " ".join(texts)


def _figure(askable: Askable, key: str) -> str:
    return runs_labels.short(askable.by_figure[key].label)


def _weights_text(question: Question, askable: Askable, group: AskableGroup) -> str:
    """Return the weights of a group in percent, now and in the run; "" if the question changes none of them."""
    if not any(weight.key in question.weights for weight in group.weights):
        return ""
    numbers = question.numbers(group, askable)
    parts = [
        f"{runs_labels.short(weight.label)} {_percent(number, sum(numbers))} (was {_percent(weight.percent, 100.0)})"
        for weight, number in zip(group.weights, numbers, strict=True)
    ]
    return f"{group.label}: {', '.join(parts)}."


def _rule_text(rule: Rule, years: int | None) -> str:
    return f"Evidence {rule.key}: {'turned off' if years is None else f'within {years} years (was {rule.within})'}."


def drawn_text(answered: AnsweredQuestion) -> str:
    """Return what the draws of a question show, or, before they are made, whose draws the list shows."""
    groups = [answered.group_of(row) for row in answered.shown.ranked]
    counts = [
        f"{groups.count(group.value)} {runs_labels.lowered(runs_labels.SCREEN_GROUPS[group.value])}"
        for group in ScreenGroup
    ]
    facts = {
        "has_changes": bool(answered.question.changes),
        "is_drawn": answered.is_drawn,
        "has_groups": answered.is_all_in,
        "groups": ", ".join(counts) if answered.is_all_in else "",
        "draws": formats.number(answered.basis.model.draws),
        "run": f"run {answered.run.pk}",
    }
    return say("draws", facts)


def _percent(number: float, total: float) -> str:
    return f"{100 * number / total:.1f}".removesuffix(".0") + "%" if total else "0%"
