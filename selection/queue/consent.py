"""Consent to cut a consultation short: for approvers, agencies, and the people who asked."""

from __future__ import annotations

from typing import Any

from django.db.models import BooleanField, CharField, Exists, OuterRef, QuerySet, Value
from django.db.models.functions import Coalesce

from cpc.accounts.permissions import Permission
from cpc.audit.authors import deciders, wrote_part
from cpc.database.own_sql import own_sql
from cpc.site.queue import Category
from cpc.site.queue_rows import ACCOUNT, Branch, Row, Shown, account, own_agency
from cpc.web import formats
from selection.consultation.consent_queries import open_proposals, waiting_lines
from selection.models import CutShort, CutShortDecision, CutShortKind
from selection.queue.branches import count, first, of_round, owed, page, round_name, short_name

NO_OTHER = "no other approver"
IS_CONTACT = "(SELECT is_contact FROM accounts_user WHERE id = (SELECT account FROM asked))"
"""SQL for whether the reader is a point of contact."""


def to_agree(*, sent: bool) -> Branch:
    """Return the proposals that an approver agrees to or refuses, or those that an account sent."""
    rows: QuerySet[Any] = open_proposals().alias(is_own=wrote_part(CutShort, ACCOUNT)).filter(is_own=sent)
    lines = waiting_lines().filter(proposal=OuterRef("pk"))
    who = Coalesce(deciders(CutShort, Permission.APPROVE_SELECTION), Value(NO_OTHER), output_field=CharField())

    def show(row: Row) -> Shown:
        agencies = formats.count_of(row.facts["agencies"], "agency", "agencies")
        shorter = row.facts["kind"] == CutShortKind.SHORTEN
        what = f"give {row.facts['agency']} less time" if shorter else f"go on without {agencies}"
        title = f"{what[0].upper()}{what[1:]}, {row.subject}" if sent else f"Agree to {what}, or refuse: {row.subject}"
        url = page("round-consultation", row.facts["round"]) if sent else page("cut-short", row.facts["round"], row.id)
        return Shown(title, url, f"“{row.text('reason', 110)}”", "Decide", "verified_user")

    return of_round(
        "cut-short", Category.APPROVALS, rows, show, prefix="round__", since="at",
        who=who if sent else "asked_by__name",
        facts={
            "round": "round_id", "kind": "kind", "agencies": count(lines, "proposal"),
            "agency": first(lines.annotate(named=short_name("request__agency__")), "named"),
            "reason": first(lines.order_by("pk"), "reason"),
        },
    )  # fmt: skip


def agency_consents() -> Branch:
    """Return what a point of contact can agree to for its agency."""
    contact = own_sql(IS_CONTACT, BooleanField())
    rows = waiting_lines().filter(request__agency=own_agency()).alias(is_contact=contact).filter(is_contact=True)

    def show(row: Row) -> Shown:
        what = "an earlier due date" if row.facts["shorter"] else "going on without your agency's position"
        return Shown(
            f"Agree to {what}, or leave it to an approver: {row.facts['called']}",
            page("cut-short-consent", row.id), f"“{row.text('reason', 110)}”", "Read", "schedule",
        )  # fmt: skip

    return Branch(
        "agency-consent", Category.ANSWERS, rows, show, subject=short_name("request__agency__"), since="at",
        due="request__due_on", who="proposal__asked_by__name",
        facts={"called": round_name("request__round__"), "reason": "reason", "shorter": "due_on"},
    )  # fmt: skip


def refused() -> Branch:
    """Return the proposals to go on that were refused, to the person who asked, until he or she asks again.

    They leave, too, once no answer is missing.
    """
    later = CutShort.objects.filter(round=OuterRef("round"), kind=CutShortKind.GO_ON, pk__gt=OuterRef("pk"))
    rows = CutShort.objects.filter(
        ~Exists(later),
        Exists(owed().filter(request__round=OuterRef("round"))),
        kind=CutShortKind.GO_ON,
        decision=CutShortDecision.REFUSED,
        asked_by=account(),
    )
    return of_round(
        "cut-short-refused", Category.ANSWERS, rows,
        lambda row: Shown(
            f"Keep consulting, or ask again to go on: {row.subject}", page("round-consultation", row.facts["round"]),
            f"Refused: “{row.text('note', 120)}”", "Open", "undo",
        ),
        prefix="round__", since="decided_at", who="decided_by__name", facts={"round": "round_id", "note": "note"},
    )  # fmt: skip
