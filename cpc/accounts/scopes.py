"""Scopes of API tokens.

A scope only narrows: it grants nothing beyond the account's role.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.db import models

from cpc.accounts.permissions import Permission


class Scope(models.TextChoices):
    """Scopes that a token can be issued for, by the name that programs use."""

    OBSERVATIONS_READ = "observations:read", "Read observations, sources, indicators, and countries"
    RANKINGS_READ = "rankings:read", "Read rankings and scores"
    SELECTION_READ = "selection:read", "Read selection rounds with their rankings and scores"
    PARTNERSHIPS_READ = "partnerships:read", "Read partnerships, their money, and their results"
    PARTNERSHIPS_WRITE = "partnerships:write", "Draft partnerships, take their steps, and record results"
    PARTNERSHIPS_MONEY = "partnerships:money", "Record contributions and award ledgers"
    PARTNERSHIPS_APPROVE = "partnerships:approve", "Sign, suspend, and end partnerships"


SCOPE_PERMISSIONS: Mapping[Scope, frozenset[Permission]] = {
    Scope.OBSERVATIONS_READ: frozenset({Permission.VIEW_OBSERVATIONS}),
    Scope.RANKINGS_READ: frozenset({Permission.VIEW_RANKINGS}),
    Scope.SELECTION_READ: frozenset({Permission.VIEW_RANKINGS, Permission.VIEW_ROUNDS}),
    Scope.PARTNERSHIPS_READ: frozenset({Permission.VIEW_PARTNERSHIPS}),
    Scope.PARTNERSHIPS_WRITE: frozenset({Permission.VIEW_PARTNERSHIPS, Permission.EDIT_PARTNERSHIPS}),
    Scope.PARTNERSHIPS_MONEY: frozenset({Permission.VIEW_PARTNERSHIPS, Permission.RECORD_MONEY}),
    Scope.PARTNERSHIPS_APPROVE: frozenset(
        {Permission.VIEW_PARTNERSHIPS, Permission.EDIT_PARTNERSHIPS, Permission.APPROVE_PARTNERSHIPS}
    ),
}


def permissions_in(scopes: Iterable[str]) -> frozenset[Permission]:
    """Return the permissions that these scopes grant, including use of the REST interface.

    Raises `ValueError` for a text that is not a scope.
    """
    needed = {Permission.USE_API}
    for scope in scopes:
        needed |= SCOPE_PERMISSIONS[Scope(scope)]
    return frozenset(needed)


def scopes_for(permissions: frozenset[Permission]) -> tuple[Scope, ...]:
    """Return the scopes that can be issued to an account: those whose permissions it has in full."""
    return tuple(scope for scope in Scope if SCOPE_PERMISSIONS[scope] <= permissions)


def scope_of(permission: Permission) -> Scope | None:
    """Return the narrowest scope that grants a permission.

    Returns None if no token can have it.
    """
    fitting = [scope for scope in Scope if permission in SCOPE_PERMISSIONS[scope]]
    return min(fitting, key=lambda scope: len(SCOPE_PERMISSIONS[scope]), default=None)
