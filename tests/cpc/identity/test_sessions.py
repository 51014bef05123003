"""Limits of a session: what it may do by what it proved, on pages, in REST, and in services."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import SESSION_KEY
from django.core.checks import run_checks
from django.test import Client
from pytest_django import Settings

from cpc.accounts import sign_ins
from cpc.accounts.access_changes import AccessChange
from cpc.accounts.models import ApiToken, User
from cpc.accounts.permissions import Permission, Role
from cpc.accounts.sign_ins import PROOFS, SUSPENDED, Proof, StaleSignIn
from cpc.api.run_once import new_key
from cpc.api_tokens.services import issue_token
from cpc.audit.audited_writes import require
from cpc.people import access_changes
from tests.support.accounts import make_account
from tests.support.passkeys import give_app, give_passkey, proved_client

pytestmark = pytest.mark.django_db

SECURITY, CONFIRM = "/account/security/", "/account/confirm/"


@pytest.fixture(autouse=True)
def _required(settings: Settings) -> None:
    settings.REQUIRE_SECOND_FACTOR = True


@pytest.mark.parametrize(
    ("role", "proofs", "expected"),
    [
        (Role.ANALYST, (), False),
        (Role.ANALYST, (Proof.PASSWORD,), False),
        (Role.ANALYST, (Proof.PASSWORD, Proof.CODE), True),
        (Role.ANALYST, (Proof.PASSKEY,), True),
        (Role.ANALYST, (Proof.DEPARTMENT,), True),
        (Role.API_CLIENT, (Proof.PASSWORD,), False),
        (Role.APPROVER, (Proof.PASSWORD, Proof.CODE), False),
        (Role.APPROVER, (Proof.DEPARTMENT,), False),
        (Role.APPROVER, (Proof.PASSKEY,), True),
        (Role.ADMINISTRATOR, (Proof.PASSWORD, Proof.CODE), False),
        (Role.ADMINISTRATOR, (Proof.PIV,), True),
    ],
)
def test_pages_and_rest_open_by_what_the_session_proved(role: Role, proofs: tuple[Proof, ...], expected: bool) -> None:
    client = proved_client(make_account(role), *proofs)
    page = client.get("/account/tokens/")
    assert (page.status_code, page.get("Location")) == ((200, None) if expected else (302, SECURITY))
    answer = client.get("/api/v1/indicators/")
    assert answer.status_code == (200 if expected else 403)
    if not expected:
        assert "no second factor" in answer.json()["detail"]
        assert client.post("/api/v1/partnerships/", {}, content_type="application/json").status_code == 403
        assert client.get("/account/settings/")["Location"] == SECURITY
        assert client.get(SECURITY).status_code == 200
        assert client.get("/about/privacy/").status_code == 200


def test_a_proof_counts_for_its_own_account_only() -> None:
    analyst, other = make_account(Role.ANALYST), make_account(Role.ANALYST, username="other")
    session: dict[str, Any] = {SESSION_KEY: str(other.pk)}
    sign_ins.prove(session, analyst, Proof.PASSKEY)
    assert not sign_ins.is_phishing_resistant(session)
    session[SESSION_KEY] = str(analyst.pk)
    assert sign_ins.is_phishing_resistant(session)
    sign_ins.prove(session, other, Proof.PASSWORD)
    assert session[PROOFS]["account"] == str(other.pk)
    assert not sign_ins.has_two_factors(session)


def test_nothing_is_limited_where_no_second_factor_is_required(settings: Settings) -> None:
    settings.REQUIRE_SECOND_FACTOR = False
    client = proved_client(make_account(Role.APPROVER))
    page = client.get("/")
    assert page.status_code == 200
    assert "A password alone opens accounts here." in page.content.decode()
    assert "cpc.identity.E001" in [message.id for message in run_checks(include_deployment_checks=True)]


def test_the_strip_and_the_finding_are_absent_where_it_is_required() -> None:
    client = proved_client(make_account(Role.APPROVER), Proof.PASSKEY)
    assert "A password alone opens accounts here." not in client.get("/").content.decode()
    assert "cpc.identity.E001" not in [message.id for message in run_checks(include_deployment_checks=True)]


# ---- proofs that are too old ---------------------------------------------------------------------------------------


@pytest.fixture
def asked(db: None) -> AccessChange:
    newcomer = {"username": "newcomer", "name": "Newcomer", "email": "newcomer@cpc.example"}
    administrator = make_account(Role.ADMINISTRATOR)
    make_account(Role.APPROVER)
    return access_changes.ask_to_invite(
        **newcomer, role=Role.APPROVER, agency=None, is_contact=False, actor=administrator
    )


@pytest.mark.parametrize(("minutes", "decides"), [(9.5, True), (10.5, False)])
def test_an_answer_takes_a_recent_proof_and_keeps_what_was_typed(
    asked: AccessChange, minutes: float, decides: bool
) -> None:
    approver = User.objects.get(role=Role.APPROVER)
    give_passkey(approver)
    client = proved_client(approver, Proof.PASSKEY, minutes_ago=minutes)
    page = f"/account/access/{asked.pk}/"
    sent = {"decision": "refuse", "idempotency_key": new_key()}
    answer = client.post(page, sent, headers={"referer": f"http://testserver{page}"})
    asked.refresh_from_db()
    assert asked.outcome == ("refused" if decides else "")
    if not decides:
        assert answer["Location"] == f"{CONFIRM}?next=%2Faccount%2Faccess%2F{asked.pk}%2F"
        assert "csrfmiddlewaretoken" not in client.session[SUSPENDED]["entries"]
        again = client.get(page)
        assert again.context["form"]["decision"].value() == "refuse"
        assert SUSPENDED not in client.session
        asked.refresh_from_db()
        assert asked.outcome == ""


def test_a_code_is_recent_for_an_analyst_but_not_for_an_approver() -> None:
    for role, is_recent in ((Role.ANALYST, True), (Role.APPROVER, False)):
        user = make_account(role)
        session = proved_client(user, Proof.PASSKEY, minutes_ago=60).session
        sign_ins.prove(session, user, Proof.CODE)
        assert sign_ins.is_recent(session, user) is is_recent


@pytest.mark.parametrize("permission", [Permission.APPROVE_SELECTION, Permission.APPROVE_PARTNERSHIPS])
def test_services_refuse_to_approve_in_a_session_that_is_too_old(permission: Permission) -> None:
    approver = make_account(Role.APPROVER)
    session = proved_client(approver, Proof.PASSKEY, minutes_ago=11).session
    require(approver, permission)  # a task or a command
    with sign_ins.acting_in(session, approver):
        require(approver, Permission.VIEW_ROUNDS)
        with pytest.raises(StaleSignIn, match="Confirm that it is you"):
            require(approver, permission)
        with pytest.raises(StaleSignIn):
            require(User.objects.get(pk=approver.pk), permission)  # read again, as services do
        with pytest.raises(StaleSignIn):
            issue_token(owner=approver, name="Copy", scopes=["observations:read"], days=30)
        sign_ins.prove(session, approver, Proof.PASSKEY)
        require(approver, permission)
    assert not ApiToken.objects.exists()


def test_rest_refuses_an_approval_in_a_session_that_is_too_old(active: object) -> None:
    partnership = active.partnership  # type: ignore[attr-defined]
    approver = active.stage.approver  # type: ignore[attr-defined]
    client = proved_client(approver, Proof.PASSKEY, minutes_ago=11)
    url = f"/api/v1/partnerships/{partnership.pk}/"
    etag = client.get(url)["ETag"]
    body = {"name": "suspend", "reason": "A test."}
    headers = {"If-Match": etag, "Idempotency-Key": new_key()}
    stale = client.post(f"{url}transitions/", body, content_type="application/json", headers=headers)
    assert stale.status_code == 403, stale.content
    assert "Confirm that it is you" in stale.json()["detail"]
    partnership.refresh_from_db()
    assert partnership.status == "active"


def test_confirming_leads_back_to_a_page_of_this_site_only() -> None:
    analyst = make_account(Role.ANALYST)
    client = proved_client(analyst, Proof.PASSWORD)
    sent = {"password": "long enough for a test"}
    for asked_for, reached in ((SECURITY, SECURITY), ("https://elsewhere.example/", "/"), ("//elsewhere.example", "/")):
        answer = client.post(f"{CONFIRM}?next={asked_for}", sent | {"idempotency_key": new_key()})
        assert (answer.status_code, answer["Location"]) == (302, reached)


@pytest.mark.parametrize(
    ("role", "has_passkey", "has_app", "offered"),
    [
        (Role.ANALYST, False, False, {"password"}),
        (Role.ANALYST, False, True, {"code"}),
        (Role.ANALYST, True, True, {"credential", "code"}),
        (Role.APPROVER, False, False, {"password"}),
        (Role.APPROVER, True, False, {"credential"}),
    ],
)
def test_what_confirms_an_account(role: Role, has_passkey: bool, has_app: bool, offered: set[str]) -> None:
    user = make_account(role)
    if has_passkey:
        give_passkey(user)
    if has_app:
        give_app(user)
    form = proved_client(user).get(CONFIRM).context["form"]
    assert form.fields.keys() - {"idempotency_key"} == offered


def test_a_password_does_not_confirm_an_account_that_has_a_factor() -> None:
    analyst = make_account(Role.ANALYST)
    give_app(analyst)
    client = proved_client(analyst, Proof.PASSWORD)
    sent = {"password": "long enough for a test", "idempotency_key": new_key()}
    assert client.post(CONFIRM, sent).status_code == 422
    # A session that was open before the owner added the app can't add one of its own.
    assert client.get("/account/security/codes/add/")["Location"].startswith(CONFIRM)
    assert client.get("/account/security/passkeys/add/")["Location"].startswith(CONFIRM)


def test_a_visitor_has_no_page_of_security(client: Client) -> None:
    for url in (SECURITY, CONFIRM, "/account/security/passkeys/add/"):
        assert client.get(url)["Location"].startswith("/account/sign-in/")
