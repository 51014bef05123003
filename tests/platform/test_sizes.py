"""Sizes of modules, functions, and lines of templates.

A longer function gives its reason in a comment, `# One piece: ...`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from textwrap import indent

import pytest

from tests.architecture import APPS, ROOT

LONGEST_MODULE, LONGEST_FUNCTION, LONGEST_TEMPLATE_LINE = 400, 50, 220
REASON = re.compile(r"^\s*# One piece: \w", re.MULTILINE)


def wrong_functions(text: str) -> Iterator[str]:
    """Find functions that are too long and give no reason, and those that give one and are not."""
    lines = text.splitlines()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno is not None
            first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)]) - 1
            while first > 0 and lines[first - 1].strip().startswith("#"):
                first -= 1
            has_reason = REASON.search("\n".join(lines[first : node.end_lineno])) is not None
            length = node.end_lineno - node.lineno + 1
            if has_reason != (length > LONGEST_FUNCTION):
                yield f"{node.name}: {length} lines, {'a' if has_reason else 'no'} reason"


def modules_of(app: str) -> dict[str, str]:
    """Return the text of each module of an app by its path, without its migrations."""
    paths = (path for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts)
    return {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8") for path in sorted(paths)}


@pytest.mark.parametrize("app", APPS)
def test_no_module_has_more_than_400_lines(app: str) -> None:
    lengths = {path: len(text.splitlines()) for path, text in modules_of(app).items()}
    assert {path: length for path, length in lengths.items() if length > LONGEST_MODULE} == {}


def test_lines_of_templates_have_at_most_220_characters() -> None:
    lines = (
        (f"{path.relative_to(ROOT)}:{number}", len(line))
        for path in (ROOT / "templates").rglob("*.html")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
    )
    assert {place: length for place, length in lines if length > LONGEST_TEMPLATE_LINE} == {}


@pytest.mark.parametrize("app", APPS)
def test_a_function_of_more_than_50_lines_gives_its_reason(app: str) -> None:
    assert [f"{path}: {wrong}" for path, text in modules_of(app).items() for wrong in wrong_functions(text)] == []


FIFTY = "def f() -> None:\n" + "    x = 1\n" * 49
LONG = FIFTY + "    x = 2\n"
FOUND = ["f: 51 lines, no reason"]


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        pytest.param(LONG, FOUND, id="51 lines"),
        pytest.param(FIFTY, [], id="50 lines"),
        pytest.param("class C:\n" + indent(f"async {LONG}", "    "), FOUND, id="a method"),
        pytest.param(f"# One piece: a single statement.\n{LONG}", [], id="reason above"),
        pytest.param(f"# One piece: a statement\n# in one.\n@cache\n{LONG}", [], id="reason above a decorator"),
        pytest.param(f"{LONG}    # One piece: a single statement.\n    return\n", [], id="reason inside"),
        pytest.param(f"# One piece:\n{LONG}", FOUND, id="an empty reason"),
        pytest.param(f"# One piece: the line below.\nX = 1\n{LONG}", FOUND, id="reason of something else"),
        pytest.param(f"# One piece: was long.\n{FIFTY}", ["f: 50 lines, a reason"], id="reason without need"),
    ],
)
def test_a_long_function_is_found(text: str, wrong: list[str]) -> None:
    assert list(wrong_functions(text)) == wrong
