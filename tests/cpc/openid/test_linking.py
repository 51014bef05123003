"""Links of identities to accounts: by an address once, by the owner, or by administrators; and their ends."""

from __future__ import annotations

import time
from functools import partial
from typing import Any

import pytest
from django.contrib.auth import SESSION_KEY
from django.db import DatabaseError, transaction
from django.test import Client
from pytest_django import Settings

from cpc.accounts import sign_ins
from cpc.accounts.models import User
from cpc.accounts.permissions import Role
from cpc.accounts.sign_ins import Proof, StaleSignIn
from cpc.audit.models import AuditEntry
from cpc.database.audit_triggers import OUTSIDE
from cpc.identity import factors
from cpc.notifications.models import Notification
from cpc.openid import services
from cpc.openid.id_tokens import Identity
from cpc.openid.models import Basis, LinkedIdentity
from cpc.people import access_changes
from tests.cpc.openid.conftest import with_address
from tests.cpc.openid.providers import ANSWER, PIV, SECOND_FACTOR, START, Forger, begin
from tests.partnerships.error_codes import db_error_code, error_codes, raw
from tests.support.accounts import make_account, set_by_owner
from tests.support.passkeys import give_passkey, prove_before

pytestmark = pytest.mark.django_db


def identity_of(forged: Forger, subject: str = "subject-1") -> Identity:
    return Identity("department", forged.issuer, subject, "", (SECOND_FACTOR,), (), is_resistant=False)


def come_back(client: Client, forged: Forger, *, to: str = "", next_url: str = "", **claims: Any) -> Any:
    """Go to the provider and come back with a token that has these claims; return the response."""
    begun = begin(client, **{name: value for name, value in (("to", to), ("next", next_url)) if value})
    forged.gives(forged.token(forged.claims(begun.query["nonce"], **claims)))
    return client.get(ANSWER, begun.answer())


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def prove(client: Client, user: User, proof: Proof) -> None:
    session = client.session
    sign_ins.prove(session, user, proof)
    session.save()


def link(user: User, forged: Forger, subject: str = "subject-1") -> LinkedIdentity:
    return services.connect_own(identity=identity_of(forged, subject), user=user)


def test_first_sign_in_links_by_address_and_tells_the_owner(forged: Forger, analyst: User) -> None:
    client = Client()
    response = come_back(client, forged, next_url="/inbox/", email="Analyst@State.example")
    assert response["Location"] == "/inbox/"
    assert client.session["_auth_user_id"] == str(analyst.pk)
    found = analyst.linked_identities.get()
    assert (found.issuer, found.subject, found.basis, found.linked_by) == (forged.issuer, "subject-1", "address", None)
    assert Notification.objects.get(recipient=analyst).urgent
    assert AuditEntry.objects.filter(action="linked a sign-in", after__subject="subject-1").count() == 1
    assert AuditEntry.objects.get(action="identified by a provider").after == {
        "provider": "department",
        "acr": [SECOND_FACTOR],
        "amr": ["otp", "pwd"],
    }


def test_request_has_what_the_provider_must_check(forged: Forger, analyst: User) -> None:
    client = Client()
    begun = begin(client)
    query = begun.query
    assert (query["response_type"], query["scope"], query["code_challenge_method"]) == ("code", "openid email", "S256")
    assert query["acr_values"] == f"{SECOND_FACTOR} {PIV}"
    assert min(len(query[name]) for name in ("state", "nonce", "code_challenge")) >= 43
    assert query["redirect_uri"] == "http://testserver/account/department/department/answer/"
    assert "client_secret" not in query
    forged.gives(forged.token(forged.claims(query["nonce"])))
    client.get(ANSWER, begun.answer())
    assert forged.sent["client_assertion_type"] == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    assert len(forged.sent["code_verifier"]) >= 43
    assert "client_secret" not in forged.sent


@pytest.mark.parametrize(
    ("claims", "proof"),
    [({"acr": SECOND_FACTOR}, Proof.DEPARTMENT), ({"acr": PIV}, Proof.PIV)],
)
def test_session_records_how_it_signed_in(claims: dict[str, Any], proof: Proof, forged: Forger, analyst: User) -> None:
    client = Client()
    come_back(client, forged, **claims)
    assert set(sign_ins.proofs(client.session)) == {proof}
    assert sign_ins.is_phishing_resistant(client.session) == (proof is Proof.PIV)


def test_subject_and_not_address_identifies(forged: Forger, analyst: User) -> None:
    """After the first link the address may change on both sides, and may even pass to somebody else."""
    come_back(Client(), forged)
    client = Client()
    come_back(client, forged, email="married@state.example")
    assert client.session["_auth_user_id"] == str(analyst.pk)
    client = Client()
    assert come_back(client, forged, sub="somebody-else").status_code == 403
    assert "_auth_user_id" not in client.session
    other = with_address(Role.VIEWER, "other@state.example")
    client = Client()
    come_back(client, forged, email="other@state.example")
    assert client.session["_auth_user_id"] == str(analyst.pk)
    assert not other.linked_identities.exists()


def test_ended_link_comes_back_by_no_address(forged: Forger, analyst: User) -> None:
    come_back(Client(), forged)
    services.disconnect(link_id=analyst.linked_identities.get().pk, actor=analyst)
    assert come_back(Client(), forged).status_code == 403
    assert come_back(Client(), forged, sub="somebody-else").status_code == 403
    client = signed_in(analyst)
    prove(client, analyst, Proof.PASSWORD)
    come_back(client, forged, to="connect")
    assert analyst.linked_identities.current().get().basis == Basis.OWNER


def test_key_of_the_provider_may_change(forged: Forger, analyst: User) -> None:
    come_back(Client(), forged)
    forged.keys = ["provider", "next"]
    client = Client()
    begun = begin(client)
    forged.gives(forged.token(forged.claims(begun.query["nonce"]), key="next"))
    client.get(ANSWER, begun.answer())
    assert client.session["_auth_user_id"] == str(analyst.pk)
    assert forged.fetched["/jwks"] == 2
    for _ in range(3):
        begun = begin(Client())
        forged.gives(forged.token(forged.claims(begun.query["nonce"]), key="stranger"))
        client.get(ANSWER, begun.answer())
    assert forged.fetched["/jwks"] == 2


def test_owner_connects_after_a_proof(forged: Forger, settings: Settings) -> None:
    settings.REQUIRE_SECOND_FACTOR = True
    approver = with_address(Role.APPROVER, "approver@state.example")
    client = signed_in(approver)
    prove(client, approver, Proof.PASSKEY)
    response = come_back(client, forged, to="connect", acr=PIV)
    assert response["Location"] == "/account/department/"
    assert approver.linked_identities.get().basis == Basis.OWNER
    client = Client()
    come_back(client, forged, acr=PIV)
    assert client.session["_auth_user_id"] == str(approver.pk)
    assert sign_ins.is_phishing_resistant(client.session)


def test_confirmation_takes_a_fresh_sign_in_of_the_same_person(forged: Forger, analyst: User) -> None:
    client = Client()
    come_back(client, forged)
    begun = begin(client, to="confirm")
    assert (begun.query["prompt"], begun.query["max_age"]) == ("login", "0")
    forged.gives(forged.token(forged.claims(begun.query["nonce"])))
    assert client.get(ANSWER, begun.answer()).status_code == 403
    assert come_back(client, forged, to="confirm", auth_time=int(time.time()) - 3600).status_code == 403
    before = sign_ins.proofs(client.session)[Proof.DEPARTMENT]
    assert come_back(client, forged, to="confirm", auth_time=int(time.time()), sub="another").status_code == 403
    assert sign_ins.proofs(client.session)[Proof.DEPARTMENT] == before
    response = come_back(client, forged, to="confirm", next_url="/inbox/", auth_time=int(time.time()))
    assert response["Location"] == "/inbox/"
    assert sign_ins.proofs(client.session)[Proof.DEPARTMENT] > before


def test_provider_counts_as_second_factor_and_only_piv_for_an_approver(
    forged: Forger, analyst: User, settings: Settings
) -> None:
    settings.REQUIRE_SECOND_FACTOR = True
    client = Client()
    assert come_back(client, forged)["Location"] == "/"
    assert client.get("/inbox/").status_code == 200
    approver = with_address(Role.APPROVER, "approver@state.example")
    owner = signed_in(approver)
    prove(owner, approver, Proof.PASSKEY)
    come_back(owner, forged, to="connect", sub="card", acr=PIV)
    client = Client()
    come_back(client, forged, sub="card")
    assert client.get("/inbox/")["Location"] == "/account/security/"
    client = Client()
    come_back(client, forged, sub="card", acr=PIV)
    assert client.get("/inbox/").status_code == 200


def test_password_alone_adds_nothing_to_a_connected_account(forged: Forger, settings: Settings) -> None:
    """A stolen password could otherwise add a passkey of the thief."""
    settings.REQUIRE_SECOND_FACTOR = True
    approver = with_address(Role.APPROVER, "approver@state.example")
    assert factors.proofs_to_change(approver) == frozenset(Proof)
    owner = signed_in(approver)
    prove(owner, approver, Proof.PASSWORD)
    come_back(owner, forged, to="connect", sub="card", acr=PIV)
    assert factors.proofs_to_change(approver) == sign_ins.PHISHING_RESISTANT


def test_another_site_begins_no_sign_in(forged: Forger) -> None:
    response = Client().get(START, headers={"sec-fetch-site": "cross-site"})
    assert response["Location"] == "/account/sign-in/"
    assert forged.fetched == {}
    assert Client().head(START).status_code == 200
    assert forged.fetched == {}


def test_administrator_enters_an_identity(forged: Forger, analyst: User) -> None:
    administrator = make_account(Role.ADMINISTRATOR)
    services.connect(account_id=analyst.pk, provider="department", subject="entered", actor=administrator)
    client = Client()
    come_back(client, forged, sub="entered", email=None)
    assert client.session["_auth_user_id"] == str(analyst.pk)
    connect = partial(services.connect, provider="department", actor=administrator)
    assert error_codes(lambda: connect(account_id=analyst.pk, subject="entered")) == ["linked_already"]
    assert error_codes(lambda: connect(account_id=analyst.pk, subject="another")) == ["linked_other"]
    assert error_codes(lambda: connect(account_id=administrator.pk, subject="own")) == ["own_account"]


def test_approver_is_connected_by_two(forged: Forger, db: None) -> None:
    administrator, approver = make_account(Role.ADMINISTRATOR), make_account(Role.APPROVER)
    second = make_account(Role.APPROVER, username="approver-2")
    wanted: dict[str, Any] = {"account_id": approver.pk, "provider": "department", "subject": "card"}
    assert error_codes(lambda: services.connect(**wanted, actor=administrator)) == ["second_person"]
    change = access_changes.ask_to_connect(**wanted, actor=administrator)
    assert error_codes(lambda: access_changes.confirm(change_id=change.pk, actor=approver)) == ["own_account"]
    assert not LinkedIdentity.objects.exists()
    access_changes.confirm(change_id=change.pk, actor=second)
    found = approver.linked_identities.get()
    assert (found.subject, found.basis, found.linked_by) == ("card", "entered", second)


INSERT = """
INSERT INTO openid_linkedidentity (user_id, provider, issuer, subject, basis, linked_by_id, ended_because)
VALUES (%s, 'department', 'https://provider.example', 'forged', %s, %s, '')
"""


@pytest.mark.parametrize(
    ("role", "basis", "by_owner", "code"),
    [
        (Role.APPROVER, "address", None, "second_person"),
        (Role.ADMINISTRATOR, "entered", False, "second_person"),
        (Role.APPROVER, "owner", False, "linked_by"),
        (Role.APPROVER, "owner", True, "second_person"),
        (Role.API_CLIENT, "address", None, "for_programs"),
    ],
)
def test_database_refuses_a_link_without_care(
    role: Role, basis: str, by_owner: bool | None, code: str, db: None
) -> None:
    user, other = make_account(role), make_account(Role.VIEWER)
    by = None if by_owner is None else (user if by_owner else other).pk
    assert db_error_code(lambda: raw(INSERT, user.pk, basis, by)) == code


def test_link_does_not_change_and_ends_once(forged: Forger, analyst: User) -> None:
    found = link(analyst, forged)
    other = make_account(Role.VIEWER)
    for values in ({"subject": "another"}, {"user": other}):
        with pytest.raises(DatabaseError, match=r"as_linked|permission denied"), transaction.atomic():
            LinkedIdentity.objects.filter(pk=found.pk).update(**values)
    assert services.disconnect(link_id=found.pk, actor=analyst)
    assert not services.disconnect(link_id=found.pk, actor=analyst)
    with pytest.raises(DatabaseError, match="ended_once"), transaction.atomic():
        LinkedIdentity.objects.filter(pk=found.pk).update(ended_because="administrator")
    with pytest.raises(DatabaseError, match=r"never_deleted|permission denied"), transaction.atomic():
        LinkedIdentity.objects.filter(pk=found.pk).delete()


def test_only_owner_and_administrator_end_a_link(forged: Forger, analyst: User) -> None:
    found = link(analyst, forged)
    with pytest.raises(LinkedIdentity.DoesNotExist):
        services.disconnect(link_id=found.pk, actor=make_account(Role.VIEWER))
    assert services.disconnect(link_id=found.pk, actor=make_account(Role.ADMINISTRATOR))
    found.refresh_from_db()
    assert found.ended_because == "administrator"


def test_recovery_ends_links_so_that_a_thief_is_out_and_the_owner_can_begin_again(
    forged: Forger, settings: Settings
) -> None:
    """A link left behind would still sign in, and would keep the new password from adding a passkey."""
    settings.REQUIRE_SECOND_FACTOR = True
    approver = with_address(Role.APPROVER, "approver@state.example")
    second = make_account(Role.APPROVER, username="approver-2")
    found = link_as(approver, forged)
    change = access_changes.ask_to_recover(account_id=approver.pk, actor=make_account(Role.ADMINISTRATOR))
    access_changes.confirm(change_id=change.pk, actor=second)
    found.refresh_from_db()
    assert (found.ended_because, found.ended_by) == ("recovery", second)
    entry = AuditEntry.objects.get(action="ended a link to a sign-in")
    assert (entry.actor_id, entry.after) == (str(second.pk), {"ended": "recovery", "account": "approver"})
    thief = Client()
    assert come_back(thief, forged, acr=PIV, email="approver@state.example").status_code == 403
    assert "_auth_user_id" not in thief.session
    assert factors.proofs_to_change(approver) == frozenset(Proof)


def link_as(user: User, forged: Forger) -> LinkedIdentity:
    """Link an identity to an account in a session of its owner, as an approver's takes it."""
    owner = signed_in(user)
    prove(owner, user, Proof.PASSWORD)
    come_back(owner, forged, to="connect", acr=PIV)
    return user.linked_identities.get()


def test_links_begin_and_end_only_after_a_recent_proof(forged: Forger, settings: Settings) -> None:
    """The services check it, whichever page calls them."""
    settings.REQUIRE_SECOND_FACTOR = True
    administrator, analyst = make_account(Role.ADMINISTRATOR), with_address(Role.ANALYST, "analyst@state.example")
    found = link(analyst, forged)
    other = make_account(Role.VIEWER)
    give_passkey(other)
    give_passkey(analyst)
    enter = partial(services.connect, account_id=other.pk, provider="department", subject="new", actor=administrator)
    for actor, proof, act in (
        (administrator, Proof.PASSKEY, enter),
        (administrator, Proof.PASSKEY, partial(services.disconnect, link_id=found.pk, actor=administrator)),
        (analyst, Proof.PASSKEY, partial(services.disconnect, link_id=found.pk, actor=analyst)),
        (other, Proof.PASSWORD, partial(services.connect_own, identity=identity_of(forged, "own"), user=other)),
    ):
        session: dict[str, Any] = {SESSION_KEY: str(actor.pk)}
        prove_before(session, actor, proof, minutes_ago=settings.REAUTHENTICATION_MINUTES)
        with sign_ins.acting_in(session, actor), pytest.raises(StaleSignIn):
            act()
    assert LinkedIdentity.objects.current().get() == found
    session = {SESSION_KEY: str(administrator.pk)}
    prove_before(session, administrator, Proof.PASSKEY, minutes_ago=settings.REAUTHENTICATION_MINUTES - 0.1)
    with sign_ins.acting_in(session, administrator):
        assert enter().user == other


def test_link_ends_when_the_account_becomes_an_approvers(forged: Forger, analyst: User) -> None:
    """An administrator could have led an earlier link to an identity of their own, by the account's address."""
    found = link(analyst, forged)
    set_by_owner(User.objects.filter(pk=analyst.pk), role="approver")
    found.refresh_from_db()
    assert found.ended_because == "role"


def test_link_by_sql_is_in_the_trail(forged: Forger, analyst: User) -> None:
    statement = "SELECT set_config('cpc.context', '', true); " + INSERT
    raw(statement, analyst.pk, "address", None)
    raw("SET CONSTRAINTS ALL IMMEDIATE")
    entry = AuditEntry.objects.get(action=OUTSIDE, object_type="openid.linkedidentity")
    assert (entry.after or {})["subject"] == "forged"


def test_two_first_sign_ins_link_once(forged: Forger, analyst: User) -> None:
    link(analyst, forged)
    assert error_codes(lambda: link(make_account(Role.VIEWER), forged)) == ["linked_already"]
    assert error_codes(lambda: link(analyst, forged, "second-subject")) == ["linked_other"]


def test_page_of_security_names_a_linked_sign_in_that_protects_the_account(
    forged: Forger, analyst: User, settings: Settings
) -> None:
    settings.REQUIRE_SECOND_FACTOR = True
    assert "Only a password protects your account" in signed_in(analyst).get("/account/security/").content.decode()
    client = Client()
    come_back(client, forged)
    page = client.get("/account/security/").content.decode()
    assert "A linked sign-in protects your account" in page
    assert "Only a password" not in page
    limited = signed_in(analyst)
    prove(limited, analyst, Proof.PASSWORD)
    page = limited.get("/account/security/").content.decode()
    assert "You signed in without the second factor of your account" in page
    assert "before you go on" not in page
