"""A client of the REST interface that keeps a copy of everything that its token may read, and follows the changes.

    CPC_TOKEN=cpc_... python cpc_client.py https://cpc.example copy.sqlite            # read everything, then follow
    CPC_TOKEN=cpc_... python cpc_client.py https://cpc.example copy.sqlite --once     # read what changed, and stop

It needs Python 3.11 and nothing else. The copy is an SQLite database: `records` has the body of each record as JSON, by
the URL of its list and its key. A record and the cursor of the changes that it includes are stored in one transaction,
so that the client can be stopped at any time: it then reads a little twice, and loses nothing.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import http
import http.client
import json
import os
import re
import sqlite3
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypedDict, cast

Json = dict[str, Any]

ROOT = "/api/v1/"
PARTNERSHIPS = "/api/v1/partnerships/"
KEYS = ("id", "code", "key", "number", "as_of", "run", "name")
"""Fields that can name a record in its list; the first that a record has is its key."""
PER_PAGE = 1000
PARTNERSHIPS_PER_PAGE = 50
"""Each comes with all that it holds, so that a page of them is long."""
BROKEN = (urllib.error.URLError, http.client.HTTPException, ConnectionError, TimeoutError, EOFError)
"""Errors of a connection that ended early, before or in the middle of the answer."""
NOT_COPIED = (f"{ROOT}changes/", f"{ROOT}bulk/", f"{ROOT}search/")
"""Lists that are no records: the feed itself, files, and what a search finds."""
TEMPORARY = frozenset({429, 500, 502, 503, 504})


class Resource(TypedDict):
    """An entry of the root; its URL can have `{id}` for the key of a record."""

    url: str
    is_list: bool
    expand: list[str]


class Event(TypedDict):
    """A change, as the feed has it."""

    url: str | None
    partnership: int | None
    revision: int | None


class Refused(Exception):
    """An answer that another attempt would not change: the status, and the problem document of the server."""

    def __init__(self, status: int, problem: Json) -> None:
        super().__init__(f"{status}: {problem.get('detail', 'no problem document')}")
        self.status, self.problem = status, problem


class Api:
    """Requests with a token. They wait as the server asks (429, 503), and are sent again if the connection is lost."""

    def __init__(self, site: str, token: str, *, attempts: int = 8, timeout: float = 60) -> None:
        if not re.match("https?://", site):
            raise ValueError(f"{site} does not begin with https://.")
        self.site, self.token, self.attempts, self.timeout = site.rstrip("/"), token, attempts, timeout
        self.wait: Callable[[float], None] = time.sleep

    def get(self, url: str, **parameters: str | int) -> Json:
        """Return the JSON of a URL, which may be a path. Raises `Refused`, or the last error of the connection."""
        if parameters:
            url += ("&" if "?" in url else "?") + urllib.parse.urlencode(parameters)
        return cast("Json", json.loads(self._read(url, "application/json")))

    def rows(self, url: str, **parameters: str | int) -> Iterator[Json]:
        """Yield the rows of all pages of a list."""
        page = self.get(url, **parameters)
        while True:
            yield from page["results"]
            if not page["next"]:
                return
            page = self.get(page["next"])

    def download_observations(self, folder: Path) -> Path:
        """Download the newest bulk package of observations unless it is there, check it, and return its path."""
        newest = self.get(f"{ROOT}bulk/")["results"][0]
        path = folder / str(newest["file_name"])
        if not path.exists():
            content = self._read(newest["url"], "application/zip")
            if hashlib.sha256(content).hexdigest() != newest["sha256"]:
                raise ValueError(f"{newest['url']} is not the file that the server describes.")
            part = path.with_suffix(".part")
            part.write_bytes(content)
            part.replace(path)
        return path

    def _read(self, url: str, media_type: str) -> bytes:
        headers = {"Authorization": f"Bearer {self.token}", "Accept": media_type, "Accept-Encoding": "gzip"}
        # The links of answers name the site as the server knows it; the token is for this site alone.
        target = self.site + re.sub(r"^https?://[^/]+", "", url)
        for attempt in range(1, self.attempts + 1):
            pause = min(2.0**attempt, 60)
            try:
                request = urllib.request.Request(target, headers=headers)  # noqa: S310  # http or https
                with urllib.request.urlopen(request, timeout=self.timeout) as answer:  # noqa: S310
                    content: bytes = answer.read()
                    return gzip.decompress(content) if answer.headers.get("Content-Encoding") == "gzip" else content
            except urllib.error.HTTPError as error:
                if error.code not in TEMPORARY or attempt == self.attempts:
                    raise Refused(error.code, _problem(error)) from error
                pause = float(error.headers.get("Retry-After") or pause)
            except BROKEN:
                if attempt == self.attempts:
                    raise
            self.wait(pause)
        raise AssertionError("The last attempt returns or raises.")


def _problem(error: urllib.error.HTTPError) -> Json:
    try:
        return cast("Json", json.loads(error.read()))
    except (ValueError, *BROKEN):
        return {}


SCHEMA = """
    CREATE TABLE IF NOT EXISTS records (list TEXT, key TEXT, body TEXT NOT NULL, PRIMARY KEY (list, key)) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS state (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""


class Mirror:
    """A copy of all records that a token may read."""

    def __init__(self, api: Api, path: Path | str) -> None:
        self.api, self.database = api, sqlite3.connect(path, isolation_level=None)
        self.database.executescript(SCHEMA)
        self._resources: list[Resource] = []

    @property
    def resources(self) -> list[Resource]:
        if not self._resources:
            found = cast("list[Resource]", self.api.get(ROOT)["resources"])
            self._resources = [entry for entry in found if entry["is_list"] and entry["url"] not in NOT_COPIED]
        return self._resources

    def top_lists(self) -> list[Resource]:
        return [entry for entry in self.resources if "{" not in entry["url"]]

    def lists_below(self, parent: str) -> list[str]:
        """Return the URLs of lists below each record of another, unless its records come with them."""
        entry = next(entry for entry in self.resources if entry["url"] == parent)
        below = [other["url"] for other in self.resources if re.match(re.escape(parent) + r"\{\w+\}/.", other["url"])]
        expanded = {name.replace("_", "-") for name in entry["expand"]}
        return [url for url in below if url.count("{") == 1 and url.rstrip("/").rpartition("/")[2] not in expanded]

    def pull(self) -> None:
        """Read everything. The cursor is taken first, so that no change meanwhile is lost."""
        cursor = self.api.get(f"{ROOT}changes/", after="now")["next"]
        fresh = {url: rows for entry in self.top_lists() for url, rows in self._read_list(entry).items()}
        with self._transaction():
            self.database.execute("DELETE FROM records")
            self._store(fresh)
            self._keep_cursor(cursor)

    def _read_list(self, entry: Resource) -> dict[str, dict[str, Json]]:
        """Return the records of a list and of the lists below each of them, by URL and key."""
        url = entry["url"]
        more: dict[str, str | int] = {"expand": "all", "page_size": PARTNERSHIPS_PER_PAGE} if entry["expand"] else {}
        found = {url: keyed(self.api.rows(url, **{"page_size": PER_PAGE, **more}))}
        for key in found[url]:
            for below in self.lists_below(url):
                address = re.sub(r"\{\w+\}", urllib.parse.quote(key, safe=""), below)
                found[address] = keyed(self.api.rows(address, page_size=PER_PAGE))
        return found

    def follow(self) -> int:
        """Read the changes since the last call until there are no more, and return how many there were.

        A cursor that the server no longer knows (410) means that everything has to be read again.
        """
        count = 0
        while True:
            cursor = self.cursor()
            if cursor is None:
                self.pull()
                continue
            try:
                page = self.api.get(f"{ROOT}changes/", after=cursor, limit=PER_PAGE)
            except Refused as refused:
                if refused.status != http.HTTPStatus.GONE:
                    raise
                self.pull()
                continue
            events = cast("list[Event]", page["results"])
            self._apply(events, page["next"])
            count += len(events)
            if not page["more"]:
                return count

    def _apply(self, events: list[Event], cursor: str) -> None:
        """Read again what events name, and store it with the cursor behind them."""
        stale = {event["partnership"] for event in events if event["partnership"] and self._is_newer(event)}
        partnerships = {str(key): self._partnership(key) for key in sorted(stale)}
        named = self._named_by([event for event in events if not event["partnership"]])
        lists = {url: rows for entry in named for url, rows in self._read_list(entry).items()}
        with self._transaction():
            for key, body in partnerships.items():
                self.database.execute("DELETE FROM records WHERE list = ? AND key = ?", (PARTNERSHIPS, key))
                self._store({PARTNERSHIPS: {key: body}} if body else {})
            for url in lists:
                self.database.execute("DELETE FROM records WHERE list = ?", (url,))
            self._store(lists)
            self._keep_cursor(cursor)

    def _is_newer(self, event: Event) -> bool:
        """Return whether the copy of a partnership is older than a change to it."""
        sql = "SELECT body ->> 'revision' FROM records WHERE list = ? AND key = ?"
        held = self.database.execute(sql, (PARTNERSHIPS, str(event["partnership"]))).fetchone()
        return held is None or event["revision"] is None or int(held[0]) < event["revision"]

    def _partnership(self, key: int) -> Json | None:
        """Return a partnership, which has a few more fields than in the list; None if it is gone."""
        try:
            return self.api.get(f"{PARTNERSHIPS}{key}/", expand="all")
        except Refused as refused:
            if refused.status == http.HTTPStatus.NOT_FOUND:
                return None
            raise

    def _named_by(self, events: list[Event]) -> list[Resource]:
        """Return the lists that have what events outside of partnerships are about."""
        urls = tuple(str(event["url"]) for event in events)
        return [entry for entry in self.top_lists() if any(url.startswith(entry["url"]) for url in urls)]

    def records(self, url: str) -> Iterator[Json]:
        for (body,) in self.database.execute("SELECT body FROM records WHERE list = ? ORDER BY key", (url,)):
            yield json.loads(body)

    def _store(self, lists: Mapping[str, Mapping[str, Json]]) -> None:
        self.database.executemany(
            "INSERT OR REPLACE INTO records VALUES (?, ?, ?)",
            ((url, key, json.dumps(body, sort_keys=True)) for url, rows in lists.items() for key, body in rows.items()),
        )

    def cursor(self) -> str | None:
        found = self.database.execute("SELECT value FROM state").fetchone()
        return str(found[0]) if found else None

    def _keep_cursor(self, cursor: str) -> None:
        self.database.execute("INSERT OR REPLACE INTO state VALUES ('cursor', ?)", (cursor,))

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self.database.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self.database.execute("ROLLBACK")
            raise
        self.database.execute("COMMIT")


def keyed(rows: Iterator[Json]) -> dict[str, Json]:
    """Return rows by their key: the first of `KEYS` that they have, else the position in the list."""
    return {str(next((row[name] for name in KEYS if name in row), index)): row for index, row in enumerate(rows)}


def main() -> None:
    parser = argparse.ArgumentParser(description="Keep a copy of what a token may read.")
    for name in ("site", "copy"):
        parser.add_argument(name)
    parser.add_argument("--once", action="store_true", help="stop once there are no more changes")
    parser.add_argument("--every", type=float, default=60, help="seconds between two looks for changes")
    asked = parser.parse_args()
    mirror = Mirror(Api(asked.site, os.environ["CPC_TOKEN"]), asked.copy)
    while True:
        print(f"{time.strftime('%H:%M:%S')} {mirror.follow()} changes")
        if asked.once:
            return
        time.sleep(asked.every)


if __name__ == "__main__":
    main()
