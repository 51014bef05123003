"""First difference between two results, as text. Replay reports "identical" or the location of this difference."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .result import Result

_HEADINGS = {"countries": "country", "nodes": "node", "criteria": "criterion", "hurdles": "hurdle"}


DRAWN_WITHIN = 0.001
"""Largest difference allowed between shares of draws on machines whose processors round logarithms differently."""

_DRAWN = frozenset({"drawn", "rank_interval"})


def first_difference(a: Result | Mapping[str, Any], b: Result | Mapping[str, Any]) -> str | None:
    """None if two results are equal bit for bit, else the first place that differs with both values.

    Takes results or their `to_dict()`, also after a trip through JSON. Countries come before hashes and seeds, which
    differ because of what they summarize; within a country, criteria before nodes before the score. Under a
    method, shares of draws may differ by `DRAWN_WITHIN` and ends of an interval by one place; all else is exact.
    """
    plain_a, plain_b = (x.to_dict() if isinstance(x, Result) else x for x in (a, b))
    both_drawn = "drawn" in plain_a and "drawn" in plain_b
    return next(_differences(plain_a, plain_b, (), _DRAWN if both_drawn else frozenset()), None)


_ORDER = ("countries", "criteria", "hurdles", "nodes", "state", "u", "engine_version", "seed", "draws")


def _rank(key: str) -> tuple[int, str]:
    return (_ORDER.index(key), "") if key in _ORDER else (len(_ORDER), key)


def _differences(a: Any, b: Any, path: tuple[str, ...], loose: frozenset[str]) -> Iterator[str]:
    """Yield the locations that differ; those below a key of `loose` come from draws."""
    if isinstance(a, Mapping) and isinstance(b, Mapping):
        for key in sorted({*a, *b}, key=_rank):
            if key not in a or key not in b:
                yield f"{_describe_path((*path, key))} is only in the {'first' if key in a else 'second'} result"
            else:
                yield from _differences(a[key], b[key], (*path, key), loose)
    elif isinstance(a, list) and isinstance(b, list) and len(a) == len(b) and loose & set(path):
        for i, (one, other) in enumerate(zip(a, b, strict=True)):
            yield from _differences(one, other, (*path, str(i)), loose)
    elif (a != b and not (loose & set(path) and _near(a, b))) or isinstance(a, bool) != isinstance(b, bool):
        yield f"{_describe_path(path)} is {a!r} in the first result and {b!r} in the second"


def _near(a: Any, b: Any) -> bool:
    """Return whether two numbers from draws are as near as two machines may bring them."""
    if not all(isinstance(x, int | float) for x in (a, b)):
        return False
    if isinstance(a, int) and isinstance(b, int):
        return abs(a - b) <= 1
    # Stored shares are rounded: 0.501 and 0.5 are as near as 0.002 and 0.001, whatever their binary fractions are.
    return bool(round(abs(a - b), 9) <= DRAWN_WITHIN)


def _describe_path(path: tuple[str, ...]) -> str:
    """Return a path as text: ("countries", "GHA", "criteria", "cpi", "u") is "country GHA, criterion cpi: u"."""
    headings = []
    rest = list(path)
    while len(rest) > 1 and rest[0] in _HEADINGS:
        headings.append(f"{_HEADINGS[rest[0]]} {rest[1]}")
        rest = rest[2:]
    field = " ".join(rest)
    return ": ".join(part for part in (", ".join(headings), field) if part)
