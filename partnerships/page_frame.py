"""The frame of every page of a partnership: the record or a 404, breadcrumbs, tabs, and the base of its actions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from cpc.web.actions import ActionForm, ActionView, Breadcrumbs
from partnerships.form_parts.base import PartnershipForm
from partnerships.models import Partnership, RecordKind
from partnerships.portfolio import overview

STYLESHEET = "css/partnerships.css"
TWO_PEOPLE = "You asked for this, so another person who may approve decides on it."


def get_partnership_or_404(pk: int) -> Partnership:
    """Return a partnership of either kind of record."""
    found = overview.find(pk)
    if found is None:
        raise Http404
    return found


def get_managed_or_404(pk: int) -> Partnership:
    """Return a partnership that is run here. Records of the past are not written by people."""
    found = get_partnership_or_404(pk)
    if found.kind != RecordKind.MANAGED:
        raise Http404
    return found


def breadcrumbs(partnership: Partnership, *above: tuple[str, str]) -> Breadcrumbs:
    """Return the pages above one of a partnership."""
    return [
        ("Home", reverse("home")),
        ("Partnerships", reverse("partnerships")),
        (partnership.country.name, reverse("partnership", args=[partnership.pk])),
        *above,
    ]


def partnership_tabs(partnership: Partnership, current: str = "") -> list[tuple[str, str, bool]]:
    """Return the tabs of a partnership: label, URL, and whether it is the one that is open."""
    managed = partnership.kind == RecordKind.MANAGED
    known = [
        ("Terms", "partnership-terms", managed),
        ("Money", "partnership-money", managed),
        ("Documents", "partnership-documents", managed),
        ("Amendments", "partnership-amendments", managed),
        ("Exceptions", "partnership-exceptions", True),
        ("Determinations", "partnership-determinations", managed),
        ("Monitoring plan", "partnership-monitoring", managed),
        ("Periods", "partnership-periods", managed),
        ("Results", "partnership-results", managed),
        ("Dialogues", "partnership-dialogues", managed),
        ("Sustainability and risks", "partnership-outlook", managed),
        ("As it was", "partnership-as-of", True),
    ]
    return [(label, reverse(name, args=[partnership.pk]), name == current) for label, name, is_open in known if is_open]


def render_page(
    request: HttpRequest, template: str, partnership: Partnership, current: str, **context: Any
) -> HttpResponse:
    """Render a page of a partnership that only reads, with its breadcrumbs and tabs."""
    shared = {
        "partnership": partnership,
        "documented": partnership.kind == RecordKind.DOCUMENTED,
        "trail": breadcrumbs(partnership),
        "tabs": partnership_tabs(partnership, current),
        "today": timezone.now().date(),
    }
    return render(request, template, shared | context)


class PartnershipAction(ActionView):
    """An action in a partnership that is run here. `above` are label and URL name of the pages between."""

    form_class: type[ActionForm] = PartnershipForm
    stylesheet = STYLESHEET
    back = "partnership"
    above: Sequence[tuple[str, str]] = ()
    partnership: Partnership

    def load(self) -> None:
        self.partnership = get_managed_or_404(self.kwargs["pk"])
        self.kicker = f"{self.partnership.country.name}, now {self.partnership.get_status_display().lower()}"

    def title(self) -> str:
        return f"{self.heading}, {self.partnership.country.name}"

    def back_arguments(self) -> Sequence[Any]:
        return [self.partnership.pk]

    def breadcrumbs(self) -> Breadcrumbs:
        above = [(label, reverse(name, args=[self.partnership.pk])) for label, name in self.above]
        return breadcrumbs(self.partnership, *above)

    def form_arguments(self) -> dict[str, Any]:
        return {"partnership": self.partnership}

    def get_context(self) -> dict[str, Any]:
        return super().get_context() | {"partnership": self.partnership}
