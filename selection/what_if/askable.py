"""Parts of a run that a question may change: weights, reasons outside the pool, evidence rules, choices. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from selection.runs import labels
from selection.scoring.method import Choice, Option
from selection.scoring.tree import Branch, Child, Plan

from .changes import CountryFigure

LEAST_YEARS, MOST_YEARS = 1, 60
"""Limits of the age that a question may set for an evidence rule."""


@dataclass(frozen=True, slots=True)
class AskableWeight:
    """Weight, as `percent` of its group in the model."""

    key: str
    label: str
    percent: float


@dataclass(frozen=True, slots=True)
class AskableGroup:
    """The weights below one node, with `parent` the group that the node itself belongs to."""

    key: str
    label: str
    parent: str
    weights: tuple[AskableWeight, ...]


@dataclass(frozen=True, slots=True)
class PoolReasonOption:
    """Reason for being outside the pool, with the number of countries that it excludes."""

    key: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of evidence; `within` is its limit in years, None if it has none."""

    key: str
    label: str
    within: int | None


@dataclass(frozen=True, slots=True)
class Overdue:
    """A criterion with an edition that is due and not loaded: its labels are drawn unless a question holds them."""

    key: str
    label: str


@dataclass(frozen=True)
class Askable:
    """Everything that may be changed in one run.

    `choices` are those of the method that set no weight, as weights are asked for themselves; none in a run whose
    draws do not vary the design. A question may change the `figures` of any of the
    `countries`.
    """

    groups: tuple[AskableGroup, ...]
    reasons: tuple[PoolReasonOption, ...]
    rules: tuple[Rule, ...]
    choices: tuple[Choice, ...] = ()
    overdue: tuple[Overdue, ...] = ()
    figures: tuple[CountryFigure, ...] = ()
    countries: frozenset[str] = frozenset()

    @cached_property
    def weights(self) -> Mapping[str, AskableWeight]:
        return {weight.key: weight for group in self.groups for weight in group.weights}

    @cached_property
    def by_rule(self) -> Mapping[str, Rule]:
        return {rule.key: rule for rule in self.rules}

    @cached_property
    def by_choice(self) -> Mapping[str, Choice]:
        return {choice.key: choice for choice in self.choices}

    @cached_property
    def by_figure(self) -> Mapping[str, CountryFigure]:
        return {figure.key: figure for figure in self.figures}

    def phrases(self, options: Mapping[str, str]) -> list[str]:
        """Return the options of a question inside a sentence, in the model's order."""
        return [
            phrase(choice, next(one for one in choice.options if one.key == options[choice.key]))
            for choice in self.choices
            if choice.key in options
        ]

    @property
    def root(self) -> AskableGroup:
        return self.groups[0]


def phrase(choice: Choice, option: Option) -> str:
    """Return an option inside a sentence: "child labor “own survey first”"."""
    name = choice.label if choice.label[-1:].isdigit() else labels.lowered(choice.label)
    return f"{name} “{option.label}”"


def groups_of(plan: Plan) -> tuple[AskableGroup, ...]:
    """Return the groups of a plan from the root down; a lone child is in none, as its weight is always 1."""
    return tuple(_groups(plan, plan.branches[-1], "")) if plan.root else ()


def _groups(plan: Plan, branch: Branch, parent: str) -> Iterator[AskableGroup]:
    percents = (100.0 * branch.weights / math.fsum(branch.weights.tolist())).tolist()
    weights = tuple(
        AskableWeight(*_named(plan, child), percent) for child, percent in zip(branch.children, percents, strict=True)
    )
    if len(weights) > 1:
        first, *others = (weight.label for weight in weights)
        label = f"Inside {_inside(branch.label)}" if parent else " against ".join([first, *map(_inside, others)])
        yield AskableGroup(branch.key, label, parent, weights)
    for child in branch.children:
        if not child.leaf:
            yield from _groups(plan, plan.branches[child.index], branch.key)


def _named(plan: Plan, child: Child) -> tuple[str, str]:
    item: Any = plan.criteria[child.index] if child.leaf else plan.branches[child.index]
    return item.key, item.label


def _inside(label: str) -> str:
    return label[:1].lower() + label[1:]
