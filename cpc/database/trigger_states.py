"""Migrations of triggers that do not rebuild model classes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db.migrations.state import ProjectState
from pgtrigger.migrations import AddTrigger, RemoveTrigger

StateForwards = Callable[[Any, str, ProjectState], None]


@contextmanager
def no_classes_for_triggers() -> Iterator[None]:
    """Leave model classes as they are where an operation adds or removes a trigger.

    django-pgtrigger rebuilds the classes of the model and of all models related to it, as Django does for an index.
    A trigger is no part of a class, and no operation reads it from there. With some 500 triggers, rebuilding takes
    half of the time in which a new database is migrated.
    """
    originals: dict[type[Any], StateForwards] = {kind: kind.state_forwards for kind in (AddTrigger, RemoveTrigger)}
    for kind, original in originals.items():
        kind.state_forwards = _without_classes(original)
    try:
        yield
    finally:
        for kind, original in originals.items():
            kind.state_forwards = original


def _without_classes(original: StateForwards) -> StateForwards:
    def state_forwards(operation: Any, app_label: str, state: ProjectState) -> None:
        vars(state)["reload_model"] = lambda *_args, **_options: None
        try:
            original(operation, app_label, state)
        finally:
            del vars(state)["reload_model"]

    return state_forwards
