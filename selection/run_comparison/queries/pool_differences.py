"""Pool decisions of two runs: rules, admissions, and partnerships that apply to only one of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from indicators.models import Country
from selection.model_definition.criteria_table import Stage
from selection.models import CountryStatus
from selection.pool_rules.policy import describe_rule
from selection.pool_rules.pools import PoolInputs
from selection.run_comparison.queries.comparison import Comparison, RunMove
from selection.runs.rows import RankingRow

IN_POOL = frozenset({CountryStatus.RANKED, CountryStatus.PROVISIONAL, CountryStatus.NOT_RANKABLE})
Named = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PoolBetween:
    """Differences in the pool decisions, each for the earlier run only and for the later one only.

    `partners` and `admitted` are names of countries, `rules` sentences. `members` are the numbers of countries in the
    pool, None if a run scores only the candidates of a round.
    """

    rules: tuple[Named, Named] = ((), ())
    partners: tuple[Named, Named] = ((), ())
    admitted: tuple[Named, Named] = ((), ())
    members: tuple[int, int] | None = None

    @property
    def differs(self) -> bool:
        """Return True if any decision applies to only one of the runs."""
        return any(any(pair) for pair in (self.rules, self.partners, self.admitted))


def pool_between(found: Comparison) -> PoolBetween:
    """Compare the pool decisions of two runs, as each applies on the day of its run."""
    one, other = (PoolInputs.from_dict(run.inputs["pool"]) for run in (found.before, found.after))
    stages = (found.before.stage, found.after.stage)
    names = dict(Country.objects.values_list("code", "name"))
    return PoolBetween(
        rules=_apart(_rules(one), _rules(other)),
        partners=_apart(_partners(one, names), _partners(other, names)),
        admitted=_apart(_admitted(one, names), _admitted(other, names)),
        members=None if Stage.FULL in stages else (_members(found, before=True), _members(found, before=False)),
    )


def _rules(inputs: PoolInputs) -> set[str]:
    return {describe_rule(row.reason, row.values) for row in inputs.policies if row.holds(inputs.on)}


def _partners(inputs: PoolInputs, names: Mapping[str, str]) -> set[str]:
    return {names.get(term.country, term.country) for term in inputs.partnerships if term.holds(inputs.on)}


def _admitted(inputs: PoolInputs, names: Mapping[str, str]) -> set[str]:
    return {names.get(row.country, row.country) for row in inputs.admissions if row.holds(inputs.on)}


def _apart(one: set[str], other: set[str]) -> tuple[Named, Named]:
    return tuple(sorted(one - other)), tuple(sorted(other - one))


def _members(found: Comparison, *, before: bool) -> int:
    def row(move: RunMove) -> RankingRow | None:
        return move.before if before else move.after

    return sum((side := row(move)) is not None and side.status in IN_POOL for move in found.moves)
