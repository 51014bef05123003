"""All figures of the page, computed from one panel. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from partnerships.outcomes.chance import Pooled, holm, pooled
from partnerships.outcomes.checks import CheckRow, checks_of, failed_checks
from partnerships.outcomes.chosen import freedom_percentile, rise_of_the_watch_list
from partnerships.outcomes.comparing import Compared, NotCompared, compare
from partnerships.outcomes.measures import BY_KEY, MEASURES, TIER, OutcomeMeasure
from partnerships.outcomes.panel import Panel, Signature

ALPHA = 0.05
"""Adjusted p up to which a difference is told from chance."""


@dataclass(frozen=True, slots=True)
class MeasureResult:
    """One measure: each partner by day of signature, the pooled line, its adjusted p, and the checks.

    `pooled` and `adjusted` are None for fewer than five partners. `published`, `counted`, and `unconfirmed` are the
    periods of its series.
    """

    key: str
    partners: tuple[Compared | NotCompared, ...]
    pooled: Pooled | None
    adjusted: float | None
    checks: tuple[CheckRow, ...]
    published: frozenset[int]
    counted: frozenset[int]
    unconfirmed: frozenset[int]

    @property
    def measure(self) -> OutcomeMeasure:
        return BY_KEY[self.key]

    @property
    def compared(self) -> tuple[Compared, ...]:
        return tuple(one for one in self.partners if isinstance(one, Compared))

    @property
    def waiting(self) -> tuple[NotCompared, ...]:
        return tuple(one for one in self.partners if isinstance(one, NotCompared))

    @property
    def is_told_from_chance(self) -> bool:
        return self.adjusted is not None and self.adjusted <= ALPHA

    @property
    def failed(self) -> list[str]:
        """Return the keys of the checks by which the pooled difference does not hold."""
        return failed_checks(self.pooled.difference, self.checks) if self.pooled else []


@dataclass(frozen=True, slots=True)
class OutcomeResults:
    """Figures of every loaded measure, in their order, and those about who was chosen.

    `freedom` are the partners' percentiles of freedom by signature, `watch_list` the rise of countries on the Watch
    List that were never partners; each is None where it cannot be computed.
    """

    measures: Mapping[str, MeasureResult]
    signatures: tuple[Signature, ...]
    freedom: tuple[float | None, ...]
    watch_list: float | None


def compute(panel: Panel) -> OutcomeResults:
    """Compute everything; it takes a second or more."""
    loaded = [measure for measure in MEASURES if measure.key in panel.series]
    partners = {
        measure.key: tuple(compare(panel, measure, signature) for signature in panel.signatures) for measure in loaded
    }
    compared = {key: [one for one in found if isinstance(one, Compared)] for key, found in partners.items()}
    lines = {key: pooled(found) for key, found in compared.items()}
    adjusted = holm({key: line.p for key, line in lines.items() if line})
    return OutcomeResults(
        {
            measure.key: MeasureResult(
                measure.key,
                partners[measure.key],
                lines[measure.key],
                adjusted.get(measure.key),
                checks_of(panel, measure, compared[measure.key]),
                series.published,
                series.counted,
                series.unconfirmed,
            )
            for measure in loaded
            for series in [panel.series[measure.key]]
        },
        panel.signatures,
        tuple(freedom_percentile(panel, signature) for signature in panel.signatures),
        rise_of_the_watch_list(panel, compared.get(TIER.key, [])),
    )
