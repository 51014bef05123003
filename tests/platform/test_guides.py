"""Guides: each Python block compiles, and each name that it imports from the project exists."""

from __future__ import annotations

import ast
import re
import textwrap
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest
from django.conf import settings

from tests.wording import APPS

GUIDES = ("CONTRIBUTING.md", "docs/pages.md")
OWN = {"indicators.sources.school_meals"}
"""Modules that an example of the guides creates."""


def blocks(guide: str) -> list[tuple[int, str]]:
    """Return the line and the text of each Python block."""
    text = (Path(settings.BASE_DIR) / guide).read_text(encoding="utf-8")
    found = re.finditer(r"^( *)```python\n(.*?)^\1```$", text, re.MULTILINE | re.DOTALL)
    return [(text.count("\n", 0, one.start()) + 2, textwrap.dedent(one[2])) for one in found]


BLOCKS = [
    pytest.param(block, id=f"{Path(guide).stem}-line-{line}".lower())
    for guide in GUIDES
    for line, block in blocks(guide)
]


def parsed(block: str) -> ast.Module:
    """Return the tree of a block: statements, or the arguments of a call or entries of a mapping."""
    for form in ("{}", "f(\n{}\n)", "{{\n{}\n}}"):
        try:
            return ast.parse(form.format(block))
        except SyntaxError as found:
            error = found
    raise error


def test_each_guide_has_blocks() -> None:
    assert all(len(blocks(guide)) > 5 for guide in GUIDES)


@pytest.mark.parametrize("block", BLOCKS)
def test_a_block_compiles_and_what_it_imports_exists(block: str) -> None:
    for node in ast.walk(parsed(block)):
        if isinstance(node, ast.ImportFrom) and node.module and node.module not in OWN:
            if node.module.partition(".")[0] not in (*APPS, "tests"):
                continue
            module = import_module(node.module)
            missing = [
                alias.name
                for alias in node.names
                if not hasattr(module, alias.name)
                and not (hasattr(module, "__path__") and find_spec(f"{node.module}.{alias.name}"))
            ]
            assert missing == [], f"{node.module} has no such names"
