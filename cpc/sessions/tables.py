"""Everyone who is signed in, and the failed sign-ins of a day, on the page of the system."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Count, Max
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString

from cpc.accounts.models import User
from cpc.accounts.sign_ins import Proof, proofs
from cpc.audit.models import AuditEntry
from cpc.sessions.models import Session
from cpc.sessions.queries import FAILED, device_name, sessions_of_everyone
from cpc.web import formats
from cpc.web.markup import link
from cpc.web.tables import Column, Table

SHOWN = 50
FAILURES_OF = dt.timedelta(hours=24)

PROOF_NAMES = {
    Proof.PASSWORD: "Password",
    Proof.CODE: "Code",
    Proof.PASSKEY: "Passkey",
    Proof.DEPARTMENT: "Department's sign-in",
    Proof.PIV: "PIV card",
}


@dataclass(frozen=True, slots=True)
class SignedIn:
    """An open session of anyone. `is_own` is the one that asks."""

    session: Session
    account: User
    proved: str
    is_own: bool

    @property
    def sign_out(self) -> str | SafeString:
        if self.is_own:
            return "This one"
        return link(
            reverse("person-step", args=(self.account.pk, "sessions")), "End all sessions", f" of {self.account}"
        )


SIGNED_IN: Table[SignedIn] = Table(
    "Open sessions, the last used first",
    [
        Column("Person", lambda row: link(reverse("person", args=(row.account.pk,)), row.account)),
        Column("Role", lambda row: row.account.get_role_display()),
        Column("Proved by", lambda row: row.proved),
        Column("Since", lambda row: formats.moment(row.session.started_at)),
        Column("Last activity", lambda row: formats.moment(row.session.last_seen_at)),
        Column("From", lambda row: device_name(row.session.device), detail=lambda row: row.session.address),
        Column("Sign out", lambda row: row.sign_out, is_action=True),
    ],
)

FAILURES: Table[Mapping[str, Any]] = Table(
    "Failed sign-ins by account and address, the last first",
    [
        Column("Account", lambda row: row["object_label"]),
        Column("From", lambda row: row["address"] or None, css="u-break"),
        Column("Failed", lambda row: row["failures"], "number"),
        Column("Last", lambda row: formats.moment(row["last"])),
    ],
)


def section(request: HttpRequest) -> dict[str, Any]:
    """Return what the section on sessions and failed sign-ins shows to this session."""
    open_now = [_row(session, request.session.session_key) for session in sessions_of_everyone()]
    failures = _failures()
    failed, hours = sum(row["failures"] for row in failures), FAILURES_OF // dt.timedelta(hours=1)
    people = formats.count_of(len({row.account.pk for row in open_now}), "person", "people")
    return {
        "figures": [("Signed in now", people, f"{formats.count_of(failed, 'failed sign-in')} in {hours} hours")],
        "table": SIGNED_IN,
        "rows": open_now[:SHOWN],
        "people": people,
        "more": max(len(open_now) - SHOWN, 0),
        "idle": settings.SESSION_IDLE_MINUTES,
        "idle_privileged": settings.SESSION_IDLE_MINUTES_PRIVILEGED,
        "failure_table": FAILURES,
        "failures": failures[:SHOWN],
        "failed": f"{formats.number(failed) if failed else 'None'} in the last {hours} hours",
        "all_failures": reverse("audit", query={"action": FAILED}),
    }


def _row(session: Session, current_key: str | None) -> SignedIn:
    assert session.account is not None, "an open session has an account"
    proved = formats.listing([PROOF_NAMES[proof] for proof in proofs(session.get_decoded())])
    return SignedIn(session, session.account, proved, session.session_key == current_key)


def _failures() -> list[Mapping[str, Any]]:
    entries = AuditEntry.objects.filter(action=FAILED, at__gt=timezone.now() - FAILURES_OF)
    counted = entries.order_by().values("object_label", "address").annotate(failures=Count("pk"), last=Max("at"))
    return [dict(row) for row in counted.order_by("-last")]
