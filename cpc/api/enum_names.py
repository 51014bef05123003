"""Names of sets of choices in the schema: those of the classes that declare them.

Otherwise, a set is named after its fields, and a new resource with a field of the same name would rename it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from django.db import models

Choices = tuple[tuple[Any, str], ...]


def enum_names(taken: Collection[str]) -> dict[str, Choices]:
    """Return the choices of each class by the name in the schema; classes with the same choices have one name.

    `taken` are names and classes ("selection.models.StageChoice") that the settings give.
    """
    named: dict[str, Choices] = {}
    known = {_choices(cls) for cls in _classes() if cls.__qualname__ in {path.rpartition(".")[2] for path in taken}}
    for cls in sorted(_classes(), key=lambda cls: (cls.__name__, cls.__module__)):
        choices = _choices(cls)
        if choices in known:
            continue
        known.add(choices)
        name = f"{cls.__name__}Enum"
        if name in named or name in taken:
            name = f"{cls.__module__.split('.')[0].title()}{name}"
        named[name] = choices
    return named


def _choices(cls: type[models.Choices]) -> Choices:
    return tuple((value, str(label)) for value, label in cls.choices if value not in ("", None))


def _classes(base: type[models.Choices] = models.Choices) -> Iterator[type[models.Choices]]:
    """Yield every class of choices that the product declares."""
    for cls in base.__subclasses__():
        if cls.__module__.split(".")[0] in PRODUCT and len(cls):
            yield cls
        yield from _classes(cls)


PRODUCT = frozenset({"cpc", "indicators", "selection", "partnerships"})
