"""Decisions of another person in the selection, and what its authors wait for."""

from __future__ import annotations

from typing import Any

from django.db.models import BooleanField, CharField, Exists, OuterRef, QuerySet, Value
from django.db.models.functions import Coalesce

from cpc.accounts.permissions import Permission
from cpc.audit.authors import deciders, wrote_part
from cpc.database.own_sql import own_sql
from cpc.site.queue import Category
from cpc.site.queue_rows import ACCOUNT, Branch, Row, Shown
from cpc.web import formats
from selection.models import (
    Admission,
    ConsultationRequest,
    Discussion,
    Memo,
    MemoTemplate,
    ModelState,
    Note,
    NoteKind,
    NoteStatus,
    NoteVisibility,
    Outcome,
    PoolDecision,
    PoolPolicy,
    PositionValue,
    Recommendation,
    RoundState,
    ScoringModel,
    SelectionRound,
)
from selection.queue.branches import count, first, label_of, of_round, owed, page, positions, short_name
from selection.queue.consent import NO_OTHER, to_agree
from selection.queue.office import NOT_ASKED

APPROVE = Permission.APPROVE_SELECTION


def decisions(*, sent: bool) -> list[Branch]:
    """Return the branches of what an account decides on, or of what it sent and others decide on."""
    return [
        _models(sent=sent),
        *_proposals(sent=sent),
        _templates(sent=sent),
        to_agree(sent=sent),
        _recommendations(sent=sent),
    ]


def _own(rows: QuerySet[Any], *, sent: bool) -> QuerySet[Any]:
    found: QuerySet[Any] = rows.alias(is_own=wrote_part(rows.model, ACCOUNT)).filter(is_own=sent)
    return found


def _who(model: Any, sender: str, *, sent: bool) -> Any:
    return Coalesce(deciders(model, APPROVE), Value(NO_OTHER), output_field=CharField()) if sent else sender


def _models(*, sent: bool) -> Branch:
    rows = ScoringModel.objects.filter(state=ModelState.DRAFT).exclude(note="")

    def show(row: Row) -> Shown:
        called = f"{row.subject}, version {row.facts['number']}"
        title = called if sent else f"Publish or leave the draft of {called}"
        url = page("model" if sent else "model-publish", row.id)
        return Shown(title, url, f"“{row.text('note', 120)}”", "Compare", "settings")

    return Branch(
        "model-publish", Category.APPROVALS, _own(rows, sent=sent), show, subject="title", since="at",
        who=_who(ScoringModel, "drafted_by__name", sent=sent), facts={"number": "number", "note": "note"},
    )  # fmt: skip


def _proposals(*, sent: bool) -> list[Branch]:
    def rule(row: Row) -> Shown:
        title = f"Pool: {row.facts['rule']}" if sent else f"Decide on a rule of the pool: {row.facts['rule']}"
        url = page("pool") if sent else page("pool-policy-decide", row.id)
        return Shown(title, url, f"“{row.text('why')}”", "Decide", "filter_list")

    def admission(row: Row) -> Shown:
        title = f"Admission of {row.subject}" if sent else f"Decide on admitting {row.subject} to the pool"
        url = page("pool") if sent else page("pool-admission-decide", row.id)
        return Shown(title, url, f"“{row.text('why')}”", "Decide", "filter_list")

    return [
        Branch(
            "pool-rule", Category.APPROVALS,
            _own(PoolPolicy.objects.filter(decision=PoolDecision.OPEN), sent=sent), rule, since="at",
            who=_who(PoolPolicy, "proposed_by__name", sent=sent),
            facts={"rule": label_of(PoolPolicy, "reason"), "why": "why"},
        ),
        Branch(
            "pool-admission", Category.APPROVALS,
            _own(Admission.objects.filter(decision=PoolDecision.OPEN), sent=sent), admission,
            subject="country__name", since="at", who=_who(Admission, "proposed_by__name", sent=sent),
            facts={"why": "why"},
        ),
    ]  # fmt: skip


def _templates(*, sent: bool) -> Branch:
    rows = MemoTemplate.objects.filter(decision=PoolDecision.OPEN)

    def show(row: Row) -> Shown:
        number = row.facts["number"]
        title = f"Template {number} of the memo" if sent else f"Decide on template {number} of the memo"
        url = page("memo-templates") if sent else page("memo-template-decide", number)
        why = f"“{row.text('note')}”" if row.facts["note"] else "It changes how every later memo looks."
        return Shown(title, url, why, "Decide", "file_present")

    return Branch(
        "memo-template", Category.APPROVALS, _own(rows, sent=sent), show, since="at",
        who=_who(MemoTemplate, "uploaded_by__name", sent=sent), facts={"number": "number", "note": "note"},
    )  # fmt: skip


def undecided(*, own: bool) -> QuerySet[Recommendation]:
    """Return the recommendations of a round that wait for a decision, by the account or by others.

    One about which the approver has asked is with the office until it answers.
    """
    rows = Recommendation.objects.filter(
        candidate__round=OuterRef("pk"), superseded_at__isnull=True, decision__isnull=True
    )
    asked = Discussion.objects.filter(recommendation=OuterRef("pk"), answered_at__isnull=True)
    return _own(rows.exclude(Exists(asked)), sent=own)


def _recommendations(*, sent: bool) -> Branch:
    rows = undecided(own=sent)
    rounds = SelectionRound.objects.filter(
        Exists(rows),
        Exists(Memo.objects.filter(round=OuterRef("pk"))),
        state__in=(RoundState.DELIBERATION, RoundState.DECIDED),
    )

    def show(row: Row) -> Shown:
        counted = formats.count_of(row.facts["count"], "recommendation")
        title = f"{counted}, {row.subject}" if sent else f"Decide on {counted}, {row.subject}"
        url = page("round-deliberation" if sent else "round-sign", row.id)
        return Shown(title, url, "All lines of the memo on one page. None is preset.", "Decide", "groups")

    return of_round(
        "recommendations", Category.APPROVALS, rounds, show, since=first(rows.order_by("at"), "at"),
        who=first(rows.annotate(with_whom=deciders(Recommendation, APPROVE)), "with_whom") if sent else None,
        facts={"count": count(rows, "candidate__round")},
    )  # fmt: skip


def any_approver() -> list[Branch]:
    """Return what each approver may do: close a round."""
    return [
        of_round(
            "round-close", Category.APPROVALS, to_close(),
            lambda row: Shown(
                f"Close {row.subject} as decided", page("round-step", row.id, "decide"),
                "Each recommendation has a decision, and the memo is issued.", "Close", "groups",
            ),
        ),
    ]  # fmt: skip


def to_close() -> QuerySet[SelectionRound]:
    """Return the rounds in which nothing is left to ask, answer, or decide, as their last step requires."""
    of_round_rows = {"candidate__round": OuterRef("pk"), "superseded_at__isnull": True}
    drafted = Recommendation.objects.filter(**of_round_rows)
    unsettled = (PositionValue.DOES_NOT_CLEAR, PositionValue.CLEAR_WITH_EDITS)
    objections = positions().filter(value__in=unsettled, dispositions__isnull=True)
    disputed = Note.objects.live().filter(
        kind=NoteKind.CRITICAL, adjudications__outcome=Outcome.REJECTED, adjudications__superseded_at__isnull=True
    )
    disputed = disputed.exclude(status=NoteStatus.CLOSED).exclude(visibility=NoteVisibility.AGENCY)
    rows = SelectionRound.objects.filter(state=RoundState.DELIBERATION, memos__isnull=False, runs__isnull=False)
    rows = rows.alias(lacks_agency=own_sql(NOT_ASKED, BooleanField())).filter(lacks_agency=False)
    return rows.filter(
        Exists(drafted),
        ~Exists(drafted.filter(decision__isnull=True)),
        ~Exists(owed().filter(request__round=OuterRef("pk"))),
        ~Exists(objections.filter(request__round=OuterRef("pk"))),
        ~Exists(Note.objects.blocking().filter(round=OuterRef("pk"))),
        ~Exists(disputed.filter(round=OuterRef("pk"))),
    ).distinct()


def answers_outstanding() -> Branch:
    """Return the requests to agencies that have not all come back, for the office."""
    left = owed().filter(request=OuterRef("pk"))
    return of_round(
        "answers-sent", Category.ANSWERS, ConsultationRequest.objects.filter(Exists(left)),
        lambda row: Shown(
            f"{formats.count_of(row.facts['left'], 'answer')} of {row.facts['agency']}, {row.subject}",
            page("round-request", row.facts["round"], row.id), "", "Open", "forum",
        ),
        prefix="round__", since="sent_at", due="due_on", who=short_name("agency__"),
        facts={"left": count(left, "request"), "agency": short_name("agency__"), "round": "round_id"},
    )  # fmt: skip
