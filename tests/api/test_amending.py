"""Life of a partnership over REST: created, amended, and reported on, from the first draft to an approved report."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from cpc.accounts.permissions import Role
from partnerships.agreements import services as agreements_services
from partnerships.amendable import AMENDABLE
from partnerships.deadlines import services as deadlines_services
from partnerships.models import Contribution, Partnership
from partnerships.monitoring.services.results import schedule_periods
from partnerships.schedules import ReportFrequency
from tests.api.test_partnerships import ALL, CONTRIBUTION, JSON, as_program, change, post, problem, reported, url_of
from tests.support.accounts import make_account
from tests.worlds.partnerships.build import (
    END,
    START,
    Active,
    Stage,
)
from tests.worlds.partnerships.complete import make_complete

NEW = {"country": "GHA", "title": "Ghana", "origin_reason": "Rank", "starts_on": "2021-01-01", "ends_on": "2026-01-01"}


@pytest.fixture
def analyst(stage: Stage) -> Client:
    return as_program(stage.analyst)


@pytest.fixture
def approver(stage: Stage) -> Client:
    return as_program(stage.approver)


def send(client: Client, url: str, values: Any, etag: str = "", key: str = "") -> Any:
    headers = ({"If-Match": etag} if etag else {}) | ({"Idempotency-Key": key} if key else {})
    return client.post(url, values, headers=headers, **JSON)  # type: ignore[arg-type]  # the arguments have several types


def step(client: Client, url: str, name: str, **values: Any) -> Any:
    """Take a step of the record at `url`, with its current ETag."""
    return send(client, f"{url}transitions/", {"name": name, **values}, etag=client.get(url)["ETag"])


# ---- opening -------------------------------------------------------------------------------------------------------


def test_a_partnership_is_opened_once_with_programs_and_amounts(analyst: Client) -> None:
    first, again = (send(analyst, ALL, NEW, key="open") for _ in range(2))
    assert (first.status_code, again.content, first["ETag"]) == (201, first.content, again["ETag"])
    here = first["Location"]
    assert analyst.get(here)["ETag"] == first["ETag"]
    problem(send(analyst, f"{here}programs/", {"title": "Justice"}), 428, "precondition_required")
    opened = send(analyst, f"{here}programs/", {"title": "Justice"}, etag=first["ETag"])
    [program] = opened.json()["programs"]
    problem(send(analyst, f"{here}programs/", {"title": "Lost"}, etag=first["ETag"]), 412, "precondition_failed")
    row = {"program": program["id"], "government": "us", "amount": "5000000.00"}
    stated = send(analyst, f"{here}amounts/", {"amounts": [row]}, etag=opened["ETag"])
    assert (stated.status_code, stated.json()["funding"]["planned"]) == (201, "5000000.00")
    more = {"amounts": [row | {"amount": "5000000.01"}]}
    refused = problem(send(analyst, f"{here}amounts/", more, etag=stated["ETag"]), 422, "refused")
    [error] = refused["errors"]
    assert (error["code"], error["limit"], error["would_be"]) == ("planned_limit", "5000000.00", "5000000.01")
    assert error["citation"]
    assert [row["us_amount"] for row in analyst.get(f"{here}programs/").json()["results"]] == ["5000000.00"]


@pytest.mark.parametrize(
    ("changes", "status", "field"),
    [
        ({"country": "ZZZ"}, 400, "country"),
        ({"status": "active"}, 400, "status"),
        ({"origin_reason": ""}, 422, ""),
        ({"ends_on": "2026-01-02"}, 422, "ends_on"),
    ],
)
def test_a_partnership_that_is_not_opened(analyst: Client, changes: dict[str, str], status: int, field: str) -> None:
    document = problem(send(analyst, ALL, NEW | changes), status, "invalid" if status == 400 else "refused")
    assert document["errors"][0]["field"] == field
    assert not Partnership.objects.exists()


# ---- amending ------------------------------------------------------------------------------------------------------


def drafted(client: Client, partnership: Partnership) -> str:
    body = {"kind": "terms", "title": "Another title", "reason": "Agreed"}
    answer = send(client, url_of(partnership, "amendments/"), body)
    assert answer.status_code == 201, answer.content
    return str(answer["Location"])


def test_an_amendment_is_drafted_decided_by_another_and_takes_effect(
    stage: Stage, analyst: Client, approver: Client
) -> None:
    partnership = stage.active(planned="1000000.00")
    here = drafted(analyst, partnership)
    body = send(analyst, f"{here}changes/", {"of": "partnership", "field": "title", "value": "Together"}).json()
    assert (body["changes"][0]["of"], body["changes"][0]["new"]) == ("partnership", "Together")
    program = partnership.programs.get()
    amount = {"of": "amount", "row": program.pk, "government": "us", "amount": "1500000.00"}
    assert send(analyst, f"{here}changes/", amount).status_code == 201
    stale = analyst.get(here)["ETag"]
    assert step(analyst, here, "submit").json()["state"] == "submitted"
    problem(send(approver, f"{here}transitions/", {"name": "approve"}, etag=stale), 412, "precondition_failed")
    problem(step(analyst, here, "approve"), 403, "permission_denied")
    narrow = as_program(stage.approver, "partnerships:write")
    problem(step(narrow, here, "approve"), 403, "insufficient_scope")
    offered = approver.get(f"{here}transitions/").json()["steps"]
    assert {row["name"] for row in offered} == {"return", "approve", "reject", "withdraw"}
    assert step(approver, here, "approve").json()["state"] == "approved"
    before = analyst.get(url_of(partnership))["ETag"]
    tomorrow = (dt.datetime.now(dt.UTC).date() + dt.timedelta(days=1)).isoformat()
    [error] = problem(step(analyst, here, "apply", on=tomorrow), 422, "refused")["errors"]
    assert (error["field"], error["code"]) == ("on", "future_day")
    assert step(analyst, here, "apply").json()["state"] == "applied"
    now = analyst.get(url_of(partnership), headers={"If-None-Match": before})
    assert (now.json()["title"], now.json()["funding"]["planned"]) == ("Together", "1500000.00")


def test_an_amendment_past_a_limit_is_refused_with_its_numbers(active: Active, analyst: Client) -> None:
    partnership = active.partnership
    here = drafted(analyst, partnership)
    late = (END + dt.timedelta(days=1)).isoformat()
    send(analyst, f"{here}changes/", {"of": "partnership", "field": "ends_on", "value": late})
    [error] = [e for e in problem(step(analyst, here, "submit"), 422, "refused")["errors"] if e["code"] == "term_limit"]
    assert (error["limit"], error["would_be"]) == (END.isoformat(), late)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"of": "partnership", "field": "status", "value": "closed"}, "field"),
        ({"of": "objective", "field": "title", "value": "X"}, "row"),
        ({"of": "objective", "row": 999999, "field": "title", "value": "X"}, "row"),
        ({"of": "amount"}, "government"),
        ({"of": "partnership", "field": "title", "value": {"a": 1}}, "value"),
        ({"of": "award", "row": 1}, "of"),
    ],
)
def test_a_change_that_cannot_be_proposed(active: Active, analyst: Client, body: dict[str, Any], field: str) -> None:
    here = drafted(analyst, active.partnership)
    assert problem(send(analyst, f"{here}changes/", body), 400, "invalid")["errors"][0]["field"].startswith(field)


def test_fields_of_an_amendment_are_those_that_it_can_change(active: Active, analyst: Client) -> None:
    here, partnership = drafted(analyst, active.partnership), active.partnership
    for of, row in (("partnership", None), ("participant", partnership.participants.all()[0].pk)):
        change = {"of": of, "row": row, "field": "contact_office", "value": "X"}
        [error] = problem(send(analyst, f"{here}changes/", change), 400, "invalid")["errors"]
        assert error["message"].endswith(f"The fields are: {', '.join(AMENDABLE[of])}.")
        name = "title" if of == "partnership" else "name"
        assert send(analyst, f"{here}changes/", change | {"field": name}).status_code == 201


# ---- reporting -----------------------------------------------------------------------------------------------------


def test_a_report_is_submitted_by_one_and_approved_by_another(db: None) -> None:
    made = make_complete()
    analyst, approver = as_program(made.analyst), as_program(made.approver)
    answer = send(analyst, url_of(made.partnership, "periods/"), {"frequency": ReportFrequency.ANNUAL})
    first = answer.json()["added"][0]
    here = url_of(made.partnership, f"periods/{first['id']}/")
    period = made.partnership.reporting_periods.get(pk=first["id"])
    stale = analyst.get(here)["ETag"]
    assert post(analyst, made.partnership, "results/", reported(made, period, 98, 12)).status_code == 201
    submit = {"name": "submit", "on": "2026-01-15"}
    problem(send(analyst, f"{here}transitions/", submit, etag=stale), 412, "precondition_failed")
    codes = {e["code"] for e in problem(step(analyst, here, "submit", on="2026-01-15"), 422, "refused")["errors"]}
    assert codes == {"result_missing"}
    share = {"period": first["id"], "indicator": made.share.code, "value": None, "no_data_reason": "The survey is late"}
    post(analyst, made.partnership, "results/", share)
    assert step(analyst, here, "submit", on="2026-01-15").json()["state"] == "submitted"
    problem(step(analyst, here, "approve"), 403, "permission_denied")
    rejected = problem(step(approver, here, "return", on="2026-01-16"), 422, "refused")
    assert rejected["errors"][0]["field"] == "reason"
    assert step(approver, here, "approve", on="2026-01-16").json()["state"] == "approved"


# ---- what a client that pulls notices ------------------------------------------------------------------------------


def test_any_visible_change_changes_the_etags_of_list_and_partnership(stage: Stage, analyst: Client) -> None:
    partnership = stage.draft()
    stage.draft("PER")
    only = f"{ALL}?country=GHA"

    def held() -> tuple[str, str, str]:
        return analyst.get(url_of(partnership))["ETag"], analyst.get(ALL)["ETag"], analyst.get(only)["ETag"]

    def since(moment: str) -> list[int]:
        return [row["id"] for row in analyst.get(ALL, {"updated_since": moment}).json()["results"]]

    etags = held()
    assert held() == etags
    for url, etag in zip((url_of(partnership), ALL, only), etags, strict=True):
        assert analyst.get(url, headers={"If-None-Match": etag}).status_code == 304
    writes: list[Callable[[], object]] = [
        lambda: post(analyst, partnership, "contributions/", CONTRIBUTION),
        lambda: stage.program(partnership, "1000.00"),
        lambda: stage.step(partnership, "invite"),
        lambda: partnership.objectives.update(title="Found and protected"),
        lambda: schedule_periods(partnership=partnership, frequency=ReportFrequency.ANNUAL, actor=stage.analyst),
        lambda: agreements_services.edit_partnership(
            partnership=partnership, actor=stage.analyst, values={"title": "Other"}
        ),
    ]
    for write in writes:
        before, version = held(), Partnership.objects.get(pk=partnership.pk).version
        write()
        assert all(old != new for old, new in zip(before, held(), strict=True))
        assert Partnership.objects.get(pk=partnership.pk).version > version
        assert since(analyst.get(url_of(partnership)).json()["updated_at"]) == [partnership.pk]


def test_what_changes_nothing_makes_no_version_and_no_one_writes_one(stage: Stage, analyst: Client) -> None:
    partnership = stage.draft()
    partnership.refresh_from_db()
    partnership.save()
    deadlines_services.run_due(today=START)
    again = Partnership.objects.get(pk=partnership.pk)
    assert (again.version, again.updated_at) == (partnership.version, partnership.updated_at)
    Partnership.objects.filter(pk=partnership.pk).update(version=999, updated_at=dt.datetime(2000, 1, 1, tzinfo=dt.UTC))
    again.refresh_from_db()
    assert again.version == partnership.version + 1
    assert again.updated_at > partnership.updated_at


# ---- past each limit -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", list(Role))
def test_no_role_gets_past_a_limit_over_rest(stage: Stage, role: Role) -> None:
    running, draft = stage.active(planned="5000000.00"), stage.draft("PER")
    award = stage.award(running)
    program = stage.program(draft, "1.00")
    account = {Role.ANALYST: stage.analyst, Role.APPROVER: stage.approver}.get(role) or make_account(role)
    client, reads = Client(), as_program(stage.analyst)
    client.force_login(account)
    late = (END + dt.timedelta(days=1)).isoformat()
    much = "5000000.01"
    etag = reads.get(url_of(draft))["ETag"]
    amounts = {"amounts": [{"program": program.pk, "government": "us", "amount": much}]}
    entry = {"award": award.pk, "kind": "award", "amount": much, "on": START.isoformat()}
    attempts = [
        ("term_limit", END.isoformat(), late, change(client, draft, {"ends_on": late}, etag)),
        ("term_limit", END.isoformat(), late, send(client, ALL, NEW | {"country": "UGA", "ends_on": late})),
        ("planned_limit", "5000000.00", much, send(client, url_of(draft, "amounts/"), amounts, etag)),
        ("awarded_over_planned", "5000000.00", much, post(client, running, "ledger/", entry)),
    ]
    for code, limit, would_be, answer in attempts:
        if answer.status_code in (403, 404):
            continue
        errors = {error["code"]: error for error in problem(answer, 422, "refused")["errors"]}
        assert (errors[code]["limit"], errors[code]["would_be"]) == (limit, would_be)
        assert errors[code]["citation"] == running.limits.citation
    assert [answer.status_code for *_, answer in attempts].count(422) == {"analyst": 4, "approver": 3}.get(role, 0)
    running.refresh_from_db()
    assert running.awarded_total == 0
    assert not Contribution.objects.filter(partnership=draft).exists()
