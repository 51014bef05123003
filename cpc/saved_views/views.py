"""Pages of saved views: those that a person sees, and the forms to save, change, delete, and decide on one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import Resolver404, resolve, reverse
from django.views.decorators.http import require_safe

from cpc.accounts.access import requires, user_of
from cpc.accounts.permissions import Permission
from cpc.audit.authors import why_not_decide
from cpc.parameters import check_parameters
from cpc.saved_views import queries, services
from cpc.saved_views.forms import ChangeViewForm, DecideViewForm, SaveViewForm
from cpc.saved_views.models import Audience, SavedViewVersion
from cpc.saved_views.presenters import VERSIONS, VIEWS, facts_of, label_of, list_url, state_of
from cpc.web.actions import ActionForm, ActionView, Breadcrumbs
from cpc.web.lists import SAVED, ListPage, list_of

TO = "to"
HOLDS = "A view keeps filter, order, and columns, never rows: each person sees only what that person may see."


@require_safe
@requires(Permission.USE_PAGES)
def views(request: HttpRequest) -> HttpResponse:
    """Show the views of all lists that the account may see."""
    check_parameters(request, ())
    context = {"table": VIEWS, "rows": queries.all_views(user_of(request))}
    return render(request, "saved_views/views.html", context)


@require_safe
@requires(Permission.USE_PAGES)
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a view with its versions. Those that only its owner saw are shown to the owner alone."""
    check_parameters(request, ())
    user = user_of(request)
    version = _version_or_404(request, pk)
    versions = list(version.view.versions.select_related("made_by", "decided_by"))
    is_own = version.view.owner_id == user.pk
    url = list_url(version.view.list_key)
    context = {
        "version": version,
        "named": queries.named(version, user),
        "list_label": label_of(version.view.list_key),
        "state": state_of(version),
        "facts": facts_of(version.parameters),
        "open_url": f"{url}?{SAVED}={pk}" if url else "",
        "table": VERSIONS,
        "versions": versions if is_own else [row for row in versions if row.is_shared],
    }
    return render(request, "saved_views/view.html", context)


def _version_or_404(request: HttpRequest, pk: int) -> SavedViewVersion:
    version = queries.find_version(user_of(request), pk)
    if version is None:
        raise Http404
    return version


class ViewAction(ActionView):
    """A form about a saved view."""

    permission = Permission.USE_PAGES
    back = "saved-views"

    def breadcrumbs(self) -> Breadcrumbs:
        return [("Home", reverse("home")), ("Saved views", reverse("saved-views"))]

    def form_arguments(self) -> dict[str, Any]:
        return {"user": self.actor}


class SaveView(ViewAction):
    """Save what a list shows. The form is on the list; this page shows it again after an error."""

    form_class = SaveViewForm
    heading = "Save as a view"
    button = "Save the view"
    intro = HOLDS
    already_done = "This view was already saved."
    page: ListPage

    def load(self) -> None:
        page = list_of(self.kwargs["key"])
        if page is None:
            raise Http404
        self.page = page
        self.kicker = page.label

    def perform(self, values: Mapping[str, Any]) -> str:
        version = services.save_view(
            owner=self.actor,
            list_key=self.page.key,
            name=values["name"],
            parameters=values["parameters"],
            audience=values["audience"],
        )
        self.done = (
            "The view is saved. Everyone sees it once an approver consents; until then only you do."
            if version.is_waiting
            else "The view is saved."
        )
        return f"{self._path(values['path'])}?{SAVED}={version.view_id}"

    def _path(self, path: str) -> str:
        """Return the path of the list from which the form was sent; that of the list itself for any other."""
        try:
            if resolve(path).url_name == self.page.url:
                return path
        except Resolver404:
            pass
        return list_url(self.page.key) or reverse("home")


class OneViewAction(ViewAction):
    """A form about one view that the account may change."""

    back = "saved-view"
    version: SavedViewVersion

    def load(self) -> None:
        self.version = _version_or_404(self.request, self.kwargs["pk"])
        self.kicker = label_of(self.version.view.list_key)

    def back_arguments(self) -> list[int]:
        return [self.version.view_id]

    def blocked_reason(self) -> str:
        if queries.named(self.version, self.actor).may_change:
            return ""
        return f"{self.version.view.owner} saved this view. Only its owner or an administrator can change it."


class ChangeView(OneViewAction):
    """Give a view what a list shows now, or another audience."""

    parameters = (TO,)
    form_class = ChangeViewForm
    form: ChangeViewForm
    button = "Change the view"
    done = "The view is changed. The earlier version stays on record."
    already_done = "The view was already changed."

    def load(self) -> None:
        super().load()
        self.heading = f"Change “{self.version.view.name}”"

    @property
    def wanted(self) -> str:
        return self.request.POST.get("parameters", self.request.GET.get(TO, self.version.parameters))

    def get_initial(self) -> dict[str, Any]:
        revision = queries.current_revision(self.version.view)
        return {"parameters": self.wanted, "audience": self.version.audience, "revision": revision}

    def facts(self) -> list[tuple[str, Any]]:
        before, after = facts_of(self.version.parameters), facts_of(self.wanted)
        return [
            (label, new if old == new else f"{new}\n(until now: {old})")
            for (label, old), (_, new) in zip(before, after, strict=True)
        ]

    def perform(self, values: Mapping[str, Any]) -> None:
        version = services.change_view(
            view=self.version.view,
            parameters=values["parameters"],
            audience=values["audience"],
            actor=self.actor,
            expected_revision=self.form.expected_revision,
        )
        if version.is_waiting:
            self.done = "Everyone sees this version once an approver consents. Until then, others see what they saw."


class DeleteView(OneViewAction):
    button = "Delete the view"
    done = "The view is deleted."
    already_done = "The view was already deleted."

    def load(self) -> None:
        super().load()
        self.heading = f"Delete “{self.version.view.name}”?"
        self.intro = "It disappears from the list for everyone who sees it. Its versions stay on record."

    def form_arguments(self) -> dict[str, Any]:
        return {}

    def perform(self, values: Mapping[str, Any]) -> str:
        services.withdraw_view(view=self.version.view, actor=self.actor)
        return reverse("saved-views")


class DecideView(ViewAction):
    """Consent to a view that everyone sees, or refuse it."""

    permission = Permission.CONSENT_TO_VIEWS
    form_class: type[ActionForm] = DecideViewForm
    button = "Record the decision"
    intro = HOLDS
    already_done = "This was already decided."
    version: SavedViewVersion

    def load(self) -> None:
        rows = SavedViewVersion.objects.filter(audience=Audience.EVERYONE)
        self.version = get_object_or_404(rows.select_related("view__owner", "made_by"), pk=self.kwargs["pk"])
        self.kicker = label_of(self.version.view.list_key)
        self.heading = f"Should everyone see “{self.version.view.name}”?"
        self.intro = (
            "A view keeps filter, order, and columns, never rows: each person sees only what that person may see."
        )

    def form_arguments(self) -> dict[str, Any]:
        return {}

    def facts(self) -> list[tuple[str, Any]]:
        return [
            ("List", label_of(self.version.view.list_key)),
            *facts_of(self.version.parameters),
            ("Saved by", str(self.version.made_by)),
        ]

    def blocked_reason(self) -> str:
        if self.version.view.withdrawn_at or not self.version.is_waiting:
            return "This view does not wait for consent anymore."
        return why_not_decide(self.version, self.actor)

    def perform(self, values: Mapping[str, Any]) -> None:
        consents = values["decision"] == "consent"
        services.decide(version=self.version, consents=consents, reason=values["reason"], actor=self.actor)
        self.done = "Everyone who signs in now sees the view." if consents else "Refused. Its owner was notified."
