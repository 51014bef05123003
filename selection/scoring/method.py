"""Method: the part of a model that estimates values, decides which countries are ranked, and tests the result.

All of it is data: the scale and the error of each criterion, the sister series that fill its gaps, the evidence that a
country needs for a rank, the groups whose values fill a missing one, and the alternative designs that the list is
compared with.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np

from .canonical_json import OMIT_DEFAULT
from .value_functions import FloatArray

LOGIT_MARGIN = 0.5
"""Percentage points added at both ends of a share, so that 0 and 100 have a logit."""


class Scale(StrEnum):
    """Scale on which a criterion's error is uniform: logarithms, logits of percentages, or the value's own unit."""

    LOG = "log"
    LOGIT = "logit"
    POINTS = "points"

    def of(self, x: float) -> float:
        """Put a value on the scale: ln x, ln((x + 0.5)/(100.5 - x)), or x itself."""
        if self is Scale.LOG:
            return math.log(x)
        if self is Scale.LOGIT:
            return math.log((x + LOGIT_MARGIN) / (100.0 + LOGIT_MARGIN - x))
        return x

    def accepts(self, x: float) -> bool:
        """Return whether a value has a place on the scale."""
        if self is Scale.LOG:
            return x > 0.0
        return self is Scale.POINTS or 0.0 <= x <= 100.0

    def back(self, t: FloatArray) -> FloatArray:
        """Return the values at places `t` of any shape; shares stay within 0 and 100."""
        if self is Scale.POINTS:
            return t
        odds = np.exp(t)
        if self is Scale.LOG:
            return odds
        whole = 100.0 + LOGIT_MARGIN
        return np.clip((whole * odds - LOGIT_MARGIN) / (1.0 + odds), 0.0, 100.0)


class Combine(StrEnum):
    """The way a country's value is taken from a criterion's series.

    FIRST: the first series with a value young enough, else the first with any; those after the first go through a
    bridge fitted in the run. POOLED: the mean of all editions, pulled towards the pool's mean by how much they agree.
    SURVEYS: as FIRST, but where the second series comes from another, newer survey of the country, its own value and
    the bridged one are combined by their errors; see `surveys`.
    """

    FIRST = "first"
    POOLED = "pooled"
    SURVEYS = "surveys"


class Fill(StrEnum):
    """Source of a value for a country without one: similar countries, or the whole range of a rating."""

    PEERS = "peers"
    RANGE = "range"


@dataclass(frozen=True)
class Series:
    """Published series. `complement` counts 100 less the value, for example if the share registered is published."""

    key: str
    label: str
    indicator: str
    series: str = ""
    complement: bool = False


@dataclass(frozen=True)
class Transitions:
    """The moves of a level from one edition to the next.

    `steps[k-1][a][b]` is the share of countries at level `labels[a]` that are at `labels[b]` k editions later. An
    edition is k = age - `offset` behind, at most `len(steps)`; at 0 or below its level is exact.

    With `due`, the day of each year on which an edition is due ("06-30"), k is the number of editions that are due and
    not loaded, as the snapshot counts them, and the table is the k-th power of the one in `steps`.
    """

    labels: tuple[str, ...]
    steps: tuple[tuple[tuple[float, ...], ...], ...]
    offset: int = 1
    due: str = field(default="", metadata=OMIT_DEFAULT)

    def shares(self, label: str, behind: int) -> FloatArray:
        """Return the shares (labels,) of countries at a level that are at each level when `behind` editions pass."""
        if self.due:
            table = np.linalg.matrix_power(np.array(self.steps[0], dtype=np.float64), behind)
        else:
            table = np.array(self.steps[min(behind, len(self.steps)) - 1], dtype=np.float64)
        row = table[self.labels.index(label)]
        return np.asarray(row / math.fsum(row.tolist()))


@dataclass(frozen=True)
class Estimate:
    """The rules that turn published values into a criterion's best estimate and its error.

    The error variance on the scale is measurement^2 + drift^2 * age + residual^2, the last where a bridge was used,
    which then replaces the measurement. `trend` a year of age is added to the best estimate, for at most
    `trend_years` years. A value beyond the ends of `clip` counts as the end. Where `published_error`, the publisher's
    standard error replaces `measurement`. A series is young enough for FIRST and SURVEYS up to `fresh` years
    of age. Under POOLED, `measurement` (of one edition) and `agreement` (the covariance of two) are what a run takes
    where it holds too few pairs of editions to fit them, as of a single series, whose values agree with their country's
    mean. `source` is how the numbers were found.
    """

    scale: Scale = Scale.POINTS
    series: tuple[Series, ...] = ()
    combine: Combine = Combine.FIRST
    fresh: int | None = None
    measurement: float = 0.0
    drift: float = 0.0
    trend: float = 0.0
    agreement: float = 0.0
    published_error: bool = False
    transitions: Transitions | None = None
    fill: Fill = Fill.PEERS
    source: str = ""
    trend_years: int | None = field(default=None, metadata=OMIT_DEFAULT)
    clip: tuple[float, float] | None = field(default=None, metadata=OMIT_DEFAULT)

    def on_scale(self, value: float) -> float:
        """Put a published value on the scale, after clipping."""
        return self.scale.of(value if self.clip is None else min(max(value, self.clip[0]), self.clip[1]))


@dataclass(frozen=True)
class EvidenceRule:
    """Fact that a country needs for a rank.

    The rule is met if `least` of the criteria have a published value of their own or through a bridge, not older than
    `within` years (None: of any age). Weights play no part. `lacking` is the sentence for a country that fails it.
    """

    key: str
    label: str
    lacking: str
    criteria: tuple[str, ...]
    least: int = 1
    within: int | None = None
    reason: str = ""


@dataclass(frozen=True)
class Option:
    """Option of one choice of the method; every empty field is as in the model.

    `values` maps a criterion to "pooled", "mean" (geometric mean of its editions as published), a series key that alone
    is used, or, of two surveys, "own_first" (the first young series alone) or "newest" (the newer survey through its
    bridge, without the offset). `own_only` criteria take no bridge. `log` criteria count ln v / ln of the upper
    goalpost. `relabel` maps labels of a criterion to others. `arithmetic` makes the root an arithmetic mean, `unscaled`
    takes the axes without rescaling, `percentiles` between these two percentiles of the ranked countries' best
    estimates. `weights` are local weights of nodes or criteria.
    """

    key: str
    label: str
    values: tuple[tuple[str, str], ...] = ()
    own_only: tuple[str, ...] = ()
    log: tuple[str, ...] = ()
    relabel: tuple[tuple[str, str, str], ...] = ()
    arithmetic: bool = False
    unscaled: bool = False
    weights: tuple[tuple[str, float], ...] = ()
    percentiles: tuple[float, float] | None = field(default=None, metadata=OMIT_DEFAULT)


@dataclass(frozen=True)
class Choice:
    """Choice of the method with its options; the first option is the model's own."""

    key: str
    label: str
    options: tuple[Option, ...]


@dataclass(frozen=True)
class Groups:
    """Shares of draws and designs at which a country is in or out of the first N on nearly every reading.

    Where the draws include the designs (`Method.all_in`), they alone decide.
    """

    in_draws: float = 0.80
    in_designs: float = 0.90
    out: float = 0.05


@dataclass(frozen=True)
class Method:
    """Settings beyond the weight tree.

    `first` is the N of every "first N"; `short` a smaller N that is also shown. `facts` are the criteria of which a
    country must have at least one to be shown with bounds. `peers` are groupings, the narrowest first, whose members
    fill a missing value if at least `least_peers` of them have one; if no grouping has enough, every country of the
    pool does. `region` is the grouping within which a country has a second rank, `income_group` that of a third.

    With `all_in`, a draw varies the design as well as data and weights. Its intervals and shares are the ones that a
    country shows first and that decide its group, and the run finds what such a list needs to be read: effective
    importance, reliability, ranks under free weights, and the result if no overdue edition changes a level.
    """

    first: int = 20
    short: int = 10
    facts: tuple[str, ...] = ()
    rules: tuple[EvidenceRule, ...] = ()
    peers: tuple[tuple[str, ...], ...] = (("region", "income_group"), ("income_group",))
    least_peers: int = 12
    region: str = "region"
    groups: Groups = field(default_factory=Groups)
    choices: tuple[Choice, ...] = ()
    income_group: str = field(default="", metadata=OMIT_DEFAULT)
    all_in: bool = field(default=False, metadata=OMIT_DEFAULT)

    @property
    def designs(self) -> int:
        return math.prod(len(choice.options) for choice in self.choices)

    def bins(self, ranked: int) -> Iterator[tuple[int, int]]:
        """Yield first and last rank of the bands in which acceptability is shown: halves of the cuts, then the rest."""
        ends = [max(1, self.short // 2), self.short, self.first, 2 * self.first]
        start = 1
        for end in sorted(set(ends)):
            yield start, end
            start = end + 1
        yield start, max(ranked, start)
