"""Rows of one run, as the ranking page, its exports, the home panel, and the country page read them."""

from __future__ import annotations

import datetime as dt
import math
import statistics
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from selection.model_definition.criteria_table import CriterionRow, ModelTable, Stage
from selection.models import CountryScore, ScoreRun
from selection.pool_rules.policy import PartnershipTerm
from selection.pool_rules.pools import PoolInputs
from selection.runs.all_in_figures import AllInFigures, figures_of

OLD = 7
"""Least age of a value, in years, that is shown with the rank."""

LIKELY = 0.95
"""Least probability for a likely pass of a hurdle; below 1 minus this it is a likely failure."""

TIER_ORDER: Mapping[str, int] = {"Tier 1": 0, "Tier 2": 1, "Tier 2 Watch List": 2, "Tier 3": 3, "Special Case": 4}
MEASURED = ("observed", "carried", "peer_median", "fixed", "floor", "bridged")
"""States of a criterion that counts in the score with a value: the country's own, or one used instead."""


DISTANCES = (1, 20, 40)
"""Distances between two ranks that are compared."""


@dataclass(frozen=True, slots=True)
class Group:
    """Criteria whose points are drawn and named together: the parts of a score, a few per branch."""

    key: str
    label: str
    branch: str
    criteria: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Chance:
    """The answer of one hurdle for a country. `probability` is None if the publisher states no error."""

    verdict: str
    probability: float | None

    @property
    def kind(self) -> str:
        """Return `pass`, `fail`, `open` (too close to call) or `unknown`."""
        if self.verdict == "unknown":
            return "unknown"
        if self.probability is None:
            return self.verdict
        if self.probability >= LIKELY:
            return "pass"
        return "fail" if self.probability <= 1 - LIKELY else "open"


@dataclass(frozen=True, slots=True)
class Weak:
    """Counted criteria of a country that are based on weak evidence.

    `old` have a value older than `OLD` years, `filled` take the values of similar countries, `bridged` are estimated
    from a related series. All are keys of criteria.
    """

    old: tuple[tuple[str, int], ...] = ()
    filled: tuple[str, ...] = ()
    bridged: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.old or self.filled or self.bridged)


@dataclass(frozen=True, slots=True)
class RankingRow:
    """Country of a run. Scores are 0 to 100; `points` are by group, in the order of `Ranking.groups`.

    `gaps` are the counted criteria without a value, each with the reason. `numeric` is the ISO number of the country,
    `former` are its partnerships that have ended, and `fails` the evidence rules that it does not meet, in the pool or
    not. `best` and `worst` are the places at the favorable and unfavorable ends of all doubt, `widths` those of the
    rank's interval by source of doubt. `all_in` are the figures beside interval and shares in a run with all-in draws.
    """

    code: str
    name: str
    region: str
    status: str
    reason: str
    rank: int | None
    low: int | None
    median: int | None
    high: int | None
    equal_display: bool
    score: float | None
    need: float | None
    feasibility: float | None
    coverage: float | None
    lower: float | None
    upper: float | None
    income: str
    tier: str
    tier_quality: str
    points: tuple[float, ...]
    gaps: tuple[tuple[str, str], ...]
    hurdles: Mapping[str, Chance]
    p10: float | None = None
    p20: float | None = None
    designs: float | None = None
    group: str = ""
    place: int | None = None
    reason_code: str = ""
    region_rank: int | None = None
    best: int | None = None
    worst: int | None = None
    widths: Mapping[str, int] = field(default_factory=dict)
    ranges: Mapping[str, Sequence[int]] = field(default_factory=dict)
    need_range: tuple[float, float] | None = None
    feasibility_range: tuple[float, float] | None = None
    singles: tuple[int, ...] = ()
    bins: tuple[float, ...] = ()
    designs_range: tuple[int, ...] = ()
    weak: Weak = Weak()
    numeric: str = ""
    former: tuple[PartnershipTerm, ...] = ()
    fails: tuple[str, ...] = ()
    admitted_until: dt.date | None = None
    all_in: AllInFigures | None = None

    @property
    def likely_fail(self) -> bool:
        return "corruption" in self.hurdles and self.hurdles["corruption"].kind == "fail"

    @property
    def against(self) -> bool:
        """Return whether the corruption hurdle is likely failed, or the country is on Tier 3."""
        corruption, tier3 = self.hurdles.get("corruption"), self.hurdles.get("tier3")
        return bool((corruption and corruption.kind == "fail") or (tier3 and tier3.verdict == "fail"))


@dataclass(frozen=True)
class Ranking:
    """Run with the data that its pages need.

    `values` are the normalized values of the ranked countries by criterion, in the order of `ranked`, and `medians`
    their medians. `measured` counts by criterion those of the `candidates` (ranked or not) that have a value in use.
    Everything is of the stage that was scored. `pool` holds the decisions that define the pool, and
    `neighbors`, by the distance of two ranks, the median share of draws in which the better one is above.
    """

    run_id: int
    stage: Stage
    table: ModelTable
    groups: tuple[Group, ...]
    ranked: tuple[RankingRow, ...]
    others: tuple[RankingRow, ...]
    medians: Mapping[str, float]
    values: Mapping[str, tuple[float | None, ...]]
    measured: Mapping[str, int]
    candidates: int
    pool: PoolInputs
    neighbors: Mapping[int, float] = field(default_factory=dict)

    @property
    def is_all_in(self) -> bool:
        return self.table.is_all_in

    @property
    def designs(self) -> int:
        choices = self.table.method.get("choices", ())
        return math.prod(len(choice["options"]) for choice in choices) if choices else 0

    @property
    def rows(self) -> tuple[RankingRow, ...]:
        return (*self.ranked, *self.others)

    @property
    def top(self) -> int:
        """Return the end of the common scale of the bars: the best score, rounded up to a whole ten."""
        best = max((row.score or 0.0 for row in self.ranked), default=0.0)
        return max(10, -(-int(best + 0.999) // 10) * 10)

    @property
    def unrated(self) -> tuple[CriterionRow, ...]:
        """Return the criteria of this stage that people rate, and that have no rating for any of the countries."""
        return tuple(row for row in self.table.rows(self.stage) if row.is_rated and not self.measured[row.key])

    @property
    def first(self) -> tuple[RankingRow, ...]:
        """Return the first N countries of the model, and those that share the last of these ranks."""
        return tuple(row for row in self.ranked if row.rank is not None and row.rank <= self.table.first)

    def row(self, code: str) -> RankingRow | None:
        """Return one country, ranked or not; None if the run does not know it."""
        return next((row for row in self.rows if row.code == code), None)


def ranking_of(run: ScoreRun) -> Ranking:
    """Return the rows of a run. A run never changes, so they are cached in this process."""
    return _ranking(run.pk)


@lru_cache(maxsize=8)
def _ranking(run_id: int) -> Ranking:
    # Read only the pairs: the whole result of a run is a megabyte, and no page needs it.
    columns = ("table", "stage", "inputs", "reference_date", "result__drawn__pairs")
    plain_table, stage_name, inputs, day, pairs = ScoreRun.objects.values_list(*columns).get(pk=run_id)
    table, stage = ModelTable.from_dict(plain_table), Stage(stage_name)
    pool = PoolInputs.from_dict(inputs["pool"])
    groups = groups_of(table, stage)
    scores = list(CountryScore.objects.filter(run=run_id).select_related("country"))
    ranked = sorted((s for s in scores if s.rank is not None), key=lambda s: (s.rank or 0, s.country.name))
    others = sorted((s for s in scores if s.rank is None), key=lambda s: plain(s.country.name))
    values: dict[str, list[float | None]] = {row.key: [] for row in table.rows(stage)}
    for score in ranked:
        found = {line["key"]: line["u"] for line in score.lines}
        for key, column in values.items():
            column.append(found.get(key))
    known = {key: [u for u in column if u is not None] for key, column in values.items()}
    scored = [score for score in scores if score.lines]
    measured = Counter(line["key"] for score in scored for line in score.lines if line["state"] in MEASURED)
    return Ranking(
        run_id=run_id,
        stage=stage,
        table=table,
        groups=groups,
        ranked=tuple(_row(score, table, groups, pool, day) for score in ranked),
        others=tuple(_row(score, table, groups, pool, day) for score in others),
        medians={key: statistics.median(column) for key, column in known.items() if column},
        values={key: tuple(column) for key, column in values.items()},
        measured={key: measured[key] for key in values},
        candidates=len(scored),
        pool=pool,
        neighbors=neighbors_of(pairs or ()),
    )


def neighbors_of(pairs: Sequence[Sequence[float]]) -> dict[int, float]:
    """Return for each distance the median share of draws in which the better of two ranks is above.

    `pairs` has the share of draws in which the country of a row is above that of a column, in the order of ranks.
    """
    return {
        apart: statistics.median(pairs[i][i + apart] for i in range(len(pairs) - apart))
        for apart in DISTANCES
        if apart < len(pairs)
    }


def groups_of(table: ModelTable, stage: Stage = Stage.SCREEN) -> tuple[Group, ...]:
    """Return the parts of a score: the nodes below a branch with all under them, and the branch's own criteria."""
    counted = [row for row in table.rows(stage) if row.weight > 0]
    found: list[Group] = []
    for branch in (node for node in table.nodes if not node.parent):
        found += [Group(row.key, row.label, branch.key, (row.key,)) for row in counted if row.node == branch.key]
        for node in (node for node in table.nodes if node.parent == branch.key):
            under = _under(table, node.key)
            criteria = tuple(row.key for row in counted if row.node in under)
            if criteria:
                found.append(Group(node.key, node.label, branch.key, criteria))
    return tuple(found)


def _under(table: ModelTable, key: str) -> set[str]:
    found = {key}
    while more := {node.key for node in table.nodes if node.parent in found} - found:
        found |= more
    return found


def _row(score: CountryScore, table: ModelTable, groups: Sequence[Group], pool: PoolInputs, day: dt.date) -> RankingRow:
    points = {line["key"]: line["points"] for line in score.lines}
    country, terms = score.country, pool.partnerships
    return RankingRow(
        code=country.code,
        name=country.name,
        region=score.region or country.region,
        status=score.status,
        reason=score.reason,
        rank=score.rank,
        low=score.rank_low,
        median=score.rank_median,
        high=score.rank_high,
        equal_display=score.equal_display,
        score=score.score,
        need=score.need,
        feasibility=score.feasibility,
        coverage=score.coverage,
        lower=score.lower,
        upper=score.upper,
        income=score.income,
        tier=score.tier,
        tier_quality=score.tier_quality,
        points=tuple(sum(points.get(key, 0.0) for key in group.criteria) for group in groups),
        gaps=tuple(gaps_of(score.lines, table)),
        hurdles=chances(score.hurdles, table),
        p10=score.p10,
        p20=score.p20,
        designs=score.designs,
        group=score.group,
        place=score.place,
        reason_code=score.reason_code,
        region_rank=score.region_rank,
        best=score.detail.get("best"),
        worst=score.detail.get("worst"),
        widths=score.detail.get("widths", {}),
        ranges=score.detail.get("ranges", {}),
        need_range=score.axis_range("need"),
        feasibility_range=score.axis_range("feasibility"),
        singles=tuple(score.detail.get("singles", ())),
        bins=tuple(score.detail.get("bins", ())),
        designs_range=tuple(score.detail.get("designs_interval", ())),
        weak=_weak(score.lines, table, day.year),
        numeric=country.numeric,
        former=tuple(term for term in terms if term.country == country.code and term.is_over(day)),
        fails=_fails(score.lines, table),
        admitted_until=next((row.until for row in pool.admissions if row.country == country.code), None),
        all_in=figures_of(score.detail),
    )


def _fails(lines: Iterable[Mapping[str, Any]], table: ModelTable) -> tuple[str, ...]:
    """Return the evidence rules that a country's values do not meet; () for one that was not scored."""
    ages = {line["key"]: line["estimate"]["age"] for line in lines if "estimate" in line}
    if not ages:
        return ()
    return tuple(
        rule["key"]
        for rule in table.method.get("rules", ())
        if sum(ages.get(key) is not None and ages[key] <= rule.get("within", math.inf) for key in rule["criteria"])
        < rule.get("least", 1)
    )


def _weak(lines: Iterable[Mapping[str, Any]], table: ModelTable, year: int) -> Weak:
    old: list[tuple[str, int]] = []
    filled: list[str] = []
    bridged: list[str] = []
    for line in lines:
        estimate = line.get("estimate")
        if estimate is None or table.row(line["key"]).weight <= 0:
            continue
        if estimate["source"] == "peers":
            filled.append(line["key"])
        elif line["state"] == "bridged":
            bridged.append(line["key"])
        if (estimate["age"] or 0) > OLD:
            old.append((line["key"], year - estimate["age"]))
    return Weak(tuple(old), tuple(filled), tuple(bridged))


def gaps_of(lines: Iterable[Mapping[str, Any]], table: ModelTable) -> Iterable[tuple[str, str]]:
    """Return key and reason of each counted criterion that has no value in the score.

    A criterion that does not apply to the country, or that no country has in this run, is not a gap.
    """
    for line in lines:
        row = table.row(line["key"])
        if row.weight > 0 and line["state"] not in (*MEASURED, "inactive"):
            reason = missing_reason(line)
            if reason != "not_applicable":
                yield row.key, reason


def missing_reason(line: Mapping[str, Any]) -> str:
    """Return why a line takes no part in the score, "" if it does. A value that is not used is too old."""
    if line["state"] in MEASURED:
        return ""
    return str(line["missing"]) or "stale"


def chances(hurdles: Iterable[Mapping[str, Any]], table: ModelTable) -> dict[str, Chance]:
    """Return the results by hurdle, with a probability if a number with a published error is compared."""
    numeric = {hurdle["key"] for hurdle in table.hurdles if hurdle["expression"].get("operator", "in") != "in"}
    return {h["key"]: Chance(h["verdict"], h["probability"] if h["key"] in numeric else None) for h in hurdles}


def plain(text: str) -> str:
    """Return a text normalized for comparison: no case, no accents, one kind of apostrophe."""
    decomposed = unicodedata.normalize("NFD", text.strip().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'"))
    return "".join(c for c in decomposed if not unicodedata.combining(c)).casefold()
