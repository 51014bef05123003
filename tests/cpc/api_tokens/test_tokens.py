"""API tokens: shown once, stored as a digest, scoped, expiring, revocable, counted, and never in the audit trail."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, transaction
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from cpc.accounts.models import ApiToken, User
from cpc.accounts.permissions import ROLE_PERMISSIONS, Permission, Role
from cpc.accounts.scopes import SCOPE_PERMISSIONS, Scope, scopes_for
from cpc.api.run_once import new_key
from cpc.api_tokens.services import issue_token, recognize, revoke_token
from cpc.audit.models import AuditEntry
from tests.support.accounts import PASSWORD, make_account
from tests.support.unguarded import unguarded
from tests.worlds.small_world import World

PAGE = "/account/tokens/"
COUNTRIES = "/api/v1/countries/"
RANKINGS = "/api/v1/rankings/"
READS = [Scope.OBSERVATIONS_READ.value, Scope.RANKINGS_READ.value]
ClientOf = Callable[[Role], Client]


def secret_of(owner: User, *scopes: str) -> str:
    return issue_token(owner=owner, name="Nightly copy", scopes=scopes or READS, days=90).secret


def bearing(secret: str) -> Client:
    return Client(headers={"Authorization": f"Bearer {secret}"})


def asked(**changes: Any) -> dict[str, Any]:
    form = {"name": "Nightly copy", "scopes": READS, "days": "90", "password": PASSWORD}
    return {**form, "idempotency_key": new_key(), **changes}


# ---- issuing -------------------------------------------------------------------------------------------------------


def test_a_program_issues_a_token_on_the_page_and_sees_it_once(db: None, api: Client) -> None:
    shown = api.post(PAGE, asked())
    assert (shown.status_code, "no-store" in shown["Cache-Control"]) == (200, True)
    [secret] = re.findall(r"cpc_[0-9a-f]{8}_[\w-]{43}", shown.content.decode())
    assert bearing(secret).get(COUNTRIES).status_code == 200
    token = ApiToken.objects.get()
    assert secret.startswith(f"{token.prefix}_")
    assert token.expires_at - token.created_at == dt.timedelta(days=90)
    # Neither the page, nor the row, nor the trail can show it again.
    listed = api.get(PAGE).content.decode()
    assert token.prefix in listed
    stored = [listed, *map(str, ApiToken.objects.values()), *map(str, AuditEntry.objects.values())]
    assert not any(secret.removeprefix(f"{token.prefix}_") in text for text in stored)
    entry = AuditEntry.objects.get(action="issued a token")
    assert (entry.actor_name, entry.channel, entry.after["scopes"]) == ("REST client", "page", READS)


def test_second_submission_issues_no_token_and_shows_no_secret(db: None, api: Client) -> None:
    form = asked()
    assert b"cpc_" in api.post(PAGE, form).content
    again = api.post(PAGE, form, follow=True)
    assert again.redirect_chain == [(PAGE, 302)]
    assert "This token was already issued" in again.content.decode()
    assert not re.findall(r"cpc_[0-9a-f]{8}_[\w-]{43}", again.content.decode())
    assert ApiToken.objects.count() == 1


@pytest.mark.parametrize(
    "changes", [{"name": " "}, {"scopes": []}, {"scopes": ["everything"]}, {"days": "366"}, {"days": "0"}]
)
def test_invalid_form_shows_errors_and_issues_nothing(db: None, api: Client, changes: dict[str, Any]) -> None:
    refused = api.post(PAGE, asked(**changes))
    assert (refused.status_code, "No token was issued." in refused.content.decode()) == (422, True)
    assert not ApiToken.objects.exists()


@pytest.mark.parametrize(
    "changes", [{"name": " "}, {"scopes": []}, {"scopes": ["rankings:read"]}, {"days": 366}, {"days": 0}]
)
def test_the_service_refuses_what_the_role_does_not_allow(db: None, changes: dict[str, Any]) -> None:
    reviewer = make_account(Role.REVIEWER)
    with pytest.raises(ValidationError):
        issue_token(**{"owner": reviewer, "name": "x", "scopes": ["observations:read"], "days": 1, **changes})


def test_a_disabled_account_is_issued_none(db: None) -> None:
    with pytest.raises(PermissionDenied):
        secret_of(make_account(Role.ANALYST, is_active=False))


@pytest.mark.parametrize("role", list(Role))
def test_the_form_offers_what_the_role_allows(client_of: ClientOf, role: Role) -> None:
    page = client_of(role).get(PAGE).content.decode()
    offered = set(re.findall(r'name="scopes" value="([^"]+)"', page))
    assert offered == {scope.value for scope in Scope if SCOPE_PERMISSIONS[scope] <= ROLE_PERMISSIONS[role]}


def test_no_scope_opens_pages_accounts_or_the_trail() -> None:
    reachable = frozenset().union(*SCOPE_PERMISSIONS.values())
    assert not reachable & {Permission.USE_PAGES, Permission.MANAGE_PEOPLE, Permission.VIEW_AUDIT}
    assert scopes_for(frozenset(Permission)) == tuple(Scope)


# ---- who it speaks for ---------------------------------------------------------------------------------------------


def unknown(_owner: User) -> str:
    return "cpc_00000000_" + "a" * 43


def revoked(owner: User) -> str:
    secret = secret_of(owner)
    revoke_token(token_id=ApiToken.objects.get().pk, actor=owner)
    return secret


def disabled(owner: User) -> str:
    secret = secret_of(owner)
    User.objects.filter(pk=owner.pk).update(is_active=False)
    return secret


def cut_short(owner: User) -> str:
    return secret_of(owner)[:-1]


@pytest.mark.parametrize("make", [unknown, revoked, disabled, cut_short, lambda owner: "", lambda owner: "é \x00"])
def test_a_token_that_does_not_count_is_401_even_beside_a_session(db: None, make: Callable[[User], str]) -> None:
    owner = make_account(Role.ANALYST)
    client = bearing(make(owner))
    client.force_login(make_account(Role.VIEWER))
    response = client.get(COUNTRIES)
    assert (response.status_code, response["WWW-Authenticate"]) == (401, 'Bearer realm="api", error="invalid_token"')
    assert response.json()["type"] == "/api/problems/#authentication_failed"


def test_a_token_ends_when_it_expires(db: None) -> None:
    secret = secret_of(make_account(Role.ANALYST))
    end = ApiToken.objects.get().expires_at
    assert recognize(secret, end - dt.timedelta(seconds=1)) is not None
    assert recognize(secret, end) is None


def test_the_token_counts_before_the_session(world: World) -> None:
    client = bearing(secret_of(make_account(Role.ANALYST), "observations:read"))
    client.force_login(make_account(Role.VIEWER))
    assert client.get(COUNTRIES).status_code == 200
    assert client.get(RANKINGS).status_code == 403
    assert {"Authorization", "Cookie"} <= set(client.get(COUNTRIES)["Vary"].split(", "))


def test_a_token_opens_no_page(world: World) -> None:
    client = bearing(secret_of(make_account(Role.ADMINISTRATOR)))
    for url in ("/", PAGE, "/api/docs/console/", "/audit/"):
        assert client.get(url)["Location"].startswith("/account/sign-in/")


def test_scopes_narrow_and_the_answer_names_the_one_that_is_missing(world: World) -> None:
    client = bearing(secret_of(make_account(Role.ANALYST), "observations:read"))
    refused = client.get(RANKINGS)
    assert refused["WWW-Authenticate"] == ('Bearer realm="api", error="insufficient_scope", scope="rankings:read"')
    assert refused.json()["type"] == "/api/problems/#insufficient_scope"
    assert "rankings:read" in refused.json()["detail"]
    described = client.get("/api/v1/schema/").json()
    assert RANKINGS not in described["paths"]
    assert COUNTRIES in described["paths"]


def test_a_role_that_shrinks_takes_its_tokens_along(world: World) -> None:
    owner = make_account(Role.ANALYST)
    client = bearing(secret_of(owner))
    assert client.get(RANKINGS).status_code == 200
    agency = make_account(Role.REVIEWER).agency
    # A change of role revokes tokens. Should that fail, the role of the moment still limits them.
    with unguarded():
        User.objects.filter(pk=owner.pk).update(role=Role.REVIEWER, agency=agency)
    assert client.get(COUNTRIES).status_code == 200
    assert client.get(RANKINGS).status_code == 404  # hidden from a reviewer, whatever the token was issued for


def test_last_use_is_noted_once_a_minute(db: None) -> None:
    secret = secret_of(make_account(Role.ANALYST))
    noon = timezone.now()

    def last_used_after(seconds: int) -> dt.datetime | None:
        recognize(secret, noon + dt.timedelta(seconds=seconds))
        return ApiToken.objects.get().last_used_at

    assert last_used_after(0) == noon
    assert last_used_after(59) == noon
    assert last_used_after(61) == noon + dt.timedelta(seconds=61)


# ---- revoking ------------------------------------------------------------------------------------------------------


def test_the_owner_and_the_administrator_revoke_and_no_one_else(db: None, client_of: ClientOf) -> None:
    owner, other = client_of(Role.ANALYST), client_of(Role.APPROVER)
    administrator = client_of(Role.ADMINISTRATOR)
    account = User.objects.get(username="analyst")
    secrets = [secret_of(account) for _ in range(2)]
    first, second = ApiToken.objects.order_by("pk")
    for client, token, status in ((other, first, 404), (owner, first, 302), (administrator, second, 302)):
        url = f"{PAGE}{token.pk}/revoke/"
        assert client.get(url).status_code == (404 if status == 404 else 200)
        assert client.post(url, {"idempotency_key": new_key()}).status_code == status
    assert [bearing(secret).get(COUNTRIES).status_code for secret in secrets] == [401, 401]
    entries = AuditEntry.objects.filter(action="revoked a token").order_by("pk")
    assert [entry.actor_name for entry in entries] == ["TIP Office analyst", "Administrator"]
    assert "Nightly copy" in administrator.get(f"{PAGE}all/").content.decode()


def test_revoking_twice_keeps_the_first(db: None) -> None:
    owner = make_account(Role.ANALYST)
    secret_of(owner)
    token = ApiToken.objects.get()
    first = revoke_token(token_id=token.pk, actor=owner).revoked_at
    assert revoke_token(token_id=token.pk, actor=make_account(Role.ADMINISTRATOR)).revoked_at == first
    assert AuditEntry.objects.filter(action="revoked a token").count() == 1


@pytest.mark.parametrize(
    "change",
    [
        {"digest": "0" * 64},
        {"scopes": ["rankings:read", "observations:read"]},
        {"expires_at": dt.datetime(2099, 1, 1, tzinfo=dt.UTC)},
        {"revoked_at": None, "revoked_by": None},
    ],
)
def test_the_database_keeps_a_token_as_it_was_issued_and_revoked(db: None, change: dict[str, Any]) -> None:
    owner = make_account(Role.ANALYST)
    secret_of(owner, "observations:read")
    revoke_token(token_id=ApiToken.objects.get().pk, actor=owner)
    with pytest.raises(DatabaseError), transaction.atomic():
        ApiToken.objects.update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        ApiToken.objects.all().delete()


# ---- pace ----------------------------------------------------------------------------------------------------------


def test_each_token_has_its_own_share_of_a_minute(db: None, settings: Settings) -> None:
    cache.clear()
    settings.API_REQUESTS_A_MINUTE = 3
    owner = make_account(Role.ANALYST)
    busy, other = bearing(secret_of(owner)), bearing(secret_of(owner))
    session = Client()
    session.force_login(owner)
    answers = [busy.get(COUNTRIES) for _ in range(8)]  # two minutes of the clock at the most
    refused = [answer for answer in answers if answer.status_code == 429]
    assert refused
    assert 1 <= int(refused[0]["Retry-After"]) <= 60
    assert refused[0].json()["type"] == "/api/problems/#throttled"
    assert other.get(COUNTRIES).status_code == 200
    assert session.get(COUNTRIES).status_code == 200
    cache.clear()
