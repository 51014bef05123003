"""Scoring model as text: JSON read strictly, and its schema. Pure."""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

SCHEMA = Path(__file__).resolve().parent.parent / "reference" / "model.schema.json"
MOST_BYTES = 1024 * 1024
MOST_DIGITS = 15
"""Most digits of a number. Not every program that reads JSON preserves more."""

MOST_DEPTH = 24
"""Greatest depth of nested lists and objects. Only the rules of hurdles are nested deeply."""

_UNKEPT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
"""Characters that a model's text may not contain: control characters and lone surrogates."""


class ModelTextError(ValueError):
    """Text that cannot be read as a model. `code` is the code of a finding; the message gives the reason."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def parsed(text: bytes) -> dict[str, Any]:
    """Return JSON text as plain data.

    Raise `ModelTextError` if the text is too long, is not UTF-8 or JSON, is nested too deeply, is not an object, or
    repeats a name. NaN and infinities are read, so that `unkept` can report their location.
    """
    if len(text) > MOST_BYTES:
        raise ModelTextError("too_large", f"The file has {len(text):,} bytes; the limit for a model is {MOST_BYTES:,}.")
    try:
        data = json.loads(text.decode("utf-8-sig"), object_pairs_hook=_once, parse_int=_whole)
    except UnicodeDecodeError as error:
        raise ModelTextError("not_json", f"Byte {error.start + 1:,} is not valid UTF-8 text.") from error
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise ModelTextError("not_json", f"This is not valid JSON: {error.msg} ({where}).") from error
    except RecursionError as error:
        raise ModelTextError("too_deep", "The JSON is nested too deeply.") from error
    if not isinstance(data, dict):
        raise ModelTextError("not_json", "A model must be a JSON object.")
    return data


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    data = dict(pairs)
    if len(data) < len(pairs):
        name = next(name for name, count in Counter(name for name, _ in pairs).items() if count > 1)
        raise ModelTextError("duplicate_name", f"An object has the name “{name[:60]}” twice. Remove one.")
    return data


def _whole(text: str) -> int | float:
    # `unkept` reports a longer number with its location; Python never parses a number of a million digits.
    return int(text) if len(text.lstrip("-")) <= MOST_DIGITS else float(text)


def written(data: Mapping[str, Any]) -> bytes:
    """Return a model in table form as JSON text that `parsed` reads back to the same data."""
    return json.dumps(data, indent=1, ensure_ascii=False, allow_nan=False).encode() + b"\n"


@cache
def schema() -> dict[str, Any]:
    data: dict[str, Any] = json.loads(SCHEMA.read_text(encoding="utf-8"))
    return data


def object_schema(*path: str) -> Mapping[str, Any]:
    """Return the schema of one object of a model: that of an evidence rule is at "method", "rules".

    A name leads into the items of a list. Where the schema allows several kinds, the name of a kind comes next.
    """
    spec = schema()
    for name in path:
        if "oneOf" in spec:
            spec = next(kind for kind in spec["oneOf"] if kind["properties"]["kind"]["const"] == name)
        else:
            spec = spec["properties"][name]
        spec = spec.get("items", spec)
        if "$ref" in spec:
            spec = schema()["$defs"][spec["$ref"].rpartition("/")[2]]
    return spec


def unkept(data: Mapping[str, Any]) -> Iterator[tuple[str, str, tuple[Any, ...]]]:
    """Yield each value that cannot be stored: its code, the problem, and the path to it."""
    left: list[tuple[tuple[Any, ...], Any]] = [((), data)]
    while left:
        path, value = left.pop()
        if len(path) > MOST_DEPTH:
            yield "too_deep", f"is nested more than {MOST_DEPTH} levels deep.", path
            return
        if isinstance(value, Mapping):
            left += [((*path, name), inner) for name, inner in list(value.items())[::-1]]
            if any(_UNKEPT.search(str(name)) for name in value):
                yield "text", "a name has a character that cannot be stored. Remove it.", path
        elif isinstance(value, list | tuple):
            left += [((*path, index), value[index]) for index in reversed(range(len(value)))]
        elif isinstance(value, str) and _UNKEPT.search(value):
            yield "text", "the text has a character that cannot be stored. Remove it.", path
        elif isinstance(value, float) and not math.isfinite(value):
            yield "not_finite", f"{value} is not a number. Enter a finite number.", path
        elif isinstance(value, int | float) and abs(value) >= 10**MOST_DIGITS:
            yield "number_too_long", f"a number of more than {MOST_DIGITS} digits is too long.", path
