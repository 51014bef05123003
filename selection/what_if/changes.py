"""Changes of one country's figures in a question: values set, and published values withdrawn. Pure.

    value-KEN-births=48&value-KEN-ilab=Moderate Advancement&without-KEN-child_labour=activity

A set value is in the criterion's unit and counts as published today, without error. A withdrawn value is named by the
series behind it, or by `WHOLE` where a criterion has none.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

VALUE, WITHOUT = "value-", "without-"

WHOLE = "all"
"""Name of the withdrawn value of a criterion without series."""

MOST = 1e6
"""Greatest value, in any unit, that a question may set."""


@dataclass(frozen=True, slots=True)
class CountryFigure:
    """Criterion of which a question may change the value of a country.

    `labels` are its values from worst to best in `u`, empty for a number, which lies between `least` and `most`.
    `series` name what may be withdrawn; none where the criterion decides who is in the pool.
    """

    key: str
    label: str
    least: float = -MOST
    most: float = MOST
    labels: tuple[str, ...] = ()
    series: tuple[str, ...] = ()

    def hint(self) -> str:
        if self.labels:
            return f"Use one of: {', '.join(self.labels)}."
        return f"Enter a number from {self.least:g} to {self.most:,.0f}."


@dataclass(frozen=True)
class CountryChange:
    """Values set, by criterion: a number or a label; and series withdrawn, by criterion."""

    values: Mapping[str, float | str] = field(default_factory=dict)
    without: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.values or self.without)

    def to_dict(self) -> dict[str, Any]:
        without = {key: sorted(names) for key, names in sorted(self.without.items())}
        parts = {"values": dict(sorted(self.values.items())), "without": without}
        return {name: part for name, part in parts.items() if part}


Changes = Mapping[str, CountryChange]
"""Changes by country."""


class ChangeError(ValueError):
    """Invalid change of a figure; `hint` is the remedy for its field, "" if there is none."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


def pairs_of(changes: Changes, written: Callable[[float], str]) -> list[tuple[str, str]]:
    """Return changes as names and values of a URL."""
    pairs = []
    for code, change in sorted(changes.items()):
        for key, value in sorted(change.values.items()):
            pairs.append((f"{VALUE}{code}-{key}", value if isinstance(value, str) else written(value)))
        for key, names in sorted(change.without.items()):
            pairs += [(f"{WITHOUT}{code}-{key}", name) for name in sorted(names)]
    return pairs


def changes_in_query(
    values: Mapping[str, Sequence[str]], figures: Mapping[str, CountryFigure], countries: Iterable[str]
) -> dict[str, CountryChange]:
    """Read changes from URL parameters, of which an empty one changes nothing. Raise `ChangeError` for invalid ones."""
    found: dict[str, dict[str, Any]] = {}
    for name, given in values.items():
        prefix = next((one for one in (VALUE, WITHOUT) if name.startswith(one)), None)
        texts = [text.strip() for text in given if text.strip()]
        if prefix is None:
            continue
        code, key = _named(name.removeprefix(prefix), name)
        if texts:
            part = found.setdefault(code, {"values": {}, "without": {}})
            part["values" if prefix == VALUE else "without"][key] = texts[-1] if prefix == VALUE else texts
    return changes_in_dict(found, figures, countries)


def _named(rest: str, name: str) -> tuple[str, str]:
    code, dash, key = rest.partition("-")
    if not (code and dash and key):
        raise ChangeError(f"“{name}” names no country and figure. Use a name such as {VALUE}KEN-births.")
    return code, key


def changes_in_dict(
    data: Any, figures: Mapping[str, CountryFigure], countries: Iterable[str]
) -> dict[str, CountryChange]:
    """Read changes from plain data, by country. Raise `ChangeError` for invalid ones."""
    if not isinstance(data, Mapping) or not all(
        isinstance(part, Mapping)
        and not set(part) - {"values", "without"}
        and all(isinstance(of, Mapping) for of in part.values())
        for part in data.values()
    ):
        raise ChangeError("Give the changes of a country as values and without, both objects by criterion.")
    changes = {}
    for code, part in data.items():
        values = {
            str(key): _value(_known(str(code), str(key), figures, countries), given)
            for key, given in part.get("values", {}).items()
        }
        without = {
            str(key): _series(_known(str(code), str(key), figures, countries), given)
            for key, given in part.get("without", {}).items()
        }
        change = CountryChange(values, {key: names for key, names in without.items() if names})
        if change:
            changes[str(code)] = change
    return changes


def _known(code: str, key: str, figures: Mapping[str, CountryFigure], countries: Iterable[str]) -> CountryFigure:
    if code not in countries:
        raise ChangeError(f"This run has no country “{code}”. Use the three-letter code of a country of the run.")
    if key not in figures:
        raise ChangeError(f"This run has no figure “{key}” to change. Use one of: {', '.join(sorted(figures))}.")
    return figures[key]


def _value(figure: CountryFigure, given: Any) -> float | str:
    if figure.labels:
        if given not in figure.labels:
            raise ChangeError(f"{figure.label} cannot be “{given}”. {figure.hint()}", figure.hint())
        return str(given)
    try:
        number = float(given)
    except (TypeError, ValueError):
        number = math.nan
    if not figure.least <= number <= figure.most:
        raise ChangeError(f"{figure.label} is “{given}”. {figure.hint()}", figure.hint())
    return round(number, 4) + 0.0


def _series(figure: CountryFigure, given: Any) -> tuple[str, ...]:
    names = [str(name) for name in given] if isinstance(given, list | tuple) else [str(given)]
    if not figure.series:
        raise ChangeError(f"{figure.label} decides which countries are in the pool, so no question can withdraw it.")
    for name in names:
        if name not in figure.series:
            raise ChangeError(f"{figure.label} has no series “{name}”. Use one of: {', '.join(figure.series)}.")
    return tuple(sorted(set(names)))
