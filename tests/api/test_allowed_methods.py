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
