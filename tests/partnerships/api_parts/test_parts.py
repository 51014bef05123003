"""Every part of the sample partnership over REST: its list, each record, and `expand` and `fields` of partnerships."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import DjangoDbBlocker

from cpc.accounts.models import User
from cpc.accounts.permissions import Role
from cpc.audit.models import AuditEntry
from cpc.people.demo import load_accounts
from indicators.models import Country
from partnerships import api_urls
from partnerships.agreements.services import create_partnership
from partnerships.api_base.outside import masked
from partnerships.api_base.parts import PARTS, PartResource
from partnerships.models import Award, Partnership, RecordKind
from partnerships.models.sealing import models_below
from partnerships.sample.load import load_sample
from partnerships.withheld import outside_of
from tests.api.test_partnerships import as_program
from tests.partnerships.publication.withheld_items import withhold
from tests.support.accounts import make_account
from tests.support.services import wait_until
from tests.worlds.partnerships.build import Stage

assert api_urls.urlpatterns  # loads every declaration
RESOURCES = {name: part for name, part in PARTS.items() if isinstance(part, PartResource)}

NO_SAMPLE_ROWS = frozenset(
    {
        "corrections",
        "determinations",
        "difference-explanations",
        "events",
        "national-plans",
        "notices",
        "notification-exemptions",
        "opening-terms",
        "year-assessment-steps",
    }
)
"""Parts of which the sample has no rows."""

NOT_LISTED: Mapping[str, str] = {
    "clearanceanswer": "under clearance",
    "clearancereminder": "mail that was sent, of no interest to a program",
    "clearancerequest": "under clearance",
    "legalfinding": "under clearance",
    "signing": "under clearance",
    "silence": "under clearance",
    "textfile": "under clearance",
    "textversion": "under clearance",
    "amendmentchange": "in its amendment",
    "doublecount": "raw counts, which may be of fewer than 5 people",
    "result": "results are released by year, without small counts",
    "resultcell": "results are released by year, without small counts",
    "limitexceptiongrant": "in its exception",
    "limitexceptionrefusal": "in its exception",
    "originconfirmation": "in the partnership",
    "publishedactivity": "in the IATI file",
    "publisheddocument": "in the IATI file",
    "publishedorganization": "in the IATI file",
    "sectorsplit": "in the IATI file",
    "withholding": "names what is withheld",
    "plannedmethod": "the method in effect is in the indicator",
}
"""Tables below a partnership that have no list of their own, with the reason."""


@pytest.fixture(scope="module")
def sample(own_database: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Partnership]:
    with django_db_blocker.unblock():
        load_accounts(lambda _done, _total: None)
        load_sample(lambda _done, _total: None)
        yield Partnership.objects.get(kind=RecordKind.SAMPLE)


@pytest.fixture
def program(sample: Partnership, db: None) -> Client:
    return as_program(make_account(Role.API_CLIENT))


def all_of(client: Client, url: str) -> list[dict[str, Any]]:
    answer = client.get(url, {"page_size": 1000})
    assert answer.status_code == 200, (url, answer.content)
    rows: list[dict[str, Any]] = answer.json()["results"]
    return rows


def test_every_table_below_a_partnership_has_a_list_or_a_reason() -> None:
    listed = {part.model._meta.model_name for part in RESOURCES.values()}
    below = {model._meta.model_name for model in models_below()}
    assert below - listed == set(NOT_LISTED)
    assert listed - below == set()


@pytest.mark.parametrize("name", RESOURCES)
def test_list_and_each_record_have_every_row_once(program: Client, sample: Partnership, name: str) -> None:
    part = RESOURCES[name]
    rows = all_of(program, reverse(f"api:{part.url_name}", args=[sample.pk]))
    visible = part.visible_to(User.objects.get(username="viewer")).filter(**{part.path: sample}).count()
    assert len(rows) == visible
    assert bool(rows) == (name not in NO_SAMPLE_ROWS)
    if part.has_own_urls or not rows or "id" not in rows[0]:
        return
    for row in rows[:3]:
        answer = program.get(reverse(f"api:{part.object_url_name}", args=[sample.pk, row["id"]]))
        assert answer.json() == row
        assert answer.headers["CPC-Record"] == "sample"


def test_a_row_is_below_its_own_partnership_alone(program: Client, sample: Partnership) -> None:
    other = create_partnership(
        country=Country.objects.get(code="GHA"), title="Partnership", origin_reason="Prevalence", actor=None
    )
    for name, part in RESOURCES.items():
        assert all_of(program, reverse(f"api:{part.url_name}", args=[other.pk])) == [], name
        row = part.model._default_manager.filter(**{part.path: sample}).first()
        if row is not None and not part.has_own_urls:
            url = reverse(f"api:{part.object_url_name}", args=[other.pk, row.pk])
            assert program.get(url).status_code == 404, url


@pytest.mark.parametrize(("role", "status"), [(Role.VIEWER, 200), (Role.REVIEWER, 404)])
def test_who_may_not_see_partnerships_sees_no_part(sample: Partnership, db: None, role: Role, status: int) -> None:
    client = Client()
    client.force_login(make_account(role, username="somebody"))
    for part in RESOURCES.values():
        assert client.get(reverse(f"api:{part.url_name}", args=[sample.pk])).status_code == status
    row = sample.awards.first()
    assert row is not None
    url = reverse("api:partnership-one-award", args=[sample.pk, row.pk])
    assert client.get(url).status_code == status


def test_expand_adds_what_each_list_has(program: Client, sample: Partnership) -> None:
    answer = program.get(f"/api/v1/partnerships/{sample.pk}/", {"expand": "all"}).json()
    assert list(answer["parts"]) == list(PARTS)
    for name, part in RESOURCES.items():
        assert answer["parts"][name] == all_of(program, reverse(f"api:{part.url_name}", args=[sample.pk])), name
    for name in ("results", "clearance", "origin", "deadlines"):
        assert answer["parts"][name] == program.get(f"/api/v1/partnerships/{sample.pk}/{name}/").json()
    listed = program.get("/api/v1/partnerships/", {"kind": "sample", "expand": "all"}).json()["results"]
    assert [row["parts"] for row in listed] == [answer["parts"]]
    plain = program.get("/api/v1/partnerships/", {"kind": "sample"}).json()["results"]
    assert [{**row, "parts": answer["parts"]} for row in plain] == listed


def test_expand_takes_one_query_for_each_list(program: Client, sample: Partnership) -> None:
    names = [name for name, part in RESOURCES.items() if not part.from_instances]

    def queries(url: str, **parameters: str) -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert program.get(url, parameters).status_code == 200
        return len(captured)

    url = f"/api/v1/partnerships/{sample.pk}/"
    queries(url, fields="id")  # the first request fills caches
    bare = queries(url, fields="id")
    assert queries(url, fields="id", expand=",".join(names)) == bare + len(names)


def test_fields_leaves_only_what_it_names(program: Client, sample: Partnership) -> None:
    url = f"/api/v1/partnerships/{sample.pk}/"
    whole = program.get(url).json()
    some = program.get(url, {"fields": "id,term,missing"}).json()
    assert some == {
        "id": whole["id"],
        "term": whole["term"],
        "missing": {name: reason for name, reason in whole["missing"].items() if name.startswith("term.")},
    }
    awards = program.get(f"{url}awards/", {"fields": "state"}).json()
    assert {tuple(row) for row in awards["results"]} == {("state",)}
    both = program.get(url, {"fields": "id", "expand": "risks"}).json()
    assert set(both) == {"id", "parts"}


@pytest.mark.parametrize(
    ("parameter", "value", "message"),
    [
        ("fields", "id,nothing", "“nothing” is not valid"),
        ("fields", "id,", "“” is not valid"),
        ("expand", "wards", "“wards” is not valid"),
        ("expand", "", "Send a value"),
    ],
)
def test_unknown_field_or_part_is_named(
    program: Client, sample: Partnership, parameter: str, value: str, message: str
) -> None:
    answer = program.get(f"/api/v1/partnerships/{sample.pk}/", {parameter: value})
    assert answer.status_code == 400
    assert message in answer.json()["errors"][0]["message"]


def test_a_filter_narrows_and_refuses_other_values(program: Client, sample: Partnership) -> None:
    url = f"/api/v1/partnerships/{sample.pk}/awards/"
    states = [row["state"] for row in all_of(program, url)]
    ended = program.get(url, {"state": "ended"}).json()
    assert ended["count"] == states.count("ended") == 1
    assert program.get(url, {"state": ["ended", "active"]}).json()["count"] == 3
    assert "Valid values: " in program.get(url, {"state": "over"}).json()["errors"][0]["message"]
    award = sample.awards.order_by("pk").first()
    assert award is not None
    steps = f"/api/v1/partnerships/{sample.pk}/award-steps/"
    assert {row["award"] for row in program.get(steps, {"award": award.pk}).json()["results"]} == {award.pk}
    assert program.get(steps, {"award": "0"}).status_code == 400


def test_the_root_lists_what_each_token_may_read(
    sample: Partnership, program: Client, client_of: Callable[[Role], Client]
) -> None:
    found = {row["name"]: row for row in program.get("/api/v1/").json()["resources"]}
    assert set(PARTS) == set(found["partnerships"]["expand"]) == set(found["partnership"]["expand"])
    assert found["partnership_awards"]["url"] == "/api/v1/partnerships/{id}/awards/"
    assert found["partnership_awards"]["is_list"]
    assert not found["partnership_clearance"]["is_list"]
    reviewer = {row["name"] for row in client_of(Role.REVIEWER).get("/api/v1/").json()["resources"]}
    assert "observations" in reviewer
    assert not {name for name in reviewer if name.startswith("partnership")}


@pytest.fixture
def client_of(db: None) -> Callable[[Role], Client]:
    def make(role: Role) -> Client:
        client = Client()
        client.force_login(make_account(role))
        return client

    return make


def test_a_document_is_downloaded_and_recorded(program: Client, sample: Partnership) -> None:
    versions = all_of(program, f"/api/v1/partnerships/{sample.pk}/document-versions/")
    url = f"/api/v1/partnerships/{sample.pk}/document-versions/{versions[0]['id']}/file/"
    assert "withheld outside" in program.get(url).json()["detail"]
    analyst = as_program(User.objects.get(username="analyst"))
    answer = analyst.get(url)
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert hashlib.sha256(answer.content).hexdigest() == versions[0]["sha256"]
    assert AuditEntry.objects.filter(action="downloaded", object_id=str(versions[0]["id"])).count() == 1


def test_nothing_withheld_is_in_any_answer_to_an_account_outside(program: Client, sample: Partnership) -> None:
    outside = outside_of([sample.pk]).of(sample.pk)
    hidden = [item.item for item in outside.masked]
    assert len(hidden) >= 2
    urls = [f"/api/v1/partnerships/{sample.pk}/{part.name}/" for part in PARTS.values()]
    urls += [f"/api/v1/partnerships/{sample.pk}/", "/api/v1/partnerships/?kind=sample"]
    urls += [f"{url}?expand=all" for url in urls[-2:-1]] + ["/api/v1/partnerships/?kind=sample&expand=all"]
    urls += ["/api/v1/partnerships/?kind=sample&expand=all&fields=title"]
    for url in urls:
        text = program.get(url, headers={"Accept": "application/json"}).content.decode()
        assert outside.found_in(text) == [], url
    stream: Any = program.get(f"/api/v1/partnerships/{sample.pk}/awards/?format=csv&fields=id,recipient,state")
    lines = b"".join(stream.streaming_content).decode().splitlines()
    assert lines[0] == "id,recipient,state"
    assert len(lines) == 1 + sample.awards.count()
    assert outside.found_in("\n".join(lines)) == []
    inside = as_program(User.objects.get(username="analyst"))
    assert hidden[0] in inside.get(f"/api/v1/partnerships/{sample.pk}/?expand=all").content.decode()
    awards = program.get(f"/api/v1/partnerships/{sample.pk}/awards/").json()["results"]
    withheld = [row for row in awards if row["recipient"].startswith("Implementer")]
    assert withheld
    name = Award.objects.get(pk=withheld[0]["id"]).recipient
    identified = {"recipient": name, "uei": "ABCDEFGHJKL1", "fain": "", "missing": {"ends_on": "not_set"}}
    assert masked([identified], outside_of([sample.pk]), sample.pk) == [
        {
            "recipient": withheld[0]["recipient"],
            "uei": None,
            "fain": "",
            "missing": {"ends_on": "not_set", "uei": "withheld"},
        }
    ]
    named = inside.get(f"/api/v1/partnerships/{sample.pk}/awards/").json()["results"]
    assert [row["id"] for row in named] == [row["id"] for row in awards]
    assert {row["recipient"] for row in named} >= {row["recipient"] for row in awards if row not in withheld}


def test_a_determination_changes_what_is_shown_and_its_etag(program: Client, sample: Partnership) -> None:
    url = f"/api/v1/partnerships/{sample.pk}/"
    before = program.get(url)
    held = {"If-None-Match": before.headers["ETag"]}
    assert program.get(url, headers=held).status_code == 304
    analyst, approver = (User.objects.get(username=name) for name in ("analyst", "approver"))
    withhold(Stage(analyst=analyst, approver=approver), sample, sample.coordination_body)
    after = program.get(url, headers=held)
    assert after.status_code == 200
    assert after.json()["coordination_body"] != before.json()["coordination_body"]
    listed = program.get("/api/v1/partnerships/?kind=sample")
    assert listed.json()["results"][0]["coordination_body"] == after.json()["coordination_body"]
    inside = as_program(analyst)
    assert inside.get(url).json()["coordination_body"] == sample.coordination_body
    assert inside.get(url).headers["ETag"] != after.headers["ETag"]
    assert inside.get("/api/v1/partnerships/?kind=sample").headers["ETag"] != listed.headers["ETag"]


def test_every_event_of_the_sample_leads_to_its_record(program: Client, sample: Partnership) -> None:
    def read() -> list[dict[str, Any]]:
        feed = program.get("/api/v1/changes/", {"partnership": sample.pk, "limit": 1000}).json()
        rows: list[dict[str, Any]] = feed["results"]
        return rows

    expected = {"amendment", "reporting_period", "award", "ledger_entry"}
    # Transactions of other databases of this PostgreSQL hold back what was committed after they began.
    wait_until(lambda: expected <= {row["subject"] for row in read()}, "the end of older transactions", 120)
    events = read()
    newest = {row["subject"]: row["url"] for row in events if row["url"]}
    assert len(newest) > 20
    assert {url: program.get(url).status_code for url in newest.values()} == dict.fromkeys(newest.values(), 200)
