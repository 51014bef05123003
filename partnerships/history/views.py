"""The page of a record on any past day, with the changes since."""

from __future__ import annotations

from django import forms
from django.core.exceptions import BadRequest

from cpc.accounts.permissions import Permission
from cpc.audit.queries import entries_of
from partnerships.form_parts.base import day
from partnerships.history import presenters
from partnerships.history.queries import as_of as record_as_of
from partnerships.history.queries import first_day
from partnerships.history.timeline import dated_rows, timeline
from partnerships.page_frame import Context, Visit, partnership_page

SHOWN = 12
"""Events of the timeline that are not folded."""


@partnership_page("history/as_of.html", "partnership-as-of", "Past record", parameters=("date",), documented=True)
def as_of(visit: Visit) -> Context:
    """Show every row at the end of the day `?date=`, which defaults to today."""
    partnership, today = visit.partnership, visit.today
    form = AsOfForm({"date": visit.request.GET.get("date") or today.isoformat()}, auto_id="f-%s")
    if not form.is_valid():
        raise BadRequest("Enter the date as year, month, and day, such as 2026-11-24.")
    day = min(form.cleaned_data["date"], today)
    then = record_as_of(partnership, day)
    events = timeline(dated_rows(partnership), today)
    changes = presenters.changed_since(then, record_as_of(partnership, today)) if then and day < today else []
    return {
        "events": events[:SHOWN],
        "older": events[SHOWN:],
        "entries": entries_of(partnership)[:5] if visit.user.allows(Permission.VIEW_AUDIT) else None,
        "form": form,
        "day": day,
        "first": first_day(partnership),
        "tables": presenters.past_tables(then),
        "changes_table": presenters.CHANGES,
        "changes": changes,
        "since": presenters.changes_sentence(changes),
    }


class AsOfForm(forms.Form):
    use_required_attribute = False

    date = day("Record at the end of", required=True)
