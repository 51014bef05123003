"""Approvals of a partnership: what waits for another person, was returned, approved, or signed, newest first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.urls import reverse

from cpc.site.queue import Item, Sent
from cpc.web import formats
from cpc.web.badges import Badge
from partnerships.limit_exceptions.presenters import exception_mark
from partnerships.models import Amendment, AmendmentState, ExceptionKind, LimitException, PeriodStep, PlanStep, Status
from partnerships.portfolio.overview import Overview
from partnerships.states import BEFORE_SIGNATURE

WAITING = Badge("info", "Waiting", "schedule")
RETURNED = Badge("warn", "Returned", "undo")
APPROVED, SIGNED = Badge("good", "Approved"), Badge("good", "Signed")


@dataclass(frozen=True, slots=True)
class Approval:
    """One record that another person decides on.

    `on` is the day of its state, `who` the person who gave it that state. `note` is that of a return or rejection.
    `form` is the form of the decision, for a person with whom it waits; `with_whom` names that person to others.
    """

    title: str
    mark: Badge
    url: str
    on: date | None = None
    who: str = ""
    note: str = ""
    form: str = ""
    with_whom: str = ""
    opened_on: date | None = None

    @property
    def waits(self) -> bool:
        return self.mark is WAITING


def approvals(page: Overview, mine: Mapping[str, Item], sent: Mapping[str, Sent], today: date) -> list[Approval]:
    """Return the approvals, those that wait first. `mine` and `sent` are rows of the queue by their keys."""
    rows = [*_origin(page, mine, sent), *_amendments(page, mine, sent), *_plan(page, mine, sent)]
    rows += [*_periods(page, mine, sent), *_exceptions(page, mine, sent, today), *_signature(page, mine, sent)]
    rows.sort(key=lambda row: row.on or date.min, reverse=True)
    return sorted(rows, key=lambda row: not row.waits)


def _waiting(
    key: str, title: str, url: str, since: date | None, mine: Mapping[str, Item], sent: Mapping[str, Sent]
) -> Approval:
    item, own = mine.get(key), sent.get(key)
    return Approval(
        title,
        WAITING,
        url,
        on=since or (item.since if item else own.since if own else None),
        form=item.url if item else "",
        with_whom=own.with_whom if own else "an approver",
        opened_on=own.opened_on if own else None,
    )


def _origin(page: Overview, mine: Mapping[str, Item], sent: Mapping[str, Sent]) -> Iterator[Approval]:
    row, title = page.partnership, "The stated reason"
    if row.decision_id is not None:
        return
    url = f"{reverse('partnership', args=[row.pk])}#origin"
    confirmation = getattr(row, "origin_confirmation", None)
    if confirmation is not None:
        mark = Badge("good", "Confirmed")
        yield Approval(title, mark, url, _day(confirmation.at), str(confirmation.confirmed_by or ""))
    elif row.status in BEFORE_SIGNATURE:
        yield _waiting(f"origin-confirm:{row.pk}", title, url, None, mine, sent)


def _amendments(page: Overview, mine: Mapping[str, Item], sent: Mapping[str, Sent]) -> Iterator[Approval]:
    marks = {
        AmendmentState.APPROVED: APPROVED,
        AmendmentState.APPLIED: Badge("good", "Approved, in effect"),
        AmendmentState.REJECTED: Badge("bad", "Rejected"),
    }
    for row in page.amendments:
        title, url = f"Amendment {row.number}: {row.title}", _amendment_url(row)
        state = AmendmentState(row.state)
        if state is AmendmentState.SUBMITTED:
            yield _waiting(f"amendment-decide:{row.pk}", title, url, None, mine, sent)
        elif state is AmendmentState.DRAFT and row.decision_note:
            yield Approval(title, RETURNED, url, _day(row.decided_at), str(row.decided_by or ""), row.decision_note)
        elif state in marks:
            note = row.decision_note if state is AmendmentState.REJECTED else ""
            yield Approval(title, marks[state], url, _day(row.decided_at), str(row.decided_by or ""), note)


def _amendment_url(row: Amendment) -> str:
    return reverse("partnership-amendment", args=[row.partnership_id, row.number])


def _plan(page: Overview, mine: Mapping[str, Item], sent: Mapping[str, Sent]) -> Iterator[Approval]:
    newest = next(iter(page.plan_steps), None)
    if newest is None:
        return
    url, on = reverse("partnership-monitoring", args=[page.partnership.pk]), _day(newest.at)
    yield from _step("plan-decide", newest.plan_id, "The monitoring plan", url, newest, on, mine, sent)


def _periods(page: Overview, mine: Mapping[str, Item], sent: Mapping[str, Sent]) -> Iterator[Approval]:
    seen: set[int] = set()
    for step in page.period_steps:
        if step.period_id in seen:
            continue
        seen.add(step.period_id)
        period, on = step.period, _day(step.at)
        title = f"Report on {formats.day(period.starts_on)} to {formats.day(period.ends_on)}"
        url = reverse("partnership-period", args=[page.partnership.pk, period.pk])
        yield from _step("period-decide", period.pk, title, url, step, on, mine, sent)


def _step(
    kind: str,
    key: int,
    title: str,
    url: str,
    step: PlanStep | PeriodStep,
    on: date | None,
    mine: Mapping[str, Item],
    sent: Mapping[str, Sent],
) -> Iterator[Approval]:
    """Yield the approval after the newest step of a plan or a report; none for one that is open for revision."""
    if step.name == "submit":
        yield _waiting(f"{kind}:{key}", title, url, on, mine, sent)
    elif step.name in ("return", "reopen"):
        yield Approval(title, RETURNED, url, on, str(step.actor), step.reason)
    elif step.name == "approve":
        yield Approval(title, APPROVED, url, on, str(step.actor))


def _exceptions(page: Overview, mine: Mapping[str, Item], sent: Mapping[str, Sent], today: date) -> Iterator[Approval]:
    for row in page.requests:
        if row.kind == ExceptionKind.DOCUMENTED_PRACTICE:
            continue
        title, url = _exception_title(row), reverse("partnership-exceptions", args=[row.partnership_id])
        if row.is_granted:
            mark = Badge("good", "Granted")
            yield Approval(title, mark, url, _day(row.grant.at), str(row.grant.granted_by or ""))
        elif row.is_refused:
            yield Approval(title, exception_mark(row, page.position, today), url)
        else:
            yield _waiting(f"exception-decide:{row.pk}", title, url, _day(row.at), mine, sent)


def _exception_title(row: LimitException) -> str:
    return f"Exception: {row.term_months} months" if row.term_months else f"Exception: {formats.money(row.funding)}"


def _signature(page: Overview, mine: Mapping[str, Item], sent: Mapping[str, Sent]) -> Iterator[Approval]:
    row, title = page.partnership, "The instrument"
    url = reverse("partnership-documents", args=[row.pk])
    for step in page.steps:
        if step.transition == "sign":
            yield Approval(title, SIGNED, url, step.effective_on, str(step.actor or ""))
            return
        if step.transition == "submit_for_clearance" and row.status == Status.IN_CLEARANCE:
            yield _waiting(f"sign:{row.pk}", title, url, _day(step.at), mine, sent)
            return


def _day(at: datetime | None) -> date | None:
    return at.date() if at else None
