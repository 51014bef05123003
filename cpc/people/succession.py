"""What moves when an agency closes and another follows it: each app registers what it keeps for agencies."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from cpc.accounts.models import Agency, User
from cpc.registry import Registry

Move = Callable[[Agency, Agency, User | None], int]
"""Called with the agency that closes, its successor and who closes it; returns how many things it moved.

It runs in the transaction that closes the agency, with both agencies locked, leaves its own entries in the audit
trail, and moves only what is open: what was said or decided stays with the agency that said it.
"""


@dataclass(frozen=True, slots=True)
class Mover:
    """One kind of thing that follows to the successor; `label` is its plural in words, such as "accounts"."""

    label: str
    move: Move


@dataclass(frozen=True, slots=True)
class Moved:
    """How many things of a kind followed."""

    label: str
    count: int


movers: Registry[Mover] = Registry(key=lambda mover: mover.label)


def register(label: str, function: Move) -> Mover:
    """Have `function` move the things called `label`. To be called in `AppConfig.ready`."""
    return movers.add(Mover(label, function))


def labels() -> list[str]:
    """What would follow, in words."""
    return [mover.label for mover in movers.sorted(lambda mover: mover.label)]


def move_all(old: Agency, new: Agency, actor: User | None) -> list[Moved]:
    """Move everything that is registered, in the caller's transaction."""
    found = movers.sorted(lambda mover: mover.label)
    return [Moved(mover.label, mover.move(old, new, actor)) for mover in found]
