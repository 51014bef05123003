from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.safestring import SafeString

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.audit.authors import why_not_decide
from cpc.web import formats
from cpc.web.badges import Badge
from cpc.web.markup import badge, lines, link, small
from cpc.web.tables import Column, Table
from partnerships.limit_position import LimitPosition, limit_positions
from partnerships.limit_presenters import month_count, used_text
from partnerships.models import (
    LimitException,
    LimitPolicy,
    Partnership,
)
from partnerships.term_position import ExceptionState


@dataclass(frozen=True, slots=True)
class PolicyLine:
    policy: LimitPolicy
    mark: Badge
    is_open: bool


def policy_lines(policies: Iterable[LimitPolicy], today: date) -> list[PolicyLine]:
    """Return each policy with its status. `policies` are ordered by latest first day."""
    lines, is_current = [], True
    for row in policies:
        if not hasattr(row, "approval"):
            lines.append(PolicyLine(row, Badge("info", "Proposed"), is_open=True))
        elif row.effective_from > today:
            lines.append(
                PolicyLine(row, Badge("info", f"Takes effect {formats.day(row.effective_from)}"), is_open=False)
            )
        else:
            mark = Badge("good", "In force") if is_current else Badge("none", "Replaced")
            lines.append(PolicyLine(row, mark, is_open=False))
            is_current = False
    return lines


def policies_table(user: User) -> Table[PolicyLine]:
    """Return the table of limit policies.

    An approver gets a link to approve those that another person proposed.
    """
    may_approve = user.allows(Permission.APPROVE_PARTNERSHIPS)

    def state(row: PolicyLine) -> SafeString:
        policy, way = row.policy, SafeString("")
        if row.is_open and why_not_decide(policy, user):
            way = small("Another person must approve it.")
        elif row.is_open and may_approve:
            url = reverse("limit-policy-approve", args=[policy.pk])
            way = link(url, "Approve", f" the limits from {formats.day(policy.effective_from)}")
        return lines(badge(row.mark), way)

    return Table(
        "Policies",
        [
            Column("From", lambda row: formats.day(row.policy.effective_from), css="u-nowrap"),
            Column("Longest term", lambda row: f"{row.policy.term_months} months", "number", phone="Term"),
            Column("Largest funding", lambda row: row.policy.funding, "dollars", phone="Funding"),
            Column("Awards after the term", lambda row: f"{row.policy.award_months} months", "number"),
            Column("Set by", lambda row: row.policy.citation, detail=_set_by, css="is-wide"),
            Column("State", state),
        ],
        caption="Limits by effective date",
    )


def _set_by(row: PolicyLine) -> str:
    policy = row.policy
    if not policy.proposed_by:
        return "Installed with the software"
    approved = "" if row.is_open else f", approved by {policy.approval.approved_by}"
    return f"Proposed by {policy.proposed_by}{approved}"


def policy_facts(policy: LimitPolicy) -> list[tuple[str, str]]:
    return [
        ("From", formats.day(policy.effective_from)),
        ("Longest term", f"{policy.term_months} months"),
        ("Largest funding", formats.dollars(policy.funding)),
        ("Awards after the term", f"{policy.award_months} months"),
        ("Set by", policy.citation),
        ("Proposed by", str(policy.proposed_by or "The software")),
    ]


def limit_facts(partnership: Partnership, today: date) -> list[tuple[str, str]]:
    (position,) = limit_positions([partnership])
    on_day = position.term(today)
    term = used_text(on_day) or f"{month_count(partnership.term_limit_months)} allowed"
    if on_day.was_in_force and on_day.counted_from:
        term += f", counted from {formats.day(on_day.counted_from)}"
    funding = (
        f"{formats.dollars(partnership.funding_limit)}, of which {formats.dollars(partnership.planned_total)} planned"
    )
    latest = formats.day(on_day.lawful_end)
    return [("Term", term), ("Latest lawful day", latest), ("Funding allowed now", funding)]


def is_open(row: LimitException) -> bool:
    """Return whether a request still waits for its decision."""
    return row.kind == "granted" and not row.is_granted and not row.is_refused


def exception_summary(row: LimitException, position: LimitPosition) -> str:
    policy = position.partnership.limit_policy
    if row.term_months:
        return (
            f"Term up to {row.term_months} months instead of {policy.term_months if policy else 'those of the policy'}."
        )
    return f"Funding up to {formats.dollars(row.funding)} instead of {formats.dollars(position.policy_funding)}."


def exception_mark(row: LimitException, position: LimitPosition, today: date) -> Badge:
    """Return the badge of an exception's status; `position` is that of its partnership."""
    state, expired = position.state_of(row, today), row.expires_on is not None and row.expires_on < today
    day = formats.day(row.expires_on)
    if state is ExceptionState.PRACTICE:
        return Badge("warn", "Documented practice")
    if state is ExceptionState.REFUSED:
        return Badge("none", f"Refused {formats.day(row.refusal.at)}")
    if state is ExceptionState.REQUESTED:
        return Badge("info", "Requested, not granted")
    if state is ExceptionState.EXPIRED:
        return Badge("none", f"Expired {day}, not used")
    if state is ExceptionState.USED:
        return Badge("good", f"Granted and used; {'expired' if expired else 'usable until'} {day}")
    return Badge("good", f"Granted, not used; usable until {day}")
