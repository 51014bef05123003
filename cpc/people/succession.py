"""Succession of agencies: each app registers the records to move when an agency closes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from cpc.accounts.models import Agency, User
from cpc.registry import Registry

Move = Callable[[Agency, Agency, User | None], int]
"""Function called with the closing agency, its successor, and the actor; returns the number of records moved.

It runs in the transaction that closes the agency, with both agencies locked, and records its own audit entries. It
moves only open records: positions and decisions stay with the agency that made them.
"""


@dataclass(frozen=True, slots=True)
class Mover:
    """A kind of record that moves to the successor.

    `label` is its plural name, such as "accounts".
    """

    label: str
    move: Move


@dataclass(frozen=True, slots=True)
class Moved:
    label: str
    count: int


movers: Registry[Mover] = Registry(key=lambda mover: mover.label)


def register(label: str, function: Move) -> Mover:
    """Register `function` to move the records called `label`; call this in `AppConfig.ready`."""
    return movers.add(Mover(label, function))


def labels() -> list[str]:
    return [mover.label for mover in movers.sorted(lambda mover: mover.label)]


def move_all(old: Agency, new: Agency, actor: User | None) -> list[Moved]:
    ordered = movers.sorted(lambda mover: mover.label)
    return [Moved(mover.label, mover.move(old, new, actor)) for mover in ordered]
