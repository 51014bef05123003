"""Pages of ratings: a round's overview, one candidate with its rubric, rating, and withdrawing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from cpc.accounts.access import requires, user_of
from cpc.accounts.permissions import Permission
from cpc.database.revisions import EditConflict
from cpc.parameters import check_parameters
from cpc.web import exports
from cpc.web.actions import Breadcrumbs
from cpc.web.lists import filter_error
from cpc.web.tables import export_format, paginate
from selection.evidence.evidence_options import OfferGroup, offers
from selection.model_definition.criteria_table import CriterionRow
from selection.models import Rating, SelectionRound
from selection.page_frame import CandidateAction, candidate_or_404, or_404, round_or_404
from selection.ratings import presenters, queries, services
from selection.ratings.forms import RatingForm, RatingsFilter, WithdrawRatingForm
from selection.ratings.grid.views import RatingGrid
from selection.ratings.queries import RatedCandidate
from selection.runs.rows import plain

NEXT = "next"


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.VIEW_ROUNDS)
def ratings(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Show the grid to a rater while ratings may change, and the overview to everyone else."""
    selection_round, user = round_or_404(request, pk), user_of(request)
    is_sent = request.method == "POST"
    has_grid = selection_round.is_open and selection_round.candidates.in_pool().exists()
    if user.allows(Permission.RATE) and (is_sent or has_grid):
        return RatingGrid.as_view()(request, pk=pk)
    if is_sent:
        raise PermissionDenied
    return _overview(request, selection_round)


@require_safe
@requires(Permission.VIEW_ROUNDS)
def overview(request: HttpRequest, pk: int) -> HttpResponseBase:
    return _overview(request, round_or_404(request, pk))


def _overview(request: HttpRequest, selection_round: SelectionRound) -> HttpResponseBase:
    check_parameters(request, ("q", "show", "page", "format"))
    user = user_of(request)
    form = RatingsFilter(request.GET, auto_id="f-%s")
    if not form.is_valid():
        raise BadRequest(filter_error(form))
    everybody = queries.ratings_of_round(selection_round, user)
    rows = [row for row in everybody if _fits(row, form.cleaned_data["q"], form.cleaned_data["show"])]
    if kind := export_format(request):
        notes = presenters.notes(str(selection_round), timezone.now().date())
        return exports.response(
            kind,
            presenters.flat(rows),
            presenters.FIELDS,
            f"ratings round {selection_round.pk}",
            sheet="Ratings",
            notes=notes,
        )
    rates = queries.judges_apart(selection_round, user)
    page = paginate(request, rows, 50)
    context = {
        "round": selection_round,
        "tab": "round-ratings",
        "form": form,
        "criteria": queries.rated_rows(selection_round),
        "page": page,
        "rows": presenters.overview(list(page)),
        "facts": presenters.facts(everybody, rates=rates),
        "count": len(rows),
        "total": len(everybody),
        "rates": rates,
        "hand_ins": queries.hand_ins(selection_round),
        "has_grid": bool(everybody) and selection_round.is_open and user.allows(Permission.RATE),
        "path": request.path,
    }
    return render(request, "selection/ratings/round.html", context)


def _fits(row: RatedCandidate, wanted: str, show: str) -> bool:
    there = plain(wanted) in plain(row.candidate.country.name)
    return there and (not show or bool(row.missing if show == "missing" else row.mine_open))


@require_safe
@requires(Permission.VIEW_ROUNDS)
def candidate(request: HttpRequest, pk: int, code: str) -> HttpResponseBase:
    check_parameters(request, ())
    user = user_of(request)
    candidate = candidate_or_404(request, pk, code)
    if candidate.country.code != code:
        return redirect("ratings-of", pk, candidate.country.code)
    rated = queries.ratings_of(candidate, user)
    table = candidate.round.model.as_table
    context = {
        "round": candidate.round,
        "tab": "round-ratings",
        "candidate": candidate,
        "rated": rated,
        "lines": [presenters.criterion_line(row, candidate, table) for row in rated.criteria],
        "rates": queries.judges_apart(candidate.round, user) and candidate.in_pool,
    }
    return render(request, "selection/ratings/candidate.html", context)


class RatingAction(CandidateAction):
    permission = Permission.RATE
    criterion: CriterionRow
    own: Rating | None

    def load(self) -> None:
        super().load()
        key = self.kwargs["criterion"]
        self.criterion = or_404(next((row for row in queries.rated_rows(self.round) if row.key == key), None))
        self.own = queries.own_rating(self.candidate, key, self.actor)
        self.back = f"ratings-of#{key}"

    def back_arguments(self) -> Sequence[Any]:
        return [self.round.pk, self.candidate.country.code]

    def above(self) -> Breadcrumbs:
        return [
            ("Ratings", reverse("round-ratings", args=[self.round.pk])),
            (self.candidate.country.name, reverse("ratings-of", args=self.back_arguments())),
        ]


class RateCriterion(RatingAction):
    form_class = RatingForm
    template_name = "selection/ratings/rate.html"
    button = "Save the rating"
    form: RatingForm
    groups: list[OfferGroup]  # the evidence on record that a rating may rest on

    def load(self) -> None:
        super().load()
        name, row = self.candidate.country.name, self.criterion
        self.heading = row.label
        self.kicker = f"Rating {name} · {self.round}"
        self.intro = f"{row.factor}: which step of the rubric describes {name} best?"
        self.done = f"Your rating of {self.candidate.country} is recorded: {row.label}."
        self.groups = offers(self.candidate, row.key, self.own)

    def redirect_reason(self) -> str:
        if self.round.is_open and self.candidate.in_pool:
            return ""
        why = f"{self.candidate.country} is not in the pool of this round."
        if not self.round.is_open:
            why = f"the round is {self.round.state_phrase}, so its ratings can't change."
        return f"You can't rate this: {why}"

    def form_arguments(self) -> dict[str, Any]:
        links = {offer.key: offer.evidence for group in self.groups for offer in group.offers}
        return {"anchors": self.criterion.anchors, "links": links, "own": self.own}

    def perform(self, values: Mapping[str, Any]) -> str:
        services.rate(
            candidate=self.candidate,
            criterion=self.criterion.key,
            step=self.form.chosen,
            rationale=values["rationale"],
            evidence=self.form.chosen_links,
            expected_revision=self.form.expected_revision,
            actor=self.actor,
        )
        return self.next_open() if self.request.POST.get("then") == NEXT else self.back_url

    def next_open(self) -> str:
        """Return the URL of the rater's next open criterion, or of the candidate after the last one."""
        criteria = queries.ratings_of(self.candidate, self.actor).criteria
        index = [line.row.key for line in criteria].index(self.criterion.key)
        for line in (*criteria[index + 1 :], *criteria[:index]):
            if line.own is None:
                return reverse("rate", args=[*self.back_arguments(), line.row.key])
        return reverse("ratings-of", args=self.back_arguments())

    def get_context(self) -> dict[str, Any]:
        rated = queries.ratings_of(self.candidate, self.actor)
        keys = [line.row.key for line in rated.criteria]
        index = keys.index(self.criterion.key)
        ticked = self.form.ticked
        return super().get_context() | {
            "line": presenters.criterion_line(rated.criteria[index], self.candidate, self.round.model.as_table),
            "groups": [
                {
                    "label": group.label,
                    "offers": [
                        (offer.key, presenters.evidence(offer.evidence, self.candidate), offer.key in ticked)
                        for offer in group.offers
                    ],
                    "is_open": group.near or any(offer.key in ticked for offer in group.offers),
                    "ticked": sum(offer.key in ticked for offer in group.offers),
                }
                for group in self.groups
            ],
            "left": sum(line.own is None and line.row.key != self.criterion.key for line in rated.criteria),
            "number": index + 1,
            "of": len(keys),
        }


class WithdrawRating(RatingAction):
    form_class = WithdrawRatingForm
    form: WithdrawRatingForm
    button = "Withdraw the rating"
    done = "Rating withdrawn. It stays on file."
    intro = "Why should the rating no longer count?"

    def load(self) -> None:
        super().load()
        self.kicker = f"{self.candidate.country.name} · {self.round}"
        self.heading = f"Withdraw your rating: {self.criterion.label}"

    def redirect_reason(self) -> str:
        has_none = self.own is None and self.request.method != "POST"
        return "You have no rating of this criterion to withdraw." if has_none else ""

    def facts(self) -> Sequence[tuple[str, Any]]:
        return [("Your rating", presenters.step(self.own.step)), ("Why", self.own.rationale)] if self.own else []

    def get_initial(self) -> dict[str, Any]:
        return {"revision": services.revision_of(self.own)}

    def perform(self, values: Mapping[str, Any]) -> None:
        if self.own is None:
            raise EditConflict(services.CHANGED)
        expected = self.form.expected_revision
        services.withdraw_rating(rating=self.own, reason=values["reason"], actor=self.actor, expected_revision=expected)
