"""Amendments: a set of changes, drafted by one person, decided by another, put into effect as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from cpc.accounts.access import check, requires, user_of
from cpc.accounts.permissions import Permission
from cpc.findings import Finding
from cpc.web import formats
from cpc.web.tables import check_parameters
from partnerships.amendable import (
    ADDED_WITH,
    AMENDABLE,
    AMENDMENT,
    FIRST_DAY_FROZEN,
)
from partnerships.amendments import presenters, queries
from partnerships.amendments.forms import (
    AmountsForm,
    DraftForm,
    NoteForm,
    ReasonForm,
)
from partnerships.amendments.services.applying import amendment_findings, apply_amendment
from partnerships.amendments.services.drafting import (
    decide_amendment,
    draft_amendment,
    drop_change,
    propose_addition,
    return_amendment,
    submit_amendment,
    withdraw_amendment,
)
from partnerships.amendments.services.locking import propose_amounts, propose_values
from partnerships.form_parts.rows import TermForm, row_form
from partnerships.forms.former import WriteForm
from partnerships.limit_exceptions.presenters.exceptions import limit_facts
from partnerships.limit_exceptions.queries import papers_of
from partnerships.lookups.locking import locked
from partnerships.models import Amendment, AmendmentChange, AmendmentState, Partnership
from partnerships.page_frame import (
    METHODS,
    TWO_PEOPLE,
    Act,
    answer,
    managed_or_404,
    page,
    sent,
    trail_of,
)


@require_safe
@requires(Permission.VIEW_PARTNERSHIPS)
def amendments(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Every amendment of a partnership, the newest first."""
    check_parameters(request, ())
    partnership = managed_or_404(pk)
    rows = list(queries.amendments_of(partnership))
    return page(
        request,
        "partnerships/amendments.html",
        partnership,
        "partnership-amendments",
        here="Amendments",
        rows=[(row, presenters.amendment_mark(row), len(row.changes.all())) for row in rows],
        may_draft=partnership.is_binding and user_of(request).allows(Permission.EDIT_PARTNERSHIPS),
    )


@require_http_methods(METHODS)
@requires(Permission.EDIT_PARTNERSHIPS)
def draft(request: HttpRequest, pk: int) -> HttpResponse:
    """Open a draft. What it changes is added on its own page."""
    check_parameters(request, ())
    partnership = managed_or_404(pk)
    back = reverse("partnership-amendments", args=[pk])
    if not partnership.is_binding:
        messages.info(request, "It is not signed yet: edit its terms instead.")
        return redirect(back)
    form = DraftForm(papers_of(partnership), sent(request))
    act = Act(
        "Draft an amendment",
        "Open the draft",
        back,
        trail_of(partnership, ("Amendments", back)),
        "Next you add what changes, from what to what. Another person decides on it.",
    )

    def work() -> str:
        made = draft_amendment(partnership=partnership, actor=user_of(request), **form.values)
        return reverse("partnership-amendment", args=[pk, made.number])

    return answer(request, partnership, form, act, work, "The draft is open. Add what it changes.")


@require_safe
@requires(Permission.VIEW_PARTNERSHIPS)
def amendment(request: HttpRequest, pk: int, number: int) -> HttpResponseBase:
    """One amendment: old beside new, what stands in its way, and what may be done with it."""
    check_parameters(request, ())
    partnership = managed_or_404(pk)
    row, user, today = _amendment(partnership, number), user_of(request), timezone.now().date()
    changes = list(row.changes.all())
    findings: Sequence[Finding] = ()
    pending = row.state in (AmendmentState.DRAFT, AmendmentState.SUBMITTED, AmendmentState.APPROVED)
    is_draft = row.state == AmendmentState.DRAFT and user.allows(Permission.EDIT_PARTNERSHIPS)
    if pending and changes:
        findings = amendment_findings(amendment=row, on=today)
    return page(
        request,
        "partnerships/amendment.html",
        partnership,
        "partnership-amendments",
        here=f"Amendment {row.number}",
        trail=trail_of(partnership, ("Amendments", reverse("partnership-amendments", args=[pk]))),
        amendment=row,
        mark=presenters.amendment_mark(row),
        lines=presenters.differences(changes),
        findings=findings,
        pending=pending,
        facts=limit_facts(partnership, today) if pending else (),
        steps=[
            step
            for step in AMENDMENT.leaving(row.state)
            if user.allows(Permission(step.permission))
            and not _barred(row, user.pk, step.permission)
            and not (step.name in ("submit", "apply") and (findings or not changes))
        ],
        waits=row.state == AmendmentState.SUBMITTED and row.requested_by_id == user.pk,
        terms=_offered(partnership) if is_draft else [],
        kinds=[(name, presenters.ONE[name]) for name in ADDED_WITH] if is_draft else [],
        is_draft=is_draft,
    )


def _offered(partnership: Partnership) -> list[tuple[str, str, list[Any]]]:
    return [(name, presenters.KINDS[name], rows) for name, rows in queries.all_terms(partnership) if rows]


def _barred(row: Amendment, user: int, permission: str) -> bool:
    return permission == Permission.APPROVE_PARTNERSHIPS and row.requested_by_id == user


def _amendment(partnership: Partnership, number: int) -> Amendment:
    row = queries.amendments_of(partnership).filter(number=number).first()
    if row is None:
        raise Http404
    return row


def _act(partnership: Partnership, row: Amendment, heading: str, button: str, **more: Any) -> Act:
    back = reverse("partnership-amendment", args=[partnership.pk, row.number])
    above = ("Amendments", reverse("partnership-amendments", args=[partnership.pk]))
    return Act(heading, button, back, trail_of(partnership, above, (f"Amendment {row.number}", back)), **more)


def _draft_of(partnership: Partnership, number: int) -> Amendment:
    row = _amendment(partnership, number)
    if row.state != AmendmentState.DRAFT:
        raise Http404
    return row


@require_http_methods(METHODS)
@requires(Permission.EDIT_PARTNERSHIPS)
def change(request: HttpRequest, pk: int, number: int, kind: str, row: int) -> HttpResponse:
    """Say what of one row of terms changes; a field left as it is changes nothing."""
    check_parameters(request, ())
    partnership = managed_or_404(pk)
    drafted = _draft_of(partnership, number)
    if kind not in AMENDABLE:
        raise Http404
    found = queries.terms_of(partnership, kind).filter(pk=row).first()
    if found is None:
        raise Http404
    form = _change_form(kind, partnership, found, drafted)(sent(request))
    form.stand_on(form.standing())
    act = _act(
        partnership,
        drafted,
        "Change the dates or the description" if kind == "partnership" else f"Change a {presenters.ONE[kind]}",
        "Put the changes into the draft",
        lede=FIRST_DAY_FROZEN if kind == "partnership" else str(found),
        facts=limit_facts(partnership, timezone.now().date()) if kind == "partnership" else (),
    )

    def work() -> None:
        locked(partnership)
        form.hold_against(_change_form(kind, partnership, found, drafted)().standing())
        before = queries.proposed_of(drafted, found)
        propose_values(amendment=drafted, row=found, values=form.values, actor=user_of(request))
        if not before and not queries.proposed_of(drafted, found):
            raise ValidationError("Nothing differs from the terms as they stand.", code="amendment_empty")

    return answer(request, partnership, form, act, work, "The changes are in the draft.")


def _change_form(kind: str, partnership: Partnership, row: Any, drafted: Amendment) -> type[TermForm]:
    names = AMENDABLE[kind]
    made = row_form(type(row), names, partnership, labels=presenters.LABELS)
    proposed = queries.proposed_of(drafted, row)
    for name in names:
        column = row._meta.get_field(name)
        made.base_fields[name].initial = proposed.get(column.attname, column.value_from_object(row))
    return made


@require_http_methods(METHODS)
@requires(Permission.EDIT_PARTNERSHIPS)
def add(request: HttpRequest, pk: int, number: int, kind: str) -> HttpResponse:
    """Say what is added to the terms."""
    check_parameters(request, ())
    partnership = managed_or_404(pk)
    drafted = _draft_of(partnership, number)
    if kind not in ADDED_WITH:
        raise Http404
    model = queries.model_named(kind)
    form = row_form(model, ADDED_WITH[kind], partnership, labels=presenters.LABELS)(sent(request))
    act = _act(partnership, drafted, f"Add: {presenters.ONE[kind]}", "Put it into the draft")

    def work() -> None:
        owner = {} if kind == "milestone" else {"partnership": partnership}
        propose_addition(amendment=drafted, row=model(**owner, **form.values), actor=user_of(request))

    return answer(request, partnership, form, act, work, "The addition is in the draft.")


@require_http_methods(METHODS)
@requires(Permission.EDIT_PARTNERSHIPS)
def amounts(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Say what each government then allocates to each program."""
    check_parameters(request, ())
    partnership = managed_or_404(pk)
    drafted = _draft_of(partnership, number)
    form = AmountsForm(queries.amounts_of(drafted), sent(request))
    form.stand_on(form.standing())
    act = _act(
        partnership,
        drafted,
        "Change the amounts",
        "Put the amounts into the draft",
        lede="New totals, not what is added to them. An empty field leaves the amount as it is.",
        facts=limit_facts(partnership, timezone.now().date()),
    )

    def work() -> None:
        locked(partnership)
        form.hold_against(AmountsForm(queries.amounts_of(drafted)).standing())
        propose_amounts(amendment=drafted, amounts=form.allocated, actor=user_of(request))

    return answer(request, partnership, form, act, work, "The amounts are in the draft.")


@require_http_methods(METHODS)
@requires(Permission.EDIT_PARTNERSHIPS)
def drop(request: HttpRequest, pk: int, number: int, change: int) -> HttpResponse:
    """Take a change out of a draft."""
    check_parameters(request, ())
    partnership = managed_or_404(pk)
    drafted = _draft_of(partnership, number)
    row: AmendmentChange | None = drafted.changes.filter(pk=change).first()
    if row is None:
        raise Http404
    (line,) = presenters.differences([row])
    facts = [("What", f"{line.what} {line.field}".strip()), ("From", line.old), ("To", line.new)]
    form = WriteForm(sent(request))
    act = _act(partnership, drafted, "Take a change out", "Take it out of the draft", facts=facts)

    def work() -> None:
        drop_change(change=row, actor=user_of(request))

    return answer(request, partnership, form, act, work, "The change is out of the draft.")


DONE = {
    "submit": "The amendment waits for another person's approval.",
    "return": "The amendment is returned to be drafted further.",
    "approve": "The amendment is approved. It changes nothing until it is put into effect.",
    "reject": "The amendment is rejected.",
    "apply": "The amendment is in effect.",
    "withdraw": "The amendment is withdrawn.",
}


@require_http_methods(METHODS)
@requires(Permission.VIEW_PARTNERSHIPS)
def step(request: HttpRequest, pk: int, number: int, name: str) -> HttpResponse:
    """Take one step of an amendment: submit, return, approve, reject, put into effect, withdraw."""
    check_parameters(request, ())
    partnership, user, today = managed_or_404(pk), user_of(request), timezone.now().date()
    if name not in DONE:
        raise Http404
    transition, row = AMENDMENT.named(name), _amendment(partnership, number)
    check(user, Permission(transition.permission))
    form = (ReasonForm if transition.needs_reason else NoteForm if name == "approve" else WriteForm)(sent(request))
    act = _act(
        partnership,
        row,
        transition.label,
        transition.label,
        lede=transition.final_because,
        findings=amendment_findings(amendment=row, on=today) if name in ("submit", "approve", "apply") else (),
        facts=[("Amendment", str(row)), ("Asked for by", f"{row.requested_by}, {formats.day(row.requested_at)}")],
        barred=TWO_PEOPLE if _barred(row, user.pk, transition.permission) else "",
    )
    if row.state not in transition.sources and request.method != "POST":
        messages.info(request, f"“{transition.label}” is no step from {row.get_state_display().lower()}.")
        return redirect(act.back)

    def work() -> None:
        note = form.cleaned_data.get("note", "")
        if name == "submit":
            submit_amendment(amendment=row, actor=user, on=today)
        elif name == "return":
            return_amendment(amendment=row, note=note, actor=user)
        elif name in ("approve", "reject"):
            decide_amendment(amendment=row, approve=name == "approve", note=note, actor=user)
        elif name == "apply":
            apply_amendment(amendment=row, actor=user, on=today)
        else:
            withdraw_amendment(amendment=row, actor=user)

    return answer(request, partnership, form, act, work, DONE[name])
