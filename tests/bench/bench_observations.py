"""Benchmark of the list of observations at three million rows: its last and its middle page against its first.

Each page is read through a whole request with a token, by cursor: of the whole list, in another order, and filtered.
Beside them: the first rows of a CSV file of all rows, and the compressed page.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from django.db import transaction
from django.test import Client, override_settings

from cpc.accounts.permissions import Role
from cpc.accounts.scopes import scopes_for
from cpc.api import cursors
from cpc.api.cursors import Cursor
from cpc.api.keyset import Walk
from cpc.api_tokens.services import issue_token
from indicators.observations.as_of import current, observations
from tests.bench.many_observations import make_observations
from tests.bench.measuring import Row, getting, medians, row
from tests.support.accounts import make_account

ROWS, ROUNDS, SIZE, GOAL = 3_000_000, 15, 100, 1.3
URL = f"/api/v1/observations/?page_size={SIZE}"
USUAL = ("indicator__code", "country__code", "year", "period", "series", "pk")
LISTS: dict[str, tuple[dict[str, str], dict[str, str], tuple[str, ...]]] = {
    "whole": ({}, {}, USUAL),
    "by country": ({"ordering": "country"}, {}, ("country__code", *USUAL)),
    "of a country": ({"country": "GHA"}, {"country__code": "GHA"}, USUAL),
    "of an indicator": ({"indicator": "cpi.score"}, {"indicator__code": "cpi.score"}, USUAL),
    "of a source": ({"source": "wgi"}, {"indicator__source__key": "wgi"}, USUAL),
}
"""Lists by name: their parameters, the same as conditions of a query, and their order."""


def run() -> list[Row]:
    """Measure the pages (goal 1.3). All rows are removed afterwards."""
    with (
        transaction.atomic(),
        override_settings(ALLOWED_HOSTS=["*"], API_REQUESTS_A_MINUTE=10**9),
    ):
        made = make_observations(ROWS)
        owner = make_account(Role.API_CLIENT)
        issued = issue_token(owner=owner, name="Bench", scopes=scopes_for(owner.permissions), days=1)
        program = Client(headers={"Authorization": f"Bearer {issued.secret}"})
        found = [measured for name in LISTS for measured in _pages(program, name, made)]
        found += _formats(program)
        transaction.set_rollback(True)
        return found


def _pages(program: Client, name: str, made: int) -> list[Row]:
    asked, conditions, order = LISTS[name]
    first = f"{URL}&{urlencode(asked)}" if asked else URL
    walk = Walk(observations(current()).filter(**conditions).order_by(*order))
    size = walk.found.count()
    assert size == made or asked, size
    link = program.get(first).json()["next"]
    middle = _page(link, walk.found[size // 2 : size // 2 + 1][0][1:])
    last = _page(link, walk.read(SIZE + 1, backward=True).first)
    answer = program.get(last).json()
    assert (answer["next"], len(answer["results"])) == (None, SIZE), answer["next"]
    times = medians(*(getting(program, url) for url in (first, middle, last)), rounds=ROUNDS)
    return [
        row(
            f"observations {name}, {which} page of {size:,} rows against the first",
            time,
            times[0],
            GOAL,
            f"{time:.1f} ms against {times[0]:.1f} ms",
        )
        for which, time in (("middle", times[1]), ("last", times[2]))
    ]


def _page(link: str, after: Sequence[Any]) -> str:
    """Return the URL of the page after a position: the link of another page, with this position."""
    parts = urlsplit(link)
    query = parse_qs(parts.query)
    belongs_to = cursors.SIGNER.unsign_object(query["cursor"][0])[0]
    query["cursor"] = [cursors.written(Cursor(after, backward=False, count=None), belongs_to)]
    return f"{parts.path}?{urlencode(query, doseq=True)}"


def _formats(program: Client) -> list[Row]:
    def start_of_file() -> None:
        response: Any = program.get("/api/v1/observations/?format=csv")
        lines = iter(response.streaming_content)
        assert next(lines).startswith(b"id,indicator,")
        assert next(lines).count(b"\r\n") == 1000
        response._iterator.close()

    thousand = URL.replace(str(SIZE), "1000")
    calls: list[Callable[[], object]] = [
        getting(program, thousand),
        start_of_file,
        getting(program, thousand, 200, **{"Accept-Encoding": "gzip"}),
    ]
    plain, lines, zipped = medians(*calls, rounds=ROUNDS)
    return [
        row(
            "first 1,000 rows of a file of all against a page of 1,000",
            lines,
            plain,
            1.5,
            f"{lines:.1f} ms, {plain:.1f} ms",
        ),
        row("page of 1,000 compressed against plain", zipped, plain, 1.5, f"{zipped:.1f} ms against {plain:.1f} ms"),
    ]
