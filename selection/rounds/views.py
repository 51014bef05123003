"""Pages of selection rounds: list, one round, opening, editing, steps, scores, and pool."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from cpc.accounts.access import check, requires, user_of
from cpc.accounts.permissions import Permission
from cpc.audit.steps import with_target
from cpc.findings import Finding
from cpc.lifecycle import Transition, step_findings
from cpc.parameters import check_parameters
from cpc.web import formats
from cpc.web.actions import Breadcrumbs
from cpc.web.lists import OpenList, filter_error, listing
from cpc.web.tables import export_format
from selection.candidates import queries as candidates_queries
from selection.decisions.handover import sequels
from selection.decisions.obstacles import Weight, obstacles_of, readable_by
from selection.decisions.presenters import ACTION_MARKS
from selection.decisions.queries import decisions
from selection.lookups import rounds as rounds_lookups
from selection.models import CLOSED, PoolReason, RoundState
from selection.page_frame import CandidateAction, RoundAction, SelectionAction, record_keys_of, round_or_404
from selection.pool_rules.pools import PoolRule
from selection.rounds import presenters, queries, services
from selection.rounds.forms import (
    MoveForm,
    PoolFilter,
    RoundForm,
    RoundStepForm,
)
from selection.rounds.preconditions import ROUND_CHECKS
from selection.states import ROUND

CONSEQUENCES: Mapping[str, str] = {
    "screen": "The rule of the round is applied to every country, and each gets its reason in the pool or outside it.",
    "return_to_draft": "Model, rule, and dates can change again. The pool is drawn again afterward.",
    "start_scoring": "Analysts rate the candidates of the pool as it is now.",
    "return_to_screening": "The pool is checked again. Ratings and scores stay on file.",
    "open_consultation": "You can send requests to agencies. They see the evidence and the score as of today.",
    "return_to_scoring": "Agencies can't answer until consultation opens again. Their positions stay on file.",
    "deliberate": "Each agency that was asked is notified. The office then recommends, and later answers still count.",
    "reopen_consultation": "You can ask agencies about more. Recommendations stay on file until deliberation resumes.",
    "decide": "The memo is issued with the decisions, everything they rest on is frozen, and each agency is notified.",
    "archive": "The round leaves the list of open rounds. Nothing in it changes.",
    "restore": "The round is decided again, as it was.",
}
"""Descriptions of the steps of a round, by name."""


@require_safe
@requires(Permission.VIEW_ROUNDS)
@listing(presenters.ROUNDS_LIST)
def rounds(request: HttpRequest, shown: OpenList) -> HttpResponseBase:
    user = user_of(request)
    table, rows = shown.table(presenters.ROUNDS), rounds_lookups.rounds(user)
    if kind := export_format(request):
        return shown.export(kind, rows, "rounds")
    page = table.page(request, rows)
    shown.counted(page.paginator.count)
    context = {
        "shown": shown,
        "table": table,
        "page": page,
        "may_open": user.allows(Permission.RUN_ROUNDS),
    }
    return render(request, "selection/rounds/list.html", context)


@require_safe
@requires(Permission.VIEW_ROUNDS)
def one(request: HttpRequest, pk: int) -> HttpResponse:
    check_parameters(request, ())
    selection_round = round_or_404(request, pk)
    user, today = user_of(request), timezone.now().date()
    page = candidates_queries.without_hidden(candidates_queries.round_page(selection_round), user)
    here = ROUND.states.index(selection_round.state)
    decided = decisions(selection_round) if selection_round.state in CLOSED else []
    came = sequels([decision.candidate for decision in decided], user)
    available = [with_target(step, selection_round) for step in ROUND.transitions_from(selection_round.state)]
    steps = [step for step in available if user.allows(Permission(step.permission))]
    steps.sort(key=lambda step: ROUND.states.index(step.target) < here)  # steps forward before steps back
    shows_obstacles = selection_round.is_open and selection_round.state not in (RoundState.DRAFT, RoundState.SCREENING)
    obstacles = readable_by(user, obstacles_of(selection_round, today)) if shows_obstacles else []
    context = {
        "page": page,
        "round": selection_round,
        "record_keys": record_keys_of(selection_round),
        "tab": "round",
        "steps": [RoundState(state).label for state in ROUND.states],
        "current": here,
        "next_steps": steps,
        "blocking_findings": presenters.blocking_findings(selection_round, steps, today),
        "obstacles": obstacles,
        "stopping": sum(row.weight is Weight.STOPS for row in obstacles),
        "facts": presenters.facts(page),
        "rows": [presenters.row(scored, page) for scored in page.candidates],
        "scatter": presenters.scatter(page),
        "decided": [
            {"decision": decision, "mark": ACTION_MARKS[decision.action], "came": came[decision.candidate_id]}
            for decision in decided
        ],
        "rule": PoolRule.from_dict(selection_round.pool_rule).descriptions,
        "may_run": user.allows(Permission.RUN_ROUNDS) and selection_round.is_open,
        "may_score": user.allows(Permission.RUN_ROUNDS) and selection_round.state not in (RoundState.DRAFT, *CLOSED),
        "may_edit": user.allows(Permission.RUN_ROUNDS) and selection_round.state == RoundState.DRAFT,
        "as_known": selection_round.as_of_at,
    }
    return render(request, "selection/rounds/round.html", context)


class OpenRound(SelectionAction):
    permission = Permission.RUN_ROUNDS
    form_class = RoundForm
    heading = "New round"
    button = "Open the round"
    done = "Round opened. Next, draw its pool."
    intro = (
        "Which countries can be candidates, and which model scores them? You can change everything here until you "
        "draw the pool."
    )
    back = "rounds"

    def breadcrumbs(self) -> Breadcrumbs:
        return [("Home", reverse("home")), ("Rounds", reverse("rounds"))]

    def get_initial(self) -> dict[str, Any]:
        return presenters.usual(self.today)

    def perform(self, values: Mapping[str, Any]) -> str:
        return reverse("round", args=[services.open_round(actor=self.actor, **values).pk])


class EditRound(RoundAction):
    permission = Permission.RUN_ROUNDS
    form_class = RoundForm
    form: RoundForm
    heading = "Edit the round"
    button = "Save the round"
    done = "Round saved."
    intro = "The rule applies when you draw the pool."

    def load(self) -> None:
        super().load()
        self.kicker = f"FY {self.round.fiscal_year}, {self.round.get_state_display().lower()}"

    def redirect_reason(self) -> str:
        is_draft = self.round.state == RoundState.DRAFT
        return "" if is_draft else "Return the round to draft to change its model, dates, or pool rule."

    def title(self) -> str:
        return f"Edit, {self.round.title}"

    def get_initial(self) -> dict[str, Any]:
        return RoundForm.initial_of(self.round)

    def perform(self, values: Mapping[str, Any]) -> None:
        changed = {name: value for name, value in values.items() if name != "rule"}
        changed["pool_rule"] = values["rule"].to_dict()
        expected = self.form.expected_revision
        services.edit_round(selection_round=self.round, values=changed, actor=self.actor, expected_revision=expected)


class TakeRoundStep(RoundAction):
    permission = Permission.VIEW_ROUNDS
    form_class = RoundStepForm
    transition: Transition

    def load(self) -> None:
        super().load()
        name = self.kwargs["name"]
        if name not in {transition.name for transition in ROUND.transitions}:
            raise Http404
        self.transition = with_target(ROUND.transition(name), self.round)
        check(self.actor, Permission(self.transition.permission))
        self.kicker = f"{self.round}, now {self.round.state_phrase}"
        self.heading = self.button = self.transition.label
        self.done = f"Recorded: {self.transition.label.lower()}."
        final = self.transition.irreversible_because
        self.intro = f"{CONSEQUENCES[name]} You can't undo this step. {final}" if final else CONSEQUENCES[name]

    def redirect_reason(self) -> str:
        state, now = self.round.state, self.round.get_state_display().lower()
        if self.request.method != "POST":
            return "" if state in self.transition.sources else f"“{self.heading}” is not a step from {now}."
        sent = self.request.POST
        is_taken = state == self.transition.target and sent.get("source") != state
        is_silent = is_taken and not sent.get("reason")
        return f"The round is already {self.round.state_phrase}. Nothing changed." if is_silent else ""

    def title(self) -> str:
        return f"{self.heading}, {self.round.title}"

    def get_initial(self) -> dict[str, Any]:
        return {"source": self.round.state}

    def form_arguments(self) -> dict[str, Any]:
        return {"needs_reason": self.transition.needs_reason}

    def findings(self) -> Sequence[Finding]:
        return step_findings(ROUND_CHECKS, self.transition.name, self.round, self.today)

    def perform(self, values: Mapping[str, Any]) -> None:
        services.take_round_step(
            selection_round=self.round, name=self.transition.name, actor=self.actor, reason=values["reason"]
        )


@require_POST
@requires(Permission.RUN_ROUNDS)
def score(request: HttpRequest, pk: int) -> HttpResponseRedirect:
    """Compute the full score; with `newer`, move the round to the current data first."""
    selection_round, user = round_or_404(request, pk), user_of(request)
    try:
        if "newer" in request.POST:
            selection_round = services.move_as_of(selection_round=selection_round, actor=user, reason="Newer evidence")
        made = services.score_round(selection_round=selection_round, actor=user)
    except ValidationError as error:
        messages.error(request, formats.as_shown(" ".join(error.messages)))
    else:
        messages.success(request, f"Score {made.number} computed: {made.run.ranked} candidates have a rank.")
    return redirect("round", pk)


@require_safe
@requires(Permission.VIEW_ROUNDS)
@listing(presenters.POOL_LIST)
def pool(request: HttpRequest, shown: OpenList, pk: int) -> HttpResponseBase:
    selection_round = round_or_404(request, pk)
    form = shown.form(lambda given: PoolFilter(given, auto_id="f-%s"))
    if not form.is_valid():
        raise BadRequest(filter_error(form))
    asked = form.cleaned_data["because"]
    because = None if not asked else ("" if asked == "pool" else asked)
    counts = Counter(selection_round.candidates.values_list("excluded_because", flat=True))
    may_move = user_of(request).allows(Permission.RUN_ROUNDS) and selection_round.is_open
    table = shown.table(presenters.pool_table(selection_round, may_move=may_move))
    rows = queries.pool(selection_round, query=form.cleaned_data["q"], because=because)
    if kind := export_format(request):
        return shown.export(kind, rows, f"pool of {selection_round}", notes=(("Round", selection_round.title),))
    shown.counted(len(rows), sum(counts.values()))
    context = {
        "shown": shown,
        "round": selection_round,
        "form": form,
        "table": table,
        "page": table.page(request, rows),
        "count": len(rows),
        "tab": "round-pool",
        "total": sum(counts.values()),
        "in_pool": counts.get(PoolReason.CANDIDATE.value, 0),
        "rule": PoolRule.from_dict(selection_round.pool_rule).descriptions,
        "against": queries.against_screen(selection_round),
    }
    return render(request, "selection/rounds/pool.html", context)


class MoveCountry(CandidateAction):
    permission = Permission.RUN_ROUNDS
    form_class = MoveForm
    form: MoveForm
    back = "round-pool"

    def load(self) -> None:
        super().load()
        self.kicker = str(self.round)
        country, is_in = self.candidate.country, self.candidate.in_pool
        self.heading = f"Remove {country.name} from the pool" if is_in else f"Add {country.name} to the pool"
        self.button = "Remove it" if is_in else "Add it"
        self.done = f"{country} is now {'out of the pool' if is_in else 'in the pool'}."
        now = f"{self.candidate.get_excluded_because_display()}: {self.candidate.reason}"
        if is_in:
            by_hand = f", added by hand: {self.candidate.reason}" if self.candidate.by_hand else ""
            now = f"It is now a candidate{by_hand}."
        self.intro = (
            f"{now} After this, the rule no longer applies to this country. The reason is shown in the pool and "
            f"printed in the memo."
        )

    def title(self) -> str:
        return f"{self.candidate.country.name}, {self.round.title}"

    def above(self) -> Breadcrumbs:
        return [("Pool", reverse("round-pool", args=[self.round.pk]))]

    def get_initial(self) -> dict[str, Any]:
        return {"revision": self.candidate.current_revision()}

    def perform(self, values: Mapping[str, Any]) -> None:
        services.move_candidate(
            candidate=self.candidate,
            into_pool=not self.candidate.in_pool,
            reason=values["reason"],
            actor=self.actor,
            expected_revision=self.form.expected_revision,
        )
