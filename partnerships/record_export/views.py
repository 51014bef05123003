"""Download of the whole record of a partnership."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from cpc.accounts.access import requires, user_of
from cpc.accounts.permissions import Permission
from cpc.parameters import check_parameters
from partnerships.models import Partnership
from partnerships.record_export.services import export_partnership


@require_safe
@requires(Permission.VIEW_PARTNERSHIPS)
def record_zip(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Send everything that the account may see of a partnership as one ZIP that opens without the product."""
    check_parameters(request, ())
    partnership = get_object_or_404(Partnership.objects.select_related("country"), pk=pk)
    return export_partnership(partnership=partnership, actor=user_of(request))
