"""Pages of imports: the list with the upload, and one import in every state."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

from django.core.exceptions import BadRequest, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django_htmx.http import HttpResponseClientRefresh

from cpc.accounts.access import check, requires, user_of
from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.files.storage import files
from cpc.parameters import check_parameters
from cpc.web import exports
from cpc.web.actions import ActionView
from cpc.web.lists import PASSING, OpenList, listing, open_list, reordered
from cpc.web.tables import export_format, paginate
from indicators.curated import program_imports
from indicators.imports import comparison, queries, receiving
from indicators.imports.forms import ReadAgainForm, UploadForm
from indicators.imports.presenters import (
    IMPORTS,
    IMPORTS_LIST,
    ISSUES,
    ISSUES_FILE,
    ISSUES_LIST,
    OWN_FIELDS,
    OWN_NOTES,
    REJECTED,
    preview_table,
)
from indicators.imports.queries import count_unknown
from indicators.imports.views.frame import UNDER_WAY, begin_reading, import_or_404
from indicators.models import Import, ImportState, SourceFile
from indicators.observations.as_of import current
from indicators.publications import effects, results
from indicators.publications.queries import visible_imports
from indicators.sources.base import Reason, Severity
from indicators.sources.documents import UnreadableFile

logger = logging.getLogger(__name__)

SHOWN_STATUSES = {"new": "New", "changed": "Changed", "older": "Older edition", "unchanged": "Unchanged"}
VALUES_A_PAGE = 25


class Upload(ActionView):
    """List of the imports the user may see, with the upload for analysts.

    `?source=` fills in its source.
    """

    permission = Permission.VIEW_OBSERVATIONS
    parameters = (*IMPORTS_LIST.held, *IMPORTS_LIST.beside, *PASSING)
    form_class = UploadForm
    template_name = "indicators/imports/imports.html"
    consequence = "Nothing was imported."
    back = "imports"
    form: UploadForm

    def load(self) -> None:
        if self.request.method == "POST":
            check(self.actor, Permission.IMPORT_DATA)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return reordered(request) or super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the list, or return it as a file."""
        if kind := export_format(request):
            shown = open_list(request, IMPORTS_LIST)
            shown.table(IMPORTS)
            return cast(HttpResponse, shown.export(kind, self.rows(), "imports"))
        return super().get(request, *args, **kwargs)

    def rows(self) -> QuerySet[Import]:
        """Return the imports in the state of the URL. Raises `BadRequest` for one that does not exist."""
        state = self.request.GET.get("state", "")
        if state and state not in ImportState.values:
            raise BadRequest(f"There is no state “{state}”. Choose one of {', '.join(ImportState.values)}.")
        rows = visible_imports(self.actor)
        return rows.filter(state=state) if state else rows

    def form_arguments(self) -> dict[str, Any]:
        return {"auto_id": "u-%s"}

    def get_form(self) -> UploadForm:
        form = super().get_form()
        assert isinstance(form, UploadForm)
        if source := self.request.GET.get("source"):
            form.offer(source)
        return form

    def perform(self, values: Mapping[str, Any]) -> str:
        receipt = _receive(values["file"], self.actor)
        batch = receipt.batch
        url = reverse("import", args=[batch.pk])
        if receipt.is_new:
            begin_reading(self.request, batch, self.form.choice)
        else:
            state = {ImportState.PUBLISHED: "published", ImportState.PREVIEW: "ready for review"}
            text = "This file has already been received ({}) as <a href='{}'>import {}</a>. Nothing changed."
            known = state.get(ImportState(batch.state), "being read")
            self.unchanged = format_html(text, known, url, batch.pk)
        return url

    def get_context(self) -> dict[str, Any]:
        shown = open_list(self.request, IMPORTS_LIST)
        rows, table = visible_imports(self.actor), shown.table(IMPORTS)
        may_import = self.actor.allows(Permission.IMPORT_DATA)
        page = table.page(self.request, self.rows())
        shown.counted(page.paginator.count)
        return super().get_context() | {
            "shown": shown,
            "may_import": may_import,
            "state": self.request.GET.get("state", ""),
            "states": ImportState.choices if may_import else [],
            "table": table,
            "page": page,
            "waiting": rows.filter(state=ImportState.PREVIEW).count(),
            "any": rows.exists(),
        }


def _receive(file: UploadedFile[bytes], actor: User) -> receiving.Receipt:
    try:
        return receiving.receive_stream(chunks=file.chunks(), name=file.name or "", actor=actor)
    except UnreadableFile as fault:
        text = f"{fault.message} {fault.remedy}"
    except OSError as error:
        logger.exception("an upload could not be stored")
        reason = error.strerror or "the disk rejected it"
        text = f"The server could not store the file ({reason}). Nothing was saved. Try again later."
    raise ValidationError({"file": text})


@require_safe
@requires(Permission.VIEW_OBSERVATIONS)
def own_form(request: HttpRequest, kind: str) -> HttpResponseBase:
    """Return the empty form of the office's own indicators.

    The workbook explains its columns in a second sheet.
    """
    check_parameters(request, ())
    if kind not in ("csv", "xlsx"):
        raise Http404
    return exports.response(kind, (), OWN_FIELDS, "own-indicators-form", sheet="Values", notes=OWN_NOTES)


@never_cache
@require_safe
@requires(Permission.VIEW_OBSERVATIONS)
def import_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one import: its progress, its preview, the reason it cannot be read, or what it published."""
    check_parameters(request, ("show", "q", "page"))
    user = user_of(request)
    batch = import_or_404(user, pk)
    rejected = queries.issue_groups(batch, Severity.REJECTED)
    context: dict[str, Any] = {
        "batch": batch,
        "here": f"Import {batch.pk}",
        "steps": queries.STEPS,
        "step": queries.step_of(batch),
        "may_import": user.allows(Permission.IMPORT_DATA),
        "rejected": rejected,
        "rejected_table": REJECTED,
        "rejected_issues": [issue for group in rejected for issue in group.issues],
        "warnings": queries.issue_groups(batch, Severity.WARNING),
        "notes": queries.issue_groups(batch, Severity.NOTE),
        "fields": queries.field_rows(batch),
        "publications": queries.publications_of(batch),
    }
    if batch.state in UNDER_WAY:
        context |= {"read_again": ReadAgainForm(auto_id="r-%s")}
    elif batch.state == ImportState.FAILED:
        context |= {"read_again": ReadAgainForm(auto_id="r-%s"), "sibling": queries.open_sibling(batch)}
    elif batch.state == ImportState.PREVIEW:
        context |= _preview(request, batch, user) | {"unknown_names": count_unknown(batch)}
    else:
        newest = max((publication.seq for publication in context["publications"].values() if publication), default=None)
        context |= {
            "counts_today": queries.published_counts(batch),
            "results": [] if newest is None else results.results(request, results.ChangedData(number=newest)),
        }
    template = {ImportState.RECEIVED: "reading", ImportState.PUBLISHED: "closed", ImportState.RETRACTED: "closed"}
    name = template.get(ImportState(batch.state), "closed" if batch.state == ImportState.DISCARDED else batch.state)
    return render(request, f"indicators/imports/import_{name}.html", context)


def _preview(request: HttpRequest, batch: Import, user: User) -> dict[str, Any]:
    counts = batch.counts
    there = [status for status in SHOWN_STATUSES if counts.get(status)]
    shown = request.GET.get("show") or (there[0] if there else "new")
    if shown not in SHOWN_STATUSES:
        raise BadRequest(f"“{shown}” can't be shown. Choose one of {', '.join(SHOWN_STATUSES)}.")
    query = request.GET.get("q", "").strip()
    published = sum(counts.get(key, 0) for key in ("new", "changed", "older"))
    programs = bool(counts.get("programs"))
    rows: Sequence[Any] = queries.PreviewRows(batch, shown, query)
    if programs:
        rows = program_imports.rows(batch, status=shown, country=query)
    return {
        "outdated": counts.get("compared_with") != current(),
        "revision": comparison.revision_of(batch),
        "show": shown,
        "shown_label": SHOWN_STATUSES[shown],
        "statuses": [(status, SHOWN_STATUSES[status], counts[status]) for status in there],
        "q": query,
        "table": preview_table(shown, SHOWN_STATUSES[shown]),
        "page": paginate(request, rows, VALUES_A_PAGE),
        "changed": queries.PreviewRows(batch, "changed")[: queries.SHOWN]
        if counts.get("changed") and not programs
        else [],
        "country_counts": queries.staged_country_counts(batch),
        "effects": effects.effects(batch, user),
        "published": published,
        "nothing": not (published or counts.get("unchanged") or counts.get("narratives")),
    }


@never_cache
@require_safe
@requires(Permission.IMPORT_DATA)
def import_progress(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the progress of the reading as a fragment.

    The page is reloaded once the reading is finished.
    """
    check_parameters(request, ())
    batch = import_or_404(user_of(request), pk)
    if batch.state not in UNDER_WAY:
        return HttpResponseClientRefresh() if request.htmx else redirect("import", pk)  # type: ignore[attr-defined]  # set by htmx
    context = {"batch": batch, "steps": queries.STEPS, "step": queries.step_of(batch)}
    return render(request, "indicators/imports/_progress.html", context)


@require_safe
@requires(Permission.VIEW_OBSERVATIONS)
@listing(ISSUES_LIST)
def import_issues(request: HttpRequest, shown: OpenList, pk: int) -> HttpResponseBase:
    """Show the issues of an import in the file's order; `?format=csv|xlsx` exports them."""
    batch = import_or_404(user_of(request), pk)
    severity, reason = request.GET.get("severity", ""), request.GET.get("reason", "")
    for asked, known in ((severity, Severity), (reason, Reason)):
        if asked and asked not in [choice.value for choice in known]:
            raise BadRequest(f"There is no “{asked}”. Choose one of {', '.join(choice.value for choice in known)}.")
    rows = queries.issues_of(batch, severity=severity, reason=reason)
    table = shown.table(replace(ISSUES, file=ISSUES_FILE))
    if kind := export_format(request):
        return shown.export(kind, rows.iterator(), f"import-{batch.pk}-issues")
    page = table.page(request, rows)
    shown.counted(page.paginator.count)
    may_map = user_of(request).allows(Permission.IMPORT_DATA) and batch.state == ImportState.PREVIEW
    context = {
        "batch": batch,
        "unknown_names": count_unknown(batch) if may_map else 0,
        "shown": shown,
        "table": table,
        "page": page,
        "severity": severity,
        "reason": reason,
        "severities": [(choice.value, choice.value.capitalize()) for choice in Severity],
        "reasons": [(group.reason, group.label) for found in Severity for group in queries.issue_groups(batch, found)],
    }
    return render(request, "indicators/imports/import_issues.html", context)


@require_safe
@requires(Permission.IMPORT_DATA)
def file(request: HttpRequest, sha256: str) -> FileResponse:
    """Return the stored bytes as a download.

    Raises `Http404` if only the name is known or it is a folder.
    """
    check_parameters(request, ())
    known = get_object_or_404(SourceFile, sha256=sha256)
    try:
        stored = files().open(known.stored_name)
    except (FileNotFoundError, IsADirectoryError) as error:
        raise Http404 from error
    response = FileResponse(stored, as_attachment=True, filename=known.name, content_type="application/octet-stream")
    response["X-Content-Type-Options"] = "nosniff"
    return response
