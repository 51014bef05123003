"""What is done with whole versions of a scoring model: clone, import, publish, withdraw."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from cpc.accounts.access import requires, user_of
from cpc.accounts.permissions import Permission
from cpc.parameters import check_parameters
from selection.lookups.model_versions import version_before
from selection.model_versions.forms.versions import (
    CloneForm,
    ImportForm,
    PublishForm,
    WithdrawForm,
)
from selection.model_versions.presenters.changes import model_change
from selection.model_versions.services import versions as versions_services
from selection.model_versions.views.versions import model_or_404
from selection.models import ModelState, ScoringModel
from selection.page_frame import (
    METHODS,
    Act,
    Trail,
    answer,
    sent,
)


def trail_of(model: ScoringModel | None) -> Trail:
    """The way from the start page to a page under a version; without one, under the list."""
    above = [("Home", reverse("home")), ("Ranking", reverse("ranking")), ("Scoring models", reverse("models"))]
    return above if model is None else [*above, (str(model), address(model))]


def address(model: ScoringModel) -> str:
    """Where a version is read."""
    return reverse("model", args=[model.pk])


@require_http_methods(METHODS)
@requires(Permission.EDIT_MODELS)
def clone(request: HttpRequest, pk: int) -> HttpResponse:
    """Draft the next version from any version."""
    check_parameters(request, ())
    found = model_or_404(pk)
    form = CloneForm(sent(request))

    def work() -> str:
        made = versions_services.clone_model(model=found, note=form.cleaned_data["note"], actor=user_of(request))
        return address(made)

    act = Act(
        f"Draft a version from version {found.number}",
        "Make the draft",
        address(found),
        trail_of(found),
        str(found),
        "Which version comes next? The draft begins as a copy, and counts nothing until another person publishes it.",
    )
    return answer(request, form, act, work, "The draft is made. Change what is to be different.")


@require_http_methods(METHODS)
@requires(Permission.EDIT_MODELS)
def import_model(request: HttpRequest) -> HttpResponse:
    """Draft a version from a JSON file; what is wrong with it is told place by place."""
    check_parameters(request, ())
    form = ImportForm(sent(request), request.FILES) if request.method == "POST" else ImportForm()

    def work() -> str:
        asked = form.cleaned_data
        return address(versions_services.import_model(data=asked["file"], note=asked["note"], actor=user_of(request)))

    act = Act(
        "Import a model",
        "Check it and make a draft",
        reverse("models"),
        trail_of(None),
        "",
        "A file becomes a draft where nothing is wrong with it. It keeps its key and gets the next number.",
        template="selection/models/import.html",
    )
    return answer(request, form, act, work, "The file is a good model; the draft is made.")


@require_http_methods(METHODS)
@requires(Permission.APPROVE_SELECTION)
def publish(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Publish a draft that somebody else wrote; what stands in the way and what it changes is listed before."""
    check_parameters(request, ())
    found, user = model_or_404(pk), user_of(request)
    if found.state == ModelState.PUBLISHED and request.method != "POST":
        messages.info(request, f"{found} is published already.")
        return redirect(address(found))
    form = PublishForm(sent(request), initial={"seen": found.edit})

    def work() -> None:
        versions_services.publish_model(model=found, actor=user, edit=form.cleaned_data["seen"] or 0)

    before = version_before(found)
    act = Act(
        f"Publish version {found.number}",
        f"Publish version {found.number}",
        address(found),
        trail_of(found),
        str(found),
        "From then on nobody changes it. Stored runs and rounds keep the version they were scored with.",
        facts=[("What is different", found.note or "Not said yet"), ("Drafted by", found.drafted_by)],
        findings=versions_services.publication_findings(found, user),
        template="selection/models/publish.html",
    )
    done = "It is published. Compute the ranking to score the desk screen on it."
    context = {"model": found, "change": None if before is None else model_change(before, found)}
    return answer(request, form, act, work, done, **context)


@require_http_methods(METHODS)
@requires(Permission.EDIT_MODELS)
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a draft back, with the reason."""
    check_parameters(request, ())
    found = model_or_404(pk)
    form = WithdrawForm(sent(request))

    def work() -> None:
        versions_services.withdraw_model(model=found, reason=form.cleaned_data["reason"], actor=user_of(request))

    act = Act(f"Withdraw version {found.number}", "Withdraw the draft", address(found), trail_of(found), str(found))
    return answer(request, form, act, work, "The draft is withdrawn.")
