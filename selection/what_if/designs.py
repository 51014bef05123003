"""Designs of a question: the options that it fixes, those that its draws vary, and the values of each.

Official numbers are by the options that the question names, else by the model's own. In the draws of a run that draws
its designs, a named option holds throughout, and the other choices vary as in the run. An option that sets weights of
a group whose weights the question changes sets none: its designs take the question's weights, so that no draw goes
back on what was asked. The ends of axes between percentiles are found among the countries that the question ranks.
`js/what_if/designs.js` does the same in the browser.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from selection.scoring import Model
from selection.scoring.aggregate import Mean
from selection.scoring.estimates import CellEstimates, exact_cells
from selection.scoring.method import Choice, Option
from selection.scoring.robustness.all_in import overdue_of
from selection.scoring.robustness.designs import Assembly, DesignGrid
from selection.scoring.robustness.draws import Simulation
from selection.scoring.robustness.exact import OWN_AXES, AxisRule, axis_ends
from selection.scoring.robustness.levels import AS_OFFICIAL, Levels, taken
from selection.scoring.robustness.levels import Taken as TakenBy
from selection.scoring.robustness.mix import mix_of, mixed_laws, stilled
from selection.scoring.robustness.tables import spread
from selection.scoring.tree import Branch, Child, Plan
from selection.scoring.value_functions import FloatArray, Positions

from .askable import Askable, Overdue
from .changed_basis import ChangedBasis
from .question import Question

if TYPE_CHECKING:
    from selection.runs.queries.basis import Basis


def draws_designs(basis: Basis) -> bool:
    return basis.model.method.all_in


def choices_of(basis: Basis) -> tuple[Choice, ...]:
    """Return the choices that a question may fix: those that set no weight, of a run that draws its designs."""
    choices = basis.model.method.choices if draws_designs(basis) else ()
    return tuple(choice for choice in choices if not any(option.weights for option in choice.options))


def overdue_in(basis: Basis) -> tuple[Overdue, ...]:
    if not draws_designs(basis):
        return ()
    labels = {criterion.key: criterion.label for criterion in basis.result.plan.criteria}
    return tuple(Overdue(key, labels[key]) for key in overdue_of(cells_of(basis)))


def cells_of(basis: Basis) -> dict[str, CellEstimates]:
    return {
        item.criterion.key: basis.cells.get(item.criterion.key) or exact_cells(item) for item in basis.result.prepared
    }


def levels_of(basis: Basis) -> Levels:
    """Return the cells of every country by the ways in which designs take them."""
    labels = {
        item.criterion.key: item.column.labels for item in basis.result.prepared if item.column.labels is not None
    }
    everyone = np.arange(len(basis.result.countries))
    return Levels(cells_of(basis), basis.result.estimated.peers, labels, everyone)


def values_by(basis: Basis, key: str, way: TakenBy) -> FloatArray:
    """Return the values (n,) of a criterion taken in one way. A value that a question set moves its country alone."""
    u = levels_of(basis).of(key, way).u
    if isinstance(basis, ChangedBasis) and basis.rows:
        own, rows = u, list(basis.rows)
        u = levels_of(basis.held).of(key, way).u.copy()
        u[rows] = own[rows]
    return u


@dataclass(frozen=True)
class Taken:
    """A run as a question takes it: `plan` and `model` have its weights."""

    basis: Basis
    question: Question
    askable: Askable
    plan: Plan
    model: Model

    @cached_property
    def choices(self) -> tuple[Choice, ...]:
        """Return the choices with the options that draws vary: a single one where the question fixes it."""
        varied = []
        for choice in self.model.method.choices if draws_designs(self.basis) else ():
            asked = self.question.options.get(choice.key)
            options = choice.options if asked is None else [one for one in choice.options if one.key == asked]
            varied.append(replace(choice, options=tuple(self._with_own_weights(option) for option in options)))
        return tuple(varied)

    @property
    def fixed(self) -> tuple[Choice, ...]:
        """Return the choices with a single option: the one asked for, else the model's own."""
        return tuple(replace(choice, options=choice.options[:1]) for choice in self.choices)

    @cached_property
    def options(self) -> tuple[Option, ...]:
        return tuple(choice.options[0] for choice in self.fixed)

    def _with_own_weights(self, option: Option) -> Option:
        keys = {key for key, _ in option.weights}
        for group in self.askable.groups:
            of_group = {weight.key for weight in group.weights}
            if of_group & keys and of_group & set(self.question.weights):
                return replace(option, weights=())
        return option

    # ---- official numbers ------------------------------------------------------------------------------------------

    @cached_property
    def u(self) -> FloatArray:
        """Return the official values (n, J) by the options that were asked for."""
        result = self.basis.result
        u = result.u.copy()
        for j, criterion in enumerate(result.plan.criteria):
            way = taken(criterion.key, self.options)
            if way != AS_OFFICIAL:
                u[:, j] = values_by(self.basis, criterion.key, way)
        return u

    def plan_among(self, ranked: Positions) -> Plan:
        """Return the plan with the root of the options, its axes scaled among the countries at these positions."""
        rules = Assembly.of(self.options)
        root = self.plan.root
        if root is None or (rules.axes == OWN_AXES and not rules.arithmetic):
            return self.plan
        children = root.children
        if rules.axes != OWN_AXES:
            children = _rescaled(self.plan, root, self.u[ranked], rules.axes)
        mean = Mean(1.0, root.mean.floor) if rules.arithmetic else root.mean
        return replace(self.plan, branches=(*self.plan.branches[:-1], replace(root, mean=mean, children=children)))

    # ---- draws -----------------------------------------------------------------------------------------------------

    def simulation(self, positions: Positions, ranked: int, *, designs: bool) -> Simulation:
        """Return the draws of the countries at `positions`, the ranked ones first.

        Without `designs` they are of data and weights alone, in the one design that was asked for.
        """
        method = self.model.method
        cells = stilled(cells_of(self.basis), sorted(self.question.held))
        if not self.choices or not (designs or self.question.options):
            return Simulation(self.model, self.plan, spread(self.plan, cells, positions), ranked, method.first)
        grid = self.grid(positions[:ranked], cells, designs=designs)
        mix = mix_of(grid.model, self.plan, grid, grid.run())
        return Simulation(grid.model, self.plan, mixed_laws(self.plan, grid, positions), ranked, method.first, mix=mix)

    def grid(self, ranked: Positions, cells: Mapping[str, CellEstimates], *, designs: bool) -> DesignGrid:
        method = self.model.method
        model = replace(self.model, method=replace(method, choices=self.choices if designs else self.fixed))
        levels = levels_of(self.basis)
        return DesignGrid(model, self.plan, cells, levels.peers, levels.labels, ranked)


def _rescaled(plan: Plan, root: Branch, u: FloatArray, rule: AxisRule) -> tuple[Child, ...]:
    """Return the root's children with the spans that a rule gives them for the values u (m, J) of ranked countries."""
    ends = axis_ends(plan, u, None, rule)
    return tuple(
        child if child.span is None else replace(child, span=(float(low), float(high)))
        for child, (low, high) in zip(root.children, ends.tolist(), strict=True)
    )
