"""Resources of selection over REST: each row as described, linked, and only for those whom the pages show it."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission, Role, permissions_of
from cpc.accounts.scopes import Scope
from cpc.api.resources import Resource
from cpc.api_tokens.services import issue_token
from indicators.narratives import api as narratives
from selection.api_urls import READ
from selection.models import Note, NoteVisibility, Scenario, ScoreRun
from tests.api.test_schema import validator
from tests.selection.decisions.deliberating import Decided
from tests.support.accounts import make_account
from tests.worlds.small_world import World

API = "/api/v1"
FOLLOWED = {
    "round": "rounds",
    "candidate": "candidates",
    "recommendation": "recommendations",
    "request": "consultation-requests",
    "position": "positions",
    "memo": "memos",
    "decision": "decisions",
    "supersedes": "",
    "evidence": "evidence-versions",
    "note": "notes",
    "adjudication": "adjudications",
    "model": "model-versions",
}
"""Lists that the numbers in a field lead to."""


def client(user: User) -> Client:
    made = Client()
    made.force_login(user)
    return made


def rows(client: Client, resource: Resource[Any]) -> list[dict[str, Any]]:
    url: str | None = f"{API}/{resource.name}/?page_size=1000"
    found: list[dict[str, Any]] = []
    while url:
        response = client.get(url)
        assert response.status_code == 200, (resource.name, response.content)
        found += response.json()["results"]
        url = response.json()["next"]
    return found


@pytest.fixture
def as_analyst(decided: Decided) -> Client:
    return client(decided.office.analyst)


def test_each_row_is_as_described_alone_and_in_csv_and_its_numbers_lead_on(as_analyst: Client) -> None:
    schema = as_analyst.get(f"{API}/schema/").json()
    found = {resource.name: rows(as_analyst, resource) for resource in READ}
    keys = {name: {row["id"] for row in listed} for name, listed in found.items()}
    for resource in READ:
        check = validator(schema, schema["components"]["schemas"][resource.component])
        listed = found[resource.name]
        for row in listed[:20]:
            assert [error.message for error in check.iter_errors(row)] == [], resource.name
            for field, target in FOLLOWED.items():
                if target and row.get(field) is not None and not isinstance(row[field], str):
                    assert row[field] in keys[target], (resource.name, field)
        if listed:
            alone = as_analyst.get(f"{API}/{resource.name}/{listed[0]['id']}/")
            assert alone.json() == listed[0], resource.name
        lines = as_analyst.get(f"{API}/{resource.name}/?format=csv").getvalue().decode()
        assert lines.startswith("id,"), resource.name
        assert lines.count("\r\n") >= len(listed) + 1, resource.name
    filled = {name for name, listed in found.items() if listed}
    assert filled >= {
        "rounds",
        "round-steps",
        "round-scores",
        "score-rows",
        "candidates",
        "evidence-versions",
        "consultation-requests",
        "positions",
        "dispositions",
        "recommendations",
        "decisions",
        "memos",
        "model-versions",
        "restriction-reviews",
    }


def test_a_round_has_its_scores_with_intervals_and_its_decision(as_analyst: Client, decided: Decided) -> None:
    decision = decided.decision
    candidate = decision.candidate
    (score,) = as_analyst.get(f"{API}/round-scores/?round={candidate.round_id}").json()["results"][-1:]
    scored = as_analyst.get(f"{API}/score-rows/?run={score['run']}&status=ranked").json()["results"]
    assert len(scored) == score["ranked"] > 1
    assert all(row["rank_low"] <= row["rank"] <= row["rank_high"] or row["rank"] for row in scored)
    (listed,) = as_analyst.get(f"{API}/decisions/?candidate={candidate.pk}").json()["results"]
    assert (listed["id"], listed["country"], listed["action"]) == (decision.pk, candidate.country.code, "select")
    assert listed["recommendation"] == decision.recommendation_id


OF_OFFICE = {"notes", "note-replies", "adjudications", "concurrences", "memos", "acknowledgments"}


@pytest.mark.parametrize("role", [Role.VIEWER, Role.REVIEWER, Role.API_CLIENT])
def test_no_one_reads_more_than_the_pages_show(as_analyst: Client, decided: Decided, role: Role) -> None:
    user = make_account(role, username="reads")
    reads = client(user)
    allowed = permissions_of(role)
    for resource in READ:
        seen = rows(as_analyst, resource)
        response = reads.get(f"{API}/{resource.name}/")
        expected = 200 if resource.permission in allowed else 404
        assert response.status_code == expected, resource.name
        assert (resource.name in OF_OFFICE) <= (expected == 404), resource.name
        if seen and resource.name != "scenarios":
            assert reads.get(f"{API}/{resource.name}/{seen[0]['id']}/").status_code == expected, resource.name
            assert reads.get(f"{API}/{resource.name}/?format=csv").status_code == expected, resource.name


def test_a_note_that_only_its_agency_sees_is_in_no_list(as_analyst: Client, decided: Decided) -> None:
    hidden = Note.objects.filter(visibility=NoteVisibility.AGENCY)
    listed = {row["id"] for resource in READ if resource.name == "notes" for row in rows(as_analyst, resource)}
    assert listed == set(Note.objects.exclude(pk__in=hidden.values("pk")).values_list("pk", flat=True))
    for note in hidden:
        assert as_analyst.get(f"{API}/notes/{note.pk}/").status_code == 404


def test_a_token_of_selection_reads_rounds_and_no_notes(decided: Decided) -> None:
    issued = issue_token(owner=decided.office.analyst, name="Reads", scopes=(Scope.SELECTION_READ,), days=1)
    program = Client(headers={"Authorization": f"Bearer {issued.secret}"})
    for resource in READ:
        status = program.get(f"{API}/{resource.name}/").status_code
        assert status == (403 if resource.permission == Permission.VIEW_NOTES else 200), resource.name


def test_only_own_scenarios_are_listed_and_answered(small: World) -> None:
    own, other = make_account(Role.ANALYST, username="own"), make_account(Role.VIEWER, username="other")
    run = ScoreRun.objects.get(pk=small.run.pk)
    scenario = Scenario.objects.create(name="Half need", run=run, question={"weights": {"need": 50}}, author=own)
    shared = Scenario.objects.create(
        name="Shared", run=run, question={}, author=other, shared_at="2026-11-20T15:00:00Z"
    )
    reads = client(own)
    assert [row["name"] for row in reads.get(f"{API}/scenarios/").json()["results"]] == ["Half need"]
    for pk, status in ((scenario.pk, 200), (shared.pk, 404)):
        assert reads.get(f"{API}/scenarios/{pk}/").status_code == status
        assert reads.get(f"{API}/scenarios/{pk}/answer/").status_code == status
    answered = reads.get(f"{API}/scenarios/{scenario.pk}/answer/").json()
    assert (answered["scenario"], answered["run"]) == (scenario.pk, run.pk)
    ranked = [row for row in answered["countries"] if row["rank"] is not None]
    assert answered["answered"] is bool(answered["countries"])
    assert sorted(row["rank"] for row in ranked) == list(range(1, len(ranked) + 1)) or not ranked


def test_narratives_have_facts_and_no_sentences(small: World) -> None:
    reads = client(make_account(Role.API_CLIENT))
    listed = {resource.name: rows(reads, resource) for resource in narratives.RESOURCES}
    assert listed["narratives"]
    assert all({"text", "sentence"}.isdisjoint(row) for found in listed.values() for row in found)
