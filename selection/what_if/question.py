"""Question to a run: other weights, countries added to the pool, other evidence rules, other choices. Pure.

In a URL a question names only its differences from the run.

    ?w-need=60&w-feasibility=40&pool=tier3&rule-E2=20&off=E1&take-child_labour=own_first&hold=tier&value-KEN-births=48

A choice of the method that is not named varies in the draws of a run that draws its designs; an option that is named
holds in all of them.

A form that is sent without scripts adds `keep=1`, and as `before` the weights that it was filled with: within a group,
the unchanged weights are then scaled to make room for the changed ones. Without `keep` numbers count in proportion.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any
from urllib.parse import urlencode

from .askable import LEAST_YEARS, MOST_YEARS, Askable, AskableGroup
from .changes import VALUE, ChangeError, Changes, changes_in_dict, changes_in_query, pairs_of

WEIGHT, RULE, TAKE = "w-", "rule-", "take-"
POOL, OFF, HOLD = "pool", "off", "hold"
IS_OFF = "off"
PARTS = frozenset({"weights", "let_in", "evidence", "options", "held", "changes"})
"""Parts of a question as plain data."""

MOST = 100.0
"""Greatest permitted weight."""

NUMBER_HINT = f"Enter a number from 0 to {MOST:.0f}."
YEARS_HINT = f"Enter whole years from {LEAST_YEARS} to {MOST_YEARS}."
"""Messages at the field of a number that is out of range; `form.js` shows them, too."""

_DIGITS = 4
_EQUAL = 1e-9


class QuestionError(ValueError):
    """Invalid question; the message names the location and the remedy.

    `hint` is the remedy alone, for the field of the form whose number is out of range; "" if there is no such field.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


@dataclass(frozen=True)
class Question:
    """Question to a run.

    `weights` are numbers by node or criterion, counted in proportion within each group; any other node or criterion
    has the model's percentage. `let_in` are reasons outside the pool whose countries are included. `evidence` gives a
    rule another limit in years, or None to turn it off. `options` name another option of a choice than the model's.
    `held` are criteria of which no overdue edition changes a label. `changes` are set and withdrawn values by country.
    """

    weights: Mapping[str, float] = field(default_factory=dict)
    let_in: frozenset[str] = frozenset()
    evidence: Mapping[str, int | None] = field(default_factory=dict)
    options: Mapping[str, str] = field(default_factory=dict)
    held: frozenset[str] = frozenset()
    changes: Changes = field(default_factory=dict)

    @property
    def is_official(self) -> bool:
        """Return whether nothing differs from the run."""
        return not (self.weights or self.let_in or self.evidence or self.options or self.held or self.changes)

    @property
    def changes_who(self) -> bool:
        return bool(self.let_in or self.evidence)

    def number(self, key: str, askable: Askable) -> float:
        return self.weights.get(key, askable.weights[key].percent)

    def numbers(self, group: AskableGroup, askable: Askable) -> list[float]:
        return [self.number(weight.key, askable) for weight in group.weights]

    def pairs(self) -> list[tuple[str, str]]:
        pairs = [(f"{WEIGHT}{key}", written(number)) for key, number in sorted(self.weights.items())]
        pairs += [(POOL, reason) for reason in sorted(self.let_in)]
        pairs += [(f"{RULE}{key}", str(years)) for key, years in sorted(self.evidence.items()) if years is not None]
        pairs += [(OFF, key) for key, years in sorted(self.evidence.items()) if years is None]
        pairs += [(f"{TAKE}{key}", option) for key, option in sorted(self.options.items())]
        pairs += [(HOLD, key) for key in sorted(self.held)]
        return pairs + pairs_of(self.changes, written)

    @property
    def weights_query(self) -> str:
        return urlencode([(f"{WEIGHT}{key}", written(number)) for key, number in sorted(self.weights.items())])

    def to_dict(self) -> dict[str, Any]:
        """Return plain data, as scenarios store it and as the browser reads it.

        Choices appear only where they differ, as scenarios of runs without any are stored without them.
        """
        changes = {code: change.to_dict() for code, change in sorted(self.changes.items())}
        return {
            "weights": dict(sorted(self.weights.items())),
            "let_in": sorted(self.let_in),
            "evidence": {key: IS_OFF if years is None else years for key, years in sorted(self.evidence.items())},
            **({"options": dict(sorted(self.options.items()))} if self.options else {}),
            **({"held": sorted(self.held)} if self.held else {}),
            **({"changes": changes} if changes else {}),
        }


def rounded(number: float, digits: int) -> Decimal:
    """Round a number as it is written, half to even like `cpc.web.formats`; the scripts of the page do the same."""
    return Decimal(repr(float(number))).quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_EVEN)


def written(number: float, digits: int = _DIGITS) -> str:
    """Write a number with at most this many decimals and without zeros at its end."""
    text = f"{rounded(number, digits):f}"
    return text.rstrip("0").rstrip(".") if digits else text


def shown(number: float) -> str:
    """Write a number as its field shows it: with at most one decimal."""
    return written(number, 1)


def names_of(askable: Askable) -> set[str]:
    weights, rules = {f"{WEIGHT}{key}" for key in askable.weights}, {f"{RULE}{rule.key}" for rule in askable.rules}
    return weights | rules | {f"{TAKE}{choice.key}" for choice in askable.choices} | {POOL, OFF, HOLD}


def from_query(
    values: Mapping[str, Sequence[str]], askable: Askable, *, before: Mapping[str, float] | None = None
) -> Question:
    """Read a question from URL parameters. Raise `QuestionError` if it is invalid.

    With `before`, the weights of the question that a form was filled with, each group still sums to 100: changed
    numbers stay as they are, and the others of their group are scaled in proportion, as in `form.js`.
    """
    weights = {
        name.removeprefix(WEIGHT): _number(name, given[-1], askable)
        for name, given in values.items()
        if name.startswith(WEIGHT) and given[-1].strip()
    }
    years: dict[str, int | None] = {
        name.removeprefix(RULE): _years(name, given[-1], askable)
        for name, given in values.items()
        if name.startswith(RULE) and given[-1].strip()
    }
    years |= {_rule(key, askable): None for key in values.get(OFF, ()) if key}
    if before is not None:
        weights = _at_100(weights, before, askable)
    options = {
        name.removeprefix(TAKE): given[-1] for name, given in values.items() if name.startswith(TAKE) and given[-1]
    }
    held = [key for key in values.get(HOLD, ()) if key]
    let_in = [reason for reason in values.get(POOL, ()) if reason]
    changes = _changes(changes_in_query, values, askable)
    return _normal(Question(weights, frozenset(let_in), years, options, frozenset(held), changes), askable)


def faults_of(values: Mapping[str, Sequence[str]], askable: Askable) -> dict[str, QuestionError]:
    """Return the errors of numbers that are out of range, by the name of the field. `form.js` refuses the same."""
    faults: dict[str, QuestionError] = {}
    for name, given in values.items():
        if not given[-1].strip():
            continue
        try:
            if name.startswith(WEIGHT):
                _number(name, given[-1], askable)
            elif name.startswith(RULE):
                _years(name, given[-1], askable)
            elif name.startswith(VALUE):
                _changes(changes_in_query, {name: given}, askable)
        except QuestionError as error:
            if error.hint:
                faults[name] = error
    return faults


def _changes(read: Callable[..., Changes], given: Any, askable: Askable) -> Changes:
    try:
        return read(given, askable.by_figure, askable.countries)
    except ChangeError as error:
        raise QuestionError(str(error), error.hint) from error


def _at_100(weights: Mapping[str, float], before: Mapping[str, float], askable: Askable) -> dict[str, float]:
    """Return the weights with unchanged ones scaled in proportion; a group that was changed as a whole stays."""
    scaled = dict(weights)
    for group in askable.groups:
        was = {weight.key: before.get(weight.key, weight.percent) for weight in group.weights}
        now = {key: weights.get(key, number) for key, number in was.items()}
        others = [key for key in now if now[key] == was[key]]
        if others and len(others) < len(now):
            room = MOST - math.fsum(number for key, number in now.items() if key not in others)
            scaled |= now | dict(zip(others, _tenths(max(room, 0.0), [was[key] for key in others]), strict=True))
    return scaled


def _tenths(whole: float, numbers: Sequence[float]) -> list[float]:
    """Return parts of a whole in proportion, in tenths; the last one absorbs the rounding error."""
    total = math.fsum(numbers)
    shares = [number / total if total else 1 / len(numbers) for number in numbers]
    left, parts = math.floor(10 * whole + 0.5), []
    for share in shares[:-1]:
        tenths = min(left, math.floor(10 * whole * share + 0.5))
        left -= tenths
        parts.append(tenths / 10)
    return [*parts, left / 10]


def from_dict(data: Any, askable: Askable) -> Question:
    """Read a question from plain data. Raise `QuestionError` if it is invalid."""
    if not isinstance(data, Mapping) or set(data) - PARTS:
        raise QuestionError("A question can have only weights, let_in, evidence, options, held, and changes.")
    weights, evidence, options = (data.get(name, {}) for name in ("weights", "evidence", "options"))
    let_in, held = (data.get(name, []) for name in ("let_in", "held"))
    by_key, lists = all(isinstance(part, Mapping) for part in (weights, evidence, options)), (let_in, held)
    if not by_key or not all(isinstance(part, list) for part in lists):
        raise QuestionError("Give weights, evidence, and options as objects by key, and let_in and held as lists.")
    years: dict[str, int | None] = {
        str(key): None if value == IS_OFF else _years(f"{RULE}{key}", str(value), askable)
        for key, value in evidence.items()
    }
    for key in years:
        _rule(key, askable)
    numbers = {str(key): _number(f"{WEIGHT}{key}", str(value), askable) for key, value in weights.items()}
    taken = {str(key): str(option) for key, option in options.items()}
    changes = _changes(changes_in_dict, data.get("changes", {}), askable)
    asked = Question(numbers, frozenset(map(str, let_in)), years, taken, frozenset(map(str, held)), changes)
    return _normal(asked, askable)


def _number(name: str, given: str, askable: Askable) -> float:
    key = _known(name.removeprefix(WEIGHT), sorted(askable.weights), "This run has no weight “{}”.")
    label = askable.weights[key].label
    try:
        number = float(given)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        message = f"The weight of {label} is “{given}”. Enter a number from 0 to {MOST:.0f}, such as 47.4."
        raise QuestionError(message, NUMBER_HINT)
    if not 0.0 <= number <= MOST:
        raise QuestionError(f"The weight of {label} is {given}. {NUMBER_HINT}", NUMBER_HINT)
    if given.strip() == shown(askable.weights[key].percent):
        return askable.weights[key].percent
    return float(rounded(number, _DIGITS))


def _known(key: str, keys: Iterable[str], message: str) -> str:
    """Return the key of a part that the run has. Raise `QuestionError` for any other, with those that it has."""
    if key not in keys:
        raise QuestionError(f"{message.format(key)} Use one of: {', '.join(keys) or 'none'}.")
    return key


def _rule(key: str, askable: Askable) -> str:
    return _known(key, sorted(askable.by_rule), "This run has no rule of evidence “{}”.")


def _years(name: str, given: str, askable: Askable) -> int:
    key = _rule(name.removeprefix(RULE), askable)
    if askable.by_rule[key].within is None:
        raise QuestionError(f"Rule {key} has no limit in years. You can only turn it off, with {OFF}={key}.")
    if not (given.strip().isascii() and given.strip().isdecimal() and len(given.strip()) < 4):
        message = f"The limit of rule {key} is “{given}”. Enter whole years, {LEAST_YEARS} to {MOST_YEARS}."
        raise QuestionError(message, YEARS_HINT)
    years = int(given)
    if not LEAST_YEARS <= years <= MOST_YEARS:
        message = f"The limit of rule {key} is {years} years. Enter {LEAST_YEARS} to {MOST_YEARS}."
        raise QuestionError(message, YEARS_HINT)
    return years


def _normal(given: Question, askable: Askable) -> Question:
    """Remove what equals the run: groups in the model's proportions, its own limits, and its own options.

    Raise `QuestionError` for anything that the run does not have.
    """
    known = {reason.key for reason in askable.reasons}
    if strangers := sorted(given.let_in - known):
        raise QuestionError(
            f"“{strangers[0]}” is not a reason for which you can include countries. Use one or more of: "
            f"{', '.join(sorted(known))}."
        )
    weights: dict[str, float] = {}
    for group in askable.groups:
        numbers = {w.key: given.weights.get(w.key, w.percent) for w in group.weights}
        total = math.fsum(numbers.values())
        if not total or any(abs(100.0 * numbers[w.key] / total - w.percent) > _EQUAL for w in group.weights):
            weights |= {w.key: numbers[w.key] for w in group.weights if numbers[w.key] != w.percent}
    limits = {k: value for k, value in given.evidence.items() if value is None or value != askable.by_rule[k].within}
    options = {}
    for key, option in given.options.items():
        choice = askable.by_choice[_known(key, sorted(askable.by_choice), "This run has no choice “{}” to ask about.")]
        _known(option, [one.key for one in choice.options], f"Choice {key} has no option “{{}}”.")
        if option != choice.options[0].key:
            options[key] = option
    for key in sorted(given.held):
        _known(key, sorted(item.key for item in askable.overdue), "This run has no overdue edition of “{}”.")
    return Question(weights, given.let_in, limits, options, given.held, given.changes)
