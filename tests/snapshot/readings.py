"""Readings, problems, and locators of every publisher's file, one per line."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from indicators.sources.documents import Document, UnreadableFile
from indicators.sources.registry import ADAPTERS


def write(data: Path, folder: Path) -> int:
    """Write a text for each file below `data`, and return the number of files."""
    folder.mkdir(parents=True)
    adapters = [
        f"{one.key} {_line(one.source)}\n" + "".join(f"  {_line(i)}\n" for i in one.indicators) for one in ADAPTERS
    ]
    (folder / "adapters.txt").write_text("".join(adapters), encoding="utf-8")
    files = sorted(path for path in data.rglob("*") if path.is_file())
    for path in files:
        target = folder / path.relative_to(data).with_name(f"{path.name}.txt")
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("w", encoding="utf-8") as out:
            out.writelines(f"{line}\n" for line in _read(Document(path)))
    return len(files)


def _read(document: Document) -> Iterator[str]:
    for adapter in ADAPTERS:
        try:
            claim = adapter.recognize(document)
            if claim is None:
                continue
            yield f"{adapter.key} {_line(claim)}"
            result = adapter.read(document)
        except UnreadableFile as fault:
            yield f"{adapter.key} refuses: {_line(vars(fault))}"
            continue
        lists = {name: value for name, value in _fields(result) if isinstance(value, list)}
        yield _line({name: value for name, value in _fields(result) if name not in lists})
        for name, values in lists.items():
            yield f"{name}: {len(values)}"
            yield from (f"  {_line(value)}" for value in values)


def _line(value: Any) -> str:
    return json.dumps(_plain(value), ensure_ascii=False)


def _plain(value: Any) -> Any:
    """Return an object as JSON data, without fields that have their default value."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        defaults = {field.name: field.default for field in dataclasses.fields(value)}
        return {name: _plain(value) for name, value in _fields(value) if value != defaults[name] and value != []}
    if isinstance(value, dict):
        return {str(key): _plain(value) for key, value in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value if isinstance(value, bool | int | float | str) or value is None else str(value)


def _fields(value: Any) -> list[tuple[str, Any]]:
    return [(field.name, getattr(value, field.name)) for field in dataclasses.fields(value)]
