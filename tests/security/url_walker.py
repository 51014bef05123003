"""Walk of one visitor through every URL, with every object and every key that could be guessed."""

from __future__ import annotations

import copy
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import unescape
from typing import Any
from urllib.parse import urljoin, urlsplit

from django.core.cache import cache
from django.db import transaction
from django.test import Client

from selection.models import PositionDraft
from tests.security.agencies_world import Consultees
from tests.security.canaries import (
    OFFICE,
    ROUNDS,
    held,
    runs,
)
from tests.security.expected_table import Address, addresses
from tests.security.known_objects import (
    absent,
    is_deep,
    objects_at,
    swapped,
    url,
)

SIGNED_IN = (
    "labor",
    "interior",
    "treasury",
    "energy",
    "analyst",
    "administrator",
    "viewer",
    "api client",
)
TOKENS = ("token of selection", "token of labor")
VISITORS = (*SIGNED_IN, *TOKENS, "anonymous")
LIKE_ANOTHER = ("administrator", "treasury")
"""Visitors who walk in `make test-full`: one whom the same words may reach as an analyst, one who is asked as Labor is,
though in the other round."""
EVERY_TIME = tuple(visitor for visitor in VISITORS if visitor not in LIKE_ANOTHER)
OPENED = (
    "text/html",
    "text/plain",  # runs nothing, as browsers may not guess another type
    "application/json",
    "application/problem+json",
    "application/vnd.oai.openapi+json",
    "image/png",
)
"""Media types that a browser may open from us; everything else is a download."""
FILES = {"format": ("csv", "xlsx", "docx", "json")}
"""Query parameters that request a page as a file; a page rejects parameters that it does not know."""


@dataclass(frozen=True)
class Scale:
    """Number of URLs to open among those that a visitor may see; URLs that they may not see are always all tried.

    For visitors who may see nearly everything, `objects` objects of a kind are opened, with one for each audience, and
    `links` links with a query are followed to each URL.
    """

    objects: int
    links: int


SOME = Scale(2, 2)
MANY = Scale(6, 5)


def client_of(there: Consultees, visitor: str) -> Client:
    """Return a client that is signed in as a visitor."""
    if visitor in TOKENS:
        return Client(raise_request_exception=False, headers={"Authorization": f"Bearer {there.tokens[visitor]}"})
    client = Client(raise_request_exception=False)
    if visitor != "anonymous":
        client.force_login(there.users[visitor])
    return client


def swapped_form(there: Consultees) -> dict[str, Any]:
    """Return entries for every field of any form, with the keys of records that belong to Justice."""
    request = there.requests["justice"]
    candidate = there.candidate("first", "XKX")
    draft = PositionDraft.objects.get(request=request)
    return {
        "idempotency_key": uuid.uuid4().hex,
        "act": "submit",
        "agency": request.agency_id,
        "candidate": "XKX",
        "candidates": candidate.pk,
        "country": "XKX",
        "draft": draft.pk,
        "draft_revision": draft.current_revision(),
        "evidence": draft.evidence_id,
        "position": request.positions.earliest("pk").pk,
        "revision": request.positions.latest("pk").pk,
        "value": "clear",
        "visibility": "all",
        "kind": "major",
        "text": f"So. @{there.users['justice'].username}",
        "reason": "So.",
        "rationale": "So.",
        "outcome": "accepted",
        "concurs": "yes",
        "up_to": 987_654_321,
        "then": "open",
    }


@dataclass
class Walk:
    """Results of one visitor's walk through all URLs.

    `seen` holds the planted text that the visitor got, `leaks` the text they should not have got, and `differences` the
    responses that reveal that a hidden object exists.
    """

    seen: dict[str, str] = field(default_factory=dict)
    leaks: list[str] = field(default_factory=list)
    differences: list[str] = field(default_factory=list)
    run: list[str] = field(default_factory=list)
    shown: dict[str, str] = field(default_factory=dict)


def ask(client: Client, method: str, at: str, form: Mapping[str, Any]) -> Any:
    """Return the answer to one request, with all its text as `whole`, and undo its changes."""
    cache.clear()
    cookies = copy.copy(client.cookies)
    with transaction.atomic():
        if method == "GET":
            response = client.get(at)
        elif at.startswith("/api/"):
            response = client.post(at, dict(form), content_type="application/json")
        else:
            response = client.post(at, dict(form))
        response.whole = held(response)  # type: ignore[attr-defined]  # stored with its response
        transaction.set_rollback(True)
    client.cookies = cookies  # also messages for the top of the next page
    return response


PASSING = (
    (re.compile(r'(name="csrfmiddlewaretoken" value=")[^"]*'), r"\1"),
    (re.compile(r"\b[0-9a-f]{32}\b"), "32"),
)
"""Values that differ in every response: tokens, keys, and request numbers."""
PASSING_HEADERS = re.compile(r"(?i)^(expires|date|etag|last-modified|content-length): .*", re.MULTILINE)
"""Headers whose values differ in every response. The same text inside a page is left unchanged."""


def lasting(whole: str, at: str) -> str:
    """Return a response without values that change each time and without its own URL, in capitals or not."""
    headers, blank, body = whole.partition("\n\n")
    whole = PASSING_HEADERS.sub(r"\1", headers) + blank + body
    for pattern, instead in PASSING:
        whole = pattern.sub(instead, whole)
    return re.sub(re.escape(at), "HERE", whole, flags=re.IGNORECASE)


def is_safe(response: Any) -> bool:
    """Return whether a response is our own page, data, or drawing, or a download that the browser does not open."""
    if response["X-Content-Type-Options"] != "nosniff":
        return False
    disposition = response.get("Content-Disposition", "")
    if disposition.startswith("attachment"):
        name = re.search(r'filename="((?:[^"\\]|\\.)*)"', disposition)
        return not (name and re.search(r"[/\\\r\n]|\.\.", name[1]))
    return response.get("Content-Type", "text/html").partition(";")[0] in OPENED


class Walker:
    """One visitor's requests to every URL."""

    def __init__(self, there: Consultees, visitor: str, scale: Scale = SOME) -> None:
        self.there, self.visitor, self.scale, self.walk = there, visitor, scale, Walk()
        self.client, self.form = client_of(there, visitor), swapped_form(there)
        self.followed: dict[str, int] = {}

    def everywhere(self) -> Walk:
        """Request every URL with every object, and follow links with a query from there."""
        for address in addresses():
            if not is_deep(address):
                self.at(address)
        return self.walk

    def at(self, address: Address) -> None:
        """Request one URL with each object, with guessed keys, and as a file."""
        objects = objects_at(address, self.there)
        nothing = {}
        if address.arguments:
            at = url(address, absent(address))
            nothing = {method: lasting(self.got(method, at).whole, at) for method in ("GET", "POST")}
        seen = 0
        kinds = set()
        for item in [*objects, *swapped(objects)]:
            at = url(address, item)
            known = item.visible_to is None or self.visitor in item.visible_to
            seen += known
            kind = (item.visible_to, item.of)
            if known and seen > self.scale.objects and self.visitor in ROUNDS and kind in kinds:
                continue
            kinds.add(kind)
            # The office's actions are tested elsewhere, and some take long.
            for method in ("GET",) if known and self.visitor in OFFICE else ("GET", "POST"):
                got = self.got(method, at)
                if method == "GET":
                    plain = lasting(got.whole, at)
                if not known and lasting(got.whole, at) != nothing[method]:
                    self.walk.differences.append(f"{method} {at} ({got.status_code})")
                if method == "GET" and got.status_code == 200:
                    self.walk.shown[at] = plain
                    self.follow(at, got)
            if known and seen < 2:
                self.as_files(at, plain)

    def as_files(self, at: str, plain: str) -> None:
        """Request the page as a file of each kind, until it rejects the parameter or answers as without it (`plain`).

        One request with both parameters separates most pages from the few that offer files.
        """

        def knows(parameter: str, asked: str, got: Any) -> bool:
            unknown = got.status_code == 400 and "does not accept" in got.whole and f"“{parameter}”" in got.whole
            return not unknown and lasting(got.whole, asked) != plain

        asked = f"{at}?" + "&".join(f"{parameter}={kinds[0]}" for parameter, kinds in FILES.items())
        got = self.got("GET", asked)
        for parameter in [parameter for parameter in FILES if knows(parameter, asked, got)]:
            for kind in FILES[parameter]:
                asked = f"{at}?{parameter}={kind}"
                if not knows(parameter, asked, self.got("GET", asked)):
                    break

    def got(self, method: str, at: str) -> Any:
        """Return the answer to a request, and record the planted text and unsafe content that it contains."""
        response = ask(self.client, method, at, self.form)
        if runs(response, response.whole):
            self.walk.run.append(f"{method} {at}: what somebody wrote is run")
        if not is_safe(response):
            self.walk.run.append(f"{method} {at}: {response['Content-Type']} is opened by the browser")
        for word in self.there.plant.found_in(response.whole):
            self.walk.seen.setdefault(word.text, f"{method} {at}")
            if self.visitor not in word.visible_to:
                self.walk.leaks.append(f"{word.text} of {word.field_name} by {method} {at} ({response.status_code})")
        return response

    def follow(self, at: str, response: Any) -> None:
        """Follow the links of a page that have a query: filters, pages, files."""
        if not response["Content-Type"].startswith("text/html"):
            return
        for link in re.findall(r'\bhref="([^"#]+)', response.whole):
            to = urljoin(at, unescape(link))
            path, query = urlsplit(to).path, urlsplit(to).query
            if (
                not query
                or not to.startswith("/")
                or self.followed.get(path, 0) >= self.scale.links
                or to in self.walk.shown
            ):
                continue
            self.followed[path] = self.followed.get(path, 0) + 1
            got = self.got("GET", to)
            if got.status_code == 200:
                self.walk.shown[to] = lasting(got.whole, to)
