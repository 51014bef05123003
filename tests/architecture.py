"""Drawing of the rooms in docs/rooms.svg and their table in docs/architecture.md, from the import contracts.

`python -m tests.architecture` writes both. Layers come from the contracts of import-linter in pyproject.toml, and the
sentence on a room from the docstring of its package. `tests/platform/test_architecture.py` fails if either is
outdated.
"""

from __future__ import annotations

import ast
import textwrap
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PICTURE = ROOT / "docs" / "rooms.svg"
PAGE = ROOT / "docs" / "architecture.md"
APPS = ("partnerships", "selection", "indicators", "cpc")
MARKS = ("<!-- rooms: written by python -m tests.architecture -->\n", "<!-- end of rooms -->\n")

COLUMN, GAP, LINE, EDGE = 244, 16, 16, 12
CHARACTERS = 36  # that fit into a column at 12 px
COLORS = {"top": "#e7eaee", "room": "#d6e6f7", "foundation": "#f3e6c4"}
KINDS = {"top": "composition: URLs, registrations, facades", "room": "rooms", "foundation": "foundation"}


@dataclass(frozen=True, slots=True)
class Layer:
    """Modules of one layer: they may import what is below them, and not each other."""

    modules: tuple[str, ...]
    kind: str


def contracts() -> list[dict[str, object]]:
    """Return the contracts of import-linter."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    found: list[dict[str, object]] = settings["tool"]["importlinter"]["contracts"]
    return found


def layers_of(app: str) -> list[Layer]:
    """Return the layers of an app from top to bottom; the kernel has no rooms, only a foundation."""
    order = next(_names(c["layers"]) for c in contracts() if c.get("containers") == [app])
    modules = [tuple(name.strip(" ()") for name in layer.split("|")) for layer in order]
    rooms = [level for level, names in enumerate(modules) if app != "cpc" and set(names) & rooms_of(app)]
    first, last = (rooms[0], rooms[-1]) if rooms else (1, 0)
    return [
        Layer(names, "top" if level < first else "room" if level <= last else "foundation")
        for level, names in enumerate(modules)
    ]


def rooms_of(app: str) -> set[str]:
    """Return the folders of an app that have the module names of a room."""
    inside = next(c for c in contracts() if str(c["name"]).startswith("Inside each room"))
    paths = [name.split(".") for name in _names(inside["containers"])]
    return {path[1] for path in paths if path[0] == app and len(path) == 2}


def picture() -> str:
    """Return the drawing: one column for each app, one box for each layer."""
    drawn = [list(_column(app, EDGE + number * (COLUMN + GAP))) for number, app in enumerate(APPS)]
    height = max(bottom for column in drawn for bottom, _ in column) + 2 * LINE + EDGE
    width = 2 * EDGE + len(APPS) * (COLUMN + GAP) - GAP
    key = "".join(_key(number, kind, height) for number, kind in enumerate(KINDS))
    body = "\n".join(part for column in drawn for _, part in column)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        'font-family="system-ui, -apple-system, Segoe UI, Helvetica, Arial, sans-serif" font-size="12" fill="#1b1b1b" '
        'role="img" aria-labelledby="t">\n'
        '<title id="t">Rooms and foundation of each app, from the import contracts</title>\n'
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>\n{body}\n{key}</svg>\n'
    )


def _column(app: str, left: int) -> Iterator[tuple[int, str]]:
    """Yield the bottom and the drawing of each part of a column."""
    arrow = " →" if app != APPS[-1] else ""
    yield 0, f'<text x="{left}" y="26" font-size="17" font-weight="bold">{app}{arrow}</text>'
    top = 38
    for layer in layers_of(app):
        lines = textwrap.wrap(", ".join(layer.modules), CHARACTERS)
        height = len(lines) * LINE + 6
        box = f'<rect x="{left}" y="{top}" width="{COLUMN}" height="{height}" rx="3" fill="{COLORS[layer.kind]}"/>'
        texts = "".join(
            f'<text x="{left + 8}" y="{top + 15 + LINE * number}">{escape(line)}</text>'
            for number, line in enumerate(lines)
        )
        yield top + height, box + texts
        top += height + 3


def _key(number: int, kind: str, height: int) -> str:
    left, top = EDGE + 300 * number, height - LINE - EDGE
    return (
        f'<rect x="{left}" y="{top}" width="14" height="14" rx="3" fill="{COLORS[kind]}"/>'
        f'<text x="{left + 20}" y="{top + 12}">{KINDS[kind]}</text>\n'
    )


def table() -> str:
    """Return the rooms of each app from top to bottom as a table, with the first sentence of their docstrings."""
    lines = ["| room | holds |", "| --- | --- |"]
    for app in APPS[:-1]:
        rooms = [name for layer in layers_of(app) for name in layer.modules if name in rooms_of(app)]
        lines += [f"| [`{app}/{name}`](../{app}/{name}) | {_sentence(app, name)} |" for name in rooms]
    return "\n".join(lines) + "\n"


def page() -> str:
    """Return docs/architecture.md with the current table."""
    text = PAGE.read_text(encoding="utf-8")
    before, rest = text.split(MARKS[0])
    return before + MARKS[0] + "\n" + table() + "\n" + MARKS[1] + rest.split(MARKS[1])[1]


def _sentence(app: str, room: str) -> str:
    source = (ROOT / app / room / "__init__.py").read_text(encoding="utf-8")
    return (ast.get_docstring(ast.parse(source)) or "").partition("\n")[0]


def _names(value: object) -> list[str]:
    assert isinstance(value, list)
    return [str(name) for name in value]


if __name__ == "__main__":
    PICTURE.write_text(picture(), encoding="utf-8")
    PAGE.write_text(page(), encoding="utf-8")
