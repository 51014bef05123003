"""State machines as data, with checks assigned to transitions by name. Pure.

Buttons, the REST interface, database triggers, documentation, and tests read the same machine::

    # partnerships/states.py: plain data that models and triggers may import
    DIALOGUE = StateMachine(
        states=("planned", "ready", "held", "concluded", "canceled"),
        transitions=(
            Transition("set_ready", "Mark ready", {"planned"}, "ready", _EDIT, past="Marked ready"),
            ...
        ),
    )
    # partnerships/dialogues/preconditions.py: rules, which may read models
    DIALOGUE_CHECKS: Checks[DialogueFacts] = {"set_ready": (key_indicators_selected, ...), ...}
    # a service, a page, or an endpoint
    step_findings(DIALOGUE_CHECKS, "set_ready", dialogue_state(row), today)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from cpc.findings import Finding

Subject = TypeVar("Subject")
Check = Callable[[Subject, date], list[Finding]]
Checks = Mapping[str, tuple[Check[Subject], ...]]
"""Checks to run on the day of a step, by the name of its transition. A finding of severity error blocks the step."""


@dataclass(frozen=True, slots=True)
class Transition:
    """One step from any of `sources` to `target`, for accounts with `permission`.

    A step that no other step reverses gives the reason in `irreversible_because`. A step that takes back another one
    leads to the state before that one: `target`, or one of `back_to` (`cpc.audit.steps.with_target`). A step
    `by_another` decides on the record: no one who wrote, changed, or submitted part of it may take it
    (`cpc.audit.decidable`). Histories show the step by its `past` form, as in "Submitted".
    """

    name: str
    label: str
    sources: Set[str]
    target: str
    permission: str
    needs_reason: bool = False
    irreversible_because: str = ""
    by_another: bool = False
    back_to: Set[str] = frozenset()
    past: str = ""

    @property
    def targets(self) -> tuple[str, ...]:
        """Return every state to which the step can lead, `target` first."""
        return (self.target, *sorted(self.back_to))

    def leads_to(self, before: str | None) -> str:
        """Return the state to which the step leads.

        `before` is the state before the step that led to the current one, None if there was none.
        """
        return before if before is not None and before in self.back_to else self.target


@dataclass(frozen=True, slots=True)
class StateMachine:
    """All states, the initial one first, and all transitions in the order in which pages offer them.

    Raises `ValueError` for a name used twice, an unknown state, a state that no transition reaches, a transition that
    can't be reversed without a reason for it, and one without a past form where others have one.
    """

    states: tuple[str, ...]
    transitions: tuple[Transition, ...]

    def __post_init__(self) -> None:
        names = [transition.name for transition in self.transitions]
        if len(set(names)) != len(names):
            raise ValueError("Two transitions share a name.")
        unnamed = [transition.name for transition in self.transitions if not transition.past]
        if 0 < len(unnamed) < len(names):
            raise ValueError(f"No past form of {', '.join(unnamed)}.")
        for transition in self.transitions:
            unknown = {*transition.sources, *transition.targets} - set(self.states)
            if unknown:
                raise ValueError(f"{transition.name} names unknown states: {', '.join(sorted(unknown))}.")
            reached = set.intersection(*({target} | self._reachable(target) for target in transition.targets))
            for source in transition.sources:
                if not transition.irreversible_because and source not in reached:
                    raise ValueError(f"{transition.name} has no way back to {source} and gives no reason.")
        lost = set(self.states) - self._reachable(self.initial) - {self.initial}
        if lost:
            raise ValueError(f"No transition leads to {', '.join(sorted(lost))}.")

    def _reachable(self, state: str) -> set[str]:
        reached: set[str] = set()
        waiting = [state]
        while waiting:
            here = waiting.pop()
            for transition in self.transitions_from(here):
                new = set(transition.targets) - reached
                reached |= new
                waiting += new
        return reached

    @property
    def initial(self) -> str:
        return self.states[0]

    def transition(self, name: str) -> Transition:
        for transition in self.transitions:
            if transition.name == name:
                return transition
        raise KeyError(name)

    def transitions_from(self, state: str) -> tuple[Transition, ...]:
        return tuple(transition for transition in self.transitions if state in transition.sources)

    def transition_between(self, source: str, target: str) -> Transition | None:
        """Return the first transition from one state to another, None if there is none."""
        return next((step for step in self.transitions_from(source) if target in step.targets), None)

    def edges(self) -> tuple[tuple[str, str, str], ...]:
        """Return each step as name, source, and target, in a stable order."""
        return tuple(
            (t.name, source, target) for t in self.transitions for source in sorted(t.sources) for target in t.targets
        )

    def moves(self) -> tuple[tuple[str, str], ...]:
        """Return each pair of source and target once, in the order of `edges`."""
        return tuple(dict.fromkeys((source, target) for _, source, target in self.edges()))


def step_findings(checks: Checks[Subject], name: str, subject: Subject, on: date) -> list[Finding]:
    return [finding for check in checks.get(name, ()) for finding in check(subject, on)]
