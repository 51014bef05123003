"""The tables of accounts, agencies, roles, and changes of access, cell by cell."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from cpc.accounts.access_changes import AccessChange
from cpc.accounts.models import Agency, User
from cpc.accounts.permissions import Permission, Role
from cpc.people import presenters
from cpc.people.services import takes_two_people
from cpc.people.templatetags.people_tags import field_label, value_label
from tests.support.cells import cells, links, marks, plain

DASH = "\N{EN DASH}"
NOW = dt.datetime(2026, 11, 24, 9, 0, tzinfo=dt.UTC)
DAY, SECOND = dt.timedelta(days=1), dt.timedelta(seconds=1)
LABOR = Agency(pk=2, code="dol", name="Department of Labor")


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOW)


def user(invited: bool = False, **changes: Any) -> User:
    found = User(
        **{
            "pk": 7,
            "username": "ana",
            "name": "Ana Mensah",
            "email": "ana@cpc.example",
            "role": "reviewer",
            "agency": LABOR,
            "is_contact": True,
            "last_login": NOW - DAY,
            **changes,
        }
    )
    found.invited = invited  # type: ignore[attr-defined]  # annotated by the query
    return found


def test_a_row_of_the_list_of_accounts() -> None:
    assert cells(presenters.ACCOUNTS.columns, user()) == {
        "Name": "Ana Mensah / ana, ana@cpc.example",
        "Role": "Agency reviewer",
        "Agency": "Department of Labor / Point of contact",
        "State": "Active",
        "Last sign-in": "Nov 23, 2026",
    }
    assert links(presenters.ACCOUNTS.columns, user()) == ["/account/people/7/", "/account/people/agencies/dol/"]
    other = cells(presenters.ACCOUNTS.columns, user(agency=None, email="", is_contact=False, last_login=None))
    assert (other["Name"], other["Agency"], other["Last sign-in"]) == ("Ana Mensah / ana", DASH, "Never")
    assert cells(presenters.ACCOUNTS.columns, user(is_contact=False))["Agency"] == "Department of Labor"


@pytest.mark.parametrize(("is_contact", "text"), [(True, "Submits"), (False, "Drafts")])
def test_a_point_of_contact_submits_and_others_draft(is_contact: bool, text: str) -> None:
    assert cells(presenters.ACCOUNTS_OF_AGENCY.columns, user(is_contact=is_contact))["For the agency"] == text


def test_a_file_of_accounts_has_each_field_under_its_own_name() -> None:
    assert {column.label: column.cell(user()) for column in presenters.FILE} == {
        "User name": "ana",
        "Name": "Ana Mensah",
        "Address": "ana@cpc.example",
        "Role": "Agency reviewer",
        "Agency": "Department of Labor",
        "Point of contact": True,
        "State": "Active",
        "Last sign-in (UTC)": NOW - DAY,
    }


@pytest.mark.parametrize(
    ("is_active", "invited", "text", "kind"),
    [
        (True, False, "Active", "good"),
        (True, True, "Active", "good"),
        (False, True, "Invited", "info"),
        (False, False, "Disabled", "none"),
    ],
)
def test_the_state_of_an_account(is_active: bool, invited: bool, text: str, kind: str) -> None:
    found = user(invited, is_active=is_active)
    assert plain(presenters.account_state(found)) == text
    assert marks(presenters.REST, found) == [kind]
    assert ("#lock" in presenters.account_state(found)) is (text == "Disabled")


@pytest.mark.parametrize(
    ("changes", "counts", "shown"),
    [
        ({"statutory": True}, (4, 2), ("Yes", "4", "2", "Consulted")),
        ({}, (0, 0), ("No", "0", "No one submits", "Consulted")),
        ({"is_active": False}, (0, 0), ("No", "0", DASH, "Closed")),
        ({"is_active": False}, (3, 1), ("No", "3", "1", "Closed")),
        (
            {"is_active": False, "successor": Agency(code="doj", name="Department of Justice")},
            (0, 0),
            ("No", "0", DASH, "Closed / succeeded by DOJ"),
        ),
    ],
)
def test_a_row_of_the_list_of_agencies(
    changes: dict[str, Any], counts: tuple[int, int], shown: tuple[str, str, str, str]
) -> None:
    agency = Agency(**{"pk": 2, "code": "dol", "name": "Department of Labor", **changes})
    agency.reviewers, agency.contacts = counts  # type: ignore[attr-defined]  # annotated by the query
    row = cells(presenters.AGENCIES.columns, agency)
    assert row["Agency"] == "Department of Labor / DOL"
    assert tuple(row.values())[1:] == shown
    assert links(presenters.AGENCIES.columns, agency) == ["/account/people/agencies/dol/"]


def test_the_table_of_roles_marks_what_each_role_may_do() -> None:
    row = cells(presenters.ROLES.columns, Permission.MANAGE_PEOPLE)
    assert {name for name, text in row.items() if text == "Yes"} == {"Administrator"}
    assert list(row)[1:] == [role.label for role in Role]


# ---- changes of access ---------------------------------------------------------------------------------------------

SEEN = {"username": "ben", "name": "Ben Asare", "email": "ben@cpc.example", "role": "analyst"}


def change(**values: Any) -> AccessChange:
    return AccessChange(
        **{
            "pk": 9,
            "kind": "change",
            "wanted": {"role": "approver"},
            "seen": SEEN,
            "asked_by": User(name="Ada"),
            "asked_at": NOW - 2 * DAY,
            "expires_at": NOW + 5 * DAY,
            "decided_by": User(name="Bea"),
            "decided_at": NOW - DAY,
            **values,
        }
    )


def test_a_row_of_the_changes_of_access() -> None:
    assert cells(presenters.ACCESS_CHANGES.columns, change()) == {
        "Change": "Change the role or address",
        "Account": "Ben Asare / ben",
        "Asked for by": "Ada / Nov 22, 2026",
        "State": "Waiting / until Nov 29, 2026",
    }
    assert links(presenters.ACCESS_CHANGES.columns, change()) == ["/account/access/9/"]


@pytest.mark.parametrize(
    ("values", "text", "kind"),
    [
        ({"expires_at": NOW + SECOND}, "Waiting / until Nov 24, 2026", "warn"),
        ({"expires_at": NOW}, "Expired / Nov 24, 2026", "none"),
        ({"expires_at": NOW - DAY}, "Expired / Nov 23, 2026", "none"),
        ({"outcome": "confirmed"}, "Confirmed / Bea, Nov 23, 2026", "good"),
        ({"outcome": "refused"}, "Refused / Bea, Nov 23, 2026", "bad"),
        ({"outcome": "withdrawn", "expires_at": NOW - 9 * DAY}, "Withdrawn / Bea, Nov 23, 2026", "none"),
    ],
)
def test_the_state_of_a_change_of_access(values: dict[str, Any], text: str, kind: str) -> None:
    found = presenters.access_change_state(change(**values))
    assert plain(found) == text
    assert f"c-status--{kind}" in found


NEWCOMER = {"username": "eve", "name": "Eve Addo", "email": "eve@cpc.example", "role": "administrator"}


@pytest.mark.parametrize(
    ("seen", "wanted", "facts"),
    [
        (
            SEEN,
            {"role": "approver"},
            {
                "Person": "Ben Asare",
                "User name": "ben",
                "Role": "TIP Office analyst → TIP Office approver",
                "Address": "ben@cpc.example",
            },
        ),
        (
            {**SEEN, "role": "approver", "email": ""},
            {"email": "new@cpc.example", "name": "Ben A."},
            {
                "Person": "Ben Asare",
                "User name": "ben",
                "New name": "Ben A.",
                "Role": "TIP Office approver",
                "Address": "none → new@cpc.example",
            },
        ),
        (
            {},
            NEWCOMER,
            {"Person": "Eve Addo", "User name": "eve", "Role": "Administrator", "Address": "eve@cpc.example"},
        ),
    ],
)
def test_a_second_person_sees_each_value_before_and_after(
    seen: dict[str, str], wanted: dict[str, str], facts: dict[str, str]
) -> None:
    assert dict(presenters.access_change_facts(change(seen=seen, wanted=wanted))) == facts


def test_change_names_the_account_as_it_was_when_requested() -> None:
    renamed = change(wanted={"name": "Ben A."})
    assert (renamed.name, renamed.username) == ("Ben Asare", "ben")
    newcomer = change(seen={}, wanted=NEWCOMER)
    assert (newcomer.name, newcomer.username) == ("Eve Addo", "eve")


@pytest.mark.parametrize(
    ("role", "values", "takes_two"),
    [
        ("analyst", {"role": "viewer"}, False),
        ("analyst", {"email": "new@cpc.example"}, False),
        ("analyst", {"role": "approver"}, True),
        ("approver", {"role": "analyst"}, False),
        ("approver", {"role": "administrator"}, True),
        ("approver", {"email": "new@cpc.example"}, True),
        ("approver", {"name": "Another", "role": "approver", "email": "ana@cpc.example"}, False),
        ("administrator", {"role": "viewer", "email": "new@cpc.example"}, False),
    ],
)
def test_what_gives_or_moves_an_approver_or_administrator_takes_two(
    role: str, values: dict[str, object], takes_two: bool
) -> None:
    assert takes_two_people(user(role=role, agency=None, is_contact=False), values) is takes_two


@pytest.mark.parametrize(
    ("value", "text"),
    [("reviewer", "Agency reviewer"), (True, "yes"), (False, "no"), (None, DASH), ("", DASH), (0, "0"), ("x", "x")],
)
def test_account_history_texts(value: Any, text: str) -> None:
    assert value_label(value) == text
    assert (field_label("email"), field_label("is_active"), field_label("role")) == ("address", "active", "role")
