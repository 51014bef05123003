"""Room for nested calls, so that no loop of calls maps and unmaps memory again and again.

CPython keeps the local variables of running functions in chunks of 16 KB. When a call crosses the end of a chunk, a new
chunk is mapped, and the return unmaps it; a loop at that depth does both for each of its calls (python/cpython#142183,
mended in later releases). A request of the test client is nested deeply enough to meet such depths, which took a sixth
of the time of tests that request pages. Requests in production are less deeply nested, and hardly meet them.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from types import FunctionType
from typing import TypeVar

T = TypeVar("T")

CHUNK = 2**20
"""Bytes of the chunk; the calls have half of it. Memory is used only as far as calls reach."""
_POINTER = struct.calcsize("P")


def _call(function: Callable[[], T]) -> T:
    return function()


# A function that claims to need more than half of the chunk, since CPython doubles 16 KB until the claim fits.
_claiming = FunctionType(_call.__code__.replace(co_stacksize=CHUNK // 2 // _POINTER), globals())


def with_room(function: Callable[[], T]) -> T:
    """Call the function with a chunk of its own for all calls nested in it, and return its result."""
    result: T = _claiming(function)
    return result
