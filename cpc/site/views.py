"""Pages of the kernel: dashboard, search, statements, and the health of the server."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cpc.accounts.access import requires, user_of
from cpc.accounts.permissions import Permission
from cpc.parameters import check_parameters
from cpc.site import (
    dashboard,
    gallery,
    gallery_choosing,
    queue,
    readiness,
    search,
)
from cpc.web import formats

SHOWN = 12
"""The most rows of a group of the queue that home shows."""


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show this account's tasks and the panels of its apps; lead an account of a program to its documentation."""
    if user_of(request).is_for_programs:
        return redirect("api-documentation")
    return _dashboard(request)


home.required_permission = Permission.USE_PAGES  # type: ignore[attr-defined]  # read by the navigation and the tests


@requires(Permission.USE_PAGES)
def _dashboard(request: HttpRequest) -> HttpResponse:
    check_parameters(request, ())
    today = timezone.now().date()
    waiting = queue.queue_of(queue.Desk(user_of(request), today, SHOWN))
    context = {
        "today": today,
        "tasks": [item for section in waiting.sections(SHOWN) for item in section.items],
        "waiting": waiting.total,
        "panels": dashboard.render_panels(request),
        "sees_rankings": user_of(request).allows(Permission.VIEW_RANKINGS),
    }
    return render(request, "home.html", context)


@require_safe
@requires(Permission.USE_PAGES)
def find(request: HttpRequest) -> HttpResponse:
    check_parameters(request, ("q",))
    query = request.GET.get("q", "").strip()
    groups = search.search(request, query)
    context = {
        "query": query,
        "too_short": 0 < len(query) < search.MINIMUM_LENGTH,
        "groups": groups,
        "count": sum(len(group.hits) for group in groups),
        "labels": search.labels(request),
    }
    return render(request, "search.html", context)


@require_safe
@login_not_required
def statement(request: HttpRequest, template: str) -> HttpResponse:
    """Show a page of text that is open to visitors: accessibility, privacy, or which data are real."""
    check_parameters(request, ())
    return render(request, f"pages/{template}.html")


@require_safe
@requires(Permission.USE_PAGES)
def states(request: HttpRequest) -> HttpResponse:
    """Show every state of a page, and the labels of missing values, with sample values."""
    check_parameters(request, ("sort",))
    context = {
        "missing_texts": formats.MISSING_LABELS,
        "steps": gallery.IMPORT_STEPS,
        "form": gallery.refused_form(),
        "refused_files": gallery.REFUSED_FILES,
        "charts": gallery.charts(),
        "rows": gallery.rows(),
        "choosing": gallery_choosing.context(),
    }
    return render(request, "pages/states.html", context)


@require_safe
@login_not_required
def security_contact(request: HttpRequest) -> HttpResponse:
    """Return where to report a vulnerability, as RFC 9116 describes it."""
    check_parameters(request, ())
    lines = (
        f"Contact: {settings.SECURITY_CONTACT}",
        f"Expires: {settings.SECURITY_CONTACT_EXPIRES.isoformat()}T00:00:00Z",
        "Preferred-Languages: en",
        f"Canonical: {settings.SITE_URL.rstrip('/')}{reverse('security-contact')}",
    )
    response = HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
    response["Cache-Control"] = "public, max-age=86400"
    return response


@require_safe
@login_not_required
@never_cache
def health(_request: HttpRequest) -> JsonResponse:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return JsonResponse({"status": "unavailable", "database": "unreachable"}, status=503)
    return JsonResponse({"status": "ok", "database": "ok"})


@require_safe
@login_not_required
@never_cache
def ready(_request: HttpRequest) -> JsonResponse:
    """Return 200 if this process can do its work, or 503 with what is missing, disabled, or unreachable."""
    problems = readiness.problems()
    is_ready = not any(problems.values())
    answer = {"status": "ready" if is_ready else "not ready", "checks": problems}
    return JsonResponse(answer, status=200 if is_ready else 503)
