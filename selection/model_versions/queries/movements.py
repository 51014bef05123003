"""Desk screens of a run's data by any table of a model: ranks, missing ranks, and effects of single changes.

Nothing is stored and no draw is made: one selection serves every table that reads the same data.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cpc.findings import Finding, errors
from cpc.web import formats
from indicators.models import Country
from indicators.queries import Known, known_values
from selection.lookups.model_versions import measures
from selection.lookups.unpublished import editions, statements_in_force
from selection.model_definition.changes import (
    Bearing,
    SingleChange,
    applied,
    plain_table,
)
from selection.model_definition.criteria_table import ModelTable, Stage
from selection.model_definition.rules import check
from selection.models import CountryStatus, ScoreRun
from selection.pool_rules.pools import PoolInputs
from selection.runs.labels import short
from selection.runs.queries.basis import basis_of
from selection.scoring import ModelError, Result, SnapshotError, score
from selection.scoring_inputs.cells import Selection, by_indicator
from selection.scoring_inputs.question import UNPUBLISHED
from selection.scoring_inputs.screening import indicators_of, select

MOST = 24
"""Most changes that one page scores alone: each takes 30 ms, and more if it reads other data."""


@dataclass(frozen=True, slots=True)
class Unranked:
    """Reason that a country has no rank: its status, a sentence, and a short text for this country."""

    status: str
    reason: str
    detail: str = ""


@dataclass(frozen=True)
class ModelRanking:
    """Result of the desk screen by one table: each ranked country's rank by code, and the others' reasons."""

    ranks: Mapping[str, int]
    unranked: Mapping[str, Unranked] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ModelEffect:
    """Effect of changes applied to the earlier table without the others: the resulting ranks.

    `ranking` is None if the changes were not scored: they change only text, affect no rank, or exceed the most that
    are scored. `needs_others` marks a change that gives no valid table without other changes.
    """

    changes: tuple[SingleChange, ...]
    ranking: ModelRanking | None
    needs_others: bool = False

    @property
    def bearing(self) -> Bearing:
        """Return the strongest kind of result that the changes may affect."""
        return max((change.bearing for change in self.changes), key=list(Bearing).index)


class Bench:
    """Data and pool of one run, on which tables are scored without draws."""

    def __init__(self, run: ScoreRun) -> None:
        self.run = run
        self.names = dict(Country.objects.values_list("code", "name"))
        self._known: dict[str, Sequence[Known]] = {}
        self._selections: dict[str, Selection] = {}
        basis = basis_of(run)
        if basis is not None:
            self._selections[_reading(basis.table)] = basis.selection

    def ranking(self, table: ModelTable) -> ModelRanking:
        """Return the desk screen by a table. Raise `ModelError` or `SnapshotError` where it cannot be scored."""
        reading = _reading(table)
        if reading not in self._selections:
            self._selections[reading] = self._select(table)
        selection = self._selections[reading]
        # No draws: a seed from the hash of all data would only take time.
        result = score(selection.snapshot, table.model(Stage.SCREEN), draws=0, seed=0)
        ranks = {code: rank for code, rank in zip(result.countries, result.ranks.tolist(), strict=True) if rank}
        left_out = {code: Unranked(status, reason) for code, (status, reason) in selection.left_out.items()}
        missing = [code for code in result.countries if code not in ranks]
        return ModelRanking(
            ranks, left_out | {code: self._unranked(code, table, selection, result) for code in missing}
        )

    def _select(self, table: ModelTable) -> Selection:
        as_of, on = self.run.as_of, self.run.reference_date
        if lacking := indicators_of(table, Stage.SCREEN) - self._known.keys():
            found = by_indicator(known_values(lacking, as_of=as_of, published_by=on))
            self._known |= {code: found.get(code, ()) for code in lacking}
        return select(
            table,
            Stage.SCREEN,
            as_of=as_of,
            on=on,
            inputs=PoolInputs.from_dict(self.run.inputs["pool"]),
            unpublished=editions(self._statements(table)),
            known=self._known,
        )

    def _statements(self, table: ModelTable) -> list[dict[str, Any]]:
        # A run of a model that expects no edition stores no statements: use those in force.
        stored: list[dict[str, Any]] | None = self.run.inputs.get(UNPUBLISHED)
        return statements_in_force(table) if stored is None else stored

    def _unranked(self, code: str, table: ModelTable, selection: Selection, result: Result) -> Unranked:
        position = result.snapshot.position[code]
        status = str(result.statuses[position])
        entry = selection.pool.entries.get(code)
        if status == CountryStatus.OUTSIDE_POOL and entry is not None:
            return Unranked(status, entry.sentence)
        if not (failed := result.estimated.evidence.fails[position]):
            return Unranked(status, result.reasons[position])
        # The sentence of a rule is free text and may name another limit than the rule has.
        reasons = [_lacking(table, rule.criteria, rule.least, rule.within) for rule in failed]
        keys = failed[0].criteria
        ages = [result.estimated.cells[key].ages[position] for key in keys if key in result.estimated.cells]
        years = sorted({self.run.reference_date.year - round(age) for age in ages if age == age}, reverse=True)
        return Unranked(status, " ".join(reasons), f"value of {years[0]}" if years and len(failed) == 1 else "")


def _lacking(table: ModelTable, keys: Sequence[str], least: int, within: float | None) -> str:
    """Return the evidence that a rule requires and the country lacks, such as "No value within 10 years"."""
    names = [short(table.row(key).label) for key in keys]
    limit = "" if within is None else f" within {within:g} years"
    if least > 1:
        return f"Not {'all' if least == len(names) else f'{least}'} of {formats.listing(names)} have a value{limit}."
    return f"No value of {formats.listing(names, 'or')}{limit}."


def _reading(table: ModelTable) -> str:
    """Return a text that identifies the data a table reads: tables with the same text share one selection."""
    rows = [
        [row.key, row.indicator, row.series, row.period, row.absent, dict(row.labels_missing), row.is_ordinal]
        + [dict(part) for part in row.series_rows]
        for row in table.rows(Stage.SCREEN)
    ]
    rest = [dict(table.listing), dict(table.not_candidates), dict(table.groupings)]
    return json.dumps([rows, rest], sort_keys=True)


# ---- single changes ------------------------------------------------------------------------------------------------


class Effects:
    """The effect of each change alone on the earlier of two tables."""

    def __init__(self, bench: Bench, before: ModelTable, ranking: ModelRanking) -> None:
        self.bench, self.before, self.ranking = bench, before, ranking
        self.measures = measures()
        self.known_errors = {_finding_key(finding) for finding in errors(check(plain_table(before), self.measures))}

    def of(self, changes: Sequence[SingleChange]) -> list[ModelEffect]:
        """Score each change alone, and those that only work together as one.

        Changes that affect no rank, and changes past the most that are scored, are returned without a score.
        """
        scored = [change for change in changes if change.bearing is Bearing.RANK][:MOST]
        alone = {id(change): self._by((change,)) for change in scored}
        bad = [change for change in scored if alone[id(change)] is None]
        still = [change for change in scored if not self._changes_something(alone[id(change)])]
        elsewhere = [change for change in changes if change.bearing not in (Bearing.RANK, Bearing.TEXT)]
        together = self._together(bad, still, elsewhere)
        joined_up = () if together is None else together.changes
        found = [
            ModelEffect((change,), alone.get(id(change)), needs_others=change in bad)
            for change in changes
            if change not in joined_up
        ]
        return found if together is None else [*found, together]

    def _together(
        self, bad: list[SingleChange], still: list[SingleChange], elsewhere: list[SingleChange]
    ) -> ModelEffect | None:
        """Join changes that give no valid table alone with as few others as needed; None if all are valid.

        Changes that are valid alone and change no rank are joined if together they change one. If no combination
        works, the invalid ones depend on changes that have an effect of their own, and are left as they are.
        """
        if bad:
            groups = [bad, still, [*still, *elsewhere]]
            found = (ModelEffect(tuple(group), self._by(tuple(group))) for group in groups)
            return next((effect for effect in found if effect.ranking is not None), None)
        ranking = self._by(tuple(still)) if len(still) > 1 else None
        return ModelEffect(tuple(still), ranking) if self._changes_something(ranking) else None

    def _changes_something(self, ranking: ModelRanking | None) -> bool:
        return ranking is not None and ranking.ranks != self.ranking.ranks

    def _by(self, changes: tuple[SingleChange, ...]) -> ModelRanking | None:
        """Return the desk screen by the earlier table with some changes; None if that is no good table."""
        data = applied(self.before, changes)
        if any(_finding_key(finding) not in self.known_errors for finding in errors(check(data, self.measures))):
            return None
        try:
            return self.bench.ranking(ModelTable.from_dict(data))
        except (ModelError, SnapshotError):
            return None


def _finding_key(finding: Finding) -> tuple[str, str]:
    return finding.code, finding.field
