"""The scoring engine: a pure function from observed data and a model to an explained ranking. numpy only.

    result = score(snapshot, model)
    result.ranking()             # ISO codes, best first
    result.country("GHA")        # status, rank and interval, points of every criterion, coverage of every node
    first_difference(result, score(snapshot, model))      # None: equal bit for bit

A `Model` is data (`Model.from_dict`, `Model.to_dict`, `Model.hash`, `validate`): a tree of `Node` and `Criterion`,
each criterion with a value function and a `MissingPolicy`, beside it `Hurdle` expressions. A `Snapshot` holds one
`Column` a criterion.
"""

from .canonical_json import PlainDataError, sha256_of
from .contributions import geometric_difference, round_to_total
from .difference import first_difference
from .engine import ENGINE_VERSION, VERSIONS, score
from .estimates import COMBINED, OWN, PEERS, POOLED, RANGE
from .hurdles import AllOf, AnyOf, AtLeast, Hurdle, HurdleKind, HurdleRef, Not, Operator, Predicate, Verdict
from .method import Scale
from .missing import CellState, MissingPolicy, Policy
from .model import Aggregation, CoverageMode, Criterion, Model, Node
from .ranking import RankInterval, Status, competition_ranks
from .result import CountryResult, CriterionLine, HurdleLine, NodeLine, Result
from .snapshot import CANDIDATES, POOL, WIDER, Column, MissingReason, SeriesColumn, Snapshot, SnapshotError
from .uncertainty import RankUncertainty
from .validation import ModelError, ModelFinding, validate
from .value_functions import (
    Goalposts,
    MinMax,
    OrdinalMap,
    Percentile,
    PiecewiseLinear,
    Rubric,
    TargetBand,
    Threshold,
    ZScore,
)

__all__ = [
    "CANDIDATES",
    "COMBINED",
    "ENGINE_VERSION",
    "OWN",
    "PEERS",
    "POOL",
    "POOLED",
    "RANGE",
    "VERSIONS",
    "WIDER",
    "Aggregation",
    "AllOf",
    "AnyOf",
    "AtLeast",
    "CellState",
    "Column",
    "CountryResult",
    "CoverageMode",
    "Criterion",
    "CriterionLine",
    "Goalposts",
    "Hurdle",
    "HurdleKind",
    "HurdleLine",
    "HurdleRef",
    "MinMax",
    "MissingPolicy",
    "MissingReason",
    "Model",
    "ModelError",
    "ModelFinding",
    "Node",
    "NodeLine",
    "Not",
    "Operator",
    "OrdinalMap",
    "Percentile",
    "PiecewiseLinear",
    "PlainDataError",
    "Policy",
    "Predicate",
    "RankInterval",
    "RankUncertainty",
    "Result",
    "Rubric",
    "Scale",
    "SeriesColumn",
    "Snapshot",
    "SnapshotError",
    "Status",
    "TargetBand",
    "Threshold",
    "Verdict",
    "ZScore",
    "competition_ranks",
    "first_difference",
    "geometric_difference",
    "round_to_total",
    "score",
    "sha256_of",
    "validate",
]
