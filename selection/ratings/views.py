"""Ratings of a round: how far they have come, one candidate with its rubric, rating it, taking a rating back."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from cpc.accounts.access import requires, user_of
from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.parameters import check_parameters
from cpc.web import exports
from cpc.web.tables import export_format, paginate
from selection.evidence.evidence_options import OfferGroup, offers
from selection.lookups.rounds import candidate_of
from selection.model_definition.criteria_table import CriterionRow
from selection.models import Candidate
from selection.page_frame import (
    METHODS,
    Act,
    answer,
    carried_out,
    round_or_404,
    sent,
    trail_of,
)
from selection.ranking.forms import refusal
from selection.ratings import presenters, queries, services
from selection.ratings.forms import RatingForm, RatingsFilter, WithdrawRatingForm
from selection.ratings.queries import RatedCandidate
from selection.runs.rows import plain

NEXT = "next"


@require_safe
@requires(Permission.VIEW_ROUNDS)
def ratings(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Every candidate with every criterion that raters fill: median, spread, how many raters, and what is missing."""
    check_parameters(request, ("q", "show", "page", "format"))
    found, user = round_or_404(request, pk), user_of(request)
    form = RatingsFilter(request.GET, auto_id="f-%s")
    if not form.is_valid():
        raise BadRequest(refusal(form))
    everybody = queries.ratings_of_round(found, user)
    rows = [row for row in everybody if _fits(row, form.cleaned_data["q"], form.cleaned_data["show"])]
    drawn = found.model.as_table.method is not None
    if kind := export_format(request):
        notes = presenters.notes(str(found), timezone.now().date(), drawn=drawn)
        return exports.response(
            kind, presenters.flat(rows), presenters.FIELDS, f"ratings round {pk}", sheet="Ratings", notes=notes
        )
    rates = queries.judges_apart(found, user)
    page = paginate(request, rows, 50)
    context = {
        "round": found,
        "place": "ratings",
        "form": form,
        "criteria": queries.rated_rows(found),
        "page": page,
        "rows": presenters.overview(list(page)),
        "facts": presenters.facts(everybody, rates=rates, drawn=drawn),
        "count": len(rows),
        "total": len(everybody),
        "rates": rates,
        "first": next((row.candidate for row in everybody if row.mine_open), None) if rates else None,
    }
    return render(request, "selection/ratings/round.html", context)


def _fits(row: RatedCandidate, wanted: str, show: str) -> bool:
    there = plain(wanted) in plain(row.candidate.country.name)
    return there and (not show or bool(row.missing if show == "missing" else row.mine_open))


@require_safe
@requires(Permission.VIEW_ROUNDS)
def candidate(request: HttpRequest, pk: int, code: str) -> HttpResponseBase:
    """One candidate: each criterion with its rubric, who says what on which evidence, and what it comes to."""
    check_parameters(request, ())
    user = user_of(request)
    found = _candidate(user, pk, code)
    if found.country.code != code:
        return redirect("ratings-of", pk, found.country.code)
    rated = queries.ratings_of(found, user)
    table = found.round.model.as_table
    context = {
        "round": found.round,
        "place": "ratings",
        "candidate": found,
        "rated": rated,
        "lines": [presenters.criterion_line(row, found, table) for row in rated.criteria],
        "rates": queries.judges_apart(found.round, user) and found.in_pool,
    }
    return render(request, "selection/ratings/candidate.html", context)


@require_http_methods(METHODS)
@requires(Permission.RATE)
def rate(request: HttpRequest, pk: int, code: str, criterion: str) -> HttpResponseBase:
    """Rate one criterion of one candidate; the second of two windows is told, and keeps what was written."""
    check_parameters(request, ())
    user = user_of(request)
    found = _candidate(user, pk, code)
    row = _criterion(found, criterion)
    if not (found.round.is_open and found.in_pool):
        messages.info(request, f"Nothing is rated here: {_why_closed(found)}")
        return redirect("ratings-of", pk, found.country.code)
    own = queries.own_rating(found, row.key, user)
    groups = offers(found, row.key, own)
    links = {offer.key: offer.evidence for group in groups for offer in group.offers}
    form = RatingForm(sent(request), anchors=row.anchors, links=links, own=own)
    if form.is_bound and form.is_valid():

        def work() -> str:
            services.rate(
                candidate=found,
                criterion=row.key,
                step=form.chosen,
                rationale=form.cleaned_data["rationale"],
                evidence=form.chosen_links,
                seen=form.cleaned_data["seen"] or 0,
                actor=user,
            )
            return _after(found, row, user, onwards=request.POST.get("then") == NEXT)

        done = f"Your rating of {found.country} is on record: {row.label}."
        if (led := carried_out(request, form, work, done)) is not None:
            return led
        own = queries.own_rating(found, row.key, user)
        form.look_again(own)
    return _rate_page(request, found, row, form, groups)


def _rate_page(
    request: HttpRequest, found: Candidate, row: CriterionRow, form: RatingForm, groups: list[OfferGroup]
) -> HttpResponse:
    user = user_of(request)
    rated = queries.ratings_of(found, user)
    own_line = next(line for line in rated.criteria if line.row.key == row.key)
    ticked = form.ticked
    back = reverse("ratings-of", args=[found.round_id, found.country.code])
    context = {
        "act": Act(
            row.label,
            "Save the rating",
            f"{back}#{row.key}",
            trail_of(
                found.round,
                ("Ratings", reverse("round-ratings", args=[found.round_id])),
                (found.country.name, back),
            ),
            f"Rating {found.country.name} · {found.round}",
            f"{row.factor}: how far is {found.country.name}, by the words of the rubric?",
        ),
        "form": form,
        "round": found.round,
        "candidate": found,
        "line": presenters.criterion_line(own_line, found, found.round.model.as_table),
        "groups": [
            {
                "label": group.label,
                "offers": [
                    (offer.key, presenters.evidence(offer.evidence), offer.key in ticked) for offer in group.offers
                ],
                "is_open": group.near or any(offer.key in ticked for offer in group.offers),
                "ticked": sum(offer.key in ticked for offer in group.offers),
            }
            for group in groups
        ],
        "left": sum(line.own is None and line.row.key != row.key for line in rated.criteria),
        "number": [line.row.key for line in rated.criteria].index(row.key) + 1,
        "of": len(rated.criteria),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return render(request, "selection/ratings/rate.html", context, status=status)


def _after(found: Candidate, row: CriterionRow, user: User, *, onwards: bool) -> str:
    """Where to go once a criterion is rated: back to the candidate, or on to the next that is open for the rater."""
    base = reverse("ratings-of", args=[found.round_id, found.country.code])
    if not onwards:
        return f"{base}#{row.key}"
    criteria = queries.ratings_of(found, user).criteria
    place = [line.row.key for line in criteria].index(row.key)
    for line in (*criteria[place + 1 :], *criteria[:place]):
        if line.own is None:
            return reverse("rate", args=[found.round_id, found.country.code, line.row.key])
    return base


@require_http_methods(METHODS)
@requires(Permission.RATE)
def withdraw(request: HttpRequest, pk: int, code: str, criterion: str) -> HttpResponseBase:
    """Take one's own rating back, with the reason."""
    check_parameters(request, ())
    user = user_of(request)
    found = _candidate(user, pk, code)
    row = _criterion(found, criterion)
    back = f"{reverse('ratings-of', args=[found.round_id, found.country.code])}#{row.key}"
    own = queries.own_rating(found, row.key, user)
    form = WithdrawRatingForm(sent(request), initial={"seen": own.pk if own else None})
    if own is None and request.method != "POST":
        messages.info(request, "You have no rating of this criterion to withdraw.")
        return redirect(back)

    def work() -> None:
        rating = queries.find_own(found, row.key, user, form.cleaned_data["seen"])
        if rating is None:
            raise Http404
        services.withdraw_rating(rating=rating, reason=form.cleaned_data["reason"], actor=user)

    act = Act(
        f"Withdraw your rating: {row.label}",
        "Withdraw the rating",
        back,
        trail_of(found.round, ("Ratings", reverse("round-ratings", args=[pk])), (found.country.name, back)),
        f"{found.country.name} · {found.round}",
        "What did the rating miss, so that it should count no more?",
        [("Your rating", presenters.step(own.step)), ("Why", own.rationale)] if own else [],
    )
    return answer(request, form, act, work, "The rating is withdrawn. It stays on record.")


def _candidate(user: User, pk: int, code: str) -> Candidate:
    found = candidate_of(user, pk, code.upper())
    if found is None:
        raise Http404
    return found


def _criterion(found: Candidate, key: str) -> CriterionRow:
    """A criterion that raters fill."""
    row = next((row for row in queries.rated_rows(found.round) if row.key == key), None)
    if row is None:
        raise Http404
    return row


def _why_closed(found: Candidate) -> str:
    if not found.round.is_open:
        return f"the round is {found.round.get_state_display().lower()}, and its ratings stay as they are."
    return f"{found.country} is not in the pool of this round."
