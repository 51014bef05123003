"""Options of a method's choice, written and read as lines of plain text. Pure.

Each line has one setting: `value of KEY: SERIES`, `own series only: KEY, KEY`, `logarithm: KEY, KEY`, `label of KEY:
OLD as NEW`, `weight of KEY: POINTS`, `axes at percentiles: LOW to HIGH`, `arithmetic mean` or `axes as they are`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

Plain = dict[str, Any]

FLAGS: Mapping[str, str] = {"arithmetic": "arithmetic mean", "unscaled": "axes as they are"}
LISTS: Mapping[str, str] = {"own_only": "own series only", "log": "logarithm"}
PERCENTILES = "axes at percentiles"
HELP = (
    "One per line: “value of KEY: SERIES”, where a series may be “mean” or “pooled”, or of two surveys “own_first” or "
    "“newest”; “own series only: KEYS”; “logarithm: KEYS”; “label of KEY: OLD as NEW”; “weight of KEY: POINTS”; "
    "“axes at percentiles: LOW to HIGH”; “arithmetic mean”; “axes as they are”."
)


def written_option(option: Mapping[str, Any]) -> Iterator[str]:
    """Yield an option's changes, one line per change; none for the model's own option."""
    for key, series in option.get("values", ()):
        yield f"value of {key}: {series}"
    for name, prefix in LISTS.items():
        if option.get(name):
            yield f"{prefix}: {', '.join(option[name])}"
    for key, old, new in option.get("relabel", ()):
        yield f"label of {key}: {old} as {new}"
    for key, weight in option.get("weights", ()):
        yield f"weight of {key}: {weight:g}"
    if ends := option.get("percentiles"):
        yield f"{PERCENTILES}: {ends[0]:g} to {ends[1]:g}"
    for name, text in FLAGS.items():
        if option.get(name):
            yield text


def read_option(text: str) -> Plain:
    """Read the lines of one option. Raise `ValueError` that names the first line it cannot read."""
    option: Plain = {}
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            try:
                _take(option, " ".join(line.split()))
            except ValueError as error:
                raise ValueError(f"line {number}, “{line.strip()[:60]}”") from error
    return option


def _take(option: Plain, line: str) -> None:
    flag = next((name for name, text in FLAGS.items() if text == line.lower()), None)
    if flag:
        option[flag] = True
        return
    head, colon, rest = (part.strip() for part in line.partition(":"))
    kind, _, key = head.partition(" of ")
    several = next((name for name, prefix in LISTS.items() if prefix == head.lower()), None)
    if not colon or not rest:
        raise ValueError("no colon")
    if several:
        option.setdefault(several, []).extend(part.strip() for part in rest.split(",") if part.strip())
    elif kind == "value" and key:
        option.setdefault("values", []).append([key, rest])
    elif kind == "weight" and key:
        option.setdefault("weights", []).append([key, _number(rest)])
    elif head.lower() == PERCENTILES:
        low, _, high = rest.partition(" to ")
        option["percentiles"] = [_number(low), _number(high)]
    elif kind == "label" and key:
        old, _, new = (part.strip() for part in rest.partition(" as "))
        if not (old and new):
            raise ValueError("no second label")
        option.setdefault("relabel", []).append([key, old, new])
    else:
        raise ValueError("no such change")


def _number(text: str) -> float:
    value = float(text)
    return int(value) if value.is_integer() else value
