"""Frame of a partnership's pages: lookup, breadcrumbs, tabs, pages that show, and base actions.

A page that shows something of a partnership is a function::

    @partnership_page("dialogues/dialogues.html", "partnership-dialogues", "Dialogues")
    def dialogues(visit: Visit) -> Context:
        return {"rows": queries.dialogues_of(visit.partnership), "may_plan": visit.may_add("dialogue")}
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date
from functools import wraps
from types import MappingProxyType
from typing import Any, ClassVar

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.http import require_safe

from cpc.accounts.access import check, requires, user_of
from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.audit.authors import why_not_decide
from cpc.audit.steps import with_target
from cpc.finding_targets import RecordKeys
from cpc.findings import Finding
from cpc.lifecycle import Checks, StateMachine, Transition, step_findings
from cpc.parameters import check_parameters
from cpc.web import formats
from cpc.web.actions import ActionForm, ActionView, Breadcrumbs
from cpc.web.lists import ListPage, OpenList, open_list, reordered
from cpc.web.markup import link
from cpc.web.pages import breadcrumb
from partnerships.closing import OVER, reason_against, takes_no_new, takes_none, takes_some
from partnerships.form_parts.base import NoteForm, PartnershipForm, ReasonForm
from partnerships.lookups import partnerships as partnerships_lookups
from partnerships.models import Dialogue, MonitoringPlan, Partnership, ReportingPeriod, Status, YearAssessment
from partnerships.models.monitoring import Step
from partnerships.states import PARTNERSHIP
from partnerships.tabs import page_of_tab, partnership_tabs, related_pages

STYLESHEET = "css/partnerships.css"


def get_partnership_or_404(pk: int) -> Partnership:
    partnership = partnerships_lookups.find(pk)
    if partnership is None:
        raise Http404
    return partnership


def get_run_here_or_404(pk: int) -> Partnership:
    """Return a partnership that is run here, or raise `Http404`. People cannot edit documented ones."""
    partnership = get_partnership_or_404(pk)
    if not partnership.is_run_here:
        raise Http404
    return partnership


def breadcrumbs(partnership: Partnership, *above: str) -> Breadcrumbs:
    """Return the pages above one of a partnership; `above` are names of pages of the partnership.

    A page that no tab leads to has the page of its tab above it.
    """
    if above and (lead := page_of_tab(above[0])) and partnership.is_run_here:
        above = (lead, *above)
    return [
        breadcrumb("home"),
        breadcrumb("partnerships"),
        (partnership.country.name, reverse("partnership", args=[partnership.pk])),
        *(breadcrumb(name, partnership.pk) for name in above),
    ]


def record_keys_of(partnership: Partnership) -> RecordKeys:
    """Return the keys of a partnership's pages, for the links from findings.

    No one can change a documented partnership, so no page of it resolves a finding. Sample Country has no pages.
    """
    keys: dict[str, Any] = {} if partnership.is_sample else {"country": partnership.country.code}
    return keys | {"partnership": partnership.pk} if partnership.is_run_here else keys


@dataclass(frozen=True, slots=True)
class Visit:
    """A request for a page that shows something of a partnership."""

    request: HttpRequest
    partnership: Partnership
    user: User
    today: date
    opened: OpenList | None = None

    @property
    def shown(self) -> OpenList:
        """Return the list on the page, which `partnership_page` names."""
        assert self.opened is not None, "Name the list in `partnership_page`."
        return self.opened

    @property
    def may_edit(self) -> bool:
        return self.user.allows(Permission.EDIT_PARTNERSHIPS)

    def may_add(self, plans: str, permission: Permission = Permission.EDIT_PARTNERSHIPS) -> bool:
        """Return whether the page offers to add a row of a model: no row that the partnership would refuse."""
        return self.user.allows(permission) and not takes_no_new(plans, self.partnership.status)


Context = dict[str, Any] | HttpResponseBase
"""The context of a page, or the response of an export."""


def partnership_page(
    template: str,
    tab: str,
    here: str = "",
    *,
    parameters: Collection[str] = (),
    listed: ListPage | None = None,
    documented: bool = False,
) -> Callable[[Callable[..., Context]], Callable[..., HttpResponseBase]]:
    """Make a page of a function that takes a visit and the other values of the URL, and returns the context.

    `tab` is the name of the page, or of the one above it whose tab is current; `here` is the last of the breadcrumbs
    unless the context has it. `listed` is the list on the page, if people arrange it: the visit has it as `shown`.
    A documented partnership has the page only if `documented` is true.
    """

    def decorate(view: Callable[..., Context]) -> Callable[..., HttpResponseBase]:
        @require_safe
        @requires(Permission.VIEW_PARTNERSHIPS)
        @wraps(view)
        def page(request: HttpRequest, pk: int, **url: Any) -> HttpResponseBase:
            if listed is None:
                check_parameters(request, parameters)
            elif ordered := reordered(request):
                return ordered
            opened = open_list(request, listed) if listed else None
            partnership = get_partnership_or_404(pk) if documented else get_run_here_or_404(pk)
            user, today, own = user_of(request), timezone.now().date(), reverse(tab, args=[pk])
            context = view(Visit(request, partnership, user, today, opened), **url)
            if isinstance(context, HttpResponseBase):
                return context
            shared = {
                "here": here,
                "partnership": partnership,
                "record_keys": record_keys_of(partnership),
                "documented": not partnership.is_run_here,
                "breadcrumbs": breadcrumbs(partnership, tab)[:-1],
                "tabs": partnership_tabs(user, partnership, tab),
                "related": related_pages(user, partnership, tab, today) if request.path == own else [],
                "today": today,
                "over": over_notice(partnership, user),
                "shown": opened,
            }
            return render(request, f"partnerships/{template}", shared | context)

        return page

    return decorate


@dataclass(frozen=True, slots=True)
class PartPage:
    """The page of one record of a partnership, to which the actions on that record lead back.

    `kind` names the record among the keys of findings, `key` the column in its URL, `above` the page of its list.
    """

    name: str
    kind: str
    key: str
    above: str
    label: Callable[[Any], str] = str

    def arguments(self, row: Any) -> list[int]:
        return [row.partnership_id, getattr(row, self.key)]

    def record_keys(self, row: Any) -> RecordKeys:
        return {**record_keys_of(row.partnership), self.kind: getattr(row, self.key)}

    def breadcrumbs(self, row: Any) -> Breadcrumbs:
        own = (self.label(row), reverse(self.name, args=self.arguments(row)))
        return [*breadcrumbs(row.partnership, self.above), own]


class PartnershipAction(ActionView):
    """Base of the actions in a partnership that is run here.

    The page to go `back` to is also the one above. An action on a record with a page of its own gives `part_page` and
    `get_part`.
    """

    permission: ClassVar[Permission] = Permission.EDIT_PARTNERSHIPS
    form_class: type[ActionForm] = PartnershipForm
    stylesheet = STYLESHEET
    back = "partnership"
    part_page: PartPage | None = None
    plans = ""  # the model of the rows that the action adds, if they may plan or promise: partnerships.closing.PLANS
    partnership: Partnership

    def load(self) -> None:
        self.partnership = get_run_here_or_404(self.kwargs["pk"])
        name = f"{self.partnership.country.name}{' (sample)' if self.partnership.is_sample else ''}"
        self.kicker = f"{name}, now {self.partnership.get_status_display().lower()}"

    def title(self) -> str:
        return f"{self.heading}, {self.partnership.country.name}"

    def get_part(self) -> Any:
        """Return the record of `part_page`."""
        raise NotImplementedError

    def back_arguments(self) -> Sequence[Any]:
        return self.part_page.arguments(self.get_part()) if self.part_page else [self.partnership.pk]

    def record_keys(self) -> RecordKeys:
        return self.part_page.record_keys(self.get_part()) if self.part_page else record_keys_of(self.partnership)

    def breadcrumbs(self) -> Breadcrumbs:
        if self.part_page:
            return self.part_page.breadcrumbs(self.get_part())
        above = self.back.partition("#")[0]
        return breadcrumbs(self.partnership, *([above] if above != "partnership" else ()))

    def form_arguments(self) -> dict[str, Any]:
        return {"partnership": self.partnership}

    def blocked_reason(self) -> str:
        return over_reason(self.partnership, self.plans, self.actor)

    def findings(self) -> Sequence[Finding]:
        status = self.partnership.status
        if not takes_some(self.plans, status):
            return ()
        return [Finding.warning("partnership_status", reason_against(status, self.partnership.get_status_display()))]

    def get_context(self) -> dict[str, Any]:
        tab = self.part_page.above if self.part_page else self.back.partition("#")[0]
        return super().get_context() | {
            "partnership": self.partnership,
            "tabs": partnership_tabs(self.actor, self.partnership, tab),
        }


def over_reason(partnership: Partnership, plans: str, user: User) -> str:
    """Return why a partnership that is over takes no row of a model, with a link to its remedy, or ""."""
    status = partnership.status
    if not takes_none(plans, status):
        return ""
    reason = reason_against(status, partnership.get_status_display())
    if status != Status.CLOSED:
        return reason
    if _may_reopen(user):
        reopen = reverse("partnership-step", args=[partnership.pk, "reopen"])
        return format_html("{} {}", reason, link(reopen, "Reopen", " the partnership"))
    return f"{reason} An approver can reopen it."


def _may_reopen(user: User) -> bool:
    return user.allows(Permission(PARTNERSHIP.transition("reopen").permission))


def over_notice(partnership: Partnership, user: User) -> dict[str, Any]:
    """Return what `shared/_over.html` tells about a partnership that is over; empty for any other."""
    if not partnership.is_run_here or partnership.status not in OVER:
        return {}
    return {"status": partnership.status, "may_reopen": _may_reopen(user)}


class TransitionAction(PartnershipAction):
    """Base of the steps of a lifecycle, for the partnership or a record from `get_record`."""

    permission = Permission.VIEW_PARTNERSHIPS
    machine: StateMachine
    checks: Checks[Any] = MappingProxyType({})
    record: Any
    transition: Transition

    def get_record(self) -> Any:
        raise NotImplementedError

    def get_part(self) -> Any:
        return self.record

    def load(self) -> None:
        super().load()
        self.record = self.get_record()
        try:
            transition = self.machine.transition(self.kwargs["name"])
        except KeyError:
            raise Http404 from None
        self.transition = with_target(transition, self.record)
        check(self.actor, Permission(self.transition.permission))
        self.heading = self.button = self.transition.label
        self.intro = self.transition.irreversible_because
        self.done = f"Recorded: {(self.transition.past or self.transition.label).lower()}."

    @property
    def state(self) -> tuple[str, str]:
        """Return the state of the record, and its label."""
        return self.record.state, self.record.get_state_display()

    def redirect_reason(self) -> str:
        state, label = self.state
        if self.request.method == "POST" or state in self.transition.sources:
            return ""
        return f"“{self.transition.label}” is not an available step from “{label.lower()}”."

    def blocked_reason(self) -> str:
        return why_not_decide(self.record, self.actor) if self.transition.by_another else ""


Reviewed = MonitoringPlan | ReportingPeriod | Dialogue | YearAssessment
"""Records that one person submits and another approves or returns. Each step is a row."""


class ReviewStep(TransitionAction):
    record: Reviewed

    def snapshot(self) -> Any:
        """Return the values that the checks of the step read."""
        raise NotImplementedError

    def load(self) -> None:
        super().load()
        self.form_class = ReasonForm if self.transition.needs_reason else NoteForm

    def subject_facts(self) -> Sequence[tuple[str, Any]]:
        """Return what the record holds, for whoever decides on it."""
        return ()

    def facts(self) -> Sequence[tuple[str, Any]]:
        facts = list(self.subject_facts())
        sent = self.record.steps.filter(name="submit").select_related("actor").order_by("pk").last()
        if sent is not None and self.transition.by_another:
            facts.append(("Submitted by", f"{sent.actor}, {formats.day(sent.at)}"))
            facts += [("Comment", sent.reason)] if sent.reason else []
        return facts

    def findings(self) -> Sequence[Finding]:
        name = self.transition.name
        return step_findings(self.checks, name, self.snapshot(), self.today) if name in self.checks else ()


def available_steps(machine: StateMachine, record: Any, user: User) -> list[Transition]:
    """Return the steps that an account may take now. An author of the record is offered no decision."""
    steps = [step for step in machine.transitions_from(record.state) if user.allows(Permission(step.permission))]
    decides = any(step.by_another for step in steps) and not why_not_decide(record, user)
    return [step for step in steps if decides or not step.by_another]


def why_another_decides(machine: StateMachine, record: Any, user: User) -> str:
    """Return why a record that waits for a decision needs that of another person than this account, or ""."""
    waits = any(step.by_another for step in machine.transitions_from(record.state))
    return why_not_decide(record, user) if waits else ""


def step_comments(machine: StateMachine, record: Reviewed) -> list[tuple[Step, str]]:
    """Return every step taken, newest first, with what was done. The step holds its comment."""
    steps = record.steps.select_related("actor").order_by("-pk")
    return [(step, machine.transition(step.name).past) for step in steps]
