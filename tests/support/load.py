"""Mixed load on several web servers: pages, REST, writes that may be repeated, uploads, and publications.

A client asks any of the servers, as a proxy would share out its requests. A write that gets no answer, or a 503, is
sent again under the same key until it is acknowledged. What was acknowledged is noted, to be compared with what is
stored.
"""

from __future__ import annotations

import hashlib
import http.client
import json
import random
import re
import statistics
import threading
import time
import uuid
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

GAVE_UP_AFTER = 90
"""Seconds for which a client repeats one write."""
REQUEST_SECONDS = 30
COUNTRIES = ("GHA", "NER", "TGO", "PER", "KEN", "UGA")


@dataclass(frozen=True)
class Access:
    """Keys of a client: the cookie of an analyst's session, a token, and a partnership that takes contributions."""

    session: str
    token: str
    partnership: int


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode(errors="replace")


@dataclass
class Notes:
    """Everything that the clients saw."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    statuses: Counter[tuple[str, int]] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    unavailable_at: list[float] = field(default_factory=list)
    contributions: dict[str, int] = field(default_factory=dict)
    uploads: dict[str, int] = field(default_factory=dict)
    published: set[int] = field(default_factory=set)
    given_up: list[str] = field(default_factory=list)

    def percentile(self, kind: str, share: int) -> float:
        """Return the milliseconds in which a share of the requests of a kind was answered."""
        times = sorted(self.seconds[kind])
        cuts = statistics.quantiles(times, n=100, method="inclusive") if len(times) > 1 else times * 99
        return cuts[share - 1] * 1e3


@dataclass
class Load:
    """Clients that ask until they are stopped; `pause` has the seconds between two things that one client does."""

    ports: Sequence[int]
    access: Access
    pause: float = 0.05
    notes: Notes = field(default_factory=Notes)
    stopped: threading.Event = field(default_factory=threading.Event)
    threads: list[threading.Thread] = field(default_factory=list)

    def start(self, readers: int = 3, writers: int = 2, uploaders: int = 1) -> None:
        for number, kind in enumerate([self._read] * readers + [self._write] * writers + [self._upload] * uploaders):
            thread = threading.Thread(target=self._repeat, args=(kind, random.Random(number)))
            thread.start()
            self.threads.append(thread)

    def stop(self) -> None:
        """Let each client finish what it has begun."""
        self.stopped.set()
        for thread in self.threads:
            thread.join()

    def _repeat(self, kind: Callable[[random.Random], None], chance: random.Random) -> None:
        while not self.stopped.is_set():
            try:
                kind(chance)
            except Exception as error:  # a fault of the client itself would end the load silently
                self.notes.wrong.append(f"{kind.__name__}: {type(error).__name__}: {error}")
                return
            self.stopped.wait(self.pause * chance.uniform(0.5, 1.5))

    def _read(self, chance: random.Random) -> None:
        path = chance.choice(
            ("/", "/queue/", "/data/", "/countries/", "/partnerships/", "/inbox/", "/api/v1/sources/",
             "/api/v1/observations/?indicator=tip.tier", "/api/v1/partnerships/", "/api/v1/countries/")
        )  # fmt: skip
        self.ask("REST" if path.startswith("/api/") else "page", "GET", path)

    def _write(self, _chance: random.Random) -> None:
        key = uuid.uuid4().hex
        body = json.dumps(
            {"government": "partner", "kind": "cash", "stage": "pledged", "fiscal_year": 2022, "description": key,
             "source": "Letter of the ministry"}
        ).encode()  # fmt: skip
        path = f"/api/v1/partnerships/{self.access.partnership}/contributions/"
        headers = {"Content-Type": "application/json", "Idempotency-Key": key}
        answer = self.until_acknowledged("write", "POST", path, body, headers, 201)
        if answer:
            self.notes.contributions[key] = json.loads(answer.body)["id"]

    def _upload(self, chance: random.Random) -> None:
        year = chance.randint(2001, 2024)
        mark = uuid.uuid4().hex
        rows = "".join(f"{year},{code},{code},{chance.choice('12')},{mark},\n" for code in COUNTRIES)
        content = f"report_year,iso3,country,tier,source,flag\n{rows}".encode()
        page = self.until_acknowledged("upload", "GET", "/data/imports/", b"", {}, 200)
        if page is None:
            return
        media, body = multipart({"idempotency_key": field_of(page, "idempotency_key")}, "tiers.csv", content)
        headers = {"Content-Type": media, **self._csrf(page)}
        answer = self.until_acknowledged("upload", "POST", "/data/imports/", body, headers, 302)
        if answer is None:
            return
        found = re.search(r"/data/imports/(\d+)/", answer.headers["location"])
        assert found, answer.headers
        number = int(found[1])
        self.notes.uploads[hashlib.sha256(content).hexdigest()] = number
        self._publish(number)

    def _publish(self, number: int) -> None:
        """Publish an import once a worker has read it; one that takes longer stays at its preview."""
        path, deadline = f"/data/imports/{number}/", time.monotonic() + 20
        while time.monotonic() < deadline and not self.stopped.is_set():
            page = self.until_acknowledged("upload", "GET", path, b"", {}, 200)
            if page is not None and f'href="{path}take-back/"' in page.text:
                self.notes.published.add(number)
                return
            if page is not None and f'action="{path}publish/"' in page.text:
                # A preview that another publication outdated is compared again, and published in the next round.
                values = urlencode(hidden_fields(page, f"{path}publish/")).encode()
                headers = {"Content-Type": "application/x-www-form-urlencoded", **self._csrf(page, f"{path}publish/")}
                self.until_acknowledged("publish", "POST", f"{path}publish/", values, headers, 302)
            self.stopped.wait(0.5)

    def until_acknowledged(
        self, kind: str, method: str, path: str, body: bytes, headers: dict[str, str], *expected: int
    ) -> Answer | None:
        """Send a request until one of the expected answers comes; None, with a note, if none does."""
        deadline = time.monotonic() + GAVE_UP_AFTER
        while time.monotonic() < deadline:
            answer = self.ask(kind, method, path, body, headers)
            if answer is not None and answer.status in expected:
                return answer
            if answer is not None and answer.status not in (409, 503):
                self.notes.wrong.append(f"{method} {path}: {answer.status} {answer.text[:300]}")
                return None
            time.sleep(0.3)
        self.notes.given_up.append(f"{method} {path}")
        return None

    def ask(
        self, kind: str, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None
    ) -> Answer | None:
        """Send one request to the first server that accepts it; None without an answer."""
        ports = random.sample(list(self.ports), len(self.ports))
        begun = time.perf_counter()
        for port in ports:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=REQUEST_SECONDS)
            try:
                connection.request(method, path, body or None, self._headers(path) | (headers or {}))
            except OSError:
                continue  # the proxy asks the next one
            try:
                raw = connection.getresponse()
                answer = Answer(raw.status, {name.lower(): value for name, value in raw.getheaders()}, raw.read())
            except (OSError, http.client.HTTPException):
                return None
            finally:
                connection.close()
            self._note(kind, method, path, answer, time.perf_counter() - begun)
            return answer
        return None

    def _note(self, kind: str, method: str, path: str, answer: Answer, seconds: float) -> None:
        self.notes.statuses[kind, answer.status] += 1
        if answer.status == 503:
            self.notes.unavailable_at.append(time.monotonic())
        elif answer.status >= 500:
            self.notes.wrong.append(f"{method} {path}: {answer.status} {answer.text[:300]}")
        else:
            self.notes.seconds[kind].append(seconds)

    def _headers(self, path: str) -> dict[str, str]:
        if path.startswith("/api/"):
            return {"Authorization": f"Bearer {self.access.token}"}
        return {"Cookie": f"sessionid={self.access.session}"}

    def _csrf(self, page: Answer, action: str = "") -> dict[str, str]:
        """Return the headers that let the form with this action pass, or the one with the key of its action."""
        cookie = re.search(r"csrftoken=(\w+)", page.headers.get("set-cookie", ""))
        assert cookie, page.headers
        return {
            "Cookie": f"sessionid={self.access.session}; csrftoken={cookie[1]}",
            "X-CSRFToken": field_of(page, "csrfmiddlewaretoken", action),
        }


def hidden_fields(page: Answer, action: str = "") -> list[tuple[str, str]]:
    """Return the hidden fields of the form with this action, or of the one that carries the key of its action."""
    mark = f'action="{action}"' if action else "idempotency_key"
    for form in re.findall(r"<form.*?</form>", page.text, re.DOTALL):
        if mark in form:
            inputs = re.findall(r"<input[^>]*type=\"hidden\"[^>]*>", form)
            return [(_attribute(tag, "name"), _attribute(tag, "value")) for tag in inputs]
    return []


def field_of(page: Answer, name: str, action: str = "") -> str:
    values: Any = dict(hidden_fields(page, action))
    assert name in values, page.text[:2000]
    return str(values[name])


def _attribute(tag: str, name: str) -> str:
    found = re.search(rf'\b{name}="([^"]*)"', tag)
    return found[1] if found else ""


def multipart(fields: dict[str, str], name: str, content: bytes) -> tuple[str, bytes]:
    """Return the media type and the body of a form with one file."""
    boundary = uuid.uuid4().hex
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
        for key, value in fields.items()
    ]
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
    head += "Content-Type: text/csv\r\n\r\n"
    return f"multipart/form-data; boundary={boundary}", b"".join(
        [*parts, head.encode(), content, f"\r\n--{boundary}--\r\n".encode()]
    )
