"""Accounts, the agencies they speak for, and the tokens of their programs."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

import pgtrigger
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.validators import ASCIIUsernameValidator
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from cpc.accounts.permissions import Permission, Role, permissions_of
from cpc.accounts.tokens.scopes import Scope, permissions_in


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

    _narrowed_to: frozenset[Permission] | None = None

    @property
    def permissions(self) -> frozenset[Permission]:
        """What this account may do in this request; nothing once it is disabled."""
        whole = self.role_permissions
        return whole if self._narrowed_to is None else whole & self._narrowed_to

    @property
    def role_permissions(self) -> frozenset[Permission]:
        """What the role allows, whatever the request came with; nothing once the account is disabled."""
        return permissions_of(self.role) if self.is_active else frozenset()

    def narrow(self, permissions: frozenset[Permission]) -> None:
        """From now on let this object do only what is both in its role and in `permissions`. Nothing is saved."""
        self._narrowed_to = permissions

    def allows(self, permission: Permission) -> bool:
        """Whether this account may do it."""
        return permission in self.permissions


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    """Tokens as a table."""

    def visible_to(self, user: User) -> ApiTokenQuerySet:
        """An account's own; all for whoever manages accounts."""
        return self if user.allows(Permission.MANAGE_PEOPLE) else self.filter(owner=user)


class ApiToken(models.Model):
    """What a program carries instead of a password. Its secret is not here, only the SHA-256 of it.

    A token is as it was issued: apart from its last use it can only be revoked, once, and it is never deleted.
    """

    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="api_tokens", editable=False)
    name = models.CharField("what it is for", max_length=80)
    prefix = models.CharField(max_length=12, unique=True, editable=False, help_text="How the secret starts.")
    digest = models.CharField(max_length=64, unique=True, editable=False, help_text="SHA-256 of the secret.")
    scopes = ArrayField(models.CharField(max_length=30))
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, editable=False)
    revoked_at = models.DateTimeField(null=True, editable=False)
    revoked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, editable=False, related_name="+")

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at", "-id")
        verbose_name = "API token"
        triggers = (
            pgtrigger.ReadOnly(
                name="as_issued",
                fields=["owner", "name", "prefix", "digest", "scopes", "created_at", "expires_at"],
            ),
            pgtrigger.Protect(
                name="revoked_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__revoked_at__isnull=False)
                & (
                    pgtrigger.Q(old__revoked_at__df=pgtrigger.F("new__revoked_at"))
                    | pgtrigger.Q(old__revoked_by__df=pgtrigger.F("new__revoked_by"))
                ),
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        )
        constraints = (
            models.CheckConstraint(
                name="api_token_expires_later",
                condition=Q(expires_at__gt=F("created_at")),
                violation_error_code="expires_at",
                violation_error_message="A token is valid for a day at least.",
            ),
            models.CheckConstraint(
                name="api_token_has_scopes",
                condition=Q(scopes__len__gt=0),
                violation_error_code="scopes",
                violation_error_message="Choose at least one scope.",
            ),
            models.CheckConstraint(
                name="api_token_revoked_by_somebody",
                condition=Q(revoked_at__isnull=True, revoked_by__isnull=True)
                | Q(revoked_at__isnull=False, revoked_by__isnull=False),
                violation_error_code="revoked_by",
            ),
        )

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    @property
    def permissions(self) -> frozenset[Permission]:
        """What the scopes let through."""
        return permissions_in(self.scopes)

    @property
    def scope_labels(self) -> list[str]:
        """The scopes in words."""
        return [str(Scope(scope).label) for scope in self.scopes]

    def is_valid(self, now: dt.datetime) -> bool:
        """Whether it can be used at `now`: issued, not expired, not revoked."""
        return self.revoked_at is None and now < self.expires_at
