"""The method as text: rules of each criterion, coverage, and correlations as sentences instead of a wall."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.text import capfirst

from cpc.web import charts, formats
from cpc.web.charts import Svg
from cpc.web.tables import Column, Table
from selection.countries.published import goalposts
from selection.model_definition.criteria_table import CriterionRow, NodeRow
from selection.model_versions.queries.criteria import CorrelatedPair, CriterionEntry
from selection.runs.labels import POLICIES, STAGES

STRONG = 0.7
"""Least correlation at which two criteria are listed as moving together."""

WEAK = 0.4
"""Least correlation whose direction is named."""

STRENGTHS = (
    (0.95, "almost the same"),
    (0.85, "very closely"),
    (STRONG, "closely"),
    (WEAK, "somewhat"),
    (0, "hardly"),
)
"""Texts for correlations of at least this size."""


@dataclass(frozen=True, slots=True)
class CriterionRules:
    entry: CriterionEntry
    stage: str
    rule: str
    why: str
    missing: str
    age: str


@dataclass(frozen=True, slots=True)
class NodeLines:
    node: NodeRow
    branch: NodeRow
    lines: tuple[CriterionRules, ...]

    @property
    def is_branch(self) -> bool:
        return self.node.key == self.branch.key


def branches(entries: Sequence[CriterionEntry]) -> list[NodeLines]:
    groups: list[NodeLines] = []
    for node in dict.fromkeys(entry.node for entry in entries):
        own = [entry for entry in entries if entry.node == node]
        groups.append(NodeLines(node, own[0].branch, tuple(line(entry) for entry in own)))
    return groups


def line(entry: CriterionEntry) -> CriterionRules:
    row = entry.row
    ages = "any age" if row.max_age is None else f"at most {formats.number(row.max_age, None)} years"
    period = {"complete": ", newest complete edition", "newest": ", newest edition for all"}.get(row.period, "")
    why = str(row.function.get("reason", "")) or row.reason
    missing = "" if row.missing == "reweight" else POLICIES[row.missing]
    if row.estimate is not None:  # the estimate replaces the age limit and the missing-data policy
        ages = "any age"
        missing = "drawn from all steps" if row.estimate.get("fill") == "range" else "filled from peers"
    return CriterionRules(
        entry,
        STAGES[row.stage],
        goalposts(row.function),
        why if why == row.reason else f"{why} {row.reason}",
        missing,
        f"{ages}{period}".capitalize() if row.indicator else "Rated for a round",
    )


@dataclass(frozen=True, slots=True)
class Coverage:
    row: CriterionRow
    share: float
    mark: Svg


def coverage(entries: Sequence[CriterionEntry]) -> list[Coverage]:
    """Return the screen's criteria by coverage, the lowest first."""
    known = [(entry.row, entry.known) for entry in entries if entry.known is not None]
    return [
        Coverage(row, share, charts.profile(share, width=160))
        for row, share in sorted(known, key=lambda item: (item[1], item[0].label))
    ]


@dataclass(frozen=True, slots=True)
class Together:
    pair: CorrelatedPair
    label: str
    mark: Svg


def together(pairs: Sequence[CorrelatedPair]) -> list[Together]:
    """Return the pairs of counted criteria with a correlation of `STRONG` or more, the strongest first."""
    return [_together(pair) for pair in pairs if pair.counted_twice and abs(pair.rho) >= STRONG]


def repeated(pairs: Sequence[CorrelatedPair], rows: Sequence[CriterionRow]) -> list[Together]:
    """Return each criterion that is shown and not counted with the counted one most correlated with it."""
    rows_together = []
    for row in rows:
        if row.weight > 0:
            continue
        own = [
            pair for pair in pairs if row in (pair.one, pair.other) and bool(pair.one.weight) != bool(pair.other.weight)
        ]
        if own:
            best = own[0]
            rows_together.append(
                _together(best if best.one == row else CorrelatedPair(best.other, best.one, best.rho, best.countries))
            )
    return sorted(rows_together, key=lambda item: -abs(item.pair.rho))


def _together(pair: CorrelatedPair) -> Together:
    return Together(pair, strength(pair.rho), charts.profile(abs(pair.rho), width=120))


def strength(rho: float) -> str:
    size = abs(rho)
    text = next(text for least, text in STRENGTHS if size >= least)
    return f"{text}, in opposite directions" if rho < 0 and size >= WEAK else text


@dataclass(frozen=True, slots=True)
class MatrixRow:
    number: int
    row: CriterionRow
    cells: tuple[tuple[str, str], ...]


def matrix(pairs: Sequence[CorrelatedPair], rows: Sequence[CriterionRow]) -> list[MatrixRow]:
    """Return the lower triangle of all correlations; columns are numbered as the rows are."""
    correlations = {frozenset((pair.one.key, pair.other.key)): pair.rho for pair in pairs}
    if not correlations:
        return []
    lines = []
    for index, row in enumerate(rows):
        cells = []
        for other in rows[:index]:
            rho = correlations.get(frozenset((row.key, other.key)))
            shade = "" if rho is None else f"is-{min(int(abs(rho) * 5), 4)}"
            cells.append((formats.number(rho, 2), shade))
        lines.append(MatrixRow(index + 1, row, tuple(cells)))
    return lines


def pairs_table(first: str, second: str) -> Table[Together]:
    return Table(
        f"{first} and {second.lower()}",
        [
            Column(first, lambda item: item.pair.one.label),
            Column(second, lambda item: item.pair.other.label),
            Column("Moves together", lambda item: capfirst(item.label)),
            Column("Correlation", lambda item: formats.number(item.pair.rho, 2), "number"),
            Column("Countries", lambda item: item.pair.countries, "number"),
        ],
        caption=f"{first} criteria, each with the one it correlates with",
    )
