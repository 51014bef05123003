"""Registration of the triggers that the models declare, in a time that grows with their number.

django-pgtrigger goes through all triggers to register one, which is a tenth of the time in which a process starts.
"""

from __future__ import annotations

from typing import Any

from pgtrigger import registry
from pgtrigger.apps import PGTriggerConfig


class IndexedRegistry(registry._Registry):
    """Registry that knows by which names its triggers are registered."""

    def __init__(self) -> None:
        self._by_table: dict[tuple[str, str], Any] = {}
        self._functions: set[str] = set()
        super().__init__()

    @property
    def by_db_table(self) -> dict[tuple[str, str], Any]:
        return self._by_table

    @property
    def pg_function_names(self) -> set[str]:
        return self._functions

    def __setitem__(self, uri: str, registered: tuple[Any, Any]) -> None:
        """Register a trigger of a model. Raise `KeyError` if its name is taken."""
        super().__setitem__(uri, registered)  # type: ignore[no-untyped-call]  # pgtrigger is untyped
        model, trigger = registered
        self._by_table[model._meta.db_table, trigger.name] = trigger
        self._functions.add(trigger.get_pgid(model))

    def __delitem__(self, uri: str) -> None:
        model, trigger = self[uri]
        super().__delitem__(uri)  # type: ignore[no-untyped-call]  # pgtrigger is untyped
        del self._by_table[model._meta.db_table, trigger.name]
        self._functions.discard(trigger.get_pgid(model))


class TriggersConfig(PGTriggerConfig):
    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        assert not registry._registry  # no model is imported yet
        registry._registry = IndexedRegistry()
