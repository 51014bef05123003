"""What may be done to an import: read again, compare again, publish, discard, take back. Each by POST, each once."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Concatenate, ParamSpec

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.http import require_http_methods, require_POST

from cpc.accounts.access import requires, user_of
from cpc.accounts.permissions import Permission
from cpc.parameters import check_parameters
from indicators.imports import matching, publishing, queries, reading
from indicators.imports.forms import ReadAgainForm, TakeBackForm
from indicators.imports.publishing import NotPublishable, PreviewOutdated
from indicators.imports.reading import Choice
from indicators.imports.views.imports import UNDER_WAY, begin_reading, import_or_404
from indicators.models import Import, ImportState

P = ParamSpec("P")
Action = Callable[Concatenate[HttpRequest, int, P], HttpResponse]


def _on_its_page(view: Callable[[HttpRequest, Import], None]) -> Callable[[HttpRequest, int], HttpResponse]:
    """An act on an import that ends on the import's page, whatever came of it."""

    @wraps(view)
    def act(request: HttpRequest, pk: int) -> HttpResponse:
        batch = import_or_404(user_of(request), pk)
        try:
            view(request, batch)
        except NotPublishable as refusal:
            messages.error(request, str(refusal))
        return redirect("import", pk)

    return act


@require_POST
@requires(Permission.IMPORT_DATA)
@_on_its_page
def read_again(request: HttpRequest, batch: Import) -> None:
    """Have a file read that nobody finished reading, or that could not be read, perhaps as another source."""
    form = ReadAgainForm(request.POST)
    if not form.is_valid():
        messages.error(
            request, "Nothing was read: choose a source from the list, and an edition of 40 letters at most."
        )
    elif batch.state not in (*UNDER_WAY, ImportState.FAILED):
        messages.info(request, "It has been read already; nothing changed.")
    elif (sibling := queries.open_sibling(batch)) is not None:
        url = reverse("import", args=[sibling.pk])
        words = "The same file is here as <a href='{}'>import {}</a>. Go on with that one."
        messages.info(request, format_html(words, url, sibling.pk))
    else:
        begin_reading(request, batch, form.choice)


@require_POST
@requires(Permission.IMPORT_DATA)
@_on_its_page
def compare_again(request: HttpRequest, batch: Import) -> None:
    """Compare a preview with what is known now."""
    _compare(request, batch)
    messages.info(request, "Compared with what is known now.")


@require_POST
@requires(Permission.IMPORT_DATA)
@_on_its_page
def publish(request: HttpRequest, batch: Import) -> None:
    """Publish what the preview showed; where that no longer holds, publish nothing and show the new preview."""
    if batch.state == ImportState.PREVIEW and request.POST.get("seen") != queries.seen(batch):
        _look_again(request, batch)
        return
    try:
        partial = request.POST.get("partial") == "on"
        outcome = publishing.publish(batch_id=batch.pk, actor=user_of(request), previewed=True, partial=partial)
    except PreviewOutdated:
        _look_again(request, batch)
        return
    if outcome.publication is None:
        messages.info(request, "It had been published already; nothing changed.")
        return
    counts = outcome.batch.counts
    words = "{} is published as number {}: {} new, {} replaced, {} rejected. <a href='{}'>Take it back</a>"
    figures = [f"{counts.get(key, 0):,}" for key in ("new", "changed", "rejected")]
    back = reverse("import-take-back", args=[batch.pk])
    messages.success(request, format_html(words, batch.title, outcome.publication.seq, *figures, back))


def _look_again(request: HttpRequest, batch: Import) -> None:
    why = "mapped a name of this source" if matching.names_changed(batch) else "published another import"
    _compare(request, batch)
    messages.warning(
        request,
        f"Nothing was published: somebody {why} since you opened this page. "
        "It is compared anew below. Look at the counts again before you publish.",
    )


def _compare(request: HttpRequest, batch: Import) -> None:
    """Compare a preview with what is known now; where names were mapped since, match the file again first."""
    if matching.names_changed(batch):
        begin_reading(request, batch, Choice(batch.adapter))
    else:
        reading.refresh(batch_id=batch.pk)


@require_POST
@requires(Permission.IMPORT_DATA)
@_on_its_page
def discard(request: HttpRequest, batch: Import) -> None:
    """Give up an import that was not published."""
    was_discarded = batch.state == ImportState.DISCARDED
    publishing.discard(batch_id=batch.pk, actor=user_of(request))
    if was_discarded:
        messages.info(request, "It had been discarded already; nothing changed.")
    else:
        messages.success(request, "Discarded. Nothing was published. To use the file after all, import it again.")


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.IMPORT_DATA)
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for the reason, say what will happen, and take a published import back."""
    check_parameters(request, ())
    user = user_of(request)
    batch = import_or_404(user, pk)
    form = TakeBackForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _taken_back(request, batch, form.cleaned_data["reason"])
    if batch.state != ImportState.PUBLISHED:
        messages.info(request, "Only a published import can be taken back; this one is not published.")
        return redirect("import", pk)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    context = {"batch": batch, "form": form, "standing": queries.standing_of(batch)}
    return render(request, "indicators/import_take_back.html", context, status=status)


def _taken_back(request: HttpRequest, batch: Import, reason: str) -> HttpResponse:
    try:
        outcome = publishing.retract(batch_id=batch.pk, actor=user_of(request), reason=reason)
    except NotPublishable as refusal:
        messages.error(request, str(refusal))
    else:
        if outcome.publication is None:
            messages.info(request, "It had been taken back already; nothing changed.")
        else:
            words = (
                f"{batch.title} is taken back, as number {outcome.publication.seq}. What it had replaced stands again."
            )
            messages.success(request, words)
    return redirect("import", batch.pk)
