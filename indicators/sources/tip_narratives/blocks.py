"""Document of a narrative as blocks: paragraphs, headings, and list items, each with its locator."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from indicators.sources.documents import line_locator
from indicators.sources.tip_narratives.headings import is_heading

EXCERPT_END = "[excerpt ends]"
COMMENT = "#"

MARKS = r"\u2022\u25aa\u25ab\u25cf\u25cb\u25a0\u25e6\u2023\u2043\u00b7\uf0a7\uf0b7"  # the last two are from Word
DASHES = r"\-\u2010-\u2015\u2212"
# An asterisk or a hyphen needs a space after it; the other marks often have none.
BULLET = re.compile(rf"^(?:[*{MARKS}{DASHES}]\s+|[{MARKS}\u2012-\u2015\u2212](?=[A-Z]))")
_DASH = re.compile(rf"^[{DASHES}]")
_SPACE = re.compile(r"\s+")
_CLOSED = re.compile(r"[.!?:][\"'\u201d\u2019)\]]*$")
_HARD_WRAPPED = 140  # if no line is longer, paragraphs are broken into lines

_HEADING_TAGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_BLOCK_TAGS = (*_HEADING_TAGS, "p", "li", "div", "td", "section", "article", "blockquote", "dd", "dt")
_CHROME = ("script", "style", "nav", "footer", "aside", "form", "noscript", "template")


@dataclass(slots=True)
class Block:
    """Paragraph, heading, or list item, with its white space joined.

    `starts` gives for each line of a text file in the block the offset in `text`, the line, and the
    column; it is empty for other media, whose locators count items and sentences instead.
    """

    text: str
    locator: str
    bullet: bool = False
    cut: bool = False
    starts: list[tuple[int, int, int]] = field(default_factory=list)

    @property
    def closed(self) -> bool:
        """Return True if the block ends like a sentence."""
        return bool(_CLOSED.search(self.text))

    def locator_of(self, offset: int, what: str, number: int) -> str:
        """Return the locator of a part of the block: line and column, or "..., sentence 3"."""
        if not self.starts:
            return f"{self.locator}, {what} {number}"
        start, line, column = self.starts[bisect_right(self.starts, (offset, 10**9, 0)) - 1]
        return line_locator(line, column + offset - start)


def from_text(text: str) -> list[Block]:
    """Return the blocks of a plain text.

    A line is a paragraph; if the text is hard-wrapped, lines up to the next blank line, bullet, or heading are
    one. Lines that start with `#` and the mark `[excerpt ends]` belong to the person who made the excerpt.
    """
    lines = text.splitlines()
    wrapped = max((len(line) for line in lines), default=0) <= _HARD_WRAPPED
    blocks: list[Block] = []
    parts: list[str] = []  # the lines of the last block, joined once: a paragraph can have a million lines
    length = 0
    open_paragraph = False
    for number, line in enumerate(lines, start=1):
        if line.startswith(COMMENT) or not line.strip():
            open_paragraph = False
            continue
        cut = EXCERPT_END in line
        content = line.replace(EXCERPT_END, "")
        column = len(content) - len(content.lstrip()) + 1
        content = content.strip()
        bullet = BULLET.match(content)
        if bullet and open_paragraph and wrapped and _continues(blocks[-1].bullet, parts[-1], content, bullet):
            bullet = None
        if bullet:
            content, column = content[bullet.end() :], column + bullet.end()
        heading = is_heading(content)
        if open_paragraph and wrapped and not bullet and not heading:
            last = blocks[-1]
            last.starts.append((length + 1, number, column))
            parts.append(content)
            length, last.cut = length + 1 + len(content), cut
        elif content:
            _join(blocks, parts)
            start = line_locator(number)
            blocks.append(Block(content, start, bool(bullet), cut, [(0, number, column)]))
            parts, length = [content], len(content)
        elif cut and blocks:
            blocks[-1].cut = True
        open_paragraph = bool(content) and not heading
    _join(blocks, parts)
    return blocks


def _join(blocks: list[Block], parts: list[str]) -> None:
    if blocks:
        blocks[-1].text = " ".join(parts)


def _continues(is_item: bool, before: str, content: str, bullet: re.Match[str]) -> bool:
    """Return True if a line that begins with a dash continues a sentence wrapped before the dash.

    `before` is the line before it, in a list item or not.
    """
    if not _DASH.match(content) or _CLOSED.search(before) or before.endswith(";"):
        return False
    return not (is_item and content[bullet.end() :][:1].isupper())


def from_html(content: bytes) -> list[Block]:
    """Return the blocks of the main part of a web page, after its title.

    Blocks are headings, paragraphs, and list items. Locators are paths of elements
    ("/html/body/article/ul[1]/li[2]").
    """
    root = etree.fromstring(content, etree.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False))
    if root is None:
        return []
    tree = root.getroottree()
    title = root.findtext(".//title")
    blocks = [Block(_joined(title), "/html/head/title")] if title and title.strip() else []
    main = root.find(".//article")
    if main is None:
        main = root.find(".//main")
    if main is None:
        main = root.find("body")
    if main is None:
        return blocks
    for element in _leaves(main):
        bullet = element.tag == "li" or any(a.tag == "li" for a in element.iterancestors())
        for part in _broken_lines(element):
            cut = EXCERPT_END in part
            text = _joined(part.replace(EXCERPT_END, ""))
            stripped = BULLET.sub("", text)
            if stripped:
                blocks.append(Block(stripped, tree.getpath(element), bullet or stripped != text, cut))
    return blocks


def _leaves(element: etree._Element) -> Iterator[etree._Element]:
    """Yield the elements that hold text and no further block, in the page's order."""
    if element.tag in _CHROME:
        return
    inner = list(element.iterdescendants(*_BLOCK_TAGS))
    if element.tag in _BLOCK_TAGS and not inner:
        yield element
        return
    for child in element:
        if isinstance(child.tag, str):
            yield from _leaves(child)


def _broken_lines(element: etree._Element) -> list[str]:
    """Return the element's text, split at its line breaks."""
    parts = [""]
    for event, node in etree.iterwalk(element, events=("start", "end")):
        if event == "start":
            if node.tag == "br":
                parts.append("")
            parts[-1] += node.text or ""
        elif node is not element:
            parts[-1] += node.tail or ""
    return parts


def _joined(text: str) -> str:
    return _SPACE.sub(" ", text).strip()
