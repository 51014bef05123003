"""REST interface to recommendations, the questions about them, and decisions. Read-only."""

from __future__ import annotations

from cpc.accounts.permissions import Permission
from cpc.api.resources import Resource
from selection.models import Acknowledgment, Candidate, Decision, Discussion, Memo, Recommendation, SelectionRound

TAG = "decisions"
VIEW = Permission.VIEW_ROUNDS
ABOUT = {
    "candidate": "The number of the candidate.",
    "round": "The number of the round.",
    "country": "Code of the country.",
    "memo": "The number of the memo.",
    "recommendation": "The number of the recommendation.",
    "superseded_at": "When a later one replaced it; null while it counts.",
}
"""Descriptions of fields that mean the same in each of these resources."""

RECOMMENDATIONS = Resource(
    name="recommendations",
    noun="recommendation",
    model=Recommendation,
    title="Recommendations",
    description="What the office recommends on each candidate, with money, term, and reason; earlier ones included.",
    fields=(
        "id candidate round=candidate.round country=candidate.country.code action rationale proposed_amount "
        "proposed_months funding place drafted_by=drafted_by.name at superseded_at"
    ),
    notes={
        **ABOUT,
        "action": "The recommended action.",
        "rationale": "The reason.",
        "proposed_amount": "The proposed amount in U.S. dollars.",
        "proposed_months": "The proposed term in months.",
        "funding": "The source of funds.",
        "place": "The order in the memo, from 1.",
        "drafted_by": "The person who recommended.",
    },
    reasons={
        "proposed_amount": "not_applicable",
        "proposed_months": "not_applicable",
        "superseded_at": "not_applicable",
    },
    order=("-candidate__round_id", "place", "pk"),
    filters="candidate round action",
    rows=lambda user: Recommendation.objects.filter(candidate__in=Candidate.objects.visible_to(user)),
    permission=VIEW,
    tag=TAG,
    prefix="selection_",
    url_prefix="selection-",
)
DECISIONS = Resource(
    name="decisions",
    noun="decision",
    model=Decision,
    title="Decisions",
    description=(
        "Each decision on a recommendation, earlier ones included. A partnership is opened from the number of a "
        "decision that selects its country and counts."
    ),
    fields=(
        "id recommendation candidate round=candidate.round country=candidate.country.code memo verdict action remarks "
        "supersedes decided_by=decided_by.name at superseded_at"
    ),
    notes={
        **ABOUT,
        "verdict": "Whether the recommendation was approved.",
        "action": "What applies to the candidate since then.",
        "remarks": "The condition, or the reason to disapprove.",
        "supersedes": "The number of the decision that this one changes.",
        "decided_by": "The person who decided.",
    },
    reasons={"supersedes": "not_applicable", "superseded_at": "not_applicable"},
    order=("-candidate__round_id", "pk"),
    filters="candidate round recommendation verdict action",
    rows=lambda user: Decision.objects.filter(candidate__in=Candidate.objects.visible_to(user)),
    permission=VIEW,
    tag=TAG,
    prefix="selection_",
    url_prefix="selection-",
)
QUESTIONS = Resource(
    name="recommendation-questions",
    noun="recommendation question",
    model=Discussion,
    title="Questions about recommendations",
    description="Each question with which an approver sent a recommendation back, and the office's answer.",
    fields=(
        "id recommendation candidate=recommendation.candidate round=recommendation.candidate.round memo question "
        "asked_by=asked_by.name at answer answered_by=answered_by.name answered_at"
    ),
    notes={
        **ABOUT,
        "question": "The question.",
        "asked_by": "The person who asked.",
        "answer": "The answer; empty until there is one.",
        "answered_by": "The person who answered.",
        "answered_at": "When it was answered.",
    },
    reasons={"answered_by": "not_yet", "answered_at": "not_yet"},
    filters="recommendation candidate round",
    rows=lambda user: Discussion.objects.filter(recommendation__candidate__in=Candidate.objects.visible_to(user)),
    permission=VIEW,
    tag=TAG,
    prefix="selection_",
    url_prefix="selection-",
)
MEMOS = Resource(
    name="memos",
    noun="memo",
    model=Memo,
    title="Memos",
    description="Each memo that was sent, with the hashes of its content and its file.",
    fields="id round number purpose content_hash longer_because sha256 made_by=made_by.name at",
    notes={
        **ABOUT,
        "number": "The number within its round.",
        "purpose": "What it is for.",
        "content_hash": "SHA-256 of its content.",
        "longer_because": "Why it has a fourth page.",
        "sha256": "SHA-256 of its file.",
        "made_by": "The person who sent it.",
    },
    order=("-round_id", "number"),
    filters="round purpose",
    rows=lambda user: Memo.objects.filter(round__in=SelectionRound.objects.visible_to(user)),
    permission=Permission.VIEW_NOTES,
    tag=TAG,
    prefix="selection_",
    url_prefix="selection-",
)
ACKNOWLEDGMENTS = Resource(
    name="acknowledgments",
    noun="acknowledgment",
    model=Acknowledgment,
    title="What was acknowledged",
    description="Each fact missing or against a decision that the person who decided confirmed to have seen.",
    fields="id decision candidate=decision.candidate round=decision.candidate.round key title",
    notes={**ABOUT, "decision": "The number of the decision.", "key": "The key of the fact.", "title": "The fact."},
    filters="decision candidate round",
    rows=lambda user: Acknowledgment.objects.filter(decision__candidate__in=Candidate.objects.visible_to(user)),
    # A fact may name a note.
    permission=Permission.VIEW_NOTES,
    tag=TAG,
    prefix="selection_",
    url_prefix="selection-",
)
RESOURCES = (RECOMMENDATIONS, DECISIONS, QUESTIONS, MEMOS, ACKNOWLEDGMENTS)
