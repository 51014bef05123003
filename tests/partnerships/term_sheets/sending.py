"""Sheets sent as a browser would send them: the fields of the page, with entries by kind, row, and column."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from django.test import Client
from django.utils.datastructures import MultiValueDict

FIELD = re.compile(r"<(input|textarea|select)\b([^>]*)>(.*?)(?=</\1>|<input|$)", re.DOTALL)


def fields_of(html: str) -> dict[str, str]:
    """Return name and value of each field of the form of a sheet, without buttons and empty templates."""
    html = re.sub(r"<template.*?</template>", "", html, flags=re.DOTALL)
    html = html[html.index("data-sheet") :]
    found: dict[str, str] = {}
    for tag, attributes, inner in re.findall(
        r"<(input|textarea|select)\b([^>]*)>((?:(?!</textarea>|</select>|<input).)*)", html, re.DOTALL
    ):
        name = re.search(r'\bname="([^"]*)"', attributes)
        if name is None or re.search(r'type="file"', attributes):
            continue
        if 'type="checkbox"' in attributes:
            if "checked" in attributes:
                found[name[1]] = "on"
            continue
        if tag == "textarea":
            value = inner.removeprefix("\n")
        elif tag == "select":
            chosen = re.search(r'<option value="([^"]*)" selected', inner)
            value = chosen[1] if chosen else ""
        else:
            match = re.search(r'\bvalue="([^"]*)"', attributes)
            value = match[1] if match else ""
        found[name[1]] = unescape(value)
    return found


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

    def send(self, act: str = "save", **more: Any) -> Any:
        response = self.client.post(self.url, self.fields | {"act": act} | more)
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


__all__ = ("MultiValueDict", "SheetPage", "fields_of")
