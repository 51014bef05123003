"""The steps of a partnership, each with the status to which it leads now."""

from __future__ import annotations

from dataclasses import replace

from cpc.lifecycle import Transition
from partnerships.models import Partnership
from partnerships.states import PARTNERSHIP


def steps_from(partnership: Partnership) -> tuple[Transition, ...]:
    """Return the steps from a partnership's status, in the order in which pages offer them."""
    return tuple(_with_target(step, partnership) for step in PARTNERSHIP.transitions_from(partnership.status))


def step_named(partnership: Partnership, name: str) -> Transition:
    """Return the step of that name. Raises `KeyError` if there is none."""
    return _with_target(PARTNERSHIP.transition(name), partnership)


def _with_target(step: Transition, partnership: Partnership) -> Transition:
    """Return the step with its target; only a step that takes back another one needs the newest step."""
    return replace(step, target=step.leads_to(status_before(partnership))) if step.back_to else step


def status_before(partnership: Partnership) -> str | None:
    """Return the status before the newest step, or None before any step."""
    newest = partnership.status_changes.order_by("-pk").values_list("from_status", flat=True)
    return newest.first()
