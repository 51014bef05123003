"""Agencies: added, edited, closed, and reopened; accounts and open work move to the successor."""

from __future__ import annotations

import re

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client

from cpc.accounts.models import Agency, User
from cpc.accounts.permissions import Role
from cpc.api.run_once import new_key
from cpc.audit.models import AuditEntry
from cpc.notifications.models import Notification
from cpc.people import agencies, succession
from cpc.people.queries import contacts_of
from tests.support.accounts import make_account

REASON = "Its functions were moved by an act"


def close(administrator: User, old: Agency, new: Agency, reason: str = REASON) -> list[succession.Moved]:
    return agencies.close_agency(agency=old, successor=new, reason=reason, actor=administrator)


def test_closing_moves_the_accounts_and_tells_them(
    administrator: User, reviewer: User, dol: Agency, doj: Agency
) -> None:
    moved = close(administrator, dol, doj)
    assert succession.Moved("accounts", 1) in moved
    reviewer.refresh_from_db()
    dol.refresh_from_db()
    assert reviewer.agency == doj
    assert (dol.is_active, dol.successor, dol.successor_reason) == (False, doj, REASON)
    assert Notification.objects.get(recipient=reviewer).subject == "You now represent Department of Justice"
    entries = AuditEntry.objects.filter(action__in=("closed", "moved")).order_by("pk")
    assert [(entry.action, entry.after) for entry in entries] == [
        ("closed", {"is_active": False, "successor": "doj", "successor_reason": REASON}),
        ("moved", {"agency": "doj", "reason": "Department of Labor closed"}),
    ]


@pytest.mark.parametrize("taken", [True, False])
def test_a_contact_stays_one_only_where_the_successor_has_none(
    administrator: User, reviewer: User, dol: Agency, doj: Agency, taken: bool
) -> None:
    User.objects.filter(pk=reviewer.pk).update(is_contact=True)
    other = User.objects.create_user(
        "other", name="Other", role=Role.REVIEWER.value, agency=doj, is_contact=taken, is_active=True
    )
    close(administrator, dol, doj)
    assert list(contacts_of(doj)) == [other if taken else reviewer]


def test_registered_moves_succeed_or_fail_with_the_closing(administrator: User, dol: Agency, doj: Agency) -> None:
    calls: list[tuple[Agency, Agency, User | None]] = []

    def move(old: Agency, new: Agency, actor: User | None) -> int:
        calls.append((old, new, actor))
        if len(calls) > 1:
            raise ValidationError("No")
        return 3

    with succession.movers.only(succession.Mover("requests", move)):
        assert succession.labels() == ["requests"]
        assert close(administrator, dol, doj) == [succession.Moved("requests", 3)]
        third = Agency.objects.create(code="dhs", name="Department of Homeland Security")
        with pytest.raises(ValidationError):
            close(administrator, doj, third)
    assert calls[0] == (dol, doj, administrator)
    assert Agency.objects.get(code="doj").is_active


def test_a_closing_that_makes_no_sense_is_refused(administrator: User, dol: Agency, doj: Agency) -> None:
    with pytest.raises(ValidationError, match="can't succeed itself"):
        close(administrator, dol, dol)
    with pytest.raises(ValidationError, match="Enter a reason"):
        close(administrator, dol, doj, "  ")
    close(administrator, dol, doj)
    with pytest.raises(ValidationError, match="already closed"):
        close(administrator, dol, doj)
    with pytest.raises(ValidationError, match="is closed too"):
        close(administrator, doj, dol)
    with pytest.raises(PermissionDenied):
        close(make_account(Role.ANALYST), doj, dol)


def test_a_closed_agency_can_be_reopened_and_what_moved_stays(
    office: Client, administrator: User, reviewer: User, dol: Agency, doj: Agency
) -> None:
    close(administrator, dol, doj)
    assert office.get("/account/people/agencies/dol/reopen/").status_code == 200
    assert office.post("/account/people/agencies/dol/reopen/", {"idempotency_key": new_key()}).status_code == 302
    dol.refresh_from_db()
    reviewer.refresh_from_db()
    assert (dol.is_active, dol.successor, reviewer.agency) == (True, None, doj)


def test_the_pages_add_edit_and_close(office: Client, dol: Agency, doj: Agency, reviewer: User) -> None:
    page = office.get("/account/people/agencies/new/").content.decode()
    key = re.search(r'name="idempotency_key" value="([^"]+)"', page)
    assert key
    values = {"code": "hhs", "short_name": "HHS", "name": "Health and Human Services", "idempotency_key": key[1]}
    for _ in range(2):
        answer = office.post("/account/people/agencies/new/", values)
        assert answer["Location"] == "/account/people/agencies/hhs/"
    page = office.get("/account/people/agencies/hhs/").content.decode()
    assert "No reviewers yet" in page
    revision = re.search(r'name="revision" value="(\d+)"', page)
    assert revision
    edited = {"short_name": "HHS", "name": "Department of Health", "statutory": "on", "revision": revision[1]}
    assert office.post("/account/people/agencies/hhs/", edited | {"idempotency_key": new_key()}).status_code == 302
    edited |= {"name": "Later name", "idempotency_key": new_key()}
    late = office.post("/account/people/agencies/hhs/", edited)
    assert late.status_code == 422
    assert "Health and Human Services → Department of Health" in late.content.decode()
    assert 'value="Later name"' in late.content.decode()
    closing = {"reason": REASON, "idempotency_key": new_key()}
    refused = office.post("/account/people/agencies/dol/close/", closing)
    assert refused.status_code == 422
    done = office.post("/account/people/agencies/dol/close/", closing | {"successor": doj.pk}, follow=True)
    assert "accounts: 1" in done.content.decode()
    assert REASON in done.content.decode()


@pytest.mark.parametrize(
    ("values", "field"),
    [({"code": "DOL office"}, "code"), ({"code": "dol"}, "code"), ({"name": "Department of Labor"}, "name")],
)
def test_a_wrong_agency_is_refused_at_its_field(
    administrator: User, dol: Agency, values: dict[str, str], field: str
) -> None:
    whole = {"code": "new", "short_name": "", "name": "New agency", "statutory": False, **values}
    with pytest.raises(ValidationError) as refused:
        agencies.add_agency(actor=administrator, **whole)  # type: ignore[arg-type]  # the arguments have several types
    assert set(refused.value.error_dict) == {field}
