"""The lead sentence as a rule: what the figures show, before any wording. Pure."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from partnerships.outcomes.measures import MEASURES, TIER
from partnerships.outcomes.results import MeasureResult, OutcomeResults


class Case(enum.StrEnum):
    """Finding: nothing yet, nothing told from chance, a difference that holds, or one that does not."""

    TOO_FEW = "too_few"
    NOTHING = "nothing"
    HOLDS = "holds"
    DOES_NOT_HOLD = "does_not_hold"


@dataclass(frozen=True, slots=True)
class Verdict:
    """A case with the measures that it names.

    `about` is the measure of the sentence on chance: the tier, or the first with a pooled line if it has none. `rose`
    and `fell` hold. `doubtful` are told from chance but fail a check.
    """

    case: Case
    about: MeasureResult | None = None
    rose: tuple[MeasureResult, ...] = ()
    fell: tuple[MeasureResult, ...] = ()
    doubtful: tuple[MeasureResult, ...] = ()


def verdict_of(results: OutcomeResults) -> Verdict:
    """Return what the figures show."""
    found = [results.measures[measure.key] for measure in MEASURES if measure.key in results.measures]
    with_line = [one for one in found if one.pooled is not None]
    if not with_line:
        return Verdict(Case.TOO_FEW)
    about = next((one for one in with_line if one.key == TIER.key), with_line[0])
    beyond = [one for one in with_line if one.is_told_from_chance]
    holding = [one for one in beyond if not one.failed]
    doubtful = tuple(one for one in beyond if one.failed)
    if holding:
        rose = tuple(one for one in holding if one.pooled and one.pooled.difference > 0)
        fell = tuple(one for one in holding if one not in rose)
        return Verdict(Case.HOLDS, about, rose, fell, doubtful)
    return Verdict(Case.DOES_NOT_HOLD if doubtful else Case.NOTHING, about, doubtful=doubtful)
