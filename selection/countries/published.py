"""Published values under their publisher's own name and direction, beside what the score counts instead.

A criterion may count the opposite of what is published: "Births not registered" counts 100 less the share of births
that are registered. A page that shows the published share below the name of the criterion would state the reverse.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cpc.web import formats
from indicators.models import Indicator, Observation
from selection.model_definition.criteria_table import CriterionRow
from selection.runs import labels
from selection.runs.labels import DIRECTIONS, title
from selection.runs.labels import name_of as name_of  # pages take it from here


@dataclass(frozen=True, slots=True)
class Published:
    """A published value as its publisher states it.

    `counts_as` is what the score uses instead, in the unit of the criterion; "" if it counts as published.
    """

    name: str
    direction: str
    value: str
    unit: str
    counts_as: str

    @property
    def heading(self) -> str:
        """Return what the publisher measures, and its better end: "Birth registration, higher is better"."""
        return ", ".join(filter(None, (self.name, self.direction)))

    @property
    def text(self) -> str:
        """Return all of it on one line: "Birth registration (higher is better): 70.6 percent, counts as 29.4%"."""
        amount = " ".join(filter(None, (self.value, self.unit)))
        counts = f", counts as {self.counts_as}" if self.counts_as else ""
        return f"{title(self.name, self.direction)}: {amount}{counts}"


def published(row: CriterionRow, found: Observation, estimate: Mapping[str, Any] | None = None) -> Published:
    """Return an observation as published, with what the criterion counts instead.

    `estimate` is the run's estimate of the criterion that rests on this observation, as `CountryScore.lines` stores it.
    """
    indicator = found.indicator
    shown = value(found)
    return Published(
        indicator.name,
        DIRECTIONS[indicator.direction],
        shown,
        "" if found.label or found.missing else indicator.unit,
        counts_as(row, found, estimate),
    )


def counts_as(row: CriterionRow, found: Observation, estimate: Mapping[str, Any] | None = None) -> str:
    """Return what a criterion counts instead of a published value; "" if it counts it as published, or not at all."""
    if found.value is None or found.label:
        return ""
    best = (estimate or {}).get("best")
    counted = row.counts(found.value, row.series_of(found.indicator.code, found.series)) if best is None else best
    text = amount(row, counted, found.indicator)
    return "" if text == amount(row, found.value, found.indicator) else text


def value(found: Observation) -> str:
    """Return an observation's value as text: its label, or a number with the indicator's decimals."""
    if found.label:
        return labels.value_label(found.label)
    return formats.number(found.value, found.indicator.decimals)


def amount(row: CriterionRow, value: float | None, indicator: Indicator | None = None, *, more: int = 0) -> str:
    """Return a criterion's value, with a percent sign if its unit is percent: "20.1%", "4.7", "35".

    It has the decimals of its indicator (one without an indicator), and `more` of them to show a small difference.
    """
    if value is None:
        return formats.DASH
    decimals = more + (indicator.decimals if indicator is not None else 1)
    return formats.number(value, decimals) + percent_sign(row, indicator)


def percent_sign(row: CriterionRow, indicator: Indicator | None) -> str:
    """Return the sign after a value: "%" for a criterion on the logit scale or a unit in percent, else ""."""
    counts_in_percent = (row.estimate or {}).get("scale") == "logit"
    unit = indicator.unit if indicator is not None else ""
    return "%" if counts_in_percent or unit.startswith(("percent", "%")) else ""


def goalposts(function: Mapping[str, Any]) -> str:
    """Return one line that explains how values are converted to 0 to 1."""
    if function["kind"] == "goalposts":
        low, high = (formats.number(function[end], None) for end in ("lower", "upper"))
        ends = f"{low} gives 0, {high} gives 1" if function["direction"] > 0 else f"{high} gives 0, {low} gives 1"
        return f"{ends}, on a logarithmic scale" if function["log"] else ends
    if function["kind"] == "ordinal":
        steps = (f"{labels.INCOME.get(label, label)} {formats.number(u, None)}" for label, u in function["table"])
        return "; ".join(steps)
    if function["kind"] == "rubric":
        return f"Rubric, {formats.number(function['lower'], None)} to {formats.number(function['upper'], None)}"
    return str(function["kind"]).replace("_", " ").capitalize()
