"""The same figures by other rules: does the answer depend on a choice of the method? Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from partnerships.outcomes.chance import FEWEST, mean_of, p_of, random_means
from partnerships.outcomes.comparing import TIED, Compared, compare
from partnerships.outcomes.measures import OutcomeMeasure
from partnerships.outcomes.other_ways import by_regression, with_same_tier
from partnerships.outcomes.panel import PAGE, Design, Panel, Signature, pretended

PRETENDED_P = 0.10
"""A pretended signature must not show a difference this unlikely."""

LEAVE_ONE_OUT, PRETENDED = "leave_one_out", "pretended"
SIZES = (5, 15, 20)


@dataclass(frozen=True, slots=True)
class CheckRow:
    """A pooled difference by another rule: None, as `p`, with fewer than five partners.

    `omitted` is the partnership left out, for the rows of leave one out.
    """

    key: str
    partners: int
    difference: float | None
    p: float | None
    omitted: Signature | None = None


def designs(measure: OutcomeMeasure, unconfirmed: frozenset[int]) -> dict[str, Design]:
    """Return the other rules that are tried for a measure, by key."""
    tried = {f"group_{size}": replace(PAGE, group=size) for size in SIZES}
    tried |= {
        "no_freedom": replace(PAGE, by_freedom=False),
        "after_2": replace(PAGE, last_after=2),
        "after_3": replace(PAGE, last_after=3),
        "after_5": replace(PAGE, last_after=5),
        "after_all": replace(PAGE, last_after=None),
        "from_2": replace(PAGE, first_after=2),
        "high_income": replace(PAGE, with_high_income=True),
        "lowest_tier": replace(PAGE, with_lowest_tier=True),
        PRETENDED: pretended(measure),
    }
    if measure.is_tier:
        tried |= {"before_5": replace(PAGE, before=5), "inferred": replace(PAGE, with_inferred=True)}
        if unconfirmed:
            tried["confirmed"] = replace(PAGE, left_out=unconfirmed)
    return tried


def checks_of(panel: Panel, measure: OutcomeMeasure, compared: Sequence[Compared]) -> tuple[CheckRow, ...]:
    """Return the pooled difference by each other rule and way, without loose matches, and without each partner."""
    rows = []
    for key, design in designs(measure, panel.series[measure.key].unconfirmed).items():
        found = [compare(panel, measure, signature, design) for signature in panel.signatures]
        rows.append(_row(key, [one for one in found if isinstance(one, Compared)]))
    rows.append(_row("regression", [by_regression(panel, measure, one) for one in compared]))
    same = [with_same_tier(panel, one) for one in compared]
    rows.append(_row("same_tier", [one for one in same if one.pool]))
    close = [one for one in compared if not one.is_loose]
    if len(close) < len(compared):
        rows.append(_row("no_loose", close))
    for omitted in compared:
        rows.append(_row(LEAVE_ONE_OUT, [one for one in compared if one is not omitted], omitted.signature))
    return tuple(rows)


def _row(key: str, compared: Sequence[Compared], omitted: Signature | None = None) -> CheckRow:
    if len(compared) < FEWEST:
        return CheckRow(key, len(compared), None, None, omitted)
    difference = mean_of(compared)
    return CheckRow(key, len(compared), difference, p_of(difference, random_means(compared)), omitted)


def _sign(difference: float) -> int:
    return 0 if abs(difference) <= TIED else int(np.sign(difference))


def failed_checks(difference: float, rows: Sequence[CheckRow]) -> list[str]:
    """Return the keys of the checks by which a difference does not hold. A check that cannot be made is failed."""
    sign = _sign(difference)
    failed = []
    for key in (LEAVE_ONE_OUT, *(f"group_{size}" for size in SIZES)):
        found = [row.difference for row in rows if row.key == key]
        if not found or any(one is None or _sign(one) != sign for one in found):
            failed.append(key)
    earlier = [row.p for row in rows if row.key == PRETENDED]
    if not earlier or any(p is None or p <= PRETENDED_P for p in earlier):
        failed.append(PRETENDED)
    return failed
