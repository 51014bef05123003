"""Changes of accounts by administrators: their effects on sessions and tokens, and changes that are rejected."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test import Client

from cpc.accounts.models import Agency, ApiToken, User
from cpc.accounts.permissions import Permission, Role
from cpc.api.run_once import new_key
from cpc.api_tokens.services import issue_token
from cpc.audit.models import AuditEntry
from cpc.notifications.models import Notification
from cpc.people import services as people_services
from tests.support.accounts import PASSWORD, make_account

# ---- changing an account -------------------------------------------------------------------------------------------


def once(**values: object) -> dict[str, object]:
    """Return form data with a new idempotency key, as from a page that was just opened."""
    return {"idempotency_key": new_key(), **values}


def sent(user: User, **changes: object) -> dict[str, object]:
    """Return the data that the form of an account would send."""
    return {
        "name": user.name,
        "email": user.email,
        "role": user.role,
        "agency": user.agency_id or "",
        **({"is_contact": "on"} if user.is_contact else {}),
        **once(),
        **changes,
    }


def revision_on(client: Client, user: User) -> str:
    """Return the revision in the account's form."""
    found = re.search(r'name="revision" value="(\d+)"', client.get(f"/account/people/{user.pk}/").content.decode())
    assert found
    return found[1]


def test_a_changed_role_counts_at_the_next_request_and_is_announced(office: Client, reviewer: User) -> None:
    theirs = Client()
    theirs.force_login(reviewer)
    assert theirs.get("/ranking/").status_code == 404
    answer = office.post(
        f"/account/people/{reviewer.pk}/", sent(reviewer, role="viewer", revision=revision_on(office, reviewer))
    )
    assert answer.status_code == 302
    assert theirs.get("/ranking/").status_code == 200
    reviewer.refresh_from_db()
    assert (reviewer.agency, reviewer.is_contact) == (None, False), "a viewer speaks for no agency"
    entry = AuditEntry.objects.filter(action="changed", object_id=str(reviewer.pk)).get()
    assert entry.before == {"role": "reviewer", "agency": "dol"}
    assert entry.after == {"role": "viewer", "agency": None}
    assert Notification.objects.get(recipient=reviewer).subject == "Your role is now Viewer"


def test_a_reviewer_moves_to_another_agency_and_becomes_its_contact(
    administrator: User, reviewer: User, doj: Agency
) -> None:
    values = {"agency": doj, "is_contact": True}
    assert people_services.change_account(
        account_id=reviewer.pk, values=values, expected_revision=None, actor=administrator
    )
    reviewer.refresh_from_db()
    assert (reviewer.agency, reviewer.is_contact) == (doj, True)
    subjects = set(Notification.objects.filter(recipient=reviewer).values_list("subject", flat=True))
    assert subjects == {
        "You now represent Department of Justice",
        "You are now a point of contact for Department of Justice",
    }
    assert not people_services.change_account(
        account_id=reviewer.pk, values=values, expected_revision=None, actor=administrator
    )
    assert Notification.objects.count() == 2


def test_the_second_of_two_gets_what_changed_and_keeps_the_draft(office: Client, reviewer: User) -> None:
    revision = revision_on(office, reviewer)
    address = f"/account/people/{reviewer.pk}/"
    assert office.post(address, sent(reviewer, name="First of two", revision=revision)).status_code == 302
    answer = office.post(address, sent(reviewer, email="second@cpc.example", revision=revision))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Someone else saved changes while you were editing" in page
    assert "Agency reviewer → First of two" in page
    assert 'value="second@cpc.example"' in page
    reviewer.refresh_from_db()
    assert (reviewer.name, reviewer.email) == ("First of two", "reviewer@cpc.example")
    again = re.search(r'name="revision" value="(\d+)"', page)
    assert again
    assert office.post(address, sent(reviewer, email="second@cpc.example", revision=again[1])).status_code == 302


def test_sign_in_and_notifications_do_not_change_the_account(office: Client, reviewer: User) -> None:
    revision = revision_on(office, reviewer)
    Client().post("/account/sign-in/", {"login": reviewer.username, "password": PASSWORD})
    office.post(f"/account/people/{reviewer.pk}/send/", once())
    answer = office.post(f"/account/people/{reviewer.pk}/", sent(reviewer, name="Renamed", revision=revision))
    assert answer.status_code == 302


@pytest.mark.parametrize("changes", [{"role": "reviewer", "agency": ""}, {"role": "emperor"}, {"email": "x"}])
def test_what_does_not_fit_is_refused_on_the_page(office: Client, reviewer: User, changes: dict[str, str]) -> None:
    answer = office.post(
        f"/account/people/{reviewer.pk}/", sent(reviewer, revision=revision_on(office, reviewer), **changes)
    )
    assert answer.status_code == 422
    assert "Nothing was saved." in answer.content.decode()


def test_closed_agency_stays_selected_but_is_not_offered(administrator: User, reviewer: User, doj: Agency) -> None:
    Agency.objects.filter(pk=doj.pk).update(is_active=False)
    with pytest.raises(ValidationError, match="is closed"):
        people_services.change_account(
            account_id=reviewer.pk, values={"agency": doj}, expected_revision=None, actor=administrator
        )
    Agency.objects.update(is_active=False)
    assert people_services.change_account(
        account_id=reviewer.pk, values={"name": "New"}, expected_revision=None, actor=administrator
    )


def test_only_reviewers_are_points_of_contact_in_the_database_too(administrator: User) -> None:
    administrator.is_contact = True
    with pytest.raises(ValidationError) as refused:
        administrator.full_clean()
    assert "Only a reviewer" in str(refused.value)


# ---- ending and restoring access -----------------------------------------------------------------------------------


def test_disabling_ends_sessions_and_tokens_for_good(office: Client, administrator: User, reviewer: User) -> None:
    secret = issue_token(owner=reviewer, name="Copy", scopes=["observations:read"], days=30).secret
    session, bearer = Client(), {"Authorization": f"Bearer {secret}"}
    session.force_login(reviewer)
    assert session.get("/").status_code == 200
    assert Client().get("/api/v1/sources/", headers=bearer).status_code == 200
    page = f"/account/people/{reviewer.pk}/"
    assert office.post(f"{page}disable/", once(reason="")).status_code == 422
    assert office.post(f"{page}disable/", once(reason="Left the agency")).status_code == 302

    def is_out() -> bool:
        page, rest = session.get("/").status_code, Client().get("/api/v1/sources/", headers=bearer).status_code
        return (page, rest) == (302, 401)

    assert is_out()
    assert not Client().login(username=reviewer.username, password=PASSWORD)
    assert ApiToken.objects.get().revoked_by == administrator
    assert AuditEntry.objects.filter(action="disabled").get().after == {"is_active": False, "reason": "Left the agency"}
    assert office.post(f"{page}enable/", once()).status_code == 302
    assert is_out(), "neither the session nor the token comes back"
    assert Client().login(username=reviewer.username, password=PASSWORD)


def demote(actor: User, whom: User) -> None:
    people_services.change_account(account_id=whom.pk, values={"role": "viewer"}, expected_revision=None, actor=actor)


def disable(actor: User, whom: User) -> None:
    people_services.disable(account_id=whom.pk, reason="Not needed", actor=actor)


@pytest.mark.parametrize("end", [demote, disable])
def test_the_last_active_administrator_stays(administrator: User, end: Callable[[User, User], None]) -> None:
    make_account(Role.ADMINISTRATOR, username="former", is_active=False)
    with pytest.raises(ValidationError, match="last active administrator"):
        end(administrator, administrator)
    make_account(Role.ADMINISTRATOR, username="second")
    end(administrator, administrator)
    assert not User.objects.get(pk=administrator.pk).allows(Permission.MANAGE_PEOPLE)


@pytest.mark.django_db(transaction=True)
def test_two_administrators_who_disable_each_other_leave_one() -> None:
    first, second = make_account(Role.ADMINISTRATOR), make_account(Role.ADMINISTRATOR, username="second")
    refusals: list[Exception] = []
    start = threading.Barrier(2)

    def run(actor: User, whom: User) -> None:
        start.wait()
        try:
            disable(actor, whom)
        except (ValidationError, PermissionDenied) as error:
            refusals.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in ((first, second), (second, first))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refusals) == 1
    assert User.objects.filter(role=Role.ADMINISTRATOR, is_active=True).count() == 1


def test_an_account_without_a_password_is_not_enabled_but_invited(administrator: User) -> None:
    user = make_account(Role.VIEWER, is_active=False)
    user.set_unusable_password()
    user.save()
    with pytest.raises(ValidationError, match="Send a link"):
        people_services.enable(account_id=user.pk, actor=administrator)


@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMINISTRATOR])
def test_no_one_else_changes_accounts(dol: Agency, role: Role) -> None:
    actor = make_account(role)
    for action in (demote, disable):
        with pytest.raises(PermissionDenied):
            action(actor, actor)


# ---- pages ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {"administrator", "reviewer", "viewer"}),
        ("?role=viewer", {"viewer"}),
        ("?agency=dol", {"reviewer"}),
        ("?state=disabled", {"viewer"}),
        ("?q=REVIEWER%40cpc", {"reviewer"}),
        ("?state=active&role=viewer", set()),
    ],
)
def test_the_list_is_narrowed_and_exported_the_same_way(
    office: Client, reviewer: User, query: str, found: set[str]
) -> None:
    make_account(Role.VIEWER, is_active=False)
    page = office.get(f"/account/people/{query}").content.decode()
    shown = set(re.findall(r'u-break">([\w-]+)', page))
    assert shown == found
    export = office.get(f"/account/people/{query or '?'}&format=csv&columns=file")
    lines = b"".join(export.streaming_content).decode("utf-8-sig").splitlines()  # type: ignore[attr-defined]  # the response is streamed
    assert {line.partition(",")[0] for line in lines[1:]} == found


@pytest.mark.parametrize("query", ["?state=asleep", "?role=emperor", "?agency=none", "?color=blue", "?format=pdf"])
def test_the_list_refuses_what_it_does_not_know(office: Client, query: str) -> None:
    assert office.get(f"/account/people/{query}").status_code == 400


def test_the_form_of_an_invitation_sent_twice_makes_one_account(office: Client) -> None:
    page = office.get("/account/people/invite/").content.decode()
    key = re.search(r'name="idempotency_key" value="([^"]+)"', page)
    assert key
    values = {"name": "New", "email": "new@cpc.example", "username": "new", "role": "viewer"}
    values["idempotency_key"] = key[1]
    answers = [office.post("/account/people/invite/", values) for _ in range(2)]
    assert {answer.status_code for answer in answers} == {302}
    assert len({answer["Location"] for answer in answers}) == 1
    assert User.objects.filter(username="new").count() == 1


def test_roles_page_lists_the_permissions_of_each_role(office: Client) -> None:
    page = office.get("/account/people/roles/").content.decode()
    rows = re.findall(r'<th scope="row" role="rowheader">(.*?)</th>(.*?)</tr>', page, re.DOTALL)
    assert len(rows) == len(Permission)
    for permission, (_, cells) in zip(Permission, rows, strict=True):
        allowed = ["Yes" in cell for cell in re.findall(r"<td[^>]*>(.*?)</td>", cells, re.DOTALL)]
        assert allowed == [User(role=role).allows(permission) for role in Role]


def test_an_unknown_step_or_account_is_not_there(office: Client, reviewer: User) -> None:
    assert office.get(f"/account/people/{reviewer.pk}/promote/").status_code == 404
    assert office.get("/account/people/999999/").status_code == 404
    assert office.get(f"/account/people/{reviewer.pk}/enable/")["Location"] == f"/account/people/{reviewer.pk}/"
