"""REST interface to rounds: their steps, scores, candidates, and what was done with each candidate. Read-only."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, QuerySet

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.api.pagination import Cursors
from cpc.api.resources import Resource
from selection.models import (
    Candidate,
    CandidateMove,
    CountryScore,
    EvidenceVersion,
    RoundRun,
    RoundStep,
    SelectionRound,
)

TAG = "rounds"
VIEW = Permission.VIEW_ROUNDS


def visible_rounds(user: User) -> QuerySet[SelectionRound]:
    return SelectionRound.objects.visible_to(user).order_by()


def visible_candidates(user: User) -> QuerySet[Candidate]:
    return Candidate.objects.visible_to(user).order_by()


ROUNDS = Resource(
    name="rounds",
    noun="round",
    model=SelectionRound,
    title="Selection rounds",
    description="Every selection round: the model, its data, and its state; the newest year first.",
    fields=(
        "id title fiscal_year model model_key=model.key model_version=model.number as_of as_of_at evidence_as_of "
        "reference_date state opened_by=opened_by.name at"
    ),
    notes={
        "title": "The title.",
        "fiscal_year": "The U.S. fiscal year for which countries are selected.",
        "model": "The number of the version of the scoring model: see model-versions.",
        "model_key": "The key of that model.",
        "model_version": "Its version.",
        "as_of": "The publication number of the data that the round is scored on.",
        "as_of_at": "The time of that publication.",
        "evidence_as_of": "The publication number of the evidence that agencies see; null until they are asked.",
        "reference_date": "The day for which countries are scored.",
        "opened_by": "The person who opened it.",
    },
    reasons={"evidence_as_of": "not_yet", "as_of_at": "not_applicable", "opened_by": "not_applicable"},
    order=("-fiscal_year", "-pk"),
    filters="fiscal_year state model",
    rows=visible_rounds,
    permission=VIEW,
    tag=TAG,
    prefix="selection_",
    url_prefix="selection-",
)
STEPS = Resource(
    name="round-steps",
    noun="round step",
    model=RoundStep,
    title="Steps of rounds",
    description="Every step of every round, in order.",
    fields="id round name source target reason actor=actor.name at",
    notes={
        "round": "The number of the round.",
        "name": "The step.",
        "source": "The state before.",
        "target": "The state after.",
        "reason": "The reason, if the step needs one.",
        "actor": "The person who took it.",
    },
    filters="round",
    rows=lambda user: RoundStep.objects.filter(round__in=visible_rounds(user)),
    permission=VIEW,
    tag=TAG,
    prefix="selection_",
    url_prefix="selection-",
)
SCORES = Resource(
    name="round-scores",
    noun="round score",
    model=RoundRun,
    title="Scores of rounds",
    description="Every full score of every round: the run, and why it was computed. `score-rows` has its countries.",
    fields=(
        "id round number run as_of=run.as_of seed=run.seed draws=run.draws ranked=run.ranked reason "
        "made_by=made_by.name at"
    ),
    notes={
        "round": "The number of the round.",
        "number": "The number of the score within its round; the newest counts.",
        "run": "The number of the run.",
        "as_of": "The publication number of its data.",
        "seed": "The seed of its draws.",
        "draws": "Number of draws.",
        "ranked": "Number of countries with a rank.",
        "reason": "Why it was computed again.",
        "made_by": "The person who computed it.",
    },
    order=("round_id", "number"),
    filters="round run",
    rows=lambda user: RoundRun.objects.filter(round__in=visible_rounds(user)),
    permission=VIEW,
    tag=TAG,
    prefix="selection_",
    url_prefix="selection-",
)


def _scored(user: User) -> QuerySet[CountryScore]:
    of_rounds = RoundRun.objects.filter(run=OuterRef("run"), round__in=visible_rounds(user))
    return CountryScore.objects.filter(Exists(of_rounds))


SCORE_ROWS = Resource(
    name="score-rows",
    noun="score row",
    model=CountryScore,
    title="Countries of the scores of rounds",
    description=(
        "Each country of each full score: its rank and score with their intervals, need, and feasibility. Scores are 0 "
        "to 100. Filter by `run`, which `round-scores` names."
    ),
    fields=(
        "id run country=country.code country_name=country.short_name status rank rank_low rank_median rank_high score "
        "lower upper need feasibility coverage group place p10 p20 designs region region_rank income tier tier_quality "
        "reason_code reason"
    ),
    notes={
        "run": "The number of the run.",
        "country": "Code of the country.",
        "country_name": "Its name.",
        "status": "Whether it is ranked, and if not, why.",
        "rank": "The rank; null without one.",
        "rank_low": "The rank at 5 percent of the draws.",
        "rank_median": "The rank at the median of the draws.",
        "rank_high": "The rank at 95 percent of the draws.",
        "score": "The score; null without one.",
        "lower": "The score if each missing part were at its lower bound.",
        "upper": "The score if each missing part were at its upper bound.",
        "need": "The score of need.",
        "feasibility": "The score of feasibility.",
        "coverage": "Share of the weight with a value, 0 to 1.",
        "group": "The group among the ranked; empty for others.",
        "place": "The rank that its score would take, for a country outside the ranks.",
        "p10": "Share of the draws in which it is among the shorter first.",
        "p20": "Share of the draws in which it is among the first.",
        "designs": "Share of the designs of the method in which it is among the first.",
        "region": "The region of the Department of State.",
        "region_rank": "The rank within its region.",
        "income": "The income class of the World Bank.",
        "tier": "The tier of the TIP Report.",
        "tier_quality": "How firmly the tier is stated.",
        "reason_code": "The reason for being outside the ranks, as a code.",
        "reason": "The same as a sentence.",
    },
    reasons=dict.fromkeys(
        ("rank", "rank_low", "rank_median", "rank_high", "score", "lower", "upper", "place", "region_rank"),
        "not_applicable",
    )
    | dict.fromkeys(("need", "feasibility", "coverage", "p10", "p20", "designs"), "not_applicable"),
    order=("-run_id", "rank", "country__code"),
    filters="run status",
    rows=_scored,
    permission=VIEW,
    tag=TAG,
    prefix="selection_",
    url_prefix="selection-",
)
CANDIDATES = Resource(
    name="candidates",
    noun="candidate",
    model=Candidate,
    title="Candidates of rounds",
    description="Every country of every round: in the pool, or outside it with the reason.",
    fields="id round country=country.code country_name=country.name excluded_because reason by_hand",
    notes={
        "round": "The number of the round.",
        "country": "Code of the country.",
        "country_name": "Its name.",
        "excluded_because": "Why it is outside the pool, as a code; empty for a candidate.",
        "reason": "The same as a sentence.",
        "by_hand": "Whether the office moved it.",
    },
    order=("-round_id", "country__name"),
    filters="round excluded_because",
    rows=visible_candidates,
    permission=VIEW,
    tag=TAG,
    prefix="selection_",
    url_prefix="selection-",
)
MOVES = Resource(
    name="candidate-moves",
    noun="candidate move",
    model=CandidateMove,
    title="Moves of candidates",
    description="Each time that a country came into the pool of a round or left it, and who moved it why.",
    fields=(
        "id candidate round=candidate.round country=candidate.country.code excluded_because reason actor=actor.name at"
    ),
    notes={
        "candidate": "The number of the candidate.",
        "round": "The number of the round.",
        "country": "Code of the country.",
        "excluded_because": "Why it is outside the pool since then, as a code; empty if it came in.",
        "reason": "The reason.",
        "actor": "The person who moved it; null for the rule of the pool.",
    },
    reasons={"actor": "not_applicable"},
    filters="candidate round",
    rows=lambda user: CandidateMove.objects.filter(candidate__in=visible_candidates(user)),
    permission=VIEW,
    tag=TAG,
    prefix="selection_",
    url_prefix="selection-",
)
EVIDENCE = Resource(
    name="evidence-versions",
    noun="evidence version",
    model=EvidenceVersion,
    title="Versions of the evidence",
    description="Each version of the evidence on a candidate that agencies answer on, with the hash of its cells.",
    fields="id candidate round=candidate.round country=candidate.country.code number as_of run digest at",
    notes={
        "candidate": "The number of the candidate.",
        "round": "The number of the round.",
        "country": "Code of the country.",
        "number": "The number of the version of this candidate.",
        "as_of": "The publication number of its data.",
        "run": "The number of the full score that it shows.",
        "digest": "SHA-256 of its cells.",
    },
    filters="candidate round",
    rows=lambda user: EvidenceVersion.objects.filter(candidate__in=visible_candidates(user)),
    permission=VIEW,
    tag=TAG,
    prefix="selection_",
    url_prefix="selection-",
)
SCORE_ROWS.view.pagination_class = Cursors
RESOURCES = (ROUNDS, STEPS, SCORES, SCORE_ROWS, CANDIDATES, MOVES, EVIDENCE)
