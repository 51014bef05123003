"""Every operation of each account's OpenAPI schema, called with valid and invalid input.

The schema describes every response, and no valid input is an error.

Each example runs in its own savepoint, which is rolled back, so examples don't depend on each other.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, settings
from hypothesis.strategies import dates
from pytest_django import Settings
from schemathesis import GenerationMode

from cpc.accounts.permissions import Role, permissions_of
from cpc.accounts.scopes import Scope, scopes_for
from cpc.api_tokens.services import issue_token
from cpc.plausible import FIRST_DAY, LAST_DAY
from tests.support.accounts import make_account
from tests.support.examples import examples, same_each_time
from tests.worlds.partnerships.build import Stage
from tests.worlds.small_world import make_world

SCHEMA = "/api/v1/schema/"


@pytest.fixture
def _one_connection() -> Iterator[None]:
    """Leave the connection of the test's transaction open after each request, as Django's test client does."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def interface(
    db: None, _one_connection: None, tmp_path: Path, settings: Settings, role: Role, scopes: tuple[Scope, ...]
) -> Any:
    """Return the schema that a token of a role sees, over a world in which every URL can be opened."""
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.API_REQUESTS_A_MINUTE = 10**9
    settings.ALLOWED_HOSTS = ["*"]
    make_world(tmp_path)
    stage = Stage()
    stage.active()
    people = {Role.ANALYST: stage.analyst, Role.APPROVER: stage.approver}
    owner = people.get(role) or make_account(role)
    issued = issue_token(owner=owner, name="Tries", scopes=scopes, days=1)
    # Without a server in between, nothing would decompress an answer.
    headers = {"Authorization": f"Bearer {issued.secret}", "Accept-Encoding": "identity"}
    config = schemathesis.Config.from_dict(
        {
            "headers": headers,
            "generation": {
                "max-examples": examples(5),
                "deterministic": same_each_time(),
                "database": "none",
            },
            # What the schema's bounds ask for, one by one, is some fifty requests an operation: `make test-full`.
            "phases": {"stateful": {"enabled": False}, "coverage": {"enabled": not same_each_time()}},
            # 304: `If-None-Match: *`. 400: see `only_what_is_not_there`. 403: see `STEPS`. 412: an ETag is a text, and
            # only the newest one will do. 422: a rule.
            # The token is given to every request; that without one the answer is 401 is in the table of addresses.
            "checks": {
                "ignored_auth": {"enabled": False},
                "positive_data_acceptance": {"expected-statuses": ["2xx", "304", "400", "403", "404", "412", "422"]},
            },
        }
    )
    return schemathesis.openapi.from_wsgi(SCHEMA, get_wsgi_application(), config=config, headers=headers)


STEPS = "/transitions/"
"""Endings of URLs that take a step. Some steps belong to other roles than the analyst's."""


def only_what_is_not_there(problem: dict[str, Any]) -> bool:
    """Return whether a well-formed request was rejected only because it names a record that does not exist.

    A text with U+0000 can't name an existing record: PostgreSQL stores no such text. Nor can a search for signs alone.
    """
    known = {"invalid_choice", "does_not_exist", "null_characters_not_allowed", "no_term"}
    return {error["code"] for error in problem["errors"]} <= known


# The schema states the bounds of days by a pattern; of all days of the calendar, one in a hundred lies within.
schemathesis.openapi.format("date", dates(FIRST_DAY, LAST_DAY).map(str))

schema = schemathesis.pytest.from_fixture("interface")


def _all_scopes(role: Role) -> tuple[Scope, ...]:
    return scopes_for(permissions_of(role))


@pytest.mark.parametrize(
    ("role", "scopes"),
    [
        pytest.param(role, scopes, id=name, marks=() if role == Role.ANALYST else pytest.mark.wide)
        for name, role, scopes in (
            *((role.value, role, _all_scopes(role)) for role in Role),
            ("api_client with one scope", Role.API_CLIENT, (Scope.PARTNERSHIPS_READ,)),
        )
    ],
)
@schema.parametrize()
@settings(max_examples=examples(5), suppress_health_check=list(HealthCheck))
def test_no_answer_is_undescribed(case: Any, role: Role, scopes: tuple[Scope, ...]) -> None:
    with transaction.atomic():
        response = case.call()
        transaction.set_rollback(True)
    case.validate_response(response)
    if case.meta.generation.mode is GenerationMode.POSITIVE:
        assert response.status_code != 403 or case.path.endswith(STEPS), response.json()
        assert response.status_code != 400 or only_what_is_not_there(response.json()), response.json()
