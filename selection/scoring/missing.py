"""Missing-data policies: the value used for an empty cell, and how the cell counts toward coverage."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import IntEnum, StrEnum

import numpy as np
from numpy.typing import NDArray

from .snapshot import Column, MissingReason, Snapshot
from .value_functions import BoolArray, FloatArray


class Policy(StrEnum):
    """Policy for a country's criterion without a usable value."""

    REWEIGHT = "reweight"
    FLOOR = "floor"
    FIXED = "fixed"
    PEER_MEDIAN = "peer_median"
    CARRY = "carry"
    REQUIRED = "required"
    NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True)
class MissingPolicy:
    """A policy with its parameters.

    REWEIGHT leaves the cell out and rescales its siblings. FLOOR takes u = 0. FIXED takes `value`, with a written
    `reason`. PEER_MEDIAN takes the median u of the country's group in `peer_group`. CARRY accepts a value that is
    older than the criterion's maximum age but not older than `carry_years`, counting `carry_credit` towards
    coverage. REQUIRED leaves the country unranked. NOT_APPLICABLE takes the cell out of score and coverage, as the
    missing reason `not_applicable` does under every policy but REQUIRED.
    """

    policy: Policy = Policy.REWEIGHT
    value: float | None = None
    reason: str = ""
    peer_group: str | None = None
    carry_years: float | None = None
    carry_credit: float = 1.0


class CellState(IntEnum):
    """Origin of a cell's u."""

    OBSERVED = 0
    CARRIED = 1
    MISSING = 2
    FLOOR = 3
    FIXED = 4
    PEER_MEDIAN = 5
    REQUIRED_MISSING = 6
    NOT_APPLICABLE = 7
    INACTIVE = 8
    BRIDGED = 9
    PEERS = 10
    RANGE = 11


# Indexed by CellState.
_SCORED = np.array([True, True, False, True, True, True, False, False, False, True, True, True])
_APPLICABLE = np.array([True, True, True, True, True, True, True, False, False, True, True, True])
_KNOWN = np.array([True, True, False, False, False, False, False, False, False, True, False, False])


@dataclass(frozen=True)
class Cells:
    """A criterion's resolved cells: u (NaN where none), state, and coverage credit in [0, 1], each of shape (n,)."""

    u: FloatArray
    states: NDArray[np.int8]
    credit: FloatArray


def scored(states: NDArray[np.int8]) -> BoolArray:
    """Return the mask of cells that count in their parent's score."""
    return np.asarray(_SCORED[states])


def applicable(states: NDArray[np.int8]) -> BoolArray:
    """Return the mask of cells that count in their parent's coverage."""
    return np.asarray(_APPLICABLE[states])


def known(states: NDArray[np.int8]) -> BoolArray:
    """Return a mask of the cells based on a published value of the country, from its own or a sister series."""
    return np.asarray(_KNOWN[states])


def usable(column: Column, policy: MissingPolicy, max_age: float | None) -> tuple[BoolArray, BoolArray]:
    """Return two masks (n,): the usable cells, and those of them carried beyond the maximum age."""
    present = column.present
    carried = np.zeros_like(present)
    if max_age is None:
        return present, carried
    old = present & (np.nan_to_num(column.ages) > max_age)
    if policy.policy is Policy.CARRY and policy.carry_years is not None:
        carried = old & (column.ages <= policy.carry_years)
    return present & (~old | carried), carried


def resolve(
    u: FloatArray, fresh: BoolArray, carried: BoolArray, column: Column, policy: MissingPolicy, snapshot: Snapshot
) -> Cells:
    """Apply the policy. `u` holds normalized values where `fresh` (see `usable`) and anything elsewhere."""
    states = np.full(len(u), CellState.OBSERVED, dtype=np.int8)
    credit = np.ones(len(u))
    if policy.policy is Policy.CARRY:
        states[carried] = CellState.CARRIED
        credit[carried] = policy.carry_credit
    if fresh.all():
        return Cells(u, states, credit)
    u = np.where(fresh, u, np.nan)
    credit[~fresh] = 0.0
    fill, state = math.nan, CellState.MISSING
    match policy.policy:
        case Policy.FLOOR:
            fill, state = 0.0, CellState.FLOOR
        case Policy.FIXED:
            fill, state = (math.nan if policy.value is None else policy.value), CellState.FIXED
        case Policy.REQUIRED:
            state = CellState.REQUIRED_MISSING
        case Policy.NOT_APPLICABLE:
            state = CellState.NOT_APPLICABLE
        case Policy.PEER_MEDIAN:
            return _peer_medians(u, states, credit, fresh, column, policy, snapshot)
        case _:
            pass
    states[~fresh] = state
    filled = np.where(fresh, u, fill)
    return _leave_out_not_applicable(filled, states, credit, column)


def _peer_medians(
    u: FloatArray,
    states: NDArray[np.int8],
    credit: FloatArray,
    fresh: BoolArray,
    column: Column,
    policy: MissingPolicy,
    snapshot: Snapshot,
) -> Cells:
    medians = snapshot.group_medians(u, policy.peer_group or "")
    states[~fresh] = np.where(np.isnan(medians[~fresh]), CellState.MISSING, CellState.PEER_MEDIAN)
    return _leave_out_not_applicable(np.where(fresh, u, medians), states, credit, column)


def _leave_out_not_applicable(u: FloatArray, states: NDArray[np.int8], credit: FloatArray, column: Column) -> Cells:
    outside = np.array([reason is MissingReason.NOT_APPLICABLE for reason in column.missing_reasons], dtype=np.bool_)
    outside &= states != CellState.REQUIRED_MISSING
    states[outside] = CellState.NOT_APPLICABLE
    return Cells(np.where(outside, np.nan, u), states, credit)
