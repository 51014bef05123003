"""Faults in the method of a model, as code, message and path, each with its remedy.

`validation` converts them to findings. The path is that of the node or criterion, `rules/KEY`, `choices/KEY`, or
`method/` for the whole method.
"""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator

from .method import Choice, Combine, Estimate, EvidenceRule, Fill, Method, Option, Scale, Transitions
from .model import Criterion, Model, Node
from .value_functions import (
    Goalposts,
    OrdinalMap,
    PiecewiseLinear,
    Rubric,
    TargetBand,
    Threshold,
    ValueFunction,
)

MOST_DESIGNS = 5_000
ROUNDING = 0.015
"""Largest permitted difference of a row's shares from 1: they are published with two decimals."""

POOLED, MEAN = "pooled", "mean"
SURVEYS = frozenset({"own_first", "newest"})
RESERVED = frozenset({POOLED, MEAN, "combined", "peers", "range", "moved", "exact", *SURVEYS})
"""Source names that a run uses for a value that comes from no single series."""

WHOLE = "method/"
Fault = tuple[str, str, str]
"""Code, message, path."""

Faults = Iterator[tuple[str, str]]
"""Codes and messages about one place."""


def spans(model: Model) -> Iterator[Fault]:
    for item, path in model.walk():
        if not isinstance(item, Node) or item.span is None:
            continue
        low, high = item.span
        if not 0.0 <= low < high <= 1.0:
            yield (
                "span",
                f"has the axis {low:g} to {high:g}; use two scores from 0 to 1, the lower first",
                "/".join(path),
            )


def estimates(model: Model) -> Iterator[Fault]:
    for item, path in model.walk():
        if not isinstance(item, Criterion) or item.estimate is None:
            continue
        where = "/".join(path)
        for code, message in _estimate(item, item.estimate):
            yield code, message, where


def _estimate(criterion: Criterion, how: Estimate) -> Faults:
    function = criterion.value_function
    yield from _function(function)
    yield from _numbers(how)
    yield from _scale(how, function)
    yield from _series(how)
    yield from _gaps(how, function)
    if how.transitions is not None:
        yield from _transitions(how.transitions, function)


def _function(function: ValueFunction) -> Faults:
    if isinstance(function, Threshold) and function.peer_median is not None:
        yield "estimate_function", "counts by the median of a group, which has no best estimate; use a fixed threshold"
    elif not isinstance(function, Goalposts | Rubric | PiecewiseLinear | TargetBand | Threshold | OrdinalMap):
        message = "counts by the other countries, which has no best estimate; use goalposts, a table or a fixed bound"
        yield "estimate_function", message


def _numbers(how: Estimate) -> Faults:
    for name in ("measurement", "drift", "agreement"):
        value = getattr(how, name)
        if not (math.isfinite(value) and value >= 0.0):
            yield "error_negative", f"{name} is {value}; use 0 or more"
    if not math.isfinite(how.trend):
        yield "trend", f"trend is {how.trend}; give a finite number"
    if how.fresh is not None and how.fresh < 0:
        yield "fresh", f"the age limit of a series is {how.fresh} years; use 0 or more, or null"
    if how.trend_years is not None and how.trend_years < 0:
        yield "trend", f"the trend is credited for {how.trend_years} years; use 0 or more, or null"
    if how.clip is not None and not (all(map(math.isfinite, how.clip)) and how.clip[0] < how.clip[1]):
        yield "clip", f"values are cut at {how.clip[0]:g} and {how.clip[1]:g}; give two numbers, the lower first"


def _scale(how: Estimate, function: ValueFunction) -> Faults:
    if isinstance(function, OrdinalMap):
        if how.scale is not Scale.POINTS:
            yield "scale", "has labels, which have no logarithm; use the scale points"
        return
    bounds = _bounds(function)
    if how.scale is Scale.LOG and min(bounds, default=0.0) < 0.0:
        yield "scale", "counts values below 0, which have no logarithm; use another scale"
    if how.scale is Scale.LOGIT and not all(0.0 <= bound <= 100.0 for bound in bounds):
        yield "scale", "counts values outside 0 to 100, which are not shares in percent; use another scale"
    if how.published_error and how.scale is not Scale.POINTS:
        yield "published_error", "uses the publisher's error, which is in the value's own unit; use the scale points"


def _bounds(function: ValueFunction) -> tuple[float, ...]:
    """Return the values between which a function rises or falls."""
    match function:
        case Goalposts() | Rubric():
            return function.lower, function.upper
        case TargetBand():
            return function.outer_lower, function.outer_upper
        case PiecewiseLinear():
            return tuple(x for x, _ in function.knots)
        case Threshold() if function.theta is not None:
            return (function.theta,)
    return ()


def _series(how: Estimate) -> Faults:
    keys = [series.key for series in how.series]
    if len(set(keys)) != len(keys):
        yield "series_duplicate", "names a series twice; keys of series are unique"
    if taken := sorted(RESERVED.intersection(keys)):
        yield "series_key", f"calls a series {', '.join(taken)}, which has another meaning; choose another key"
    if "own" in keys[1:]:
        yield "series_key", "calls a sister series own, which means the first one; choose another key"
    if how.combine is Combine.POOLED and not keys:
        yield "pooled_series", "pools no edition; name the series to pool"
    if how.combine is Combine.POOLED and len(keys) == 1 and not (how.agreement > 0.0 and how.measurement > 0.0):
        yield "pooled_series", "pools one series, from which no error can be fitted; enter its error and its agreement"
    if how.combine is Combine.SURVEYS and len(keys) < 2:
        yield "surveys_series", f"combines {len(keys)} surveys; name its own series first and the second survey next"
    if how.combine is Combine.SURVEYS and not (how.measurement > 0.0 or how.drift > 0.0):
        yield (
            "surveys_series",
            "combines two surveys by their errors, which are 0; enter a measurement error or a drift",
        )
    if how.scale is not Scale.LOGIT and any(series.complement for series in how.series):
        yield "complement", "uses 100 minus a value, which needs shares in percent and so the scale logit"


def _gaps(how: Estimate, function: ValueFunction) -> Faults:
    is_table = isinstance(function, OrdinalMap)
    if is_table and (how.series or how.combine is Combine.POOLED):
        yield "labels_series", "has labels, which are neither bridged nor pooled; remove the series"
    if is_table and any((how.measurement, how.drift, how.trend, how.published_error)):
        yield "labels_error", "has labels, whose error is how they move; set the other numbers to 0"
    if how.transitions is not None and not is_table:
        yield "transitions", "has numbers, which have no moves between labels; use measurement and drift"
    if how.fill is Fill.RANGE and not isinstance(function, Rubric):
        yield "fill_range", "is not a rating, so any step cannot fill a gap; fill it from peers"


def _transitions(moves: Transitions, function: ValueFunction) -> Faults:
    labels = moves.labels
    if not labels or len(set(labels)) != len(labels):
        yield "transitions_labels", "moves between labels that are missing or named twice; name each once"
    if isinstance(function, OrdinalMap) and (odd := sorted(set(labels) - {label for label, _ in function.table})):
        yield "transitions_labels", f"moves to {', '.join(odd)}, which the table lacks"
    if not moves.steps:
        yield "transitions_shape", "has no table of moves; give one for each edition behind"
    if moves.due and not _is_day(moves.due):
        yield "transitions_due", f"is due on {moves.due}; give month and day of each year as MM-DD"
    if moves.due and len(moves.steps) > 1:
        yield "transitions_due", f"has {len(moves.steps)} tables of moves and a due day; give the table of one edition"
    if moves.offset < 0:
        yield "transitions_shape", f"an edition is exact up to {moves.offset} years; use 0 or more"
    for place, rows in enumerate(moves.steps, 1):
        if len(rows) != len(labels) or any(len(row) != len(labels) for row in rows):
            message = (
                f"table {place} of moves is not a square of {len(labels)} labels; give a row and a column for each"
            )
            yield "transitions_shape", message
        for label, row in zip(labels, rows, strict=False):
            if not all(0.0 <= share <= 1.0 for share in row) or abs(math.fsum(row) - 1.0) > ROUNDING:
                yield "transitions_rows", f"the shares of {label} in table {place} add up to {math.fsum(row):g}, not 1"


def _is_day(text: str) -> bool:
    """Return whether a text is a month and a day that every year has, as MM-DD."""
    try:
        return dt.datetime.strptime(f"2001-{text}", "%Y-%m-%d").strftime("%m-%d") == text
    except ValueError:
        return False


def method(model: Model) -> Iterator[Fault]:
    for rule in (_cuts, _groups, _peers):
        for code, message in rule(model.method):
            yield code, message, WHOLE
    criteria = {criterion.key: criterion for criterion in model.criteria}
    for code, message in _facts(model.method, criteria):
        yield code, message, WHOLE
    yield from _rules(model.method.rules, criteria)
    yield from _choices(model.method, model, criteria)


def _cuts(found: Method) -> Faults:
    if not 1 <= found.short <= found.first:
        message = f"shows the first {found.short} beside the first {found.first}; the smaller number is at least 1"
        yield "first", message


def _groups(found: Method) -> Faults:
    groups = found.groups
    if found.all_in and not found.choices:
        yield "all_in", "draws the design with data and weights, but names no choice; name one, or turn it off"
    if not 0.0 <= groups.out < groups.in_draws <= 1.0 or not groups.out < groups.in_designs <= 1.0:
        message = f"is in from {groups.in_draws:g} and {groups.in_designs:g}, and out below {groups.out:g}"
        yield "groups", f"{message}; use shares from 0 to 1, in above out"


def _peers(found: Method) -> Faults:
    if found.least_peers < 1:
        yield "least_peers", f"requires {found.least_peers} peers; use 1 or more"
    if any(not names or len(set(names)) != len(names) for names in found.peers):
        yield "peers", "has a group of peers without a grouping, or with one twice"
    if len(set(found.peers)) != len(found.peers):
        yield "peers", "names the same group of peers twice"


def _facts(found: Method, criteria: Collection[str]) -> Faults:
    if repeated := _repeated(found.facts):
        yield "facts", f"names the fact {', '.join(repeated)} twice"
    if odd := [key for key in found.facts if key not in criteria]:
        yield "facts", f"names the fact {', '.join(odd)}, which is not a criterion of the desk screen"


def _repeated(keys: Iterable[str]) -> list[str]:
    return sorted(key for key, count in Counter(keys).items() if count > 1)


def _rules(rules: tuple[EvidenceRule, ...], criteria: Collection[str]) -> Iterator[Fault]:
    for key in _repeated(rule.key for rule in rules):
        yield "duplicate_key", "is the key of two evidence rules; keys are unique", f"rules/{key}"
    for rule in rules:
        where = f"rules/{rule.key}"
        if odd := [key for key in rule.criteria if key not in criteria]:
            yield "evidence_criterion", f"requires {', '.join(odd)}, which is not a criterion of the desk screen", where
        if repeated := _repeated(rule.criteria):
            yield "evidence_criterion", f"names {', '.join(repeated)} twice", where
        if not 1 <= rule.least <= len(rule.criteria):
            message = (
                f"requires {rule.least} of {len(rule.criteria)} criteria, so no country or every country would meet it"
            )
            yield "evidence_least", message, where
        if rule.within is not None and rule.within < 0:
            yield "evidence_within", f"requires values within {rule.within} years; use 0 or more, or null", where
        if not rule.lacking.strip():
            yield "evidence_lacking", "has no sentence for a country that lacks it; write one", where


def _choices(found: Method, model: Model, criteria: dict[str, Criterion]) -> Iterator[Fault]:
    for key in _repeated(choice.key for choice in found.choices):
        yield "duplicate_key", "is the key of two choices; keys are unique", f"choices/{key}"
    if found.designs > MOST_DESIGNS:
        yield "too_many_designs", f"has {found.designs:,} designs; the limit is {MOST_DESIGNS:,}", WHOLE
    nodes = {item.key for item, _ in model.walk()} - {model.root.key}
    for choice in found.choices:
        for code, message in _choice(choice, criteria, nodes):
            yield code, message, f"choices/{choice.key}"


def _choice(choice: Choice, criteria: dict[str, Criterion], places: Collection[str]) -> Faults:
    if not choice.options:
        yield "options", "has no alternatives; name the model's own first"
        return
    if repeated := _repeated(option.key for option in choice.options):
        yield "options", f"names the alternative {', '.join(repeated)} twice"
    if _is_change(choice.options[0]):
        yield (
            "first_option",
            "changes something in its first alternative, which is the model's own and must change nothing",
        )
    for option in choice.options[1:]:
        if not _is_change(option):
            yield "options", f"changes nothing in the alternative {option.key}; enter what it changes, or remove it"
    for option in choice.options:
        for rule in (_values, _own_only, _logarithms, _labels, _ends):
            for message in rule(option, criteria):
                yield "option", f"{option.key} {message}"
        for key, weight in option.weights:
            if key not in places:
                yield "option", f"{option.key} weighs {key}, which is neither a node nor a criterion of the desk screen"
            elif not (math.isfinite(weight) and weight >= 0.0):
                yield "option", f"{option.key} gives {key} the weight {weight}; use 0 or more"


def _is_change(option: Option) -> bool:
    return option != Option(option.key, option.label)


def _values(option: Option, criteria: dict[str, Criterion]) -> Iterator[str]:
    for key, name in option.values:
        how = criteria[key].estimate if key in criteria else None
        if how is None or not how.series:
            yield f"uses {name} for {key}, which is not a criterion with series"
        elif name in (POOLED, MEAN):
            if how.combine is not Combine.POOLED:
                yield f"uses {name} for {key}, whose series are not editions of one estimate"
        elif name in SURVEYS:
            if how.combine is not Combine.SURVEYS:
                yield f"uses {name} for {key}, whose series are not two surveys"
        elif name not in {series.key for series in how.series}:
            yield f"uses the series {name} for {key}, which has {', '.join(series.key for series in how.series)}"


def _own_only(option: Option, criteria: dict[str, Criterion]) -> Iterator[str]:
    for key in option.own_only:
        how = criteria[key].estimate if key in criteria else None
        if how is None or how.combine is Combine.POOLED or len(how.series) < 2:
            yield f"leaves out the bridges of {key}, which has none"


def _logarithms(option: Option, criteria: dict[str, Criterion]) -> Iterator[str]:
    for key in option.log:
        criterion = criteria.get(key)
        function = criterion.value_function if criterion else None
        if criterion is None or criterion.estimate is None or not isinstance(function, Goalposts):
            yield f"uses the logarithm of {key}, which is not a criterion with goalposts and a best estimate"
        elif function.upper <= 1.0:
            yield f"uses the logarithm of {key}, whose upper goalpost is {function.upper:g}; it must lie above 1"


def _labels(option: Option, criteria: dict[str, Criterion]) -> Iterator[str]:
    for key, old, new in option.relabel:
        function = criteria[key].value_function if key in criteria else None
        known = {label for label, _ in function.table} if isinstance(function, OrdinalMap) else set()
        for label in (old, new):
            if label not in known:
                yield f"counts {old} as {new} for {key}, whose table has no label {label}"


def _ends(option: Option, _criteria: dict[str, Criterion]) -> Iterator[str]:
    if option.percentiles is None:
        return
    low, high = option.percentiles
    if not 0.0 <= low < high <= 100.0:
        yield f"scales the axes between percentiles {low:g} and {high:g}; use two from 0 to 100, the lower first"
    if option.unscaled:
        yield "takes the axes both as they are and between percentiles; keep one"


RULES: tuple[Callable[[Model], Iterator[Fault]], ...] = (spans, estimates, method)
