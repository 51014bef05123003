"""Pages of the kernel: statements, and the health of the server."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cpc.accounts.access import requires
from cpc.accounts.permissions import Permission
from cpc.parameters import check_parameters
from cpc.site import gallery, gallery_choosing, readiness
from cpc.site.monitoring import may_see_details
from cpc.web import formats


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
def ready(request: HttpRequest) -> JsonResponse:
    """Return 200 if this process can do its work, or 503; to those who may see it, with everything that is wrong.

    What only an administrator must see to, such as a disk that is filling up, does not make it a 503.
    """
    is_known = may_see_details(request)
    problems = readiness.problems() if is_known else readiness.known_problems()
    is_ready = readiness.is_ready(problems)
    answer = {"status": "ready" if is_ready else "not ready"} | ({"checks": problems} if is_known else {})
    return JsonResponse(answer, status=200 if is_ready else 503)
