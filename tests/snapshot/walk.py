"""Responses to each visitor of a world: pages, downloads, and REST.

A file is named for its URL and the first visitor who gets it in that form; the index lists the others. So a changed
word is a changed line of one file, and a page that newly differs between two roles is a changed line of the index.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urljoin, urlsplit

from django.core.cache import cache
from django.db import transaction
from django.http import Http404
from django.test import Client
from django.urls import resolve

from tests.snapshot.bodies import as_text, lasting
from tests.snapshot.outline import split

LINK = re.compile(r'<a\b[^>]*\bhref="([^"#]+)')
REFUSED = (403, 404, 405)
"""Statuses whose pages are the same at many URLs."""
EXPORTS = frozenset({"export", "format"})
"""Parameters that ask for a list as a file."""


@dataclass
class Walk:
    """Responses of one world, written below `folder` as they arrive."""

    folder: Path
    name: str
    index: list[str] = field(default_factory=list)
    followed: set[tuple[str, ...]] = field(default_factory=set)
    written: dict[tuple[str, str, str], str] = field(default_factory=dict)

    def as_visitor(
        self, visitor: str, user: Any, urls: Iterable[str], *, methods: tuple[str, ...] = ("GET",), follow: bool = False
    ) -> None:
        """Request every URL, and then follow a link of each kind on the pages."""
        client = Client(raise_request_exception=False)
        if user is not None:
            client.force_login(user)
        asked: dict[str, None] = {}
        links: dict[str, None] = {}
        for url in urls:
            asked[url] = None
            for method in methods:
                links |= dict.fromkeys(self._ask(client, visitor, method, url))
        if follow:
            for url in links:
                kind = _kind(url, visitor)
                if kind and url not in asked and kind not in self.followed:
                    self.followed.add(kind)
                    self._ask(client, visitor, "GET", url)

    def finish(self) -> None:
        """Write the index."""
        (self.folder / f"{self.name}.txt").write_text("\n".join(sorted(self.index)) + "\n", encoding="utf-8")

    def _ask(self, client: Client, visitor: str, method: str, url: str) -> list[str]:
        """Write one response, and return the URLs to which its page links."""
        response, body = _answer(client, method, url)
        kind = response.get("Content-Type", "").partition(";")[0]
        fields = [url.replace(" ", "%20"), method, visitor, str(response.status_code), kind or "-"]
        if "Location" in response:
            fields.append(f"to {response['Location']}")
        if "Content-Disposition" in response:
            fields.append(response["Content-Disposition"])
        links = []
        name = f"{_slug(url)}{'.post' if method == 'POST' else ''}.{visitor}"
        if body and kind == "text/html":
            html = body.decode()
            main, frame = split(html)
            if response.status_code in REFUSED:
                subject, name = str(response.status_code), f"{response.status_code}-{name}"
            else:
                subject = f"{method} {url}"
            fields.append(self._write_once("pages", subject, name, *as_text(kind, main.encode())))
            if frame:
                fields.append(f"in {self._write_once('frames', '', name, *as_text(kind, frame.encode()))}")
            if response.status_code == 200:
                links = [urljoin(url, unescape(link)) for link in LINK.findall(html)]
        elif body:
            folder = "rest" if url.startswith("/api/") else "exports"
            fields.append(self._write_once(folder, f"{method} {url}", name, *as_text(kind, body)))
        self.index.append(lasting(" ".join(fields)))
        return [link for link in links if link.startswith("/")]

    def _write_once(self, folder: str, subject: str, name: str, text: str, ending: str) -> str:
        """Write a text unless it was already written for this subject, and return its file."""
        text = lasting(text, subject.partition(" ")[2])
        key = (folder, subject, sha256(text.encode()).hexdigest())
        if key not in self.written:
            file = f"{folder}/{self.name}/{name}{ending}"
            if file in self.written.values():  # of another URL with the same file name
                file = f"{folder}/{self.name}/{name}.{sha256(subject.encode()).hexdigest()[:8]}{ending}"
            self.written[key] = file
            path = self.folder / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return self.written[key]


def _answer(client: Client, method: str, url: str) -> tuple[Any, bytes]:
    """Return a response and its body, and undo the changes of the request."""
    if method != "GET" or url.startswith("/api/"):
        cache.clear()  # so many requests would meet the limits of the sign-in page and of the REST interface
    cookies = copy.copy(client.cookies)
    with transaction.atomic():
        response: Any = client.generic(method, url)
        body = b"".join(response) if response.streaming else response.content
        transaction.set_rollback(True)
    client.cookies = cookies
    return response, body


def _kind(link: str, visitor: str) -> tuple[str, ...]:
    """Return a key that links of the same kind share: a URL name with some parameters, for one visitor.

    Exports have a key for each visitor and each sort order. The key is empty for a link that leads to no URL.
    """
    parts = urlsplit(link)
    try:
        name = resolve(unquote(parts.path)).view_name
    except Http404:
        return ()
    query = parse_qsl(parts.query, keep_blank_values=True)
    telling = {"sort", *EXPORTS}
    names = sorted({f"{key}={value}" if key in telling else key for key, value in query})
    return (name, *names, *([visitor] if EXPORTS & {key for key, _ in query} else []))


def _slug(url: str) -> str:
    """Return a file name for a URL."""
    text = re.sub(r"[^\w.=&+,-]+", "-", lasting(unquote(url)).strip("/")) or "home"
    return text if len(text) <= 120 else f"{text[:100]}-{sha256(text.encode()).hexdigest()[:12]}"


def by_name(users: Mapping[Any, Any]) -> dict[str, Any]:
    """Return the visitors by name, in a fixed order that starts with the anonymous visitor."""
    return {"visitor": None, **{str(getattr(name, "value", name)): users[name] for name in sorted(users, key=str)}}
