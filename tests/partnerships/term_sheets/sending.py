"""Sheets sent as a browser would send them: the fields of the page, with entries by kind, row, and column."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser
from typing import Any

from django.test import Client


class _Fields(HTMLParser):
    """Name and value of each field of a page, without buttons and empty templates."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str] = {}
        self.templates = 0
        self.at = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.templates += tag == "template"
        if self.templates:
            return
        name = given.get("name", "")
        if tag in ("select", "textarea"):
            self.at, self.found[name] = name, ""
        elif tag == "option" and "selected" in given:
            self.found[self.at] = given.get("value", "")
        elif tag == "input" and name and given.get("type") not in ("file", "checkbox"):
            self.found[name] = given.get("value", "")
        elif tag == "input" and given.get("type") == "checkbox" and "checked" in given:
            self.found[name] = "on"

    def handle_endtag(self, tag: str) -> None:
        self.templates -= tag == "template"
        if tag in ("select", "textarea"):
            self.at = ""

    def handle_data(self, data: str) -> None:
        if self.at and not self.templates and self.lasttag == "textarea":
            self.found[self.at] += data


def fields_of(html: str) -> dict[str, str]:
    reader = _Fields()
    reader.feed(html[html.index("data-sheet") :])
    return reader.found


def prefixes(fields: dict[str, str], kind: str) -> list[str]:
    """Return the prefixes of the rows of a kind, in their order."""
    return [name.removesuffix("--kind") for name, value in fields.items() if name.endswith("--kind") and value == kind]


class SheetPage:
    """A sheet as a person has it open."""

    def __init__(self, client: Client, url: str, query: str = "") -> None:
        self.client, self.url = client, url
        response = client.get(url + query)
        assert response.status_code == 200, response.status_code
        self.read(response)

    def read(self, response: Any) -> Any:
        self.html: str = response.content.decode()
        self.fields = fields_of(self.html)
        return response

    def enter(self, kind: str, number: int, /, **cells: str) -> SheetPage:
        """Type into a row of a kind; rows count from 0."""
        prefix = prefixes(self.fields, kind)[number]
        self.fields |= {f"{prefix}-{name}": text for name, text in cells.items()}
        return self

    def add(self, kind: str, /, **cells: str) -> SheetPage:
        """Add a row of a kind at the end of the page, as the script does."""
        number = sum(1 for name in self.fields if name.endswith("--kind")) + 1000
        self.fields |= {f"row{number}--kind": kind, **{f"row{number}-{name}": text for name, text in cells.items()}}
        return self

    def remove(self, kind: str, number: int) -> SheetPage:
        self.fields[f"{prefixes(self.fields, kind)[number]}--remove"] = "on"
        return self

    def send(self, step: str = "save", **more: Any) -> Any:
        response = self.client.post(self.url, self.fields | {"step": step} | more)
        if response.status_code in (200, 422) and response.headers["Content-Type"].startswith("text/html"):
            self.read(response)
        return response

    def value(self, kind: str, number: int, column: str) -> str:
        return self.fields[f"{prefixes(self.fields, kind)[number]}-{column}"]

    @property
    def errors(self) -> list[str]:
        """Return the errors in the title area, as text."""
        box = re.search(r'role="alert" tabindex="-1" data-focus>(.*?)</ul>', self.html, re.DOTALL)
        items = re.findall(r"<li>(.*?)</li>", box[1], re.DOTALL) if box else []
        return [re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", "", item))).strip() for item in items]
