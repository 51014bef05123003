"""Pages of the dossier: everything on one candidate of one round, one section per subject."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from cpc.accounts.access import requires, user_of
from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.parameters import check_parameters
from cpc.web import exports
from cpc.web.tables import export_format, query
from indicators.queries import (
    assistance_of,
    figure_entries,
    form_entries,
    may_read_assessments,
    period_of,
    plans_of,
    programs_of,
    recommendations_of,
)
from selection import dossier_sections
from selection.candidates.presenters import describe_answer
from selection.candidates.queries import doubt_of
from selection.candidates.statutory_checks import statutory_by_candidate
from selection.countries.presenters import country as country_presenters
from selection.countries.presenters import factors as factors_presenters
from selection.countries.queries.country import (
    CountryPage,
    country_page,
    newest_narrative,
    without_ratings,
)
from selection.dossier import presenters, queries
from selection.dossier_sections import Section
from selection.evidence.queries import newest_evidence
from selection.evidence.services import fresh_evidence
from selection.lookups.rounds import candidate_of
from selection.model_definition.criteria_table import Stage
from selection.model_definition.statutory_criteria import Condition, StatutoryAnswer
from selection.models import Candidate, ScoreRun
from selection.ratings import presenters as ratings_presenters
from selection.ratings.candidate_documents.queries import documents_of
from selection.ratings.queries import hidden_criteria, ratings_of
from selection.restrictions import presenters as restrictions_presenters
from selection.restrictions.checklist import Scope, State
from selection.restrictions.queries import reviewed

NOT_YET = ("unknown", "Shown once you have rated")
"""Badge of an answer that rests on ratings which the reader may not see yet."""


@require_safe
@requires(Permission.VIEW_OBSERVATIONS)
def dossier(request: HttpRequest, pk: int, code: str) -> HttpResponseBase:
    """Show one candidate.

    The office sees everything; a reviewer whose agency was asked sees the part for reviewers.
    """
    check_parameters(request, ("format",))
    user = user_of(request)
    candidate = candidate_of(user, pk, code.upper())
    if candidate is None:
        raise Http404
    if candidate.country.code != code:
        return redirect("dossier", pk, candidate.country.code)
    if candidate.round.is_open:
        fresh_evidence(selection_round=candidate.round)
    run = queries.current_run(candidate)
    page = _for(user, candidate, _page(candidate, run))
    if kind := export_format(request):
        return _export(kind, candidate, page)
    sees_rank = user.allows(Permission.VIEW_RANKINGS)
    sections = dossier_sections.drawn(request, candidate)
    context = {
        "candidate": candidate,
        "round": candidate.round,
        "country": candidate.country,
        "page": page,
        "run": run,
        "sees_rank": sees_rank,
        "facts": presenters.facts(candidate, page, doubt_of(candidate, run) if run else None, sees_rank=sees_rank),
        "evidence": newest_evidence(candidate),
        "sections": sections,
        "csv_url": query(request, format="csv"),
        "as_known": candidate.round.as_of_at,
    }
    return render(request, "selection/dossier/dossier.html", context)


def _page(candidate: Candidate, run: ScoreRun | None) -> CountryPage:
    """Return every criterion of the model for the candidate, by current score or else current data."""
    table, as_of = candidate.round.model.as_table, run.as_of if run else candidate.round.as_of
    return country_page(candidate.country, table, run, as_of=as_of, stage=Stage.FULL)


def _for(user: User, candidate: Candidate, page: CountryPage) -> CountryPage:
    """Return the page without what a rater may see only after rating.

    Left out are ratings by others, and their effect on the score.
    """
    hidden = hidden_criteria(candidate, user)
    return without_ratings(page, hidden) if hidden else page


def _export(kind: str, candidate: Candidate, page: CountryPage) -> HttpResponseBase:
    rows = [*page.factors, *(factor for factor in page.unrated if factor not in page.factors)]
    name = f"dossier {candidate.country.code} round {candidate.round_id}"
    return exports.response(
        kind, rows, country_presenters.fields(scored=page.total is not None), name, sheet=candidate.country.name
    )


# ---- sections from data of this app and the indicators ---------------------------------------------------------------


def _factors(request: HttpRequest, candidate: Candidate) -> dict[str, Any]:
    run = queries.current_run(candidate)
    page = _for(user_of(request), candidate, _page(candidate, run))
    rows = factors_presenters.rows(page, run.as_of if run else candidate.round.as_of)
    table = candidate.round.model.as_table
    return {
        "page": page,
        "country": candidate.country,
        "scored": page.total is not None,
        "groups": rows.groups(),
        "beside": rows.beside(),
        "farthest": country_presenters.farthest(page),
        "hurdles": factors_presenters.hurdles(page, table),
        "csv_url": query(request, format="csv"),
    }


def _narrative(_request: HttpRequest, candidate: Candidate) -> dict[str, Any]:
    narrative = newest_narrative(candidate.country, None)
    return {
        "narrative": narrative,
        "forms": form_entries(narrative) if narrative else [],
        "figures": [entry for entry in figure_entries(narrative) if entry.sentence] if narrative else [],
        "comparisons": recommendations_of(candidate.country)[:3],
        "country": candidate.country,
    }


def _plans(request: HttpRequest, candidate: Candidate) -> dict[str, Any]:
    today = timezone.now().date()
    plans = plans_of(candidate.country)
    return {
        "plans": [(plan, period_of(plan, today)) for plan in plans.plans],
        "missing": [kind.label for kind in plans.missing],
        "sees_assessment": may_read_assessments(user_of(request)),
        "country": candidate.country,
    }


def _programs(request: HttpRequest, candidate: Candidate) -> dict[str, Any]:
    programs, sees = programs_of(candidate.country), may_read_assessments(user_of(request))
    return {
        "table": presenters.programs_table(candidate.country, timezone.now().date(), sees_assessment=sees),
        "programs": programs.programs,
        "total": programs.total,
        "by_sector": programs.by_sector,
        "assistance": assistance_of(candidate.country, years=5),
        "country": candidate.country,
    }


def _statute(request: HttpRequest, candidate: Candidate) -> dict[str, Any] | None:
    criteria = statutory_by_candidate(candidate.round, [candidate])[candidate.pk]
    if not criteria:
        return None
    hidden = hidden_criteria(candidate, user_of(request))

    def answer(given: StatutoryAnswer, *rests_on: Condition) -> tuple[str, str]:
        return NOT_YET if any(one.row.key in hidden for one in rests_on) else describe_answer(given)

    lines = [
        (
            criterion,
            answer(criterion.answer, *criterion.conditions),
            [(one, *answer(one.answer, one)) for one in criterion.conditions],
        )
        for criterion in criteria
    ]
    return {"criteria": lines, "scored": queries.current_run(candidate) is not None}


def _ratings(request: HttpRequest, candidate: Candidate) -> dict[str, Any]:
    user = user_of(request)
    rated = ratings_of(candidate, user)
    return {
        "lines": [ratings_presenters.dossier_line(rated_criterion, candidate) for rated_criterion in rated.criteria],
        "country": candidate.country,
        "sees_rounds": user.allows(Permission.VIEW_ROUNDS),
    }


def _restrictions(request: HttpRequest, candidate: Candidate) -> dict[str, Any]:
    (reviewed_country,) = reviewed([candidate.country], timezone.now().date())
    gating = [row for row in reviewed_country.statuses if row.restriction.is_required_for(Scope.COUNTRY)]
    lines = restrictions_presenters.lines(reviewed_country)
    return {
        "reviewed": reviewed_country,
        "waiting": [line for line in lines if line["holds"]],
        "others": [line for line in lines if not line["holds"]],
        "gating": len(gating),
        "passes": len(reviewed_country.by_state(State.PASSES)),
        "country": candidate.country,
        "sees_rounds": user_of(request).allows(Permission.VIEW_ROUNDS),
    }


def _documents(request: HttpRequest, candidate: Candidate) -> dict[str, Any]:
    user = user_of(request)
    return {
        "documents": documents_of(candidate),
        "may_add": user.allows(Permission.RATE) and candidate.round.is_open,
        "country": candidate.country,
        "sees_rounds": user.allows(Permission.VIEW_ROUNDS),
    }


def _timeline(request: HttpRequest, candidate: Candidate) -> dict[str, Any]:
    return {"events": queries.timeline(candidate, user_of(request))}


def register() -> None:
    """Register the sections of a dossier. `AppConfig.ready` calls this once."""
    own = (
        Section("factors", "Factors", "selection/dossier/_factors.html", _factors, order=10),
        Section("statute", "Statute", "selection/dossier/_statute.html", _statute, order=5),
        Section("ratings", "Ratings", "selection/dossier/_ratings.html", _ratings, order=20),
        Section("narrative", "Recommendations", "selection/dossier/_narrative.html", _narrative, order=30),
        Section("plans", "National plans", "selection/dossier/_plans.html", _plans, order=40),
        Section("programs", "U.S. programs", "selection/dossier/_programs.html", _programs, order=50),
        Section("restrictions", "Restrictions", "selection/dossier/_restrictions.html", _restrictions, order=60),
        Section("papers", "Documents", "selection/dossier/_documents.html", _documents, order=80),
        Section(
            "timeline", "Timeline", "selection/dossier/_timeline.html", _timeline, Permission.VIEW_ROUNDS, order=200
        ),
    )
    for section in own:
        dossier_sections.register(section)
