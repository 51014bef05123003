"""Accounts and the agencies they speak for."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.validators import ASCIIUsernameValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from cpc.accounts.permissions import Permission, Role, permissions_of


class Agency(models.Model):
    """A bureau, office or agency that is consulted; `statutory` ones are named in 22 U.S.C. 7103a(d)."""

    code = models.SlugField(max_length=20, unique=True)
    name = models.CharField(max_length=120, unique=True)
    statutory = models.BooleanField(default=False)
    successor = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="predecessors")
    successor_reason = models.CharField(max_length=300, blank=True)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ("name",)
        verbose_name_plural = "agencies"
        constraints = (
            models.CheckConstraint(
                name="agency_successor_has_reason",
                condition=Q(successor__isnull=True) | ~Q(successor_reason=""),
                violation_error_code="successor_reason",
                violation_error_message="Say why another agency follows this one.",
            ),
        )

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    """Makes accounts; there is no self-registration and no superuser."""

    def create_user(self, username: str, password: str | None = None, **fields: object) -> User:
        """A saved account; without a password it cannot sign in."""
        user = self.model(username=self.model.normalize_username(username), **fields)
        user.set_password(password)
        user.full_clean(exclude=("password",))
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """One account with one role; a reviewer speaks for one agency."""

    username = models.CharField(max_length=60, unique=True, validators=(ASCIIUsernameValidator(),))
    name = models.CharField(max_length=120)
    email = models.EmailField(blank=True)
    role = models.CharField(max_length=20, choices=Role.choices)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, null=True, blank=True, related_name="users")
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(default=timezone.now, editable=False)

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name", "role"]

    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        ordering = ("username",)
        constraints = (
            models.CheckConstraint(
                name="user_role_known",
                condition=Q(role__in=Role.values),
                violation_error_code="role",
            ),
            models.CheckConstraint(
                name="user_reviewer_has_agency",
                condition=~Q(role=Role.REVIEWER) | Q(agency__isnull=False),
                violation_error_code="reviewer_agency",
                violation_error_message="A reviewer speaks for one agency; choose it.",
            ),
        )

    def __str__(self) -> str:
        return self.name or self.username

    def get_full_name(self) -> str:
        """The name as shown."""
        return str(self)

    @property
    def permissions(self) -> frozenset[Permission]:
        """What this account may do; nothing once it is disabled."""
        return permissions_of(self.role) if self.is_active else frozenset()

    def allows(self, permission: Permission) -> bool:
        """Whether this account may do it."""
        return permission in self.permissions
