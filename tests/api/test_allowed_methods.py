"""The Allow header names the methods that an account's schema has at a URL, and no others."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from cpc.accounts.permissions import Role
from tests.support.accounts import make_account
from tests.worlds.partnerships.build import Stage

METHODS = {"GET", "POST", "PATCH", "PUT", "DELETE"}


@pytest.mark.parametrize("role", [Role.API_CLIENT, Role.VIEWER, Role.ANALYST, Role.APPROVER])
def test_allow_agrees_with_the_schema_of_the_account(stage: Stage, role: Role) -> None:
    number = stage.draft().pk
    people = {Role.ANALYST: stage.analyst, Role.APPROVER: stage.approver}
    client = Client()
    client.force_login(people.get(role) or make_account(role))
    paths: dict[str, Any] = client.get("/api/v1/schema/").json()
    wrong = {}
    for path, operations in paths["paths"].items():
        if path.count("{") > 1 or not path.startswith("/api/v1/partnerships/"):
            continue
        response = client.delete(path.replace("{id}", str(number)))
        assert response.status_code == 405, path
        allowed = {name.strip() for name in response["Allow"].split(",")} & METHODS
        if allowed != {name.upper() for name in operations} & METHODS:
            wrong[path] = allowed
    assert wrong == {}


@pytest.mark.parametrize("role", [Role.API_CLIENT, Role.ANALYST])
def test_every_endpoint_is_described_also_for_a_partnership_that_is_not_there(stage: Stage, role: Role) -> None:
    client = Client()
    client.force_login(stage.analyst if role is Role.ANALYST else make_account(role))
    paths = [path for path in client.get("/api/v1/schema/").json()["paths"] if path.count("{") == 1 and "{id}" in path]
    assert len(paths) > 20
    answers = {path: client.options(path.replace("{id}", "999999999")).status_code for path in paths}
    assert {path: status for path, status in answers.items() if status not in (200, 404)} == {}
