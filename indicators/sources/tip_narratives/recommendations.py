"""Splitting of a narrative's recommendations, with any separator.

The reports have used four formats: one paragraph split by semicolons (to 2018, and in some later ones), bullets
inside one paragraph, one bullet per line, and bare paragraphs. Bullets take precedence over semicolons, because an
item with bullets may have semicolons of its own. A bullet may be a hyphen or a dash. A text taken from a page or a
PDF may have lost the break between two items ("children.Increase"): a sentence that opens like a recommendation
begins a new one there, and in a paragraph without any bullets.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from indicators.sources.base import RecommendationReading
from indicators.sources.tip_narratives.blocks import BULLET, DASHES, MARKS, Block

# A dash is a bullet only between two sentences, since it also separates parts of one.
_INLINE_BULLET = re.compile(rf"\s+[*{MARKS}]\s+|(?<=[.;!?])\s*[{DASHES}]\s+(?=[A-Z])")
_GLUED = re.compile(r"(?<=[a-z)\]\u201d\u2019]\.)(?=[A-Z])")
_NEXT_SENTENCE = re.compile(r"(?<=[a-z)\]\u201d\u2019]\.)\s+(?=[A-Z])")
_JOINING_AND = re.compile(r"^and\b,?\s*", re.I)

# Opening verbs of recommendations, for narratives without a heading above them.
_OPENINGS = frozenset(
    (  # noqa: SIM905  # a list of words is easier to read as text
        "accede adopt allocate allow amend appoint approve assign build cease collaborate collect complete conduct "
        "continue convict coordinate create criminalize cut decrease dedicate develop direct disseminate encourage "
        "end enact enforce ensure enhance establish expand expedite finalize finance fully fund harmonize hold "
        "identify implement improve increase inform initiate institute institutionalize intensify investigate issue "
        "maintain make provide prohibit promote prosecute publish raise redouble reduce refer reform remove repeal "
        "require respecting restrict review revise screen seek significantly sentence standardize stop strengthen "
        "substantially take train update use vigorously widely work"
    ).split()
)

# Further verbs that open a recommendation, but may open another sentence of the narrative as well.
_FURTHER_OPENINGS = frozenset(
    (  # noqa: SIM905  # a list of words is easier to read as text
        "actively address adequately aggressively align assist authorize become begin better bolster bring broaden "
        "certify clearly compile consider consistently convene cooperate de-link designate devote disaggregate "
        "disallow disburse draft drastically educate effectively eliminate empower engage enter exclude exempt "
        "explicitly explore extend facilitate fill fix follow forge formalize formally foster further gazette grant "
        "impose incentivize include incorporate integrate launch legally license lift modify monitor negotiate obtain "
        "offer open partner pass penalize prioritize proactively produce promptly promulgate protect publicize punish "
        "pursue re-establish re-issue reassess refine regularly regulate reinvigorate release replace replicate "
        "report research respect respond routinely solicit streamline strictly sufficiently support sustain "
        "systematically target thoroughly undertake utilize"
    ).split()
)


def under_no_heading(blocks: Sequence[Block]) -> int:
    """Return the index of the first block of recommendations without a heading.

    Without such a block, it is the number of blocks. The first block is always the narrative's opening. A block
    counts as recommendations if it has bullets or opens with a verb that recommends.
    """
    for index, block in enumerate(blocks[1:], start=1):
        first = block.text.split(maxsplit=1)[0].strip(",;:").casefold()
        if block.bullet or _INLINE_BULLET.search(block.text) or first in _OPENINGS:
            return index
    return len(blocks)


def split(blocks: Sequence[Block]) -> list[RecommendationReading]:
    """Return the recommendations in order.

    The last one is `cut` if the text is truncated inside it.
    """
    readings: list[RecommendationReading] = []
    lines = [block for block in blocks if block.text]
    bulleted = any(block.bullet for block in lines)
    for index, block in enumerate(lines):
        if bulleted and not block.bullet and index and not lines[index - 1].closed:
            readings[-1].text = f"{readings[-1].text} {block.text}"
            continue
        for number, (offset, text) in enumerate(_items(block, alone=len(lines) == 1), start=1):
            readings.append(RecommendationReading(text, block.locator_of(offset, "item", number)))
    if readings and lines[-1].cut and not lines[-1].closed:
        readings[-1].cut = True
    return readings


def _items(block: Block, *, alone: bool) -> Iterator[tuple[int, str]]:
    marks = _sentences(block.text, _GLUED)
    if _INLINE_BULLET.search(block.text):
        marks += [(m.start(), m.end()) for m in _INLINE_BULLET.finditer(block.text)]
    elif alone and not block.bullet:
        marks += _sentences(block.text, _NEXT_SENTENCE)
        # Semicolons separate items only if full stops do not; otherwise they are inside one.
        marks = marks or [(at, at + 1) for at in _semicolons(block.text)]
    marks.sort()
    first = BULLET.match(block.text)
    start = first.end() if first else 0
    for end, after in [*marks, (len(block.text), len(block.text))]:
        piece = block.text[start:end]
        begin = start + len(piece) - len(piece.lstrip())
        joining = _JOINING_AND.match(block.text[begin:end]) if begin else None
        begin += joining.end() if joining else 0
        text = block.text[begin:end].strip()
        if text:
            yield begin, text
        start = after


def _sentences(text: str, between: re.Pattern[str]) -> list[tuple[int, int]]:
    """Return the spans between two sentences of which the second opens like a recommendation."""
    spans: list[tuple[int, int]] = []
    for match in between.finditer(text):
        opening = text[match.end() :].split(maxsplit=1)[0].strip(",;:.").casefold()
        if opening in _OPENINGS or opening in _FURTHER_OPENINGS:
            spans.append(match.span())
    return spans


def _semicolons(text: str) -> list[int]:
    """Return the positions of the semicolons outside brackets."""
    depth = 0
    positions: list[int] = []
    for at, mark in enumerate(text):
        if mark in "([":
            depth += 1
        elif mark in ")]":
            depth = max(0, depth - 1)
        elif mark == ";" and not depth:
            positions.append(at)
    return positions
