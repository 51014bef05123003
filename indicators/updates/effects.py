"""Effects of an update on what other apps compute, such as the ranking, before it is published.

Apps that import this one register theirs in `AppConfig.ready`. An effect is computed for the imports that are ticked
and the publication number of the data; with any other imports or number it is out of date.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from django.http import HttpRequest
from django.utils.safestring import SafeString, mark_safe

from cpc.accounts.models import User
from cpc.registry import Registry
from indicators.models import Update


@dataclass(frozen=True, slots=True)
class Asked:
    """Question about an update: the effect of publishing `imports` together, and of each of `ready` alone.

    `number` is the newest publication that the page read.
    """

    update: Update
    imports: tuple[int, ...]
    ready: tuple[int, ...]
    number: int


@dataclass(frozen=True, slots=True)
class EffectParts:
    """Parts of the page of an update: its answer, its details, and what each import would do alone.

    `is_known` tells whether the effect is there, so that the files may be published; `is_computing`, whether it is on
    its way. `answer` and `detail` are whole sections; `alone_label` heads the column of what each
    import would do alone.
    """

    is_known: bool
    is_computing: bool = False
    answer: SafeString = field(default_factory=lambda: mark_safe(""))
    detail: SafeString = field(default_factory=lambda: mark_safe(""))
    alone: Mapping[int, str] = field(default_factory=dict)
    alone_label: str = "Alone"


@dataclass(frozen=True, slots=True)
class UpdateEffects:
    """Effect that one app computes: `ask` starts computing it, `parts` returns None if it concerns nothing."""

    key: str
    ask: Callable[[Asked, User | None], object]
    parts: Callable[[HttpRequest, Asked], EffectParts | None]


effects: Registry[UpdateEffects] = Registry(key=lambda effect: effect.key)
register = effects.add
