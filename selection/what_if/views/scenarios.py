"""Actions on scenarios: save, open, share, and withdraw one, and draft a model from a question."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.http import require_safe

from cpc.accounts.access import requires, user_of
from cpc.accounts.permissions import Permission
from cpc.parameters import check_parameters
from cpc.web.actions import Breadcrumbs
from selection.lookups.model_versions import version_of
from selection.models import Scenario, ScoreRun
from selection.page_frame import SelectionAction
from selection.runs.rows import ranking_of
from selection.what_if import services
from selection.what_if.answer import askable_of
from selection.what_if.forms import DraftOfQuestionForm, SaveScenarioForm
from selection.what_if.listing import Asking
from selection.what_if.presenters.sentences import changes_text
from selection.what_if.queries.answers import run_label
from selection.what_if.queries.scenarios import find_scenario, question_of
from selection.what_if.views.listing import asking_of, unasked

_BESIDE = ("run",)


@require_safe
@requires(Permission.VIEW_RANKINGS)
def scenario(request: HttpRequest, key: uuid.UUID) -> HttpResponseBase:
    """Open a scenario by redirecting to its question on the What if page."""
    check_parameters(request, ())
    saved = find_scenario(user_of(request), str(key))
    if saved is None:
        raise Http404
    question = question_of(saved)
    if question is None:
        return unasked(request, saved.run)
    pairs = [("run", str(saved.run.pk)), *question.pairs(), ("scenario", str(saved.key))]
    return redirect(reverse("what-if", query=pairs))


class WhatIfAction(SelectionAction):
    permission = Permission.VIEW_RANKINGS
    back = "what-if"

    def breadcrumbs(self) -> Breadcrumbs:
        return [
            ("Home", reverse("home")),
            ("Ranking", reverse("ranking")),
            ("What if", reverse("what-if")),
            *self.above(),
        ]

    def above(self) -> Breadcrumbs:
        return ()


# ---- the question of the URL ---------------------------------------------------------------------------------------


class QuestionAction(WhatIfAction):
    asking: Asking
    score_run: ScoreRun

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Read the question first, which checks its own parameters. If no run can be asked, show why."""
        self.asking = asking_of(request, _BESIDE)
        if self.asking.run is None or self.asking.basis is None:
            return unasked(request, self.asking.run)
        self.score_run, self.parameters = self.asking.run, request.GET
        self.kicker = run_label(self.score_run)
        return super().dispatch(request, *args, **kwargs)

    @property
    def back_url(self) -> str:
        return reverse("what-if", query=[("run", str(self.score_run.pk)), *self.asking.question.pairs()])

    def facts(self) -> Sequence[tuple[str, Any]]:
        return [("Changes", self.changes())]

    def changes(self) -> str:
        assert self.asking.basis is not None  # `dispatch` has checked it
        names = {row.code: row.name for row in ranking_of(self.score_run).rows}
        found = changes_text(self.asking.question, askable_of(self.asking.basis), lambda code: names.get(code, code))
        return found or "None yet"


class SaveScenario(QuestionAction):
    form_class = SaveScenarioForm
    heading = "Save as scenario"
    button = "Save the scenario"
    done = "Scenario saved."
    intro = "A scenario stores these numbers, the run, and your name. No official result changes."

    def perform(self, values: Mapping[str, Any]) -> str:
        saved = services.save_scenario(run=self.score_run, question=self.asking.question, actor=self.actor, **values)
        return reverse("scenario", args=[saved.key])


class DraftModel(QuestionAction):
    """Draft the next version of the run's model with the weights of the URL."""

    permission = Permission.EDIT_MODELS
    form_class = DraftOfQuestionForm
    template_name = "selection/what_if/draft.html"
    heading = "Make a draft model"
    button = "Make the draft"
    done = "Draft created. This page shows what it changes."
    intro = (
        "The draft is the next version of the model with these weights. It has no effect until another person "
        "publishes it. Criteria that count only in the full score keep their points."
    )

    def get_initial(self) -> dict[str, Any]:
        return {"note": self.changes()}

    def perform(self, values: Mapping[str, Any]) -> str:
        before = version_of(self.score_run)
        made = services.draft_of_question(
            run=self.score_run, question=self.asking.question, note=values["note"], actor=self.actor
        )
        return reverse("model-compare", args=[made.pk]) + (f"?to={before.pk}" if before else "")

    def get_context(self) -> dict[str, Any]:
        return super().get_context() | {"asking": self.asking}


# ---- one's own scenario --------------------------------------------------------------------------------------------


class ScenarioAction(WhatIfAction):
    scenario: Scenario

    def load(self) -> None:
        scenario = find_scenario(self.actor, str(self.kwargs["key"]))
        if scenario is None or scenario.author_id != self.actor.pk:
            raise Http404
        self.scenario = scenario
        self.kicker = str(scenario.run)

    @property
    def scenario_url(self) -> str:
        return reverse("scenario", args=[self.scenario.key])

    def above(self) -> Breadcrumbs:
        return [(self.scenario.name, self.scenario_url)]


class ShareScenario(ScenarioAction):
    button = "Share by link"
    done = "Scenario shared. Anyone with the link who can view rankings can open it."
    intro = (
        "Anyone who has the link and can view rankings can open it until you withdraw it. You can't make it "
        "private again."
    )
    back = "scenario"

    def load(self) -> None:
        super().load()
        self.heading = f"Share “{self.scenario.name}”"

    def back_arguments(self) -> Sequence[Any]:
        return [self.scenario.key]

    def redirect_reason(self) -> str:
        if self.request.method == "POST" or (self.scenario.is_open and not self.scenario.shared_at):
            return ""
        return f"The scenario is {'already shared' if self.scenario.is_open else 'withdrawn'}."

    def facts(self) -> Sequence[tuple[str, Any]]:
        link = self.request.build_absolute_uri(self.scenario_url)
        return [("Link", format_html('<span class="u-break">{}</span>', link))]

    def perform(self, values: Mapping[str, Any]) -> None:
        services.share_scenario(scenario=self.scenario, actor=self.actor)


class WithdrawScenario(ScenarioAction):
    button = "Withdraw the scenario"
    done = "Scenario withdrawn."
    intro = "It leaves your list, and only you can open its link. The record is kept."

    def load(self) -> None:
        super().load()
        self.heading = f"Withdraw “{self.scenario.name}”"

    def redirect_reason(self) -> str:
        is_over = self.request.method != "POST" and not self.scenario.is_open
        return "The scenario was already withdrawn." if is_over else ""

    def perform(self, values: Mapping[str, Any]) -> None:
        services.withdraw_scenario(scenario=self.scenario, actor=self.actor)
