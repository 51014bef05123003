"""Accounts of programs that write: what is granted to the account itself, who answers for it, and until when.

A program reads without a grant. To write, it needs one that an administrator asked for and another person confirmed,
and that names a person who answers for it. It never approves, signs, or decides: those are a person's deeds.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from cpc.accounts.permissions import ROLE_PERMISSIONS, Permission, Role, permissions_of
from cpc.accounts.scopes import Scope, permissions_in

if TYPE_CHECKING:
    from cpc.accounts.models import User

GRANTABLE = (Scope.PARTNERSHIPS_WRITE, Scope.PARTNERSHIPS_MONEY)
"""Scopes that an account of a program can be granted, besides reading."""

LONGEST_DAYS = 366
"""Number of days that a grant lasts at most."""

GRANT_FIELDS = ("granted_scopes", "responsible", "last_day")

NOT_GRANTED: dict[str, object] = {"granted_scopes": [], "responsible": None, "last_day": None}
"""Values of an account that is not one of a program, or of one without a grant."""

ANSWERING_ROLES = frozenset(
    role
    for role, held in ROLE_PERMISSIONS.items()
    if Permission.VIEW_AUDIT in held and Permission.APPROVE_PARTNERSHIPS not in held
)
"""Roles of those who can answer for a program: they see what it wrote in the audit trail, and approve none of it."""


def can_answer(user: User) -> bool:
    """Return whether a person, as they are now, can answer for what a program writes."""
    return user.is_active and user.role in ANSWERING_ROLES


class ProgramAccount(models.Model):
    """The columns of an account that only those of programs use.

    After its last day, a program can't do anything, and it writes only while a person answers for it.
    """

    granted_scopes = ArrayField(
        models.CharField(max_length=30), default=list, db_default=[], blank=True, editable=False
    )
    responsible = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="programs"
    )
    last_day = models.DateField(null=True, editable=False)  # the type of a `DayField` is made after these tables

    # Columns and properties of the account that has these.
    role: Any
    is_active: Any

    class Meta:
        abstract = True

    @property
    def has_access(self) -> bool:
        """Return whether the account can be used today."""
        return self.is_active and not self.is_over

    @property
    def is_over(self) -> bool:
        return self.last_day is not None and self.last_day < timezone.now().date()

    @property
    def ends_at(self) -> dt.datetime | None:
        """Return the first moment at which the account can't be used anymore; None without a last day."""
        if self.last_day is None:
            return None
        return dt.datetime.combine(self.last_day + dt.timedelta(days=1), dt.time(), dt.UTC)

    @property
    def role_permissions(self) -> frozenset[Permission]:
        """Return the permissions of the account regardless of a token's scopes: of its role, and granted to itself."""
        if not self.has_access:
            return frozenset()
        granted = bool(self.granted_scopes) and self.responsible is not None and can_answer(self.responsible)
        return permissions_of(self.role) | (permissions_in(self.granted_scopes) if granted else frozenset())


PROGRAM_CONSTRAINTS = (
    models.CheckConstraint(
        name="user_grant_is_for_programs",
        condition=Q(role=Role.API_CLIENT) | Q(granted_scopes=[], responsible__isnull=True, last_day__isnull=True),
        violation_error_code="grant_role",
        violation_error_message="Only the account of a program has grants.",
    ),
    models.CheckConstraint(
        name="user_grant_known",
        condition=Q(granted_scopes__contained_by=[scope.value for scope in GRANTABLE]),
        violation_error_code="grant_scopes",
        violation_error_message=f"A program can be granted {' and '.join(GRANTABLE)}, and nothing else.",
    ),
    models.CheckConstraint(
        name="user_grant_whole",
        condition=Q(granted_scopes=[]) | Q(responsible__isnull=False, last_day__isnull=False),
        violation_error_code="grant_whole",
        violation_error_message="A program that writes has a person who answers for it, and a last day.",
    ),
)
