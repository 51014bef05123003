"""Pages as lines of text, in which a changed word is a changed line.

White space that no reader sees is ignored.
"""

from __future__ import annotations

import re
from functools import lru_cache
from html.parser import HTMLParser

# Elements in a sentence: whether there is a space beside them is seen.
INLINE = frozenset(
    {"a", "abbr", "b", "button", "code", "em", "i", "input", "label", "mark", "small", "span", "strong", "sub", "sup"}
    | {"svg", "time", "tspan"}
)
VOID = frozenset({"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"})
SHAPES = frozenset({"circle", "ellipse", "line", "path", "polygon", "polyline", "rect", "use"})
RAW = frozenset({"pre", "textarea", "script", "style"})
TITLE = re.compile(r"<title>.*?</title>", re.DOTALL)
MAIN = re.compile(r"<main\b.*</main>", re.DOTALL)
TOKEN = re.compile(r'(name="csrfmiddlewaretoken" value=)"\w+"')


def split(html: str) -> tuple[str, str]:
    """Return a page's title and main part, and the rest of it.

    The rest is empty if a response has no main part.
    """
    html = TOKEN.sub(r'\1"..."', html)
    main, title = MAIN.search(html), TITLE.search(html)
    if main is None:
        return html, ""
    return (title[0] if title else "") + main[0], TITLE.sub("", html.replace(main[0], "<main>"))


@lru_cache(500)  # what is around the main part is the same on many pages
def outline(html: str) -> str:
    """Return one line for each tag and each text."""
    parser = _Outline()
    parser.feed(html)
    parser.close()
    return "\n".join(parser.lines) + "\n"


class _Outline(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[str] = []
        self.open: list[str] = []
        self.text: list[str] = []
        self.before = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._flush(tag)
        given = dict(attrs)
        words = [name if value is None else f'{name}="{" ".join(value.split())}"' for name, value in given.items()]
        self._line(f"<{' '.join([tag, *sorted(words)])}>")
        if tag not in VOID and tag not in SHAPES:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if self.open and self.open[-1] == tag:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        self._flush(tag)
        if tag in self.open:
            while self.open.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    def handle_comment(self, data: str) -> None:
        self._flush("")

    def close(self) -> None:
        super().close()
        self._flush("")

    def _flush(self, after: str) -> None:
        text, self.text = "".join(self.text), []
        if self.open and self.open[-1] in RAW:
            for line in text.splitlines():
                self._line(line)
        else:
            words = re.sub(r"\s+", " ", text)
            words = words if self.before in INLINE else words.lstrip()
            words = words if after in INLINE else words.rstrip()
            if words:
                self._line(_edges(words))
        self.before = after

    def _line(self, text: str) -> None:
        self.lines.append("  " * min(len(self.open), 30) + text)


def _edges(text: str) -> str:
    """Return a text with the spaces at its ends made visible."""
    box, words = "\N{OPEN BOX}", text.strip(" ")
    if not words:
        return box
    return f"{box if text[0] == ' ' else ''}{words}{box if text[-1] == ' ' else ''}"
