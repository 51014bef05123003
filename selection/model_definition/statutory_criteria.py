"""Statutory requirements for every partner: preconditions that no weight in the score can override. Pure.

A statutory criterion is met if at least `needs` of its conditions are met. A condition compares the normalized value u
of one criterion of the model with a bound. Only documented values count; any other value is not known, and a condition
on it is neither met nor failed.

A value is documented if raters gave it, or if the publisher's newest edition states it, as published. A best estimate
is not documented: it may be pulled to the mean of the pool, extrapolated along a trend, bridged from another series,
or filled from peers, so that a country could meet the statute on evidence about other countries.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from cpc.findings import Finding, Severity
from selection.model_definition.criteria_table import CriterionRow, ModelTable
from selection.scoring.value_functions import goalposts

_COUNTS = frozenset({"observed", "carried"})
"""States of a cell whose u is evidence. A value that a policy substitutes for a gap is not evidence."""


class StatutoryAnswer(enum.StrEnum):
    """Answer to whether a statutory criterion, or one of its conditions, is met."""

    MET = "met"
    NOT_MET = "not_met"
    NOT_KNOWN = "not_known"


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition with its answer. `asks` gives as text what must hold; `u` is None if there is no value.

    `states` gives as text the published value that was tested where the score uses an estimate instead.
    """

    row: CriterionRow
    asks: str
    u: float | None
    answer: StatutoryAnswer
    states: str = ""


@dataclass(frozen=True, slots=True)
class StatutoryCriterion:
    key: str
    label: str
    citation: str
    reason: str
    needs: int
    conditions: tuple[Condition, ...]
    answer: StatutoryAnswer

    @property
    def description(self) -> str:
        count = len(self.conditions)
        lead = "All of" if self.needs == count else f"{self.needs} of {count}"
        conditions = "; ".join(f"{condition.row.label} {condition.asks}" for condition in self.conditions)
        return conditions if count == 1 else f"{lead}: {conditions}"


def statutory_criteria_of(table: ModelTable, lines: Iterable[Mapping[str, Any]]) -> list[StatutoryCriterion]:
    """Return the statutory criteria for the stored lines of one country's score.

    Without lines, every condition is not known.
    """
    known = {line["key"]: value for line in lines if (value := documented(table.row(line["key"]), line)) is not None}
    return [_criterion(table, spec, known) for spec in table.mandatory]


class Documented(NamedTuple):
    """The documented value of one criterion of one country: its place from 0 to 1, and the published value as text."""

    u: float
    states: str = ""


def documented(row: CriterionRow, line: Mapping[str, Any]) -> Documented | None:
    """Return what is documented of one criterion by a stored line; None if nothing is."""
    if line["state"] not in _COUNTS or line["u"] is None:
        return None
    published = line.get("estimate", {}).get("published", ())
    function = row.function
    if not published or published[0]["value"] is None or function["kind"] != "goalposts":
        return Documented(line["u"])  # a rating, a label, or a run in which values count as published
    newest = published[0]
    counts = row.counts(newest["value"])
    value = np.array([counts])
    u = goalposts(value, function["lower"], function["upper"], function["direction"], log=function["log"])
    turned = f", counts as {counts:g}" if counts != newest["value"] else ""
    return Documented(float(u[0]), f"{newest['value']:g} published for {newest['year']}{turned}")


def _criterion(table: ModelTable, spec: Mapping[str, Any], known: Mapping[str, Documented]) -> StatutoryCriterion:
    conditions = tuple(_condition(table.row(c["criterion"]), c["at_least"], known) for c in spec["conditions"])
    met = sum(condition.answer is StatutoryAnswer.MET for condition in conditions)
    open_ = sum(condition.answer is StatutoryAnswer.NOT_KNOWN for condition in conditions)
    needs = int(spec["needs"])
    answer = (
        StatutoryAnswer.MET
        if met >= needs
        else StatutoryAnswer.NOT_KNOWN
        if met + open_ >= needs
        else StatutoryAnswer.NOT_MET
    )
    return StatutoryCriterion(spec["key"], spec["label"], spec["citation"], spec["reason"], needs, conditions, answer)


def _condition(row: CriterionRow, at_least: float, known: Mapping[str, Documented]) -> Condition:
    value = known.get(row.key)
    u = value.u if value else None
    # A bound such as 0.7 may be stored as the value that meets it exactly; ignore the last bits.
    answer = (
        StatutoryAnswer.NOT_KNOWN
        if u is None
        else StatutoryAnswer.MET
        if u >= at_least - 1e-9
        else StatutoryAnswer.NOT_MET
    )
    return Condition(row, asks(row, at_least), u, answer, value.states if value else "")


def asks(row: CriterionRow, at_least: float) -> str:
    """Return a bound on u as text in the criterion's own scale."""
    function = row.function
    if function["kind"] == "rubric":
        return f"rated {at_least * (function['upper'] - function['lower']) + function['lower']:g} or more"
    if function["kind"] == "goalposts" and not function["log"]:
        lower, upper = function["lower"], function["upper"]
        if function["direction"] > 0:
            return f"at {lower + at_least * (upper - lower):g} or more"
        return f"at {upper - at_least * (upper - lower):g} or less"
    if function["kind"] == "ordinal":
        return f"is {' or '.join(label for label, u in function['table'] if u >= at_least)}"
    return f"at {at_least:g} or more on the scale of 0 to 1"


def findings(criteria: Iterable[StatutoryCriterion]) -> list[Finding]:
    """Return a finding for each statutory criterion that prevents selection of a candidate."""
    return [_finding(criterion) for criterion in criteria if criterion.answer is not StatutoryAnswer.MET]


def _finding(criterion: StatutoryCriterion) -> Finding:
    if criterion.answer is StatutoryAnswer.NOT_MET:
        short = [
            f"{c.row.label} {c.asks}{f' ({c.states})' if c.states else ''}"
            for c in criterion.conditions
            if c.answer is StatutoryAnswer.NOT_MET
        ]
        message = f"{criterion.label}: not met. Below the threshold: {'; '.join(short)}."
        return Finding("mandatory_not_met", Severity.ERROR, message, criterion.key, criterion.citation)
    unknown = [c.row.label for c in criterion.conditions if c.answer is StatutoryAnswer.NOT_KNOWN]
    message = f"{criterion.label}: not known. Rate or import {'; '.join(unknown)}, then compute the score again."
    return Finding("mandatory_not_known", Severity.ERROR, message, criterion.key, criterion.citation)
