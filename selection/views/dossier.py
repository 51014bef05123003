"""The dossier: everything on one candidate of one round, a section a subject."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from cpc.accounts.access import requires, user_of
from cpc.accounts.permissions import Permission
from cpc.web import exports
from cpc.web.tables import check_parameters, query
from indicators.queries.plans import period_of, plans_of
from indicators.queries.programs import assistance_of, may_read_assessments, programs_of, standing_on
from indicators.queries.recommendations import recommendations_of
from selection import dossier as sections
from selection.dossier import Section
from selection.models import Candidate
from selection.queries import dossier as reads
from selection.queries.country import CountryPage, country_page, newest_narrative
from selection.queries.rounds import candidate_of
from selection.services import fresh_evidence
from selection.tables import country as said
from selection.tables import dossier as drawn
from selection.tables import factors

KINDS = ("csv", "xlsx")


@require_safe
@requires(Permission.VIEW_OBSERVATIONS)
def dossier(request: HttpRequest, pk: int, code: str) -> HttpResponseBase:
    """One candidate: for the office everything, for a reviewer whose agency was asked what reviewers see."""
    check_parameters(request, ("format",))
    user = user_of(request)
    candidate = candidate_of(user, pk, code.upper())
    if candidate is None:
        raise Http404
    if candidate.country.code != code:
        return redirect("dossier", pk, candidate.country.code)
    if candidate.round.is_open:
        fresh_evidence(selection_round=candidate.round)
    run = reads.current_run(candidate)
    page = country_page(
        candidate.country, candidate.round.model.as_table, run, as_of=run.as_of if run else candidate.round.as_of
    )
    if request.GET.get("format"):
        return _export(request.GET["format"], candidate, page)
    sees_rank = user.allows(Permission.VIEW_RANKINGS)
    found = sections.drawn(request, candidate)
    context = {
        "candidate": candidate,
        "round": candidate.round,
        "country": candidate.country,
        "page": page,
        "run": run,
        "sees_rank": sees_rank,
        "facts": drawn.facts(candidate, page, sees_rank=sees_rank),
        "evidence": reads.newest_evidence(candidate),
        "sections": found,
        "csv_url": query(request, format="csv"),
        "as_known": candidate.round.as_of_at,
    }
    return render(request, "selection/dossier/dossier.html", context)


def _export(kind: str, candidate: Candidate, page: CountryPage) -> HttpResponseBase:
    if kind not in KINDS:
        raise BadRequest(f"There is no export as “{kind}”. Take csv or xlsx.")
    rows = [*page.factors, *(factor for factor in page.unrated if factor not in page.factors)]
    name = f"dossier {candidate.country.code} round {candidate.round_id}"
    return exports.response(kind, rows, said.fields(scored=page.total is not None), name, sheet=candidate.country.name)


# ---- sections that rest on what this app and the indicators hold -----------------------------------------------------


def _factors(request: HttpRequest, candidate: Candidate) -> dict[str, Any]:
    run = reads.current_run(candidate)
    table = candidate.round.model.as_table
    page = country_page(candidate.country, table, run, as_of=run.as_of if run else candidate.round.as_of)
    return {
        "page": page,
        "country": candidate.country,
        "scored": page.total is not None,
        "groups": [(group, [factors.line(f) for f in group.factors if f.is_counted]) for group in page.groups],
        "beside": [factors.line(factor) for factor in page.factors if not factor.is_counted],
        "farthest": said.farthest(page),
        "hurdles": factors.hurdles(page, table),
        "csv_url": query(request, format="csv"),
    }


def _narrative(_request: HttpRequest, candidate: Candidate) -> dict[str, Any]:
    return {
        "narrative": newest_narrative(candidate.country, None),
        "comparisons": recommendations_of(candidate.country)[:3],
        "country": candidate.country,
    }


def _plans(request: HttpRequest, candidate: Candidate) -> dict[str, Any]:
    today = timezone.now().date()
    found = plans_of(candidate.country)
    return {
        "plans": [(plan, period_of(plan, today)) for plan in found.plans],
        "missing": [kind.label for kind in found.missing],
        "sees_assessment": may_read_assessments(user_of(request)),
        "country": candidate.country,
    }


def _programs(request: HttpRequest, candidate: Candidate) -> dict[str, Any]:
    today = timezone.now().date()
    found = programs_of(candidate.country)
    return {
        "programs": [(program, standing_on(program, today)) for program in found.programs],
        "total": found.total,
        "by_sector": found.by_sector,
        "assistance": assistance_of(candidate.country, years=5),
        "sees_assessment": may_read_assessments(user_of(request)),
        "country": candidate.country,
    }


def _timeline(_request: HttpRequest, candidate: Candidate) -> dict[str, Any]:
    return {"events": reads.timeline(candidate)}


def register() -> None:
    """Called once, when the app is ready."""
    own = (
        Section("factors", "Factors", "selection/dossier/_factors.html", _factors, order=10),
        Section("narrative", "Recommendations", "selection/dossier/_narrative.html", _narrative, order=30),
        Section("plans", "National plans", "selection/dossier/_plans.html", _plans, order=40),
        Section("programs", "U.S. programs", "selection/dossier/_programs.html", _programs, order=50),
        Section(
            "timeline", "Timeline", "selection/dossier/_timeline.html", _timeline, Permission.VIEW_ROUNDS, order=200
        ),
    )
    for section in own:
        sections.register(section)
