"""Scopes of tokens: what each grants, to whom it can be issued, and the narrowest one for a permission."""

from __future__ import annotations

import pytest

from cpc.accounts.models import Agency, User
from cpc.accounts.permissions import Permission, Role, permissions_of
from cpc.accounts.scopes import Scope, permissions_in, scope_of, scopes_for


@pytest.mark.parametrize(
    ("role", "scopes"),
    [
        ("viewer", ["observations:read", "rankings:read", "selection:read", "partnerships:read"]),
        ("reviewer", ["observations:read"]),
        (
            "analyst",
            [
                "observations:read",
                "rankings:read",
                "selection:read",
                "partnerships:read",
                "partnerships:write",
                "partnerships:money",
            ],
        ),
        (
            "approver",
            [
                "observations:read",
                "rankings:read",
                "selection:read",
                "partnerships:read",
                "partnerships:write",
                "partnerships:approve",
            ],
        ),
        ("nobody", []),
    ],
)
def test_an_account_gets_the_scopes_whose_permissions_it_has_in_full(role: str, scopes: list[str]) -> None:
    assert list(scopes_for(permissions_of(role))) == scopes


@pytest.mark.parametrize(
    ("permission", "scope"),
    [
        (Permission.VIEW_OBSERVATIONS, Scope.OBSERVATIONS_READ),
        (Permission.VIEW_RANKINGS, Scope.RANKINGS_READ),
        (Permission.VIEW_ROUNDS, Scope.SELECTION_READ),
        (Permission.VIEW_PARTNERSHIPS, Scope.PARTNERSHIPS_READ),
        (Permission.EDIT_PARTNERSHIPS, Scope.PARTNERSHIPS_WRITE),
        (Permission.RECORD_MONEY, Scope.PARTNERSHIPS_MONEY),
        (Permission.APPROVE_PARTNERSHIPS, Scope.PARTNERSHIPS_APPROVE),
        (Permission.MANAGE_PEOPLE, None),
    ],
)
def test_the_narrowest_scope_for_a_permission(permission: Permission, scope: Scope | None) -> None:
    assert scope_of(permission) is scope


def test_token_may_use_rest_and_only_its_scopes() -> None:
    assert permissions_in([]) == {Permission.USE_API}
    assert permissions_in(["rankings:read", "observations:read"]) == {
        Permission.USE_API,
        Permission.VIEW_RANKINGS,
        Permission.VIEW_OBSERVATIONS,
    }
    with pytest.raises(ValueError, match="everything"):
        permissions_in(["everything"])


def test_a_token_narrows_a_role_and_a_disabled_account_may_nothing() -> None:
    user = User(role=Role.VIEWER)
    assert user.allows(Permission.VIEW_RANKINGS)
    user.narrow(frozenset({Permission.USE_API, Permission.RECORD_MONEY}))
    assert user.permissions == {Permission.USE_API}
    assert Permission.VIEW_RANKINGS in user.role_permissions
    assert User(role=Role.VIEWER, is_active=False).permissions == frozenset()


@pytest.mark.parametrize(("role", "programs"), [("api_client", True), ("viewer", False), ("nobody", False)])
def test_an_account_of_a_program_uses_no_pages(role: str, programs: bool) -> None:
    assert User(role=role).is_for_programs is programs


def test_names_that_are_shown() -> None:
    assert (str(User(username="ana", name="Ana")), str(User(username="ana"))) == ("Ana", "ana")
    assert (Agency(code="dol").short, Agency(code="dol", short_name="Labor").short) == ("DOL", "Labor")
