"""The client of docs/client, against the running server: complete, equal to the database, and not put off by faults."""

from __future__ import annotations

import importlib.util
import json
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from django.db import connection
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from cpc.accounts.permissions import Role
from cpc.api_tokens.services import issue_token
from indicators.bulk.services import build_newest
from indicators.models import Country, CountryKind, Observation
from partnerships.agreements.services import edit_partnership
from partnerships.models import Contribution, Partnership
from partnerships.money.services import record_contribution
from tests.conftest import ROOT
from tests.support.accounts import make_account
from tests.support.services import wait_until
from tests.worlds.partnerships.build import Stage
from tests.worlds.small_world import make_world

pytestmark = pytest.mark.django_db(transaction=True)

CLIENT = ROOT / "docs" / "client" / "cpc_client.py"
PARTNERSHIPS = "/api/v1/partnerships/"
MOST_LINES = 300


def load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("cpc_client", CLIENT)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


client = load()


@dataclass
class Between:
    """A server between the client and the product: it counts requests, and answers some of them with a fault.

    `faults` has one for each request to come, or "": a status, "cut" in the middle of an answer, or "closed" before it.
    """

    target: str
    faults: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    url: str = ""

    def handler(self) -> type[BaseHTTPRequestHandler]:
        between = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, format: str, *arguments: Any) -> None:
                return

            def do_GET(self) -> None:
                between.asked.append(self.path)
                fault = between.faults.pop(0) if between.faults else ""
                if fault.isdigit():
                    self.send_response(int(fault))
                    self.send_header("Retry-After", "7")
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                elif fault == "closed":
                    self.close_connection = True
                else:
                    self._pass_on(cut=fault == "cut")

            def _pass_on(self, *, cut: bool) -> None:
                names = ("Authorization", "Accept", "Accept-Encoding")
                headers = {name: self.headers[name] for name in names if name in self.headers}
                try:
                    answer: Any = opener.open(urllib.request.Request(between.target + self.path, headers=headers))
                except urllib.error.HTTPError as error:
                    answer = error
                content = answer.read()
                self.send_response(answer.status)
                for name in ("Content-Type", "Content-Encoding", "Retry-After"):
                    if name in answer.headers:
                        self.send_header(name, answer.headers[name])
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content[: len(content) // 2] if cut else content)
                self.close_connection = cut

        return Handler


opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@pytest.fixture
def between(live_server: LiveServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Between]:
    monkeypatch.setenv("no_proxy", "*")
    made = Between(live_server.url)
    server = ThreadingHTTPServer(("127.0.0.1", 0), made.handler())
    made.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield made
    server.shutdown()
    server.server_close()


@dataclass
class Copying:
    """A token's copy, and the pauses that its client made."""

    between: Between
    token: str
    folder: Path
    pauses: list[float] = field(default_factory=list)

    def mirror(self, **options: Any) -> Any:
        api = client.Api(self.between.url, self.token, **options)
        api.wait = self.pauses.append
        return client.Mirror(api, self.folder / "copy.sqlite")


@pytest.fixture
def stage(transactional_db: None) -> Stage:
    return Stage()


@pytest.fixture
def copying(stage: Stage, between: Between, tmp_path: Path, settings: Settings) -> Copying:
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.API_REQUESTS_A_MINUTE = 100_000
    owner = make_account(Role.API_CLIENT)
    scopes = ["observations:read", "rankings:read", "selection:read", "partnerships:read"]
    return Copying(between, issue_token(owner=owner, name="Copy", scopes=scopes, days=1).secret, tmp_path)


def drafts(stage: Stage, count: int) -> list[Partnership]:
    codes = Country.objects.filter(kind=CountryKind.STATE).exclude(region="").values_list("code", flat=True)
    return [stage.draft(code) for code in codes.order_by("code")[:count]]


def contribute(stage: Stage, partnership: Partnership, dollars: int) -> None:
    pledged = Contribution(
        partnership=partnership, government="partner", kind="cash", stage="pledged", fiscal_year=2022,
        description="A fund for shelters", amount_usd=Decimal(dollars), source="Letter of the ministry",
    )  # fmt: skip
    record_contribution(contribution=pledged, actor=stage.analyst)


def has_all(copied: Any, listed: Any) -> bool:
    """Return whether a copy has all values of a record in its list; one that was read by itself has more fields."""
    if isinstance(copied, dict) and isinstance(listed, dict):
        return all(name in copied and has_all(copied[name], value) for name, value in listed.items())
    return bool(copied == listed)


def equal_to_the_database(mirror: Any) -> None:
    """Compare the copy with the tables, and each record of it with the one that the server has now."""
    copied = {record["id"]: record for record in mirror.records(PARTNERSHIPS)}
    stored = {row.pk: row for row in Partnership.objects.exclude(kind="sample")}
    assert {key: (record["title"], record["status"]) for key, record in copied.items()} == {
        key: (row.title, row.status) for key, row in stored.items()
    }
    for key, record in copied.items():
        rows = Contribution.objects.filter(partnership=key).values_list("pk", "amount_usd")
        assert {row["id"]: Decimal(row["amount_usd"]) for row in record["parts"]["contributions"]} == dict(rows)
    fresh = client.Mirror(mirror.api, ":memory:")
    fresh.pull()
    held, now = (dict(one.database.execute("SELECT list || key, body FROM records")) for one in (mirror, fresh))
    assert held.keys() == now.keys()
    differing = [name for name in now if not has_all(json.loads(held[name]), json.loads(now[name]))]
    assert differing == []


# ---- the file itself -----------------------------------------------------------------------------------------------


def test_the_client_is_short_and_needs_the_standard_library_alone() -> None:
    text = CLIENT.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= MOST_LINES
    imported = {line.split()[1].split(".")[0] for line in text.splitlines() if line.startswith(("import ", "from "))}
    assert imported <= {*__import__("sys").stdlib_module_names}


# ---- complete ------------------------------------------------------------------------------------------------------


def test_fifty_partnerships_with_all_that_they_hold_take_at_most_sixty_requests(
    stage: Stage, between: Between, copying: Copying
) -> None:
    for number, partnership in enumerate(drafts(stage, 50)):
        contribute(stage, partnership, 1000 + number)
    mirror = copying.mirror()
    mirror.pull()
    assert len(between.asked) <= 60, between.asked
    assert sum(1 for _ in mirror.records(PARTNERSHIPS)) == 50
    equal_to_the_database(mirror)


def test_every_list_that_the_token_may_read_is_copied(copying: Copying, tmp_path: Path) -> None:
    make_world(tmp_path)
    mirror = copying.mirror()
    mirror.pull()
    copied = {url for (url,) in mirror.database.execute("SELECT DISTINCT list FROM records")}
    assert {"/api/v1/countries/", "/api/v1/sources/", "/api/v1/indicators/", "/api/v1/observations/"} <= copied
    held = {record["id"]: record["value"] for record in mirror.records("/api/v1/observations/")}
    assert held == dict(Observation.objects.live().values_list("pk", "value"))
    equal_to_the_database(mirror)


# ---- in step -------------------------------------------------------------------------------------------------------


def test_a_follower_is_equal_after_concurrent_writers(stage: Stage, copying: Copying) -> None:
    made = drafts(stage, 6)
    mirror = copying.mirror()
    mirror.pull()

    def write(partnership: Partnership) -> None:
        try:
            for number in range(5):
                contribute(stage, partnership, number + 1)
                edit_partnership(partnership=partnership, actor=stage.analyst, values={"title": f"Title {number}"})
        finally:
            connection.close()

    writers = [threading.Thread(target=write, args=(partnership,)) for partnership in made]
    for writer in writers:
        writer.start()
    seen = 0
    while any(writer.is_alive() for writer in writers):
        seen += mirror.follow()
    seen += _until_nothing_is_held_back(mirror)
    assert seen >= 6 * 5
    assert Contribution.objects.count() == 30
    equal_to_the_database(mirror)


def _until_nothing_is_held_back(mirror: Any) -> int:
    """Follow the feed to its end, and return how many changes there were.

    A transaction of any database of this PostgreSQL holds back what is committed after it began.
    """
    seen: list[int] = []

    def has_all() -> bool:
        # In this order: what is held back when the feed is read may be free when it is asked about.
        is_free = not mirror.api.get("/api/v1/changes/", after=mirror.cursor())["held_back"]
        seen.append(mirror.follow())
        return is_free and not seen[-1]

    wait_until(has_all, "the end of older transactions", 60)
    return sum(seen)


def _until_what_is_committed_can_be_read(copying: Copying) -> None:
    api = copying.mirror().api
    wait_until(lambda: not api.get("/api/v1/changes/")["held_back"], "the end of older transactions", 60)


def test_a_client_that_was_stopped_goes_on_where_it_was(stage: Stage, copying: Copying, between: Between) -> None:
    first, *_ = drafts(stage, 3)
    copying.mirror().follow()
    contribute(stage, first, 70)
    _until_what_is_committed_can_be_read(copying)
    between.asked.clear()
    assert copying.mirror().follow() >= 1
    assert sum(path.startswith(f"{PARTNERSHIPS}{first.pk}/") for path in between.asked) == 1
    assert len(between.asked) <= 4, between.asked
    equal_to_the_database(copying.mirror())


def test_a_new_publication_is_read_again(stage: Stage, copying: Copying, tmp_path: Path) -> None:
    mirror = copying.mirror()
    mirror.follow()
    make_world(tmp_path)
    assert _until_nothing_is_held_back(mirror) >= 1
    assert {record["id"] for record in mirror.records("/api/v1/observations/")} == set(
        Observation.objects.live().values_list("pk", flat=True)
    )


def test_a_cursor_of_an_earlier_database_means_everything_is_read_again(
    stage: Stage, copying: Copying, between: Between
) -> None:
    drafts(stage, 1)
    mirror = copying.mirror()
    mirror.pull()
    mirror.database.execute("DELETE FROM records")
    between.faults[:] = ["410"]
    mirror.follow()
    equal_to_the_database(mirror)


# ---- through faults ------------------------------------------------------------------------------------------------


def test_it_survives_429_503_and_lost_connections_and_waits_as_long_as_asked(
    stage: Stage, copying: Copying, between: Between
) -> None:
    for partnership in drafts(stage, 4):
        contribute(stage, partnership, 5)
    between.faults[:] = ["429", "closed", "", "503", "cut", "429", "429", "", "502", "cut", "closed", ""]
    mirror = copying.mirror()
    mirror.pull()
    assert between.faults == []
    assert copying.pauses.count(7.0) == 5
    assert len(copying.pauses) == 9
    equal_to_the_database(mirror)


def test_a_fault_that_lasts_ends_it_with_the_copy_as_it_was(stage: Stage, copying: Copying, between: Between) -> None:
    first, *_ = drafts(stage, 2)
    mirror = copying.mirror()
    mirror.pull()
    before = list(mirror.database.execute("SELECT * FROM records"))
    cursor = mirror.cursor()
    contribute(stage, first, 5)
    _until_what_is_committed_can_be_read(copying)
    between.faults[:] = ["", "503", "503", "503"]
    with pytest.raises(client.Refused, match="503"):
        copying.mirror(attempts=3).follow()
    assert (list(mirror.database.execute("SELECT * FROM records")), mirror.cursor()) == (before, cursor)
    mirror.follow()
    equal_to_the_database(mirror)


def test_a_token_that_ended_is_refused_at_once_with_the_reason(copying: Copying, between: Between) -> None:
    copying.token = "cpc_00000000_" + "x" * 43
    with pytest.raises(client.Refused, match="401: The token is unknown, expired, or revoked"):
        copying.mirror().pull()
    assert (len(between.asked), copying.pauses) == (1, [])


def test_the_package_of_observations_is_downloaded_once_and_checked(
    copying: Copying, between: Between, tmp_path: Path
) -> None:
    make_world(tmp_path)
    made = build_newest()
    assert made is not None
    api = copying.mirror().api
    between.faults[:] = ["", "cut"]
    path = api.download_observations(tmp_path)
    assert path.read_bytes() == Path(made.file.path).read_bytes()
    between.asked.clear()
    assert api.download_observations(tmp_path) == path
    assert between.asked == ["/api/v1/bulk/"]
