"""Accounts, the agencies they represent, and the API tokens of their programs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.hashers import check_password
from django.contrib.auth.validators import ASCIIUsernameValidator
from django.contrib.postgres.fields import ArrayField
from django.db import connection, models, transaction
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.crypto import salted_hmac

from cpc.accounts.access_changes import AccessChange as AccessChange
from cpc.accounts.permissions import Permission, Role
from cpc.accounts.program_triggers import grants_take_two_people, within_account
from cpc.accounts.programs import PROGRAM_CONSTRAINTS, ProgramAccount
from cpc.accounts.scopes import Scope, permissions_in
from cpc.accounts.triggers import (
    SAME_PASSWORD,
    audited_by_the_database,
    linked_by_two_people,
    revokes_tokens,
    takes_two_people,
    withdraws_links,
)
from cpc.checked import CheckedModel
from cpc.database.audit_triggers import audits_writes
from cpc.typed import visible
from cpc.validation import save_validated


class Agency(models.Model):
    """A bureau, office, or agency that is consulted or clears.

    `statutory` ones are named in 22 U.S.C. 7103a(d), those asked `on_criteria` in 7103a(d)(5).
    """

    code = models.SlugField(max_length=20, unique=True)
    short_name = models.CharField(
        max_length=20,
        blank=True,
        help_text="The name in headings and sentences, such as Labor. If empty, the code in capitals is used.",
    )
    name = models.CharField(max_length=120, unique=True)
    statutory = models.BooleanField(default=False)
    on_criteria = models.BooleanField("consulted on the criteria", default=False)
    is_state_office = models.BooleanField("part of the Department of State", default=False)
    is_consulted = models.BooleanField("consulted on candidates", default=True)
    successor = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="predecessors")
    successor_reason = models.CharField(max_length=300, blank=True)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ("name",)
        verbose_name_plural = "agencies"
        constraints = (
            visible("name"),
            models.CheckConstraint(
                name="agency_successor_has_reason",
                condition=Q(successor__isnull=True) | ~Q(successor_reason=""),
                violation_error_code="successor_reason",
                violation_error_message="Enter the reason why another agency succeeds this one.",
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def short(self) -> str:
        return self.short_name or self.code.upper()


class UserManager(BaseUserManager["User"]):
    """Manager that creates accounts; there is no self-registration and no superuser."""

    def create_user(self, username: str, password: str | None = None, **fields: object) -> User:
        """Create and return an account; without a password it can't sign in."""
        user = self.model(username=self.model.normalize_username(username), **fields)
        user.set_password(password)
        save_validated(user, unchecked=("password",), using=self._db)
        return user


class User(CheckedModel, ProgramAccount, AbstractBaseUser):
    """An account with one role; a reviewer represents one agency, and submits for it as its point of contact."""

    username = models.CharField(max_length=60, unique=True, validators=(ASCIIUsernameValidator(),))
    name = models.CharField(max_length=120)
    email = models.EmailField(blank=True)
    role = models.CharField(max_length=20, choices=Role.choices)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, null=True, blank=True, related_name="users")
    is_contact = models.BooleanField("point of contact", default=False)
    is_active = models.BooleanField(default=True)
    has_letter_keys = models.BooleanField(
        "letters are keys",
        default=True,
        help_text="Whether single letters and digits do something on pages, outside of fields that take text.",
    )
    sessions_ended = models.PositiveIntegerField(
        default=0,
        editable=False,
        help_text="How many times all sessions of the account were ended. Each session stores the number.",
    )
    date_joined = models.DateTimeField(default=timezone.now, editable=False)

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name", "role"]

    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        ordering = ("username",)
        triggers = (
            audited_by_the_database(),
            revokes_tokens(),
            withdraws_links(),
            *takes_two_people(),
            *grants_take_two_people(),
        )
        constraints = (
            visible("name"),
            models.CheckConstraint(
                name="user_role_known",
                condition=Q(role__in=Role.values),
                violation_error_code="role",
            ),
            models.CheckConstraint(
                name="user_reviewer_has_agency",
                condition=~Q(role=Role.REVIEWER) | Q(agency__isnull=False),
                violation_error_code="reviewer_agency",
                violation_error_message="A reviewer represents one agency. Choose the agency.",
            ),
            models.CheckConstraint(
                name="user_contact_is_reviewer",
                condition=Q(is_contact=False) | Q(role=Role.REVIEWER),
                violation_error_code="contact_is_reviewer",
                violation_error_message="Only a reviewer can be the point of contact of an agency.",
            ),
            models.UniqueConstraint(
                Lower("email"),
                name="user_email_once",
                condition=~Q(email=""),
                violation_error_code="email_taken",
                violation_error_message="Another account uses this email address.",
            ),
            *PROGRAM_CONSTRAINTS,
        )

    def __str__(self) -> str:
        return self.name or self.username

    def get_full_name(self) -> str:
        return str(self)

    def check_password(self, raw_password: str | None) -> bool:
        """Return whether this is the password. If it is hashed by an old method, store a new hash of it."""
        return check_password(raw_password, self.password, self._store_again)

    def _store_again(self, raw_password: str) -> None:
        self.set_password(raw_password)
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SELECT set_config('{SAME_PASSWORD}', 'on', true)")
            self.save(update_fields=["password"])

    def get_session_auth_hash(self) -> str:
        """Return the hash of a valid session.

        It changes with the password and when all sessions are ended.
        """
        return self._session_hash(None)

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        for secret in settings.SECRET_KEY_FALLBACKS:
            yield self._session_hash(secret)

    def _session_hash(self, secret: str | bytes | None) -> str:
        value = f"{self.sessions_ended}:{self.password}"
        return salted_hmac("cpc.accounts.models.User.session", value, secret=secret, algorithm="sha256").hexdigest()

    _narrowed_to: frozenset[Permission] | None = None

    @property
    def permissions(self) -> frozenset[Permission]:
        """Return the permissions of this account in this request; none for a disabled account."""
        whole = self.role_permissions
        return whole if self._narrowed_to is None else whole & self._narrowed_to

    def narrow(self, permissions: frozenset[Permission]) -> None:
        """Limit this object to the permissions that are both in its role and in `permissions`; save nothing."""
        self._narrowed_to = permissions

    def allows(self, permission: Permission) -> bool:
        return permission in self.permissions

    @property
    def is_for_programs(self) -> bool:
        return self.allows(Permission.USE_API) and not self.allows(Permission.USE_PAGES)


OF_USER = ("accounts.user", "r.user_id::text")


class InvitationPurpose(models.TextChoices):
    JOIN = "join", "Take up the account"
    RESET = "reset", "Set a new password"


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def open(self) -> InvitationQuerySet:
        """Return invitations neither used nor withdrawn; `is_valid` also checks the expiry."""
        return self.filter(used_at=None, withdrawn_at=None)


class Invitation(models.Model):
    """A link, sent by email, to set the password of an account: once, and until it expires.

    Only the SHA-256 of its secret is stored, and it is created when the email is sent. After that an invitation never
    changes, except that it can be sent, used, or withdrawn, each once. It is never deleted.
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="invitations", editable=False)
    purpose = models.CharField(max_length=10, choices=InvitationPurpose.choices, editable=False)
    digest = models.CharField(max_length=64, unique=True, null=True, editable=False)  # noqa: DJ001  # none until sent
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, editable=False, related_name="+")
    expires_at = models.DateTimeField(editable=False)
    sent_at = models.DateTimeField(null=True, editable=False)
    used_at = models.DateTimeField(null=True, editable=False)
    withdrawn_at = models.DateTimeField(null=True, editable=False)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at", "-id")
        triggers = (
            linked_by_two_people(),
            audits_writes("accounts.invitation", "purpose", "used_at", "withdrawn_at", owner=OF_USER),
            # The task that sends the link stores its digest.
            audits_writes("accounts.invitation", hidden=("digest",), only_outside=True, name="audits_digest"),
            pgtrigger.ReadOnly(name="as_made", fields=["user", "purpose", "created_at", "created_by", "expires_at"]),
            pgtrigger.Protect(
                name="sent_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__sent_at__isnull=False)
                & (
                    pgtrigger.Q(old__sent_at__df=pgtrigger.F("new__sent_at"))
                    | pgtrigger.Q(old__digest__df=pgtrigger.F("new__digest"))
                ),
            ),
            pgtrigger.Protect(
                name="closed_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__used_at__isnull=False) | pgtrigger.Q(old__withdrawn_at__isnull=False),
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        )
        constraints = (
            models.CheckConstraint(
                name="invitation_purpose_known",
                condition=Q(purpose__in=InvitationPurpose.values),
                violation_error_code="purpose",
            ),
            models.CheckConstraint(
                name="invitation_expires_later",
                condition=Q(expires_at__gt=F("created_at")),
                violation_error_code="expires_at",
            ),
            models.CheckConstraint(
                name="invitation_closed_one_way",
                condition=Q(used_at__isnull=True) | Q(withdrawn_at__isnull=True),
                violation_error_code="closed",
            ),
            models.UniqueConstraint(
                fields=("user",),
                name="invitation_one_open",
                condition=Q(used_at__isnull=True, withdrawn_at__isnull=True),
                violation_error_code="open_already",
                violation_error_message="This account already has an open invitation. Send it again instead.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.user}, {self.get_purpose_display().lower()}"

    def is_valid(self, now: dt.datetime) -> bool:
        return self.used_at is None and self.withdrawn_at is None and now < self.expires_at


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    def visible_to(self, user: User) -> ApiTokenQuerySet:
        """Return the tokens of the account and of programs that it answers for, or all if it manages accounts."""
        if user.allows(Permission.MANAGE_PEOPLE):
            return self
        return self.filter(Q(owner=user) | Q(owner__in=user.programs.all()))


class ApiToken(models.Model):
    """A token that a program sends instead of a password; only the SHA-256 of its secret is stored.

    After a token is issued, only its last use is updated. It can be revoked once and is never deleted.
    """

    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="api_tokens", editable=False)
    name = models.CharField("what it is for", max_length=80)
    prefix = models.CharField(
        max_length=12, unique=True, editable=False, help_text="The first characters of the secret."
    )
    digest = models.CharField(max_length=64, unique=True, editable=False, help_text="SHA-256 of the secret.")
    scopes = ArrayField(models.CharField(max_length=30))
    issued_by = models.ForeignKey(User, on_delete=models.PROTECT, editable=False, related_name="+")
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
            within_account(),
            audits_writes(
                "accounts.apitoken",
                "owner_id",
                "name",
                "prefix",
                "scopes",
                "expires_at",
                "revoked_at",
                hidden=("digest",),
                label="left(r.name || ' (' || r.prefix || '…)', 200)",
            ),
            pgtrigger.ReadOnly(
                name="as_issued",
                fields=["owner", "issued_by", "name", "prefix", "digest", "scopes", "created_at", "expires_at"],
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
                violation_error_message="A token must be valid for at least one day.",
            ),
            models.CheckConstraint(
                name="api_token_has_scopes",
                condition=Q(scopes__len__gt=0),
                violation_error_code="scopes",
                violation_error_message="Choose at least one scope.",
            ),
            models.CheckConstraint(
                name="api_token_revoked_by_with_time",
                # The database revokes the tokens of an account that is changed by SQL, and knows no account then.
                condition=Q(revoked_by__isnull=True) | Q(revoked_at__isnull=False),
                violation_error_code="revoked_by",
            ),
        )

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    @property
    def permissions(self) -> frozenset[Permission]:
        return permissions_in(self.scopes)

    @property
    def scope_labels(self) -> list[str]:
        return [str(Scope(scope).label) for scope in self.scopes]

    def is_valid(self, now: dt.datetime) -> bool:
        return self.revoked_at is None and now < self.expires_at
