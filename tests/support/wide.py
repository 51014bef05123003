"""Parameters marked `wide`: `make test` leaves them out, `make test-full` runs them too.

`make test` runs every test function. Therefore only a parameter may have the mark, never a function or a module, and
no function may have only wide parameters.
"""

from __future__ import annotations

from collections import defaultdict

import pytest

WIDE = "wide"


def deselect_wide(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect wide parameters unless `--wide` is given or a test is named.

    Raises UsageError if a whole function is wide.
    """
    if any("::" in argument for argument in config.args):  # named tests may be a part of a function's parameters
        return
    wrong = wide_functions(items)
    if wrong:
        raise pytest.UsageError("Mark a parameter `wide`, never a function: " + ", ".join(wrong))
    if not config.getoption("wide"):
        left_out = [item for item in items if _is_wide(item)]
        items[:] = [item for item in items if not _is_wide(item)]
        config.hook.pytest_deselected(items=left_out)


def wide_functions(items: list[pytest.Item]) -> list[str]:
    """Return the functions marked directly or by their module, and those of which each parameter is marked."""
    functions: dict[str, list[pytest.Item]] = defaultdict(list)
    for item in items:
        functions[item.nodeid.partition("[")[0]].append(item)
    return [
        name
        for name, own in functions.items()
        if all(_is_wide(item) for item in own) or any(_is_wide(item) and not _by_parameter(item) for item in own)
    ]


def _is_wide(item: pytest.Item) -> bool:
    return item.get_closest_marker(WIDE) is not None


def _by_parameter(item: pytest.Item) -> bool:
    parameters = getattr(item, "callspec", None)
    marked = [mark for mark in parameters.marks if mark.name == WIDE] if parameters else []
    return len(marked) == len(list(item.iter_markers(WIDE)))
