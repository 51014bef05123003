"""Computation of what it would take for one country of a run: values, sets, weights, and evidence."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from indicators.models import Indicator
from selection.countries.queries.withdrawn import Withdrawal
from selection.runs.queries.basis import Basis
from selection.scoring import OrdinalMap, Status
from selection.scoring.method import Estimate
from selection.scoring.robustness.exact import root_scores
from selection.scoring.robustness.tables import spread
from selection.what_if.answer import Answered, answer, reasons_of
from selection.what_if.changed_basis import changed, decides_the_pool
from selection.what_if.changes import WHOLE, CountryChange
from selection.what_if.question import Question
from selection.what_it_takes import weights
from selection.what_it_takes.case import OUT, CountryCase, others_of
from selection.what_it_takes.ends import ValueEnds, laws_at_ends, value_of
from selection.what_it_takes.queries.weightings import asked_of, field_of, weightings_of
from selection.what_it_takes.results import InPool, Reach, SetsForLine, WhatItTakes, WithdrawnEvidence, WithTier
from selection.what_it_takes.subsets import MOST, SmallestSets, smallest_sets


def compute(basis: Basis, code: str, first: int, withdrawals: Sequence[Withdrawal]) -> WhatItTakes:
    """Compute the answer. `withdrawals` are those that the page of the country shows."""
    official = answer(basis, Question())
    row, ranked = official.by_code[code], official.count(Status.RANKED)
    if row.status == Status.OUTSIDE_POOL:
        return _outside(basis, row, first, ranked)
    supplied = _supplied(basis, row) if row.status in (Status.PROVISIONAL, Status.NOT_RANKABLE) else {}
    if row.status != Status.RANKED and not supplied:
        return WhatItTakes(code, first, ranked, row.status, fails=row.fails)
    asked = Question(changes={code: CountryChange(supplied)} if supplied else {})
    start = answer(basis, asked).by_code[code]
    if start.rank is None:
        return WhatItTakes(code, first, ranked, row.status, fails=row.fails)
    base = changed(basis, asked)
    case = _case(base, code, first, start.rank)
    tier = _tier_key(base)
    values = _values(base, code, case.wants_in)
    reaches = tuple(_reach(base, case, code, value) for value in values)
    ends = {
        reach.value.key: reach.value.in_range.u
        for reach in reaches
        if reach.value.in_range is not None and reach.value.key != tier and reach.in_range != OUT
    }
    asked_too = [first] + ([basis.model.method.first] if first < basis.model.method.first < start.rank else [])
    field = field_of(base, code, first, case.wants_in)
    one, free, gone = weightings_of(base, field, code)
    return WhatItTakes(
        code,
        first,
        ranked,
        row.status,
        wants_in=case.wants_in,
        rank=start.rank,
        would_rank=None if row.status == Status.NOT_RANKABLE else _rank_of(basis, code, first),
        fails=row.fails,
        supplied=supplied,
        reaches=reaches,
        tier=tier,
        together=tuple(_together(base, replace(case, first=number), code, tier, ends) for number in asked_too),
        one_weight=one,
        all_free=free,
        gone=gone,
        random_share=weights.random_share(field, basis.result.seed),
        evidence=() if supplied else tuple(_evidence(case, withdrawals)),
    )


# ---- where a country starts ----------------------------------------------------------------------------------------


def _outside(basis: Basis, row: Answered, first: int, ranked: int) -> WhatItTakes:
    """Return the rule that keeps a country out of the pool, and the labels with which no rule would."""
    found = []
    for key, cell in basis.cells.items():
        function = cell.criterion.value_function
        if not isinstance(function, OrdinalMap) or not decides_the_pool(basis.table, basis.table.row(key)):
            continue
        for label, _ in sorted(function.table, key=lambda pair: -pair[1]):
            then = answer(basis, Question(changes={row.code: CountryChange({key: label})})).by_code[row.code]
            if then.status != Status.OUTSIDE_POOL:
                found.append(InPool(key, label, then.status, then.rank))
    reason = reasons_of(basis).get(row.code, "")
    return WhatItTakes(
        row.code,
        first,
        ranked,
        row.status,
        would_rank=_rank_of(basis, row.code, first),
        fails=row.fails,
        pool_reason=reason,
        in_pool=tuple(found),
        tier=_tier_key(basis),
    )


def _rank_of(basis: Basis, code: str, first: int) -> int:
    """Return the rank of a country, or the one that its score would take."""
    return _case(basis, code, first, 0).rank({})


def _supplied(basis: Basis, row: Answered) -> dict[str, float | str]:
    """Return the values whose publication would give a country the evidence that it lacks, as they count now."""
    i = basis.result.snapshot.position[row.code]
    found: dict[str, float | str] = {}
    for rule in basis.model.method.rules:
        if rule.key not in row.fails:
            continue
        limit = math.inf if rule.within is None else rule.within
        lacking = [key for key in rule.criteria if not basis.cells[key].ages[i] <= limit]
        needed = rule.least - (len(rule.criteria) - len(lacking))
        for key in lacking[:needed]:
            now = _as_it_counts(basis, key, i)
            if now is None:
                return {}
            found[key] = now
    return found


def _as_it_counts(basis: Basis, key: str, i: int) -> float | str | None:
    """Return the value of a criterion that counts now, as a page prints it; None if none does."""
    cell, nothing = basis.cells[key], (math.nan, math.nan)
    label = _label(basis, key, i)
    value = value_of(cell, i, nothing, decimals=1, helps_up=True, label=label)
    return round(value.now, 1) if isinstance(value.now, float) else value.now


def _label(basis: Basis, key: str, i: int) -> str | None:
    labels = next(item.column.labels for item in basis.result.prepared if item.criterion.key == key)
    return labels[i] if labels else None


def _case(basis: Basis, code: str, first: int, rank: int) -> CountryCase:
    result, i = basis.result, basis.result.snapshot.position[code]
    statuses = [row.status for row in answer(basis, asked_of(basis)).rows]
    columns = {criterion.key: j for j, criterion in enumerate(result.plan.criteria)}
    return CountryCase(
        result.plan,
        result.u[i],
        others_of(root_scores(result.plan, result.u), statuses, i),
        first,
        rank > first,
        columns,
    )


# ---- one value at a time -------------------------------------------------------------------------------------------


def _values(basis: Basis, code: str, wants_in: bool) -> list[ValueEnds]:
    result, i = basis.result, basis.result.snapshot.position[code]
    low, high = laws_at_ends(spread(result.plan, basis.cells, np.array([i], dtype=np.intp)))
    decimals = dict(Indicator.objects.values_list("code", "decimals"))
    counted = {leaf for branch in result.plan.branches for leaf in branch.leaves}
    found = []
    for j, criterion in enumerate(result.plan.criteria):
        if j not in counted or criterion.key not in basis.cells:
            continue
        cell, row = basis.cells[criterion.key], basis.table.row(criterion.key)
        value = value_of(
            cell,
            i,
            (low[j], high[j]),
            decimals=min(decimals.get(row.indicator, 1), 1),
            helps_up=wants_in,
            label=_label(basis, criterion.key, i),
            allowed=_allowed(basis, code, criterion.key) if wants_in else None,
        )
        found.append(value)
    return found


def _allowed(basis: Basis, code: str, key: str) -> list[str] | None:
    """Return the labels of a criterion with which a country stays in the pool; None for a number."""
    function = basis.cells[key].criterion.value_function
    if not isinstance(function, OrdinalMap):
        return None
    labels = [label for label, _ in function.table]
    if not decides_the_pool(basis.table, basis.table.row(key)):
        return labels
    return [label for label in labels if not _leaves(basis, code, key, label)]


def _leaves(basis: Basis, code: str, key: str, label: str) -> bool:
    """Return whether a country is outside the pool with this label."""
    if not decides_the_pool(basis.table, basis.table.row(key)):
        return False
    now = asked_of(basis).changes.get(code, CountryChange())
    asked = Question(changes={code: CountryChange({**now.values, key: label})})
    return answer(_run_of(basis), asked).by_code[code].status == Status.OUTSIDE_POOL


def _run_of(basis: Basis) -> Basis:
    return getattr(basis, "held", basis)


def _reach(basis: Basis, case: CountryCase, code: str, value: ValueEnds) -> Reach:
    def rank(u: float, label: float | str) -> int:
        if isinstance(label, str) and _leaves(basis, code, value.key, label):
            return OUT
        return case.rank({value.key: u})

    in_range = rank(value.in_range.u, value.in_range.value) if value.in_range else None
    on_scale = rank(value.on_scale.u, value.on_scale.value) if value.on_scale else None
    is_possible = in_range is not None and case.is_reached(in_range)
    enough: float | str | None = None
    end = value.in_range if is_possible else value.on_scale
    if end is not None and (is_possible or (on_scale is not None and case.is_reached(on_scale))):
        enough = _nearest(basis, case, value, end.value)
    low, high = (value.u if math.isnan(edge) else edge for edge in (value.low, value.high))
    ends = case.ranks(np.stack([case.row({value.key: low}), case.row({value.key: high})])).tolist()
    return Reach(value, in_range, on_scale, enough, is_possible, ends[1], ends[0])


def _nearest(basis: Basis, case: CountryCase, value: ValueEnds, end: float | str) -> float | str:
    """Return the value nearest to the present one that is enough, in the decimals of the end."""
    cell = basis.cells[value.key]
    if isinstance(end, str) or not isinstance(value.now, float):
        return end
    scale = (cell.criterion.estimate or Estimate()).scale
    step = 10.0**-value.decimals
    steps = math.floor(abs(end - value.now) / step + 1e-9)
    sign = 1 if end > value.now else -1
    low, high = 0, steps
    while low < high:  # a farther value never helps less
        middle = (low + high + 1) // 2
        at = round(end - sign * step * middle, 4)
        u = float(cell.transform(np.array([scale.of(at)]))[0]) if scale.accepts(at) else math.nan
        if not math.isnan(u) and case.is_reached(case.rank({value.key: u})):
            low = middle
        else:
            high = middle - 1
    return round(end - sign * step * low, 4)


# ---- together ------------------------------------------------------------------------------------------------------


def _tier_key(basis: Basis) -> str:
    """Return the criterion of the tier, which is combined apart."""
    indicator = basis.table.listing["indicator"]
    return next((key for key in basis.cells if basis.table.row(key).indicator == indicator), "")


def _together(basis: Basis, case: CountryCase, code: str, tier: str, ends: Mapping[str, float]) -> SetsForLine:
    smallest = smallest_sets(case, ends)
    size = len(smallest.sets[0][0]) if smallest.sets else MOST + 1
    beside = _with_tiers(basis, case, code, tier, ends)
    # Beside a set that is as small without the tier, the tier does nothing.
    smaller = [one for one in beside if one.is_enough or (one.smallest.sets and len(one.smallest.sets[0][0]) < size)]
    return SetsForLine(case.first, smallest, tuple(smaller))


def _with_tiers(basis: Basis, case: CountryCase, code: str, tier: str, ends: Mapping[str, float]) -> list[WithTier]:
    """Return the smallest sets beside each tier that helps and that some countries of the present tier move to."""
    if not tier or math.isnan(case.u[case.columns[tier]]):
        return []
    cell, i = basis.cells[tier], basis.result.snapshot.position[code]
    label, moves = _label(basis, tier, i), (cell.criterion.estimate and cell.criterion.estimate.transitions) or None
    now, found = float(cell.u[i]), []
    function = cell.criterion.value_function
    assert isinstance(function, OrdinalMap)  # tiers are labels
    helping = [pair for pair in function.table if (pair[1] > now if case.wants_in else pair[1] < now)]
    for other, u in sorted(helping, key=lambda pair: abs(pair[1] - now)):
        chance = None
        if moves is not None and label in moves.labels and other in moves.labels:
            chance = float(moves.shares(label, 1)[moves.labels.index(other)])
        if chance == 0.0:
            continue
        leaves = _leaves(basis, code, tier, other)
        if leaves and case.wants_in:
            continue
        rank = OUT if leaves else case.rank({tier: u})
        enough = case.is_reached(rank)
        smallest = SmallestSets((), 0, (), rank) if enough else smallest_sets(case, ends, {tier: u}, MOST - 1)
        found.append(WithTier(other, chance, rank, enough, smallest))
    return found


# ---- evidence ------------------------------------------------------------------------------------------------------


def _evidence(case: CountryCase, withdrawals: Sequence[Withdrawal]) -> list[WithdrawnEvidence]:
    """Return the withdrawals, those that go farthest first; without a rank a country is behind all others."""
    found = []
    for one in withdrawals:
        rank = one.outcome.rank or OUT
        series = tuple(value.series or WHOLE for value in one.published)
        found.append((case.key(rank), WithdrawnEvidence(one, series, case.is_reached(rank))))
    return [evidence for _, evidence in sorted(found, key=lambda item: item[0])]
