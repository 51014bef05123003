"""Taking a narrative's recommendations apart, whatever separates them.

The reports have used four shapes: one paragraph split by semicolons (to 2018 and later in places), bullets inside
one paragraph, one bullet a line, and bare paragraphs. Bullets decide before semicolons, because an item with
bullets may hold semicolons of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from indicators.sources.base import RecommendationReading
from indicators.sources.tip_narratives.blocks import Block

_INLINE_BULLET = re.compile(r"\s+[*\u2022\u25aa]\s+")
_JOINING_AND = re.compile(r"^and\b,?\s*", re.I)

# Words a recommendation opens with, for narratives whose recommendations stand under no heading.
_OPENINGS = frozenset(
    (  # noqa: SIM905
        "accede adopt allocate allow amend appoint approve assign build cease collaborate collect complete conduct "
        "continue convict coordinate create criminalize cut decrease dedicate develop direct disseminate encourage "
        "end enact enforce ensure enhance establish expand expedite finalize finance fully fund harmonize hold "
        "identify implement improve increase inform initiate institute institutionalize intensify investigate issue "
        "maintain make provide prohibit promote prosecute publish raise redouble reduce refer reform remove repeal "
        "require respecting restrict review revise screen seek significantly sentence standardize stop strengthen "
        "substantially take train update use vigorously widely work"
    ).split()
)


def under_no_heading(blocks: Sequence[Block]) -> int:
    """Where among the blocks before the first heading the recommendations start; their number where nowhere.

    The first block is always the narrative's opening. A block is taken for recommendations where it has bullets
    or opens with a verb that recommends.
    """
    for index, block in enumerate(blocks[1:], start=1):
        first = block.text.split(maxsplit=1)[0].strip(",;:").casefold()
        if block.bullet or _INLINE_BULLET.search(block.text) or first in _OPENINGS:
            return index
    return len(blocks)


def split(blocks: Sequence[Block]) -> list[RecommendationReading]:
    """The recommendations in order. The last one is `cut` where the text breaks off inside it."""
    found: list[RecommendationReading] = []
    lines = [block for block in blocks if block.text]
    bulleted = any(block.bullet for block in lines)
    for index, block in enumerate(lines):
        if bulleted and not block.bullet and index and not lines[index - 1].closed:
            found[-1].text = f"{found[-1].text} {block.text}"
            continue
        for number, (offset, text) in enumerate(_items(block, alone=len(lines) == 1), start=1):
            found.append(RecommendationReading(text, block.place(offset, "item", number)))
    if found and lines[-1].cut and not lines[-1].closed:
        found[-1].cut = True
    return found


def _items(block: Block, *, alone: bool) -> Iterator[tuple[int, str]]:
    """The items of one block with their offsets."""
    if _INLINE_BULLET.search(block.text):
        marks = [(m.start(), m.end()) for m in _INLINE_BULLET.finditer(block.text)]
    elif alone and not block.bullet:
        marks = [(at, at + 1) for at in _semicolons(block.text)]
    else:
        marks = []
    start = 0
    for end, after in [*marks, (len(block.text), len(block.text))]:
        piece = block.text[start:end]
        begin = start + len(piece) - len(piece.lstrip())
        joining = _JOINING_AND.match(block.text[begin:end]) if start else None
        begin += joining.end() if joining else 0
        text = block.text[begin:end].strip()
        if text:
            yield begin, text
        start = after


def _semicolons(text: str) -> list[int]:
    """Places of the semicolons outside brackets."""
    depth = 0
    found: list[int] = []
    for at, mark in enumerate(text):
        if mark in "([":
            depth += 1
        elif mark in ")]":
            depth = max(0, depth - 1)
        elif mark == ";" and not depth:
            found.append(at)
    return found
