"""Programs that write: a grant takes two people, names who answers for it, ends, and no token exceeds it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from functools import partial

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.utils import timezone

from cpc.accounts.models import ApiToken, User
from cpc.accounts.permissions import Permission, Role
from cpc.accounts.programs import GRANTABLE, LONGEST_DAYS
from cpc.accounts.scopes import SCOPE_PERMISSIONS, Scope
from cpc.api.run_once import new_key
from cpc.api_tokens.services import issue_token
from cpc.audit.models import AuditEntry
from cpc.notifications.models import Notification
from cpc.people import access_changes, programs, services
from cpc.people.programs import Grant
from tests.cpc.people.grants import MONEY, WRITE, day, granted
from tests.partnerships.error_codes import db_error_code, error_codes, raw
from tests.support.accounts import PASSWORD, make_account
from tests.support.unguarded import owner_rights

pytestmark = pytest.mark.django_db

APPROVE = "partnerships:approve"


@pytest.fixture
def approver(db: None) -> User:
    return make_account(Role.APPROVER)


@pytest.fixture
def analyst(db: None) -> User:
    return make_account(Role.ANALYST)


@pytest.fixture
def program(db: None) -> User:
    return make_account(Role.API_CLIENT)


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def set_grant(program: User, grant: Grant, actor: User) -> bool:
    return programs.set_grant(account_id=program.pk, grant=grant, expected_revision=None, actor=actor)


def ask(program: User, grant: Grant, actor: User) -> int:
    change = access_changes.ask_to_grant(account_id=program.pk, grant=grant, expected_revision=None, actor=actor)
    return change.pk


def fresh(user: User) -> User:
    return User.objects.get(pk=user.pk)


# ---- what can be granted, and by whom ------------------------------------------------------------------------------


def test_no_scope_that_can_be_granted_approves_or_decides() -> None:
    assert set(GRANTABLE) == {Scope.PARTNERSHIPS_WRITE, Scope.PARTNERSHIPS_MONEY}
    permissions = frozenset().union(*(SCOPE_PERMISSIONS[scope] for scope in GRANTABLE))
    assert permissions == {Permission.VIEW_PARTNERSHIPS, Permission.EDIT_PARTNERSHIPS, Permission.RECORD_MONEY}


def test_a_grant_waits_for_a_second_person_and_then_lets_the_program_write(
    administrator: User, approver: User, analyst: User, program: User
) -> None:
    grant = Grant([MONEY, WRITE], analyst, day(30))
    assert error_codes(lambda: set_grant(program, grant, administrator)) == ["second_person"]
    pk = ask(program, grant, administrator)
    assert not fresh(program).allows(Permission.EDIT_PARTNERSHIPS)
    assert error_codes(lambda: access_changes.confirm(change_id=pk, actor=administrator)) == ["same_person"]
    access_changes.confirm(change_id=pk, actor=approver)
    then = fresh(program)
    assert {Permission.EDIT_PARTNERSHIPS, Permission.RECORD_MONEY} <= then.permissions
    assert Permission.APPROVE_PARTNERSHIPS not in then.permissions
    assert (then.granted_scopes, then.responsible, then.last_day) == ([WRITE, MONEY], analyst, day(30))
    entry = AuditEntry.objects.get(action="granted")
    assert (entry.actor_id, entry.object_id) == (str(approver.pk), str(program.pk))
    assert entry.after == {"granted_scopes": [WRITE, MONEY], "responsible": "analyst", "last_day": day(30).isoformat()}
    assert Notification.objects.filter(recipient=analyst, kind="account.program").count() == 1


@pytest.mark.parametrize("actor", [Role.ANALYST, Role.APPROVER, Role.VIEWER])
def test_only_an_administrator_asks_for_a_grant(db: None, program: User, actor: Role) -> None:
    asker = make_account(actor)
    grant = Grant([WRITE], make_account(Role.ANALYST, username="answers"), day(1))
    for attempt in (ask, set_grant):
        with pytest.raises(PermissionDenied):
            attempt(program, grant, asker)


@pytest.mark.parametrize(
    ("scopes", "who", "last", "codes"),
    [
        ([APPROVE], Role.ANALYST, 1, ["grant_scopes"]),
        (["observations:read"], Role.ANALYST, 1, ["grant_scopes"]),
        ([WRITE], None, 1, ["grant_whole"]),
        ([WRITE], Role.APPROVER, 1, ["responsible"]),
        ([WRITE], Role.VIEWER, 1, ["responsible"]),
        ([WRITE], Role.API_CLIENT, 1, ["responsible"]),
        ([WRITE], Role.ANALYST, None, ["grant_whole"]),
        ([WRITE], Role.ANALYST, -1, ["last_day"]),
        ([WRITE], Role.ANALYST, 0, None),
        ([WRITE], Role.ANALYST, LONGEST_DAYS, None),
        ([WRITE], Role.ANALYST, LONGEST_DAYS + 1, ["last_day"]),
    ],
)
def test_a_grant_names_what_can_be_granted_a_fit_person_and_a_day_within_a_year(
    administrator: User, program: User, scopes: list[str], who: Role | None, last: int | None, codes: list[str] | None
) -> None:
    person = make_account(who, username="answers") if who else None
    make_account(Role.APPROVER, username="confirms")
    grant = Grant(scopes, person, None if last is None else day(last))
    if codes is None:
        assert ask(program, grant, administrator)
    else:
        assert error_codes(lambda: ask(program, grant, administrator)) == codes


def test_only_the_account_of_a_program_has_a_grant(administrator: User, analyst: User) -> None:
    grant = Grant([MONEY], administrator, day(1))
    assert error_codes(lambda: ask(analyst, grant, administrator)) == ["grant_role"]


def test_taking_rights_away_takes_one_person_and_giving_them_back_two(
    administrator: User, approver: User, analyst: User, program: User
) -> None:
    program = granted(program, WRITE, MONEY, responsible=analyst)
    assert set_grant(program, Grant([WRITE], analyst, day(29)), administrator)
    assert not fresh(program).allows(Permission.RECORD_MONEY)
    more = [
        Grant([WRITE, MONEY], analyst, day(29)),
        Grant([WRITE], analyst, day(28 + 2)),
        Grant([WRITE], administrator, day(29)),
    ]
    for grant in more:
        assert error_codes(partial(set_grant, program, grant, administrator)) == ["second_person"]
    assert set_grant(program, Grant([], None, None), administrator)
    assert not fresh(program).allows(Permission.EDIT_PARTNERSHIPS)
    assert fresh(program).allows(Permission.VIEW_PARTNERSHIPS)


def test_a_grant_is_void_if_the_account_changed_meanwhile(
    administrator: User, approver: User, analyst: User, program: User
) -> None:
    pk = ask(program, Grant([WRITE], analyst, day(30)), administrator)
    set_grant(program, Grant([], None, day(3)), administrator)
    assert error_codes(lambda: access_changes.confirm(change_id=pk, actor=approver)) == ["changed_since"]


# ---- the person who answers for it ---------------------------------------------------------------------------------


def test_who_answers_for_a_program_does_not_become_an_approver(
    administrator: User, approver: User, analyst: User, program: User
) -> None:
    granted(program, WRITE, responsible=analyst)

    def promote() -> None:
        values = {"role": Role.APPROVER}
        access_changes.ask_to_change(account_id=analyst.pk, values=values, expected_revision=None, actor=administrator)

    assert error_codes(promote) == ["answers_for_program"]
    assert (
        db_error_code(lambda: raw("UPDATE accounts_user SET role = 'approver' WHERE id = %s", analyst.pk))
        == "answers_for_program"
    )
    set_grant(fresh(program), Grant([], None, None), administrator)
    promote()


@pytest.mark.parametrize("how", ["disabled", "viewer"])
def test_a_program_no_longer_writes_once_no_one_answers_for_it(
    administrator: User, approver: User, analyst: User, program: User, how: str
) -> None:
    granted(program, WRITE, responsible=analyst)
    if how == "disabled":
        services.disable(account_id=analyst.pk, reason="Left", actor=administrator)
    else:
        values = {"role": Role.VIEWER}
        services.change_account(account_id=analyst.pk, values=values, expected_revision=None, actor=administrator)
    assert not fresh(program).allows(Permission.EDIT_PARTNERSHIPS)
    assert fresh(program).allows(Permission.VIEW_PARTNERSHIPS)


def test_another_role_ends_the_grant(administrator: User, approver: User, analyst: User, program: User) -> None:
    granted(program, WRITE, responsible=analyst)
    values = {"role": Role.VIEWER}
    services.change_account(account_id=program.pk, values=values, expected_revision=None, actor=administrator)
    then = fresh(program)
    assert (then.granted_scopes, then.responsible, then.last_day) == ([], None, None)


def test_after_its_last_day_the_account_can_do_nothing(
    monkeypatch: pytest.MonkeyPatch, approver: User, analyst: User, program: User
) -> None:
    program = granted(program, WRITE, responsible=analyst, last_day=day(10))
    secret = issue_token(owner=program, name="Feed", scopes=[WRITE], days=30).secret
    bearer = Client(headers={"Authorization": f"Bearer {secret}"})
    end = dt.datetime.combine(day(11), dt.time(), dt.UTC)
    assert ApiToken.objects.get().expires_at == end
    monkeypatch.setattr(timezone, "now", lambda: end - dt.timedelta(seconds=1))
    assert bearer.get("/api/v1/partnerships/").status_code == 200
    monkeypatch.setattr(timezone, "now", lambda: end)
    assert bearer.get("/api/v1/partnerships/").status_code == 401
    assert fresh(program).permissions == frozenset()


# ---- by SQL of the application's role ------------------------------------------------------------------------------

GIVE = "UPDATE accounts_user SET granted_scopes = %s, responsible_id = %s, last_day = %s WHERE id = %s"


def test_the_database_lets_no_one_grant_alone(approver: User, analyst: User, program: User) -> None:
    def give(scopes: list[str], who: User | None, last: dt.date | None, to: User = program) -> Callable[[], None]:
        return lambda: raw(GIVE, scopes, who.pk if who else None, last, to.pk)

    viewer = make_account(Role.VIEWER)
    assert db_error_code(give([WRITE], analyst, day(1))) == "second_person"
    assert db_error_code(give([WRITE], approver, day(1))) == "responsible"
    assert db_error_code(give([WRITE], viewer, day(1))) == "responsible"
    granted(program, WRITE, responsible=analyst)
    assert db_error_code(give([WRITE, MONEY], analyst, day(30))) == "second_person"
    assert db_error_code(give([WRITE], analyst, day(31))) == "second_person"
    give([WRITE], analyst, day(29))()
    give([], None, None)()
    with_role = "UPDATE accounts_user SET role = 'viewer', last_day = %s WHERE id = %s"
    assert db_error_code(lambda: raw(with_role, day(1), program.pk)) == "grant_role"


def test_not_even_the_owner_of_the_tables_grants_a_program_to_approve(analyst: User, program: User) -> None:
    with owner_rights():
        assert db_error_code(lambda: raw(GIVE, [APPROVE], analyst.pk, day(1), program.pk)) == "grant_scopes"
        assert db_error_code(lambda: raw(GIVE, [WRITE], None, day(1), program.pk)) == "grant_whole"


def test_a_change_by_sql_is_audited(approver: User, analyst: User, program: User) -> None:
    granted(program, WRITE, MONEY, responsible=analyst)
    raw("SET CONSTRAINTS ALL IMMEDIATE")
    raw("UPDATE accounts_user SET granted_scopes = %s WHERE id = %s", [WRITE], program.pk)
    entry = AuditEntry.objects.latest("pk")
    assert (entry.action, entry.before, entry.after) == (
        "written outside the application",
        {"granted_scopes": [WRITE, MONEY]},
        {"granted_scopes": [WRITE]},
    )


# ---- tokens --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["itself", "administrator", "answers"])
def test_the_account_an_administrator_and_who_answers_for_it_issue_its_tokens(
    administrator: User, approver: User, analyst: User, program: User, who: str
) -> None:
    program = granted(program, WRITE, responsible=analyst)
    actor = {"itself": program, "administrator": administrator, "answers": analyst}[who]
    token = issue_token(owner=program, name="Feed", scopes=[WRITE], days=3, actor=actor).token
    assert (token.owner, token.issued_by) == (program, actor)
    assert AuditEntry.objects.filter(action="issued a token").latest("pk").actor_id == str(actor.pk)


def test_no_one_else_issues_its_tokens(administrator: User, approver: User, analyst: User, program: User) -> None:
    second, program = make_account(Role.ANALYST, username="second"), granted(program, WRITE, responsible=analyst)
    for actor, owner in ((second, program), (approver, program), (administrator, analyst), (program, analyst)):
        with pytest.raises(PermissionDenied):
            issue_token(owner=owner, name="Feed", scopes=["observations:read"], days=3, actor=actor)
    for actor, status in ((second, 404), (approver, 404), (program, 404), (analyst, 200), (administrator, 200)):
        assert client_of(actor).get(f"/account/tokens/of/{program.pk}/").status_code == status
    assert client_of(administrator).get(f"/account/tokens/of/{analyst.pk}/").status_code == 404


def test_a_token_never_exceeds_its_account(approver: User, analyst: User, program: User) -> None:
    program = granted(program, WRITE, responsible=analyst, last_day=day(10))
    for scopes in ([MONEY], [APPROVE], [WRITE, MONEY]):
        tried = lambda scopes=scopes: issue_token(owner=program, name="Feed", scopes=scopes, days=3)  # noqa: E731
        assert error_codes(tried) == ["scopes"]
    now = timezone.now()

    def by_sql(scopes: list[str], days: int, issuer: User) -> Callable[[], None]:
        return lambda: raw(
            "INSERT INTO accounts_apitoken (owner_id, issued_by_id, name, prefix, digest, scopes, created_at, "
            "expires_at) VALUES (%s, %s, 'x', 'x', 'x', %s, %s, %s)",
            program.pk,
            issuer.pk,
            scopes,
            now,
            now + dt.timedelta(days=days),
        )

    assert db_error_code(by_sql([WRITE, MONEY], 1, program)) == "scopes"
    assert db_error_code(by_sql([APPROVE], 1, program)) == "scopes"
    assert db_error_code(by_sql([WRITE], 12, program)) == "expires_at"
    assert db_error_code(by_sql([WRITE], 1, approver)) == "issued_by"
    by_sql([WRITE, "observations:read"], 1, analyst)()


def test_a_token_loses_what_its_account_loses(
    administrator: User, approver: User, analyst: User, program: User
) -> None:
    program = granted(program, MONEY, responsible=analyst)
    secret = issue_token(owner=program, name="Feed", scopes=[MONEY], days=3).secret
    set_grant(program, Grant([], None, None), administrator)
    bearer = Client(headers={"Authorization": f"Bearer {secret}"})
    assert bearer.get("/api/v1/partnerships/").status_code == 200
    sent = bearer.post("/api/v1/partnerships/1/contributions/", {}, content_type="application/json")
    assert sent.status_code == 403, sent.content


# ---- the pages -----------------------------------------------------------------------------------------------------


def sent(client: Client, program: User, **values: object) -> dict[str, object]:
    page = client.get(f"/account/people/{program.pk}/grant/").content.decode()
    revision = re.search(r'name="revision" value="(\d+)"', page)
    assert revision
    return {"idempotency_key": new_key(), "revision": revision[1], **values}


def test_an_administrator_asks_on_a_page_and_an_approver_confirms_on_another(
    office: Client, approver: User, analyst: User, program: User
) -> None:
    url = f"/account/people/{program.pk}/grant/"
    values = {"granted_scopes": [MONEY], "responsible": analyst.pk, "last_day": day(30).isoformat()}
    asked = office.post(url, sent(office, program, **values))
    assert asked.status_code == 302, asked.content
    assert "still waits for a second person" in office.get(url).content.decode()
    page = client_of(approver).get(asked["Location"]).content.decode()
    assert "nothing → partnerships:money" in page
    decision = {"idempotency_key": new_key(), "decision": "confirm"}
    assert client_of(approver).post(asked["Location"], decision).status_code == 302
    assert fresh(program).granted_scopes == [MONEY]
    assert "partnerships:money" in office.get(f"/account/people/{program.pk}/").content.decode()
    narrower = sent(office, program, **values | {"granted_scopes": []})
    assert office.post(url, narrower)["Location"] == f"/account/people/{program.pk}/"
    assert fresh(program).granted_scopes == []


def test_the_page_refuses_to_let_a_program_approve_and_is_for_programs_alone(
    office: Client, analyst: User, program: User
) -> None:
    url = f"/account/people/{program.pk}/grant/"
    values = {"granted_scopes": [APPROVE], "responsible": analyst.pk, "last_day": day(3).isoformat()}
    assert office.post(url, sent(office, program, **values)).status_code == 422
    assert office.get(f"/account/people/{analyst.pk}/grant/").status_code == 404
    assert client_of(analyst).get(url).status_code == 403


def test_who_answers_for_a_program_issues_its_token_with_their_own_password(
    approver: User, analyst: User, program: User
) -> None:
    program, client = granted(program, WRITE, responsible=analyst), client_of(analyst)
    assert f"/account/tokens/of/{program.pk}/" in client.get("/account/tokens/").content.decode()
    values = {"idempotency_key": new_key(), "name": "Feed", "scopes": [WRITE], "days": "30", "password": PASSWORD}
    page = client.post(f"/account/tokens/of/{program.pk}/", values)
    secret = re.search(r"cpc_[0-9a-f]{8}_[\w-]{43}", page.content.decode())
    assert secret
    bearer = Client(headers={"Authorization": f"Bearer {secret[0]}"})
    assert bearer.get("/api/v1/partnerships/").status_code == 200
    token = ApiToken.objects.get()
    revoke = f"/account/tokens/{token.pk}/revoke/"
    assert client.post(revoke, {"idempotency_key": new_key()})["Location"] == f"/account/tokens/of/{program.pk}/"
    assert bearer.get("/api/v1/partnerships/").status_code == 401
