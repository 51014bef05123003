"""Basis of a run in which a question has changed figures of single countries.

A withdrawn value is scored as a run without it would be: the method estimates again, so that other countries can move,
too. A set value moves its country alone: what the run fitted, and the values that it filled for others, are held. It
counts as published today and exact, in every way in which the method can take the criterion, and it can put its country
in or out of the pool by the rules in force. Hurdles keep the verdicts of the run.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from cpc.grouping import grouped
from selection.countries.queries.withdrawn import withdrawn
from selection.model_definition.criteria_table import CriterionRow, ModelTable
from selection.pool_rules.pools import Pool, PoolFacts, resolve_pool
from selection.runs.queries.basis import Basis
from selection.scoring import OWN, OrdinalMap, Scale, Status, score
from selection.scoring.estimates import CellEstimates
from selection.scoring.method import Estimate
from selection.scoring.prepare import Prepared
from selection.scoring.robustness.exact import root_scores

from .changes import MOST, WHOLE, Changes, CountryChange, CountryFigure, changes_in_query, pairs_of
from .question import Question, written

LEAST_LOGGED = 0.001
"""Least value that a question may set where the method takes logarithms."""


@dataclass(frozen=True, eq=False)
class ChangedBasis(Basis):
    """Basis with `changes`; `held` is that of the countries whose positions are not in `rows`."""

    changes: Changes
    held: Basis
    rows: tuple[int, ...]


# ---- what may be changed -------------------------------------------------------------------------------------------


def figures_of(basis: Basis) -> tuple[CountryFigure, ...]:
    """Return the figures that a question may change: counted criteria with an estimate, in the model's order."""
    counted = {leaf for branch in basis.result.plan.branches for leaf in branch.leaves}
    keys = [criterion.key for j, criterion in enumerate(basis.result.plan.criteria) if j in counted]
    return tuple(_figure(basis, key) for key in keys if key in basis.cells)


def _figure(basis: Basis, key: str) -> CountryFigure:
    row, criterion = basis.table.row(key), basis.cells[key].criterion
    parts = tuple(str(part["key"]) for part in row.series_rows) or (WHOLE,)
    series = () if decides_the_pool(basis.table, row) else parts
    if isinstance(criterion.value_function, OrdinalMap):
        labels = sorted(criterion.value_function.table, key=lambda pair: pair[1])
        return CountryFigure(key, criterion.label, labels=tuple(label for label, _ in labels), series=series)
    scale = (criterion.estimate or Estimate()).scale
    if scale is Scale.LOGIT:
        return CountryFigure(key, criterion.label, 0.0, 100.0, series=series)
    least = LEAST_LOGGED if scale is Scale.LOG else -MOST
    return CountryFigure(key, criterion.label, least, series=series)


def decides_the_pool(table: ModelTable, row: CriterionRow) -> bool:
    """Return whether the rules of the pool read this criterion."""
    return bool(row.indicators & {table.listing["indicator"], *table.groupings.values()})


# ---- the changed basis ---------------------------------------------------------------------------------------------


def changed(basis: Basis, question: Question) -> Basis:
    """Return the basis with the changes of a question, once; the run's own if it changes no figure."""
    if not question.changes or (isinstance(basis, ChangedBasis) and basis.changes == question.changes):
        return basis
    return _changed(basis, tuple(pairs_of(question.changes, written)))


@lru_cache(maxsize=4)
def _changed(basis: Basis, pairs: tuple[tuple[str, str], ...]) -> ChangedBasis:
    """Change the figures that the pairs of a URL name. A page and its script's data ask for the same ones."""
    figures = {figure.key: figure for figure in figures_of(basis)}
    named = grouped(pairs, lambda pair: pair[0])
    given = {name: [text for _, text in texts] for name, texts in named.items()}
    changes = changes_in_query(given, figures, basis.result.countries)
    held = _without(basis, changes)
    made, codes = held, sorted(code for code, change in changes.items() if change.values)
    for code in codes:
        made = _with_values(made, code, changes[code])
    rows = tuple(basis.result.snapshot.position[code] for code in codes)
    return ChangedBasis(made.table, made.model, made.version, made.selection, made.result, changes, held, rows)


def _without(basis: Basis, changes: Changes) -> Basis:
    snapshot = basis.selection.snapshot
    for code, change in sorted(changes.items()):
        for key, names in sorted(change.without.items()):
            row = basis.table.row(key)
            dropped = [str(part["key"]) for part in row.series_rows] if WHOLE in names else list(names)
            snapshot = withdrawn(snapshot, code, row, dropped)
    if snapshot is basis.selection.snapshot:
        return basis
    # No draws: a seed from the hash of all data would only take time.
    result = score(snapshot, basis.model, draws=0, seed=basis.result.seed, version=basis.version)
    return replace(basis, selection=replace(basis.selection, snapshot=snapshot), result=result)


def _with_values(basis: Basis, code: str, change: CountryChange) -> Basis:
    result, i = basis.result, basis.result.snapshot.position[code]
    cells, u = dict(basis.cells), result.u.copy()
    prepared = {item.criterion.key: item for item in result.prepared}
    for key, value in change.values.items():
        cells[key] = _with_value(cells[key], i, value)
        j = next(j for j, criterion in enumerate(result.plan.criteria) if criterion.key == key)
        u[i, j] = cells[key].u[i]
        if isinstance(value, str):
            prepared[key] = _with_label(prepared[key], i, value)
    scores = result.scores.copy()
    scores[i] = root_scores(result.plan, u[i])
    pool = _pool(basis, code, prepared)
    statuses = list(result.statuses)
    if code in pool.entries and pool.entries[code] is not basis.selection.pool.entries[code]:
        # Whether a member has a rank, the rules of evidence then say.
        statuses[i] = Status.RANKED if pool.entries[code].is_in else Status.OUTSIDE_POOL
    changed_result = replace(
        result,
        u=u,
        scores=scores,
        statuses=tuple(statuses),
        prepared=tuple(prepared.values()),
        estimated=replace(result.estimated, cells=cells),
    )
    return replace(basis, selection=replace(basis.selection, pool=pool), result=changed_result)


def _with_value(cell: CellEstimates, i: int, value: float | str) -> CellEstimates:
    """Return the cells of a criterion with an exact value of one country, published today."""
    u, best, ages, published = cell.u.copy(), cell.best.copy(), cell.ages.copy(), dict(cell.published)
    parts = {name: part.copy() for name, part in cell.parts.items()}
    ages[i] = 0.0
    for part in parts.values():
        part[i] = 0.0
    if isinstance(value, str):
        function = cell.criterion.value_function
        assert isinstance(function, OrdinalMap)  # labels are of nothing else
        u[i] = dict(function.table)[value]
    else:
        best[i] = (cell.criterion.estimate or Estimate()).scale.of(value)
        u[i] = float(cell.transform(best[i : i + 1])[0])
        for key, values in published.items():
            published[key] = values.copy()
            published[key][i] = value
    return replace(
        cell,
        u=u,
        best=best,
        ages=ages,
        parts=parts,
        published=published,
        sources=(*cell.sources[:i], OWN, *cell.sources[i + 1 :]),
        moves={position: shares for position, shares in cell.moves.items() if position != i},
        peers={position: peers for position, peers in cell.peers.items() if position != i},
        others={key: _with_value(other, i, value) for key, other in cell.others.items()},
    )


def _with_label(item: Prepared, i: int, label: str) -> Prepared:
    labels = item.column.labels or (None,) * len(item.x)
    return replace(item, column=replace(item.column, labels=(*labels[:i], label, *labels[i + 1 :])))


def _pool(basis: Basis, code: str, prepared: Mapping[str, Prepared]) -> Pool:
    """Return the pool with the entry that its rules give a country by its labels; the same pool if none is changed."""
    pool = basis.selection.pool
    labels = {name: _label(basis, prepared, indicator, code) for name, indicator in _pool_indicators(basis.table)}
    before = {item.criterion.key: item for item in basis.result.prepared}
    was = {name: _label(basis, before, indicator, code) for name, indicator in _pool_indicators(basis.table)}
    if labels == was or code not in pool.entries:
        return pool
    if not labels["tier"]:
        return pool  # without a tier stated, its own reason stays
    facts = PoolFacts(pool.edition, {code: labels["tier"]}, {code: labels["income"]} if labels["income"] else {})
    entry = resolve_pool(pool.inputs, facts).entries[code]
    return replace(pool, entries={**pool.entries, code: entry})


def _pool_indicators(table: ModelTable) -> tuple[tuple[str, str], ...]:
    return ("tier", table.listing["indicator"]), ("income", table.groupings.get("income_group", ""))


def _label(basis: Basis, prepared: Mapping[str, Prepared], indicator: str, code: str) -> str:
    for key, item in prepared.items():
        if indicator and basis.table.row(key).indicator == indicator and item.column.labels is not None:
            return item.column.labels[basis.result.snapshot.position[code]] or ""
    return ""
