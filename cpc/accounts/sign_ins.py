"""Proofs of a session: how its account signed in, what it proved since, and when.

Services of signing in call `prove`. The middleware of `cpc.identity` limits a session whose proofs are not enough for
its account, and `check_recent` refuses an approval by a session that proved nothing lately, whoever calls the service.
"""

from __future__ import annotations

import enum
import time
from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY as ACCOUNT
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, QueryDict

from cpc.accounts.access_changes import is_held_by_two
from cpc.accounts.models import User
from cpc.accounts.permissions import NEEDS_RECENT_PROOF, Permission

Session = MutableMapping[str, Any]

PROOFS = "cpc.proofs"
"""Key of a session for the account that proved something, and the time of each proof in seconds since 1970."""


class Proof(enum.StrEnum):
    """Proofs that whoever uses a session is the owner of its account."""

    PASSWORD = "password"  # noqa: S105  # the name of a proof
    CODE = "code"
    """A code from an authenticator app, or a recovery code: a false page can pass it on."""
    PASSKEY = "passkey"
    DEPARTMENT = "department"
    """The Department's sign-in page, which states that it asked for two factors."""
    PIV = "piv"
    """The Department's sign-in page, which states that it asked for a PIV card or another resistant factor."""


PHISHING_RESISTANT = frozenset({Proof.PASSKEY, Proof.PIV})
TWO_FACTORS = PHISHING_RESISTANT | {Proof.CODE, Proof.DEPARTMENT}


class StaleSignIn(PermissionDenied):
    """The session proved too long ago that its owner uses it; a page asks for the proof again."""

    def __init__(self) -> None:
        super().__init__(
            "Confirm that it is you: this takes a sign-in or confirmation of the last "
            f"{settings.REAUTHENTICATION_MINUTES} minutes. Nothing was changed."
        )


def prove(session: Session, user: User, proof: Proof) -> None:
    """Store in a session that its user proved something now; proofs of another account are dropped."""
    stored = session.get(PROOFS) or {}
    at = stored.get("at", {}) if stored.get("account") == str(user.pk) else {}
    session[PROOFS] = {"account": str(user.pk), "at": {**at, proof.value: time.time()}}


def proofs(session: Mapping[str, Any]) -> dict[Proof, float]:
    """Return the proofs of the account that a session is signed in as, with their times; none for a visitor."""
    stored = session.get(PROOFS) or {}
    if ACCOUNT not in session or stored.get("account") != str(session[ACCOUNT]):
        return {}
    return {Proof(name): float(at) for name, at in stored["at"].items()}


def is_phishing_resistant(session: Mapping[str, Any]) -> bool:
    """Return whether a session was signed in or confirmed with a passkey or a PIV card."""
    return not PHISHING_RESISTANT.isdisjoint(proofs(session))


def has_two_factors(session: Mapping[str, Any]) -> bool:
    return not TWO_FACTORS.isdisjoint(proofs(session))


def needs_passkey(user: User) -> bool:
    """Return whether an account must sign in with a passkey or PIV card: that of an approver or administrator."""
    return is_held_by_two(user.role)


def sufficient_proofs(user: User) -> frozenset[Proof]:
    """Return the proofs of which one is enough for an account."""
    return PHISHING_RESISTANT if needs_passkey(user) else TWO_FACTORS


def is_enough(session: Mapping[str, Any], user: User) -> bool:
    """Return whether a session proved enough to do what the role of its account may do."""
    return not sufficient_proofs(user).isdisjoint(proofs(session))


def is_recent(session: Mapping[str, Any], user: User) -> bool:
    """Return whether a session proved enough within the last minutes that the settings allow."""
    return _is_within(newest(session, sufficient_proofs(user)))


def newest(session: Mapping[str, Any], among: frozenset[Proof]) -> float:
    """Return the time of the newest of these proofs, 0 if a session has none."""
    return max((at for proof, at in proofs(session).items() if proof in among), default=0.0)


def was_lately(session: Mapping[str, Any], among: frozenset[Proof]) -> bool:
    """Return whether a session gave one of these proofs within the last minutes that the settings allow."""
    return _is_within(newest(session, among))


def _is_within(at: float) -> bool:
    return time.time() - at < settings.REAUTHENTICATION_MINUTES * 60


_session: ContextVar[tuple[Session, User] | None] = ContextVar("session", default=None)


@contextmanager
def acting_in(session: Session, user: User) -> Iterator[None]:
    """Mark everything inside as done in this session of an account."""
    token = _session.set((session, user))
    try:
        yield
    finally:
        _session.reset(token)


def check_recent(permission: Permission | None = None) -> None:
    """Raise `StaleSignIn` if this runs in a session that proved nothing lately, and the permission takes that.

    Without a permission, whatever it is takes that. Tasks, commands, and requests with a token run in no session.
    """
    current = _session.get()
    if not settings.REQUIRE_SECOND_FACTOR or current is None:
        return
    if (permission is None or permission in NEEDS_RECENT_PROOF) and not is_recent(*current):
        raise StaleSignIn


def check_lately(among: frozenset[Proof]) -> None:
    """Raise `StaleSignIn` if this runs in a session that lately gave none of these proofs."""
    current = _session.get()
    if settings.REQUIRE_SECOND_FACTOR and current is not None and not was_lately(current[0], among):
        raise StaleSignIn


SUSPENDED = "cpc.suspended"
"""Key of a session for a form that was sent after its last proof had become too old."""

KEPT_BYTES = 200_000
SECRET_FIELDS = ("password", "code", "credential", "csrfmiddlewaretoken")


def suspend(request: HttpRequest) -> None:
    """Keep the entries of a form in the session until its owner has confirmed who they are, without any secret."""
    entries = request.POST.copy()
    for name in SECRET_FIELDS:
        entries.pop(name, None)
    text = entries.urlencode()
    if len(text) <= KEPT_BYTES:
        request.session[SUSPENDED] = {"path": request.path, "entries": text}


def resume(request: HttpRequest) -> QueryDict | None:
    """Return the entries of the form that was suspended on this page, once."""
    session = getattr(request, "session", {})
    stored = session.get(SUSPENDED)
    if stored is None or stored["path"] != request.path:
        return None
    del session[SUSPENDED]
    return QueryDict(stored["entries"])
