"""The page of a record on any past day, with the changes since."""

from __future__ import annotations

from django.core.exceptions import BadRequest
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.views.decorators.http import require_safe

from cpc.accounts.access import requires
from cpc.accounts.permissions import Permission
from cpc.parameters import check_parameters
from partnerships.history import presenters
from partnerships.history.forms import AsOfForm
from partnerships.history.queries import as_of as record_as_of
from partnerships.history.queries import first_day
from partnerships.page_frame import get_partnership_or_404, render_page


@require_safe
@requires(Permission.VIEW_PARTNERSHIPS)
def as_of(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Show every row at the end of the day `?date=`, which defaults to today."""
    check_parameters(request, ("date",))
    partnership, today = get_partnership_or_404(pk), timezone.now().date()
    form = AsOfForm({"date": request.GET.get("date") or today.isoformat()}, auto_id="f-%s")
    if not form.is_valid():
        raise BadRequest("Enter the date as year, month, and day, such as 2026-11-24.")
    day = min(form.cleaned_data["date"], today)
    then = record_as_of(partnership, day)
    changes = presenters.changed_since(then, record_as_of(partnership, today)) if then and day < today else []
    return render_page(
        request,
        "partnerships/history/as_of.html",
        partnership,
        "partnership-as-of",
        here="Past record",
        form=form,
        day=day,
        first=first_day(partnership),
        tables=presenters.past_tables(then),
        changes_table=presenters.CHANGES,
        changes=changes,
        since=presenters.changes_sentence(changes),
    )
