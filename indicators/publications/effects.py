"""Effects of publishing an import, in sentences.

Apps that import this one register theirs in `AppConfig.ready`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cpc.accounts.models import User
from indicators.models import Import

Tell = Callable[[Import, User], Sequence["Effect"]]


@dataclass(frozen=True, slots=True)
class Effect:
    """One effect: the sentence, and the kind of mark beside it (`good warn bad info none unknown`)."""

    words: str
    kind: str = "info"
    icon: str = ""


_tellers: dict[str, Tell] = {}


def register(key: str, tell: Tell) -> None:
    """Register `tell(batch, user)` for each preview; it returns only what `user` may see.

    Raises `ValueError` if taken.
    """
    if key in _tellers:
        raise ValueError(f"{key!r} is already registered; register each function once.")
    _tellers[key] = tell


def unregister(key: str) -> None:
    """Remove a registered function."""
    del _tellers[key]


def effects(batch: Import, user: User) -> list[Effect]:
    """Return the effects of publishing `batch`, those of this app first."""
    told = [effect for key in sorted(_tellers) for effect in _tellers[key](batch, user)]
    return [*_own(batch), *told]


_KEPT = "Rankings already computed don't change. To use these values, compute a new run."
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
    told = [
        Effect(words.format(_counted(batch.counts[key], "narrative" if key == "narratives" else noun)), kind, icon)
        for key, words, kind, icon in sentences
        if batch.counts.get(key)
    ]
    if programs:
        return [*told, Effect(_CONTEXT, "none", "lock")]
    is_new_to_rankings = batch.counts.get("new") or batch.counts.get("changed")
    return [*told, Effect(_KEPT if is_new_to_rankings else _UNTOUCHED, "none", "lock")]


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'s' * (count != 1)}"
