"""States as data: buttons, REST interface, database guard, documentation and tests read the same table. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

from cpc.findings import Finding

Subject = TypeVar("Subject")
Check = Callable[[Subject, date], list[Finding]]


@dataclass(frozen=True, slots=True)
class Transition(Generic[Subject]):
    """One step from any of `sources` to `target`.

    `permission` is what an account needs for it. `checks` are asked on the day of the step; what they find with
    severity error stops it. A step that cannot be taken back says why in `final_because`.
    """

    name: str
    label: str
    sources: frozenset[str]
    target: str
    permission: str
    checks: tuple[Check[Subject], ...] = ()
    needs_reason: bool = False
    final_because: str = ""

    def findings(self, subject: Subject, on: date) -> list[Finding]:
        """What stands in the way of the step, and what to know before it."""
        return [finding for check in self.checks for finding in check(subject, on)]


@dataclass(frozen=True, slots=True)
class Lifecycle(Generic[Subject]):
    """All states, the first of them the beginning, and all steps.

    Raises `ValueError` where a name stands twice, a step names an unknown state, a state cannot be reached, or a
    step has neither a way back nor a reason why there is none.
    """

    states: tuple[str, ...]
    transitions: tuple[Transition[Subject], ...]

    def __post_init__(self) -> None:
        names = [transition.name for transition in self.transitions]
        if len(set(names)) != len(names):
            raise ValueError("Two transitions share a name.")
        for transition in self.transitions:
            unknown = {*transition.sources, transition.target} - set(self.states)
            if unknown:
                raise ValueError(f"{transition.name} names unknown states: {', '.join(sorted(unknown))}.")
            for source in transition.sources:
                if not transition.final_because and source not in self._reachable(transition.target):
                    raise ValueError(f"{transition.name} has no way back to {source} and does not say why.")
        lost = set(self.states) - self._reachable(self.states[0]) - {self.states[0]}
        if lost:
            raise ValueError(f"No transition leads to {', '.join(sorted(lost))}.")

    def _reachable(self, state: str) -> set[str]:
        reached: set[str] = set()
        waiting = [state]
        while waiting:
            here = waiting.pop()
            for transition in self.transitions:
                if here in transition.sources and transition.target not in reached:
                    reached.add(transition.target)
                    waiting.append(transition.target)
        return reached

    def named(self, name: str) -> Transition[Subject]:
        """The step of that name. Raises `KeyError` where there is none."""
        for transition in self.transitions:
            if transition.name == name:
                return transition
        raise KeyError(name)

    def leaving(self, state: str) -> tuple[Transition[Subject], ...]:
        """The steps that can be taken from a state, in the order of the table."""
        return tuple(transition for transition in self.transitions if state in transition.sources)

    def edges(self) -> tuple[tuple[str, str, str], ...]:
        """Every step as name, source and target, in a stable order."""
        return tuple((t.name, source, t.target) for t in self.transitions for source in sorted(t.sources))
