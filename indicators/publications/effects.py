"""Effects of publishing an import, in sentences.

Apps that import this one register theirs in `AppConfig.ready`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cpc.accounts.models import User
from cpc.web.formats import count_of
from indicators.models import Import

Provider = Callable[[Import, User], Sequence["Effect"]]


@dataclass(frozen=True, slots=True)
class Effect:
    """One effect: the sentence, and the kind of mark beside it (`good warn bad info none unknown`)."""

    text: str
    kind: str = "info"
    icon: str = ""


_providers: dict[str, Provider] = {}


def register(key: str, provide: Provider) -> None:
    """Register `provide(batch, user)` for each preview; it returns only what `user` may see.

    Raises `ValueError` if taken.
    """
    if key in _providers:
        raise ValueError(f"{key!r} is already registered; register each function once.")
    _providers[key] = provide


def effects(batch: Import, user: User) -> list[Effect]:
    """Return the effects of publishing `batch`, those of this app first."""
    others = [effect for key in sorted(_providers) for effect in _providers[key](batch, user)]
    return [*_own(batch), *others]


_UNCHANGED_RUNS = "Rankings already computed don't change. A new one counts these values if the ranking reads them."
_CONTEXT = "Rankings don't change, because programs are context and are not scored."
_UNTOUCHED = "Rankings don't change, because no value changes."


def _own(batch: Import) -> list[Effect]:
    sentences = (
        ("new", "{} will be added.", "info", "add_circle_outline"),
        ("changed", "{} will be replaced. The earlier versions stay on file.", "warn", ""),
        (
            "older",
            "{} from an older edition will be stored but not used, because a later edition is in use.",
            "none",
            "history",
        ),
        ("unchanged", "{} will stay, with this file as another source.", "good", ""),
        ("narratives", "{} will be ready for an analyst to confirm.", "info", "visibility"),
    )
    programs = bool(batch.counts.get("programs"))
    noun = "program" if programs else "value"
    effects = [
        Effect(text.format(count_of(batch.counts[key], "narrative" if key == "narratives" else noun)), kind, icon)
        for key, text, kind, icon in sentences
        if batch.counts.get(key)
    ]
    if programs:
        return [*effects, Effect(_CONTEXT, "none", "lock")]
    is_new_to_rankings = batch.counts.get("new") or batch.counts.get("changed")
    return [*effects, Effect(_UNCHANGED_RUNS if is_new_to_rankings else _UNTOUCHED, "none", "lock")]
