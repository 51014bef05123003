"""A partnership created over REST from a decision, and its representation after the decision is superseded."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from partnerships.models import Partnership
from tests.api.test_partnerships import ALL, JSON, as_program, problem
from tests.selection.decisions.deliberating import (
    Decided,
    Deliberation,
    changed,
    closed,
    in_deliberation,
)
from tests.selection.decisions.deliberating import decided as select


def send(client: Client, values: dict[str, Any], key: str = "") -> Any:
    headers = {"Idempotency-Key": key} if key else {}
    return client.post(ALL, {"country": "GHA", "title": "Ghana", **values}, headers=headers, **JSON)  # type: ignore[arg-type]  # the arguments have several types


def test_decision_opens_one_partnership_that_names_it(decided: Decided) -> None:
    office, decision = decided.office, decided.decision
    client = as_program(office.analyst)
    first, again = (send(client, {"decision": decision.pk}, key="open") for _ in range(2))
    assert (first.status_code, again.content) == (201, first.content)
    body = first.json()
    assert body["origin"] == {"reason": "", "decision": decision.pk, "superseded_at": None, "confirmed_at": None}
    assert body["missing"]["origin.superseded_at"] == "not_yet"
    here, etag = first["Location"], first["ETag"]
    assert client.get(here, headers={"If-None-Match": etag}).status_code == 304
    changed(office, decision)
    later = client.get(here, headers={"If-None-Match": etag})
    assert later.status_code == 200
    assert later.json()["origin"]["superseded_at"] is not None
    steps = client.get(f"{here}transitions/").json()["steps"]
    invite = next(step for step in steps if step["name"] == "invite")
    assert [(found["code"], found["severity"]) for found in invite["findings"]] == [("decision_superseded", "warning")]


@pytest.mark.parametrize(
    ("values", "status", "field", "code"),
    [
        ({}, 422, "", "origin"),
        ({"decision": True, "origin_reason": "Rank"}, 422, "", "origin"),
        ({"decision": True, "country": "XKX"}, 422, "decision", "decision_country"),
        ({"decision": 999999}, 400, "decision", "does_not_exist"),
        ({"decision": "x"}, 400, "decision", "invalid"),
    ],
)
def test_a_decision_that_does_not_fit_is_named(
    decided: Decided, values: dict[str, Any], status: int, field: str, code: str
) -> None:
    sent = values | ({"decision": decided.decision.pk} if values.get("decision") is True else {})
    document = problem(
        send(as_program(decided.office.analyst), sent), status, "invalid" if status == 400 else "refused"
    )
    assert [(error["field"], error["code"]) for error in document["errors"]] == [(field, code)]
    assert not Partnership.objects.exists()


def test_a_decision_begins_one_and_none_before_its_round_is_decided(deliberation: Deliberation) -> None:
    office, found = deliberation.office, in_deliberation()
    decision, client = select(office, found), as_program(office.analyst)
    refused = problem(send(client, {"decision": decision.pk}), 422, "refused")
    assert refused["errors"][0]["code"] == "round_undecided"
    closed(office, found)
    assert send(client, {"decision": decision.pk}).status_code == 201
    refused = problem(send(client, {"decision": decision.pk}), 422, "refused")
    assert refused["errors"][0]["code"] == "decision_used"


def test_a_stated_reason_has_no_decision(deliberation: Deliberation) -> None:
    body = send(as_program(deliberation.office.analyst), {"origin_reason": "Asked for by the ministry"}).json()
    assert body["origin"] == {
        "reason": "Asked for by the ministry",
        "decision": None,
        "superseded_at": None,
        "confirmed_at": None,
    }
    assert body["missing"]["origin.decision"] == "not_applicable"
