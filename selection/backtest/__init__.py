"""Backtest: the ranks of real partners on the data published before each was signed."""

from selection.backtest.cases import FEASIBILITY, NEED, Case, Findings, Known, Spot, Today, lacking
from selection.backtest.measures import AreaUnderCurve, area_against, area_of_ranks, chance_within, percentile
from selection.backtest.signatures import Signature, cutoff_of, register_signatures, signatures

__all__ = [
    "FEASIBILITY",
    "NEED",
    "AreaUnderCurve",
    "Case",
    "Findings",
    "Known",
    "Signature",
    "Spot",
    "Today",
    "area_against",
    "area_of_ranks",
    "chance_within",
    "cutoff_of",
    "lacking",
    "percentile",
    "register_signatures",
    "signatures",
]
