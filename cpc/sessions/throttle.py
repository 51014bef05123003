"""Counts of failed sign-ins in the database, which all processes share.

A try is counted before the password is checked and taken back if it was right, so that many tries at one moment are not
more than the rule allows. `throttle_rules` has the rule.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac

from cpc.accounts.models import User
from cpc.audit.middleware import client_of
from cpc.sessions.devices import device_of
from cpc.sessions.models import Counted, FailureCount
from cpc.sessions.throttle_rules import CAP, Failures, Tried, Verdict, current, verdict, verdict_on_code

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class CountedTry:
    """A sign-in that is tried: the account of the typed name if there is one, and the rows that count it."""

    account: User | None
    address: str
    keys: Mapping[Counted, Key]
    verdict: Verdict
    failures: int
    """Failures at this address or device before this try."""

    @property
    def from_known_device(self) -> bool:
        return Counted.DEVICE in self.keys


def _digest(*parts: str) -> str:
    return salted_hmac("cpc.sessions.throttle", "\0".join(parts), algorithm="sha256").hexdigest()


def _name_key(name: str) -> Key:
    return (Counted.NAME.value, _digest(name))


def _code_key(account_id: int) -> Key:
    return (Counted.CODE.value, _digest("code", str(account_id)))


def account_named(name: str) -> User | None:
    """Return the account that signs in under a name, found as the sign-in finds it."""
    return User.objects.filter(username__iexact=name).first() if name else None


def begin(request: HttpRequest, name: str, *, now: dt.datetime | None = None) -> CountedTry:
    """Count a try unless the rule refuses it, and return it with the verdict. `take_back` it if the password is right.

    The same for a name that no account has, so that no one learns which names there are.
    """
    now = now or timezone.now()
    account = account_named(name)
    known = account.username if account else name.lower()
    address = client_of(request)
    keys = {
        Counted.NAME_AT_ADDRESS: (Counted.NAME_AT_ADDRESS.value, _digest(known, address)),
        Counted.ADDRESS: (Counted.ADDRESS.value, _digest(address)),
        Counted.NAME: _name_key(known),
    }
    if account and (device := device_of(request, account)):
        keys[Counted.DEVICE] = (Counted.DEVICE.value, _digest(known, device))
    with transaction.atomic():
        found = _locked(keys.values())
        failures = {kind: found[key] for kind, key in keys.items()}
        tried = _tried(failures, now)
        decided = verdict(tried, now)
        if decided.allowed:
            _count(keys, failures, now)
    own = tried.device if tried.device and tried.from_known_device else tried.name_at_address
    return CountedTry(account, address, keys, decided, own.count)


def _tried(failures: Mapping[Counted, Failures], now: dt.datetime) -> Tried:
    device = failures.get(Counted.DEVICE)
    return Tried(
        name_at_address=current(failures[Counted.NAME_AT_ADDRESS], now),
        address=current(failures[Counted.ADDRESS], now),
        name=failures[Counted.NAME],
        device=device and current(device, now),
    )


def _locked(keys: Iterable[Key]) -> dict[Key, Failures]:
    """Return the counts of these keys, locked in one order; a missing one is added."""
    wanted = sorted(keys)
    FailureCount.objects.bulk_create(
        [FailureCount(counted=counted, digest=digest) for counted, digest in wanted], ignore_conflicts=True
    )
    rows = FailureCount.objects.filter(_any_of(wanted)).order_by("counted", "digest").select_for_update()
    return {(row.counted, row.digest): Failures(row.failures, row.last_failed_at) for row in rows}


def _count(keys: Mapping[Counted, Key], failures: Mapping[Counted, Failures], now: dt.datetime) -> None:
    """Add one failure to each row; those of an address or device begin again if they are forgotten."""
    fresh = [key for kind, key in keys.items() if kind != Counted.NAME and not current(failures[kind], now).count]
    if fresh:
        FailureCount.objects.filter(_any_of(fresh)).update(failures=0)
    FailureCount.objects.filter(_any_of(keys.values())).update(failures=F("failures") + 1, last_failed_at=now)


def _any_of(keys: Iterable[Key]) -> Q:
    wanted = Q(pk__in=())
    for counted, digest in keys:
        wanted |= Q(counted=counted, digest=digest)
    return wanted


def take_back(attempt: CountedTry) -> None:
    """Forget the failures of the device, and those of the name at this address, after the right password.

    Those of the name from anywhere are forgotten once the person is signed in (`signed_in`): a second factor may still
    fail. Those of the address lose this try alone, or whoever has one account could try others without end.
    """
    own = [attempt.keys[kind] for kind in (Counted.NAME_AT_ADDRESS, Counted.DEVICE) if kind in attempt.keys]
    FailureCount.objects.filter(_any_of(own)).update(failures=0)
    shared = [attempt.keys[Counted.ADDRESS], attempt.keys[Counted.NAME]]
    FailureCount.objects.filter(_any_of(shared), failures__gt=0).update(failures=F("failures") - 1)


def begin_code(user: User, *, now: dt.datetime | None = None) -> Verdict:
    """Count a code of a second factor that is tried, unless the rule refuses it. The right one ends the count."""
    now = now or timezone.now()
    key = _code_key(user.pk)
    with transaction.atomic():
        decided = verdict_on_code(_locked([key])[key], now)
        if decided.allowed:
            FailureCount.objects.filter(_any_of([key])).update(failures=F("failures") + 1, last_failed_at=now)
    return decided


def forget_codes(user: User) -> None:
    """Forget the wrong codes of an account, after a right one or another second factor."""
    FailureCount.objects.filter(_any_of([_code_key(user.pk)]), failures__gt=0).update(failures=0)


def signed_in(user: User, *, by_second_factor: bool) -> bool:
    """Forget the failures of the account in a row; return whether this lifted the cap.

    Only a second factor lifts that: a password alone may be what the stranger found out.
    """
    rows = _of_name(user)
    lifted = by_second_factor and rows.filter(failures__gte=CAP).exists()
    if by_second_factor:
        forget_codes(user)
    (rows if by_second_factor else rows.filter(failures__lt=CAP)).filter(failures__gt=0).update(failures=0)
    return lifted


def _of_name(user: User) -> QuerySet[FailureCount]:
    counted, digest = _name_key(user.username)
    return FailureCount.objects.filter(counted=counted, digest=digest)


def forget(user: User) -> None:
    """Forget all failures of an account from anywhere, after its recovery: a new password by a link."""
    signed_in(user, by_second_factor=True)


def failures_of(user: User) -> int:
    """Return how many sign-ins of the account have failed in a row, from anywhere."""
    return _of_name(user).values_list("failures", flat=True).first() or 0


def clear(before: dt.datetime) -> int:
    """Remove counts whose last failure was before that, but not those of an account; return how many."""
    accounts = User.objects.values_list("pk", "username")
    ours = [digest for key, name in accounts for _, digest in (_name_key(name), _code_key(key))]
    old = FailureCount.objects.filter(last_failed_at__lt=before)
    removed, _ = old.exclude(counted__in=(Counted.NAME, Counted.CODE), digest__in=ours).delete()
    return removed
