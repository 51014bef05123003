"""One run laid out as rows: what the ranking page, its exports, the home panel and the country page read."""

from __future__ import annotations

import statistics
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from selection.model_table import CriterionRow, ModelTable, Stage
from selection.models import CountryScore, CountryStatus, ScoreRun

FIRST = 10
"""How many countries "the first ten" are."""

LIKELY = 0.95
"""From which probability on a hurdle is called likely to pass; below 1 minus this it is likely to fail."""

MEASURED = ("observed", "carried", "peer_median", "fixed", "floor")
"""States in which a criterion takes part in the score."""


@dataclass(frozen=True, slots=True)
class Group:
    """Criteria whose points are drawn and named together: the parts of a score, a few a branch."""

    key: str
    label: str
    branch: str
    criteria: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Chance:
    """How a country stands to a hurdle. `probability` is None where the publisher states no error."""

    verdict: str
    probability: float | None

    @property
    def kind(self) -> str:
        """`pass`, `fail`, `open` (too close to call) or `unknown`."""
        if self.verdict == "unknown":
            return "unknown"
        if self.probability is None:
            return self.verdict
        if self.probability >= LIKELY:
            return "pass"
        return "fail" if self.probability <= 1 - LIKELY else "open"


@dataclass(frozen=True, slots=True)
class RankingRow:
    """One country of a run. Scores are 0 to 100; `points` are by group, in the order of `Ranking.groups`.

    `gaps` are the counted criteria without a value, each with the reason.
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

    @property
    def against(self) -> bool:
        """Whether the corruption hurdle is likely failed, or the country is on Tier 3."""
        corruption, tier3 = self.hurdles.get("corruption"), self.hurdles.get("tier3")
        return bool((corruption and corruption.kind == "fail") or (tier3 and tier3.verdict == "fail"))


@dataclass(frozen=True)
class Ranking:
    """A run as its pages need it.

    `values` are the normalised values of the ranked countries by criterion, in their order, and `medians` theirs.
    `measured` says for how many of the `candidates` (ranked or not) a criterion has a value in use. Everything is of
    the stage that was scored.
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

    @property
    def top(self) -> int:
        """The end of the common scale of the bars: the best score, rounded up to a whole ten."""
        best = max((row.score or 0.0 for row in self.ranked), default=0.0)
        return max(10, -(-int(best + 0.999) // 10) * 10)

    @property
    def scored_share(self) -> float:
        """How much of the full model's weight, 0 to 1, the scores rest on: criteria in use for one country or more."""
        weights = self.table.weights()
        return sum(weights[key] for key, count in self.measured.items() if count)

    @property
    def unrated(self) -> tuple[CriterionRow, ...]:
        """The criteria of this stage that people rate, and that nobody rated for any of the countries."""
        return tuple(row for row in self.table.rows(self.stage) if row.is_rated and not self.measured[row.key])

    @property
    def first(self) -> tuple[RankingRow, ...]:
        """The first ten, and those that share the tenth rank."""
        return tuple(row for row in self.ranked if row.rank is not None and row.rank <= FIRST)

    def row(self, code: str) -> RankingRow | None:
        """One country, ranked or not; None where the run does not know it."""
        return next((row for row in (*self.ranked, *self.others) if row.code == code), None)


def ranking_of(run: ScoreRun) -> Ranking:
    """The rows of a run. A run never changes, so they are read once and kept in this process."""
    return _ranking(run.pk)


@lru_cache(maxsize=8)
def _ranking(run_id: int) -> Ranking:
    plain_table, stage_name = ScoreRun.objects.values_list("table", "stage").get(pk=run_id)
    table, stage = ModelTable.from_dict(plain_table), Stage(stage_name)
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
        ranked=tuple(_row(score, table, groups) for score in ranked),
        others=tuple(_row(score, table, groups) for score in others),
        medians={key: statistics.median(column) for key, column in known.items() if column},
        values={key: tuple(column) for key, column in values.items()},
        measured={key: measured[key] for key in values},
        candidates=len(scored),
    )


def groups_of(table: ModelTable, stage: Stage = Stage.SCREEN) -> tuple[Group, ...]:
    """The parts of a score: the nodes below a branch with all that is under them, and the branch's own criteria."""
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


def _row(score: CountryScore, table: ModelTable, groups: Sequence[Group]) -> RankingRow:
    points = {line["key"]: line["points"] for line in score.lines}
    return RankingRow(
        code=score.country.code,
        name=score.country.name,
        region=score.country.region,
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
    )


def gaps_of(lines: Iterable[Mapping[str, Any]], table: ModelTable) -> Iterable[tuple[str, str]]:
    """Key and reason of each counted criterion that has no value in the score.

    What does not apply to the country is no gap, nor is a criterion that no country has in this run.
    """
    for line in lines:
        row = table.row(line["key"])
        if row.weight > 0 and line["state"] not in (*MEASURED, "inactive"):
            reason = missing_reason(line)
            if reason != "not_applicable":
                yield row.key, reason


def missing_reason(line: Mapping[str, Any]) -> str:
    """Why a line takes no part in the score; "" where it does. A value that is there and not used is too old."""
    if line["state"] in MEASURED:
        return ""
    return str(line["missing"]) or "stale"


def chances(hurdles: Iterable[Mapping[str, Any]], table: ModelTable) -> dict[str, Chance]:
    """By hurdle. A probability is given where a number with a published error is compared, not for labels."""
    numeric = {hurdle["key"] for hurdle in table.hurdles if hurdle["expression"].get("operator", "in") != "in"}
    return {h["key"]: Chance(h["verdict"], h["probability"] if h["key"] in numeric else None) for h in hurdles}


# ---- how sure ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Sureness:
    """What the 90% intervals say of the order: rows in the order of their ranks, and counts.

    `stay` are those of the first ten that stay there in 90% of the draws, `could` all whose interval reaches the
    first ten, `could_lead` those whose interval reaches rank 1.
    """

    stay: tuple[RankingRow, ...]
    could: tuple[RankingRow, ...]
    could_lead: tuple[RankingRow, ...]
    width: int
    wide: int
    partly_known: tuple[RankingRow, ...]
    ranked: int


def sureness(ranking: Ranking) -> Sureness | None:
    """How sure the order is; None where nothing is ranked or a run has no draws."""
    rows = [row for row in ranking.ranked if row.low is not None and row.high is not None]
    if not rows:
        return None
    widths = [(row.high or 0) - (row.low or 0) for row in rows]
    need = {group.key for group in ranking.groups if group.branch == "need"}
    return Sureness(
        stay=tuple(row for row in ranking.first if (row.high or 0) <= FIRST and row.high is not None),
        could=tuple(row for row in rows if (row.low or 0) <= FIRST),
        could_lead=tuple(row for row in rows if row.low == 1),
        width=round(statistics.median(widths)),
        wide=sum(width > FIRST for width in widths),
        partly_known=tuple(row for row in ranking.first if any(key in need for key, _ in row.gaps)),
        ranked=len(ranking.ranked),
    )


# ---- which rows, in which order ------------------------------------------------------------------------------------


SEGMENTS: Mapping[str, tuple[str, Callable[[RankingRow], bool]]] = {
    "": ("All ranked", lambda row: row.rank is not None),
    "focus": ("Low and middle income", lambda row: row.rank is not None and row.income in ("L", "LM", "UM")),
    "first": ("Could be in the first ten", lambda row: row.low is not None and row.low <= FIRST),
    "unranked": ("Not ranked", lambda row: row.rank is None),
}

TIER_ORDER: Mapping[str, int] = {"Tier 1": 0, "Tier 2": 1, "Tier 2 Watch List": 2, "Tier 3": 3, "Special Case": 4}
STATUS_ORDER: Mapping[str, int] = {
    status.value: place
    for place, status in enumerate(
        (
            CountryStatus.UNRANKED_COVERAGE,
            CountryStatus.UNRANKED_REQUIRED,
            CountryStatus.UNDETERMINED,
            CountryStatus.SCREENED_OUT,
            CountryStatus.NOT_LISTED,
            CountryStatus.NOT_CANDIDATE,
        )
    )
}

Key = Callable[[RankingRow], Any]
SORTS: Mapping[str, Key] = {
    "rank": lambda row: row.rank,
    "country": lambda row: plain(row.name),
    "tier": lambda row: TIER_ORDER.get(row.tier),
    "score": lambda row: row.score,
    "need": lambda row: row.need,
    "feasibility": lambda row: row.feasibility,
    "interval": lambda row: None if row.high is None or row.low is None else row.high - row.low,
    "known": lambda row: row.coverage,
    "hurdle": lambda row: row.hurdles["corruption"].probability if "corruption" in row.hurdles else None,
    "reason": lambda row: (STATUS_ORDER.get(row.status, len(STATUS_ORDER)), row.reason),
}


def segment(ranking: Ranking, key: str) -> list[RankingRow]:
    """The rows of a segment, in the order of ranks, unranked ones by name."""
    _, belongs = SEGMENTS[key]
    return [row for row in (*ranking.ranked, *ranking.others) if belongs(row)]


def narrowed(
    rows: Iterable[RankingRow], *, query: str = "", region: str = "", income: str = "", tier: str = "", hurdle: str = ""
) -> list[RankingRow]:
    """Those whose name (without accents) or code answers to `query`, and that have each value asked for."""
    wanted, code = plain(query), query.strip().upper()
    return [
        row
        for row in rows
        if (not wanted or wanted in plain(row.name) or code == row.code)
        and (not region or row.region == region)
        and (not income or row.income == income)
        and (not tier or row.tier == tier)
        and (not hurdle or ("corruption" in row.hurdles and row.hurdles["corruption"].kind == hurdle))
    ]


def in_order(rows: Sequence[RankingRow], asked: str) -> list[RankingRow]:
    """Rows sorted by `asked` ("-score"); what has no value stands last in both directions, ties keep their order."""
    key = SORTS[asked.removeprefix("-")]
    known = [row for row in rows if key(row) is not None]
    known.sort(key=key, reverse=asked.startswith("-"))
    return known + [row for row in rows if key(row) is None]


def plain(text: str) -> str:
    """A text as it is compared: no case, no accents, one kind of apostrophe."""
    decomposed = unicodedata.normalize("NFD", text.strip().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'"))
    return "".join(c for c in decomposed if not unicodedata.combining(c)).casefold()
