"""Sample round in scoring: ratings by two people, documents with versions, and restrictions in each state."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from cpc.accounts.models import User
from cpc.accounts.permissions import Role
from selection.evidence.evidence_options import offers
from selection.models import Candidate, CandidateDocument, RatingEvidence, ScoringModel, SelectionRound
from selection.pool_rules.pools import PoolRule
from selection.ratings import services as ratings_services
from selection.ratings.candidate_documents import services as candidate_documents_services
from selection.restrictions import services as restrictions_services
from selection.restrictions.checklist import Scope, checklist
from selection.rounds import services as rounds_services
from tests.support.accounts import make_account

POOL = ("GHA", "CIV", "KEN", "TGO")


@dataclass(frozen=True)
class Rated:
    """A round with ratings, and its document that has two versions."""

    round: SelectionRound
    document: CandidateDocument


def rated(users: Mapping[Role, User]) -> Rated:
    """Make a round in which two people rate Ghana, with documents and all but two restrictions reviewed.

    Kenya has every restriction clear.
    """
    analyst = users[Role.ANALYST]
    second = make_account(Role.ANALYST, username="second-analyst")
    User.objects.filter(pk=second.pk).update(name="TIP Office analyst, second rater")
    found = rounds_services.open_round(
        title="Rated",
        fiscal_year=2027,
        model=ScoringModel.objects.get(state="published"),
        rule=PoolRule(only=POOL, income_classes=(), leave_out_partners=False, leave_out_restricted=False),
        actor=analyst,
    )
    for name in ("screen", "start_scoring"):
        found = rounds_services.take_round_step(selection_round=found, name=name, actor=analyst)
    candidates = {row.country.code: row for row in found.candidates.in_pool().select_related("country", "round__model")}
    ghana = candidates["GHA"]
    document = _documents(ghana, analyst)
    _rate(ghana, "prosecution", 3, analyst, document)
    _rate(ghana, "prosecution", 2, second, document)
    _rate(ghana, "protection", 2, second, document)
    _rate(ghana, "prevention", 2, analyst, document)
    _rate(ghana, "forms", 3, second, document)
    _rate(ghana, "commit_us", None, analyst, document)
    wrong = ratings_services.rate(
        candidate=ghana,
        criterion="action_plan",
        step=4,
        rationale="The plan names a budget.",
        evidence=[RatingEvidence(document="Sample report of the ministry, 2025")],
        actor=analyst,
    )
    ratings_services.withdraw_rating(rating=wrong, actor=analyst, reason="The budget was of another plan.")
    _rate(candidates["CIV"], "protection", 1, analyst, None)
    _review(ghana, analyst, all_clear=False)
    _review(candidates["KEN"], analyst, all_clear=True)
    rounds_services.score_round(selection_round=found, actor=analyst)
    _rate(ghana, "action_plan", 2, second, document)
    return Rated(found, document)


def _documents(candidate: Candidate, analyst: User) -> CandidateDocument:
    def add(title: str, text: str, replaces: CandidateDocument | None = None) -> CandidateDocument:
        return candidate_documents_services.add_document(
            candidate=candidate,
            title=title,
            kind="law",
            source="A sample of the ministry, received in October 2026",
            file=SimpleUploadedFile("law.txt", text.encode()),
            replaces=replaces,
            actor=analyst,
        )

    add("Sample statistics of cases", "A sample table.")
    first = add("Sample law on trafficking", "A sample of the first text.")
    return add("Sample law on trafficking", "A sample of the amended text.", first)


def _rate(
    candidate: Candidate, criterion: str, step: int | None, actor: User, document: CandidateDocument | None
) -> None:
    near = [offer.evidence for group in offers(candidate, criterion, None) if group.near for offer in group.offers]
    links = [
        *near[:1],
        *([RatingEvidence(paper=document)] if document else [RatingEvidence(document="A sample report")]),
    ]
    ratings_services.rate(
        candidate=candidate,
        criterion=criterion,
        step=step,
        rationale="Sample cases were tried in two regions; none ended in a sentence that was served.",
        evidence=links if step is not None else [],
        actor=actor,
    )


def _review(candidate: Candidate, analyst: User, *, all_clear: bool) -> None:
    """Review the restrictions of a candidate.

    All are clear, or one bars assistance, one review has expired, and one restriction has no review.
    """
    today = timezone.now().date()
    odd = {} if all_clear else {"debts_to_citizens": "triggered", "human_rights": "expired", "mob_damage": ""}
    for restriction in checklist():
        state = odd.get(restriction.code, "clear")
        if not state or not restriction.is_required_for(Scope.OBLIGATION):
            continue
        long_ago = state == "expired"
        restrictions_services.record_restriction(
            country=candidate.country,
            code=restriction.code,
            status="triggered" if state == "triggered" else "not_applicable" if restriction.annual else "clear",
            basis="Sample memo of the Legal Adviser on every restriction of the list",
            reviewer="L",
            reviewed_on=today - dt.timedelta(days=500 if long_ago else 10),
            expires_on=today - dt.timedelta(days=20) if long_ago else None,
            actor=analyst,
        )
