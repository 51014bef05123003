"""Model: a tree of weighted criteria with its policies and hurdles, as plain data.

A model is built in code or read with `Model.from_dict`. `Model.to_dict` writes it back without loss, and `Model.hash`
identifies it. `validation.validate` lists a model's errors.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property, lru_cache
from typing import Any, ClassVar

from .canonical_json import (
    OMIT_DEFAULT,
    canonical_json,
    decode,
    encode,
    sha256_of,
)
from .hurdles import Hurdle
from .method import Estimate, Method
from .missing import MissingPolicy
from .value_functions import ValueFunction


class Aggregation(StrEnum):
    """Aggregation: the way a node combines its children's scores into one."""

    ARITHMETIC = "arithmetic"
    GEOMETRIC = "geometric"
    GENERALISED = "generalised"


class CoverageMode(StrEnum):
    """Coverage by weight through the tree, or by the number of a node's own children that have a score."""

    WEIGHT = "weight"
    COUNT = "count"


@dataclass(frozen=True)
class Criterion:
    """Criterion, a leaf of the tree: one indicator, its value function, and its missing-data policy.

    `weight` is local, relative to its siblings; 0 shows the criterion without counting it. `indicator` is the code of
    the indicator that supplies its values, not read by the engine. A value older than `max_age` years is missing
    (`MissingPolicy` CARRY may still accept it); None accepts any age. A criterion with an `estimate` uses neither its
    age limit nor its policy: age is in the error, and peers fill the gaps.
    """

    kind: ClassVar[str] = "criterion"
    key: str
    label: str
    value_function: ValueFunction
    weight: float = 1.0
    missing: MissingPolicy = field(default_factory=MissingPolicy)
    indicator: str = ""
    max_age: float | None = None
    note: str = ""
    estimate: Estimate | None = field(default=None, metadata=OMIT_DEFAULT)


@dataclass(frozen=True)
class Node:
    """An inner node. `weight` is local, relative to its siblings.

    `tau` is the coverage below which the node has no score (None: the model's default). `p` is the exponent of a
    generalised mean, 0 being geometric. A geometric mean, or one with p <= 0, first maps a child's u to
    floor + (1 - floor) u, so that one zero does not end all; a child that is itself such a mean lies above the
    floor already and enters as it is. A country without a score in a `required` node is not ranked.
    A node with a `span` (low, high) enters its parent as an axis: clip((score - low)/(high - low), 0, 1).
    The weights of its children are drawn with its own `concentration`, if it has one, instead of the model's.
    """

    kind: ClassVar[str] = "node"
    key: str
    label: str
    children: tuple[Node | Criterion, ...]
    weight: float = 1.0
    aggregation: Aggregation = Aggregation.ARITHMETIC
    p: float = 1.0
    floor: float = 0.01
    tau: float | None = None
    required: bool = False
    span: tuple[float, float] | None = field(default=None, metadata=OMIT_DEFAULT)
    concentration: float | None = field(default=None, metadata=OMIT_DEFAULT)


@dataclass(frozen=True)
class Model:
    """A whole model.

    `root_tau` and `node_tau` are default coverage thresholds. Weight uncertainty is a Dirichlet for each parent with
    concentration `dirichlet_c`, or, where that is None, the concentration at which a typical weight of the parent
    has relative standard deviation `rho`: c = (n-1)/rho^2 - 1. A node's own concentration replaces both. `draws` is
    the default number of draws. `method` decides which countries are ranked, and what the draws vary.
    """

    key: str
    version: str
    root: Node
    hurdles: tuple[Hurdle, ...] = ()
    root_tau: float = 0.67
    node_tau: float = 0.5
    coverage_mode: CoverageMode = CoverageMode.WEIGHT
    dirichlet_c: float | None = None
    rho: float = 0.25
    draws: int = 10_000
    method: Method = field(default_factory=Method)

    def to_dict(self) -> dict[str, Any]:
        """Return plain data that `from_dict` reads back to an equal model."""
        # Reading it back makes 1 and 1.0 the same number, as the annotations say, before anything is hashed.
        plain: dict[str, Any] = encode(decode(type(self), encode(self)))
        return plain

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Model:
        """Read a model. Raise PlainDataError, with the location, for an unknown field, a wrong type or a cycle."""
        try:
            return _read(canonical_json(data))
        except (TypeError, ValueError):
            model: Model = decode(cls, dict(data))  # raises an error that names the location
            return model

    @cached_property
    def hash(self) -> str:
        """Return the SHA-256 of the canonical JSON. Raise ValueError if a number is NaN or infinite."""
        return sha256_of(self.to_dict())

    def walk(self) -> Iterator[tuple[Node | Criterion, tuple[str, ...]]]:
        """Yield every node and criterion with its path of keys from the root, parents first, in model order."""
        yield from self._items

    @cached_property
    def _items(self) -> tuple[tuple[Node | Criterion, tuple[str, ...]], ...]:
        return tuple(_walk(self.root, ()))

    @cached_property
    def criteria(self) -> tuple[Criterion, ...]:
        return tuple(item for item, _ in self.walk() if isinstance(item, Criterion))


@lru_cache(maxsize=64)
def _read(text: str) -> Model:
    """Read a model from canonical JSON, once: pages and runs ask for the same few models again and again."""
    model: Model = decode(Model, json.loads(text))
    return model


def _walk(item: Node | Criterion, above: tuple[str, ...]) -> Iterator[tuple[Node | Criterion, tuple[str, ...]]]:
    path = (*above, item.key)
    yield item, path
    if isinstance(item, Node):
        for child in item.children:
            yield from _walk(child, path)
