"""Frozen dataclasses to plain JSON and back, and the canonical JSON whose SHA-256 names a model or a snapshot.

The reader follows the dataclasses' own annotations. An unknown field, a missing field or a value of another type is
an error that names its place, so that a stored model is either read exactly or not at all.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import types
import typing
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from typing import Any

OMIT_DEFAULT: Mapping[str, Any] = {"omit_default": True}
"""Metadata of a field that came later: it is left out where it has its default, so that older hashes stay."""


class PlainDataError(ValueError):
    """Error: plain data does not describe the expected object. The message names the location and the remedy."""


def encode(value: Any) -> Any:
    """Turn a dataclass tree into dicts, lists, strings and numbers. A class with `kind` is tagged by it."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        plain = {
            field.name: encode(getattr(value, field.name))
            for field in dataclasses.fields(value)
            if not field.metadata.get("omit_default") or getattr(value, field.name) != field.default
        }
        kind = getattr(type(value), "kind", None)
        return plain if kind is None else {"kind": kind, **plain}
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, tuple | list):
        return [encode(item) for item in value]
    if isinstance(value, Mapping):
        return {str(key): encode(item) for key, item in value.items()}
    if isinstance(value, float):
        return value + 0.0  # -0.0 and 0.0 are one value and must have the same hash
    return value


def canonical_json(plain: Any) -> str:
    """Sorted keys, no spaces, shortest floats that read back exactly. Raise ValueError on NaN and infinity."""
    return json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def sha256_of(plain: Any) -> str:
    return hashlib.sha256(canonical_json(plain).encode()).hexdigest()


def decode(wanted: Any, data: Any, path: str = "model", _open: frozenset[int] = frozenset()) -> Any:
    """Build an object of the annotated type `wanted` from plain data; raises PlainDataError naming `path`."""
    if id(data) in _open:
        raise PlainDataError(f"{path}: contains itself (a cycle); give each node its own list of children")
    if isinstance(data, dict | list):
        _open |= {id(data)}
    options = _options(wanted)
    if len(options) > 1:
        return _decode_union(options, data, path, _open)
    if typing.get_origin(wanted) is tuple:
        return _decode_tuple(typing.get_args(wanted), data, path, _open)
    if dataclasses.is_dataclass(wanted) and isinstance(wanted, type):
        return _decode_dataclass(wanted, data, path, _open)
    return _decode_scalar(wanted, data, path)


def _options(wanted: Any) -> tuple[Any, ...]:
    if isinstance(wanted, types.UnionType) or typing.get_origin(wanted) is typing.Union:
        return typing.get_args(wanted)
    return (wanted,)


@cache
def _hints(wanted: type) -> dict[str, Any]:
    return typing.get_type_hints(wanted)


def _decode_union(options: tuple[Any, ...], data: Any, path: str, opened: frozenset[int]) -> Any:
    if data is None and type(None) in options:
        return None
    options = tuple(option for option in options if option is not type(None))
    tagged = {option.kind: option for option in options if hasattr(option, "kind")}
    if tagged:
        kind = data.get("kind") if isinstance(data, dict) else None
        if kind not in tagged:
            raise PlainDataError(f"{path}: kind is {kind!r}; use one of {', '.join(sorted(tagged))}")
        return _decode_dataclass(tagged[kind], data, path, opened)
    return decode(options[0], data, path, opened - {id(data)})


def _decode_tuple(arguments: tuple[Any, ...], data: Any, path: str, opened: frozenset[int]) -> tuple[Any, ...]:
    if not isinstance(data, list | tuple):
        raise PlainDataError(f"{path}: expected a list, got {data!r}")
    if arguments[-1] is Ellipsis:
        return tuple(decode(arguments[0], item, f"{path}[{i}]", opened) for i, item in enumerate(data))
    if len(data) != len(arguments):
        raise PlainDataError(f"{path}: expected {len(arguments)} items, got {len(data)}")
    return tuple(
        decode(wanted, item, f"{path}[{i}]", opened)
        for i, (wanted, item) in enumerate(zip(arguments, data, strict=True))
    )


def _decode_dataclass(wanted: type, data: Any, path: str, opened: frozenset[int]) -> Any:
    if not isinstance(data, dict):
        raise PlainDataError(f"{path}: expected an object, got {data!r}")
    fields = {field.name: field for field in dataclasses.fields(wanted)}
    given = {name: item for name, item in data.items() if not (name == "kind" and "kind" not in fields)}
    if unknown := sorted(set(given) - set(fields)):
        raise PlainDataError(f"{path}: unknown field {', '.join(unknown)}; known are {', '.join(fields)}")
    required = [f.name for f in fields.values() if f.default is f.default_factory is dataclasses.MISSING]
    if absent := [name for name in required if name not in given]:
        raise PlainDataError(f"{path}: missing field {', '.join(absent)}")
    label = f"{path}.{given['key']}" if isinstance(given.get("key"), str) else path
    hints = _hints(wanted)
    return wanted(**{name: decode(hints[name], item, f"{label}.{name}", opened) for name, item in given.items()})


def _decode_scalar(wanted: Any, data: Any, path: str) -> Any:
    if isinstance(wanted, type) and issubclass(wanted, StrEnum):
        try:
            return wanted(data)
        except ValueError:
            raise PlainDataError(f"{path}: {data!r} is not one of {', '.join(wanted)}") from None
    if wanted is float and isinstance(data, int | float) and not isinstance(data, bool):
        return float(data)
    if wanted in (int, str, bool) and type(data) is wanted:
        return data
    raise PlainDataError(f"{path}: expected {getattr(wanted, '__name__', wanted)}, got {data!r}")
