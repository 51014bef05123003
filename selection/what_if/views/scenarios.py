"""Keep a question as a scenario, open, share and withdraw one, and make a draft of a model of a question."""

from __future__ import annotations

import uuid
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.http import require_http_methods, require_safe

from cpc.accounts.access import requires, user_of
from cpc.accounts.permissions import Permission
from cpc.parameters import check_parameters
from selection.lookups.model_versions import version_of
from selection.models import Scenario
from selection.page_frame import (
    METHODS,
    Act,
    Trail,
    answer,
    sent,
)
from selection.what_if import services
from selection.what_if.answer import askable_of
from selection.what_if.forms import DraftOfQuestionForm, KeepScenarioForm, ScenarioActForm
from selection.what_if.presenters.sentences import question_words
from selection.what_if.queries.answers import run_label
from selection.what_if.queries.scenarios import find_scenario, question_of
from selection.what_if.views.listing import Asking, asking_of, unasked

_BESIDE = ("run",)


def _trail(*above: tuple[str, str]) -> Trail:
    return [("Home", reverse("home")), ("Ranking", reverse("ranking")), ("What if", reverse("what-if")), *above]


def _changes(asking: Asking) -> list[str]:
    """Return what the question changes, one sentence a part."""
    assert asking.basis is not None  # the view has asked
    return question_words(asking.question, askable_of(asking.basis)) or ["Nothing yet"]


def _page(asking: Asking) -> str:
    """Return the page What if with this question to its run."""
    pairs = [("run", str(asking.run.pk if asking.run else "")), *asking.question.pairs()]
    return f"{reverse('what-if')}?{urlencode(pairs)}"


@require_http_methods(METHODS)
@requires(Permission.VIEW_RANKINGS)
def new(request: HttpRequest) -> HttpResponseBase:
    """Keep the question of the address as a scenario."""
    asking = asking_of(request, _BESIDE)
    run = asking.run
    if run is None or asking.basis is None:
        return unasked(request, run)
    form = KeepScenarioForm(sent(request))

    def work() -> str:
        kept = services.keep_scenario(
            run=run,
            question=asking.question,
            name=form.cleaned_data["name"],
            shared=form.cleaned_data["shared"],
            actor=user_of(request),
        )
        return reverse("scenario", args=[kept.key])

    act = Act(
        "Save as scenario",
        "Save the scenario",
        _page(asking),
        _trail(),
        run_label(run),
        "It keeps these numbers, the run, and your name. Nothing official changes.",
        facts=[("What differs", " ".join(_changes(asking)))],
    )
    return answer(request, form, act, work, "The scenario is saved.")


@require_safe
@requires(Permission.VIEW_RANKINGS)
def scenario(request: HttpRequest, key: uuid.UUID) -> HttpResponseBase:
    """Open a scenario: lead to its question on the page What if."""
    check_parameters(request, ())
    found = _scenario_or_404(request, key)
    question = question_of(found)
    if question is None:
        return unasked(request, found.run)
    pairs = [("run", str(found.run.pk)), *question.pairs(), ("scenario", str(found.key))]
    return redirect(f"{reverse('what-if')}?{urlencode(pairs)}")


def _scenario_or_404(request: HttpRequest, key: uuid.UUID, *, own: bool = False) -> Scenario:
    found = find_scenario(user_of(request), str(key))
    if found is None or (own and found.author_id != user_of(request).pk):
        raise Http404
    return found


@require_http_methods(METHODS)
@requires(Permission.VIEW_RANKINGS)
def share(request: HttpRequest, key: uuid.UUID) -> HttpResponseBase:
    """Share one's own scenario by its link."""
    check_parameters(request, ())
    found = _scenario_or_404(request, key, own=True)
    back = reverse("scenario", args=[found.key])
    if request.method != "POST" and (found.shared_at or not found.is_open):
        state = "shared already" if found.is_open else "withdrawn"
        messages.info(request, f"The scenario is {state}.")
        return redirect(back)
    form = ScenarioActForm(sent(request))

    def work() -> None:
        services.share_scenario(scenario=found, actor=user_of(request))

    act = Act(
        f"Share “{found.name}”",
        "Share it by link",
        back,
        _trail((found.name, back)),
        str(found.run),
        "Everyone who has the link and may see rankings can then open it, until you withdraw it. It cannot be made "
        "private again.",
        facts=[("Link", format_html('<span class="u-break">{}</span>', request.build_absolute_uri(back)))],
    )
    return answer(request, form, act, work, "The scenario is shared. Its link opens it.")


@require_http_methods(METHODS)
@requires(Permission.VIEW_RANKINGS)
def withdraw(request: HttpRequest, key: uuid.UUID) -> HttpResponseBase:
    """Withdraw one's own scenario."""
    check_parameters(request, ())
    found = _scenario_or_404(request, key, own=True)
    if request.method != "POST" and not found.is_open:
        messages.info(request, "The scenario was withdrawn already.")
        return redirect("what-if")
    form = ScenarioActForm(sent(request))

    def work() -> None:
        services.withdraw_scenario(scenario=found, actor=user_of(request))

    act = Act(
        f"Withdraw “{found.name}”",
        "Withdraw the scenario",
        reverse("what-if"),
        _trail((found.name, reverse("scenario", args=[found.key]))),
        str(found.run),
        "It leaves your list, and its link opens for you alone. It stays on record.",
    )
    return answer(request, form, act, work, "The scenario is withdrawn.")


@require_http_methods(METHODS)
@requires(Permission.EDIT_MODELS)
def draft(request: HttpRequest) -> HttpResponseBase:
    """Draft the next version of the run's model with the weights of the address."""
    asking = asking_of(request, _BESIDE)
    run = asking.run
    if run is None or asking.basis is None:
        return unasked(request, run)
    form = DraftOfQuestionForm(sent(request), initial={"note": " ".join(_changes(asking))})
    before = version_of(run)

    def work() -> str:
        made = services.draft_of_question(
            run=run, question=asking.question, note=form.cleaned_data["note"], actor=user_of(request)
        )
        beside = f"?to={before.pk}" if before else ""
        return reverse("model-compare", args=[made.pk]) + beside

    act = Act(
        "Make a draft model",
        "Make the draft",
        _page(asking),
        _trail(),
        run_label(run),
        "The draft is the next version of the model with these weights. It counts nothing until another person "
        "publishes it. Criteria that only the full score counts keep their points.",
        facts=[("What differs", " ".join(_changes(asking)))],
        template="selection/what_if/draft.html",
    )
    return answer(request, form, act, work, "The draft is made. Here is what it changes.", asking=asking)
